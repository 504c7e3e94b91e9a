package main

import "strings"

// A bench is the tests of one package.
type bench struct {
	pkg string // below the folder where the tool is started
	// tests picks from the names of the tests. One part of a test stands behind a slash.
	tests func(names []string) []string
	flags []string
}

// benches are the tests of the planner. What its own tests let pass may still be seen by
// the scripts of the commands.
func benches() []*bench {
	// properties try the same values each time, and do not look for smaller ones
	properties := []string{"-rapid.seed=1", "-rapid.nofailfile", "-rapid.shrinktime=0s"}
	return []*bench{
		{pkg: "./planner/packing", tests: everyTest, flags: properties},
		{pkg: "./planner", tests: everyTest, flags: properties},
		{pkg: "./cmd/arcwright", tests: plannerScripts},
	}
}

func everyTest(names []string) []string { return names }

func plannerScripts(names []string) []string {
	var all []string
	for _, name := range names {
		if name == "TestGenerated" || strings.Contains(name, "Schema") {
			all = append(all, name)
		}
	}
	for _, script := range []string{"plan", "check", "addresses", "capacity", "diff", "badinput", "waiver", "explain", "editedplan"} {
		all = append(all, "TestScripts/"+script)
	}
	return all
}
