package sim

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"

	"github.com/arcwright/arcwright/planner"
)

// takenAnswer is an address that is in use, as probe-addresses prints it.
type takenAnswer struct {
	Address string `json:"address"`
	By      string `json:"by"`
	Card    string `json:"card"`
}

// probeAddresses finds what is in use. Whatever is there answers a ping, and shows its
// hardware address to hosts in the same network.
func (w *world) probeAddresses(h *host, params json.RawMessage) (any, error) {
	var p struct {
		Addresses []netip.Addr `json:"addresses"`
	}
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	taken := []takenAnswer{}
	for _, at := range p.Addresses {
		holder, used := w.ledger[at]
		if !used {
			continue
		}
		a := takenAnswer{Address: at.String(), By: "ping"}
		if w.beside(h, at) {
			sum := w.seed.sum("card", holder, at.String())
			a.Card = fmt.Sprintf("00-15-5D-%02X-%02X-%02X", sum[0], sum[1], sum[2])
		}
		taken = append(taken, a)
	}
	return struct {
		Asked int           `json:"asked"`
		Taken []takenAnswer `json:"taken"`
	}{len(p.Addresses), taken}, nil
}

// beside reports whether an address is in a network of the failover cluster that the host is in too.
func (w *world) beside(h *host, at netip.Addr) bool {
	return slices.ContainsFunc(w.inventory.Cluster.Nets, func(n planner.ClusterNetwork) bool { return n.Subnet.Contains(at) && n.Subnet.Contains(h.Address) })
}
