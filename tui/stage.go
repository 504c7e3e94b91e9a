package tui

import "slices"

// stage is where the operator is.
type stage string

// The stages, in order. The guided set-up goes through all of them, the live view
// through the last two.
const (
	stageHosts    stage = "hosts"
	stageFindings stage = "findings"
	stageAccounts stage = "accounts"
	stageNetwork  stage = "network"
	stageClusters stage = "clusters"
	stageCapacity stage = "capacity"
	stageReview   stage = "review"
	stageConfirm  stage = "confirm"
	stageRun      stage = "run"
	stageResult   stage = "result"
)

// setupStages are those between which the operator goes back and forward.
var setupStages = []stage{stageHosts, stageFindings, stageAccounts, stageNetwork, stageClusters, stageCapacity, stageReview, stageConfirm}

// titles are the names of the stages in the line at the top.
var titles = map[stage]string{
	stageHosts: "Hosts", stageFindings: "Findings", stageAccounts: "Accounts", stageNetwork: "Network", stageClusters: "Clusters",
	stageCapacity: "Capacity", stageReview: "Review", stageConfirm: "Apply", stageRun: "Run", stageResult: "Result",
}

// after is the stage n further on, the same at the ends.
func (s stage) after(n int) stage {
	i := slices.Index(setupStages, s)
	if i < 0 || i+n < 0 || i+n >= len(setupStages) {
		return s
	}
	return setupStages[i+n]
}

// move is where a page asks to go.
type move string

const (
	stay    move = ""
	forward move = "forward"
	back    move = "back"
	// toFindings and toStage leave the order of the pages.
	toFindings move = "findings"
	toStage    move = "stage"
	// toRun and toResult go between a run and its result.
	toRun    move = "run"
	toResult move = "result"
)

// A page is what is shown in one stage. It changes itself; what it asks of the outside
// it returns as a command.
type page interface {
	// enter makes the page ready to be shown.
	enter()
	// screen tells which keys the page has at the moment.
	screen() screen
	// why says why an action does nothing now; empty when it does something.
	why(action) string
	// act does what a key asks for.
	act(action) (move, command)
	// view draws the page, no larger than the size.
	view(size) string
}
