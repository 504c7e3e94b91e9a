package sim

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/arcwright/arcwright/sim/timeline"
)

type timelineTurn = timeline.Turn

// Reviewed is the table of reviewed texts.
func Reviewed() map[string]string { return reviewed() }

// Dump is everything in the world in one canonical form.
func (d *Datacenter) Dump() []byte {
	var b bytes.Buffer
	var apis []*api
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	d.line.Do(func(t *timeline.Turn) {
		w := d.world
		line("now %v", t.Now())
		for _, h := range w.hosts {
			line("host %s module %q prepared %v features %v free %d", h.Name, h.Module, h.Prepared, h.Features, h.free())
			for _, m := range h.machines {
				line("  machine %s %s %s %s %s running %v node %q", m.name, m.role, m.size.Name, m.address, m.state, m.running, m.node)
			}
			for _, id := range sortedKeys(h.tasks) {
				k := h.tasks[id]
				line("  task %s %s %+v %s %v-%v breaks %d error %+v\n%s", id, k.script, k.record, k.state, k.started, k.ended, k.breaks, k.err, k.output)
			}
		}
		for _, s := range w.deployments {
			config, _ := json.Marshal(s.config)
			line("site %v %s %s registered %v endpoint %s made %v", s.clustered, s.state, s.version, s.registered, s.endpoint, s.made)
			line("  config %s", config)
			for _, name := range sortedKeys(s.clusters) {
				c := s.clusters[name]
				line("  cluster %s %d %s %s %q blocked %q endpoint %s working %v next %v", name, c.make, c.version, c.state, c.err, c.blocked, c.endpoint, c.working, c.next != nil)
				for _, p := range c.pools {
					line("    pool %s %s %d %d %s %q", p.name, p.os, p.count, p.pods, p.state, p.err)
				}
				if c.api != nil {
					apis = append(apis, c.api)
				}
			}
		}
		for _, key := range sortedKeys(w.shares) {
			s := w.shares[key]
			line("share %s lease %+v", key, s.lease)
			for _, r := range sortedKeys(s.records) {
				line("  record %+v", s.records[r])
			}
		}
		for _, f := range w.faults.list {
			line("fault %s at %v spent %v", f.Fault, f.at, f.spent)
		}
		line("ledger %v starts %v", w.ledger, w.starts)
	})
	for _, a := range apis {
		for _, path := range []string{"/api/v1/namespaces", "/api/v1/nodes", "/api/v1/configmaps", "/api/v1/secrets", "/apis/storage.k8s.io/v1/storageclasses"} {
			line("%s %s", path, a.get(path))
		}
	}
	return b.Bytes()
}

// get reads from an API server as its administrator.
func (a *api) get(path string) string { return a.request(http.MethodGet, path, "", "").Body.String() }

func (a *api) request(method, path, contentType, body string) *httptest.ResponseRecorder {
	block, _ := pem.Decode(a.kubeconfig.certificate)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader([]byte(body)))
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}}
	r.Header.Set("User-Agent", "test")
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	a.server.ServeHTTP(w, r)
	return w
}
