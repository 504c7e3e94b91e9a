package provision

import (
	"errors"
	"testing"
	"time"
)

func TestErrorsSayWhatHappenedAndWhere(t *testing.T) {
	no := errors.New("no")
	rows := []struct {
		err  error
		text string
	}{
		{&ErrSteps{Failed: []string{"a"}, Err: no}, "a: no"},
		{&ErrSteps{Failed: []string{"a", "b", "c"}, Skipped: []string{"d", "e"}, Err: no}, "a: no; also failed: b, c; not tried: d, e"},
		{&ErrForeign{Reason: "cluster shop"}, "it exists, and nothing says that arcwright made it: cluster shop"},
		{&ErrBroken{Reason: "half made"}, "half made"},
		{&ErrBroken{Reason: "half made", Repairs: 1}, "half made (after a repair)"},
		{&ErrBroken{Reason: "half made", Repairs: 2}, "half made (after 2 repairs)"},
		{&ErrBroken{Reason: "half made", Repairs: 1, Manual: true}, "half made (only a person can mend this)"},
		{&ErrOverdue{Waited: 2 * time.Hour, Estimate: 5 * time.Minute}, "still working after 2h0m0s, usually it takes 5m0s; it was left running"},
		{&ErrLeaseLost{Err: no}, "the lease on the site is lost, nothing more was submitted: no"},
		{&ErrLocked{Dir: "/s/edge01-20261122T020000Z"}, "run edge01-20261122T020000Z is being worked on by another process"},
		{&ErrLocked{Dir: "/s/edge01-20261122T020000Z", PID: 7, Owner: "ann@laptop", Since: dawn}, "run edge01-20261122T020000Z is being worked on by ann@laptop (process 7) since 2026-11-22T02:00:00Z"},
		{&errGivenUp{tries: 3, waited: 14*time.Second + time.Millisecond, err: no}, "no (given up after 3 tries in 14s)"},
		{&errLate{limit: time.Minute, err: no}, "no answer within 1m0s: no"},
	}
	for _, row := range rows {
		if got := row.err.Error(); got != row.text {
			t.Errorf("it reads %q, want %q", got, row.text)
		}
	}
}
