package tui

import (
	"context"
	"errors"
	"fmt"
	"io"

	tea "charm.land/bubbletea/v2"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
)

// Setup is what a guided set-up starts with, and its ways to the outside.
type Setup struct {
	// Site and Inventory are what the set-up starts with; the site may be almost empty.
	Site      planner.Site
	Inventory planner.Inventory
	// SiteFile and PlanFile are where the site and its plan are written when the operator
	// asks for it.
	SiteFile, PlanFile string
	// Scripts is the digest of the script catalogue that plans are bound to.
	Scripts string
	// Platforms are the names to choose from, and Load reads the profile of one.
	Platforms []string
	Load      func(platform string) (profiles.Profile, error)
	// Save writes a file.
	Save func(file string, data []byte) error
	// Apply starts to carry out a plan, whose file's bytes are given too. When it is nil
	// the set-up ends with the files.
	Apply func(planner.Plan, []byte) (Job, error)
	// Where is the place that Apply changes, in words.
	Where string
}

// Result is what came of a guided set-up.
type Result struct {
	// Applied is set once a run was started.
	Applied bool
	// Outcome is how that run ended, empty when the operator left before it had; Err is
	// its error.
	Outcome provision.Outcome
	Err     error
	// Written are the files that were written.
	Written []string
}

// Guided runs the guided set-up on a terminal until the operator leaves it. Its error is
// that of the terminal or of ctx; that of a run is in the Result. It handles no signals:
// whoever calls it does.
func Guided(ctx context.Context, in io.Reader, out io.Writer, s Setup) (Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m, err := newGuided(ctx, s)
	if err != nil {
		return Result{}, err
	}
	err = m.run(in, out)
	return m.result(), err
}

// Live shows a run on a terminal until it has ended and the operator has seen how, or
// until the operator leaves. Its error is that of the terminal or of ctx. It handles no
// signals: whoever calls it does.
func Live(ctx context.Context, in io.Reader, out io.Writer, j Job) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return newLive(ctx, j).run(in, out)
}

func (m *model) run(in io.Reader, out io.Writer) error {
	_, err := tea.NewProgram(m, tea.WithContext(m.ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler()).Run()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, tea.ErrProgramKilled) && m.ctx.Err() != nil:
		return context.Cause(m.ctx)
	}
	return fmt.Errorf("show the screens: %w", err)
}
