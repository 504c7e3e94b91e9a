package provision

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEventsAreFlatLinesOfJSON(t *testing.T) {
	want := `{"seq":1,"time":"2026-11-22T02:00:00Z","kind":"plan","run":"edge01-20261122T020000Z","plan":"sha256:one","site":"edge01","estimate":5400}
{"seq":2,"time":"2026-11-22T02:00:00Z","kind":"plan","step":"install","target":"site","host":"host01.corp.example","estimate":1.5,"needs":["configure"]}
{"seq":3,"time":"2026-11-22T02:00:00.000000001Z","kind":"start","step":"install","target":"site","attempt":1}
{"seq":5,"time":"2026-11-22T02:01:00Z","kind":"output","step":"install","text":"Grüße \u003c\u0026\u003e\u2028\nline two\n"}
{"seq":9,"time":"2026-11-22T03:00:00Z","kind":"end","text":"no","code":"auth","outcome":"failed"}
`
	var got strings.Builder
	for _, e := range someEvents() {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		got.Write(append(line, '\n'))
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestSecondsKeepADurationToTheNanosecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Up to a hundred days, which is beyond any estimate.
		d := Seconds(rapid.Int64Range(-1, int64(2400*time.Hour)).Draw(t, "d"))
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back Seconds
		if err := json.Unmarshal(text, &back); err != nil || back != d {
			t.Fatalf("%d became %s became %d, %v", d, text, back, err)
		}
	})
}

func TestSecondsRefuseWhatIsNoDuration(t *testing.T) {
	for _, text := range []string{`"90s"`, `1e12`, `-1e300`, `[]`} {
		var s Seconds
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%s was read as %v", text, time.Duration(s))
		}
	}
}
