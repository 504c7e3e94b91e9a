package kubeapi_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/arcwright/arcwright/sim/kubeapi"
	"github.com/arcwright/arcwright/sim/timeline"
)

func TestANodeLooksLikeOne(t *testing.T) {
	c := start(t)
	c.put(t, "moc-cp1", func(n *kubeapi.Node) {
		n.ControlPlane, n.Ready, n.Reason, n.OSImage = true, false, "the disk is full", "CBL-Mariner/Linux"
	})
	n, err := c.typed(t).CoreV1().Nodes().Get(t.Context(), "moc-cp1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{
		"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "kubernetes.io/hostname": "moc-cp1",
		"beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "node-role.kubernetes.io/control-plane": "",
		"node.kubernetes.io/exclude-from-external-load-balancers": "",
	}
	if diff := cmp.Diff(labels, n.Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	taints := []corev1.Taint{
		{Key: "node-role.kubernetes.io/control-plane", Effect: "NoSchedule"}, {Key: "node.kubernetes.io/not-ready", Effect: "NoSchedule"}}
	if diff := cmp.Diff(taints, n.Spec.Taints); diff != "" {
		t.Errorf("taints (-want +got):\n%s", diff)
	}
	if n.Status.Capacity.Cpu().String() != "4" || n.Status.Allocatable.Memory().String() != "8Gi" || n.Status.Capacity.Pods().Value() != 110 {
		t.Errorf("capacity %v, allocatable %v", n.Status.Capacity, n.Status.Allocatable)
	}
	addresses := []corev1.NodeAddress{{Type: "InternalIP", Address: "10.0.0.11"}, {Type: "Hostname", Address: "moc-cp1"}}
	if diff := cmp.Diff(addresses, n.Status.Addresses); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	var conditions []string
	for _, condition := range n.Status.Conditions {
		conditions = append(conditions, string(condition.Type)+"="+string(condition.Status)+" "+condition.Message)
	}
	want := []string{"MemoryPressure=False kubelet has sufficient memory available", "DiskPressure=False kubelet has no disk pressure",
		"PIDPressure=False kubelet has sufficient PID available", "Ready=False the disk is full"}
	if diff := cmp.Diff(want, conditions); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
	if info := n.Status.NodeInfo; info.KubeletVersion != "v1.28.5" || info.OSImage != "CBL-Mariner/Linux" || info.OperatingSystem != "linux" {
		t.Errorf("nodeInfo %+v", info)
	}
	if len(n.ManagedFields) != 1 || n.ManagedFields[0].Manager != "kubelet" {
		t.Errorf("managedFields %v", n.ManagedFields)
	}
}

func TestANodeKeepsWhatClientsSetOnIt(t *testing.T) {
	c := start(t)
	c.put(t, "n1", func(n *kubeapi.Node) { n.Address = netip.Addr{} })
	c.must(t, "PATCH", "/api/v1/nodes/n1", `{"metadata":{"labels":{"zone":"a"}},"spec":{"unschedulable":true,"taints":[{"key":"mine","effect":"NoExecute"}]}}`, "application/merge-patch+json")
	nodes := c.typed(t).CoreV1().Nodes()
	before, err := nodes.Get(t.Context(), "n1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c.pass(time.Minute)
	c.put(t, "n1", func(n *kubeapi.Node) { n.Address = netip.Addr{} })
	same, err := nodes.Get(t.Context(), "n1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, same); diff != "" {
		t.Errorf("a node that reports the same again changed (-before +after):\n%s", diff)
	}
	c.put(t, "n1", func(n *kubeapi.Node) { n.Ready = false })
	after, err := nodes.Get(t.Context(), "n1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if after.Labels["zone"] != "a" || !after.Spec.Unschedulable || len(after.Spec.Taints) != 2 || after.UID != before.UID || after.Status.Addresses[0].Address != "10.0.0.11" {
		t.Errorf("after a report: %+v", after)
	}
}

func TestRemoveNode(t *testing.T) {
	c := start(t)
	c.put(t, "n1")
	remove := func() (was bool) {
		c.line.Do(func(turn *timeline.Turn) { was = c.RemoveNode(turn, "n1") })
		return was
	}
	if first, second := remove(), remove(); !first || second {
		t.Errorf("removed %t, then %t", first, second)
	}
	if _, err := c.typed(t).CoreV1().Nodes().Get(t.Context(), "n1", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("get: %v", err)
	}
	var err error
	c.line.Do(func(turn *timeline.Turn) { err = c.PutNode(turn, kubeapi.Node{Name: "Not a name", OS: kubeapi.Linux}) })
	if err == nil || !strings.Contains(err.Error(), "put node Not a name") {
		t.Errorf("a node with a bad name: %v", err)
	}
}

func TestTheDefaultStorageClassIsThePlatforms(t *testing.T) {
	c := start(t)
	class, err := c.typed(t).StorageV1().StorageClasses().Get(t.Context(), "default", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"blocksize": "33554432", "container": "MocStorageContainer", "dynamic": "true", "group": "clustergroup-workload-1",
		"hostname": "ca-1.corp.example", "logicalsectorsize": "4096", "physicalsectorsize": "4096", "port": "55000"}
	if diff := cmp.Diff(want, class.Parameters); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	if !class.CreationTimestamp.Time.Equal(born) || class.Annotations["storageclass.kubernetes.io/is-default-class"] != "true" {
		t.Errorf("class %+v", class)
	}
	bare := start(t, func(o *kubeapi.Options) { o.CloudAgent = "" })
	bare.ask(t, "GET", "/apis/storage.k8s.io/v1/storageclasses/default", "").refused(t, 404, "NotFound", "")
}
