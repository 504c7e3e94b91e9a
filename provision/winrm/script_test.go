package winrm

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// call is what the bootstrap finds on its stdin.
type call struct {
	Name, Script string
	Params       json.RawMessage
	Secrets      map[string]string
}

// decodeCall reads a command line and its stdin as PowerShell and the bootstrap would.
func decodeCall(t *testing.T, line string, stdin []byte) (text string, c call) {
	t.Helper()
	words := strings.Fields(line)
	if want := []string{"powershell.exe", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-EncodedCommand"}; !slices.Equal(words[:6], want) {
		t.Errorf("command line begins with %q", words[:6])
	}
	raw, err := base64.StdEncoding.DecodeString(words[6])
	if err != nil {
		t.Error(err)
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	payload, found := strings.CutSuffix(string(stdin), "\n")
	if !found || strings.Contains(payload, "\n") {
		t.Error("stdin is not one line")
	}
	doc, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		t.Error(err)
	}
	if err := json.Unmarshal(doc, &c); err != nil {
		t.Error(err)
	}
	return string(utf16.Decode(units)), c
}

func between(doc string) []byte {
	return []byte("##arcwright-begin##\n" + doc + "\n##arcwright-end##\n")
}

func TestAScriptTravelsOnStdinAndItsResultComesBack(t *testing.T) {
	h := newFakeHost(t)
	s := Script{
		Name: "read-host", Text: "param($p, $s)\n'ü' # ]]>", Params: map[string]any{"n": 1},
		Secrets: map[string]string{"KEY": "hunter2"},
	}
	h.run = func(line string, stdin []byte) fakeOutput {
		text, c := decodeCall(t, line, stdin)
		if text != Bootstrap().Text {
			t.Error("the command line is not the bootstrap")
		}
		want := call{s.Name, s.Text, json.RawMessage(`{"n":1}`), s.Secrets}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Error(diff)
		}
		return fakeOutput{stdout: append([]byte("WARNING: not for us\r\n"), between(`{"ok":true,"result":{"a":[1]}}`)...)}
	}
	got, err := h.client().Script(t.Context(), s)
	if err != nil || string(got) != `{"a":[1]}` {
		t.Errorf("got %s, %v", got, err)
	}
	h.noShells()
}

func TestAScriptWithoutParametersHasEmptyOnes(t *testing.T) {
	h := newFakeHost(t)
	h.run = func(line string, stdin []byte) fakeOutput {
		_, c := decodeCall(t, line, stdin)
		if string(c.Params) != "{}" || c.Secrets == nil {
			t.Errorf("got %+v", c)
		}
		return fakeOutput{stdout: between(`{"ok":true,"result":null}`)}
	}
	got, err := h.client().Script(t.Context(), Script{Name: "x"})
	if err != nil || string(got) != "null" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestAFailureOfTheScriptIsItsOwnError(t *testing.T) {
	h := newFakeHost(t)
	h.run = func(string, []byte) fakeOutput {
		return fakeOutput{exit: 1, stdout: between(`{"ok":false,"error":{"code":"LeaseOvertaken,Assert-Lease","message":"Ein anderer\r\nwar schneller","type":"System.Exception","position":"At line:1"}}`)}
	}
	_, err := h.client().Script(t.Context(), Script{Name: "start-task"})
	var got *ScriptError
	if !errors.As(err, &got) || Class(err) != ClassScript {
		t.Fatalf("got %v", err)
	}
	want := &ScriptError{"start-task", "LeaseOvertaken,Assert-Lease", "Ein anderer\r\nwar schneller", "System.Exception", "At line:1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.ID() != "LeaseOvertaken" || strings.Contains(got.Error(), "\n") {
		t.Errorf("ID %q, text %q", got.ID(), got.Error())
	}
}

func TestAnythingElseIsNoAnswer(t *testing.T) {
	const ok = `{"ok":true,"result":1}`
	for _, tt := range []struct {
		name   string
		stdout string
		exit   int
		good   bool
	}{
		{"an answer", string(between(ok)), 0, true},
		{"an answer with the line ends of Windows", strings.ReplaceAll(string(between(ok)), "\n", "\r\n"), 0, true},
		{"an answer after the marker was written by somebody else", beginMarker + "x" + string(between(ok)), 0, true},
		{"nothing", "", 0, false},
		{"no markers", ok, 0, false},
		{"no end", beginMarker + ok, 0, false},
		{"text after the answer", string(between(ok)) + "x", 0, false},
		{"no JSON", string(between("x")), 0, false},
		{"half of it", string(between(`{"ok":true,"resu`)), 0, false},
		{"two documents", string(between(ok + ok)), 0, false},
		{"an unknown key", string(between(`{"ok":true,"result":1,"more":2}`)), 0, false},
		{"no verdict", string(between(`{"result":1}`)), 0, false},
		{"success without a result", string(between(`{"ok":true}`)), 0, false},
		{"success with an error", string(between(`{"ok":true,"result":1,"error":{}}`)), 0, false},
		{"success with an exit code", string(between(ok)), 1, false},
		{"failure without an error", string(between(`{"ok":false}`)), 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost(t)
			h.run = func(string, []byte) fakeOutput {
				return fakeOutput{stdout: []byte(tt.stdout), stderr: []byte("why"), exit: tt.exit}
			}
			_, err := h.client().Script(t.Context(), Script{Name: "x"})
			if tt.good {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var got *AnswerError
			if !errors.As(err, &got) || Class(err) != ClassOutput || got.Stderr != "why" || got.ExitCode != tt.exit {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestScriptsThatCannotBePackedAreNotSent(t *testing.T) {
	for name, s := range map[string]Script{
		"parameters that are a list":          {Params: []int{1}},
		"parameters without a JSON form":      {Params: map[string]any{"f": func() {}}},
		"more than PowerShell's parser takes": {Text: strings.Repeat("x", maxPayload)},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFakeHost(t)
			_, err := h.client().Script(t.Context(), s)
			if Class(err) != ClassInvalid || h.count("Create") != 0 {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Whatever a host does, an error must not hold the password or a secret: neither as they
// are, nor in the payload that the host may echo, broken into the lines of a console.
func TestErrorsHoldNoSecrets(t *testing.T) {
	const canary, second = "c4n4ry/secret+value==with-a-long-tail", "c4n4ry"
	key := "-----BEGIN KEY-----\nQ0FOQVJZQ0FOQVJZ\n-----END KEY-----\n"
	s := Script{Name: "x", Secrets: map[string]string{"a": canary, "b": second, "c": key}}
	payload, err := s.payload()
	if err != nil {
		t.Fatal(err)
	}
	var wrapped strings.Builder
	for rest := string(payload); rest != ""; rest = rest[min(79, len(rest)):] {
		wrapped.WriteString(rest[:min(79, len(rest))] + "\r\n")
	}
	quoted, _ := json.Marshal(key)
	echo := strings.Join([]string{canary, second, fakePassword, strings.ReplaceAll(key, "\n", "\r\n"), wrapped.String()}, " | ")
	inJSON, _ := json.Marshal(echo)
	for name, answer := range map[string]fakeOutput{
		"in a failure":           {exit: 1, stdout: between(fmt.Sprintf(`{"ok":false,"error":{"code":%s,"message":%s,"type":%s,"position":%s}}`, inJSON, inJSON, inJSON, inJSON))},
		"in no answer":           {stdout: []byte(echo), stderr: []byte(echo)},
		"as a key of the answer": {stdout: between(`{` + string(quoted) + `:1}`)},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFakeHost(t)
			h.run = func(string, []byte) fakeOutput { return answer }
			_, err := h.client().Script(t.Context(), s)
			noCanary(t, err, string(payload))
		})
	}
	for _, op := range []string{"Create", "Command", "Send", "Receive"} {
		t.Run("in a fault on "+op, func(t *testing.T) {
			h := newFakeHost(t)
			h.hook = func(w http.ResponseWriter, _ *http.Request, now string, _ int) bool {
				if now == op {
					answerFault(w, 5, "InternalError", echo)
				}
				return now == op
			}
			_, err := h.client().Script(t.Context(), s)
			noCanary(t, err, string(payload))
		})
	}
	t.Run("in a refusal", func(t *testing.T) {
		h := newFakeHost(t)
		h.host.Password = "wrong-" + second
		h.guard = basic
		_, err := h.client().Script(t.Context(), s)
		noCanary(t, err, string(payload))
	})
}

func noCanary(t *testing.T, err error, payload string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	var all strings.Builder
	for e := err; e != nil; e = errors.Unwrap(e) {
		_, _ = fmt.Fprintf(&all, "%v %+v\n", e, e)
	}
	var s *ScriptError
	if errors.As(err, &s) {
		_, _ = io.WriteString(&all, s.Code+s.Message+s.Type+s.Position)
	}
	var a *AnswerError
	if errors.As(err, &a) {
		_, _ = io.WriteString(&all, a.Stdout+a.Stderr)
	}
	text := all.String()
	for _, secret := range []string{"c4n4ry", "long-tail", fakePassword, "Q0FOQVJZ", "BEGIN KEY"} {
		if strings.Contains(text, secret) {
			t.Errorf("error holds %q: %s", secret, text)
		}
	}
	for i := 0; i+30 < len(payload); i++ {
		if strings.Contains(text, payload[i:i+30]) {
			t.Fatalf("error holds a part of the payload: %s", text)
		}
	}
}
