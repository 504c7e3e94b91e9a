package sim

import (
	"encoding/json"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

type newNetworkParams struct {
	Network networkParams `json:"network"`
}

// newNetwork is New-AksHciClusterNetwork.
func (w *world) newNetwork(k *task, params json.RawMessage) (job, *scriptError) {
	var p newNetworkParams
	if err := decode(params, &p); err != nil {
		return job{}, err
	}
	d := k.host.site
	if err := d.answers(k.host); err != nil {
		return job{}, err
	}
	name := p.Network.Name
	if d.further[name] != nil || d.config.Network.Name == name {
		return job{}, stop(codeNameTaken, "a network with the name %s has been made by somebody else", name)
	}
	return job{stages: []stage{{
		says:  says("AksHci", "Initializing environment", "Creating the network "+name),
		takes: span{5 * time.Second, 30 * time.Second},
		done: func(*timeline.Turn) *scriptError {
			if d.further[name] != nil {
				return throw("A virtual network with the name '%s' already exists.", name)
			}
			if err := w.checkNetwork(d, p.Network); err != nil {
				return err
			}
			made := w.networkOf(p.Network)
			if made.edges() != nil {
				return throw("CloudAgent is unreachable: rpc error: code = Unavailable desc = error reading from server: read tcp: wsarecv: An existing connection was forcibly closed by the remote host.")
			}
			d.further[name] = made
			return nil
		},
	}}}, nil
}
