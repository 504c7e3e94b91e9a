package winrm

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Script is a PowerShell 5.1 text to run in a process of its own. Everything of it
// travels on stdin: nothing shows in a process list or an event log.
type Script struct {
	Name string
	// Text has two parameters, the objects made of Params and Secrets, and returns one
	// object or none.
	Text string
	// Params becomes a JSON object; nil is an empty one.
	Params any
	// Secrets are kept out of every error.
	Secrets map[string]string `json:"-"`
}

// String is the name.
func (s Script) String() string { return "script " + s.Name }

// GoString is String, so that no verb prints the secrets.
func (s Script) GoString() string { return s.String() }

// ScriptError is a failure that the script reported.
type ScriptError struct {
	Script string
	// Code is PowerShell's FullyQualifiedErrorId, Type the .NET type of the exception.
	// Both are the same in every language; Message is not.
	Code     string
	Message  string
	Type     string
	Position string // the script's line, and where in it
}

// Error is the script's name, the message and the code.
func (e *ScriptError) Error() string {
	return fmt.Sprintf("script %s: %s (%s)", e.Script, brief(e.Message), brief(e.Code))
}

func (e *ScriptError) class() ErrorClass { return ClassScript }

// ID is the code without what PowerShell appends after a comma, which is the command
// that failed.
func (e *ScriptError) ID() string {
	id, _, _ := strings.Cut(e.Code, ",")
	return id
}

// AnswerError is a script that did not answer as the bootstrap does: PowerShell did not
// start, was ended, or the script ended it. Stdout and Stderr are excerpts.
type AnswerError struct {
	Script   string
	ExitCode int
	Stdout   string
	Stderr   string
	Err      error
}

// Error is what is wrong with the answer, and the beginnings of what there was.
func (e *AnswerError) Error() string {
	return fmt.Sprintf("script %s: %v (exit code %d; stderr: %s; stdout: %s)",
		e.Script, e.Err, e.ExitCode, quiet(e.Stderr), quiet(e.Stdout))
}

// Unwrap is what is wrong with the answer.
func (e *AnswerError) Unwrap() error     { return e.Err }
func (e *AnswerError) class() ErrorClass { return ClassOutput }

func quiet(s string) string {
	if s = brief(s); s == "" {
		return "nothing"
	}
	return s
}

// maxPayload is what ConvertFrom-Json of PowerShell 5.1 surely takes: the serializer
// under it counts 2,097,152 characters by default.
const maxPayload = 2_000_000

// Script runs a script and returns the object it returned, as JSON. Errors are *Error,
// *ScriptError or *AnswerError.
func (c *Client) Script(ctx context.Context, s Script) (json.RawMessage, error) {
	payload, err := s.payload()
	if err != nil {
		return nil, c.fail(OpRun, ClassInvalid, fmt.Errorf("pack script %s: %w", s.Name, err))
	}
	hide := redactor(append(slices.Collect(maps.Values(s.Secrets)), c.host.Password), string(payload))
	r, err := c.Run(ctx, Command{Line: commandLine(bootstrap), Stdin: bytes.NewReader(payload), hide: hide})
	if err != nil {
		return nil, fmt.Errorf("script %s: %w", s.Name, err)
	}
	doc, err := parseDocument(r)
	if err != nil {
		const most = 4 << 10
		return nil, &AnswerError{
			Script: s.Name, ExitCode: r.ExitCode,
			Stdout: excerpt(hide(string(r.Stdout)), most), Stderr: excerpt(hide(r.Stderr), most),
			Err: errors.New(hide(err.Error())),
		}
	}
	if e := doc.Error; e != nil {
		return nil, &ScriptError{s.Name, hide(e.Code), hide(e.Message), hide(e.Type), hide(e.Position)}
	}
	return doc.Result, nil
}

// payload is the line for the bootstrap's stdin.
func (s Script) payload() ([]byte, error) {
	params, err := json.Marshal(s.Params)
	if err != nil {
		return nil, errors.New("parameters have no JSON form") // err might quote them
	}
	if s.Params == nil {
		params = []byte("{}")
	}
	if params[0] != '{' {
		return nil, errors.New("parameters are no JSON object")
	}
	secrets := s.Secrets
	if secrets == nil {
		secrets = map[string]string{}
	}
	doc, err := json.Marshal(struct {
		Name    string            `json:"name"`
		Script  string            `json:"script"`
		Params  json.RawMessage   `json:"params"`
		Secrets map[string]string `json:"secrets"`
	}{s.Name, s.Text, params, secrets})
	if err != nil {
		return nil, errors.New("script has no JSON form")
	}
	if len(doc) > maxPayload {
		return nil, fmt.Errorf("script and parameters have %d bytes, PowerShell takes %d", len(doc), maxPayload)
	}
	return append([]byte(base64.StdEncoding.EncodeToString(doc)), '\n'), nil
}
