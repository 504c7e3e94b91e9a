package sim

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// installState is how far AksHci is on its hosts.
type installState string

const (
	notInstalled  installState = "NotInstalled"
	installing    installState = "Installing"
	installed     installState = "Installed"
	installFailed installState = "Failed"
)

// A deployment is AksHci on the hosts of one failover cluster, or on one host that is in
// none.
type deployment struct {
	hosts      []*host
	clustered  bool
	config     *configureParams // nil until Set-AksHciConfig
	registered bool             // with Azure
	network    *network
	further    map[string]*network // networks for clusters, by name
	state      installState
	version    string
	expired    bool       // the certificate that the cmdlets reach the management cluster with
	installs   int        // how often it was installed
	agent      netip.Addr // of the cloud agent; not valid when it has none of its own
	management *machine
	endpoint   netip.Addr // of the management cluster's API server
	clusters   map[string]*cluster
	made       map[string]int // how often a name was used, for the labels of draws
}

// A network is where the machines of a deployment get their addresses.
type network struct {
	addressing planner.Addressing
	subnet     netip.Prefix // not valid when it is not known
	nodes      *pool        // the node pool or the DHCP scope; nil when no DHCP server answers
	vips       *pool
	setting    networkParams // what it was made with
}

// dhcp asks the DHCP server for an address.
func (n *network) dhcp(holder string) (netip.Addr, bool) {
	if n.nodes == nil {
		return netip.Addr{}, false
	}
	return n.nodes.lease(holder)
}

// onVolume reports whether a path is on a cluster shared volume or a file share, where
// every host of the deployment sees it.
func (d *deployment) onVolume(w *world, path string) bool {
	if strings.HasPrefix(path, `\\`) {
		return true
	}
	return slices.ContainsFunc(w.inventory.Cluster.Volumes, func(v planner.Volume) bool { return within(path, v.Path) })
}

// within reports whether a Windows path is a folder or something in it.
func within(path, folder string) bool {
	path, folder = strings.ToLower(path), strings.ToLower(strings.TrimRight(folder, `\`))
	return path == folder || strings.HasPrefix(path, folder+`\`)
}

// reset takes a deployment back to before Install-AksHci: no machine is left.
func (w *world) reset(d *deployment) {
	for _, name := range sortedKeys(d.clusters) {
		w.removeCluster(d, d.clusters[name])
	}
	if d.management != nil {
		d.stopMachine(d.management)
		d.management = nil
	}
	if d.endpoint.IsValid() {
		d.network.vips.release(d.endpoint)
		d.endpoint = netip.Addr{}
	}
	if d.agent.IsValid() {
		delete(w.ledger, d.agent)
		d.agent = netip.Addr{}
	}
	d.further = map[string]*network{}
	d.state, d.expired = notInstalled, false
}

// agentName is the host name of the cloud agent.
func (d *deployment) agentName(s seed) string {
	name := d.config.Config.CloudAgentRole
	if name == "" {
		name = "ca-" + s.suffix("cloud agent") + s.suffix("cloud agent again")
	}
	if domain := d.hosts[0].Domain; domain != "" {
		name += "." + domain
	}
	return name
}
