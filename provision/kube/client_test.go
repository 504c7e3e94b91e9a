package kube

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestReadyAsksWithOurCertificate(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r seen) { _, _ = w.Write([]byte("ok")) })
	c := s.client(t)
	for range 2 {
		if err := c.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.asks[1]; got.path != "/readyz" || got.user != "kubernetes-admin" || got.method != http.MethodGet {
		t.Errorf("asked %+v", got)
	}
}

func TestATokenSignsInToo(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r seen) { _, _ = w.Write([]byte("ok")) })
	text := string(s.kubeconfig(t))
	from := strings.Index(text, "{client-certificate-data")
	text = text[:from] + "{token: abc}" + text[from+strings.Index(text[from:], "}")+1:]
	credential, err := ParseCredential([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(credential, (&net.Dialer{}).DialContext, s.clock)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.asks[0]; got.token != "Bearer abc" || got.user != "" {
		t.Errorf("asked %+v", got)
	}
}

// Certificates of clusters live for days: what counts is the run's time, not the wall's.
func TestCertificatesAreJudgedAtTheClocksTime(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r seen) { _, _ = w.Write([]byte("ok")) })
	c := s.client(t)
	if err := c.Ready(t.Context()); err != nil {
		t.Fatalf("at dawn: %v", err)
	}
	c.Close()
	s.clock.now = dawn.Add(100 * time.Hour)
	if err := c.Ready(t.Context()); Class(err) != ClassTrust {
		t.Errorf("four days later: %v of class %q", err, Class(err))
	}
}

func TestAnotherServersCertificateIsRefused(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r seen) {})
	credential, err := ParseCredential(newServer(t, nil).kubeconfig(t))
	if err != nil {
		t.Fatal(err)
	}
	credential.server = s.URL
	stranger, err := New(credential, (&net.Dialer{}).DialContext, s.clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Ready(t.Context()); Class(err) != ClassTrust {
		t.Errorf("got %v of class %q", err, Class(err))
	}
	if len(s.asks) > 0 {
		t.Error("a request was sent to a server that nobody vouches for")
	}
}

func TestFailuresHaveTheirClassAndAreNeverTriedTwice(t *testing.T) {
	for _, row := range []struct {
		name   string
		answer func(w http.ResponseWriter, r seen)
		want   ErrorClass
	}{
		{"unauthorized", func(w http.ResponseWriter, r seen) { status(w, 401, "Unauthorized", "Unauthorized") }, ClassAuth},
		{"forbidden", func(w http.ResponseWriter, r seen) { status(w, 403, "Forbidden", "nodes is forbidden") }, ClassAuth},
		{"too many requests, with a time to wait", func(w http.ResponseWriter, r seen) {
			w.Header().Set("Retry-After", "600")
			status(w, 429, "TooManyRequests", "slow down")
		}, ClassQuota},
		{"not ready, with a time to wait", func(w http.ResponseWriter, r seen) {
			w.Header().Set("Retry-After", "600")
			status(w, 503, "ServiceUnavailable", "not yet")
		}, ClassUnreachable},
		{"a bare 500", func(w http.ResponseWriter, r seen) { http.Error(w, "etcd is away", http.StatusInternalServerError) }, ClassUnreachable},
		{"a bare 502", func(w http.ResponseWriter, r seen) { http.Error(w, "no upstream", http.StatusBadGateway) }, ClassUnreachable},
		{"a timeout of the server's own", func(w http.ResponseWriter, r seen) { status(w, 504, "Timeout", "took too long") }, ClassTimeout},
		{"a refused object", func(w http.ResponseWriter, r seen) { status(w, 422, "Invalid", "no such field") }, ClassInvalid},
		{"an answer that is none", func(w http.ResponseWriter, r seen) { w.WriteHeader(302) }, ClassProtocol},
		{"a connection that breaks", func(w http.ResponseWriter, r seen) { panic(http.ErrAbortHandler) }, ClassUnreachable},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newServer(t, row.answer)
			c := s.client(t)
			err := c.Ready(t.Context())
			if Class(err) != row.want {
				t.Errorf("got %v of class %q, want %q", err, Class(err), row.want)
			}
			if err != nil && !strings.Contains(err.Error(), s.URL) {
				t.Errorf("%v does not say where", err)
			}
			if len(s.asks) != 1 {
				t.Errorf("asked %d times", len(s.asks))
			}
		})
	}
}

func TestAServerThatIsAwayIsUnreachable(t *testing.T) {
	s := newServer(t, nil)
	c := s.client(t)
	s.Close()
	if err := c.Ready(t.Context()); Class(err) != ClassUnreachable {
		t.Errorf("got %v of class %q", err, Class(err))
	}
}

func TestARequestEndsByTheClock(t *testing.T) {
	asked, done := make(chan struct{}), make(chan struct{})
	s := newServer(t, func(w http.ResponseWriter, r seen) { close(asked); <-done })
	defer close(done)
	c := s.client(t)
	go func() {
		<-asked
		s.clock.ring()
	}()
	err := c.Ready(t.Context())
	if Class(err) != ClassTimeout {
		t.Errorf("got %v of class %q", err, Class(err))
	}
}

func TestARequestEndsWithItsCaller(t *testing.T) {
	asked, done := make(chan struct{}), make(chan struct{})
	s := newServer(t, func(w http.ResponseWriter, r seen) { close(asked); <-done })
	defer close(done)
	c := s.client(t)
	enough := errors.New("operator left")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-asked
		cancel(enough)
	}()
	if err := c.Ready(ctx); Class(err) != ClassCanceled || !errors.Is(err, enough) {
		t.Errorf("got %v of class %q", err, Class(err))
	}
}
