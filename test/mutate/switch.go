package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// All changes that can be are compiled into one program, each behind a switch. One file
// says which is thrown, so that commands which a test starts are broken too.

// place stands for the number of a mutant in an edit, on for whether it is thrown.
const (
	place = "\x00"
	on    = "mutantOn(" + place + ")"
)

// An edit puts text before, behind or in place of a stretch of source.
type edit struct {
	at, cut int
	behind  bool
	text    string
}

func (f *file) around(n ast.Node, before, behind string) []edit {
	return []edit{{at: f.offset(n.Pos()), text: before}, {at: f.offset(n.End()), behind: true, text: behind}}
}

func (f *file) operator(n *ast.BinaryExpr, with string) []edit {
	return []edit{{at: f.offset(n.OpPos), cut: len(n.Op.String()), text: with}}
}

// switched is the text of a file with all its mutants in it.
func switched(f *file, all []*mutant) []byte {
	type numbered struct {
		edit
		number int
	}
	var edits []numbered
	for _, m := range all {
		if m.file != f {
			continue
		}
		for _, e := range m.edits {
			edits = append(edits, numbered{e, m.number})
		}
	}
	slices.SortFunc(edits, func(a, b numbered) int {
		switch {
		case a.at != b.at:
			return cmp.Compare(a.at, b.at)
		case a.behind != b.behind:
			if a.behind {
				return -1
			}
			return 1
		case a.behind:
			return cmp.Compare(b.number, a.number)
		}
		return cmp.Compare(a.number, b.number)
	})
	var text []byte
	from := 0
	for _, e := range edits {
		text = append(text, f.source[from:e.at]...)
		text = append(text, strings.ReplaceAll(e.text, place, strconv.Itoa(e.number))...)
		from = e.at + e.cut
	}
	return append(text, f.source[from:]...)
}

// either are the functions that do one thing or the other, by the switch.
var either = map[token.Token]string{
	token.SUB: "mutantSub", token.MUL: "mutantMul",
	token.LSS: "mutantLess", token.LEQ: "mutantAtMost", token.GTR: "mutantMore", token.GEQ: "mutantAtLeast",
}

// switches is the text of the file that a package gets beside its own. The file named
// control holds the number of the mutant to be, 0 for none; or -1, and then the numbers
// of all that are come by are added to the file named reached.
func switches(pkg, control, reached string, all []*mutant) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, switchesHead, pkg, control, len(all)+1, reached)
	for _, op := range []token.Token{token.LSS, token.LEQ, token.GTR, token.GEQ} {
		fmt.Fprintf(&b, "\nfunc %s[T cmp.Ordered](n int, a, b T) bool {\n\tif mutantOn(n) {\n\t\treturn a %s b\n\t}\n\treturn a %s b\n}\n", either[op], swapped[op], op)
	}
	for _, op := range []token.Token{token.SUB, token.MUL} {
		fmt.Fprintf(&b, "\nfunc %s[T mutantNumeric](n int, a, b T) T {\n\tif mutantOn(n) {\n\t\treturn a %s b\n\t}\n\treturn a %s b\n}\n", either[op], swapped[op], op)
	}
	return []byte(b.String())
}

const switchesHead = `package %s

import (
	"cmp"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

type mutantNumeric interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

var mutantThrown = mutantRead(%q)

func mutantRead(name string) int {
	text, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		panic(err)
	}
	return n
}

var mutantSeen [%d]atomic.Bool

func mutantOn(n int) bool {
	if mutantThrown < 0 {
		mutantReach(n)
	}
	return mutantThrown == n
}

func mutantReach(n int) {
	if mutantSeen[n].Load() || mutantSeen[n].Swap(true) {
		return
	}
	file, err := os.OpenFile(%q, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	if _, err := file.WriteString(strconv.Itoa(n) + "\n"); err != nil {
		panic(err)
	}
}

func mutantNumber[T mutantNumeric](n int, v T) T {
	if mutantOn(n) {
		return v + 1
	}
	return v
}
`
