package kube

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"time"

	"k8s.io/client-go/tools/clientcmd"
)

// Credential is what a kubeconfig says: where the API server is, who vouches for it, and
// who we are.
type Credential struct {
	server  string
	tls     *tls.Config
	token   string
	secrets []string
}

// Errors of a kubeconfig. They are found before anything is sent.
var (
	// ErrEmpty: it has no current context, or that names no cluster or no user.
	ErrEmpty = errors.New("it names no cluster and user to sign in with")
	// ErrPlain: the server is not reached by HTTPS, or need not prove who it is.
	ErrPlain = errors.New("its server is not reached by HTTPS with an authority to vouch for it")
	// ErrNoProof: it holds neither a client certificate nor a token. Programs and files
	// that it names are not used: it comes from a host, and this is another machine.
	ErrNoProof = errors.New("it holds no client certificate and no token")
)

// ParseCredential reads a kubeconfig. Its error never quotes the text.
func ParseCredential(kubeconfig []byte) (*Credential, error) {
	config, err := clientcmd.Load(kubeconfig)
	if err != nil {
		return nil, errors.New("read kubeconfig: it is no kubeconfig in YAML or JSON") // err might quote a key
	}
	context := config.Contexts[config.CurrentContext]
	if context == nil || config.Clusters[context.Cluster] == nil || config.AuthInfos[context.AuthInfo] == nil {
		return nil, fmt.Errorf("read kubeconfig: %w", ErrEmpty)
	}
	cluster, user := config.Clusters[context.Cluster], config.AuthInfos[context.AuthInfo]
	roots := x509.NewCertPool()
	at, err := url.Parse(cluster.Server)
	if err != nil || at.Scheme != "https" || at.Host == "" || cluster.InsecureSkipTLSVerify ||
		!roots.AppendCertsFromPEM(cluster.CertificateAuthorityData) {
		return nil, fmt.Errorf("read kubeconfig: %w", ErrPlain)
	}
	c := &Credential{
		server: cluster.Server,
		token:  user.Token,
		tls:    &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, ServerName: cluster.TLSServerName},
	}
	for _, secret := range []string{user.Token, user.Password, string(user.ClientKeyData), base64.StdEncoding.EncodeToString(user.ClientKeyData)} {
		if secret != "" {
			c.secrets = append(c.secrets, secret)
		}
	}
	if len(user.ClientCertificateData) > 0 {
		pair, err := tls.X509KeyPair(user.ClientCertificateData, user.ClientKeyData)
		if err != nil {
			return nil, errors.New("read kubeconfig: its client certificate and key are no pair")
		}
		c.tls.Certificates = []tls.Certificate{pair}
	} else if c.token == "" {
		return nil, fmt.Errorf("read kubeconfig: %w", ErrNoProof)
	}
	return c, nil
}

// Server is the address of the API server, such as https://10.40.20.200:6443.
func (c *Credential) Server() string { return c.server }

// Expires is when its client certificate ends; it is the zero time of a credential that
// signs in with a token.
func (c *Credential) Expires() time.Time {
	if len(c.tls.Certificates) == 0 {
		return time.Time{}
	}
	return c.tls.Certificates[0].Leaf.NotAfter
}

// Secrets are the keys and tokens in it, in every form they have in a kubeconfig.
func (c *Credential) Secrets() []string { return append([]string(nil), c.secrets...) }

// String is the server's address, without the secrets.
func (c *Credential) String() string { return c.server }

// GoString is String, so that no verb prints the secrets.
func (c *Credential) GoString() string { return c.server }
