package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// worldVersion is the version of the world folders that this program reads and writes.
// It changes whenever the same log would make another world.
const worldVersion = "arcwright.dev/world/v2"

// A Header is what a world is made of, as its file world.json keeps it.
type Header struct {
	Version string    `json:"version"`
	Seed    uint64    `json:"seed"`
	Start   time.Time `json:"start"`
	// Made is when the folder was made, by the clock outside.
	Made time.Time `json:"made"`
	// The digests are SHA-256 in hexadecimal: of the inventory without the time it was
	// read, of the profile's files, and of the physical side of the networks.
	Inventory string `json:"inventory"`
	Profile   string `json:"profile"`
	Networks  string `json:"networks"`
	// Directory is the digest of the site's directory and its operator, where a domain
	// controller is simulated.
	Directory string `json:"directory,omitempty"`
}

// ErrOtherWorld is the error of a world folder with another world than was asked for.
type ErrOtherWorld struct {
	Dir string
	// What differs: seed, inventory, profile, networks, directory or version.
	What            string
	Recorded, Given string
}

func (e *ErrOtherWorld) Error() string {
	return fmt.Sprintf("open world %s: it was made with another %s (%.12s, not %.12s)", e.Dir, e.What, e.Recorded, e.Given)
}

// ReadHeader reads what the world in a folder is made of. The error wraps fs.ErrNotExist
// when there is none.
func ReadHeader(dir string) (Header, error) {
	var h Header
	path := filepath.Join(dir, "world.json")
	text, err := os.ReadFile(path)
	if err != nil {
		return h, fmt.Errorf("read world: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return h, &ErrDamaged{Path: path, Err: err}
	}
	return h, nil
}

func headerOf(inv planner.Inventory, o Options) (Header, error) {
	inv.ReadAt = time.Time{}
	inventory, err := json.Marshal(inv)
	if err != nil {
		return Header{}, fmt.Errorf("encode the inventory: %w", err)
	}
	type physical struct {
		Switch string
		VLAN   int
		Scope  *planner.Range
	}
	wires := []physical{}
	for _, n := range o.Networks {
		wires = append(wires, physical{n.Switch, n.VLAN, n.DHCPScope})
	}
	networks, err := json.Marshal(wires)
	if err != nil {
		return Header{}, fmt.Errorf("encode the networks: %w", err)
	}
	h := Header{
		Version: worldVersion, Seed: o.Seed, Start: o.Start.UTC(),
		Inventory: digest(inventory), Profile: o.Profile.Name + " " + o.Profile.Digest, Networks: digest(networks),
	}
	if o.Directory.Server != "" {
		directory, err := json.Marshal(struct {
			Directory planner.Directory
			Operator  string
		}{o.Directory, o.Operator})
		if err != nil {
			return Header{}, fmt.Errorf("encode the directory: %w", err)
		}
		h.Directory = digest(directory)
	}
	if o.World != "" {
		h.Made = o.Wall().UTC()
	}
	return h, nil
}

// drawSeed draws the seed of a new world that was asked for without one.
func (h *Header) drawSeed() {
	for h.Seed == 0 {
		h.Seed = uint64(rand.Uint32()) // short enough to be typed again
	}
}

// differs says what a recorded world has other than was asked for.
func (h Header) differs(dir string, from Header) error {
	for _, f := range [...]struct{ what, recorded, given string }{
		{"version", from.Version, h.Version},
		{"seed", fmt.Sprint(from.Seed), fmt.Sprint(h.Seed)},
		{"inventory", from.Inventory, h.Inventory},
		{"profile", from.Profile, h.Profile},
		{"networks", from.Networks, h.Networks},
		{"directory", from.Directory, h.Directory},
	} {
		if f.recorded != f.given {
			return &ErrOtherWorld{Dir: dir, What: f.what, Recorded: f.recorded, Given: f.given}
		}
	}
	return nil
}
