package planner

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"time"

	"github.com/arcwright/arcwright/profiles"
	"gopkg.in/yaml.v3"
)

// walker holds a YAML document against the Go type that it is to become, and notes
// where each key stands.
type walker struct {
	file      string
	positions Positions
	findings  []Finding
}

func (w *walker) refuse(n *yaml.Node, path, code, message, remedy string) {
	w.findings = append(w.findings, Finding{Code: code, Severity: Block, Path: path, File: w.file, Line: n.Line, Column: n.Column,
		Message: message, Remedy: remedy, Owner: OwnerYou})
}

// header checks version and kind before anything else, since a file of another version
// cannot be judged key by key.
func (w *walker) header(n *yaml.Node, root, kind, version string) {
	if n.Kind != yaml.MappingNode {
		w.refuse(n, root, "input-type", "a "+kind+" is a set of keys, this is "+describe(n), "start the file with: version: "+version)
		return
	}
	have := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		have[n.Content[i].Value] = n.Content[i+1]
	}
	for _, want := range []struct{ key, value string }{{"version", version}, {"kind", kind}} {
		switch got := have[want.key]; {
		case got == nil:
			w.refuse(n, root+"."+want.key, "input-version", "the file does not say its "+want.key, fmt.Sprintf("add the line: %s: %s", want.key, want.value))
		case got.Value != want.value:
			w.refuse(got, root+"."+want.key, "input-version", fmt.Sprintf("%s is %s, this program reads %s", want.key, quoted(got.Value), quoted(want.value)),
				fmt.Sprintf("write %s: %s, or use the program that wrote the file", want.key, want.value))
		}
	}
}

func (w *walker) document(n *yaml.Node, root string, into any) {
	w.walk(n, root, reflect.TypeOf(into).Elem())
}

func (w *walker) walk(n *yaml.Node, path string, t reflect.Type) {
	if _, seen := w.positions[path]; !seen {
		w.positions[path] = Position{w.file, n.Line, n.Column}
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		w.refuse(n, path, "input-syntax", "anchors and aliases are not read", "write the value out")
		return
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if expectation(t) != "" {
		w.scalar(n, path, t)
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		w.mapping(n, path, t)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			if n.Tag != "!!null" {
				w.refuse(n, path, "input-type", "a list is wanted here, this is "+describe(n), "begin each item with a dash on a line of its own")
			}
			return
		}
		for i, item := range n.Content {
			w.walk(item, fmt.Sprintf("%s[%d]", path, i), t.Elem())
		}
	}
}

func (w *walker) mapping(n *yaml.Node, path string, t reflect.Type) {
	if n.Kind != yaml.MappingNode {
		if n.Tag != "!!null" {
			w.refuse(n, path, "input-type", "keys are wanted here, this is "+describe(n), "write one of the keys: "+strings.Join(keysOf(t), ", "))
		}
		return
	}
	fields := fieldsOf(t)
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := path + "." + key.Value
		if line, again := first[key.Value]; again {
			w.refuse(key, at, "input-duplicate-key", fmt.Sprintf("%s is given twice, first on line %d", quoted(key.Value), line), "remove one of the two")
			continue
		}
		first[key.Value] = key.Line
		w.positions[at] = Position{w.file, key.Line, key.Column}
		field, known := fields[key.Value]
		if !known {
			w.refuse(key, at, "input-unknown-key", fmt.Sprintf("%s is not a key here", quoted(key.Value)), didYouMean(key.Value, keysOf(t)))
			continue
		}
		if value.Kind == yaml.ScalarNode && value.ShortTag() == "!!null" {
			if !optional(field) {
				w.refuse(key, at, "input-missing-key", fmt.Sprintf("%s has no value", quoted(key.Value)), "write one; `arcwright schema` says what it may be")
			}
			continue
		}
		w.walk(value, at, field.Type)
	}
	for _, name := range keysOf(t) {
		if _, given := first[name]; !given && !optional(fields[name]) {
			w.refuse(n, path+"."+name, "input-missing-key", fmt.Sprintf("%s is missing", quoted(name)), "add it; `arcwright schema` says what it may be")
		}
	}
}

// scalar tries one value as its type.
func (w *walker) scalar(n *yaml.Node, path string, t reflect.Type) {
	wrong := func() {
		w.refuse(n, path, "input-type", fmt.Sprintf("%s is wanted here, this is %s", expectation(t), describe(n)), "write it like "+exampleOf(t))
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		wrong()
		return
	}
	if words := Words(t); words != nil {
		for _, word := range words {
			if n.Value == word {
				return
			}
		}
		w.refuse(n, path, "input-value", fmt.Sprintf("%s is not a value of this key", quoted(n.Value)), didYouMean(n.Value, words))
		return
	}
	if t.Kind() == reflect.String {
		return
	}
	// The library cuts fractions off.
	if whole := t.Kind() == reflect.Int && n.ShortTag() != "!!int"; whole || n.Decode(reflect.New(t).Interface()) != nil {
		wrong()
	}
}

var (
	textType     = reflect.TypeFor[string]()
	addrType     = reflect.TypeFor[netip.Addr]()
	prefixType   = reflect.TypeFor[netip.Prefix]()
	durationType = reflect.TypeFor[time.Duration]()
	timeType     = reflect.TypeFor[time.Time]()
	bytesType    = reflect.TypeFor[Bytes]()
	dateType     = reflect.TypeFor[Date]()
	milliType    = reflect.TypeFor[Millicores]()
)

// expectation says what a single value of a type is; "" for anything with parts.
func expectation(t reflect.Type) string {
	switch t {
	case addrType:
		return "an IP address"
	case prefixType:
		return "a subnet with its prefix length"
	case durationType:
		return "a duration"
	case timeType:
		return "a point in time"
	case bytesType:
		return "an amount with its unit"
	case dateType:
		return "a date"
	case milliType:
		return "a number of processor cores or thousandths of one"
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a word or text"
	}
	return ""
}

func exampleOf(t reflect.Type) string {
	switch t {
	case addrType:
		return "10.40.20.10"
	case prefixType:
		return "10.40.20.0/24"
	case durationType:
		return "150ms or 45m"
	case timeType:
		return "2026-11-20T09:12:44Z"
	case bytesType:
		return "256GiB"
	case dateType:
		return "2026-12-05"
	case milliType:
		return "250m or 2"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true"
	case reflect.Float64:
		return "25"
	case reflect.String:
		return "name"
	}
	return "3"
}

// describe names a node for a person.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a set of keys"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Tag == "!!null" {
		return "nothing"
	}
	first, _, more := strings.Cut(n.Value, "\n")
	value := []rune(first)
	if len(value) > 40 || more {
		value = append(value[:min(len(value), 40)], '…')
	}
	return quoted(string(value))
}

// Words lists the values of an enumeration of the files, nil for other types.
func Words(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[Known]():
		return []string{string(Yes), string(No), string(Unknown)}
	case reflect.TypeFor[Addressing]():
		return []string{string(Static), string(DHCP)}
	case reflect.TypeFor[AuthMethod]():
		return []string{string(AuthNTLM), string(AuthKerberos), string(AuthBasic), string(AuthCertificate)}
	case reflect.TypeFor[DirectoryAuth]():
		return []string{string(DirectorySimple), string(DirectoryKerberos)}
	case reflect.TypeFor[BalancerKind]():
		return []string{string(HAProxy), string(NoBalancer), string(MetalLB)}
	case reflect.TypeFor[NodeOS]():
		return []string{string(Linux), string(Windows2019), string(Windows2022)}
	case reflect.TypeFor[Spread]():
		return []string{string(Even), string(Apart)}
	case reflect.TypeFor[HardwareClass]():
		return []string{string(StandardClass), string(LowCapacityClass)}
	case reflect.TypeFor[Traffic]():
		return []string{string(ManagementTraffic), string(ComputeTraffic), string(StorageTraffic)}
	case reflect.TypeFor[IdentityMode]():
		return []string{string(AzureIdentity), string(EntraIdentity), string(DirectoryIdentity), string(KubernetesIdentity)}
	case reflect.TypeFor[PolicyEffect]():
		return []string{string(PolicyAudit), string(PolicyDeny), string(PolicyDisabled)}
	case reflect.TypeFor[ResourceKind]():
		return []string{string(LogAnalytics), string(MonitorWorkspace), string(KeyVault), string(StorageAccount), string(ContainerRegistry), string(AutomationAccount)}
	case reflect.TypeFor[Transport]():
		return []string{string(TCP), string(UDP)}
	case reflect.TypeFor[profiles.Place]():
		return []string{string(profiles.PlaceHosts), string(profiles.PlaceNodes), string(profiles.PlaceCloudAgent), string(profiles.PlaceManagement),
			string(profiles.PlaceManagedPool), string(profiles.PlaceDirectory), string(profiles.PlaceTime), string(profiles.PlaceClusterIP)}
	case reflect.TypeFor[DriveRole]():
		return []string{string(BootDrive), string(CacheDrive), string(CapacityDrive)}
	}
	return nil
}

// fieldsOf are the keys of a struct.
func fieldsOf(t reflect.Type) map[string]reflect.StructField {
	fields := make(map[string]reflect.StructField, t.NumField())
	for i := range t.NumField() {
		fields[keyOf(t.Field(i))] = t.Field(i)
	}
	return fields
}

// keysOf are the keys of a struct in the order of its fields.
func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = keyOf(t.Field(i))
	}
	return keys
}

func keyOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

func optional(f reflect.StructField) bool { return strings.Contains(f.Tag.Get("yaml"), "omitempty") }
