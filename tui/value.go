package tui

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// Values are read from what is typed, and the error says what to type instead. Whether a
// value makes sense is the planner's to judge.

// readNumber reads a whole number, not below zero.
func readNumber(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		return 0, fmt.Errorf("write a number, such as 3")
	}
	return n, nil
}

// readAddress reads an address.
func readAddress(text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil {
		return a, fmt.Errorf("write an address, such as 10.40.20.1")
	}
	return a, nil
}

// readPrefix reads an address with a prefix length.
func readPrefix(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(strings.TrimSpace(text))
	if err != nil {
		return p, fmt.Errorf("write an address and a prefix length, such as 10.40.20.0/24")
	}
	return p, nil
}

// readRange reads a range, such as 10.40.20.10-10.40.20.60.
func readRange(text string) (planner.Range, error) {
	from, to, _ := strings.Cut(text, "-")
	start, err := readAddress(from)
	end, err2 := readAddress(to)
	if errors.Join(err, err2) != nil {
		return planner.Range{}, fmt.Errorf("write two addresses with a hyphen, such as 10.40.20.10-10.40.20.60")
	}
	return planner.Range{Start: start, End: end}, nil
}

// readAddresses reads addresses with commas or spaces between them.
func readAddresses(text string) ([]netip.Addr, error) {
	var all []netip.Addr
	for _, part := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' || c == ';' }) {
		a, err := readAddress(part)
		if err != nil {
			return nil, fmt.Errorf("%q is no address: write them with commas, such as 10.40.10.5, 10.40.10.6", part)
		}
		all = append(all, a)
	}
	return all, nil
}

// readSecret reads a reference to a secret. What is no reference may be the secret
// itself, and never becomes part of the site.
func readSecret(text string) (planner.SecretRef, error) {
	text = strings.TrimSpace(text)
	kind, rest, _ := strings.Cut(text, ":")
	switch {
	case text == "" || text == "prompt":
	case (kind == "env" || kind == "file" || kind == "keyring") && rest != "":
	default:
		return "", fmt.Errorf("write where the secret is, never the secret: env:NAME, file:PATH, keyring:SERVICE/NAME or prompt")
	}
	return planner.SecretRef(text), nil
}

// optional reads a text with read, or nothing from an empty one.
func optional[T any](text string, read func(string) (T, error)) (*T, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	v, err := read(text)
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// or reads a text with read, or the zero value from an empty one.
func or[T any](text string, read func(string) (T, error)) (T, error) {
	v, err := optional(text, read)
	if v == nil {
		var zero T
		return zero, err
	}
	return *v, err
}

// printed forms of values, empty when there is none.

func printAddress(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func printPrefix(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

func printRange(r *planner.Range) string {
	if r == nil {
		return ""
	}
	return r.String()
}

func printAddresses(all []netip.Addr) string {
	var texts []string
	for _, a := range all {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, ", ")
}

func printNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// keep is a setter for a text that is taken as it is.
func keep[T ~string](to func(*planner.Site) *T) func(*planner.Site, string) error {
	return func(s *planner.Site, text string) error {
		*to(s) = T(strings.TrimSpace(text))
		return nil
	}
}

// take is a setter for a text that is read first.
func take[T any](read func(string) (T, error), to func(*planner.Site) *T) func(*planner.Site, string) error {
	return func(s *planner.Site, text string) error {
		v, err := read(text)
		if err == nil {
			*to(s) = v
		}
		return err
	}
}
