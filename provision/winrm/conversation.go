package winrm

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
)

// A conversation is one command, from the making of its shell to the deleting.
type conversation struct {
	*Client
	slot *slot
	done chan<- outcome // takes exactly one
}

// run holds a busy token from its start to its end, see Run.
func (v *conversation) run(ctx context.Context, cmd Command) {
	ctx, stop := v.join(ctx)
	defer stop()
	shell, stayed, err := v.create(ctx)
	if !stayed || err != nil {
		if err == nil {
			_ = v.finish(ctx, shell, "", nil)
		}
		conceal(err, cmd.hide)
		v.part(stayed, outcome{err: err})
		return
	}
	v.pool.prove(v.slot)
	result, command, err := v.command(ctx, shell, cmd)
	conceal(err, cmd.hide)
	out := outcome{result, err}
	early := out
	v.pool.hushed(v.slot)
	left := make(chan struct{})
	stay := context.AfterFunc(ctx, func() {
		v.leave(early)
		close(left)
	})
	stranded := v.finish(ctx, shell, command, err)
	stayed = stay()
	if !stayed {
		<-left
	}
	if err == nil {
		conceal(stranded, cmd.hide)
		out.result.Stranded = stranded
	}
	v.part(stayed, out)
}

// conceal hides what a fault in err may repeat of the request.
func conceal(err error, hide func(string) string) {
	f := fault(err)
	f.Subcode, f.Reason, f.Provider = hide(f.Subcode), hide(f.Reason), hide(f.Provider)
}

// leave lets the caller go, with an outcome and a busy token, before the shell is deleted.
func (v *conversation) leave(out outcome) {
	v.clk.Busy(+1)
	v.done <- out
}

// part gives the slot back, and the outcome and the busy token to a caller who stayed.
func (v *conversation) part(stayed bool, out outcome) {
	v.give(v.slot, out.err)
	if stayed {
		v.done <- out
		return
	}
	v.clk.Busy(-1)
}

// create makes a shell. The request outlives ctx by endTimeout: were it cut, a shell
// might be made whose name nobody knows. The caller need not stay for that.
func (v *conversation) create(ctx context.Context) (shell string, stayed bool, err error) {
	request, err := v.envelopes.create()
	if err != nil {
		return "", true, v.fail(OpCreate, ClassInvalid, err)
	}
	longer, end := outlive(ctx, v.clk, endTimeout, func() {
		class, err := ended(ctx)
		v.leave(outcome{err: v.fail(OpCreate, class, err)})
		v.pool.hushed(v.slot)
	})
	r, err := v.slot.control.call(longer, OpCreate, request, false)
	stayed = end()
	if err != nil {
		return "", stayed, err
	}
	id, err := r.shellID()
	if err != nil {
		return "", stayed, v.fail(OpCreate, ClassProtocol, err)
	}
	return id, stayed, nil
}

// command starts the command, feeds it and listens to it.
func (v *conversation) command(ctx context.Context, shell string, cmd Command) (Result, string, error) {
	request, err := v.envelopes.command(shell, cmd.Line)
	if err != nil {
		return Result{}, "", v.fail(OpCommand, ClassInvalid, err)
	}
	r, err := v.slot.control.call(ctx, OpCommand, request, false)
	if err != nil {
		return Result{}, "", err
	}
	id, err := r.commandID()
	if err != nil {
		return Result{}, "", v.fail(OpCommand, ClassProtocol, err)
	}
	if cmd.Stdin != nil {
		if err := v.send(ctx, shell, id, cmd.Stdin); err != nil {
			return Result{}, id, err
		}
	}
	result, err := v.receive(ctx, shell, id, cmd.MaxOutput)
	return result, id, err
}

// send delivers stdin in pieces. The last one closes it.
func (v *conversation) send(ctx context.Context, shell, command string, stdin io.Reader) error {
	in := bufio.NewReaderSize(stdin, piece)
	buf := make([]byte, piece)
	for {
		n, err := io.ReadFull(in, buf)
		if err == nil {
			_, err = in.Peek(1)
		}
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return v.fail(OpSend, ClassInvalid, fmt.Errorf("read input: %w", err))
		}
		request := v.envelopes.send(shell, command, buf[:n], last)
		if _, err := v.slot.control.call(ctx, OpSend, request, false); err != nil {
			return err
		}
		if last {
			return nil
		}
	}
}

// receive collects output until the command is done. A host with nothing to say
// answers after operationTimeout with the TimedOut fault, which alone means "ask again".
func (v *conversation) receive(ctx context.Context, shell, command string, limit int) (Result, error) {
	var stdout, stderr []byte
	request := func() string { return v.envelopes.receive(shell, command) }
	for idle := 0; ; {
		asked := v.clk.Now()
		o, err := v.poll(ctx, request())
		if err != nil {
			return Result{}, err
		}
		if len(stdout)+len(stderr)+len(o.stdout)+len(o.stderr) > limit {
			return Result{}, v.fail(OpReceive, ClassOutput, fmt.Errorf("command wrote more than %d bytes", limit))
		}
		stdout, stderr = append(stdout, o.stdout...), append(stderr, o.stderr...)
		if o.done {
			return Result{ExitCode: o.exit, Stdout: stdout, Stderr: decodeCLIXML(string(stderr))}, nil
		}
		idle++
		if len(o.stdout)+len(o.stderr) > 0 || v.clk.Now().Sub(asked) > time.Second {
			idle = 0
		}
		if idle > maxIdle {
			return Result{}, v.fail(OpReceive, ClassProtocol, errImpatient)
		}
	}
}

// maxIdle is how many polls in a row may bring nothing and take no time.
const maxIdle = 1000

func (v *conversation) poll(ctx context.Context, request string) (output, error) {
	r, err := v.slot.receive.call(ctx, OpReceive, request, false)
	if fault(err).Code == codeTimedOut {
		return output{}, nil
	}
	if err != nil {
		return output{}, err
	}
	o, err := r.output()
	if err != nil {
		return output{}, v.fail(OpReceive, ClassProtocol, err)
	}
	return o, nil
}

// finish ends the command and deletes the shell, whether or not ctx has ended, within
// endTimeout. After a refusal only the deletion is tried, and only once.
func (v *conversation) finish(ctx context.Context, shell, command string, err error) error {
	ctx, cancel := clock.WithTimeout(context.WithoutCancel(ctx), v.clk, endTimeout)
	defer cancel()
	refused := Class(err) == ClassAuth
	if command != "" && !refused {
		// Deleting the shell ends the command as well: this only lets it end orderly.
		_, _ = v.slot.control.call(ctx, OpSignal, v.envelopes.signal(shell, command), false)
	}
	_, err = v.slot.control.call(ctx, OpDelete, v.envelopes.remove(shell), refused)
	if Class(err) == ClassShellGone {
		return nil
	}
	return err
}

// outlive is a context that ends d after ctx has; when ctx ends, the respite starts and
// then leave is called. Call end when done: it reports whether ctx had not ended by then.
func outlive(ctx context.Context, clk clock.Clock, d time.Duration, leave func()) (longer context.Context, end func() bool) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	respite := make(chan context.CancelFunc, 1)
	stop := context.AfterFunc(ctx, func() {
		short, end := clock.WithTimeout(longer, clk, d)
		context.AfterFunc(short, func() { cancel(context.Cause(short)) })
		leave()
		respite <- end
	})
	return longer, func() bool {
		stayed := stop()
		if !stayed {
			(<-respite)()
		}
		cancel(nil)
		return stayed
	}
}
