package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/provision/kube"
	"github.com/arcwright/arcwright/sim"
)

// mostDays is how far rehearse looks ahead: ten years, as long as anything of it lives.
const mostDays = 3650

// A later is what becomes of a site that was made and then left alone.
type later struct {
	// Days is how many days the world went on, From the moment that they count from.
	Days int       `json:"days"`
	From time.Time `json:"from"`
	// Looks is how often every step was looked at over the wire.
	Looks int `json:"looks"`
	// Lapses are the steps that were found done no more, in the order they were.
	Lapses []lapse `json:"lapses"`
	// Ends are what ends in these days, by the platform's figures or by a date that was
	// read, the earliest first.
	Ends []end `json:"ends"`
}

// A lapse is a step that was done and is so no more.
type lapse struct {
	Step string `json:"step"`
	// Day is the day of the first look that did not find it done, Whole of the last one that did.
	Day      float64         `json:"day"`
	Whole    float64         `json:"wholeOnDay"`
	Observed provision.State `json:"observed"`
	Reason   string          `json:"reason,omitempty"`
}

// An end is something that is over from some day on.
type end struct {
	Day  float64      `json:"day"`
	Date planner.Date `json:"date"`
	// Name is the expiry of the platform's profile or the code of the finding, What says it
	// for people, and Clusters of which clusters it is the earliest of.
	Name     string   `json:"name"`
	What     string   `json:"what"`
	Clusters []string `json:"clusters,omitempty"`
	// Effect is what no longer works, Remedy what to do and Owner who.
	Effect string        `json:"effect,omitempty"`
	Remedy string        `json:"remedy,omitempty"`
	Owner  planner.Owner `json:"owner"`
	// Source is where the date is from.
	Source string `json:"source"`
	// Modelled is whether the simulated datacenter knows of it; then Lapsed are the steps
	// that lapsed between the looks before and after it.
	Modelled bool     `json:"modelled"`
	Lapsed   []string `json:"lapsed,omitempty"`
}

// beside is how long before and after an end is looked.
const beside = 12 * time.Hour

// later lets the world of a plan that was carried out go on for some days, and looks at
// every step around each day on which something ends, and on the last.
func (s *stage) later(ctx context.Context, days int) (*later, error) {
	clock := s.way.reach.Clock
	l := &later{Days: days, From: clock.Now(), Lapses: []lapse{}, Ends: []end{}}
	last := l.From.Add(time.Duration(days) * 24 * time.Hour)
	if err := s.ends(l, last); err != nil {
		return nil, err
	}
	var looks []time.Time
	for _, e := range l.Ends {
		at := l.From.Add(time.Duration(e.Day * float64(24*time.Hour)))
		looks = append(looks, at.Add(-beside), at.Add(beside))
	}
	looks = slices.DeleteFunc(append(looks, last), func(at time.Time) bool { return at.Before(l.From) || at.After(last) })
	slices.SortFunc(looks, time.Time.Compare)
	clock.Busy(+1)
	defer clock.Busy(-1)
	whole := map[string]float64{}
	for _, at := range slices.CompactFunc(looks, time.Time.Equal) {
		if clock.Sleep(ctx, at.Sub(clock.Now())) != nil {
			return l, errStopped
		}
		if err := s.lookAgain(ctx, l, whole); err != nil {
			return l, err
		}
	}
	for i := range l.Ends {
		e := &l.Ends[i]
		for _, gone := range l.Lapses {
			if e.Modelled && gone.Whole <= e.Day && e.Day <= gone.Day {
				e.Lapsed = append(e.Lapsed, gone.Step)
			}
		}
	}
	return l, nil
}

// lookAgain looks at every step once and notes those that are done no more.
func (s *stage) lookAgain(ctx context.Context, l *later, whole map[string]float64) error {
	progress, err := provision.New(provision.Options{Plan: s.plan, Run: s.run, Reach: s.way.reach, Holder: holder()}).Status(ctx)
	switch {
	case ctx.Err() != nil:
		return errStopped
	case err != nil:
		return fmt.Errorf("look at the site again: %w", err)
	}
	l.Looks++
	today := daysBetween(l.From, s.way.reach.Clock.Now())
	for _, step := range progress.Steps {
		known := slices.ContainsFunc(l.Lapses, func(o lapse) bool { return o.Step == step.ID })
		switch {
		case known:
		case step.Observed == provision.StateDone:
			whole[step.ID] = today
		default:
			l.Lapses = append(l.Lapses, lapse{Step: step.ID, Day: today, Whole: whole[step.ID], Observed: step.Observed, Reason: step.Reason})
		}
	}
	return nil
}

// ends lists what ends until the last moment: the deadlines that status --expiring counts as
// well, the kubeconfigs by the dates in them, and what the planner's lifecycle rules say of
// every day.
func (s *stage) ends(l *later, last time.Time) error {
	profile, err := profiles.Load(s.plan.Site.Platform)
	if err != nil {
		return err
	}
	add := func(e end, at time.Time) {
		if at.After(last) {
			return
		}
		e.Day, e.Date = daysBetween(l.From, at), profiles.DateOf(at)
		l.Ends = append(l.Ends, e)
	}
	expire := func(e profiles.Expiry, cluster, source string, at time.Time) {
		var clusters []string
		if cluster != "" {
			clusters = []string{cluster}
		}
		add(end{Name: e.Name, What: e.What, Clusters: clusters, Effect: e.Effect, Remedy: e.Remedy, Owner: planner.OwnerYou, Source: source, Modelled: sim.Expires(e.Name)}, at)
	}
	for _, d := range provision.Deadlines(s.plan.Site.Name, profile, []*provision.Run{s.run}) {
		expire(d.Expiry, d.Cluster, d.Source.Page, d.Until)
	}
	if e, known := profile.Expiry(profiles.KubeconfigClient); known {
		for _, step := range s.plan.Steps {
			_, cluster, _ := strings.Cut(step.ID, "/")
			if step.Kind != planner.FetchCredential {
				continue
			}
			at, err := s.kubeconfigEnds(cluster)
			if err != nil {
				return err
			}
			expire(e, cluster, "the certificate itself", at)
		}
	}
	in := planner.Input{Site: s.plan.Site, Inventory: s.plan.Inventory, Profile: profile}
	blocked := map[string]bool{}
	for _, f := range planner.Lifecycle(in, profiles.DateOf(l.From)) {
		blocked[f.Code+" "+f.Path] = f.Stops()
	}
	for n := 1; n <= l.Days; n++ {
		at := l.From.AddDate(0, 0, n)
		for _, f := range planner.Lifecycle(in, profiles.DateOf(at)) {
			if key := f.Code + " " + f.Path; f.Stops() && !blocked[key] {
				blocked[key] = true
				add(end{Name: f.Code, What: f.Evidence, Effect: "a plan is blocked by it at " + f.Path, Remedy: f.Remedy, Owner: f.Owner, Source: f.Source}, at)
			}
		}
	}
	slices.SortStableFunc(l.Ends, func(a, b end) int { return cmp.Compare(a.Day, b.Day) })
	l.Ends = together(l.Ends)
	return nil
}

// together takes what ends in several clusters within a day for one end, on the day of the
// first. The ends are sorted.
func together(ends []end) []end {
	var all []end
	for _, e := range ends {
		i := slices.IndexFunc(all, func(o end) bool { return o.Name == e.Name && len(e.Clusters) > 0 && e.Day-o.Day < 1 })
		if i < 0 {
			all = append(all, e)
			continue
		}
		all[i].Clusters = append(all[i].Clusters, e.Clusters...)
	}
	return all
}

// kubeconfigEnds is the last moment of the client certificate that the run fetched.
func (s *stage) kubeconfigEnds(cluster string) (time.Time, error) {
	text, err := os.ReadFile(filepath.Join(s.run.Credentials(), cluster+".kubeconfig"))
	if err != nil {
		return time.Time{}, fmt.Errorf("read when the credential of %s ends: %w", cluster, err)
	}
	c, err := kube.ParseCredential(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("read when the credential of %s ends: %w", cluster, err)
	}
	if c.Expires().IsZero() {
		return time.Time{}, errors.New("the credential of " + cluster + " holds no certificate")
	}
	return c.Expires(), nil
}

func daysBetween(from, to time.Time) float64 {
	return math.Round(to.Sub(from).Hours()/24*100) / 100
}
