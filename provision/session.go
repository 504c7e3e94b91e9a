package provision

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/kube"
	"github.com/arcwright/arcwright/provision/winrm"
)

// A runner runs scripts on one host. *winrm.Client is one.
type runner interface {
	Script(ctx context.Context, s winrm.Script) (json.RawMessage, error)
	Close()
}

// A session is what the actions of one run share: a client for each host and each
// cluster, the script catalogue, the secrets, resolved once, and the lease's epoch.
// Its methods may be called from any lane; the caller holds a busy token.
type session struct {
	plan     planner.Plan
	reach    Reach
	run      string // the run's name
	folder   string // for credentials; empty without a run folder
	holder   string
	leaseTTL time.Duration

	leaseHost, leasePath string
	epoch                atomic.Int64

	catalogue Catalogue
	redactor  *Redactor
	dial      func(ctx context.Context, host string) (runner, error)
	connect   func(*kube.Credential) (kubeClient, error)

	life    context.Context // ends with close
	end     context.CancelFunc
	readers group

	asking  sync.Mutex // held while a secret is resolved: a person is asked once
	mu      sync.Mutex
	runners map[string]runner
	views   map[string]*viewer
	kubes   map[string]kubeClient
	secrets map[planner.SecretRef]string
}

// newSession makes the session of one run. It opens no connection.
func newSession(o Options) (*session, error) {
	s := &session{
		plan: o.Plan, reach: o.Reach, holder: o.Holder, leaseTTL: o.LeaseTTL,
		leasePath: leasePath(o.Plan.Site), catalogue: LoadCatalogue(), redactor: &Redactor{},
		runners: map[string]runner{}, views: map[string]*viewer{}, kubes: map[string]kubeClient{},
		secrets: map[planner.SecretRef]string{},
	}
	if o.Run != nil {
		s.run, s.folder = o.Run.ID, o.Run.Credentials()
	}
	s.life, s.end = context.WithCancel(context.Background())
	s.readers.clock = o.Reach.Clock
	var err error
	if s.leaseHost, err = leaseHost(o.Plan); err != nil {
		return nil, err
	}
	s.dial = newHostDialer(o.Reach, o.Plan.Site.Access, s.secret).dial
	s.connect = func(c *kube.Credential) (kubeClient, error) { return kube.New(c, o.Reach.Dial, o.Reach.Clock) }
	s.redactor.Add(o.Reach.Password)
	return s, nil
}

// close ends what the session is reading, and its connections.
func (s *session) close() {
	s.end()
	s.readers.wait()
	s.mu.Lock()
	runners, kubes := maps.Clone(s.runners), maps.Clone(s.kubes)
	clear(s.runners)
	clear(s.kubes)
	s.mu.Unlock()
	for _, r := range runners {
		r.Close()
	}
	for _, k := range kubes {
		k.Close()
	}
}

// redact is text without the run's secrets.
func (s *session) redact(text string) string { return s.redactor.String(text) }

// resolveSecrets reads every secret that the run needs.
func (s *session) resolveSecrets(ctx context.Context) error {
	site := s.plan.Site
	if s.reach.Password == "" {
		if _, err := s.secret(ctx, site.Access.Password); err != nil {
			return err
		}
	}
	if site.Azure.Secret != "" && needsRegistration(s.plan.Steps) {
		if _, err := s.secret(ctx, site.Azure.Secret); err != nil {
			return err
		}
	}
	return nil
}

func needsRegistration(steps []planner.Step) bool {
	for _, step := range steps {
		if step.Kind == planner.Configure {
			return true
		}
	}
	return false
}

// secret is the secret of a reference, which is resolved once.
func (s *session) secret(ctx context.Context, ref planner.SecretRef) (string, error) {
	s.asking.Lock()
	defer s.asking.Unlock()
	s.mu.Lock()
	value, ok := s.secrets[ref]
	s.mu.Unlock()
	if ok {
		return value, nil
	}
	value, err := s.reach.secret(ctx, ref)
	if err != nil {
		return "", err
	}
	s.redactor.Add(value)
	s.mu.Lock()
	s.secrets[ref] = value
	s.mu.Unlock()
	return value, nil
}

// password is that of the account on the hosts.
func (s *session) password(ctx context.Context) (string, error) {
	if s.reach.Password != "" {
		return s.reach.Password, nil
	}
	return s.secret(ctx, s.plan.Site.Access.Password)
}

// runner is the client of a host, which is made once.
func (s *session) runner(ctx context.Context, host string) (runner, error) {
	s.mu.Lock()
	r := s.runners[host]
	s.mu.Unlock()
	if r != nil {
		return r, nil
	}
	made, err := s.dial(ctx, host)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.runners[host]; r != nil { // another lane was first; made has no connection yet
		return r, nil
	}
	s.runners[host] = made
	return made, nil
}

// runScript runs a script of the catalogue on a host and decodes what it returns.
func runScript[T any](ctx context.Context, s *session, host, script string, params any, secrets map[string]string) (T, error) {
	r, err := s.runner(ctx, host)
	if err != nil {
		var none T
		return none, err
	}
	return ask[T](ctx, s.catalogue, r, host, script, params, secrets)
}

// ask is runScript with a client that is at hand.
func ask[T any](ctx context.Context, c Catalogue, r runner, host, script string, params any, secrets map[string]string) (T, error) {
	var reply T
	text, err := r.Script(ctx, winrm.Script{Name: script, Text: c.Script(script).Text, Params: params, Secrets: secrets})
	if err != nil {
		return reply, err
	}
	if err := json.Unmarshal(text, &reply); err != nil {
		return reply, &errReply{script: script, host: host, err: err}
	}
	return reply, nil
}

// errReply is an answer that is not what the script promises.
type errReply struct {
	script, host string
	err          error
}

func (e *errReply) Error() string {
	return fmt.Sprintf("read the answer of %s on %s: %v", e.script, e.host, e.err)
}
func (e *errReply) Unwrap() error { return e.err }
func (e *errReply) code() string  { return string(winrm.ClassOutput) }

// errNoCertificate is a file of authorities that holds none.
var errNoCertificate = errors.New("it holds no certificate in PEM form")

func readRoots(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read access.ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("read access.ca %s: %w", path, errNoCertificate)
	}
	return pool, nil
}
