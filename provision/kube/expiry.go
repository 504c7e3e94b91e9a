package kube

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// ServerName is the name that the API server's certificate must carry; empty when it is the
// server's own.
func (c *Credential) ServerName() string { return c.tls.ServerName }

// Certificate is the client certificate that signs in; nil when a token does.
func (c *Credential) Certificate() *x509.Certificate {
	if len(c.tls.Certificates) == 0 {
		return nil
	}
	return c.tls.Certificates[0].Leaf
}

// TokenEnds is when the token that signs in ends, as it says itself. It answers false without
// a token, and for one that does not say.
func (c *Credential) TokenEnds() (time.Time, bool) {
	parts := strings.Split(c.token, ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return time.Time{}, false
	}
	var claims struct {
		Ends float64 `json:"exp"`
	}
	if json.Unmarshal(text, &claims) != nil || claims.Ends < 1 || claims.Ends > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(int64(claims.Ends), 0).UTC(), true
}
