package provision

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision/winrm"
)

// hostJSON is a host as read-host tells it: numbers in quotes, lists of one without a
// list, as PowerShell may give them.
//
//go:embed testdata/hosts/rack-server.json
var hostJSON string

func aHost() planner.Host {
	const dell = "Dell NVMe PE8110 RI M.2 3.84TB"
	return planner.Host{
		Name: "HV01.corp.contoso.com", Address: netip.MustParseAddr("10.40.10.11"), Maker: "Dell Inc.", Model: "AX-650",
		Processor: planner.Processor{Name: "Intel(R) Xeon(R) Gold 6342 CPU @ 2.80GHz", Sockets: 2, Cores: 48, Logical: 96, SLAT: planner.Yes, Virtualization: planner.Yes,
			MHz: 2801, Architecture: "x64", DEP: planner.Yes},
		Memory:   256 << 30,
		Firmware: planner.Firmware{UEFI: planner.Yes, SecureBoot: planner.Yes, TPM: "2.0", TPMReady: planner.Yes, VBS: planner.Yes, Version: "1.9.2"},
		OS:       planner.OS{Product: "Windows Server 2022 Datacenter", Edition: "Datacenter", Build: 20348, Patch: 2849, Language: "de-DE", Region: "de-DE"},
		Domain:   "corp.contoso.com", Skew: -340 * time.Millisecond, TimeZone: "W. Europe Standard Time", PowerShell: "5.1",
		DNS: []netip.Addr{netip.MustParseAddr("10.40.10.2"), netip.MustParseAddr("10.40.10.3")}, Gateways: []netip.Addr{netip.MustParseAddr("10.40.10.1")},
		LiveMigration: planner.Yes, MigrationTransport: "SMB", CredSSP: planner.No,
		Modules: []planner.Module{{Name: "Az.Accounts", Version: "2.12.1"}, {Name: "PowerShellGet", Version: "2.2.5"}},
		Proxy:   &planner.ProxyVariables{HTTP: "http://proxy.corp.contoso.com:3128", HTTPS: "http://proxy.corp.contoso.com:3128", NoProxy: []string{"localhost", ".corp.contoso.com"}},
		Drives: []planner.Drive{
			{Role: planner.BootDrive, Count: 1, Model: "DELLBOSS VD", Media: "SSD", Bus: "SATA", Size: 480036847616, Health: "Healthy"},
			{Role: planner.CapacityDrive, Count: 2, Model: dell, Media: "NVMe", Bus: "NVMe", Size: 3840755982336, Health: "Warning", PowerLossProtection: planner.Yes, Sector: "512e"},
		},
		Adapters: []planner.Adapter{
			{Name: "SMB1", Description: "Mellanox ConnectX-6 Dx Adapter", Gbps: 25, RDMA: true, Technology: "RoCEv2", IPv6: planner.No, Driver: "3.10.25798.0", MTU: 9014},
			{Name: "Mgmt", Description: "Broadcom NetXtreme E-Series Advanced Dual-port 10Gb SFP+ Ethernet Network Daughter Card", Gbps: 10, IPv6: planner.Yes, Driver: "221.0.5.0"},
			{Name: "NIC4", Description: "Broadcom NetXtreme Gigabit Ethernet"},
		},
		Switches: []planner.Switch{
			{Name: "Converged", Type: "External", Adapters: []string{"SMB1"}, Teaming: "SET"},
			{Name: "Old", Type: "External", Teaming: "LBFO"}, {Name: "Lab", Type: "Internal"},
		},
		Module: "1.2.16", Prepared: true, Features: []string{"Failover-Clustering", "Hyper-V"}, GPUs: []planner.GPU{{Model: "NVIDIA T4", Count: 1, Assignable: planner.Yes}, {Model: "NVIDIA T4", Count: 1, Assignable: planner.No}},
		RestartPending: planner.No, DomainController: planner.No, ClusterState: "Up", ECC: planner.Yes,
	}
}

var addresses = cmp.Options{cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateEmpty()}

func TestAHostIsReadInEveryShape(t *testing.T) {
	var reply hostReply
	if err := json.Unmarshal([]byte(hostJSON), &reply); err != nil {
		t.Fatal(err)
	}
	got, findings := reply.host("inventory.hosts[0]")
	if diff := cmp.Diff(aHost(), got, addresses); diff != "" {
		t.Error(diff)
	}
	if len(findings) > 0 {
		t.Error(findings)
	}
	cluster, findings := fabric([]discovery{{reply: reply}}, 1)
	at := netip.MustParseAddr("10.40.10.20")
	contact, _ := profiles.ParseDate("2026-11-20")
	want := planner.FailoverCluster{Name: "clu01", Address: &at,
		Volumes: []planner.Volume{{Path: `C:\ClusterStorage\Volume01`, Size: 4 << 40, Free: 4e12, Encrypted: planner.Yes}},
		Nets:    []planner.ClusterNetwork{{Name: "Management", Subnet: netip.MustParsePrefix("10.40.10.0/24"), Role: "ClusterAndClient"}},
		Groups:  []planner.ClusterGroup{{Name: "Cluster Group", State: "Online"}}, Witness: "file share", Stretched: planner.No,
		Registered: planner.Yes, LastContact: contact, StorageSpaces: planner.Yes, PoolHealth: "Warning"}
	if diff := cmp.Diff(want, cluster, addresses); diff != "" || len(findings) > 0 {
		t.Errorf("%v\n%s", findings, diff)
	}
}

// A key that is added to an inventory is read from the hosts, or kept by planner.Renew.
func TestEveryKeyOfAHostIsReadOrKept(t *testing.T) {
	kept := map[string]bool{"Host.Rack": true, "Host.GPUs.Memory": true, "Host.QoS": true, "Host.ServicePrincipals": true,
		"Host.Adapters.Qualification": true, "Host.Drives.Driver": true}
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch {
		case v.Kind() == reflect.Struct && v.Type().PkgPath() == reflect.TypeFor[planner.Host]().PkgPath():
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case v.Kind() == reflect.Slice && v.Len() > 0 && v.Type().Elem().Kind() == reflect.Struct:
			walk(path, v.Index(v.Len()-1))
		case v.IsZero() != kept[path]:
			t.Errorf("%s: read is %v, kept is %v", path, !v.IsZero(), kept[path])
		}
	}
	h := aHost()
	h.Adapters, h.Switches = h.Adapters[:1], h.Switches[:1] // the ones that have everything
	walk("Host", reflect.ValueOf(h))
}

func TestAHostOfOneOfEachIsRead(t *testing.T) {
	text, err := os.ReadFile("testdata/hosts/standalone.json")
	if err != nil {
		t.Fatal(err)
	}
	var reply hostReply
	if err := json.Unmarshal(text, &reply); err != nil {
		t.Fatal(err)
	}
	got, findings := reply.host("inventory.hosts[0]")
	want := planner.Host{
		Name: "LAB", Maker: "VMware, Inc.", Model: "VMware Virtual Platform",
		Processor: planner.Processor{Name: "Intel(R) Core(TM) i7-4870HQ CPU @ 2.50GHz", Sockets: 1, Cores: 2, Logical: 2, SLAT: planner.No, Virtualization: planner.Unknown, MHz: 2494, Architecture: "x64"},
		Memory:    17179332608, Firmware: planner.Firmware{UEFI: planner.No, SecureBoot: planner.No, VBS: planner.No, Version: "6.00"},
		OS:       planner.OS{Product: "Windows Server 2019 Datacenter Evaluation", Edition: "SKU 80", Build: 17763, Language: "en-US"},
		TimeZone: "UTC", PowerShell: "7.4", Features: []string{"Hyper-V"},
		// A disk without a serial number and an id is not taken for the one that Windows starts from.
		Drives: []planner.Drive{
			{Role: planner.CapacityDrive, Count: 1, Model: "VMware Virtual disk", Media: "HDD", Bus: "SAS", Size: 64424509440, Health: "Healthy", PowerLossProtection: planner.No},
			{Role: planner.CacheDrive, Count: 1, Model: "INTEL P5600", Media: "NVMe", Bus: "NVMe", Size: 1600321314816, Health: "Healthy", PowerLossProtection: planner.No},
		},
		Adapters:       []planner.Adapter{{Name: "Ethernet0", Description: "Intel(R) 82574L Gigabit Network Connection", Gbps: 0.8665, IPv6: planner.Yes, Driver: "12.18"}},
		RestartPending: planner.Yes, DomainController: planner.No, ECC: planner.No,
	}
	if diff := cmp.Diff(want, got, addresses); diff != "" {
		t.Error(diff)
	}
	if len(findings) != 2 || findings[0].Path != "inventory.hosts[0].skew" || findings[1].Path != "inventory.hosts[0].gpus" || !strings.Contains(findings[1].Evidence, "DEV_25B6") {
		t.Errorf("findings %v", findings)
	}
}

func TestAHostThatTellsNothingIsUnknownNotBad(t *testing.T) {
	for _, text := range []string{`{}`, `{"computer": null, "processors": null, "firmware": null, "system": {}, "drives": null, "adapters": {}, "clock": null, "restart": null, "failoverCluster": null, "registration": null, "unread": null}`} {
		var reply hostReply
		if err := json.Unmarshal([]byte(text), &reply); err != nil {
			t.Fatal(err)
		}
		h, findings := reply.host("inventory.hosts[0]")
		if h.Firmware.UEFI != planner.Unknown || h.Processor.SLAT != planner.Unknown || h.Firmware.TPM != string(planner.Unknown) || h.RestartPending != "" || h.DomainController != "" || len(findings) > 0 {
			t.Errorf("%s is read as %+v with %v", text, h, findings)
		}
	}
}

func TestPartsThatCouldNotBeReadAreFindings(t *testing.T) {
	var reply hostReply
	if err := json.Unmarshal([]byte(`{"computer": {"name": "hv01"}, "address": "nowhere", "clock": ["error: 0x800705B4"], "unread": {"part": "firmware.tpm", "message": "Access was\r\ndenied"}}`), &reply); err != nil {
		t.Fatal(err)
	}
	_, findings := reply.host("inventory.hosts[3]")
	var got []string
	for _, f := range findings {
		got = append(got, f.Code+" "+f.Path+": "+f.Evidence)
	}
	want := []string{"host-part-not-read inventory.hosts[3].firmware.tpm: Access was denied", "host-part-not-read inventory.hosts[3].address: nowhere is no address",
		"host-part-not-read inventory.hosts[3].skew: w32tm answered: error: 0x800705B4"}
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
	alone := `{"computer": {"name": "b"}, "failoverCluster": null}`
	other := `{"computer": {"name": "c"}, "failoverCluster": {"name": "clu02"}}`
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
