package winrm

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/masterzen/winrm"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The library's latest tag is from 2021 and lacks this function: it must stay pinned.
var _ = (*winrm.Client).RunPSWithContext

func TestTheLibraryIsPinned(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	const pin = "github.com/masterzen/winrm v0.0.0-20250927112105-5f8e6c707321"
	if !strings.Contains(string(mod), pin) {
		t.Errorf("go.mod does not hold %s, whose requests are the golden ones", pin)
	}
}

// The exact bytes of every request, so that a change of the library is seen.
func TestRequests(t *testing.T) {
	e := newEnvelopes("https://node01.contoso.lab:5986/wsman")
	const shell, command = "5E110000-0000-0000-0000-000000000001", "C0330000-0000-0000-0000-000000000001"
	create, err := e.create()
	if err != nil {
		t.Fatal(err)
	}
	start, err := e.command(shell, `echo "<a & b>" <w:Option Name="WINRS_CONSOLEMODE_STDIN">TRUE</w:Option>`)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, text := range []string{
		create, start, e.send(shell, command, []byte("in"), false), e.send(shell, command, nil, true),
		e.receive(shell, command), e.signal(shell, command), e.remove(shell), identify,
	} {
		all.WriteString(text + "\n\n")
	}
	volatile := regexp.MustCompile(`uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	got := volatile.ReplaceAllString(all.String(), "uuid:ID")
	const golden = "testdata/requests.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryRequestIsWellFormed(t *testing.T) {
	e := newEnvelopes("https://[fd00::7]:5986/wsman")
	create, err := e.create()
	if err != nil {
		t.Fatal(err)
	}
	command, err := e.command("S", "a && b < c > d")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{create, command, e.send("S", "C", []byte{0xFF}, true), e.receive("S", "C"), e.signal("S", "C"), e.remove("S"), identify} {
		m, err := parseRequest([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if m.op() != "Identify" && m.Header.Timeout != "PT20S" {
			t.Errorf("%s has the timeout %q", m.op(), m.Header.Timeout)
		}
	}
}

func TestAWholePieceFitsAnEnvelope(t *testing.T) {
	e := newEnvelopes("https://" + strings.Repeat("x", 253) + ":65535/wsman")
	id := strings.Repeat("x", 256)
	if n := len(e.send(id, id, make([]byte, piece), true)); n > envelopeSize {
		t.Errorf("%d bytes", n)
	}
}
