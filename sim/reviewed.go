package sim

import "fmt"

// bootstrapName is the entry of the table for the text on the command line.
const bootstrapName = "bootstrap"

// taskScripts are the scripts that run inside a task.
func taskScripts() []string {
	return []string{"prepare-host", "configure-akshci", "install-akshci", "new-network", "new-cluster", "new-node-pool",
		"uninstall-akshci", "remove-cluster", "remove-node-pool"}
}

// review refuses a text unless it is the one that the model of its script was written to.
// After a change of a script, look whether its model still answers as it does, and then
// write the table anew with go test ./sim -run Reviewed -update.
func review(name, text string) error {
	want, known := reviewed()[name]
	got := digest([]byte(text))
	switch {
	case !known:
		return fmt.Errorf("the script %q (SHA-256 %s) is not one that the simulated hosts know", name, got)
	case got != want:
		return fmt.Errorf("the script %q has changed since it was reviewed: SHA-256 %s, reviewed %s", name, got, want)
	}
	return nil
}
