package main

import "fmt"

// The exit codes, documented in docs/cli.md.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitBlocked     = 3
	exitInterrupted = 4
	exitDiffers     = 5
	exitLeased      = 6
)

// An exit ends the program with a code. Its text, if any, has not been printed yet.
type exit struct {
	code int
	text string
	hint string
}

func (e *exit) Error() string { return e.text }

// usagef is a mistake on the command line.
func usagef(hint, format string, args ...any) error {
	return &exit{exitUsage, fmt.Sprintf(format, args...), hint}
}

// blockedf is an input that must be changed first.
func blockedf(hint, format string, args ...any) error {
	return &exit{exitBlocked, fmt.Sprintf(format, args...), hint}
}
