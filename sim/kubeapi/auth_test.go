package kubeapi_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/sim/kubeapi"
	"github.com/arcwright/arcwright/sim/timeline"
)

func TestWhoGetsIn(t *testing.T) {
	var users []string
	c := start(t, func(o *kubeapi.Options) {
		o.Accepted = func(_ *timeline.Turn, r kubeapi.Request) error { users = append(users, r.User); return nil }
	})
	shows := func(certificates ...tls.Certificate) *http.Client { return c.browser(t, certificates...) }
	good := c.ca.issue(t, "kubernetes-admin", born.AddDate(1, 0, 0))
	for _, row := range []struct {
		name   string
		client *http.Client
		header string
		user   string // empty for nobody
	}{
		{"nobody", shows(), "", ""},
		{"a certificate of the cluster", shows(good), "", "kubernetes-admin"},
		{"a certificate that is good in world time and nowhere else", shows(c.ca.issue(t, "early", born.Add(90*time.Minute))), "", "early"},
		{"a certificate that ran out in world time", shows(c.ca.issue(t, "late", born.Add(30*time.Minute))), "", ""},
		{"a certificate of another cluster", shows(newAuthority(t).issue(t, "stranger", born.AddDate(1, 0, 0))), "", ""},
		{"a certificate without a name", shows(c.ca.issue(t, "", born.AddDate(1, 0, 0))), "", ""},
		{"a token", shows(), "Authorization: Bearer letmein", "operator"},
		{"a token that is none", shows(), "Authorization: Bearer nonsense", ""},
		{"no token after all", shows(), "Authorization: Bearer ", ""},
		{"a password", shows(), "Authorization: Basic bGV0bWVpbjo=", ""},
		{"a good certificate and a bad token", shows(good), "Authorization: Bearer nonsense", "kubernetes-admin"},
	} {
		t.Run(row.name, func(t *testing.T) {
			users = nil
			headers := []string{"Content-Type: application/json"}
			if row.header != "" {
				headers = append(headers, row.header)
			}
			got := c.askAs(t, row.client, http.MethodPost, "/api/v1/namespaces/default/configmaps", `{"metadata":{"generateName":"x-"}}`, headers...)
			if row.user == "" {
				got.refused(t, 401, "Unauthorized", "Unauthorized")
				c.askAs(t, row.client, http.MethodGet, "/healthz", "", headers...).refused(t, 401, "Unauthorized", "Unauthorized")
				return
			}
			if got.StatusCode != http.StatusCreated || len(users) != 1 || users[0] != row.user {
				t.Errorf("%d %s as %v", got.StatusCode, got.text, users)
			}
		})
	}
}

func TestBothProtocolsAreSpoken(t *testing.T) {
	c := start(t)
	if got := c.ask(t, http.MethodGet, "/version", ""); got.ProtoMajor != 2 {
		t.Errorf("a client that may speaks %s", got.Proto)
	}
	old := c.browser(t)
	old.Transport.(*http.Transport).ForceAttemptHTTP2 = false
	if got := c.askAs(t, old, http.MethodGet, "/version", "", "Authorization: Bearer letmein"); got.ProtoMajor != 1 || got.StatusCode != 200 {
		t.Errorf("a client that may not speaks %s: %s", got.Proto, got.text)
	}
}

func TestCurlListsNodesWithACertificate(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not installed")
	}
	c := start(t)
	c.put(t, "n1")
	dir := t.TempDir()
	certificate := c.ca.issue(t, "kubernetes-admin", born.AddDate(1, 0, 0))
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	out, err := exec.CommandContext(t.Context(), curl, "--silent", "--show-error",
		"--cacert", file("ca.crt", c.ca.pem),
		"--cert", file("admin.crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})),
		"--key", file("admin.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
		"https://"+c.address+"/api/v1/nodes").CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"kind":"NodeList"`) || !strings.Contains(string(out), `"name":"n1"`) {
		t.Errorf("%v: %s", err, out)
	}
}
