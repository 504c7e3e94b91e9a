// Package tui is the screens: the guided set-up, which turns what an operator wants into
// a site and its plan, and the live view of a run.
//
// There is one Bubble Tea model, and its pages are plain structs that change themselves.
// Update never reads or writes anything outside the model, a command never touches the
// model, and a view depends on nothing but the model. The engine knows nothing of the
// screens: a run is read from its log by cursor, so that a slow terminal delays nobody.
//
// Colour never carries meaning alone: every state has a symbol and a word.
package tui
