package main

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/arcwright/arcwright/planner"
)

// junitSuite is findings in the form that build servers read: one case each, and only
// what stops is a failure.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func writeJUnit(to io.Writer, site string, findings []planner.Finding) error {
	suite := junitSuite{Name: site, Tests: len(findings) + 1}
	suite.Cases = append(suite.Cases, junitCase{Class: "arcwright", Name: "the files were read"})
	for _, f := range findings {
		c := junitCase{Class: f.Code, Name: f.Path}
		text := fmt.Sprintf("%s:%d:%d\n%s\ndo: %s", f.File, f.Line, f.Column, f.Evidence, f.Remedy)
		if f.Stops() {
			suite.Failures++
			c.Failure = &junitFailure{Message: f.Message, Text: text}
		} else {
			c.Out = string(f.Severity) + ": " + f.Message + "\n" + text
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(to, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(to)
	e.Indent("", "  ")
	if err := e.Encode(suite); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	_, err := io.WriteString(to, "\n")
	return err
}
