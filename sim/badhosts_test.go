package sim_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wire"
)

// badHosts are listeners beside those of a world, each of which does one thing wrong.
type badHosts struct {
	t     *testing.T
	world *sim.Datacenter
	doors map[string]*wire.Listener
	roots *x509.CertPool
}

// open adds a host whose certificate is for a name and until a moment.
func (b *badHosts) open(host, name string, until time.Time, answer http.HandlerFunc) {
	b.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: until.AddDate(-2, 0, 0), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		b.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		b.t.Fatal(err)
	}
	b.roots.AddCert(leaf)
	door := wire.Listen(&net.TCPAddr{IP: net.IPv4(10, 9, 9, 9), Port: 5986})
	b.doors[host+":5986"] = door
	srv := &http.Server{Handler: answer, ErrorLog: log.New(io.Discard, "", 0)}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, Time: b.world.Clock().Now}
	var work sync.WaitGroup
	work.Go(func() { _ = srv.Serve(tls.NewListener(door, config)) })
	b.t.Cleanup(func() {
		_ = srv.Close()
		_ = door.Close()
		work.Wait()
	})
}

func (b *badHosts) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if door := b.doors[address]; door != nil {
		return door.Dial(ctx, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 10), Port: 50000})
	}
	return b.world.Dial(ctx, network, address)
}

// A host that does something wrong is told apart and explained, and keeps no other from being read.
func TestHostsThatAreWrongKeepNoOtherFromBeingRead(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7, Basic: true})
	now := d.Clock().Now()
	b := &badHosts{t: t, world: d, doors: map[string]*wire.Listener{}, roots: d.RootCAs()}
	later := now.AddDate(1, 0, 0)
	silent := func(http.ResponseWriter, *http.Request) { t.Error("a host that is not trusted was sent something") }
	b.open("expired.lab.example", "expired.lab.example", now.Add(-time.Hour), silent)
	b.open("other.lab.example", "somebody.lab.example", later, silent)
	b.open("half.lab.example", "half.lab.example", later, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, strings.Repeat("x", 500))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	b.open("huge.lab.example", "huge.lab.example", later, func(w http.ResponseWriter, _ *http.Request) {
		block := make([]byte, 1<<20)
		for range 100 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	b.open("slow.lab.example", "slow.lab.example", later, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, "x")
			_ = http.NewResponseController(w).Flush()
			var spot *timeline.Spot
			d.Clock().Do(func(turn *timeline.Turn) { spot = turn.Park(time.Second) })
			_ = spot.Wait(r.Context())
		}
	})
	b.open("page.lab.example", "page.lab.example", later, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<html>welcome</html>")
	})
	user, password := d.Account()
	reach := provision.Reach{Dial: b.dial, Clock: d.Clock(), RootCAs: b.roots, User: user, Password: password, Secret: anySecret}
	want := map[string]struct{ code, says string }{
		"expired.lab.example": {provision.FindingSignIn, "the certificate is not valid at this time"},
		"other.lab.example":   {provision.FindingSignIn, "another machine may answer by this name"},
		"half.lab.example":    {provision.FindingUnreachable, "closed the connection"},
		"huge.lab.example":    {provision.FindingRead, "answer is longer than"},
		"slow.lab.example":    {provision.FindingUnreachable, "no answer in time"},
		"page.lab.example":    {provision.FindingRead, "answer"},
		"nobody.lab.example":  {provision.FindingUnreachable, "nobody.lab.example"},
	}
	hosts := []string{"brhv01.corp.contoso.com"}
	for host := range want {
		hosts = append(hosts, host)
	}
	hosts = append(hosts, "brhv02.corp.contoso.com")
	for _, auth := range []planner.AuthMethod{planner.AuthNTLM, planner.AuthBasic, planner.AuthCertificate} {
		var err error
		if reach.Certificate, err = d.Certificate(); err != nil {
			t.Fatal(err)
		}
		d.Clock().Busy(+1)
		inventory, findings := provision.Discover(t.Context(), reach, planner.Access{Auth: auth}, hosts)
		d.Clock().Busy(-1)
		if len(inventory.Hosts) != 2 {
			t.Errorf("%s: %d hosts were read, want 2", auth, len(inventory.Hosts))
		}
		found := 0
		for _, f := range findings {
			host := strings.TrimPrefix(f.Path, "hosts.")
			w, bad := want[host]
			if !bad {
				continue
			}
			found++
			if f.Code != w.code || !strings.Contains(f.Evidence, w.says) || f.Remedy == "" {
				t.Errorf("%s: %s is found as %s: %s", auth, host, f.Code, f.Evidence)
			}
		}
		if found != len(want) {
			t.Errorf("%s: %d of %d hosts are found wrong: %v", auth, found, len(want), findings)
		}
		if n := d.OpenShells(); n != 0 {
			t.Errorf("%s: %d shells were left open", auth, n)
		}
	}
}

// A wrong password costs one attempt on all hosts together, by every way to sign in.
func TestAWrongPasswordIsTriedOnceInARun(t *testing.T) {
	p := example(t, "quickstart")
	for _, auth := range []planner.AuthMethod{planner.AuthNTLM, planner.AuthBasic, planner.AuthKerberos} {
		d := world(t, p, sim.Options{Seed: 7, Basic: true})
		user, password := d.Account()
		reach := provision.Reach{Dial: d.Dial, Clock: d.Clock(), RootCAs: d.RootCAs(), User: user, Password: password + "x", Secret: anySecret}
		reach.Realm.Realm = d.Realm()
		d.Clock().Busy(+1)
		inventory, findings := provision.Discover(t.Context(), reach, planner.Access{Auth: auth}, []string{"brhv01.corp.contoso.com", "brhv02.corp.contoso.com"})
		d.Clock().Busy(-1)
		tried, not := 0, 0
		for _, f := range findings {
			if f.Code != provision.FindingSignIn || strings.Contains(f.Evidence, password) {
				t.Errorf("%s: got %+v", auth, f)
			}
			if strings.Contains(f.Evidence, "not tried") {
				not++
			} else {
				tried++
			}
		}
		if len(inventory.Hosts) > 0 || tried != 1 || not != 1 {
			t.Errorf("%s: %d hosts read, tried on %d, not on %d", auth, len(inventory.Hosts), tried, not)
		}
	}
}
