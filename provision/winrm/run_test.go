package winrm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/provision/clock"
)

func TestRunBringsBackOutputAndExitCode(t *testing.T) {
	h := newFakeHost(t)
	h.run = func(line string, stdin []byte) fakeOutput {
		if line != `type "a & b"` || stdin != nil {
			t.Errorf("line %q, stdin %q", line, stdin)
		}
		return fakeOutput{stdout: []byte("grüezi\n"), stderr: []byte("#< CLIXML\r\n<Objs><S S=\"Error\">bad_x000A_</S></Objs>"), exit: 3}
	}
	c := h.client()
	got, err := c.Run(t.Context(), Command{Line: `type "a & b"`})
	if err != nil {
		t.Fatal(err)
	}
	want := Result{ExitCode: 3, Stdout: []byte("grüezi\n"), Stderr: "bad\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	ops, _, _, _ := h.state()
	if diff := cmp.Diff([]string{"Create", "Command", "Receive", "Signal", "Delete"}, ops); diff != "" {
		t.Error(diff)
	}
	h.noShells()
}

func TestStdinArrivesWholeInPiecesTheHostTakes(t *testing.T) {
	for _, size := range []int{0, 1, piece - 1, piece, piece + 1, 3 << 20} {
		t.Run(fmt.Sprintf("%d bytes", size), func(t *testing.T) {
			h := newFakeHost(t)
			sent := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
			h.run = func(_ string, stdin []byte) fakeOutput { return fakeOutput{stdout: slices.Clone(stdin)} }
			got, err := h.client().Run(t.Context(), Command{Line: "more", Stdin: bytes.NewReader(sent)})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Stdout, sent) {
				t.Errorf("%d bytes came back of %d", len(got.Stdout), size)
			}
			if want := max(1, (size+piece-1)/piece); h.count("Send") != want {
				t.Errorf("%d messages for stdin, want %d", h.count("Send"), want)
			}
		})
	}
}

func TestFaultsEndACommandAtOnce(t *testing.T) {
	for _, tt := range []struct {
		name    string
		op      string
		code    uint32
		subcode string
		want    ErrorClass
	}{
		{"a shell too many", "Create", 2150859173, "QuotaLimit", ClassQuota},
		{"a quota code we have never seen", "Create", 2150859999, "QuotaLimit", ClassQuota},
		{"a shell that is gone before the command", "Command", codeShellNotFound, "InvalidSelectors", ClassShellGone},
		{"a command line that is too long", "Command", 2147942606, "InternalError", ClassProtocol},
		{"stdin that the host refuses", "Send", 2150858790, "EncodingLimit", ClassProtocol},
		{"a shell that is gone while output is awaited", "Receive", codeShellNotFound, "InvalidSelectors", ClassShellGone},
		{"access denied in any language", "Receive", 5, "AccessDenied", ClassAuth},
		{"an operation that the host aborted", "Receive", 995, "InternalError", ClassShellGone},
		{"a time-out of anything but output", "Create", codeTimedOut, "TimedOut", ClassTimeout},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost(t)
			h.hook = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
				if op == tt.op {
					answerFault(w, tt.code, tt.subcode, "exact words")
				}
				return op == tt.op
			}
			c := h.client()
			_, err := c.Run(t.Context(), Command{Line: "x", Stdin: strings.NewReader("in")})
			if Class(err) != tt.want {
				t.Errorf("class %q of %v, want %q", Class(err), err, tt.want)
			}
			want := &Fault{HTTPStatus: 500, Code: tt.code, Subcode: tt.subcode, Reason: "the request went wrong", Provider: "exact words"}
			if diff := cmp.Diff(want, fault(err)); diff != "" {
				t.Error(diff)
			}
			if n := h.count(tt.op); n != 1 {
				t.Errorf("%s was asked %d times", tt.op, n)
			}
			h.noShells()
		})
	}
}

func TestTimedOutAloneMeansAskAgain(t *testing.T) {
	h := newFakeHost(t)
	h.hook = func(w http.ResponseWriter, r *http.Request, op string, n int) bool {
		if op != "Receive" || n > 5 {
			return false
		}
		if h.clk.park(r, operationTimeout) {
			answerFault(w, codeTimedOut, "TimedOut", "nothing within the time")
		}
		return true
	}
	h.run = func(string, []byte) fakeOutput { return fakeOutput{stdout: []byte("late")} }
	got, err := h.client().Run(t.Context(), Command{Line: "x"})
	if err != nil || string(got.Stdout) != "late" {
		t.Errorf("got %q, %v", got.Stdout, err)
	}
	if d := h.clk.since(); d != 5*operationTimeout {
		t.Errorf("took %v", d)
	}
}

func TestAHostThatAnswersPollsAtOnceAndWithNothingIsGivenUp(t *testing.T) {
	h := newFakeHost(t)
	h.hook = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		if op == "Receive" {
			answerFault(w, codeTimedOut, "TimedOut", "no")
		}
		return op == "Receive"
	}
	_, err := h.client().Run(t.Context(), Command{Line: "x"})
	if Class(err) != ClassProtocol || !errors.Is(err, errImpatient) {
		t.Errorf("got %v", err)
	}
	h.noShells()
}

func TestOutputHasALimit(t *testing.T) {
	h := newFakeHost(t)
	h.run = func(string, []byte) fakeOutput {
		return fakeOutput{stdout: make([]byte, 100<<10), stderr: make([]byte, 100<<10)}
	}
	c := h.client()
	if _, err := c.Run(t.Context(), Command{Line: "x", MaxOutput: 200 << 10}); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	_, err := c.Run(t.Context(), Command{Line: "x", MaxOutput: 200<<10 - 1})
	if Class(err) != ClassOutput {
		t.Errorf("over the limit: %v", err)
	}
	h.noShells()
}

func TestNoLineIsSentThatTheHostWouldMisread(t *testing.T) {
	for name, line := range map[string]string{
		"a line that ends its CDATA": "echo ]]>",
		"a line cmd.exe would cut":   strings.Repeat("x", maxLine+1),
	} {
		t.Run(name, func(t *testing.T) {
			h := newFakeHost(t)
			_, err := h.client().Run(t.Context(), Command{Line: line})
			if Class(err) != ClassInvalid || h.count("Create") != 0 {
				t.Errorf("got %v after %d requests", err, h.count("Create"))
			}
		})
	}
}

func TestAReaderThatFailsIsAnError(t *testing.T) {
	h := newFakeHost(t)
	broken := errors.New("disk on fire")
	in := io.MultiReader(strings.NewReader("half"), readerFunc(func([]byte) (int, error) { return 0, broken }))
	_, err := h.client().Run(t.Context(), Command{Line: "x", Stdin: in})
	if !errors.Is(err, broken) || h.count("Send") != 0 {
		t.Errorf("got %v after %d messages", err, h.count("Send"))
	}
	h.noShells()
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestAShellThatCannotBeDeletedDoesNotSpoilTheResult(t *testing.T) {
	h := newFakeHost(t)
	h.run = func(string, []byte) fakeOutput { return fakeOutput{stdout: []byte("fine")} }
	h.hook = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		if op == "Delete" {
			answerFault(w, 2147943515, "InternalError", "the host is going down")
		}
		return op == "Delete"
	}
	got, err := h.client().Run(t.Context(), Command{Line: "x"})
	if err != nil || string(got.Stdout) != "fine" || fault(got.Stranded).Code != 2147943515 {
		t.Errorf("got %q, stranded %v, error %v", got.Stdout, got.Stranded, err)
	}
}

// A run that is left must return at once, leave no shell behind, and must do so as well
// when the clock stands still until its deadline's owner has returned.
func TestLeavingARunAtAnyPoint(t *testing.T) {
	const latency = 10 * time.Second
	for _, tt := range []struct {
		name  string
		leave time.Duration // after the start; each answer takes latency
		op    string        // the request that is out
		done  bool          // the outcome was known by then
	}{
		{"while the shell is made", 5 * time.Second, "Create", false},
		{"while the command is started", 15 * time.Second, "Command", false},
		{"while stdin is sent", 25 * time.Second, "Send", false},
		{"while output is awaited", 35 * time.Second, "Receive", false},
		{"while the command runs", 45 * time.Second, "Receive", false},
		{"while the shell is deleted", 55 * time.Second, "Signal", true},
	} {
		for _, by := range []string{"deadline", "cancel"} {
			t.Run(tt.name+" by "+by, func(t *testing.T) {
				h := newFakeHost(t)
				h.latency = latency / 2
				h.hook = func(_ http.ResponseWriter, r *http.Request, _ string, _ int) bool {
					return !h.clk.park(r, latency/2)
				}
				h.run = func(string, []byte) fakeOutput { return fakeOutput{takes: 10 * time.Second, exit: 7} }
				c := h.client()
				ctx, cancel := context.WithCancel(t.Context())
				if by == "deadline" {
					ctx, cancel = clock.WithTimeout(t.Context(), h.clk, tt.leave)
				} else {
					defer h.clk.AfterFunc(tt.leave, cancel)()
				}
				got, err := c.Run(ctx, Command{Line: "x", Stdin: strings.NewReader("in")})
				if by == "deadline" && h.clk.since() != tt.leave {
					t.Errorf("returned after %v", h.clk.since())
				}
				cancel()
				switch {
				case tt.done:
					if err != nil || got.ExitCode != 7 {
						t.Errorf("got %+v, %v", got, err)
					}
				case by == "deadline":
					if Class(err) != ClassTimeout || !errors.Is(err, clock.ErrDeadline) {
						t.Errorf("got %v", err)
					}
				case err != nil: // a cancel holds no token: the command may be done before it is noticed
					if Class(err) != ClassCanceled || !errors.Is(err, context.Canceled) {
						t.Errorf("got %v", err)
					}
				}
				c.Close()
				if ops, _, _, _ := h.state(); !slices.Contains(ops, tt.op) {
					t.Errorf("requests were %v", ops)
				}
				// The host takes longer to end a shell than endTimeout here: what counts
				// is that it was told to.
				if h.count("Delete")+h.count("Signal") == 0 {
					t.Error("the host was not told to end the shell")
				}
			})
		}
	}
}

func TestARunThatIsLeftLeavesNoShell(t *testing.T) {
	for _, op := range []string{"Create", "Command", "Send", "Receive", "Signal", "Delete"} {
		t.Run("during "+op, func(t *testing.T) {
			h := newFakeHost(t)
			ctx, cancel := context.WithCancel(t.Context())
			h.hook = func(_ http.ResponseWriter, r *http.Request, now string, n int) bool {
				if now != op || n > 1 {
					return false
				}
				h.clk.Busy(+1) // until the run has returned, as who cancels in earnest has one
				cancel()
				return !h.clk.park(r, time.Second)
			}
			c := h.client()
			_, err := c.Run(ctx, Command{Line: "x", Stdin: strings.NewReader("in")})
			h.clk.Busy(-1)
			if known := op == "Signal" || op == "Delete"; (err == nil) != known {
				t.Errorf("got %v", err)
			}
			c.Close()
			h.noShells()
			if d := h.clk.since(); d > time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestAHungHostEndsAtTheDeadlineOfTheRequest(t *testing.T) {
	for _, tt := range []struct {
		name string
		hang func(h *fakeHost, w http.ResponseWriter, r *http.Request)
	}{
		{"that never answers", func(h *fakeHost, _ http.ResponseWriter, r *http.Request) { h.clk.park(r, -1) }},
		{"that stops in the middle of its answer", func(h *fakeHost, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "<s:Envelope")
			_ = http.NewResponseController(w).Flush()
			h.clk.park(r, -1)
		}},
	} {
		t.Run("one "+tt.name, func(t *testing.T) {
			h := newFakeHost(t)
			h.hook = func(w http.ResponseWriter, r *http.Request, op string, _ int) bool {
				if op == "Receive" {
					tt.hang(h, w, r)
				}
				return op == "Receive"
			}
			c := h.client()
			_, err := c.Run(t.Context(), Command{Line: "x"})
			if Class(err) != ClassTimeout || !errors.Is(err, errNoAnswer) {
				t.Errorf("got %v", err)
			}
			if d := h.clk.since(); d != requestTimeout {
				t.Errorf("took %v, want %v", d, requestTimeout)
			}
			if n := h.count("Receive"); n != 1 {
				t.Errorf("asked %d times", n)
			}
			h.noShells()
		})
	}
}

func TestAHostThatHangsFromNowOnCostsEndTimeoutMore(t *testing.T) {
	h := newFakeHost(t)
	h.hook = func(_ http.ResponseWriter, r *http.Request, op string, _ int) bool {
		if op == "Create" || op == "Command" {
			return false
		}
		h.clk.park(r, -1)
		return true
	}
	_, err := h.client().Run(t.Context(), Command{Line: "x"})
	if Class(err) != ClassTimeout || h.clk.since() != requestTimeout+endTimeout {
		t.Errorf("got %v after %v", err, h.clk.since())
	}
}
