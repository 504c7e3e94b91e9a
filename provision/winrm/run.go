package winrm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"
)

const (
	// maxLine is in UTF-16 units (cmd.exe: 8,191 characters).
	maxLine          = 8191
	defaultMaxOutput = 16 << 20
	// endTimeout is what a shell may take to be ended, whatever became of its command.
	endTimeout = 10 * time.Second
	// laneIdle is how long a connection stays in use with nothing on it. Windows closes
	// one after two minutes (HTTP.sys, IdleConnectionTimeout), firewalls earlier.
	laneIdle = time.Minute
)

// Command is a command line for cmd.exe.
type Command struct {
	// Line is 8,191 characters at most, and must not hold "]]>".
	Line string
	// Stdin is delivered whole, and closed, before any output is read: a command that
	// writes more than the host keeps before it has read its input would hang. nil
	// leaves stdin open and empty.
	Stdin io.Reader
	// MaxOutput is how many bytes of stdout and stderr together are accepted; 0 is 16 MiB.
	MaxOutput int

	hide func(string) string // takes secrets out of the host's text; nil hides the password
}

// Result is a command that came to its end.
type Result struct {
	// ExitCode is 0 to 4294967295, as Windows has it.
	ExitCode int
	Stdout   []byte
	// Stderr is text, with PowerShell's CLIXML decoded.
	Stderr string
	// Stranded is why the shell could not be deleted, nil when it was. The command's
	// outcome stands; the shell counts towards the user's quota until the host ends it.
	Stranded error
}

type outcome struct {
	result Result
	err    error
}

// Run runs a command in a shell of its own, and deletes the shell whatever happens. It
// returns as soon as ctx ends; the shell is then deleted in the background, which Close
// waits for. An error means that the outcome of the command is not known.
//
// The conversation with the host has a goroutine of its own. The caller's busy token
// goes over to it with the go statement and comes back with the outcome, so that one of
// the two always holds it, except while a request is out. A caller whose context ended
// gets a new token, and the conversation keeps the old one until the shell is deleted.
// It must not be otherwise: a deadline that has passed (clock.WithTimeout) stops the
// clock until its owner has returned and cancelled it, and deleting a shell takes time.
func (c *Client) Run(ctx context.Context, cmd Command) (Result, error) {
	if c.invalid != nil {
		return Result{}, c.fail(OpRun, ClassInvalid, c.invalid)
	}
	if err := checkLine(cmd.Line); err != nil {
		return Result{}, c.fail(OpRun, ClassInvalid, err)
	}
	if cmd.MaxOutput == 0 {
		cmd.MaxOutput = defaultMaxOutput
	}
	if cmd.hide == nil {
		cmd.hide = redactor([]string{c.host.Password}, "")
	}
	s, err := c.take(ctx)
	if err != nil {
		return Result{}, err
	}
	done := make(chan outcome, 1)
	go (&conversation{Client: c, slot: s, done: done}).run(ctx, cmd)
	out := <-done
	return out.result, out.err
}

// checkLine refuses what cmd.exe would cut off and what would end its place in the
// message.
func checkLine(line string) error {
	if n := len(utf16.Encode([]rune(line))); n > maxLine {
		return fmt.Errorf("command line has %d characters, cmd.exe takes %d", n, maxLine)
	}
	if strings.Contains(line, "]]>") {
		return errors.New("command line holds ]]>, which would end its place in the message")
	}
	return nil
}
