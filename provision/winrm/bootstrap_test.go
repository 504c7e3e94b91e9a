package winrm

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

func TestTheBootstrapFitsACommandLine(t *testing.T) {
	// cmd.exe takes 8,191 characters, and the host puts "cmd /C" and quotes around ours.
	const reserve = 64
	if n := len(commandLine(Bootstrap().Text)); n >= maxLine-reserve {
		t.Errorf("the command line has %d characters", n)
	}
}

func TestTheBootstrapKeepsTheRules(t *testing.T) {
	b := Bootstrap()
	sum := sha256.Sum256([]byte(b.Text))
	if b.SHA256 != hex.EncodeToString(sum[:]) {
		t.Error("the digest is not the text's")
	}
	for i, r := range b.Text {
		if r > 126 || r < 32 && r != '\n' {
			t.Errorf("character %q at %d is not ASCII", r, i)
		}
	}
	for _, must := range []string{
		"Set-StrictMode -Version Latest",
		"$ErrorActionPreference = 'Stop'",
		"$ProgressPreference = 'SilentlyContinue'",
		strings.TrimSpace(beginMarker), strings.TrimSpace(endMarker),
	} {
		if !strings.Contains(b.Text, must) {
			t.Errorf("%s is missing", must)
		}
	}
	// None of these exists in Windows PowerShell 5.1, or may stand here.
	for _, mustNot := range []string{"&&", "||", "??", "?.", "Invoke-Expression", "ConvertFrom-Json -AsHashtable", "]]>"} {
		if strings.Contains(b.Text, mustNot) {
			t.Errorf("%s is used", mustNot)
		}
	}
}
