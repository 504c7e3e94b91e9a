package profiles

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Money is an amount in thousandths of a unit of currency. Its text form is decimal, such
// as 0.33.
type Money int64

// ParseMoney reads a decimal number, not below zero, with at most three decimals.
func ParseMoney(text string) (Money, error) {
	whole, decimals, dotted := strings.Cut(text, ".")
	if !digits(whole) || dotted && (!digits(decimals) || len(decimals) > 3) {
		return 0, fmt.Errorf("%q is not an amount of money: write digits with at most three decimals, such as 0.33", text)
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > math.MaxInt64/1000-1 {
		return 0, fmt.Errorf("%q is too large", text)
	}
	thousandths, _ := strconv.ParseInt((decimals + "000")[:3], 10, 64)
	return Money(n*1000 + thousandths), nil
}

// String is the text form, with two or three decimals.
func (m Money) String() string {
	sign, n := "", int64(m)
	if n < 0 {
		sign, n = "-", -n
	}
	return sign + strings.TrimSuffix(fmt.Sprintf("%d.%03d", n/1000, n%1000), "0")
}

// MarshalText writes the text form. An amount below zero is an error.
func (m Money) MarshalText() ([]byte, error) {
	if m < 0 {
		return nil, fmt.Errorf("%s is below zero", m)
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads the text form.
func (m *Money) UnmarshalText(text []byte) error {
	n, err := ParseMoney(string(text))
	if err != nil {
		return err
	}
	*m = n
	return nil
}

// UnmarshalYAML reads the text form; an error says on which line it stands.
func (m *Money) UnmarshalYAML(node *yaml.Node) error {
	return scalar(node, m.UnmarshalText)
}
