package atlas

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// escapes are the sequences with which terminals are coloured, titled and moved about.
	escapes = regexp.MustCompile(`\x1b(?:\[[0-9;:?<=>]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])`)
	// markup is what PowerShell puts around the streams that it serializes.
	markup   = regexp.MustCompile(`#< CLIXML|</?(?:Objs?|S|TN|TNRef|T|MS|PR|AV|AI|PI|PC|SR|SD|I32|I64|Nil|ToString|Props|B|DT|N|LST|DCT|En|f:[A-Za-z]+|s:[A-Za-z]+)(?: [^<>]*)?/?>`)
	hexRune  = regexp.MustCompile(`_x000[Dd]_(?:_x000[Aa]_)?|_x000[Aa]_`)
	anyRune  = regexp.MustCompile(`_x00[01][0-9A-Fa-f]_`)
	entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&#39;", "'", "&#xA;", "\n", "&#xD;", "", "&amp;", "&")
	unquoted = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\r\n`, "\n", `\n`, "\n", `\t`, " ")
)

// Clean is a pasted text as a person would read it: without the colours and movements of
// a terminal, without PowerShell's serialization around its streams, without control
// characters, and with LF at the ends of lines.
func Clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "") // also UTF-16 of PowerShell's redirection
	if strings.Contains(text, "\x1b") {
		text = escapes.ReplaceAllString(text, "")
	}
	if strings.Contains(text, "<") || strings.Contains(text, "_x00") {
		text = markup.ReplaceAllString(text, " ")
		text = anyRune.ReplaceAllString(hexRune.ReplaceAllString(text, "\n"), "")
	}
	if strings.Contains(text, "&") {
		text = entities.Replace(text)
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r) || r == '\uFEFF' || r == utf8.RuneError:
			return -1
		}
		return r
	}, text)
}

// decoration is what logs and PowerShell put before the words of a line: times, levels,
// and the bars and pluses of an error record.
var decoration = regexp.MustCompile(`^(?:[\s|>]+|\+(?:\s+\.\.\.)?\s+|~+|-\s+|` +
	`\[?\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?\]?:?|` +
	`\[?\d{1,2}/\d{1,2}/\d{2,4}(?:,? \d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?)?\]?:?|` +
	`\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?|` +
	`[IWEF]\d{4}\b|(?:VERBOSE|WARNING|ERROR|DEBUG|INFO|WARN|TRACE|FATAL)\b:?|\[(?:AksHci|Moc|Kva)\]|` +
	`\.\.\.\s*)`)

// undecorated is a line without its decoration.
func undecorated(line string) string {
	for range 6 {
		n := len(decoration.FindString(line))
		if n == 0 {
			return line
		}
		line = line[n:]
	}
	return line
}

// A reading is a text in the form in which phrases are looked for: its letters and digits
// only, in lower case, so that neither line wraps nor punctuation nor case matter.
type reading struct {
	// text is the cleaned text without decorations.
	text string
	// letters are its letters and digits; at[i] is where letters[i] stands in text.
	letters string
	at      []int32
}

// read prepares a text.
func read(pasted string) reading {
	pasted = Clean(pasted)
	if strings.Contains(pasted, `\"`) || strings.Contains(pasted, `\r\n`) { // a message out of a JSON document
		pasted = unquoted.Replace(pasted)
	}
	var b strings.Builder
	for line := range strings.Lines(pasted) {
		b.WriteString(undecorated(line))
	}
	r := reading{text: b.String()}
	letters := make([]byte, 0, len(r.text))
	r.at = make([]int32, 0, len(r.text))
	for i := 0; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c >= 'A' && c <= 'Z':
			letters, r.at = append(letters, c+'a'-'A'), append(r.at, int32(i))
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf:
			letters, r.at = append(letters, c), append(r.at, int32(i))
		}
	}
	r.letters = string(letters)
	return r
}

// wordStart reports whether a word of the text begins at letter i.
func (r reading) wordStart(i int) bool {
	return i == 0 || r.at[i-1] != r.at[i]-1
}

// wordEnd reports whether a word ends before letter i.
func (r reading) wordEnd(i int) bool {
	return i == len(r.at) || r.at[i-1] != r.at[i]-1
}
