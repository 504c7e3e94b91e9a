package profiles

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// check refuses a profile with a missing value, or a value without a source, a day of
// reading or, when it is an estimate of our own, a reason. All of them are named.
func check(p Profile, name string) error {
	c := &checker{}
	if p.Name != name {
		c.refuse("name", "is %q, want the name of the file", p.Name)
	}
	if p.Title == "" {
		c.refuse("title", "is missing")
	}
	if p.Generation != AksHci && p.Generation != AzureLocal {
		c.refuse("generation", "is %q, want %s or %s", p.Generation, AksHci, AzureLocal)
	}
	v := reflect.ValueOf(p)
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Struct:
			c.value(key(v.Type().Field(i)), f)
		case reflect.Slice:
			c.list(key(v.Type().Field(i)), f)
		}
	}
	c.meaning(p)
	return errors.Join(c.faults...)
}

type checker struct{ faults []error }

func (c *checker) refuse(path, format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("%s "+format, append([]any{path}, args...)...))
}

// list walks a list of entries that each have a source; an empty one is missing.
func (c *checker) list(path string, v reflect.Value) {
	if v.Len() == 0 {
		c.refuse(path, "is missing")
	}
	for i := range v.Len() {
		c.value(path+"["+strconv.Itoa(i)+"]", v.Index(i))
	}
}

// value walks a struct down to the sources. A figure must have a value or say that the
// vendor states none.
func (c *checker) value(path string, v reflect.Value) {
	t := v.Type()
	if v.IsZero() {
		c.refuse(path, "is missing")
		return
	}
	if strings.HasPrefix(t.Name(), "Figure[") {
		stated, unstated := !v.FieldByName("Value").IsZero(), v.FieldByName("Unstated").Bool()
		if stated == unstated {
			c.refuse(path, "wants either a value or unstated: true")
		}
	}
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case f.Type() == reflect.TypeFor[Source]():
			c.source(path, f.Interface().(Source))
		case f.IsZero() && optional(t.Field(i)):
		case f.Kind() == reflect.Struct && f.Type().PkgPath() == t.PkgPath():
			c.value(path+"."+key(t.Field(i)), f)
		case f.Kind() == reflect.Slice && cited(f.Type().Elem()):
			c.list(path+"."+key(t.Field(i)), f)
		case f.Kind() == reflect.String && f.IsZero():
			c.refuse(path+"."+key(t.Field(i)), "is missing")
		}
	}
}

// optional reports whether a field may be left out of the file.
func optional(f reflect.StructField) bool {
	return strings.HasSuffix(f.Tag.Get("yaml"), ",omitempty") || strings.HasPrefix(f.Tag.Get("yaml"), "value")
}

// source refuses a citation that is not complete.
func (c *checker) source(path string, s Source) {
	repo, page, isPage := strings.Cut(s.Page, ":")
	owner, issue, isIssue := strings.Cut(s.Page, "#")
	switch {
	case s.Page == "":
		c.refuse(path, "has no source")
	case s.Page == Own:
		if s.Derived == "" {
			c.refuse(path, "is our own estimate and does not say why (derived)")
		}
	case isPage && repo != "" && page != "", isIssue && strings.Contains(owner, "/") && digits(issue):
	default:
		c.refuse(path, "has the source %q, want repository:path, owner/name#number or %s", s.Page, Own)
	}
	if s.Read.IsZero() {
		c.refuse(path, "does not say when its source was read")
	}
}
