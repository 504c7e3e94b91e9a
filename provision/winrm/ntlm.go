package winrm

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"strings"
	"time"
	"unicode/utf16"

	//lint:ignore SA1019 NTLM derives its keys with MD4.
	"golang.org/x/crypto/md4"
)

// The client's half of NTLMv2 (MS-NLMP) inside TLS: the proof names the channel, and a code
// over all three messages (the MIC) shows any change of them. Nothing is signed or sealed
// after the login: TLS does that.

const (
	ntlmSignature = "NTLMSSP\x00"

	ntlmUnicode    = 1 << 0
	ntlmTarget     = 1 << 2
	ntlmNTLM       = 1 << 9
	ntlmAlwaysSign = 1 << 15
	ntlmExtended   = 1 << 19
	ntlmTargetInfo = 1 << 23
	ntlmVersion    = 1 << 25
	ntlm128        = 1 << 29
	ntlm56         = 1 << 31

	// Pairs of the target information (MS-NLMP 2.2.2.1).
	ntlmEnd       = 0
	ntlmFlags     = 6
	ntlmTimestamp = 7
	ntlmBindings  = 10

	ntlmHasMIC = 2 // of ntlmFlags
)

var errChallenge = errors.New("the host's NTLM challenge makes no sense")

// ntlmNegotiate is the first message.
func ntlmNegotiate() []byte {
	m := append([]byte(ntlmSignature), 1, 0, 0, 0)
	m = binary.LittleEndian.AppendUint32(m, ntlmUnicode|ntlmTarget|ntlmNTLM|ntlmAlwaysSign|ntlmExtended|ntlmTargetInfo|ntlmVersion|ntlm128|ntlm56)
	m = append(m, make([]byte, 16)...) // neither a domain nor a workstation
	return append(m, windows10()...)
}

// windows10 is the version that is named: 10.0, NTLM revision 15.
func windows10() []byte { return []byte{10, 0, 0, 0, 0, 0, 0, 15} }

// An ntlmChallenge is the host's message.
type ntlmChallenge struct {
	message []byte
	flags   uint32
	nonce   []byte // 8 bytes
	pairs   []ntlmPair
	stamp   []byte // of the host's time, nil when it gave none
}

type ntlmPair struct {
	id    uint16
	value []byte
}

// parseChallenge reads the second message (MS-NLMP 2.2.1.2).
func parseChallenge(m []byte) (ntlmChallenge, error) {
	c := ntlmChallenge{message: m}
	if len(m) < 48 || string(m[:8]) != ntlmSignature || binary.LittleEndian.Uint32(m[8:]) != 2 {
		return c, errChallenge
	}
	c.flags, c.nonce = binary.LittleEndian.Uint32(m[20:]), m[24:32]
	if c.flags&ntlmUnicode == 0 || c.flags&ntlmExtended == 0 {
		return c, errChallenge
	}
	n, at := int(binary.LittleEndian.Uint16(m[40:])), uint64(binary.LittleEndian.Uint32(m[44:]))
	if at+uint64(n) > uint64(len(m)) {
		return c, errChallenge
	}
	for info := m[at:][:n]; len(info) > 0; {
		if len(info) < 4 {
			return c, errChallenge
		}
		id, size := binary.LittleEndian.Uint16(info), int(binary.LittleEndian.Uint16(info[2:]))
		if len(info) < 4+size {
			return c, errChallenge
		}
		if id == ntlmEnd {
			break
		}
		if id == ntlmTimestamp && size == 8 {
			c.stamp = info[4:][:8]
		}
		c.pairs = append(c.pairs, ntlmPair{id, info[4:][:size]})
		info = info[4+size:]
	}
	return c, nil
}

// target is the target information with what a client adds to it: the channel, and that it
// vouches for its messages if the host knows the time.
func (c ntlmChallenge) target(binding [16]byte) []byte {
	var b []byte
	pair := func(id uint16, value []byte) {
		b = binary.LittleEndian.AppendUint16(b, id)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
		b = append(b, value...)
	}
	var flags uint32
	for _, p := range c.pairs {
		switch p.id {
		case ntlmFlags:
			if len(p.value) == 4 {
				flags = binary.LittleEndian.Uint32(p.value)
			}
		case ntlmBindings:
		default:
			pair(p.id, p.value)
		}
	}
	if c.stamp != nil {
		flags |= ntlmHasMIC
	}
	pair(ntlmFlags, binary.LittleEndian.AppendUint32(nil, flags))
	pair(ntlmBindings, binding[:])
	pair(ntlmEnd, nil)
	return b
}

// ntlmAuthenticate is the third message: the proof that the password is known (MS-NLMP 3.3.2).
func ntlmAuthenticate(c ntlmChallenge, user, password string, binding [16]byte, now time.Time) []byte {
	domain, name, found := strings.Cut(user, `\`)
	if !found {
		domain, name = "", user
	}
	stamp := c.stamp
	if stamp == nil {
		const epoch = 116444736000000000 // 1970, in 100 ns since 1601
		stamp = binary.LittleEndian.AppendUint64(nil, uint64(now.UnixNano()/100)+epoch)
	}
	var own [8]byte
	_, _ = rand.Read(own[:]) // it never fails
	blob := append([]byte{1, 1, 0, 0, 0, 0, 0, 0}, stamp...)
	blob = append(blob, own[:]...)
	blob = append(blob, 0, 0, 0, 0)
	blob = append(blob, c.target(binding)...)
	blob = append(blob, 0, 0, 0, 0)

	hash := md4.New()
	hash.Write(utf16LE(password))
	key := hmacMD5(hash.Sum(nil), utf16LE(strings.ToUpper(name)+domain))
	proof := hmacMD5(key, c.nonce, blob)

	const header, mic = 88, 72
	m := append([]byte(ntlmSignature), 3, 0, 0, 0)
	var payload []byte
	for _, field := range [][]byte{make([]byte, 24), append(bytes.Clone(proof), blob...), utf16LE(domain), utf16LE(name), nil, nil} {
		m = binary.LittleEndian.AppendUint16(m, uint16(len(field)))
		m = binary.LittleEndian.AppendUint16(m, uint16(len(field)))
		m = binary.LittleEndian.AppendUint32(m, uint32(header+len(payload)))
		payload = append(payload, field...)
	}
	// Of the flags that were offered those that the host took.
	m = binary.LittleEndian.AppendUint32(m, c.flags&(ntlmUnicode|ntlmTarget|ntlmNTLM|ntlmAlwaysSign|ntlmExtended|ntlmTargetInfo|ntlmVersion|ntlm128|ntlm56))
	m = append(m, windows10()...)
	m = append(m, make([]byte, header-mic)...)
	m = append(m, payload...)
	if c.stamp != nil {
		copy(m[mic:header], hmacMD5(hmacMD5(key, proof), ntlmNegotiate(), c.message, m))
	}
	return m
}

func hmacMD5(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

func utf16LE(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}
