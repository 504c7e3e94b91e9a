package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/arcwright/arcwright/planner"
)

// startedMsg is Apply's answer.
type startedMsg struct {
	job Job
	now time.Time
	err error
}

// started goes over to a run that Apply has started.
func (m *model) started(msg startedMsg) tea.Cmd {
	if msg.err != nil {
		m.pages[stageConfirm].(*confirmPage).refused(msg.err)
		return nil
	}
	m.done.Applied = true
	m.desk.ask = nil
	m.show(msg.job, msg.now)
	return m.live.begin()
}

// apply starts a run of the plan.
func (d *draft) apply(document []byte) command {
	plan, start := d.plan, d.setup.Apply
	return func() tea.Msg {
		job, err := start(plan, document)
		if err != nil {
			return startedMsg{err: err}
		}
		return startedMsg{job: job, now: job.Now()}
	}
}

// savedMsg says which files were written.
type savedMsg struct {
	files []string
	site  string // digest of the site that was written
	leave bool
	err   error
}

func (m *model) saved(msg savedMsg) tea.Cmd {
	m.done.Written = append(m.done.Written, msg.files...)
	if msg.err != nil {
		m.desk.ask = nil
		m.desk.notice = msg.err.Error()
		return nil
	}
	m.desk.draft.kept = msg.site
	m.desk.notice = "written: " + list(msg.files)
	if msg.leave {
		return tea.Quit
	}
	return nil
}

// save writes the site, and its plan when a document is given.
func (d *draft) save(document []byte, leave bool) command {
	site, s := cloneSite(d.site), d.setup
	return func() tea.Msg {
		done := savedMsg{site: planner.SiteDigest(site), leave: leave}
		data, err := planner.EncodeSite(site)
		if err != nil {
			done.err = err
			return done
		}
		files := []struct {
			name string
			data []byte
		}{{s.SiteFile, data}, {s.PlanFile, document}}
		for _, f := range files {
			if f.data == nil {
				continue
			}
			if err := s.Save(f.name, f.data); err != nil {
				done.err = fmt.Errorf("write %s: %w", f.name, err)
				return done
			}
			done.files = append(done.files, f.name)
		}
		return done
	}
}
