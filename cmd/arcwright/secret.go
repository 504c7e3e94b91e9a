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
	refs := []planner.SecretRef{site.Access.Password, site.Azure.Secret, site.Directory.Password}
	if p := site.Access.Proxy; p != nil {
		refs = append(refs, p.Password)
	}
	for _, ref := range refs {
		if _, known := asked[ref]; ref != "prompt" || known {
			continue
		}
		what := "Password of " + site.Access.User
		switch {
		case ref == site.Access.Password:
		case ref == site.Azure.Secret:
			what = "Secret of the application " + site.Azure.Application
		case ref == site.Directory.Password:
			what = "Password of " + site.Directory.User
		default:
			what = "Password of " + site.Access.Proxy.User + " for the proxy"
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
