package planner

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// nouns are what the kinds of file are called.
var nouns = map[string]string{"Site": "a site", "Inventory": "an inventory", "Plan": "a plan"}

// instead says what to give where a file of the first kind is wanted and the second was given.
var instead = map[[2]string]string{
	{"Site", "Plan"}:      "give the site that the plan was made of",
	{"Site", "Inventory"}: "give the site, which names the inventory",
	{"Inventory", "Plan"}: "give the inventory alone, as arcwright discover wrote it",
	{"Inventory", "Site"}: "give the inventory that the site names, or write one: arcwright discover HOST... --out inventory.yaml",
	{"Plan", "Site"}:      "make the plan first: arcwright plan SITE --out plan.yaml",
	{"Plan", "Inventory"}: "give the plan, which carries the inventory in it",
}

// otherKind says what a file is when it was not meant as one of the wanted kind: to correct it
// key by key would be the wrong advice. nil when it may have been meant so.
func otherKind(file string, root *yaml.Node, path, kind string, into any) *Finding {
	at := root
	found := func(what, remedy string) *Finding {
		return &Finding{Code: "input-kind", Severity: Block, Path: path, File: file, Line: max(at.Line, 1), Column: max(at.Column, 1), Owner: OwnerYou,
			Message: fmt.Sprintf("this is %s, where %s is wanted", what, nouns[kind]), Evidence: what, Remedy: remedy}
	}
	another := "give the file of " + nouns[kind] + "; examples/ holds sites with their inventories to start from"
	if root.Kind != yaml.MappingNode {
		if root.Kind == yaml.SequenceNode {
			return found("a list", another)
		}
		return found("a text without keys, which begins "+describe(root), another)
	}
	value := func(key string) string {
		if n := child(root, key); n != nil && n.Kind == yaml.ScalarNode {
			return n.Value
		}
		return ""
	}
	version, is := value("version"), value("kind")
	switch remedy, ours := instead[[2]string{kind, is}]; {
	case ours:
		at, path = child(root, "kind"), path+".kind"
		return found(nouns[is], remedy)
	case value("apiVersion") != "" && is != "":
		return found("a Kubernetes object of kind "+is, another)
	case is == "" && strings.HasPrefix(version, "arcwright.dev/") && strings.Count(version, "/") == 2:
		return found("what arcwright prints for other programs ("+version+")", another)
	case version == "" && is == "" && value("$schema") != "":
		return found("a JSON Schema", another)
	case version == "" && is == "" && !sharesKeys(root, reflect.TypeOf(into).Elem()):
		return found("a file with other keys ("+firstKeys(root)+")", another)
	}
	return nil
}

// sharesKeys reports whether a document has a key of its own, or one that is nearly so.
func sharesKeys(root *yaml.Node, t reflect.Type) bool {
	fields := fieldsOf(t)
	for i := 0; i+1 < len(root.Content); i += 2 {
		key := root.Content[i].Value
		if _, known := fields[key]; known && key != "name" {
			return true
		}
	}
	return len(root.Content) == 0
}

// firstKeys names a few keys of a document.
func firstKeys(root *yaml.Node) string {
	var keys []string
	for i := 0; i+1 < len(root.Content); i += 2 {
		if len(keys) == 3 {
			keys = append(keys, "...")
			break
		}
		keys = append(keys, describe(root.Content[i]))
	}
	return strings.Join(keys, ", ")
}

// noText says that data is no text, so that nobody looks for a missing colon in a program or
// an archive. Text in UTF-16 with its mark is read.
func noText(data []byte) string {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return ""
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return fmt.Sprintf("this is no text file: byte %d of it is zero", i+1)
	}
	if !utf8.Valid(data) {
		return "this is no text file in UTF-8"
	}
	return ""
}
