package planner

import (
	"slices"
	"testing"
)

// A rule is a sentence about a finding, with an input that is just within it and one that
// is just beyond.
type rule struct {
	name, example, code string
	within, beyond      func(*Input)
}

// hold wants the finding beyond each rule, and not within.
func hold(t *testing.T, rules []rule) {
	t.Helper()
	holdBy(t, Check, rules)
}

// holdBy asks another judge than Check.
func holdBy(t *testing.T, judge func(Input) []Finding, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Helper()
			found := func(change func(*Input)) bool {
				in := exampleInput(t, r.example)
				change(&in)
				return slices.ContainsFunc(judge(in), func(f Finding) bool { return f.Code == r.code })
			}
			if found(r.within) {
				t.Errorf("%s is found within the rule", r.code)
			}
			if !found(r.beyond) {
				t.Errorf("%s is not found beyond the rule", r.code)
			}
		})
	}
}

// likeHosts makes the inventory of so many hosts like the first, by name and address apart.
func likeHosts(n int, change func(i int, h *Host)) func(*Input) {
	return func(in *Input) {
		first := in.Inventory.Hosts[0]
		in.Inventory.Hosts = nil
		for i := range n {
			h := first
			h.Name = string(rune('a'+i)) + first.Name
			h.Address = address(number(first.Address) + uint64(i))
			h.Drives, h.GPUs, h.Adapters, h.Switches, h.Features = slices.Clone(h.Drives), slices.Clone(h.GPUs), slices.Clone(h.Adapters), slices.Clone(h.Switches), slices.Clone(h.Features)
			change(i, &h)
			in.Inventory.Hosts = append(in.Inventory.Hosts, h)
		}
	}
}

// and makes one change after the other.
func and(changes ...func(*Input)) func(*Input) {
	return func(in *Input) {
		for _, change := range changes {
			change(in)
		}
	}
}
