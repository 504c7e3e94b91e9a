package provision

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/zalando/go-keyring"

	"github.com/arcwright/arcwright/planner"
)

// ErrSecret is a secret that could not be had. It names the reference, never a value.
type ErrSecret struct {
	Ref planner.SecretRef
	Err error
}

// Error says which reference could not be resolved and why. What is no reference may be the
// secret itself, and is not shown.
func (e *ErrSecret) Error() string {
	if errors.Is(e.Err, errNoForm) {
		return fmt.Sprintf("read a secret: %v; what was given instead is not shown, since it may be the secret itself", e.Err)
	}
	return fmt.Sprintf("read secret %s: %v", e.Ref, e.Err)
}

// Unwrap is the reason.
func (e *ErrSecret) Unwrap() error { return e.Err }

// code classes it with what is refused before anything is sent: no retry mends it.
func (e *ErrSecret) code() string { return "invalid" }

// Errors of references.
var (
	errNoPrompt = errors.New("nobody can be asked here: use env:NAME, file:PATH or keyring:SERVICE/NAME")
	errNoForm   = errors.New("it is none of env:NAME, file:PATH, keyring:SERVICE/NAME and prompt")
	errNotSet   = errors.New("the environment variable is not set, or empty")
	errEmpty    = errors.New("it is empty")
	errTooBig   = fmt.Errorf("it is longer than %d bytes", mostSecret)
)

// mostSecret is far more than any password or key.
const mostSecret = 64 << 10

// secret resolves a reference. A line end after the last line of a file is not part of it.
func (r Reach) secret(ctx context.Context, ref planner.SecretRef) (string, error) {
	value, err := r.lookUp(ctx, ref)
	switch {
	case err != nil:
		return "", &ErrSecret{ref, err}
	case value == "":
		return "", &ErrSecret{ref, errEmpty}
	case len(value) > mostSecret:
		return "", &ErrSecret{ref, errTooBig}
	}
	return value, nil
}

func (r Reach) lookUp(ctx context.Context, ref planner.SecretRef) (string, error) {
	if r.Secret != nil {
		return r.Secret(ctx, ref)
	}
	return ResolveSecret(ref)
}

// ResolveSecret looks up env, file and keyring references. It refuses prompt, for which
// somebody has to be asked.
func ResolveSecret(ref planner.SecretRef) (string, error) {
	kind, name, _ := strings.Cut(string(ref), ":")
	switch {
	case ref == "prompt":
		return "", errNoPrompt
	case kind == "env" && name != "":
		value := os.Getenv(name)
		if value == "" {
			return "", errNotSet
		}
		return value, nil
	case kind == "file" && name != "":
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
	case kind == "keyring":
		slash := strings.LastIndexByte(name, '/')
		if slash <= 0 || slash == len(name)-1 {
			return "", errNoForm
		}
		return keyring.Get(name[:slash], name[slash+1:])
	}
	return "", errNoForm
}
