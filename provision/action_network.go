package provision

import (
	"strconv"

	"github.com/arcwright/arcwright/planner"
)

// networkParams are the parameters of create-network.
type networkParams struct {
	Network networkSetting `json:"network"`
}

func (p networkParams) need() error {
	return missing("network.name", p.Network.Name, "network.switch", p.Network.Switch, "network.vipPool.start", p.Network.VIPPool.Start)
}

// createNetwork makes one further network for clusters. It is there or it is not, so
// making it again is its repair.
func createNetwork(step planner.Step, s *session) (action, error) {
	p, err := paramsOf[networkParams](step)
	if err != nil {
		return nil, err
	}
	n := p.Network
	m := newMaking(s, step, networkRecord, n.Name, "new-network")
	m.judge = m.in(func(a *akshci) sighting {
		is := a.network(n.Name)
		if is == nil {
			return sighting{presence: thingAbsent}
		}
		vlan := ""
		if is.VLAN != nil {
			vlan = strconv.FormatInt(int64(*is.VLAN), 10)
		}
		wrong := told(
			property{"its switch", n.Switch, is.Switch}, property{"its VLAN", strconv.Itoa(n.VLAN), vlan},
			property{"its subnet", n.Subnet, is.Subnet}, property{"its gateway", n.Gateway, is.Gateway},
			property{"its node pool's start", n.NodePool.Start, is.NodePoolStart}, property{"its node pool's end", n.NodePool.End, is.NodePoolEnd},
			property{"its virtual pool's start", n.VIPPool.Start, is.VIPPoolStart}, property{"its virtual pool's end", n.VIPPool.End, is.VIPPoolEnd})
		if wrong != "" {
			return sighting{presence: thingOther, reason: "the network " + n.Name + " is otherwise: " + wrong}
		}
		return sighting{presence: thingWhole}
	})
	return m, nil
}
