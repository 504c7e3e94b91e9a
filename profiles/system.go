package profiles

import "strings"

// A System is an operating system that tells a host's platform. The build alone does not:
// Azure Stack HCI 21H2 and Windows Server 2022 are both 20348, and Azure Local and Windows
// Server 2025 are both 26100.
type System struct {
	// Product is the part of the operating system's name that tells it from others, such
	// as Windows Server 2022.
	Product string `yaml:"product"`
	// Version is the vendor's short version, such as 22H2; empty when there is none.
	Version string `yaml:"version,omitempty"`
	// Build is the third part of the version number, such as 20348.
	Build int `yaml:"build"`
	// Editions that are allowed; empty when the product has only one.
	Editions []string `yaml:"editions,omitempty"`
	Source   Source   `yaml:",inline"`
	// Updates is the last day of security updates for the operating system.
	Updates Ending `yaml:"updates"`
}

// System finds the system of a host by its product name, as Windows reports it, and its
// build. It answers false for a host of another platform.
func (p Profile) System(product string, build int) (System, bool) {
	for _, s := range p.Systems {
		if s.Build == build && strings.Contains(strings.ToLower(product), strings.ToLower(s.Product)) {
			return s, true
		}
	}
	return System{}, false
}
