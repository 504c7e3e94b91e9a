package profiles

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestNamesAreThePlatformsAndNotWhatTheyShare(t *testing.T) {
	want := []string{
		"azure-local", "azure-stack-hci-20h2", "azure-stack-hci-22h2",
		"windows-server-2019", "windows-server-2022", "windows-server-2025",
	}
	if diff := cmp.Diff(want, Names()); diff != "" {
		t.Error(diff)
	}
}

func TestEveryPlatformLoads(t *testing.T) {
	digests := map[string]string{}
	for _, name := range Names() {
		p := load1(t, name)
		if p.Name != name || len(p.Digest) != 64 || Digest(name) != p.Digest {
			t.Errorf("%s loads as %q with digest %q and Digest says %q", name, p.Name, p.Digest, Digest(name))
		}
		if other := digests[p.Digest]; other != "" {
			t.Errorf("%s and %s have one digest", name, other)
		}
		digests[p.Digest] = name
		if s := p.Lifecycle.Successor; s != "" && !slices.Contains(Names(), s) {
			t.Errorf("%s is followed by %q, which is no platform", name, s)
		}
	}
}

func TestAnUnknownPlatformIsRefusedWithTheKnownOnes(t *testing.T) {
	for _, name := range []string{"", "windows-server-2016", "akshci-common", "../profile", "azure-local.yaml", "Azure-Local"} {
		_, err := Load(name)
		if !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "windows-server-2022") {
			t.Errorf("Load(%q): %v; want ErrUnknown and the names", name, err)
		}
		if d := Digest(name); d != "" {
			t.Errorf("Digest(%q) = %q, want nothing", name, d)
		}
	}
}

func TestTheDigestCoversEveryByteOfBothFiles(t *testing.T) {
	before := load1(t, "windows-server-2022").Digest
	for _, file := range []string{"windows-server-2022", "akshci-common"} {
		files := replica(t)
		entry := files["data/"+file+".yaml"]
		entry.Data = append(slices.Clone(entry.Data), "# a remark\n"...)
		p, err := load(files, "windows-server-2022")
		if err != nil {
			t.Fatal(err)
		}
		if p.Digest == before {
			t.Errorf("a change of %s.yaml leaves the digest as it was", file)
		}
	}
}

func TestWrongFilesAreRefused(t *testing.T) {
	// Each row changes the first occurrence of old in one file.
	for name, row := range map[string]struct{ file, old, new, want string }{
		"an unknown key, by file and line":          {"windows-server-2022", "title:", "titel:", "data/windows-server-2022.yaml: yaml: unmarshal errors:\n  line 2: field titel not found"},
		"an unknown key deep down":                  {"akshci-common", "hostsMax:\n    value", "hostsMax:\n    valeu", "field valeu not found"},
		"a key that stands twice in a file":         {"akshci-common", "\nhosts:\n", "\nhosts:\n  coresMin: {}\n", "already defined"},
		"a value that both files state":             {"windows-server-2022", "  drivesMin:", "  coresMin: {value: 1, source: a:b}\n  drivesMin:", "data/windows-server-2022.yaml and data/akshci-common.yaml both state hosts.coresMin"},
		"a list that both files state":              {"windows-server-2022", "hosts:\n", "nodeOS: [{name: linux, sku: x, ends: {unstated: true, source: a:b}}]\nhosts:\n", "both state nodeOS"},
		"a name that is not the file's":             {"windows-server-2022", "name: windows-server-2022", "name: windows-server-2019", `name is "windows-server-2019"`},
		"a file to extend that is not there":        {"windows-server-2022", "akshci-common", "akshci-shared", "akshci-shared.yaml"},
		"a second document":                         {"azure-local", "\nsystems:", "\n---\nsystems:", "want one YAML document"},
		"no title":                                  {"azure-local", "title: Azure Local", "title: ''", "title is missing"},
		"an unknown generation":                     {"azure-local", "generation: azurelocal", "generation: stack", `generation is "stack"`},
		"no day of reading":                         {"akshci-common", "read: 2026-11-22", "read: ''", "limits.hostsMax does not say when its source was read"},
		"a day that does not exist":                 {"akshci-common", "read: 2026-11-22", "read: 2026-11-31", `"2026-11-31" is not a date`},
		"a value without a source":                  {"akshci-common", "    source: ASD:AKS-Hybrid/system-requirements.md\n", "", "limits.hostsMax has no source"},
		"a source that is no page":                  {"akshci-common", "source: ASD:AKS-Hybrid/system-requirements.md", "source: somewhere", `limits.hostsMax has the source "somewhere"`},
		"a source without a path":                   {"akshci-common", "source: ASD:AKS-Hybrid/system-requirements.md", `source: "ASD:"`, `has the source "ASD:"`},
		"a first entry of a list without a source":  {"akshci-common", ", source: ASD:AKS-Hybrid/reference/ps/get-akshcivmsize.md", "", "sizes[0] has no source"},
		"an estimate of ours without a reason":      {"akshci-common", ", derived: one call to the management cluster", "", "estimates[6] is our own estimate and does not say why"},
		"a figure without a value":                  {"akshci-common", "hostsMax:\n    value: 8", "hostsMax:\n    value: 0", "limits.hostsMax wants either a value or unstated: true"},
		"a figure with a value and none":            {"akshci-common", "hostsMax:\n    value: 8", "hostsMax:\n    unstated: true\n    value: 8", "limits.hostsMax wants either a value or unstated: true"},
		"a word where a number belongs":             {"akshci-common", "hostsMax:\n    value: 8", "hostsMax:\n    value: eight", "cannot unmarshal"},
		"memory without a unit":                     {"akshci-common", "value: 32GiB", "value: 32", `"32" has no unit`},
		"an unknown strength":                       {"akshci-common", "secureBoot:\n    value: advised", "secureBoot:\n    value: nice", `hosts.secureBoot is "nice"`},
		"even control plane counts":                 {"akshci-common", "value: [1, 3, 5]", "value: [1, 2, 3]", "limits.controlPlaneCounts has 2"},
		"control plane counts out of order":         {"akshci-common", "value: [1, 3, 5]", "value: [3, 1, 5]", "limits.controlPlaneCounts has 1"},
		"a build that is none":                      {"windows-server-2022", "build: 20348", "build: 2022", "has the build 2022"},
		"a system that never says when updates end": {"windows-server-2022", "      date: 2031-10-14\n", "", "systems.Windows Server 2022  wants either a date or unstated: true"},
		"a platform that never says when it ends":   {"windows-server-2022", "    date: 2028-03-31\n", "", "lifecycle.support wants either a date or unstated: true"},
		"a node system that is unknown":             {"akshci-common", "name: windows2019", "name: windows2016", `nodeOS is "windows2016"`},
		"a size that stands twice":                  {"akshci-common", "name: Standard_D2s_v3", "name: Standard_A4_v2", `sizes has "Standard_A4_v2" twice`},
		"a size without processors":                 {"akshci-common", "vcpu: 4, memory: 4GiB", "memory: 4GiB", "sizes.Default wants vcpu, memory and roles"},
		"a size with an unknown role":               {"akshci-common", "roles: [worker]", "roles: [cook]", `is "cook"`},
		"a GPU without memory":                      {"akshci-common", "count: 1, memory: 8GiB}", "count: 1}", "wants model, count and memory of its gpu"},
		"a default that is no size":                 {"akshci-common", "linuxWorker: {value: Standard_K8S3_v1", "linuxWorker: {value: Standard_K9_v1", "defaults.linuxWorker"},
		"a default that is for tests only":          {"akshci-common", "linuxWorker: {value: Standard_K8S3_v1", "linuxWorker: {value: Standard_K8S_v1", "defaults.linuxWorker"},
		"a default that may not have the role":      {"azure-local", "controlPlane: {value: Standard_A4_v2", "controlPlane: {value: Standard_A2_v2", "defaults.controlPlane"},
		"an unknown space of addresses":             {"akshci-common", "count: 2\n    space: node-pool", "count: 2\n    space: moon", `addresses.managementUpgrade is "moon"`},
		"a count below zero":                        {"akshci-common", "count: 2\n    space: node-pool", "count: -2\n    space: node-pool", "addresses.managementUpgrade is below zero"},
		"an unknown way of addressing":              {"akshci-common", "[static, dhcp]", "[static, bootp]", `network.addressing is "bootp"`},
		"an unknown load balancer":                  {"akshci-common", "[haproxy, none]", "[nginx, none]", `network.balancers is "nginx"`},
		"a prefix with host bits":                   {"akshci-common", "prefix: 10.96.0.0/12", "prefix: 10.96.0.1/12", "network.services wants a prefix without host bits"},
		"a port that does not exist":                {"akshci-common", "number: 65000", "number: 66000", "ports has the number 66000"},
		"a protocol that does not exist":            {"akshci-common", "protocol: tcp", "protocol: icmp", `ports is "icmp"`},
		"a place that does not exist":               {"akshci-common", "from: hosts", "from: mars", `ports is "mars"`},
		"a port without a use":                      {"akshci-common", ", use: log collection", "", "ports[0].use is missing"},
		"an endpoint with a wrong port":             {"akshci-common", "microsoft.com, port: 80", "microsoft.com, port: 0", "endpoints.msk8s.b.tlu.dl.delivery.mp.microsoft.com has the port 0"},
		"an endpoint that stands twice":             {"akshci-common", "host: ecpacr.azurecr.io", "host: mcr.microsoft.com", `endpoints has "mcr.microsoft.com" twice`},
		"a complete release without versions":       {"akshci-common", "complete: false", "complete: true", "releases.1.3.0.10605 is complete and has no version"},
		"an unknown unit of billing":                {"azure-local", "unit: core-day", "unit: month", `billing.unit is "month"`},
		"a price without a currency":                {"azure-local", "    currency: USD\n", "", "billing.price wants amount, currency and asOf"},
		"an estimate of nothing":                    {"akshci-common", "base: 45m", "base: 0s", "estimates.install wants a base above zero"},
		"an expiry without days":                    {"akshci-common", "days: 60", "days: 0", "expiries.first-cluster has 0 days"},
		"an expiry that begins nowhere":             {"akshci-common", "from: credential", "from: birth", `expiries.kubeconfig-client is "birth"`},
		"a spread without bounds":                   {"akshci-common", "estimateSpread: {value: 0.35", "estimateSpread: {value: 35", "estimateSpread is 35"},
		"a module that is installed nowhere":        {"akshci-common", "where: every-host", "where: somewhere", `modules.AksHci is "somewhere"`},
	} {
		t.Run(name, func(t *testing.T) {
			files := replica(t)
			entry := files["data/"+row.file+".yaml"]
			if !strings.Contains(string(entry.Data), row.old) {
				t.Fatalf("%s.yaml has no %q to change", row.file, row.old)
			}
			entry.Data = []byte(strings.Replace(string(entry.Data), row.old, row.new, 1))
			platform := row.file
			if platform == "akshci-common" {
				platform = "windows-server-2022"
			}
			_, err := load(files, platform)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("load: %v\nwant an error with %q", err, row.want)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, name := range Names() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Load(name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func load1(t *testing.T, name string) Profile {
	t.Helper()
	p, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// replica is a copy of the embedded files that a test may change.
func replica(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(embedded, "data", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(embedded, path)
		files[path] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
