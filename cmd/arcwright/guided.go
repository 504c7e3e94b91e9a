package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/tui"
	"github.com/spf13/cobra"
)

// guided makes the bare command the guided set-up.
func (p *program) guided(root *cobra.Command) {
	var (
		flags wayFlags
		site  string
		hosts string
	)
	flags.On, flags.Speed = onSim, 600
	root.Flags().StringVar(&site, "site", "", "site file to start from")
	root.Flags().StringVar(&hosts, "inventory", "", "inventory file, instead of the one the site names")
	root.Flags().Var(&flags.On, "on", "where the set-up ends: the simulated datacenter or the live one")
	root.Flags().Var(&flags.Speed, "speed", "simulated seconds in a real one, or max (simulated only)")
	root.Flags().BoolVar(&flags.fresh, "fresh", false, "begin with a new simulated world, and lose the old one")
	root.Flags().Uint64Var(&flags.Seed, "seed", 0, "seed of a new simulated world (default: drawn)")
	root.RunE = func(c *cobra.Command, _ []string) error {
		if !terminal(p.in) || !terminal(p.out) {
			if c.Flags().NFlag() > 0 {
				return usagef("off a terminal, use arcwright plan and arcwright apply", "the guided set-up needs a terminal")
			}
			return c.Help()
		}
		return p.setUp(c.Context(), site, hosts, flags)
	}
}

// setUp opens the guided set-up with a site, or with an empty one.
func (p *program) setUp(ctx context.Context, file, hosts string, flags wayFlags) error {
	s := tui.Setup{
		SiteFile: "site.yaml", PlanFile: "plan.yaml", Scripts: provision.LoadCatalogue().Digest(),
		Load: profiles.Load, Platforms: profiles.Names(),
		Save:  saver(file),
		Where: map[place]string{onSim: "the simulated datacenter", onLive: "the live network"}[flags.On],
	}
	base := "."
	if file == "" {
		s.SiteFile, s.PlanFile = unused("site"), unused("plan")
		s.Site.Platform, s.Site.PlannedFor = "windows-server-2022", profiles.DateOf(p.now())
	} else {
		l, err := loadSite(file, hosts)
		if err != nil {
			return err
		}
		if stops(l.findings) {
			p.printFindings(p.err, l.findings)
			return blockedf("", "%s cannot be opened", file)
		}
		s.Site, s.Inventory, s.SiteFile = l.input.Site, l.input.Inventory, file
		base = filepath.Dir(file)
		s.PlanFile = filepath.Join(base, "plan.yaml")
	}
	if file == "" && hosts != "" {
		var err error
		if s.Inventory, err = p.loadInventory(hosts); err != nil {
			return err
		}
		s.Site.Inventory = hosts
	}
	var err error
	if flags.Base, err = filepath.Abs(base); err != nil {
		return err
	}
	var running atomic.Pointer[job]
	s.Apply = func(plan planner.Plan, document []byte) (tui.Job, error) {
		j, where, err := p.begin(ctx, plan, document, &flags)
		if err != nil {
			return tui.Job{}, err
		}
		running.Store(j)
		return p.shown(j, where), nil
	}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	// Ctrl-C on the screens is a key. A signal comes from elsewhere, or from a terminal that
	// is gone: the run stops cleanly, and nobody is left to close the screens.
	stop := onSignals(func() {
		if j := running.Load(); j != nil {
			j.halt()
			go func() {
				<-j.ended
				leave()
			}()
			return
		}
		leave()
	}, leave)
	defer stop()
	_, err = tui.Guided(ctx, p.in, p.out, s)
	j := running.Load()
	if j == nil {
		return err
	}
	j.halt()
	if err != nil {
		say(p.err, "arcwright: show progress: %s\n", err)
	}
	return p.finish(j)
}

// begin starts the run of a plan from the set-up.
func (p *program) begin(ctx context.Context, plan planner.Plan, document []byte, flags *wayFlags) (*job, string, error) {
	if err := p.applicable(plan); err != nil {
		return nil, "", err
	}
	if flags.On == onLive && (plan.Site.Access.Password == "prompt" || plan.Site.Azure.Secret == "prompt") {
		return nil, "", usagef("refer to it as env:NAME, file:PATH or keyring:SERVICE/NAME, or write the plan and use arcwright apply", "a secret cannot be asked for while the screens are up")
	}
	state, err := p.stateDir()
	if err != nil {
		return nil, "", err
	}
	w, err := p.open(plan, &flags.how, flags.fresh, nil)
	if err != nil {
		return nil, "", err
	}
	run, err := provision.CreateRun(state, plan.Site.Name, p.now(), document)
	if err == nil {
		err = flags.save(run)
	}
	if err != nil {
		return nil, "", errors.Join(err, w.close())
	}
	return p.start(ctx, run, plan, w), w.name, nil
}

// shown is a job as the screens see it.
func (p *program) shown(j *job, where string) tui.Job {
	return tui.Job{
		Run: j.run.ID, Where: where, Log: j.log, Now: j.reach.Clock.Now, Stop: j.halt, Abort: j.cancel, Ended: j.ended,
		Kubeconfigs: j.run.Credentials(), Again: p.resuming(j.run),
		Result: func() (provision.Outcome, error) { return j.outcome, j.err },
	}
}

// liveView shows a job on the screen until it has ended and the person leaves.
func (p *program) liveView(ctx context.Context, j *job, where string) error {
	return tui.Live(ctx, p.in, p.out, p.shown(j, where))
}

// watchView shows the run of another process.
func (p *program) watchView(ctx context.Context, run *provision.Run, log *provision.Log) error {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; log.Wait(ctx, n) == nil; {
			n += len(log.Since(n))
		}
	}()
	now := func() time.Time {
		if events := log.Since(0); len(events) > 0 {
			return events[len(events)-1].Time
		}
		return p.now()
	}
	return tui.Live(ctx, p.in, p.out, tui.Job{
		Run: run.ID, Where: "watching", Log: log, Now: now, Ended: ended,
		Result: func() (provision.Outcome, error) {
			return provision.Progress{}.With(log.Since(0)...).Outcome, nil
		},
	})
}

// saver writes what the set-up makes. The site file that was loaded keeps its comments.
func saver(loaded string) func(file string, data []byte) error {
	return func(file string, data []byte) error {
		if file == loaded {
			original, err := read(file)
			if err != nil {
				return err
			}
			site, _, findings := planner.DecodeSite(file, data)
			if !stops(findings) {
				if data, err = planner.RewriteSite(original, site); err != nil {
					return err
				}
			}
		}
		return writeWhole(file, data, 0o644)
	}
}

// unused is the first file of this name, numbered if need be, that is not there yet: a
// set-up that loaded nothing replaces nothing.
func unused(name string) string {
	file := name + ".yaml"
	for n := 2; ; n++ {
		if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
			return file
		}
		file = fmt.Sprintf("%s-%d.yaml", name, n)
	}
}
