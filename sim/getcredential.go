package sim

import (
	"encoding/base64"
	"encoding/json"
)

// getCredential is Get-AksHciCredential: the administrator's kubeconfig.
func (w *world) getCredential(h *host, params json.RawMessage) (any, error) {
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
	return struct {
		Kubeconfig string `json:"kubeconfig"`
	}{c.api.kubeconfig.text()}, nil
}

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
