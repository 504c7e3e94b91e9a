package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/profiles"
)

// outline writes steps as id, target, host and needs.
func outline(steps []Step) string {
	var out strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&out, "%s [%s on %s] after %s\n", s.ID, s.Target, s.On, strings.Join(s.Needs, " "))
	}
	return out.String()
}

func TestAksHciSteps(t *testing.T) {
	in := worked(t, "windows-server-2022")
	in.Inventory.Hosts = in.Inventory.Hosts[:2]
	in.Site.Clusters[0].Namespace, in.Site.Clusters[0].StorageClass = "shop", "fast"
	in.Site.Clusters[0].NodePools = append(in.Site.Clusters[0].NodePools, NodePool{Name: "win", OS: Windows2022, Count: 2})
	want := `prepare-host/hv01 [host/hv01 on hv01.corp.example] after 
prepare-host/hv02 [host/hv02 on hv02.corp.example] after 
configure [site on hv01.corp.example] after prepare-host/hv01 prepare-host/hv02
install [site on hv01.corp.example] after configure
create-cluster/a [cluster/a on hv01.corp.example] after install
create-node-pool/a/win [cluster/a on hv01.corp.example] after create-cluster/a
fetch-credential/a [cluster/a on hv01.corp.example] after create-cluster/a
wait-nodes/a [cluster/a on ] after fetch-credential/a create-node-pool/a/win
apply-namespace/a [cluster/a on ] after wait-nodes/a
apply-storage/a [cluster/a on ] after wait-nodes/a
create-cluster/b [cluster/b on hv01.corp.example] after install
fetch-credential/b [cluster/b on hv01.corp.example] after create-cluster/b
wait-nodes/b [cluster/b on ] after fetch-credential/b
`
	plan := Make(in)
	if diff := cmp.Diff(want, outline(plan.Steps)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	for _, s := range plan.Steps {
		if s.Estimate <= 0 || s.Undo == "" {
			t.Errorf("%s has no estimate or does not say how it is undone", s.ID)
		}
	}
}

func TestStepsOfFurtherNetworks(t *testing.T) {
	for platform, want := range map[string][]string{
		"windows-server-2022": {"create-network/net2 after install", "create-cluster/a after install", "create-cluster/b after install create-network/net2"},
		"azure-local":         {"logical-network after ", "logical-network/net2 after ", "create-aksarc/a after logical-network", "create-aksarc/b after logical-network/net2"},
	} {
		in := worked(t, platform)
		second(&in).VLAN = 9
		plan := Make(in)
		var got []string
		for _, s := range plan.Steps {
			switch s.Kind {
			case CreateNetwork:
				wanted := map[string]any{"name": "net2", "switch": "Compute", "vlan": 9, "addressing": "static", "subnet": "10.9.0.0/24", "gateway": "10.9.0.1", "dns": []any{"10.2.0.5"},
					"nodePool": map[string]any{"start": "10.9.0.10", "end": "10.9.0.40"}, "vipPool": map[string]any{"start": "10.9.0.50", "end": "10.9.0.60"}}
				if diff := cmp.Diff(map[string]any{"network": wanted}, s.Params); diff != "" {
					t.Errorf("parameters (-want +got):\n%s", diff)
				}
			case CreateCluster:
				if network, given := s.Params["network"]; given != (s.ID == "create-cluster/b") || given && network != "net2" {
					t.Errorf("%s is made in %v", s.ID, network)
				}
			case CreateAksArc:
				if want := map[string]string{"create-aksarc/a": "net1", "create-aksarc/b": "net2"}[s.ID]; s.Params["vnet-ids"] != want {
					t.Errorf("%s is made in %v", s.ID, s.Params["vnet-ids"])
				}
			case LogicalNetwork:
			default:
				continue
			}
			got = append(got, s.ID+" after "+strings.Join(s.Needs, " "))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", platform, diff)
		}
	}
}

func TestStepParameters(t *testing.T) {
	in := worked(t, "windows-server-2022")
	in.Site.Network.VLAN = 7
	in.Site.Storage = Storage{Images: `C:\ClusterStorage\V1\Images`, Working: `C:\ClusterStorage\V1\Work`, CloudConfig: `C:\ClusterStorage\V1\Cloud`}
	in.Site.Directory.CloudAgentRole = "ca-site"
	in.Site.Azure = Azure{Tenant: "t", Subscription: "s", ResourceGroup: "rg", Region: "eastus", Application: "app", Secret: "env:X"}
	in.Site.Clusters[0].StorageClass, in.Site.Clusters[0].Namespace = "fast", "shop"
	in.Site.Clusters[0].NodePools[0].MaxCount, in.Site.Clusters[0].NodePools[0].VMSize = 8, ""
	in.Site.Clusters[0].NodePools = append(in.Site.Clusters[0].NodePools, NodePool{Name: "win", OS: Windows2022, Count: 2, MaxPods: 60})
	in.Site.Clusters[1].Balancer = LoadBalancer{Kind: NoBalancer}
	params := map[string]map[string]any{}
	for _, s := range Make(in).Steps {
		params[s.ID] = s.Params
	}
	type object = map[string]any
	for id, want := range map[string]object{
		"prepare-host/hv03": {"module": "1.2.16"},
		"configure": {
			"network": object{"name": "net1", "switch": "Compute", "vlan": 7, "addressing": "static", "subnet": "10.1.0.0/24", "gateway": "10.1.0.1", "dns": []any{"10.2.0.5"},
				"nodePool": object{"start": "10.1.0.2", "end": "10.1.0.48"}, "vipPool": object{"start": "10.1.0.49", "end": "10.1.0.57"}},
			"config": object{"images": `C:\ClusterStorage\V1\Images`, "working": `C:\ClusterStorage\V1\Work`, "cloudConfig": `C:\ClusterStorage\V1\Cloud`, "cloudAgent": "10.2.0.21/24",
				"managementVMSize": "Standard_A4_v2", "cloudAgentRole": "ca-site"},
			"registration": object{"tenant": "t", "subscription": "s", "resourceGroup": "rg", "region": "eastus", "application": "app"},
		},
		"install": {},
		"create-cluster/a": {"name": "a", "kubernetes": "v1.29.4", "controlPlane": object{"count": 3, "vmSize": "Standard_A4_v2"}, "loadBalancer": object{"kind": "haproxy", "vmSize": "Standard_A4_v2"},
			"nodePool": object{"name": "front", "os": "linux", "count": 5, "vmSize": "Standard_K8S3_v1", "maxPods": 110, "maxCount": 8}},
		"create-cluster/b": {"name": "b", "kubernetes": "v1.29.4", "controlPlane": object{"count": 1, "vmSize": "Standard_A4_v2"}, "loadBalancer": object{"kind": "none", "vmSize": ""},
			"nodePool": object{"name": "data", "os": "linux", "count": 3, "vmSize": "Standard_D8s_v3", "maxPods": 110, "maxCount": 0}},
		"create-node-pool/a/win": {"cluster": "a", "name": "win", "os": "windows2022", "count": 2, "vmSize": "Standard_K8S3_v1", "maxPods": 60, "maxCount": 0},
		"fetch-credential/a":     {"cluster": "a"},
		"wait-nodes/a":           {"cluster": "a", "linux": 8, "windows": 2},
		"apply-namespace/a":      {"cluster": "a", "name": "shop"},
		"apply-storage/a": {"cluster": "a", "name": "fast", "provisioner": "disk.csi.akshci.com",
			"parameters": object{"blocksize": "33554432", "dynamic": "true", "fsType": "ext4", "logicalsectorsize": "4096", "physicalsectorsize": "4096"},
			"copyFrom":   object{"class": "default", "parameters": []any{"container", "group", "hostname", "port"}}},
	} {
		if diff := cmp.Diff(want, params[id]); diff != "" {
			t.Errorf("parameters of %s (-want +got):\n%s", id, diff)
		}
	}
}

func TestWithDHCPTheNetworkIsNotGiven(t *testing.T) {
	in := worked(t, "windows-server-2022")
	in.Site.Network.Addressing, in.Site.Network.DHCPScope = DHCP, span("10.1.0.20", "10.1.0.120")
	plan := Make(in)
	at := slices.IndexFunc(plan.Steps, func(s Step) bool { return s.Kind == Configure })
	network := plan.Steps[at].Params["network"].(map[string]any)
	for _, key := range []string{"subnet", "gateway", "dns", "nodePool"} {
		if value, there := network[key]; there {
			t.Errorf("network has %s: %v", key, value)
		}
	}
	if network["vipPool"] == nil {
		t.Error("network has no vipPool")
	}
}

func TestAzureLocalSteps(t *testing.T) {
	in := worked(t, "azure-local")
	in.Site.Azure = Azure{ResourceGroup: "rg", Region: "eastus", CustomLocation: "cl"}
	in.Site.Clusters[0].NodePools = append(in.Site.Clusters[0].NodePools, NodePool{Name: "win", OS: Windows2022, Count: 2, MaxCount: 4})
	in.Site.Clusters[1].StorageClass = "fast"
	plan := Make(in)
	if !slices.Contains(codes(plan.Findings), "step-missing site.clusters[1].storageClass") {
		t.Errorf("does not say that no step makes the storage class: %v", codes(plan.Findings))
	}
	want := `logical-network [site on ] after 
create-aksarc/a [cluster/a on ] after logical-network
add-aksarc-pool/a/win [cluster/a on ] after create-aksarc/a
create-aksarc/b [cluster/b on ] after logical-network
`
	if diff := cmp.Diff(want, outline(plan.Steps)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	wantParams := map[string]any{"cluster-name": "a", "name": "win", "resource-group": "rg", "os-type": "Windows", "os-sku": "Windows2022", "node-count": 2,
		"node-vm-size": "Standard_K8S3_v1", "max-pods": 110, "enable-cluster-autoscaler": true, "min-count": 2, "max-count": 4}
	if diff := cmp.Diff(wantParams, plan.Steps[2].Params); diff != "" {
		t.Errorf("parameters of %s (-want +got):\n%s", plan.Steps[2].ID, diff)
	}
}

func TestNoMoreClustersAreCreatedAtOnceThanThePlatformBears(t *testing.T) {
	for _, test := range []struct {
		name, platform string
		memory         Bytes
		grows          bool
		atOnce         int
	}{
		{"AksHci on hosts less than half full", "windows-server-2022", 2048 * profiles.GiB, false, 10},
		{"AksHci on hosts half full", "windows-server-2022", 200 * profiles.GiB, false, 4},
		{"Azure Local", "azure-local", 2048 * profiles.GiB, false, 8},
		{"Azure Local with a pool that grows", "azure-local", 2048 * profiles.GiB, true, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, test.platform)
			one := in.Site.Clusters[1]
			in.Site.Clusters = nil
			for i := range 10 {
				one.Name = fmt.Sprint("c", i)
				in.Site.Clusters = append(in.Site.Clusters, one)
			}
			if test.grows {
				in.Site.Clusters[9].NodePools = []NodePool{{Name: "p", OS: Linux, Count: 1, MaxCount: 2}}
			}
			for i := range in.Inventory.Hosts {
				in.Inventory.Hosts[i].Memory = test.memory
			}
			// each creation waits for one other at most, so as many run at once as wait for none
			free, waitedFor := 0, map[string]bool{}
			for _, s := range Make(in).Steps {
				if s.Kind != CreateCluster && s.Kind != CreateAksArc {
					continue
				}
				switch len(s.Needs) {
				case 1:
					free++
				case 2:
					if waitedFor[s.Needs[1]] {
						t.Errorf("two creations wait for %s", s.Needs[1])
					}
					waitedFor[s.Needs[1]] = true
				default:
					t.Errorf("%s needs %v", s.ID, s.Needs)
				}
			}
			if free != test.atOnce {
				t.Errorf("%d creations may run at once, want %d", free, test.atOnce)
			}
		})
	}
}

func TestHalfFull(t *testing.T) {
	for _, test := range []struct {
		needed Bytes
		want   bool
	}{{49, false}, {50, true}, {120, true}} {
		if got := halfFull(Headroom{States: []FabricRoom{{Usable: 100, Needed: test.needed}}}); got != test.want {
			t.Errorf("%d of 100: half full is %v", int64(test.needed), got)
		}
	}
}

func TestHostsOfOneShortNameAreToldApart(t *testing.T) {
	got := hostNames([]Host{{Name: "hv01.a.example"}, {Name: "hv01.b.example"}, {Name: "hv02.a.example"}})
	if diff := cmp.Diff([]string{"hv01.a.example", "hv01.b.example", "hv02"}, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestSchedule(t *testing.T) {
	step := func(id, target string, minutes int, needs ...string) Step {
		return Step{ID: id, Target: target, Estimate: time.Duration(minutes) * time.Minute, Needs: needs}
	}
	for _, test := range []struct {
		name  string
		steps []Step
		want  time.Duration
		chain string
	}{
		{"nothing takes no time", nil, 0, ""},
		{"the longest chain decides", []Step{step("a", "h1", 10), step("b", "h2", 15), step("c", "s", 5, "a", "b"), step("d", "t", 12, "a")}, 22 * time.Minute, "a d"},
		{"steps of one target run one after the other", []Step{step("a", "x", 10), step("b", "x", 10), step("c", "y", 15)}, 20 * time.Minute, "a b"},
		{"of two equal chains the first is named", []Step{step("a", "x", 10), step("b", "y", 10)}, 10 * time.Minute, "a"},
		{"a need that is not there is not waited for", []Step{step("a", "x", 10, "z"), step("a", "x", 1, "a")}, 11 * time.Minute, "a a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, chain := schedule(test.steps)
			if got != test.want || strings.Join(chain, " ") != test.chain {
				t.Errorf("schedule says %s by %v, want %s by %s", got, chain, test.want, test.chain)
			}
		})
	}
}

func TestStepsStandAfterWhatTheyNeed(t *testing.T) {
	platforms := []string{"windows-server-2022", "azure-local"}
	bases := []Input{worked(t, platforms[0]), worked(t, platforms[1])}
	rapid.Check(t, func(t *rapid.T) {
		in := bases[rapid.IntRange(0, 1).Draw(t, "platform")]
		clusters := in.Site.Clusters
		in.Site.Clusters = nil
		for i := range rapid.IntRange(0, 12).Draw(t, "clusters") {
			c := clusters[i%2]
			c.Name = fmt.Sprint("c", i)
			c.Namespace = rapid.SampledFrom([]string{"", "ns"}).Draw(t, "namespace")
			c.NodePools = nil
			for k := range rapid.IntRange(0, 3).Draw(t, "pools") {
				c.NodePools = append(c.NodePools, NodePool{Name: fmt.Sprint("p", k), OS: Linux, Count: k, VMSize: "Standard_D8s_v3"})
			}
			in.Site.Clusters = append(in.Site.Clusters, c)
		}
		plan := Make(in)
		if findings := stepFindings(plan); len(findings) > 0 {
			t.Fatal(findings)
		}
		sum := time.Duration(0)
		for _, id := range plan.Summary.Critical {
			sum += plan.Steps[slices.IndexFunc(plan.Steps, func(s Step) bool { return s.ID == id })].Estimate
		}
		if sum != plan.Summary.Estimate {
			t.Fatalf("the critical steps take %s, the summary says %s", sum, plan.Summary.Estimate)
		}
	})
}
