package packing

// solve looks for a valid placement on hosts that simple reasons do not rule out, or for a
// proof that there is none: by putting large machines first, then by dividing hosts and
// making the parts whole, then by trying everything as far as its effort allows.
func (p *Problem) solve(hosts []Host, items []item) ([][]int, Proof, Verdict) {
	l := newLayout(hosts, items)
	machines := 0
	for _, it := range items {
		machines += it.count
	}
	list := orders(hosts, items)
	for _, w := range list {
		if l.firstFit(by(w)) {
			return l.x, Proof{}, Possible
		}
	}
	if machines <= mostSingle {
		for _, w := range list[2:] {
			if l.bestFit(by(w)) {
				return l.x, Proof{}, Possible
			}
		}
	}
	if len(hosts)*len(items) > mostCells {
		return nil, Proof{}, Undecided
	}
	if verdict, proof := p.dive(l, list); verdict != Undecided {
		return l.x, proof, verdict
	}
	s := newSearch(l, min(p.steps, oneSteps))
	verdict := s.run()
	p.steps -= s.spent
	switch verdict {
	case Possible:
		return l.x, Proof{}, Possible
	case Impossible:
		return nil, Proof{Kind: Search}, Impossible
	}
	return nil, Proof{}, Undecided
}

// mostSingle is up to how many machines are placed one by one, mostCells up to how many
// hosts times items a proof is looked for.
const (
	mostSingle = 2_000
	mostCells  = 20_000
)
