package provision

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
)

//go:embed scripts/*.ps1
var scriptFiles embed.FS

// ScriptKind says what a script does to the host it runs on.
type ScriptKind string

// The kinds of script.
const (
	// ScriptReads: it changes nothing.
	ScriptReads ScriptKind = "reads"
	// ScriptTries: it makes what it tries with, and removes that again.
	ScriptTries ScriptKind = "tries"
	// ScriptLease: it changes the lease file only.
	ScriptLease ScriptKind = "lease"
	// ScriptChanges: it starts what changes the host, under the lease.
	ScriptChanges ScriptKind = "changes"
	// ScriptTask: it runs inside a task only, which ScriptChanges starts.
	ScriptTask ScriptKind = "task"
)

// Script is one PowerShell text of the catalogue, as it is sent to a host.
type Script struct {
	// Name is the file's name without its ending, such as read-host.
	Name string
	Text string
	// SHA256 of the text, in lower-case hexadecimal digits.
	SHA256 string
	Kind   ScriptKind
}

// The names of the scripts, with their kinds, in the order of their names.
var scriptKinds = []struct {
	name string
	kind ScriptKind
}{
	{"configure-akshci", ScriptTask},
	{"get-credential", ScriptReads},
	{"inspect-host", ScriptReads},
	{"install-akshci", ScriptTask},
	{"lease", ScriptLease},
	{"new-cluster", ScriptTask},
	{"new-network", ScriptTask},
	{"new-node-pool", ScriptTask},
	{"prepare-host", ScriptTask},
	{"probe-addresses", ScriptReads},
	{"probe-delegation", ScriptTries},
	{"probe-network", ScriptReads},
	{"read-akshci", ScriptReads},
	{"read-host", ScriptReads},
	{"read-remoting", ScriptReads},
	{"read-task", ScriptReads},
	{"remove-cluster", ScriptTask},
	{"remove-node-pool", ScriptTask},
	{"start-task", ScriptChanges},
	{"uninstall-akshci", ScriptTask},
}

// Catalogue is every script that arcwright ever runs on a host. Make it with
// LoadCatalogue.
type Catalogue struct {
	scripts []Script
}

// LoadCatalogue returns the catalogue that is built into this program.
func LoadCatalogue() Catalogue {
	var c Catalogue
	for _, s := range scriptKinds {
		text, err := scriptFiles.ReadFile("scripts/" + s.name + ".ps1")
		if err != nil {
			panic("catalogue: " + err.Error()) // the files are part of the program
		}
		sum := sha256.Sum256(text)
		c.scripts = append(c.scripts, Script{Name: s.name, Text: string(text), SHA256: hex.EncodeToString(sum[:]), Kind: s.kind})
	}
	return c
}

// Scripts are all scripts, by name. The caller may change the slice.
func (c Catalogue) Scripts() []Script { return append([]Script(nil), c.scripts...) }

// Script is the script of that name. Asking for one that does not exist is a mistake in
// this program, and panics.
func (c Catalogue) Script(name string) Script {
	for _, s := range c.scripts {
		if s.Name == name {
			return s
		}
	}
	panic("catalogue: no script " + name)
}

// Sums are the digests of all scripts, one line each, as sha256sum prints them.
func (c Catalogue) Sums() string {
	var lines strings.Builder
	for _, s := range c.scripts {
		fmt.Fprintf(&lines, "%s  %s.ps1\n", s.SHA256, s.Name)
	}
	return lines.String()
}

// Digest covers all scripts and their names: the SHA-256 of Sums, in lower-case
// hexadecimal digits. A plan carries it, and is refused by a program with another.
func (c Catalogue) Digest() string {
	sum := sha256.Sum256([]byte(c.Sums()))
	return hex.EncodeToString(sum[:])
}
