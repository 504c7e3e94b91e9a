package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"golang.org/x/term"
)

// askAll asks for what a site keeps in nobody's files, before anything else reads the
// keyboard, and returns the resolver of all its references. Relative files count from
// base.
func (p *program) askAll(site planner.Site, base string) (func(context.Context, planner.SecretRef) (string, error), error) {
	whose := ""
	for _, key := range promptable(site) {
		switch {
		case key.ref != "prompt" || key.whose == whose:
		case whose == "":
			whose = key.whose
		default:
			// One answer would be sent to another account.
			return nil, usagef("refer to one of them as env:NAME, file:PATH or keyring:SERVICE/NAME", "only one secret can be asked for, and there are two: the %s, and the %s", whose, key.whose)
		}
	}
	answer := ""
	if whose != "" {
		var err error
		if answer, err = p.ask("The " + whose); err != nil {
			return nil, err
		}
	}
	return func(_ context.Context, ref planner.SecretRef) (string, error) {
		if ref == "prompt" && whose != "" {
			return answer, nil
		}
		if file, ok := strings.CutPrefix(string(ref), "file:"); ok && !filepath.IsAbs(file) {
			ref = planner.SecretRef("file:" + filepath.Join(base, file))
		}
		return provision.ResolveSecret(ref)
	}, nil
}

// A promptableKey is a secret that may be asked for, and whose it is.
type promptableKey struct {
	ref   planner.SecretRef
	whose string
}

// promptable are the secrets that a command may need, in the order they are asked for.
func promptable(site planner.Site) []promptableKey {
	keys := []promptableKey{{site.Access.Password, "password of " + site.Access.User}, {site.Azure.Secret, "secret of the application " + site.Azure.Application},
		{site.Directory.Password, "password of " + cmp.Or(site.Directory.User, site.Access.User)}}
	if p := site.Access.Proxy; p != nil {
		keys = append(keys, promptableKey{p.Password, "password of " + p.User + " for the proxy"})
	}
	return keys
}

// ask asks the person at the terminal.
func (p *program) ask(what string) (string, error) {
	f, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", usagef("refer to it as env:NAME or file:PATH for unattended runs", "a secret has to be asked for, and nobody is at the terminal")
	}
	fmt.Fprintf(p.err, "%s: ", what)
	text, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(p.err)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(text), nil
}
