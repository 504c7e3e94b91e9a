package provision

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"sync"
)

// Redacted stands where a secret stood.
const Redacted = "[secret]"

// Redactor takes secrets out of text. Its zero value knows none. It may be used from any
// goroutine, and secrets may be added at any time.
type Redactor struct {
	mu    sync.RWMutex
	words [][]byte
}

// Add makes the secrets known, also as they look inside JSON and in base64, and each line
// of a longer one. Empty ones are ignored.
func (r *Redactor) Add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range secrets {
		for _, form := range forms(secret) {
			if !slices.ContainsFunc(r.words, func(w []byte) bool { return string(w) == form }) {
				r.words = append(r.words, []byte(form))
			}
		}
	}
}

// shortestLine is what a line of a longer secret must have to be one by itself: shorter
// ones, such as a brace, are no secret.
const shortestLine = 16

func forms(secret string) []string {
	secret = strings.TrimRight(secret, "\r\n")
	if secret == "" {
		return nil
	}
	all := []string{secret, base64.StdEncoding.EncodeToString([]byte(secret))}
	if quoted, err := json.Marshal(secret); err == nil {
		all = append(all, string(quoted[1:len(quoted)-1]))
	}
	if !strings.Contains(secret, "\n") {
		return all
	}
	for line := range strings.Lines(secret) {
		line = strings.TrimSpace(line)
		if len(line) >= shortestLine && !strings.HasPrefix(line, "-----") {
			all = append(all, line)
		}
	}
	return all
}

// String is the text without the secrets. Where two of them overlap, both are gone.
func (r *Redactor) String(text string) string {
	out, _ := r.take([]byte(text), true)
	return string(out)
}

// span is a part of a text, without its end.
type span struct{ start, end int }

// take returns what can be said of the text already, and how much of it that is. Unless
// it is the last of a stream, a tail that may be the beginning of a secret stays back.
func (r *Redactor) take(text []byte, last bool) (out []byte, used int) {
	r.mu.RLock()
	words := r.words
	r.mu.RUnlock()
	var found []span
	safe := len(text)
	for _, word := range words {
		for i := 0; i < len(text); i++ {
			at := bytes.Index(text[i:], word)
			if at < 0 {
				break
			}
			i += at
			found = append(found, span{i, i + len(word)})
		}
		if last {
			continue
		}
		for n := min(len(word)-1, len(text)); n > 0; n-- {
			if bytes.HasSuffix(text, word[:n]) {
				safe = min(safe, len(text)-n)
				break
			}
		}
	}
	found = merged(found)
	// A secret that a later one may reach into is judged together with it.
	for i := len(found) - 1; i >= 0; i-- {
		if found[i].end > safe {
			safe = min(safe, found[i].start)
		}
	}
	used = 0
	for _, f := range found {
		if f.start >= safe {
			break
		}
		out = append(append(out, text[used:f.start]...), Redacted...)
		used = f.end
	}
	out = append(out, text[used:safe]...)
	return out, safe
}

// merged is the spans in order, joined where they overlap. Spans that only touch stay
// apart, so that a text gives the same however it is cut into pieces.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && s.start < out[n-1].end {
			out[n-1].end = max(out[n-1].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Writer is a stream to w without the secrets, wherever a write may cut them. What may
// still become a secret is kept back until the next write, or until Close, which does
// not close w.
func (r *Redactor) Writer(w io.Writer) io.WriteCloser { return &redacting{redactor: r, to: w} }

type redacting struct {
	redactor *Redactor
	to       io.Writer
	kept     []byte
}

// Write passes on what is certain.
func (w *redacting) Write(text []byte) (int, error) {
	w.kept = append(w.kept, text...)
	if err := w.pass(false); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Close passes on the rest.
func (w *redacting) Close() error { return w.pass(true) }

func (w *redacting) pass(last bool) error {
	out, used := w.redactor.take(w.kept, last)
	w.kept = w.kept[used:]
	if len(out) == 0 {
		return nil
	}
	_, err := w.to.Write(out)
	return err
}
