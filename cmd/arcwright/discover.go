package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/spf13/cobra"
)

func (p *program) discoverCommand() *cobra.Command {
	var (
		h      how
		access planner.Access
		flags  accessFlags
		site   string
		output string
		out    string
	)
	c := &cobra.Command{
		Use:   "discover HOST...",
		Short: "Read hosts over WinRM and write an inventory",
		Long: `discover reads what a plan needs to know from each host, in parallel, and writes an inventory. A host that cannot be read
is a finding; the others are written all the same. A file that is there is renewed: hosts that were not read now stay in it, and so
does what no host can tell, such as racks and addresses in use, with its comments. With --on sim the hosts are those of a simulated site.`,
		Example: `  arcwright discover hv01.corp.contoso.com --user 'CORP\admin' --out hosts.yaml
  arcwright discover hv01 hv02 --user me@CORP.NET --auth kerberos --ccache FILE
  arcwright discover hv01 --user 'CORP\admin' --proxy proxy.corp.net:3128
  arcwright discover --on sim --site plan.yaml -o json`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := flags.into(&access, c, h.On == onLive); err != nil {
				return err
			}
			w := way{}
			switch {
			case h.On == onSim:
				if site == "" {
					return usagef("name it: --site plan.yaml", "a simulated site has to be named")
				}
				plan, err := p.loadEither(site, "")
				if err != nil {
					return err
				}
				if len(args) == 0 {
					for _, host := range plan.Inventory.Hosts {
						args = append(args, host.Name)
					}
				}
				plan.Site.Access.Auth = access.Auth // a simulated host lets in by what is asked for
				if w, err = p.open(plan, &h, false, nil); err != nil {
					return err
				}
			case len(args) == 0:
				return usagef("usage: "+c.UseLine(), "discover takes the names of hosts")
			case access.User == "" && flags.kerberos.CCache == "" && access.Auth != planner.AuthCertificate:
				return usagef(`write --user 'DOMAIN\name' --password prompt`, "discover has to sign in")
			default:
				var err error
				if w, err = p.live(planner.Site{Access: access}, "."); err != nil {
					return err
				}
			}
			defer w.close()
			w.reach.Clock.Busy(+1)
			inventory, findings := provision.Discover(c.Context(), w.reach, access, args)
			w.reach.Clock.Busy(-1)
			p.printFindings(p.err, findings)
			if len(inventory.Hosts) == 0 {
				return &exit{exitFailed, "no host could be read, nothing was written", ""}
			}
			document, kept, err := renewed(out, inventory)
			for _, host := range kept {
				fmt.Fprintf(p.err, "%s stays as %s had it\n", host, out)
			}
			if err == nil && output == "json" {
				document, err = toJSON(document)
			}
			if err == nil {
				err = p.emit(out, document)
			}
			if err != nil {
				return err
			}
			if len(inventory.Hosts) < len(args) {
				return &exit{exitFailed, fmt.Sprintf("%d of %s could not be read", len(args)-len(inventory.Hosts), plural(len(args), "host")), ""}
			}
			if stops(findings) {
				return blockedf("", "the hosts do not belong together: %s", tally(findings))
			}
			return nil
		},
	}
	outputFlag(c, &output, "yaml", "json")
	h.On = onLive
	c.Flags().Var(&h.On, "on", "where: the simulated datacenter or the live one")
	c.Flags().StringVar(&h.World, "world", "", "folder of the simulated world")
	c.Flags().StringVar(&site, "site", "", "site or plan whose simulated hosts are read")
	c.Flags().StringVar(&access.User, "user", "", `account, DOMAIN\name or name@domain`)
	flags.add(c, &access)
	c.Flags().StringVar(&out, "out", "", "file to write the inventory to")
	return c
}

// renewed is the inventory's file: over the one that is there, if there is one, with the names of
// the hosts that are in it from before.
func renewed(file string, inventory planner.Inventory) ([]byte, []string, error) {
	original, err := os.ReadFile(file)
	if file == "" || file == "-" || errors.Is(err, fs.ErrNotExist) {
		document, err := planner.EncodeInventory(inventory)
		return document, nil, err
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", file, err)
	}
	before, _, findings := planner.DecodeInventory(file, original)
	if stops(findings) {
		return nil, nil, usagef("give another name with --out, or move it away", "%s is there and cannot be renewed: line %d: %s", file, findings[0].Line, findings[0].Message)
	}
	inventory, kept := planner.Renew(before, inventory)
	document, err := planner.RewriteInventory(original, inventory)
	return document, kept, err
}
