package planner

import "strings"

// A Position is where a key stands in a file; lines and columns count from 1.
type Position struct {
	File         string
	Line, Column int
}

// Positions tells where the keys of a decoded document stand, by path.
type Positions map[string]Position

// Locate sets the finding's file, line and column to those of its path, or of the
// nearest key above it that is in the file.
func (p Positions) Locate(f *Finding) {
	if f.Line != 0 {
		return
	}
	for path := f.Path; path != ""; path = parentPath(path) {
		if at, ok := p[path]; ok {
			f.File, f.Line, f.Column = at.File, at.Line, at.Column
			return
		}
	}
}

func parentPath(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}
