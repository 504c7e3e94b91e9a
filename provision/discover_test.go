package provision

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/winrm"
)

// hostJSON is a host as read-host tells it: numbers in quotes, lists of one without a
// list, as PowerShell may give them.
const hostJSON = `{
	"name": "hv01.corp.contoso.com", "address": "10.40.10.11", "maker": "Dell Inc.", "model": "AX-650",
	"processor": {"name": "Xeon Gold", "sockets": 2, "cores": 48, "logical": 96, "slat": "yes", "virtualization": null},
	"memory": "274877906944", "firmware": {"uefi": "yes", "secureBoot": "no", "tpm": "2.0"},
	"os": {"product": "Windows Server 2022 Datacenter", "edition": "Datacenter", "build": "20348", "language": "en-US"},
	"domain": "corp.contoso.com", "skew": -0.34,
	"drives": {"role": "capacity", "count": "6", "model": "P5600", "media": "NVMe", "bus": "NVMe", "size": "1600321314816"},
	"adapters": {"value": [{"name": "NIC1", "description": "Mellanox", "gbps": 25.0, "rdma": true}], "Count": 1},
	"switches": {"name": "Converged", "type": "External"}, "aksHciModule": "", "prepared": false, "features": "Hyper-V",
	"failoverCluster": {"name": "clu01", "address": "10.40.10.20",
		"volumes": {"path": "C:\\ClusterStorage\\Volume01", "size": 4398046511104, "free": 4000000000000},
		"networks": [{"name": "Management", "subnet": "10.40.10.0/24", "role": "ClusterAndClient"}, {"name": "BMC", "subnet": "", "role": "Cluster"}]},
	"unread": []}`

func aHost() planner.Host {
	return planner.Host{
		Name: "hv01.corp.contoso.com", Address: netip.MustParseAddr("10.40.10.11"), Maker: "Dell Inc.", Model: "AX-650",
		Processor: planner.Processor{Name: "Xeon Gold", Sockets: 2, Cores: 48, Logical: 96, SLAT: planner.Yes, Virtualization: planner.Unknown},
		Memory:    256 << 30, Firmware: planner.Firmware{UEFI: planner.Yes, SecureBoot: planner.No, TPM: "2.0"},
		OS:     planner.OS{Product: "Windows Server 2022 Datacenter", Edition: "Datacenter", Build: 20348, Language: "en-US"},
		Domain: "corp.contoso.com", Skew: -340 * time.Millisecond,
		Drives:   []planner.Drive{{Role: planner.CapacityDrive, Count: 6, Model: "P5600", Media: "NVMe", Bus: "NVMe", Size: 1600321314816}},
		Adapters: []planner.Adapter{{Name: "NIC1", Description: "Mellanox", Gbps: 25, RDMA: true}},
		Switches: []planner.Switch{{Name: "Converged", Type: "External"}}, Features: []string{"Hyper-V"},
	}
}

var addresses = cmp.Options{cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateEmpty()}

func TestAHostIsReadInEveryShape(t *testing.T) {
	var reply hostReply
	if err := json.Unmarshal([]byte(hostJSON), &reply); err != nil {
		t.Fatal(err)
	}
	got, findings := reply.host("inventory.hosts[0]")
	if diff := cmp.Diff(aHost(), got, addresses); diff != "" || len(findings) > 0 {
		t.Errorf("%v\n%s", findings, diff)
	}
	cluster, findings := reply.Fabric.cluster()
	at := netip.MustParseAddr("10.40.10.20")
	want := planner.FailoverCluster{Name: "clu01", Address: &at,
		Volumes: []planner.Volume{{Path: `C:\ClusterStorage\Volume01`, Size: 4 << 40, Free: 4e12}},
		Nets:    []planner.ClusterNetwork{{Name: "Management", Subnet: netip.MustParsePrefix("10.40.10.0/24"), Role: "ClusterAndClient"}}}
	if diff := cmp.Diff(want, cluster, addresses); diff != "" || len(findings) > 0 {
		t.Errorf("%v\n%s", findings, diff)
	}
}

func TestAHostThatTellsNothingIsUnknownNotBad(t *testing.T) {
	for _, text := range []string{`{}`, `{"processor": null, "firmware": null, "os": {}, "drives": null, "adapters": {}, "skew": null, "failoverCluster": null, "unread": null}`} {
		var reply hostReply
		if err := json.Unmarshal([]byte(text), &reply); err != nil {
			t.Fatal(err)
		}
		h, findings := reply.host("inventory.hosts[0]")
		if h.Firmware.UEFI != planner.Unknown || h.Processor.SLAT != planner.Unknown || len(findings) > 0 {
			t.Errorf("%s is read as %+v with %v", text, h, findings)
		}
	}
}

func TestPartsThatCouldNotBeReadAreFindings(t *testing.T) {
	var reply hostReply
	if err := json.Unmarshal([]byte(`{"name": "hv01", "address": "nowhere", "unread": {"part": "firmware.tpm", "message": "Access was\r\ndenied"}}`), &reply); err != nil {
		t.Fatal(err)
	}
	_, findings := reply.host("inventory.hosts[3]")
	var got []string
	for _, f := range findings {
		got = append(got, f.Code+" "+f.Path+": "+f.Evidence)
	}
	want := []string{"host-part-not-read inventory.hosts[3].firmware.tpm: Access was denied", "host-part-not-read inventory.hosts[3].address: nowhere is no address"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// discovered reads hosts that answer as a test says.
func discovered(t *testing.T, hosts []string, answers map[string]string, errs map[string]error) (planner.Inventory, []planner.Finding) {
	t.Helper()
	var inventory planner.Inventory
	var findings []planner.Finding
	synctest.Test(t, func(t *testing.T) {
		clk := &benchClock{now: dawn, busy: 1}
		closed := 0
		inventory, findings = discover(t.Context(), clk, planner.Inventory{ReadAt: clk.Now()}, hosts, func(_ context.Context, host string) (runner, error) {
			return slowRunner{clk, answers[host], errs[host], &closed}, nil
		})
		synctest.Wait()
		if took := clk.Now().Sub(dawn); took != time.Second {
			t.Errorf("%d hosts took %v, not one second together", len(hosts), took)
		}
		if closed != len(hosts) || clk.tokens() != 1 {
			t.Errorf("%d of %d clients closed, %d tokens left", closed, len(hosts), clk.tokens())
		}
	})
	return inventory, findings
}

// slowRunner answers after a second of the clock.
type slowRunner struct {
	clk    *benchClock
	answer string
	err    error
	closed *int
}

func (r slowRunner) Script(ctx context.Context, s winrm.Script) (json.RawMessage, error) {
	if err := r.clk.Sleep(ctx, time.Second); err != nil {
		return nil, err
	}
	return json.RawMessage(r.answer), r.err
}

func (r slowRunner) Close() {
	r.clk.mu.Lock()
	defer r.clk.mu.Unlock()
	*r.closed++
}

func TestDiscoverKeepsWhatItCouldRead(t *testing.T) {
	away := &winrm.Error{Op: winrm.OpCreate, Host: "b:5986", Class: winrm.ClassUnreachable, Err: errors.New("connection refused")}
	refused := &winrm.Error{Op: winrm.OpCreate, Host: "c:5986", Class: winrm.ClassAuth, Err: winrm.ErrAuth}
	inventory, findings := discovered(t, []string{"a", "b", "c", "d"},
		map[string]string{"a": hostJSON, "b": "null", "c": "null", "d": `"not a host"`},
		map[string]error{"b": away, "c": refused})
	if diff := cmp.Diff([]planner.Host{aHost()}, inventory.Hosts, addresses); diff != "" {
		t.Error(diff)
	}
	if inventory.Cluster.Name != "clu01" {
		t.Errorf("cluster %+v", inventory.Cluster)
	}
	var got []string
	for _, f := range findings {
		got = append(got, f.Code+" "+f.Path+" "+string(f.Owner))
		if f.Message == "" || f.Remedy == "" || f.Evidence == "" || f.Severity != planner.Block {
			t.Errorf("finding %+v", f)
		}
	}
	want := []string{"host-unreachable hosts.b network", "host-sign-in hosts.c you", "host-not-read hosts.d you"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHostsOfSeveralClustersAreAFinding(t *testing.T) {
	alone := `{"name": "b", "failoverCluster": null}`
	other := `{"name": "c", "failoverCluster": {"name": "clu02"}}`
	for name, second := range map[string]string{"one that is in none": alone, "one that is in another": other} {
		t.Run(name, func(t *testing.T) {
			inventory, findings := discovered(t, []string{"a", "b"}, map[string]string{"a": hostJSON, "b": second}, nil)
			if len(findings) != 1 || findings[0].Code != FindingClusters || inventory.Cluster.Name != "clu01" {
				t.Errorf("got %v, %+v", findings, inventory.Cluster)
			}
		})
	}
	if _, findings := discovered(t, []string{"a", "b"}, map[string]string{"a": alone, "b": alone}, nil); len(findings) > 0 {
		t.Errorf("two single hosts give %v", findings)
	}
}

func TestDiscoverWithoutAPasswordReadsNothing(t *testing.T) {
	reach := Reach{Clock: &benchClock{now: dawn, busy: 1}}
	inventory, findings := Discover(t.Context(), reach, planner.Access{User: "svc", Password: "env:AW_TEST_NOT_SET"}, []string{"a"})
	if len(inventory.Hosts) > 0 || len(findings) != 1 || findings[0].Code != FindingSignIn || findings[0].Path != "access.password" {
		t.Errorf("got %v, %v", inventory, findings)
	}
}
