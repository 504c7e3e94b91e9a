package planner

import (
	"fmt"
	"slices"
	"strings"
)

// Antivirus is what a virus scanner passes over.
type Antivirus struct {
	// Processes are their names, with or without .exe, Folders full paths.
	Processes []string `yaml:"processes,omitempty" json:"processes,omitempty"`
	Folders   []string `yaml:"folders,omitempty" json:"folders,omitempty"`
}

// antivirus judges whether a virus scanner leaves the platform's own processes and folders
// alone, on platforms whose pages ask for it.
func (j *judge) antivirus() {
	processes, folders := j.rules.Hosts.AntivirusProcesses, j.rules.Hosts.AntivirusFolders
	if processes.Unstated || len(j.in.Inventory.Hosts) == 0 {
		return
	}
	scanner := j.in.Inventory.Antivirus
	if scanner == nil {
		j.add(Finding{Code: "antivirus-unknown", Path: "inventory.antivirus", Evidence: "none listed", Source: cite(processes.Source),
			Message: "nobody has said whether a virus scanner on the hosts leaves the platform alone",
			Remedy: fmt.Sprintf("Have these excluded on every host if there is a scanner, and list them in the inventory as antivirus: the processes %s; the folders %s.",
				strings.Join(processes.Value, ", "), strings.Join(folders.Value, ", "))})
		return
	}
	var missing []string
	for _, want := range processes.Value {
		if !slices.ContainsFunc(scanner.Processes, func(have string) bool {
			return strings.EqualFold(strings.TrimSuffix(strings.ToLower(have), ".exe"), want)
		}) {
			missing = append(missing, want)
		}
	}
	for _, want := range folders.Value {
		if !slices.ContainsFunc(scanner.Folders, func(have string) bool { return covers(have, want) }) {
			missing = append(missing, want)
		}
	}
	if len(missing) > 0 {
		list := strings.Join(missing, ", ")
		j.add(Finding{Code: "antivirus-exclusion", Path: "inventory.antivirus", Evidence: "without " + list, Source: cite(processes.Source),
			Message: "the virus scanner on the hosts does not pass over " + list, Remedy: "Have " + list + " excluded on every host, and write it into the inventory."})
	}
}

// windowsVariables are what administrators write at the beginning of paths.
var windowsVariables = strings.NewReplacer("%programfiles%", `c:\program files`, "%systemdrive%", "c:", "%programdata%", `c:\programdata`)

// covers reports whether an excluded folder is the one that is wanted, by the end of its
// path, or the one above it.
func covers(folder, want string) bool {
	folder, want = windowsVariables.Replace(strings.ToLower(folder)), strings.ToLower(want)
	folder = strings.TrimRight(strings.TrimRight(folder, "*"), `\`)
	above := want[:strings.LastIndex(want, `\`)]
	if !strings.HasPrefix(want, ":") {
		want, above = `\`+want, `\`+above
	}
	return strings.HasSuffix(folder, want) || strings.HasSuffix(folder, above)
}
