package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
	"gopkg.in/yaml.v3"
)

// read reads a document of a person's, with a bound on its size.
func read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, planner.MaxDocument+1))
	if err != nil {
		return nil, unreadable(file, err)
	}
	return data, nil
}

func unreadable(file string, err error) error {
	var hint string
	if errors.Is(err, fs.ErrNotExist) {
		hint = "check the path; examples/ holds sites to start from"
	}
	if info, missing := os.Stat(file); missing == nil && info.IsDir() {
		hint = "name a file in it"
		if inside, _ := filepath.Glob(filepath.Join(file, "*.yaml")); len(inside) > 0 {
			hint += ": " + strings.Join(inside[:min(len(inside), 4)], ", ")
		}
		return &exit{exitUsage, fmt.Sprintf("%s is a folder, not a file", file), hint}
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return &exit{exitUsage, fmt.Sprintf("cannot read %s: %s", file, err), hint}
}

// A loaded is the site of a command line, with everything that is judged with it.
type loaded struct {
	input     planner.Input
	positions planner.Positions
	findings  []planner.Finding // of reading; when one blocks, input is unusable
}

// loadSite reads a site and its inventory. Mistakes in the files are findings; only a
// file that cannot be read at all is an error.
func loadSite(file, inventory string) (loaded, error) {
	var l loaded
	data, err := read(file)
	if err != nil {
		return l, err
	}
	if err := otherFile(file, data, "Site"); err != nil {
		return l, err
	}
	site, positions, findings := planner.DecodeSite(file, data)
	l.positions, l.findings = positions, findings
	if !stops(findings) {
		for _, f := range planner.References(site) {
			positions.Locate(&f)
			l.findings = append(l.findings, f)
		}
		findings = l.findings
	}
	if inventory == "" {
		inventory = site.Inventory
		if inventory != "" && !filepath.IsAbs(inventory) {
			inventory = filepath.Join(filepath.Dir(file), inventory)
		}
	}
	if stops(findings) {
		return l, nil
	}
	if inventory == "" {
		l.findings = append(l.findings, planner.Finding{Code: "input-missing-inventory", Severity: planner.Block, Path: "site.inventory",
			Message: "the site names no inventory", Owner: planner.OwnerYou,
			Remedy: "add `inventory: inventory.yaml` to the site, or give --inventory; `arcwright discover HOST... --out inventory.yaml` writes one"})
		return l, nil
	}
	data, err = read(inventory)
	var missing *exit
	if errors.As(err, &missing) {
		at := planner.Finding{Code: "input-missing-inventory", Severity: planner.Block, Path: "site.inventory", Message: missing.text,
			Owner: planner.OwnerYou, Remedy: "correct the path, or write the file with: arcwright discover HOST... --out " + inventory}
		l.positions.Locate(&at)
		l.findings = append(l.findings, at)
		return l, nil
	}
	observed, at, findings := planner.DecodeInventory(inventory, data)
	for path, position := range at {
		l.positions[path] = position
	}
	l.findings = append(l.findings, findings...)
	profile, err := profiles.Load(site.Platform)
	if err != nil {
		l.findings = append(l.findings, unknownPlatform(site.Platform, l.positions))
		return l, nil
	}
	l.input = planner.Input{Site: site, Inventory: observed, Profile: profile, Scripts: provision.LoadCatalogue().Digest()}
	return l, nil
}

func unknownPlatform(name string, positions planner.Positions) planner.Finding {
	f := planner.Finding{Code: "platform-unknown", Severity: planner.Block, Path: "site.platform", Owner: planner.OwnerYou,
		Message: fmt.Sprintf("%q is not a platform this program knows", name),
		Remedy:  "write one of: " + strings.Join(profiles.Names(), ", ")}
	if near := planner.Nearest(name, profiles.Names()); near != "" {
		f.Remedy = fmt.Sprintf("did you mean %q?", near)
	}
	positions.Locate(&f)
	return f
}

func stops(findings []planner.Finding) bool {
	return slices.ContainsFunc(findings, planner.Finding.Stops)
}

// loadPlan reads a plan and refuses one that is not what it was when it was written.
func (p *program) loadPlan(file string) (planner.Plan, []byte, error) {
	data, err := read(file)
	if err != nil {
		return planner.Plan{}, nil, err
	}
	if err := otherFile(file, data, "Plan"); err != nil {
		return planner.Plan{}, nil, err
	}
	plan, findings := planner.DecodePlan(file, data)
	if stops(findings) {
		p.printFindings(p.err, findings)
		hint := "edit the site and plan again: arcwright plan SITE --out " + file
		if kindOf(data) != "Plan" {
			hint = "" // nothing to make anew: the file is another
		}
		return plan, data, blockedf(hint, "%s cannot be used", file)
	}
	return plan, data, nil
}

// otherFile refuses a file of arcwright that is not of the wanted kind, and says which commands
// take it.
func otherFile(file string, data []byte, want string) error {
	kind := kindOf(data)
	if kind == want {
		return nil
	}
	if want == "Inventory" && (kind == "Site" || kind == "Plan") {
		return usagef("give the inventory; arcwright discover HOST... --out inventory.yaml writes one", "%s is a %s, not an inventory", file, strings.ToLower(kind))
	}
	switch kind {
	case "Site":
		return usagef("make the plan first: arcwright plan "+file+" --out plan.yaml", "%s is a site, not a plan", file)
	case "Plan":
		return usagef("give the site that the plan was made of; arcwright apply, rehearse, addresses, capacity, diff and sim serve take a plan", "%s is a plan, not a site", file)
	case "Inventory":
		hint := "give the site that names it, or: arcwright check SITE --inventory " + file
		if want == "Plan" {
			hint = "give the plan; arcwright plan SITE --out plan.yaml makes one of a site that names the inventory"
		}
		return usagef(hint, "%s is an inventory, not a %s", file, strings.ToLower(want))
	}
	return nil
}

// kindOf looks at nothing but the kind of a document; "" when it cannot tell.
func kindOf(data []byte) string {
	var head struct {
		Kind string `yaml:"kind"`
	}
	if yaml.Unmarshal(data, &head) != nil {
		return ""
	}
	return head.Kind
}

// loadEither makes a plan of a site, or reads one, for the commands that take both.
func (p *program) loadEither(file, inventory string) (planner.Plan, error) {
	data, err := read(file)
	if err != nil {
		return planner.Plan{}, err
	}
	if kindOf(data) == "Plan" {
		if inventory != "" {
			return planner.Plan{}, usagef("give the site file instead, or leave --inventory out", "%s is a plan, which carries its own inventory", file)
		}
		plan, _, err := p.loadPlan(file)
		return plan, err
	}
	l, err := loadSite(file, inventory)
	if err != nil {
		return planner.Plan{}, err
	}
	if stops(l.findings) {
		p.printFindings(p.err, l.findings)
		return planner.Plan{}, blockedf("", "%s cannot be planned", file)
	}
	return planner.Make(l.input), nil
}

// loadInventory reads an inventory alone, for a site that is yet to be written.
func (p *program) loadInventory(file string) (planner.Inventory, error) {
	data, err := read(file)
	if err != nil {
		return planner.Inventory{}, err
	}
	if err := otherFile(file, data, "Inventory"); err != nil {
		return planner.Inventory{}, err
	}
	inventory, _, findings := planner.DecodeInventory(file, data)
	if stops(findings) {
		p.printFindings(p.err, findings)
		return planner.Inventory{}, blockedf("", "%s cannot be used", file)
	}
	return inventory, nil
}
