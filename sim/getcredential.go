package sim

import (
	"encoding/base64"
	"encoding/json"

	"github.com/arcwright/arcwright/sim/timeline"
)

// getCredential is Get-AksHciCredential: the administrator's kubeconfig, with a client
// certificate of its own that lives for some days.
func (w *world) getCredential(t *timeline.Turn, h *host, params json.RawMessage) (any, error) {
	var p struct {
		Cluster string `json:"cluster"`
	}
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	c, err := h.site.cluster(h, p.Cluster)
	if err != nil {
		return nil, err
	}
	if c.api == nil {
		return nil, throw("The cluster '%s' has no API server yet: its state is %s.", c.name, c.state)
	}
	config, failed := c.api.credential(t.Now(), w.platform)
	if failed != nil {
		return nil, failed
	}
	return struct {
		Kubeconfig string `json:"kubeconfig"`
	}{config.text()}, nil
}

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
