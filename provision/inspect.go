package provision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
)

// Codes of the findings of Inspect, besides those of Discover.
const (
	// FindingOther: what answers by a host's name is another host.
	FindingOther = "host-other"
	// FindingDiffers: a host is not what the inventory says.
	FindingDiffers = "inventory-differs"
	// FindingRestart: a host waits for a restart.
	FindingRestart = "host-restart"
	// FindingModules: a host has several versions of the AksHci module.
	FindingModules = "host-modules"
	// FindingClockHere: the clock of this machine is off from those of the hosts.
	FindingClockHere = "clock-here"
	// FindingClocks: the hosts' clocks are too far from each other.
	FindingClocks = "hosts-clocks-differ"
	// FindingNode: a node of the failover cluster is paused, down or joining.
	FindingNode = "cluster-node-state"
	// FindingResource: a core resource of the failover cluster is not online.
	FindingResource = "cluster-resource-offline"
	// FindingVolume: a cluster shared volume is unavailable or redirected.
	FindingVolume = "cluster-volume-degraded"
	// FindingDNSSilent: a DNS server of the site answers no host, or not all.
	FindingDNSSilent = "dns-silent"
	// FindingDNSZone: a DNS server of the site does not know the domain.
	FindingDNSZone = "dns-zone"
	// FindingInUse: planned addresses answer.
	FindingInUse = "address-in-use"
	// FindingNotProbed: the planned addresses were not probed.
	FindingNotProbed = "address-not-probed"
	// FindingForeign: there is an AKS deployment on the hosts that this site has not made.
	FindingForeign = "aks-foreign"
	// FindingCluster: there is a workload cluster of a planned name that this site has not made.
	FindingCluster = "aks-cluster-foreign"
	// FindingLeftover: the agents of an earlier deployment are still there.
	FindingLeftover = "aks-leftover"
	// FindingEgress: endpoints on the internet cannot be reached from a host.
	FindingEgress = "egress-blocked"
	// FindingEgressProxy: the proxy is not there, or lets nobody through.
	FindingEgressProxy = "egress-proxy"
	// FindingEgressOpened: a gateway opens the traffic to an endpoint.
	FindingEgressOpened = "egress-inspected"
	// FindingEgressService: an endpoint says that it is out of order.
	FindingEgressService = "egress-service"
	// FindingEgressPrivate: an endpoint has a private address.
	FindingEgressPrivate = "egress-private-link"
	// FindingHostName: a host does not know another's name.
	FindingHostName = "host-name-unknown"
	// FindingHostPath: a host does not reach another.
	FindingHostPath = "host-path-closed"
	// FindingPackets: a gateway does not get whole packets from a host.
	FindingPackets = "path-packets"
	// FindingMore: the failover cluster has a node that is not in the inventory.
	FindingMore = "cluster-node-more"
	// FindingMemory: with what is in use now, the machines do not fit.
	FindingMemory = "memory-in-use"
)

// Sight is what Inspect has seen.
type Sight struct {
	// Inventory is the site's inventory as the hosts are now. A host that could not be
	// read, and a name that somebody else answers by, are as they were.
	Inventory planner.Inventory
	// Findings are those of looking; what the planner says of Inventory is not among them.
	Findings []planner.Finding
	// Read is how many hosts could be read.
	Read int
}

// Inspect looks at the hosts of a site over WinRM, all at once, and changes nothing there:
// what they are now, and what only looking can tell. Whatever could not be looked at is a
// finding. tell, if not nil, is called when a host is done, from any goroutine. The caller
// holds a busy token of the clock.
func Inspect(ctx context.Context, reach Reach, in planner.Input, tell func(host string, err error)) Sight {
	s := Sight{Inventory: in.Inventory}
	d, findings := dialerFor(ctx, reach, in.Site.Access)
	if len(findings) > 0 {
		s.Findings = findings
		return s
	}
	if tell == nil {
		tell = func(string, error) {}
	}
	look := inspection{clock: reach.Clock, catalogue: LoadCatalogue(), dial: d.dial, in: in, tell: tell}
	return look.run(ctx)
}

// An inspection is one pass of Inspect.
type inspection struct {
	clock     Clock
	catalogue Catalogue
	dial      func(context.Context, string) (runner, error)
	in        planner.Input
	tell      func(string, error)

	visits []visit // one for each host of the inventory
	sight  Sight
}

// visit is what became of one host.
type visit struct {
	index  int
	host   planner.Host // as the inventory has it
	now    planner.Host // as it is; not set when err is
	reply  hostReply
	detail *inspectReply // nil when it could not be read
	// network is how it reaches the endpoints and the other hosts.
	network networkReply
	blind   error // why that could not be tried
	// asked and answered are the moments around the reading of detail.
	asked, answered time.Time
	err             error
}

func (i *inspection) run(ctx context.Context) Sight {
	i.sight.Inventory = i.in.Inventory
	i.sight.Inventory.Hosts = append([]planner.Host(nil), i.in.Inventory.Hosts...)
	i.visits = make([]visit, len(i.in.Inventory.Hosts))
	visitors := group{clock: i.clock}
	for n, host := range i.in.Inventory.Hosts {
		i.visits[n] = visit{index: n, host: host}
		visitors.start(func() {
			i.visit(ctx, &i.visits[n])
			i.tell(host.Name, i.visits[n].err)
		})
	}
	visitors.wait()
	if ctx.Err() != nil {
		return i.sight
	}
	i.hosts()
	i.scanners()
	i.clocks()
	i.health()
	i.names()
	i.outward()
	i.between()
	i.packets()
	i.deployment(ctx)
	planner.SortFindings(i.sight.Findings)
	return i.sight
}

func (i *inspection) add(f planner.Finding) { i.sight.Findings = append(i.sight.Findings, f) }

// visit reads one host and closes the connection.
func (i *inspection) visit(ctx context.Context, v *visit) {
	ctx, cancel := clock.WithTimeout(ctx, i.clock, readLimit)
	defer cancel()
	r, err := i.dial(ctx, v.host.Name)
	if err != nil {
		v.err = err
		return
	}
	defer r.Close()
	if v.reply, v.err = ask[hostReply](ctx, i.catalogue, r, v.host.Name, "read-host", map[string]any{}, nil); v.err != nil {
		return
	}
	v.asked = i.clock.Now()
	detail, err := ask[inspectReply](ctx, i.catalogue, r, v.host.Name, "inspect-host", i.questions(), nil)
	v.answered = i.clock.Now()
	if err != nil {
		v.err = err
		return
	}
	v.detail = &detail
	v.network, v.blind = ask[networkReply](ctx, i.catalogue, r, v.host.Name, "probe-network", i.ways(v), nil)
}

// errOtherHost is a visit to a host that is not the one that was meant.
var errOtherHost = errors.New("another host answers by this name")

func hostPath(index int) string { return fmt.Sprintf("inventory.hosts[%d]", index) }

// read are the visits that were answered, in the order of the inventory.
func (i *inspection) read() []*visit {
	var read []*visit
	for n := range i.visits {
		if v := &i.visits[n]; v.err == nil {
			read = append(read, v)
		}
	}
	return read
}

// hosts takes over what the hosts are and judges each by itself.
func (i *inspection) hosts() {
	found := make([]discovery, len(i.visits))
	var read int
	for n := range i.visits {
		v := &i.visits[n]
		found[n] = discovery{v.reply, v.err}
		if v.err != nil {
			f := unread(v.host.Name, v.err)
			f.Path = hostPath(v.index)
			i.add(f)
			continue
		}
		read++
		var notes []planner.Finding
		v.now, notes = v.reply.host(hostPath(v.index))
		i.sight.Findings = append(i.sight.Findings, notes...)
		i.sight.Findings = append(i.sight.Findings, v.detail.parts(hostPath(v.index), v.host.Name)...)
		if !i.compare(v) {
			v.err = errOtherHost // nothing else that it tells is about this host
			found[n].err = errOtherHost
			read--
			continue
		}
		// Restarts, the states of nodes and the roles are told by this look itself, in more detail.
		v.now.RestartPending, v.now.ClusterState = "", ""
		v.now = v.now.Renew(v.host)
		i.sight.Inventory.Hosts[v.index] = v.now
		i.chores(v)
	}
	i.sight.Read = read
	if read == 0 {
		return
	}
	i.sight.Inventory.ReadAt = i.clock.Now()
	cluster, findings := fabric(found, read)
	i.sight.Findings = append(i.sight.Findings, findings...)
	cluster.Groups = nil
	i.compareClusters(cluster)
	cluster.Renew(i.in.Inventory.Cluster)
	i.sight.Inventory.Cluster = cluster
}

// chores are what is to be done on a host before the change.
func (i *inspection) chores(v *visit) {
	for _, why := range v.detail.Restart {
		i.add(planner.Finding{
			Code: FindingRestart, Severity: planner.Warn, Path: hostPath(v.index), Owner: planner.OwnerYou, Evidence: why,
			Message: v.host.Name + " waits for a restart", Remedy: "drain it, restart it, and check again: preparing a host may need a restart of its own",
			Source: "ASD:AKS-Hybrid/kubernetes-walkthrough-powershell.md (read 2026-11-22)",
		})
		break
	}
	if versions := v.detail.Modules; len(versions) > 1 {
		i.add(planner.Finding{
			Code: FindingModules, Severity: planner.Warn, Path: hostPath(v.index) + ".aksHciModule", Owner: planner.OwnerYou,
			Evidence: fmt.Sprint([]string(versions)), Message: fmt.Sprintf("%s has %d versions of the AksHci module", v.host.Name, len(versions)),
			Remedy: "leave one: Uninstall-Module -Name AksHci -RequiredVersion VERSION for each of the others, in a new window",
			Source: "ASD:AKS-Hybrid/includes/install-akshci-ps.md (read 2026-11-22)",
		})
	}
}
