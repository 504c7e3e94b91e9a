package provision

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
)

func TestTheLeaseLiesWhereEveryHostSeesIt(t *testing.T) {
	for _, row := range []struct{ name, working, want string }{
		{"on the volume of the working folder", `C:\ClusterStorage\Volume01\AksHci`, `C:\ClusterStorage\Volume01\arcwright\lease.json`},
		{"whatever its case and drive", `d:\clusterstorage\vol2\a\b`, `d:\clusterstorage\vol2\arcwright\lease.json`},
		{"on the volume itself", `C:\ClusterStorage\Volume01`, `C:\ClusterStorage\Volume01\arcwright\lease.json`},
		{"on the host's own drive without a volume", `D:\AksHci`, `C:\ProgramData\arcwright\lease.json`},
		{"on the host's own drive without a working folder", ``, `C:\ProgramData\arcwright\lease.json`},
		{"not in a folder that only sounds like one", `C:\ClusterStorageOld\x`, `C:\ProgramData\arcwright\lease.json`},
		{"not in the folder of the volumes", `C:\ClusterStorage\`, `C:\ProgramData\arcwright\lease.json`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := leasePath(planner.Site{Storage: planner.Storage{Working: row.working}}); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestTheHostOfTheSitesStepsKeepsTheLease(t *testing.T) {
	hosts := planner.Inventory{Hosts: []planner.Host{{Name: "a"}}}
	for _, row := range []struct {
		name string
		plan planner.Plan
		want string
	}{
		{"the site's", planner.Plan{Inventory: hosts, Steps: []planner.Step{{Target: "host/c", On: "c"}, {Target: "site", On: "b"}}}, "b"},
		{"else the first that runs anything", planner.Plan{Inventory: hosts, Steps: []planner.Step{{Target: "site"}, {Target: "host/c", On: "c"}}}, "c"},
		{"else the first of the inventory", planner.Plan{Inventory: hosts}, "a"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := leaseHost(row.plan)
			if err != nil || got != row.want {
				t.Errorf("got %q, %v; want %q", got, err, row.want)
			}
		})
	}
	if _, err := leaseHost(planner.Plan{}); !errors.Is(err, errNoHost) {
		t.Errorf("a plan without hosts gives %v", err)
	}
}

func TestTheLeaseIsTakenKeptAndGivenBack(t *testing.T) {
	f := &fakeSite{other: map[string]string{}}
	s := newTestSession(t, f, edge(planner.Step{Kind: planner.Install, Target: "site", On: testHost}))
	s.leaseTTL = 5 * time.Minute
	const ours = `{"held": true, "owner": "ann@laptop/run1", "epoch": 3, "expires": "2026-11-22T02:05:00Z"}`
	const theirs = `{"held": false, "owner": "bob@desk/run9", "epoch": 4, "expires": "2026-11-22T02:09:00Z"}`
	bob := &ErrLeased{Owner: "bob@desk/run9", Expires: time.Date(2026, 11, 22, 2, 9, 0, 0, time.UTC)}

	f.other["lease"] = ours
	if err := s.acquire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{
		"action": "acquire", "path": `C:\ClusterStorage\Volume01\arcwright\lease.json`, "owner": "ann@laptop/run1", "epoch": 0.0, "ttlSeconds": 300.0,
	}, f.last(t, "lease").params); diff != "" {
		t.Errorf("asked otherwise:\n%s", diff)
	}
	if got := f.last(t, "lease").host; got != testHost {
		t.Errorf("asked %s", got)
	}
	if err := s.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.last(t, "lease").params["epoch"]; got != 3.0 {
		t.Errorf("renewed epoch %v", got)
	}
	if err := s.release(t.Context()); err != nil {
		t.Fatal(err)
	}

	f.other["lease"] = theirs
	var leased *ErrLeased
	for name, ask := range map[string]func() error{
		"acquire": func() error { return s.acquire(t.Context()) },
		"renew":   func() error { return s.renew(t.Context()) },
	} {
		if err := ask(); !errors.As(err, &leased) || *leased != *bob || errorCode(err) != "leased" {
			t.Errorf("%s gives %v of code %q", name, err, errorCode(err))
		}
	}
	if err := s.release(t.Context()); err != nil {
		t.Errorf("giving back what is gone is an error: %v", err)
	}
	// The same owner under another epoch is another process of the same run.
	f.other["lease"] = `{"held": true, "owner": "ann@laptop/run1", "epoch": 9, "expires": "2026-11-22T02:05:00Z"}`
	if err := s.renew(t.Context()); !errors.As(err, &leased) {
		t.Errorf("a renewal under another epoch gives %v", err)
	}
}
