// Package atlas recognises known failures in what people paste and in what hosts answer:
// error messages with times, colours, wrapped lines and PowerShell's ornaments. It would
// rather say that nothing is known than guess.
package atlas

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/arcwright/arcwright/profiles"
)

const (
	// near is within how many letters the phrases of a sign have to stand: about six
	// lines of a log.
	near = 480
	// beside is how far around them the expression and the forbidden phrases are looked for.
	beside = 160
	// atEnd is how many letters may follow an ordinary message that counts at the end only.
	atEnd = 160
	// most is how many matches Find returns.
	most = 5
)

// Longest is how much of a text is looked at, in bytes; of a longer one, its end.
const Longest = 8 << 20

// Finder looks failures up. Make it with New or Builtin. It may be used from any goroutine.
type Finder struct {
	atlas profiles.Atlas
	signs []sign
}

// A Match is a known failure that a text shows.
type Match struct {
	profiles.Failure
	// Seen is what in the text says so: the phrases and codes.
	Seen []string
	// Line is where the first of them stands, as the text has it.
	Line string

	score, end int
}

// sign is a sign, prepared.
type sign struct {
	failure int
	words   [][]phrase
	codes   []uint32
	names   []phrase // codes that are words
	match   *regexp.Regexp
	not     []phrase
	tail    bool
}

// coded reports whether the sign asks for a code.
func (s sign) coded() bool { return len(s.codes)+len(s.names) > 0 }

// phrase is letters and digits in lower case.
type phrase struct {
	letters string
	open    bool // it may be the beginning of a word
}

// Builtin is the finder for the atlas that is built into this program, made once.
var Builtin = sync.OnceValues(load)

func load() (*Finder, error) {
	a, err := profiles.LoadAtlas()
	if err != nil {
		return nil, err
	}
	return New(a)
}

// New is a finder for an atlas. An error means that a sign of it can match nothing.
func New(a profiles.Atlas) (*Finder, error) {
	f := &Finder{atlas: a}
	for n, failure := range a.Failures {
		for i, given := range failure.Signs {
			s, err := prepare(given)
			if err != nil {
				return nil, fmt.Errorf("atlas: %s, sign %d: %w", failure.ID, i+1, err)
			}
			s.failure = n
			f.signs = append(f.signs, s)
		}
	}
	return f, nil
}

// Atlas is what the finder looks in.
func (f *Finder) Atlas() profiles.Atlas { return f.atlas }

func prepare(given profiles.Sign) (s sign, err error) {
	s.tail = given.Tail
	for _, alternatives := range given.All {
		words, err := phrases(alternatives)
		if err != nil {
			return s, err
		}
		s.words = append(s.words, words)
	}
	for _, alternatives := range given.Not {
		words, err := phrases(alternatives)
		if err != nil {
			return s, err
		}
		s.not = append(s.not, words...)
	}
	for _, c := range given.Codes {
		if number, ok := codeOf(c); ok {
			s.codes = append(s.codes, number)
			continue
		}
		names, err := phrases(c)
		if err != nil {
			return s, err
		}
		s.names = append(s.names, names...)
	}
	if given.Match != "" {
		s.match, err = regexp.Compile("(?is)" + given.Match)
	}
	return s, err
}

func phrases(alternatives string) ([]phrase, error) {
	var all []phrase
	for _, text := range strings.Split(alternatives, " | ") {
		word, open := strings.CutSuffix(strings.TrimSpace(text), "*")
		p := phrase{letters: read(word).letters, open: open}
		if len(p.letters) < 2 {
			return nil, fmt.Errorf("the phrase %q has fewer than two letters", text)
		}
		all = append(all, p)
	}
	return all, nil
}

// Find returns the failures that a text shows, the likeliest first, and at most five. With
// a generation, those of the other one are left out. Where something exact is known,
// families of errors are left out too. Finding takes time in proportion to the text.
func (f *Finder) Find(text string, generation profiles.Generation) []Match {
	if len(text) > Longest {
		text = text[len(text)-Longest:]
	}
	r := read(text)
	if r.letters == "" {
		return nil
	}
	look := &search{reading: r, places: map[phrase][]int{}}
	best := map[int]Match{}
	for _, s := range f.signs {
		failure := f.atlas.Failures[s.failure]
		if generation != "" && len(failure.For) > 0 && !slices.Contains(failure.For, generation) {
			continue
		}
		m, ok := look.sign(s)
		if !ok {
			continue
		}
		m.Failure = failure
		if had, again := best[s.failure]; !again || m.score > had.score {
			best[s.failure] = m
		}
	}
	return ranked(best)
}

// ranked orders matches: the more of a text one explains, the likelier it is; of two alike,
// the one further down.
func ranked(best map[int]Match) []Match {
	var all []Match
	exact := false
	for _, m := range best {
		all = append(all, m)
		exact = exact || !m.General
	}
	if exact {
		all = slices.DeleteFunc(all, func(m Match) bool { return m.General })
	}
	slices.SortFunc(all, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.end, a.end), cmp.Compare(a.ID, b.ID))
	})
	return all[:min(len(all), most)]
}

// A search is one text that is looked at, with what was found in it already.
type search struct {
	reading
	places map[phrase][]int // where a phrase begins
	tokens map[uint32][]int // where a code of 32 bits begins
}

// place is a phrase or code that was found: from and to are letters.
type place struct{ from, to int }

// sign looks for one sign.
func (s *search) sign(w sign) (Match, bool) {
	var lists [][]place
	for _, alternatives := range w.words {
		list := s.any(alternatives, nil)
		if len(list) == 0 {
			return Match{}, false
		}
		lists = append(lists, list)
	}
	if w.coded() {
		list := s.any(w.names, w.codes)
		if len(list) == 0 {
			return Match{}, false
		}
		lists = append(lists, list)
	}
	// The rarest phrase leads; the others stand around it.
	lead := 0
	for i, list := range lists {
		if len(list) < len(lists[lead]) {
			lead = i
		}
	}
	judged := -1 // up to here nothing more needs to be judged
	for _, at := range lists[lead] {
		if at.from < judged {
			continue
		}
		group, ok := around(lists, lead, at)
		if !ok {
			continue
		}
		if m, ok := s.judge(w, group); ok {
			return m, true
		}
		judged = at.from + near/4
	}
	return Match{}, false
}

// around is one place of each list, the nearest to that of the leading one.
func around(lists [][]place, lead int, at place) ([]place, bool) {
	group := make([]place, len(lists))
	for i, list := range lists {
		if i == lead {
			group[i] = at
			continue
		}
		n, _ := slices.BinarySearchFunc(list, at, func(a, b place) int { return cmp.Compare(a.from, b.from) })
		found := false
		for _, k := range []int{n, n - 1} {
			if k < 0 || k >= len(list) || max(list[k].from, at.from)-min(list[k].to, at.to) > near {
				continue
			}
			if !found || distance(list[k], at) < distance(group[i], at) {
				group[i], found = list[k], true
			}
		}
		if !found {
			return nil, false
		}
	}
	return group, true
}

// wrap is where a console may have cut a word in two.
var wrap = regexp.MustCompile(`\n\s*`)

func distance(a, b place) int { return max(a.from, b.from) - min(a.to, b.to) }

// judge holds a group of places against the rest of the sign.
func (s *search) judge(w sign, group []place) (Match, bool) {
	from, to := group[0].from, group[0].to
	for _, p := range group {
		from, to = min(from, p.from), max(to, p.to)
	}
	if to-from > near+beside || w.tail && len(s.letters)-to > atEnd {
		return Match{}, false
	}
	low, high := max(0, from-beside), min(len(s.letters), to+beside)
	for _, p := range w.not {
		places := s.find(p)
		if n, _ := slices.BinarySearch(places, low); n < len(places) && places[n]+len(p.letters) <= high {
			return Match{}, false
		}
	}
	if w.match != nil {
		text := s.text[s.at[low] : int(s.at[high-1])+1]
		if !w.match.MatchString(text) && !w.match.MatchString(wrap.ReplaceAllString(text, "")) {
			return Match{}, false
		}
	}
	m := Match{end: to}
	covered := slices.SortedFunc(slices.Values(group), func(a, b place) int { return cmp.Compare(a.from, b.from) })
	last := 0
	for _, p := range covered {
		m.score += max(0, p.to-max(p.from, last))
		last = max(last, p.to)
	}
	for _, p := range group {
		if seen := s.words(p); !slices.Contains(m.Seen, seen) {
			m.Seen = append(m.Seen, seen)
		}
	}
	if w.coded() {
		m.score += 10
	}
	m.Line = s.line(from)
	return m, true
}

// words is the text of a place, on one line.
func (s *search) words(p place) string {
	return strings.Join(strings.Fields(s.text[s.at[p.from]:int(s.at[p.to-1])+1]), " ")
}

// line is the line of a letter, shortened.
func (s *search) line(i int) string {
	at := int(s.at[i])
	start := strings.LastIndexByte(s.text[:at], '\n') + 1
	if at-start > 80 {
		start = at - 80
		start += strings.IndexByte(s.text[start:at]+" ", ' ')
	}
	end := strings.IndexByte(s.text[at:], '\n')
	if end < 0 {
		end = len(s.text) - at
	}
	line := strings.ToValidUTF8(s.text[start:max(start, min(at+end, start+200))], "")
	return strings.TrimSpace(line)
}

// find is where a phrase stands, in order.
func (s *search) find(p phrase) []int {
	if places, known := s.places[p]; known {
		return places
	}
	places := []int{}
	for i := 0; ; {
		n := strings.Index(s.letters[i:], p.letters)
		if n < 0 {
			break
		}
		i += n
		if s.wordStart(i) && (p.open || s.wordEnd(i+len(p.letters))) {
			places = append(places, i)
		}
		i++
	}
	s.places[p] = places
	return places
}

// any is where one of some phrases or codes stands, in order.
func (s *search) any(phrases []phrase, codes []uint32) []place {
	var list []place
	for _, p := range phrases {
		for _, at := range s.find(p) {
			list = append(list, place{at, at + len(p.letters)})
		}
	}
	if len(codes) > 0 && s.tokens == nil {
		s.readCodes()
	}
	for _, c := range codes {
		for _, at := range s.tokens[c] {
			list = append(list, place{at, s.end(at)})
		}
	}
	slices.SortFunc(list, func(a, b place) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	return list
}

// end is where the word of a letter ends.
func (r reading) end(from int) int {
	to := from + 1
	for !r.wordEnd(to) {
		to++
	}
	return to
}

// readCodes notes every number of 32 bits.
func (s *search) readCodes() {
	s.tokens = map[uint32][]int{}
	for from := 0; from < len(s.letters); {
		to := s.end(from)
		if to-from <= 10 && s.letters[from] >= '0' && s.letters[from] <= '9' {
			word := s.letters[from:to]
			if at := int(s.at[from]); at > 0 && s.text[at-1] == '-' {
				word = "-" + word
			}
			if c, ok := codeOf(word); ok {
				s.tokens[c] = append(s.tokens[c], from)
			}
		}
		from = to
	}
}

// codeOf reads a code of 32 bits with the highest bit set, however it is written.
func codeOf(text string) (uint32, bool) {
	if digits, isHex := strings.CutPrefix(strings.TrimPrefix(strings.ToLower(text), "-"), "0x"); isHex {
		n, err := strconv.ParseUint(digits, 16, 32)
		return uint32(n), err == nil && len(digits) == 8 && n >= 1<<31
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return uint32(n), err == nil && (n >= 1<<31 && n < 1<<32 || n < -1<<20 && n >= -1<<31)
}
