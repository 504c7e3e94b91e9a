package planner

import (
	"fmt"
	"strconv"
	"strings"
)

// A Tool is a program, or an extension of one, on the machine that the commands of a plan
// for Azure Local run on.
type Tool struct {
	// Name is azure-cli, or that of an extension of it, such as aksarc.
	Name    string `yaml:"name" json:"name"`
	Version string `yaml:"version" json:"version"`
	// OnHost is whether that machine is a host of the instance.
	OnHost bool `yaml:"onHost,omitempty" json:"onHost,omitempty"`
}

// tools judges the programs that somebody has listed.
func (j *judge) tools() {
	for i, t := range j.in.Inventory.Tools {
		path := fmt.Sprintf("inventory.tools[%d]", i)
		for _, m := range j.rules.Modules {
			if m.Where != "client" {
				continue
			}
			if strings.EqualFold(m.Name, t.Name) && earlier(t.Version, m.Version) {
				j.add(Finding{Code: "tool-old", Path: path + ".version", Evidence: t.Version + ", wanted " + m.Version, Source: cite(m.Source),
					Message: fmt.Sprintf("%s has version %s, %s or later is needed", t.Name, t.Version, m.Version), Remedy: fmt.Sprintf("az upgrade, or for an extension: az extension update --name %s", t.Name)})
			}
		}
		if t.OnHost {
			j.add(Finding{Code: "tool-on-host", Path: path + ".onHost", Evidence: t.Name, Message: fmt.Sprintf("%s is installed on a host of the instance", t.Name)})
		}
	}
}

// earlier compares versions such as 1.4.23 and 1.5.37 number by number.
func earlier(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		var m, n int
		if i < len(x) {
			m, _ = strconv.Atoi(x[i])
		}
		if i < len(y) {
			n, _ = strconv.Atoi(y[i])
		}
		if m != n {
			return m < n
		}
	}
	return false
}
