package provision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/kube"
	"github.com/arcwright/arcwright/provision/winrm"
)

func TestWaitsDoubleUpToAMinute(t *testing.T) {
	var got []time.Duration
	var tr trouble
	for range 8 {
		wait, again := tr.after(io.EOF, dawn)
		if !again {
			t.Fatal("given up")
		}
		got = append(got, wait/time.Second)
	}
	if diff := cmp.Diff([]time.Duration{2, 4, 8, 16, 32, 60, 60, 60}, got); diff != "" {
		t.Errorf("seconds (-want +got):\n%s", diff)
	}
}

func TestOddFailuresAreCountedAmongOthers(t *testing.T) {
	var tr trouble
	odd := errors.New("odd")
	for i, err := range []error{io.EOF, odd, io.EOF, odd, io.EOF} {
		if _, again := tr.after(err, dawn); !again {
			t.Fatalf("given up at failure %d", i+1)
		}
	}
	if _, again := tr.after(odd, dawn); again {
		t.Error("the third odd failure was borne")
	}
}

func TestTheCodeOfAnError(t *testing.T) {
	rows := []struct {
		name string
		err  error
		code string
	}{
		{"a script's own code", &winrm.ScriptError{Code: "TaskBusy"}, "TaskBusy"},
		{"a script without one", &winrm.ScriptError{}, "script"},
		{"a class of WinRM", &winrm.Error{Class: winrm.ClassQuota, Err: io.EOF}, "quota"},
		{"a class of Kubernetes", &kube.Error{Class: kube.ClassAuth, Err: io.EOF}, "auth"},
		{"a deadline of the run", clock.ErrDeadline, "timeout"},
		{"a deadline of a context", context.DeadlineExceeded, "timeout"},
		{"a cancelled context", context.Canceled, "canceled"},
		{"a connection that is refused", &net.OpError{Op: "dial", Err: errors.New("refused")}, "unreachable"},
		{"a connection that is cut", io.ErrUnexpectedEOF, "unreachable"},
		{"a thing that is somebody else's", &ErrForeign{}, "foreign"},
		{"a lease that somebody else has", &ErrLeased{}, "leased"},
		{"anything else", errors.New("x"), ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if code := errorCode(fmt.Errorf("do: %w", row.err)); code != row.code {
				t.Errorf("code %q, want %q", code, row.code)
			}
		})
	}
}

func TestWorkIsLookedAtEverLessOften(t *testing.T) {
	rows := []struct {
		name              string
		estimate, longest time.Duration
		want              []time.Duration
	}{
		{"a long step", time.Hour, 15 * time.Second, []time.Duration{2000, 3000, 4500, 6750, 10125, 15000, 15000}},
		{"a step of five minutes", 5 * time.Minute, 15 * time.Second, []time.Duration{2000, 3000, 4500, 6750, 7500, 7500}},
		{"a short step", 10 * time.Second, 15 * time.Second, []time.Duration{2000, 2000}},
		{"an impatient operator", time.Hour, time.Second, []time.Duration{1000, 1000}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var p pace
			for i, want := range row.want {
				if got := p.next(row.estimate, row.longest); got != want*time.Millisecond {
					t.Errorf("wait %d is %v, want %v", i+1, got, want*time.Millisecond)
				}
			}
		})
	}
}

func TestANameThatDNSDoesNotKnowIsNotWaitedForLong(t *testing.T) {
	var tr trouble
	unknown := &winrm.Error{Class: winrm.ClassUnreachable, Err: &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}}
	for i := range fewTries {
		_, again := tr.after(unknown, dawn)
		if last := i == fewTries-1; again == last {
			t.Errorf("try %d: again %v", i+1, again)
		}
	}
	// A server that does not answer may do so later.
	slow := &winrm.Error{Class: winrm.ClassUnreachable, Err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}}
	if _, again := new(trouble).after(slow, dawn); !again {
		t.Error("given up on a DNS server that is away")
	}
}
