package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/kerberos"
	"github.com/arcwright/arcwright/sim"
)

// A way is the reach to a real or simulated site, and what has to be closed after it.
type way struct {
	reach provision.Reach
	close func() error
	// name says for a person where this leads.
	name string
	// world is the simulated datacenter, if it is in this process.
	world *sim.Datacenter
}

// open makes the way that the flags ask for, and completes them with what was chosen.
func (p *program) open(plan planner.Plan, h *how, fresh bool, faults []string) (way, error) {
	if h.On == onLive {
		if len(faults) > 0 || fresh || h.World != "" {
			return way{}, usagef("leave --fault, --fresh and --world out, or write --on sim", "the live site is not simulated")
		}
		return p.live(plan.Site, h.Base)
	}
	if h.World == "" {
		state, err := p.stateDir()
		if err != nil {
			return way{}, err
		}
		h.World = filepath.Join(state, "worlds", plan.Site.Name)
	}
	world, err := filepath.Abs(h.World)
	if err != nil {
		return way{}, err
	}
	h.World = world
	if remote, err := sim.Connect(world); err == nil {
		if len(faults) > 0 || fresh {
			_ = remote.Close()
			return way{}, usagef("stop the server first", "the world %s is served by another process", world)
		}
		return served(remote, world)
	} else if !errors.Is(err, sim.ErrNotServed) {
		return way{}, err
	}
	if fresh {
		if err := sim.Discard(world); err != nil {
			return way{}, busyWorld(err)
		}
	}
	return p.simulated(plan, h, faults)
}

// simulated opens the world in this process; an empty World is one in memory.
func (p *program) simulated(plan planner.Plan, h *how, faults []string) (way, error) {
	profile, err := profiles.Load(plan.Site.Platform)
	if err != nil {
		return way{}, err
	}
	d, err := sim.New(plan.Inventory, sim.Options{
		Seed: h.Seed, Speed: float64(h.Speed), World: h.World, Start: plan.Site.PlannedFor.Time(),
		Profile: profile, Directory: plan.Site.Directory, Operator: plan.Site.Access.User, Networks: append([]planner.Network{plan.Site.Network}, plan.Site.Networks...), Wall: p.now,
		Basic: plan.Site.Access.Auth == planner.AuthBasic,
	})
	if err != nil {
		return way{}, busyWorld(err)
	}
	h.Seed = d.Seed()
	for _, text := range faults {
		fault, err := sim.ParseFault(text)
		if err == nil {
			err = d.Inject(fault)
		}
		if err != nil {
			return way{}, errors.Join(usagef("arcwright rehearse --help lists the faults", "--fault %s: %s", text, err), d.Close())
		}
	}
	user, password := d.Account()
	certificate, err := d.Certificate()
	if err != nil {
		return way{}, errors.Join(err, d.Close())
	}
	return way{
		reach: provision.Reach{
			Dial: d.Dial, Clock: d.Clock(), RootCAs: d.RootCAs(), User: user, Password: password, Secret: simulatedSecret,
			Realm: kerberos.Config{Realm: d.Realm()}, Certificate: certificate,
		},
		close: d.Close, world: d,
		name: fmt.Sprintf("the simulated datacenter (seed %d, speed %s)", h.Seed, &h.Speed),
	}, nil
}

// busyWorld turns the error of a world that another process has into its exit code, and
// tells what to do about a damaged one.
func busyWorld(err error) error {
	var busy *sim.ErrWorldBusy
	var damaged *sim.ErrDamaged
	var other *sim.ErrOtherWorld
	switch {
	case errors.As(err, &busy):
		return &exit{exitLeased, err.Error(), "wait for the other process, or give --world another folder"}
	case errors.As(err, &other):
		return &exit{exitFailed, err.Error(), "begin with a new world: --fresh, or keep this one and give another folder: --world DIR"}
	case errors.As(err, &damaged):
		return &exit{exitFailed, err.Error(), "begin with a new world: --fresh"}
	}
	return err
}

// served is a world that another process has.
func served(r *sim.Remote, world string) (way, error) {
	user, password := r.Account()
	certificate, err := r.Certificate()
	if err != nil {
		return way{}, errors.Join(err, r.Close())
	}
	return way{
		reach: provision.Reach{
			Dial: r.Dial, Clock: r.Clock(), RootCAs: r.RootCAs(), User: user, Password: password, Secret: simulatedSecret,
			Realm: kerberos.Config{Realm: r.Realm()}, Certificate: certificate,
		},
		close: r.Close, name: "the simulated datacenter served from " + world,
	}, nil
}

// simulatedSecret stands in for secrets that only the real site needs: the simulated
// Azure takes any.
func simulatedSecret(_ context.Context, ref planner.SecretRef) (string, error) {
	return "simulated secret for " + string(ref), nil
}

// live is the real network.
func (p *program) live(site planner.Site, base string) (way, error) {
	secrets, err := p.askAll(site, base)
	if err != nil {
		return way{}, err
	}
	reach := provision.Reach{Clock: clock.Real{}, Secret: secrets}
	dialer := &net.Dialer{}
	reach.Dial = dialer.DialContext
	from := access{site.Access, base}
	if err := from.fill(&reach); err != nil {
		return way{}, err
	}
	if reach.DirectoryCAs, err = from.authorities(site.Directory.CA); err != nil {
		return way{}, err
	}
	return way{reach: reach, close: func() error { return nil }, name: "the live site"}, nil
}
