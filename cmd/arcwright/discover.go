package main

import (
	"fmt"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/spf13/cobra"
)

func (p *program) discoverCommand() *cobra.Command {
	var (
		h      how
		access planner.Access
		secret string
		auth   string
		site   string
		output string
		out    string
	)
	c := &cobra.Command{
		Use:   "discover HOST...",
		Short: "Read hosts over WinRM and write an inventory",
		Long: `discover reads what a plan needs to know from each host, in parallel, and writes an inventory. A host that cannot be read
is a finding; the others are written all the same. With --on sim the hosts are those of a simulated site.`,
		Example: `  arcwright discover hv01.corp.contoso.com --user 'CORP\admin' --out hosts.yaml
  arcwright discover --on sim --site plan.yaml -o json`,
		RunE: func(c *cobra.Command, args []string) error {
			access.Password, access.Auth = planner.SecretRef(secret), planner.AuthMethod(auth)
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
				if w, err = p.open(plan, &h, false, nil); err != nil {
					return err
				}
			case len(args) == 0:
				return usagef("usage: "+c.UseLine(), "discover takes the names of hosts")
			case access.User == "":
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
			document, err := planner.EncodeInventory(inventory)
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
	c.Flags().StringVar(&secret, "password", "prompt", "reference to its password: env:NAME, file:PATH, keyring:SERVICE/NAME or prompt")
	c.Flags().StringVar(&auth, "auth", string(planner.AuthNTLM), "how to sign in: ntlm or basic")
	c.Flags().StringVar(&access.CA, "ca", "", "PEM file with the authority of the hosts' certificates")
	c.Flags().IntVar(&access.Port, "port", 0, "port of the HTTPS listener (default 5986)")
	c.Flags().StringVar(&out, "out", "", "file to write the inventory to")
	return c
}
