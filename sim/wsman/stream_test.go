package wsman_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/sim/wsman"
	"github.com/masterzen/winrm"
)

// TestLongPoll waits for ten simulated minutes, which must cost no real time, and hears
// TimedOut until the result is there.
func TestLongPoll(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) {
		o.Run = func(context.Context, wsman.Call) wsman.Outcome {
			return wsman.Outcome{Stdout: []byte("done"), ExitCode: -1, Takes: 10*time.Minute + 5*time.Second}
		}
	})
	c := w.client(nil)
	began := time.Now()
	shell := c.open()
	id := c.command(shell, "slow")
	r := c.receive(shell, id)
	if r.status != http.StatusInternalServerError || r.fault != wsman.FaultTimedOut || !strings.Contains(r.raw, "w:TimedOut") {
		t.Errorf("the first Receive: %d %s", r.status, r.raw)
	}
	if at := w.line.Now().Sub(start); at != 20*time.Second {
		t.Errorf("it took %s of world time, want 20s", at)
	}
	out, errs, exit, replies := c.collect(shell, id)
	if out != "done" || errs != "" || exit != 0xffffffff || replies != 30 {
		t.Errorf("%q, %q, %d after %d replies", out, errs, exit, replies)
	}
	if at := w.line.Now().Sub(start); at != 10*time.Minute+5*time.Second {
		t.Errorf("the result came after %s", at)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %s of real time", took)
	}
}

// TestOperationTimeout takes every spelling of a duration, and no more than the host allows.
func TestOperationTimeout(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) { o.NeedsStdin = reads })
	c := w.client(nil)
	shell := c.open()
	id := c.command(shell, "read")
	for spelling, want := range map[string]time.Duration{
		"PT20S": 20 * time.Second, "P0DT0H0M20S": 20 * time.Second, "PT0.5S": time.Second / 2, "PT1M1S": time.Minute,
		"P1D": time.Minute, "": time.Minute,
	} {
		header := "<wsman:OperationTimeout>" + spelling + "</wsman:OperationTimeout>"
		if spelling == "" {
			header = ""
		}
		before := w.line.Now()
		r := c.post(message(receiveURI, shell, header, `<sh:Receive><sh:DesiredStream CommandId="`+id+`">stdout</sh:DesiredStream></sh:Receive>`))
		if took := w.line.Now().Sub(before); r.fault != wsman.FaultTimedOut || took != want {
			t.Errorf("%q: fault %d after %s, want %s", spelling, r.fault, took, want)
		}
	}
}

// TestOutputInPieces fetches 300 KB and a long stderr in envelopes of 153600 bytes, and
// in the smallest there are.
func TestOutputInPieces(t *testing.T) {
	stdout := strings.Repeat("0123456789åéï", 300_000/16)
	stderr := strings.Repeat("!", 50_000)
	w := newWorld(t, func(o *wsman.Options) {
		o.Run = func(context.Context, wsman.Call) wsman.Outcome {
			return wsman.Outcome{Stdout: []byte(stdout), Stderr: []byte(stderr), ExitCode: 3}
		}
	})
	for size, least := range map[int]int{153600: 4, 8192: 80, 512000: 1, 1 << 30: 1} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			c := w.client(func(c *client) { c.params.EnvelopeSize = size })
			shell := c.open()
			out, errs, exit, replies := c.collect(shell, c.command(shell, "much"))
			if out != stdout || errs != stderr || exit != 3 || replies < least {
				t.Errorf("%d and %d bytes, exit code %d, in %d replies", len(out), len(errs), exit, replies)
			}
		})
	}
	c := w.client(func(c *client) { c.params.EnvelopeSize = 8191 })
	if r := c.ask(winrm.NewOpenShellRequest(url, c.params)); r.fault != wsman.FaultEnvelopeTooSmall {
		t.Errorf("an envelope of 8191 bytes: %d", r.fault)
	}
}

// TestDesiredStreams fetches one stream only, and streams that are not there.
func TestDesiredStreams(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) {
		o.Run = func(context.Context, wsman.Call) wsman.Outcome {
			return wsman.Outcome{Stdout: []byte("out"), Stderr: []byte("err")}
		}
	})
	c := w.client(nil)
	shell := c.open()
	id := c.command(shell, "both")
	for _, streams := range []string{"", "stdin", "stdout debug"} {
		if r := c.ask(winrm.NewGetOutputRequest(url, shell, id, streams, c.params)); r.fault != wsman.FaultDesiredStreams {
			t.Errorf("%q: %d", streams, r.fault)
		}
	}
	var out, errs bytes.Buffer
	r := c.ask(winrm.NewGetOutputRequest(url, shell, id, "stderr", c.params))
	done, _, err := winrm.ParseSlurpOutputErrResponse(r.raw, &out, &errs)
	if err != nil || !done || out.Len() != 0 || errs.String() != "err" || strings.Count(r.raw, `End="true"`) != 1 {
		t.Errorf("%v %v %s", done, err, r.raw)
	}
}

// TestInputInPieces sends 1 MB of input, several streams at a time.
func TestInputInPieces(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) {
		o.NeedsStdin = reads
		o.Run = func(_ context.Context, c wsman.Call) wsman.Outcome {
			return wsman.Outcome{Stdout: fmt.Append(nil, len(c.Stdin))}
		}
	})
	c := w.client(nil)
	shell := c.open()
	id := c.command(shell, "read")
	input := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	rest := input
	for len(rest) > 0 {
		n := min(100_003, len(rest))
		if r := c.ask(winrm.NewSendInputRequest(url, shell, id, rest[:n], false, c.params)); r.status != 200 {
			t.Fatal(r.raw)
		}
		rest = rest[n:]
	}
	if len(w.calls) != 0 {
		t.Fatal("the command was run before its input had ended")
	}
	stream := func(id, end, data string) string {
		return `<sh:Stream Name="stdin" CommandId="` + id + `"` + end + `>` + data + `</sh:Stream>`
	}
	r := c.post(message(sendURI, shell, "", "<sh:Send>"+stream(id, "", "YQ==")+stream(id, ` End="TRUE"`, " YmM= ")+"</sh:Send>"))
	if r.status != 200 || !strings.Contains(r.raw, "<a:RelatesTo>uuid:1&amp;2</a:RelatesTo>") {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if out, _, _, _ := c.collect(shell, id); out != fmt.Sprint(len(input)+3) {
		t.Errorf("the command read %s bytes of %d", out, len(input)+3)
	}
	if !bytes.Equal(w.calls[0].Stdin, append(input, "abc"...)) {
		t.Error("the input is another")
	}
}

// TestSendRefusals sends what cannot be taken.
func TestSendRefusals(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) {
		o.NeedsStdin = reads
		o.Limits.MaxMemoryPerShell = 1000
		o.Run = func(context.Context, wsman.Call) wsman.Outcome { return wsman.Outcome{Takes: time.Minute} }
	})
	c := w.client(nil)
	shell := c.open()
	read, deaf := c.command(shell, "read"), c.command(shell, "hostname")
	send := func(id, name, data, end string) result {
		return c.post(message(sendURI, shell, "", `<sh:Send><sh:Stream Name="`+name+`" CommandId="`+id+`"`+end+`>`+data+`</sh:Stream></sh:Send>`))
	}
	const end = ` End="1"`
	for _, row := range []struct {
		name string
		r    result
		want wsman.FaultCode
	}{
		{"another stream than stdin", send(read, "stdout", "", ""), wsman.FaultInputStream},
		{"what is not base64", send(read, "stdin", "a", ""), wsman.FaultSchema},
		{"a command that is not there", send(shell, "stdin", "", ""), wsman.FaultNotFound},
		{"more than the shell's memory", send(read, "stdin", strings.Repeat("AAAA", 400), ""), wsman.FaultOutOfMemory},
		{"input for a command that ignores it", send(deaf, "stdin", "AAAA", end), 0},
		{"input after the end, ignored or not", send(deaf, "stdin", "AAAA", ""), wsman.FaultPipeEnded},
		{"the end", send(read, "stdin", "", end), 0},
		{"a second end", send(read, "stdin", "", end), wsman.FaultPipeEnded},
		{"an empty Send", c.post(message(sendURI, shell, "", "<sh:Send/>")), wsman.FaultInvalidBody},
	} {
		if row.r.fault != row.want {
			t.Errorf("%s: fault %d, want %d", row.name, row.r.fault, row.want)
		}
	}
}

// TestEnvelopeTooLarge sends a request of exactly the limit, and of one byte more.
func TestEnvelopeTooLarge(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) { o.NeedsStdin = reads })
	c := w.client(nil)
	shell := c.open()
	id := c.command(shell, "read")
	send := func(size int) result {
		m := message(sendURI, shell, "", `<sh:Send><sh:Stream Name="stdin" CommandId="`+id+`">AAAA</sh:Stream></sh:Send>`)
		return c.post(m + strings.Repeat(" ", size-len(m)))
	}
	if r := send(500 << 10); r.status != 200 {
		t.Errorf("at the limit: %d %s", r.status, r.raw)
	}
	for _, size := range []int{500<<10 + 1, 10 << 20} {
		if r := send(size); r.status != http.StatusRequestEntityTooLarge || r.raw != "" {
			t.Errorf("%d bytes: %d %s", size, r.status, r.raw)
		}
	}
	if r := send(1000); r.status != 200 {
		t.Errorf("afterwards: %d %s", r.status, r.raw)
	}
}

// TestCommandLineTooLong checks both limits: that of cmd.exe and that of a process.
func TestCommandLineTooLong(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	shell := c.open()
	run := func(n int, skip string) result {
		return c.post(message(commandURI, shell, `<wsman:OptionSet><wsman:Option Name="WINRS_SKIP_CMD_SHELL">`+skip+`</wsman:Option></wsman:OptionSet>`,
			`<sh:CommandLine><sh:Command>echo</sh:Command><sh:Arguments>`+strings.Repeat("x", n-5)+`</sh:Arguments></sh:CommandLine>`))
	}
	for _, row := range []struct {
		length int
		skip   string
		stdout string
		exit   int
		fault  wsman.FaultCode
	}{
		{length: 8191, skip: "FALSE", stdout: "hello\r\n"},
		{length: 8192, skip: "FALSE", exit: 1},
		{length: 8192, skip: "TRUE", stdout: "hello\r\n"},
		{length: 32766, skip: "TRUE", stdout: "hello\r\n"},
		{length: 32767, skip: "TRUE", fault: wsman.FaultCommandLineTooLong},
		{length: 32767, skip: "FALSE", fault: wsman.FaultCommandLineTooLong},
	} {
		r := run(row.length, row.skip)
		if r.fault != row.fault {
			t.Errorf("%+v: fault %d", row, r.fault)
		}
		if r.fault != 0 {
			continue
		}
		id, err := winrm.ParseExecuteCommandResponse(r.raw)
		if err != nil {
			t.Fatal(err)
		}
		out, errs, exit, _ := c.collect(shell, id)
		if out != row.stdout || exit != row.exit || (errs == "") != (exit == 0) {
			t.Errorf("%+v: %q, %q, %d", row, out, errs, exit)
		}
	}
}

// TestOutputSurvivesAClientThatLeft has a client give up a Receive, by its own deadline
// in world time, and ask again.
func TestOutputSurvivesAClientThatLeft(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) {
		o.Run = func(context.Context, wsman.Call) wsman.Outcome {
			return wsman.Outcome{Stdout: []byte("all of it"), Takes: 10 * time.Second}
		}
	})
	c := w.client(nil)
	shell := c.open()
	id := c.command(shell, "slow")
	ctx, cancel := clock.WithTimeout(t.Context(), w.line, 5*time.Second)
	if r, err := c.send(ctx, winrm.NewGetOutputRequest(url, shell, id, "stdout stderr", c.params).String()); err == nil {
		t.Errorf("the abandoned Receive was answered %d", r.status)
	}
	await(t, "the host notices", func() bool { return len(w.entries(wsman.ActionReceive)) == 1 })
	cancel()
	out, _, _, _ := c.collect(shell, id)
	if at := w.line.Now().Sub(start); out != "all of it" || at != 10*time.Second {
		t.Errorf("%q after %s", out, at)
	}
}
