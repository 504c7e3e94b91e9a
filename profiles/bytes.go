package profiles

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Bytes is an amount of memory or storage. Its text form is a number and a unit, such as
// 32GiB, 1.5TiB or 512MiB. The units KiB to PiB are powers of 1024; KB to PB are powers of
// 1000, as drives are sold; B is one byte. A number without a unit is refused.
type Bytes int64

// The amounts that the units stand for.
const (
	KiB Bytes = 1 << 10
	MiB Bytes = 1 << 20
	GiB Bytes = 1 << 30
	TiB Bytes = 1 << 40
	PiB Bytes = 1 << 50
)

// units go from the most to the least wanted in print: the largest binary unit that is
// exact and no smaller than MiB, then the same in decimal, then whatever is exact.
var units = [...]struct {
	name string
	size Bytes
}{
	{"PiB", PiB}, {"TiB", TiB}, {"GiB", GiB}, {"MiB", MiB},
	{"PB", 1e15}, {"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6},
	{"KiB", KiB}, {"KB", 1e3}, {"B", 1},
}

// ParseBytes reads the text form. At most three decimals are taken; a fraction of a byte is
// dropped.
func ParseBytes(text string) (Bytes, error) {
	end := strings.LastIndexAny(text, "0123456789.") + 1
	number, name := text[:end], text[end:]
	if number == "" {
		return 0, fmt.Errorf("%q is not an amount: write a number and a unit, such as 32GiB", text)
	}
	var unit Bytes
	for _, u := range units {
		if u.name == name {
			unit = u.size
		}
	}
	if unit == 0 {
		return 0, unknownUnit(text, number, name)
	}
	whole, decimals, dotted := strings.Cut(number, ".")
	if !digits(whole) || dotted && (!digits(decimals) || len(decimals) > 3) {
		return 0, fmt.Errorf("%q is not an amount: write digits with at most three decimals and a unit, such as 1.5TiB", text)
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > math.MaxInt64/int64(unit) {
		return 0, tooLarge(text)
	}
	total := n * int64(unit)
	if dotted {
		thousandths, _ := strconv.ParseInt((decimals + "00")[:3], 10, 64)
		rest := thousandths * (int64(unit) / 1000)
		rest += thousandths * (int64(unit) % 1000) / 1000
		if rest > math.MaxInt64-total {
			return 0, tooLarge(text)
		}
		total += rest
	}
	return Bytes(total), nil
}

func tooLarge(text string) error {
	return fmt.Errorf("%q is too large: the most is 8191PiB", text)
}

// unknownUnit says what to write instead of the unit that was found.
func unknownUnit(text, number, name string) error {
	if name == "" {
		return fmt.Errorf("%q has no unit: write %sGiB, %sMiB or, for bytes, %sB", text, number, number, number)
	}
	for _, u := range units {
		if strings.EqualFold(u.name, strings.TrimSpace(name)) || strings.EqualFold(u.name, strings.TrimSpace(name)+"iB") {
			return fmt.Errorf("%q has the unknown unit %q: write %s%s", text, name, number, u.name)
		}
	}
	return fmt.Errorf("%q has the unknown unit %q: write KiB, MiB, GiB, TiB or PiB, such as 32GiB", text, name)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// String is the text form; it reads back as the same amount.
func (b Bytes) String() string {
	if b == 0 {
		return "0B"
	}
	for _, u := range units {
		if b%u.size == 0 {
			return strconv.FormatInt(int64(b/u.size), 10) + u.name
		}
	}
	return "" // not reached: every amount is a multiple of one byte
}

// MarshalText writes the text form. An amount below zero is an error.
func (b Bytes) MarshalText() ([]byte, error) {
	if b < 0 {
		return nil, fmt.Errorf("%s is below zero", b)
	}
	return []byte(b.String()), nil
}

// UnmarshalText reads the text form.
func (b *Bytes) UnmarshalText(text []byte) error {
	n, err := ParseBytes(string(text))
	if err != nil {
		return err
	}
	*b = n
	return nil
}

// UnmarshalYAML reads the text form; an error says on which line it stands.
func (b *Bytes) UnmarshalYAML(node *yaml.Node) error {
	return scalar(node, b.UnmarshalText)
}

// scalar reads a single value and gives an error its line in the file.
func scalar(node *yaml.Node, read func([]byte) error) error {
	if node.Kind != yaml.ScalarNode {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: want a single value", node.Line)}}
	}
	if err := read([]byte(node.Value)); err != nil {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %v", node.Line, err)}}
	}
	return nil
}
