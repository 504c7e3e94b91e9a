package planner

import "strings"

// A scalarForm is how a string is written in YAML.
type scalarForm int

const (
	// unsureForm leaves it to the YAML library.
	unsureForm scalarForm = iota
	// plainForm needs no quotes.
	plainForm
	// quotedForm needs single quotes.
	quotedForm
	// numberForm needs double quotes, since it would be read as a number, or as nothing.
	numberForm
)

// formOf says how to write a string so that it is read back as that string, by the rules
// of YAML 1.2 chapters 7.3 and 10.3 as the library applies them. Only printable ASCII of
// whose type there is no doubt gets an answer.
func formOf(s string, flow bool) scalarForm {
	switch {
	case surelyNumber(s):
		return numberForm
	case len(s) > 1 && s[0] == '-' && s[1] != '0' && surelyText(s[1:]) && isDigit(s[1]): // such as -340ms
	case s == "" || !surelyText(s):
		return unsureForm
	}
	form := plainForm
	switch s[0] {
	case '-':
	case '#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', '?', ':', '=', '<', '~':
		return unsureForm
	case ' ':
		form = quotedForm
	}
	if s[len(s)-1] == ' ' {
		form = quotedForm
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' || c > '~':
			return unsureForm
		case c == ',' || c == '?' || c == '[' || c == ']' || c == '{' || c == '}':
			if flow {
				form = quotedForm
			}
		case c == ':':
			if flow || i+1 == len(s) || s[i+1] == ' ' {
				form = quotedForm
			}
		case c == '#' && i > 0 && s[i-1] == ' ':
			form = quotedForm
		}
	}
	return form
}

// surelyText reports whether no reader takes an unquoted string for a number, a date, a
// truth or nothing.
func surelyText(s string) bool {
	c := s[0] | 0x20
	if c >= 'a' && c <= 'z' {
		if len(s) > len("false") {
			return true
		}
		switch strings.ToLower(s) {
		case "true", "false", "null", "y", "n", "yes", "no", "on", "off":
			return false
		}
		return true
	}
	if !isDigit(s[0]) {
		return false
	}
	// Neither numbers of any base nor dates hold one of these, nor two dots. Digits of higher
	// bases follow a 0 and the letter of the base.
	letters := "hmsiGMKk/"
	if s[0] != '0' || len(s) > 1 && !strings.ContainsRune("xXbBoO", rune(s[1])) {
		letters = "hmsiGMKk/abcdfABCDF"
	}
	return strings.ContainsAny(s, letters) || strings.Count(s, ".") > 1 && !strings.ContainsAny(s, ":_") || s == "0B"
}

// surelyNumber reports whether every reader takes an unquoted string for a number: digits
// with at most one point between them. Nothing at all is read as nothing.
func surelyNumber(s string) bool {
	points := 0
	for i := range len(s) {
		switch {
		case isDigit(s[i]):
		case s[i] == '.' && i > 0 && i+1 < len(s) && points == 0:
			points++
		default:
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
