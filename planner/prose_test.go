package planner

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

// What no sentence for an operator has: one of several things, a backslash written twice, or
// a thing by the number that a program gives it.
var (
	pluralOfOne = regexp.MustCompile(`(?:^|[^0-9.:v-])1 (?:[a-z-]+ )?([a-z]+s)\b`)
	doubled     = regexp.MustCompile(`\\\\[A-Za-z]`)
	numbered    = regexp.MustCompile(`\b(?:host|cluster|pool|network|drive|adapter|volume|workload|step) 0\b`)
)

// singular are the words that end like a plural and are none, or that follow a number
// otherwise.
var singular = []string{"is", "was", "has", "as", "this", "its", "does", "address", "class", "less", "bus", "access", "process", "pass", "needs", "takes", "stays", "gets", "exists", "always",
	"windows", "dns", "kubernetes", "kms", "os", "across", "plus", "hosts'", "has", "makes", "holds"}

// faults are what is wrong with a sentence.
func faults(text string) []string {
	var list []string
	for _, m := range pluralOfOne.FindAllStringSubmatch(text, -1) {
		words := strings.Fields(m[0])
		between := words[len(words)-2] // a word that makes another thing of it, such as 1 of 3 hosts
		if !slices.Contains(singular, m[1]) && !slices.Contains([]string{"of", "or", "and", "to", "in", "on", "for", "from", "with", "without", "at", "by", "than", "that", "more", "less", "is", "has", "are", "if", "when", "the"}, between) {
			list = append(list, m[0])
		}
	}
	// A share begins with two.
	if m := doubled.FindString(regexp.MustCompile(`(^|[^\\A-Za-z])\\\\[A-Za-z]`).ReplaceAllString(text, "$1")); m != "" {
		list = append(list, m)
	}
	return append(list, numbered.FindAllString(text, -1)...)
}

func TestFaultsAreSeen(t *testing.T) {
	for text, want := range map[string]bool{
		"1 nodes of pool a": true, "has 1 virtual processors": true, `"CONTOSO\\admin" is no account`: true, "first by host 0": true,
		"1 node of 3 hosts": false, `CONTOSO\admin`: false, `\\server\share`: false, "11 hosts": false, "1 is": false, "hosts[0]": false, "1 of 3 hosts": false, "at 1 core": false,
	} {
		if got := len(faults(text)) > 0; got != want {
			t.Errorf("%q: %v", text, faults(text))
		}
	}
}

// turned are other values for one of an input's: nothing, one, much, and a text with a
// backslash.
func turned(v reflect.Value) []reflect.Value {
	var list []reflect.Value
	add := func(x any) { list = append(list, reflect.ValueOf(x).Convert(v.Type())) }
	switch {
	case v.Type() == reflect.TypeFor[Bytes]():
		for _, b := range []Bytes{0, profiles.GiB, 1 << 50} {
			add(b)
		}
	case v.Type() == reflect.TypeFor[Date]():
		add(v.Interface().(Date) + 1)
		add(v.Interface().(Date) + 2000)
	case v.CanInt():
		for _, n := range []int{0, 1, 2, 5000} {
			add(n)
		}
	case v.Kind() == reflect.Bool:
		add(!v.Bool())
	case v.Type() == reflect.TypeFor[Known]():
		add(No)
	case v.Kind() == reflect.String:
		for _, s := range []string{"", `CONTOSO\Admin X`, "Down"} {
			add(s)
		}
	}
	return list
}

// eachTurn calls with an input in which one value is turned, or one list is cut to its first,
// emptied, or made long; afterwards the input is as it was.
func eachTurn(v reflect.Value, path string, call func(path string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachTurn(v.Elem(), path, call)
		}
		return
	case reflect.Struct:
		if v.Type().PkgPath() == "net/netip" || v.Type().PkgPath() == "time" {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachTurn(v.Field(i), path+"."+v.Type().Field(i).Name, call)
			}
		}
		return
	case reflect.Slice:
		was := v.Interface()
		old := reflect.ValueOf(was)
		long := old
		for old.Len() > 0 && long.Len() < 20 {
			long = reflect.AppendSlice(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, 40), long), old)
		}
		for _, other := range []reflect.Value{reflect.Zero(v.Type()), old.Slice(0, min(old.Len(), 1)), long} {
			v.Set(other)
			call(path)
		}
		v.Set(old)
		for i := range min(v.Len(), 2) {
			eachTurn(v.Index(i), fmt.Sprintf("%s[%d]", path, i), call)
		}
		return
	}
	old := reflect.ValueOf(v.Interface())
	for _, other := range turned(old) {
		v.Set(other)
		call(path)
	}
	v.Set(old)
}

// TestFindingsSpeakToAnOperator turns every value of the small examples, and reads all that
// is found.
func TestFindingsSpeakToAnOperator(t *testing.T) {
	seen, said := map[string]bool{}, map[string]bool{}
	for _, name := range []string{"quickstart", "worked-azurelocal", "hci-20h2"} {
		in := exampleInput(t, name)
		in.Site.Clusters[0].Workloads = append(in.Site.Clusters[0].Workloads, Workload{Name: "web", Replicas: 3, CPU: 500, Memory: profiles.GiB})
		look := func(path string) {
			plan := Make(in)
			rules := append([]string{plan.Headroom.Reason.Rule, plan.Storage.Reason.Rule, plan.Cost.Reason.Rule, plan.Addresses.Room.Reason.Rule}, plan.Storage.Unknown...)
			for _, s := range plan.Sizing {
				rules = append(rules, s.Reason.Rule)
			}
			for _, d := range plan.Addresses.Demands {
				rules = append(rules, d.Reason.Rule)
			}
			for _, c := range plan.Headroom.Changes {
				rules = append(rules, c.What)
			}
			for _, v := range plan.Addresses.VendorTotals {
				rules = append(rules, v.Reason.Rule)
			}
			for _, rule := range rules {
				for _, fault := range faults(rule) {
					if !said["rule"+fault] {
						said["rule"+fault] = true
						t.Errorf("%s, %s: %q in the rule %q", name, path, fault, rule)
					}
				}
			}
			for _, f := range plan.Findings {
				seen[f.Code] = true
				for _, text := range []string{f.Message, f.Evidence, f.Remedy} {
					for _, fault := range faults(text) {
						if !said[f.Code+fault] {
							said[f.Code+fault] = true
							t.Errorf("%s, %s: %s: %q in %q", name, path, f.Code, fault, text)
						}
					}
				}
			}
		}
		look("as it is")
		eachTurn(reflect.ValueOf(&in.Site).Elem(), "site", look)
		if name != "hci-20h2" { // its hosts are like the others'
			eachTurn(reflect.ValueOf(&in.Inventory).Elem(), "inventory", look)
		}
	}
	if len(seen) < 120 {
		t.Errorf("only %d codes were found", len(seen))
	}
	t.Logf("%d codes", len(seen))
}

func TestCodesSpeakToAnOperator(t *testing.T) {
	for _, c := range Codes() {
		for _, text := range []string{c.Meaning, c.Why, c.Remedy} {
			if bad := faults(text); len(bad) > 0 {
				t.Errorf("%s: %q in %q", c.Name, bad, text)
			}
		}
	}
}
