// Package sim is a simulated datacenter: physical hosts with the AksHci generation of
// Kubernetes on them, reached through the wire only. Hosts speak WinRM and clusters speak
// the Kubernetes API, so that whoever provisions them rehearses transport, login,
// encoding, retries and parsing together with the plan.
//
// The world has one time line. Flat out it jumps to the next event whenever every request
// is parked in it; paced it follows real time at some multiple. Everything that is drawn
// comes from the seed and a label, and every accepted request is logged with its time, so
// that a world which is opened again is the world that was left.
//
// No PowerShell is run. A host answers the scripts of the catalogue whose digests were
// reviewed against its model, and refuses all others loudly.
package sim

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"
	"sync"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/sim/timeline"
)

// Options say which world is wanted.
type Options struct {
	// Seed is behind every choice, key and certificate of the world. 0 is the seed of the
	// world that exists, or a drawn one.
	Seed uint64
	// Speed is the number of simulated seconds in a real one; 0 is flat out.
	Speed float64
	// World is the folder that the world is kept in; empty keeps it in memory.
	World string
	// Start is the first moment of a new world; the zero time is now. A world that
	// exists keeps its own.
	Start time.Time
	// Profile is the platform of the hosts.
	Profile profiles.Profile
	// Networks are what the switches carry: their DHCP scopes are what machines can lease from.
	Networks []planner.Network
	// Basic is whether the hosts let in by Basic, which Windows does not by itself.
	Basic bool
	// Directory is that of the site. Where it names a server, a domain controller is simulated:
	// the hosts have joined, and everything else is prepared as the site wants it.
	Directory planner.Directory
	// Operator is the user whom the site signs in to its hosts with, as DOMAIN\name.
	Operator string
	// Port is where the hosts listen for WinRM over TLS, 5986 when 0.
	Port int
	// Wall is the time outside, time.Now when nil. A world that is opened again has
	// lived on for the time that has passed outside.
	Wall func() time.Time
}

// A Datacenter is an open world. Make it with New; its methods may be called from any
// goroutine.
type Datacenter struct {
	line       *timeline.Line
	world      *world
	seed       seed
	speed      float64
	start      time.Time
	port       int
	authority  *authority
	user       string
	password   string
	basic      bool
	fronts     map[*host]*front
	realm      *realm  // nil outside of a domain
	domain     *domain // nil without a directory
	folder     *folder // nil in memory
	transcript *transcript
	replaying  bool
	wall       func() time.Time

	appeared chan struct{}  // holds one token when an API server came or went
	closing  sync.WaitGroup // API servers and Serve
	serving  outcome        // of Serve
	once     sync.Once
	done     chan struct{}
	closed   bool // looked at and changed in a turn
	ended    error
}

// New opens the world in o.World, or makes a new one of an inventory. The error is a
// *ErrWorldBusy when another process has the folder open, an *ErrOtherWorld when the folder
// holds a world of another seed, inventory, platform or network, and an *ErrDamaged when
// its log cannot be read.
func New(inv planner.Inventory, o Options) (*Datacenter, error) {
	if len(inv.Hosts) == 0 {
		return nil, errors.New("simulate the inventory: it has no hosts")
	}
	if o.Profile.Generation != profiles.AksHci {
		return nil, fmt.Errorf("simulate %s: only platforms of the generation %s have a model", o.Profile.Name, profiles.AksHci)
	}
	if o.Wall == nil {
		o.Wall = time.Now
	}
	if o.Start.IsZero() {
		o.Start = o.Wall()
	}
	if o.Port == 0 {
		o.Port = 5986
	}
	header, err := headerOf(inv, o)
	if err != nil {
		return nil, err
	}
	if o.World == "" {
		header.drawSeed()
	}
	d := &Datacenter{speed: o.Speed, port: o.Port, basic: o.Basic, wall: o.Wall, transcript: &transcript{}, done: make(chan struct{}), appeared: make(chan struct{}, 1)}
	var past []entry
	if o.World != "" {
		if d.folder, past, err = openFolder(o.World, &header); err != nil {
			return nil, err
		}
		if d.transcript, err = openTranscript(o.World); err != nil {
			return nil, errors.Join(err, d.folder.close())
		}
	}
	d.seed = seed(header.Seed)
	if err := d.build(inv, o, header, past); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// build makes the world, replays its past and opens the hosts' listeners.
func (d *Datacenter) build(inv planner.Inventory, o Options, h Header, past []entry) (err error) {
	d.start = h.Start
	d.line = timeline.New(h.Start, 0)
	d.world = newWorld(d.seed, platform{o.Profile}, inv, o.Networks)
	d.world.openAPI, d.world.closeAPI = d.openAPI, d.closeAPI
	d.world.accept, d.world.noteStart = d.accept, d.noteStart
	d.world.faults.begun = func(t *timeline.Turn, number int) error {
		return d.accept(t, entry{Kind: entryBegun, Number: number})
	}
	d.password = d.seed.password("account")
	d.user = "arcwright"
	if domain, _, _ := strings.Cut(inv.Hosts[0].Domain, "."); domain != "" {
		d.user = strings.ToUpper(domain) + `\arcwright`
	}
	if d.authority, err = newAuthority(d.seed, "datacenter", authorityName, h.validity()); err != nil {
		return err
	}
	if err := d.openDomain(inv, o); err != nil {
		return err
	}
	if err := d.replay(past); err != nil {
		return err
	}
	d.openRealm(inv.Hosts[0].Domain)
	if err := d.openFronts(); err != nil {
		return err
	}
	d.domain.serve()
	if d.speed > 0 {
		d.line.Pace(d.speed)
	}
	return nil
}

// Clock is the world's time, and at the same time the clock of a client in this process.
func (d *Datacenter) Clock() *timeline.Line { return d.line }

// Seed is the seed of the world.
func (d *Datacenter) Seed() uint64 { return uint64(d.seed) }

// Start is the first moment of the world.
func (d *Datacenter) Start() time.Time { return d.start }

// Account is the one account that the hosts let in, as DOMAIN\user.
func (d *Datacenter) Account() (user, password string) { return d.user, d.password }

// RootCAs has the authority of the hosts' certificates.
func (d *Datacenter) RootCAs() *x509.CertPool { return d.authority.pool() }

// CAPEM is the same authority as a PEM file.
func (d *Datacenter) CAPEM() []byte { return d.authority.pem() }

// Inject makes something go wrong. Faults are part of the world: a world that is opened
// again has them still.
func (d *Datacenter) Inject(f Fault) error {
	if _, err := f.info(); err != nil {
		return err
	}
	if f.Host != "" && d.world.host(f.Host) == nil {
		return fmt.Errorf("inject %s: there is no host %s", f.Kind, f.Host)
	}
	var err error
	d.line.Do(func(t *timeline.Turn) {
		if err = d.accept(t, entry{Kind: entryFault, Fault: &f}); err == nil {
			d.world.faults.add(t, f)
		}
	})
	return err
}

// Close ends all connections and listeners. Parked requests end without an answer; time
// stands still afterwards. Closing twice is harmless.
func (d *Datacenter) Close() error {
	d.once.Do(func() {
		close(d.done)
		var errs []error
		d.line.Do(func(*timeline.Turn) {
			d.closed = true
			for _, site := range d.world.deployments {
				for _, c := range site.clusters {
					d.closeAPI(c)
				}
			}
		})
		for _, f := range d.fronts {
			errs = append(errs, f.close())
		}
		errs = append(errs, d.domain.close())
		d.closing.Wait()
		errs = append(errs, d.realm.close(), d.serving.get())
		d.line.Close()
		if d.folder != nil {
			d.line.Do(func(t *timeline.Turn) { errs = append(errs, d.folder.seen(t.Now(), d.wall())) })
			errs = append(errs, d.folder.close())
		}
		errs = append(errs, d.transcript.close())
		d.ended = errors.Join(errs...)
	})
	return d.ended
}

// An outcome is an error that one goroutine leaves for another.
type outcome struct {
	mu  sync.Mutex
	err error
}

func (o *outcome) set(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

func (o *outcome) get() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// authorityName is the subject of the authority behind the hosts' certificates.
const authorityName = "arcwright simulated datacenter"

// quiet is for servers whose clients come and go as they like.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
