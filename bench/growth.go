package main

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// mostGrowth is how many times as long four times as much may take: linear is 4.
const mostGrowth = 6

// growth holds large inputs of some parts of the planner against inputs of a quarter of
// their size, in turns on one processor.
func growth() ([]figure, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var rows []figure
	for _, part := range []struct {
		what string
		most int
		make func(n int) (func(), error)
	}{
		{"addresses beside DHCP exclusions", 20_000, excluding},
		{"place Deployments of 2 pods, spread evenly, on nodes used differently", 74_500, deploying},
		{"compare switches of 300 VLANs", 2_000, comparing},
	} {
		few, err := part.make(part.most / 4)
		if err != nil {
			return nil, err
		}
		many, err := part.make(part.most)
		if err != nil {
			return nil, err
		}
		var ratios []float64
		var times []time.Duration
		for range 7 {
			began := time.Now()
			for range 4 { // for as long as the large one
				few()
			}
			short := time.Since(began) / 4
			began = time.Now()
			many()
			times = append(times, time.Since(began))
			ratios = append(ratios, float64(times[len(times)-1])/float64(short))
		}
		rows = append(rows, summary(fmt.Sprintf("%s, %d", part.what, part.most), times, 0))
		slices.Sort(ratios)
		rows = append(rows, figure{what: "the same to a quarter of it", ratio: ratios[len(ratios)/2], atMost: mostGrowth,
			note: fmt.Sprintf("linear is 4 (from %.1f to %.1f)", ratios[0], ratios[len(ratios)-1])})
	}
	return rows, nil
}

// excluding is a site whose DHCP scope has so many exclusions, every other address one.
func excluding(n int) (func(), error) {
	in, err := input("quickstart")
	if err != nil {
		return nil, err
	}
	net := &in.Site.Network
	net.NodePool, net.VIPPool, net.Reserved = nil, nil, nil
	net.Subnet = netip.MustParsePrefix("10.80.0.0/15")
	net.Gateway = plus(net.Subnet.Addr(), 1)
	net.Addressing = planner.DHCP
	net.DHCPScope = &planner.Range{Start: plus(net.Subnet.Addr(), 16), End: plus(net.Subnet.Addr(), 16+2*n+200)}
	for i := range n {
		at := plus(net.DHCPScope.Start, 2*i)
		net.DHCPExclusions = append(net.DHCPExclusions, planner.Range{Start: at, End: at})
	}
	return func() { planner.Addresses(in) }, nil
}

// deploying is so many Deployments of two small pods, on nodes of which no two are used alike.
func deploying(n int) (func(), error) {
	room := planner.NodeRoom{CPU: 16_000, Memory: 64 * profiles.GiB, Pods: 110}
	nodes := n / 50
	var pods []planner.PodSet
	for i := range 100 {
		pods = append(pods, planner.PodSet{Count: 1, Replicas: nodes / 100, CPU: 100, Memory: profiles.GiB + planner.Bytes(i)*profiles.MiB})
	}
	pods = append(pods, planner.PodSet{Count: n, Replicas: 2, CPU: 100, Memory: 256 * profiles.MiB, Spread: planner.Even})
	if placed := planner.Place([]planner.NodeSet{{Room: room, Count: nodes}}, pods); placed[100] != 2*n {
		return nil, fmt.Errorf("place %d pods: %d find a node", 2*n, placed[100])
	}
	return func() { planner.Place([]planner.NodeSet{{Room: room, Count: nodes}}, pods) }, nil
}

// comparing is two inventories of so many switches, each with a VLAN less in the newer one.
func comparing(n int) (func(), error) {
	var older, newer planner.Plan
	for i := range n {
		s := planner.NetworkSwitch{Name: fmt.Sprintf("switch%d", i)}
		for id := range 300 {
			s.VLANs = append(s.VLANs, id+1)
		}
		older.Inventory.NetworkSwitches = append(older.Inventory.NetworkSwitches, s)
		s.VLANs = slices.Delete(slices.Clone(s.VLANs), 7, 8)
		newer.Inventory.NetworkSwitches = append(newer.Inventory.NetworkSwitches, s)
	}
	if found := planner.Compare(older, newer).Changes; len(found) != n {
		return nil, fmt.Errorf("compare %d switches: %d changes", n, len(found))
	}
	return func() { planner.Compare(older, newer) }, nil
}
