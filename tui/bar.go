package tui

import "strings"

// A part is a stretch of a bar.
type part struct {
	amount int64
	rune   rune
}

// The runes of bars. A bar among others is of squares, so that they do not run together.
const (
	full, rest             = '█', '░'
	square, hollow, nought = '■', '□', '·'
)

// bar draws parts of a whole over w columns, and fills up with free. A part that is not
// nothing gets at least one column if there is room.
func bar(whole int64, w int, free rune, parts ...part) string {
	var b strings.Builder
	var sum int64
	used := 0
	for _, p := range parts {
		if p.amount <= 0 {
			continue
		}
		sum += p.amount
		end := w
		if whole > 0 && sum < whole {
			end = int(float64(w)*float64(sum)/float64(whole) + 0.5)
		}
		if end == used && used < w {
			end++
		}
		b.WriteString(strings.Repeat(string(p.rune), max(min(end, w)-used, 0)))
		used = max(min(end, w), used)
	}
	return b.String() + strings.Repeat(string(free), max(w-used, 0))
}
