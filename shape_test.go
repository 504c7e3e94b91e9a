// Package arcwright_test holds the rules about the shape of the repository: which
// package may import which, and where time may come from.
package arcwright_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/arcwright/arcwright/"

// mayImport is the table of docs/design.md: a package, with all below it, may import
// these of ours, and whatever stands below itself.
var mayImport = map[string][]string{
	"profiles":      {},
	"planner":       {"profiles"},
	"provision":     {"planner", "profiles"},
	"sim":           {"planner", "profiles"},
	"tui":           {"planner", "profiles", "provision"},
	"cmd/arcwright": {"planner", "profiles", "provision", "sim", "tui"},
	"test/oracle":   {"planner"},
	"bench":         {"planner", "profiles", "provision", "sim", "test/oracle"},
}

// house is the package of the table that a folder belongs to.
func house(dir string) string {
	for name := range mayImport {
		if dir == name || strings.HasPrefix(dir, name+"/") {
			return name
		}
	}
	return ""
}

type source struct {
	file string
	dir  string
	set  *token.FileSet
	tree *ast.File
}

// product returns every Go file of the repository's own module that is not a test.
func product(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || name == "test" || d.Name() == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, source{name, path.Dir(name), set, tree})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d files found: the walk misses something", len(all))
	}
	return all
}

func imports(s source) []string {
	var paths []string
	for _, spec := range s.tree.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

func TestImportsFollowTheTable(t *testing.T) {
	graph := map[string]map[string]bool{}
	for _, s := range product(t) {
		from := house(s.dir)
		if from == "" {
			t.Errorf("%s: package %s is not in the table", s.file, s.dir)
			continue
		}
		for _, p := range imports(s) {
			rest, ours := strings.CutPrefix(p, module)
			if !ours {
				continue
			}
			to := house(rest)
			if to == from {
				continue
			}
			if graph[from] == nil {
				graph[from] = map[string]bool{}
			}
			graph[from][to] = true
			if !slices.Contains(mayImport[from], to) {
				t.Errorf("%s: %s must not import %s", s.file, from, p)
			}
		}
	}
	for from, tos := range graph {
		for to := range tos {
			t.Logf("%s -> %s", from, to)
		}
	}
}

func TestOnlyTheScreensImportCharm(t *testing.T) {
	for _, s := range product(t) {
		for _, p := range imports(s) {
			if !strings.HasPrefix(p, "charm.land/") && !strings.HasPrefix(p, "github.com/charmbracelet/") {
				continue
			}
			if house(s.dir) != "tui" && s.file != "cmd/arcwright/terminal.go" {
				t.Errorf("%s imports %s: only tui and cmd/arcwright/terminal.go may", s.file, p)
			}
		}
	}
}

// realTime are the ways to real time. provision takes all of it from its Clock, so
// that a rehearsal waits for nothing; provision/clock/real.go holds the one real clock.
var realTime = map[string][]string{
	"time":    {"Now", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Since", "Until"},
	"context": {"WithTimeout", "WithDeadline", "WithTimeoutCause", "WithDeadlineCause"},
}

// impure are packages that planner and profiles have no business with.
var impure = []string{"os", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "io/ioutil", "syscall"}

func TestTimeComesFromTheClock(t *testing.T) {
	for _, s := range product(t) {
		in := house(s.dir)
		if in != "provision" && in != "planner" && in != "profiles" || s.file == "provision/clock/real.go" {
			continue
		}
		for _, use := range calls(s.tree, realTime) {
			t.Errorf("%s: %s passes by the clock", s.set.Position(use.Pos()), use.Sel.Name)
		}
	}
}

func TestPlannerIsPure(t *testing.T) {
	for _, s := range product(t) {
		if in := house(s.dir); in != "planner" && in != "profiles" {
			continue
		}
		for _, p := range imports(s) {
			if slices.Contains(impure, p) || p == "net" {
				t.Errorf("%s imports %s: it must stay a pure function of its inputs", s.file, p)
			}
		}
	}
}

// calls finds uses of the named functions of standard packages, under whatever name
// they were imported.
func calls(tree *ast.File, of map[string][]string) []*ast.SelectorExpr {
	local := map[string]string{}
	for _, spec := range tree.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		local[name] = p
	}
	var found []*ast.SelectorExpr
	ast.Inspect(tree, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(of[local[x.Name]], sel.Sel.Name) {
			found = append(found, sel)
		}
		return true
	})
	return found
}

// parsed is a file of a test of the detectors.
func parsed(t *testing.T, text string) source {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	return source{"x.go", ".", set, tree}
}

// The detectors themselves must see what they look for.
func TestCallsAreFound(t *testing.T) {
	const text = `package x
import ("context"; clock "time")
func f() { clock.Sleep(1); _, _ = context.WithTimeout(nil, 1); _ = clock.Second }`
	if got := len(calls(parsed(t, text).tree, realTime)); got != 2 {
		t.Errorf("found %d uses, want 2", got)
	}
}
