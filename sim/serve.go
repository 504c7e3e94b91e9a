package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wire"
)

// Served says where a world is served, as the file serve.json in its folder keeps it.
type Served struct {
	PID   int     `json:"pid"`
	Speed float64 `json:"speed"`
	// Account is the user that the hosts let in; the password comes from the seed.
	Account string `json:"account"`
	// Realm is the hosts' Kerberos realm, empty when they are in no domain.
	Realm string `json:"realm,omitempty"`
	// Clock is the URL that tells the world's time.
	Clock string `json:"clock"`
	// Endpoints are loopback addresses by the address that they stand for, such as
	// hci01.lab.example:5986 or 10.0.0.40:6443.
	Endpoints map[string]string `json:"endpoints"`
	// Kubeconfigs are the files for clients outside, by the cluster's name.
	Kubeconfigs map[string]string `json:"kubeconfigs"`
}

// ErrNoSpeed is why Serve refuses a world that runs flat out: clients in other processes
// cannot tell it when they are waiting.
var ErrNoSpeed = errors.New("a world that is served needs a speed above 0, and at most 120, since its clients have real deadlines")

// An Endpoint is a host or a cluster and the loopback address where it is served.
type Endpoint struct {
	// Name is the address that it stands for, such as hci01.lab.example:5986.
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Serve shows the hosts and the clusters on ports of a loopback address, also those
// clusters that appear later, until ctx ends or the datacenter is closed. It returns the
// endpoints that there are by now. Where everything is at any time is kept in the world's
// folder for Connect, with a kubeconfig for each cluster in its folder serve.
func (d *Datacenter) Serve(ctx context.Context, loopback string) ([]Endpoint, error) {
	ip, err := netip.ParseAddr(loopback)
	switch {
	case err != nil || !ip.IsLoopback():
		return nil, fmt.Errorf("serve the world: %s is not a loopback address", loopback)
	case d.speed <= 0:
		return nil, fmt.Errorf("serve the world: %w", ErrNoSpeed)
	case d.folder == nil:
		return nil, errors.New("serve the world: it is in memory only; give it a folder")
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &server{d: d, dir: filepath.Join(d.folder.dir, "serve"), ip: ip, doors: map[string]net.Listener{},
		where: Served{PID: os.Getpid(), Speed: d.speed, Account: d.user, Realm: d.Realm(), Endpoints: map[string]string{}, Kubeconfigs: map[string]string{}}}
	if err := s.start(ctx); err != nil {
		cancel()
		return nil, errors.Join(err, s.close())
	}
	var now []Endpoint
	for _, at := range sortedKeys(s.doors) {
		now = append(now, Endpoint{at, s.where.Endpoints[at]})
	}
	d.closing.Go(func() {
		defer cancel()
		var err error
		for err == nil && ctx.Err() == nil {
			select {
			case <-d.appeared:
				err = s.refresh(ctx)
			case <-d.done:
				cancel()
			case <-ctx.Done():
			}
		}
		cancel()
		d.serving.set(errors.Join(err, s.close()))
	})
	return now, nil
}

// A server is one call of Serve.
type server struct {
	d     *Datacenter
	dir   string
	ip    netip.Addr
	where Served
	doors map[string]net.Listener // by the address that they stand for
	clock *http.Server
	work  sync.WaitGroup
}

// start shows the clock, the hosts and the clusters that there are.
func (s *server) start(ctx context.Context) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("serve the world: %w", err)
	}
	l, err := s.listen()
	if err != nil {
		return err
	}
	s.where.Clock = "http://" + l.Addr().String() + "/clock"
	mux := http.NewServeMux()
	mux.HandleFunc("GET /clock", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(clockAnswer{s.d.line.Now(), s.d.speed}) // a client that has gone wants no answer
	})
	s.clock = &http.Server{Handler: mux, ErrorLog: quiet(), ReadHeaderTimeout: 10 * time.Second}
	s.work.Go(func() { _ = s.clock.Serve(l) })
	for _, h := range s.d.world.hosts {
		f := s.d.fronts[h]
		at := net.JoinHostPort(h.Name, strconv.Itoa(s.d.port))
		if err := s.door(ctx, at, f.listener, func(ctx context.Context, c net.Conn) (net.Conn, error) { return s.d.holdBack(ctx, h, c) }); err != nil {
			return err
		}
		for _, name := range []string{h.short(), h.Address.String()} {
			s.where.Endpoints[net.JoinHostPort(name, strconv.Itoa(s.d.port))] = s.where.Endpoints[at]
		}
	}
	if r := s.d.realm; r != nil {
		if err := s.door(ctx, r.address(), r.door, nil); err != nil {
			return err
		}
	}
	if dc := s.d.domain; dc != nil {
		if err := s.door(ctx, dc.name(), dc.listener, dc.holdBack); err != nil {
			return err
		}
	}
	return s.refresh(ctx)
}

// refresh shows the clusters that there are now and tells where everything is.
func (s *server) refresh(ctx context.Context) error {
	apis := map[string]*api{}
	names := map[string]string{}
	s.d.line.Do(func(*timeline.Turn) {
		for _, site := range s.d.world.deployments {
			for _, c := range site.clusters {
				if c.api != nil {
					at := c.api.listener.Addr().String()
					apis[at], names[at] = c.api, c.name
					if len(s.d.world.deployments) > 1 { // each may have a cluster of that name
						names[at] += "-" + site.hosts[0].short()
					}
				}
			}
		}
	})
	for at, l := range s.doors {
		if s.isHost(at) || apis[at] != nil || s.d.realm != nil && at == s.d.realm.address() {
			continue
		}
		_ = l.Close() // the cluster is gone, and nobody is to be let in any more
		delete(s.doors, at)
		delete(s.where.Endpoints, at)
	}
	present := slices.Collect(maps.Values(names))
	for _, name := range sortedKeys(s.where.Kubeconfigs) {
		if slices.Contains(present, name) {
			continue
		}
		if err := os.Remove(s.where.Kubeconfigs[name]); err != nil {
			return fmt.Errorf("remove the kubeconfig of %s: %w", name, err)
		}
		delete(s.where.Kubeconfigs, name)
	}
	for _, at := range sortedKeys(apis) {
		if s.doors[at] == nil {
			if err := s.door(ctx, at, apis[at].listener, nil); err != nil {
				return err
			}
		}
		if err := s.kubeconfig(names[at], apis[at], s.where.Endpoints[at]); err != nil {
			return err
		}
	}
	return writeFile(servedPath(s.d.folder.dir), s.where)
}

func (s *server) isHost(at string) bool {
	return s.d.domain != nil && at == s.d.domain.name() || slices.ContainsFunc(s.d.world.hosts, func(h *host) bool { return at == net.JoinHostPort(h.Name, strconv.Itoa(s.d.port)) })
}

// kubeconfig writes the file with which a client outside gets into a cluster.
func (s *server) kubeconfig(name string, a *api, at string) error {
	config := a.kubeconfig
	config.server = "https://" + at
	path := filepath.Join(s.dir, name+".kubeconfig")
	s.where.Kubeconfigs[name] = path
	return replaceFile(path, []byte(config.text()))
}

// door passes connections to a loopback address on to a listener in memory. hold, if not
// nil, may keep a connection waiting first.
func (s *server) door(ctx context.Context, at string, inner *wire.Listener, hold func(context.Context, net.Conn) (net.Conn, error)) error {
	l, err := s.listen()
	if err != nil {
		return err
	}
	s.doors[at], s.where.Endpoints[at] = l, l.Addr().String()
	s.work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.work.Go(func() {
				var err error
				if hold != nil {
					c, err = hold(ctx, c)
				}
				if err == nil {
					err = inner.Pass(ctx, c)
				}
				if err != nil {
					_ = c.Close() // nobody is there who would take it
				}
			})
		}
	})
	return nil
}

func (s *server) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", netip.AddrPortFrom(s.ip, 0).String())
	if err != nil {
		return nil, fmt.Errorf("serve the world: %w", err)
	}
	return l, nil
}

// close ends everything and takes away what told where it was.
func (s *server) close() error {
	errs := []error{os.Remove(servedPath(s.d.folder.dir)), os.RemoveAll(s.dir)}
	if errors.Is(errs[0], os.ErrNotExist) {
		errs[0] = nil
	}
	for _, l := range s.doors {
		errs = append(errs, l.Close())
	}
	if s.clock != nil {
		errs = append(errs, s.clock.Close())
	}
	s.work.Wait()
	return errors.Join(errs...)
}

// holdBack keeps a connection to a host that is unreachable without a sign of life, until
// the host is back, the client leaves or ctx ends. What the client has sent is not lost.
func (d *Datacenter) holdBack(ctx context.Context, h *host, c net.Conn) (net.Conn, error) {
	var lost bool
	d.line.Do(func(t *timeline.Turn) { lost = d.world.faults.unreachable(t, h) })
	if !lost {
		return c, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var early bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		if _, err := io.Copy(&early, c); !errors.Is(err, os.ErrDeadlineExceeded) {
			cancel() // the client has left
		}
	}()
	err := d.reach(ctx, h)
	_ = c.SetReadDeadline(time.Unix(1, 0)) // a closed connection needs none
	<-read
	_ = c.SetReadDeadline(time.Time{})
	return &resumed{Conn: c, rest: io.MultiReader(&early, c)}, err
}

// resumed is a connection of which something has been read already.
type resumed struct {
	net.Conn
	rest io.Reader
}

func (r *resumed) Read(p []byte) (int, error) { return r.rest.Read(p) }
