package provision

import (
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision/atlas"
)

// Known is what the atlas knows of a failure, in short. It is zero when nothing is known.
type Known struct {
	// Entry is the id of the failure, for arcwright explain.
	Entry string `json:"known,omitempty"`
	// Cause is why it happens, and Fix the step to begin with.
	Cause string `json:"cause,omitempty"`
	Fix   string `json:"fix,omitempty"`
}

// Hint is all of it on one line, empty when nothing is known.
func (k Known) Hint() string {
	if k.Entry == "" {
		return ""
	}
	return "known: " + k.Cause + " " + k.Fix + " (arcwright explain " + k.Entry + ")"
}

// Recognise says what the atlas knows of an error's text. With a generation, what only
// happens in the other one is left out. Where the text itself says nothing exact, the
// output before it is looked at as well.
func Recognise(text, output string, generation profiles.Generation) Known {
	finder, err := atlas.Builtin()
	if err != nil {
		return Known{} // a mistake of this program, which its tests find
	}
	found := finder.Find(text, generation)
	if output != "" && (len(found) == 0 || found[0].General) {
		if more := finder.Find(output+"\n"+text, generation); len(more) > 0 && (len(found) == 0 || !more[0].General) {
			found = more
		}
	}
	if len(found) == 0 {
		return Known{}
	}
	return Known{Entry: found[0].ID, Cause: found[0].Cause, Fix: found[0].Fix[0]}
}

// recognise says what is known of the error that a task is given up with.
func (s *shift) recognise(t *task, text string) Known {
	return Recognise(text, t.printed, s.generation())
}

// generationOf is the generation of a platform, empty for one that is not known here.
func generationOf(platform string) profiles.Generation {
	profile, err := profiles.Load(platform)
	if err != nil {
		return ""
	}
	return profile.Generation
}
