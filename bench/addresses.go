package main

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"time"

	"go4.org/netipx"

	"github.com/arcwright/arcwright/planner"
)

// addressing measures the whole address map, with its counts, checks and reasons, against
// a peer that only finds the same places: go4.org/netipx used raw, in turns on one processor.
func addressing(what string, in planner.Input) (figure, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var ours, theirs []time.Duration
	for range 51 {
		began := time.Now()
		book, _ := planner.Addresses(in)
		ours = append(ours, time.Since(began))
		pools := proposed(book)
		began = time.Now()
		raw, err := rawPools(in, pools)
		theirs = append(theirs, time.Since(began))
		if err != nil {
			return figure{}, fmt.Errorf("%s: %w", what, err)
		}
		for i, r := range raw {
			if r != pools[i] {
				return figure{}, fmt.Errorf("%s: netipx finds %s, arcwright %s", what, r, pools[i])
			}
		}
	}
	row := summary(what, ours, 0)
	peer := summary("", theirs, 0)
	row.peer = peer.median
	row.note = fmt.Sprintf("peer: netipx, places only; lowest to lowest %.2f", float64(row.low)/float64(peer.low))
	return row, nil
}

// proposed are the pools of a map, a node pool and a virtual pool for each network.
func proposed(book planner.AddressMap) []planner.Range {
	var list []planner.Range
	for _, p := range book.Pools {
		list = append(list, p.Range)
	}
	for _, n := range book.Networks {
		for _, p := range n.Pools {
			list = append(list, p.Range)
		}
	}
	return list
}

// rawPools finds the lowest runs of free addresses as large as the given pools.
func rawPools(in planner.Input, like []planner.Range) ([]planner.Range, error) {
	networks := append([]planner.Network{in.Site.Network}, in.Site.Networks...)
	if len(like) != 2*len(networks) {
		return nil, fmt.Errorf("%d networks have %d pools", len(networks), len(like))
	}
	var b netipx.IPSetBuilder
	for _, n := range networks {
		r := netipx.RangeOfPrefix(n.Subnet)
		b.AddRange(netipx.IPRangeFrom(r.From().Next().Next(), r.To().Prev().Prev()))
	}
	for _, n := range networks {
		b.Remove(n.Gateway)
		for _, at := range n.DNS {
			b.Remove(at)
		}
		for _, r := range n.Reserved {
			b.RemoveRange(netipx.IPRangeFrom(r.Start, r.End))
		}
	}
	for _, h := range in.Inventory.Hosts {
		b.Remove(h.Address)
	}
	for _, u := range in.Inventory.InUse {
		b.Remove(u.Address)
	}
	set, err := b.IPSet()
	if err != nil {
		return nil, err
	}
	ranges := set.Ranges()
	var out []planner.Range
	next := 0
	for i, n := range networks {
		for next < len(ranges) && ranges[next].To().Less(n.Subnet.Addr()) {
			next++
		}
		var from netip.Addr // where the last pool ended
		at := next
		for _, want := range like[2*i : 2*i+2] {
			found := false
			for ; at < len(ranges) && n.Subnet.Contains(ranges[at].From()); at++ {
				start := ranges[at].From()
				if from.IsValid() && start.Less(from) {
					start = from
				}
				end := plus(start, want.Size()-1)
				if !ranges[at].To().Less(end) {
					out = append(out, planner.Range{Start: start, End: end})
					from, found = end.Next(), true
					break
				}
			}
			if !found {
				return nil, errors.New("netipx finds no room")
			}
		}
	}
	return out, nil
}

func plus(a netip.Addr, n int) netip.Addr {
	b := a.As4()
	v := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	v += uint32(n)
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

// manyNetworks is an example with 256 networks of /24 in all, a cluster in each.
func manyNetworks(in planner.Input) planner.Input {
	own := in.Site.Network
	cluster := in.Site.Clusters[0]
	in.Site.Clusters = nil
	in.Site.Network.NodePool, in.Site.Network.VIPPool = nil, nil
	for i := range 256 {
		n := own
		n.Name, n.VLAN = fmt.Sprintf("net%d", i), 100+i
		n.NodePool, n.VIPPool, n.CloudAgent = nil, nil, nil
		n.Subnet = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 70, byte(i), 0}), 24)
		n.Gateway = plus(n.Subnet.Addr(), 1)
		n.Reserved = []planner.Range{{Start: plus(n.Subnet.Addr(), 8), End: plus(n.Subnet.Addr(), 15)}, {Start: plus(n.Subnet.Addr(), 60), End: plus(n.Subnet.Addr(), 63)}}
		c := cluster
		c.Name, c.Network = fmt.Sprintf("c%d", i), n.Name
		in.Site.Clusters = append(in.Site.Clusters, c)
		if i == 0 {
			in.Site.Network = n
			continue
		}
		in.Site.Networks = append(in.Site.Networks, n)
	}
	return in
}

// manyHoles is an example whose subnet is a /16 with 10,000 addresses in use.
func manyHoles(in planner.Input) planner.Input {
	n := &in.Site.Network
	n.NodePool, n.VIPPool, n.Reserved = nil, nil, nil
	n.Subnet = netip.MustParsePrefix("10.80.0.0/16")
	n.Gateway = plus(n.Subnet.Addr(), 1)
	for i := range 10_000 {
		in.Inventory.InUse = append(in.Inventory.InUse, planner.UsedAddress{Address: plus(n.Subnet.Addr(), 2+(i*7919)%10_000*5), By: "host"})
	}
	return in
}
