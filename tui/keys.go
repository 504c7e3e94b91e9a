package tui

import (
	"slices"
	"strings"
)

// A screen is a set of keys. A page shows one at a time.
type screen string

const (
	screenHosts    screen = "Hosts"
	screenFindings screen = "Findings"
	screenAccounts screen = "Accounts"
	screenNetwork  screen = "Network"
	screenClusters screen = "Clusters"
	screenCluster  screen = "One cluster"
	screenCapacity screen = "Capacity"
	screenReview   screen = "Review"
	screenConfirm  screen = "Confirm"
	screenRun      screen = "Run"
	screenOutput   screen = "Output"
	screenResult   screen = "Result"
	screenAsk      screen = "Question"
	screenHelp     screen = "Help"
)

// The screens of the set-up, those with text fields first.
var (
	pageForms    = []screen{screenHosts, screenAccounts, screenNetwork}
	formScreens  = append(slices.Clone(pageForms), screenCluster)
	listScreens  = []screen{screenFindings, screenClusters, screenCapacity, screenReview}
	setupScreens = slices.Concat(pageForms, listScreens, []screen{screenConfirm})
	runScreens   = []screen{screenRun, screenOutput, screenResult}
)

// An action is what a key asks of a page.
type action string

const (
	// actType is for keys that belong to the field with the cursor.
	actType      action = ""
	actForward   action = "forward"
	actBack      action = "back"
	actNext      action = "next"
	actPrevious  action = "previous"
	actUp        action = "up"
	actDown      action = "down"
	actPageUp    action = "page up"
	actPageDown  action = "page down"
	actTop       action = "top"
	actBottom    action = "bottom"
	actLeft      action = "left"
	actRight     action = "right"
	actMore      action = "more"
	actLess      action = "less"
	actAdd       action = "add"
	actEdit      action = "edit"
	actRemove    action = "remove"
	actGo        action = "go"
	actFindings  action = "findings"
	actWrite     action = "write"
	actApply     action = "apply"
	actExpand    action = "expand"
	actOutput    action = "output"
	actStop      action = "stop"
	actQuit      action = "quit"
	actYes       action = "yes"
	actNo        action = "no"
	actInterrupt action = "interrupt"
	actRedraw    action = "redraw"
	actHelp      action = "help"
)

// A binding says which keys mean an action, on which screens.
type binding struct {
	on   []screen // everywhere when empty
	keys []string // as Bubble Tea names them
	do   action
	// short is the text in the help bar; without one the key is only on the help page.
	short string
	// long is the text on the help page.
	long string
}

// bindings are all keys. On a screen the first that fits a key counts, and the help bar
// keeps this order.
var bindings = []binding{
	{on: formScreens, keys: []string{"tab", "enter"}, do: actNext, short: "next", long: "to the next field; after the last one, on to the next page"},
	{on: formScreens, keys: []string{"shift+tab"}, do: actPrevious, short: "previous", long: "to the field above; from the first one, back to the page before"},
	{on: formScreens, keys: []string{"up"}, do: actUp, long: "to the field above"},
	{on: formScreens, keys: []string{"down"}, do: actDown, long: "to the field below"},
	{on: formScreens, keys: []string{"left", "right"}, do: actType, short: "choose", long: "another choice, or the cursor in a text"},
	{on: []screen{screenCluster}, keys: []string{"ctrl+a"}, do: actAdd, short: "add pool", long: "add a node pool"},
	{on: []screen{screenCluster}, keys: []string{"ctrl+d"}, do: actRemove, short: "delete pool", long: "delete the node pool that the cursor is in"},
	{on: []screen{screenCluster}, keys: []string{"esc", "ctrl+left", "ctrl+p", "ctrl+right", "ctrl+n"}, do: actBack, short: "done", long: "back to the list of clusters; what was typed is kept"},

	{on: []screen{screenFindings, screenClusters, screenCapacity}, keys: []string{"up", "k"}, do: actUp, short: "up", long: "up the list"},
	{on: []screen{screenFindings, screenClusters, screenCapacity}, keys: []string{"down", "j"}, do: actDown, short: "down", long: "down the list"},
	{on: []screen{screenFindings}, keys: []string{"g"}, do: actGo, short: "go and mend", long: "to the page where the finding can be mended"},
	{on: []screen{screenClusters}, keys: []string{"a"}, do: actAdd, short: "add", long: "add a cluster"},
	{on: []screen{screenClusters}, keys: []string{"e"}, do: actEdit, short: "edit", long: "edit the cluster"},
	{on: []screen{screenClusters}, keys: []string{"d", "delete"}, do: actRemove, short: "delete", long: "delete the cluster, after a question"},
	{on: []screen{screenCapacity}, keys: []string{"+", "="}, do: actMore, short: "more", long: "one machine more in the pool"},
	{on: []screen{screenCapacity}, keys: []string{"-", "_"}, do: actLess, short: "fewer", long: "one machine fewer in the pool"},

	{on: []screen{screenReview}, keys: []string{"up", "k"}, do: actUp, short: "up", long: "one line up"},
	{on: []screen{screenReview}, keys: []string{"down", "j"}, do: actDown, short: "down", long: "one line down"},
	{on: []screen{screenReview}, keys: []string{"tab", "]"}, do: actNext, short: "part", long: "to the next part of the plan"},
	{on: []screen{screenReview}, keys: []string{"shift+tab", "["}, do: actPrevious, long: "to the part above"},
	{on: []screen{screenReview}, keys: []string{"left", "h"}, do: actLeft, long: "show what is cut off on the left"},
	{on: []screen{screenReview}, keys: []string{"right", "l"}, do: actRight, long: "show what is cut off on the right"},
	{on: []screen{screenReview}, keys: []string{"w"}, do: actWrite, short: "write", long: "write the site file and the plan file"},
	{on: []screen{screenReview}, keys: []string{"f"}, do: actFindings, short: "findings", long: "to the findings"},
	{on: []screen{screenReview}, keys: []string{"a", "enter", "ctrl+right", "ctrl+n"}, do: actApply, short: "apply", long: "carry the plan out; it asks first"},

	{on: []screen{screenConfirm}, keys: []string{"enter"}, do: actApply, short: "apply", long: "carry the plan out, once the site's name is written"},

	{on: []screen{screenFindings, screenClusters, screenCapacity}, keys: []string{"enter", "ctrl+right", "ctrl+n"}, do: actForward, short: "next page", long: "on to the next page"},
	{on: pageForms, keys: []string{"ctrl+right", "ctrl+n"}, do: actForward, short: "next page", long: "on to the next page"},
	{on: setupScreens, keys: []string{"esc", "ctrl+left", "ctrl+p"}, do: actBack, short: "back", long: "back to the page before; what was typed is kept"},

	{on: []screen{screenRun}, keys: []string{"up", "k"}, do: actUp, short: "up", long: "up the list"},
	{on: []screen{screenRun}, keys: []string{"down", "j"}, do: actDown, short: "down", long: "down the list"},
	{on: []screen{screenRun}, keys: []string{"enter", "space", "left", "right"}, do: actExpand, short: "expand", long: "show or hide the steps of the group"},
	{on: []screen{screenRun}, keys: []string{"o"}, do: actOutput, short: "output", long: "the whole output of the step"},
	{on: []screen{screenOutput}, keys: []string{"up", "k"}, do: actUp, short: "up", long: "one line up"},
	{on: []screen{screenOutput}, keys: []string{"down", "j"}, do: actDown, short: "down", long: "one line down; at the end, new lines are followed"},
	{on: []screen{screenOutput}, keys: []string{"o", "esc"}, do: actBack, short: "back", long: "back to the steps"},
	{on: []screen{screenRun, screenOutput}, keys: []string{"s"}, do: actStop, short: "stop", long: "stop the run cleanly; it asks first"},
	{on: []screen{screenResult}, keys: []string{"up", "k"}, do: actUp, short: "up", long: "one line up"},
	{on: []screen{screenResult}, keys: []string{"down", "j"}, do: actDown, short: "down", long: "one line down"},
	{on: []screen{screenResult}, keys: []string{"esc", "o"}, do: actBack, short: "steps", long: "look at the steps and their output"},
	{on: []screen{screenRun}, keys: []string{"r", "esc"}, do: actForward, short: "result", long: "to the result, once the run has ended"},
	{on: []screen{screenResult}, keys: []string{"q", "enter"}, do: actQuit, short: "quit", long: "leave"},
	{on: []screen{screenRun, screenOutput}, keys: []string{"q"}, do: actQuit, short: "quit", long: "leave, once the run has ended; one that is only watched is left at any time"},

	{on: slices.Concat([]screen{screenHosts}, listScreens, runScreens), keys: []string{"pgup"}, do: actPageUp, long: "one page up"},
	{on: slices.Concat([]screen{screenHosts}, listScreens, runScreens), keys: []string{"pgdown"}, do: actPageDown, long: "one page down"},
	{on: slices.Concat(listScreens, runScreens), keys: []string{"home"}, do: actTop, long: "to the beginning"},
	{on: slices.Concat(listScreens, runScreens), keys: []string{"end"}, do: actBottom, long: "to the end"},

	{on: []screen{screenAsk}, keys: []string{"y"}, do: actYes, short: "yes", long: "do it"},
	{on: []screen{screenAsk}, keys: []string{"w"}, do: actWrite, short: "write and leave", long: "when leaving the set-up: write the site file first"},
	{on: []screen{screenAsk}, keys: []string{"n", "esc"}, do: actNo, short: "no", long: "go on as before"},

	{on: []screen{screenHelp}, keys: []string{"up", "k"}, do: actUp, short: "up", long: "one line up"},
	{on: []screen{screenHelp}, keys: []string{"down", "j"}, do: actDown, short: "down", long: "one line down"},
	{on: []screen{screenHelp}, keys: []string{"esc", "?", "f1", "q", "enter"}, do: actHelp, short: "close", long: "close the help"},
	{on: listScreens, keys: []string{"q"}, do: actInterrupt, long: "leave the set-up, after a question"},
	{on: slices.Concat(listScreens, runScreens), keys: []string{"?", "f1"}, do: actHelp, short: "help", long: "all keys of the screen"},
	{on: append(slices.Clone(formScreens), screenConfirm, screenAsk), keys: []string{"f1"}, do: actHelp, short: "help", long: "all keys of the screen"},
	{keys: []string{"ctrl+c"}, do: actInterrupt, long: "leave the set-up, after a question; in a run stop it cleanly, and the second time leave at once"},
	{keys: []string{"ctrl+l"}, do: actRedraw, long: "draw the screen anew"},
}

// lookup finds what a key means on a screen.
func lookup(s screen, key string) (binding, bool) {
	for _, b := range bindings {
		if b.fits(s) && slices.Contains(b.keys, key) {
			return b, true
		}
	}
	return binding{}, false
}

func (b binding) fits(s screen) bool { return len(b.on) == 0 || slices.Contains(b.on, s) }

// of lists the bindings of a screen.
func of(s screen) []binding {
	var list []binding
	for _, b := range bindings {
		if b.fits(s) {
			list = append(list, b)
		}
	}
	return list
}

// printed are the names of keys as people know them.
var printed = map[string]string{"up": "↑", "down": "↓", "left": "←", "right": "→", "pgup": "page up", "pgdown": "page down", "f1": "F1"}

func printKey(key string) string {
	if name, ok := printed[key]; ok {
		return name
	}
	mod, rest, ok := strings.Cut(key, "+")
	if ok && rest != "" {
		return mod + "+" + printKey(rest)
	}
	return key
}

// KeyHelp is what some keys do on a screen, for the reference pages.
type KeyHelp struct {
	// Screen is the screen's name, Everywhere when they do it on all.
	Screen string
	// Keys are the keys' names.
	Keys []string
	// Does is what they do.
	Does string
}

// Keys lists all keys, screen by screen, in the order of the set-up and the run.
func Keys() []KeyHelp {
	screens := []screen{screenHosts, screenFindings, screenAccounts, screenNetwork, screenClusters, screenCluster, screenCapacity, screenReview, screenConfirm,
		screenRun, screenOutput, screenResult, screenAsk, screenHelp}
	var list []KeyHelp
	add := func(name string, b binding) {
		h := KeyHelp{Screen: name, Does: b.long}
		for _, k := range b.keys {
			h.Keys = append(h.Keys, printKey(k))
		}
		list = append(list, h)
	}
	for _, s := range screens {
		for _, b := range of(s) {
			if len(b.on) > 0 {
				add(string(s), b)
			}
		}
	}
	for _, b := range bindings {
		if len(b.on) == 0 {
			add("Everywhere", b)
		}
	}
	return list
}
