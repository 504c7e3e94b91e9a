package profiles

import (
	"reflect"
	"testing"
)

// TestNothingCanBeLeftOut empties one part of a profile after another, from whole groups
// down to single sources, and wants each of them missed.
func TestNothingCanBeLeftOut(t *testing.T) {
	for _, name := range []string{"azure-local", "windows-server-2022"} {
		p, emptied := load1(t, name), 0
		var empty func(path string, v reflect.Value)
		empty = func(path string, v reflect.Value) {
			if v.IsZero() {
				return // left out already, as the file may
			}
			kept := reflect.ValueOf(v.Interface())
			v.SetZero()
			if err := check(p, name); err == nil {
				t.Errorf("%s is right without %s", name, path)
			}
			v.Set(kept)
			emptied++
			if v.Kind() == reflect.Slice {
				for i := range v.Len() {
					inner(path, v.Index(i), empty)
				}
			}
			inner(path, v, empty)
		}
		inner("", reflect.ValueOf(&p).Elem(), empty)
		if emptied < 300 {
			t.Errorf("only %d parts of %s were emptied", emptied, name)
		}
		if err := check(p, name); err != nil {
			t.Errorf("%s is wrong with all its parts: %v", name, err)
		}
	}
}

// inner calls visit for the fields of v that no profile may leave out: groups, lists and
// what every source has.
func inner(path string, v reflect.Value, visit func(string, reflect.Value)) {
	if v.Kind() != reflect.Struct || v.Type().PkgPath() != reflect.TypeFor[Profile]().PkgPath() {
		return
	}
	for i := range v.NumField() {
		f, field := v.Field(i), v.Type().Field(i)
		structs := f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct
		if f.Kind() == reflect.Struct && !optional(field) && f.Type().PkgPath() != "net/netip" || structs || field.Name == "Page" || field.Name == "Read" && path != "" {
			visit(path+"."+field.Name, f)
		}
	}
}
