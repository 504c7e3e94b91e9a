package sim

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// mostOutput is how many bytes of output one answer of read-task carries.
const mostOutput = 65536

// taskAnswer is what read-task prints.
type taskAnswer struct {
	Exists  bool       `json:"exists"`
	ID      string     `json:"id"`
	Script  string     `json:"script"`
	State   taskState  `json:"state"`
	Output  string     `json:"output"`
	Next    int64      `json:"next"`
	Error   *taskError `json:"error"`
	Started *string    `json:"startedAt"`
	Ended   *string    `json:"endedAt"`
}

type taskError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (h *host) readTask(params json.RawMessage) (any, error) {
	var p struct {
		ID     string `json:"id"`
		Offset int64  `json:"offset"`
	}
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	a := taskAnswer{ID: p.ID, Next: p.Offset}
	k := h.tasks[p.ID]
	if k == nil {
		return a, nil
	}
	a.Exists, a.Script, a.State, a.Error = true, k.script, k.state, k.err
	a.Output = wholeLines(k.output, p.Offset, k.state == taskRunning)
	a.Next += int64(len(a.Output))
	started := stamp(k.started)
	a.Started = &started
	if k.state != taskRunning {
		ended := stamp(k.ended)
		a.Ended = &ended
	}
	return a, nil
}

// wholeLines is the output from an offset on, up to the last line end, so that no
// character is cut. A line that is longer than an answer, or the last one of a task that
// has ended, is given up to its last whole character.
func wholeLines(output []byte, offset int64, running bool) string {
	if offset < 0 || offset >= int64(len(output)) {
		return ""
	}
	rest := output[offset:]
	full := len(rest) >= mostOutput
	if full {
		rest = rest[:mostOutput]
	}
	if end := bytes.LastIndexByte(rest, '\n') + 1; end > 0 {
		return string(rest[:end])
	}
	if !full {
		if running {
			return ""
		}
		return string(rest)
	}
	for len(rest) > 0 && !utf8.Valid(rest) {
		rest = rest[:len(rest)-1]
	}
	return string(rest)
}
