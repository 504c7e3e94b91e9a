package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// planning measures from decoded inputs to the bytes of the plan, on one processor.
func planning(example string) (figure, error) {
	in, err := input(example)
	if err != nil {
		return figure{}, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var times []time.Duration
	for range 51 {
		began := time.Now()
		if _, err := planner.Encode(planner.Make(in)); err != nil {
			return figure{}, err
		}
		times = append(times, time.Since(began))
	}
	return summary("plan "+example, times, 5*time.Millisecond), nil
}

func input(example string) (planner.Input, error) {
	dir := filepath.Join("examples", example)
	text, err := os.ReadFile(filepath.Join(dir, "site.yaml"))
	if err != nil {
		return planner.Input{}, err
	}
	site, _, findings := planner.DecodeSite("site.yaml", text)
	if len(findings) > 0 {
		return planner.Input{}, fmt.Errorf("decode %s: %s", example, findings[0].Message)
	}
	if text, err = os.ReadFile(filepath.Join(dir, "inventory.yaml")); err != nil {
		return planner.Input{}, err
	}
	inventory, _, findings := planner.DecodeInventory("inventory.yaml", text)
	if len(findings) > 0 {
		return planner.Input{}, fmt.Errorf("decode %s: %s", example, findings[0].Message)
	}
	profile, err := profiles.Load(site.Platform)
	return planner.Input{Site: site, Inventory: inventory, Profile: profile, Scripts: "bench"}, err
}

// summary is the row of some measurements.
func summary(what string, times []time.Duration, limit time.Duration) figure {
	slices.Sort(times)
	return figure{what: what, median: times[len(times)/2], low: times[0], high: times[len(times)-1], limit: limit}
}
