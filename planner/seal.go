package planner

import (
	"encoding/base64"
	"hash/fnv"
	"io"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// A leaf is one value of a plan: a scalar, or a list or a set of keys with nothing in it.
type leaf struct {
	// path is such as steps[3].params.name, shape the same without the numbers.
	path, shape string
	node        *yaml.Node
}

// leaves lists the values of a plan in order, without the digest and the seal.
func leaves(root *yaml.Node) []leaf {
	var list []leaf
	var walk func(n *yaml.Node, path, shape string)
	walk = func(n *yaml.Node, path, shape string) {
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

func markOf(l leaf) mark {
	shape, value := fnv.New32a(), fnv.New32a()
	io.WriteString(shape, l.shape)
	io.WriteString(value, l.node.Tag+"="+l.node.Value)
	s, v := shape.Sum32(), value.Sum32()
	return mark((s^s>>8^s>>16^s>>24)&0xff<<16 | (v^v>>16)&0xffff)
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
func seal(root *yaml.Node) string {
	var raw []byte
	for _, m := range marks(leaves(root)) {
		raw = append(raw, byte(m>>16), byte(m>>8), byte(m))
	}
	packed := base64.RawStdEncoding.EncodeToString(raw)
	var out strings.Builder
	for len(packed) > sealWidth {
		out.WriteString(packed[:sealWidth] + "\n")
		packed = packed[sealWidth:]
	}
	return out.String() + packed + "\n"
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
