package provision

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// taskView is a detached task on a host, as read-task tells it.
type taskView struct {
	Exists bool      `json:"exists"`
	Script string    `json:"script"`
	State  taskPhase `json:"state"`
	Output string    `json:"output"`
	Next   number    `json:"next"`
	Error  *taskFail `json:"error"`
}

// taskPhase is how far a detached task is.
type taskPhase string

const (
	phaseRunning   taskPhase = "running"
	phaseSucceeded taskPhase = "succeeded"
	phaseFailed    taskPhase = "failed"
)

// taskFail is what a task ended with.
type taskFail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// why is the error of a task that failed, in words.
func (t taskView) why() string {
	switch {
	case t.Error == nil || t.Error.Message == "" && t.Error.Code == "":
		return t.Script + " failed without saying why"
	case t.Error.Message == "":
		return t.Script + " failed: " + t.Error.Code
	case t.Error.Code == "" || t.Error.Code == "ScriptFailed":
		return t.Script + " failed: " + tidy(t.Error.Message)
	}
	return fmt.Sprintf("%s failed: %s (%s)", t.Script, tidy(t.Error.Message), t.Error.Code)
}

// saysNoMoreThan reports whether a text has the task's error already.
func (t taskView) saysNoMoreThan(text string) bool {
	return t.Error != nil && t.Error.Message != "" && strings.Contains(text, tidy(t.Error.Message))
}

func (t taskView) code() string {
	if t.Error == nil {
		return ""
	}
	return t.Error.Code
}

// A series is the detached tasks of one step, numbered from 1. Which is the newest is
// told by the host alone: this process may be another one than started it.
type series struct {
	s    *session
	host string
	step string

	newest int    // 0 when there is none
	known  bool   // newest has been asked for
	sent   bool   // the next one may have been started
	own    bool   // the newest one was started by this series
	offset int64  // of what was read of the newest one's output
	line   string // the last that it has said
}

// most is how many tasks of one step are looked for. Every run adds a few.
const mostTasks = 10_000

// fullReply is the length of output that makes it worth asking for more at once.
const fullReply = 32 << 10

// mostReplies bounds how much output is read at one look.
const mostReplies = 16

func (r *series) id(number int) string {
	return strings.ReplaceAll(r.step, "/", ".") + "." + strconv.Itoa(number)
}

// read is the newest task, with what it has printed since the last look. It does not
// exist when there never was one.
func (r *series) read(ctx context.Context) (taskView, error) {
	for !r.known || r.sent {
		next, err := r.ask(ctx, r.newest+1, 0)
		if err != nil {
			return taskView{}, err
		}
		if !next.Exists || r.newest == mostTasks {
			r.known = true
			break
		}
		r.newest, r.own, r.offset, r.line, r.sent = r.newest+1, r.sent, 0, "", false
	}
	if r.newest == 0 {
		return taskView{}, nil
	}
	view, err := r.ask(ctx, r.newest, r.offset)
	if err != nil {
		return taskView{}, err
	}
	output := view.Output
	r.offset = int64(view.Next)
	for i := 1; i < mostReplies && len(view.Output) >= fullReply; i++ {
		if view, err = r.ask(ctx, r.newest, r.offset); err != nil {
			return taskView{}, err
		}
		output += view.Output
		r.offset = int64(view.Next)
	}
	view.Output = output
	if line := lastLine(output); line != "" {
		r.line = line
	}
	return view, nil
}

func (r *series) ask(ctx context.Context, number int, offset int64) (taskView, error) {
	view, err := runScript[taskView](ctx, r.s, r.host, "read-task", map[string]any{"id": r.id(number), "offset": offset}, nil)
	if err != nil {
		return taskView{}, err
	}
	switch view.State {
	case phaseRunning, phaseSucceeded, phaseFailed:
	default:
		if view.Exists {
			return taskView{}, &errReply{"read-task", r.host, fmt.Errorf("task %s is in the unknown state %q", r.id(number), view.State)}
		}
	}
	return view, nil
}

// start starts the next task. After an error it may have been started or not.
func (r *series) start(ctx context.Context, script string, params any, rec record, secrets map[string]string) error {
	account, err := r.s.password(ctx)
	if err != nil {
		return err
	}
	all := map[string]string{"account": account}
	for name, value := range secrets {
		all[name] = value
	}
	r.sent = true
	_, err = runScript[struct {
		State string `json:"state"`
	}](ctx, r.s, r.host, "start-task", map[string]any{
		"id": r.id(r.newest + 1), "script": script, "text": r.s.catalogue.Script(script).Text, "params": params,
		"record": rec, "lease": map[string]any{"path": r.s.leasePath, "epoch": r.s.epoch.Load()},
	}, all)
	return err
}

// record is ours of a thing, for a step.
func (s *session) record(kind recordKind, name string, step planner.Step) record {
	return record{Kind: kind, Name: name, Site: s.plan.Site.Name, Plan: s.plan.Digest, Step: step.ID, Run: s.run}
}

// stamps are the times that the vendor's modules put before their messages, outside
// "[07/29/2024 23:30:11] [Kva] " and inside "2024-07-29T23:30:12-07:00 - INFO - ".
var stamps = regexp.MustCompile(`^\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d\]\s*|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)\s+(?:- )?[A-Z]+\s+(?:- )?`)

// lastLine is the last line of a text that says something, without the times in it.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	line := text[strings.LastIndexByte(text, '\n')+1:]
	return strings.TrimSpace(stamps.ReplaceAllString(line, ""))
}

// tidy is a message on one line.
func tidy(text string) string { return strings.Join(strings.Fields(text), " ") }
