// Package packing decides whether virtual machines find places on hosts: with all hosts,
// after losing some, and with more machines arriving. Every answer is proven or says
// that it is not.
//
// A placement is valid when no host gives more of any resource than it has, no machine has
// more virtual processors than its host's limit, and no two machines of a group that is
// kept apart share a host. A group is kept apart as long as there are at least as many
// hosts that one of its machines fits on as it has machines; with fewer, its machines may
// share. That is how the platforms' availability sets work: they keep machines apart by
// host where they can, and let them run together rather than not at all.
package packing

import "fmt"

// A Resource is what hosts have and machines take.
type Resource int

// The resources. Memory is in whatever unit the caller counts in, the others are counts.
const (
	Memory Resource = iota
	VCPUs
	GPUs
	resources
)

func (r Resource) String() string {
	switch r {
	case Memory:
		return "memory"
	case VCPUs:
		return "vCPUs"
	case GPUs:
		return "GPUs"
	}
	return fmt.Sprintf("resource %d", int(r))
}

// A Vector is an amount of each resource, none below zero.
type Vector [resources]int64

// Fits reports whether a vector is within another.
func (v Vector) Fits(in Vector) bool {
	return v[Memory] <= in[Memory] && v[VCPUs] <= in[VCPUs] && v[GPUs] <= in[GPUs]
}

// A Host is what one host has for machines.
type Host struct {
	Room Vector
	// Largest is the most virtual processors that one machine may have here.
	Largest int64
}

// takes reports whether one such machine fits the host while it is empty.
func (h Host) takes(size Vector) bool { return size.Fits(h.Room) && size[VCPUs] <= h.Largest }

// A Group is a number of like machines.
type Group struct {
	Size  Vector
	Count int
	// Apart asks for no two machines of the group on one host.
	Apart bool
	// Times is how many such groups there are, each apart by itself; 0 is one. A placement
	// counts the machines of all of them.
	Times int
}

// sets is how many groups a group stands for, machines how many machines they have.
func (g Group) sets() int     { return max(g.Times, 1) }
func (g Group) machines() int { return g.Count * g.sets() }

// Verdict is an answer.
type Verdict string

// The verdicts. Guaranteed: whatever valid placement the machines stood in, those of the
// lost hosts and those that arrive start again in any order, each on any host with room,
// and none has to wait or to move. Possible: a valid placement exists on the hosts that
// are left. Impossible: none exists. Undecided: neither was shown.
const (
	Guaranteed Verdict = "guaranteed"
	Possible   Verdict = "possible"
	Impossible Verdict = "impossible"
	Undecided  Verdict = "undecided"
)

// An Answer is a verdict with its proof.
type Answer struct {
	Verdict Verdict
	// Proof is why nothing fits; of an impossible verdict only.
	Proof Proof
	// Placement is a valid placement: for each host how many machines of each group, those
	// that run first, then those that arrive. It is given with possible; lost hosts are empty.
	Placement [][]int
}

// Kind is how an impossible verdict was proven.
type Kind string

// The proofs.
const (
	// NoHost: one machine of Group fits on no host, for want of Resource.
	NoHost Kind = "no-host"
	// Sum: all machines need more of Resource than all hosts have, by Missing.
	Sum Kind = "sum"
	// Crowd: Needed machines have Size or more of Resource, the hosts hold Have of that size.
	Crowd Kind = "crowd"
	// Waste: the machines cannot fill the hosts' Resource to the last, since no combination
	// of their sizes does; of what the hosts can fill, Have, Missing is missing.
	Waste Kind = "waste"
	// Weights: each machine counts for the weight of its group; the machines count for Needed,
	// and no way to fill the hosts counts for more than Have.
	Weights Kind = "weights"
	// Search: every arrangement was tried.
	Search Kind = "search"
)

// A Proof says why machines do not fit.
type Proof struct {
	Kind     Kind
	Resource Resource
	Group    int
	Size     int64
	Needed   int64
	Have     int64
	Missing  int64
	// Weights are by group, for the proof of that kind.
	Weights []int64
}
