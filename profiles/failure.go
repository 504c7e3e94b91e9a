package profiles

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed data/atlas/*.yaml
var embeddedAtlas embed.FS

// A Failure is a known way in which a deployment goes wrong: how it is recognised, why it
// happens, and what to do. All of them are the atlas.
type Failure struct {
	// ID is a stable name of lower-case words with hyphens.
	ID string `yaml:"id"`
	// Title says in a few words what one sees.
	Title string `yaml:"title"`
	// For are the generations that it happens in; empty means in all of them.
	For []Generation `yaml:"for,omitempty"`
	// Versions are the releases that it is known of, in words; empty means not only some.
	Versions string `yaml:"versions,omitempty"`
	// General is set on a family of errors, such as a refused access: it is an answer only
	// where nothing more exact is known.
	General bool `yaml:"general,omitempty"`
	// Signs are what it is recognised by; one of them is enough.
	Signs []Sign `yaml:"signs"`
	// Cause is one sentence.
	Cause string `yaml:"cause"`
	// Fix are the steps, the first of which is the one to begin with.
	Fix []string `yaml:"fix"`
	// Owner is who can mend it: you, network, directory, azure or hardware.
	Owner string `yaml:"owner"`
	// Finding is the code of the finding that warns of it beforehand, if there is one.
	Finding string `yaml:"finding,omitempty"`
	// Source is the address of the page or thread, after loading.
	Source string `yaml:"source"`
	// Read is the day the source was read, after loading that of its file.
	Read Date `yaml:"-"`
	// Area is the name of its file.
	Area string `yaml:"-"`
}

// A Sign is one way to recognise a failure in a text. All that it states has to hold.
type Sign struct {
	// All are phrases that stand close to each other, in any order. Each may have
	// alternatives, with " | " between them. Only letters and digits count, without case;
	// a phrase begins and ends at a word's edge, unless it ends with an asterisk.
	All []string `yaml:"all,omitempty"`
	// Codes are error codes of which one stands there: as written, or, for a code of 32
	// bits such as 0x80070005, also as a decimal number with or without a sign.
	Codes []string `yaml:"codes,omitempty"`
	// Match is a regular expression that the text around the phrases has to match; letter
	// case does not count.
	Match string `yaml:"match,omitempty"`
	// Not are phrases, written like those of All, that must not stand there.
	Not []string `yaml:"not,omitempty"`
	// Tail is set where the phrases are an ordinary message: only at the end of a text do
	// they say that nothing came after them.
	Tail bool `yaml:"tail,omitempty"`
}

// Atlas is every known failure.
type Atlas struct {
	// Failures are in the order of their files and of their places there.
	Failures []Failure
	// Read is the newest day that a source was read.
	Read Date
}

// Failure is the failure of that id.
func (a Atlas) Failure(id string) (Failure, bool) {
	i := slices.IndexFunc(a.Failures, func(f Failure) bool { return f.ID == id })
	if i < 0 {
		return Failure{}, false
	}
	return a.Failures[i], true
}

// LoadAtlas reads the atlas. An error means that an embedded file is wrong, and says where.
func LoadAtlas() (Atlas, error) { return loadAtlas(embeddedAtlas) }

// atlasFile is one file of the atlas.
type atlasFile struct {
	Read Date `yaml:"read"`
	// Pages are short names of addresses. A source is one of them, such a name with # and
	// a number, which goes on below it, or an address.
	Pages    map[string]string `yaml:"pages"`
	For      []Generation      `yaml:"for,omitempty"`
	Failures []Failure         `yaml:"entries"`
}

func loadAtlas(files fs.FS) (Atlas, error) {
	entries, err := fs.ReadDir(files, "data/atlas")
	if err != nil {
		return Atlas{}, fmt.Errorf("read atlas: %w", err)
	}
	var a Atlas
	for _, e := range entries {
		file := path.Join("data/atlas", e.Name())
		failures, err := readFailures(files, file)
		if err != nil {
			return Atlas{}, fmt.Errorf("%s: %w", file, err)
		}
		for _, f := range failures {
			if _, twice := a.Failure(f.ID); twice {
				return Atlas{}, fmt.Errorf("%s: %s is there twice", file, f.ID)
			}
			a.Read = max(a.Read, f.Read)
			a.Failures = append(a.Failures, f)
		}
	}
	if len(a.Failures) == 0 {
		return Atlas{}, errors.New("the atlas is empty")
	}
	return a, nil
}

func readFailures(files fs.FS, file string) ([]Failure, error) {
	content, err := fs.ReadFile(files, file)
	if err != nil {
		return nil, err
	}
	var all atlasFile
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		return nil, err
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("want one YAML document")
	}
	if all.Read.IsZero() {
		return nil, errors.New("read is missing: the day the sources were read")
	}
	var faults []error
	for i := range all.Failures {
		f := &all.Failures[i]
		f.Read, f.Area = all.Read, strings.TrimSuffix(path.Base(file), ".yaml")
		if f.For == nil {
			f.For = all.For
		}
		f.Source = expand(f.Source, all.Pages)
		for _, fault := range f.faults() {
			faults = append(faults, fmt.Errorf("%s: %w", f.ID, fault))
		}
	}
	return all.Failures, errors.Join(faults...)
}

// expand is the address that a source stands for.
func expand(source string, pages map[string]string) string {
	name, number, numbered := strings.Cut(source, "#")
	page, known := pages[name]
	switch {
	case known && numbered:
		return page + "/" + number
	case known:
		return page
	}
	return source
}

var (
	failureID    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	failureOwner = []string{"you", "network", "directory", "azure", "hardware"}
)

// most letters of a title and of a cause: both stand in lines of other text.
const (
	longestTitle = 90
	longestCause = 190
)

// faults says what is wrong with an entry.
func (f Failure) faults() []error {
	var all []error
	refuse := func(format string, args ...any) { all = append(all, fmt.Errorf(format, args...)) }
	if !failureID.MatchString(f.ID) {
		refuse("the id %q is not lower-case words with hyphens", f.ID)
	}
	if f.Title == "" || len(f.Title) > longestTitle || strings.HasSuffix(f.Title, ".") {
		refuse("title is missing, ends with a stop or is longer than %d letters", longestTitle)
	}
	if f.Cause == "" || len(f.Cause) > longestCause || !strings.HasSuffix(f.Cause, ".") {
		refuse("cause is missing, has no stop at its end or is longer than %d letters", longestCause)
	}
	if len(f.Fix) == 0 || slices.Contains(f.Fix, "") {
		refuse("fix is missing or has an empty step")
	}
	if !slices.Contains(failureOwner, f.Owner) {
		refuse("owner is %q, want one of %s", f.Owner, strings.Join(failureOwner, ", "))
	}
	if u, err := url.Parse(f.Source); err != nil || u.Scheme != "https" || u.Host == "" {
		refuse("source %q is neither an https address nor a name of pages", f.Source)
	}
	for _, g := range f.For {
		if g != AksHci && g != AzureLocal {
			refuse("for names %q, want %s or %s", g, AksHci, AzureLocal)
		}
	}
	if len(f.Signs) == 0 {
		refuse("signs are missing")
	}
	for i, s := range f.Signs {
		if len(s.All) == 0 && len(s.Codes) == 0 {
			refuse("sign %d has neither phrases nor codes", i+1)
		}
		if _, err := regexp.Compile(s.Match); err != nil {
			refuse("sign %d: %w", i+1, err)
		}
	}
	return all
}
