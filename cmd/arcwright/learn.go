package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/provision/forecast"
)

// forecastRuns is how many runs a forecast makes: one in a hundred is then a hundred.
const forecastRuns = 10_000

// beyond so many times its estimate a time is not believed.
const beyond = 1000.0

// A lesson is what the journals below a folder have taught, and the forecast made with it.
type lesson struct {
	Folder string `json:"folder"`
	// Live, Simulated and Unknown count the journals by where the run went; of unknown ones
	// nothing says where, and nothing of them is used. Damaged ones could not be read.
	Live      int      `json:"live"`
	Simulated int      `json:"simulated"`
	Unknown   int      `json:"unknown"`
	Damaged   []string `json:"damaged,omitempty"`
	// From is where the times are from that were learned: live when there are any, else
	// simulated; empty when nothing was learned.
	From place `json:"from,omitempty"`
	// Kinds are the kinds of step of the plan.
	Kinds []learned `json:"kinds"`

	Runs       int      `json:"runs"`
	Seed       uint64   `json:"seed"`
	P50Seconds float64  `json:"p50Seconds"`
	P90Seconds float64  `json:"p90Seconds"`
	P99Seconds float64  `json:"p99Seconds"`
	Steps      []shared `json:"steps"`

	estimate time.Duration
}

// learned is what is known of one kind of step.
type learned struct {
	Kind planner.StepKind `json:"kind"`
	// Samples are times over estimates, the shortest first; without any the estimate counts.
	Samples []float64 `json:"samples,omitempty"`
	// Source is where the estimate is from, with its day.
	Source string `json:"source"`
}

// shared is a step's part of the time.
type shared struct {
	Step       string  `json:"step"`
	P50Seconds float64 `json:"p50Seconds"`
	P90Seconds float64 `json:"p90Seconds"`
	Critical   float64 `json:"critical"`
	Share      float64 `json:"share"`
}

// learn reads the journals below a folder and makes the forecast of a plan. An
// interrupt ends it with errStopped.
func learn(ctx context.Context, dir string, plan planner.Plan, seed uint64) (*lesson, error) {
	all, damaged, err := provision.ReadDurations(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("name a folder with runs in it, such as the state folder", "--learn: there is no folder %s", dir)
	}
	if err != nil {
		return nil, err
	}
	if len(all)+len(damaged) == 0 {
		return nil, usagef("name a folder with runs in it, such as the state folder", "--learn: there is no journal below %s", dir)
	}
	profile, err := profiles.Load(plan.Site.Platform)
	if err != nil {
		return nil, err
	}
	l := &lesson{Folder: dir, Runs: forecastRuns, Seed: seed, Kinds: []learned{}, Steps: []shared{}, estimate: plan.Summary.Estimate}
	samples := l.sort(all)
	for _, err := range damaged {
		l.Damaged = append(l.Damaged, err.Error())
	}
	model := forecast.Model{Spread: profile.EstimateSpread.Value, Learned: map[planner.StepKind][]float64{}}
	for _, s := range plan.Steps {
		if slices.ContainsFunc(l.Kinds, func(k learned) bool { return k.Kind == s.Kind }) {
			continue
		}
		k := learned{Kind: s.Kind, Samples: samples[s.Kind]}
		if e, ok := profile.Estimate(string(s.Kind)); ok {
			k.Source = fmt.Sprintf("%s, %s", e.Source.Page, e.Source.Read)
		}
		slices.Sort(k.Samples)
		l.Kinds = append(l.Kinds, k)
		model.Learned[s.Kind] = k.Samples
	}
	f, err := forecast.Run(ctx, plan.Steps, model, seed, forecastRuns)
	if errors.Is(err, context.Canceled) {
		return nil, errStopped
	}
	if err != nil {
		return nil, err
	}
	l.P50Seconds, l.P90Seconds, l.P99Seconds = f.P50.Seconds(), f.P90.Seconds(), f.P99.Seconds()
	for _, s := range f.Dominant() {
		l.Steps = append(l.Steps, shared{s.ID, s.P50.Seconds(), s.P90.Seconds(), s.Critical, s.Share})
	}
	return l, nil
}

// sort counts the journals by where their runs went, and returns what is learned of the
// real site, or where there is no run on one, of the simulated.
func (l *lesson) sort(all []provision.Durations) map[planner.StepKind][]float64 {
	from := map[place]map[planner.StepKind][]float64{onLive: {}, onSim: {}}
	for _, d := range all {
		// Only the file beside the journal says where a run went.
		h, err := loadHow(&provision.Run{Dir: filepath.Dir(d.Path)})
		switch {
		case err != nil || h.On != onLive && h.On != onSim:
			l.Unknown++
			continue
		case h.On == onLive:
			l.Live++
		default:
			l.Simulated++
		}
		for _, s := range d.Steps {
			if factor := s.Time.Seconds() / s.Estimate.Seconds(); factor <= beyond {
				from[h.On][s.Kind] = append(from[h.On][s.Kind], factor)
			}
		}
	}
	for _, at := range []place{onLive, onSim} {
		if len(from[at]) > 0 {
			l.From = at
			return from[at]
		}
	}
	return nil
}

// drawLesson prints the forecast.
func (p *program) drawLesson(l *lesson, simulated time.Duration) {
	duration := func(seconds float64) string { return rounded(time.Duration(seconds * float64(time.Second))) }
	say(p.out, "\n%s if every step succeeds (%d runs in thought, seed %d)\n", p.paint.bold("How long it will take"), l.Runs, l.Seed)
	say(p.out, "  half of the runs within   %s\n", p.paint.bold(duration(l.P50Seconds)))
	say(p.out, "  90 of 100 within          %s\n", p.paint.bold(duration(l.P90Seconds)))
	say(p.out, "  99 of 100 within          %s\n", p.paint.bold(duration(l.P99Seconds)))
	say(p.out, "  the plan's own estimate   %s\n", rounded(l.estimate))
	if simulated > 0 {
		say(p.out, "  the simulated run took    %s\n", rounded(simulated))
	}
	say(p.out, "\n  %s\n", p.paint.bold("What it is made of"))
	switch l.From {
	case onLive:
		say(p.out, "  times of %s below %s\n", plural(l.Live, "live run"), l.Folder)
	case onSim:
		say(p.out, "  %s times of %s: no live run is below %s, so this tells\n  the simulator's times and not those of your hosts\n", p.paint.warn("SIMULATED"), plural(l.Simulated, "simulated run"), l.Folder)
	default:
		say(p.out, "  nothing could be learned below %s\n", l.Folder)
	}
	if l.From == onLive && l.Simulated > 0 {
		say(p.out, "  left out: %s\n", plural(l.Simulated, "simulated run"))
	}
	if l.Unknown > 0 {
		say(p.out, "  left out: %s that nothing says of where it went\n", plural(l.Unknown, "journal"))
	}
	for _, d := range l.Damaged {
		say(p.out, "  left out: %s\n", d)
	}
	for _, k := range l.Kinds {
		n := len(k.Samples)
		if n == 0 {
			say(p.out, "  %-18s our estimate (%s), nothing learned\n", k.Kind, k.Source)
			continue
		}
		say(p.out, "  %-18s %-10s %.2f to %.2f times its estimate, mostly %.2f\n", k.Kind, plural(n, "sample"), k.Samples[0], k.Samples[n-1], k.Samples[n/2])
	}
	say(p.out, "\n  %s\n", p.paint.bold("What dominates"))
	top, width := l.Steps[:min(len(l.Steps), 5)], 0
	for _, s := range top {
		width = max(width, len(s.Step))
	}
	for _, s := range top {
		if s.Share < 0.005 {
			break
		}
		say(p.out, "  %3.0f %% of the time  %-*s decides in %.0f of 100 runs\n", 100*s.Share, width, s.Step, 100*s.Critical)
	}
}
