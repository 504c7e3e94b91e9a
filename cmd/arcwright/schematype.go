package main

import (
	"net/netip"
	"reflect"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/invopop/jsonschema"
)

// mapped is the schema of types whose text form is not that of their Go kind, and of
// enumerations.
func mapped(t reflect.Type) *jsonschema.Schema {
	text := func(pattern, example string) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", Pattern: pattern, Examples: []any{example}}
	}
	switch t {
	case reflect.TypeFor[netip.Addr]():
		return text(`^([0-9a-fA-F:.]+)?$`, "10.40.20.10")
	case reflect.TypeFor[netip.Prefix]():
		return text(`^([0-9a-fA-F:.]+/[0-9]+)?$`, "10.40.20.0/24")
	case reflect.TypeFor[planner.Bytes]():
		return text(`^[0-9.]+ ?[KMGTP]i?B$|^0$|^[0-9]+B$`, "256GiB")
	case reflect.TypeFor[planner.Millicores]():
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{text(`^[0-9]+m$|^[0-9]+([.][0-9]{1,3})?$`, "250m"), {Type: "number", Minimum: "0"}}}
	case reflect.TypeFor[planner.Date]():
		return text(`^([0-9]{4}-[0-9]{2}-[0-9]{2})?$`, "2026-12-05")
	case reflect.TypeFor[time.Duration]():
		return text(`^-?([0-9.]+(ns|us|µs|ms|s|m|h))+$|^0$`, "45m")
	case reflect.TypeFor[time.Time]():
		return &jsonschema.Schema{Type: "string", Format: "date-time"}
	}
	if words := planner.Words(t); words != nil {
		s := &jsonschema.Schema{Type: "string"}
		for _, w := range words {
			s.Enum = append(s.Enum, w)
		}
		return s
	}
	return nil
}
