package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// A clustersPage lists the workload clusters, and edits one at a time.
type clustersPage struct {
	desk   *desk
	at     int
	editor *clusterForm // while one is edited
}

func (p *clustersPage) enter() {
	p.editor = nil
	p.at = max(min(p.at, len(p.clusters())-1), 0)
	var i int
	if n, _ := fmt.Sscanf(p.desk.goal, "site.clusters[%d]", &i); n == 1 && i < len(p.clusters()) {
		p.at, p.editor = i, newClusterForm(p.desk, i)
		p.editor.form.find(p.desk.goal)
	}
}

func (p *clustersPage) clusters() []planner.Cluster { return p.desk.draft.site.Clusters }

func (p *clustersPage) screen() screen {
	if p.editor != nil {
		return screenCluster
	}
	return screenClusters
}

func (p *clustersPage) typed(msg tea.Msg) bool {
	if p.editor == nil {
		return false
	}
	p.editor.form.typed(msg)
	return true
}

func (p *clustersPage) why(do action) string {
	if p.editor != nil {
		return p.editor.why(do)
	}
	switch do {
	case actUp, actDown, actEdit, actRemove:
		if len(p.clusters()) == 0 {
			return "there is no cluster; a adds one"
		}
	}
	return ""
}

func (p *clustersPage) act(do action) (move, command) {
	if p.editor != nil {
		if p.editor.act(do) != stay {
			p.editor = nil
		}
		return stay, nil
	}
	last := max(len(p.clusters())-1, 0)
	switch do {
	case actUp:
		p.at = max(p.at-1, 0)
	case actDown:
		p.at = min(p.at+1, last)
	case actPageUp, actTop:
		p.at = 0
	case actPageDown, actBottom:
		p.at = last
	case actAdd:
		p.desk.draft.edit(func(s *planner.Site) { s.Clusters = append(s.Clusters, p.another()) })
		p.at = len(p.clusters()) - 1
		p.editor = newClusterForm(p.desk, p.at)
	case actEdit:
		p.editor = newClusterForm(p.desk, p.at)
	case actRemove:
		p.desk.ask = p.removal()
	case actForward:
		return forward, nil
	case actBack:
		return back, nil
	}
	return stay, nil
}

// removal asks before a cluster is deleted.
func (p *clustersPage) removal() *question {
	c := p.clusters()[p.at]
	return &question{
		lines: []string{fmt.Sprintf("Delete the cluster %s?", named(c)), "It is taken out of the site. What is on the hosts already stays there."},
		short: map[action]string{actYes: "delete", actNo: "keep it"},
		yes: func() tea.Cmd {
			p.desk.draft.edit(func(s *planner.Site) { s.Clusters = slices.Delete(s.Clusters, p.at, p.at+1) })
			p.enter()
			return nil
		},
	}
}

// another is a cluster to start from: like the last one in version, small, and without a
// name.
func (p *clustersPage) another() planner.Cluster {
	d := p.desk.draft
	c := planner.Cluster{Kubernetes: newestKubernetes(d.profile), Control: planner.ControlPlane{Count: 1}, Balancer: planner.LoadBalancer{Kind: planner.NoBalancer}, Services: 1,
		NodePools: []planner.NodePool{{Name: "linux", OS: planner.Linux, Count: 2}}}
	if len(d.setup.Inventory.Hosts) > 1 && slices.Contains(d.profile.Limits.ControlPlaneCounts.Value, 3) {
		c.Control.Count = 3
	}
	if b := d.profile.Network.Balancers.Value; len(b) > 0 {
		c.Balancer.Kind = planner.BalancerKind(b[0])
	}
	if n := len(d.site.Clusters); n > 0 {
		c.Kubernetes = d.site.Clusters[n-1].Kubernetes
	}
	return c
}

// newestKubernetes is a version of the newest release whose versions are known.
func newestKubernetes(p profiles.Profile) string {
	for _, r := range p.Releases {
		if n := len(r.Versions); n > 0 {
			if p.Generation == profiles.AksHci {
				return "v" + strings.TrimPrefix(r.Versions[n-1], "v")
			}
			return r.Versions[n-1]
		}
	}
	return ""
}

func named(c planner.Cluster) string {
	if c.Name == "" {
		return "without a name"
	}
	return c.Name
}

func (p *clustersPage) view(s size) string {
	if p.editor != nil {
		return p.editor.view(s)
	}
	l, clusters := p.desk.look, p.clusters()
	if len(clusters) == 0 {
		return block([]string{"", "  No cluster is planned yet. " + l.accent.Render("a") + " adds one."}, s)
	}
	var lines []string
	for i, c := range clusters {
		lines = append(lines, p.line(i, c, s.w))
	}
	remarks := p.remarks(s.w, 5)
	room := max(s.h-3-len(remarks), 1)
	shown := window(lines, room, p.at, p.at)
	head := l.faint.Render(clusterColumns("  ", "Name", "Kubernetes", "Control", "Balancer", "Services", "Machines", "Node pools", s.w))
	if hidden := len(lines) - len(shown); hidden > 0 {
		shown = append(shown, l.faint.Render(fmt.Sprintf("  %d of %d clusters", len(shown), len(lines))))
	}
	out := append([]string{head}, shown...)
	if len(remarks) > 0 {
		out = append(append(out, ""), remarks...)
	}
	return block(append(out, p.machines(s.h-len(out))...), s)
}

// machines lists what the selected cluster is made of, over n lines or not at all.
func (p *clustersPage) machines(n int) []string {
	l := p.desk.look
	c := p.clusters()[p.at]
	lines := []string{"", l.bold.Render("  " + named(c))}
	for _, m := range p.desk.draft.machines(fmt.Sprintf("site.clusters[%d]", p.at)) {
		what := string(m.Role)
		if m.Pool != "" {
			what = "pool " + m.Pool
		}
		lines = append(lines, right(fmt.Sprint(m.Count), 6)+"  "+cell(what, 18)+l.faint.Render(fmt.Sprintf("%s, each %d vCPU and %s", m.Size, m.VCPUs, amount(m.Memory))))
	}
	if len(lines) > n {
		return nil
	}
	return lines
}

func clusterColumns(mark, name, version, control, balancer, services, machines, pools string, w int) string {
	line := mark + cell(name, 15) + " " + cell(version, 10) + " " + right(control, 7)
	if w >= 64 {
		line += "  " + cell(balancer, 8)
	}
	line += " " + right(services, 8) + " " + right(machines, 8)
	return line + "  " + cut(pools, max(w-66, 0))
}

func (p *clustersPage) line(i int, c planner.Cluster, w int) string {
	l := p.desk.look
	mark := " "
	if i == p.at {
		mark = l.accent.Render("▸")
	}
	sign, style := " ", l.plain
	for _, f := range p.desk.draft.below(fmt.Sprintf("site.clusters[%d]", i)) {
		if f.Stops() {
			sign, style = l.severity(f)
			break
		}
		if f.Severity == planner.Warn && f.Waived == nil {
			sign, style = l.severity(f)
		}
	}
	var pools []string
	machines := 0
	for _, m := range p.desk.draft.machines(fmt.Sprintf("site.clusters[%d]", i)) {
		machines += m.Count
	}
	for _, np := range c.NodePools {
		pools = append(pools, fmt.Sprintf("%s %d", np.Name, np.Count))
	}
	name := named(c)
	if i == p.at {
		name = l.bold.Render(name)
	}
	return clusterColumns(mark+style.Render(sign), name, c.Kubernetes, fmt.Sprint(c.Control.Count), string(c.Balancer.Kind), fmt.Sprint(c.Services), fmt.Sprint(machines), strings.Join(pools, ", "), w)
}

// remarks are what is wrong with the selected cluster, or with all together, over n lines.
func (p *clustersPage) remarks(w, n int) []string {
	l, d := p.desk.look, p.desk.draft
	var lines []string
	for _, f := range append(d.below(fmt.Sprintf("site.clusters[%d]", p.at)), d.at("site.clusters")...) {
		sign, style := l.severity(f)
		text := f.Message
		if f.Stops() && f.Remedy != "" {
			text += ": " + f.Remedy
		}
		for i, line := range wrapTo(sign+" "+text, w-4, 2) {
			if i > 0 {
				line = "  " + cut(line, w-6)
			}
			lines = append(lines, "  "+style.Render(line))
		}
	}
	if len(lines) > n {
		lines = append(lines[:n-1], l.faint.Render("  … more on the findings page"))
	}
	return lines
}
