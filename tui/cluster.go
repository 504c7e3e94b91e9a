package tui

import (
	"fmt"
	"slices"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// A clusterForm edits one cluster.
type clusterForm struct {
	desk  *desk
	index int
	form  *form
	// pools is the first field of each node pool.
	pools []int
}

func newClusterForm(d *desk, index int) *clusterForm {
	p := &clusterForm{desk: d, index: index}
	p.build()
	return p
}

// build makes the fields anew, which it does when a pool comes or goes.
func (p *clusterForm) build() {
	d, i := p.desk, p.index
	c, profile := d.draft.site.Clusters[i], d.draft.profile
	path := fmt.Sprintf("site.clusters[%d]", i)
	on := func(s *planner.Site) *planner.Cluster { return &s.Clusters[i] }

	name := textField("Name", path+".name", c.Name, keep(func(s *planner.Site) *string { return &on(s).Name }))
	name.hint = func() string { return "lower-case letters and digits" }
	version := textField("Kubernetes", path+".kubernetes", c.Kubernetes, keep(func(s *planner.Site) *string { return &on(s).Kubernetes }))
	version.hint = func() string { return "such as " + newestKubernetes(profile) }
	var counts []option
	for _, n := range profile.Limits.ControlPlaneCounts.Value {
		counts = append(counts, option{fmt.Sprint(n), fmt.Sprint(n)})
	}
	control := choiceField("Control planes", path+".controlPlane.count", fmt.Sprint(c.Control.Count), counts, take(readNumber, func(s *planner.Site) *int { return &on(s).Control.Count }))
	controlSize := p.size("Their size", path+".controlPlane.vmSize", c.Control.VMSize, profiles.ControlPlane, profile.Defaults.ControlPlane.Value, func(s *planner.Site) *string { return &on(s).Control.VMSize })
	balancer := choiceField("Load balancer", path+".loadBalancer.kind", string(c.Balancer.Kind), plainOptions(profile.Network.Balancers.Value), keep(func(s *planner.Site) *planner.BalancerKind { return &on(s).Balancer.Kind }))
	balancerSize := p.size("Its size", path+".loadBalancer.vmSize", c.Balancer.VMSize, profiles.LoadBalancer, profile.Defaults.LoadBalancer.Value, func(s *planner.Site) *string { return &on(s).Balancer.VMSize })
	balancerSize.hidden = func() bool { return on(&d.draft.site).Balancer.Kind != planner.HAProxy }
	services := textField("Services", path+".services", fmt.Sprint(c.Services), take(readNumber, func(s *planner.Site) *int { return &on(s).Services }))
	services.hint = func() string { return "how many of type LoadBalancer" }
	fields := []*field{name, version, control, controlSize, balancer, balancerSize, services}
	// what is said of all pools together stands under the last field before them
	services.also = []string{path + ".nodePools"}

	p.pools = nil
	for k, np := range c.NodePools {
		p.pools = append(p.pools, len(fields))
		fields = append(fields, p.pool(fmt.Sprintf("%s.nodePools[%d]", path, k), k, np)...)
	}
	p.form = newForm(d, fields...)
}

// pool is the fields of one node pool.
func (p *clusterForm) pool(path string, k int, np planner.NodePool) []*field {
	on := func(s *planner.Site) *planner.NodePool { return &s.Clusters[p.index].NodePools[k] }
	profile := p.desk.draft.profile
	name := textField("Name", path+".name", np.Name, keep(func(s *planner.Site) *string { return &on(s).Name }))
	name.head = fmt.Sprintf("Node pool %d", k+1)
	var systems []option
	for _, o := range profile.NodeOS {
		systems = append(systems, option{o.Name, o.Name})
	}
	system := choiceField("System", path+".os", string(np.OS), systems, keep(func(s *planner.Site) *planner.NodeOS { return &on(s).OS }))
	machines := textField("Machines", path+".count", fmt.Sprint(np.Count), take(readNumber, func(s *planner.Site) *int { return &on(s).Count }))
	standard := profile.Defaults.LinuxWorker.Value
	if np.OS != planner.Linux {
		standard = profile.Defaults.WindowsWorker.Value
	}
	size := p.size("Size", path+".vmSize", np.VMSize, profiles.Worker, standard, func(s *planner.Site) *string { return &on(s).VMSize })
	return []*field{name, system, machines, size}
}

// size is a choice of machine sizes.
func (p *clusterForm) size(label, path, value string, role profiles.Role, standard string, to func(*planner.Site) *string) *field {
	usual := "the platform's own"
	if standard != "" {
		usual += " (" + standard + ")"
	}
	options := []option{{"", usual}}
	for _, s := range p.desk.draft.profile.Sizes {
		if !s.Allows(role) {
			continue
		}
		text := fmt.Sprintf("%s, %d vCPU, %s", s.Name, s.VCPU, s.Memory)
		if s.GPU.Count > 0 {
			text += fmt.Sprintf(", %d %s", s.GPU.Count, s.GPU.Model)
		}
		options = append(options, option{s.Name, text})
	}
	return choiceField(label, path, value, options, keep(to))
}

// at is the pool that the cursor is in, -1 above all of them.
func (p *clusterForm) at() int {
	at := -1
	for k, first := range p.pools {
		if p.form.at >= first {
			at = k
		}
	}
	return at
}

func (p *clusterForm) why(do action) string {
	switch {
	case do == actAdd || do == actRemove || do == actBack || do == actNext && p.form.last():
		if wrong := p.form.wrong(); wrong != "" {
			return wrong
		}
	}
	if do == actRemove {
		switch {
		case p.at() < 0:
			return "the cursor is in no node pool"
		case len(p.pools) == 1:
			return "a cluster needs a node pool"
		}
	}
	return ""
}

func (p *clusterForm) act(do action) move {
	switch do {
	case actAdd:
		p.desk.draft.edit(func(s *planner.Site) {
			c := &s.Clusters[p.index]
			c.NodePools = append(c.NodePools, planner.NodePool{OS: planner.Linux, Count: 1})
		})
		p.build()
		p.form.focus(p.pools[len(p.pools)-1])
		return stay
	case actRemove:
		k := p.at()
		p.desk.draft.edit(func(s *planner.Site) {
			c := &s.Clusters[p.index]
			c.NodePools = slices.Delete(c.NodePools, k, k+1)
		})
		p.build()
		p.form.focus(p.pools[min(k, len(p.pools)-1)])
		return stay
	case actBack:
		return back
	}
	return p.form.act(do)
}

func (p *clusterForm) view(s size) string {
	l := p.desk.look
	title := l.bold.Render("Cluster " + named(p.desk.draft.site.Clusters[p.index]))
	room := roomLines(p.desk, 1)
	if s.w >= wide {
		const left = 66
		lines, top, bottom := p.form.lines(left - 3)
		lines = window(lines, s.h-2, top, bottom)
		side := append([]string{l.bold.Render("Room on the hosts")}, roomLines(p.desk, s.h-2)...)
		return block(append([]string{title, ""}, beside(lines, left, side)...), s)
	}
	lines, top, bottom := p.form.lines(s.w)
	height := max(s.h-2-len(room), 1)
	lines = window(lines, height, top, bottom)
	lines = append(lines, make([]string, max(height-len(lines), 0))...)
	return block(append(append([]string{title}, lines...), append([]string{""}, room...)...), s)
}
