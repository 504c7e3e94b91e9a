package main

import (
	"strings"
	"unicode/utf8"
)

// paper is how wide text is printed, in characters: as wide as the narrowest terminal.
const paper = 80

// wrapped is a text in lines of so many characters; a word that is longer has its own.
func wrapped(text string, width int) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if n := len(lines); n > 0 && utf8.RuneCountInString(lines[n-1])+1+utf8.RuneCountInString(word) <= width {
			lines[n-1] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}

// inLines sets words, which may hold spaces, in lines of
// at most so many bytes. A longer word has a line of its own.
func inLines(words []string, width int) []string {
	lines := []string{""}
	for _, word := range words {
		last := &lines[len(lines)-1]
		if *last != "" && len(*last)+1+len(word) > width {
			lines = append(lines, word)
			continue
		}
		*last = strings.TrimPrefix(*last+" "+word, " ")
	}
	return lines
}
