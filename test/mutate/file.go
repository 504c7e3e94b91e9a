package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// A pkg is a package whose rules are broken.
type pkg struct {
	path, name, dir string
}

// A file is one source file of it, read and with its types known.
type file struct {
	pkg    *pkg
	name   string // from the root of the repository
	source []byte
	set    *token.FileSet
	tree   *ast.File
	info   *types.Info
	// constants are the stretches in which the language wants constants.
	constants []ast.Node
	// capacities say how much room is made beforehand, which is speed and no rule.
	capacities []ast.Node
}

// readPackages reads the packages that a pattern names, without their tests.
func readPackages(pattern string) ([]*file, error) {
	type listed struct {
		ImportPath, Name, Dir, Export string
		GoFiles                       []string
		DepOnly                       bool
	}
	list := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Name,Dir,Export,GoFiles,DepOnly", pattern)
	list.Stderr = os.Stderr
	out, err := list.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := list.Start(); err != nil {
		return nil, err
	}
	var named []listed
	exports := map[string]string{}
	for dec := json.NewDecoder(out); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read the list of packages: %w", err)
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly {
			named = append(named, p)
		}
	}
	if err := list.Wait(); err != nil {
		return nil, fmt.Errorf("list %s: %w", pattern, err)
	}
	set := token.NewFileSet()
	compiled := importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var all []*file
	for _, p := range named {
		files, err := readPackage(set, compiled, &pkg{p.ImportPath, p.Name, p.Dir}, p.GoFiles)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
}

func readPackage(set *token.FileSet, compiled types.Importer, p *pkg, names []string) ([]*file, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Implicits: map[ast.Node]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	var files []*file
	var trees []*ast.File
	for _, name := range names {
		name = filepath.Join(p.dir, name)
		source, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		short, err := filepath.Rel(root, name)
		if err != nil {
			return nil, err
		}
		files = append(files, &file{p, short, source, set, tree, info, constants(tree), capacities(tree)})
		trees = append(trees, tree)
	}
	if _, err := (&types.Config{Importer: compiled}).Check(p.path, set, trees, info); err != nil {
		return nil, fmt.Errorf("read the types of %s: %w", p.path, err)
	}
	return files, nil
}

// constants lists the parts of a file in which the language wants constants.
func constants(tree *ast.File) []ast.Node {
	var all []ast.Node
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			if n.Tok == token.CONST {
				all = append(all, n)
			}
		case *ast.ArrayType:
			if n.Len != nil {
				all = append(all, n.Len)
			}
		}
		return true
	})
	return all
}

// capacities lists the last arguments of calls that make a slice or a map with room to grow.
func capacities(tree *ast.File) []ast.Node {
	var all []ast.Node
	ast.Inspect(tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if made, ok := call.Fun.(*ast.Ident); !ok || made.Name != "make" {
			return true
		}
		if _, isMap := call.Args[0].(*ast.MapType); isMap && len(call.Args) == 2 || len(call.Args) == 3 {
			all = append(all, call.Args[len(call.Args)-1])
		}
		return true
	})
	return all
}

func (f *file) needsConstant(n ast.Node) bool {
	for _, c := range f.constants {
		if c.Pos() <= n.Pos() && n.End() <= c.End() {
			return true
		}
	}
	return false
}

func (f *file) path() string { return filepath.Join(f.pkg.dir, filepath.Base(f.name)) }

func (f *file) offset(p token.Pos) int { return int(p - f.tree.FileStart) }

func (f *file) between(from, to token.Pos) string {
	return string(f.source[f.offset(from):f.offset(to)])
}
