package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/provision/directory"
	"github.com/spf13/cobra"
)

func (p *program) directoryCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "directory",
		Short: "Look at what a site needs in Active Directory, and make it",
		Long: `directory asks the domain controller that the site names (directory.server) by LDAP inside TLS: about organisational units, the
computer objects of hosts, failover cluster and cloud agent, rights, service principal names, groups for sign-on and DNS records.

check tells what is missing or wrong, and changes nothing. ldif writes what would be made, for whoever runs the directory. apply makes
it. Nothing is ever deleted, moved or disabled, and what others have made is only added to with --existing.`,
		Example: "  arcwright directory check site.yaml\n  arcwright directory ldif site.yaml --out changes.ldif\n  arcwright directory apply site.yaml --on live --yes",
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.directoryCheck(), p.directoryLDIF(), p.directoryApply())
	return c
}

// asking are the flags of a command that asks the directory.
type asking struct {
	how        how
	inventory  string
	conditions []string
}

func (a *asking) add(c *cobra.Command) {
	c.Flags().Var(&a.how.On, "on", "where: the simulated datacenter or the live one")
	c.Flags().StringVar(&a.how.World, "world", "", "folder of the simulated world")
	c.Flags().StringArrayVar(&a.conditions, "condition", nil, "find the simulated site in a condition first, as check --live does")
	inventoryFlag(c, &a.inventory)
	_ = c.RegisterFlagCompletionFunc("on", cobra.FixedCompletions([]string{"sim", "live"}, cobra.ShellCompDirectiveNoFileComp))
}

// askDirectory opens the way to a site's directory and runs at there, with what the site is planned to
// be. The first Ctrl-C ends it.
func (p *program) askDirectory(ctx context.Context, file string, a asking, at func(context.Context, provision.Reach, planner.Input, planner.Plan)) (l loaded, err error) {
	if a.how.On == onLive && (len(a.conditions) > 0 || a.how.World != "") {
		return l, usagef("leave --condition and --world out, or write --on sim", "the live site is not simulated")
	}
	if l, err = loadSite(file, a.inventory); err != nil {
		return l, err
	}
	if stops(l.findings) {
		p.printFindings(p.err, l.findings)
		return l, &exit{code: exitBlocked}
	}
	if l.input.Site.Directory.Server == "" {
		return l, blockedf("name a domain controller as directory.server, such as dc1."+l.input.Site.Directory.Domain, "the site does not say which domain controller to ask")
	}
	plan := planner.Make(l.input)
	for _, f := range plan.Findings {
		if f.Stops() && slices.Contains([]string{"directory-server", "directory-ou", "directory-group", "directory-cluster-name", "directory-role-name", "directory-missing"}, f.Code) {
			l.positions.Locate(&f)
			p.printFindings(p.err, []planner.Finding{f})
			return l, &exit{code: exitBlocked}
		}
	}
	if a.how.Base, err = filepath.Abs(filepath.Dir(file)); err != nil {
		return l, err
	}
	site := plan
	site.Site.Azure.Secret = "" // it is not needed, and nobody is to be asked for it
	w, err := p.open(site, &a.how, false, nil)
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.find(a.conditions); err != nil {
		return l, err
	}
	return l, p.look(ctx, w.reach.Clock, func(ctx context.Context) { at(ctx, w.reach, l.input, plan) })
}

func (p *program) directoryCheck() *cobra.Command {
	a, output := asking{how: how{On: onLive}}, ""
	c := &cobra.Command{
		Use:   "check SITE",
		Short: "Say what a site lacks in the directory, and what is wrong there",
		Long: `check signs in to the domain controller and looks. It changes nothing. The exit code is 3 when a finding blocks.

arcwright check SITE --live tells the same among everything else.`,
		Example: "  arcwright directory check site.yaml\n  arcwright directory check site.yaml --on sim --condition directory-bare",
		Args:    oneArgument("site file"),
		RunE: func(c *cobra.Command, args []string) error {
			var findings []planner.Finding
			l, err := p.askDirectory(c.Context(), args[0], a, func(ctx context.Context, reach provision.Reach, in planner.Input, plan planner.Plan) {
				_, findings = provision.InspectDirectory(ctx, reach, in, plan)
			})
			if err != nil {
				return err
			}
			for i := range findings {
				l.positions.Locate(&findings[i])
			}
			if err := p.showFindings(output, args[0], l.input.Site.Name, findings); err != nil {
				return err
			}
			if stops(findings) {
				return &exit{code: exitBlocked}
			}
			return nil
		},
	}
	outputFlag(c, &output, "text", "json", "junit")
	p.outFlag(c)
	a.add(c)
	return c
}

func (p *program) directoryLDIF() *cobra.Command {
	a := asking{how: how{On: onLive}}
	c := &cobra.Command{
		Use:   "ldif SITE",
		Short: "Write what a site lacks in the directory as LDIF, for whoever runs it",
		Long: `ldif writes what apply would make, in the order in which it has to be made, and makes nothing. Rights of objects that do not exist yet
stand there as comments, with the command that Windows has for them: write the LDIF once more when the objects are there. Changes of
rights hold the whole list of rights as it is now: make them before anybody else changes it.

ldapmodify reads it. Of ldifde use the comments for rights: it has no way to leave the owner alone.`,
		Example: "  arcwright directory ldif site.yaml --out changes.ldif\n  arcwright directory ldif site.yaml --on sim --condition directory-bare",
		Args:    oneArgument("site file"),
		RunE: func(c *cobra.Command, args []string) error {
			var changes []directory.Change
			var findings []planner.Finding
			l, err := p.askDirectory(c.Context(), args[0], a, func(ctx context.Context, reach provision.Reach, in planner.Input, plan planner.Plan) {
				changes, findings = provision.InspectDirectory(ctx, reach, in, plan)
			})
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(findings, notLookedAt); i >= 0 {
				l.positions.Locate(&findings[i])
				p.printFindings(p.err, findings[i:i+1])
				return &exit{code: exitFailed}
			}
			return directory.WriteLDIF(p.out, changes)
		},
	}
	p.outFlag(c)
	a.add(c)
	return c
}

// notLookedAt are the findings of a directory that could not be looked at.
func notLookedAt(f planner.Finding) bool {
	return slices.Contains([]string{"directory-unreachable", "directory-trust", "directory-sign-in"}, f.Code) || f.Code == "directory-clock" && f.Severity == planner.Block
}

func (p *program) directoryApply() *cobra.Command {
	var (
		a             asking
		existing, yes bool
	)
	c := &cobra.Command{
		Use:   "apply SITE",
		Short: "Make what a site lacks in the directory",
		Long: `apply makes organisational units, computer objects, groups and DNS records that do not exist, with a mark that says which site they are
of, and gives rights over them. What others have made is added to with --existing only: rights that are lacking over a unit, service
principal names of a host, a DNS record that was deleted. Nothing is deleted, moved or disabled.

Without --yes it says what it would do. To apply again is harmless.`,
		Example: "  arcwright directory apply site.yaml --on live\n  arcwright directory apply site.yaml --on live --existing --yes\n  arcwright directory apply site.yaml --on sim --yes",
		Args:    oneArgument("site file"),
		RunE: func(c *cobra.Command, args []string) error {
			if a.how.On == "" {
				return usagef("write --on live or --on sim", "directory apply has to be told where")
			}
			var left []directory.Change
			var findings []planner.Finding
			var failed error
			var made atomic.Int64 // looked at while a second Ctrl-C leaves it behind
			_, err := p.askDirectory(c.Context(), args[0], a, func(ctx context.Context, reach provision.Reach, in planner.Input, plan planner.Plan) {
				if !yes {
					left, findings = provision.InspectDirectory(ctx, reach, in, plan)
					return
				}
				var r directory.Result
				r, failed = provision.ApplyDirectory(ctx, reach, in, plan, directory.Options{Existing: existing, Tell: func(change directory.Change) {
					made.Add(1)
					fmt.Fprintf(p.out, "done  %s\n", change.What)
				}})
				left, findings = r.After.Changes, r.After.Findings
			})
			if err == nil && failed != nil {
				err = &exit{exitFailed, fmt.Sprintf("%s made, then: %s", plural(int(made.Load()), "change"), failed), "what was made stays; apply again makes the rest"}
			}
			var ended *exit
			if errors.As(err, &ended) && ended.code == exitInterrupted {
				return &exit{exitInterrupted, fmt.Sprintf("stopped; %s made", plural(int(made.Load()), "change")), "apply again makes the rest"}
			}
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(findings, notLookedAt); i >= 0 && !yes {
				p.printFindings(p.err, findings[i:i+1])
				return &exit{code: exitFailed}
			}
			return p.directoryLeft(left, findings, int(made.Load()), existing, yes)
		},
	}
	a.add(c)
	c.Flags().BoolVar(&existing, "existing", false, "add to what others have made, too")
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	return c
}

// directoryLeft tells what was not made, and what is wrong besides.
func (p *program) directoryLeft(left []directory.Change, findings []planner.Finding, made int, existing, yes bool) error {
	others := 0
	for _, c := range left {
		switch {
		case c.Existing && !existing:
			others++
			fmt.Fprintf(p.out, "left  %s: others made it; --existing adds to it\n", c.What)
		case yes && c.Later != "":
			fmt.Fprintf(p.out, "left  %s: %s\n", c.What, c.Later)
		case yes:
			fmt.Fprintf(p.out, "left  %s\n", c.What)
		default:
			fmt.Fprintf(p.out, "would %s\n", c.What)
		}
	}
	if !yes {
		if len(left) > others {
			return usagef("add --yes to do it", "%s would be made", plural(len(left)-others, "change"))
		}
		_, err := fmt.Fprintln(p.out, "there is nothing to make")
		return err
	}
	n := 0
	for _, f := range findings {
		if f.Stops() {
			n++
		}
	}
	fmt.Fprintf(p.out, "%s made, %d left; %s blocking: arcwright directory check tells them\n", plural(made, "change"), len(left), plural(n, "finding"))
	if n > 0 {
		return &exit{code: exitBlocked}
	}
	return nil
}
