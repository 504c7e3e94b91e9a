package profiles

import "testing"

func TestExpiries(t *testing.T) {
	for _, name := range aksHci {
		p := load1(t, name)
		for expiry, days := range map[string]int{KubeconfigClient: 4, ManagementLogin: 60, "kms-token": 60, "cloud-agent-clients": 90, "cloud-agent-ca": 365, KubernetesRoot: 3650} {
			e, ok := p.Expiry(expiry)
			if !ok || e.Days != days || e.Effect == "" || e.Remedy == "" {
				t.Errorf("%s: %s is %+v, want %d days", name, expiry, e, days)
			}
		}
		if _, ok := p.Expiry("patience"); ok {
			t.Errorf("%s: patience ends", name)
		}
	}
}
