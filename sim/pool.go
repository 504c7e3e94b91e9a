package sim

import (
	"net/netip"

	"go4.org/netipx"

	"github.com/arcwright/arcwright/planner"
)

// A ledger knows every address of the world that is in use, and by whom. All pools of a
// world share one, so that no address is ever leased twice, however their ranges overlap.
type ledger map[netip.Addr]string

// note enters an address that is no pool's, if it is an address.
func (l ledger) note(a netip.Addr, holder string) {
	if a.IsValid() {
		l[a] = holder
	}
}

// A pool leases the addresses of a range, the lowest free one first. One that is already
// in use, by a host or a gateway for instance, is passed over.
type pool struct {
	planner.Range
	ledger ledger
	leased int
}

func newPool(r planner.Range, l ledger) *pool { return &pool{Range: r, ledger: l} }

// lease gives a free address to its holder, or reports false when there is none.
func (p *pool) lease(holder string) (netip.Addr, bool) {
	for a := p.Start; a.IsValid() && a.Compare(p.End) <= 0; a = a.Next() {
		if _, used := p.ledger[a]; !used {
			p.ledger[a] = holder
			p.leased++
			return a, true
		}
	}
	return netip.Addr{}, false
}

// release takes an address back.
func (p *pool) release(a netip.Addr) {
	if _, used := p.ledger[a]; used && p.Contains(a) {
		delete(p.ledger, a)
		p.leased--
	}
}

// edge reports whether a range touches the network's own address, the broadcast address,
// or the one next to either: the cloud agent crashes on those
// (https://learn.microsoft.com/azure/aks/hybrid/known-issues-installation).
func edge(r, subnet planner.Range) bool {
	return r.Start.Compare(subnet.Start.Next()) <= 0 || r.End.Compare(subnet.End.Prev()) >= 0
}

// rangeOf is a prefix from its network address to its broadcast address.
func rangeOf(p netip.Prefix) planner.Range {
	r := netipx.RangeOfPrefix(p.Masked())
	return planner.Range{Start: r.From(), End: r.To()}
}
