package planner

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestRewritingASiteKeepsItsComments(t *testing.T) {
	for _, name := range []string{"quickstart", "worked-akshci", "worked-azurelocal", "baseline", "hci-20h2"} {
		original, err := os.ReadFile("../examples/" + name + "/site.yaml")
		if err != nil {
			t.Fatal(err)
		}
		site, _, _ := DecodeSite("", original)
		same, err := RewriteSite(original, site)
		if err != nil || string(same) != string(original) {
			t.Errorf("%s: an unchanged site has other bytes (%v)", name, err)
		}
		site.Network.VLAN = 7
		site.Clusters[0].NodePools[0].Count++
		site.Clusters = append(site.Clusters, Cluster{Name: "more", Kubernetes: "v1.29.4", Control: ControlPlane{Count: 1}, Balancer: LoadBalancer{Kind: HAProxy}, NodePools: []NodePool{{Name: "linux", OS: Linux, Count: 1}}})
		changed, err := RewriteSite(original, site)
		if err != nil {
			t.Fatal(err)
		}
		again, _, findings := DecodeSite("", changed)
		if len(findings) > 0 || !reflect.DeepEqual(again, site) {
			t.Errorf("%s: %v\n%s", name, findings, changed)
		}
		for line := range strings.Lines(string(original)) {
			if comment := strings.TrimSpace(line); strings.HasPrefix(comment, "#") && !strings.Contains(string(changed), comment) {
				t.Errorf("%s: lost %q", name, comment)
			}
		}
	}
}

// TestRewritingChangesNoOtherLine holds what is written against the file line by line: only
// the line of the value that changed is another.
func TestRewritingChangesNoOtherLine(t *testing.T) {
	original, err := os.ReadFile("../examples/quickstart/site.yaml")
	if err != nil {
		t.Fatal(err)
	}
	site, _, _ := DecodeSite("", original)
	first := site
	first.Network.VLAN++
	once, err := RewriteSite(original, first) // in the form that is written
	if err != nil {
		t.Fatal(err)
	}
	first.Network.VLAN++
	twice, err := RewriteSite(once, first)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(once), "\n"), strings.Split(string(twice), "\n")
	if len(was) != len(is) {
		t.Fatalf("%d lines become %d", len(was), len(is))
	}
	for i := range was {
		if was[i] != is[i] && !strings.Contains(is[i], "vlan:") {
			t.Errorf("%q becomes %q", was[i], is[i])
		}
	}
	if !strings.Contains(string(once), "\nnetwork:\n  name: ") {
		t.Errorf("keys stand in by other than two:\n%s", once)
	}
}
