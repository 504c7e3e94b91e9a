package planner

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// A scribe turns values into YAML documents. What it writes is the canonical form of
// everything the package writes: keys in the order of the fields, those of maps sorted,
// empty optional keys left out, every amount, address, date and duration as text. Digest,
// seal, YAML and JSON are all taken from it.
type scribe struct {
	layouts map[reflect.Type][]column
	// spare are nodes not yet used; taking them by the hundred costs far less than one by one.
	spare []yaml.Node
}

// A column is one field of a struct as a key. Its node stands in every mapping of the
// struct, and is never changed.
type column struct {
	index    int
	key      *yaml.Node
	optional bool
}

// document is the canonical form of a value.
func document(v any) *yaml.Node {
	s := scribe{layouts: map[reflect.Type][]column{}}
	return s.node(reflect.ValueOf(v))
}

// node is the canonical form of a value.
func (s *scribe) node(v reflect.Value) *yaml.Node {
	switch v.Kind() {
	case reflect.Invalid:
		return s.scalar("!!null", "null")
	case reflect.Pointer, reflect.Interface:
		return s.node(v.Elem())
	}
	switch v.Type() {
	case dateType:
		if v.IsZero() {
			return s.text("")
		}
		return s.scalar("!!timestamp", Date(v.Int()).String())
	case bytesType:
		return s.text(Bytes(v.Int()).String())
	case milliType:
		return s.text(Millicores(v.Int()).String())
	case durationType:
		return s.text(time.Duration(v.Int()).String())
	case timeType:
		return s.scalar("!!timestamp", v.Interface().(time.Time).Format(time.RFC3339Nano))
	case addrType, prefixType:
		b, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			b = nil // not reached: neither type has a text it cannot write
		}
		return s.text(string(b))
	}
	switch v.Kind() {
	case reflect.String:
		return s.text(v.String())
	case reflect.Bool:
		return s.scalar("!!bool", strconv.FormatBool(v.Bool()))
	case reflect.Struct:
		return s.mapping(v)
	case reflect.Map:
		return s.params(v)
	case reflect.Slice, reflect.Array:
		return s.sequence(v)
	case reflect.Float64:
		return s.number(v.Float())
	}
	if v.CanInt() {
		return s.scalar("!!int", strconv.FormatInt(v.Int(), 10))
	}
	return s.text(fmt.Sprint(v.Interface()))
}

// new takes a node.
func (s *scribe) new(kind yaml.Kind, tag string) *yaml.Node {
	if len(s.spare) == 0 {
		s.spare = make([]yaml.Node, 128)
	}
	n := &s.spare[0]
	s.spare = s.spare[1:]
	n.Kind, n.Tag = kind, tag
	return n
}

func (s *scribe) scalar(tag, value string) *yaml.Node {
	n := s.new(yaml.ScalarNode, tag)
	n.Value = value
	return n
}

func (s *scribe) sequence(v reflect.Value) *yaml.Node {
	n := s.new(yaml.SequenceNode, "!!seq")
	n.Content = make([]*yaml.Node, v.Len())
	for i := range n.Content {
		n.Content[i] = s.node(v.Index(i))
	}
	if len(n.Content) == 0 || n.Content[0].Kind == yaml.ScalarNode {
		n.Style = yaml.FlowStyle
	}
	return n
}

func (s *scribe) mapping(v reflect.Value) *yaml.Node {
	n := s.new(yaml.MappingNode, "!!map")
	if onOneLine[v.Type()] {
		n.Style = yaml.FlowStyle
	}
	layout := s.layout(v.Type())
	n.Content = make([]*yaml.Node, 0, 2*len(layout))
	for _, c := range layout {
		if value := v.Field(c.index); !c.optional || !empty(value) {
			n.Content = append(n.Content, c.key, s.node(value))
		}
	}
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

func (s *scribe) layout(t reflect.Type) []column {
	columns, known := s.layouts[t]
	if !known {
		for i := range t.NumField() {
			columns = append(columns, column{i, s.scalar("!!str", keyOf(t.Field(i))), optional(t.Field(i))})
		}
		s.layouts[t] = columns
	}
	return columns
}

func empty(v reflect.Value) bool {
	return v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 || v.Kind() == reflect.Map && v.Len() == 0
}

// widest is how long a set of parameters may be to stand in one line.
const widest = 90

// params writes a map with its keys sorted.
func (s *scribe) params(v reflect.Value) *yaml.Node {
	type entry struct {
		key   string
		value reflect.Value
	}
	var entries []entry
	for iter := v.MapRange(); iter.Next(); {
		entries = append(entries, entry{fmt.Sprint(iter.Key().Interface()), iter.Value()})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	n := s.new(yaml.MappingNode, "!!map")
	width := 0
	for _, e := range entries {
		value := s.node(e.value)
		n.Content = append(n.Content, s.text(e.key), value)
		if width += len(e.key) + len(value.Value); value.Kind != yaml.ScalarNode {
			width += widest
		}
	}
	if width <= widest {
		n.Style = yaml.FlowStyle
	}
	return n
}

// text is a string. Quotes keep from it what other readers of YAML make of some words
// and of line ends.
func (s *scribe) text(value string) *yaml.Node {
	value = strings.ToValidUTF8(value, "\uFFFD")
	n := s.scalar("!!str", value)
	if spokenBool(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 }) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

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

func (s *scribe) number(f float64) *yaml.Node {
	switch {
	case math.IsNaN(f):
		return s.scalar("!!float", ".nan")
	case math.IsInf(f, 0):
		return s.scalar("!!float", strings.Replace(strconv.FormatFloat(f, 'g', -1, 64), "Inf", ".inf", 1))
	case f == math.Trunc(f) && math.Abs(f) < 1e15:
		return s.scalar("!!int", strconv.FormatInt(int64(f), 10))
	}
	return s.scalar("!!float", strconv.FormatFloat(f, 'g', -1, 64))
}
