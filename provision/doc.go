// Package provision carries a plan out. An Engine takes its steps in lanes, one for each
// target: it observes what is there, submits what is absent, and waits. Long work runs on
// the hosts by itself, so a lost connection or a killed process loses nothing: Apply on
// the same Run observes reality again and goes on from it.
//
// Everything that happens is an Event. Events go to the Run's journal on disk first, then
// to a Log that any number of readers follow at their own pace; Progress is the fold of
// them. The world is reached only through Reach, and time passes only on its clock, so a
// rehearsal is the same program against another datacenter.
package provision
