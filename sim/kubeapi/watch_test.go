package kubeapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"github.com/arcwright/arcwright/sim/kubeapi"
)

func TestAWatchSeesANodeBecomeReady(t *testing.T) {
	c := start(t)
	nodes := c.typed(t).CoreV1().Nodes()
	list, err := nodes.List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	notReady := func(n *kubeapi.Node) { n.Ready = false }
	w, err := nodes.Watch(t.Context(), metav1.ListOptions{ResourceVersion: list.ResourceVersion})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	c.put(t, "n1", notReady)
	c.pass(time.Minute)
	c.put(t, "n1", notReady)
	c.put(t, "n1")
	var seen []string
	for ready := false; !ready; {
		e := <-w.ResultChan()
		n := e.Object.(*corev1.Node)
		for _, condition := range n.Status.Conditions {
			if condition.Type == corev1.NodeReady {
				seen = append(seen, fmt.Sprint(e.Type, " ", n.Name, " ", condition.Reason, " since ",
					condition.LastTransitionTime.UTC().Format("15:04"), " taints ", len(n.Spec.Taints)))
				ready = condition.Status == corev1.ConditionTrue
			}
		}
	}
	want := []string{"ADDED n1 KubeletNotReady since 03:00 taints 1", "MODIFIED n1 KubeletReady since 03:01 taints 0"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestInformersSyncAndFollow(t *testing.T) {
	c := start(t)
	c.put(t, "n1")
	factory := informers.NewSharedInformerFactory(c.typed(t), 0)
	informer := factory.Core().V1().Nodes()
	seen := make(chan string, 10)
	if _, err := informer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { seen <- "add " + o.(*corev1.Node).Name },
		DeleteFunc: func(o any) { seen <- "delete " + o.(*corev1.Node).Name },
	}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer factory.Shutdown()
	defer cancel()
	factory.StartWithContext(ctx)
	factory.WaitForCacheSync(ctx.Done())
	if got := <-seen; got != "add n1" {
		t.Errorf("saw %s", got)
	}
	c.put(t, "n2")
	if got := <-seen; got != "add n2" {
		t.Errorf("saw %s", got)
	}
	c.must(t, http.MethodDelete, "/api/v1/nodes/n1", "", "")
	if got := <-seen; got != "delete n1" {
		t.Errorf("saw %s", got)
	}
}

// stream opens a watch and hands out what it tells, one line at a time.
func (c *cluster) stream(t *testing.T, path string, headers ...string) (next func() string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+c.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer letmein")
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
	}
	resp, err := c.plain.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("watch %s: %s", path, resp.Status)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return func() string {
		if !lines.Scan() {
			return "end"
		}
		var e struct {
			Type   string
			Object struct {
				Kind, Reason, Message string
				Metadata              struct{ Name, ResourceVersion string }
				ColumnDefinitions     []any
				Rows                  []struct{ Cells []any }
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v in %s", err, lines.Bytes())
		}
		switch e.Object.Kind {
		case "Status":
			return fmt.Sprint(e.Type, " ", e.Object.Reason, " ", e.Object.Message)
		case "Table":
			return fmt.Sprint(e.Type, " ", len(e.Object.ColumnDefinitions), " ", e.Object.Rows)
		}
		return fmt.Sprint(e.Type, " ", e.Object.Metadata.Name, " ", e.Object.Metadata.ResourceVersion)
	}
}

func expect(t *testing.T, next func() string, want ...string) {
	t.Helper()
	for _, line := range want {
		if got := next(); got != line {
			t.Errorf("got %q, want %q", got, line)
		}
	}
}

func TestASelectedWatchAddsAndDeletesWhatBeginsAndCeasesToMatch(t *testing.T) {
	c := start(t)
	const maps = "/api/v1/namespaces/default/configmaps"
	c.must(t, http.MethodPost, maps, `{"metadata":{"name":"old","labels":{"a":"b"}}}`, "application/json")
	next := c.stream(t, maps+"?watch=1&labelSelector=a%3Db")
	label := func(name, value string) {
		c.must(t, http.MethodPatch, maps+"/"+name, `{"metadata":{"labels":{"a":`+value+`}}}`, "application/merge-patch+json")
	}
	c.must(t, http.MethodPost, maps, `{"metadata":{"name":"new"}}`, "application/json")
	label("new", `"b"`)
	label("old", `"c"`)
	c.must(t, http.MethodDelete, maps+"/old", "", "")
	label("new", `null`)
	label("new", `"b"`)
	c.must(t, http.MethodDelete, maps+"/new", "", "")
	expect(t, next, "ADDED old 6", "ADDED new 8", "DELETED old 9", "DELETED new 11", "ADDED new 12", "DELETED new 13")
}

func TestAWatchGoesOnWhereItsListEnded(t *testing.T) {
	c := start(t)
	c.put(t, "n1")
	version := c.ask(t, http.MethodGet, "/api/v1/nodes", "").doc["metadata"].(map[string]any)["resourceVersion"].(string)
	c.put(t, "n2")
	c.put(t, "n1", func(n *kubeapi.Node) { n.Version = "v1.29.0" })
	expect(t, c.stream(t, "/api/v1/nodes?watch=true&resourceVersion="+version), "ADDED n2 7", "MODIFIED n1 8")
	expect(t, c.stream(t, "/api/v1/nodes?watch=true&resourceVersion="+version+"&fieldSelector=metadata.name%3Dn1"), "MODIFIED n1 8")
	c.ask(t, http.MethodGet, "/api/v1/nodes?watch=true&resourceVersion=x", "").refused(t, 422, "Invalid", "resourceVersion")
	c.ask(t, http.MethodGet, "/api/v1/nodes?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", "").refused(t, 422, "Invalid", "WatchList feature gate")
}

func TestAWatchFromAForgottenVersionExpires(t *testing.T) {
	c := start(t)
	for i := range 2001 {
		c.put(t, "n1", func(n *kubeapi.Node) { n.Version = fmt.Sprint("v1.28.", i) })
	}
	expect(t, c.stream(t, "/api/v1/nodes?watch=true&resourceVersion=2"), "ERROR Expired too old resource version: 2 (1000)", "end")
	expect(t, c.stream(t, "/api/v1/nodes?watch=true&resourceVersion=2005"), "MODIFIED n1 2006")
}

func TestAWatchEndsInWorldTimeWithBookmarksOnTheWay(t *testing.T) {
	c := start(t)
	next := c.stream(t, "/api/v1/nodes?watch=true&resourceVersion=5&allowWatchBookmarks=true&timeoutSeconds=150")
	c.pass(time.Minute)
	c.put(t, "n1")
	c.pass(2 * time.Minute)
	c.put(t, "n2")
	expect(t, next, "BOOKMARK  5", "ADDED n1 6", "BOOKMARK  6", "BOOKMARK  6", "end")
	quiet := c.stream(t, "/api/v1/nodes?watch=true&resourceVersion=7")
	c.pass(time.Hour)
	expect(t, quiet, "end")
}

func TestAWatchAsTableHasHeadingsOnce(t *testing.T) {
	c := start(t)
	next := c.stream(t, "/api/v1/namespaces?watch=true&resourceVersion=5&allowWatchBookmarks=true", "Accept: "+asTable)
	c.must(t, http.MethodPost, "/api/v1/namespaces", `{"metadata":{"name":"a"}}`, "application/json")
	c.pass(time.Minute)
	c.must(t, http.MethodPost, "/api/v1/namespaces", `{"metadata":{"name":"b"}}`, "application/json")
	expect(t, next, "ADDED 3 [{[a Active 0s]}]", "BOOKMARK 0 []", "ADDED 0 [{[b Active 0s]}]")
}
