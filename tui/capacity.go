package tui

import (
	"fmt"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// A capacityPage shows the room on the hosts in every state, and changes the number of
// workers.
type capacityPage struct {
	desk *desk
	at   int
}

// A workerPool is a node pool by its place in the site.
type workerPool struct{ cluster, pool int }

func (p *capacityPage) pools() []workerPool {
	var all []workerPool
	for i, c := range p.desk.draft.site.Clusters {
		for k := range c.NodePools {
			all = append(all, workerPool{i, k})
		}
	}
	return all
}

func (p *capacityPage) enter() { p.at = max(min(p.at, len(p.pools())-1), 0) }

func (p *capacityPage) screen() screen { return screenCapacity }

func (p *capacityPage) selected() *planner.NodePool {
	pools := p.pools()
	if len(pools) == 0 {
		return nil
	}
	w := pools[p.at]
	return &p.desk.draft.site.Clusters[w.cluster].NodePools[w.pool]
}

func (p *capacityPage) why(do action) string {
	switch do {
	case actUp, actDown, actMore, actLess:
		pool := p.selected()
		if pool == nil {
			return "there is no node pool; add one on the page Clusters"
		}
		if do == actLess && pool.Count <= 1 {
			return "a pool has one machine at least; delete it on the page Clusters"
		}
	}
	return ""
}

func (p *capacityPage) act(do action) (move, command) {
	last := max(len(p.pools())-1, 0)
	switch do {
	case actUp:
		p.at = max(p.at-1, 0)
	case actDown:
		p.at = min(p.at+1, last)
	case actPageUp, actTop:
		p.at = 0
	case actPageDown, actBottom:
		p.at = last
	case actMore, actLess:
		by := map[action]int{actMore: 1, actLess: -1}[do]
		p.desk.draft.edit(func(*planner.Site) { p.selected().Count += by })
	case actForward:
		return forward, nil
	case actBack:
		return back, nil
	}
	return stay, nil
}

func (p *capacityPage) view(s size) string {
	l, d := p.desk.look, p.desk.draft
	pools := p.pools()
	// the list gets three lines at least, the states what is left, and the list the rest
	least := min(len(pools), 3)
	states := p.states(s.w, s.h-least-2)
	room := s.h - len(states) - 2
	var lines []string
	for i, w := range pools {
		c := d.site.Clusters[w.cluster]
		np := c.NodePools[w.pool]
		mark, name := "  ", cell(named(c)+" / "+np.Name, 26)
		if i == p.at {
			mark, name = l.accent.Render("▸ "), l.bold.Render(name)
		}
		text := np.VMSize
		for _, m := range d.machines(fmt.Sprintf("site.clusters[%d].nodePools[%d]", w.cluster, w.pool)) {
			text = fmt.Sprintf("%d vCPU, %s, %s", m.VCPUs, amount(m.Memory), m.Size)
		}
		grow := ""
		if np.MaxCount > np.Count {
			grow = fmt.Sprintf(", may grow to %d", np.MaxCount)
		}
		lines = append(lines, mark+name+right(fmt.Sprint(np.Count), 4)+"  "+cell(string(np.OS), 12)+l.faint.Render(cut(text+grow, s.w-46)))
	}
	title := "Workers"
	if len(lines) > room {
		title += fmt.Sprintf(", %d of %d pools", room, len(lines))
	}
	shown := window(lines, max(room, 1), p.at, p.at)
	out := append(states, "", l.bold.Render(title)+l.faint.Render("  + and - change how many"))
	if len(pools) == 0 {
		shown = []string{"  No cluster is planned yet."}
	}
	return block(append(out, shown...), s)
}

// states is the room with all hosts, during an upgrade, and for each host what it has
// and what remains without it, over n lines.
func (p *capacityPage) states(w, n int) []string {
	l, h := p.desk.look, p.desk.draft.plan.Headroom
	if len(h.Hosts) == 0 {
		return []string{"No host is known, so there is no room to count."}
	}
	lost := map[string]planner.FabricRoom{}
	var lines []string
	var worst planner.FabricRoom
	for _, s := range h.States {
		if gravity(s.Verdict) > gravity(worst.Verdict) {
			worst = s
		}
		if s.Lost != "" {
			lost[s.Lost] = s
			continue
		}
		lines = append(lines, p.stateLine(s, w))
	}
	// what the hosts' own lines leave room for
	if text := lossesLine(h); text != "" && n >= len(lines)+4+len(h.Hosts)+min(gravity(worst.Verdict), 1) {
		lines = append(lines, cut(text, w))
	}
	lines = append(lines, l.faint.Render(cut(fmt.Sprintf("to stay free: %s, %s", amount(h.ReserveMemory), h.Reason.Rule), w)), "",
		l.faint.Render(capacityColumns("Host", memoryLegend(w), "Usable", "vCPU", "Without this host", w)))
	tail := 0
	if worst.State != "" {
		tail = 1
	}
	room := n - len(lines) - tail
	for i, host := range h.Hosts {
		if i == room-1 && len(h.Hosts) > room {
			lines = append(lines, l.faint.Render(fmt.Sprintf("  and %s more; the review shows all", count(len(h.Hosts)-i, "host"))))
			break
		}
		lines = append(lines, p.hostLine(host, lost[host.Name], len(h.Hosts), w))
	}
	if tail > 0 {
		sign, style := l.verdict(worst.Verdict)
		lines = append(lines, style.UnsetBold().Render(cut(sign+" "+worst.State+": "+because(worst), w)))
	}
	return lines
}

// gravity orders verdicts, the worst last.
func gravity(v planner.Verdict) int {
	switch v {
	case planner.Impossible:
		return 3
	case planner.Undecided:
		return 2
	case planner.Possible:
		return 1
	}
	return 0
}

// because says why a state is not guaranteed.
func because(s planner.FabricRoom) string {
	if s.Why == "" && s.Verdict == planner.Possible {
		return "room for all, but some machines may have to be moved"
	}
	return s.Why
}

// lossesLine is the worst answer for what the list of hosts does not show: a loss during
// an upgrade, and the loss of two. It is empty where no host can be lost.
func lossesLine(h planner.Headroom) string {
	var upgrading, two planner.Verdict
	for _, l := range h.Losses {
		switch {
		case l.Hosts == 1 && l.Surge && (upgrading == "" || gravity(l.Verdict) > gravity(upgrading)):
			upgrading = l.Verdict
		case l.Hosts == 2 && !l.Surge && (two == "" || gravity(l.Verdict) > gravity(two)):
			two = l.Verdict
		}
	}
	if upgrading == "" {
		return ""
	}
	text := "a host lost while upgrading: " + string(upgrading)
	if two != "" {
		text += "; two hosts lost: " + string(two)
	}
	return text
}

// stateLine is one state of the fabric: how much is used of what is usable.
func (p *capacityPage) stateLine(s planner.FabricRoom, w int) string {
	l := p.desk.look
	sign, style := l.verdict(s.Verdict)
	const names, figures = 21, 43
	line := cell(s.State, names)
	used := amount(s.Needed) + " used"
	if room := w - names - figures; room >= 6 {
		line += style.UnsetBold().Render(bar(int64(s.Usable), room, nought, part{int64(s.Needed), square})) + "  "
		used = fmt.Sprintf("%s of %s", amount(s.Needed), amount(s.Usable))
	}
	return line + cell(used, min(w-names-24, 19)) + right(freeOf(s), 13) + "  " + style.Render(sign+" "+fits(s.Verdict))
}

// fits is a verdict in a word.
func fits(v planner.Verdict) string {
	switch v {
	case planner.Guaranteed:
		return "fits"
	case planner.Possible:
		return "moves"
	case planner.Impossible:
		return "no"
	}
	return "unsure"
}

func capacityColumns(host, bar, usable, vcpu, without string, w int) string {
	return cell(host, 12) + " " + cell(bar, barWidth(w)) + right(usable, 9) + right(vcpu, 6) + "  " + without
}

// memoryLegend says what the squares of a host's bar are, as far as there is room.
func memoryLegend(w int) string {
	if barWidth(w) >= 36 {
		return "Memory: □ system ■ machines · free"
	}
	return "□ system ■ machines"
}

// barWidth is the columns of a host's bar, none where there is no room for one.
func barWidth(w int) int {
	room := w - 12 - 1 - 9 - 6 - 2 - 28
	if room < 8 {
		return 0
	}
	return min(room, 40)
}

// hostLine is one host's memory, with the machines spread over the hosts by their room,
// and what there is without it.
func (p *capacityPage) hostLine(h planner.HostRoom, lost planner.FabricRoom, hosts, w int) string {
	l, all := p.desk.look, p.desk.draft.plan.Headroom.States[0]
	share := int64(0)
	if all.Usable > 0 {
		share = int64(float64(min(all.Needed, all.Usable)) * float64(h.Usable) / float64(all.Usable))
	}
	b := bar(int64(h.Memory), max(barWidth(w)-1, 0), nought, part{int64(h.Reserved), hollow}, part{share, square}) + " "
	without := l.warn.Render("! nothing runs")
	if hosts > 1 {
		sign, style := l.verdict(lost.Verdict)
		without = style.Render(cell(sign+" "+string(lost.Verdict), 13)) + " " + freeOf(lost)
	}
	return capacityColumns(shortName(h.Name), b, amount(h.Usable), fmt.Sprint(int(h.VCPUs)), without, w)
}

// freeOf is the memory that is free in a state, or that is missing.
func freeOf(s planner.FabricRoom) string {
	if s.Needed > s.Usable {
		return amount(s.Needed-s.Usable) + " short"
	}
	return amount(s.Usable-s.Needed) + " free"
}

// amount is memory in whole GiB, as far as people think in them.
func amount(b planner.Bytes) string {
	if b%profiles.GiB != 0 && b > profiles.GiB {
		return fmt.Sprintf("%.1fGiB", float64(b)/float64(profiles.GiB))
	}
	return b.String()
}

// roomLines is the room in each state in a few words, over n lines; one line sums it up.
func roomLines(d *desk, n int) []string {
	l, plan := d.look, d.draft.plan
	states := plan.Headroom.States
	if len(states) == 0 {
		return nil
	}
	sum := fmt.Sprintf("%s, %s of %s", count(plan.Summary.VMs, "machine"), amount(states[0].Needed), amount(states[0].Usable))
	worst := states[0]
	for _, s := range states {
		if gravity(s.Verdict) > gravity(worst.Verdict) {
			worst = s
		}
	}
	sign, style := l.verdict(worst.Verdict)
	if n <= 1 {
		text := "fits in every state, " + amount(states[0].Free) + " free"
		if worst.Verdict != planner.Guaranteed {
			text = worst.State + ": " + string(worst.Verdict) + ", " + because(worst)
		}
		return []string{l.faint.Render(sum+"  ") + style.UnsetBold().Render(sign+" "+text)}
	}
	lines := []string{sum, ""}
	for i, s := range states {
		if len(lines) == n-1 && i < len(states)-1 {
			return append(lines, l.faint.Render(fmt.Sprintf("and %d more states", len(states)-i)))
		}
		sign, style := l.verdict(s.Verdict)
		lines = append(lines, cell(s.State, 22)+style.Render(cell(sign+" "+string(s.Verdict), 13))+" "+freeOf(s))
		if s.Why != "" && (i == 0 || s.Why != states[i-1].Why) {
			lines = append(lines, "  "+l.faint.Render(s.Why))
		}
	}
	return lines
}
