package main

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// manyHosts is how many hosts the row of discover reads.
const manyHosts = 200

// discovering measures discover over the wire of the simulator, all hosts at once. Client and
// simulated hosts are one process, so that its memory is that of both.
func discovering(program, dir string) (figure, error) {
	in, err := input("quickstart")
	if err != nil {
		return figure{}, err
	}
	first := in.Inventory.Hosts[0]
	in.Inventory.Hosts = nil
	at := netip.MustParseAddr("10.40.100.1")
	for i := range manyHosts {
		h := first
		h.Name, h.Address = fmt.Sprintf("hv%03d.corp.contoso.com", i), at
		in.Inventory.Hosts = append(in.Inventory.Hosts, h)
		at = at.Next()
	}
	text, err := planner.EncodeInventory(in.Inventory)
	if err != nil {
		return figure{}, err
	}
	if err := os.WriteFile(filepath.Join(dir, "inventory.yaml"), text, 0o600); err != nil {
		return figure{}, fmt.Errorf("write the inventory: %w", err)
	}
	site, err := os.ReadFile(filepath.Join("examples", "quickstart", "site.yaml"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "many.yaml"), site, 0o600)
	}
	if err != nil {
		return figure{}, fmt.Errorf("write the site: %w", err)
	}
	var took []time.Duration
	var most int64
	for range 3 {
		out := filepath.Join(dir, "read.yaml")
		_ = os.Remove(out) // one that is there would be renewed
		t, memory, err := command(program, "discover", "--on", "sim", "--site", filepath.Join(dir, "many.yaml"), "--state", filepath.Join(dir, "state"), "--out", out)
		if err != nil {
			return figure{}, err
		}
		read, err := os.ReadFile(out)
		if err != nil {
			return figure{}, fmt.Errorf("read the inventory: %w", err)
		}
		if n := bytes.Count(read, []byte("\n  - name: hv")); n != manyHosts {
			return figure{}, fmt.Errorf("%d of %d hosts were read", n, manyHosts)
		}
		took, most = append(took, t), max(most, memory)
	}
	row := summary(fmt.Sprintf("discover %d hosts on sim", manyHosts), took, 30*time.Second)
	row.memory, row.note = most, "client and hosts in one process, two connections a host"
	return row, nil
}
