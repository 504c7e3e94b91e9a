package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
	"github.com/spf13/cobra"
)

// looking are the flags of a check that looks at the hosts.
type looking struct {
	live       bool
	how        how
	conditions []string
}

func (l *looking) add(c *cobra.Command) {
	l.how.On = onLive
	c.Flags().BoolVar(&l.live, "live", false, "look at the hosts as well")
	c.Flags().Var(&l.how.On, "on", "with --live, where: the simulated datacenter or the live one")
	c.Flags().StringVar(&l.how.World, "world", "", "folder of the simulated world")
	c.Flags().StringArrayVar(&l.conditions, "condition", nil, "find the simulated site in a condition: KIND[,KEY=VALUE...]; with --world it stays in that world, without it nothing is kept")
	_ = c.RegisterFlagCompletionFunc("on", cobra.FixedCompletions([]string{"sim", "live"}, cobra.ShellCompDirectiveNoFileComp))
}

// sane refuses flags that mean nothing together.
func (l *looking) sane(c *cobra.Command) error {
	if !l.live {
		for _, name := range []string{"on", "world", "condition"} {
			if c.Flags().Changed(name) {
				return usagef("add --live", "--%s is for a check that looks at the hosts", name)
			}
		}
	}
	if l.how.On == onLive && (len(l.conditions) > 0 || l.how.World != "") {
		return usagef("leave --condition and --world out, or write --on sim", "the live site is not simulated")
	}
	return nil
}

func conditionHelp() string {
	var b strings.Builder
	for _, k := range sim.ConditionKinds() {
		fmt.Fprintf(&b, "  %-18s %s", k.Name, k.Help)
		for i, q := range k.Parameters {
			text := q.Name
			if q.Default != "" {
				text += "=" + q.Default
			}
			if i > 0 {
				text = ", " + text
			} else {
				text = " Takes " + text
			}
			b.WriteString(text)
		}
		b.WriteString(".\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// lookLive looks at the hosts of a site and judges them as they are. read is whether any of
// them could be read.
func (p *program) lookLive(ctx context.Context, file string, l loaded, look looking) (findings []planner.Finding, read bool, err error) {
	if look.how.Base, err = filepath.Abs(filepath.Dir(file)); err != nil {
		return nil, false, err
	}
	enter := func(plan planner.Plan, h *how) (way, error) { return p.open(plan, h, false, nil) }
	if len(look.conditions) > 0 && look.how.World == "" {
		// What is tried out stays out of the site's own world.
		enter = func(plan planner.Plan, h *how) (way, error) { return p.simulated(plan, h, nil) }
	}
	w, err := enter(planner.Plan{Site: l.input.Site, Inventory: l.input.Inventory}, &look.how)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.find(look.conditions); err != nil {
		return nil, false, err
	}
	progress := newLookout(p.err, l.input.Inventory.Hosts)
	defer progress.stop()
	var sight provision.Sight
	var plan planner.Plan
	err = p.look(ctx, w.reach.Clock, func(ctx context.Context) {
		sight = provision.Inspect(ctx, w.reach, l.input, progress.done)
		l.input.Inventory = sight.Inventory
		plan = planner.Make(l.input)
		if l.input.Site.Directory.Server != "" {
			if untried := provision.DirectoryNotTried(w.reach, l.input, sight.Findings); untried != nil {
				sight.Findings = append(sight.Findings, *untried)
				return
			}
			_, found := provision.InspectDirectory(ctx, w.reach, l.input, plan)
			sight.Findings = append(sight.Findings, found...)
		}
	})
	if err != nil {
		return nil, false, err
	}
	// What is seen now goes before what the inventory says of the same thing.
	findings = slices.DeleteFunc(plan.Findings, func(f planner.Finding) bool {
		return slices.ContainsFunc(sight.Findings, func(seen planner.Finding) bool {
			return seen.Code == f.Code && (f.Path == seen.Path || strings.HasPrefix(f.Path, seen.Path+"."))
		})
	})
	findings = append(findings, sight.Findings...)
	planner.SortFindings(findings)
	return findings, sight.Read > 0 || len(l.input.Inventory.Hosts) == 0, nil
}

// look runs a look at a site, which changes nothing there. The first Ctrl-C ends it and what is
// open on the hosts, the second leaves at once.
func (p *program) look(ctx context.Context, clk provision.Clock, at func(context.Context)) error {
	return p.lookOr(ctx, clk, "stopped; nothing was changed anywhere", at)
}

// lookOr is look with words of its own for when it is stopped.
func (p *program) lookOr(ctx context.Context, clk provision.Clock, stopped string, at func(context.Context)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	leave := make(chan struct{})
	defer onSignals(func() {
		say(p.err, "%s\n", "stopping: what is open on the hosts is closed; Ctrl-C again leaves at once")
		cancel()
	}, func() { close(leave) })()
	done := make(chan struct{})
	clk.Busy(+1)
	go func() {
		defer close(done)
		defer clk.Busy(-1)
		at(ctx)
	}()
	select {
	case <-done:
	case <-leave:
	}
	if ctx.Err() != nil {
		return &exit{exitInterrupted, stopped, ""}
	}
	return nil
}

// find puts a simulated world into conditions.
func (w way) find(conditions []string) error {
	if len(conditions) == 0 {
		return nil
	}
	if w.world == nil {
		return usagef("stop the server first", "the world is served by another process")
	}
	for _, text := range conditions {
		c, err := sim.ParseCondition(text)
		if err == nil {
			err = w.world.Find(c)
		}
		if err != nil {
			return usagef("arcwright check --help lists the conditions", "--condition %s: %s", text, err)
		}
	}
	return nil
}

// patience is how long a look may take before it is said which hosts are waited for.
const patience = 3 * time.Second

// A lookout tells how far a look at the hosts is, once it takes long.
type lookout struct {
	mu      sync.Mutex
	to      io.Writer
	waiting []string
	of      int
	late    bool
	timer   *time.Timer
}

func newLookout(to io.Writer, hosts []planner.Host) *lookout {
	l := &lookout{to: to, of: len(hosts)}
	for _, h := range hosts {
		l.waiting = append(l.waiting, h.Name)
	}
	l.timer = time.AfterFunc(patience, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.late = true
		if len(l.waiting) > 0 {
			say(l.to, "%d of %s done, waiting for %s\n", l.of-len(l.waiting), plural(l.of, "host"), strings.Join(l.waiting, ", "))
		}
	})
	return l
}

// done is told of a host, from any goroutine.
func (l *lookout) done(host string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = slices.DeleteFunc(l.waiting, func(name string) bool { return name == host })
	if !l.late {
		return
	}
	result := "read"
	if err != nil {
		result = "not read"
	}
	say(l.to, "%d of %s done: %s was %s\n", l.of-len(l.waiting), plural(l.of, "host"), host, result)
}

func (l *lookout) stop() { l.timer.Stop() }
