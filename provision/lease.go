package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// Lease says who may change a site. It is a file on the site itself, so it holds for
// every operator wherever they sit.
type Lease struct {
	// Owner holds it, such as ann@laptop/edge01-20261122T224236Z; empty when nobody does.
	Owner string
	// Epoch grows whenever the lease changes hands. Every script that changes something
	// carries it, and refuses when it is not the current one.
	Epoch int64
	// Expires is when the lease ends by itself, on the clock of the host that keeps it.
	Expires time.Time
}

// ErrLeased is the error of a site that somebody else is working on.
type ErrLeased struct {
	// Owner is who has the lease, empty when it was broken or nobody knows.
	Owner   string
	Expires time.Time
}

// Error says who works on the site, and until when if they stop now.
func (e *ErrLeased) Error() string {
	if e.Owner == "" {
		return "the lease is not ours any more: it was broken, or somebody else held it since"
	}
	return fmt.Sprintf("%s is working on this site; the lease runs until %s unless it is renewed", e.Owner, e.Expires.Format(time.RFC3339))
}

func (e *ErrLeased) code() string { return "leased" }

// leaseAction is what the lease script is asked to do.
type leaseAction string

const (
	leaseRead    leaseAction = "read"
	leaseAcquire leaseAction = "acquire"
	leaseRenew   leaseAction = "renew"
	leaseRelease leaseAction = "release"
	leaseBreak   leaseAction = "break"
)

// lease runs the lease script on the site's host.
func (s *session) lease(ctx context.Context, action leaseAction) (held bool, l Lease, err error) {
	reply, err := runScript[struct {
		Held    bool   `json:"held"`
		Owner   string `json:"owner"`
		Epoch   number `json:"epoch"`
		Expires moment `json:"expires"`
	}](ctx, s, s.leaseHost, "lease", map[string]any{
		"action": action, "path": s.leasePath, "owner": s.holder,
		"epoch": s.epoch.Load(), "ttlSeconds": int(s.leaseTTL.Seconds()),
	}, nil)
	if err != nil {
		return false, Lease{}, err
	}
	return reply.Held, Lease{Owner: reply.Owner, Epoch: int64(reply.Epoch), Expires: time.Time(reply.Expires)}, nil
}

// acquire takes the lease, and resolves the secrets of the run before it does: what is
// missing is missed before anything is touched.
func (s *session) acquire(ctx context.Context) error {
	if err := s.resolveSecrets(ctx); err != nil {
		return err
	}
	held, l, err := s.lease(ctx, leaseAcquire)
	if err != nil {
		return err
	}
	if !held {
		return &ErrLeased{Owner: l.Owner, Expires: l.Expires}
	}
	s.epoch.Store(l.Epoch)
	return nil
}

// renew extends the lease. It returns *ErrLeased when the lease is not ours any more.
func (s *session) renew(ctx context.Context) error {
	held, l, err := s.lease(ctx, leaseRenew)
	if err != nil {
		return err
	}
	if !held || l.Epoch != s.epoch.Load() {
		return &ErrLeased{Owner: l.Owner, Expires: l.Expires}
	}
	return nil
}

// release gives the lease back. That somebody else has it by now is no error.
func (s *session) release(ctx context.Context) error {
	_, _, err := s.lease(ctx, leaseRelease)
	return err
}

// ReadLease says who works on a plan's site. The caller holds a busy token of the clock.
func ReadLease(ctx context.Context, reach Reach, plan planner.Plan) (Lease, error) {
	return siteLease(ctx, reach, plan, leaseRead)
}

// BreakLease ends the lease of a plan's site, whoever holds it: their run submits nothing
// more. It returns what it left. The caller holds a busy token of the clock.
func BreakLease(ctx context.Context, reach Reach, plan planner.Plan) (Lease, error) {
	return siteLease(ctx, reach, plan, leaseBreak)
}

func siteLease(ctx context.Context, reach Reach, plan planner.Plan, action leaseAction) (Lease, error) {
	s, err := newSession(Options{Plan: plan, Reach: reach})
	if err != nil {
		return Lease{}, err
	}
	defer s.close()
	_, l, err := s.lease(ctx, action)
	return l, err
}

// errNoHost is the error of a plan without any host to keep its lease.
var errNoHost = errors.New("plan names no host to keep the lease on")

// leaseHost is the host that keeps the plan's lease: the one that the site's own steps run
// on.
func leaseHost(plan planner.Plan) (string, error) {
	for _, step := range plan.Steps {
		if step.Target == "site" && step.On != "" {
			return step.On, nil
		}
	}
	for _, step := range plan.Steps {
		if step.On != "" {
			return step.On, nil
		}
	}
	for _, host := range plan.Inventory.Hosts {
		return host.Name, nil
	}
	return "", errNoHost
}

// leasePath is where the lease lies, with the records beside it: on the cluster shared
// volume of the site's working folder, which every host sees as the same file, or on the
// host's own drive when there is no such volume.
func leasePath(site planner.Site) string {
	root := `C:\ProgramData`
	const volumes = `:\ClusterStorage\`
	working := site.Storage.Working
	if len(working) > 1+len(volumes) && strings.EqualFold(working[1:1+len(volumes)], volumes) {
		volume, _, _ := strings.Cut(working[1+len(volumes):], `\`)
		root = working[:1+len(volumes)] + volume
	}
	return root + `\arcwright\lease.json`
}
