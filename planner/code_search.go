package planner

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// A Match is a code that a text may be about.
type Match struct {
	Code Code
	// Score is larger the more of the text's rare words the code's texts hold; only its
	// order means anything.
	Score float64
}

// mostMatches is how many codes a search answers with.
const mostMatches = 5

// SearchCodes finds the codes that a text may be about, the likeliest first: those it
// names, or else those whose texts share its rarer words. It answers with nothing rather
// than with a guess.
func SearchCodes(text string) []Match {
	words := wordsOf(text)
	if named := namedCodes(text); len(named) > 0 {
		return named
	}
	texts := map[string]map[string]bool{}
	count := map[string]int{}
	for _, c := range Codes() {
		own := map[string]bool{}
		for _, w := range wordsOf(strings.Join([]string{c.Name, c.Name, c.Meaning, c.Why, c.Remedy}, " ")) {
			if !own[w] {
				own[w] = true
				count[w]++
			}
		}
		texts[c.Name] = own
	}
	weight := func(word string) float64 {
		if count[word] == 0 {
			return 0
		}
		return math.Log(float64(len(texts)) / float64(count[word]))
	}
	var all float64
	var asked []string // the words that any text holds
	given := map[string]bool{}
	for _, w := range words {
		if !given[w] {
			given[w] = true
			if weight(w) > 0 {
				asked = append(asked, w)
				all += weight(w)
			}
		}
	}
	if len(asked)*3 < len(given) {
		return nil // mostly words that no text holds: it is about something else
	}
	var found []Match
	for _, c := range Codes() {
		m := Match{Code: c}
		hits := 0
		for _, w := range asked {
			if texts[c.Name][w] {
				m.Score += weight(w)
				hits++
				if slices.Contains(wordsOf(c.Name), w) {
					m.Score += weight(w) / 100 // of two that say it, the one that is called so
				}
			}
		}
		// One shared rare word is a hint only when it is most of what was asked.
		if m.Score > 0 && (hits > 1 || len(asked) <= 2) && m.Score >= all/3 {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Code.Name, b.Code.Name))
	})
	return found[:min(len(found), mostMatches)]
}

// namedCodes are the codes that stand in a text as such, in its order.
func namedCodes(text string) []Match {
	var found []Match
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		c, ok := CodeOf(strings.Trim(field, "-"))
		if ok && !slices.ContainsFunc(found, func(m Match) bool { return m.Code.Name == c.Name }) {
			found = append(found, Match{Code: c, Score: 1})
		}
	}
	return found
}

// wordsOf are the words of a text that may tell what it is about, in lower case and
// without the endings of plurals.
func wordsOf(text string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(w) < 3 || slices.Contains(stopWords, w) {
			continue
		}
		if len(w) > 4 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
			w = w[:len(w)-1]
		}
		words = append(words, w)
	}
	return words
}

// stopWords say nothing about what a text is about.
var stopWords = []string{"the", "and", "for", "with", "that", "this", "not", "are", "was", "has", "have", "had", "its", "from", "than", "but", "all", "one", "two",
	"can", "may", "must", "will", "what", "which", "when", "where", "more", "other", "another", "there", "then", "them", "they", "their", "into", "such", "after", "before",
	"block", "warn", "note", "seen", "failed", "error", "cannot", "could", "would", "you", "your", "any", "out", "too", "why", "how", "does", "did", "been", "being", "only"}
