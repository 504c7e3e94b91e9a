package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"
)

// outputFlag adds -o, whose first format is the default.
func outputFlag(c *cobra.Command, to *string, formats ...string) {
	c.Flags().StringVarP(to, "output", "o", formats[0], "format: "+strings.Join(formats, ", "))
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	checkBefore(c, func() error {
		if !slices.Contains(formats, *to) {
			return usagef("write one of: "+strings.Join(formats, ", "), "%s cannot print %q", c.CommandPath(), *to)
		}
		return nil
	})
}

// outFlag adds --out to a command that prints, for the file to print to instead.
func (p *program) outFlag(c *cobra.Command) {
	var file string
	c.Flags().StringVar(&file, "out", "", "file to write to, instead of the terminal")
	_ = c.MarkFlagFilename("out")
	print := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if file == "" || file == "-" {
			return print(c, args)
		}
		out, paint := p.out, p.paint
		defer func() { p.out, p.paint = out, paint }()
		var b bytes.Buffer
		p.out, p.paint = &b, painter{}
		err := print(c, args)
		if b.Len() == 0 {
			return err
		}
		if lost := spares(file, b.Bytes()); lost != nil {
			return lost
		}
		return errors.Join(err, writeWhole(file, b.Bytes(), 0o644))
	}
}

// checkBefore adds a check of the flags that runs before the command does.
func checkBefore(c *cobra.Command, check func() error) {
	earlier := c.PreRunE
	c.PreRunE = func(cmd *cobra.Command, args []string) error {
		if earlier != nil {
			if err := earlier(cmd, args); err != nil {
				return err
			}
		}
		return check()
	}
}

// emit writes a finished document to the file, or to standard output when there is
// none. A file is there whole or not at all.
func (p *program) emit(file string, document []byte) error {
	if file == "" || file == "-" {
		_, err := io.Copy(p.out, bytes.NewReader(document))
		return err
	}
	if err := spares(file, document); err != nil {
		return err
	}
	return writeWhole(file, document, 0o644)
}

// spares refuses to write over a site, an inventory or a plan with something of another kind: it
// is what was worked with, and nowhere else.
func spares(file string, data []byte) error {
	there, err := os.ReadFile(file)
	if err != nil {
		return nil // nothing to lose, or the writing will say it
	}
	switch was := kindOf(there); was {
	case "Site", "Inventory", "Plan":
		if kindOf(data) != was {
			return usagef("give another name with --out, or move it away", "%s is there and is %s, which would be lost", file, map[string]string{"Site": "a site", "Inventory": "an inventory", "Plan": "a plan"}[was])
		}
	}
	return nil
}

func writeWhole(file string, data []byte, mode os.FileMode) error {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return usagef("name a file in it", "cannot write to %s: it is a folder", file)
	}
	temp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	defer os.Remove(temp.Name())
	if _, err = temp.Write(data); err == nil {
		err = temp.Chmod(mode)
	}
	if err == nil {
		err = temp.Sync()
	}
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

// printJSON prints a versioned document for programs, indented for people.
func (p *program) printJSON(document any) error {
	e := json.NewEncoder(p.out)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

// keyed is a document for programs. It is written with its version and its kind first, so that a
// reader knows what it has before it reads on, and with the other keys sorted.
type keyed map[string]any

// MarshalJSON writes the document in that order.
func (k keyed) MarshalJSON() ([]byte, error) {
	first := []string{"version", "kind"}
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(k)), func(key string) bool { return slices.Contains(first, key) })
	var b bytes.Buffer
	for _, key := range append(first, keys...) {
		value, has := k[key]
		if !has {
			continue
		}
		name, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, ",%s:%s", name, text)
	}
	return append(append([]byte{'{'}, bytes.TrimPrefix(b.Bytes(), []byte{','})...), '}'), nil
}

// toJSON turns a YAML document into indented JSON of the same shape.
func toJSON(document []byte) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	keepText(&root)
	var value keyed
	if err := root.Decode(&value); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return append(text, '\n'), nil
}

// keepText has dates stay the text they are: the YAML library would make moments of them.
func keepText(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, c := range n.Content {
		keepText(c)
	}
}
