package tui

import (
	"context"
	"slices"
	"strings"

	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/arcwright/arcwright/provision"
)

// A runPage shows a run at work.
type runPage struct {
	ctx      context.Context
	desk     *desk
	job      Job
	progress provision.Progress
	seen     int // events that were read
	now      time.Time

	open map[string]bool // groups that show their steps
	// at is the key of the selected row; empty as long as the operator has chosen none,
	// and then it is the first group at work.
	at string

	reading bool // the output fills the page
	below   int  // lines of the output below those shown; 0 follows it

	stopping bool
	ended    bool // the engine has returned, or the log was closed
	outcome  provision.Outcome
	err      error
}

func newRunPage(ctx context.Context, d *desk, j Job, now time.Time) *runPage {
	return &runPage{ctx: ctx, desk: d, job: j, now: now, open: map[string]bool{}}
}

// begin reads the log from its beginning.
func (r *runPage) begin() command {
	return tea.Batch(r.job.follow(r.ctx, 0), r.job.await(r.ctx), r.job.tick())
}

// tell takes what came of the run. It reports whether the run is over since.
func (r *runPage) tell(msg tea.Msg) (command, bool) {
	was := r.over()
	var cmd command
	switch msg := msg.(type) {
	case eventsMsg:
		r.progress = r.progress.With(msg.events...)
		r.seen += len(msg.events)
		r.now = msg.now
		cmd = r.job.follow(r.ctx, r.seen)
	case closedMsg:
		r.now = msg.now
		r.ended = r.ended || r.job.Ended == nil
	case endedMsg:
		r.now, r.ended, r.outcome, r.err = msg.now, true, msg.outcome, msg.err
	case tickMsg:
		r.now = msg.now
		if !r.ended {
			cmd = r.job.tick()
		}
	}
	if r.job.Result == nil {
		r.outcome = r.progress.Outcome
	}
	return cmd, r.over() && !was
}

// over reports whether the run has ended. The log tells it of one that is watched, which
// may be resumed later.
func (r *runPage) over() bool {
	return r.ended || r.job.watched() && r.progress.Outcome != ""
}

func (r *runPage) enter() {}

func (r *runPage) screen() screen {
	if r.reading {
		return screenOutput
	}
	return screenRun
}

func (r *runPage) why(do action) string {
	switch do {
	case actStop:
		switch {
		case r.over():
			return "the run has ended"
		case r.job.watched():
			return "this run belongs to another arcwright: stop it there"
		case r.stopping:
			return "it is stopping already; ctrl+c leaves at once"
		}
	case actQuit:
		if !r.over() && !r.job.watched() {
			return "the run goes on; s stops it"
		}
	case actForward:
		if !r.over() {
			return "the run has no result yet"
		}
	case actExpand, actOutput, actUp, actDown:
		if len(r.progress.Steps) == 0 {
			return "there are no steps yet"
		}
	}
	return ""
}

func (r *runPage) act(do action) (move, command) {
	if r.reading {
		return r.read(do)
	}
	rows := r.rows()
	selected := r.selected(rows)
	page := max(r.desk.size.h/2, 1)
	switch do {
	case actUp, actDown, actPageUp, actPageDown, actTop, actBottom:
		by := map[action]int{actUp: -1, actDown: 1, actPageUp: -page, actPageDown: page, actTop: -len(rows), actBottom: len(rows)}[do]
		if len(rows) > 0 {
			r.at = rows[max(0, min(selected+by, len(rows)-1))].key
		}
	case actExpand:
		g := rows[selected].group.name
		r.open[g] = !r.open[g]
		r.at = g
	case actOutput:
		r.reading, r.below = true, 0
		r.at = rows[selected].key
	case actStop:
		r.desk.ask = r.stopQuestion()
	case actForward:
		return toResult, nil
	case actQuit:
		return stay, tea.Quit
	}
	return stay, nil
}

// read is act while the output fills the page.
func (r *runPage) read(do action) (move, command) {
	page := max(r.desk.size.h-2, 1)
	most := max(len(r.outputLines(r.chosen(), r.desk.size.w))-page, 0)
	switch do {
	case actUp, actDown, actPageUp, actPageDown, actTop, actBottom:
		by := map[action]int{actUp: 1, actDown: -1, actPageUp: page, actPageDown: -page, actTop: most, actBottom: -most}[do]
		r.below = max(0, min(r.below+by, most))
	case actBack:
		r.reading = false
	case actStop:
		r.desk.ask = r.stopQuestion()
	case actQuit:
		return stay, tea.Quit
	}
	return stay, nil
}

func (r *runPage) stopQuestion() *question {
	return &question{
		lines: []string{"Stop the run?", "What is being submitted is finished first. What runs on the hosts goes on there, and nothing more is begun. The run can be resumed with:", r.job.again()},
		short: map[action]string{actYes: "stop", actNo: "go on"},
		yes:   r.stop,
	}
}

func (r *runPage) stop() command {
	if r.over() || r.stopping || r.job.watched() {
		return nil
	}
	r.stopping = true
	return call(r.job.Stop)
}

// interrupt stops the run, and the second time leaves it. A run that has ended, or that
// belongs to somebody else, is left at once.
func (r *runPage) interrupt() command {
	switch {
	case r.over() || r.job.watched():
		return tea.Quit
	case !r.stopping:
		return r.stop()
	case r.job.Abort == nil:
		return tea.Quit
	}
	return tea.Sequence(call(r.job.Abort), tea.Quit)
}

// A row is a line of the list: a group, or one of its steps.
type row struct {
	key   string
	group group
	step  int // in the progress; -1 for the group itself
}

func (r *runPage) rows() []row {
	var rows []row
	for _, g := range groupsOf(r.progress) {
		rows = append(rows, row{g.name, g, -1})
		if !r.open[g.name] {
			continue
		}
		for _, i := range g.steps {
			rows = append(rows, row{g.name + " " + r.progress.Steps[i].ID, g, i})
		}
	}
	return rows
}

// selected is the row that the operator has chosen, or the first group at work.
func (r *runPage) selected(rows []row) int {
	if at := slices.IndexFunc(rows, func(w row) bool { return w.key == r.at }); at >= 0 {
		return at
	}
	best := 0
	for i, w := range rows {
		if w.step < 0 && w.group.state != provision.StepDone && (rows[best].group.state == provision.StepDone || slices.Index(rank, w.group.state) > slices.Index(rank, rows[best].group.state)) {
			best = i
		}
	}
	return best
}

// chosen is the step whose output is shown: that of the selected row, or the one its
// group works on.
func (r *runPage) chosen() provision.StepProgress {
	rows := r.rows()
	if len(rows) == 0 {
		return provision.StepProgress{}
	}
	w := rows[r.selected(rows)]
	if w.step < 0 {
		return r.progress.Steps[w.group.current]
	}
	return r.progress.Steps[w.step]
}

// word is the outcome for people.
func (r *runPage) word() string {
	switch r.result() {
	case provision.OutcomeDone:
		return "done"
	case provision.OutcomeFailed:
		return "failed"
	case provision.OutcomeInterrupted:
		return "stopped"
	case provision.OutcomeRefused:
		return "refused"
	}
	return "ended"
}

// result is the outcome as the engine told it, or else as the log has it.
func (r *runPage) result() provision.Outcome {
	if r.outcome != "" {
		return r.outcome
	}
	if r.err != nil {
		return provision.OutcomeFailed
	}
	return r.progress.Outcome
}

// splitTarget is the kind and the name of a target such as cluster/shop.
func splitTarget(target string) (kind, name string, ok bool) { return strings.Cut(target, "/") }
