package winrm

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"unicode/utf16"
)

//go:embed bootstrap.ps1
var bootstrap string

// Source is a PowerShell text and its digest, by which a reviewer, or the simulator,
// knows it again.
type Source struct {
	Text   string
	SHA256 string // of the text in UTF-8, in lower-case hexadecimal digits
}

// Bootstrap is the one text that ever stands on a command line. It reads a script from
// stdin, runs it, and prints what it returns.
func Bootstrap() Source {
	sum := sha256.Sum256([]byte(bootstrap))
	return Source{Text: bootstrap, SHA256: hex.EncodeToString(sum[:])}
}

// commandLine runs a text with PowerShell 5.1. It must stay under maxLine.
func commandLine(text string) string {
	const run = "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand "
	units := utf16.Encode([]rune(text))
	raw := make([]byte, 0, 2*len(units))
	for _, u := range units {
		raw = binary.LittleEndian.AppendUint16(raw, u)
	}
	return run + base64.StdEncoding.EncodeToString(raw)
}
