package sim

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/sim/directory"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wire"
)

// A domain is the site's directory with its one domain controller. Its methods do nothing
// without one.
type domain struct {
	wanted   planner.Directory
	operator string
	host     string // of the domain controller
	port     int
	hosts    []planner.Host
	cluster  planner.FailoverCluster
	agent    *netip.Prefix

	line     *timeline.Line
	server   *directory.Server
	listener *wire.Listener
	served   chan error
	serving  bool
	silent   bool // looked at and changed in a turn
	// powerless is whether nobody was given rights; changed in a turn.
	powerless bool
}

// openDomain makes the directory of a site that names a domain controller.
func (d *Datacenter) openDomain(inv planner.Inventory, o Options) error {
	if o.Directory.Server == "" || o.Directory.Domain == "" {
		return nil
	}
	name, port := o.Directory.Server, 636
	if n, service, err := net.SplitHostPort(name); err == nil {
		if number, err := strconv.Atoi(service); err == nil {
			name, port = n, number
		}
	}
	cert, err := d.authority.server(name, []string{name})
	if err != nil {
		return err
	}
	dc := &domain{wanted: o.Directory, operator: o.Operator, host: name, port: port, hosts: inv.Hosts, cluster: inv.Cluster, line: d.line, served: make(chan error, 1),
		listener: wire.Listen(&net.TCPAddr{IP: net.IPv4(192, 0, 2, 20), Port: port})}
	if len(o.Networks) > 0 {
		dc.agent = o.Networks[0].CloudAgent
	}
	dc.server = directory.New(directory.Options{
		Domain: o.Directory.Domain, Name: name, Password: d.seed.password("administrator"), Line: d.line,
		TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, Time: d.line.Now},
		Accepted: func(t *timeline.Turn, r directory.Request) error {
			if err := d.note(t, Effect{Method: string(r.Op), Path: r.DN}); err != nil {
				return err
			}
			return d.accept(t, entry{Kind: entryDirectory, Directory: &r})
		},
	})
	d.domain = dc
	d.line.Do(func(t *timeline.Turn) {
		dc.server.Turn(t, func(p *directory.Prepare) { err = dc.fill(p, d.password, false) })
	})
	return err
}

// fill fills the directory: with all that the site wants, or with no more than what is there
// once the hosts have joined.
func (dc *domain) fill(p *directory.Prepare, password string, bare bool) error {
	if err := p.Account("arcwright", password); err != nil {
		return err
	}
	p.Member("arcwright", "Domain Admins")
	unit, services, operator := dc.wanted.OU, dc.wanted.ServicesOU, userName(dc.operator)
	if operator != "" && !strings.EqualFold(operator, "arcwright") {
		if err := p.Account(operator, password); err != nil {
			return err
		}
	}
	if services == "" {
		services = unit
	}
	// A unit that is not in the domain is a finding, and no reason not to go on.
	if bare || unit == "" || p.Unit(unit) != nil {
		unit = ""
	}
	if bare || services == "" || p.Unit(services) != nil {
		services = ""
	}
	for _, h := range dc.hosts {
		if err := dc.computer(p, h.Name, unit, h.Address); err != nil {
			return err
		}
	}
	if name := dc.cluster.Name; name != "" {
		at := netip.Addr{}
		if dc.cluster.Address != nil {
			at = *dc.cluster.Address
		}
		if err := dc.computer(p, name, unit, at); err != nil {
			return err
		}
		if unit != "" {
			dc.grant(func() { p.MakeComputers(accountOf(name), unit) })
		}
	}
	if unit != "" && operator != "" {
		dc.grant(func() { p.Control(operator, unit) })
	}
	if services == "" {
		return nil
	}
	for _, name := range dc.wanted.Groups {
		if err := p.Group(name, services); err != nil {
			return err
		}
	}
	return dc.prestaged(p, services)
}

// grant gives a right, where rights are given.
func (dc *domain) grant(give func()) {
	if !dc.powerless {
		give()
	}
}

// prestaged makes the object and the record of the cloud agent.
func (dc *domain) prestaged(p *directory.Prepare, services string) error {
	role := dc.wanted.CloudAgentRole
	if role == "" {
		return nil
	}
	dn, err := p.Prestaged(role, dc.full(role), services)
	if err != nil {
		return err
	}
	cluster := accountOf(dc.cluster.Name)
	dc.grant(func() { p.Control(cluster, dn) })
	if dc.agent == nil {
		return nil
	}
	record, err := p.Record(dc.full(role), dc.agent.Addr())
	if err == nil && record != "" {
		dc.grant(func() { p.Control(cluster, record) })
	}
	return err
}

// computer makes the object and the record of a computer that has joined.
func (dc *domain) computer(p *directory.Prepare, name, unit string, at netip.Addr) error {
	short, _, _ := strings.Cut(name, ".")
	full := dc.full(name)
	if err := p.Computer(short, full, unit); err != nil {
		return err
	}
	_, err := p.Record(full, at)
	return err
}

func (dc *domain) full(name string) string {
	if strings.Contains(name, ".") {
		return strings.ToLower(name)
	}
	return strings.ToLower(name + "." + dc.wanted.Domain)
}

// accountOf is the name by which a computer signs in.
func accountOf(name string) string {
	short, _, _ := strings.Cut(name, ".")
	return strings.ToUpper(short[:min(len(short), 15)]) + "$"
}

// userName is a user without its domain.
func userName(user string) string {
	if _, name, found := strings.Cut(user, `\`); found {
		return name
	}
	name, _, _ := strings.Cut(user, "@")
	return name
}

// find puts the directory into a condition.
func (dc *domain) find(t *timeline.Turn, c Condition, password string) (err error) {
	dc.server.Turn(t, func(p *directory.Prepare) {
		switch c.Kind {
		case DirectoryBare:
			p.Clear()
			err = dc.fill(p, password, true)
		case DirectoryRights:
			dc.powerless = true
			p.Clear()
			err = dc.fill(p, password, false)
		case DirectoryClock:
			p.Ahead(c.By)
		case PasswordExpired:
			p.Expire("arcwright")
		case DirectorySilent:
			dc.silent = true
		}
	})
	return err
}

// name is the address that the domain controller is reached by.
func (dc *domain) name() string { return net.JoinHostPort(dc.host, strconv.Itoa(dc.port)) }

// answers reports whether a name is the domain controller's.
func (dc *domain) answers(name string) bool { return dc != nil && strings.EqualFold(name, dc.host) }

// dial connects to the domain controller. One that is silent leaves the dial waiting in the
// world until ctx ends.
func (dc *domain) dial(ctx context.Context, port int) (net.Conn, error) {
	if err := dc.wait(ctx); err != nil {
		return nil, wire.Unreachable(dc.listener.Addr(), err)
	}
	if port != dc.port {
		return nil, wire.Refused(&net.TCPAddr{IP: net.IPv4(192, 0, 2, 20), Port: port})
	}
	return dc.listener.Dial(ctx, clientAddress())
}

// wait returns at once, or when the context of a client ends who gets no answer.
func (dc *domain) wait(ctx context.Context) error {
	var spot *timeline.Spot
	dc.line.Do(func(t *timeline.Turn) {
		if dc.silent {
			spot = t.Park(-1)
		}
	})
	if spot == nil || spot.Wait(ctx) == nil {
		return nil
	}
	return context.Cause(ctx)
}

// holdBack keeps a connection to a silent domain controller without a sign of life.
func (dc *domain) holdBack(ctx context.Context, c net.Conn) (net.Conn, error) {
	return c, dc.wait(ctx)
}

func (dc *domain) serve() {
	if dc != nil {
		dc.serving = true
		go func() { dc.served <- dc.server.Serve(dc.listener) }()
	}
}

func (dc *domain) close() error {
	if dc == nil {
		return nil
	}
	err := dc.listener.Close()
	dc.server.Close()
	if dc.serving {
		err = errors.Join(err, <-dc.served)
	}
	return err
}
