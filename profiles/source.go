package profiles

// Own is the page of an estimate of our own, for which no vendor figure is known.
const Own = "arcwright"

// Source says where a value comes from.
type Source struct {
	// Page is the cited page, in the notation of the package comment, or [Own].
	Page string `yaml:"source"`
	// Read is the day the page was read. In a file it may be left out where it is the
	// file's own; after loading it is always there.
	Read Date `yaml:"read,omitempty"`
	// Derived is the reasoning that leads from the page to the value, when the value is our
	// arithmetic or judgement and not the vendor's statement. Empty otherwise.
	Derived string `yaml:"derived,omitempty"`
	// Note holds the vendor's own words where they are less exact than the value, or what
	// another page says instead.
	Note string `yaml:"note,omitempty"`
}

// A Figure is one value with its source.
type Figure[T any] struct {
	Value T `yaml:"value"`
	// Unstated is true where the vendor publishes no such figure. Value is then zero and
	// says nothing.
	Unstated bool   `yaml:"unstated,omitempty"`
	Source   Source `yaml:",inline"`
}

// Limit is a count that a platform allows or asks for.
type Limit = Figure[int]

// Size is an amount of memory or storage that a platform allows or asks for.
type Size = Figure[Bytes]

// Words is a list of names that a platform allows.
type Words = Figure[[]string]
