package profiles

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed data/*.yaml
var embedded embed.FS

// shared ends the names of files that platforms extend and that are no platform.
const shared = "-common"

// ErrUnknown is what Load wraps for a name that is not in Names.
var ErrUnknown = errors.New("no such platform")

// Names lists the platforms, sorted.
func Names() []string { return names(embedded) }

func names(files fs.FS) []string {
	entries, err := fs.ReadDir(files, "data")
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range entries {
		name, isYAML := strings.CutSuffix(e.Name(), ".yaml")
		if isYAML && !strings.HasSuffix(name, shared) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// Load reads the profile of a platform. The error wraps ErrUnknown for a name that is not
// in Names; any other means that the embedded file is wrong, and says where.
func Load(name string) (Profile, error) { return load(embedded, name) }

// Digest is the digest of a platform's files, empty for a name that is not in Names. It
// is Profile.Digest for a caller that has no use for the profile.
func Digest(name string) string {
	p, err := Load(name)
	if err != nil {
		return ""
	}
	return p.Digest
}

func load(files fs.FS, name string) (Profile, error) {
	if !slices.Contains(names(files), name) {
		return Profile{}, fmt.Errorf("profile %q: %w: choose one of %s", name, ErrUnknown, strings.Join(names(files), ", "))
	}
	var p Profile
	sum := sha256.New()
	if err := read(files, name, &p, sum); err != nil {
		return Profile{}, err
	}
	if p.Extends != "" {
		var base Profile
		if err := read(files, p.Extends, &base, sum); err != nil {
			return Profile{}, err
		}
		base.Read = 0
		if err := join(&p, base); err != nil {
			return Profile{}, err
		}
	}
	p.Digest = hex.EncodeToString(sum.Sum(nil))
	if err := check(p, name); err != nil {
		return Profile{}, fmt.Errorf("profile %s: %w", name, err)
	}
	return p, nil
}

// read decodes one file strictly and adds its name, length and content to sum.
func read(files fs.FS, name string, into *Profile, sum io.Writer) error {
	file := path.Join("data", name+".yaml")
	content, err := fs.ReadFile(files, file)
	if err != nil {
		return fmt.Errorf("read profile: %w", err)
	}
	fmt.Fprintf(sum, "%s %d\n", name, len(content))
	sum.Write(content)
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: want one YAML document", file)
	}
	cite(reflect.ValueOf(into).Elem(), into.Read)
	return nil
}

// cite completes the sources of a file: one without a page has that of the entry above it
// in its list, and one without a day has the day of the file.
func cite(v reflect.Value, day Date) {
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		above := ""
		for i := range v.Len() {
			if cited(v.Type().Elem()) {
				source := v.Index(i).FieldByName("Source").Addr().Interface().(*Source)
				source.Page = cmp.Or(source.Page, above)
				above = source.Page
			}
			cite(v.Index(i), day)
		}
	case v.Kind() == reflect.Struct && v.Type() == reflect.TypeFor[Source]():
		if source := v.Addr().Interface().(*Source); source.Page != "" {
			source.Read = cmp.Or(source.Read, day)
		}
	case v.Kind() == reflect.Struct && v.Type().PkgPath() == reflect.TypeFor[Profile]().PkgPath():
		for i := range v.NumField() {
			cite(v.Field(i), day)
		}
	}
}

// join puts the values of base beside those of p. Stating a value in both is an error:
// nothing is ever overridden.
func join(p *Profile, base Profile) error {
	if path := merge(reflect.ValueOf(p).Elem(), reflect.ValueOf(base)); path != "" {
		return fmt.Errorf("data/%s.yaml and data/%s.yaml both state %s: keep one", p.Name, p.Extends, path)
	}
	return nil
}

// merge copies what from states into to, and returns the path of the first value that both
// state. Only groups of values merge; a value with its source, and a list, are one piece.
func merge(to, from reflect.Value) string {
	for i := range from.NumField() {
		field := from.Type().Field(i)
		switch {
		case from.Field(i).IsZero():
		case to.Field(i).IsZero():
			to.Field(i).Set(from.Field(i))
		case field.Type.Kind() == reflect.Struct && !cited(field.Type):
			if path := merge(to.Field(i), from.Field(i)); path != "" {
				return key(field) + "." + path
			}
		default:
			return key(field)
		}
	}
	return ""
}

// cited reports whether values of a type carry their own source.
func cited(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	_, ok := t.FieldByName("Source")
	return ok
}

// key is the name of a field in the file.
func key(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}
