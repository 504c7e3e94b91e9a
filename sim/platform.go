package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// platform answers what the simulated cmdlets look up in their catalogue.
type platform struct{ profiles.Profile }

// size is an entry of the catalogue that may be used for a role.
func (p platform) size(name string, role profiles.Role) (profiles.VMSize, *scriptError) {
	s, ok := p.VMSize(name)
	if !ok {
		return s, throw("%q is not a VM size of this platform. Get-AksHciVmSize lists them.", name)
	}
	if !s.Allows(role) {
		return s, throw("The VM size %s cannot be used for a %s.", name, role)
	}
	return s, nil
}

// offers reports whether some release has a Kubernetes version, written v1.29.4.
func (p platform) offers(version string) bool {
	bare, ok := strings.CutPrefix(version, "v")
	parts := strings.Split(bare, ".")
	if !ok || len(parts) != 3 || slices.ContainsFunc(parts, func(s string) bool { return s == "" || strings.Trim(s, "0123456789") != "" }) {
		return false
	}
	minor := parts[0] + "." + parts[1]
	for _, r := range p.Releases {
		if slices.Contains(r.Versions, bare) || !r.Complete && slices.Contains(r.Minors, minor) {
			return true
		}
	}
	return false
}

// release is what the AksHci module of a version installs, and the Kubernetes version of
// the management cluster: the newest that the release is known to have.
func (p platform) release(module string) (name, kubernetes string) {
	i := slices.IndexFunc(p.Releases, func(r profiles.Release) bool { return r.Module == module })
	if i < 0 {
		i = slices.IndexFunc(p.Releases, func(r profiles.Release) bool { return r.Module != "" })
	}
	if i < 0 {
		return "", ""
	}
	r := p.Releases[i]
	if len(r.Versions) > 0 {
		kubernetes = "v" + r.Versions[len(r.Versions)-1]
	}
	return r.Name, kubernetes
}

// reserved is the memory that a host's operating system keeps.
func (p platform) reserved(h planner.Host) planner.Bytes {
	var cache planner.Bytes
	for _, d := range h.Drives {
		if d.Role == planner.CacheDrive {
			cache += d.Size * planner.Bytes(d.Count)
		}
	}
	r := p.Reserve.Memory
	const terabyte = 1e12
	return max(r.Base+r.PerCacheTB*(cache/terabyte), h.Memory/100*planner.Bytes(r.Percent))
}

// Times that no source gives are set so that whole steps come near the profile's estimates.
var (
	bootLinux    = span{75 * time.Second, 150 * time.Second}
	bootWindows  = span{150 * time.Second, 270 * time.Second}
	apiTime      = span{20 * time.Second, 60 * time.Second}
	joinTime     = span{8 * time.Second, 20 * time.Second}       // from boot to the node's object
	readyTime    = span{15 * time.Second, 45 * time.Second}      // from there to Ready, while its network pods start
	processStart = span{900 * time.Millisecond, 3 * time.Second} // of a scheduled task
	shortScript  = span{400 * time.Millisecond, 2 * time.Second}
)
