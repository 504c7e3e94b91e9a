package planner

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/profiles"
)

func headroomOf(in Input) Headroom {
	steady := MachinesOf(in.Site, in.Profile)
	return headroom(in, steady, surge(steady))
}

func TestHostRoom(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Input)
		memory Bytes
		cache  Bytes
		usable Bytes
		vcpus  Cores
	}{
		{"32 GiB are the least the system keeps", nil, 256 * profiles.GiB, 0, 224 * profiles.GiB, (32 - 4) * 4},
		{"8 percent of a large host are more, in whole GiB", nil, 1000 * profiles.GiB, 0, 920 * profiles.GiB, 112},
		{"each begun terabyte of cache keeps 4 GiB more", nil, 256 * profiles.GiB, 3200 * 1e9, (224 - 16) * profiles.GiB, 112},
		{"the site may say what the system keeps", func(in *Input) { in.Site.Reserve.HostMemory = 10 * profiles.GiB }, 256 * profiles.GiB, 3200 * 1e9, 246 * profiles.GiB, 112},
		{"a host smaller than what the system keeps has no room", nil, 16 * profiles.GiB, 0, 0, 112},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, "windows-server-2022")
			if test.change != nil {
				test.change(&in)
			}
			h := in.Inventory.Hosts[0]
			h.Memory = test.memory
			if test.cache > 0 {
				h.Drives = []Drive{{Role: CacheDrive, Count: 2, Size: test.cache / 2}}
			}
			got := hostRoom(h, in.Site.Reserve, in.Profile.Reserve)
			if got.Usable != test.usable || got.VCPUs != test.vcpus || got.Memory != got.Reserved+got.Usable {
				t.Errorf("room %+v, want %s usable and %d virtual processors", got, test.usable, test.vcpus)
			}
		})
	}
}

func TestReserveIsTheLargerOfPercentAndOneHost(t *testing.T) {
	for _, test := range []struct {
		hosts   int
		percent int
		want    Bytes
	}{
		{1, 0, 34 * profiles.GiB}, // 15 % of 224 GiB is 33.6 GiB, and whole GiB are kept
		{2, 0, 224 * profiles.GiB},
		{6, 0, 224 * profiles.GiB},
		{8, 0, 269 * profiles.GiB}, // 15 % of 1792 GiB is 268.8 GiB
		{8, 50, 896 * profiles.GiB},
	} {
		in := worked(t, "windows-server-2022")
		in.Site.Reserve.Percent = test.percent
		in.Inventory.Hosts = slices.Repeat(in.Inventory.Hosts[:1], test.hosts)
		if got := headroomOf(in).ReserveMemory; got != test.want {
			t.Errorf("%d hosts at %d %%: keeps %s, want %s", test.hosts, test.percent, got, test.want)
		}
	}
}

func TestStates(t *testing.T) {
	var got []string
	for _, s := range headroomOf(worked(t, "windows-server-2022")).States {
		got = append(got, s.State+": "+s.Needed.String()+" of "+s.Usable.String()+" "+string(s.Verdict))
	}
	want := []string{
		"all hosts: 232GiB of 896GiB guaranteed", "all hosts, upgrading: 272GiB of 896GiB guaranteed",
		// on three hosts, two of which have a control plane of a, the third may be full
		"without hv01: 232GiB of 672GiB possible", "without hv02: 232GiB of 672GiB possible",
		"without hv03: 232GiB of 672GiB possible", "without hv04: 232GiB of 672GiB possible",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

func TestHeadroomFindings(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Input)
		want   []string
		says   string
	}{
		{"room enough", func(*Input) {}, nil, ""},
		{"one host alone is not asked to survive its loss", func(in *Input) {
			in.Inventory.Hosts = in.Inventory.Hosts[:1]
			in.Inventory.Hosts[0].Memory = 512 * profiles.GiB
		}, nil, ""},
		{"two hosts that need each other", func(in *Input) { in.Inventory.Hosts = in.Inventory.Hosts[:2] },
			[]string{"headroom-host-loss inventory.hosts"}, "do not survive the loss of any host: memory: 232GiB needed, 224GiB usable, 8GiB short"},
		{"only the largest host cannot be lost", func(in *Input) {
			in.Inventory.Hosts = slices.Clone(in.Inventory.Hosts[:2])
			in.Inventory.Hosts[1].Memory = 320 * profiles.GiB
		}, []string{"headroom-host-loss inventory.hosts"}, "the loss of hv02"},
		{"a machine that only one host can hold, and none beside it in an upgrade", func(in *Input) {
			in.Inventory.Hosts = slices.Clone(in.Inventory.Hosts)
			for i := range in.Inventory.Hosts[:3] {
				in.Inventory.Hosts[i].Memory = 100 * profiles.GiB
			}
			in.Site.Clusters[0].NodePools[0] = NodePool{Name: "front", OS: Linux, Count: 1, VMSize: "Standard_D32s_v3"}
		}, []string{"headroom-upgrade inventory.hosts", "headroom-host-loss inventory.hosts"}, "2 machines have 128GiB or more, the hosts hold 1"},
		{"not 15 percent free", func(in *Input) {
			in.Inventory.Hosts = in.Inventory.Hosts[:1]
			in.Inventory.Hosts[0].Memory = 300 * profiles.GiB
		}, []string{"headroom-upgrade inventory.hosts", "headroom-reserve inventory.hosts"}, "upgrade does not fit"},
		{"no room at all", func(in *Input) { in.Inventory.Hosts = in.Inventory.Hosts[:1] },
			[]string{"headroom-fit inventory.hosts", "headroom-upgrade inventory.hosts"}, "do not fit on the hosts"},
		{"more virtual processors than the cores carry", func(in *Input) {
			for i := range in.Inventory.Hosts {
				in.Inventory.Hosts[i].Processor.Cores = 6
			}
		}, []string{"headroom-cores inventory.hosts"}, "at 4 a core"},
		{"an arrangement that largest-first does not find is found, with no room for an upgrade after a loss", func(in *Input) {
			in.Site.Reserve = Reserve{Percent: 1, HostMemory: profiles.GiB}
			in.Inventory.Hosts = slices.Clone(in.Inventory.Hosts[:3])
			for i := range in.Inventory.Hosts {
				in.Inventory.Hosts[i].Memory = 61 * profiles.GiB
			}
			in.Site.Management.VMSize = "Standard_D4s_v3" // 16 GiB
			in.Site.Clusters = []Cluster{{Name: "a", Control: ControlPlane{Count: 1, VMSize: "Standard_D4s_v3"}, Balancer: LoadBalancer{Kind: NoBalancer},
				NodePools: []NodePool{{Name: "p", OS: Linux, Count: 2, VMSize: "Standard_DS4_v2"}, {Name: "q", OS: Linux, Count: 2, VMSize: "Standard_D4s_v3"}}}}
		}, []string{"headroom-upgrade-loss inventory.hosts"}, "during an upgrade the machines do not survive the loss of any host: memory: 164GiB needed, 120GiB usable, 44GiB short"},
		{"sharing a core, on some host, is what an arrangement wants", func(in *Input) {
			in.Inventory.Hosts = slices.Clone(in.Inventory.Hosts)
			in.Inventory.Hosts[0].Processor.Cores, in.Inventory.Hosts[1].Processor.Cores = 4, 4
			in.Inventory.Hosts[2].Memory, in.Inventory.Hosts[3].Memory = 100*profiles.GiB, 100*profiles.GiB
		}, []string{"headroom-cores inventory.hosts"}, "more than 4 virtual processors a core on some host"},
		{"control planes that have too few hosts with room of their own", func(in *Input) {
			in.Site.Reserve = Reserve{Percent: 1, HostMemory: profiles.GiB}
			in.Inventory.Hosts = slices.Clone(in.Inventory.Hosts[:3])
			in.Inventory.Hosts[0].Memory, in.Inventory.Hosts[1].Memory, in.Inventory.Hosts[2].Memory = 129*profiles.GiB, 129*profiles.GiB, 33*profiles.GiB
			in.Site.Management.VMSize = "Standard_A4_v2"
			in.Site.Clusters = []Cluster{{Name: "a", Control: ControlPlane{Count: 3, VMSize: "Standard_A4_v2"}, Balancer: LoadBalancer{Kind: NoBalancer},
				NodePools: []NodePool{{Name: "p", OS: Linux, Count: 1, VMSize: "Standard_D32s_v3"}, {Name: "q", OS: Linux, Count: 2, VMSize: "Standard_D8s_v3"}}}}
		}, []string{"headroom-upgrade inventory.hosts", "headroom-host-loss inventory.hosts", "headroom-separation inventory.hosts"}, "an upgrade does not fit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, "windows-server-2022")
			test.change(&in)
			findings := headroomFindings(headroomOf(in), in.Profile.Reserve)
			if diff := cmp.Diff(test.want, codes(findings)); diff != "" {
				t.Fatalf("findings (-want +got):\n%s", diff)
			}
			if len(findings) > 0 && !strings.Contains(findings[0].Message, test.says) {
				t.Errorf("says %q, want %q in it", findings[0].Message, test.says)
			}
		})
	}
}

func TestALossThatStaysOpenIsAWarning(t *testing.T) {
	h := Headroom{States: []FabricRoom{{State: "all hosts", Verdict: Possible}}, Losses: []LossRoom{{Hosts: 1, Lost: []string{"hv01", "hv02"}, Verdict: Undecided, Why: "none was found"}}}
	got := lossFindings(h, profiles.Reserve{}, "page")
	if len(got) != 1 || got[0].Code != "headroom-host-loss-open" || got[0].Severity != Warn || !strings.Contains(got[0].Message, "the loss of hv01 or hv02: none was found") {
		t.Errorf("findings %+v", got)
	}
}

func TestLossesOfVeryManyHostsAreNotJudged(t *testing.T) {
	in := worked(t, "windows-server-2022")
	in.Inventory.Hosts = slices.Repeat(in.Inventory.Hosts[:1], mostSingle+1)
	h := headroomOf(in)
	for _, l := range h.Losses {
		if l.Verdict != Undecided || !strings.Contains(l.Why, "hosts is not judged") {
			t.Errorf("%+v", l)
		}
	}
	if last := h.States[len(h.States)-1]; len(h.Losses) != 4 || last.Verdict != Undecided || !strings.Contains(last.Why, "the loss of one of more than 256 hosts") {
		t.Errorf("losses %+v, without the last host %+v", h.Losses, last)
	}
}

func TestMachinesWithGPUs(t *testing.T) {
	for _, test := range []struct {
		name     string
		platform string
		size     string
		gpus     []int // of each host
		count    int
		want     []string
	}{
		{"an idle GPU in each host", "windows-server-2022", "Standard_NK6", []int{2, 2, 2, 2}, 3, nil},
		{"no host has any", "windows-server-2022", "Standard_NK6", nil, 1, []string{"headroom-fit inventory.hosts", "headroom-upgrade inventory.hosts", "headroom-gpu-loss inventory.hosts"}},
		{"all in use: an upgrade hangs, and a loss is an exception", "windows-server-2022", "Standard_NK6", []int{1, 1, 0, 0}, 2,
			[]string{"headroom-upgrade inventory.hosts", "headroom-gpu-loss inventory.hosts"}},
		{"two in one machine want two in one host", "windows-server-2022", "Standard_NK12", []int{1, 1, 1, 1}, 1,
			[]string{"headroom-fit inventory.hosts", "headroom-upgrade inventory.hosts", "headroom-gpu-loss inventory.hosts"}},
		{"Azure Local restarts them where a GPU is idle", "azure-local", "Standard_NK6", []int{2, 2, 1, 0}, 2, nil},
		{"and a loss that leaves none is refused", "azure-local", "Standard_NK6", []int{2, 1, 0, 0}, 2, []string{"headroom-host-loss inventory.hosts"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, test.platform)
			in.Inventory.Hosts = slices.Clone(in.Inventory.Hosts)
			for i, n := range test.gpus {
				in.Inventory.Hosts[i].GPUs = []GPU{{Model: "NVIDIA T4", Count: n}, {Model: "NVIDIA A100", Count: 4}}
			}
			in.Site.Clusters[0].NodePools[0] = NodePool{Name: "sight", OS: Linux, Count: test.count, VMSize: test.size}
			got := codes(headroomFindings(headroomOf(in), in.Profile.Reserve))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRemovingAHostNeverAddsHeadroom allows one exception, which is the platform's own: with
// fewer hosts than a cluster has control planes they need not be kept apart any more.
func TestRemovingAHostNeverAddsHeadroom(t *testing.T) {
	base := worked(t, "windows-server-2022")
	rapid.Check(t, func(t *rapid.T) {
		in := base
		in.Inventory.Hosts = nil
		for range rapid.IntRange(2, 8).Draw(t, "hosts") {
			h := base.Inventory.Hosts[0]
			h.Memory = Bytes(rapid.Int64Range(0, 300).Draw(t, "memory")) * profiles.GiB
			h.Processor.Cores = Cores(rapid.IntRange(1, 128).Draw(t, "cores"))
			in.Inventory.Hosts = append(in.Inventory.Hosts, h)
		}
		lost := rapid.IntRange(0, len(in.Inventory.Hosts)-1).Draw(t, "lost")
		with := roomsOf(in)
		less := slices.Delete(slices.Clone(with), lost, lost+1)
		steady := MachinesOf(in.Site, in.Profile)
		more := append(slices.Clone(steady), vms(1, Bytes(rapid.Int64Range(1, 64).Draw(t, "one more"))))
		together := slices.Clone(steady)
		for i := range together {
			if together[i].Role == profiles.ControlPlane {
				together[i].Role = profiles.Worker
			}
		}
		for _, arriving := range [][]Machines{nil, surge(steady)} {
			all := ask(with, steady, arriving).state("")
			fewer := ask(less, steady, arriving).state("")
			crowded := ask(with, more, arriving).state("")
			if rank(crowded.Verdict) > rank(all.Verdict) {
				t.Fatalf("with one machine more %+v, without %+v", crowded, all)
			}
			if fewer.Free > all.Free || fewer.Usable > all.Usable || fewer.VCPUs > all.VCPUs || fewer.Needed != all.Needed {
				t.Fatalf("with all hosts %+v, with one less %+v", all, fewer)
			}
			if able(with, steady) >= 3 && able(less, steady) < 3 {
				all, fewer = ask(with, together, arriving).state(""), ask(less, together, arriving).state("")
			}
			if rank(fewer.Verdict) > rank(all.Verdict) {
				t.Fatalf("with all hosts %+v, with one less %+v", all, fewer)
			}
		}
	})
}

// roomsOf is what the hosts of an input have for machines.
func roomsOf(in Input) []room {
	var list []room
	for _, h := range in.Inventory.Hosts {
		r, _ := roomOf(in, h, nil)
		list = append(list, r)
	}
	return list
}

// able counts the hosts that a control plane of the first cluster fits on.
func able(rooms []room, machines []Machines) int {
	n := 0
	for _, m := range machines {
		if m.Role != profiles.ControlPlane || m.Count < 3 {
			continue
		}
		for _, r := range rooms {
			if m.Memory <= r.usable && m.VCPUs <= r.vcpus && m.VCPUs <= r.logical {
				n++
			}
		}
		return n
	}
	return n
}
