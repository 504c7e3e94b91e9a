package provision

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/winrm"
)

// Codes of the findings of Discover.
const (
	// FindingUnreachable: a host did not answer.
	FindingUnreachable = "host-unreachable"
	// FindingSignIn: a host refused the account, or could not prove who it is.
	FindingSignIn = "host-sign-in"
	// FindingRead: a host answered, and could not be read.
	FindingRead = "host-not-read"
	// FindingPart: a part of a host could not be read, such as its TPM.
	FindingPart = "host-part-not-read"
	// FindingClusters: the hosts are not all in the same failover cluster.
	FindingClusters = "hosts-in-several-clusters"
)

// Discover reads hosts over WinRM, all at once. It returns what could be read, in the order
// of hosts, and a finding for everything that could not; an unreachable host keeps no
// other from being read. The caller holds a busy token of the clock.
func Discover(ctx context.Context, reach Reach, access planner.Access, hosts []string) (planner.Inventory, []planner.Finding) {
	inventory := planner.Inventory{Version: planner.SiteVersion, Kind: "Inventory", ReadAt: reach.Clock.Now(), Hosts: []planner.Host{}}
	if len(hosts) == 0 {
		return inventory, nil
	}
	d, findings := dialerFor(ctx, reach, access)
	if len(findings) > 0 {
		return inventory, findings
	}
	return discover(ctx, reach.Clock, inventory, hosts, d.dial)
}

// dialerFor makes the dialer of the hosts, with the account's password read once, or tells
// why there is none.
func dialerFor(ctx context.Context, reach Reach, access planner.Access) (*hostDialer, []planner.Finding) {
	d := newHostDialer(reach, access, reach.secret)
	if !d.needsPassword() {
		return d, nil
	}
	password, err := reach.secret(ctx, access.Password)
	if err != nil {
		return d, []planner.Finding{{
			Code: FindingSignIn, Severity: planner.Block, Path: "access.password", Owner: planner.OwnerYou,
			Message: "the account's password could not be read", Evidence: err.Error(), Remedy: "set the secret that access.password refers to",
		}}
	}
	d.password = password
	return d, nil
}

// discovery is what became of one host.
type discovery struct {
	reply hostReply
	err   error
}

func discover(ctx context.Context, clk Clock, inventory planner.Inventory, hosts []string, dial func(context.Context, string) (runner, error)) (planner.Inventory, []planner.Finding) {
	catalogue := LoadCatalogue()
	found := make([]discovery, len(hosts))
	lanes := group{clock: clk}
	for i, host := range hosts {
		lanes.start(func() {
			ctx, cancel := clock.WithTimeout(ctx, clk, readLimit)
			defer cancel()
			found[i].reply, found[i].err = readHost(ctx, catalogue, host, dial)
		})
	}
	lanes.wait()

	var findings []planner.Finding
	for i, host := range hosts {
		if found[i].err != nil {
			findings = append(findings, unread(host, found[i].err))
			continue
		}
		path := fmt.Sprintf("inventory.hosts[%d]", len(inventory.Hosts))
		h, notes := found[i].reply.host(path)
		if h.Name == "" {
			h.Name = host
		}
		inventory.Hosts = append(inventory.Hosts, h)
		findings = append(findings, notes...)
	}
	var more []planner.Finding
	inventory.Cluster, more = fabric(found, len(inventory.Hosts))
	return inventory, append(findings, more...)
}

// readHost reads one host and closes the connection.
func readHost(ctx context.Context, catalogue Catalogue, host string, dial func(context.Context, string) (runner, error)) (hostReply, error) {
	r, err := dial(ctx, host)
	if err != nil {
		return hostReply{}, err
	}
	defer r.Close()
	return ask[hostReply](ctx, catalogue, r, host, "read-host", map[string]any{}, nil)
}

// distrusted is what to do about a certificate that is not trusted.
func distrusted(err error) string {
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return "name the host as its certificate does, correct its DNS record, or give the WinRM listener a certificate for this name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "give the WinRM listener a certificate that is valid now, or correct this machine's clock"
	}
	return "set access.ca to the authority that issued the certificate of the WinRM listener, or see who else answers by this name"
}

// unread is the finding of a host that could not be read.
func unread(host string, err error) planner.Finding {
	f := planner.Finding{Code: FindingRead, Severity: planner.Block, Path: "hosts." + host, Owner: planner.OwnerYou, Evidence: err.Error(),
		Message: host + " answered, but could not be read",
		Remedy:  "look at the evidence; the account must be an administrator of the host"}
	switch winrm.ErrorClass(errorCode(err)) {
	case winrm.ClassAuth:
		f.Code, f.Message = FindingSignIn, host+" refused the account"
		f.Remedy = "check access.user and access.password; the account must be an administrator of the host"
	case winrm.ClassTrust:
		f.Code, f.Message = FindingSignIn, host+" could not prove who it is"
		f.Remedy = distrusted(err) + "; arcwright doctor " + host + " says more"
		return f
	case winrm.ClassProxy:
		f.Code, f.Owner, f.Message = FindingUnreachable, planner.OwnerNetwork, "the proxy lets nobody reach "+host
		f.Remedy = "check access.proxy, or name the host in its noProxy"
	case winrm.ClassUnreachable, winrm.ClassTimeout:
		f.Code, f.Owner, f.Message = FindingUnreachable, planner.OwnerNetwork, host+" did not answer"
		f.Remedy = "check the name, that WinRM has an HTTPS listener, and that its port is open"
	}
	if hint := Recognise(f.Evidence, "", "").Hint(); hint != "" {
		f.Remedy += "; " + hint
	}
	return f
}

// fabric is the failover cluster that the hosts are in, as the first of them sees it.
func fabric(found []discovery, hosts int) (planner.FailoverCluster, []planner.Finding) {
	var names []string
	var first *fabricReply
	members := 0
	for _, d := range found {
		if d.err != nil || d.reply.Fabric == nil || d.reply.Fabric.Name == "" {
			continue
		}
		members++
		first = cmp.Or(first, d.reply.Fabric)
		if !slices.Contains(names, d.reply.Fabric.Name) {
			names = append(names, d.reply.Fabric.Name)
		}
	}
	findings := fabricUnread(found)
	if first == nil {
		return planner.FailoverCluster{}, findings
	}
	cluster, notes := first.cluster()
	findings = append(findings, notes...)
	for _, d := range found {
		if d.err == nil && d.reply.Fabric == first {
			d.reply.Registered.register(&cluster)
		}
	}
	if len(names) > 1 || members != hosts {
		findings = append(findings, planner.Finding{
			Code: FindingClusters, Severity: planner.Block, Path: "inventory.failoverCluster", Owner: planner.OwnerYou,
			Message:  "the hosts are not all in the same failover cluster",
			Evidence: fmt.Sprintf("%d of %d hosts are in a cluster: %v", members, hosts, names),
			Remedy:   "name the hosts of one failover cluster only",
		})
	}
	return cluster, findings
}

// errNoPrefix is a subnet without a length.
var errNoPrefix = errors.New("it is no network address with a length")

func subnet(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, errNoPrefix
	}
	return p.Masked(), nil
}
