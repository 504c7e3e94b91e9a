package planner

import (
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

func TestASizeIsCarriedByAHost(t *testing.T) {
	host := func(memory Bytes, cores, logical Cores) Host {
		return Host{Memory: memory * profiles.GiB, Processor: Processor{Cores: cores, Logical: logical}}
	}
	size := profiles.VMSize{Memory: 16 * profiles.GiB, VCPU: 8}
	for _, c := range []struct {
		name  string
		hosts []Host
		want  bool
	}{
		{"no host is read yet", nil, true},
		{"just enough of both", []Host{host(16, 8, 0)}, true},
		{"enough logical processors", []Host{host(16, 4, 8)}, true},
		{"too little memory", []Host{host(15, 8, 16)}, false},
		{"too few processors", []Host{host(64, 4, 7)}, false},
		{"each on another host", []Host{host(64, 2, 4), host(8, 8, 16)}, false},
		{"the second host", []Host{host(1, 1, 1), host(16, 8, 16)}, true},
	} {
		s := &sizer{in: Input{Inventory: Inventory{Hosts: c.hosts}}}
		if got := s.carriedCount(size) > 0; got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestWhatSumsNeed(t *testing.T) {
	room := NodeRoom{CPU: 1000, Memory: 1000, Pods: 10, GPU: 2}
	pod := func(count int, cpu Millicores, memory Bytes, gpu int) []PodSet {
		return []PodSet{{Count: 1, Replicas: count, CPU: cpu, Memory: memory, GPU: gpu}}
	}
	others := func(n int, room NodeRoom) []NodeSet { return []NodeSet{{Count: n, Room: room}} }
	apart := func(count int) []PodSet {
		return []PodSet{{Count: 1, Replicas: count, CPU: 1, Memory: 1, Spread: Apart}}
	}
	for _, c := range []struct {
		name   string
		others []NodeSet
		room   NodeRoom
		pods   []PodSet
		want   int
		ok     bool
	}{
		{"processors", nil, room, pod(4, 500, 1, 0), 2, true},
		{"one part of a processor more", nil, room, pod(5, 401, 1, 0), 3, true},
		{"memory", nil, room, pod(4, 1, 500, 0), 2, true},
		{"pods", nil, room, pod(21, 1, 1, 0), 3, true},
		{"graphics processors", nil, room, pod(3, 1, 1, 1), 2, true},
		{"others take processors", others(2, NodeRoom{CPU: 500, Memory: 9000, Pods: 90}), room, pod(4, 500, 1, 0), 1, true},
		{"others take memory", others(2, NodeRoom{CPU: 9000, Memory: 500, Pods: 90}), room, pod(4, 1, 500, 0), 1, true},
		{"others take pods", others(2, NodeRoom{CPU: 9000, Memory: 9000, Pods: 5}), room, pod(21, 1, 1, 0), 2, true},
		{"others take graphics processors", others(2, NodeRoom{CPU: 9000, Memory: 9000, Pods: 90, GPU: 1}), room, pod(6, 1, 1, 1), 2, true},
		{"others take all", others(4, room), room, pod(4, 500, 1, 0), 0, true},
		{"pods of their own each want a node", nil, room, apart(5), 5, true},
		{"others are nodes too", others(2, room), room, apart(5), 3, true},
		{"a pod that fits nowhere", nil, room, pod(1, 1001, 1, 0), 0, false},
		{"a pod that fits on others only", others(1, NodeRoom{CPU: 2000, Memory: 9000, Pods: 9}), room, pod(1, 2000, 1, 0), 0, true},
		{"a pod that fits on others that are not there", others(0, NodeRoom{CPU: 2000, Memory: 9000, Pods: 9}), room, pod(1, 2000, 1, 0), 0, false},
		{"no replica needs nothing", nil, room, pod(0, 9000, 1, 0), 0, true},
		{"a node without what is left to place", others(1, NodeRoom{CPU: 9000, Memory: 9000, Pods: 90, GPU: 1}), NodeRoom{CPU: 1000, Memory: 1000, Pods: 10}, pod(2, 1, 1, 1), 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n, ok := lowerBound(c.others, c.room, c.pods); max(n, 0) != c.want || ok != c.ok {
				t.Errorf("%d, %v, want %d, %v", n, ok, c.want, c.ok)
			}
		})
	}
}

func TestAPoolGrowsOnlyWhereItMay(t *testing.T) {
	in := exampleInput(t, "worked-azurelocal")
	r := &recipe{in: in}
	fixed := r.arcPool(NodePool{OS: Linux, Count: 3})
	if _, grows := fixed["max-count"]; grows || fixed["node-count"] != 3 || fixed["max-pods"] != in.Profile.Limits.PodsPerNode.Value {
		t.Errorf("a pool of a fixed size: %v", fixed)
	}
	growing := r.arcPool(NodePool{OS: Linux, Count: 3, MaxCount: 5, MaxPods: 40})
	if growing["enable-cluster-autoscaler"] != true || growing["min-count"] != 3 || growing["max-count"] != 5 || growing["max-pods"] != 40 {
		t.Errorf("a pool that grows: %v", growing)
	}
}

func TestAnAddressThatMovedIsAChange(t *testing.T) {
	fixed := func(purpose, at string) AddressMap {
		return AddressMap{Fixed: []Address{{Address: ip(at), Purpose: purpose}}}
	}
	for _, c := range []struct {
		name    string
		was, is AddressMap
		changes int
	}{
		{"the same address", fixed("host a", "10.0.0.1"), fixed("host a", "10.0.0.1"), 0},
		{"another address for the same", fixed("host a", "10.0.0.1"), fixed("host a", "10.0.0.2"), 1},
	} {
		d := &comparer{}
		d.addresses(c.was, c.is)
		if len(d.list) != c.changes || c.changes > 0 && (d.list[0].Is != "10.0.0.2" || d.list[0].Was != "10.0.0.1") {
			t.Errorf("%s: %+v", c.name, d.list)
		}
	}
}
