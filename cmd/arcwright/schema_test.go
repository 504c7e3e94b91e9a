package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestTheExamplesFollowTheSchemas asks a validator that nobody here wrote.
func TestTheExamplesFollowTheSchemas(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*")
	if err != nil || len(examples) < 5 {
		t.Fatalf("examples %v, %v", examples, err)
	}
	for _, dir := range examples {
		l, err := loadSite(filepath.Join(dir, "site.yaml"), "")
		if err != nil || stops(l.findings) {
			t.Fatal(err, l.findings)
		}
		plan, err := planner.Encode(planner.Make(l.input))
		if err != nil {
			t.Fatal(err)
		}
		validate(t, "plan", plan)
		for _, name := range []string{"site", "inventory"} {
			text, err := os.ReadFile(filepath.Join(dir, name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			validate(t, name, text)
		}
	}
}

func TestTheSchemaRefusesWhatTheProgramRefuses(t *testing.T) {
	text, err := os.ReadFile("../../examples/quickstart/site.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for old, with := range map[string]string{"plannedFor:": "planedFor:", "addressing: static": "addressing: magic", "services: 3": "services: three"} {
		if err := valid(t, "site", bytes.Replace(text, []byte(old), []byte(with), 1)); err == nil {
			t.Errorf("%q instead of %q passes", with, old)
		}
	}
}

func validate(t *testing.T, name string, document []byte) {
	t.Helper()
	if err := valid(t, name, document); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func valid(t *testing.T, name string, document []byte) error {
	t.Helper()
	text, err := schemaOf(name)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	converted, err := toJSON(document)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(converted))
	if err != nil {
		t.Fatal(err)
	}
	return compiled.Validate(value)
}
