package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A mutant is one change of a source file: the bytes from start to end become with.
type mutant struct {
	number     int // from one, in the order of the source, what is outer first
	file       *file
	start, end int
	with       string
	shown      int // where the line is that shows it
	line       int
	// edits put the change behind a switch, beside all others. Without any, the change
	// stands where the language wants a constant, and is compiled by itself.
	edits []edit
}

func (m mutant) text() []byte {
	return bytes.Join([][]byte{m.file.source[:m.start], []byte(m.with), m.file.source[m.end:]}, nil)
}

// was is the line before the change, is after it.
func (m mutant) was() string { return lineAt(m.file.source, m.shown) }
func (m mutant) is() string  { return lineAt(m.text(), m.shown) }

// in reports whether the name of the file holds a text.
func (m mutant) in(name string) bool { return strings.Contains(m.file.name, name) }

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d  %s  =>  %s", m.file.name, m.line, m.was(), m.is())
}

// key names a mutant whatever line it moves to.
func (m mutant) key() string { return filepath.Base(m.file.name) + ": " + m.was() + " => " + m.is() }

func lineAt(text []byte, at int) string {
	begin := bytes.LastIndexByte(text[:at], '\n') + 1
	end := len(text)
	if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
		end = at + n
	}
	return strings.TrimSpace(string(text[begin:end]))
}

// mutants lists every change that is made to the files.
func mutants(files []*file) []*mutant {
	var all []*mutant
	for _, f := range files {
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if n == nil || slices.Contains(f.capacities, n) {
				return false
			}
			if m := f.breakNode(n); m != nil {
				m.file, m.line, m.number = f, f.set.Position(f.tree.FileStart+token.Pos(m.shown)).Line, len(all)+1
				all = append(all, m)
			}
			_, imports := n.(*ast.ImportSpec)
			return !imports
		})
	}
	return all
}

// swapped are the operators that become others.
var swapped = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR, token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LAND: token.LOR, token.LOR: token.LAND, token.SUB: token.ADD, token.MUL: token.QUO,
}

// reports are the methods that record a finding.
var reports = map[string]bool{"add": true, "block": true, "warn": true, "note": true}

// breakNode is the change that is made to one node, without what it holds; nil for none.
func (f *file) breakNode(n ast.Node) *mutant {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		to, ok := swapped[n.Op]
		switch {
		case !ok:
		case n.Op == token.LAND || n.Op == token.LOR: // one binds closer than the other
			m := f.change(n.Pos(), n.End(), "("+f.between(n.Pos(), n.OpPos)+to.String()+f.between(n.OpPos+2, n.End())+")", f.switchOperator(n))
			m.shown = f.offset(n.OpPos)
			return m
		default:
			return f.change(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), to.String(), f.switchOperator(n))
		}
	case *ast.IfStmt:
		if _, compared := n.Cond.(*ast.BinaryExpr); !compared {
			return f.change(n.Cond.Pos(), n.Cond.End(), "!("+f.between(n.Cond.Pos(), n.Cond.End())+")", f.around(n.Cond, "(", ") != "+on))
		}
	case *ast.BasicLit:
		if v, err := strconv.Atoi(n.Value); n.Kind == token.INT && err == nil && v > 1 {
			return f.change(n.Pos(), n.End(), strconv.Itoa(v+1), f.switchNumber(n))
		}
	case *ast.ExprStmt:
		call, ok := n.X.(*ast.CallExpr)
		if !ok {
			break
		}
		if method, ok := call.Fun.(*ast.SelectorExpr); ok && reports[method.Sel.Name] {
			return f.change(n.Pos(), n.End(), "_ = func() { "+f.between(n.Pos(), n.End())+" }", f.around(n, "if !"+on+" { ", " }"))
		}
	}
	return nil
}

func (f *file) change(from, to token.Pos, with string, edits []edit) *mutant {
	return &mutant{start: f.offset(from), end: f.offset(to), with: with, shown: f.offset(from), edits: edits}
}

// switchOperator puts an operator, or the one it becomes, behind a switch. Both sides are
// worked out once at most, and the right side only where the language does.
func (f *file) switchOperator(n *ast.BinaryExpr) []edit {
	known := f.info.Types[n]
	if f.needsConstant(n) {
		return nil
	}
	switch n.Op {
	case token.EQL, token.NEQ:
		return f.around(n, "((", ") != "+on+")")
	case token.LAND, token.LOR: // not (not a and not b) is a or b
		return append(f.around(n, "(((", ") != "+on+") != "+on+")"), f.operator(n, ") != "+on+" "+n.Op.String()+" (")...)
	case token.SUB, token.MUL:
		name, ok := f.typeName(known.Type)
		if !ok {
			return nil
		}
		return append(f.around(n, either[n.Op]+"["+name+"]("+place+", ", ")"), f.operator(n, ", ")...)
	}
	if f.info.Types[n.X].Value != nil && f.info.Types[n.Y].Value != nil {
		return nil
	}
	return append(f.around(n, either[n.Op]+"("+place+", ", ")"), f.operator(n, ", ")...)
}

func (f *file) switchNumber(n *ast.BasicLit) []edit {
	name, ok := f.typeName(f.info.Types[n].Type)
	if !ok || f.needsConstant(n) {
		return nil
	}
	return f.around(n, "mutantNumber["+name+"]("+place+", ", ")")
}

// typeName is how the file can write a type, if it can.
func (f *file) typeName(t types.Type) (name string, ok bool) {
	basic, isBasic := t.(*types.Basic)
	if isBasic && basic.Info()&types.IsUntyped != 0 {
		t = types.Default(t)
	}
	ok = true
	name = types.TypeString(t, func(p *types.Package) string {
		if p.Path() == f.pkg.path {
			return ""
		}
		for _, spec := range f.tree.Imports {
			if used := f.info.PkgNameOf(spec); used != nil && used.Imported().Path() == p.Path() {
				return used.Name()
			}
		}
		ok = false
		return ""
	})
	return name, ok
}

// readEquivalent reads the list of changes that break nothing.
func readEquivalent(name string) (map[string]bool, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	list := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, reason, ok := strings.Cut(line, " # ")
		if !ok || strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("read %s: no reason behind %q", name, line)
		}
		list[strings.TrimSpace(key)] = true
	}
	return list, nil
}
