package profiles

import (
	"fmt"
	"time"

	"gopkg.in/yaml.v3"
)

// Date is a day of the calendar, as the number of days since 1970-01-01; 0 is no date.
// Its text form is 2026-11-22. Dates compare with < and ==, and their difference is in days.
type Date int32

const (
	layout  = "2006-01-02"
	day     = 24 * time.Hour
	lastDay = Date(2932896) // 9999-12-31, the last that four digits of a year can write
)

// ParseDate reads YYYY-MM-DD, a day from 1970-01-02 to 9999-12-31.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(layout, text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date: write year, month and day such as 2026-11-22", text)
	}
	if t.Unix() <= 0 {
		return 0, fmt.Errorf("%q is not after 1970-01-01", text)
	}
	return DateOf(t), nil
}

// DateOf is the day of t in t's own time zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / int64(day/time.Second))
}

// Time is the first instant of the day, in UTC.
func (d Date) Time() time.Time { return time.Unix(int64(d)*int64(day/time.Second), 0).UTC() }

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == 0 }

// String is the text form, empty when there is no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(layout)
}

// MarshalText writes the text form. A day that it cannot write is an error.
func (d Date) MarshalText() ([]byte, error) {
	if d < 0 || d > lastDay {
		return nil, fmt.Errorf("day %d is not between 1970 and 9999", int32(d))
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads the text form; empty text is no date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// UnmarshalYAML reads the text form; an error says on which line it stands.
func (d *Date) UnmarshalYAML(node *yaml.Node) error {
	return scalar(node, d.UnmarshalText)
}

// MarshalYAML writes the text form without quotes.
func (d Date) MarshalYAML() (any, error) {
	text, err := d.MarshalText()
	if err != nil || len(text) == 0 {
		return nil, err
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!timestamp", Value: string(text)}, nil
}
