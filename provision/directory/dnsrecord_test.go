package directory

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := DNSRecord{
			Type: DNSType(rapid.Uint16().Draw(t, "type")), Rank: rapid.Byte().Draw(t, "rank"), Flags: rapid.Uint16().Draw(t, "flags"), Serial: rapid.Uint32().Draw(t, "serial"),
			TTL: time.Duration(rapid.Uint32().Draw(t, "seconds")) * time.Second, Stamp: rapid.Uint32().Draw(t, "stamp"), Data: string(rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "data")),
		}
		b, err := r.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseDNSRecord(b)
		if diff := cmp.Diff(r, back); diff != "" || err != nil {
			t.Fatalf("error %v, difference\n%s", err, diff)
		}
	})
}

func TestRecordsOfAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"10.9.0.30":   "0400010005f00000010000000000" + "04b0" + "00000000" + "00000000" + "0a09001e",
		"2001:db8::5": "10001c0005f00000010000000000" + "04b0" + "00000000" + "00000000" + "20010db8000000000000000000000005",
	} {
		at := netip.MustParseAddr(text)
		r := addressRecord(at, 1)
		b, err := r.Bytes()
		if err != nil || hex.EncodeToString(b) != want {
			t.Errorf("%s: %x, error %v", text, b, err)
		}
		if got, ok := r.Address(); !ok || got != at {
			t.Errorf("%s is read as %s, %v", text, got, ok)
		}
	}
	if at, ok := addressRecord(netip.MustParseAddr("::ffff:10.9.0.30"), 1).Address(); !ok || at != netip.MustParseAddr("10.9.0.30") {
		t.Errorf("an address of the old kind in the form of the new one is %s", at)
	}
	for _, r := range []DNSRecord{{Type: DNSGone, Data: "12345678"}, {Type: DNSA, Data: "0123456789abcdef"}, {Type: DNSAAAA, Data: "1234"}, {Type: 5, Data: "1234"}} {
		if at, ok := r.Address(); ok {
			t.Errorf("%+v has the address %s", r, at)
		}
	}
}

func FuzzParseDNSRecord(f *testing.F) {
	b, _ := addressRecord(netip.MustParseAddr("10.9.0.30"), 1).Bytes()
	f.Add(b)
	f.Add(b[:24])
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseDNSRecord(b)
		if err != nil {
			return
		}
		r.Address()
		back, err := r.Bytes()
		copy(b[16:20], back[16:20]) // reserved, and written as nothing
		if err != nil || !bytes.Equal(back, b) {
			t.Errorf("%x is written as %x, %v", b, back, err)
		}
	})
}
