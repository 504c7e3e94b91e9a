package provision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/kube"
	"github.com/arcwright/arcwright/provision/winrm"
)

// How long a failed look or submit is borne, by the class of the error.
const (
	// A rebooting host, a failing-over cluster address or a full quota comes back by
	// itself; half an hour covers a host that installs updates while it boots.
	patience = 30 * time.Minute
	// An answer that makes no sense will hardly make sense later.
	fewTries = 3

	firstWait = 2 * time.Second
	longWait  = time.Minute
)

// Codes that scripts give their errors and that mean more than a failure.
const (
	codeTaskBusy       = "TaskBusy"       // another task of the host does the same kind of work
	codeLockBusy       = "LockBusy"       // another script has the lease's file open
	codeLeaseOvertaken = "LeaseOvertaken" // the lease's epoch is not ours any more
)

// trouble counts failures in a row. Its zero value is none.
type trouble struct {
	since time.Time
	tries int
	odd   int // failures that are not expected to pass
}

// after counts a failure and says how long to wait before the next try, or that there
// should be none.
func (t *trouble) after(err error, now time.Time) (wait time.Duration, again bool) {
	if t.tries == 0 {
		t.since = now
	}
	t.tries++
	if hopeless(err) {
		return 0, false
	}
	code := errorCode(err)
	if nameless(err) {
		code = "" // a name that DNS does not know will hardly be known later
	}
	switch code {
	case string(winrm.ClassUnreachable), string(winrm.ClassTimeout), string(winrm.ClassQuota),
		string(winrm.ClassShellGone), string(winrm.ClassCanceled), codeTaskBusy, codeLockBusy, string(StateUnknown):
		if now.Sub(t.since) >= patience {
			return 0, false
		}
	default:
		if t.odd++; t.odd >= fewTries {
			return 0, false
		}
	}
	return doubled(t.tries), true
}

// nameless reports whether DNS says that there is no such host.
func nameless(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// hopeless reports whether trying again may lock an account, and mends nothing.
func hopeless(err error) bool {
	switch errorCode(err) {
	case string(winrm.ClassAuth), string(winrm.ClassTrust), string(winrm.ClassProxy), string(winrm.ClassInvalid), string(StateForeign):
		return true
	}
	return false
}

// doubled is the wait after n failures in a row, n from 1.
func doubled(n int) time.Duration {
	wait := firstWait
	for ; n > 1 && wait < longWait; n-- {
		wait *= 2
	}
	return min(wait, longWait)
}

// errorCode is the code that a script gave its error, or else the class of the error;
// empty when it has none.
func errorCode(err error) string {
	var script *winrm.ScriptError
	if errors.As(err, &script) && script.ID() != "" {
		return script.ID()
	}
	var coded interface{ code() string }
	if errors.As(err, &coded) {
		return coded.code()
	}
	if errors.Is(err, context.Canceled) {
		return string(winrm.ClassCanceled)
	}
	if errors.Is(err, clock.ErrDeadline) || errors.Is(err, context.DeadlineExceeded) {
		return string(winrm.ClassTimeout)
	}
	if class := winrm.Class(err); class != "" {
		return string(class)
	}
	if class := kube.Class(err); class != "" {
		return string(class)
	}
	var op *net.OpError
	if errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return string(winrm.ClassUnreachable)
	}
	return ""
}

// pace is how often work is looked at: soon at first, so that short steps end soon, then
// ever less often, up to a fortieth of the step's estimate.
type pace struct{ last time.Duration }

// next is the wait until the next look. longest is between firstWait and the option Poll.
func (p *pace) next(estimate, longest time.Duration) time.Duration {
	most := min(max(estimate/40, firstWait), longest)
	if p.last == 0 {
		p.last = min(firstWait, most)
	} else {
		p.last = min(p.last*3/2, most)
	}
	return p.last
}

// errGivenUp is a failure that was borne for as long as its kind deserves.
type errGivenUp struct {
	tries  int
	waited time.Duration
	err    error
}

func (e *errGivenUp) Error() string {
	return fmt.Sprintf("%v (given up after %d tries in %v)", e.err, e.tries, e.waited.Round(time.Second))
}
func (e *errGivenUp) Unwrap() error { return e.err }
