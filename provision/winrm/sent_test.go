package winrm

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheBytesThatAreSent holds what goes over the wire for each script of the catalogue,
// with parameters of its contract, against goldens: the command line, and the document on
// standard input under its base64. A change of any of them is to be seen in a review.
//
//	go test ./provision/winrm -run TheBytesThatAreSent -update
func TestTheBytesThatAreSent(t *testing.T) {
	text, err := os.ReadFile("testdata/sent/calls.json")
	if err != nil {
		t.Fatal(err)
	}
	var calls map[string]struct {
		Params  json.RawMessage   `json:"params"`
		Secrets map[string]string `json:"secrets"`
	}
	if err := json.Unmarshal(text, &calls); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../scripts/*.ps1")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(calls) || len(files) < 10 {
		t.Errorf("there are %d scripts and %d calls of them", len(files), len(calls))
	}
	golden(t, "bootstrap.line", []byte(commandLine(bootstrap)))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".ps1")
		t.Run(name, func(t *testing.T) {
			call, known := calls[name]
			if !known {
				t.Fatalf("testdata/sent/calls.json has no parameters for it")
			}
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var params map[string]any
			if err := json.Unmarshal(call.Params, &params); err != nil {
				t.Fatal(err)
			}
			sent, err := Script{Name: name, Text: string(script), Params: params, Secrets: call.Secrets}.payload()
			if err != nil {
				t.Fatal(err)
			}
			document := make([]byte, base64.StdEncoding.DecodedLen(len(sent)))
			n, err := base64.StdEncoding.Decode(document, bytes.TrimRight(sent, "\r\n"))
			if err != nil {
				t.Fatalf("it is not base64: %v", err)
			}
			document = document[:n]
			if want := base64.StdEncoding.EncodeToString(document) + "\n"; string(sent) != want {
				t.Error("it is not one line of base64 with LF at its end")
			}
			golden(t, name+".json", document)
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", "sent", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s: other bytes are sent; if that is meant, -update (-golden +sent):\n%s", name, cmp.Diff(strings.Split(string(want), `\n`), strings.Split(string(got), `\n`)))
	}
}
