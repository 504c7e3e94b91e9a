package provision

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/kube"
	"github.com/arcwright/arcwright/provision/winrm"
)

// onCluster are the parameters of a step that speaks to a cluster.
type onCluster struct {
	Cluster string `json:"cluster"`
}

func (p onCluster) need() error { return missing("cluster", p.Cluster) }

// credential is the action that fetches a cluster's kubeconfig into the run folder. The
// file is ours alone, so one that does not work is simply fetched again.
type credential struct {
	s       *session
	host    string
	cluster string
}

func fetchCredential(step planner.Step, s *session) (action, error) {
	p, err := paramsOf[onCluster](step)
	if err != nil {
		return nil, err
	}
	return &credential{s: s, host: step.On, cluster: p.Cluster}, nil
}

// Observe says done when the API server lets the credential in.
func (c *credential) Observe(ctx context.Context) (Observation, error) {
	k, err := c.s.kube(c.cluster)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Observation{State: StateAbsent}, nil
	case errors.Is(err, errCredential):
		return Observation{State: StateAbsent, Reason: err.Error()}, nil
	case err != nil:
		return Observation{}, err
	}
	err = k.Ready(ctx)
	switch kube.Class(err) {
	case kube.ClassAuth, kube.ClassTrust:
		return Observation{State: StateAbsent, Reason: err.Error()}, nil
	}
	if err != nil {
		return Observation{}, err
	}
	return Observation{State: StateDone}, nil
}

// Submit fetches it.
func (c *credential) Submit(ctx context.Context, _ int) error {
	reply, err := runScript[struct {
		Kubeconfig string `json:"kubeconfig"`
	}](ctx, c.s, c.host, "get-credential", map[string]any{"cluster": c.cluster}, nil)
	var answer *winrm.AnswerError
	if errors.As(err, &answer) {
		// What it quotes of the answer may be a part of the key.
		return &errReply{"get-credential", c.host, answer.Err}
	}
	if err != nil {
		return err
	}
	parsed, err := kube.ParseCredential([]byte(reply.Kubeconfig))
	if err != nil {
		return &errReply{"get-credential", c.host, err}
	}
	c.s.redactor.Add(parsed.Secrets()...)
	return c.s.keepCredential(c.cluster, []byte(reply.Kubeconfig))
}

// Repair is never needed: a credential is absent or done.
func (c *credential) Repair(context.Context, int) error { return ErrNoRepair }

// errCredential is a file that holds no credential that can be used.
var errCredential = errors.New("credential in the run folder cannot be used")

// errNoFolder is a session that keeps no files.
var errNoFolder = errors.New("no run folder to keep credentials in")

func (s *session) credentialPath(cluster string) string {
	return filepath.Join(s.folder, cluster+".kubeconfig")
}

// keepCredential writes a kubeconfig, whole or not at all, for its owner only.
func (s *session) keepCredential(cluster string, text []byte) error {
	if s.folder == "" {
		return errNoFolder
	}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return fmt.Errorf("keep credential of %s: %w", cluster, err)
	}
	path := s.credentialPath(cluster)
	_ = os.Remove(path + ".new") // what a process that died has left
	err := writeSynced(path+".new", text)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("keep credential of %s: %w", cluster, err)
	}
	s.forgetKube(cluster)
	return nil
}
