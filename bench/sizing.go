package main

import (
	"fmt"
	"runtime"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// sizing measures how long it takes to place 32,000 small pods on 1,000 nodes, and to find
// out that no fewer nodes hold them, on one processor.
func sizing() (figure, error) {
	room := planner.NodeRoom{CPU: 16_000, Memory: 64 * profiles.GiB, Pods: 110}
	pods := []planner.PodSet{{Count: 1000, Replicas: 32, CPU: 500, Memory: profiles.GiB}}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var times []time.Duration
	for range 51 {
		began := time.Now()
		placed := planner.Place([]planner.NodeSet{{Room: room, Count: 1000}}, pods)
		least := planner.LeastNodes(room, pods, 5000)
		times = append(times, time.Since(began))
		if placed[0] != 32_000 || least != 1000 {
			return figure{}, fmt.Errorf("size 32,000 pods: %d placed on 1,000 nodes, %d nodes needed", placed[0], least)
		}
	}
	return summary("size 32,000 pods on 1,000 nodes", times, 50*time.Millisecond), nil
}

// sizingMixed measures the same number of pods of a hundred kinds, a third of them spread
// evenly and a third apart, over the worker sizes of a catalogue.
func sizingMixed() (figure, error) {
	room := planner.NodeRoom{CPU: 16_000, Memory: 64 * profiles.GiB, Pods: 110}
	var pods []planner.PodSet
	for i := range 100 {
		pods = append(pods, planner.PodSet{Count: 32, Replicas: 10, CPU: 300 + planner.Millicores(3*i), Memory: profiles.GiB - planner.Bytes(i)*profiles.MiB,
			Spread: []planner.Spread{"", planner.Even, planner.Apart}[i%3]})
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var times []time.Duration
	nodes := 0
	for range 15 {
		began := time.Now()
		nodes = planner.LeastNodes(room, pods, 5000)
		times = append(times, time.Since(began))
		if nodes == 0 {
			return figure{}, fmt.Errorf("size 32,000 pods of a hundred kinds: no number of nodes holds them")
		}
	}
	f := summary("size 32,000 pods of a hundred kinds", times, 50*time.Millisecond)
	f.note = fmt.Sprintf("%d nodes", nodes)
	return f, nil
}
