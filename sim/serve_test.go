package sim

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func servedLab(t *testing.T) *lab {
	o := kept(t, t.TempDir())
	o.Speed = 1
	l := newLab(t, labInventory(), o)
	if _, err := l.Serve(t.Context(), "127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAClusterThatAppearsIsServedAndOneThatGoesIsNot(t *testing.T) {
	l := servedLab(t)
	where := func(want int) Served {
		for {
			s, err := readServed(l.folder.dir)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Kubeconfigs) == want {
				return s
			}
			if t.Context().Err() != nil {
				t.Fatalf("served are %v", s.Kubeconfigs)
			}
			time.Sleep(time.Millisecond)
		}
	}
	where(0)
	for _, h := range []string{"hv01", "hv02"} {
		if _, fail := l.script(h, "start-task", startOf("prepare."+h, "prepare-host", "host", h, object{"module": "1.2.16"})); fail != nil {
			t.Fatal(fail)
		}
	}
	l.wait(time.Hour)
	l.must("configure-akshci", configuration(staticNetwork(40, 10)), "config", "config", "registration")
	l.must("install-akshci", object{}, "install", "install")
	l.must("new-cluster", clusterOf("shop", 1, 1), "cluster", "shop")
	s := where(1)
	if s.Endpoints["10.0.1.201:6443"] == "" || s.Kubeconfigs["shop"] != filepath.Join(l.folder.dir, "serve", "shop.kubeconfig") {
		t.Errorf("served are %v and %v", s.Endpoints, s.Kubeconfigs)
	}
	l.must("remove-cluster", object{"name": "shop"}, "cluster", "shop")
	s = where(0)
	if s.Endpoints["10.0.1.201:6443"] != "" {
		t.Errorf("served are %v", s.Endpoints)
	}
	if _, err := os.Stat(filepath.Join(l.folder.dir, "serve", "shop.kubeconfig")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the kubeconfig of a cluster that is gone: %v", err)
	}
}

func TestAServedHostThatIsUnreachableIsSilentUntilItIsBack(t *testing.T) {
	l := servedLab(t)
	if err := l.Inject(Fault{Kind: HostUnreachable, Host: "hv01", For: time.Hour}); err != nil {
		t.Fatal(err)
	}
	r, err := Connect(l.folder.dir)
	if err != nil {
		t.Fatal(err)
	}
	dial := func() net.Conn {
		c, err := r.Dial(t.Context(), "tcp", "hv01.lab.example:5986")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	gone := dial()
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	waits := tls.Client(dial(), &tls.Config{RootCAs: r.RootCAs(), ServerName: "hv01.lab.example", Time: l.line.Now})
	shaken := make(chan error, 1)
	go func() { shaken <- waits.HandshakeContext(context.Background()) }()
	select {
	case err := <-shaken:
		t.Fatalf("a host that is unreachable answered: %v", err)
	case <-time.After(30 * time.Millisecond): // nothing is to happen
	}
	l.wait(2 * time.Hour)
	if err := <-shaken; err != nil {
		t.Fatalf("the host is back and %v", err)
	}
	if err := waits.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheClockOfARemoteWorld(t *testing.T) {
	l := servedLab(t)
	r, err := Connect(l.folder.dir)
	if err != nil {
		t.Fatal(err)
	}
	c := r.Clock()
	if apart := c.Now().Sub(l.line.Now()).Abs(); apart > time.Second {
		t.Errorf("it is %v apart from the world's", apart)
	}
	fast := &RemoteClock{base: labStart(), real: time.Now(), speed: 36000}
	began := time.Now()
	if err := fast.Sleep(t.Context(), 10*time.Minute); err != nil {
		t.Fatal(err)
	}
	fired := make(chan struct{})
	fast.AfterFunc(10*time.Minute, func() { close(fired) })
	<-fired
	if now := fast.Now(); now.Before(labStart().Add(20 * time.Minute)) {
		t.Errorf("after two times ten minutes it is %v", now)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("20 minutes at 36,000 times took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("a sleep whose context has ended gave %v", err)
	}
	if stop := c.AfterFunc(time.Hour, func() {}); !stop() {
		t.Error("a function that has not run cannot be called off")
	}
}

func TestABusyWorldSaysWhereItIsServed(t *testing.T) {
	l := servedLab(t)
	_, err := New(labInventory(), kept(t, l.folder.dir))
	var busy *ErrWorldBusy
	if !asError(err, &busy) || busy.Served == nil || busy.Served.PID != os.Getpid() {
		t.Errorf("opening gave %v", err)
	}
}
