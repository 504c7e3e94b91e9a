package provision

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTheCatalogueHoldsEveryScriptOfTheFolder(t *testing.T) {
	files, err := filepath.Glob("scripts/*.ps1")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range LoadCatalogue().Scripts() {
		names = append(names, "scripts/"+s.Name+".ps1")
	}
	if !slices.Equal(names, files) {
		t.Errorf("catalogue has %v, the folder %v", names, files)
	}
}

// A change of a script is a change of every plan's digest, and of what the simulator was
// reviewed against. It must show: cd scripts && sha256sum *.ps1 > scripts.sum
func TestTheScriptsAreThoseOfTheSumsFile(t *testing.T) {
	want, err := os.ReadFile("scripts/scripts.sum")
	if err != nil {
		t.Fatal(err)
	}
	if got := LoadCatalogue().Sums(); got != string(want) {
		t.Errorf("scripts.sum is not that of the scripts; got\n%s", got)
	}
}

func TestTheDigestCoversEveryScript(t *testing.T) {
	c := LoadCatalogue()
	digest := c.Digest()
	if again := LoadCatalogue().Digest(); again != digest {
		t.Errorf("digest is %s, then %s", digest, again)
	}
	for i := range c.scripts {
		other := Catalogue{scripts: c.Scripts()}
		other.scripts[i].SHA256 = strings.Repeat("0", 64)
		if other.Digest() == digest {
			t.Errorf("digest does not cover %s", c.scripts[i].Name)
		}
	}
}

func TestAnUnknownScriptIsAMistake(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("asking for an unknown script did not panic")
		}
	}()
	LoadCatalogue().Script("format-disk")
}

func TestEveryScriptIsPlainStrictPowerShell(t *testing.T) {
	const head = "param($Params, $Secrets)\nSet-StrictMode -Version Latest\n$ErrorActionPreference = 'Stop'\n"
	banned := bannedText()
	for _, s := range LoadCatalogue().Scripts() {
		t.Run(s.Name, func(t *testing.T) {
			for i, r := range s.Text {
				if r > '~' || r < ' ' && r != '\n' {
					t.Fatalf("character %q at byte %d", r, i)
				}
			}
			code := strings.TrimLeft(regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(s.Text, ""), "\n")
			if !strings.HasPrefix(s.Text, "# ") || !strings.HasPrefix(code, head) {
				t.Errorf("it begins with %q instead of a comment and %q", s.Text[:min(len(s.Text), 100)], head)
			}
			if at := regexp.MustCompile(`\t| \n`).FindStringIndex(s.Text); at != nil {
				t.Errorf("a tab or a blank at the end of a line, at byte %d", at[0])
			}
			if at := regexp.MustCompile(`"[^"\n]*\$\([^"\n]*[A-Z][a-z]+-[A-Z]`).FindString(s.Text); at != "" {
				t.Errorf("a cmdlet hides in a string: %s", at)
			}
			// Test-WSMan signs in to another host, and runs nothing there.
			words := strings.ReplaceAll(psBlank(s.Text), "Test-WSMan -ComputerName", "Test-WSMan")
			for what, pattern := range banned {
				if at := pattern.FindString(words); at != "" {
					t.Errorf("it has %s: %q", what, at)
				}
			}
			for _, call := range regexp.MustCompile(`&\s+[^\s]+`).FindAllString(words, -1) {
				if !slices.Contains([]string{"& $Look", "& $Try", "& w32tm.exe", "& (Join-Path"}, call) {
					t.Errorf("it calls %q, which no table names", call)
				}
			}
			if s.Kind == ScriptReads && regexp.MustCompile(`\b(Set|New|Install|Uninstall|Register|Start|Stop|Update)-(AksHci|Scheduled|Module|Item|Acl|Service)`).MatchString(words) {
				t.Error("it is said to read only, and changes something")
			}
		})
	}
}

// bannedText is what the grammar of the syntax check accepts and no script may have.
func bannedText() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"text run as code":            regexp.MustCompile(`(?i)\b(iex|Invoke-Expression|Invoke-Command|Start-Process|Start-Job|ScriptBlock\]::Create|EncodedCommand)\b`),
		"an operator of PowerShell 7": regexp.MustCompile(`&&|\|\||\?\?|\?\.| \? `),
		"an upper-case size":          regexp.MustCompile(`\b\d+(KB|MB|GB|TB)\b`),
		"an alias":                    regexp.MustCompile(`(?i)(^|[|({;]\s*)(%|\?|gci|gc|gcim|gwmi|select|where|foreach-?object\s+\{|sort|echo|ls|dir|cat|rm|cp|mv|sc)\s`),
		"output of its own":           regexp.MustCompile(`Write-(Host|Output|Error)|\[Console\]|Out-(Host|File|String)`),
		"a line end by backtick":      regexp.MustCompile("`\\s*\\n"),
		"a remote command":            regexp.MustCompile(`(?i)-ComputerName|New-PSSession|Enter-PSSession`),
	}
}

func TestBannedTextIsFound(t *testing.T) {
	banned := bannedText()
	for _, row := range []struct{ what, text string }{
		{"text run as code", "Invoke-Expression $text"}, {"text run as code", "iex $text"}, {"text run as code", "[ScriptBlock]::Create($text)"},
		{"an operator of PowerShell 7", "Get-Disk && Get-Volume"}, {"an operator of PowerShell 7", "$a ?? 1"}, {"an operator of PowerShell 7", "$a ? 1 : 2"},
		{"an upper-case size", "if ($free -gt 10GB) { }"}, {"an alias", "Get-Disk | sort Size"}, {"output of its own", "Write-Host 'x'"},
		{"a line end by backtick", "Get-Disk `\n  -Number 1"}, {"a remote command", "Get-Disk -ComputerName $h"},
	} {
		if !banned[row.what].MatchString(psBlank(row.text)) {
			t.Errorf("%q is not taken for %s", row.text, row.what)
		}
	}
	for what, pattern := range banned {
		if at := pattern.FindString(psBlank("$size = 10gb\nGet-Disk | Sort-Object -Property Size\n# 10GB && iex\n$s = 'Write-Host && 10GB'\n")); at != "" {
			t.Errorf("%q is taken for %s", at, what)
		}
	}
}
