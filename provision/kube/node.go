package kube

import (
	"context"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Node is one machine of a cluster, as the cluster sees it.
type Node struct {
	Name string
	// OS is linux or windows, empty while the node has not said.
	OS    string
	Ready bool
	// Reason says why it is not ready.
	Reason string
}

// page is how many nodes are asked for at once.
const page = 500

var nodes = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}

// Nodes lists all nodes by name, control planes too.
func (c *Client) Nodes(ctx context.Context) ([]Node, error) {
	var all []Node
	options := metav1.ListOptions{Limit: page}
	for {
		var list *unstructured.UnstructuredList
		err := c.within(ctx, OpNodes, func(ctx context.Context) (err error) {
			list, err = c.objects.Resource(nodes).List(ctx, options)
			return err
		})
		if err != nil {
			return nil, err
		}
		for i := range list.Items {
			all = append(all, node(list.Items[i]))
		}
		if options.Continue = list.GetContinue(); options.Continue == "" {
			break
		}
	}
	slices.SortFunc(all, func(a, b Node) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

func node(u unstructured.Unstructured) Node {
	n := Node{Name: u.GetName(), Reason: "it has not reported yet"}
	n.OS, _, _ = unstructured.NestedString(u.Object, "status", "nodeInfo", "operatingSystem")
	if n.OS == "" {
		n.OS = u.GetLabels()["kubernetes.io/os"]
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, each := range conditions {
		condition, _ := each.(map[string]any)
		if text(condition, "type") != "Ready" {
			continue
		}
		n.Ready = text(condition, "status") == "True"
		n.Reason = ""
		if !n.Ready {
			n.Reason = strings.Join(slices.DeleteFunc([]string{text(condition, "reason"), text(condition, "message")},
				func(s string) bool { return s == "" }), ": ")
		}
	}
	return n
}

func text(of map[string]any, key string) string {
	s, _ := of[key].(string)
	return s
}
