package profiles

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Millicores is processor time in thousandths of a core. Its text form is that of
// Kubernetes: 2 for two cores, 250m for a quarter of one.
type Millicores int64

// mostMillicores keeps sums of products far from overflowing.
const mostMillicores = 1 << 40

// ParseMillicores reads whole cores, cores with at most three decimals, or thousandths
// with the suffix m; never below zero.
func ParseMillicores(text string) (Millicores, error) {
	number, thousandths := strings.CutSuffix(text, "m")
	whole, decimals, dotted := strings.Cut(number, ".")
	if !digits(whole) || dotted && (thousandths || !digits(decimals) || len(decimals) > 3) {
		return 0, fmt.Errorf("%q is no processor time: write cores such as 2, or thousandths such as 250m", text)
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	most := int64(mostMillicores)
	if !thousandths {
		most /= 1000
	}
	if err != nil || n > most {
		return 0, fmt.Errorf("%q is too large", text)
	}
	if thousandths {
		return Millicores(n), nil
	}
	part, _ := strconv.ParseInt((decimals + "000")[:3], 10, 64)
	return Millicores(n*1000 + part), nil
}

// String is the text form; it reads back as the same amount.
func (m Millicores) String() string {
	if m%1000 == 0 {
		return strconv.FormatInt(int64(m/1000), 10)
	}
	return strconv.FormatInt(int64(m), 10) + "m"
}

// MarshalText writes the text form. An amount below zero is an error.
func (m Millicores) MarshalText() ([]byte, error) {
	if m < 0 {
		return nil, fmt.Errorf("%s is below zero", m)
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads the text form.
func (m *Millicores) UnmarshalText(text []byte) error {
	n, err := ParseMillicores(string(text))
	if err != nil {
		return err
	}
	*m = n
	return nil
}

// UnmarshalYAML reads the text form; an error says on which line it stands.
func (m *Millicores) UnmarshalYAML(node *yaml.Node) error {
	return scalar(node, m.UnmarshalText)
}
