package sim

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/sim/timeline"
)

// configureParams is what New-AksHciNetworkSetting, Set-AksHciConfig and
// Set-AksHciRegistration are given.
type configureParams struct {
	Network      networkParams      `json:"network"`
	Config       configParams       `json:"config"`
	Registration registrationParams `json:"registration"`
	Proxy        *proxyParams       `json:"proxy,omitempty"`
}

type proxyParams struct {
	HTTP    string `json:"http"`
	HTTPS   string `json:"https"`
	NoProxy string `json:"noProxy"`
}

type networkParams struct {
	Name       string             `json:"name"`
	Switch     string             `json:"switch"`
	VLAN       int                `json:"vlan,omitempty"`
	Addressing planner.Addressing `json:"addressing"`
	Subnet     netip.Prefix       `json:"subnet,omitempty"`
	Gateway    netip.Addr         `json:"gateway,omitempty"`
	DNS        []netip.Addr       `json:"dns,omitempty"`
	NodePool   planner.Range      `json:"nodePool,omitempty"`
	VIPPool    planner.Range      `json:"vipPool"`
}

type configParams struct {
	Images           string `json:"images"`
	Working          string `json:"working"`
	CloudConfig      string `json:"cloudConfig"`
	CloudAgent       string `json:"cloudAgent,omitempty"` // address and prefix length
	ManagementVMSize string `json:"managementVMSize,omitempty"`
	CloudAgentRole   string `json:"cloudAgentRole,omitempty"`
}

type registrationParams struct {
	Tenant        string `json:"tenant"`
	Subscription  string `json:"subscription"`
	ResourceGroup string `json:"resourceGroup"`
	Region        string `json:"region,omitempty"`
	Application   string `json:"application,omitempty"`
}

func (w *world) configure(k *task, params json.RawMessage, secrets []string) (job, *scriptError) {
	var p configureParams
	if err := decode(params, &p); err != nil {
		return job{}, err
	}
	d := k.host.site
	if k.host.Module == "" {
		return job{}, noModule()
	}
	if d.state == installed {
		return job{}, stop("AlreadyInstalled", "AKS is installed on this site; its configuration cannot be changed any more")
	}
	if p.Registration.Application == "" || !slices.Contains(secrets, "registration") {
		return job{}, stop("NoApplication", "registration needs an application (service principal) and its secret: set azure.application and azure.secret in the site")
	}
	return job{stages: []stage{
		{
			says:  says("AksHci", "Initializing environment", "Creating the network setting "+p.Network.Name),
			takes: span{5 * time.Second, 15 * time.Second},
			done:  func(*timeline.Turn) *scriptError { return w.checkNetwork(d, p.Network) },
		},
		{
			says:  says("AksHci", "Importing Configuration", "Importing Configuration Completed", "Checking remoting to the nodes of the deployment"),
			takes: span{40 * time.Second, 120 * time.Second},
			done: func(t *timeline.Turn) *scriptError {
				if err := checkProxy(p.Proxy); err != nil {
					return err
				}
				return w.checkConfig(t, k.host, p.Config)
			},
		},
		{
			says:  says("Moc", "Validating MOC configuration"),
			takes: span{60 * time.Second, 180 * time.Second},
		},
		{
			says:  says("Kva", "Validating KVA configuration", "Saving Configuration for Module Kva to configuration file"),
			takes: span{60 * time.Second, 180 * time.Second},
			done: func(*timeline.Turn) *scriptError {
				d.config, d.registered, d.network = &p, false, w.networkOf(p.Network)
				d.version, _ = w.platform.release(k.host.Module)
				return nil
			},
		},
		{
			says:  says("AksHci", "Registering with the subscription "+p.Registration.Subscription, "Checking resource providers"),
			takes: span{30 * time.Second, 120 * time.Second},
			done: func(*timeline.Turn) *scriptError {
				d.registered = true
				return nil
			},
		},
	}}, nil
}

// checkProxy refuses a proxy that is spoken to in TLS, as the catalogue's downloads find out
// (https://learn.microsoft.com/azure/aks/hybrid/set-proxy-settings).
func checkProxy(p *proxyParams) *scriptError {
	if p == nil {
		return nil
	}
	for _, url := range []string{p.HTTP, p.HTTPS} {
		if !strings.HasPrefix(url, "http://") {
			return throw("GetCatalog error returned by API call: proxyconnect tcp: tls: first record does not look like a TLS handshake")
		}
	}
	return nil
}

// noModule is what Import-Module says on a host that was not prepared.
func noModule() *scriptError {
	return &scriptError{
		Code: "Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand", Type: "System.IO.FileNotFoundException", Position: "At line:1 char:1",
		Message: "The specified module 'AksHci' was not loaded because no valid module file was found in any module directory.",
	}
}

// checkNetwork refuses what New-AksHciNetworkSetting does
// (https://learn.microsoft.com/azure/aks/hybrid/reference/ps/new-akshcinetworksetting).
func (w *world) checkNetwork(d *deployment, n networkParams) *scriptError {
	if n.Name == "" || strings.Trim(n.Name, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return throw("%q is not a valid network name: lower-case letters and digits only", n.Name)
	}
	for _, h := range d.hosts {
		external := func(s planner.Switch) bool { return s.Name == n.Switch && s.Type == "External" }
		if !slices.ContainsFunc(h.Switches, external) {
			return throw("The external virtual switch %s was not found on %s.", n.Switch, h.short())
		}
	}
	if n.VLAN < 0 || n.VLAN > 4094 {
		return throw("%d is not a VLAN.", n.VLAN)
	}
	if !n.VIPPool.Valid() {
		return throw("The VIP pool %s is not a range of addresses.", n.VIPPool)
	}
	if n.Addressing == planner.DHCP {
		return nil
	}
	subnet := rangeOf(n.Subnet)
	switch {
	case n.Addressing != planner.Static || !n.Subnet.IsValid():
		return throw("A network without DHCP needs an address prefix.")
	case !subnet.Contains(n.Gateway):
		return throw("The gateway %s is not in the prefix %s.", n.Gateway, n.Subnet)
	case len(n.DNS) < 1 || len(n.DNS) > 3:
		return throw("A network has one to three DNS servers, not %d.", len(n.DNS))
	case !n.NodePool.Valid() || !subnet.Contains(n.NodePool.Start) || !subnet.Contains(n.NodePool.End):
		return throw("The node pool %s is not in the prefix %s.", n.NodePool, n.Subnet)
	case !subnet.Contains(n.VIPPool.Start) || !subnet.Contains(n.VIPPool.End):
		return throw("The VIP pool %s is not in the prefix %s.", n.VIPPool, n.Subnet)
	case n.NodePool.Overlaps(n.VIPPool):
		return throw("The node pool %s and the VIP pool %s overlap.", n.NodePool, n.VIPPool)
	}
	return nil
}

// checkConfig refuses what Set-AksHciConfig does
// (https://learn.microsoft.com/azure/aks/hybrid/reference/ps/set-akshciconfig).
func (w *world) checkConfig(t *timeline.Turn, on *host, c configParams) *scriptError {
	d := on.site
	if d.state != notInstalled {
		return throw("Cannot set new Moc configuration when in this state [%s] Please check your system and retry deployment.", d.state)
	}
	for _, h := range d.hosts {
		if h != on && w.faults.unreachable(t, h) {
			return throw("Powershell remoting to %s was not successful.", h.short())
		}
		if h.Module != d.hosts[0].Module || !h.ready() {
			return throw("A parameter cannot be found that matches parameter name on %s: every node needs the same version of the AksHci module and Initialize-AksHciNode.", h.short())
		}
	}
	for _, p := range [...]struct{ parameter, path string }{{"workingDir", c.Working}, {"imageDir", c.Images}, {"cloudConfigLocation", c.CloudConfig}} {
		if strings.Contains(p.path, " ") {
			return throw("The path %s of -%s must not contain a space.", p.path, p.parameter)
		}
		if d.clustered && !d.onVolume(w, p.path) {
			return throw("For multi-node deployments you must set -%s parameter to a network share or CSV path.", p.parameter)
		}
	}
	if c.ManagementVMSize != "" {
		if _, err := w.platform.size(c.ManagementVMSize, managementRole); err != nil {
			return err
		}
	}
	if len(c.CloudAgentRole) > 32 {
		return throw("The cluster role name %s is longer than 32 characters.", c.CloudAgentRole)
	}
	if c.CloudAgent != "" {
		if _, err := netip.ParsePrefix(c.CloudAgent); err != nil {
			return throw("%s is not an address with a prefix length.", c.CloudAgent)
		}
	}
	return nil
}

// networkOf makes the pools that a network setting asks for. With DHCP the addresses come
// from whatever DHCP server is on that switch and VLAN, and from nowhere if there is none.
func (w *world) networkOf(n networkParams) *network {
	made := &network{setting: n, addressing: n.Addressing, vips: newPool(n.VIPPool, w.ledger)}
	if n.Addressing == planner.Static {
		made.subnet = n.Subnet
		made.nodes = newPool(n.NodePool, w.ledger)
		w.ledger.note(n.Gateway, "gateway")
		for _, a := range n.DNS {
			w.ledger.note(a, "DNS server")
		}
		return made
	}
	for _, wired := range w.networks {
		if wired.Switch == n.Switch && wired.VLAN == n.VLAN {
			made.subnet = wired.Subnet
			if wired.DHCPScope != nil {
				made.nodes = newPool(*wired.DHCPScope, w.ledger)
			}
		}
	}
	return made
}

// agentAddress checks the cloud agent's address when the agent is brought up.
func (w *world) agentAddress(d *deployment) *scriptError {
	text := d.config.Config.CloudAgent
	if text == "" {
		return nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return throw("%s is not an address with a prefix length.", text)
	}
	a := prefix.Addr()
	if d.clustered && !slices.ContainsFunc(w.inventory.Cluster.Nets, func(n planner.ClusterNetwork) bool {
		return n.Role == "ClusterAndClient" && n.Subnet.Contains(a)
	}) {
		return throw("Could not create the failover cluster generic role: matching cluster network not found for %s", a)
	}
	if _, used := w.ledger[a]; used {
		return throw("Could not create the failover cluster generic role: the address %s is in use", a)
	}
	for _, p := range []*pool{d.network.nodes, d.network.vips} {
		if p != nil && p.Contains(a) {
			return throw("Could not create the failover cluster generic role: the address %s is in the pool %s", a, p.Range)
		}
	}
	d.agent = a
	w.ledger.note(a, "cloud agent")
	return nil
}

// edges reports a pool that the cloud agent crashes on.
func (n *network) edges() error {
	if !n.subnet.IsValid() {
		return nil
	}
	whole := rangeOf(n.subnet)
	for _, p := range []*pool{n.nodes, n.vips} {
		if p != nil && edge(p.Range, whole) {
			return fmt.Errorf("pool %s touches the edge of %s", p.Range, n.subnet)
		}
	}
	return nil
}
