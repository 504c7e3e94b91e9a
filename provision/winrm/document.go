package winrm

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

const (
	beginMarker = "##arcwright-begin##\n"
	endMarker   = "\n##arcwright-end##"
)

// A document is what the bootstrap prints between its markers.
type document struct {
	OK     *bool           `json:"ok"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code     string `json:"code"`
		Message  string `json:"message"`
		Type     string `json:"type"`
		Position string `json:"position"`
	} `json:"error"`
}

// parseDocument finds the bootstrap's answer in stdout. What a script writes there
// itself comes before it, so the last begin marker counts.
func parseDocument(r Result) (document, error) {
	var d document
	out := strings.ReplaceAll(string(r.Stdout), "\r\n", "\n")
	begin := strings.LastIndex(out, beginMarker)
	if begin < 0 {
		return d, errors.New("output holds no answer")
	}
	text, rest, found := strings.Cut(out[begin+len(beginMarker):], endMarker)
	if !found {
		return d, errors.New("answer has no end")
	}
	if strings.TrimSpace(rest) != "" {
		return d, errors.New("output goes on after the answer")
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, fmt.Errorf("read answer: %s", excerpt(err.Error(), 512))
	}
	if dec.More() {
		return d, errors.New("answer holds more than one document")
	}
	return d, d.check(r.ExitCode)
}

func (d document) check(exit int) error {
	switch {
	case d.OK == nil:
		return errors.New("answer does not say whether it is ok")
	case *d.OK && (d.Error != nil || d.Result == nil):
		return errors.New("answer is ok without a result, or with an error")
	case *d.OK && exit != 0:
		return errors.New("answer is ok and the exit code is not 0")
	case !*d.OK && d.Error == nil:
		return errors.New("answer is not ok and does not say why")
	}
	return nil
}
