package provision

import (
	"fmt"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// offset is how far a host's clock is from the run's, at the least and at the most: the
// host looked at its clock somewhere between the question and the answer.
func (v *visit) offset() (low, high time.Duration, known bool) {
	at := time.Time(v.detail.Now)
	if at.IsZero() {
		return 0, 0, false
	}
	return at.Sub(v.answered), at.Sub(v.asked), true
}

// aside tells how far the host's clock is from the run's.
func (v *visit) aside() string {
	low, high, _ := v.offset()
	return fmt.Sprintf("%s by %s", shortName(v.host.Name), ((low + high) / 2).Round(time.Second))
}

// clocks judges the hosts' clocks against each other and against the clock of the run.
// A host that is off from its domain is the planner's to find.
func (i *inspection) clocks() {
	most := i.in.Profile.Hosts.TimeSkewMax
	if most.Unstated {
		return
	}
	var off, all []string
	var first, last *visit
	var soonest, latest time.Duration // the smallest high, the largest low
	found := false
	for _, v := range i.read() {
		low, high, known := v.offset()
		if !known {
			continue
		}
		all = append(all, v.host.Name)
		if low > most.Value || high < -most.Value {
			off = append(off, v.aside())
		}
		if first == nil || high < soonest {
			first, soonest = v, high
		}
		if last == nil || low > latest {
			last, latest = v, low
		}
		found = found || v.now.Skew.Abs() > most.Value
	}
	source := fmt.Sprintf("%s (read %s)", most.Source.Page, most.Source.Read)
	if spread := latest - soonest; first != last && spread > most.Value && !found {
		i.add(planner.Finding{
			Code: FindingClocks, Severity: planner.Block, Path: "inventory.hosts", Owner: planner.OwnerYou, Source: source,
			Message:  fmt.Sprintf("the clocks of %s and %s are at least %s apart, at most %s is allowed", first.host.Name, last.host.Name, spread.Round(time.Second), most.Value),
			Evidence: first.aside() + ", " + last.aside(),
			Remedy:   "point the time service of every host at the same source: w32tm /config /syncfromflags:domhier /update",
		})
	}
	if len(off) > 0 && len(off) == len(all) {
		i.add(planner.Finding{
			Code: FindingClockHere, Severity: planner.Warn, Path: "inventory.hosts", Owner: planner.OwnerYou, Source: source,
			Message:  "the clock of this machine is off from those of all hosts",
			Evidence: strings.Join(off, ", "),
			Remedy:   "set this machine's clock, or let it follow the domain: sign-in and certificates depend on it",
		})
	}
}
