package arcwright_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/planner"
)

// A use is a place where a finding gets its code.
type use struct {
	code string // empty when it is no literal
	at   token.Position
}

// A maker is a function that takes a code as one of its parameters.
type maker struct {
	params int
	at     int // which of them
}

// isCode reports whether a parameter passes a code on.
func isCode(name string) bool { return name == "code" || strings.HasSuffix(name, "Code") }

// makers finds the functions, and the function values that have a name, which make findings
// of a code that they take. Methods are found under .name, values under the file's name.
func makers(s source, found map[string][]maker) {
	take := func(name string, t *ast.FuncType, body *ast.BlockStmt) {
		n := 0
		var at []int
		for _, field := range t.Params.List {
			for _, param := range field.Names {
				if ident, ok := field.Type.(*ast.Ident); ok && ident.Name == "string" && isCode(param.Name) && makes(body, param.Name) {
					at = append(at, n)
				}
				n++
			}
		}
		for _, i := range at {
			found[name] = append(found[name], maker{n, i})
		}
	}
	ast.Inspect(s.tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv != nil {
				take("."+n.Name.Name, n.Type, n.Body)
			} else {
				take(n.Name.Name, n.Type, n.Body)
			}
		case *ast.AssignStmt:
			for i, value := range n.Rhs {
				if f, ok := value.(*ast.FuncLit); ok {
					if name, ok := n.Lhs[i].(*ast.Ident); ok {
						take(s.file+" "+name.Name, f.Type, f.Body)
					}
				}
			}
		}
		return true
	})
}

// makes reports whether a function makes a finding whose code is the parameter.
func makes(body *ast.BlockStmt, param string) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok && isFinding(lit.Type) {
			for _, element := range lit.Elts {
				if pair, ok := element.(*ast.KeyValueExpr); ok {
					value, isName := pair.Value.(*ast.Ident)
					found = found || isName && value.Name == param
				}
			}
		}
		return true
	})
	return found
}

// constants finds the constants of a file that are text.
func constants(tree *ast.File, found map[string]string) {
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if i < len(spec.Values) {
				if text, ok := literal(spec.Values[i]); ok {
					found[name.Name] = text
				}
			}
		}
		return true
	})
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// isFinding reports whether a composite literal is a finding; those of a list leave their
// type to it.
func isFinding(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name == "Finding"
	case *ast.SelectorExpr:
		return t.Sel.Name == "Finding"
	case *ast.ArrayType:
		return isFinding(t.Elt)
	case *ast.StarExpr:
		return isFinding(t.X)
	}
	return false
}

// uses lists the codes that a file gives to findings.
func uses(s source, texts map[string]string, of map[string][]maker) []use {
	var list []use
	add := func(e ast.Expr) {
		u := use{at: s.set.Position(e.Pos())}
		text, ok := literal(e)
		if ident, isName := e.(*ast.Ident); !ok && isName {
			if text, ok = texts[ident.Name]; !ok && isCode(ident.Name) {
				return // a maker passes its own parameter on
			}
		}
		if ok {
			u.code = text
		}
		list = append(list, u)
	}
	given := func(lit *ast.CompositeLit) {
		for _, element := range lit.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "Code" {
					add(pair.Value)
				}
			}
		}
	}
	ast.Inspect(s.tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if !isFinding(n.Type) {
				return true
			}
			given(n)
			for _, element := range n.Elts {
				if inner, ok := element.(*ast.CompositeLit); ok && inner.Type == nil {
					given(inner)
				}
			}
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				field, ok := to.(*ast.SelectorExpr)
				if !ok || field.Sel.Name != "Code" || len(n.Rhs) != len(n.Lhs) {
					continue
				}
				if name, ok := n.Rhs[i].(*ast.Ident); ok && strings.HasPrefix(name.Name, "Finding") {
					add(n.Rhs[i])
				}
				if text, ok := literal(n.Rhs[i]); ok && text != "" {
					add(n.Rhs[i])
				}
			}
		case *ast.CallExpr:
			var known []maker
			switch f := n.Fun.(type) {
			case *ast.Ident:
				known = slices.Concat(of[f.Name], of[s.file+" "+f.Name])
			case *ast.SelectorExpr:
				known = slices.Concat(of["."+f.Sel.Name], of[f.Sel.Name])
			}
			for _, m := range known {
				if len(n.Args) == m.params {
					add(n.Args[m.at])
				}
			}
		}
		return true
	})
	return list
}

// TestEveryFindingHasADeclaredCode looks for findings in the whole program: each must have
// a code that planner declares, so that it is explained, and each declared code must be
// of some finding.
func TestEveryFindingHasADeclaredCode(t *testing.T) {
	var found []use
	byHouse := map[string][]source{}
	for _, s := range product(t) {
		if h := house(s.dir); h != "profiles" && !strings.HasPrefix(s.file, "planner/code_") {
			byHouse[h] = append(byHouse[h], s)
		}
	}
	for _, sources := range byHouse {
		texts, of := map[string]string{}, map[string][]maker{}
		for _, s := range sources {
			constants(s.tree, texts)
			makers(s, of)
		}
		for _, s := range sources {
			found = append(found, uses(s, texts, of)...)
		}
	}
	seen := map[string]bool{}
	for _, u := range found {
		seen[u.code] = true
		if u.code == "" {
			t.Errorf("%s: the code of a finding is put together here; write it out, so that it can be looked up", u.at)
		} else if _, ok := planner.CodeOf(u.code); !ok {
			t.Errorf("%s: the code %s is not declared: explain it in planner/code_*.go", u.at, u.code)
		}
	}
	for _, c := range planner.Codes() {
		if !seen[c.Name] {
			t.Errorf("the code %s is declared and no finding has it", c.Name)
		}
	}
	if len(found) < 150 {
		t.Errorf("only %d findings found: the walk misses something", len(found))
	}
}

// The detector itself must see what it looks for.
func TestUsesAreFound(t *testing.T) {
	s := parsed(t, `package x
const FindingLost = "lost"
func f(path, code string, otherCode string) { add(Finding{Code: code}); add(Finding{Code: otherCode}) }
func g() {
	_ = []planner.Finding{{Code: "in-list"}, {Code: "put-" + "together"}}
	_ = &Finding{Code: FindingLost}
	f("p", "by-maker", "by-other")
	x.Code = FindingLost
	tell := func(i int, code string) { add(Finding{Code: code}) }
	keep := func(code string) {}
	keep("no finding")
	tell(1, "by-value")
}`)
	texts, of := map[string]string{}, map[string][]maker{}
	constants(s.tree, texts)
	makers(s, of)
	var got []string
	for _, u := range uses(s, texts, of) {
		got = append(got, u.code)
	}
	want := []string{"in-list", "", "lost", "by-maker", "by-other", "lost", "by-value"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
