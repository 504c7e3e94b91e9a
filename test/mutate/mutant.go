package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A mutant is one change of a source file: the bytes from start to end become with.
type mutant struct {
	file       string
	source     []byte
	start, end int
	with       string
	line       int
}

func (m mutant) text() []byte {
	return bytes.Join([][]byte{m.source[:m.start], []byte(m.with), m.source[m.end:]}, nil)
}

// was is the line before the change, is after it.
func (m mutant) was() string { return lineAt(m.source, m.start) }
func (m mutant) is() string  { return lineAt(m.text(), m.start) }

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d  %s  =>  %s", m.file, m.line, m.was(), m.is())
}

// key names a mutant whatever line it moves to.
func (m mutant) key() string { return filepath.Base(m.file) + ": " + m.was() + " => " + m.is() }

func lineAt(text []byte, at int) string {
	begin := bytes.LastIndexByte(text[:at], '\n') + 1
	end := len(text)
	if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
		end = at + n
	}
	return strings.TrimSpace(string(text[begin:end]))
}

// mutants lists every change that is made to the Go files below a folder.
func mutants(root, only string) ([]mutant, error) {
	var all []mutant
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || !strings.Contains(name, only) {
			return err
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		change := func(from, to token.Pos, with func(old string) string) {
			begin, end := set.Position(from), set.Position(to).Offset
			all = append(all, mutant{name, source, begin.Offset, end, with(string(source[begin.Offset:end])), begin.Line})
		}
		ast.Inspect(tree, func(n ast.Node) bool { return breakNode(n, change) })
		return nil
	})
	return all, err
}

// swapped are the operators that become others.
var swapped = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR, token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LAND: token.LOR, token.LOR: token.LAND, token.SUB: token.ADD, token.MUL: token.QUO,
}

// reports are the methods that record a finding.
var reports = map[string]bool{"add": true, "block": true, "warn": true, "note": true}

// breakNode makes the changes of one node, and reports whether to look inside it.
func breakNode(n ast.Node, change func(from, to token.Pos, with func(old string) string)) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.BinaryExpr:
		if to, ok := swapped[n.Op]; ok {
			change(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), func(string) string { return to.String() })
		}
	case *ast.IfStmt:
		if _, compared := n.Cond.(*ast.BinaryExpr); !compared {
			change(n.Cond.Pos(), n.Cond.End(), func(old string) string { return "!(" + old + ")" })
		}
	case *ast.BasicLit:
		if v, err := strconv.Atoi(n.Value); n.Kind == token.INT && err == nil && v > 1 {
			change(n.Pos(), n.End(), func(string) string { return strconv.Itoa(v + 1) })
		}
	case *ast.ExprStmt:
		call, ok := n.X.(*ast.CallExpr)
		if !ok {
			break
		}
		if f, ok := call.Fun.(*ast.SelectorExpr); ok && reports[f.Sel.Name] {
			change(n.Pos(), n.End(), func(old string) string { return "_ = func() { " + old + " }" })
		}
	}
	return true
}

// readEquivalent reads the list of changes that break nothing.
func readEquivalent(file string) (map[string]bool, error) {
	text, err := os.ReadFile(file)
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
			return nil, fmt.Errorf("read %s: no reason behind %q", file, line)
		}
		list[strings.TrimSpace(key)] = true
	}
	return list, nil
}
