package provision

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
)

// failingFile fails at its nth write, and from then on.
type failingFile struct {
	fileLike
	how   failure
	left  int // whole writes before it fails
	count *int
}

type failure string

const (
	failsBefore  failure = "before the write"
	failsHalfway failure = "with half the line written"
	failsAfter   failure = "when it is flushed to the disk"
)

var errDisk = errors.New("no space left on device")

func (f *failingFile) Write(line []byte) (int, error) {
	*f.count++
	if f.left--; f.left >= 0 {
		return f.fileLike.Write(line)
	}
	switch f.how {
	case failsHalfway:
		n, _ := f.fileLike.Write(line[:len(line)/2])
		return n, errDisk
	case failsAfter:
		return f.fileLike.Write(line)
	}
	return 0, errDisk
}

func (f *failingFile) Sync() error {
	if f.left < 0 {
		return errDisk
	}
	return f.fileLike.Sync()
}

// Truncate does nothing once the file has failed: whoever reads it next finds what a
// killed process leaves.
func (f *failingFile) Truncate(size int64) error {
	if f.left < 0 {
		return errDisk
	}
	return f.fileLike.Truncate(size)
}

// crashSteps are short, so that most of what the journal holds is what counts.
func crashSteps() []planner.Step {
	return []planner.Step{
		aStep("prepare-host/host01", "host/host01", 20*time.Second),
		aStep("prepare-host/host02", "host/host02", 20*time.Second),
		aStep("configure", "site", 20*time.Second, "prepare-host/host01", "prepare-host/host02"),
		aStep("create-cluster/shop", "cluster/shop", 20*time.Second, "configure"),
		aStep("create-cluster/till", "cluster/till", 20*time.Second, "configure"),
	}
}

// crashing makes two things break once, of which one is submitted again and one cleared
// away, so that the course holds every kind of effect.
func crashing(b *bench) {
	b.things["configure"].breaks, b.things["configure"].again = 1, true
	b.things["create-cluster/shop"].breaks = 1
}

// effects is how often each thing was submitted and repaired, and what it is.
func effects(b *bench) map[string]string {
	all := map[string]string{}
	for id, x := range b.things {
		all[id] = fmt.Sprintf("%s after %d submits, %d repairs", x.state, len(x.submits), len(x.repairs))
	}
	return all
}

func TestKilledAtAnyJournalWriteARunIsResumedWithoutDoingAnythingTwice(t *testing.T) {
	var undisturbed map[string]string
	writes := 0
	onBench(t, crashSteps(), func(b *bench) {
		crashing(b)
		b.run.wrap = func(f fileLike) fileLike { return &failingFile{fileLike: hastyFile{f}, left: 1 << 30, count: &writes} }
		b.mustApply(OutcomeDone)
		undisturbed = effects(b)
	})
	if writes < 35 {
		t.Fatalf("the undisturbed run wrote its journal %d times", writes)
	}
	for n := range writes {
		for _, how := range []failure{failsBefore, failsHalfway, failsAfter} {
			onBench(t, crashSteps(), func(b *bench) {
				crashing(b)
				count := 0
				b.run.wrap = func(f fileLike) fileLike {
					return &failingFile{fileLike: hastyFile{f}, how: how, left: n, count: &count}
				}
				outcome, err := b.apply(context.Background(), nil)
				// An event that need not be on the disk at once may be written after
				// the last flush: then the failure is seen at the next one.
				if outcome == OutcomeDone || !errors.Is(err, errDisk) {
					t.Fatalf("write %d fails %s: outcome %s, %v", n, how, outcome, err)
				}
				submitted := len(b.acts)
				starts := 0
				_, kept, err := ReadJournal(b.run.JournalPath())
				if err != nil && !errors.Is(err, os.ErrNotExist) {
					t.Fatalf("write %d fails %s: journal: %v", n, how, err)
				}
				for _, e := range kept {
					if e.Kind == EventStart {
						starts++
					}
				}
				if repairs := len(b.things["create-cluster/shop"].repairs); submitted-repairs > starts {
					t.Errorf("write %d fails %s: %d submits, %d of them written down", n, how, submitted-repairs, starts)
				}

				b.run.wrap, b.log = func(f fileLike) fileLike { return hastyFile{f} }, &Log{} // another process
				b.clock.now = b.clock.now.Add(time.Minute)
				b.mustApply(OutcomeDone)
				if diff := cmp.Diff(undisturbed, effects(b)); diff != "" {
					t.Errorf("write %d fails %s: not as undisturbed (-want +got):\n%s", n, how, diff)
				}
				_, kept, err = ReadJournal(b.run.JournalPath())
				if err != nil || !cmp.Equal(kept, b.events()) {
					t.Errorf("write %d fails %s: journal %v and log differ:\n%s", n, how, err, cmp.Diff(kept, b.events()))
				}
				cut := slices.ContainsFunc(kept, func(e Event) bool { return e.Code == "journal-cut" })
				if cut != (how == failsHalfway) {
					t.Errorf("write %d fails %s: cut line told: %v", n, how, cut)
				}
			})
		}
	}
}

func TestKilledAtAnyMomentARunIsResumedWithoutDoingAnythingTwice(t *testing.T) {
	var undisturbed map[string]string
	var took time.Duration
	onBench(t, crashSteps(), func(b *bench) {
		crashing(b)
		b.mustApply(OutcomeDone)
		undisturbed, took = effects(b), b.clock.Now().Sub(dawn)
	})
	for at := time.Duration(0); at < took; at += 3037 * time.Millisecond {
		onBench(t, crashSteps(), func(b *bench) {
			crashing(b)
			ctx, cancel := context.WithCancel(context.Background())
			off := b.clock.AfterFunc(at, cancel)
			outcome, err := b.apply(ctx, nil)
			off()
			if outcome != OutcomeInterrupted || err != nil {
				t.Fatalf("at %v: outcome %s, %v", at, outcome, err)
			}
			b.log = &Log{}
			b.mustApply(OutcomeDone)
			if diff := cmp.Diff(undisturbed, effects(b)); diff != "" {
				t.Errorf("at %v: not as undisturbed (-want +got):\n%s", at, diff)
			}
		})
	}
}

func TestAJournalThatFailsStopsTheSubmits(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		count := 0
		b.run.wrap = func(f fileLike) fileLike { return &failingFile{fileLike: f, left: 1 + 8 + 1, count: &count} }
		err := b.mustApply(OutcomeFailed)
		if !errors.Is(err, errDisk) {
			t.Errorf("error %v", err)
		}
		// One start was written. The other host's could not be.
		if len(b.acts) != 1 {
			t.Errorf("did %q", b.acts)
		}
		if b.lease != "" {
			t.Error("the lease was not given back")
		}
		all := b.events()
		if e := all[len(all)-1]; e.Kind != EventEnd || e.Outcome != OutcomeFailed {
			t.Errorf("the log ends with %+v", e)
		}
		b.run.wrap = nil // there is room again, and the same log
		b.mustApply(OutcomeDone)
		if len(b.acts) != len(b.plan.Steps) {
			t.Errorf("did %q", b.acts)
		}
		for i, e := range b.events() {
			if i > 0 && e.Seq <= b.events()[i-1].Seq {
				t.Errorf("in the log event %d follows event %d", e.Seq, b.events()[i-1].Seq)
			}
		}
	})
}

func TestAnInterruptedRepairCountsWhenItIsResumed(t *testing.T) {
	onBench(t, benchSteps()[:1], func(b *bench) {
		x := b.things["prepare-host/host01"]
		x.breaks = 99
		for range 20 {
			ctx, cancel := context.WithCancel(context.Background())
			off := b.clock.AfterFunc(50*time.Second, cancel)
			outcome, _ := b.apply(ctx, nil)
			off()
			if outcome == OutcomeFailed {
				break
			}
		}
		if len(x.repairs) != mostRepairs {
			t.Errorf("%d repairs in the end", len(x.repairs))
		}
		// Whoever resumes a run that failed wants it tried again.
		x.breaks = 0
		b.mustApply(OutcomeDone)
		if !slices.IsSorted(x.submits) || len(slices.Compact(slices.Clone(x.submits))) != len(x.submits) {
			t.Errorf("attempts %v", x.submits)
		}
	})
}

func TestAnotherPlanIsRefused(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.mustApply(OutcomeDone)
		b.plan.Digest = "sha256:two"
		err := b.mustApply(OutcomeRefused)
		var other *ErrOtherPlan
		if !errors.As(err, &other) || other.Begun != "sha256:one" || other.Given != "sha256:two" {
			t.Errorf("error %v", err)
		}
		if _, kept, _ := ReadJournal(b.run.JournalPath()); kept[len(kept)-1].Outcome != OutcomeDone {
			t.Error("the journal was written to")
		}
	})
}

func TestOneProcessAtATimeWorksOnARun(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		unlock, err := b.run.lock("bob@desk", dawn)
		if err != nil {
			t.Fatal(err)
		}
		refused := b.mustApply(OutcomeRefused)
		var locked *ErrLocked
		if !errors.As(refused, &locked) || locked.Owner != "bob@desk" || locked.PID != os.Getpid() || !locked.Since.Equal(dawn) {
			t.Errorf("error %v", refused)
		}
		unlock()
		b.mustApply(OutcomeDone)
		b.mustApply(OutcomeDone) // and it was given back
	})
}
