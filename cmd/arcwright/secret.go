package main

import (
	"context"
	"fmt"
	"os"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"golang.org/x/term"
)

// ask resolves references; prompt is asked of the person at the terminal.
func (p *program) ask(_ context.Context, ref planner.SecretRef) (string, error) {
	if ref != "prompt" {
		return provision.ResolveSecret(ref)
	}
	f, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", usagef("refer to the secret as env:NAME or file:PATH for unattended runs", "%s: a secret has to be asked for, and nobody is at the terminal", ref)
	}
	fmt.Fprint(p.err, "Password: ")
	text, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(p.err)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(text), nil
}
