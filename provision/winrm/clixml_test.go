package winrm

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const progress = `<Obj S="progress" RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCustomObject</T></TN><MS><I64 N="SourceId">1</I64><PR N="Record"><AV>Loading</AV><AI>0</AI><Nil /><S S="Error">not this</S></PR></MS></Obj>`

func TestDecodeCLIXML(t *testing.T) {
	objs := func(s string) string {
		return `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">` + s + `</Objs>`
	}
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"plain text", "no such host\r\n", "no such host\r\n"},
		{"progress alone", "#< CLIXML\r\n" + objs(progress), ""},
		{"an error over two elements", "#< CLIXML\r\n" + objs(`<S S="Error">one, _x000D__x000A_</S><S S="Error">two</S>`), "one, \r\ntwo"},
		{"progress, an error and a warning", "#< CLIXML\r\n" + objs(progress+`<S S="Error">bad</S><S S="warning">hm</S>`), "bad"},
		{"several roots", "#< CLIXML\r\n" + objs(`<S S="Error">a</S>`) + objs(progress) + "\r\n" + objs(`<S S="Error">b</S>`), "ab"},
		{"two headers", "#< CLIXML\r\n" + objs(`<S S="Error">a</S>`) + "#< CLIXML\r\n" + objs(`<S S="Error">b</S>`), "ab"},
		{"text before and after", "before\n#< CLIXML\n" + objs(`<S S="Error">in</S>`) + "\nafter", "before\nin\nafter"},
		{"entities", "#< CLIXML\n" + objs(`<S S="Error">a &lt; b &amp;&#x41;</S>`), "a < b &A"},
		{"an escaped underscore", "#< CLIXML\n" + objs(`<S S="Error">_x005F_x000D_</S>`), "_x000D_"},
		{"a character beyond 16 bits", "#< CLIXML\n" + objs(`<S S="Error">_xD83D__xDE00_</S>`), "\U0001F600"},
		{"half a character", "#< CLIXML\n" + objs(`<S S="Error">_xD83D_</S>`), "\uFFFD"},
		{"what only looks like an escape", "#< CLIXML\n" + objs(`<S S="Error">_x00G0_ _x12_</S>`), "_x00G0_ _x12_"},
		{"a document that was cut", "#< CLIXML\r\n<Objs><S S=\"Error\">ba", "\r\n<Objs><S S=\"Error\">ba"},
		{"no document", "#< CLIXML\r\nhello", "\r\nhello"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := decodeCLIXML(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnyErrorTextSurvivesCLIXML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		var escaped strings.Builder
		for _, r := range text {
			if r < 32 || r == '_' {
				_, _ = fmt.Fprintf(&escaped, "_x%04X_", r)
			} else {
				escaped.WriteRune(r)
			}
		}
		var in strings.Builder
		in.WriteString("#< CLIXML\r\n<Objs><S S=\"Error\">")
		_ = xml.EscapeText(&in, []byte(escaped.String()))
		in.WriteString("</S></Objs>")
		want := strings.Map(func(r rune) rune {
			if r == 0xFFFE || r == 0xFFFF { // not in XML: EscapeText replaces them
				return 0xFFFD
			}
			return r
		}, text)
		if got := decodeCLIXML(in.String()); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func FuzzDecodeCLIXML(f *testing.F) {
	f.Add("")
	f.Add("#< CLIXML\r\n<Objs>" + progress + `<S S="Error">a_x000A_</S></Objs>`)
	f.Add("#< CLIXML#< CLIXML<Objs/><Objs></Objs><Objs")
	f.Add("x\n#< CLIXML\n<Objs><S S=\"Error\"><![CDATA[#< CLIXML]]></S></Objs>")
	f.Fuzz(func(t *testing.T, s string) {
		got := decodeCLIXML(s)
		if !strings.Contains(s, clixml) && got != s {
			t.Errorf("text without CLIXML became %q", got)
		}
		if len(got) > 3*len(s) { // one byte becomes U+FFFD at most
			t.Errorf("%d bytes became %d", len(s), len(got))
		}
	})
}
