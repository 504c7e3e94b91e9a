package provision

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision/winrm"
)

// What PowerShell 5.1 makes of lists with one item and with none, and of flags.
const oneOfEach = `{
	"now": "2026-12-05T22:00:01.500Z", "freeMemory": "274877906944", "restart": "Windows Update",
	"aksHciModules": {"value": ["1.2.16", "1.2.10"], "Count": 2}, "antivirus": {"processes": "kubectl.exe", "folders": null}, "services": {"name": "wssdagent", "state": "Running"},
	"failoverCluster": {"nodes": {"name": "HV01", "state": "Paused"}, "offline": null, "volumes": {}, "agentRoles": []},
	"dns": {"server": "10.40.10.5", "name": "_ldap._tcp.dc._msdcs.corp.contoso.com", "state": "answered", "message": ""},
	"unread": {"part": "dns", "message": "Access is\r\ndenied"}}`

func TestAnInspectionIsReadInEveryShape(t *testing.T) {
	var r inspectReply
	if err := json.Unmarshal([]byte(oneOfEach), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Modules) != 2 || len(r.Services) != 1 || len(r.Antivirus.Processes) != 1 || len(r.DNS) != 1 || len(r.Restart) != 1 || *r.Free != 256<<30 ||
		len(r.Fabric.Nodes) != 1 || r.Fabric.Nodes[0].State != "Paused" || time.Time(r.Now).IsZero() {
		t.Errorf("read as %+v", r)
	}
	if f := r.parts("inventory.hosts[0]", "hv01"); len(f) != 1 || f[0].Code != FindingPart || f[0].Evidence != "Access is denied" {
		t.Errorf("parts %+v", f)
	}
	for _, text := range []string{`{}`, `{"now": null, "freeMemory": null, "restart": null, "aksHciModules": {}, "services": null, "failoverCluster": null, "dns": {"value": null, "Count": 0}, "unread": []}`} {
		var none inspectReply
		if err := json.Unmarshal([]byte(text), &none); err != nil {
			t.Fatal(err)
		}
		v := visit{detail: &none}
		if _, _, known := v.offset(); known || none.Free != nil || len(none.DNS) > 0 {
			t.Errorf("%s is read as %+v", text, none)
		}
	}
}

func TestWhatAllScannersPassOverCounts(t *testing.T) {
	scanner := func(processes ...string) *inspectReply {
		return &inspectReply{Antivirus: &antivirusReply{Processes: processes, Folders: []string{`C:\AksHci`}}}
	}
	said := &planner.Antivirus{Processes: []string{"said"}}
	for name, c := range map[string]struct {
		hosts []*inspectReply
		want  *planner.Antivirus
	}{
		"no scanner of Windows": {[]*inspectReply{{}, {}}, said},
		"one host has one":      {[]*inspectReply{{}, scanner("a")}, &planner.Antivirus{Processes: []string{"a"}, Folders: []string{`C:\AksHci`}}},
		"both have one":         {[]*inspectReply{scanner("a", "B"), scanner("b", "c")}, &planner.Antivirus{Processes: []string{"B"}, Folders: []string{`C:\AksHci`}}},
		"one passes over none":  {[]*inspectReply{scanner("a"), {Antivirus: &antivirusReply{}}}, &planner.Antivirus{Processes: []string{}, Folders: []string{}}},
	} {
		i := &inspection{sight: Sight{Inventory: planner.Inventory{Antivirus: said}}}
		for _, h := range c.hosts {
			i.visits = append(i.visits, visit{detail: h})
		}
		i.scanners()
		if diff := cmp.Diff(c.want, i.sight.Inventory.Antivirus); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOnlyPacketsThatAreCutAreNamed(t *testing.T) {
	i := &inspection{visits: []visit{
		{host: planner.Host{Name: "hv01.corp"}, network: networkReply{Packets: []packetReply{{"10.0.0.1", packetsCut}, {"10.0.1.1", packetsSilent}}}},
		{host: planner.Host{Name: "hv02.corp"}, network: networkReply{Packets: []packetReply{{"10.0.0.1", packetsCut}, {"10.0.1.1", packetsWhole}}}},
	}}
	i.packets()
	if f := i.sight.Findings; len(f) != 1 || f[0].Code != FindingPackets || !strings.Contains(f[0].Message, "10.0.0.1") || !strings.HasSuffix(f[0].Evidence, "from hv01, hv02") {
		t.Errorf("found %+v", f)
	}
}

func FuzzInspectReply(f *testing.F) {
	f.Add([]byte(oneOfEach))
	f.Add([]byte(`{"dns": 3}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var r inspectReply
		if json.Unmarshal(text, &r) == nil {
			r.parts("inventory.hosts[0]", "hv01")
		}
	})
}

// hostClock is the clock of a host, with how far it is ahead and how long its answer took.
type hostClock struct{ ahead, took, skew time.Duration }

func TestClocksAreJudgedByWhatIsCertain(t *testing.T) {
	for name, c := range map[string]struct {
		hosts []hostClock
		want  []string
	}{
		"clocks that agree":                          {[]hostClock{{time.Second, time.Second, 0}, {-time.Second, time.Second, 0}}, nil},
		"an answer that took longer than the limit":  {[]hostClock{{0, 5 * time.Minute, 0}, {0, time.Second, 0}}, nil},
		"one clock that is off":                      {[]hostClock{{0, time.Second, 0}, {5 * time.Minute, time.Second, 0}}, []string{FindingClocks}},
		"two within the limit and too far apart":     {[]hostClock{{-90 * time.Second, time.Second, 0}, {90 * time.Second, time.Second, 0}}, []string{FindingClocks}},
		"one that the domain knows to be off":        {[]hostClock{{0, time.Second, 0}, {5 * time.Minute, time.Second, 5 * time.Minute}}, nil},
		"all hosts ahead of this machine":            {[]hostClock{{time.Hour, time.Second, 0}, {time.Hour, time.Second, 0}}, []string{FindingClockHere}},
		"a single host behind this machine":          {[]hostClock{{-time.Hour, time.Second, 0}}, []string{FindingClockHere}},
		"hosts apart, and all off from this machine": {[]hostClock{{time.Hour, time.Second, 0}, {2 * time.Hour, time.Second, 0}}, []string{FindingClocks, FindingClockHere}},
		"nobody whose clock could be read":           {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			i := &inspection{}
			i.in.Profile.Hosts.TimeSkewMax.Value = 2 * time.Minute
			for _, h := range c.hosts {
				i.visits = append(i.visits, visit{
					host: planner.Host{Name: "hv"}, now: planner.Host{Skew: h.skew}, asked: dawn, answered: dawn.Add(h.took),
					detail: &inspectReply{Now: moment(dawn.Add(h.took/2 + h.ahead))},
				})
			}
			i.clocks()
			var got []string
			for _, f := range i.sight.Findings {
				got = append(got, f.Code)
				if f.Evidence == "" {
					t.Errorf("%s has no evidence", f.Code)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

// scripted answers each script with the text of a test.
type scripted map[string]string

func (s scripted) Script(_ context.Context, script winrm.Script) (json.RawMessage, error) {
	text, ok := s[script.Name]
	if !ok {
		return nil, errors.New("no answer to " + script.Name)
	}
	return json.RawMessage(text), nil
}

func (s scripted) Close() {}

func TestLooksThatFailAreFindings(t *testing.T) {
	whole := scripted{"read-host": hostJSON, "inspect-host": oneOfEach, "read-akshci": `{"installState": "NotInstalled"}`, "probe-addresses": `{"asked": 1, "taken": {}}`,
		"probe-network": `{"endpoints": {"url": "https://mcr.microsoft.com/", "state": "answered", "code": "401", "address": "20.1.2.3", "issuer": "CN=x, O=Microsoft Corporation"}, "paths": {}}`}
	for name, c := range map[string]struct {
		without, instead string
		want             string
	}{
		"a host whose day cannot be told":        {"inspect-host", "", FindingRead},
		"AKS that cannot be told of":             {"read-akshci", "", FindingRead},
		"an AKS that answers no document":        {"read-akshci", "3", FindingRead},
		"addresses that cannot be probed":        {"probe-addresses", "", FindingNotProbed},
		"a probe of fewer addresses than wanted": {"probe-addresses", `{"asked": 0, "taken": null}`, FindingNotProbed},
		"ways that cannot be tried":              {"probe-network", "", FindingPart},
		"an endpoint that asks the proxy's name": {"probe-network", `{"endpoints": {"url": "https://a.example/", "state": "answered", "code": 407}}`, FindingEgressProxy},
		"an answer of a proxy that refuses":      {"probe-network", `{"endpoints": {"url": "https://a.example/", "state": "answered", "code": 403}}`, FindingEgressProxy},
		"an endpoint of a kind nobody knows":     {"probe-network", `{"endpoints": {"url": "https://a.example/", "state": "failed", "message": "reset"}, "paths": null}`, FindingEgress},
		"a certificate of somebody else":         {"probe-network", `{"endpoints": {"url": "https://a.example/", "state": "answered", "code": 200, "issuer": "CN=Corp Proxy CA"}}`, FindingEgressOpened},
		"a probe that tells the address":         {"probe-addresses", `{"asked": 1, "taken": {"address": "10.40.10.30", "by": "arp", "card": "00-15-5D-00-00-01"}}`, FindingInUse},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answers := scripted{}
				for script, text := range whole {
					answers[script] = text
				}
				delete(answers, c.without)
				if c.instead != "" {
					answers[c.without] = c.instead
				}
				agent := netip.MustParsePrefix("10.40.10.30/24")
				in := planner.Input{Inventory: planner.Inventory{Hosts: []planner.Host{aHost()}}}
				in.Site.Network.CloudAgent = &agent
				var err error
				if in.Profile, err = profiles.Load("windows-server-2022"); err != nil {
					t.Fatal(err)
				}
				if strings.Contains(name, "proxy that refuses") {
					in.Site.Proxy = &planner.Proxy{HTTP: "http://proxy:3128", HTTPS: "http://proxy:3128"}
				}
				clk := &benchClock{now: dawn, busy: 1}
				i := inspection{clock: clk, catalogue: LoadCatalogue(), in: in, tell: func(string, error) {},
					dial: func(context.Context, string) (runner, error) { return answers, nil }}
				sight := i.run(t.Context())
				if !slices.ContainsFunc(sight.Findings, func(f planner.Finding) bool { return f.Code == c.want && f.Evidence != "" }) {
					t.Errorf("found %+v, want %s", sight.Findings, c.want)
				}
				if clk.tokens() != 1 {
					t.Errorf("%d tokens left", clk.tokens())
				}
			})
		})
	}
}

func TestHealthNamesWhatIsNotWhole(t *testing.T) {
	var h healthReply
	if err := json.Unmarshal([]byte(`{"nodes": [{"name": "HV01", "state": "Down"}, {"name": "HV07", "state": "Joining"}, {"name": "HV02", "state": "Up"}],
		"offline": {"name": "Cluster Name", "type": "Network Name", "state": "Offline"},
		"volumes": [{"name": "Disk 1", "node": "HV01", "state": "Offline", "reason": ""}, {"name": "Disk 2", "node": "HV01", "state": "FileSystemRedirected", "reason": "UserRequest"}],
		"agentRoles": null}`), &h); err != nil {
		t.Fatal(err)
	}
	i := &inspection{visits: []visit{{host: planner.Host{Name: "hv01.corp"}, detail: &inspectReply{Fabric: &h}}}}
	i.health()
	var got []string
	for _, f := range i.sight.Findings {
		got = append(got, strings.Join([]string{f.Code, f.Path, string(f.Severity), f.Evidence}, " "))
	}
	want := []string{
		"cluster-node-state inventory.hosts[0] block HV01 is Down",
		"cluster-node-more inventory.failoverCluster warn HV07 is Joining",
		"cluster-node-state inventory.failoverCluster block HV07 is Joining",
		"cluster-node-more inventory.failoverCluster warn HV02 is Up",
		"cluster-resource-offline inventory.failoverCluster block Cluster Name (Network Name) is Offline",
		"cluster-volume-degraded inventory.failoverCluster.volumes block Disk 1 on HV01: Offline",
		"cluster-volume-degraded inventory.failoverCluster.volumes warn Disk 2 on HV01: FileSystemRedirected, UserRequest",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestAPoolIsProbedOfEachNetworkAndNotWithoutEnd(t *testing.T) {
	pool := func(kind planner.PoolKind, first, last string) planner.Pool {
		return planner.Pool{Kind: kind, Range: planner.Range{Start: netip.MustParseAddr(first), End: netip.MustParseAddr(last)}}
	}
	var p planner.Plan
	p.Addresses.Addressing = planner.Static
	p.Addresses.Pools = []planner.Pool{pool(planner.NodeAddresses, "10.0.0.1", "10.0.0.4")}
	p.Addresses.Networks = []planner.NetworkMap{
		{Name: "edge", Addressing: planner.DHCP, Pools: []planner.Pool{pool(planner.NodeAddresses, "10.1.0.1", "10.1.0.9"), pool(planner.VirtualAddresses, "10.1.1.1", "10.1.1.2")}},
		{Name: "wide", Addressing: planner.Static, Pools: []planner.Pool{pool(planner.NodeAddresses, "10.2.0.0", "10.2.255.255")}},
	}
	got, left := allotments(p)
	var paths []string
	sum := 0
	for _, a := range got {
		paths = append(paths, a.path+" "+a.purpose)
		sum += len(a.addresses)
	}
	want := []string{"site.network.nodePool node pool", "site.networks[0].vipPool virtual pool of edge", "site.networks[1].nodePool node pool of wide"}
	if !slices.Equal(paths, want) || sum != probed || left != 6+65536-probed {
		t.Errorf("%q with %d addresses, %d left out", paths, sum, left)
	}
}

func TestAHostThatToldNothingHasWhatThePlanCountsOn(t *testing.T) {
	free := number(100)
	i := &inspection{visits: []visit{{err: errOtherHost}, {index: 1, detail: &inspectReply{}}, {index: 2, detail: &inspectReply{Free: &free}}}}
	i.sight.Inventory.Hosts = []planner.Host{{Memory: 256}, {Memory: 256}, {Memory: 256}}
	var p planner.Plan
	p.Headroom.Hosts = []planner.HostRoom{{Usable: 224}, {Usable: 224}, {Usable: 224}}
	hosts, seen := i.spareHosts(p, 1)
	if hosts[0].Memory != 225 || hosts[1].Memory != 225 || hosts[2].Memory != 101 || len(seen) != 1 || i.sight.Inventory.Hosts[0].Memory != 256 {
		t.Errorf("hosts %+v, seen %q", hosts, seen)
	}
}

func TestTheClusterOfAnotherHostIsNotTakenOver(t *testing.T) {
	var reply hostReply
	if err := json.Unmarshal([]byte(hostJSON), &reply); err != nil {
		t.Fatal(err)
	}
	i := &inspection{clock: &benchClock{now: dawn, busy: 1}, visits: []visit{{host: planner.Host{Name: "stranger"}, reply: reply, detail: &inspectReply{}}}}
	i.sight.Inventory = planner.Inventory{Hosts: []planner.Host{{Name: "stranger"}}, Cluster: planner.FailoverCluster{Name: "OURS"}}
	i.hosts()
	if i.sight.Read != 0 || i.sight.Inventory.Cluster.Name != "OURS" || !slices.ContainsFunc(i.sight.Findings, func(f planner.Finding) bool { return f.Code == FindingOther }) {
		t.Errorf("%d hosts read, cluster %s, found %+v", i.sight.Read, i.sight.Inventory.Cluster.Name, i.sight.Findings)
	}
}
