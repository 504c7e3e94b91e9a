package profiles

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed data/requirements/*.yaml
var requirements embed.FS

// A Requirement is one thing that a page of the vendor asks for or limits, and what judges
// it: the codes of findings, or the reason why nothing does.
type Requirement struct {
	// What is asked for, in one short sentence of our own.
	What string `yaml:"what"`
	// Codes are the findings that are made where it is not met.
	Codes []string `yaml:"codes,omitempty"`
	// Not is the reason why it is not judged; empty where there are codes.
	Not    string `yaml:"not,omitempty"`
	Source Source `yaml:",inline"`
}

// A Chapter is what one file of requirements is about.
type Chapter struct {
	// Name is that of the file, such as akshci. Title is for people.
	Name  string `yaml:"-"`
	Title string `yaml:"title"`
	// Read is the day of reading for the requirements that give none of their own.
	Read         Date          `yaml:"read"`
	Requirements []Requirement `yaml:"requirements"`
}

// Requirements are what the vendor's pages ask for, by chapter, in the order of the files'
// names. An error means that an embedded file is wrong, and says where.
func Requirements() ([]Chapter, error) { return chapters(requirements) }

func chapters(files fs.FS) ([]Chapter, error) {
	const folder = "data/requirements"
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, fmt.Errorf("read requirements: %w", err)
	}
	var all []Chapter
	for _, e := range entries {
		c, err := chapter(files, path.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// chapter reads one file strictly: each requirement has a sentence, a source, and either
// codes or a reason.
func chapter(files fs.FS, file string) (Chapter, error) {
	content, err := fs.ReadFile(files, file)
	if err != nil {
		return Chapter{}, fmt.Errorf("read requirements: %w", err)
	}
	var c Chapter
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil {
		return Chapter{}, fmt.Errorf("%s: %w", file, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Chapter{}, fmt.Errorf("%s: want one YAML document", file)
	}
	c.Name = strings.TrimSuffix(path.Base(file), path.Ext(file))
	c.Title = cmp.Or(c.Title, c.Name)
	cite(reflect.ValueOf(&c).Elem(), c.Read)
	faults := &checker{}
	if len(c.Requirements) == 0 {
		faults.refuse("requirements", "is missing")
	}
	for i, r := range c.Requirements {
		at := fmt.Sprintf("requirements[%d]", i)
		if r.What == "" {
			faults.refuse(at, "does not say what is asked for")
		}
		if (len(r.Codes) == 0) == (r.Not == "") {
			faults.refuse(at, "wants either codes or the reason why it is not judged (not)")
		}
		faults.source(at, r.Source)
	}
	once(faults, "requirements", c.Requirements, func(r Requirement) string { return r.What })
	if err := errors.Join(faults.faults...); err != nil {
		return Chapter{}, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}
