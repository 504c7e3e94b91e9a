package kubeapi

import (
	"crypto/x509"
	"net/http"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// authenticate tells who sent a request: the holder of a client certificate of the
// cluster's CA that is valid at the world's time, or of a bearer token. Nobody else gets
// in, and whoever does may do anything.
func (s *Server) authenticate(r *http.Request, now time.Time) (string, error) {
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 && s.options.ClientCAs != nil {
		if user, ok := certified(r.TLS.PeerCertificates, s.options.ClientCAs, now); ok {
			return user, nil
		}
	}
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if ok && strings.EqualFold(scheme, "Bearer") {
		if user, ok := s.options.Tokens[strings.TrimSpace(token)]; ok {
			return user, nil
		}
	}
	return "", apierrors.NewUnauthorized("Unauthorized")
}

// certified returns the common name of a client certificate if it is good.
func certified(chain []*x509.Certificate, roots *x509.CertPool, now time.Time) (user string, ok bool) {
	intermediates := x509.NewCertPool()
	for _, c := range chain[1:] {
		intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: intermediates, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	user = chain[0].Subject.CommonName
	return user, err == nil && user != ""
}
