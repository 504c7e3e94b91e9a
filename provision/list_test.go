package provision

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestListsAreReadInEveryShape(t *testing.T) {
	type row struct {
		Name string `json:"name"`
	}
	for name, c := range map[string]struct {
		text string
		want []row
	}{
		"an array":                    {`[{"name":"a"},{"name":"b"}]`, []row{{"a"}, {"b"}}},
		"one item without an array":   {`{"name":"a"}`, []row{{"a"}}},
		"an array in a value":         {`{"value":[{"name":"a"}],"Count":1}`, []row{{"a"}}},
		"an empty value":              {`{"value":[],"Count":0}`, nil},
		"a value that is null":        {`{"value":null,"Count":0}`, nil},
		"nothing":                     {`null`, nil},
		"an empty object":             {`{}`, nil},
		"an empty array":              {`[]`, nil},
		"blanks around it":            {" [ {\"name\": \"a\"} ] ", []row{{"a"}}},
		"an item that has a Count":    {`[{"name":"a","Count":3}]`, []row{{"a"}}},
		"an item that has a value, 0": {`{"name":"a","value":"x"}`, []row{{"a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := list[row]{{"old"}}
			if err := json.Unmarshal([]byte(c.text), &got); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	var names list[string]
	if err := json.Unmarshal([]byte(`"Hyper-V"`), &names); err != nil || !slices.Equal(names, []string{"Hyper-V"}) {
		t.Errorf("a single text gives %v, %v", names, err)
	}
	if err := json.Unmarshal([]byte(`7`), &names); err == nil {
		t.Errorf("a number is read as a list of texts: %v", names)
	}
}

func TestNumbersAreReadInQuotesToo(t *testing.T) {
	for text, want := range map[string]number{
		`40`: 40, `"40"`: 40, `"274877906944"`: 274877906944, `25.0`: 25, `null`: 0, `""`: 0, `-1`: -1,
	} {
		var got number
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is read as %d, %v", text, got, err)
		}
	}
	for _, text := range []string{`"many"`, `1.5`, `true`, `{}`, `1e99`} {
		var got number
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is read as %d", text, got)
		}
	}
}

func FuzzReplies(f *testing.F) {
	for _, seed := range []string{
		`{"clusters":{"name":"a","nodePools":{}},"records":null}`, `{"clusters":{"value":[],"Count":0}}`,
		`{"drives":{"size":"2","bus":17},"clock":"12:00:00, -00.34s","failoverCluster":{"networks":{"subnet":"10.0.0.0/24"},"nodes":{}}}`, hostJSON, `[]`, `{"computer":{"memory":1e20}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var a akshci
		if json.Unmarshal([]byte(text), &a) == nil {
			_ = a.owner(clusterRecord, "a")
			if c := a.cluster("a"); c != nil {
				_ = c.pool("b")
			}
		}
		var h hostReply
		if json.Unmarshal([]byte(text), &h) == nil {
			_, _ = h.host("inventory.hosts[0]")
			if h.Fabric != nil {
				_, _ = h.Fabric.cluster()
			}
		}
		var v taskView
		if json.Unmarshal([]byte(text), &v) == nil {
			_, _ = v.why(), lastLine(v.Output)
		}
	})
}
