package tui

import (
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// A findingsPage lists what is wrong or worth knowing, by severity.
type findingsPage struct {
	desk *desk
	at   int
}

func (p *findingsPage) enter() {
	p.at = min(p.at, max(len(p.desk.draft.plan.Findings)-1, 0))
}

func (p *findingsPage) screen() screen { return screenFindings }

func (p *findingsPage) why(do action) string {
	findings := p.desk.draft.plan.Findings
	switch do {
	case actUp, actDown, actGo:
		if len(findings) == 0 {
			return "there are no findings"
		}
	}
	if do == actGo {
		if _, ok := mendedOn(findings[p.at].Path); !ok {
			return "this one is mended outside: " + findings[p.at].Remedy
		}
	}
	return ""
}

func (p *findingsPage) act(do action) (move, command) {
	last := max(len(p.desk.draft.plan.Findings)-1, 0)
	switch do {
	case actUp:
		p.at = max(p.at-1, 0)
	case actDown:
		p.at = min(p.at+1, last)
	case actPageUp:
		p.at = max(p.at-8, 0)
	case actPageDown:
		p.at = min(p.at+8, last)
	case actTop:
		p.at = 0
	case actBottom:
		p.at = last
	case actGo:
		p.desk.goal = p.desk.draft.plan.Findings[p.at].Path
		p.desk.target, _ = mendedOn(p.desk.goal)
		return toStage, nil
	case actForward:
		return forward, nil
	case actBack:
		return back, nil
	}
	return stay, nil
}

// subject names what a path is about, as the operator named it.
func (d *draft) subject(path string) string {
	var i, k int
	if n, _ := fmt.Sscanf(path, "site.clusters[%d].nodePools[%d]", &i, &k); n >= 1 && i < len(d.site.Clusters) {
		c := d.site.Clusters[i]
		if n == 2 && k < len(c.NodePools) {
			return named(c) + "/" + c.NodePools[k].Name
		}
		return named(c)
	}
	if n, _ := fmt.Sscanf(path, "inventory.hosts[%d]", &i); n == 1 && i < len(d.setup.Inventory.Hosts) {
		return shortName(d.setup.Inventory.Hosts[i].Name)
	}
	parts := strings.FieldsFunc(path, func(c rune) bool { return c == '.' || c == '[' })
	if len(parts) < 2 {
		return path
	}
	return parts[1]
}

// mendedOn is the page where a key of the site can be changed. The room on all hosts
// together is changed by the number of machines; what is said of one host is a fact.
func mendedOn(path string) (stage, bool) {
	if path == "inventory.hosts" {
		return stageCapacity, true
	}
	for _, m := range []struct {
		prefix string
		on     stage
	}{
		{"site.name", stageHosts}, {"site.plannedFor", stageHosts}, {"site.platform", stageHosts},
		{"site.access", stageAccounts}, {"site.directory", stageAccounts}, {"site.azure", stageAccounts}, {"site.storage", stageAccounts},
		{"site.network", stageNetwork}, {"site.clusters", stageClusters},
	} {
		if rest, ok := strings.CutPrefix(path, m.prefix); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return m.on, true
		}
	}
	return "", false
}

func (p *findingsPage) view(s size) string {
	l, d := p.desk.look, p.desk.draft
	findings := d.plan.Findings
	if len(findings) == 0 {
		return block([]string{"", "  " + l.good.Render("✓ Nothing is wrong with this plan, and nothing is worth a note.")}, s)
	}
	blocks, warnings, notes := d.counts()
	titles := map[planner.Severity]string{
		planner.Block: "What stops the plan", planner.Warn: "What may go wrong", planner.Note: "What is good to know",
	}
	var lines []string
	top, bottom := 0, 0
	var group planner.Severity
	for i, f := range findings {
		if f.Severity != group {
			group = f.Severity
			if len(lines) > 0 {
				lines = append(lines, "")
			}
			n := map[planner.Severity]int{planner.Block: blocks, planner.Warn: warnings, planner.Note: notes}[group]
			title := titles[group]
			if n > 0 {
				title += l.faint.UnsetBold().Render("  " + count(n, severityWord(group)))
			}
			lines = append(lines, l.bold.Render(title))
		}
		if i == p.at {
			top = len(lines)
		}
		lines = append(lines, p.finding(f, i == p.at, s.w)...)
		if i == p.at {
			bottom = len(lines) - 1
		}
	}
	return block(window(lines, s.h, top, bottom), s)
}

func severityWord(s planner.Severity) string {
	if s == planner.Warn {
		return "warning"
	}
	return string(s)
}

// finding is one line, and all that is known of it when it is selected.
func (p *findingsPage) finding(f planner.Finding, selected bool, w int) []string {
	l := p.desk.look
	sign, style := l.severity(f)
	owner := string(f.Owner)
	if owner == "" {
		owner = "-"
	}
	const aboutWidth, ownerWidth = 14, 9
	about := p.desk.draft.subject(f.Path)
	if !selected {
		return []string{"  " + style.Render(sign) + " " + cell(about, aboutWidth) + " " + l.faint.Render(cell(owner, ownerWidth)) + " " + cut(f.Message, w-aboutWidth-ownerWidth-6)}
	}
	lines := []string{}
	indent := spaces(aboutWidth + ownerWidth + 6)
	say := func(text string, n int) {
		for _, line := range wrapTo(text, w-len(indent), n) {
			lines = append(lines, indent+line)
		}
	}
	say(f.Message, 4)
	for i := 1; i < len(lines); i++ {
		lines[i] = l.bold.Render(lines[i])
	}
	lines[0] = l.accent.Render("▸ ") + style.Render(sign) + " " + l.bold.Render(cell(about, aboutWidth)) + " " + cell(owner, ownerWidth) + " " + l.bold.Render(strings.TrimPrefix(lines[0], indent))
	if f.Remedy != "" {
		say("→ "+f.Remedy, 4)
	}
	if f.Waived != nil {
		say("waived by "+f.Waived.By+" until "+f.Waived.Until.String()+": "+f.Waived.Reason, 2)
	}
	where := f.Path
	if on, ok := mendedOn(f.Path); ok {
		where += ", on the page " + titles[on]
	}
	for _, text := range []string{where, f.Code, f.Source} {
		if text != "" {
			lines = append(lines, indent+l.faint.Render(cut(text, w-len(indent))))
		}
	}
	return lines
}
