package planner

import (
	"math"
	"net/netip"

	"go4.org/netipx"
)

// String is the text form, such as 10.0.0.10-10.0.0.60.
func (r Range) String() string {
	if !r.Start.IsValid() || !r.End.IsValid() {
		return r.Start.String() + "-" + r.End.String()
	}
	return string(r.End.AppendTo(append(r.Start.AppendTo(make([]byte, 0, 32)), '-')))
}

// Valid reports whether both ends are IPv4 and the start is not above the end. Every
// other method takes a range that is not valid for an empty one.
func (r Range) Valid() bool {
	return r.Start.Is4() && r.End.Is4() && !r.End.Less(r.Start)
}

// Size is the number of addresses.
func (r Range) Size() int {
	if !r.Valid() {
		return 0
	}
	return int(min(number(r.End)-number(r.Start)+1, math.MaxInt))
}

// Contains reports whether the address is in the range.
func (r Range) Contains(a netip.Addr) bool {
	return r.Valid() && a.Is4() && !a.Less(r.Start) && !r.End.Less(a)
}

// Overlaps reports whether the two ranges share an address.
func (r Range) Overlaps(o Range) bool {
	return r.Valid() && o.Valid() && !r.End.Less(o.Start) && !o.End.Less(r.Start)
}

// number is an IPv4 address as a number, wide enough to count past the last one.
func number(a netip.Addr) uint64 {
	b := a.As4()
	return uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
}

// address is the IPv4 address of a number below 1<<32.
func address(n uint64) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// whole is the range of all addresses of a subnet.
func whole(p netip.Prefix) Range {
	r := netipx.RangeOfPrefix(p.Masked())
	return Range{r.From(), r.To()}
}
