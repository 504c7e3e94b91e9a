package provision

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// list decodes a list in every shape that PowerShell 5.1 gives it: an array, a single
// item without one, {"value": [...], "Count": n}, null, and {} for none.
type list[T any] []T

// UnmarshalJSON reads any of the shapes.
func (l *list[T]) UnmarshalJSON(text []byte) error {
	*l = nil
	text = bytes.TrimSpace(text)
	switch {
	case bytes.Equal(text, []byte("null")), bytes.Equal(text, []byte("{}")):
		return nil
	case text[0] == '[':
		return json.Unmarshal(text, (*[]T)(l))
	case text[0] == '{':
		var wrapped struct {
			Value json.RawMessage `json:"value"`
			Count *int            `json:"Count"`
		}
		if json.Unmarshal(text, &wrapped) == nil && wrapped.Count != nil {
			if value := bytes.TrimSpace(wrapped.Value); len(value) > 0 && value[0] == '[' {
				return json.Unmarshal(value, (*[]T)(l))
			}
			if *wrapped.Count == 0 {
				return nil
			}
		}
	}
	var one T
	if err := json.Unmarshal(text, &one); err != nil {
		return err
	}
	*l = list[T]{one}
	return nil
}

// number decodes a whole number that may be in quotes, as raw WMI gives 64-bit ones, or
// null or empty, which are 0.
type number int64

// UnmarshalJSON reads a number or a text that is one.
func (n *number) UnmarshalJSON(text []byte) error {
	digits := string(bytes.Trim(text, `"`))
	if digits == "null" || digits == "" {
		*n = 0
		return nil
	}
	value, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		// A double of .NET may carry a fraction of zeroes.
		f, bad := strconv.ParseFloat(digits, 64)
		if bad != nil || f != float64(int64(f)) {
			return fmt.Errorf("%s is no whole number", text)
		}
		value = int64(f)
	}
	*n = number(value)
	return nil
}

// moment decodes a time, which is zero when it is null or empty.
type moment time.Time

// UnmarshalJSON reads a time as the scripts write it, in RFC 3339.
func (m *moment) UnmarshalJSON(text []byte) error {
	if s := string(text); s == "null" || s == `""` {
		*m = moment{}
		return nil
	}
	return json.Unmarshal(text, (*time.Time)(m))
}

// label decodes a text that may come as the number of its enumeration.
type label string

// UnmarshalJSON reads a text, a number, or null, which is empty.
func (l *label) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && (text[0] == '-' || text[0] >= '0' && text[0] <= '9') {
		*l = label(text)
		return nil
	}
	return json.Unmarshal(text, (*string)(l))
}
