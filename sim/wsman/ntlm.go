package wsman

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	//lint:ignore SA1019 NTLM derives its keys with MD4.
	"golang.org/x/crypto/md4"
)

// The server's half of NTLMv2 as [MS-NLMP] describes it: a challenge with the names of
// the host and the time, and the proof of the client checked, with its MIC where it
// says that it made one. Sealed messages are not supported: the transport is TLS.

const ntlmSignature = "NTLMSSP\x00"

// Message types, [MS-NLMP] 2.2.1.
const (
	ntlmNegotiate    = 1
	ntlmChallenge    = 2
	ntlmAuthenticate = 3
)

// NegotiateFlags, [MS-NLMP] 2.2.2.5.
const (
	flagUnicode    = 1 << 0
	flagOEM        = 1 << 1 // names in an unnamed code page; taken as ASCII here
	flagSign       = 1 << 4
	flagSeal       = 1 << 5
	flagNTLM       = 1 << 9
	flagAlwaysSign = 1 << 15
	flagDomain     = 1 << 16 // the target is a domain
	flagServer     = 1 << 17 // the target is a server
	flagExtended   = 1 << 19
	flagTargetInfo = 1 << 23
	flagVersion    = 1 << 25
	flag128        = 1 << 29
	flagKeyExch    = 1 << 30
	flag56         = 1 << 31

	// flagsTaken are those a client may choose.
	flagsTaken = flagUnicode | flagOEM | flagSign | flagSeal | flagAlwaysSign | flagExtended | flagVersion | flag128 | flagKeyExch | flag56
)

// AV pairs, [MS-NLMP] 2.2.2.1.
const (
	avEnd         = 0
	avNbComputer  = 1
	avNbDomain    = 2
	avDNSComputer = 3
	avDNSDomain   = 4
	avFlags       = 6
	avTimestamp   = 7
	avBindings    = 10

	avFlagMIC = 2
)

var errNTLM = errors.New("not a valid NTLM message")

// ntlmType is the type of an NTLM message, 0 for anything else.
func ntlmType(m []byte) uint32 {
	if len(m) < 12 || string(m[:8]) != ntlmSignature {
		return 0
	}
	return binary.LittleEndian.Uint32(m[8:])
}

// A handshake is a login between its challenge and the client's answer.
type handshake struct {
	negotiate, challenge []byte
	nonce                [8]byte
}

// newHandshake answers a NEGOTIATE message with a challenge that names the host.
func newHandshake(negotiate []byte, host string, now time.Time, nonce [8]byte) (*handshake, error) {
	if ntlmType(negotiate) != ntlmNegotiate || len(negotiate) < 16 {
		return nil, errNTLM
	}
	flags := binary.LittleEndian.Uint32(negotiate[12:])&flagsTaken | flagNTLM | flagTargetInfo
	switch {
	case flags&flagUnicode != 0:
		flags &^= flagOEM
	case flags&flagOEM == 0:
		return nil, errNTLM
	}
	computer, domain, joined := strings.Cut(host, ".")
	nbDomain, _, _ := strings.Cut(domain, ".")
	if !joined {
		nbDomain = computer
		flags |= flagServer
	} else {
		flags |= flagDomain
	}
	nbDomain = strings.ToUpper(nbDomain)
	name := utf16LE(nbDomain)
	if flags&flagOEM != 0 {
		name = []byte(nbDomain)
	}
	var info []byte
	pair := func(id uint16, value []byte) {
		info = binary.LittleEndian.AppendUint16(info, id)
		info = binary.LittleEndian.AppendUint16(info, uint16(len(value)))
		info = append(info, value...)
	}
	pair(avNbDomain, utf16LE(nbDomain))
	pair(avNbComputer, utf16LE(strings.ToUpper(computer)))
	pair(avDNSDomain, utf16LE(domain))
	pair(avDNSComputer, utf16LE(host))
	pair(avTimestamp, binary.LittleEndian.AppendUint64(nil, fileTime(now)))
	pair(avEnd, nil)

	const fixed = 56
	m := append([]byte(ntlmSignature), ntlmChallenge, 0, 0, 0)
	m = appendField(m, len(name), fixed)
	m = binary.LittleEndian.AppendUint32(m, flags)
	m = append(m, nonce[:]...)
	m = append(m, make([]byte, 8)...)
	m = appendField(m, len(info), fixed+len(name))
	m = append(m, 10, 0, 0, 0, 0, 0, 0, 15) // version 10.0, NTLM revision 15
	m = append(m, name...)
	m = append(m, info...)
	return &handshake{negotiate: bytes.Clone(negotiate), challenge: m, nonce: nonce}, nil
}

// An authenticate is a decoded AUTHENTICATE message.
type authenticate struct {
	user, domain string
	proof, blob  []byte // the two parts of the NTLMv2 response
	sessionKey   []byte // encrypted
	flags        uint32
	hasMIC       bool
	bindings     [16]byte // of the channel, zero when the client gave none
}

const (
	micStart = 72
	micEnd   = 88
)

func parseAuthenticate(m []byte) (*authenticate, error) {
	if ntlmType(m) != ntlmAuthenticate || len(m) < 64 {
		return nil, errNTLM
	}
	nt, ok1 := field(m, 20)
	domain, ok2 := field(m, 28)
	user, ok3 := field(m, 36)
	key, ok4 := field(m, 52)
	a := &authenticate{sessionKey: key, flags: binary.LittleEndian.Uint32(m[60:])}
	// An NTLMv2 response is a 16-byte proof and a blob whose AV pairs start at 28.
	if !ok1 || !ok2 || !ok3 || !ok4 || len(nt) < 16+28+4 {
		return nil, errNTLM
	}
	var okUser, okDomain bool
	a.user, okUser = a.text(user)
	a.domain, okDomain = a.text(domain)
	a.proof, a.blob = nt[:16], nt[16:]
	if !okUser || !okDomain || a.blob[0] != 1 || a.blob[1] != 1 {
		return nil, errNTLM
	}
	for pairs := a.blob[28:]; ; {
		if len(pairs) < 4 {
			return nil, errNTLM
		}
		id, n := binary.LittleEndian.Uint16(pairs), int(binary.LittleEndian.Uint16(pairs[2:]))
		if len(pairs) < 4+n {
			return nil, errNTLM
		}
		value := pairs[4 : 4+n]
		pairs = pairs[4+n:]
		if id == avEnd {
			break
		}
		switch {
		case id == avFlags && n == 4:
			a.hasMIC = binary.LittleEndian.Uint32(value)&avFlagMIC != 0
		case id == avBindings && n == len(a.bindings):
			copy(a.bindings[:], value)
		}
	}
	if a.hasMIC && len(m) < micEnd {
		return nil, errNTLM
	}
	return a, nil
}

// name is the user as an account is looked up: DOMAIN\user, or what the client gave.
func (a *authenticate) name() string {
	if a.domain == "" {
		return a.user
	}
	return a.domain + `\` + a.user
}

// verify reports whether m answers the challenge with this password, and whether nobody
// has changed the messages on the way if the client vouched for them.
func (h *handshake) verify(m []byte, a *authenticate, password string) bool {
	nt := md4.New()
	nt.Write(utf16LE(password))
	key := hmacMD5(nt.Sum(nil), utf16LE(strings.ToUpper(a.user)+a.domain))
	if !hmac.Equal(a.proof, hmacMD5(key, h.nonce[:], a.blob)) {
		return false
	}
	if !a.hasMIC {
		return true
	}
	session := hmacMD5(key, a.proof)
	if a.flags&flagKeyExch != 0 {
		if len(a.sessionKey) != 16 {
			return false
		}
		c, err := rc4.NewCipher(session)
		if err != nil {
			return false
		}
		session = make([]byte, 16)
		c.XORKeyStream(session, a.sessionKey)
	}
	return hmac.Equal(m[micStart:micEnd], hmacMD5(session, h.negotiate, h.challenge, m[:micStart], make([]byte, micEnd-micStart), m[micEnd:]))
}

func hmacMD5(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// field reads the payload that the eight bytes at offset at point to.
func field(m []byte, at int) ([]byte, bool) {
	n, start := uint64(binary.LittleEndian.Uint16(m[at:])), uint64(binary.LittleEndian.Uint32(m[at+4:]))
	if n == 0 {
		return nil, true
	}
	if start+n > uint64(len(m)) {
		return nil, false
	}
	return m[start : start+n], true
}

func appendField(m []byte, n, start int) []byte {
	m = binary.LittleEndian.AppendUint16(m, uint16(n))
	m = binary.LittleEndian.AppendUint16(m, uint16(n))
	return binary.LittleEndian.AppendUint32(m, uint32(start))
}

func utf16LE(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// text reads a name in the character set that was agreed on.
func (a *authenticate) text(b []byte) (string, bool) {
	if a.flags&flagUnicode == 0 {
		ascii := !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x80 })
		return string(b), ascii
	}
	if len(b)%2 != 0 {
		return "", false
	}
	var u []uint16
	for ; len(b) > 0; b = b[2:] {
		u = append(u, binary.LittleEndian.Uint16(b))
	}
	return string(utf16.Decode(u)), true
}

// fileTime counts 100 ns since 1601, [MS-DTYP] 2.3.3.
func fileTime(t time.Time) uint64 {
	const epoch = 116444736000000000 // 1970
	return uint64(t.UnixNano()/100) + epoch
}
