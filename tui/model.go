package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
)

// model is the one Bubble Tea model.
type model struct {
	// ctx ends the commands that wait, when the program ends.
	ctx   context.Context
	desk  *desk
	size  size
	stage stage
	pages map[stage]page
	live  *runPage // once there is a run
	help  *helpPage
	done  Result
}

// A writer is a page with a field that takes whatever is typed.
type writer interface {
	// typed reports whether there is such a field at the moment.
	typed(tea.Msg) bool
}

func newGuided(ctx context.Context, s Setup) (*model, error) {
	d, err := newDraft(s)
	if err != nil {
		return nil, err
	}
	desk := &desk{look: newLook(unknownBackdrop), draft: d}
	m := &model{ctx: ctx, desk: desk, stage: stageHosts, pages: map[stage]page{
		stageHosts: newHostsPage(desk), stageFindings: &findingsPage{desk: desk}, stageAccounts: newAccountsPage(desk), stageNetwork: newNetworkPage(desk),
		stageClusters: &clustersPage{desk: desk}, stageCapacity: &capacityPage{desk: desk}, stageReview: &reviewPage{desk: desk}, stageConfirm: newConfirmPage(desk),
	}}
	m.page().enter()
	return m, nil
}

func newLive(ctx context.Context, j Job) *model {
	m := &model{ctx: ctx, desk: &desk{look: newLook(unknownBackdrop)}, pages: map[stage]page{}}
	m.show(j, j.Now())
	return m
}

// show makes a run the thing that is shown.
func (m *model) show(j Job, now time.Time) {
	m.live = newRunPage(m.ctx, m.desk, j, now)
	m.pages[stageRun], m.pages[stageResult] = m.live, &resultPage{desk: m.desk, run: m.live}
	m.stage = stageRun
}

func (m *model) page() page { return m.pages[m.stage] }

// result is what came of a set-up.
func (m *model) result() Result {
	if m.live != nil {
		m.done.Outcome, m.done.Err = m.live.outcome, m.live.err
	}
	return m.done
}

// Init asks for the terminal's background, and begins to read the run of a live view.
func (m *model) Init() tea.Cmd {
	if m.live != nil {
		return tea.Batch(tea.RequestBackgroundColor, m.live.begin())
	}
	return tea.RequestBackgroundColor
}

// Update changes the model, and returns what is to be done outside.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.size = size{msg.Width, msg.Height}
		m.desk.size = m.inner()
	case tea.BackgroundColorMsg:
		m.desk.look = newLook(lightBackdrop)
		if msg.IsDark() {
			m.desk.look = newLook(darkBackdrop)
		}
	case tea.KeyPressMsg:
		return m, m.press(msg)
	case tea.PasteMsg:
		if w, ok := m.page().(writer); ok && m.desk.ask == nil && m.help == nil {
			w.typed(msg)
		}
	case savedMsg:
		return m, m.saved(msg)
	case startedMsg:
		return m, m.started(msg)
	case eventsMsg, closedMsg, endedMsg, tickMsg:
		if m.live == nil {
			break
		}
		cmd, over := m.live.tell(msg)
		if over && m.stage == stageRun {
			m.desk.ask = nil
			m.enter(stageResult)
		} else if !over && m.stage == stageResult && m.live.job.watched() && !m.live.over() {
			m.enter(stageRun) // somebody has resumed it
		}
		return m, cmd
	}
	return m, nil
}

// helpKey is the key for help on the screen.
func (m *model) helpKey() string {
	for _, b := range of(m.screen()) {
		if b.do == actHelp {
			return printKey(b.keys[0])
		}
	}
	return ""
}

// screen tells which keys there are.
func (m *model) screen() screen {
	switch {
	case m.help != nil:
		return screenHelp
	case m.desk.ask != nil:
		return screenAsk
	}
	return m.page().screen()
}

func (m *model) press(msg tea.KeyPressMsg) tea.Cmd {
	m.desk.notice = ""
	b, bound := lookup(m.screen(), msg.String())
	if !bound || b.do == actType {
		switch w, ok := m.page().(writer); {
		case m.desk.ask != nil || m.help != nil || !m.fits():
		case ok && w.typed(msg):
		default:
			m.desk.notice = printKey(msg.String()) + " does nothing here; " + m.helpKey() + " shows the keys"
		}
		return nil
	}
	switch b.do {
	case actRedraw:
		return tea.ClearScreen
	case actInterrupt:
		return m.interrupt()
	}
	switch {
	case !m.fits():
		return nil
	case b.do == actHelp:
		m.toggleHelp()
		return nil
	case m.help != nil:
		m.help.act(b.do)
		return nil
	case m.desk.ask != nil:
		return m.answer(b.do)
	}
	if why := m.page().why(b.do); why != "" {
		m.desk.notice = why
		return nil
	}
	to, cmd := m.page().act(b.do)
	return tea.Batch(cmd, m.turn(to))
}

// turn follows a page's wish to go elsewhere.
func (m *model) turn(to move) tea.Cmd {
	switch to {
	case forward:
		m.enter(m.stage.after(1))
	case back:
		if m.stage == stageHosts {
			return m.interrupt()
		}
		m.enter(m.stage.after(-1))
	case toFindings:
		m.enter(stageFindings)
	case toStage:
		m.enter(m.desk.target)
		m.desk.goal = ""
	case toRun:
		m.enter(stageRun)
	case toResult:
		m.enter(stageResult)
	}
	return nil
}

func (m *model) enter(s stage) {
	m.stage = s
	m.page().enter()
}

// interrupt is ctrl+c. A set-up asks before it is left; a run is stopped, and left the
// second time.
func (m *model) interrupt() tea.Cmd {
	m.help = nil
	if m.live != nil {
		m.desk.ask = nil
		return m.live.interrupt()
	}
	if m.pages[stageConfirm].(*confirmPage).starting {
		m.desk.notice = "the run is being started; ctrl+c stops it once it has begun"
		return nil
	}
	if m.desk.ask != nil && !m.fits() {
		return tea.Quit // the question cannot be shown, nor answered
	}
	m.desk.ask = m.leaving()
	return nil
}
