package planner

import (
	"strings"
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

func TestARetiredCodeIsAnsweredByTheOneThatTellsTheSame(t *testing.T) {
	for old, now := range retired {
		if _, still := declared[old]; still {
			t.Errorf("%s is retired and declared", old)
		}
		c, ok := CodeOf(strings.ToUpper(old))
		if !ok || c.Name != now || !strings.HasPrefix(c.Meaning, "No finding has the code "+old+" any more: "+now+" tells it. ") {
			t.Errorf("%s is answered with %s: %s", old, c.Name, c.Meaning)
		}
		if fresh, _ := CodeOf(now); strings.Contains(fresh.Meaning, old) {
			t.Errorf("%s speaks of %s", now, old)
		}
		if found := SearchCodes("WARN " + old + "  HV01 waits"); len(found) != 1 || found[0].Code.Name != now {
			t.Errorf("a pasted line with %s finds %v", old, found)
		}
	}
}

func TestGraphicsProcessorsThatAreMissingAreToldOnce(t *testing.T) {
	in := exampleInput(t, "quickstart")
	in.Site.Clusters[0].NodePools = append(in.Site.Clusters[0].NodePools, NodePool{Name: "gpu", OS: Linux, Count: 1, VMSize: "Standard_NK6"})
	told := func() string { return strings.Join(codesOf(Make(in).Findings, Block), " ") }
	if got := told(); got != "gpu-missing" {
		t.Errorf("without graphics processors: %s", got)
	}
	for i := range in.Inventory.Hosts {
		in.Inventory.Hosts[i].Memory = 40 * profiles.GiB
	}
	if got := told(); !strings.Contains(got, "gpu-missing") || !strings.Contains(got, "headroom-fit") {
		t.Errorf("without graphics processors and without memory: %s", got)
	}
}
