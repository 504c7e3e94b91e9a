package main

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// curve measures how the time and the memory of a plan grow with its clusters: a row for
// each size, each compared with the one before. No worse than linear is a limit of twice
// the time for twice the clusters.
func curve() ([]figure, error) {
	base, err := input("worked-akshci")
	if err != nil {
		return nil, err
	}
	base.Site.Network.Subnet = netip.MustParsePrefix("10.64.0.0/12")
	base.Site.Network.Gateway = netip.MustParseAddr("10.64.0.1")
	base.Site.Network.NodePool, base.Site.Network.VIPPool, base.Site.Network.CloudAgent = nil, nil, nil
	var rows []figure
	var before float64
	for clusters := 8; clusters <= 512; clusters *= 4 {
		in := base
		in.Site.Clusters = nil
		for i := range clusters {
			c := base.Site.Clusters[i%len(base.Site.Clusters)]
			c.Name = fmt.Sprintf("cluster%d", i)
			in.Site.Clusters = append(in.Site.Clusters, c)
		}
		var times []time.Duration
		var old, now runtime.MemStats
		runtime.ReadMemStats(&old)
		const turns = 7
		for range turns {
			began := time.Now()
			if _, err := planner.Encode(planner.Make(in)); err != nil {
				return nil, err
			}
			times = append(times, time.Since(began))
		}
		runtime.ReadMemStats(&now)
		slices.Sort(times)
		row := summary(fmt.Sprintf("plan %d clusters", clusters), times, 0)
		each := float64(now.TotalAlloc-old.TotalAlloc) / turns / float64(clusters)
		row.note = fmt.Sprintf("%.0f µs and %.0f KB a cluster", float64(row.median.Microseconds())/float64(clusters), each/1e3)
		if one := float64(row.median) / float64(clusters); before > 0 {
			row.note += fmt.Sprintf(": %.2f times the time of a cluster in the row above", one/before)
			before = one
		} else {
			before = one
		}
		rows = append(rows, row)
	}
	return rows, nil
}
