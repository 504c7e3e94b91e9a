package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/profiles"
)

// running is the worked example with workloads in its first cluster and no pool there.
func running(tb testing.TB, platform string, workloads ...Workload) Input {
	in := worked(tb, platform)
	in.Site.Clusters[0].NodePools = nil
	in.Site.Clusters[0].Workloads = workloads
	return in
}

var web = Workload{Name: "web", Count: 10, Replicas: 4, CPU: 500, Memory: profiles.GiB}

func TestPoolsAreProposedForWorkloadsThatHaveNone(t *testing.T) {
	for _, test := range []struct {
		name, platform string
		workloads      []Workload
		want           []string
	}{
		// A D4s offers 3510m: with two agents first, room for 6 pods of 500m, so 7 of them and 28 vCPUs. A DS4
		// offers 7470m and a D8s as much, with more memory than is needed.
		{"small pods", "windows-server-2022", []Workload{web}, []string{"linux linux 3 Standard_DS4_v2"}},
		{"pods that each want a node of their own", "windows-server-2022", []Workload{{Name: "agent", Replicas: 9, CPU: 100, Memory: profiles.GiB, Spread: Apart}}, []string{"linux linux 9 Standard_A2_v2"}},
		{"Windows beside Linux", "windows-server-2022", []Workload{web, {Name: "iis", OS: Windows2022, Replicas: 3, CPU: 1000, Memory: 3 * profiles.GiB}}, []string{"linux linux 3 Standard_DS4_v2", "windows windows2022 1 Standard_D4s_v3"}},
		{"graphics processors", "windows-server-2022", []Workload{{Name: "train", Replicas: 3, CPU: 1000, Memory: 4 * profiles.GiB, GPU: 1}}, []string{"gpu linux 3 Standard_NK6"}},
		{"two graphics processors for each pod", "azure-local", []Workload{{Name: "train", Replicas: 2, CPU: 1000, Memory: 4 * profiles.GiB, GPU: 2}}, []string{"gpu linux 2 Standard_NK12"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := running(t, test.platform, test.workloads...)
			site, sizings, findings := sized(in)
			var got []string
			for _, p := range site.Clusters[0].NodePools {
				got = append(got, fmt.Sprintf("%s %s %d %s", p.Name, p.OS, p.Count, p.VMSize))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("pools %q, want %q; findings %v", got, test.want, codes(findings))
			}
			for _, s := range sizings {
				if !s.Proposed || s.Placed != s.Pods || s.Reason.Source == "" {
					t.Errorf("sizing %+v", s)
				}
			}
			if len(in.Site.Clusters[0].NodePools) != 0 {
				t.Error("the site that was given has been changed")
			}
		})
	}
}

func TestThePlanHasTheProposedPools(t *testing.T) {
	in := running(t, "windows-server-2022", web)
	plan := Make(in)
	if len(plan.Sizing) != 1 || len(plan.Site.Clusters[0].NodePools) != 0 {
		t.Fatalf("sizing %+v, pools of the site %+v", plan.Sizing, plan.Site.Clusters[0].NodePools)
	}
	at := slices.IndexFunc(plan.Steps, func(s Step) bool { return s.ID == "create-cluster/a" })
	pool, _ := plan.Steps[at].Params["nodePool"].(map[string]any)
	if pool["name"] != "linux" || pool["count"] != 3 || pool["vmSize"] != "Standard_DS4_v2" {
		t.Errorf("the cluster is made with %v", pool)
	}
	if plan.Summary.VMs != 1+3+1+3+1+1+3 || plan.Cost.Amount != (24+24)/2 {
		t.Errorf("%d machines, cost %d", plan.Summary.VMs, plan.Cost.Amount)
	}
	data, err := Encode(plan)
	if err != nil {
		t.Fatal(err)
	}
	if _, findings := DecodePlan("plan.yaml", data); len(findings) > 0 {
		t.Errorf("the plan is not read back: %v", findings)
	}
}

func TestPoolsOfTheSiteAreHeldAgainstItsWorkloads(t *testing.T) {
	in := worked(t, "windows-server-2022")
	in.Site.Clusters[0].Workloads = []Workload{web}
	_, sizings, findings := sized(in)
	if len(sizings) != 1 || sizings[0].Proposed || sizings[0].Placed >= sizings[0].Pods || sizings[0].VCPUs != 20 {
		t.Fatalf("sizing %+v", sizings)
	}
	if len(findings) != 1 || findings[0].Code != "workload-fit" || findings[0].Path != "site.clusters[0].nodePools[0]" || findings[0].Remedy != "write count: 7 for pool front, 2 more" {
		t.Fatalf("findings %+v", findings)
	}
	in.Site.Clusters[0].NodePools[0].Count = 7
	if _, sizings, findings = sized(in); len(findings) > 0 || sizings[0].Placed != sizings[0].Pods {
		t.Errorf("with what the remedy says: %+v, %v", sizings, findings)
	}
	in.Site.Clusters[0].NodePools[0].Count, in.Site.Clusters[0].NodePools[0].MaxCount = 2, 7
	if _, _, findings = sized(in); len(findings) > 0 {
		t.Errorf("a pool that may grow to it: %v", findings)
	}
}

func TestWorkloadsThatCannotBe(t *testing.T) {
	for _, test := range []struct {
		name     string
		workload Workload
		want     string
	}{
		{"a pod larger than any node", Workload{Name: "huge", Replicas: 1, CPU: 31_900, Memory: profiles.GiB}, "workload-size site.clusters[0].workloads[0]"},
		{"more memory than any node", Workload{Name: "cache", Replicas: 1, CPU: 100, Memory: 200 * profiles.GiB}, "workload-size site.clusters[0].workloads[0]"},
		{"cores where thousandths were meant", Workload{Name: "small", Replicas: 1, CPU: 500_000, Memory: profiles.GiB}, "workload-cpu site.clusters[0].workloads[0].cpu"},
		{"more pods than Kubernetes carries", Workload{Name: "many", Count: 1 << 40, Replicas: 1 << 40, CPU: 10, Memory: profiles.MiB}, "workload-count site.clusters[0].workloads"},
		{"more nodes than a cluster may have", Workload{Name: "wide", Replicas: 300, CPU: 10, Memory: profiles.MiB, Spread: Apart}, "workload-size site.clusters[0].workloads[0]"},
		{"no replicas", Workload{Name: "none", CPU: 10, Memory: profiles.MiB}, "workload-amount site.clusters[0].workloads[0]"},
		{"requests below zero", Workload{Name: "odd", Replicas: 1, CPU: -5}, "workload-amount site.clusters[0].workloads[0]"},
		{"graphics on Windows", Workload{Name: "draw", OS: Windows2022, Replicas: 1, CPU: 10, GPU: 1}, "workload-gpu site.clusters[0].workloads[0].gpu"},
		{"no name", Workload{Replicas: 1, CPU: 10}, "workload-name site.clusters[0].workloads[0].name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := running(t, "windows-server-2022", test.workload)
			_, _, findings := sized(in)
			if got := codes(findings); len(got) != 1 || got[0] != test.want {
				t.Errorf("findings %q, want %q", got, test.want)
			}
			for _, f := range Make(in).Findings {
				if f.Remedy == "" {
					t.Errorf("%s has no remedy", f.Code)
				}
			}
		})
	}
}

func TestAWorkloadThatFitsNowhereIsNamedWithWhatWouldFit(t *testing.T) {
	small := Workload{Name: "web", Replicas: 4, CPU: 500, Memory: profiles.GiB}
	for _, test := range []struct {
		name      string
		change    func(*Input)
		workloads []Workload
		want      []string
	}{
		{"the one with the most memory, though another asks for more processors", nil,
			[]Workload{{Name: "solver", Replicas: 1, CPU: 14_000, Memory: profiles.GiB}, {Name: "cache", Replicas: 1, CPU: 100, Memory: 200 * profiles.GiB}},
			[]string{"workload-size: no machine size that the hosts carry holds one pod of cache, which asks for cpu 100m and memory 200GiB; do: for cache write at the most memory: 128426MiB",
				"workload-proposed"}},
		{"both, when both do not fit", nil,
			[]Workload{{Name: "half", Replicas: 1, CPU: 500_000, Memory: profiles.GiB}, {Name: "cache", Replicas: 1, CPU: 100, Memory: 200 * profiles.GiB}, small},
			[]string{"workload-cpu: each pod of half asks for 500 cores; did you mean 500m, thousandths of a core?; do: write cpu: 500m; if cores are meant, lower them: no machine of the platform has more than 32",
				"workload-size: no machine size that the hosts carry holds one pod of cache", "workload-proposed: 2 nodes of"}},
		{"hosts that are too small for the size that would hold it", func(in *Input) {
			for i := range in.Inventory.Hosts {
				in.Inventory.Hosts[i].Memory, in.Inventory.Hosts[i].Processor.Logical, in.Inventory.Hosts[i].Processor.Cores = 48*profiles.GiB, 16, 8
			}
		}, []Workload{{Name: "cache", Replicas: 1, CPU: 100, Memory: 40 * profiles.GiB}},
			[]string{"holds one pod of cache, which asks for cpu 100m and memory 40GiB; do: for cache write at the most memory: 13738MiB", "would hold it, and needs a host with 16 virtual processors and 56GiB for machines"}},
		{"pods that a pool has no room for", func(in *Input) {
			in.Site.Clusters[0].NodePools = []NodePool{{Name: "front", OS: Linux, Count: 2, VMSize: "Standard_A4_v2"}}
		}, []Workload{small, {Name: "cache", Replicas: 1, CPU: 100, Memory: 20 * profiles.GiB}},
			[]string{"workload-fit: 1 of the 17 pods of a find no room on its linux nodes: 1 of cache; do: lower the requests or the replicas of cache, or add a pool with {name: linuxmore, os: linux, count: 1, vmSize: Standard_"}},
		{"graphics processors on hosts that carry none", func(in *Input) {
			for i := range in.Inventory.Hosts {
				in.Inventory.Hosts[i].Memory = 20 * profiles.GiB
			}
		}, []Workload{{Name: "train", Replicas: 1, CPU: 100, Memory: profiles.GiB, GPU: 1}},
			[]string{"holds one pod of train, which asks for cpu 100m, memory 1GiB and gpu 1; do: leave gpu out of train"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := running(t, "windows-server-2022", test.workloads...)
			if test.change != nil {
				test.change(&in)
			}
			_, _, findings := sized(in)
			var said strings.Builder
			for _, f := range findings {
				fmt.Fprintf(&said, "%s: %s; do: %s\n", f.Code, f.Message, f.Remedy)
			}
			for _, want := range test.want {
				if !strings.Contains(said.String(), want) {
					t.Errorf("%q is not said:\n%s", want, &said)
				}
			}
		})
	}
}

// TestAProposedPoolFitsAHost makes hosts smaller and smaller: what is proposed is never of a
// size that none of them could run.
func TestAProposedPoolFitsAHost(outer *testing.T) {
	rapid.Check(outer, func(t *rapid.T) {
		in := running(outer, "windows-server-2022", web, Workload{Name: "db", Replicas: rapid.IntRange(1, 5).Draw(t, "replicas"), CPU: 1000, Memory: Bytes(rapid.IntRange(1, 60).Draw(t, "memory")) * profiles.GiB})
		for i := range in.Inventory.Hosts {
			in.Inventory.Hosts[i].Memory = Bytes(rapid.IntRange(16, 256).Draw(t, "host")) * profiles.GiB
		}
		site, _, findings := sized(in)
		for _, p := range site.Clusters[0].NodePools {
			size, _ := in.Profile.VMSize(p.VMSize)
			if !slices.ContainsFunc(in.Inventory.Hosts, func(h Host) bool {
				return size.Memory <= hostRoom(h, in.Site.Reserve, in.Profile.Reserve).Usable
			}) {
				t.Fatalf("%s with %s is proposed, no host has room for one", p.VMSize, size.Memory)
			}
		}
		if len(site.Clusters[0].NodePools) == 0 && !slices.ContainsFunc(findings, Finding.Stops) {
			t.Fatalf("no pool, and nothing is said: %v", codes(findings))
		}
	})
}

// TestTheChoiceIsTheBestThereIs tries every size with every count.
func TestTheChoiceIsTheBestThereIs(t *testing.T) {
	in := running(t, "windows-server-2022", web)
	s := sizer{in: in, cluster: &in.Site.Clusters[0]}
	rapid.Check(t, func(t *rapid.T) {
		pods := drawPods(t)
		got, ok := s.choose(kind{os: Linux}, pods)
		total := 0
		for _, p := range pods {
			total += p.Pods()
		}
		var best choice
		for _, size := range in.Profile.Sizes {
			if !size.Allows(profiles.Worker) || size.TestOnly || size.GPU.Count > 0 {
				continue
			}
			room := s.room(size, 0, Linux)
			for n := 1; n <= s.most(false); n++ {
				if worstPlaced([]NodeSet{{room, n}}, pods, 0) == total {
					if c := (choice{size: size, room: room, count: n}); best.count == 0 || c.order(best) < 0 {
						best = c
					}
					break
				}
			}
		}
		if ok != (best.count > 0) || got.size.Name != best.size.Name || got.count != best.count {
			t.Fatalf("chose %d of %s, the best is %d of %s", got.count, got.size.Name, best.count, best.size.Name)
		}
	})
}

func TestLoadBalancersGrowWithTheServices(t *testing.T) {
	for _, test := range []struct {
		services             int
		given, want, finding string
	}{
		{0, "", "Standard_A4_v2", ""},
		{20, "", "Standard_A4_v2", ""},
		{21, "", "Standard_D4s_v3", ""},
		{150, "", "Standard_D8s_v3", ""},
		{151, "", "Standard_D8s_v3", "balancer-services site.clusters[0].services"},
		{61, "Standard_A4_v2", "Standard_A4_v2", "balancer-size site.clusters[0].loadBalancer.vmSize"},
		{61, "Standard_D16s_v3", "Standard_D16s_v3", ""},
	} {
		in := worked(t, "windows-server-2022")
		in.Site.Clusters[0].Services, in.Site.Clusters[0].Balancer.VMSize = test.services, test.given
		site, _, findings := sized(in)
		if got := strings.Join(codes(findings), " "); site.Clusters[0].Balancer.VMSize != test.want || got != test.finding {
			t.Errorf("%d services and %q: %s, %q; want %s, %q", test.services, test.given, site.Clusters[0].Balancer.VMSize, got, test.want, test.finding)
		}
	}
}
