package provision

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/arcwright/arcwright/provision/kube"
)

// kubeClient speaks to one cluster. *kube.Client is one.
type kubeClient interface {
	Ready(ctx context.Context) error
	Nodes(ctx context.Context) ([]kube.Node, error)
	Look(ctx context.Context, want kube.Object) (exists bool, differences []string, err error)
	Apply(ctx context.Context, want kube.Object) error
	Parameters(ctx context.Context, class string) (map[string]string, error)
	Close()
}

// kube is the client of a cluster whose credential is in the run folder. Its error is
// fs.ErrNotExist without one, and errCredential with one that cannot be used.
func (s *session) kube(cluster string) (kubeClient, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.kubes[cluster]; k != nil {
		return k, nil
	}
	if s.folder == "" {
		return nil, errNoFolder
	}
	text, err := os.ReadFile(s.credentialPath(cluster))
	if err != nil {
		return nil, fmt.Errorf("read credential of %s: %w", cluster, err)
	}
	parsed, err := kube.ParseCredential(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCredential, err)
	}
	s.redactor.Add(parsed.Secrets()...)
	k, err := s.connect(parsed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCredential, err)
	}
	s.kubes[cluster] = k
	return k, nil
}

// kubeOrWait is the client of a cluster, or why the step cannot go on yet.
func (s *session) kubeOrWait(cluster string) (kubeClient, Observation, error) {
	k, err := s.kube(cluster)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errCredential) {
		return nil, Observation{State: StateUnknown, Reason: err.Error()}, nil
	}
	return k, Observation{}, err
}

// forgetKube makes the next use of a cluster read its credential again.
func (s *session) forgetKube(cluster string) {
	s.mu.Lock()
	k := s.kubes[cluster]
	delete(s.kubes, cluster)
	s.mu.Unlock()
	if k != nil {
		k.Close()
	}
}
