package packing

// refute looks for a simple reason why the machines do not fit: one that fits nowhere, a
// resource that is too small in sum, more large machines than places for them, or rooms that
// no combination of the sizes fills.
func (p *Problem) refute(hosts []Host, items []item) (Proof, bool) {
	for i, it := range items {
		if ableHosts(hosts, it.size) == 0 {
			return noHost(hosts, it.size, i), true
		}
	}
	var sum Vector
	for _, h := range hosts {
		for d, n := range h.Room {
			sum[d] = add(sum[d], n)
		}
	}
	for d := range resources {
		if p.total[d] > sum[d] {
			return Proof{Kind: Sum, Resource: d, Needed: p.total[d], Have: sum[d], Missing: p.total[d] - sum[d]}, true
		}
	}
	for d := range resources {
		if proof, no := crowd(hosts, items, d); no {
			return proof, true
		}
	}
	for d := range resources {
		// when a whole unit or more is free on each host, rounding cannot decide
		r := p.sums(d)
		var filled int64
		for _, h := range hosts {
			filled = add(filled, r.atMost(h.Room[d]))
		}
		if p.total[d] > filled {
			return Proof{Kind: Waste, Resource: d, Needed: p.total[d], Have: filled, Missing: p.total[d] - filled}, true
		}
	}
	return Proof{}, false
}

// sums are the sums that all machines can make of a resource on the largest host.
func (p *Problem) sums(d Resource) *reach {
	if p.reach[d] == nil {
		var most int64
		for _, h := range p.hosts {
			most = max(most, h.Room[d])
		}
		p.reach[d] = reachOf(p.kinds, d, min(most, p.total[d]))
	}
	return p.reach[d]
}

// noHost says what keeps one machine of a size from the host that comes nearest.
func noHost(hosts []Host, size Vector, group int) Proof {
	var largest Vector
	var limit int64
	for _, h := range hosts {
		limit = max(limit, h.Largest)
		for d, n := range h.Room {
			largest[d] = max(largest[d], n)
		}
	}
	proof := Proof{Kind: NoHost, Group: group, Resource: VCPUs, Needed: size[VCPUs], Have: limit}
	for d := range resources {
		if size[d] > largest[d] {
			proof.Resource, proof.Needed, proof.Have = d, size[d], largest[d]
			break
		}
	}
	proof.Missing = max(proof.Needed-proof.Have, 0)
	return proof
}

// crowd looks for an amount of a resource of which there are more machines, of that size
// or larger, than the hosts hold.
func crowd(hosts []Host, items []item, d Resource) (Proof, bool) {
	for _, at := range items {
		size := at.size[d]
		if size == 0 {
			continue
		}
		var count, places int64
		for _, it := range items {
			if it.size[d] >= size {
				count += int64(it.count)
			}
		}
		for _, h := range hosts {
			if places += h.Room[d] / size; places >= count {
				break
			}
		}
		if count > places {
			return Proof{Kind: Crowd, Resource: d, Size: size, Needed: count, Have: places, Missing: count - places}, true
		}
	}
	return Proof{}, false
}
