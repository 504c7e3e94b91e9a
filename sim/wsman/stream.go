package wsman

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

// send takes input for commands and starts those whose input has ended.
func (s *Server) send(ctx context.Context, x *exchange) reply {
	b := x.req.body.Send
	if b == nil || len(b.Streams) == 0 {
		return s.refuse(x, faultf(FaultInvalidBody, "A Send needs a Send with a Stream in its body."))
	}
	type start struct {
		c     *command
		stdin []byte
	}
	var starts []start
	var f *fault
	s.opts.Line.Do(func(t *timeline.Turn) {
		for _, in := range b.Streams {
			x.entry.Command = in.CommandID
			if in.Name != "stdin" {
				f = faultf(FaultInputStream, "The input stream %q is not known.", in.Name)
				return
			}
			data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(in.Data))
			if err != nil {
				f = faultf(FaultSchema, "The input is not base64: %v", err)
				return
			}
			var c *command
			if c, f = s.findCommand(t, x, in.CommandID); f != nil {
				return
			}
			if c.closed || c.state.ended() {
				f = &fault{code: FaultPipeEnded}
				return
			}
			if c.state == commandReading {
				if c.shell.input()+len(data) > s.limits.MaxMemoryPerShell {
					f = &fault{code: FaultOutOfMemory}
					return
				}
				c.stdin = append(c.stdin, data...)
			}
			if c.closed = strings.EqualFold(in.End, "true") || in.End == "1"; c.closed && c.state == commandReading {
				c.state = commandRunning
				starts = append(starts, start{c, c.stdin})
				c.stdin = nil
			}
		}
	})
	hangs := false
	for _, st := range starts {
		hangs = s.run(st.c, st.stdin) || hangs
	}
	if f != nil {
		return s.refuse(x, f)
	}
	if hangs {
		return s.hang(ctx)
	}
	return s.accept(x, `<rsp:SendResponse/>`)
}

var outputs = [2]string{"stdout", "stderr"}

// receive waits for output of a command, at most as long as the request allows, and
// hands over as much as the client takes in one envelope.
func (s *Server) receive(ctx context.Context, x *exchange) reply {
	b := x.req.body.Receive
	if b == nil {
		return s.refuse(x, faultf(FaultInvalidBody, "A Receive needs a Receive in its body."))
	}
	id := b.DesiredStream.CommandID
	x.entry.Command = id
	var wanted [2]bool
	names := strings.Fields(b.DesiredStream.Names)
	for _, name := range names {
		switch name {
		case outputs[0]:
			wanted[0] = true
		case outputs[1]:
			wanted[1] = true
		default:
			return s.refuse(x, faultf(FaultDesiredStreams, "The output stream %q is not known.", name))
		}
	}
	if len(names) == 0 {
		return s.refuse(x, faultf(FaultDesiredStreams, "The request names no output stream."))
	}
	timeout := s.limits.MaxTimeout
	if x.req.timeout > 0 {
		timeout = min(timeout, x.req.timeout)
	}
	var c *command
	var deadline time.Time
	for {
		var spot *timeline.Spot
		var sending chan struct{}
		var out output
		cut := false
		var f *fault
		s.opts.Line.Do(func(t *timeline.Turn) {
			if c == nil {
				if c, f = s.findCommand(t, x, id); f != nil {
					return
				}
				deadline = t.Now().Add(timeout)
			}
			switch {
			case c.state == commandReleased:
				f = &fault{code: FaultAborted}
			case c.state == commandFetched:
				f = faultf(FaultNotFound, "The output of command %s has been fetched.", c.id)
			case c.sending != nil:
				sending = c.sending
			case c.state == commandDone:
				out = c.take(s.room(x), wanted)
				if out.last && c.outcome.Trouble == TroubleCutWithin {
					cut, c.outcome.Trouble = true, TroubleNone
				}
			case !t.Now().Before(deadline):
				f = &fault{code: FaultTimedOut}
			default:
				spot = t.Park(deadline.Sub(t.Now()))
				c.waiters = append(c.waiters, spot)
				c.shell.waiting++
			}
		})
		switch {
		case f != nil:
			return s.refuse(x, f)
		case spot != nil:
			err := spot.Wait(ctx)
			s.opts.Line.Do(func(t *timeline.Turn) {
				c.forget(spot)
				c.shell.waiting--
				c.shell.touch(t)
			})
			if err != nil {
				return reply{}
			}
		case sending != nil:
			select {
			case <-sending:
			case <-ctx.Done():
				return reply{}
			}
		default:
			r := s.accept(x, out.body(c.id))
			r.half = cut
			r.settle = func(written bool) { s.settle(c, out, written) }
			return r
		}
	}
}

// room is how many bytes of output fit into one reply: what the client takes, without
// the envelope, and three quarters of it for base64.
func (s *Server) room(x *exchange) int {
	size := s.limits.MaxEnvelopeSize
	if x.req.maxEnvelope > 0 {
		size = min(size, x.req.maxEnvelope)
	}
	const envelope = 2560
	return (size - envelope - len(text(x.req.messageID))) / 4 * 3
}

// An output is a piece of what a command wrote.
type output struct {
	parts [2][]byte
	last  bool
	exit  int
	want  [2]bool
}

// take picks the next piece of at most room bytes. It counts as sent only when settle
// says so; until then nobody else gets one.
func (c *command) take(room int, wanted [2]bool) output {
	out := output{last: true, exit: c.outcome.ExitCode, want: wanted}
	for i, all := range [2][]byte{c.outcome.Stdout, c.outcome.Stderr} {
		if !wanted[i] {
			continue
		}
		rest := all[c.sent[i]:]
		n := max(0, min(room, len(rest)))
		out.parts[i] = rest[:n]
		room -= n
		out.last = out.last && n == len(rest)
	}
	c.sending = make(chan struct{})
	return out
}

// settle ends a take: what could not be written stays for the next Receive.
func (s *Server) settle(c *command, out output, written bool) {
	s.opts.Line.Do(func(*timeline.Turn) {
		close(c.sending)
		c.sending = nil
		if !written || c.state != commandDone {
			return
		}
		for i := range c.sent {
			c.sent[i] += len(out.parts[i])
		}
		if out.last {
			c.state, c.outcome = commandFetched, Outcome{}
		}
	})
}

func (o output) body(id string) string {
	var b strings.Builder
	b.WriteString(`<rsp:ReceiveResponse>`)
	for i, part := range o.parts {
		if len(part) > 0 {
			fmt.Fprintf(&b, `<rsp:Stream Name="%s" CommandId="%s">%s</rsp:Stream>`, outputs[i], id, base64.StdEncoding.EncodeToString(part))
		}
	}
	state, exit := "Running", ""
	if o.last {
		for i, name := range outputs {
			if o.want[i] {
				fmt.Fprintf(&b, `<rsp:Stream Name="%s" CommandId="%s" End="true"></rsp:Stream>`, name, id)
			}
		}
		state, exit = "Done", fmt.Sprintf(`<rsp:ExitCode>%d</rsp:ExitCode>`, uint32(o.exit))
	}
	fmt.Fprintf(&b, `<rsp:CommandState CommandId="%s" State="%s/CommandState/%s">%s</rsp:CommandState></rsp:ReceiveResponse>`, id, nsShell, state, exit)
	return b.String()
}
