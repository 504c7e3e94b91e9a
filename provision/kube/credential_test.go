package kube

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestOnlyAKubeconfigThatProvesBothSidesIsTaken(t *testing.T) {
	s := newServer(t, nil)
	good := string(s.kubeconfig(t))
	without := func(key string) string {
		from := strings.Index(good, key)
		end := from + strings.IndexAny(good[from:], ",}")
		return good[:from] + "unknown: x" + good[end:]
	}
	for _, row := range []struct {
		name, text string
		want       error // nil with a text means any
	}{
		{"an empty text", "", ErrEmpty},
		{"a context that is not there", strings.Replace(good, "current-context: admin@shop", "current-context: other", 1), ErrEmpty},
		{"a cluster that is not there", strings.Replace(good, "cluster: shop, user", "cluster: other, user", 1), ErrEmpty},
		{"a server without TLS", strings.Replace(good, "https://", "http://", 1), ErrPlain},
		{"a server that need not prove itself", strings.Replace(good, "certificate-authority-data: ", "insecure-skip-tls-verify: true, certificate-authority-data: ", 1), ErrPlain},
		{"no authority", without("certificate-authority-data"), ErrPlain},
		{"an authority in a file of the host", strings.Replace(without("certificate-authority-data"), "unknown: x", "certificate-authority: C:/ca.pem", 1), ErrPlain},
		{"neither certificate nor token", strings.Replace(without("client-certificate-data"), "client-key-data", "unknown2", 1), ErrNoProof},
		{"a program to ask", strings.Replace(strings.Replace(without("client-certificate-data"), "unknown: x", "exec: {command: evil, apiVersion: client.authentication.k8s.io/v1}", 1), "client-key-data", "unknown2", 1), ErrNoProof},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.text == good {
				t.Fatal("the row changes nothing")
			}
			c, err := ParseCredential([]byte(row.text))
			if c != nil || !errors.Is(err, row.want) {
				t.Errorf("got %v, %v; want %v", c, err, row.want)
			}
		})
	}
	if _, err := ParseCredential([]byte(good)); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

func TestACredentialIsPrintedWithoutItsSecrets(t *testing.T) {
	s := newServer(t, nil)
	c, err := ParseCredential(s.kubeconfig(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Secrets()) != 2 {
		t.Fatalf("%d secrets, want the key in PEM and in base64", len(c.Secrets()))
	}
	printed := fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c, c)
	for _, secret := range c.Secrets() {
		if strings.Contains(printed, secret) {
			t.Errorf("printed %s", printed)
		}
	}
	if c.Server() != s.URL {
		t.Errorf("server %s", c.Server())
	}
}

func FuzzParseCredential(f *testing.F) {
	f.Add([]byte("apiVersion: v1\nkind: Config\nusers:\n- {name: a, user: {client-key-data: c2VjcmV0LWtleS1kYXRh}}\n"))
	f.Add([]byte("users:\n- name: a\n  user:\n    client-key-data: [c2VjcmV0LWtleS1kYXRh]\n"))
	f.Add([]byte(`{"current-context": "a", "contexts": [{"name": "a"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseCredential(text)
		if (c == nil) == (err == nil) {
			t.Fatalf("got %v, %v", c, err)
		}
		if err != nil && strings.Contains(err.Error(), "c2VjcmV0LWtleS1kYXRh") {
			t.Errorf("the error quotes the key: %v", err)
		}
	})
}
