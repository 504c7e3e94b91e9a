package profiles

import "slices"

// Role is what a virtual machine does.
type Role string

// The roles.
const (
	Management   Role = "management"
	ControlPlane Role = "control-plane"
	LoadBalancer Role = "load-balancer"
	Worker       Role = "worker"
)

// A VMSize is one entry of a platform's catalogue. Its figures are the platform's own and
// may differ from public Azure's under the same name.
type VMSize struct {
	Name   string `yaml:"name"`
	VCPU   int    `yaml:"vcpu"`
	Memory Bytes  `yaml:"memory"`
	GPU    GPU    `yaml:"gpu,omitempty"`
	Roles  []Role `yaml:"roles"`
	// TestOnly sizes are too small for production.
	TestOnly bool `yaml:"testOnly,omitempty"`
	// Preview sizes carry no support promise.
	Preview bool `yaml:"preview,omitempty"`
	// NotFirst sizes cannot be those of the pool that a cluster is created with.
	NotFirst bool `yaml:"notFirst,omitempty"`
	// Since is the platform release that brought the size; empty when it always was there.
	Since  string `yaml:"since,omitempty"`
	Source Source `yaml:",inline"`
}

// GPU is the graphics processors that a size takes whole. Count is 0 without any.
// Sizes with a GPU are for Linux workers only.
type GPU struct {
	Model string `yaml:"model"`
	Count int    `yaml:"count"`
	// Memory is all of them together.
	Memory Bytes `yaml:"memory"`
}

// Allows reports whether a machine of role r may have this size.
func (s VMSize) Allows(r Role) bool { return slices.Contains(s.Roles, r) }

// DefaultSizes are the sizes a site gets when it names none. A plan writes them out: the
// vendor's own defaults have changed over time.
type DefaultSizes struct {
	// Management is unstated where the platform has no management cluster of its own.
	Management   Figure[string] `yaml:"management"`
	ControlPlane Figure[string] `yaml:"controlPlane"`
	LoadBalancer Figure[string] `yaml:"loadBalancer"`
	// LoadBalancers are the sizes for the number of services, rising.
	LoadBalancers Figure[[]BalancerSize] `yaml:"loadBalancers"`
	LinuxWorker   Figure[string]         `yaml:"linuxWorker"`
	WindowsWorker Figure[string]         `yaml:"windowsWorker"`
}

// BalancerSize is the size of a load balancer machine for up to so many services.
type BalancerSize struct {
	Services int    `yaml:"services"`
	Size     string `yaml:"size"`
}
