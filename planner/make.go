package planner

import "strings"

// Make plans a site. It always makes a whole plan, however wrong the input is: what is
// wrong stands in its findings, and a plan with a finding that stops is not applied. The
// plan shares the lists of its site and inventory with the input.
func Make(in Input) Plan {
	asked := in.Site
	var sizings []Sizing
	var findings []Finding
	in.Site, sizings, findings = sized(in)
	steady := MachinesOf(in.Site, in.Profile)
	extra := surge(steady)
	book, found := Addresses(in)
	findings = append(findings, found...)
	store, found := storage(in, steady)
	findings = append(findings, found...)
	room := headroom(in, steady, extra)
	findings = append(findings, Check(in)...)
	findings = append(findings, machineFindings(steady, extra, in.Profile)...)
	findings = append(findings, unappliedFindings(in)...)
	findings = append(findings, headroomFindings(room, in.Profile.Reserve)...)

	p := Plan{
		Version: PlanVersion, Kind: "Plan",
		Inputs:    Inputs{Profile: in.ProfileDigest, Scripts: in.Scripts},
		Findings:  settle(in, findings),
		Addresses: book, Headroom: room, Sizing: sizings, Storage: store, Cost: cost(in),
		Steps: steps(in, book, room),
		Site:  withoutSecrets(asked), Inventory: in.Inventory,
	}
	if p.Inputs.Profile == "" {
		p.Inputs.Profile = in.Profile.Digest
	}
	p.Summary = Summary{Platform: in.Profile.Title, Hosts: len(in.Inventory.Hosts), Clusters: len(in.Site.Clusters),
		VMs: countVMs(steady), SurgeVMs: countVMs(steady) + countVMs(extra)}
	p.Summary.Estimate, p.Summary.Critical = schedule(p.Steps)
	bind(&p)
	return p
}

// withheld stands in a plan for what is no reference to a secret.
const withheld SecretRef = "withheld"

// withoutSecrets takes out what stands where a reference to a secret belongs and is none:
// it may be the secret itself, and a plan is kept and passed on.
func withoutSecrets(s Site) Site {
	for _, ref := range []*SecretRef{&s.Access.Password, &s.Azure.Secret, &s.Directory.Password} {
		if *ref != "" && !secretRef.MatchString(string(*ref)) {
			*ref = withheld
		}
	}
	if p := s.Proxy; p != nil && strings.Contains(p.HTTP+p.HTTPS, "@") {
		s.Proxy = &Proxy{HTTP: string(withheld), HTTPS: string(withheld), NoProxy: p.NoProxy}
	}
	return s
}

// settle says where each finding stands, applies the waivers and sorts.
func settle(in Input, findings []Finding) []Finding {
	findings = Waive(in.Site.Waivers, in.Site.PlannedFor, findings)
	for i := range findings {
		in.Positions.Locate(&findings[i])
	}
	SortFindings(findings)
	return findings
}
