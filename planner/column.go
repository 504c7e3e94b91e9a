package planner

import (
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"
)

// A column is one field of a struct as a key. Its node stands in every mapping of the
// struct, and is never changed.
type column struct {
	index    int
	nature   nature
	key      *node
	optional bool
}

// columns are the fields of the structs that plans are made of.
var columns = columnsBelow(reflect.TypeFor[Plan](), map[reflect.Type][]column{})

func columnsBelow(t reflect.Type, all map[reflect.Type][]column) map[reflect.Type][]column {
	switch natureOf(t) {
	case asPointer, asList:
		if t.Kind() != reflect.Interface {
			columnsBelow(t.Elem(), all)
		}
	case asStruct:
		if _, known := all[t]; !known {
			all[t] = columnsFor(t)
			for i := range t.NumField() {
				columnsBelow(t.Field(i).Type, all)
			}
		}
	}
	return all
}

// columnsOf are the fields of a struct.
func columnsOf(t reflect.Type) []column {
	if known, ok := columns[t]; ok {
		return known
	}
	return columnsFor(t)
}

// notWords are names of fields that would be read as something else than text.
var notWords = []string{"", "true", "false", "null"}

func columnsFor(t reflect.Type) []column {
	out := make([]column, t.NumField())
	for i := range out {
		f := t.Field(i)
		key := keyOf(f)
		out[i] = column{i, natureOf(f.Type), &node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, word: !slices.Contains(notWords, key)}, optional(f)}
	}
	return out
}

// given reports whether a field is written.
func (c column) given(v reflect.Value) bool { return !c.optional || !empty(v) }

func empty(v reflect.Value) bool {
	return v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 || v.Kind() == reflect.Map && v.Len() == 0
}
