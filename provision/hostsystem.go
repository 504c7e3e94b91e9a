package provision

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// systemReply is the operating system: Win32_OperatingSystem and the registry.
type systemReply struct {
	Caption    string `json:"caption"`
	SKU        number `json:"sku"`
	Build      number `json:"build"`
	Patch      number `json:"patch"`
	Language   string `json:"language"`
	Region     string `json:"region"`
	DEP        *bool  `json:"dep"`
	PowerShell string `json:"powerShell"`
}

// restartReply are the places where Windows notes that it waits for a restart.
type restartReply struct {
	Servicing bool `json:"servicing"`
	Update    bool `json:"update"`
	Name      bool `json:"name"`
	// Renames are pairs of from and to; an empty to is a deletion.
	Renames list[string] `json:"renames"`
}

// editions are the numbers of OperatingSystemSKU, by the page of Win32_OperatingSystem
// (WIN32:desktop-src/CIMWin32Prov/win32-operatingsystem.md, read 2026-11-22).
var editions = map[number]string{
	7: "Standard", 8: "Datacenter", 12: "Datacenter", 13: "Standard",
	406: "Azure Stack HCI", 407: "Datacenter Azure Edition", 408: "Datacenter Azure Edition",
}

func (r systemReply) os() planner.OS {
	edition, ok := editions[r.SKU]
	if !ok && r.SKU != 0 {
		edition = fmt.Sprintf("SKU %d", r.SKU)
	}
	product := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(r.Caption), "Microsoft "))
	return planner.OS{Product: product, Edition: edition, Build: int(r.Build), Patch: int(r.Patch), Language: r.Language, Region: r.Region}
}

// pending is whether Windows waits for a restart. Deletions of leftovers are there on most
// hosts most of the time, and wait for nobody.
func (r *restartReply) pending() planner.Known {
	if r == nil {
		return ""
	}
	moves := false
	for i := 1; i < len(r.Renames); i += 2 {
		moves = moves || r.Renames[i] != ""
	}
	return answer(r.Servicing || r.Update || r.Name || moves)
}

// majorMinor is 5.1 of 5.1.20348.2849.
func majorMinor(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(len(parts), 2)], ".")
}

// chartLine is the last line of w32tm /stripchart, such as "12:00:00, +00.0123456s"; its form is
// the same in every language.
var chartLine = regexp.MustCompile(`([+-][0-9]+\.[0-9]+)s\s*$`)

// offset reads how far a host's clock is from the domain's.
func offset(lines []string) (time.Duration, error) {
	last := ""
	for _, line := range lines {
		last = cmp.Or(strings.TrimSpace(line), last)
	}
	found := chartLine.FindStringSubmatch(last)
	if found == nil {
		return 0, fmt.Errorf("w32tm answered: %s", last)
	}
	seconds, err := strconv.ParseFloat(found[1], 64)
	if err != nil || seconds > maxOffset || seconds < -maxOffset {
		return 0, fmt.Errorf("w32tm answered: %s", last)
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Microsecond), nil
}

// maxOffset is a hundred years in seconds, more than which no clock is off.
const maxOffset = 100 * 365 * 24 * 3600
