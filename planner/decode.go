package planner

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"
)

// MaxDocument is the largest site, inventory or plan file that is read, in bytes.
const MaxDocument = 4 << 20

// DecodeSite reads a site file strictly: a key it does not know, a value of the wrong
// type, a key given twice or left out is a blocking finding with its line and column. A
// file of an older version is brought up to date as it is read, with a note of what to
// change. The Site is usable only when no finding blocks.
func DecodeSite(file string, data []byte) (Site, Positions, []Finding) {
	var site Site
	positions, findings := decode(file, data, "site", "Site", SiteVersion, &site)
	return site, positions, findings
}

// DecodeInventory reads an inventory file as strictly as DecodeSite.
func DecodeInventory(file string, data []byte) (Inventory, Positions, []Finding) {
	var inventory Inventory
	positions, findings := decode(file, data, "inventory", "Inventory", SiteVersion, &inventory)
	return inventory, positions, findings
}

// decode reads one strict document whose paths begin with root.
func decode(file string, data []byte, root, kind, version string, into any) (Positions, []Finding) {
	node, finding := parse(file, data, root)
	if finding != nil {
		return nil, []Finding{*finding}
	}
	if other := otherKind(file, node, root, kind, into); other != nil {
		return nil, []Finding{*other}
	}
	from, changes := migrate(node, kind)
	w := walker{file: file, positions: Positions{}}
	if w.header(node, root, kind, version); len(w.findings) > 0 {
		return w.positions, w.findings
	}
	w.document(node, root, into)
	if len(w.findings) > 0 {
		return w.positions, w.findings
	}
	if err := node.Decode(into); err != nil {
		w.refuse(node, root, "input-type", "cannot be read: "+err.Error(), "compare the file with `arcwright schema "+root+"`")
	}
	if from != "" {
		w.findings = append(w.findings, olderFinding(root, file, from, version, child(node, "version"), changes))
	}
	return w.positions, w.findings
}

// parse makes one YAML document of the data.
func parse(file string, data []byte, root string) (*yaml.Node, *Finding) {
	fault := func(line int, message, remedy string) *Finding {
		return &Finding{Code: "input-syntax", Severity: Block, Path: root, File: file, Line: line, Column: min(line, 1),
			Message: message, Remedy: remedy, Owner: OwnerYou}
	}
	if len(data) > MaxDocument {
		return nil, fault(1, fmt.Sprintf("the file has %s; the most that is read is %d", many(len(data), "byte"), MaxDocument), "split the deployment into several sites")
	}
	if binary := noText(data); binary != "" {
		return nil, fault(1, binary, "give a file in YAML; one of another encoding has to be saved as UTF-8")
	}
	start := "start from a file in examples/, or run arcwright"
	if root == "plan" {
		start = "make the plan: arcwright plan SITE --out plan.yaml"
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fault(1, "the file is empty", start)
		}
		line, text := yamlFault(err)
		return nil, fault(line, "this is not YAML: "+text, "look at this line and the next: a missing colon, quote or bracket, or a tab")
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, fault(max(second.Line, 1), "the file holds more than one document", "keep one document in the file, without ---")
	}
	if len(doc.Content) != 1 {
		return nil, fault(1, "the file is empty", start)
	}
	return doc.Content[0], nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// yamlFault takes line and text out of an error of the YAML library, which has them
// only in its text.
func yamlFault(err error) (line int, text string) {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return 1, err.Error()
	}
	line, _ = strconv.Atoi(m[1])
	return max(line, 1), m[2]
}

// child is the value of a key of a mapping, nil when it has none.
func child(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}
