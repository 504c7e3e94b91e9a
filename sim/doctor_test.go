package sim_test

import (
	"strings"
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

// examine looks at all hosts of a world.
func examine(t *testing.T, p planner.Plan, d *sim.Datacenter) provision.Diagnosis {
	t.Helper()
	var hosts []string
	for _, h := range p.Inventory.Hosts {
		hosts = append(hosts, h.Name)
	}
	d.Clock().Busy(+1)
	defer d.Clock().Busy(-1)
	before := d.Effects()
	found := provision.Examine(t.Context(), reachOf(d), p.Site.Access, hosts, true, nil)
	if d.Effects() != before {
		t.Errorf("looking had %d effects", d.Effects()-before)
	}
	if n := d.OpenShells(); n != 0 {
		t.Errorf("%d shells were left open", n)
	}
	return found
}

func exams(d provision.Diagnosis) (all []string) {
	for _, p := range d.Patients {
		short, _, _ := strings.Cut(p.Host, ".")
		for _, e := range p.Exams {
			if e.State != provision.ExamGood {
				all = append(all, short+" "+e.Name+" "+string(e.State)+": "+e.Saw)
			}
		}
	}
	return all
}

// Each state of the way to a host is told by the look that meets it; a healthy site has none.
func TestTheDoctorNamesWhatIsWrong(t *testing.T) {
	p := example(t, "quickstart")
	d := examine(t, p, world(t, p, sim.Options{Seed: 7}))
	if bad := exams(d); len(bad) > 0 || d.Auth != "kerberos" || d.Hop != "task" || len(d.Patients) != 2 || len(d.Patients[0].Exams) != 14 {
		t.Fatalf("a healthy site: %q, %s, %s, %+v", bad, d.Auth, d.Hop, d.Patients)
	}
	for text, want := range map[string]struct {
		seen      []string // beginnings
		auth, hop string
	}{
		"winrm-plain,host=brhv02":        {[]string{"brhv02 name unknown", "brhv02 port bad: port 5986: dial tcp 10.40.10.12:5986: connect: connection refused; port 5985 answers: WinRM listens without TLS only"}, "", ""},
		"winrm-certificate":              {[]string{"brhv01 tls bad: certificate of brhv01.corp.contoso.com"}, "", ""},
		"winrm-certificate,name=name":    {[]string{"brhv01 tls bad: certificate of old.corp.contoso.com, by arcwright simulated datacenter, until 2046-12-04; it is not for brhv01"}, "", ""},
		"winrm-certificate,name=foreign": {[]string{"brhv01 tls bad: certificate of brhv01.corp.contoso.com, by brhv01, until 2046-12-04; its authority is not trusted here"}, "", ""},
		"spn-missing,host=brhv02":        {[]string{"brhv01 second-hop-task bad: does not reach brhv02", "brhv02 spn bad: WSMAN/brhv02.corp.contoso.com and WSMAN/brhv02 not registered"}, "ntlm", ""},
		"batch-logon-denied":             {[]string{"brhv01 spn unknown", "brhv01 second-hop-task bad: the account may not log on as a batch job: the task did not run: 0x80070569"}, "ntlm", ""},
		"credssp-on":                     {[]string{"brhv01 second-hop-credssp warn: half on (client true, server true), and does not reach brhv02"}, "kerberos", "task"},
		"winrm-trusted,host=brhv02":      {[]string{"brhv02 trusted-hosts bad: *: names with a star"}, "kerberos", "task"},
		"winrm-quota":                    {[]string{"brhv01 quotas bad: MaxShellsPerUser 2"}, "kerberos", "task"},
		"powershell-restricted":          {[]string{"brhv01 language bad: PowerShell 5.1, ConstrainedLanguage"}, "kerberos", "task"},
		"host-language":                  {[]string{"brhv01 language warn: PowerShell 5.1, FullLanguage, Windows in de-DE"}, "kerberos", "task"},
		"winrm-no-kerberos":              {[]string{"brhv01 allowed warn: takes Negotiate; without Kerberos hosts do not reach each other by it; a policy sets it"}, "ntlm", "task"},
		"winrm-basic":                    {[]string{"brhv01 allowed warn: takes Kerberos, Negotiate, Basic; Basic hands the password"}, "kerberos", "task"},
		"clock-off,by=8m,host=brhv02":    {[]string{"brhv02 clock bad: 7m58s off from this machine's"}, "kerberos", "task"},
		"host-closed,host=brhv01":        {[]string{"brhv02 second-hop-task bad: does not reach brhv01"}, "kerberos", ""},
	} {
		t.Run(text, func(t *testing.T) {
			w := world(t, p, sim.Options{Seed: 7})
			if err := w.Find(condition(t, text)); err != nil {
				t.Fatal(err)
			}
			d := examine(t, p, w)
			got := exams(d)
			if len(got) != len(want.seen) || d.Auth != want.auth || d.Hop != want.hop {
				t.Fatalf("seen %q, auth %q, hop %q, want %+v", got, d.Auth, d.Hop, want)
			}
			for i, begin := range want.seen {
				if !strings.HasPrefix(got[i], begin) {
					t.Errorf("seen %q, want %q", got[i], begin)
				}
			}
			for _, patient := range d.Patients {
				for _, e := range patient.Exams {
					if e.State == provision.ExamBad && (e.Change == "" || e.Owner == "") {
						t.Errorf("%s %s is bad and nothing says what to do: %+v", patient.Host, e.Name, e)
					}
				}
			}
		})
	}
}

func TestTheDoctorGoesOnWithTheOtherHosts(t *testing.T) {
	p := example(t, "quickstart")
	w := world(t, p, sim.Options{Seed: 7})
	w.Clock().Busy(+1)
	defer w.Clock().Busy(-1)
	d := provision.Examine(t.Context(), reachOf(w), p.Site.Access, []string{"nobody.corp.contoso.com", p.Inventory.Hosts[0].Name}, true, nil)
	got := exams(d)
	if len(got) != 2 || !strings.HasPrefix(got[0], "nobody name bad: lookup nobody.corp.contoso.com: no such host") ||
		!strings.HasPrefix(got[1], "brhv01 second-hop-task bad: does not reach nobody.corp.contoso.com") || d.Auth != "" {
		t.Errorf("seen %q, %s", got, d.Advice)
	}
	// A wrong password is tried once.
	reach := reachOf(w)
	reach.Password = "wrong"
	d = provision.Examine(t.Context(), reach, p.Site.Access, []string{p.Inventory.Hosts[0].Name}, true, nil)
	if got := exams(d); len(got) != 1 || !strings.HasPrefix(got[0], "brhv01 sign-in bad: ") {
		t.Errorf("with a wrong password: %q", got)
	}
}
