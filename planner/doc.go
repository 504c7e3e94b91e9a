// Package planner is the domain: it judges an Inventory (what exists) and a Site (what
// is wanted) by a Profile (what the platform supports) and makes a Plan of them, in
// which every number says which rule, which input and which source made it.
//
// The package is pure. It reads no clock, file, network or random source, so the same
// inputs always give the same bytes.
package planner
