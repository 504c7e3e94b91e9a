package winrm

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// clixml is the line that PowerShell writes before it serializes its streams to stderr.
const clixml = "#< CLIXML"

// decodeCLIXML is the text of stderr for people: what PowerShell serialized as errors is
// written out, its progress and other streams are dropped, and anything else is left as
// it is. What cannot be decoded is left as it is, too.
func decodeCLIXML(s string) string {
	var out strings.Builder
	for {
		before, doc, found := strings.Cut(s, clixml)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		text, rest := decodeRoots(doc)
		out.WriteString(text)
		s = rest
	}
}

// decodeRoots reads the Objs elements that s begins with, white space between them, and
// returns the text of their errors and what follows them.
func decodeRoots(s string) (text, rest string) {
	var out strings.Builder
	for {
		body := strings.TrimLeft(s, " \t\r\n")
		if !strings.HasPrefix(body, "<Objs") {
			if body == "" {
				s = ""
			}
			return out.String(), s
		}
		errs, n, err := decodeRoot(body)
		if err != nil {
			return out.String(), s
		}
		out.WriteString(errs)
		s = body[n:]
	}
}

// decodeRoot reads one element and returns the text of the errors right inside it, and
// its length.
func decodeRoot(s string) (errs string, n int64, err error) {
	d := xml.NewDecoder(strings.NewReader(s))
	var out strings.Builder
	depth, inError := 0, false
	for {
		token, err := d.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return "", 0, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			inError = depth == 2 && t.Name.Local == "S" && stream(t) == "Error"
		case xml.EndElement:
			depth--
			inError = false
			if depth == 0 {
				return out.String(), d.InputOffset(), nil
			}
		case xml.CharData:
			if inError {
				out.WriteString(unescape(string(t)))
			}
		}
	}
}

func stream(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "S" {
			return a.Value
		}
	}
	return ""
}

var escaped = regexp.MustCompile(`(?:_x[0-9A-Fa-f]{4}_)+`)

// unescape decodes _xHHHH_, which stands for one UTF-16 unit each.
func unescape(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(run string) string {
		const width = len("_xHHHH_")
		units := make([]uint16, 0, len(run)/width)
		for ; run != ""; run = run[width:] {
			u, err := strconv.ParseUint(run[2:6], 16, 16)
			if err != nil {
				return run // the pattern lets only hexadecimal digits through
			}
			units = append(units, uint16(u))
		}
		return string(utf16.Decode(units))
	})
}
