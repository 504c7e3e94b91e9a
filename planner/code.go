package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Code is one kind of finding. Every finding has a declared code: what a code means, and
// what it takes to be rid of it, is told once, here, and printed by arcwright explain and in
// docs/findings.md.
type Code struct {
	// Name is stable, such as host-os. Its first word says what the finding is about.
	Name string `json:"code"`
	// Area is the heading that the code stands under in the reference.
	Area string `json:"area"`
	// Severity is what most findings of the code have; platforms that ask for less, or for
	// more, give another, which Meaning then says.
	Severity Severity `json:"severity"`
	Owner    Owner    `json:"owner"`
	// Meaning says what was found, in one paragraph, and Why what comes of it.
	Meaning string `json:"meaning"`
	Why     string `json:"why"`
	Remedy  string `json:"remedy"`
	// Source is the page of the vendor that asks for it; empty for rules of our own.
	Source string `json:"source,omitempty"`
	// Waivable is whether a person may accept a finding of this code. What cannot work at
	// all, or cannot be taken back, may not be accepted.
	Waivable bool `json:"waivable"`
}

// area is the codes under one heading.
type area struct {
	title string
	codes []Code
}

// The areas of what is found by looking at hosts.
const (
	readingArea = "Reading hosts"
	liveArea    = "Live checks"
)

// areas are all codes, in the order of the reference.
var areas = [...]area{
	{"Files", fileCodes}, {"Site", siteCodes}, {"Hosts", hostCodes}, {"Operating system", systemCodes}, {"Drives and volumes", driveCodes}, {"Storage", storageCodes},
	{"Adapters and switches", adapterCodes}, {"Failover cluster", fabricCodes}, {"Shared ports and pools", bandwidthCodes}, {"Azure Local instance", instanceCodes}, {"Network and addresses", networkCodes}, {"Directory", directoryCodes},
	{"Azure", azureCodes}, {"Clusters and node pools", clusterCodes}, {"Azure services and access", accessCodes}, {"Add-ons", addOnCodes}, {"Workloads", workloadCodes}, {"Machine sizes", sizeCodes}, {"Lifecycle", lifecycleCodes}, {"Limits and headroom", roomCodes},
	{"Waivers", waiverCodes}, {"Plans", planCodes}, {readingArea, readingCodes}, {liveArea, liveCodes}, {"Live checks of the directory", directoryLiveCodes},
}

// declared are all codes by their names.
var declared = func() map[string]Code {
	all := map[string]Code{}
	for _, a := range areas {
		for _, c := range a.codes {
			c.Area = a.title
			all[c.Name] = c
		}
	}
	return all
}()

// Live reports whether findings of the code are made by looking at the hosts, and never
// from files alone.
func (c Code) Live() bool { return c.Area == readingArea || c.Area == liveArea }

// Codes are all codes there are, by area and name.
func Codes() []Code {
	var all []Code
	for _, a := range areas {
		start := len(all)
		for _, c := range a.codes {
			all = append(all, declared[c.Name])
		}
		slices.SortFunc(all[start:], func(a, b Code) int { return cmp.Compare(a.Name, b.Name) })
	}
	return all
}

// retired are codes that findings had, and those that tell the same now.
var retired = map[string]string{"host-restart-pending": "host-restart", "cluster-node-not-up": "cluster-node-state"}

// CodeOf looks up a code by its name. A code that findings no longer have is answered with the
// one that tells the same, which then says so.
func CodeOf(name string) (Code, bool) {
	name = strings.ToLower(name)
	c, ok := declared[name]
	if now, gone := retired[name]; gone {
		c, ok = declared[now]
		c.Meaning = fmt.Sprintf("No finding has the code %s any more: %s tells it. %s", name, now, c.Meaning)
	}
	return c, ok
}

// Waivable reports whether a finding of this code may be waived.
func Waivable(code string) bool { return declared[code].Waivable }

// complete gives a finding what its code says of all its kind, where it says nothing itself.
func complete(f Finding) Finding {
	c := declared[f.Code]
	f.Severity = cmp.Or(f.Severity, c.Severity)
	f.Owner = cmp.Or(f.Owner, c.Owner)
	f.Remedy = cmp.Or(f.Remedy, c.Remedy)
	f.Source = cmp.Or(f.Source, c.Source)
	return f
}
