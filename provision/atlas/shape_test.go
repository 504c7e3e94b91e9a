package atlas_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision/atlas"
	"github.com/google/go-cmp/cmp"
)

// shapes are the ways in which a text is changed before somebody pastes it.
var shapes = []struct {
	name   string
	change func(string) string
}{
	{"in capitals", strings.ToUpper},
	{"with the line ends of Windows", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
	{"wrapped in the middle of words", func(s string) string {
		var b strings.Builder
		for i, r := range []rune(s) {
			if i > 0 && i%57 == 0 {
				b.WriteString("\n    ")
			}
			b.WriteRune(r)
		}
		return b.String()
	}},
	{"in colours", func(s string) string {
		return "\x1b[31;1m" + strings.ReplaceAll(s, " ", "\x1b[0m \x1b[36m") + "\x1b[0m\x1b]0;title\x07"
	}},
	{"with a time and a level before each line", func(s string) string {
		return "VERBOSE: [07/29/2025 23:30:11] [Kva] 2025-07-29T23:30:12.123-07:00 ERROR " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\nVERBOSE: [07/29/2025 23:30:11] ")
	}},
	{"as an error record", func(s string) string {
		return "Invoke-Thing : " + s + "\nAt C:\\x\\y.ps1:12 char:3\n+   throw $that\n+   ~~~~~~~~~~~\n    + CategoryInfo          : NotSpecified: (:) [], Exception\n"
	}},
	{"serialized by PowerShell", func(s string) string {
		s = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "_x000D__x000A_</S><S S=\"Error\">").Replace(s)
		return "#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><S S=\"Error\">" + s + "_x000D__x000A_</S></Objs>"
	}},
	{"quoted in a JSON document", func(s string) string {
		quoted, _ := json.Marshal(s + "\r\n")
		return `{"error":` + string(quoted) + `}`
	}},
	{"in UTF-16, as a redirection writes it", func(s string) string {
		b := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return string(b)
	}},
	{"at the end of a log", func(s string) string { return noise(300) + s }},
}

// noise is a log of n lines in which nothing fails.
func noise(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "2025-07-29T23:%02d:%02dZ [%08x-1111-2222-3333-444455556666] hv%02d.corp.example step %d of %d done in 12 s, 10.0.%d.%d is up\n", i/60%60, i%60, i, i%8, i, n, i/250%250, i%250)
	}
	return b.String()
}

func TestASampleIsKnownInEveryShape(t *testing.T) {
	f := finder(t)
	for _, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			for _, s := range samples(t) {
				if found, plain := f.Find(shape.change(s.Text), ""), f.Find(s.Text, ""); s.Want != "" && len(found) == 0 {
					t.Errorf("%q is not known as %s", shape.change(s.Text), s.Want)
				} else if s.Want != "" && found[0].ID != plain[0].ID {
					t.Errorf("%q is taken for %v by %q, want %s", s.Text, ids(found), found[0].Seen, plain[0].ID)
				} else if s.Want == "" && len(found) > 0 {
					t.Errorf("%q is taken for %v by %q", s.Text, ids(found), found[0].Seen)
				}
			}
		})
	}
}

func TestWordsFarApartAreNoSign(t *testing.T) {
	f := finder(t)
	apart := "Unable to connect to the server, said one line.\n" + noise(40) + "Much later another one had: dial tcp was explained in a talk.\n" + noise(5)
	if got := f.Find(apart, ""); len(got) > 0 {
		t.Errorf("taken for %v by %q", ids(got), got[0].Seen)
	}
}

func TestSeveralFailuresAreRanked(t *testing.T) {
	f := finder(t)
	got := f.Find("Install-AksHci : Failed to wait for addon arc-onboarding: timed out waiting for the condition\nContext deadline exceeded", "")
	if diff := cmp.Diff([]string{"arc-onboarding-wait"}, ids(got)); diff != "" {
		t.Errorf("families of errors are left out where something exact is known (-want +got):\n%s", diff)
	}
}

func TestOnlyTheEndOfALongTextIsLookedAt(t *testing.T) {
	f := finder(t)
	text := "Billing is OutOfPolicy\n" + strings.Repeat("all is well here\n", atlas.Longest/17+1)
	if got := f.Find(text, ""); len(got) > 0 {
		t.Errorf("known as %v", ids(got))
	}
	if got := f.Find(text+"Billing is OutOfPolicy\n", ""); len(got) != 1 {
		t.Errorf("known as %v", ids(got))
	}
}

func TestFindingTakesTimeInProportionToTheText(t *testing.T) {
	f := finder(t)
	for _, row := range []struct{ name, text string }{
		{"a log", noise(1 << 20 / 105)},
		{"a text full of beginnings of signs", strings.Repeat("timed out dial tcp 6443 not found failed cluster certificate x509 ", 1<<18/66)},
		{"one letter", strings.Repeat("a", 1<<18)},
		{"codes", strings.Repeat("0x80070005 ", 1<<18/11)},
		{"openings of escapes", strings.Repeat("\x1b]", 1<<17)},
		{"openings of elements", strings.Repeat("<S ", 1<<18/3)},
	} {
		t.Run(row.name, func(t *testing.T) {
			took := func(text string) time.Duration {
				best := time.Hour
				for range 2 {
					begun := time.Now()
					f.Find(text, "")
					best = min(best, time.Since(begun))
				}
				return best
			}
			one, four := took(row.text), took(strings.Repeat(row.text, 4))
			t.Logf("%d KB take %v, four times as much %v", len(row.text)>>10, one, four)
			if four > 10*one+20*time.Millisecond {
				t.Errorf("%v, and four times as much text takes %v", one, four)
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	find := finder(f)
	for _, s := range samples(f) {
		f.Add(s.Text)
	}
	for _, shape := range shapes {
		f.Add(shape.change("Billing is OutOfPolicy, 0x80070005"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		found := find.Find(text, "")
		if again := find.Find(text, ""); !cmp.Equal(ids(found), ids(again)) {
			t.Fatalf("once %v, once %v", ids(found), ids(again))
		}
		for i, m := range found {
			if m.Line == "" || len(m.Seen) == 0 || m.General && !found[0].General || i > 4 {
				t.Fatalf("match %d is %+v", i, m)
			}
		}
		if clean := atlas.Clean(text); strings.ContainsAny(clean, "\x00\x1b\r\x07") {
			t.Fatalf("cleaned to %q", clean)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	f := finder(b)
	for _, row := range []struct{ name, text string }{
		{"a line", "Install-AksHci : Failed to wait for addon arc-onboarding: timed out"}, {"a megabyte", noise(1 << 20 / 105)},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.SetBytes(int64(len(row.text)))
			for b.Loop() {
				f.Find(row.text, "")
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		a, err := profiles.LoadAtlas()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := atlas.New(a); err != nil {
			b.Fatal(err)
		}
	}
}
