package tui

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/teatest/v2"
)

// A screening is a program that is watched and driven as a person does it: look for
// something on the screen, then press a key. The screen is the model's view as it was
// last drawn; what goes to the terminal are differences that may split any word.
type screening struct {
	tb      testing.TB
	program *teatest.TestModel

	mu    sync.Mutex
	last  string
	drawn chan struct{} // closed when the screen changes
}

// filmed is a model whose views are seen by a screening.
type filmed struct {
	*model
	by *screening
}

func (f filmed) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := f.model.Update(msg)
	return f, cmd
}

func (f filmed) View() tea.View {
	v := f.model.View()
	f.by.mu.Lock()
	defer f.by.mu.Unlock()
	f.by.last = ansi.Strip(v.Content)
	close(f.by.drawn)
	f.by.drawn = make(chan struct{})
	return v
}

// played runs a model in a terminal of 80 columns and 24 rows.
func played(tb testing.TB, m *model) *screening {
	s := &screening{tb: tb, drawn: make(chan struct{})}
	s.program = teatest.NewTestModel(tb, filmed{m, s}, teatest.WithInitialTermSize(80, 24), teatest.WithProgramOptions(tea.WithoutSignalHandler()))
	return s
}

// until waits for a text on the screen; the time only bounds a test that has failed.
func (s *screening) until(text string) {
	s.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		s.mu.Lock()
		last, drawn := s.last, s.drawn
		s.mu.Unlock()
		if strings.Contains(last, text) {
			return
		}
		select {
		case <-drawn:
		case <-ctx.Done():
			s.tb.Fatalf("%q does not appear; the screen is:\n%s", text, last)
		}
	}
}

// press sends keys, all at once.
func (s *screening) press(keys ...string) {
	for _, k := range keys {
		s.program.Send(key(k))
	}
}

func (s *screening) write(text string) {
	s.press("ctrl+u")
	s.program.Type(text)
}

// over waits for the end of the program.
func (s *screening) over() {
	s.tb.Helper()
	s.program.WaitFinished(s.tb, teatest.WithFinalTimeout(20*time.Second))
}
