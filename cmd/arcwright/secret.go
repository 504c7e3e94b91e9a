package main

import (
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
	asked := map[planner.SecretRef]string{}
	for _, ref := range []planner.SecretRef{site.Access.Password, site.Azure.Secret, site.Directory.Password} {
		if _, known := asked[ref]; ref != "prompt" || known {
			continue
		}
		what := "Password of " + site.Access.User
		if ref == site.Azure.Secret && ref != site.Access.Password {
			what = "Secret of the application " + site.Azure.Application
		}
		if ref == site.Directory.Password && ref != site.Access.Password && ref != site.Azure.Secret {
			what = "Password of " + site.Directory.User
		}
		secret, err := p.ask(what)
		if err != nil {
			return nil, err
		}
		asked[ref] = secret
	}
	return func(_ context.Context, ref planner.SecretRef) (string, error) {
		if secret, ok := asked[ref]; ok {
			return secret, nil
		}
		if file, ok := strings.CutPrefix(string(ref), "file:"); ok && !filepath.IsAbs(file) {
			ref = planner.SecretRef("file:" + filepath.Join(base, file))
		}
		return provision.ResolveSecret(ref)
	}, nil
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
