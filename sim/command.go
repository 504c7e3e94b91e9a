package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wsman"
)

// A payload is what the bootstrap reads from its input.
type payload struct {
	Name    string            `json:"name"`
	Script  string            `json:"script"`
	Params  json.RawMessage   `json:"params"`
	Secrets map[string]string `json:"secrets"`
}

// commandLine is a command as one line; clients send it in one piece or in words.
func commandLine(command string, arguments []string) string {
	return strings.Join(append([]string{command}, arguments...), " ")
}

// encoded is the argument of -EncodedCommand if a line runs PowerShell with one.
func encoded(line string) string {
	words := strings.Fields(line)
	if len(words) == 0 {
		return ""
	}
	program := strings.ToLower(strings.Trim(words[0], `"`))
	if program = program[strings.LastIndexAny(program, `\/`)+1:]; program != "powershell" && program != "powershell.exe" {
		return ""
	}
	for i, word := range words[1:] {
		// PowerShell takes any short form of a parameter that is not ambiguous.
		if w := strings.ToLower(word); len(w) > 1 && strings.HasPrefix("-encodedcommand", w) && i+2 < len(words) {
			return words[i+2]
		}
	}
	return ""
}

// run does what a command does on a host.
func (d *Datacenter) run(h *host, call wsman.Call) wsman.Outcome {
	line := commandLine(call.Command, call.Arguments)
	if text := encoded(line); text != "" {
		return d.powershell(h, text, call.Stdin)
	}
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	if strings.EqualFold(word, "hostname") || strings.EqualFold(word, "hostname.exe") {
		return wsman.Outcome{Stdout: []byte(h.short() + "\r\n"), Takes: shortScript.least / 4}
	}
	return wsman.Outcome{
		Stderr:   fmt.Appendf(nil, "'%s' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n", word),
		ExitCode: 1, Takes: shortScript.least / 4,
	}
}

// powershell runs the one text that is known on a command line, with a script on its input.
func (d *Datacenter) powershell(h *host, text string, stdin []byte) wsman.Outcome {
	source, err := decodeCommand(text)
	if err != nil {
		return d.fail(err)
	}
	if err := review(bootstrapName, source); err != nil {
		return d.fail(err)
	}
	p, err := readPayload(stdin)
	if err != nil {
		return d.fail(fmt.Errorf("read the input of the bootstrap: %w", err))
	}
	if err := p.review(); err != nil {
		return d.fail(err)
	}
	var trouble wsman.TroubleKind
	d.line.Do(func(t *timeline.Turn) { trouble = d.aim(t, h, p) })
	if trouble == wsman.TroubleHang {
		return wsman.Outcome{Trouble: trouble}
	}
	out, exit, err := d.perform(h, p)
	if err != nil {
		return d.fail(err)
	}
	return wsman.Outcome{Stdout: out, ExitCode: exit, Trouble: trouble, Takes: d.seed.within(shortScript, "short", h.Name, p.Name, p.label())}
}

// perform runs a script on a host and returns what the bootstrap prints. An error is the
// simulator's own.
func (d *Datacenter) perform(h *host, p payload) (out []byte, exit int, err error) {
	secrets := sortedKeys(p.Secrets)
	d.line.Do(func(t *timeline.Turn) {
		d.seen(t)
		var result any
		result, err = d.world.short(t, h, p.Name, p.Params, secrets)
		if err == nil || errors.As(err, new(*scriptError)) {
			out, exit, err = answer(result, err)
		}
	})
	return out, exit, err
}

// answer is what the bootstrap prints.
func answer(result any, failure error) (out []byte, exit int, err error) {
	document := map[string]any{"ok": true, "result": result}
	var e *scriptError
	if errors.As(failure, &e) {
		document, exit = map[string]any{"ok": false, "error": e}, 1
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, 0, fmt.Errorf("encode the answer: %w", err)
	}
	return fmt.Appendf(nil, "##arcwright-begin##\n%s\n##arcwright-end##\n", text), exit, nil
}

// decodeCommand reads the argument of -EncodedCommand: UTF-16LE in base64.
func decodeCommand(text string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw)%2 != 0 {
		return "", errors.New("the argument of -EncodedCommand is not UTF-16 in base64")
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units)), nil
}

func readPayload(stdin []byte) (payload, error) {
	var p payload
	raw, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(stdin), nil)))
	if err != nil {
		return p, fmt.Errorf("decode base64: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("decode JSON: %w", err)
	}
	if !json.Valid(p.Params) {
		p.Params = json.RawMessage("{}")
	}
	return p, nil
}

// review refuses a payload with a text in it that was not reviewed.
func (p payload) review() error {
	if slices.Contains(taskScripts(), p.Name) {
		return fmt.Errorf("the script %q runs inside a task only", p.Name)
	}
	if err := review(p.Name, p.Script); err != nil {
		return err
	}
	if p.Name != "start-task" {
		return nil
	}
	var inner struct {
		Script string `json:"script"`
		Text   string `json:"text"`
	}
	if err := json.Unmarshal(p.Params, &inner); err != nil {
		return fmt.Errorf("decode the parameters of start-task: %w", err)
	}
	if !slices.Contains(taskScripts(), inner.Script) {
		return fmt.Errorf("the simulated hosts have no task for the script %q", inner.Script)
	}
	return review(inner.Script, inner.Text)
}

// label tells a call from others. The text of a task is no part of it, so that a change of
// a comment changes no world.
func (p payload) label() string {
	var task struct {
		ID string `json:"id"`
	}
	if p.Name == "start-task" && json.Unmarshal(p.Params, &task) == nil {
		return task.ID
	}
	return digest(p.Params)
}

// fail is a command that the simulator has no answer for: loud, and never a result.
func (d *Datacenter) fail(err error) wsman.Outcome {
	var text strings.Builder
	_ = xml.EscapeText(&text, []byte("arcwright simulator: "+err.Error())) // a builder takes everything
	return wsman.Outcome{
		Stderr: []byte("#< CLIXML\r\n" + `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Error">` +
			text.String() + `_x000D__x000A_</S></Objs>`),
		ExitCode: 1, Takes: shortScript.least,
	}
}

// digest is the SHA-256 of some bytes in hexadecimal.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
