package planner

import (
	"encoding/base64"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// A leaf is one value of a plan: a scalar, or a list or a set of keys with nothing in it.
type leaf struct {
	// path is such as steps[3].params.name, shape the same without the numbers.
	path, shape string
	node        *node
}

// leaves lists the values of a plan in order, without the digest and the seal.
func leaves(root *node) []leaf {
	var list []leaf
	var walk func(n *node, path, shape string)
	walk = func(n *node, path, shape string) {
		if n.Kind != yaml.MappingNode && n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
			list = append(list, leaf{path, shape, n})
			return
		}
		if n.Kind == yaml.SequenceNode {
			for i, c := range n.Content {
				walk(c, path+"["+strconv.Itoa(i)+"]", shape+"[]")
			}
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			if path != "" {
				walk(n.Content[i+1], path+"."+name, shape+"."+name)
			} else if name != "digest" && name != "seal" {
				walk(n.Content[i+1], name, name)
			}
		}
	}
	walk(root, "", "")
	return list
}

// A mark stands for one leaf in the seal: 8 bits of its shape and 16 of its value. The
// shape and not the path, so that a list with an item taken out keeps the marks of the
// others. A mark is there to name an edit; that there is one is told by the digest.
type mark uint32

const markSize = 3

func (m mark) shape() byte { return byte(m >> 16) }

func markOf(l leaf) mark { return markFrom(emptyHash.with(l.shape), l.node) }

func markFrom(shape hash32, n *node) mark {
	value := emptyHash.with(n.Tag).with("=").with(n.Value)
	return mark((shape^shape>>8^shape>>16^shape>>24)&0xff<<16 | (value^value>>16)&0xffff)
}

// hash32 is an FNV-1a hash of what was added to it so far. A plain number, so that what
// leaves have in common is hashed once.
type hash32 uint32

const emptyHash hash32 = 2166136261

func (h hash32) with(text string) hash32 {
	for i := range len(text) {
		h = (h ^ hash32(text[i])) * 16777619
	}
	return h
}

// appendMarks adds the marks of all leaves in order: the same as those of leaves, without
// the paths, which only a difference needs.
func appendMarks(to []byte, n *node, shape hash32, top bool) []byte {
	switch {
	case n.Kind != yaml.MappingNode && n.Kind != yaml.SequenceNode || len(n.Content) == 0:
		m := markFrom(shape, n)
		return append(to, byte(m>>16), byte(m>>8), byte(m))
	case n.Kind == yaml.SequenceNode:
		shape = shape.with("[]")
		for _, c := range n.Content {
			to = appendMarks(to, c, shape, false)
		}
		return to
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		switch {
		case !top:
			to = appendMarks(to, n.Content[i+1], shape.with(".").with(name), false)
		case name != "digest" && name != "seal":
			to = appendMarks(to, n.Content[i+1], shape.with(name), false)
		}
	}
	return to
}

func marks(list []leaf) []mark {
	out := make([]mark, len(list))
	for i, l := range list {
		out[i] = markOf(l)
	}
	return out
}

const sealWidth = 100

// seal writes the marks of a plan in lines of text.
func seal(root *node) string {
	raw := appendMarks(make([]byte, 0, 1<<13), root, emptyHash, true)
	packed := base64.RawStdEncoding.AppendEncode(make([]byte, 0, 2*len(raw)), raw)
	var out strings.Builder
	out.Grow(len(packed) + len(packed)/sealWidth + 1)
	for len(packed) > sealWidth {
		out.Write(packed[:sealWidth])
		out.WriteByte('\n')
		packed = packed[sealWidth:]
	}
	out.Write(packed)
	out.WriteByte('\n')
	return out.String()
}

// unseal reads the marks back, and reports false when the seal itself is not whole.
func unseal(text string) ([]mark, bool) {
	raw, err := base64.RawStdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil || len(raw)%markSize != 0 || len(raw) == 0 {
		return nil, false
	}
	list := make([]mark, 0, len(raw)/markSize)
	for ; len(raw) > 0; raw = raw[markSize:] {
		list = append(list, mark(raw[0])<<16|mark(raw[1])<<8|mark(raw[2]))
	}
	return list, true
}
