package winrm

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"net"
	"net/http"
	"strings"
	"sync"
	"unicode/utf16"
)

// A login is what the fake host knows about one connection.
type login struct {
	mu         sync.Mutex
	challenged bool
	in         bool
}

type loginKey struct{}

func withLogin(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, loginKey{}, new(login))
}

// basic lets in who knows the password, on each request.
func basic(r *http.Request) (http.Header, bool) {
	user, password, ok := r.BasicAuth()
	return http.Header{"Www-Authenticate": {`Basic realm="WSMAN"`}}, ok && user == "arc" && password == fakePassword
}

// ntlm lets in a connection whose client goes through the three steps of NTLM in order
// and names the right user. It does not check the proof of the password.
func ntlm(r *http.Request) (http.Header, bool) {
	l := r.Context().Value(loginKey{}).(*login)
	l.mu.Lock()
	defer l.mu.Unlock()
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	message, err := base64.StdEncoding.DecodeString(token)
	if scheme != "Negotiate" || err != nil || len(message) < 12 {
		return http.Header{"Www-Authenticate": {"Negotiate", `Basic realm="WSMAN"`}}, l.in
	}
	switch message[8] {
	case 1:
		l.challenged = true
		return http.Header{"Www-Authenticate": {"Negotiate " + base64.StdEncoding.EncodeToString(challenge())}}, false
	case 3:
		l.in = l.challenged && ntlmUser(message) == "arc"
		l.challenged = false
	}
	return http.Header{"Www-Authenticate": {"Negotiate"}}, l.in
}

// challenge is an NTLM CHALLENGE_MESSAGE with a time stamp (MS-NLMP 2.2.1.2).
func challenge() []byte {
	m := append([]byte("NTLMSSP\x00"), 2, 0, 0, 0)
	m = append(m, make([]byte, 8)...)                        // no target name
	m = binary.LittleEndian.AppendUint32(m, 0x00888201)      // target info, session security, always sign, NTLM, Unicode
	m = append(m, "8 random"...)                             // the challenge
	m = append(m, make([]byte, 8)...)                        // reserved
	info := append([]byte{7, 0, 8, 0}, make([]byte, 8+4)...) // time stamp, end of list
	m = binary.LittleEndian.AppendUint16(m, uint16(len(info)))
	m = binary.LittleEndian.AppendUint16(m, uint16(len(info)))
	m = binary.LittleEndian.AppendUint32(m, uint32(len(m)+4))
	return append(m, info...)
}

func ntlmUser(m []byte) string {
	const field = 36
	if len(m) < field+8 {
		return ""
	}
	n, at := int(binary.LittleEndian.Uint16(m[field:])), int(binary.LittleEndian.Uint32(m[field+4:]))
	if at+n > len(m) {
		return ""
	}
	units := make([]uint16, n/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(m[at+2*i:])
	}
	return string(utf16.Decode(units))
}
