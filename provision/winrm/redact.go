package winrm

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

const redacted = "[redacted]"

// longBase64 is any stretch that might be a part of a payload, which holds the secrets.
var longBase64 = regexp.MustCompile(`[A-Za-z0-9+/]{24,}={0,2}`)

// redactor takes secrets out of a host's text, and whatever the text echoes of the
// payload they were sent in.
func redactor(secrets []string, payload string) func(string) string {
	var words []string
	for _, s := range secrets {
		words = append(words, s)
		for line := range strings.Lines(s) {
			if line = strings.TrimSpace(line); len(line) >= 8 {
				words = append(words, line) // a host may break lines in its own way
			}
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	// The longest first: one secret may begin with another.
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	var pairs []string
	for _, w := range words {
		pairs = append(pairs, w, redacted)
	}
	plain := strings.NewReplacer(pairs...)
	return func(text string) string {
		text = plain.Replace(text)
		return longBase64.ReplaceAllStringFunc(text, func(run string) string {
			if strings.Contains(payload, run[:24]) {
				return redacted
			}
			return run
		})
	}
}
