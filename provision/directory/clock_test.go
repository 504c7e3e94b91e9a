package directory_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"

	"github.com/arcwright/arcwright/provision/directory"
	"github.com/arcwright/arcwright/sim/timeline"
)

// A server that falls silent costs a rehearsal a minute of the world's time, and none of ours.
func TestASilentServerIsLeft(t *testing.T) {
	began := time.Now()
	cert, pool := directory.Identity(t)
	start := time.Now().UTC()
	line := timeline.New(start, 0)
	line.Busy(+1)
	dial := func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			conn := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{cert}})
			if _, err := conn.Read(make([]byte, 1)); err != nil { // the first request has begun to arrive
				return
			}
			ctx, gone := context.WithCancel(context.Background())
			go func() {
				_, _ = io.Copy(io.Discard, conn) // until the client has left
				gone()
			}()
			var spot *timeline.Spot
			line.Do(func(t *timeline.Turn) { spot = t.Park(-1) })
			_ = spot.Wait(ctx)
		}()
		return near, nil
	}
	s := directory.Server{Address: "dc1.lab.example", Domain: "lab.example", RootCAs: pool, User: `LAB\a`, Password: "secret"}
	_, err := directory.Open(t.Context(), s, dial, line)
	if directory.ClassOf(err) != directory.ClassTimeout {
		t.Errorf("error %v", err)
	}
	if passed := line.Now().Sub(start); passed != time.Minute {
		t.Errorf("%s of the world have passed", passed)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	// The caller's token is back: nothing moves while it is held.
	moved := make(chan struct{})
	stop := line.AfterFunc(time.Hour, func() { close(moved) })
	select {
	case <-moved:
		t.Error("the world went on without the caller")
	default:
	}
	stop()
}
