package planner

import (
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// A nature is how the values of a type are written.
type nature int

const (
	asOdd nature = iota // as fmt prints it
	asPointer
	asStruct
	asMap
	asList
	asString
	asTruth
	asInt
	asFloat
	asDate
	asBytes
	asMillicores
	asDuration
	asTime
	asAddr
	asPrefix
)

func natureOf(t reflect.Type) nature {
	switch t {
	case dateType:
		return asDate
	case bytesType:
		return asBytes
	case milliType:
		return asMillicores
	case durationType:
		return asDuration
	case timeType:
		return asTime
	case addrType:
		return asAddr
	case prefixType:
		return asPrefix
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Interface:
		return asPointer
	case reflect.Struct:
		return asStruct
	case reflect.Map:
		return asMap
	case reflect.Slice, reflect.Array:
		return asList
	case reflect.String:
		return asString
	case reflect.Bool:
		return asTruth
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return asInt
	case reflect.Float64:
		return asFloat
	}
	return asOdd
}

// settled follows pointers and interfaces to what they hold; not valid when that is nothing.
func settled(v reflect.Value, n nature) (reflect.Value, nature) {
	for n == asPointer {
		if v = v.Elem(); !v.IsValid() {
			return v, asOdd
		}
		n = natureOf(v.Type())
	}
	return v, n
}

// single is the tag and the text of a value that has no parts.
func single(v reflect.Value, n nature) (tag, text string) {
	if !v.IsValid() {
		return "!!null", "null"
	}
	switch n {
	case asString:
		return "!!str", v.String()
	case asTruth:
		return "!!bool", strconv.FormatBool(v.Bool())
	case asInt:
		return "!!int", strconv.FormatInt(v.Int(), 10)
	case asFloat:
		return decimal(v.Float())
	case asDate:
		if v.IsZero() {
			return "!!str", ""
		}
		return "!!timestamp", Date(v.Int()).String()
	case asBytes:
		return "!!str", Bytes(v.Int()).String()
	case asMillicores:
		return "!!str", Millicores(v.Int()).String()
	case asDuration:
		return "!!str", time.Duration(v.Int()).String()
	case asTime:
		return "!!timestamp", v.Interface().(time.Time).Format(time.RFC3339Nano)
	case asAddr:
		if a := v.Interface().(netip.Addr); a.IsValid() {
			return "!!str", a.String()
		}
		return "!!str", ""
	case asPrefix:
		if p := v.Interface().(netip.Prefix); p != (netip.Prefix{}) {
			return "!!str", p.String()
		}
		return "!!str", ""
	}
	return "!!str", fmt.Sprint(v.Interface())
}

func decimal(f float64) (tag, text string) {
	switch {
	case math.IsNaN(f):
		return "!!float", ".nan"
	case math.IsInf(f, 0):
		return "!!float", strings.Replace(strconv.FormatFloat(f, 'g', -1, 64), "Inf", ".inf", 1)
	case f == math.Trunc(f) && math.Abs(f) < 1e15:
		return "!!int", strconv.FormatInt(int64(f), 10)
	}
	return "!!float", strconv.FormatFloat(f, 'g', -1, 64)
}
