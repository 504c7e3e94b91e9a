// Command bench measures arcwright against its limits and against a peer, all in one
// run on one machine, and prints a table. It passes no verdict by exit code: machines are
// shared and noisy, and figures are for reading.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// A figure is one row: what was measured, and what it is held against.
type figure struct {
	what   string
	median time.Duration
	low    time.Duration
	high   time.Duration
	limit  time.Duration
	// peer is the median of the peer, 0 when the limit is fixed.
	peer   time.Duration
	memory int64 // peak resident memory in bytes, 0 when not measured
	// ratio and atMost stand instead of times where two measurements are held against each other.
	ratio, atMost float64
	note          string
}

func main() {
	work := run
	if len(os.Args) == 2 && os.Args[1] == "-fleet" {
		work = planFleet
	}
	if err := work(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	program, err := filepath.Abs("arcwright")
	if err != nil {
		return err
	}
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("find ./arcwright (make build makes it): %w", err)
	}
	dir, err := os.MkdirTemp("", "arcwright-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var rows []figure
	for _, example := range []string{"quickstart", "baseline"} {
		row, err := planning(example)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	for _, measure := range []func() (figure, error){sizing, sizingMixed} {
		row, err := measure()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	grown, err := curve()
	if err != nil {
		return err
	}
	rows = append(rows, grown...)
	if grown, err = growth(); err != nil {
		return err
	}
	rows = append(rows, grown...)
	fleet, err := many()
	if err != nil {
		return err
	}
	rows = append(rows, fleet)
	quickstart, err := input("quickstart")
	if err != nil {
		return err
	}
	for _, a := range []struct {
		what string
		in   planner.Input
	}{{"addresses of 256 networks of /24", manyNetworks(quickstart)}, {"addresses around 10,000 in use", manyHoles(quickstart)}} {
		row, err := addressing(a.what, a.in)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	lost, err := losses(dir)
	if err != nil {
		return err
	}
	rows = append(rows, lost...)
	found, err := discovering(program, dir)
	if err != nil {
		return err
	}
	rows = append(rows, found)
	for _, a := range []struct {
		example string
		limit   time.Duration
		times   int
	}{{"quickstart", 2 * time.Second, 5}, {"baseline", 15 * time.Second, 3}} {
		row, err := applying(program, dir, a.example, a.limit, a.times)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	row, err := starting(program)
	if err != nil {
		return err
	}
	printTable(append(rows, row))
	return nil
}

func printTable(rows []figure) {
	fmt.Printf("%s %s/%s, %d processors, %s\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().UTC().Format("2006-01-02"))
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tmedian\tlowest\thighest\tlimit\tof the limit\tpeak memory\t")
	for _, r := range rows {
		if r.atMost > 0 {
			fmt.Fprintf(w, "%s\t%.2f\t\t\t%.2f\t%.2f\t\t%s\n", r.what, r.ratio, r.atMost, r.ratio/r.atMost, r.note)
			continue
		}
		limit, part := "", ""
		switch {
		case r.peer > 0:
			limit, part = fmt.Sprintf("%s (peer)", r.peer.Round(10*time.Microsecond)), fmt.Sprintf("%.2f", float64(r.median)/float64(r.peer))
		case r.limit > 0:
			limit, part = r.limit.String(), fmt.Sprintf("%.2f", float64(r.median)/float64(r.limit))
		}
		memory := ""
		if r.memory > 0 {
			memory = fmt.Sprintf("%d MB", r.memory/1e6)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.what, r.median.Round(10*time.Microsecond), r.low.Round(10*time.Microsecond), r.high.Round(10*time.Microsecond), limit, part, memory, r.note)
	}
	w.Flush()
}

// command runs a program to its end and tells how long it took and its peak memory.
func command(name string, args ...string) (time.Duration, int64, error) {
	c := exec.Command(name, args...)
	began := time.Now()
	out, err := c.CombinedOutput()
	took := time.Since(began)
	if err != nil {
		return 0, 0, fmt.Errorf("run %s %v: %w\n%s", filepath.Base(name), args, err, tail(out))
	}
	return took, peak(c.ProcessState), nil
}

func tail(b []byte) []byte { return b[max(0, len(b)-2000):] }
