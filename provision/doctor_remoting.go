package provision

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/winrm"
)

// remotingReply is what read-remoting tells. The folders are null when they could not be read.
type remotingReply struct {
	Now          moment                  `json:"now"`
	User         string                  `json:"user"`
	Admin        bool                    `json:"admin"`
	SignedInBy   string                  `json:"signedInBy"`
	PowerShell   string                  `json:"powerShell"`
	LanguageMode string                  `json:"languageMode"`
	Culture      string                  `json:"culture"`
	Language     string                  `json:"language"`
	Service      map[string]string       `json:"service"`
	Auth         map[string]string       `json:"auth"`
	Client       map[string]string       `json:"client"`
	ClientAuth   map[string]string       `json:"clientAuth"`
	Shell        map[string]string       `json:"shell"`
	Envelope     *string                 `json:"envelope"`
	Listeners    list[map[string]string] `json:"listeners"`
	Policies     list[struct {
		Part  string `json:"part"`
		Name  string `json:"name"`
		Value string `json:"value"`
	}] `json:"policies"`
	Fresh  list[string] `json:"fresh"`
	Unread list[struct {
		Part    string `json:"part"`
		Message string `json:"message"`
	}] `json:"unread"`
}

// on reports whether a setting is true, and whether it is known.
func on(folder map[string]string, name string) (yes, known bool) {
	value, known := folder[name]
	return strings.EqualFold(value, "true"), known
}

// ruled reports whether a policy sets a value, which then cannot be changed on the host.
func (r remotingReply) ruled(name string) bool {
	for _, p := range r.Policies {
		if strings.EqualFold(p.Name, name) {
			return true
		}
	}
	return false
}

// byPolicy adds to a change that a policy stands before it.
func (r remotingReply) byPolicy(e Exam, name string) Exam {
	if r.ruled(name) && e.State != ExamGood {
		e.Saw += "; a policy sets it"
		e.Owner = planner.OwnerDirectory
		e.Change = "change the policy " + name + " under Administrative Templates, Windows Components, Windows Remote Management; then gpupdate /force"
		e.Revert = "set the policy as it was"
	}
	return e
}

// signIn judges who came in.
func (w *ward) signIn(h winrm.Host, r remotingReply, err error) {
	if err != nil {
		f := unread(w.host, err)
		w.note(Exam{Name: "sign-in", State: ExamBad, Saw: f.Message + ": " + brief(err), Change: f.Remedy, Owner: f.Owner})
		return
	}
	e := Exam{Name: "sign-in", State: ExamGood, Saw: fmt.Sprintf("%s by %s, administrator", r.User, strings.ToLower(r.SignedInBy))}
	if !r.Admin {
		e.State, e.Owner, e.Saw = ExamBad, planner.OwnerYou, fmt.Sprintf("%s by %s, no administrator", r.User, strings.ToLower(r.SignedInBy))
		e.Change = "Add-LocalGroupMember -Group Administrators -Member '" + h.User + "'"
		e.Revert = "Remove-LocalGroupMember -Group Administrators -Member '" + h.User + "'"
	}
	w.note(e)
}

// skewMost is how far clocks may be apart for Kerberos.
const skewMost = 5 * time.Minute

// Least values that a run needs. Windows comes with more of each (winrm/config of Windows Server).
const (
	leastEnvelope  = 150 // KiB
	leastShells    = 5
	leastMemory    = 512 // MiB
	leastProcesses = 10
)

// remoting judges the settings of the service.
func (w *ward) remoting(r remotingReply, asked, answered time.Time, h winrm.Host) {
	w.clock(r, asked, answered)
	w.language(r)
	w.allowed(r, h)
	w.binding(r)
	w.quotas(r)
	w.trusted(r)
	for _, u := range r.Unread {
		w.note(Exam{Name: u.Part, State: ExamUnknown, Saw: tidy(u.Message), Change: "read it on the host: winrm get winrm/config", Owner: planner.OwnerYou})
	}
}

// clock holds the host's against this machine's.
func (w *ward) clock(r remotingReply, asked, answered time.Time) {
	now := time.Time(r.Now)
	if now.IsZero() {
		return
	}
	e := Exam{Name: "clock", State: ExamGood, Saw: "as this machine's"}
	gap := time.Duration(0)
	switch {
	case now.Before(asked):
		gap = asked.Sub(now)
	case now.After(answered):
		gap = now.Sub(answered)
	}
	if gap > time.Second {
		e.Saw = gap.Round(time.Second).String() + " off from this machine's"
	}
	if gap > skewMost {
		e.State, e.Owner, e.Source = ExamBad, planner.OwnerYou, "ASD:AKS-Hybrid/ad-sso.md (read 2026-11-22)"
		e.Saw += "; Kerberos allows 5 minutes"
		e.Change = "find which is wrong; on a host: w32tm /config /syncfromflags:domhier /update; w32tm /resync"
	}
	w.note(e)
}

// language judges what the scripts run in.
func (w *ward) language(r remotingReply) {
	e := Exam{Name: "language", State: ExamGood, Saw: fmt.Sprintf("PowerShell %s, %s, Windows in %s", majorMinor(r.PowerShell), r.LanguageMode, r.Language)}
	switch {
	case !strings.EqualFold(r.LanguageMode, "FullLanguage"):
		e.State, e.Owner = ExamBad, planner.OwnerDirectory
		e.Change = "allow the account scripts in full language on this host: an application control policy restricts PowerShell"
	case !strings.HasPrefix(r.PowerShell, "5.1"):
		e.State, e.Owner, e.Change = ExamBad, planner.OwnerYou, "leave the default endpoint to Windows PowerShell 5.1: the AksHci module runs in no other"
		e.Source = "Azure/aksArc#52 (read 2026-11-22)"
	case !strings.HasPrefix(strings.ToLower(r.Language), "en-"):
		e.State, e.Owner = ExamWarn, planner.OwnerYou
		e.Saw += "; the platform is tested in English"
		e.Source = "ASD:AKS-Hybrid/system-requirements.md (read 2026-11-22)"
		e.Change = "install the host in English: the language of an installation cannot be changed"
	}
	w.note(e)
}

// allowed judges which ways to sign in the service takes.
func (w *ward) allowed(r remotingReply, h winrm.Host) {
	if r.Auth == nil {
		return
	}
	for _, way := range []string{"Kerberos", "Negotiate", "Certificate", "Basic", "CredSSP"} {
		if yes, _ := on(r.Auth, way); yes {
			w.takes = append(w.takes, way)
		}
	}
	e := Exam{Name: "allowed", State: ExamGood, Saw: "takes " + strings.Join(w.takes, ", "), Source: winrmPage}
	plain, _ := on(r.Service, "AllowUnencrypted")
	switch {
	case slices.Contains(w.takes, "Basic") && h.Auth != winrm.AuthBasic:
		e.State, e.Owner, e.Saw = ExamWarn, planner.OwnerYou, e.Saw+"; Basic hands the password to the host and is not needed"
		e.Change = `Set-Item WSMan:\localhost\Service\Auth\Basic $false`
		e.Revert = `Set-Item WSMan:\localhost\Service\Auth\Basic $true`
		e = r.byPolicy(e, "AllowBasic")
	case plain:
		e.State, e.Owner, e.Saw = ExamWarn, planner.OwnerYou, e.Saw+"; messages without encryption are taken"
		e.Change = `Set-Item WSMan:\localhost\Service\AllowUnencrypted $false`
		e.Revert = `Set-Item WSMan:\localhost\Service\AllowUnencrypted $true`
		e = r.byPolicy(e, "AllowUnencryptedTraffic")
	case !slices.Contains(w.takes, "Kerberos"):
		e.State, e.Owner, e.Saw = ExamWarn, planner.OwnerYou, e.Saw+"; without Kerberos hosts do not reach each other by it"
		e.Change = `Set-Item WSMan:\localhost\Service\Auth\Kerberos $true`
		e.Revert = `Set-Item WSMan:\localhost\Service\Auth\Kerberos $false`
		e = r.byPolicy(e, "AllowKerberos")
	}
	w.note(e)
}

// binding judges whether a login is bound to its TLS channel.
func (w *ward) binding(r remotingReply) {
	level := r.Auth["CbtHardeningLevel"]
	if level == "" {
		return
	}
	e := Exam{Name: "binding", State: ExamGood, Saw: "CbtHardeningLevel is " + level, Source: winrmPage}
	if strings.EqualFold(level, "None") {
		e.State, e.Owner = ExamWarn, planner.OwnerYou
		e.Saw += ": a login can be passed on by somebody in between"
		e.Change = `Set-Item WSMan:\localhost\Service\Auth\CbtHardeningLevel Relaxed`
		e.Revert = `Set-Item WSMan:\localhost\Service\Auth\CbtHardeningLevel None`
	}
	w.note(e)
}

// quotas judges what one user may have at once.
func (w *ward) quotas(r remotingReply) {
	type quota struct {
		name, path string
		value      string
		least      int
	}
	all := []quota{
		{"MaxShellsPerUser", `WSMan:\localhost\Shell\MaxShellsPerUser`, r.Shell["MaxShellsPerUser"], leastShells},
		{"MaxMemoryPerShellMB", `WSMan:\localhost\Shell\MaxMemoryPerShellMB`, r.Shell["MaxMemoryPerShellMB"], leastMemory},
		{"MaxProcessesPerShell", `WSMan:\localhost\Shell\MaxProcessesPerShell`, r.Shell["MaxProcessesPerShell"], leastProcesses},
	}
	if r.Envelope != nil {
		all = append(all, quota{"MaxEnvelopeSizekb", `WSMan:\localhost\MaxEnvelopeSizekb`, *r.Envelope, leastEnvelope})
	}
	e := Exam{Name: "quotas", State: ExamGood, Source: winrmPage}
	var saw, change, revert []string
	for _, q := range all {
		value, err := strconv.Atoi(q.value)
		if err != nil {
			continue
		}
		saw = append(saw, q.name+" "+q.value)
		// Nought is no limit, and Windows takes 2147483647 for the same.
		if value > 0 && value < q.least {
			e.State, e.Owner = ExamBad, planner.OwnerYou
			change = append(change, fmt.Sprintf("Set-Item %s %d", q.path, q.least))
			revert = append(revert, fmt.Sprintf("Set-Item %s %d", q.path, value))
		}
	}
	if yes, known := on(r.Shell, "AllowRemoteShellAccess"); known && !yes {
		e.State, e.Owner = ExamBad, planner.OwnerYou
		saw = append(saw, "AllowRemoteShellAccess false")
		change = append(change, `Set-Item WSMan:\localhost\Shell\AllowRemoteShellAccess $true`)
		revert = append(revert, `Set-Item WSMan:\localhost\Shell\AllowRemoteShellAccess $false`)
	}
	if len(saw) == 0 {
		return
	}
	e.Saw, e.Change, e.Revert = strings.Join(saw, ", "), strings.Join(change, "; "), strings.Join(revert, "; ")
	w.note(r.byPolicy(e, "MaxShellsPerUser"))
}

// trusted judges the list of hosts that this one trusts without Kerberos.
func (w *ward) trusted(r remotingReply) {
	value, known := r.Client["TrustedHosts"]
	if !known {
		return
	}
	e := Exam{Name: "trusted-hosts", State: ExamGood, Saw: "empty"}
	if value != "" {
		e.Saw = value
	}
	if strings.Contains(value, "*") {
		e.State, e.Owner = ExamBad, planner.OwnerYou
		e.Source = "Azure/AzureLocal-Supportability:TSG/EnvironmentValidator (read 2026-11-22)"
		e.Saw += ": names with a star make the platform's own configuration fail, and trust anybody"
		e.Change = "Set-Item WSMan:\\localhost\\Client\\TrustedHosts -Value '" + w.peer + "' -Force"
		if w.peer == "" {
			e.Change = "Clear-Item WSMan:\\localhost\\Client\\TrustedHosts -Force"
		}
		e.Revert = "Set-Item WSMan:\\localhost\\Client\\TrustedHosts -Value '" + value + "' -Force"
		e = r.byPolicy(e, "TrustedHosts")
	}
	w.note(e)
}
