package planner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/profiles"
)

// codesOf are the codes of what stops or warns, once each.
func codesOf(findings []Finding, severity Severity) []string {
	var codes []string
	for _, f := range findings {
		if f.Severity == severity && !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

func TestTheExamplesHaveNothingThatStops(t *testing.T) {
	for _, name := range []string{"quickstart", "worked-akshci", "worked-azurelocal", "baseline", "hci-20h2"} {
		for _, f := range Make(exampleInput(t, name)).Findings {
			if f.Stops() {
				t.Errorf("%s: %s at %s: %s", name, f.Code, f.Path, f.Message)
			}
		}
	}
}

func TestCheckFindsWhatIsWrongWithHosts(t *testing.T) {
	for _, c := range []struct {
		name     string
		change   func(*Inventory)
		code     string
		severity Severity
		path     string
	}{
		{"no host at all", func(i *Inventory) { i.Hosts = nil }, "host-none", Block, "inventory.hosts"},
		{"nine hosts", func(i *Inventory) { i.Hosts = slices.Repeat(i.Hosts[:1], 9) }, "limit-hosts", Block, "inventory.hosts"},
		{"one host twice", func(i *Inventory) { i.Hosts[1].Name = strings.ToUpper(i.Hosts[0].Name) }, "host-duplicate", Block, "inventory.hosts[1].name"},
		{"one address twice", func(i *Inventory) { i.Hosts[1].Address = i.Hosts[0].Address }, "host-address-duplicate", Block, "inventory.hosts[1].address"},
		{"another maker", func(i *Inventory) { i.Hosts[1].Maker = "HPE" }, "host-model-differs", Block, "inventory.hosts[1].model"},
		{"a virtual machine", func(i *Inventory) { i.Hosts[0].Model = "Virtual Machine" }, "host-nested", Block, "inventory.hosts[0].model"},
		{"other processors", func(i *Inventory) { i.Hosts[1].Processor.Cores = 40 }, "host-processor-differs", Warn, "inventory.hosts[1].processor"},
		{"too little memory", func(i *Inventory) { i.Hosts[0].Memory = 16 * profiles.GiB }, "host-memory-short", Block, "inventory.hosts[0].memory"},
		{"less memory than the others", func(i *Inventory) { i.Hosts[1].Memory = 512 * profiles.GiB }, "host-memory-differs", Warn, "inventory.hosts[1].memory"},
		{"too few cores", func(i *Inventory) { i.Hosts[0].Processor.Cores = 8 }, "host-cores-short", Block, "inventory.hosts[0].processor.cores"},
		{"no second-level translation", func(i *Inventory) { i.Hosts[0].Processor.SLAT = No; i.Hosts[0].Features = nil }, "host-slat", Block, "inventory.hosts[0].processor.slat"},
		{"translation not known", func(i *Inventory) { i.Hosts[0].Processor.SLAT = Unknown }, "host-slat-unknown", Warn, "inventory.hosts[0].processor.slat"},
		{"virtualisation off", func(i *Inventory) { i.Hosts[0].Processor.Virtualization = No }, "host-virtualization", Block, "inventory.hosts[0].processor.virtualization"},
		{"BIOS boot", func(i *Inventory) { i.Hosts[0].Firmware.UEFI = No }, "host-uefi", Warn, "inventory.hosts[0].firmware.uefi"},
		{"Secure Boot off", func(i *Inventory) { i.Hosts[0].Firmware.SecureBoot = No }, "host-secure-boot", Warn, "inventory.hosts[0].firmware.secureBoot"},
		{"an old TPM", func(i *Inventory) { i.Hosts[0].Firmware.TPM = "1.2" }, "host-tpm", Warn, "inventory.hosts[0].firmware.tpm"},
		{"another Windows", func(i *Inventory) {
			i.Hosts[1].OS.Product, i.Hosts[1].OS.Build = "Windows Server 2019 Datacenter", 17763
		}, "host-os", Block, "inventory.hosts[1].os"},
		{"the Standard edition", func(i *Inventory) { i.Hosts[0].OS.Edition = "Standard" }, "host-os-edition", Block, "inventory.hosts[0].os.edition"},
		{"another language", func(i *Inventory) { i.Hosts[0].OS.Language = "de-DE" }, "host-language", Block, "inventory.hosts[0].os.language"},
		{"a clock that is off", func(i *Inventory) { i.Hosts[0].Skew = -3 * time.Minute }, "host-clock", Block, "inventory.hosts[0].skew"},
		{"no domain", func(i *Inventory) { i.Hosts[0].Domain = "" }, "host-domain", Block, "inventory.hosts[0].domain"},
		{"a RAID controller", func(i *Inventory) { i.Hosts[0].Drives[1].Bus = "RAID" }, "drive-bus", Block, "inventory.hosts[0].drives[1].bus"},
		{"fewer drives than the first", func(i *Inventory) { i.Hosts[1].Drives[1].Count = 5 }, "drive-differs", Block, "inventory.hosts[1].drives"},
		{"drives of another size", func(i *Inventory) { i.Hosts[1].Drives[1].Size *= 2 }, "drive-model-differs", Warn, "inventory.hosts[1].drives"},
		{"no drives to count", func(i *Inventory) { i.Hosts[0].Drives[1].Count = 0 }, "drive-invalid", Block, "inventory.hosts[0].drives[1]"},
		{"a missing switch", func(i *Inventory) { i.Hosts[1].Switches = nil }, "switch-missing", Block, "inventory.hosts[1].switches"},
		{"an internal switch", func(i *Inventory) { i.Hosts[1].Switches[0].Type = "Internal" }, "switch-type", Block, "inventory.hosts[1].switches[0].type"},
		{"no failover cluster", func(i *Inventory) { i.Cluster = FailoverCluster{} }, "cluster-missing", Block, "inventory.failoverCluster"},
		{"no network for clients", func(i *Inventory) { i.Cluster.Nets[0].Role = "Cluster" }, "cluster-network-role", Block, "inventory.failoverCluster.networks"},
		{"another module", func(i *Inventory) { i.Hosts[1].Module = "1.1.6" }, "host-module-differs", Warn, "inventory.hosts[1].aksHciModule"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := exampleInput(t, "quickstart")
			c.change(&in.Inventory)
			expect(t, Check(in), c.code, c.severity, c.path)
		})
	}
}

func TestCheckFindsWhatIsWrongWithTheSite(t *testing.T) {
	for _, c := range []struct {
		name     string
		change   func(*Site)
		code     string
		severity Severity
		path     string
	}{
		{"a name with capitals", func(s *Site) { s.Name = "Quick" }, "site-name", Block, "site.name"},
		{"a password in the file", func(s *Site) { s.Access.Password = "hunter2" }, "secret-reference", Block, "site.access.password"},
		{"a way to sign in that there is not", func(s *Site) { s.Access.Auth = "magic" }, "access-sign-in", Block, "site.access.auth"},
		{"a certificate to sign in with that is not named", func(s *Site) { s.Access.Auth = AuthCertificate }, "access-sign-in", Block, "site.access.certificate"},
		{"a certificate that is not signed in with", func(s *Site) { s.Access.Certificate = "c.pem" }, "access-sign-in", Block, "site.access.certificate"},
		{"a keytab that is not signed in with", func(s *Site) { s.Access.Kerberos = &Kerberos{Keytab: "a"} }, "access-sign-in", Block, "site.access.kerberos"},
		{"a keytab and tickets", func(s *Site) {
			s.Access.Auth, s.Access.Kerberos = AuthKerberos, &Kerberos{Keytab: "a", CCache: "b"}
		}, "access-sign-in", Block, "site.access.kerberos"},
		{"a realm in small letters", func(s *Site) {
			s.Access.Auth, s.Access.Kerberos = AuthKerberos, &Kerberos{Realm: "corp"}
		}, "access-sign-in", Block, "site.access.kerberos.realm"},
		{"a pin that is no digest", func(s *Site) { s.Access.Pins = map[string]string{"hv01": "ab"} }, "access-sign-in", Block, "site.access.pins.hv01"},
		{"a proxy without a port", func(s *Site) { s.Access.Proxy = &AccessProxy{Address: "proxy"} }, "access-sign-in", Block, "site.access.proxy.address"},
		{"a proxy with a password", func(s *Site) { s.Access.Proxy = &AccessProxy{Address: "a:b@proxy:80"} }, "secret-reference", Block, "site.access.proxy.address"},
		{"an account without a domain", func(s *Site) { s.Access.User = "admin" }, "access-user", Block, "site.access.user"},
		{"a tenant that is no GUID", func(s *Site) { s.Azure.Tenant = "contoso" }, "azure-identifier", Block, "site.azure.tenant"},
		{"a region nobody knows", func(s *Site) { s.Azure.Region = "westeurop" }, "azure-region", Warn, "site.azure.region"},
		{"a path with a space", func(s *Site) { s.Storage.Working = `C:\ClusterStorage\Volume01\Aks Hci` }, "storage-path-space", Block, "site.storage.working"},
		{"a path that one host sees", func(s *Site) { s.Storage.Images = `C:\Images` }, "storage-path-shared", Block, "site.storage.images"},
		{"a network name with a hyphen", func(s *Site) { s.Network.Name = "my-net" }, "network-name", Block, "site.network.name"},
		{"a VLAN beyond 4094", func(s *Site) { s.Network.VLAN = 4095 }, "network-vlan", Block, "site.network.vlan"},
		{"four DNS servers", func(s *Site) { s.Network.DNS = slices.Repeat(s.Network.DNS, 2) }, "network-dns", Block, "site.network.dns"},
		{"a computer object with a long name", func(s *Site) { s.Directory.CloudAgentRole = strings.Repeat("a", 33) }, "directory-role-name", Block, "site.directory.cloudAgentRole"},
		{"no cluster", func(s *Site) { s.Clusters = nil }, "cluster-none", Warn, "site.clusters"},
		{"nine clusters", func(s *Site) { s.Clusters = slices.Repeat(s.Clusters, 9) }, "limit-clusters", Block, "site.clusters"},
		{"a cluster name with a capital", func(s *Site) { s.Clusters[0].Name = "Shop" }, "cluster-name", Block, "site.clusters[0].name"},
		{"a cluster name of one letter", func(s *Site) { s.Clusters[0].Name = "s" }, "cluster-name", Block, "site.clusters[0].name"},
		{"a cluster name with a hyphen", func(s *Site) { s.Clusters[0].Name = "my-shop" }, "cluster-name-hyphen", Warn, "site.clusters[0].name"},
		{"two control planes", func(s *Site) { s.Clusters[0].Control.Count = 2 }, "control-plane-count", Block, "site.clusters[0].controlPlane.count"},
		{"a load balancer of the other generation", func(s *Site) { s.Clusters[0].Balancer.Kind = MetalLB }, "balancer-kind", Block, "site.clusters[0].loadBalancer.kind"},
		{"a size that does not exist", func(s *Site) { s.Clusters[0].NodePools[0].VMSize = "Standard_D4_v3" }, "size-unknown", Block, "site.clusters[0].nodePools[0].vmSize"},
		{"a size for tests", func(s *Site) { s.Clusters[0].NodePools[0].VMSize = "Standard_K8S_v1" }, "size-test", Warn, "site.clusters[0].nodePools[0].vmSize"},
		{"a pool without nodes", func(s *Site) { s.Clusters[0].NodePools[0].Count = 0 }, "pool-count", Block, "site.clusters[0].nodePools[0].count"},
		{"a pool that may shrink only", func(s *Site) { s.Clusters[0].NodePools[0].MaxCount = 2 }, "pool-growth", Block, "site.clusters[0].nodePools[0].maxCount"},
		{"fifty pods on a node", func(s *Site) { s.Clusters[0].NodePools[0].MaxPods = 50 }, "pool-pods", Block, "site.clusters[0].nodePools[0].maxPods"},
		{"no Linux node", func(s *Site) { s.Clusters[0].NodePools[0].OS = Windows2022 }, "pool-linux", Warn, "site.clusters[0].nodePools"},
		{"a pool with Windows Server 2019", func(s *Site) { s.Clusters[0].NodePools[0].OS = Windows2019 }, "lifecycle-node-os", Block, "site.clusters[0].nodePools[0].os"},
		{"a version that is none", func(s *Site) { s.Clusters[0].Kubernetes = "latest" }, "kubernetes-version", Block, "site.clusters[0].kubernetes"},
		{"a minor version nobody knows", func(s *Site) { s.Clusters[0].Kubernetes = "v1.42.0" }, "kubernetes-minor", Warn, "site.clusters[0].kubernetes"},
		{"after the end of the platform", func(s *Site) { s.PlannedFor = day("2028-04-01") }, "lifecycle-platform", Block, "site.platform"},
		{"shortly before the end of the platform", func(s *Site) { s.PlannedFor = day("2028-01-01") }, "lifecycle-platform", Warn, "site.platform"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := exampleInput(t, "quickstart")
			c.change(&in.Site)
			expect(t, Check(in), c.code, c.severity, c.path)
		})
	}
}

func day(text string) Date {
	d, err := profiles.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// expect wants one finding, with all that an operator needs, and no secret.
func expect(t *testing.T, findings []Finding, code string, severity Severity, path string) {
	t.Helper()
	for _, f := range findings {
		if f.Code != code || f.Path != path {
			continue
		}
		if f.Severity != severity || f.Message == "" || f.Remedy == "" || f.Owner == "" {
			t.Errorf("%+v", f)
		}
		if strings.Contains(f.Message+f.Evidence+f.Remedy, "hunter2") {
			t.Errorf("the secret shows in %+v", f)
		}
		return
	}
	t.Errorf("no %s at %s; blocks %v, warnings %v", code, path, codesOf(findings, Block), codesOf(findings, Warn))
}

func TestFirmwareSecurityBlocksOnAzureLocal(t *testing.T) {
	in := exampleInput(t, "worked-azurelocal")
	in.Inventory.Hosts[0].Firmware = Firmware{UEFI: Yes, SecureBoot: No, TPM: "1.2"}
	expect(t, Check(in), "host-secure-boot", Block, "inventory.hosts[0].firmware.secureBoot")
	expect(t, Check(in), "host-tpm", Block, "inventory.hosts[0].firmware.tpm")
	in.Site.Network.Addressing = DHCP
	expect(t, Check(in), "network-addressing", Block, "site.network.addressing")
}

func TestSLATIsBelievedOnceHyperVRuns(t *testing.T) {
	in := exampleInput(t, "quickstart")
	in.Inventory.Hosts[0].Processor.SLAT = No
	for _, f := range Check(in) {
		if f.Code == "host-slat" {
			t.Errorf("%+v", f)
		}
	}
}

func TestWaivers(t *testing.T) {
	finding := Finding{Code: "lifecycle-platform", Path: "site.platform", Severity: Block, Evidence: "ends 2023-11-14"}
	good := Waiver{Code: finding.Code, Path: finding.Path, Evidence: EvidenceDigest(finding), Reason: "r", By: "b", Until: day("2027-01-01")}
	change := func(f func(*Waiver)) Waiver { w := good; f(&w); return w }
	for _, c := range []struct {
		name   string
		waiver Waiver
		waived bool
		code   string
	}{
		{"exactly this evidence is accepted", good, true, ""},
		{"other evidence ends it", change(func(w *Waiver) { w.Evidence = "000000000000" }), false, "waiver-evidence"},
		{"its date ends it", change(func(w *Waiver) { w.Until = day("2026-11-30") }), false, "waiver-expired"},
		{"it needs a reason", change(func(w *Waiver) { w.Reason = "" }), false, "waiver-incomplete"},
		{"it covers nothing elsewhere", change(func(w *Waiver) { w.Path = "site.name" }), false, "waiver-unused"},
		{"what cannot work is never waived", change(func(w *Waiver) { w.Code = "address-pool-edge" }), false, "waiver-refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Waive([]Waiver{c.waiver}, day("2026-12-01"), []Finding{finding})
			if (got[0].Waived != nil) != c.waived || got[0].Stops() == c.waived {
				t.Errorf("waived: %v", got[0].Waived)
			}
			if c.code == "" && len(got) != 1 || c.code != "" && (len(got) != 2 || got[1].Code != c.code) {
				t.Errorf("%+v", got[1:])
			}
		})
	}
}

func TestLifecycleIsJudgedAgainOnTheDay(t *testing.T) {
	in := exampleInput(t, "quickstart")
	if got := Lifecycle(in, day("2026-12-05")); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	expect(t, Lifecycle(in, day("2028-04-01")), "lifecycle-platform", Block, "site.platform")
}

func TestAnyNumber(t *testing.T) {
	for want, numbers := range map[string][]int{"1, 3 or 5": {1, 3, 5}, "1 or 3": {1, 3}, "1": {1}} {
		if got := anyNumber(numbers); got != want {
			t.Errorf("%v: %q, want %q", numbers, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"static", "dhcp", "Standard_A4_v2", "Standard_D4s_v3"}
	for word, want := range map[string]string{"statci": "static", "DHCP": "dhcp", "standard_a4v2": "Standard_A4_v2", "zzz": "", "Standard_D4_v3": "Standard_D4s_v3"} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
