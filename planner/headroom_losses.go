package planner

import (
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/planner/packing"
)

// mostHosts is up to how many hosts the loss of two is judged. No platform supports more
// than half as many.
const mostHosts = 32

// mostSingle is up to how many hosts the loss of one is judged.
const mostSingle = 256

// A lossAnswer is a LossRoom with the losses it is for.
type lossAnswer struct {
	LossRoom
	lost [][]int
}

// lossRooms are the losses of one and of two hosts, in steady state and upgrading. The
// losses of one in steady state are known already.
func lossRooms(running, upgrading *question, ones []lossAnswer) []LossRoom {
	var list []LossRoom
	for n := 1; n <= min(2, len(running.rooms)-1); n++ {
		for _, q := range []*question{running, upgrading} {
			answers := ones
			if n > 1 || q == upgrading {
				answers = q.losses(n)
			}
			for _, l := range answers {
				l.Surge = q == upgrading
				list = append(list, l.LossRoom)
			}
		}
	}
	return list
}

// losses answers for every loss of n hosts and puts those together whose answer is the same.
func (q *question) losses(n int) []lossAnswer {
	most, word := mostSingle, "one"
	if n > 1 {
		most, word = mostHosts, "two"
	}
	if q.unknown != "" || len(q.rooms) > most {
		why := q.unknown
		if why == "" {
			why = fmt.Sprintf("the loss of %s of more than %s is not judged", word, many(most, "host"))
		}
		l := lossAnswer{LossRoom: LossRoom{Hosts: n, Lost: []string{anyOf(n)}, Verdict: Undecided, Why: why}}
		l.Ways = len(q.rooms)
		if n > 1 {
			l.Ways = len(q.rooms) * (len(q.rooms) - 1) / 2
		}
		for i := range q.rooms {
			l.lost = append(l.lost, []int{i})
		}
		return []lossAnswer{l}
	}
	var list []lossAnswer
	at := map[string]int{}
	ways := 0
	for _, l := range q.problem.Losses(n) {
		ways += len(l.Lost)
		one := lossAnswer{lost: l.Lost, LossRoom: LossRoom{Hosts: n, Verdict: l.Answer.Verdict, Why: q.why(l.Answer)}}
		switch l.Answer.Verdict {
		case packing.Impossible:
			one.Short = q.short(l.Lost[0]...)
		case packing.Possible:
			one.Example, one.Placement = "without "+q.names(l.Lost[0]), q.placed(l.Answer.Placement)
		}
		key := string(one.Verdict) + " " + string(one.Short)
		if i, known := at[key]; known {
			list[i].lost = append(list[i].lost, l.Lost...)
			continue
		}
		at[key] = len(list)
		list = append(list, one)
	}
	for i := range list {
		list[i].Ways = len(list[i].lost)
		list[i].Lost = q.which(list[i].lost, ways)
	}
	return list
}

// anyOf says that every loss of n hosts is meant.
func anyOf(n int) string {
	if n == 1 {
		return "any host"
	}
	return "any two hosts"
}

func (q *question) names(lost []int) string {
	words := make([]string, len(lost))
	for i, at := range lost {
		words[i] = q.rooms[at].name
	}
	return strings.Join(words, " and ")
}

// which says which losses are meant: single hosts by name, pairs by the first of them with
// all that it is lost together with.
func (q *question) which(lost [][]int, of int) []string {
	n := len(lost[0])
	if len(lost) == of {
		return []string{anyOf(n)}
	}
	var words []string
	if n == 1 {
		for _, l := range lost {
			words = append(words, q.names(l))
		}
		return words
	}
	with := map[int][]string{}
	for _, l := range lost {
		with[l[0]] = append(with[l[0]], q.rooms[l[1]].name)
	}
	for i, r := range q.rooms {
		if len(with[i]) > 0 {
			words = append(words, r.name+" with "+strings.Join(with[i], ", "))
		}
	}
	return words
}
