package provision

import (
	"cmp"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// driveReply is one MSFT_PhysicalDisk. Its enumerations are words or numbers, as the
// version of Windows has it.
type driveReply struct {
	ID             string `json:"id"`
	Serial         string `json:"serial"`
	Model          string `json:"model"`
	Media          label  `json:"media"`
	Bus            label  `json:"bus"`
	Usage          label  `json:"usage"`
	Size           number `json:"size"`
	Health         label  `json:"health"`
	Logical        number `json:"logicalSector"`
	Physical       number `json:"physicalSector"`
	PowerProtected *bool  `json:"powerProtected"`
}

// bootReply is one disk that Windows starts from.
type bootReply struct {
	ID     string `json:"id"`
	Serial string `json:"serial"`
	Model  string `json:"model"`
}

// The enumerations of MSFT_PhysicalDisk
// (WDD:windows-driver-docs-pr/storage/msft-physicaldisk.md, read 2026-11-22).
var (
	mediaWords  = map[string]string{"0": "Unspecified", "3": "HDD", "4": "SSD", "5": "SCM"}
	busWords    = map[string]string{"6": "Fibre Channel", "7": "USB", "8": "RAID", "9": "iSCSI", "10": "SAS", "11": "SATA", "14": "Virtual", "15": "File Backed Virtual", "16": "Spaces", "17": "NVMe", "18": "SCM"}
	usageWords  = map[string]string{"1": "Auto-Select", "2": "Manual-Select", "3": "Hot Spare", "4": "Retired", "5": "Journal"}
	healthWords = map[string]string{"0": "Healthy", "1": "Warning", "2": "Unhealthy", "5": "Unknown"}
)

// word is the word for a value that may be a number.
func word(words map[string]string, value label) string {
	text := strings.TrimSpace(string(value))
	return cmp.Or(words[text], text)
}

// speeds are the kinds of drive, the fastest first.
var speeds = []string{"PMem", "NVMe", "SSD", "HDD"}

func speed(media string) int {
	if i := slices.Index(speeds, media); i >= 0 {
		return i
	}
	return len(speeds)
}

// drives are the host's own drives in sets of like ones. Before Storage Spaces Direct is on, no
// drive is marked as cache: it will take the fastest kind.
func (r hostReply) drives() []planner.Drive {
	var all []planner.Drive
	seen := map[string]bool{}
	for _, d := range r.Drives {
		bus, media := word(busWords, d.Bus), word(mediaWords, d.Media)
		key := strings.TrimSpace(d.ID) + "\n" + strings.TrimSpace(d.Serial)
		if seen[key] && key != "\n" || slices.Contains([]string{"USB", "File Backed Virtual", "Spaces", "Virtual"}, bus) {
			continue
		}
		seen[key] = true
		switch {
		case bus == "NVMe":
			media = "NVMe"
		case bus == "SCM", media == "SCM":
			media, bus = "PMem", "PMem"
		}
		one := planner.Drive{Role: planner.CapacityDrive, Count: 1, Model: strings.TrimSpace(d.Model), Media: media, Bus: bus,
			Size: planner.Bytes(d.Size), Health: word(healthWords, d.Health), PowerLossProtection: stated(d.PowerProtected), Sector: sector(d.Logical, d.Physical)}
		switch {
		case r.boots(d):
			one.Role = planner.BootDrive
		case word(usageWords, d.Usage) == "Journal":
			one.Role = planner.CacheDrive
		}
		all = append(all, one)
	}
	markCache(all)
	return sets(all)
}

// boots reports whether Windows starts from a drive. Serial numbers are the surer sign: the
// boot mirrors of some makers all have one and the same id.
func (r hostReply) boots(d driveReply) bool {
	return slices.ContainsFunc(r.Boot, func(b bootReply) bool {
		own, boot := strings.TrimSpace(d.Serial), strings.TrimSpace(b.Serial)
		if own != "" && boot != "" {
			return own == boot
		}
		id := strings.TrimSpace(d.ID)
		return id != "" && id == strings.TrimSpace(b.ID)
	})
}

func markCache(all []planner.Drive) {
	var kinds []string
	for _, d := range all {
		if d.Role == planner.CacheDrive {
			return
		}
		if d.Role == planner.CapacityDrive && !slices.Contains(kinds, d.Media) {
			kinds = append(kinds, d.Media)
		}
	}
	if len(kinds) < 2 {
		return
	}
	fastest := slices.MinFunc(kinds, func(a, b string) int { return speed(a) - speed(b) })
	for i := range all {
		if all[i].Role == planner.CapacityDrive && all[i].Media == fastest {
			all[i].Role = planner.CacheDrive
		}
	}
}

// sets puts like drives together, in the order they were found; a set is as healthy as its
// worst drive.
func sets(all []planner.Drive) []planner.Drive {
	out := []planner.Drive{}
	for _, d := range all {
		i := slices.IndexFunc(out, func(s planner.Drive) bool {
			s.Count, s.Health = d.Count, d.Health
			return s == d
		})
		if i < 0 {
			out = append(out, d)
			continue
		}
		out[i].Count++
		if illness(d.Health) > illness(out[i].Health) {
			out[i].Health = d.Health
		}
	}
	return out
}

// illness orders healths, the best first.
func illness(health string) int {
	switch health {
	case "Healthy":
		return 0
	case "Warning":
		return 2
	case "Unhealthy":
		return 3
	}
	return 1
}

// sector is the format of a drive's sectors, empty when Windows does not say.
func sector(logical, physical number) string {
	switch {
	case logical == 4096:
		return "4Kn"
	case logical == 512 && physical == 4096:
		return "512e"
	case logical == 512 && physical == 512:
		return "512n"
	}
	return ""
}
