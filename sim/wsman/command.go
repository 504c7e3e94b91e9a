package wsman

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/arcwright/arcwright/sim/timeline"
)

// A Call is a command with all of its input.
type Call struct {
	Host      string
	User      string // as the client spelt it
	Command   string // as it came: one word, or a whole line
	Arguments []string
	Stdin     []byte
	Shell, ID string // of the shell and of the command
}

// An Outcome is what a command leaves behind, after the world time it took.
type Outcome struct {
	Stdout, Stderr []byte
	ExitCode       int // goes over the wire as the unsigned 32 bits it is on Windows
	Takes          time.Duration
	// Trouble befalls the reply to the end of the command's input when it is TroubleHang:
	// the command does nothing more. It befalls the reply with the last of its output when
	// it is TroubleCutWithin. No other kind is known here.
	Trouble TroubleKind
}

// commandState is how far a command is.
type commandState string

const (
	commandReading  commandState = "reading"  // its input has not ended
	commandRunning  commandState = "running"  // its output is not there yet
	commandDone     commandState = "done"     // its output has not been fetched
	commandFetched  commandState = "fetched"  // its output has been fetched
	commandReleased commandState = "released" // it was terminated, or its shell went away
)

func (s commandState) ended() bool { return s != commandReading && s != commandRunning }

// A command is looked at and changed in a turn only.
type command struct {
	id      string
	shell   *shell
	call    Call
	stdin   []byte
	closed  bool // stdin has ended
	state   commandState
	outcome Outcome
	sent    [2]int // bytes of stdout and stderr that have reached the client
	waiters []*timeline.Spot
	// sending is set while a reply with output is being written and closed when it is
	// known whether it was.
	sending chan struct{}
}

func (c *command) wake(t *timeline.Turn) {
	for _, w := range c.waiters {
		t.Wake(w)
	}
	c.waiters = nil
}

// kill ends a command for good; whoever waits for it is told.
func (c *command) kill(t *timeline.Turn) {
	c.state, c.outcome, c.stdin = commandReleased, Outcome{}, nil
	delete(c.shell.commands, c.id)
	c.wake(t)
}

// finish makes the outcome available.
func (c *command) finish(t *timeline.Turn, o Outcome) {
	if c.state == commandRunning {
		c.state, c.outcome = commandDone, o
		c.wake(t)
	}
}

func (s *Server) command(ctx context.Context, x *exchange) reply {
	line := x.req.body.CommandLine
	switch {
	case line == nil || line.Command == nil || *line.Command == "":
		return s.refuse(x, faultf(FaultInvalidBody, "A Command needs a CommandLine with a Command in its body."))
	case len(line.Other) > 0:
		return s.refuse(x, faultf(FaultSchema, "The element %s does not belong in a CommandLine.", line.Other[0].XMLName.Local))
	}
	full := strings.Join(append([]string{*line.Command}, line.Arguments...), " ")
	length := len(utf16.Encode([]rune(full)))
	if length > maxProcessLine {
		return s.refuse(x, faultf(FaultCommandLineTooLong, "The command line has %d characters; a process can be started with %d.", length, maxProcessLine))
	}
	c := &command{id: s.newID(), state: commandRunning}
	c.call = Call{Host: s.opts.Host, User: x.user, Command: *line.Command, Arguments: line.Arguments, Shell: x.req.shell, ID: c.id}
	tooLong := !x.req.skipCmd && length > s.limits.MaxCommandLine
	reads := !tooLong && s.opts.NeedsStdin != nil && s.opts.NeedsStdin(*line.Command, line.Arguments)
	if reads {
		c.state = commandReading
	}
	var f *fault
	s.opts.Line.Do(func(t *timeline.Turn) {
		if c.shell, f = s.find(t, x); f != nil {
			return
		}
		if c.shell.processes() >= s.limits.MaxProcessesPerShell {
			f = faultf(FaultQuotaShellProcesses, "The quota of %d processes in one shell is used up.", s.limits.MaxProcessesPerShell)
			return
		}
		c.shell.commands[c.id] = c
		if tooLong { // cmd.exe starts, and says this
			c.finish(t, Outcome{Stderr: []byte("The command line is too long.\r\n"), ExitCode: 1})
		}
	})
	if f != nil {
		return s.refuse(x, f)
	}
	x.entry.Command = c.id
	if !tooLong && !reads && s.run(c, nil) {
		return s.hang(ctx)
	}
	return s.accept(x, `<rsp:CommandResponse><rsp:CommandId>`+c.id+`</rsp:CommandId></rsp:CommandResponse>`)
}

// run has the command done, outside of any turn, and its outcome appear when it is due.
// It runs to its end whether or not the client is still there. It reports whether the
// request that started it is never answered.
func (s *Server) run(c *command, stdin []byte) (hangs bool) {
	call := c.call
	call.Stdin = stdin
	o := s.opts.Run(s.ctx, call)
	if o.Trouble == TroubleHang {
		return true
	}
	s.opts.Line.Do(func(t *timeline.Turn) {
		if o.Takes <= 0 {
			c.finish(t, o)
			return
		}
		t.After(o.Takes, func(t *timeline.Turn) { c.finish(t, o) })
	})
	return false
}

// hang keeps a request until its client leaves.
func (s *Server) hang(ctx context.Context) reply {
	var spot *timeline.Spot
	s.opts.Line.Do(func(t *timeline.Turn) { spot = t.Park(-1) })
	_ = spot.Wait(ctx)
	return reply{}
}

// findCommand is the command of the request's shell with this id.
func (s *Server) findCommand(t *timeline.Turn, x *exchange, id string) (*command, *fault) {
	sh, f := s.find(t, x)
	if f != nil {
		return nil, f
	}
	c := sh.commands[strings.ToUpper(strings.TrimSpace(id))]
	if c == nil {
		return nil, faultf(FaultNotFound, "There is no command %s: it is complete, or the id is wrong.", id)
	}
	return c, nil
}

func (s *Server) signal(x *exchange) reply {
	b := x.req.body.Signal
	if b == nil {
		return s.refuse(x, faultf(FaultInvalidBody, "A Signal needs a Signal in its body."))
	}
	x.entry.Command = b.CommandID
	var f *fault
	s.opts.Line.Do(func(t *timeline.Turn) {
		var c *command
		if c, f = s.findCommand(t, x, b.CommandID); f != nil {
			return
		}
		switch code := strings.TrimSpace(b.Code); strings.TrimPrefix(code, nsShell+"/signal/") {
		case "terminate", "Terminate":
			c.kill(t)
		case "ctrl_c", "ctrl_break":
			const controlC = 0xC000013A // STATUS_CONTROL_C_EXIT
			if !c.state.ended() {
				c.state = commandRunning
				c.finish(t, Outcome{ExitCode: controlC})
			}
		default:
			f = faultf(FaultUnsupportedFeature, "The signal %q is not known.", code)
		}
	})
	if f != nil {
		return s.refuse(x, f)
	}
	return s.accept(x, `<rsp:SignalResponse/>`)
}

// forget takes a spot off the list of those who wait.
func (c *command) forget(spot *timeline.Spot) {
	c.waiters = slices.DeleteFunc(c.waiters, func(w *timeline.Spot) bool { return w == spot })
}
