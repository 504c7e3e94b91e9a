package sim

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/arcwright/arcwright/sim/wsman"
)

// text is a file of the catalogue that the world was written to.
func text(t testing.TB, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{"..", "provision"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func encodedCommand(source string) string {
	var raw []byte
	for _, u := range utf16.Encode([]rune(source)) {
		raw = binary.LittleEndian.AppendUint16(raw, u)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func input(t testing.TB, p payload) []byte {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(base64.StdEncoding.EncodeToString(b) + "\n")
}

func TestCommands(t *testing.T) {
	l := newLab(t, labInventory(), labOptions(t))
	bootstrap := "powershell.exe -NoProfile -EncodedCommand " + encodedCommand(text(t, "winrm", "bootstrap.ps1"))
	read := payload{Name: "read-host", Script: text(t, "scripts", "read-host.ps1"), Params: json.RawMessage("{}")}
	start := func(script, source string) payload {
		params, err := json.Marshal(object{"id": "x.1", "script": script, "text": source, "params": object{"module": "1.2.16"},
			"record": object{"kind": "host", "name": "h", "site": "s", "plan": "p", "step": "s", "run": "r"}, "lease": object{"path": labLease, "epoch": 0}})
		if err != nil {
			t.Fatal(err)
		}
		return payload{Name: "start-task", Script: text(t, "scripts", "start-task.ps1"), Params: params}
	}
	for name, row := range map[string]struct {
		command string
		words   []string
		stdin   []byte
		exit    int
		out     string
		err     string
	}{
		"a script of the catalogue answers between markers": {command: bootstrap, stdin: input(t, read), out: `##arcwright-begin##` + "\n" + `{"ok":true,"result":{"computer":{"name":"hv01","domain":"lab.example"`},
		"the same in words":                                  {command: "powershell", words: []string{"-enc", encodedCommand(text(t, "winrm", "bootstrap.ps1"))}, stdin: input(t, read), out: `"ok":true`},
		"the same by its full path":                          {command: strings.Replace(bootstrap, "powershell.exe", `C:\Windows\System32\WindowsPowerShell\v1.0\PowerShell.EXE`, 1), stdin: input(t, read), out: `"ok":true`},
		"a task of the catalogue starts":                     {command: bootstrap, stdin: input(t, start("prepare-host", text(t, "scripts", "prepare-host.ps1"))), out: `"state":"started"`},
		"hostname works":                                     {command: "hostname", out: "hv01\r\n"},
		"another command is not recognized":                  {command: "ipconfig /all", exit: 1, err: "'ipconfig' is not recognized as an internal or external command"},
		"another text on the command line is refused":        {command: "powershell -EncodedCommand " + encodedCommand("Get-Date"), exit: 1, err: `the script &#34;bootstrap&#34; has changed since it was reviewed: SHA-256 ` + digest([]byte("Get-Date"))},
		"a changed script is refused by its name and digest": {command: bootstrap, stdin: input(t, payload{Name: "read-host", Script: "Get-Date", Params: json.RawMessage("{}")}), exit: 1, err: digest([]byte("Get-Date"))},
		"an unknown script is refused":                       {command: bootstrap, stdin: input(t, payload{Name: "format-disk", Script: "Get-Date", Params: json.RawMessage("{}")}), exit: 1, err: "format-disk"},
		"a task's script is refused outside of a task":       {command: bootstrap, stdin: input(t, payload{Name: "install-akshci", Script: text(t, "scripts", "install-akshci.ps1"), Params: json.RawMessage("{}")}), exit: 1, err: "runs inside a task only"},
		"a changed text inside a task is refused":            {command: bootstrap, stdin: input(t, start("prepare-host", "Get-Date")), exit: 1, err: digest([]byte("Get-Date"))},
		"a task with a script for reading is refused":        {command: bootstrap, stdin: input(t, start("read-host", read.Script)), exit: 1, err: "no task for the script"},
		"input that is no base64 is refused":                 {command: bootstrap, stdin: []byte("hello"), exit: 1, err: "read the input of the bootstrap"},
		"input with an unknown key is refused":               {command: bootstrap, stdin: []byte(base64.StdEncoding.EncodeToString([]byte(`{"name":"x","verb":1}`))), exit: 1, err: "verb"},
		"a command that is no UTF-16 is refused":             {command: "powershell -EncodedCommand AA==", exit: 1, err: "not UTF-16 in base64"},
		"PowerShell without an encoded command is refused":   {command: "powershell Get-Date", exit: 1, err: "not recognized"},
	} {
		t.Run(name, func(t *testing.T) {
			o := l.run(l.world.host("hv01"), wsman.Call{Command: row.command, Arguments: row.words, Stdin: row.stdin})
			if o.ExitCode != row.exit || !strings.Contains(string(o.Stdout), row.out) || !strings.Contains(string(o.Stderr), row.err) {
				t.Errorf("exit code %d\nstdout %s\nstderr %s", o.ExitCode, o.Stdout, o.Stderr)
			}
			if row.exit != 0 && len(o.Stdout) > 0 {
				t.Errorf("a refusal has a result: %s", o.Stdout)
			}
			if o.Takes <= 0 || o.Takes > 2*time.Second {
				t.Errorf("it takes %v", o.Takes)
			}
		})
	}
}

func TestAFailedScriptAnswersWithItsError(t *testing.T) {
	l := newLab(t, labInventory(), labOptions(t))
	p := payload{Name: "read-task", Script: text(t, "scripts", "read-task.ps1"), Params: json.RawMessage(`{"id":"x"}`)}
	o := l.powershell(l.world.host("hv01"), encodedCommand(text(t, "winrm", "bootstrap.ps1")), input(t, p))
	if o.ExitCode != 1 || !strings.Contains(string(o.Stdout), `"ok":false`) || !strings.Contains(string(o.Stdout), `"code":"PropertyNotFoundStrict"`) {
		t.Errorf("exit code %d, stdout %s", o.ExitCode, o.Stdout)
	}
}

func FuzzReadPayload(f *testing.F) {
	f.Add([]byte(base64.StdEncoding.EncodeToString([]byte(`{"name":"read-host","script":"","params":{},"secrets":{"a":"b"}}`))))
	f.Add([]byte("eyJuYW1l\r\nIjoiIn0="))
	f.Fuzz(func(t *testing.T, stdin []byte) {
		p, err := readPayload(stdin)
		if err != nil {
			return
		}
		if !json.Valid(p.Params) {
			t.Errorf("parameters that are no JSON: %q", p.Params)
		}
		_ = p.review()
	})
}

func FuzzDecodeCommand(f *testing.F) {
	f.Add(encodedCommand("Get-Date # ü"))
	f.Add("AAA=")
	f.Fuzz(func(t *testing.T, command string) {
		source, err := decodeCommand(command)
		if err != nil {
			return
		}
		again, err := decodeCommand(encodedCommand(source))
		if err != nil || again != source {
			t.Errorf("%q became %q, %v", source, again, err)
		}
	})
}
