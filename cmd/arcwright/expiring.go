package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/provision/clock"
)

// near is how many days before an end it is marked.
const near = 30

// statusExpiring shows what ends for the site of a run. within, above zero, leaves out what
// ends more days from now than that.
func (p *program) statusExpiring(ctx context.Context, run *provision.Run, output string, within int) (err error) {
	plan, _, err := p.loadPlan(run.PlanPath())
	if err != nil {
		return err
	}
	profile, err := profiles.Load(plan.Site.Platform)
	if err != nil {
		return blockedf("use the program that made the plan", "the run is of a platform this program does not know: %s", plan.Site.Platform)
	}
	h, err := loadHow(run)
	if err != nil {
		return err
	}
	state, err := p.stateDir()
	if err != nil {
		return err
	}
	past, err := provision.Runs(state)
	if err != nil {
		return err
	}
	site := plan
	site.Site.Access.Password, site.Site.Azure.Secret = "", "" // nobody signs in
	w, err := p.open(site, &h, false, nil)
	if err != nil {
		w = p.nowhere(err)
	}
	defer func() { err = errors.Join(err, w.close()) }()
	var calendar provision.Calendar
	if err := p.look(ctx, w.reach.Clock, func(ctx context.Context) {
		calendar = provision.Expiring(ctx, w.reach, plan, profile, run, past)
	}); err != nil {
		return err
	}
	now := w.reach.Clock.Now()
	later := 0
	if within > 0 {
		var soon []provision.Expiry
		for _, e := range calendar.Expiries {
			if e.Days(now) <= within {
				soon = append(soon, e)
			} else {
				later++
			}
		}
		calendar.Expiries = soon
	}
	if output == "json" {
		return p.expiringJSON(run, now, calendar)
	}
	p.drawExpiring(p.out, run, now, calendar)
	if later > 0 {
		ends := "end"
		if later == 1 {
			ends = "ends"
		}
		fmt.Fprintf(p.out, "%d more %s later than in %s\n", later, ends, plural(within, "day"))
	}
	return nil
}

// nowhere is the way to a site that cannot be reached: what the files tell is still told.
func (p *program) nowhere(why error) way {
	dial := func(context.Context, string, string) (net.Conn, error) { return nil, why }
	return way{reach: provision.Reach{Dial: dial, Clock: clock.Real{}}, close: func() error { return nil }}
}

type expiryRow struct {
	Kind   provision.ExpiryKind `json:"kind"`
	What   string               `json:"what"`
	Where  string               `json:"where"`
	Until  time.Time            `json:"until"`
	Days   int                  `json:"days"`
	Ended  bool                 `json:"ended"`
	Remedy string               `json:"remedy"`
	Source string               `json:"source,omitempty"`
}

type unseenRow struct {
	What  string `json:"what"`
	Where string `json:"where"`
	Why   string `json:"why"`
}

func (p *program) expiringJSON(run *provision.Run, now time.Time, c provision.Calendar) error {
	rows, unseen := []expiryRow{}, []unseenRow{}
	for _, e := range c.Expiries {
		rows = append(rows, expiryRow{e.Kind, e.What, e.Where, e.Until, e.Days(now), e.Ended(now), e.Remedy, e.Source})
	}
	for _, u := range c.Unseen {
		unseen = append(unseen, unseenRow(u))
	}
	return p.printJSON(keyed{
		"version": "arcwright.dev/expiring/v1", "run": run.ID, "site": run.Site, "asOf": now.UTC().Truncate(time.Second),
		"expiring": rows, "notSeen": unseen,
	})
}

// drawExpiring writes for a person, in 80 columns.
func (p *program) drawExpiring(to io.Writer, run *provision.Run, now time.Time, c provision.Calendar) {
	fmt.Fprintf(to, "%s  what ends, as of %s\n", p.paint.bold(run.ID), profiles.DateOf(now))
	const width, indent = paper, 25
	for _, e := range c.Expiries {
		left := fmt.Sprintf("%d days", e.Days(now))
		switch days := e.Days(now); {
		case e.Ended(now):
			left = "ENDED"
		case days == 1:
			left = "1 day"
		case days == 0:
			left = "TODAY"
		}
		left = fmt.Sprintf("%-11s", left)
		switch {
		case e.Ended(now):
			left = p.paint.bad(left)
		case e.Days(now) <= near:
			left = p.paint.warn(left)
		}
		fmt.Fprintf(to, "  %s  %s", profiles.DateOf(e.Until), left)
		where := "at " + e.Where
		if e.Kind == provision.ExpiryDeadline {
			where = e.Where
		}
		for i, line := range slices.Concat(wrapped(e.What, width-indent), wrapped(where, width-indent), wrapped("do: "+e.Remedy, width-indent)) {
			if i > 0 {
				fmt.Fprint(to, strings.Repeat(" ", indent))
			}
			fmt.Fprintln(to, line)
		}
	}
	if len(c.Expiries) == 0 {
		fmt.Fprintln(to, "  nothing")
	}
	if len(c.Unseen) > 0 {
		fmt.Fprintln(to, "not known here:")
		for _, u := range c.Unseen {
			for i, line := range wrapped(u.What+" ("+u.Where+"): "+u.Why, width-4) {
				fmt.Fprintf(to, "  %s%s\n", strings.Repeat("  ", min(i, 1)), line)
			}
		}
	}
}
