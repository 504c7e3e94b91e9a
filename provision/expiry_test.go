package provision

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/profiles"
)

// journalOf is a run whose journal holds events.
func journalOf(t *testing.T, site string, events ...Event) *Run {
	t.Helper()
	run, err := CreateRun(t.TempDir(), site, dawn, []byte("plan"))
	if err != nil {
		t.Fatal(err)
	}
	j, _, _, err := run.openJournal("digest", dawn)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		e.Seq = i + 1
		if err := j.append(e, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	return run
}

func TestDeadlinesCountFromTheInstallation(t *testing.T) {
	later := dawn.Add(36 * time.Hour)
	start := Event{Kind: EventStart, Time: dawn, Step: "install", Attempt: 1}
	done := Event{Kind: EventDone, Time: later, Step: "install"}
	cluster := Event{Kind: EventDone, Time: later, Step: "create-cluster/shop", Text: FoundDone}
	profile := profiles.Profile{Expiries: []profiles.Expiry{
		{Name: "first-cluster", What: "out of policy", Days: 60, From: profiles.FromInstall, MetBy: "create-cluster"}, {Name: "tokens", What: "tokens end", Days: 60, From: profiles.FromInstall},
		{Name: "kms", What: "the token of a cluster ends", Days: 30, From: profiles.FromCluster},
	}}
	tokens := dawn.AddDate(0, 0, 60).Format(time.DateOnly) + " tokens end"
	policy := dawn.AddDate(0, 0, 60).Format(time.DateOnly) + " out of policy"
	began := Event{Kind: EventStart, Time: later, Step: "create-cluster/shop", Attempt: 1}
	token := later.AddDate(0, 0, 30).Format(time.DateOnly) + " the token of a cluster ends"
	second := later.Add(24 * time.Hour)
	again := Event{Kind: EventStart, Time: second, Step: "install", Attempt: 1}
	anew := Event{Kind: EventDone, Time: second.Add(time.Hour), Step: "install"}
	policyAnew := second.AddDate(0, 0, 60).Format(time.DateOnly) + " out of policy"
	tokensAnew := second.AddDate(0, 0, 60).Format(time.DateOnly) + " tokens end"
	for name, c := range map[string]struct {
		runs []*Run
		want []string
	}{
		"a run that made it, and made a cluster":    {[]*Run{journalOf(t, "shop", start, done, began, cluster)}, []string{tokens, token}},
		"no run at all":                             {nil, nil},
		"a run that made it":                        {[]*Run{journalOf(t, "shop", start, done)}, []string{policy, tokens}},
		"a run that made it and a cluster":          {[]*Run{journalOf(t, "shop", start, done, cluster)}, []string{tokens}},
		"a run that began it and did not finish":    {[]*Run{journalOf(t, "shop", start)}, nil},
		"a run that found it done":                  {[]*Run{journalOf(t, "shop", done)}, nil},
		"an earlier run that made it":               {[]*Run{journalOf(t, "shop", done, cluster), journalOf(t, "shop", start, done)}, []string{tokens}},
		"one made anew without the clusters of old": {[]*Run{journalOf(t, "shop", start, done, began, cluster), journalOf(t, "shop", again, anew)}, []string{policyAnew, tokensAnew}},
		"a run of another site":                     {[]*Run{journalOf(t, "till", start, done)}, nil},
		"a run that was resumed, and found it done": {[]*Run{journalOf(t, "shop", start, Event{Kind: EventDone, Time: later, Step: "install", Text: FoundDone})}, []string{policy, tokens}},
	} {
		t.Run(name, func(t *testing.T) {
			var calendar Calendar
			calendar.deadlines(profile, installation("shop", c.runs))
			var got []string
			for _, e := range calendar.Expiries {
				got = append(got, e.Until.Format(time.DateOnly)+" "+e.What)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if said := len(calendar.Unseen) == 1; said == (len(c.want) > 0) {
				t.Errorf("not known: %v", calendar.Unseen)
			}
		})
	}
}

func TestDaysAreThoseOfTheCalendar(t *testing.T) {
	day, err := profiles.ParseDate("2026-12-05")
	if err != nil {
		t.Fatal(err)
	}
	e := Expiry{Until: lastSecond(day)}
	for _, c := range []struct {
		now   string
		days  int
		ended bool
	}{
		{"2026-12-04T23:59:59Z", 1, false}, {"2026-12-05T00:00:00Z", 0, false}, {"2026-12-05T23:59:59Z", 0, false},
		{"2026-12-06T00:00:00Z", -1, true}, {"2026-11-05T12:00:00Z", 30, false},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if e.Days(now) != c.days || e.Ended(now) != c.ended {
			t.Errorf("on %s there are %d days left, ended %v", c.now, e.Days(now), e.Ended(now))
		}
	}
}

func TestAKubeconfigThatCannotBeReadIsNotKnown(t *testing.T) {
	run := journalOf(t, "shop")
	if err := writeSynced(run.Credentials()+"/shop.kubeconfig", []byte("users: [secret-key]")); err != nil {
		t.Fatal(err)
	}
	var c Calendar
	c.cluster(t.Context(), Reach{Clock: &benchClock{now: dawn, busy: 1}}, run, "shop")
	if len(c.Unseen) != 1 || len(c.Expiries) > 0 || strings.Contains(c.Unseen[0].Why, "secret-key") {
		t.Errorf("%+v", c)
	}
}
