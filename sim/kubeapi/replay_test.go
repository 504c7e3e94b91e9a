package kubeapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/sim/kubeapi"
	"github.com/arcwright/arcwright/sim/timeline"
)

// entry is what a world would write down: a request, or a node that it put, and when.
type entry struct {
	At      time.Time
	Request kubeapi.Request
	Node    string
}

func TestAReplayedClusterIsTheSameByteForByte(t *testing.T) {
	var log []entry
	first := start(t, func(o *kubeapi.Options) {
		o.Accepted = func(turn *timeline.Turn, r kubeapi.Request) error {
			log = append(log, entry{At: turn.Now(), Request: r})
			return nil
		}
	})
	node := func(name string) {
		log = append(log, entry{At: first.line.Now(), Node: name})
		first.put(t, name)
		first.pass(30 * time.Second)
	}
	write := func(method, path, kind, body string) {
		first.must(t, method, path, body, kind)
		first.pass(7 * time.Second)
	}
	const apply = "application/apply-patch+yaml"
	node("n1")
	write("PATCH", "/api/v1/namespaces/shop?fieldManager=arcwright", apply, "apiVersion: v1\nkind: Namespace\nmetadata: {labels: {a: b}}")
	write("POST", "/api/v1/namespaces/shop/configmaps", "application/json", `{"metadata":{"generateName":"x-"},"data":{"a":"1"}}`)
	write("POST", "/api/v1/namespaces/shop/secrets", "application/json", `{"metadata":{"name":"kept","finalizers":["example.com/a"]}}`)
	node("n2")
	write("PATCH", "/api/v1/namespaces/shop/secrets/kept", "application/merge-patch+json", `{"stringData":{"k":"v"}}`)
	write("PATCH", "/api/v1/nodes/n1", "application/strategic-merge-patch+json", `{"spec":{"unschedulable":true}}`)
	write("DELETE", "/api/v1/namespaces/shop/secrets/kept", "", "")
	write("DELETE", "/apis/storage.k8s.io/v1/storageclasses/default", "", "")
	write("PATCH", "/apis/storage.k8s.io/v1/storageclasses/default?fieldManager=arcwright&force=true", apply, "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nprovisioner: disk.csi.akshci.com")

	written, err := json.Marshal(log)
	if err != nil {
		t.Fatal(err)
	}
	var read []entry
	if err := json.Unmarshal(written, &read); err != nil {
		t.Fatal(err)
	}
	second := start(t)
	for _, e := range read {
		second.line.Advance(e.At)
		if e.Node != "" {
			second.put(t, e.Node)
			continue
		}
		var err error
		second.line.Do(func(turn *timeline.Turn) { err = second.Replay(turn, e.Request) })
		if err != nil {
			t.Fatal(err)
		}
	}
	want := first.everything(t)
	if diff := cmp.Diff(want, second.everything(t)); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
	for _, has := range []string{`"name":"shop"`, `"deletionTimestamp"`, `"unschedulable":true`} {
		if !strings.Contains(want, has) {
			t.Errorf("the test proves too little: no %s in %s", has, want)
		}
	}
	other := start(t, func(o *kubeapi.Options) { o.Seed++ })
	if other.ask(t, http.MethodGet, "/api/v1/namespaces/default", "").text == second.ask(t, http.MethodGet, "/api/v1/namespaces/default", "").text {
		t.Error("another seed made the same UIDs")
	}
}

func TestReplayRefusesWhatCannotHaveHappened(t *testing.T) {
	c := start(t)
	for name, r := range map[string]kubeapi.Request{
		"a read":                     {Method: "GET", Path: "/api/v1/nodes"},
		"a dry run":                  {Method: "POST", Path: "/api/v1/namespaces", Query: "dryRun=All", Body: []byte(`{"metadata":{"name":"x"}}`)},
		"a path that leads nowhere":  {Method: "POST", Path: "/api/v1/widgets"},
		"a delete of nothing there":  {Method: "DELETE", Path: "/api/v1/nodes/n1"},
		"a namespace that is there":  {Method: "POST", Path: "/api/v1/namespaces", Body: []byte(`{"metadata":{"name":"default"}}`)},
		"a post to a discovery page": {Method: "POST", Path: "/version"},
	} {
		before := c.everything(t)
		var err error
		c.line.Do(func(turn *timeline.Turn) { err = c.Replay(turn, r) })
		if err == nil {
			t.Errorf("%s was replayed", name)
		}
		if diff := cmp.Diff(before, c.everything(t)); diff != "" {
			t.Errorf("%s changed the cluster:\n%s", name, diff)
		}
	}
}
