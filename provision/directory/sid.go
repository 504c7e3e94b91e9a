package directory

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A SID names an account, in the binary form of [MS-DTYP] 2.4.2.2. Two are equal when their
// strings are; the empty SID is none.
type SID string

// The accounts that everybody who signs in is.
var (
	everyone           = newSID(1, 0)
	authenticatedUsers = newSID(5, 11)
)

var errSID = errors.New("it is no security identifier")

func newSID(authority byte, subs ...uint32) SID {
	b := []byte{1, byte(len(subs)), 0, 0, 0, 0, 0, authority}
	for _, s := range subs {
		b = binary.LittleEndian.AppendUint32(b, s)
	}
	return SID(b)
}

// ParseSID reads a SID that is as long as b.
func ParseSID(b []byte) (SID, error) {
	sid, rest, err := cutSID(b)
	if err == nil && len(rest) > 0 {
		err = errSID
	}
	if err != nil {
		return "", fmt.Errorf("read security identifier of %d bytes: %w", len(b), err)
	}
	return sid, nil
}

// cutSID takes the SID that b begins with.
func cutSID(b []byte) (SID, []byte, error) {
	const most = 15 // sub-authorities, by the definition of a SID
	if len(b) < 8 || b[0] != 1 || b[1] > most || len(b) < 8+4*int(b[1]) {
		return "", nil, errSID
	}
	n := 8 + 4*int(b[1])
	return SID(b[:n]), b[n:], nil
}

// String is the usual form, such as S-1-5-11.
func (s SID) String() string {
	if _, err := ParseSID([]byte(s)); err != nil {
		return "no SID"
	}
	var b strings.Builder
	authority := uint64(0)
	for _, c := range []byte(s[2:8]) {
		authority = authority<<8 | uint64(c)
	}
	fmt.Fprintf(&b, "S-1-%d", authority)
	for sub := range slices.Chunk([]byte(s[8:]), 4) {
		fmt.Fprintf(&b, "-%d", binary.LittleEndian.Uint32(sub))
	}
	return b.String()
}

// A GUID names a class or a right, in the byte order of the wire.
type GUID [16]byte

// computerClass is the schema's identifier of the class computer ([MS-ADSC] 2.21).
var computerClass = GUID{0x86, 0x7a, 0x96, 0xbf, 0xe6, 0x0d, 0xd0, 0x11, 0xa2, 0x85, 0x00, 0xaa, 0x00, 0x30, 0x49, 0xe2}

// String is the usual form, such as bf967a86-0de6-11d0-a285-00aa003049e2.
func (g GUID) String() string {
	return fmt.Sprintf("%08x-%04x-%04x-%x-%x", binary.LittleEndian.Uint32(g[:]), binary.LittleEndian.Uint16(g[4:]), binary.LittleEndian.Uint16(g[6:]), g[8:10], g[10:])
}
