package wsman

import (
	"crypto"
	"crypto/md5"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
)

// Bindings is what a host wants to hear of the TLS channel that a login comes through, its
// CbtHardeningLevel. A login that names another channel was meant for another host, and is
// never let in.
type Bindings string

// The levels.
const (
	BindingsRelaxed Bindings = ""       // a login may name none
	BindingsStrict  Bindings = "strict" // every login names the channel
)

// bound reports whether a login may come through this channel.
func (s *Server) bound(given [16]byte) bool {
	if given == ([16]byte{}) {
		return s.opts.Bindings != BindingsStrict
	}
	return given == s.binding
}

// bindingOf is the hash of the binding tls-server-end-point (RFC 5929, 4) as GSS-API has it
// (RFC 4121, 4.1.1.2), zero without a certificate.
func bindingOf(config *tls.Config) (sum [16]byte) {
	if config == nil || len(config.Certificates) == 0 {
		return sum
	}
	cert, err := x509.ParseCertificate(config.Certificates[0].Certificate[0])
	if err != nil {
		return sum
	}
	hash := crypto.SHA256
	switch cert.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		hash = crypto.SHA384
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		hash = crypto.SHA512
	}
	h := hash.New()
	h.Write(cert.Raw)
	data := h.Sum([]byte("tls-server-end-point:"))
	b := make([]byte, 16, 20+len(data)) // neither end has an address
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return md5.Sum(append(b, data...))
}
