package winrm

import (
	"crypto"
	"crypto/md5"
	"crypto/x509"
	"encoding/binary"
)

// channelBinding names the TLS channel that a login goes through, so that whoever sits in
// between cannot pass it on: the binding tls-server-end-point (RFC 5929, 4) in the form of
// GSS-API (RFC 4121, 4.1.1.2), which NTLM uses as well (MS-NLMP 2.2.2.1, MsvAvChannelBindings).
// Without a certificate it is zero, which binds nothing.
func channelBinding(cert *x509.Certificate) (sum [16]byte) {
	if cert == nil {
		return sum
	}
	hash := crypto.SHA256 // also for MD5 and SHA-1
	switch cert.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		hash = crypto.SHA384
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		hash = crypto.SHA512
	}
	h := hash.New()
	h.Write(cert.Raw)
	name := h.Sum([]byte("tls-server-end-point:"))
	var b []byte
	for range 4 { // the kinds and the lengths of two addresses: there are none
		b = binary.LittleEndian.AppendUint32(b, 0)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(name)))
	return md5.Sum(append(b, name...))
}
