package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// A draft is the site that is being edited, with its plan. Every edit plans anew.
type draft struct {
	setup    Setup
	profiles map[string]profiles.Profile
	site     planner.Site
	profile  profiles.Profile
	plan     planner.Plan
	// kept is the digest of the site as it was last read or written.
	kept string
}

// newDraft reads all profiles, so that no edit has to. A site without a platform that is
// known gets the one that its hosts have.
func newDraft(s Setup) (*draft, error) {
	d := &draft{setup: s, profiles: map[string]profiles.Profile{}, site: cloneSite(s.Site)}
	for _, name := range s.Platforms {
		p, err := s.Load(name)
		if err != nil {
			return nil, fmt.Errorf("load platform %s: %w", name, err)
		}
		d.profiles[name] = p
	}
	if len(d.profiles) == 0 {
		return nil, fmt.Errorf("load platforms: none is given")
	}
	d.kept = planner.SiteDigest(d.site)
	if d.site.Version == "" {
		d.begin()
	}
	if _, known := d.profiles[d.site.Platform]; !known {
		d.site.Platform = d.guess()
	}
	d.replan()
	return d, nil
}

// begin fills in what a new site needs to be a file that can be read again, however early
// the set-up is left. There is no clock here: the day the hosts were read has to do, until
// the operator writes another.
func (d *draft) begin() {
	s := &d.site
	s.Version, s.Kind = planner.SiteVersion, "Site"
	if at := d.setup.Inventory.ReadAt; s.PlannedFor.IsZero() && !at.IsZero() {
		s.PlannedFor = profiles.DateOf(at.UTC())
	}
	if s.Network.Addressing == "" {
		s.Network.Addressing = planner.Static
	}
	if s.Access.Auth == "" {
		s.Access.Auth = planner.AuthNTLM
	}
}

// guess is the platform whose systems the hosts run, the first one when none is.
func (d *draft) guess() string {
	for _, h := range d.setup.Inventory.Hosts {
		for _, name := range d.setup.Platforms {
			if _, ok := d.profiles[name].System(h.OS.Product, h.OS.Build); ok {
				return name
			}
		}
	}
	return d.setup.Platforms[0]
}

func (d *draft) replan() {
	d.profile = d.profiles[d.site.Platform]
	d.plan = planner.Make(planner.Input{Site: cloneSite(d.site), Inventory: d.setup.Inventory, Profile: d.profile, Scripts: d.setup.Scripts})
}

// edit changes the site.
func (d *draft) edit(change func(*planner.Site)) {
	change(&d.site)
	d.replan()
}

// changed reports whether the site differs from what was last read or written.
func (d *draft) changed() bool { return planner.SiteDigest(d.site) != d.kept }

// counts are the findings of each severity, those that are waived among the notes.
func (d *draft) counts() (blocks, warnings, notes int) {
	for _, f := range d.plan.Findings {
		switch {
		case f.Stops():
			blocks++
		case f.Severity == planner.Warn && f.Waived == nil:
			warnings++
		default:
			notes++
		}
	}
	return blocks, warnings, notes
}

// blocked says why the plan cannot be applied, empty when it can.
func (d *draft) blocked() string {
	var stops []string
	for _, f := range d.plan.Findings {
		if f.Stops() {
			stops = append(stops, f.Code+" at "+f.Path)
		}
	}
	switch len(stops) {
	case 0:
		return ""
	case 1:
		return "the plan is blocked by " + stops[0]
	}
	return fmt.Sprintf("the plan is blocked by %s, first %s", count(len(stops), "finding"), stops[0])
}

// at are the findings about a key, and about the entries of it when it is a list.
func (d *draft) at(path string) []planner.Finding {
	var list []planner.Finding
	for _, f := range d.plan.Findings {
		if rest, ok := strings.CutPrefix(f.Path, path); ok && (rest == "" || rest[0] == '[' && !strings.Contains(rest, ".")) {
			list = append(list, f)
		}
	}
	return list
}

// below are the findings about a key or anything below it.
func (d *draft) below(path string) []planner.Finding {
	var list []planner.Finding
	for _, f := range d.plan.Findings {
		if rest, ok := strings.CutPrefix(f.Path, path); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			list = append(list, f)
		}
	}
	return list
}

// machines are those whose size is named by a key, or by one below it.
func (d *draft) machines(path string) []planner.Machines {
	var list []planner.Machines
	for _, m := range planner.MachinesOf(d.site, d.profile) {
		if m.Path == path || strings.HasPrefix(m.Path, path+".") || strings.HasPrefix(m.Path, path+"[") {
			list = append(list, m)
		}
	}
	return list
}

// cloneSite copies a site with everything that an edit could change in it.
func cloneSite(s planner.Site) planner.Site {
	s.Network.DNS = slices.Clone(s.Network.DNS)
	s.Clusters = slices.Clone(s.Clusters)
	for i := range s.Clusters {
		s.Clusters[i].NodePools = slices.Clone(s.Clusters[i].NodePools)
	}
	return s
}
