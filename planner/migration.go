package planner

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// A migration brings a document from one version to the next. It works on the nodes, so
// that comments stay and findings name the places of the file as it is.
type migration struct {
	kind     string // Site or Inventory; a plan of another version is made anew
	from, to string
	// step changes the document and says each change in a few words.
	step func(root *yaml.Node) []string
}

// migrations are in order: a document goes through each that fits what it has become.
var migrations = []migration{
	{"Site", "arcwright.dev/v1beta1", SiteVersion, siteFromBeta},
}

// migrate brings a document to the version this program reads, and tells what it changed;
// nothing when the document is of that version, or of one that is not known. Keys that no
// migration expects stay as they are, and are judged afterwards like any other.
func migrate(root *yaml.Node, kind string) (from string, changes []string) {
	if named := child(root, "kind"); named == nil || named.Value != kind {
		return "", nil
	}
	version := child(root, "version")
	if version == nil {
		return "", nil
	}
	for _, m := range migrations {
		if m.kind != kind || m.from != version.Value {
			continue
		}
		if from == "" {
			from = version.Value
		}
		changes = append(changes, m.step(root)...)
		version.Value = m.to
	}
	return from, changes
}

// olderFinding tells that a file of an older version was read, and what to change in it.
func olderFinding(root, file, from, to string, version *yaml.Node, changes []string) Finding {
	changes = append([]string{"version: " + to}, changes...)
	return Finding{Code: "input-older", Severity: Note, Path: root + ".version", File: file, Line: version.Line, Column: version.Column, Owner: OwnerYou,
		Message: fmt.Sprintf("the file has version %s and was read as %s", from, to), Evidence: from,
		Remedy: "to bring it up to date, write: " + strings.Join(changes, "; ")}
}

// siteFromBeta: a cluster's kubernetesVersion became kubernetes, the virtual IP pool took
// the platform's short name, and pools became keys of their own where they were text.
func siteFromBeta(root *yaml.Node) []string {
	var changes []string
	network := child(root, "network")
	if rename(network, "virtualIPPool", "vipPool") {
		changes = append(changes, "network.vipPool for virtualIPPool")
	}
	for _, name := range []string{"nodePool", "vipPool", "dhcpScope"} {
		if n := child(network, name); n != nil && splitRange(n) {
			changes = append(changes, "network."+name+": {start: ADDRESS, end: ADDRESS} for START-END")
		}
	}
	if clusters := child(root, "clusters"); clusters != nil {
		renamed := false
		for _, c := range clusters.Content {
			renamed = rename(c, "kubernetesVersion", "kubernetes") || renamed
		}
		if renamed {
			changes = append(changes, "kubernetes for a cluster's kubernetesVersion")
		}
	}
	return changes
}

// rename gives a key of a mapping another name, unless that is there already.
func rename(n *yaml.Node, old, new string) bool {
	if child(n, old) == nil || child(n, new) != nil {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == old {
			n.Content[i].Value = new
		}
	}
	return true
}

// splitRange makes keys of a range that is written as START-END.
func splitRange(n *yaml.Node) bool {
	start, end, ok := strings.Cut(n.Value, "-")
	if n.Kind != yaml.ScalarNode || !ok {
		return false
	}
	part := func(value string) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.TrimSpace(value), Line: n.Line, Column: n.Column}
	}
	n.Content = []*yaml.Node{part("start"), part(start), part("end"), part(end)}
	n.Kind, n.Tag, n.Value, n.Style = yaml.MappingNode, "!!map", "", yaml.FlowStyle
	return true
}
