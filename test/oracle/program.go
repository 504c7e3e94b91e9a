package oracle

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner/packing"
)

// WriteProgram writes the question whether the machines fit on the hosts that are left as an
// integer program in the LP format: how many of each group stand on each host.
func WriteProgram(w io.Writer, in Instance, lost ...int) error {
	b := bufio.NewWriter(w)
	var left []packing.Host
	for i, h := range in.Hosts {
		if !slices.Contains(lost, i) {
			left = append(left, h)
		}
	}
	takes := func(h packing.Host, g packing.Group) bool {
		return g.Size.Fits(h.Room) && g.Size[packing.VCPUs] <= h.Largest
	}
	fmt.Fprintln(b, "Minimize\n obj: nothing\nSubject To\n none: nothing = 0")
	for g, group := range in.Groups {
		fmt.Fprintf(b, " all%d: 0 nothing", g)
		for h, host := range left {
			if takes(host, group) {
				fmt.Fprintf(b, " + x%d_%d", g, h)
			}
		}
		fmt.Fprintf(b, " = %d\n", group.Count)
	}
	for h, host := range left {
		for d := range host.Room {
			fmt.Fprintf(b, " room%d_%d: 0 nothing", h, d)
			for g, group := range in.Groups {
				if takes(host, group) && group.Size[d] > 0 {
					fmt.Fprintf(b, " + %d x%d_%d", group.Size[d], g, h)
				}
			}
			fmt.Fprintf(b, " <= %d\n", host.Room[d])
		}
	}
	fmt.Fprintln(b, "Bounds")
	for g, group := range in.Groups {
		able := 0
		for _, host := range left {
			if takes(host, group) {
				able++
			}
		}
		most := group.Count
		if group.Apart && group.Count <= able {
			most = 1
		}
		for h, host := range left {
			if takes(host, group) {
				fmt.Fprintf(b, " 0 <= x%d_%d <= %d\n", g, h, most)
			}
		}
	}
	fmt.Fprintln(b, "General")
	for g, group := range in.Groups {
		for h, host := range left {
			if takes(host, group) {
				fmt.Fprintf(b, " x%d_%d", g, h)
			}
		}
		fmt.Fprintln(b)
	}
	fmt.Fprintln(b, "End")
	return b.Flush()
}

// Solver is a program that answers integer programs.
type Solver string

// The solvers.
const (
	CBC  Solver = "cbc"
	GLPK Solver = "glpsol"
)

// Reply is what a solver says.
type Reply string

// The replies. Unsolved is no answer within the time.
const (
	Yes      Reply = "yes"
	No       Reply = "no"
	Unsolved Reply = "unsolved"
)

// Solve writes a question into a folder and runs the solver on it. It tells how long the
// solver ran.
func Solve(ctx context.Context, s Solver, dir string, limit time.Duration, in Instance, lost ...int) (Reply, time.Duration, error) {
	question, answer := filepath.Join(dir, "question.lp"), filepath.Join(dir, "answer")
	f, err := os.Create(question)
	if err != nil {
		return "", 0, err
	}
	if err := errors.Join(WriteProgram(f, in, lost...), f.Close()); err != nil {
		return "", 0, fmt.Errorf("write the program: %w", err)
	}
	seconds := fmt.Sprint(int(limit.Seconds()))
	c := exec.CommandContext(ctx, string(s), question, "sec", seconds, "solve", "solution", answer)
	if s == GLPK {
		c = exec.CommandContext(ctx, string(s), "--lp", question, "--tmlim", seconds, "-w", answer)
	}
	os.Remove(answer)
	began := time.Now()
	out, err := c.CombinedOutput()
	took := time.Since(began)
	if err != nil {
		return "", took, fmt.Errorf("run %s: %w\n%s", s, err, out)
	}
	reply, err := read(s, answer, string(out))
	return reply, took, err
}

// read reads a solver's answer.
func read(s Solver, file, out string) (Reply, error) {
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return "", err
	}
	if s == CBC {
		head, _, _ := strings.Cut(string(text), "\n")
		switch {
		case strings.HasPrefix(head, "Optimal"):
			return Yes, nil
		case strings.HasPrefix(head, "Infeasible"), strings.HasPrefix(head, "Integer infeasible"):
			return No, nil
		case strings.HasPrefix(head, "Stopped on time"):
			return Unsolved, nil
		}
		return "", fmt.Errorf("read the answer of %s: %q\n%s", s, head, out)
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 4 && fields[0] == "s" {
			switch {
			case fields[1] == "mip" && fields[4] == "o", fields[1] == "mip" && fields[4] == "f":
				return Yes, nil
			case fields[1] == "mip" && fields[4] == "n", fields[1] == "bas" && strings.Contains(fields[4]+fields[5], "n"):
				return No, nil
			case fields[4] == "u":
				if strings.Contains(out, "TIME LIMIT") {
					return Unsolved, nil
				}
				// without a solution to print: the relaxation had none
				if strings.Contains(out, "HAS NO PRIMAL FEASIBLE SOLUTION") || strings.Contains(out, "HAS NO INTEGER FEASIBLE SOLUTION") || strings.Contains(out, "NO PRIMAL FEASIBLE SOLUTION") {
					return No, nil
				}
			}
		}
	}
	return "", fmt.Errorf("read the answer of %s: %q\n%s", s, text, out)
}
