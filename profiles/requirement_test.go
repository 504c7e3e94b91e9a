package profiles

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestRequirementsOfEveryFileAreRead(t *testing.T) {
	all, err := Requirements()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Name == "" || s.Title == "" || s.Read.IsZero() || len(s.Requirements) == 0 {
			t.Errorf("chapter %+v is not whole", s)
		}
	}
}

func TestAnIncompleteRequirementIsRefused(t *testing.T) {
	const head = "read: 2026-11-22\nrequirements:\n"
	for name, c := range map[string]struct{ text, want string }{
		"a whole one is read":                {head + "  - {what: \"Hosts are physical.\", source: ASD:a.md, codes: [host-nested]}", ""},
		"the source above is taken":          {head + "  - {what: A., source: ASD:a.md, codes: [host-nested]}\n  - {what: B., codes: [host-os]}", ""},
		"a reason stands for codes":          {head + "  - {what: A., source: ASD:a.md, not: nobody can see it}", ""},
		"neither codes nor a reason":         {head + "  - {what: A., source: ASD:a.md}", "either codes or the reason"},
		"codes and a reason":                 {head + "  - {what: A., source: ASD:a.md, codes: [b], not: c}", "either codes or the reason"},
		"no sentence":                        {head + "  - {source: ASD:a.md, codes: [b]}", "what is asked for"},
		"no source":                          {head + "  - {what: A., codes: [b]}", "has no source"},
		"a source that is no page":           {head + "  - {what: A., source: somewhere, codes: [b]}", "has the source"},
		"no day":                             {"requirements:\n  - {what: A., source: ASD:a.md, codes: [b]}", "was read"},
		"one sentence twice":                 {head + "  - {what: A., source: ASD:a.md, codes: [b]}\n  - {what: A., codes: [c]}", "A."},
		"an unknown key":                     {head + "  - {what: A., source: ASD:a.md, code: b}", "code"},
		"no requirement at all":              {"read: 2026-11-22\n", "is missing"},
		"two documents":                      {head + "  - {what: A., source: ASD:a.md, codes: [b]}\n---\nread: 2026-11-22\n", "one YAML document"},
		"our own rule says why it is a rule": {head + "  - {what: A., source: arcwright, codes: [b]}", "does not say why"},
	} {
		_, err := chapters(fstest.MapFS{"data/requirements/x.yaml": {Data: []byte(c.text)}})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}
