package planner

import (
	"strconv"
	"strings"
)

// many is such as "1 host" or "3 hosts"; irregular is the word for several, where it does not
// end in s.
func many[N ~int | ~int64](n N, noun string, irregular ...string) string {
	text := strconv.FormatInt(int64(n), 10) + " "
	switch {
	case n == 1:
		return text + noun
	case len(irregular) > 0:
		return text + irregular[0]
	case strings.HasSuffix(noun, "s"):
		return text + noun + "es"
	}
	return text + noun + "s"
}

// does is the word of what n things do, such as does(n, "needs", "need").
func does[N ~int | ~int64](n N, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// quoted puts a value from a file or a host in quotes as it would be written there: the
// backslashes of accounts and paths stay single. What cannot be printed is escaped.
func quoted[S ~string](s S) string {
	if text := string(s); !strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return `"` + text + `"`
	}
	return strconv.Quote(string(s))
}
