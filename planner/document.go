package planner

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A scribe turns values into documents. What it writes is the canonical form of
// everything the package writes: keys in the order of the fields, those of maps sorted,
// empty optional keys left out, every amount, address, date and duration as text. Digest,
// seal, YAML and JSON are all taken from it.
type scribe struct {
	// spare are nodes not yet used, and places for them; taking them by the hundred costs far
	// less than one by one.
	spare  []node
	places []*node
	// open are the parts of the nodes that are being written.
	open []*node
}

// document is the canonical form of a value.
func document(v any) *node {
	s := scribe{}
	at := reflect.ValueOf(v)
	if !at.IsValid() {
		return s.node(at, asOdd)
	}
	return s.node(at, natureOf(at.Type()))
}

// node is the canonical form of a value.
func (s *scribe) node(v reflect.Value, n nature) *node {
	v, n = settled(v, n)
	switch n {
	case asStruct:
		return s.mapping(v)
	case asMap:
		return s.params(v)
	case asList:
		return s.sequence(v)
	}
	tag, text := single(v, n)
	if tag == "!!str" {
		return s.text(text)
	}
	return s.scalar(tag, text)
}

// new takes a node.
func (s *scribe) new(kind yaml.Kind, tag string) *node {
	if len(s.spare) == 0 {
		s.spare = make([]node, 128)
	}
	n := &s.spare[0]
	s.spare = s.spare[1:]
	n.Kind, n.Tag = kind, tag
	return n
}

// parts takes the open nodes from one on as the parts of a node.
func (s *scribe) parts(from int) []*node {
	n := len(s.open) - from
	if n > len(s.places) {
		s.places = make([]*node, max(n, 512))
	}
	out := s.places[:n:n]
	s.places = s.places[n:]
	copy(out, s.open[from:])
	s.open = s.open[:from]
	return out
}

func (s *scribe) scalar(tag, value string) *node {
	n := s.new(yaml.ScalarNode, tag)
	n.Value = value
	return n
}

func (s *scribe) sequence(v reflect.Value) *node {
	n := s.new(yaml.SequenceNode, "!!seq")
	from, each := len(s.open), natureOf(v.Type().Elem())
	for i := range v.Len() {
		s.open = append(s.open, s.node(v.Index(i), each))
	}
	n.Content = s.parts(from)
	if len(n.Content) == 0 || n.Content[0].Kind == yaml.ScalarNode {
		n.Style = yaml.FlowStyle
	}
	return n
}

func (s *scribe) mapping(v reflect.Value) *node {
	n := s.new(yaml.MappingNode, "!!map")
	if onOneLine[v.Type()] {
		n.Style = yaml.FlowStyle
	}
	from := len(s.open)
	for _, c := range columnsOf(v.Type()) {
		if value := v.Field(c.index); c.given(value) {
			s.open = append(s.open, c.key, s.node(value, c.nature))
		}
	}
	n.Content = s.parts(from)
	return n
}

// onOneLine are the small things that read best in one line.
var onOneLine = map[reflect.Type]bool{
	reflect.TypeFor[Range](): true, reflect.TypeFor[Address](): true, reflect.TypeFor[Drive](): true, reflect.TypeFor[Adapter](): true,
	reflect.TypeFor[Switch](): true, reflect.TypeFor[Volume](): true, reflect.TypeFor[ClusterNetwork](): true, reflect.TypeFor[Firmware](): true,
	reflect.TypeFor[OS](): true, reflect.TypeFor[Demand](): true, reflect.TypeFor[Reason](): true, reflect.TypeFor[ControlPlane](): true, reflect.TypeFor[LoadBalancer](): true, reflect.TypeFor[NodePool](): true,
	reflect.TypeFor[UsedAddress](): true, reflect.TypeFor[Room](): true, reflect.TypeFor[BalancerRange](): true, reflect.TypeFor[VendorTotal](): true, reflect.TypeFor[Permanent](): true,
	reflect.TypeFor[GPU](): true, reflect.TypeFor[ClusterGroup](): true, reflect.TypeFor[ExistingNetwork](): true, reflect.TypeFor[NetworkSwitch](): true,
	reflect.TypeFor[TrafficClass](): true, reflect.TypeFor[AzureResource](): true, reflect.TypeFor[ClosedPort](): true, reflect.TypeFor[Tool](): true, reflect.TypeFor[ServiceRegions](): true, reflect.TypeFor[Workload](): true, reflect.TypeFor[StorageClass](): true, reflect.TypeFor[StorageNeed](): true, reflect.TypeFor[PoolRoom](): true, reflect.TypeFor[CostLine](): true,
}

// widest is how long a set of parameters may be to stand in one line.
const widest = 90

// params writes a map with its keys sorted.
func (s *scribe) params(v reflect.Value) *node {
	n := s.new(yaml.MappingNode, "!!map")
	from, width := len(s.open), 0
	for _, p := range mapEntries(v) {
		value := s.node(p.value, natureOf(p.value.Type()))
		s.open = append(s.open, s.text(p.key), value)
		if width += len(p.key) + len(value.Value); value.Kind != yaml.ScalarNode {
			width += widest
		}
	}
	n.Content = s.parts(from)
	if width <= widest {
		n.Style = yaml.FlowStyle
	}
	return n
}

// A mapEntry is one key of a map and its value.
type mapEntry struct {
	key   string
	value reflect.Value
}

// mapEntries are the keys of a map with their values, sorted.
func mapEntries(v reflect.Value) []mapEntry {
	list := make([]mapEntry, 0, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		key := iter.Key()
		text := ""
		if key.Type() == textType {
			text = key.String()
		} else {
			text = fmt.Sprint(key.Interface())
		}
		list = append(list, mapEntry{text, iter.Value()})
	}
	slices.SortFunc(list, func(a, b mapEntry) int { return cmp.Compare(a.key, b.key) })
	return list
}

// text is a string. Quotes keep from it what other readers of YAML make of some words
// and of line ends.
func (s *scribe) text(value string) *node {
	clean := printable(value)
	if !clean {
		value = validText(value)
	}
	n := s.scalar("!!str", value)
	if spokenBool(value) || !clean && strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 }) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// printable reports whether a text is printable ASCII throughout.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// validText is a text without the bytes that are no UTF-8.
func validText(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// spokenBool reports whether older readers of YAML take a word for true or false.
func spokenBool(s string) bool {
	if len(s) > len("off") {
		return false
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return false
}
