package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// A hostsPage asks for the platform, the name and the day, and shows the hosts.
type hostsPage struct {
	formPage
	first int // host that the list begins with
}

func newHostsPage(d *desk) *hostsPage {
	site := d.draft.site
	var platforms []option
	for _, name := range d.draft.setup.Platforms {
		platforms = append(platforms, option{name, d.draft.profiles[name].Title})
	}
	platform := choiceField("Platform", "site.platform", site.Platform, platforms, func(s *planner.Site, v string) error {
		s.Platform = v
		return nil
	})
	name := textField("Site name", "site.name", site.Name, keep(func(s *planner.Site) *string { return &s.Name }))
	name.hint = func() string { return "lower-case letters, digits and hyphens, such as branch-01" }
	day := textField("Day of the change", "site.plannedFor", site.PlannedFor.String(), func(s *planner.Site, text string) error {
		var err error
		s.PlannedFor, err = or(strings.TrimSpace(text), profiles.ParseDate)
		return err
	})
	day.hint = func() string { return "year, month and day, such as 2026-12-05" }
	return &hostsPage{formPage: newFormPage(d, screenHosts, newForm(d, platform, name, day))}
}

func (p *hostsPage) act(do action) (move, command) {
	n := len(p.desk.draft.setup.Inventory.Hosts)
	switch do {
	case actPageDown:
		p.first = min(p.first+4, max(n-1, 0))
	case actPageUp:
		p.first = max(p.first-4, 0)
	}
	return p.formPage.act(do)
}

func (p *hostsPage) view(s size) string {
	l, d := p.desk.look, p.desk.draft
	lines := append(p.shown(s.w, max(s.h-6, 3)), "")
	hosts := d.setup.Inventory.Hosts
	title := count(len(hosts), "host")
	if at := d.setup.Inventory.ReadAt; !at.IsZero() && len(hosts) > 0 {
		title += ", read " + at.UTC().Format("2006-01-02 15:04") + " UTC"
	}
	if c := d.setup.Inventory.Cluster; c.Name != "" && len(hosts) > 0 {
		title += ", failover cluster " + c.Name
	}
	lines = append(lines, l.bold.Render(title))
	if len(hosts) == 0 {
		lines = append(lines, wrap("No host is known. Read them first: arcwright discover HOST... --out inventory.yaml", s.w)...)
		return block(lines, s)
	}
	lines = append(lines, l.faint.Render(p.columns(s.w, "Name", "Address", "Model", "Cores", "Memory", "Firmware", "System")))
	room := s.h - len(lines)
	each := 1
	if room >= 3*len(hosts) {
		each = 3
	} else if room >= 2*len(hosts) {
		each = 2
	}
	fit := max(room/each, 1)
	if fit < len(hosts) {
		fit = max((room-1)/each, 1)
	}
	first := max(min(p.first, len(hosts)-fit), 0)
	for i := first; i < min(first+fit, len(hosts)); i++ {
		lines = append(lines, p.host(i, each, s.w)...)
	}
	if fit < len(hosts) {
		lines = append(lines, l.faint.Render(fmt.Sprintf("%d to %d of %d hosts; page down shows more", first+1, min(first+fit, len(hosts)), len(hosts))))
	}
	return block(lines, s)
}

// columns lays a line of the list out.
func (p *hostsPage) columns(w int, name, address, model, cores, memory, firmware, system string) string {
	line := "  " + cell(name, 12) + " " + cell(address, 15) + " " + right(cores, 5) + " " + right(memory, 7) + "  " + cell(firmware, 21)
	if rest := w - 67; rest > 44 {
		return line + " " + cell(model, 18) + " " + cut(system, rest-20)
	} else if rest > 6 {
		return line + " " + cut(model, rest)
	}
	return line
}

// host is a host in up to three lines.
func (p *hostsPage) host(i, lines, w int) []string {
	l, d := p.desk.look, p.desk.draft
	h := d.setup.Inventory.Hosts[i]
	sign, style := "✓", l.good
	for _, f := range d.below(fmt.Sprintf("inventory.hosts[%d]", i)) {
		if f.Stops() {
			sign, style = l.severity(f)
			break
		}
		if f.Severity == planner.Warn && f.Waived == nil {
			sign, style = l.severity(f)
		}
	}
	tpm := "TPM " + h.Firmware.TPM
	if h.Firmware.TPM == "" {
		tpm = "no TPM"
	}
	boot := map[planner.Known]string{planner.Yes: "secure boot", planner.No: "not secure", planner.Unknown: "boot unknown"}[h.Firmware.SecureBoot]
	model := h.Model
	if w >= wide {
		model = h.Maker + " " + model
	}
	line := p.columns(w, shortName(h.Name), h.Address.String(), model, fmt.Sprint(h.Processor.Cores), h.Memory.String(), strings.TrimSuffix(tpm+", "+boot, ", "), h.OS.Product)
	out := []string{style.Render(sign) + line[1:]}
	if lines >= 2 {
		out = append(out, "    "+l.faint.Render(cut(hostDetail(h), w-4)))
	}
	if lines >= 3 {
		out = append(out, "")
	}
	return out
}

// hostDetail is what else is known of a host.
func hostDetail(h planner.Host) string {
	parts := []string{h.Processor.Name}
	drives := map[planner.DriveRole][]string{}
	for _, d := range h.Drives {
		drives[d.Role] = append(drives[d.Role], fmt.Sprintf("%d %s %s", d.Count, d.Media, d.Size))
	}
	for _, role := range []planner.DriveRole{planner.BootDrive, planner.CacheDrive, planner.CapacityDrive} {
		if len(drives[role]) > 0 {
			parts = append(parts, string(role)+" "+strings.Join(drives[role], " + "))
		}
	}
	rdma := 0
	for _, a := range h.Adapters {
		if a.RDMA {
			rdma++
		}
	}
	parts = append(parts, fmt.Sprintf("%s, %d with RDMA", count(len(h.Adapters), "port"), rdma))
	if skew := h.Skew.Abs(); skew >= time.Second {
		parts = append(parts, "clock off by "+skew.Round(time.Second).String())
	}
	return strings.Join(parts, "; ")
}
