package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

// runOf makes the folder of a run, without applying it.
func runOf(t testing.TB, p planner.Plan, at time.Time) *provision.Run {
	t.Helper()
	text, err := planner.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	run, err := provision.CreateRun(t.TempDir(), p.Site.Name, at, text)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func expiring(t testing.TB, p planner.Plan, d *sim.Datacenter, run *provision.Run) provision.Calendar {
	t.Helper()
	reach := reachOf(d)
	reach.User, reach.Password, reach.Secret = "", "", nil // nobody signs in
	d.Clock().Busy(+1)
	defer d.Clock().Busy(-1)
	return provision.Expiring(t.Context(), reach, p, profile(t, p.Site.Platform), run, []*provision.Run{run})
}

func TestCertificatesAreThoseThatTheListenersShow(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	if err := d.Inject(sim.Fault{Kind: sim.HostUnreachable, Host: "brhv02"}); err != nil {
		t.Fatal(err)
	}
	c := expiring(t, p, d, runOf(t, p, d.Start()))
	var seen, unseen []string
	for _, e := range c.Expiries {
		if e.Kind == provision.ExpiryCertificate {
			seen = append(seen, e.Until.Format(time.DateOnly)+" "+e.Where)
		}
	}
	for _, u := range c.Unseen {
		if strings.Contains(u.What, "certificate") {
			unseen = append(unseen, u.What+": "+u.Why)
		}
	}
	// The simulated authority issues for twenty years from the day before.
	if diff := cmp.Diff([]string{"2046-12-04 brhv01.corp.contoso.com:5986"}, seen); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"certificate of the WinRM listener: no answer within 30s", "certificates of the cluster shop: this run has not fetched its credential"}, unseen); diff != "" {
		t.Error(diff)
	}
	if took := d.Clock().Now().Sub(d.Start()); took > time.Minute {
		t.Errorf("a host that is away was waited for %v", took)
	}
}

// A certificate that has ended is seen all the same, and said to have.
func TestACertificateThatHasEndedIsSeen(t *testing.T) {
	p := example(t, "quickstart")
	wall := time.Date(2026, 12, 5, 22, 0, 0, 0, time.UTC)
	o := sim.Options{Seed: 7, World: t.TempDir(), Wall: func() time.Time { return wall }}
	if err := world(t, p, o).Close(); err != nil {
		t.Fatal(err)
	}
	wall = wall.AddDate(21, 0, 0) // the world lives on
	d := world(t, p, o)
	now := d.Clock().Now()
	ended := 0
	for _, e := range expiring(t, p, d, runOf(t, p, now)).Expiries {
		if e.Kind == provision.ExpiryCertificate {
			ended++
			if !e.Ended(now) || e.Days(now) != -366 {
				t.Errorf("%s at %s has %d days left, ended %v", e.What, e.Where, e.Days(now), e.Ended(now))
			}
		}
	}
	if ended != 2 {
		t.Errorf("%d certificates were seen", ended)
	}
}
