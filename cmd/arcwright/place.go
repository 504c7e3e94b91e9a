package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// place is where a plan is carried out.
type place string

const (
	onSim  place = "sim"
	onLive place = "live"
)

// Set reads the flag.
func (p *place) Set(text string) error {
	switch place(text) {
	case onSim, onLive:
		*p = place(text)
		return nil
	}
	return fmt.Errorf("%q is not a place: write sim or live", text)
}

func (p *place) String() string { return string(*p) }

// Type names the flag's values in the help.
func (p *place) Type() string { return "sim|live" }

// speed is simulated seconds in a real one; 0 is flat out, written max.
type speed float64

// Set reads the flag.
func (s *speed) Set(text string) error {
	if text == "max" {
		*s = 0
		return nil
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || n <= 0 || n > 1e6 {
		return fmt.Errorf("%q is not a speed: write max, or how many simulated seconds pass in one, such as 60", text)
	}
	*s = speed(n)
	return nil
}

func (s *speed) String() string {
	if *s == 0 {
		return "max"
	}
	return strconv.FormatFloat(float64(*s), 'g', -1, 64)
}

// Type names the flag's values in the help.
func (s *speed) Type() string { return "N|max" }

// MarshalJSON writes the text form.
func (s speed) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON reads the text form.
func (s *speed) UnmarshalJSON(text []byte) error {
	var word string
	if err := json.Unmarshal(text, &word); err != nil {
		return err
	}
	return s.Set(word)
}
