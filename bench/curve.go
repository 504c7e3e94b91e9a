package main

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// mostGrown is how many times the time of one cluster of 8 one of 128 may take. Linear growth
// is 1 at most: what all clusters have in common makes it less.
const mostGrown = 1.5

// A fabric is hosts for so many clusters.
type fabric struct {
	name  string
	hosts func(like []planner.Host, clusters int) []planner.Host
	fits  bool
}

var curveFabrics = []fabric{
	{"do not fit", func(like []planner.Host, _ int) []planner.Host { return like }, false},
	{"fit on 16 hosts", func(like []planner.Host, clusters int) []planner.Host {
		grown := max(clusters/16, 1)
		hosts := hostsLike(like, 16)
		for i := range hosts {
			h := &hosts[i]
			h.Memory *= planner.Bytes(grown)
			h.Processor.Cores *= planner.Cores(grown)
			h.Processor.Logical *= planner.Cores(grown)
		}
		return hosts
	}, true},
	{"fit on more hosts", func(like []planner.Host, clusters int) []planner.Host { return hostsLike(like, max(clusters/2, 4)) }, true},
}

// curve measures how the time and the memory of a plan grow with its clusters, on hosts that
// hold them and on hosts that do not: a row for each number of clusters, and one that holds
// one cluster of 128 against one of 8.
func curve() ([]figure, error) {
	base, err := input("worked-akshci")
	if err != nil {
		return nil, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	base.Site.Network.Subnet = netip.MustParsePrefix("10.64.0.0/12")
	base.Site.Network.Gateway = netip.MustParseAddr("10.64.0.1")
	base.Site.Network.NodePool, base.Site.Network.VIPPool, base.Site.Network.CloudAgent = nil, nil, nil
	var rows []figure
	for _, f := range curveFabrics {
		grown, err := grow(base, f)
		if err != nil {
			return nil, err
		}
		rows = append(rows, grown...)
	}
	return rows, nil
}

// curveSizes are the numbers of clusters, the first and the third of which are held against
// each other.
var curveSizes = [...]int{8, 32, 128, 512}

// grow measures one fabric. The sizes come in turns, the small ones more often, so that a
// machine that is busy for a while slows all of them alike.
func grow(base planner.Input, f fabric) ([]figure, error) {
	const turns = 9
	var times [len(curveSizes)][]time.Duration
	var bytes [len(curveSizes)]float64 // of a cluster
	var ratios []float64
	var inputs [len(curveSizes)]planner.Input
	for i, clusters := range curveSizes {
		inputs[i] = withClusters(base, f, clusters)
	}
	for range turns {
		var each [len(curveSizes)]float64 // nanoseconds of a cluster
		for i, clusters := range curveSizes {
			repeat := max(128/clusters, 1)
			var old, now runtime.MemStats
			runtime.ReadMemStats(&old)
			for range repeat {
				began := time.Now()
				plan := planner.Make(inputs[i])
				if _, err := planner.Encode(plan); err != nil {
					return nil, err
				}
				took := time.Since(began)
				times[i], each[i] = append(times[i], took), each[i]+float64(took)/float64(repeat*clusters)
				if fits := plan.Headroom.States[0].Verdict != planner.Impossible; clusters >= 32 && fits != f.fits {
					return nil, fmt.Errorf("plan %d clusters that %s: %s", clusters, f.name, plan.Headroom.States[0].Verdict)
				}
			}
			runtime.ReadMemStats(&now)
			bytes[i] = float64(now.TotalAlloc-old.TotalAlloc) / float64(repeat*clusters)
		}
		ratios = append(ratios, each[2]/each[0])
	}
	var rows []figure
	for i, clusters := range curveSizes {
		row := summary(fmt.Sprintf("plan %d clusters that %s", clusters, f.name), times[i], 0)
		row.note = fmt.Sprintf("%d µs and %.0f KB a cluster", row.low.Microseconds()/int64(clusters), bytes[i]/1e3)
		rows = append(rows, row)
	}
	slices.Sort(ratios)
	return append(rows, figure{what: "a cluster of 128 to one of 8, " + f.name, ratio: ratios[len(ratios)/2], atMost: mostGrown,
		note: fmt.Sprintf("times the time (from %.2f to %.2f), %.2f times the memory", ratios[0], ratios[len(ratios)-1], bytes[2]/bytes[0])}), nil
}

func withClusters(base planner.Input, f fabric, clusters int) planner.Input {
	in := base
	in.Site.Clusters = nil
	for i := range clusters {
		c := base.Site.Clusters[i%len(base.Site.Clusters)]
		c.Name = fmt.Sprintf("cluster%d", i)
		in.Site.Clusters = append(in.Site.Clusters, c)
	}
	in.Inventory.Hosts = f.hosts(base.Inventory.Hosts, clusters)
	return in
}

// hostsLike are so many hosts like some, each with a name and an address of its own.
func hostsLike(like []planner.Host, n int) []planner.Host {
	hosts := slices.Repeat(like, n/len(like)+1)[:n]
	for i := range hosts {
		hosts[i].Name = fmt.Sprintf("hv%03d.corp.fabrikam.com", i)
		hosts[i].Address = plus(netip.MustParseAddr("192.168.20.11"), i)
	}
	return hosts
}
