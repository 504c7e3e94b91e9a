package planner

import (
	"reflect"
	"strings"
)

// A shape is a key that a plan may have.
type shape struct {
	text     string
	optional bool
	mark     byte
}

// removed names the leaf that stood before now[at], as far as a mark of its shape and the
// keys that a plan may have tell: a key that may be left out by its name, an entry of a
// list by the list, anything else by what it stood in.
func removed(gone mark, now []leaf, at int, known []shape) Difference {
	before, after := leaf{}, leaf{}
	from, to := -1, len(known)
	for i, s := range known {
		if at > 0 && isOf(now[at-1].shape, s.text) {
			before, from = now[at-1], i
		}
		if at < len(now) && isOf(now[at].shape, s.text) {
			after, to = now[at], i
		}
	}
	best, e := -1, Difference{Path: parentPath(after.path), Change: Shortened}
	for i, s := range known {
		parent := parentPath(s.text)
		beside := before
		if !strings.HasPrefix(beside.shape, parent) {
			beside = after
		}
		if s.mark != gone.shape() || !strings.HasPrefix(beside.shape, parent) {
			continue
		}
		near := len(parent)
		if from < i && i < to { // where it would stand
			near += len(s.text) + 1000
		}
		if near > best {
			best, e = near, s.missing(head(beside.path, beside.shape, len(parent)), parent)
		}
	}
	return e
}

// missing is what it means that a key is gone from the parent at a path.
func (s shape) missing(at, parent string) Difference {
	switch {
	case s.optional:
		return Difference{Path: strings.TrimPrefix(at+s.text[len(parent):], "."), Change: Removed}
	case strings.HasSuffix(parent, "]"):
		return Difference{Path: parentPath(at), Change: Shortened}
	}
	return Difference{Path: at, Change: Shortened}
}

// isOf reports whether a leaf has a shape, parameters of steps being all of one.
func isOf(of, text string) bool {
	return of == text || strings.HasPrefix(of, text) && text == "steps[].params"
}

// head is the part of a path that the first n bytes of its shape stand for.
func head(path, shape string, n int) string {
	i := 0
	for j := 0; j < n && i < len(path); j++ {
		if shape[j] == ']' {
			i += strings.IndexByte(path[i:], ']')
		}
		i++
	}
	return path[:i]
}

// planShapes lists the shapes of the leaves that a plan may have, in their order.
func planShapes() []shape {
	list := shapesBelow(reflect.TypeFor[Plan](), "", false)
	for i := range list {
		list[i].mark = markOf(leaf{shape: list[i].text, node: &node{}}).shape()
	}
	return list
}

// shapesBelow lists the shapes of the leaves that a type may have.
func shapesBelow(t reflect.Type, at string, left bool) []shape {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if expectation(t) != "" || t.Kind() == reflect.Map {
		return []shape{{text: at, optional: left}}
	}
	if t.Kind() == reflect.Slice {
		return append(shapesBelow(t.Elem(), at+"[]", false), shape{text: at, optional: left})
	}
	var list []shape
	for i := range t.NumField() {
		f := t.Field(i)
		list = append(list, shapesBelow(f.Type, strings.TrimPrefix(at+"."+keyOf(f), "."), left || optional(f))...)
	}
	return list
}
