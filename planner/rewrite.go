package planner

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"
)

// RewriteSite writes a site over the file it was read from: what did not change keeps its
// place, its form and its comments. A site that is the file's own gives its own bytes,
// unless the file is of an older version.
func RewriteSite(original []byte, s Site) ([]byte, error) {
	was, _, findings := DecodeSite("", original)
	if len(findings) == 0 && reflect.DeepEqual(was, s) {
		return original, nil
	}
	text, err := EncodeSite(s)
	if err != nil {
		return nil, err
	}
	return rewrite(original, text, "Site", slices.ContainsFunc(findings, Finding.Stops))
}

// RewriteInventory is RewriteSite for an inventory.
func RewriteInventory(original []byte, i Inventory) ([]byte, error) {
	was, _, findings := DecodeInventory("", original)
	if len(findings) == 0 && reflect.DeepEqual(was, i) {
		return original, nil
	}
	text, err := EncodeInventory(i)
	if err != nil {
		return nil, err
	}
	return rewrite(original, text, "Inventory", slices.ContainsFunc(findings, Finding.Stops))
}

// rewrite brings a file to a new text, and keeps of it what says the same. Of a file that could
// not be read nothing is kept.
func rewrite(original, text []byte, kind string, unread bool) ([]byte, error) {
	var before, now yaml.Node
	if yaml.Unmarshal(original, &before) != nil || unread {
		return text, nil
	}
	migrate(before.Content[0], kind)
	if err := yaml.Unmarshal(text, &now); err != nil {
		return nil, fmt.Errorf("write %s: %w", kind, err)
	}
	before.Content[0] = merge(before.Content[0], now.Content[0])
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(&before); err != nil {
		return nil, fmt.Errorf("write %s: %w", kind, err)
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("write %s: %w", kind, err)
	}
	return b.Bytes(), nil
}

// merge brings a node to a new value and keeps as much of it as says the same.
func merge(before, now *yaml.Node) *yaml.Node {
	if before.Kind != now.Kind {
		return commented(now, before)
	}
	switch now.Kind {
	case yaml.MappingNode:
		return mergeKeys(before, now)
	case yaml.SequenceNode:
		return mergeItems(before, now)
	}
	if before.Value == now.Value {
		return before
	}
	return commented(now, before)
}

// mergeItems puts the new items of a list each over the old one of the same name, or the same
// value; items that have neither go by their place.
func mergeItems(before, now *yaml.Node) *yaml.Node {
	merged := *before
	merged.Content = nil
	taken := make([]bool, len(before.Content))
	for i, item := range now.Content {
		at := -1
		if own := identity(item); own != "" {
			for k, old := range before.Content {
				if at < 0 && !taken[k] && identity(old) == own {
					at = k
				}
			}
		} else if i < len(before.Content) && !taken[i] && identity(before.Content[i]) == "" {
			at = i
		}
		if at >= 0 {
			taken[at] = true
			item = merge(before.Content[at], item)
		}
		merged.Content = append(merged.Content, item)
	}
	return &merged
}

// identity is what tells an item of a list from the others: its name, path or address, or a
// plain value itself; empty when it has none.
func identity(item *yaml.Node) string {
	if item.Kind == yaml.ScalarNode {
		return item.Value
	}
	for _, key := range []string{"name", "path", "address"} {
		if value := child(item, key); value != nil && value.Kind == yaml.ScalarNode {
			return key + " " + value.Value
		}
	}
	return ""
}

// mergeKeys keeps the order of the old keys and puts new ones behind them.
func mergeKeys(before, now *yaml.Node) *yaml.Node {
	merged := *before
	merged.Content = nil
	for i := 0; i+1 < len(before.Content); i += 2 {
		if value := child(now, before.Content[i].Value); value != nil {
			merged.Content = append(merged.Content, before.Content[i], merge(before.Content[i+1], value))
		}
	}
	for i := 0; i+1 < len(now.Content); i += 2 {
		if child(before, now.Content[i].Value) == nil {
			merged.Content = append(merged.Content, now.Content[i], now.Content[i+1])
		}
	}
	return &merged
}

// commented gives a new node the comments of the one it replaces.
func commented(n, like *yaml.Node) *yaml.Node {
	n.HeadComment, n.LineComment, n.FootComment = like.HeadComment, like.LineComment, like.FootComment
	return n
}
