package kubeapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/sim/kubeapi"
	"github.com/arcwright/arcwright/sim/timeline"
)

// troubled starts a cluster on which requests for paths that end in bad go wrong.
func troubled(t *testing.T, trouble kubeapi.Trouble) *cluster {
	return start(t, func(o *kubeapi.Options) {
		o.Trouble = func(_ *timeline.Turn, _, path string) kubeapi.Trouble {
			if strings.HasSuffix(path, "bad") {
				return trouble
			}
			return kubeapi.Trouble{}
		}
	})
}

func TestARefusalSaysWhenToComeBack(t *testing.T) {
	for _, row := range []struct {
		name    string
		trouble kubeapi.Trouble
		code    int
		reason  string
		after   string
	}{
		{"too many requests", kubeapi.Trouble{Kind: kubeapi.Refuse, Status: 429, RetryAfter: 1500 * time.Millisecond}, 429, "TooManyRequests", "2"},
		{"unavailable", kubeapi.Trouble{Kind: kubeapi.Refuse, Status: 503, RetryAfter: 5 * time.Second}, 503, "ServiceUnavailable", "5"},
		{"unavailable for good", kubeapi.Trouble{Kind: kubeapi.Refuse}, 503, "ServiceUnavailable", ""},
		{"an internal error", kubeapi.Trouble{Kind: kubeapi.Refuse, Status: 500}, 500, "InternalError", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := troubled(t, row.trouble)
			got := c.ask(t, http.MethodGet, "/api/v1/nodes/bad", "")
			if got.StatusCode != row.code || got.doc["reason"] != row.reason || got.Header.Get("Retry-After") != row.after {
				t.Errorf("%d %v %s", got.StatusCode, got.Header, got.text)
			}
		})
	}
}

func TestACutConnectionAnswersNothing(t *testing.T) {
	for kind, effect := range map[kubeapi.TroubleKind]int{kubeapi.Cut: 404, kubeapi.Lose: 200} {
		for name, h2 := range map[string]bool{" over HTTP/1.1": false, " over HTTP/2": true} {
			t.Run(string(kind)+name, func(t *testing.T) {
				c := troubled(t, kubeapi.Trouble{Kind: kind})
				client := c.browser(t)
				client.Transport.(*http.Transport).ForceAttemptHTTP2 = h2
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, "https://"+c.address+"/api/v1/namespaces/bad?fieldManager=a",
					strings.NewReader(`{"apiVersion":"v1","kind":"Namespace"}`))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Authorization", "Bearer letmein")
				req.Header.Set("Content-Type", "application/apply-patch+yaml")
				if resp, err := client.Do(req); err == nil {
					resp.Body.Close()
					t.Errorf("an answer: %s", resp.Status)
				}
				namespaces := c.ask(t, http.MethodGet, "/api/v1/namespaces", "").text
				if took := strings.Contains(namespaces, `"name":"bad"`); took != (effect == 200) {
					t.Errorf("the request took effect: %t", took)
				}
			})
		}
	}
}

func TestAHungRequestCostsNoRealTime(t *testing.T) {
	c := troubled(t, kubeapi.Trouble{Kind: kubeapi.Hang})
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	late := errors.New("ten minutes have passed in the world")
	c.line.Busy(+1)
	c.line.AfterFunc(10*time.Minute, func() { cancel(late) })
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+c.address+"/api/v1/nodes/bad", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer letmein")
	c.line.Wire(+1)
	c.line.Busy(-1)
	_, err = c.plain.Do(req)
	c.line.Busy(+1)
	c.line.Wire(-1)
	if err == nil || !errors.Is(context.Cause(ctx), late) {
		t.Errorf("the hung request ended with %v", err)
	}
	if want := born.Add(time.Hour + 10*time.Minute); !c.line.Now().Equal(want) {
		t.Errorf("world time %s, want %s", c.line.Now(), want)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	hung := make(chan struct{}, 1)
	c := unserved(t, func(o *kubeapi.Options) {
		o.Trouble = func(_ *timeline.Turn, _, path string) kubeapi.Trouble {
			if path == "/api/v1/nodes/bad" {
				hung <- struct{}{}
				return kubeapi.Trouble{Kind: kubeapi.Hang}
			}
			return kubeapi.Trouble{}
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.address = listener.Addr().String()
	served := make(chan error, 1)
	go func() { served <- c.Serve(listener) }()
	ended := make(chan error, 4)
	for _, h2 := range []bool{true, false} {
		client := c.browser(t)
		client.Transport.(*http.Transport).ForceAttemptHTTP2 = h2
		for _, path := range []string{"/api/v1/nodes?watch=true", "/api/v1/nodes/bad"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+c.address+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer letmein")
			open := make(chan struct{})
			go func() {
				resp, err := client.Do(req)
				close(open)
				if err == nil {
					_, err = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
				client.CloseIdleConnections()
				ended <- err
			}()
			if strings.HasSuffix(path, "bad") {
				<-hung
			} else {
				<-open
			}
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	for range 4 {
		<-ended
	}
	if err := c.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	// The goroutines that net/http keeps for a connection end a moment after it.
	for serving() {
		runtime.Gosched()
	}
}

// serving reports whether any goroutine still works for a server.
func serving() bool {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for _, frame := range []string{"kubeapi.(*Server)", "http.(*conn).serve", "http2serverConn"} {
		if bytes.Contains(stacks, []byte(frame)) {
			return true
		}
	}
	return false
}
