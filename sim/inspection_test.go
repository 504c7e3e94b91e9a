package sim_test

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

func inputOf(t testing.TB, p planner.Plan) planner.Input {
	t.Helper()
	return planner.Input{Site: p.Site, Inventory: p.Inventory, Profile: profile(t, p.Site.Platform), Scripts: provision.LoadCatalogue().Digest()}
}

func reachOf(d *sim.Datacenter) provision.Reach {
	user, password := d.Account()
	return provision.Reach{Dial: d.Dial, Clock: d.Clock(), RootCAs: d.RootCAs(), User: user, Password: password, Secret: anySecret}
}

// inspect looks at a world.
func inspect(t testing.TB, in planner.Input, d *sim.Datacenter) provision.Sight {
	t.Helper()
	d.Clock().Busy(+1)
	defer d.Clock().Busy(-1)
	before := d.Effects()
	sight := provision.Inspect(t.Context(), reachOf(d), in, nil)
	if d.Effects() != before {
		t.Errorf("looking had %d effects", d.Effects()-before)
	}
	for _, f := range sight.Findings {
		if f.Message == "" || f.Remedy == "" || f.Evidence == "" || f.Owner == "" || f.Path == "" {
			t.Errorf("the finding %+v lacks something", f)
		}
	}
	if n := d.OpenShells(); n != 0 {
		t.Errorf("%d shells were left open", n)
	}
	return sight
}

// codes are the codes and paths of findings.
func codes(findings []planner.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Code+" "+f.Path)
	}
	return out
}

func condition(t testing.TB, text string) sim.Condition {
	t.Helper()
	c, err := sim.ParseCondition(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Each condition of a site is found, with the words that an operator needs; a site that is
// in none of them has nothing.
func TestWhatOnlyLookingCanTellIsFound(t *testing.T) {
	p := example(t, "quickstart")
	if sight := inspect(t, inputOf(t, p), world(t, p, sim.Options{Seed: 7})); len(sight.Findings) > 0 || sight.Read != 2 {
		t.Fatalf("a healthy site has %v, %d hosts read", sight.Findings, sight.Read)
	}
	vip := p.Addresses.Pools[1].Range.Start
	for text, want := range map[string]string{
		"address-taken,address=" + vip.String():                           "address-in-use site.network.vipPool: " + vip.String(),
		"address-taken,address=" + p.Addresses.CloudAgent.Addr().String(): "address-in-use site.network.cloudAgent: " + p.Addresses.CloudAgent.Addr().String() + " (00-15-5D",
		"cluster-offline": "cluster-resource-offline inventory.failoverCluster: Cluster IP Address (IP Address) is Failed",
		"dns-silent,address=" + p.Site.Network.DNS[1].String():       "dns-silent site.network.dns[1]: asked by brhv01, brhv02",
		"dns-without-zone,address=" + p.Site.Network.DNS[0].String(): "dns-zone site.network.dns[0]: asked by brhv01, brhv02; DNS_ERROR_RCODE_NAME_ERROR",
		"host-paused,host=brhv02":                                    "cluster-node-state inventory.hosts[1]: BRHV02 is Paused",
		"memory-used,host=brhv02,memory=200GiB":                      "memory-in-use inventory.hosts: brhv02 24GiB free of 224GiB",
		"modules-old,host=brhv01":                                    "host-modules inventory.hosts[0].aksHciModule: [1.0.2 1.0.1]",
		"restart-pending,host=brhv02":                                "host-restart inventory.hosts[1]: Windows Update",
		"volume-degraded":                                            "cluster-volume-degraded inventory.failoverCluster.volumes: Cluster Virtual Disk (Volume01) on BRHV01, BRHV02: BlockRedirected",
		"leftover":                                                   "aks-leftover inventory.failoverCluster: role ca-4e1f0a52-earlier, Offline",
		"egress-closed,host=brhv02":                                  "egress-blocked site.azure: mcr.microsoft.com from brhv02: no answer",
		"egress-closed":                                              "egress-blocked site.azure: mcr.microsoft.com from brhv01, brhv02: no answer",
		"egress-inspected":                                           "egress-inspected site.azure: msk8s.api.cdp.microsoft.com from brhv01, brhv02: CN=gateway.corp.example",
		"egress-out-of-order":                                        "egress-service site.azure: msk8s.api.cdp.microsoft.com from brhv01, brhv02: it answers 503",
		"egress-private":                                             "egress-private-link site.azure: management.azure.com from brhv01, brhv02: it is at 10.255.",
		"host-closed,host=brhv02":                                    "host-path-closed inventory.hosts[1]: brhv02.corp.contoso.com:445 from brhv01: silent",
		"host-unknown,host=brhv01":                                   "host-name-unknown inventory.hosts[0].name: asked by brhv02",
		"node-added,name=BRHV03":                                     "cluster-node-more inventory.failoverCluster: BRHV03 is Up",
		"packets-cut,host=brhv02":                                    "path-packets site.network.gateway: 1500 bytes that may not be split, from brhv02",
		"host-replaced,name=AX-750":                                  "inventory-differs inventory.hosts[0].model: AX-650 -> AX-750",
	} {
		t.Run(text, func(t *testing.T) {
			d := world(t, p, sim.Options{Seed: 7})
			if err := d.Find(condition(t, text)); err != nil {
				t.Fatal(err)
			}
			sight := inspect(t, inputOf(t, p), d)
			if !slices.ContainsFunc(sight.Findings, func(f planner.Finding) bool { return strings.HasPrefix(f.Code+" "+f.Path+": "+f.Evidence, want) }) {
				t.Errorf("found %v, not %s", sight.Findings, want)
			}
			code, _, _ := strings.Cut(want, " ")
			for _, f := range sight.Findings {
				if f.Code != code {
					t.Errorf("found %s %s as well", f.Code, f.Path)
				}
			}
		})
	}
}

// The planner judges what was seen, and a world that is opened again is still so.
func TestTheInventoryIsWhatTheHostsAreNow(t *testing.T) {
	p := example(t, "quickstart")
	dir := t.TempDir()
	// The world outside stands still between the two openings.
	wall := time.Date(2026, 12, 5, 22, 0, 0, 0, time.UTC)
	o := sim.Options{Seed: 7, World: dir, Wall: func() time.Time { return wall }}
	d := world(t, p, o)
	for _, text := range []string{"clock-off,host=brhv02,by=7m", "host-replaced,host=brhv01"} {
		if err := d.Find(condition(t, text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = world(t, p, o)
	in := inputOf(t, p)
	in.Inventory = inspect(t, in, d).Inventory
	if got, was := in.Inventory.Hosts[0].Memory, p.Inventory.Hosts[0].Memory; got != was/2 {
		t.Errorf("the replaced host has %s, it was %s", got, was)
	}
	if !slices.Contains(codes(planner.Make(in).Findings), "host-clock inventory.hosts[1].skew") {
		t.Errorf("the planner finds %v", codes(planner.Make(in).Findings))
	}
	if p.Inventory.Hosts[0].Memory == in.Inventory.Hosts[0].Memory {
		t.Error("the inventory of the input was changed")
	}
}

func TestAHostThatCannotBeReadHidesNoOther(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	if err := d.Inject(sim.Fault{Kind: sim.HostUnreachable, Host: "brhv01"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Find(condition(t, "host-paused,host=brhv01")); err != nil {
		t.Fatal(err)
	}
	sight := inspect(t, inputOf(t, p), d)
	want := []string{"host-unreachable inventory.hosts[0]", "cluster-node-state inventory.hosts[0]"}
	slices.Sort(want)
	got := codes(sight.Findings)
	slices.Sort(got)
	if !slices.Equal(got, want) || sight.Read != 1 {
		t.Errorf("found %v with %d hosts read, want %v", got, sight.Read, want)
	}
	if sight.Inventory.Hosts[0].Name != p.Inventory.Hosts[0].Name || sight.Inventory.Hosts[0].Memory == 0 {
		t.Errorf("the host that was not read is %+v", sight.Inventory.Hosts[0])
	}
}

func TestNoHostAtAllIsReadOfNone(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	if err := d.Inject(sim.Fault{Kind: sim.HostUnreachable}); err != nil {
		t.Fatal(err)
	}
	sight := inspect(t, inputOf(t, p), d)
	if sight.Read != 0 || len(sight.Findings) != 2 {
		t.Errorf("%d hosts read, found %v", sight.Read, codes(sight.Findings))
	}
}

func TestWhatTheInventorySaysOtherwiseIsNamed(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	in := inputOf(t, p)
	in.Inventory.Hosts = slices.Clone(in.Inventory.Hosts)
	h := &in.Inventory.Hosts[1]
	h.Memory *= 2
	h.Processor.Cores = 8
	h.OS.Build = 17763
	h.Firmware = planner.Firmware{UEFI: planner.No, SecureBoot: planner.Unknown, TPM: "1.2"}
	h.Drives = h.Drives[:1]
	h.Features, h.Module, h.Prepared, h.Skew = nil, "1.0.2", true, time.Second // what a run changes is no difference
	in.Inventory.Cluster.Volumes = nil
	in.Inventory.Cluster.Nets = slices.Clone(in.Inventory.Cluster.Nets)
	in.Inventory.Cluster.Nets[0].Role = "Cluster"
	got := codes(inspect(t, in, d).Findings)
	var want []string
	for _, key := range []string{"drives", "firmware.tpm", "firmware.uefi", "memory", "os", "processor"} {
		want = append(want, "inventory-differs inventory.hosts[1]."+key)
	}
	want = append([]string{"inventory-differs inventory.failoverCluster.networks", "inventory-differs inventory.failoverCluster.volumes"}, want...)
	if !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

func TestAnotherHostThatAnswersIsNotTakenForIt(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	in := inputOf(t, p)
	in.Inventory.Hosts = slices.Clone(in.Inventory.Hosts)
	in.Inventory.Hosts[0].Name = in.Inventory.Hosts[1].Address.String() // answered by the second host
	sight := inspect(t, in, d)
	if got := codes(sight.Findings); !slices.Equal(got, []string{"host-other inventory.hosts[0].name"}) {
		t.Errorf("found %v", got)
	}
	in.Inventory.Hosts = in.Inventory.Hosts[:1]
	if got := codes(inspect(t, in, d).Findings); !slices.Equal(got, []string{"host-other inventory.hosts[0].name"}) {
		t.Errorf("with no other host it found %v", got)
	}
	if sight.Inventory.Hosts[0].Address != p.Inventory.Hosts[0].Address {
		t.Error("the other host was taken over into the inventory")
	}
}

// A deployment is no complaint for the site that has made it, and is one for any other.
func TestOnlyADeploymentOfOthersIsAComplaint(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	if outcome, _ := apply(t, p, d); outcome != provision.OutcomeDone {
		t.Fatal(outcome)
	}
	if got, want := codes(inspect(t, inputOf(t, p), d).Findings), []string{"address-not-probed site.network"}; !slices.Equal(got, want) {
		t.Errorf("the site that made it has %v, want %v", got, want)
	}
	in := inputOf(t, p)
	in.Site.Name = "other"
	sight := inspect(t, in, d)
	want := []string{"aks-foreign inventory.hosts", "address-in-use site.network.cloudAgent", "address-in-use site.network.nodePool", "address-in-use site.network.vipPool", "aks-cluster-foreign site.clusters[0].name"}
	got := codes(sight.Findings)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("another site has %v, want %v", got, want)
	}
	for _, f := range sight.Findings {
		if f.Code == provision.FindingForeign && (!strings.Contains(f.Message, "made by the site quickstart") || !strings.Contains(f.Evidence, "clusters shop")) {
			t.Errorf("%+v", f)
		}
	}
}

func TestALookThatIsStoppedEndsAtOnce(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	if err := d.Inject(sim.Fault{Kind: sim.HostUnreachable, Host: "brhv02"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d.Clock().Busy(+1)
	defer d.Clock().Busy(-1)
	var mu sync.Mutex
	done := map[string]bool{}
	provision.Inspect(ctx, reachOf(d), inputOf(t, p), func(host string, _ error) {
		mu.Lock()
		defer mu.Unlock()
		if len(done) == 0 {
			cancel() // the first is done, the other hangs
		}
		done[host] = true
	})
	if took := d.Clock().Now().Sub(d.Start()); len(done) != 2 || took > time.Minute {
		t.Errorf("%v done after %v", slices.Collect(maps.Keys(done)), took)
	}
}

func TestWhatDHCPLeasesMayBeInUse(t *testing.T) {
	p := example(t, "quickstart")
	in := inputOf(t, p)
	n := &in.Site.Network
	n.Addressing, n.NodePool = planner.DHCP, nil
	n.VIPPool = &planner.Range{Start: netip.MustParseAddr("10.40.20.200"), End: netip.MustParseAddr("10.40.20.220")}
	n.DHCPScope = &planner.Range{Start: netip.MustParseAddr("10.40.20.100"), End: netip.MustParseAddr("10.40.20.150")}
	p = planner.Make(in)
	d := world(t, p, sim.Options{Seed: 7})
	for _, at := range []string{"10.40.20.120", "10.40.20.201"} {
		if err := d.Find(condition(t, "address-taken,address="+at)); err != nil {
			t.Fatal(err)
		}
	}
	sight := inspect(t, in, d)
	if len(sight.Findings) != 1 || sight.Findings[0].Evidence != "10.40.20.201" {
		t.Errorf("found %v", sight.Findings)
	}
}
