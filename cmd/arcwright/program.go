package main

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// version is set by the linker.
var version = "dev"

// program is one invocation: its streams, and the little it takes from the machine.
type program struct {
	in       io.Reader
	out, err io.Writer
	// now is the time on the wall, for names of folders and today's date.
	now func() time.Time
	// paint colours text for the terminal that out is.
	paint painter
	state string
}

// run is the whole program.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	p := &program{in: in, out: out, err: errOut, now: time.Now, paint: newPainter(out)}
	root := p.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.Execute()
	if err == nil {
		return exitDone
	}
	var e *exit
	var journal *provision.ErrJournal
	if !errors.As(err, &e) {
		e = &exit{code: exitFailed, text: err.Error()}
	}
	if errors.As(err, &journal) || strings.Contains(e.text, "journal.jsonl") && e.code == exitFailed {
		e.hint = "apply the plan again, as a new run: what is there is found, and nothing is done twice"
	}
	if errors.Is(err, syscall.EPIPE) {
		return e.code // whoever read has enough
	}
	if e.text != "" {
		say(errOut, "arcwright: %s\n", e.text)
	}
	if e.hint != "" {
		say(errOut, "  %s\n", e.hint)
	}
	var steps *provision.ErrSteps
	if e.code == exitFailed && e.hint == "" && !errors.As(err, &steps) { // a failed step has said it
		if hint := provision.Recognise(e.text, "", "").Hint(); hint != "" {
			say(errOut, "  %s\n", hint)
		}
	}
	return e.code
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "arcwright",
		Short: "Plan, rehearse and provision Kubernetes on Azure Stack HCI, Windows Server and Azure Local",
		Long: `arcwright plans, rehearses and provisions Kubernetes on Azure Stack HCI, Windows Server
failover clusters and Azure Local. Without a command it opens the guided set-up.`,
		Example: `  arcwright                                      guided set-up
  arcwright plan site.yaml --out plan.yaml       the reviewable plan
  arcwright rehearse plan.yaml --faults all      what can go wrong with it
  arcwright apply plan.yaml --on live            do it`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version,
		Args:          noArguments,
	}
	root.SuggestionsMinimumDistance = 2
	root.SetVersionTemplate("arcwright {{.Version}}\n")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		hint := "see: " + c.CommandPath() + " --help"
		var unknown *pflag.NotExistError
		if errors.As(err, &unknown) {
			var names []string
			c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
			if near := planner.Nearest(unknown.GetSpecifiedName(), names); near != "" {
				hint = "did you mean: --" + near
			}
		}
		return usagef(hint, "%s", err)
	})
	root.SetHelpCommand(helpCommand())
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { printHelp(c.OutOrStdout(), c) })
	root.PersistentFlags().StringVar(&p.state, "state", "", "folder of runs and simulated worlds (default: $ARCWRIGHT_STATE, or the user's state folder)")
	root.AddCommand(
		p.planCommand(), p.checkCommand(), p.explainCommand(), p.addressesCommand(), p.capacityCommand(),
		p.rehearseCommand(), p.applyCommand(), p.resumeCommand(), p.statusCommand(), p.watchCommand(),
		p.discoverCommand(), p.doctorCommand(), p.directoryCommand(), p.leaseCommand(), p.simCommand(), p.schemaCommand(), p.versionCommand(), p.diffCommand(),
	)
	p.guided(root)
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Short, c.Long = "Print the script that completes commands in a shell", ""
			c.Args, c.RunE = noArguments, func(c *cobra.Command, _ []string) error { return c.Help() }
			for _, shell := range c.Commands() {
				shell.Args = noArguments
			}
			c.Example = "  arcwright completion bash > /etc/bash_completion.d/arcwright\n  arcwright completion powershell | Out-String | Invoke-Expression"
		}
	}
	return root
}

// noArguments and oneArgument say in our words what cobra says in its own.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "see: " + c.CommandPath() + " --help"
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean: " + c.CommandPath() + " " + near[0]
	}
	return usagef(hint, "%s does not know %q", c.CommandPath(), args[0])
}

func oneArgument(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		if len(args) == 0 {
			return usagef("usage: "+c.UseLine(), "%s takes one %s, and none is named", c.CommandPath(), what)
		}
		return usagef("usage: "+c.UseLine(), "%s takes one %s, not %d", c.CommandPath(), what, len(args))
	}
}

// atMostOne is for commands that choose by themselves when nothing is named.
func atMostOne(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) <= 1 {
			return nil
		}
		return usagef("usage: "+c.UseLine(), "%s takes one %s at the most, not %d", c.CommandPath(), what, len(args))
	}
}

// terminal reports whether a stream is one, with a person at it.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
