package sim

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strconv"
	"time"
)

// An authority issues the certificates of a world or of one cluster. Its key, its serial
// numbers and its dates come from the seed and the world's start, so that a world which is
// opened again shows the same certificates without keeping a key on disk.
type authority struct {
	seed  seed
	label string
	valid validity
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
}

// A validity is the first and the last moment of a certificate.
type validity struct{ from, until time.Time }

// validity of the certificates of a world's hosts is twenty years from the day before its
// start: how long those of the real hosts live is not known. A world in a folder may be
// served to clients with their own idea of the time, so there the day on which it was made
// is within as well.
func (h Header) validity() validity {
	v := validity{h.Start.AddDate(0, 0, -1), h.Start.AddDate(20, 0, -1)}
	if h.Made.IsZero() {
		return v
	}
	if from := h.Made.AddDate(0, 0, -1); from.Before(v.from) {
		v.from = from
	}
	if until := h.Made.AddDate(20, 0, -1); until.After(v.until) {
		v.until = until
	}
	return v
}

// newAuthority makes the authority of a label.
func newAuthority(s seed, label, name string, v validity) (*authority, error) {
	a := &authority{seed: s, label: label, valid: v, key: s.key(label)}
	template := a.template("authority", pkix.Name{CommonName: name})
	template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	der, err := x509.CreateCertificate(nil, template, template, a.key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("issue certificate of %s: %w", name, err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("read certificate of %s: %w", name, err)
	}
	return a, nil
}

// key is the one that belongs to a label. It is of the kind that Windows hosts have, since
// some clients know no other; signatures without a random source are those of RFC 6979.
func (s seed) key(label string) *ecdsa.PrivateKey {
	for n := 0; ; n++ {
		sum := s.sum("key", label, strconv.Itoa(n))
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:]); err == nil {
			return key // all but one in four thousand million are keys
		}
	}
}

func (a *authority) template(purpose string, subject pkix.Name) *x509.Certificate {
	sum := a.seed.sum("serial", a.label, purpose)
	return &x509.Certificate{
		SerialNumber:          new(big.Int).SetUint64(binary.BigEndian.Uint64(sum[:8]) >> 1),
		Subject:               subject,
		NotBefore:             a.valid.from,
		NotAfter:              a.valid.until,
		BasicConstraintsValid: true,
	}
}

func (a *authority) issue(purpose string, template *x509.Certificate) (tls.Certificate, error) {
	key := a.seed.key(a.label + "/" + purpose)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(nil, template, a.cert, key.Public(), a.key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue certificate for %s: %w", template.Subject.CommonName, err)
	}
	return tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key}, nil
}

// server issues the certificate of a listener. It is also good for loopback, where Serve
// shows the same listeners.
func (a *authority) server(name string, names []string, addresses ...net.IP) (tls.Certificate, error) {
	t := a.template("server "+name, pkix.Name{CommonName: name})
	t.DNSNames = append([]string{"localhost"}, names...)
	t.IPAddresses = append(addresses, net.IPv4(127, 0, 0, 1), net.IPv6loopback)
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	return a.issue("server "+name, t)
}

// A login is a client certificate with its key, in PEM.
type login struct{ certificate, key []byte }

// admin issues the certificate of a cluster's administrator. Those of one number are alike.
func (a *authority) admin(cluster, number string, v validity) (login, error) {
	user := cluster + "-admin"
	purpose := "client " + user + number
	t := a.template(purpose, pkix.Name{CommonName: user, Organization: []string{"system:masters"}})
	t.NotBefore, t.NotAfter = v.from, v.until
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	cert, err := a.issue(purpose, t)
	if err != nil {
		return login{}, err
	}
	key, err := keyPEM(cert.PrivateKey)
	if err != nil {
		return login{}, err
	}
	return login{certificatePEM(cert.Certificate[0]), key}, nil
}

// client issues the certificate that the hosts map to a user.
func (a *authority) client(user string) (tls.Certificate, error) {
	t := a.template("user "+user, pkix.Name{CommonName: user})
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return a.issue("user "+user, t)
}

func (a *authority) pem() []byte { return certificatePEM(a.cert.Raw) }

func (a *authority) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.cert)
	return p
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func keyPEM(key crypto.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// password is the one that belongs to a label. It is safe in a command line and in XML.
func (s seed) password(label string) string {
	sum := s.sum("password", label)
	return "Sim-" + hex.EncodeToString(sum[:12])
}
