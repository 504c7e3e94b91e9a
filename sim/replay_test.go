package sim

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// kill copies a world's folder as it stands, which is what is left of it when its process
// is killed: the one that goes on has nothing to do with the copy.
func (l *lab) kill() string {
	l.t.Helper()
	dir := l.t.(interface{ TempDir() string }).TempDir()
	if err := os.CopyFS(dir, os.DirFS(l.folder.dir)); err != nil {
		l.t.Fatal(err)
	}
	return dir
}

// stopped is a wall clock that stands, so that a world that is opened again has not aged.
func stopped() time.Time { return time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC) }

func kept(t testing.TB, dir string) Options {
	o := labOptions(t)
	o.World, o.Wall = dir, stopped
	return o
}

// reopened opens the copy of a world.
func (l *lab) reopened() *lab { return newLab(l.t, labInventory(), kept(l.t, l.kill())) }

// A world that was killed at any moment is opened as it was, byte for byte.
func TestAKilledWorldIsOpenedAsItWas(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := prepared(t, labInventory(), kept(t, t.TempDir()))
		l.folder.requests.sync = func() error { return nil } // a process that is killed loses nothing that it wrote
		network := staticNetwork(rapid.IntRange(3, 20).Draw(rt, "addresses"), rapid.IntRange(1, 3).Draw(rt, "virtual addresses"))
		if rapid.Bool().Draw(rt, "a fault") {
			fault := Fault{Kind: rapid.SampledFrom([]FaultKind{StepFailsOnce, HostOutOfMemory, HostUnreachable}).Draw(rt, "kind"),
				Nth: rapid.IntRange(1, 3).Draw(rt, "nth"), For: time.Hour}
			if err := l.Inject(fault); err != nil {
				rt.Fatal(err)
			}
		}
		moves := []func(){
			func() { l.try(rt, "configure-akshci", configuration(network), "config", "config") },
			func() { l.try(rt, "install-akshci", object{}, "install", "install") },
			func() { l.try(rt, "uninstall-akshci", object{}, "install", "install") },
			func() { l.try(rt, "new-cluster", clusterOf("shop", 1, 2), "cluster", "shop") },
			func() { l.try(rt, "new-cluster", clusterOf("bank", 3, 1), "cluster", "bank") },
			func() {
				l.try(rt, "new-node-pool", with(poolOf("more", 2), object{"cluster": "shop"}), "node-pool", "shop/more")
			},
			func() { l.try(rt, "remove-cluster", object{"name": "shop"}, "cluster", "shop") },
			func() {
				l.try(rt, "remove-node-pool", object{"cluster": "shop", "name": "more"}, "node-pool", "shop/more")
			},
			func() { l.writeKube(rt, "shop") },
			func() {
				l.ask("hv01", "lease", leaseParams{Action: "acquire", Path: `C:\ClusterStorage\Volume01\other\lease.json`, Owner: "ann", TTLSeconds: 60}, &leaseAnswer{})
			},
		}
		// Most worlds get somewhere; then anything happens at any time.
		if rapid.IntRange(0, 4).Draw(rt, "install first") > 0 {
			for _, move := range moves[:2] {
				move()
				l.wait(2 * time.Hour)
			}
		}
		for range rapid.IntRange(1, 8).Draw(rt, "moves") {
			rapid.SampledFrom(moves).Draw(rt, "move")()
			l.wait(time.Duration(rapid.IntRange(0, 5000).Draw(rt, "seconds")) * time.Second)
		}
		var a aksHciAnswer
		l.ask("hv01", "read-akshci", object{}, &a) // whose answer keeps the moment
		again := l.reopened()
		if diff := cmp.Diff(string(l.Dump()), string(again.Dump())); diff != "" {
			rt.Errorf("the world is another (-left +opened):\n%s", diff)
		}
		if l.Effects() != again.Effects() {
			rt.Errorf("%d effects became %d", l.Effects(), again.Effects())
		}
	})
}

// try starts a task that may be refused.
func (l *lab) try(rt *rapid.T, script string, params any, kind, name string) {
	if _, fail := l.start(script, params, kind, name, "registration"); fail != nil {
		rt.Logf("%s: %v", script, fail)
	}
}

// writeKube writes into a cluster if it is there.
func (l *lab) writeKube(rt *rapid.T, name string) {
	var a *api
	l.line.Do(func(*timelineTurn) {
		if c := l.site().clusters[name]; c != nil {
			a = c.api
		}
	})
	if a == nil {
		return
	}
	space := fmt.Sprintf("space%d", rapid.IntRange(0, 3).Draw(rt, "space"))
	w := a.request(http.MethodPatch, "/api/v1/namespaces/"+space+"?fieldManager=test", "application/apply-patch+yaml",
		`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"`+space+`","labels":{"run":"`+fmt.Sprint(l.tasks)+`"}}}`)
	if w.Code != http.StatusOK && w.Code != http.StatusCreated {
		rt.Errorf("apply gave %d %s", w.Code, w.Body)
	}
}

func TestAWorldLivesOnWhileNobodyIsThere(t *testing.T) {
	for name, row := range map[string]struct {
		speed float64
		want  time.Duration
	}{
		"flat out it follows the clock on the wall": {0, time.Hour},
		"paced it does as well":                     {60, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			l := prepared(t, labInventory(), kept(t, dir))
			if _, fail := l.start("prepare-host", object{"module": "1.2.16"}, "host", "hv01.lab.example"); fail != nil {
				t.Fatal(fail)
			}
			o := kept(t, l.kill())
			o.Speed, o.Wall = row.speed, func() time.Time { return stopped().Add(time.Hour) }
			again := newLab(t, labInventory(), o)
			if now := again.line.Now(); now.Before(l.line.Now().Add(row.want)) || now.After(l.line.Now().Add(row.want+time.Hour)) {
				t.Errorf("it is %v in the world, want %v after %v", now, row.want, l.line.Now())
			}
			var a taskAnswer
			again.ask("hv01", "read-task", object{"id": "prepare-host.1", "offset": 0}, &a)
			if a.State != taskSucceeded {
				t.Errorf("the task that went on is %s", a.State)
			}
		})
	}
}

func TestAWorldNeverGoesBackBehindWhatItHasShown(t *testing.T) {
	l := newLab(t, labInventory(), kept(t, t.TempDir()))
	l.wait(3 * time.Hour)
	var h hostAnswer
	l.ask("hv01", "read-host", object{}, &h) // changes nothing, so the log has nothing
	if again := l.reopened(); !again.line.Now().Equal(l.line.Now()) {
		t.Errorf("it was %v and is %v", l.line.Now(), again.line.Now())
	}
}

func TestATornTailIsCutOff(t *testing.T) {
	l := prepared(t, labInventory(), kept(t, t.TempDir()))
	if _, fail := l.start("prepare-host", object{"module": "1.2.16"}, "host", "hv01.lab.example"); fail != nil {
		t.Fatal(fail)
	}
	dir := l.kill()
	for _, file := range []string{"requests.jsonl", "transcript.jsonl"} {
		f, err := os.OpenFile(filepath.Join(dir, file), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(`{"at":"2026-12-05T22:0`); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	again := newLab(t, labInventory(), kept(t, dir))
	if n := again.Effects(); n != 3 {
		t.Errorf("%d effects are left, want 3", n)
	}
	again.tasks = l.tasks // an id is started once
	again.wait(time.Hour)
	again.must("prepare-host", object{"module": "1.2.16"}, "host", "hv01.lab.example")
	if third := again.reopened(); third.Effects() != again.Effects() {
		t.Errorf("after the torn tail nothing was kept: %d effects, want %d", third.Effects(), again.Effects())
	}
}

func TestADamagedLogIsRefusedWithItsLine(t *testing.T) {
	l := prepared(t, labInventory(), kept(t, t.TempDir()))
	if _, fail := l.start("prepare-host", object{"module": "1.2.16"}, "host", "hv01.lab.example"); fail != nil {
		t.Fatal(fail)
	}
	for name, row := range map[string]struct{ file, first string }{
		"a request that is no JSON":           {"requests.jsonl", "garbage\n"},
		"a request of an unknown kind":        {"requests.jsonl", `{"at":"2026-12-05T22:00:00Z","kind":"wish","host":"hv01"}` + "\n"},
		"a request to a host that is not":     {"requests.jsonl", `{"at":"2026-12-05T22:00:00Z","kind":"script","host":"hv09","script":"lease"}` + "\n"},
		"a request with a key of a later day": {"requests.jsonl", `{"at":"2026-12-05T22:00:00Z","kind":"spent","later":1}` + "\n"},
		"a request that is refused":           {"requests.jsonl", `{"at":"2026-12-05T22:00:00Z","kind":"script","host":"hv01","script":"lease","params":{}}` + "\n"},
		"an effect that is no JSON":           {"transcript.jsonl", "garbage\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := l.kill()
			path := filepath.Join(dir, row.file)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, append([]byte(row.first), text...), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err = New(labInventory(), kept(t, dir))
			var damaged *ErrDamaged
			if !asError(err, &damaged) || damaged.Line != 1 || damaged.Path != path {
				t.Errorf("opening gave %v", err)
			}
		})
	}
}

func TestNoSecretIsWrittenToTheFolder(t *testing.T) {
	l := installedLab(t, labInventory(), kept(t, t.TempDir()), staticNetwork(40, 10))
	l.must("new-cluster", clusterOf("shop", 1, 1), "cluster", "shop")
	a := l.site().clusters["shop"].api
	for _, r := range []struct{ method, path, contentType, body string }{
		{http.MethodPost, "/api/v1/namespaces/default/secrets", "application/json", `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","namespace":"default"},"stringData":{"p":"hidden-one"},"data":{"q":"aGlkZGVuLXR3bw=="}}`},
		{http.MethodPatch, "/api/v1/namespaces/default/secrets/a", "application/json-patch+json", `[{"op":"add","path":"/data/r","value":"aGlkZGVuLXR3bw=="},{"op":"replace","path":"/data","value":{"s":"aGlkZGVuLXR3bw=="}}]`},
		{http.MethodPatch, "/api/v1/namespaces/default/secrets/a", "application/merge-patch+json", `{"stringData":{"t":"hidden-one"}}`},
		{http.MethodPatch, "/api/v1/namespaces/default/secrets/b?fieldManager=test", "application/apply-patch+yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: b\nstringData:\n  p: hidden-one\n"},
	} {
		if w := a.request(r.method, r.path, r.contentType, r.body); w.Code >= 300 {
			t.Fatalf("%s %s gave %d %s", r.method, r.path, w.Code, w.Body)
		}
	}
	_, password := l.Account()
	err := filepath.WalkDir(l.folder.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, secret := range []string{"the secret registration", "hidden-one", "aGlkZGVuLXR3bw", password} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds %q", path, secret)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	again := l.reopened()
	if secrets := again.site().clusters["shop"].api.get("/api/v1/namespaces/default/secrets"); !strings.Contains(secrets, `"name":"b"`) || strings.Contains(secrets, "hidden") {
		t.Errorf("the secrets of the world that was opened again: %s", secrets)
	}
}

func TestTheFolderOfAWorld(t *testing.T) {
	dir := t.TempDir()
	l := newLab(t, labInventory(), kept(t, dir))
	t.Run("is refused while it is open", func(t *testing.T) {
		_, err := New(labInventory(), kept(t, dir))
		var busy *ErrWorldBusy
		if !asError(err, &busy) || busy.Served != nil {
			t.Errorf("opening gave %v", err)
		}
		if err := Discard(dir); !asError(err, &busy) {
			t.Errorf("discarding gave %v", err)
		}
	})
	t.Run("is refused to another world", func(t *testing.T) {
		other := labInventory()
		other.Hosts[0].Memory++
		for what, open := range map[string]func(o Options) error{
			"seed":      func(o Options) error { o.Seed++; _, err := New(labInventory(), o); return err },
			"inventory": func(o Options) error { _, err := New(other, o); return err },
			"networks": func(o Options) error {
				o.Networks = dhcpOptions(t, "10.0.1.50", "10.0.1.90").Networks
				_, err := New(labInventory(), o)
				return err
			},
			"profile": func(o Options) error { o.Profile.Digest = "x"; _, err := New(labInventory(), o); return err },
		} {
			var differs *ErrOtherWorld
			if err := open(kept(t, l.kill())); !asError(err, &differs) || differs.What != what {
				t.Errorf("opening with another %s gave %v", what, err)
			}
		}
	})
	t.Run("is opened with an inventory that was only read again, and without its seed and start", func(t *testing.T) {
		inv := labInventory()
		inv.ReadAt = inv.ReadAt.Add(time.Hour)
		o := kept(t, l.kill())
		o.Seed, o.Start = 0, labStart().Add(48*time.Hour)
		again := newLab(t, inv, o)
		if again.Seed() != 7 || !again.Start().Equal(labStart()) {
			t.Errorf("it has the seed %d and began at %v", again.Seed(), again.Start())
		}
	})
	t.Run("is discarded as a whole", func(t *testing.T) {
		copied := l.kill()
		if err := Discard(copied); err != nil {
			t.Fatal(err)
		}
		if err := Discard(copied); err != nil {
			t.Errorf("discarding what is not there gave %v", err)
		}
		o := kept(t, copied)
		o.Seed = 99
		newLab(t, labInventory(), o)
	})
}

func TestARequestIsOnTheDiskBeforeItsAnswer(t *testing.T) {
	l := prepared(t, labInventory(), kept(t, t.TempDir()))
	var synced []string
	l.folder.requests.sync = func() error {
		text, err := os.ReadFile(l.folder.requests.path)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		synced = append(synced, lines[len(lines)-1])
		return err
	}
	if _, fail := l.start("prepare-host", object{"module": "1.2.16"}, "host", "hv01.lab.example"); fail != nil {
		t.Fatal(fail)
	}
	if len(synced) != 1 || !strings.Contains(synced[0], `"script":"start-task"`) {
		t.Fatalf("when the answer came this was on the disk: %q", synced)
	}
	l.folder.requests.sync = func() error { return os.ErrClosed }
	p := payload{Name: "lease", Params: mustJSON(t, leaseParams{Action: "acquire", Path: labLease, Owner: "ann", TTLSeconds: 60})}
	if _, _, err := l.perform(l.world.host("hv01"), p); err == nil {
		t.Error("a request that is not on the disk was answered")
	}
	var a leaseAnswer
	l.ask("hv01", "lease", leaseParams{Action: "read", Path: labLease}, &a)
	if a.Owner != "" {
		t.Errorf("it has an effect nevertheless: %+v", a)
	}
}

func TestALogThatCannotBeWrittenStopsEveryChange(t *testing.T) {
	l := prepared(t, labInventory(), kept(t, t.TempDir()))
	if err := l.folder.requests.file.Close(); err != nil {
		t.Fatal(err)
	}
	p := startOf("x.1", "prepare-host", "host", "hv01", object{"module": "1.2.16"})
	_, _, err := l.perform(l.world.host("hv01"), payload{Name: "start-task", Params: mustJSON(t, p)})
	if err == nil || len(l.world.host("hv01").tasks) != 1 {
		t.Errorf("a request that could not be logged gave %v", err)
	}
	if err := l.Inject(Fault{Kind: StepFails}); err == nil {
		t.Error("a fault that could not be logged was injected")
	}
	l.folder.requests.file, _ = os.Open(os.DevNull) // for Close
}
