package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// helpCommand is help for a command that is named by words. One that is not there is said.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Print the help of a command",
		RunE: func(c *cobra.Command, args []string) error {
			of, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				of = cmp.Or(of, c.Root())
				return noArguments(of, append(rest, args...)[:1])
			}
			return of.Help()
		},
	}
}

// printHelp prints the help of a command in the width of the narrowest terminal.
func printHelp(to io.Writer, c *cobra.Command) {
	long := strings.TrimSpace(c.Long)
	if long == "" {
		long = strings.TrimSuffix(c.Short, ".") + "."
	}
	printParagraphs(to, long)
	fmt.Fprint(to, "\nUsage:\n")
	if c.Runnable() && (!c.HasParent() || !c.HasAvailableSubCommands()) {
		say(to, "  %s\n", c.UseLine())
	}
	if c.HasAvailableSubCommands() {
		say(to, "  %s [command]\n", c.CommandPath())
	}
	if c.Example != "" {
		fmt.Fprintf(to, "\nExamples:\n%s\n", c.Example) // whole, to be copied
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprint(to, "\nCommands:\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				hang(to, fmt.Sprintf("  %-*s ", sub.NamePadding(), sub.Name()), sub.Short)
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		fmt.Fprintf(to, "\nFlags:\n%s\n", strings.TrimRight(c.LocalFlags().FlagUsagesWrapped(paper), "\n"))
	}
	if c.HasAvailableInheritedFlags() {
		fmt.Fprintf(to, "\nGlobal Flags:\n%s\n", strings.TrimRight(c.InheritedFlags().FlagUsagesWrapped(paper), "\n"))
	}
	if c.HasAvailableSubCommands() {
		say(to, "\nMore about a command: %s [command] --help\n", c.CommandPath())
	}
}

// printParagraphs prints text that is broken anew, but for lines that are indented or begin
// a list: a word, two spaces or more, and what it means.
func printParagraphs(to io.Writer, text string) {
	var words []string
	flush := func() {
		for _, line := range wrapped(strings.Join(words, " "), paper) {
			fmt.Fprintln(to, line)
		}
		words = nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		_, meaning, listed := strings.Cut(strings.TrimLeft(line, " "), "  ")
		switch {
		case strings.TrimSpace(line) == "":
			flush()
			fmt.Fprintln(to)
		case listed:
			flush()
			meaning = strings.TrimLeft(meaning, " ")
			hang(to, line[:len(line)-len(meaning)], meaning)
		case strings.HasPrefix(line, "  "):
			flush()
			say(to, "%s\n", line)
		default:
			words = append(words, strings.Fields(line)...)
		}
	}
	flush()
}
