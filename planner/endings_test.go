package planner

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEndingsAreListedOnceWithTheirDays(t *testing.T) {
	in := exampleInput(t, "baseline")
	var got []string
	for _, e := range Endings(in) {
		day := "unstated"
		if !e.Ends.Unstated {
			day = e.Ends.Date.String()
		}
		if e.Remedy == "" || e.Path == "" {
			t.Errorf("%+v lacks something", e)
		}
		got = append(got, day+" "+e.What)
	}
	want := []string{
		"2028-03-31 support for AKS on Windows Server 2022", "2031-10-14 security updates for Windows Server 2022",
		"unstated Kubernetes 1.29", "unstated node pools with linux", "2027-03-31 node pools with windows2022",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	in.Site.Clusters[0].Kubernetes = "v1.99.1"
	if e := Endings(in)[2]; e.What != "Kubernetes 1.99" || !e.Ends.Unstated {
		t.Errorf("a version that nobody knows ends as %+v", e)
	}
}
