package profiles

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// identity is what names a profile and what its keys stand for. It was not read on a page.
var identity = []string{
	"Profile.Name", "Profile.Title", "Profile.Generation", "Profile.Extends", "Profile.Digest", "Profile.Read",
	"Lifecycle.Successor", "NodeOS.Name", "NodeOS.SKU", "Retirement.Subject", "Retirement.Instead", "Minor.Name", "Minor.LastRelease",
}

// TestNoValueLacksASource walks every profile to its last number and word, on its own and
// not by the checks of Load, and looks for the nearest source above.
func TestNoValueLacksASource(t *testing.T) {
	for _, name := range Names() {
		leaves, sources := 0, 0
		var walk func(path string, v reflect.Value, above *Source)
		walk = func(path string, v reflect.Value, above *Source) {
			switch {
			case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
				if v.Len() == 0 && !strings.HasSuffix(path, ".Value") { // a figure may be unstated
					t.Errorf("%s: %s is empty", name, path)
				}
				for i := range v.Len() {
					walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i), above)
				}
			case v.Kind() == reflect.Struct && v.Type().PkgPath() == reflect.TypeFor[Profile]().PkgPath():
				if f := v.FieldByName("Source"); f.IsValid() {
					source := f.Interface().(Source)
					above = &source
					sources++
					if source.Page == "" || source.Read.IsZero() {
						t.Errorf("%s: %s has the source %+v", name, path, source)
					}
				}
				for i := range v.NumField() {
					field := v.Type().Field(i)
					if field.Name == "Source" || slices.Contains(identity, v.Type().Name()+"."+field.Name) {
						continue
					}
					walk(path+"."+field.Name, v.Field(i), above)
				}
			default:
				leaves++
				if above == nil {
					t.Errorf("%s: %s has no source", name, path)
				}
			}
		}
		walk("Profile", reflect.ValueOf(load1(t, name)), nil)
		if leaves < 500 || sources < 150 {
			t.Errorf("%s: the walk met only %d values and %d sources", name, leaves, sources)
		}
	}
}

func TestEveryPageWasReadBeforeItsPlatformWasWritten(t *testing.T) {
	for _, name := range Names() {
		p := load1(t, name)
		if want, _ := ParseDate("2026-11-22"); p.Read != want || p.Limits.HostsMax.Source.Read != want || p.Sizes[1].Source.Read != want {
			t.Errorf("%s was read on %s, its hosts on %s, a size on %s; want %s", name, p.Read, p.Limits.HostsMax.Source.Read, p.Sizes[1].Source.Read, want)
		}
	}
}

func TestAnEntryOfAListHasTheSourceOfTheOneAbove(t *testing.T) {
	p := load1(t, "windows-server-2022")
	for name, want := range map[string]string{
		"Default":         "ASD:AKS-Hybrid/reference/ps/get-akshcivmsize.md",
		"Standard_D2s_v3": "ASD:AKS-Hybrid/reference/ps/get-akshcivmsize.md",
		"Standard_K8S_v1": "ASD:AKS-Hybrid/concepts-support.md",
		"Standard_NK12":   "ASD:AKS-Hybrid/deploy-gpu-node-pool-22h2.md",
	} {
		if s, _ := p.VMSize(name); s.Source.Page != want {
			t.Errorf("%s is from %q, want %q", name, s.Source.Page, want)
		}
	}
}

func TestWhatWeDerivedSaysSo(t *testing.T) {
	p := load1(t, "windows-server-2022")
	for what, s := range map[string]Source{
		"host memory reserve": p.Reserve.Memory.Source, "host core reserve": p.Reserve.Cores.Source, "virtual processors a core": p.Reserve.VCPUPerCore.Source,
		"nodes in a cluster": p.Limits.NodesPerCluster.Source, "control plane counts": p.Limits.ControlPlaneCounts.Source, "largest VLAN": p.Network.VLANMax.Source,
	} {
		if s.Derived == "" {
			t.Errorf("%s is given as the vendor's own", what)
		}
	}
	for _, name := range Names() {
		for _, e := range load1(t, name).Estimates {
			if e.Source.Page != Own || e.Source.Derived == "" {
				t.Errorf("%s: the estimate of %s is from %q because %q", name, e.Step, e.Source.Page, e.Source.Derived)
			}
		}
	}
}
