package sim

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLease(t *testing.T) {
	l := newLab(t, labInventory(), labOptions(t))
	ask := func(action, owner string, epoch int64) leaseAnswer {
		t.Helper()
		var a leaseAnswer
		l.ask("hv01", "lease", leaseParams{Action: action, Path: labLease, Owner: owner, Epoch: epoch, TTLSeconds: 300}, &a)
		return a
	}
	// The host's clock is 100 ms ahead, and the file keeps whole seconds.
	const now, later = "2026-12-05T22:00:00Z", "2026-12-05T22:05:00Z"
	for _, step := range []struct {
		name, action, owner string
		epoch               int64
		want                leaseAnswer
	}{
		{"nobody holds a lease that was never taken", "read", "ann", 0, leaseAnswer{false, "", 0, now}},
		{"a free lease is taken", "acquire", "ann", 0, leaseAnswer{true, "ann", 1, later}},
		{"another does not get it", "acquire", "bob", 0, leaseAnswer{false, "ann", 1, later}},
		{"its holder gets it anew, with a new epoch", "acquire", "ann", 0, leaseAnswer{true, "ann", 2, later}},
		{"the old epoch is not renewed", "renew", "ann", 1, leaseAnswer{false, "ann", 2, later}},
		{"the present one is", "renew", "ann", 2, leaseAnswer{true, "ann", 2, later}},
		{"another cannot release it", "release", "bob", 2, leaseAnswer{false, "ann", 2, later}},
		{"it can be broken", "break", "bob", 0, leaseAnswer{false, "", 3, now}},
		{"a broken lease is not renewed", "renew", "ann", 2, leaseAnswer{false, "", 3, now}},
		{"and is free", "acquire", "bob", 0, leaseAnswer{true, "bob", 4, later}},
		{"its holder gives it back", "release", "bob", 4, leaseAnswer{false, "", 4, now}},
	} {
		if diff := cmp.Diff(step.want, ask(step.action, step.owner, step.epoch)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	ask("acquire", "ann", 0)
	l.wait(6 * time.Minute)
	if a := ask("renew", "ann", 5); !a.Held {
		t.Errorf("an expired lease that nobody took was not renewed: %+v", a)
	}
	l.wait(6 * time.Minute)
	if a := ask("acquire", "bob", 0); !a.Held || a.Epoch != 6 {
		t.Errorf("an expired lease was not taken over: %+v", a)
	}
	if _, fail := l.script("hv01", "lease", leaseParams{Action: "steal", Path: labLease}); fail == nil || fail.Code != "BadRequest" {
		t.Errorf("an unknown action gave %v", fail)
	}
}

func TestALeaseOnAVolumeIsSharedAndOneOnAHostsDriveIsNot(t *testing.T) {
	for name, row := range map[string]struct {
		path   string
		shared bool
	}{
		"a cluster shared volume, in other letters": {`c:\clusterstorage\volume01\arcwright\lease.json`, true},
		"a file share":       {`\\files\arcwright\lease.json`, true},
		"a host's own drive": {`C:\ProgramData\arcwright\lease.json`, false},
		"a folder that looks like a volume but isn't": {`C:\ClusterStorage\Volume010\arcwright\lease.json`, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, labInventory(), labOptions(t))
			var a leaseAnswer
			l.ask("hv01", "lease", leaseParams{Action: "acquire", Path: row.path, Owner: "ann", TTLSeconds: 300}, &a)
			l.ask("hv02", "lease", leaseParams{Action: "read", Path: row.path, Owner: "ann"}, &a)
			if a.Held != row.shared {
				t.Errorf("the other host sees %+v", a)
			}
		})
	}
}
