package kube

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNodesAreListedPageByPage(t *testing.T) {
	one := func(name, os, ready, reason, message string) map[string]any {
		return map[string]any{"metadata": map[string]any{"name": name, "labels": map[string]string{"kubernetes.io/os": os}},
			"status": map[string]any{"conditions": []any{
				map[string]any{"type": "MemoryPressure", "status": "False"},
				map[string]any{"type": "Ready", "status": ready, "reason": reason, "message": message},
			}}}
	}
	windows := one("win-1", "", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
	windows["status"].(map[string]any)["nodeInfo"] = map[string]any{"operatingSystem": "windows"}
	pages := [][]any{
		{one("linux-2", "linux", "False", "KubeletNotReady", ""), windows},
		{one("linux-1", "linux", "True", "KubeletReady", "kubelet is posting ready status"), map[string]any{"metadata": map[string]any{"name": "young"}}},
	}
	s := newServer(t, func(w http.ResponseWriter, r seen) {
		q, err := url.ParseQuery(r.query)
		if err != nil || q.Get("limit") != "500" {
			http.Error(w, "no limit", 400)
			return
		}
		page := 0
		if q.Get("continue") != "" {
			page = 1
		}
		list := map[string]any{"apiVersion": "v1", "kind": "NodeList", "metadata": map[string]any{}, "items": pages[page]}
		if page == 0 {
			list["metadata"] = map[string]any{"continue": "next"}
		}
		for _, item := range pages[page] {
			item.(map[string]any)["apiVersion"], item.(map[string]any)["kind"] = "v1", "Node"
		}
		_ = json.NewEncoder(w).Encode(list)
	})
	got, err := s.client(t).Nodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Node{
		{Name: "linux-1", OS: "linux", Ready: true},
		{Name: "linux-2", OS: "linux", Reason: "KubeletNotReady"},
		{Name: "win-1", OS: "windows", Reason: "NodeStatusUnknown: Kubelet stopped posting node status."},
		{Name: "young", Reason: "it has not reported yet"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(s.asks) != 2 {
		t.Errorf("asked %d times", len(s.asks))
	}
}

func TestAListThatCannotBeReadIsAnError(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r seen) { fmt.Fprint(w, `{"items": "none"}`) })
	if nodes, err := s.client(t).Nodes(t.Context()); err == nil {
		t.Errorf("got %v", nodes)
	}
}
