package winrm

import (
	"context"
	"errors"
)

// Identity is what a WinRM service says of itself to anybody.
type Identity struct {
	Protocol string // the schema it speaks
	Vendor   string
	// Version is OS, service pack and stack. Windows tells a stranger only the stack
	// and gives 0.0.0 for the OS.
	Version string
}

type identityXML struct {
	Protocol string `xml:"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd ProtocolVersion"`
	Vendor   string `xml:"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd ProductVendor"`
	Version  string `xml:"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd ProductVersion"`
}

// Identify asks the host who is there, on a new connection and without logging in: it
// neither waits for a slot nor counts towards locking an account, so that it may be
// used to wait for a host that restarts.
func (c *Client) Identify(ctx context.Context) (Identity, error) {
	if c.invalid != nil {
		return Identity{}, c.fail(OpIdentify, ClassInvalid, c.invalid)
	}
	ctx, stop := c.join(ctx)
	defer stop()
	l := newLane(c.host, c.dial, c.clk)
	defer l.drop()
	r, err := l.call(ctx, OpIdentify, identify, true)
	if err != nil {
		return Identity{}, err
	}
	id := r.Body.Identity
	if id == nil {
		return Identity{}, c.fail(OpIdentify, ClassProtocol, errors.New("answer is none to the question who is there"))
	}
	return Identity{brief(id.Protocol), brief(id.Vendor), brief(id.Version)}, nil
}
