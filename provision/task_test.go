package provision

import "testing"

func TestATaskRecallsWhereItStood(t *testing.T) {
	start := func(n int) Event { return Event{Kind: EventStart, Attempt: n} }
	retry := func(n int) Event { return Event{Kind: EventRetry, Attempt: n, State: StateBroken} }
	working := func(n int) Event { return Event{Kind: EventProgress, Attempt: n, State: StateWorking} }
	away := func(n int) Event { return Event{Kind: EventProgress, Attempt: n, State: StateUnknown} }
	type place struct {
		attempt, repairs int
		phase            phase
		moved            bool
	}
	rows := []struct {
		name   string
		events []Event
		want   place
	}{
		{"nothing happened", nil, place{0, 0, closed, false}},
		{"a submit that may not have arrived", []Event{start(1)}, place{1, 0, submitting, true}},
		{"a submit that may not have arrived, with the host away", []Event{start(1), away(1)}, place{1, 0, submitting, true}},
		{"a submit that arrived", []Event{start(1), working(1)}, place{1, 0, closed, true}},
		{"work that somebody else started", []Event{working(0)}, place{0, 0, closed, true}},
		{"a repair that may not have arrived", []Event{start(1), working(1), retry(2)}, place{2, 1, announced, true}},
		{"a repair that was announced twice", []Event{start(1), working(1), retry(2), away(2), retry(2)}, place{2, 1, announced, true}},
		{"a repair that arrived", []Event{start(1), working(1), retry(2), working(2), working(2)}, place{2, 1, repairing, true}},
		{"the submit after a repair may not have arrived", []Event{retry(1), working(1), start(1)}, place{1, 1, repairing, true}},
		{"the submit after a repair arrived", []Event{retry(1), working(1), start(1), working(1), working(1)}, place{1, 1, closed, true}},
		{"a repair by a submit that may not have arrived", []Event{start(1), working(1), retry(2), start(2)}, place{2, 1, announced, true}},
		{"a repair by a submit that arrived", []Event{start(1), working(1), retry(2), start(2), working(2)}, place{2, 1, closed, true}},
		{"a second repair that arrived", []Event{start(1), working(1), retry(2), start(2), working(2), retry(3), working(3)}, place{3, 2, repairing, true}},
		{"given up", []Event{start(1), working(1), retry(2), working(2), {Kind: EventFail, Attempt: 2}}, place{2, 0, closed, true}},
		{"done", []Event{start(1), working(1), retry(2), working(2), {Kind: EventDone, Attempt: 2}}, place{2, 0, closed, false}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var task task
			for _, e := range row.events {
				task.recall(e)
			}
			if got := (place{task.attempt, task.repairs, task.phase, task.moved}); got != row.want {
				t.Errorf("it stands at %+v, want %+v", got, row.want)
			}
		})
	}
}
