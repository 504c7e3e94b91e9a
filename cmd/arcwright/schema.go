package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/invopop/jsonschema"
	"github.com/spf13/cobra"
)

// schemas are the documents that have one.
var schemas = []string{"site", "inventory", "plan", "event"}

func (p *program) schemaCommand() *cobra.Command {
	c := &cobra.Command{
		Use:       "schema [site|inventory|plan|event]",
		Short:     "Print the JSON Schema of a file, for editors and other programs",
		Example:   "  arcwright schema site > site.schema.json",
		ValidArgs: schemas,
		Args:      atMostOne("document"),
		RunE: func(_ *cobra.Command, args []string) error {
			name := "site"
			if len(args) == 1 {
				name = args[0]
			}
			if !slices.Contains(schemas, name) {
				hint := "write one of: " + strings.Join(schemas, ", ")
				if near := planner.Nearest(name, schemas); near != "" {
					hint = "did you mean: arcwright schema " + near
				}
				return usagef(hint, "there is no schema %q", name)
			}
			text, err := schemaOf(name)
			if err != nil {
				return err
			}
			_, err = p.out.Write(text)
			return err
		},
	}
	p.outFlag(c)
	return c
}

// schemaOf makes the schema of one document from its Go type.
func schemaOf(name string) ([]byte, error) {
	var value any
	title := map[string]string{"site": "arcwright site", "inventory": "arcwright inventory", "plan": "arcwright plan", "event": "arcwright event"}[name]
	switch name {
	case "site":
		value = &planner.Site{}
	case "inventory":
		value = &planner.Inventory{}
	case "plan":
		value = &planner.Plan{}
	case "event":
		value = &provision.Event{}
	}
	r := jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, Mapper: mapped}
	schema := r.Reflect(value)
	schema.Title = title
	if name == "plan" {
		schema.Properties.Set("seal", &jsonschema.Schema{Type: "string", Description: "a short mark of every value, by which an edit is found"})
	}
	schema.ID = jsonschema.ID("https://arcwright.dev/schema/" + name + "/v1")
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write schema of %s: %w", name, err)
	}
	return append(text, '\n'), nil
}
