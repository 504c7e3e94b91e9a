package planner

import (
	"slices"
	"testing"
)

func TestAScopeIsInsideItsSubnet(t *testing.T) {
	for _, c := range []struct {
		name   string
		scope  *Range
		inside bool
	}{
		{"a scope inside", span("10.1.0.20", "10.1.0.120"), true},
		{"a scope that begins before", span("10.0.255.250", "10.1.0.120"), false},
		{"a scope that ends behind", span("10.1.0.20", "10.9.0.120"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := worked(t, "windows-server-2022")
			in.Site.Network.Addressing, in.Site.Network.DHCPScope = DHCP, c.scope
			_, findings := Addresses(in)
			if got := !slices.Contains(codes(findings), "address-pool-outside site.network.dhcpScope"); got != c.inside {
				t.Errorf("inside %v: %v", got, codes(findings))
			}
		})
	}
}
