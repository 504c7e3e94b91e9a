package provision

import (
	"context"
	"slices"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/winrm"
)

// ExamState is what came of one look of the doctor.
type ExamState string

// The states of a look.
const (
	ExamGood    ExamState = "good"
	ExamWarn    ExamState = "warn" // it works, and could be safer or may fail later
	ExamBad     ExamState = "bad"  // a run cannot work so
	ExamUnknown ExamState = "unknown"
)

// An Exam is one look at one host.
type Exam struct {
	// Name is what was looked at, such as port or second-hop-task.
	Name  string    `json:"name"`
	State ExamState `json:"state"`
	// Saw is what was seen.
	Saw string `json:"saw"`
	// Change is the setting to change, as a command on the host where it is one; Revert takes
	// it back. Both are empty when there is nothing to change.
	Change string        `json:"change,omitempty"`
	Revert string        `json:"revert,omitempty"`
	Owner  planner.Owner `json:"owner,omitempty"`
	Source string        `json:"source,omitempty"`
}

// A Patient is one host with all looks at it, in the order of the way to it.
type Patient struct {
	Host  string `json:"host"`
	Exams []Exam `json:"exams"`

	takes   []string // the ways to sign in that it allows, as Windows names them
	credssp bool     // CredSSP reaches another host
}

// exam is the look of a name, nil when it was not taken.
func (p Patient) exam(name string) *Exam {
	for i := range p.Exams {
		if p.Exams[i].Name == name {
			return &p.Exams[i]
		}
	}
	return nil
}

// Bad reports whether a run cannot work with the host as it is.
func (p Patient) Bad() bool {
	return slices.ContainsFunc(p.Exams, func(e Exam) bool { return e.State == ExamBad })
}

// A Diagnosis is what the doctor says of all hosts.
type Diagnosis struct {
	Patients []Patient `json:"hosts"`
	// Auth is the way of signing in with the least given away that all hosts allow, and Hop the way
	// from host to host; empty when none works on all.
	Auth   string `json:"auth"`
	Hop    string `json:"secondHop"`
	Advice string `json:"advice"`
	// Findings are what kept the doctor from looking at all.
	Findings []planner.Finding `json:"findings,omitempty"`
}

// Examine looks at the way to every host, and if hop is set from host to host: for that it makes a scheduled
// task on each, and removes it. The hosts are looked at all at once. tell, if not nil, is called when a
// host is done, from any goroutine. The caller holds a busy token of the clock.
func Examine(ctx context.Context, reach Reach, access planner.Access, hosts []string, hop bool, tell func(host string)) Diagnosis {
	d, findings := dialerFor(ctx, reach, access)
	if len(findings) > 0 {
		return Diagnosis{Findings: findings, Patients: []Patient{}}
	}
	if tell == nil {
		tell = func(string) {}
	}
	patients := make([]Patient, len(hosts))
	rounds := group{clock: reach.Clock}
	for i, host := range hosts {
		peer := ""
		if hop && len(hosts) > 1 {
			peer = hosts[(i+1)%len(hosts)]
		}
		rounds.start(func() {
			ctx, cancel := clock.WithTimeout(ctx, reach.Clock, readLimit)
			defer cancel()
			v := ward{dialer: d, catalogue: LoadCatalogue(), host: host, peer: peer, hop: hop, Patient: Patient{Host: host}}
			v.visit(ctx)
			patients[i] = v.Patient
			tell(host)
		})
	}
	rounds.wait()
	out := Diagnosis{Patients: patients}
	out.conclude(hop)
	return out
}

// ward is where one host is looked at.
type ward struct {
	dialer    *hostDialer
	catalogue Catalogue
	host      string
	peer      string // the host that it should reach, empty for none
	hop       bool
	Patient
}

func (w *ward) note(e Exam) { w.Exams = append(w.Exams, e) }

// visit goes the way to the host step by step, and stops where it ends.
func (w *ward) visit(ctx context.Context) {
	h, err := w.dialer.host(ctx, w.host)
	if err != nil {
		w.note(Exam{Name: "account", State: ExamBad, Saw: err.Error(), Change: "set the secret that access.password refers to", Owner: planner.OwnerYou})
		return
	}
	glance := winrm.Look(ctx, h, w.dialer.reach.Dial, w.dialer.reach.Clock)
	if !w.listener(ctx, h, glance) {
		return
	}
	r := winrm.New(h, w.dialer.reach.Dial, w.dialer.reach.Clock)
	defer r.Close()
	asked := w.dialer.reach.Clock.Now()
	reply, err := ask[remotingReply](ctx, w.catalogue, r, w.host, "read-remoting", map[string]any{}, nil)
	answered := w.dialer.reach.Clock.Now()
	w.signIn(h, reply, err)
	if err != nil {
		return
	}
	w.remoting(reply, asked, answered, h)
	if !w.hop {
		return
	}
	if h.Password == "" {
		w.note(Exam{Name: hopTask, State: ExamUnknown, Saw: "not tried: a scheduled task takes the account's password, and there is none", Owner: planner.OwnerYou,
			Change: "look again with --password, as a run will need it"})
		return
	}
	seen, err := ask[delegationReply](ctx, w.catalogue, r, w.host, "probe-delegation",
		map[string]any{"peer": w.peer, "user": h.User}, map[string]string{"account": h.Password})
	w.delegation(seen, reply, err)
}
