package winrm

import (
	"net/http"
	"testing"
	"time"
)

// A login that has come into doubt is tried by one command alone, but not only when all
// the commands that run have ended.
func TestADoubtfulLoginIsTriedByOneWhileOthersRun(t *testing.T) {
	h := newFakeHost(t)
	h.run = func(line string, _ []byte) fakeOutput {
		if line == "long" {
			return fakeOutput{takes: 30 * time.Second}
		}
		return fakeOutput{}
	}
	c := h.client()
	h.clk.together(4, func(i int) {
		if i == 0 {
			if _, err := c.Run(t.Context(), Command{Line: "long"}); err != nil {
				t.Error(err)
			}
			return
		}
		await(t, "the long command runs", func() bool { return h.count("Receive") > 0 })
		c.pool.doubt()
		if _, err := c.Run(t.Context(), Command{Line: "short"}); err != nil {
			t.Error(err)
		}
		if d := h.clk.since(); d != 0 {
			t.Errorf("a short command had to wait for %v", d)
		}
	})
}

func TestOneCommandAloneTriesAnUnprovenLogin(t *testing.T) {
	h := newFakeHost(t)
	h.latency = time.Second
	early := 0
	h.hook = func(_ http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		if op == "Create" && h.clk.since() < h.latency {
			h.mu.Lock()
			defer h.mu.Unlock()
			early++
		}
		return false
	}
	c := h.client()
	h.clk.together(8, func(int) {
		if _, err := c.Run(t.Context(), Command{Line: "x"}); err != nil {
			t.Error(err)
		}
	})
	if early != 1 {
		t.Errorf("%d shells were asked for before the first login was answered, want 1", early)
	}
	// Create, Command, Receive, Signal, Delete: four commands from the first answer on.
	if d := h.clk.since(); d > 12*time.Second {
		t.Errorf("8 commands of 5 requests of 1 s in 4 slots took %v", d)
	}
}
