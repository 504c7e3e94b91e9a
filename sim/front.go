package sim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/arcwright/arcwright/sim/kubeapi"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wire"
	"github.com/arcwright/arcwright/sim/wsman"
)

// A front is one host's WinRM listener.
type front struct {
	server   *wsman.Server
	listener *wire.Listener
	served   chan error
}

func (f *front) close() error {
	err := f.server.Close()
	if served := <-f.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, f.listener.Close())
}

// openFronts opens the WinRM listener of every host.
func (d *Datacenter) openFronts() error {
	d.fronts = map[*host]*front{}
	for _, h := range d.world.hosts {
		cert, err := d.authority.server(h.Name, []string{h.Name, h.short()}, h.Address.AsSlice())
		if err != nil {
			return err
		}
		f := &front{
			listener: wire.Listen(&net.TCPAddr{IP: h.Address.AsSlice(), Port: d.port}),
			served:   make(chan error, 1),
			server: wsman.New(wsman.Options{
				Host:       h.Name,
				TLS:        &tls.Config{Certificates: []tls.Certificate{cert}, GetCertificate: d.certificates(h, cert), MinVersion: tls.VersionTLS12, Time: d.line.Now},
				Line:       d.line,
				Accounts:   d.account,
				Basic:      func() bool { return d.basic || d.remotingOf(h).basic },
				Run:        func(_ context.Context, call wsman.Call) wsman.Outcome { return d.run(h, call) },
				NeedsStdin: func(command string, arguments []string) bool { return encoded(commandLine(command, arguments)) != "" },
				Version:    fmt.Sprintf("10.0.%d", h.OS.Build),
				Trouble:    func(t *timeline.Turn, a wsman.Action) wsman.Trouble { return d.trouble(t, h, a) },
				ErrorLog:   quiet(),
				Kerberos:   d.realm.acceptor(d, h),
				Certificates: func(c *x509.Certificate) (string, bool) {
					return d.user, c.Subject.CommonName == d.user && c.CheckSignatureFrom(d.authority.cert) == nil
				},
			}),
		}
		d.fronts[h] = f
		go func() { f.served <- f.server.Serve(f.listener) }()
	}
	return nil
}

// account knows the password of the one account, with or without its domain.
func (d *Datacenter) account(user string) (password string, ok bool) {
	if d.realm.is(user) {
		return d.password, true
	}
	name := user
	if _, after, found := strings.Cut(user, `\`); found {
		name = after
	} else if before, _, found := strings.Cut(user, "@"); found {
		name = before
	}
	return d.password, strings.EqualFold(name, "arcwright")
}

// OpenShells is how many shells are open on the hosts: none, once every client has cleaned up.
func (d *Datacenter) OpenShells() int {
	n := 0
	for _, f := range d.fronts {
		n += f.server.OpenShells()
	}
	return n
}

// trouble is what the faults do to one WinRM request.
func (d *Datacenter) trouble(t *timeline.Turn, h *host, a wsman.Action) wsman.Trouble {
	d.seen(t)
	if d.world.faults.unreachable(t, h) {
		return wsman.Trouble{Kind: wsman.TroubleHang}
	}
	if a == wsman.ActionReceive && d.spend(t, h, ConnectionCut, subject{}) {
		return wsman.Trouble{Kind: wsman.TroubleCutWithin}
	}
	if a != wsman.ActionIdentify && d.spend(t, h, RequestHangs, subject{}) {
		return wsman.Trouble{Kind: wsman.TroubleHang}
	}
	return wsman.Trouble{}
}

// aim is what the faults that name a step do to a command whose script is known.
func (d *Datacenter) aim(t *timeline.Turn, h *host, p payload) wsman.TroubleKind {
	about := subjectOf(h, p)
	d.world.faults.reached(t, about)
	switch {
	case about.step == "":
	case d.world.faults.unreachable(t, h), d.spend(t, h, RequestHangs, about):
		return wsman.TroubleHang
	case d.spend(t, h, ConnectionCut, about):
		return wsman.TroubleCutWithin
	}
	return wsman.TroubleNone
}

// spend reports whether a fault that hits once hits now. That it has is logged, so that
// it does not hit again in a world that is opened again.
func (d *Datacenter) spend(t *timeline.Turn, h *host, kind FaultKind, about subject) bool {
	number, hit := d.world.faults.hits(t, h, kind, about)
	if hit {
		// An error stays with the log, which accepts nothing more.
		_ = d.accept(t, entry{Kind: entrySpent, Number: number})
	}
	return hit
}

// openAPI makes the API server of a cluster, in a turn.
func (d *Datacenter) openAPI(t *timeline.Turn, site *deployment, c *cluster) error {
	if d.closed {
		return nil
	}
	label := fmt.Sprintf("cluster %s %d", c.name, c.make)
	if len(d.world.deployments) > 1 {
		label += " on " + site.hosts[0].Name
	}
	authority, err := newAuthority(d.seed, label, "kubernetes "+c.name, d.world.platform.rootValidity(d.authority.valid, t.Now()))
	if err != nil {
		return err
	}
	cert, err := authority.server("kube-apiserver", []string{c.name, "kubernetes", "kubernetes.default.svc"}, c.endpoint.AsSlice())
	if err != nil {
		return err
	}
	admin, err := authority.admin(c.name, "", authority.valid)
	if err != nil {
		return err
	}
	server, err := kubeapi.New(kubeapi.Options{
		Name: c.name, Version: c.version, Line: d.line, Born: t.Now(), Seed: d.seed.bits("kubernetes", label),
		CloudAgent: site.agentName(d.seed), StorageContainer: "MocStorageContainer",
		Certificate: cert, ClientCAs: authority.pool(),
		Accepted: func(t *timeline.Turn, r kubeapi.Request) error { return d.acceptKube(t, site, c, r) },
		Trouble: func(t *timeline.Turn, method, path string) kubeapi.Trouble {
			return d.kubeTrouble(t, c, method, path)
		},
	})
	if err != nil {
		return fmt.Errorf("open the API of %s: %w", c.name, err)
	}
	address := net.JoinHostPort(c.endpoint.String(), fmt.Sprint(apiPort))
	c.api = &api{
		server: server, listener: wire.Listen(&net.TCPAddr{IP: c.endpoint.AsSlice(), Port: apiPort}), authority: authority,
		kubeconfig: kubeconfig{
			cluster: c.name, server: "https://" + address, ca: authority.pem(), certificate: admin.certificate, key: admin.key,
		},
	}
	api := c.api
	d.closing.Go(func() { _ = api.server.Serve(api.listener) }) // it ends with the cluster
	d.apisChanged()
	return nil
}

// closeAPI ends the API server of a cluster, in a turn: its last requests may still need
// one, so it is not waited for.
func (d *Datacenter) closeAPI(c *cluster) {
	if c.api == nil {
		return
	}
	api := c.api
	c.api = nil
	_ = api.listener.Close() // it never fails
	d.closing.Go(func() { _ = api.server.Close() })
	d.apisChanged()
}

// apisChanged tells Serve, if it runs, to look again.
func (d *Datacenter) apisChanged() {
	select {
	case d.appeared <- struct{}{}:
	default:
	}
}
