package planner

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/profiles"
	"github.com/google/go-cmp/cmp"
)

// Each field of a site and an inventory is changed by itself, and it is listed where the
// findings become others: at which number, which word, which length. A rule that is a
// little off moves an edge.

func TestEachFieldOfWindowsServer(t *testing.T) {
	in := exampleInput(t, "quickstart")
	everyField(&in)
	holdEdges(t, in, "windows-server")
}

func TestEachFieldOfAzureLocal(t *testing.T) {
	in := exampleInput(t, "worked-azurelocal")
	everyField(&in)
	holdEdges(t, in, "azure-local")
}

func TestEachFieldOfASingleMachine(t *testing.T) {
	in := exampleInput(t, "worked-azurelocal")
	everyField(&in)
	in.Inventory.Hosts = in.Inventory.Hosts[:1]
	holdEdges(t, in, "azure-local-one-machine")
}

func TestEachFieldOfAzureStackHCI(t *testing.T) {
	holdEdges(t, exampleInput(t, "hci-20h2"), "azure-stack-hci")
}

// holdEdges holds the edges of each field, of one machine only those of its inventory,
// against a golden file.
func holdEdges(t *testing.T, in Input, name string) {
	t.Helper()
	s := sweep{in: &in}
	s.base = s.findings()
	if len(in.Inventory.Hosts) > 1 {
		s.fields(reflect.ValueOf(&in.Site).Elem(), "site")
	}
	s.fields(reflect.ValueOf(&in.Inventory).Elem(), "inventory")
	golden := filepath.Join("testdata", "edges-"+name+".golden")
	if *update {
		if err := os.WriteFile(golden, []byte(s.text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(s.text.String(), "\n")); diff != "" {
		t.Errorf("edges (-want +got), write them anew with -update:\n%s", diff)
	}
}

// everyField fills in what an example leaves out.
func everyField(in *Input) {
	site, inv := &in.Site, &in.Inventory
	set := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	site.Storage.Classes = []StorageClass{{Name: "fast", Capacity: 100 * profiles.GiB}}
	site.Storage.MachineDisk, site.Storage.Kept = 40*profiles.GiB, 10*profiles.GiB
	site.Proxy = &Proxy{HTTP: "http://10.20.30.40:3128", HTTPS: "http://proxy.corp.contoso.com:3128"}
	site.Reserve.Percent = 10
	c := &site.Clusters[0]
	c.AddOns = []string{"gatekeeper", "monitoring"}
	c.NodePools = append(c.NodePools, NodePool{Name: "second", OS: Linux, Count: 1, VMSize: "Standard_A4_v2"})
	c.Workloads = []Workload{{Name: "web", OS: Linux, Count: 1, Replicas: 2, CPU: 100, Memory: profiles.GiB, Spread: Even}}
	set(&c.Namespace, "shop")
	for i := range inv.Hosts {
		h := &inv.Hosts[i]
		h.GPUs = []GPU{{Model: "NVIDIA T4", Count: 2, Memory: 16 * profiles.GiB}}
		h.ECC, h.RestartPending, h.DomainController, h.ClusterState, h.TimeZone, h.PowerShell = Yes, No, No, "Up", "W. Europe Standard Time", "5.1"
		h.Processor.DEP, h.Processor.MHz, h.Processor.Architecture = Yes, 2400, "x64"
		h.Firmware.TPMReady, h.Firmware.VBS = Yes, Yes
		h.Firmware.Version = "2.19"
		h.OS.Patch = 2700
		h.Drives = append(h.Drives, Drive{Role: CacheDrive, Count: 2, Size: 800e9, Media: "NVMe", Bus: "NVMe", Model: "P5800X", Health: "Healthy", PowerLossProtection: Yes})
		a := &h.Adapters[0]
		a.RDMA, a.Technology, a.Driver, a.IPv6 = true, "iWARP", "2.60", No
		h.Switches[0].Adapters, h.Switches[0].Teaming = []string{h.Adapters[len(h.Adapters)-1].Name}, "SET"
	}
	inv.NetworkSwitches = []NetworkSwitch{{Name: "tor1", Standards: []string{"802.1Q", "802.1Qbb", "802.1Qaz", "802.1AB"}, VLANs: []int{site.Network.VLAN}}}
	inv.Cluster.Witness, inv.Cluster.Groups = "file share", []ClusterGroup{{"Cluster Group", "Online"}}
	inv.Cluster.Registered = Yes
	inv.ResourceBridge = No
	if in.Profile.Generation == profiles.AzureLocal {
		n := site.Network
		inv.LogicalNetworks = []ExistingNetwork{{Name: n.Name, Region: site.Azure.Region, Addressing: n.Addressing, Subnet: n.Subnet, Pool: n.NodePool, VLAN: n.VLAN, Switch: n.Switch}}
	}
}

// A sweep lists the edges of fields.
type sweep struct {
	in   *Input
	base []string
	text strings.Builder
}

// findings are the codes and severities of what is found.
func (s *sweep) findings() []string {
	all := Check(*s.in)
	steady := MachinesOf(s.in.Site, s.in.Profile)
	_, more := storage(*s.in, steady)
	all = append(all, more...)
	var codes []string
	for _, f := range all {
		codes = append(codes, f.Code+" "+string(f.Severity))
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// line writes what is found more (+) and less (-) than with the field as it was.
func (s *sweep) line(found []string) string {
	var parts []string
	for _, c := range found {
		if !slices.Contains(s.base, c) {
			parts = append(parts, "+"+c)
		}
	}
	for _, c := range s.base {
		if !slices.Contains(found, c) {
			parts = append(parts, "-"+c)
		}
	}
	slices.Sort(parts)
	if len(parts) == 0 {
		return "as it is"
	}
	return strings.Join(parts, ", ")
}

func (s *sweep) fields(v reflect.Value, path string) {
	switch v.Interface().(type) {
	case netip.Addr, netip.Prefix, time.Time:
		return
	case Known:
		s.words(v, path, []string{"yes", "no", "unknown"})
		return
	case Date:
		own := v.Int()
		s.numbers(v, path, []int64{own - 900, own - 300, own - 100, own - 30, own, own + 30, own + 100, own + 200, own + 300, own + 400, own + 500, own + 600, own + 800, own + 1200, own + 2000, own + 4000}, func(n int64) any { return Date(n) })
		return
	case time.Duration:
		s.numbers(v, path, []int64{-1e6, -1e5, -1000, 0, 1000, 1e5, 1e6}, func(n int64) any { return time.Duration(n) * time.Millisecond })
		return
	case Bytes:
		s.numbers(v, path, rising(1<<30), func(n int64) any { return Bytes(n) })
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
			s.fields(v.Field(i), path+"."+name)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			own := reflect.ValueOf(v.Interface())
			s.one(v, path+": left out", reflect.Zero(v.Type()))
			v.Set(own)
			s.fields(v.Elem(), path)
		}
	case reflect.Slice:
		if v.Len() == 0 {
			return
		}
		own := reflect.ValueOf(v.Interface())
		s.numbers(v, path+" (times the first)", []int64{0, 1, 2, 3, 4, 8, 9, 17}, func(n int64) any {
			list := reflect.MakeSlice(v.Type(), 0, int(n))
			for range n {
				list = reflect.Append(list, own.Index(0))
			}
			return list.Interface()
		})
		for i := range v.Len() {
			if i == v.Len()-1 || strings.HasSuffix(path, "nodePools") || strings.HasSuffix(path, "drives") {
				s.fields(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
			}
		}
	case reflect.String:
		s.words(v, path, append([]string{"", "unknown"}, vocabulary[key(path)]...))
		if named := key(path); named == "name" || named == "namespace" || named == "resourceGroup" || named == "cloudAgentRole" {
			s.numbers(v, path+" (length)", []int64{1, 2, 3, 4, 8, 12, 13, 16, 32, 64, 128, 300}, func(n int64) any { return strings.Repeat("a", int(n)) })
		}
	case reflect.Bool:
		s.one(v, path+": the other", reflect.ValueOf(!v.Bool()))
	case reflect.Float64:
		s.numbers(v, path, []int64{0, 1, 2, 4, 8, 9, 10, 11, 24, 25, 26, 40, 100}, func(n int64) any { return float64(n) })
	case reflect.Int, reflect.Int64:
		s.numbers(v, path, append(rising(1), -1, 1500, 4095), func(n int64) any { return n })
	}
}

// key is the last key of a path, without a place in a list.
func key(path string) string {
	name, _, _ := strings.Cut(path[strings.LastIndex(path, ".")+1:], "[")
	return name
}

func rising(from int64) []int64 {
	list := []int64{0, from}
	for range 8 {
		from *= 4
		list = append(list, from)
	}
	return list
}

// vocabulary are the words that some fields know, besides the one of the example.
var vocabulary = map[string][]string{
	"media": {"HDD", "SSD", "NVMe"}, "bus": {"RAID", "SATA", "iSCSI", "Fibre Channel", "SAS"}, "role": {"boot", "cache", "capacity", "Cluster", "None"},
	"teaming": {"LBFO", "SET", "none"}, "technology": {"RoCE", "RoCEv2", "InfiniBand", "iwarp"}, "health": {"Healthy", "Warning"}, "type": {"Internal", "External"},
	"witness": {"none", "disk"}, "state": {"Failed", "Offline"}, "clusterState": {"Paused", "Down", "Joining"}, "edition": {"Standard", "Datacenter"},
	"product": {"Windows Server 2019 Datacenter", "Windows Server 2022 Datacenter", "Windows Server 2025 Datacenter", "Azure Stack HCI"},
	"tpm":     {"1.2", "2.0"}, "language": {"de-DE"}, "architecture": {"ARM64"}, "powerShell": {"7.4", "5.0"},
	"vmSize": {"Standard_A2_v2", "Standard_A4_v2", "Standard_K8S_v1", "Standard_NK6", "Standard_NK12", "Standard_D4s_v3", "Standard_D16s_v3", "Standard_K8S2_v1", "Standard_NC16_L4_1", "standard_a4v2"},
	"os":     {"windows2019", "windows2022", "linux"}, "kind": {"haproxy", "none", "metallb"}, "addressing": {"dhcp", "static"},
	"kubernetes": {"v1.9.0", "v1.24.1", "v1.26.6", "v1.28.5", "v1.29.4", "v1.29.2", "v1.30.0", "v1.99.0", "1.29.4"}, "name": {"a-b", "-a", "A", "a.b"},
	"spread": {"apart", "even"}, "resiliency": {"three-way-mirror", "two-way-mirror", "dual-parity", "nested-two-way-mirror"},
	"user": {`CORP\admin`, "admin"}, "password": {"prompt", "env:A", "hunter2"}, "region": {"westeurope", "germanynorth"},
	"images": {`C:\Images`, `C:\ClusterStorage\a b`, `\\files\share`, "C:/a"}, "cloudAgentRole": {"ca.agent", "ca-agent"}, "domain": {"corp", "corp.local"},
	"model": {"PowerEdge R640", "NVIDIA A2", "Tesla T4", "Virtual Machine"}, "release": {"2510", "1.0.24.11029", "2402"}, "ou": {"OU=a", "OU=R&D,DC=corp,DC=contoso,DC=com"},
	"addOns":    {"azure-arc", "azure-rbac", "gmsa", "flux-v1", "argo-cd", "azure-monitor-metrics", "azure-policy", "gatekeeper", "key-vault", "velero-restic", "hybrid-worker-v1", "ingress-nginx"},
	"standards": {"IEEE 802.1ab", "802.1x"}, "features": {"Hyper-V", "Data-Center-Bridging"},
	"http": {"https://proxy:1", "http://proxy", "proxy:3128", "http://a:b@proxy:80"},
}

// one tries one other value.
func (s *sweep) one(v reflect.Value, what string, value reflect.Value) {
	own := reflect.New(v.Type()).Elem()
	own.Set(v)
	defer v.Set(own)
	v.Set(value)
	if found := s.line(s.findings()); found != "as it is" {
		fmt.Fprintf(&s.text, "%s => %s\n", what, found)
	}
}

func (s *sweep) words(v reflect.Value, path string, words []string) {
	own := reflect.New(v.Type()).Elem()
	own.Set(v)
	defer v.Set(own)
	var parts []string
	for _, word := range words {
		v.Set(reflect.ValueOf(word).Convert(v.Type()))
		if found := s.line(s.findings()); found != "as it is" {
			parts = append(parts, fmt.Sprintf("%q %s", word, found))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(&s.text, "%s: %s\n", path, strings.Join(parts, "; "))
	}
}

// numbers tries some numbers, and between two that find other things looks for the one
// where that begins.
func (s *sweep) numbers(v reflect.Value, path string, tries []int64, value func(int64) any) {
	own := reflect.New(v.Type()).Elem()
	own.Set(v)
	defer v.Set(own)
	found := func(n int64) string {
		v.Set(reflect.ValueOf(value(n)).Convert(v.Type()))
		return s.line(s.findings())
	}
	slices.Sort(tries)
	type edge struct {
		from  int64
		found string
	}
	edges := []edge{{tries[0], found(tries[0])}}
	for i, n := range tries[1:] {
		low, last := tries[i], edges[len(edges)-1].found
		if now := found(n); now != last {
			for high := n; ; high = n {
				// from low on it is as last, at high it is not
				for high-low > 1 {
					if middle := low + (high-low)/2; found(middle) == last {
						low = middle
					} else {
						high = middle
					}
				}
				last = found(high)
				edges = append(edges, edge{high, last})
				if low = high; last == now {
					break
				}
			}
		}
	}
	if len(edges) == 1 && edges[0].found == "as it is" {
		return
	}
	var parts []string
	for _, e := range edges {
		parts = append(parts, fmt.Sprintf("%d %s", e.from, e.found))
	}
	fmt.Fprintf(&s.text, "%s: %s\n", path, strings.Join(parts, "; "))
}
