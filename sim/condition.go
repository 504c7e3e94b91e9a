package sim

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// ConditionKind names a state that a site can be found in.
type ConditionKind string

// The kinds of condition.
const (
	AddressTaken    ConditionKind = "address-taken"
	AntivirusOn     ConditionKind = "antivirus-on"
	ClockOff        ConditionKind = "clock-off"
	ClusterOffline  ConditionKind = "cluster-offline"
	DirectoryBare   ConditionKind = "directory-bare"
	DirectoryClock  ConditionKind = "directory-clock-off"
	DirectoryRights ConditionKind = "directory-rights"
	DirectorySilent ConditionKind = "directory-silent"
	PasswordExpired ConditionKind = "directory-password-expired"
	DNSSilent       ConditionKind = "dns-silent"
	DNSWithoutZone  ConditionKind = "dns-without-zone"
	EgressClosed    ConditionKind = "egress-closed"
	EgressOpened    ConditionKind = "egress-inspected"
	EgressPrivate   ConditionKind = "egress-private"
	EgressService   ConditionKind = "egress-out-of-order"
	HostPaused      ConditionKind = "host-paused"
	HostReplaced    ConditionKind = "host-replaced"
	HostClosed      ConditionKind = "host-closed"
	HostUnknown     ConditionKind = "host-unknown"
	Leftover        ConditionKind = "leftover"
	MemoryUsed      ConditionKind = "memory-used"
	ModulesOld      ConditionKind = "modules-old"
	NodeAdded       ConditionKind = "node-added"
	PacketsCut      ConditionKind = "packets-cut"
	RestartPending  ConditionKind = "restart-pending"
	VolumeDegraded  ConditionKind = "volume-degraded"

	BatchLogonDenied   ConditionKind = "batch-logon-denied"
	CredentialsGoAlong ConditionKind = "credssp-on"
	HostLanguage       ConditionKind = "host-language"
	HostNamesMissing   ConditionKind = "spn-missing"
	HostRestricted     ConditionKind = "powershell-restricted"
	WinRMBasic         ConditionKind = "winrm-basic"
	WinRMCertificate   ConditionKind = "winrm-certificate"
	WinRMNoKerberos    ConditionKind = "winrm-no-kerberos"
	WinRMPlain         ConditionKind = "winrm-plain"
	WinRMQuota         ConditionKind = "winrm-quota"
	WinRMTrusted       ConditionKind = "winrm-trusted"
)

// A Condition is how a site is found, before anybody works on it. Unlike a Fault it does not
// happen: it is so, until the world ends.
type Condition struct {
	Kind ConditionKind `json:"kind"`
	// Host is the full or short name of the host it is about; empty is the first.
	Host string `json:"host,omitempty"`
	// Address is the one that is taken, or that of the DNS server; for a server empty is all.
	Address netip.Addr `json:"address,omitzero"`
	// Name is the resource that is offline, the volume, the role that was left, the newer
	// module's version, or the model of the machine that stands in a host's place.
	Name string `json:"name,omitempty"`
	// By is how far a clock is ahead.
	By time.Duration `json:"by,omitempty"`
	// Memory is how much others use of a host's.
	Memory planner.Bytes `json:"memory,omitempty"`
}

// A ConditionInfo describes a kind of condition.
type ConditionInfo struct {
	Name string
	// Help says how the site is found.
	Help string
	// Parameters are those of host, address, name, by and memory that the kind takes. One
	// without a default has to be given.
	Parameters []ConditionParameter
}

// A ConditionParameter is one that a kind of condition takes. When it is Optional an empty
// Default is every or the first.
type ConditionParameter struct {
	Name, Default string
	Optional      bool
}

// ConditionKinds lists every kind of condition, by name.
func ConditionKinds() []ConditionInfo {
	host := ConditionParameter{Name: "host", Optional: true}
	server := ConditionParameter{Name: "address", Optional: true}
	named := func(value string) ConditionParameter { return ConditionParameter{"name", value, true} }
	return []ConditionInfo{
		{string(AddressTaken), "An address is in use by a machine that nobody has told of.", []ConditionParameter{{Name: "address"}}},
		{string(AntivirusOn), "Windows' virus scanner on a host passes over kubectl alone.", []ConditionParameter{host}},
		{string(BatchLogonDenied), "The account may not log on as a batch job on a host.", []ConditionParameter{host}},
		{string(ClockOff), "A host's clock is ahead of the domain's.", []ConditionParameter{host, {"by", "5m", true}}},
		{string(ClusterOffline), "A core resource of the failover cluster is offline.", []ConditionParameter{named("Cluster IP Address")}},
		{string(CredentialsGoAlong), "CredSSP is on, on a host, in both roles.", []ConditionParameter{host}},
		{string(DirectoryBare), "Nothing is prepared in the directory; the hosts have joined where Windows puts them.", nil},
		{string(DirectoryClock), "The domain controller's clock is ahead.", []ConditionParameter{{"by", "10m", true}}},
		{string(PasswordExpired), "The password by which the directory is looked at has expired.", nil},
		{string(DirectoryRights), "All is prepared in the directory but the rights: nobody was given any.", nil},
		{string(DirectorySilent), "The domain controller does not answer.", nil},
		{string(DNSSilent), "A DNS server does not answer.", []ConditionParameter{server}},
		{string(DNSWithoutZone), "A DNS server does not know the domain.", []ConditionParameter{server}},
		{string(EgressClosed), "A name on the internet is not reached from a host, or from any.", []ConditionParameter{named("mcr.microsoft.com"), host}},
		{string(EgressOpened), "A gateway opens the traffic to the internet and signs it itself.", []ConditionParameter{named("CN=gateway.corp.example")}},
		{string(EgressService), "A service on the internet is out of order.", []ConditionParameter{named("msk8s.api.cdp.microsoft.com")}},
		{string(EgressPrivate), "A name on the internet has a private address here.", []ConditionParameter{named("management.azure.com")}},
		{string(HostClosed), "A host's firewall lets no other host in.", []ConditionParameter{host}},
		{string(HostLanguage), "Windows on a host is in another language.", []ConditionParameter{host, named("de-DE")}},
		{string(HostPaused), "A host is paused in the failover cluster.", []ConditionParameter{host}},
		{string(HostReplaced), "Another model with half the memory stands in a host's place.", []ConditionParameter{host, named("Other Model")}},
		{string(HostUnknown), "DNS does not know a host's name.", []ConditionParameter{host}},
		{string(Leftover), "The agents of an earlier deployment are still there.", []ConditionParameter{named("ca-4e1f0a52-earlier")}},
		{string(MemoryUsed), "Machines of others use a host's memory.", []ConditionParameter{host, {"memory", "64GiB", true}}},
		{string(ModulesOld), "Two old versions of the AksHci module lie on a host.", []ConditionParameter{host, named("1.0.2")}},
		{string(NodeAdded), "The failover cluster has one more node, which nobody has told of.", []ConditionParameter{named("NEWHV")}},
		{string(PacketsCut), "Packets of 1500 bytes do not get out of a host whole.", []ConditionParameter{host}},
		{string(HostRestricted), "An application control policy restricts PowerShell on a host.", []ConditionParameter{host}},
		{string(RestartPending), "A host waits for a restart.", []ConditionParameter{host}},
		{string(HostNamesMissing), "The directory has no names of WinRM for a host.", []ConditionParameter{host}},
		{string(VolumeDegraded), "A cluster shared volume is redirected.", []ConditionParameter{named("")}},
		{string(WinRMBasic), "WinRM on a host takes Basic.", []ConditionParameter{host}},
		{string(WinRMCertificate), "The certificate of a listener is bad: expired, name or foreign.", []ConditionParameter{host, named(string(certificateEnded))}},
		{string(WinRMNoKerberos), "A policy switches Kerberos off for WinRM on a host.", []ConditionParameter{host}},
		{string(WinRMPlain), "WinRM on a host listens without TLS only.", []ConditionParameter{host}},
		{string(WinRMQuota), "WinRM on a host allows a user two shells.", []ConditionParameter{host}},
		{string(WinRMTrusted), "A host trusts others by a list with a star.", []ConditionParameter{host, named("*")}},
	}
}

// ParseCondition reads the text form, such as clock-off,host=hci01,by=7m. What is left out has
// the default of its kind.
func ParseCondition(text string) (Condition, error) {
	kind, rest, more := strings.Cut(text, ",")
	c := Condition{Kind: ConditionKind(kind)}
	info, err := c.info()
	if err != nil {
		return Condition{}, err
	}
	var names []string
	needed := map[string]bool{}
	for _, p := range info.Parameters {
		names = append(names, p.Name)
		needed[p.Name] = !p.Optional
		if p.Default != "" {
			if err := c.set(p.Name, p.Default); err != nil {
				return Condition{}, err
			}
		}
	}
	for more {
		var pair string
		pair, rest, more = strings.Cut(rest, ",")
		key, value, ok := strings.Cut(pair, "=")
		if !ok || value == "" || !slices.Contains(names, key) {
			return Condition{}, fmt.Errorf("condition %q: %q is not one of its parameters: write %s=VALUE", text, pair, strings.Join(names, "=VALUE or "))
		}
		if err := c.set(key, value); err != nil {
			return Condition{}, fmt.Errorf("condition %q: %w", text, err)
		}
		needed[key] = false
	}
	for _, name := range names {
		if needed[name] {
			return Condition{}, fmt.Errorf("condition %q: write %s=VALUE as well", text, name)
		}
	}
	return c, nil
}

func (c *Condition) set(key, value string) (err error) {
	switch key {
	case "host":
		c.Host = value
	case "name":
		c.Name = value
	case "address":
		c.Address, err = netip.ParseAddr(value)
	case "by":
		c.By, err = time.ParseDuration(value)
	case "memory":
		c.Memory, err = profiles.ParseBytes(value)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	return nil
}

func (c Condition) info() (ConditionInfo, error) {
	var names []string
	for _, i := range ConditionKinds() {
		if i.Name == string(c.Kind) {
			return i, nil
		}
		names = append(names, i.Name)
	}
	return ConditionInfo{}, fmt.Errorf("there is no condition %q: choose one of %s", c.Kind, strings.Join(names, ", "))
}
