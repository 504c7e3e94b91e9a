package sim

import (
	"time"

	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/sim/timeline"
)

const day = 24 * time.Hour

// Expires reports whether the world has a model of an expiry of the platform's profile: then
// what it ends shows on the wire. Of the others the world knows nothing.
func Expires(name string) bool {
	switch name {
	case profiles.KubeconfigClient, profiles.ManagementLogin, profiles.KubernetesRoot:
		return true
	}
	return false
}

// lives is how long something lives by the platform's figures.
func (p platform) lives(name string) time.Duration {
	e, ok := p.Expiry(name)
	if !ok {
		panic("the platform " + p.Name + " does not say how long its " + name + " lives")
	}
	return time.Duration(e.Days) * day
}

// startClocks begins what ends by itself after an installation.
func (w *world) startClocks(t *timeline.Turn, d *deployment) {
	d.installs++
	install := d.installs
	d.expired = false
	t.After(w.platform.lives(profiles.ManagementLogin), func(*timeline.Turn) {
		if d.installs == install && d.state == installed {
			d.expired = true
		}
	})
}

// login refuses every cmdlet that asks the management cluster once its certificate has
// ended, in the words of the vendor's known issues
// (https://learn.microsoft.com/azure/aks/hybrid/known-issues-security).
func (d *deployment) login() *scriptError {
	if d.expired {
		return throw("Certificate has expired: Expired")
	}
	return nil
}

// rootValidity is that of a cluster's root certificate. What it signs for the API server is
// renewed by the cluster itself and shows the same dates.
func (p platform) rootValidity(world validity, born time.Time) validity {
	return validity{world.from, born.Add(p.lives(profiles.KubernetesRoot))}
}

// credential is a kubeconfig as of now. Its certificate is drawn from the second it was
// asked for, so that handing it out changes nothing in the world.
func (a *api) credential(now time.Time, p platform) (kubeconfig, error) {
	now = whole(now)
	admin, err := a.authority.admin(a.kubeconfig.cluster, now.Format(time.RFC3339), validity{now.Add(-time.Hour), now.Add(p.lives(profiles.KubeconfigClient))})
	if err != nil {
		return kubeconfig{}, err
	}
	k := a.kubeconfig
	k.certificate, k.key = admin.certificate, admin.key
	return k, nil
}
