package provision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/winrm"
)

// delegationReply is what probe-delegation tells.
type delegationReply struct {
	Session hopReply     `json:"session"`
	Task    hopReply     `json:"task"`
	CredSSP hopReply     `json:"credssp"`
	Names   list[string] `json:"names"` // of this host in the directory
	Why     string       `json:"why"`   // why they could not be read
}

// hopReply is one try to reach another host in the account's name.
type hopReply struct {
	State   hopState `json:"state"`
	Message string   `json:"message"`
}

type hopState string

const (
	hopWorks    hopState = "works"
	hopRefused  hopState = "refused"
	hopNotTried hopState = "not-tried"
)

// Ways from host to host.
const (
	hopTask    = "second-hop-task"
	hopCredSSP = "second-hop-credssp"
)

// delegation judges the ways from this host to another.
func (w *ward) delegation(d delegationReply, r remotingReply, err error) {
	if err != nil {
		w.note(Exam{Name: hopTask, State: ExamBad, Saw: brief(err), Owner: planner.OwnerYou, Change: "look at the evidence; the account must be an administrator of the host"})
		return
	}
	w.names(d)
	if d.Session.State == hopWorks {
		w.note(Exam{Name: "second-hop", State: ExamWarn, Saw: "this session itself reaches " + w.peer + ": credentials are delegated to the host", Owner: planner.OwnerDirectory,
			Source: credsspPage, Change: "see whether the host's computer object is trusted for delegation to any service, and needs to be"})
	}
	task := Exam{Name: hopTask, State: ExamGood, Saw: "a scheduled task with the account's password runs"}
	switch d.Task.State {
	case hopWorks:
		task.Saw += " and reaches " + w.peer
	case hopRefused:
		task.State, task.Owner, task.Saw = ExamBad, planner.OwnerYou, tidy(d.Task.Message)
		// ERROR_LOGON_TYPE_NOT_GRANTED, 1385.
		if strings.Contains(d.Task.Message, "0x80070569") {
			task.Saw = "the account may not log on as a batch job: " + task.Saw
			task.Change = "give the account the right Log on as a batch job: secpol.msc, Local Policies, User Rights Assignment; a group policy may deny it"
			task.Revert = "take the right away again"
		} else {
			task.Saw = "does not reach " + w.peer + ": " + task.Saw
			task.Change = "Resolve-DnsName " + w.peer + "; Test-NetConnection " + w.peer + " -Port 5985; and what stands under " + shortName(w.peer) + ": its names (spn), its ways to sign in"
		}
	}
	w.note(task)
	w.credssp(d, r)
}

// credssp judges CredSSP, which a run needs only when tasks do not work.
func (w *ward) credssp(d delegationReply, r remotingReply) {
	if d.CredSSP.State == hopNotTried {
		return
	}
	e := Exam{Name: hopCredSSP, State: ExamGood, Saw: "off", Source: credsspPage}
	server, _ := on(r.Auth, "CredSSP")
	client, _ := on(r.ClientAuth, "CredSSP")
	switch {
	case d.CredSSP.State == hopWorks:
		w.Patient.credssp = true
		e.State, e.Owner = ExamWarn, planner.OwnerYou
		e.Saw = "on, and reaches " + w.peer + ": whoever rules the host gets the account's password"
		e.Change = "when nothing else needs it: Disable-WSManCredSSP -Role Client; Disable-WSManCredSSP -Role Server"
		e.Revert = fmt.Sprintf("Enable-WSManCredSSP -Role Client -DelegateComputer '%s' -Force; Enable-WSManCredSSP -Role Server -Force", w.peer)
	case server || client:
		e.State, e.Owner = ExamWarn, planner.OwnerYou
		e.Saw = fmt.Sprintf("half on (client %t, server %t), and does not reach %s: %s", client, server, w.peer, tidy(d.CredSSP.Message))
		if client && !r.delegates(w.peer) {
			e.Saw += "; no policy lets fresh credentials go to " + w.peer
		}
		e.Change = "Disable-WSManCredSSP -Role Client; Disable-WSManCredSSP -Role Server"
		e.Revert = fmt.Sprintf("Enable-WSManCredSSP -Role Client -DelegateComputer '%s' -Force; Enable-WSManCredSSP -Role Server -Force", w.peer)
	}
	w.note(e)
}

// delegates reports whether fresh credentials may go to a host.
func (r remotingReply) delegates(host string) bool {
	return slices.ContainsFunc(r.Fresh, func(entry string) bool {
		to, ok := strings.CutPrefix(strings.ToLower(entry), "wsman/")
		if !ok {
			return false
		}
		host := strings.ToLower(host)
		return to == host || to == "*" || strings.HasPrefix(to, "*.") && strings.HasSuffix(host, to[1:])
	})
}

// names judges the service names that the directory has for the host.
func (w *ward) names(d delegationReply) {
	e := Exam{Name: "spn", State: ExamGood, Source: spnPage, Owner: ""}
	if d.Why != "" || len(d.Names) == 0 {
		e.State, e.Saw = ExamUnknown, "no names were read from the directory"
		if d.Why != "" {
			e.Saw += ": " + tidy(d.Why)
		}
		w.note(e)
		return
	}
	var missing []string
	for _, name := range []string{w.host, shortName(w.host)} {
		want := "WSMAN/" + name
		if !slices.ContainsFunc(d.Names, func(n string) bool { return strings.EqualFold(n, want) }) {
			missing = append(missing, want)
		}
	}
	e.Saw = "WSMAN/" + w.host + " and the short name are registered"
	if len(missing) > 0 {
		e.State, e.Owner, e.Saw = ExamBad, planner.OwnerDirectory, strings.Join(missing, " and ")+" not registered: Kerberos finds no key for the host"
		var change, revert []string
		for _, name := range missing {
			change = append(change, "setspn -S "+name+" "+shortName(w.host))
			revert = append(revert, "setspn -D "+name+" "+shortName(w.host))
		}
		e.Change, e.Revert = strings.Join(change, "; ")+"; then on the host: klist purge -li 0x3e7", strings.Join(revert, "; ")
	}
	w.note(e)
}

// conclude names the ways that work on all hosts with the least given away.
func (d *Diagnosis) conclude(hop bool) {
	every := func(ok func(Patient) bool) bool {
		return len(d.Patients) > 0 && !slices.ContainsFunc(d.Patients, func(p Patient) bool { return !ok(p) })
	}
	good := func(name string) func(Patient) bool {
		return func(p Patient) bool {
			e := p.exam(name)
			return e != nil && (e.State == ExamGood || e.State == ExamWarn)
		}
	}
	takes := func(way string) func(Patient) bool {
		return func(p Patient) bool {
			return slices.Contains(p.takes, way)
		}
	}
	var advice []string
	switch {
	case !every(good("sign-in")):
		advice = append(advice, "no account came in on every host: mend what is bad above, from the top")
	case every(takes("Kerberos")) && (!hop || every(good("spn"))):
		d.Auth = string(winrm.AuthKerberos)
		advice = append(advice, "sign in by Kerberos over HTTPS (access.auth: kerberos): nothing that could be guessed leaves this machine, and the host proves who it is")
	case every(takes("Negotiate")):
		d.Auth = string(winrm.AuthNTLM)
		why := "Kerberos does not work on all hosts"
		if every(takes("Kerberos")) && !slices.ContainsFunc(d.Patients, func(p Patient) bool { e := p.exam("spn"); return e != nil && e.State == ExamBad }) {
			why = "whether Kerberos works on all hosts could not be seen"
		}
		advice = append(advice, "sign in by NTLM over HTTPS (access.auth: ntlm), bound to the channel: "+why)
	case every(takes("Basic")):
		d.Auth = string(winrm.AuthBasic)
		advice = append(advice, "only Basic is left, which hands the password to the hosts: allow Kerberos or Negotiate instead")
	default:
		advice = append(advice, "no one way to sign in is known to work on all hosts: look at allowed above")
	}
	switch {
	case !hop:
	case every(good(hopTask)):
		d.Hop = "task"
		advice = append(advice, "let long work run as scheduled tasks: they hold the account's password on the host only while they run; CredSSP stays off")
	case every(func(p Patient) bool { return p.credssp }):
		d.Hop = "credssp"
		advice = append(advice, "only CredSSP reaches from host to host: allow tasks (log on as a batch job) rather than leave it on")
	default:
		advice = append(advice, "no way reaches from host to host on all hosts: mend second-hop-task above")
	}
	d.Advice = strings.Join(advice, "; ")
}
