package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/spf13/cobra"
)

// doctorVersion is the version of the document that doctor prints.
const doctorVersion = "arcwright.dev/doctor/v1"

// doctorDocument is what doctor prints as JSON.
type doctorDocument struct {
	Version string `json:"version"`
	provision.Diagnosis
}

func (p *program) doctorCommand() *cobra.Command {
	var (
		h      how
		access planner.Access
		flags  accessFlags
		site   string
		output string
		quick  bool
		found  []string
	)
	c := &cobra.Command{
		Use:   "doctor [HOST...]",
		Short: "See whether hosts can be reached and used, and if not exactly why",
		Long: `doctor goes the way to each host step by step: name, port, certificate, ways to sign in, sign-in, clock, language, quotas, trusted
hosts. Then it goes from host to host: names in the directory, a scheduled task, CredSSP. For that it makes one scheduled task on each
host and removes it again; --quick leaves that out. Each step that is not well says what to change, and how to take it back.
With --site the account and the hosts are those of a site or plan. Exit code 1: a host cannot be used as it is.`,
		Example: `  arcwright doctor hv01 hv02 --user 'CORP\admin' --password prompt
  arcwright doctor --site site.yaml
  arcwright doctor --on sim --site plan.yaml --condition spn-missing,host=hv02`,
		RunE: func(c *cobra.Command, args []string) error {
			// With a site the account is the site's, and so is the way to it.
			if site != "" && access.User == "" {
				for _, name := range []string{"password", "auth", "ca", "pin", "port", "krb5-conf", "realm", "kdc", "keytab", "ccache", "certificate", "key", "proxy"} {
					if c.Flags().Changed(name) {
						return usagef("leave it out, or add --user", "--%s goes with --user: with --site alone the account and the way to the hosts are the site's", name)
					}
				}
			} else if err := flags.into(&access, c, h.On == onLive); err != nil {
				return err
			}
			w, err := p.doctorWay(&h, site, &access, &args, found)
			if err != nil {
				return err
			}
			defer w.close()
			var d provision.Diagnosis
			if err := p.lookOr(c.Context(), w.reach.Clock, "stopped; a task that doctor has made on a host goes by itself within ten minutes", func(ctx context.Context) { d = provision.Examine(ctx, w.reach, access, args, !quick, nil) }); err != nil {
				return err
			}
			if output == "json" {
				if err := p.printJSON(doctorDocument{doctorVersion, d}); err != nil {
					return err
				}
			} else {
				p.printDiagnosis(d)
			}
			if stops(d.Findings) {
				return &exit{exitFailed, "nothing could be looked at", ""}
			}
			bad := 0
			for _, patient := range d.Patients {
				if patient.Bad() {
					bad++
				}
			}
			if bad > 0 {
				return &exit{exitFailed, fmt.Sprintf("%d of %s cannot be used so", bad, plural(len(d.Patients), "host")), ""}
			}
			return nil
		},
	}
	outputFlag(c, &output, "text", "json")
	h.On = onLive
	c.Flags().Var(&h.On, "on", "where: the simulated datacenter or the live one")
	c.Flags().StringVar(&h.World, "world", "", "folder of the simulated world")
	c.Flags().StringVar(&site, "site", "", "site or plan whose account and hosts are taken")
	c.Flags().StringVar(&access.User, "user", "", `account, DOMAIN\name or name@domain`)
	flags.add(c, &access)
	c.Flags().BoolVar(&quick, "quick", false, "leave out the ways from host to host")
	c.Flags().StringArrayVar(&found, "condition", nil, "state that the simulated hosts are in, such as winrm-plain,host=hv01")
	return c
}

// examMarks stand before a look.
var examMarks = map[provision.ExamState]string{provision.ExamGood: "ok", provision.ExamWarn: "warn", provision.ExamBad: "BAD", provision.ExamUnknown: "?"}

func (p *program) printDiagnosis(d provision.Diagnosis) {
	p.printFindings(p.out, d.Findings)
	for _, patient := range d.Patients {
		fmt.Fprintln(p.out, p.paint.bold(patient.Host))
		for _, e := range patient.Exams {
			p.printExam(e)
		}
		fmt.Fprintln(p.out)
	}
	if d.Advice != "" {
		fmt.Fprintln(p.out, p.paint.bold("The way that gives least away"))
		for _, sentence := range strings.Split(d.Advice, "; ") {
			for i, line := range wrapped(sentence, paper-4) {
				fmt.Fprintln(p.out, "  "+map[bool]string{true: "- ", false: "  "}[i == 0]+line)
			}
		}
	}
}

func (p *program) printExam(e provision.Exam) {
	const indent = 27
	for i, line := range wrapped(e.Saw, paper-indent) {
		if i == 0 {
			fmt.Fprintf(p.out, "  %-4s  %-18s %s\n", examMarks[e.State], e.Name, line)
			continue
		}
		fmt.Fprintf(p.out, "%*s%s\n", indent, "", line)
	}
	for _, part := range []struct{ head, text string }{{"do:   ", e.Change}, {"back: ", e.Revert}} {
		for _, sentence := range strings.Split(part.text, "; ") {
			if sentence == "" {
				continue
			}
			// A command stays in one line, however long, so that it can be copied.
			lines := []string{sentence}
			if !command.MatchString(sentence) {
				lines = wrapped(sentence, paper-14)
			}
			for _, line := range lines {
				fmt.Fprintf(p.out, "        %s%s\n", part.head, line)
				part.head = "      "
			}
		}
	}
}

// command matches what is typed on a host.
var command = regexp.MustCompile(`^(.* on the host: )?([A-Z][a-z]+-[A-Z][A-Za-z]+|setspn|klist|w32tm|gpupdate|winrm) `)

// doctorWay is the way to the hosts: those of a site or plan, or the ones that are named.
func (p *program) doctorWay(h *how, site string, access *planner.Access, hosts *[]string, conditions []string) (way, error) {
	if site == "" {
		switch {
		case h.On == onSim:
			return way{}, usagef("name it: --site plan.yaml", "a simulated site has to be named")
		case len(*hosts) == 0:
			return way{}, usagef("name hosts, or a site: --site site.yaml", "doctor takes the names of hosts")
		case access.User == "" && (access.Kerberos == nil || access.Kerberos.CCache == "") && access.Auth != planner.AuthCertificate:
			return way{}, usagef(`write --user 'DOMAIN\name' --password prompt`, "doctor has to sign in")
		}
		return p.live(planner.Site{Access: *access}, ".")
	}
	plan, err := p.loadEither(site, "")
	if err != nil {
		return way{}, err
	}
	if len(*hosts) == 0 {
		for _, host := range plan.Inventory.Hosts {
			*hosts = append(*hosts, host.Name)
		}
	}
	if access.User == "" {
		*access = plan.Site.Access
	}
	if h.On == onLive {
		if len(conditions) > 0 || h.World != "" {
			return way{}, usagef("leave --condition and --world out, or write --on sim", "the live site is not simulated")
		}
		return p.live(planner.Site{Access: *access}, filepath.Dir(site))
	}
	plan.Site.Access.Auth = access.Auth // a simulated host lets in by what is asked for
	enter := func() (way, error) { return p.open(plan, h, false, nil) }
	if len(conditions) > 0 && h.World == "" {
		// What is tried out stays out of the site's own world.
		enter = func() (way, error) { return p.simulated(plan, h, nil) }
	}
	w, err := enter()
	if err != nil {
		return way{}, err
	}
	if err := w.find(conditions); err != nil {
		return way{}, errors.Join(err, w.close())
	}
	return w, nil
}
