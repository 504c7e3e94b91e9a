package directory

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// A DNSRecord is one value of the attribute dnsRecord ([MS-DNSP] 2.3.2.2).
type DNSRecord struct {
	Type   DNSType
	Rank   byte
	Flags  uint16
	Serial uint32
	TTL    time.Duration // whole seconds
	// Stamp is the hour of the last refresh, counted from 1601; 0 for one that stays.
	Stamp uint32
	Data  string
}

// DNSType is what a record holds.
type DNSType uint16

// The types that this package makes and looks at.
const (
	// DNSGone is left of a record that was deleted.
	DNSGone DNSType = 0
	DNSA    DNSType = 1
	DNSAAAA DNSType = 28
)

// String is the type's name in zone files, as far as names that hold no address often have
// it; TYPE and its number for others (RFC 3597).
func (t DNSType) String() string {
	switch t {
	case DNSA:
		return "A"
	case 2:
		return "NS"
	case 5:
		return "CNAME"
	case 15:
		return "MX"
	case 16:
		return "TXT"
	case DNSAAAA:
		return "AAAA"
	case 33:
		return "SRV"
	}
	return fmt.Sprintf("TYPE%d", uint16(t))
}

const (
	dnsVersion = 5
	dnsRank    = 0xf0 // of a zone that the server is the authority for
	dnsTTL     = 20 * time.Minute
)

var errRecord = errors.New("it has another length or version")

// addressRecord is a record that stays, for an address.
func addressRecord(at netip.Addr, serial uint32) DNSRecord {
	r := DNSRecord{Type: DNSA, Rank: dnsRank, Serial: serial, TTL: dnsTTL, Data: string(at.AsSlice())}
	if !at.Unmap().Is4() {
		r.Type = DNSAAAA
	} else {
		r.Data = string(at.Unmap().AsSlice())
	}
	return r
}

// Address is the record's, if it is of one.
func (r DNSRecord) Address() (netip.Addr, bool) {
	at, ok := netip.AddrFromSlice([]byte(r.Data))
	if !ok || r.Type == DNSA && !at.Is4() || r.Type == DNSAAAA && !at.Is6() || r.Type != DNSA && r.Type != DNSAAAA {
		return netip.Addr{}, false
	}
	return at, true
}

// ParseDNSRecord reads one value.
func ParseDNSRecord(b []byte) (DNSRecord, error) {
	if len(b) < 24 || len(b) != 24+int(binary.LittleEndian.Uint16(b)) || b[4] != dnsVersion {
		return DNSRecord{}, fmt.Errorf("read DNS record of %d bytes: %w", len(b), errRecord)
	}
	return DNSRecord{
		Type: DNSType(binary.LittleEndian.Uint16(b[2:])), Rank: b[5], Flags: binary.LittleEndian.Uint16(b[6:]),
		Serial: binary.LittleEndian.Uint32(b[8:]),
		TTL:    time.Duration(binary.BigEndian.Uint32(b[12:])) * time.Second, // the one field in network order
		Stamp:  binary.LittleEndian.Uint32(b[20:]), Data: string(b[24:]),
	}, nil
}

// Bytes is the record as it is kept. Data of more than 65535 bytes cannot be.
func (r DNSRecord) Bytes() ([]byte, error) {
	if len(r.Data) > 0xffff {
		return nil, fmt.Errorf("write DNS record: %w", errLong)
	}
	b := binary.LittleEndian.AppendUint16(nil, uint16(len(r.Data)))
	b = binary.LittleEndian.AppendUint16(b, uint16(r.Type))
	b = append(b, dnsVersion, r.Rank)
	b = binary.LittleEndian.AppendUint16(b, r.Flags)
	b = binary.LittleEndian.AppendUint32(b, r.Serial)
	b = binary.BigEndian.AppendUint32(b, uint32(r.TTL/time.Second))
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, r.Stamp)
	return append(b, r.Data...), nil
}
