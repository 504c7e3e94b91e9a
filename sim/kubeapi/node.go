package kubeapi

import (
	"fmt"
	"net/netip"
	"time"

	corev1 "k8s.io/api/core/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/sim/timeline"
)

// OS is the operating system of a node, as its label spells it.
type OS string

// The operating systems of nodes.
const (
	Linux   OS = "linux"
	Windows OS = "windows"
)

// Node is a machine of the cluster as its kubelet reports it.
type Node struct {
	Name         string
	Address      netip.Addr // none until the machine has one
	OS           OS
	ControlPlane bool
	OSImage      string // as the kubelet names the system, such as CBL-Mariner/Linux; may be empty
	Version      string // of the kubelet, such as v1.28.5
	Cores        planner.Cores
	Memory       planner.Bytes
	MaxPods      int
	Ready        bool
	// Reason is why the node is not ready, in words. Empty is the kubelet's usual reason
	// on a young machine: there is no pod network yet.
	Reason string
}

// noNetwork is what a kubelet says before the network plug-in is there.
const noNetwork = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady " +
	"message:Network plugin returns error: cni plugin not initialized"

// PutNode registers a node, or has it report its state again. What clients have set on
// the node stays. Nothing happens if the state is the same as before.
func (s *Server) PutNode(t *timeline.Turn, n Node) error {
	r := s.catalogue.of("Node")
	k := key{r, types.NamespacedName{Name: n.Name}}
	live, _ := s.store.get(k).(*corev1.Node)
	base, wanted := s.empty(r), s.empty(r).(*corev1.Node)
	if live != nil {
		base, wanted = live, live.DeepCopy()
	}
	n.report(wanted, t.Now())
	owned, err := s.owners[r].update(base, wanted, "kubelet", t.Now())
	if err != nil {
		return fmt.Errorf("put node %s: %w", n.Name, err)
	}
	if live != nil {
		if !unchanged(live, owned) {
			s.store.commit([]step{{key: k, object: owned}}, t.Now())
		}
		return nil
	}
	w, err := s.add(k, owned, nil, t.Now())
	if err != nil {
		return fmt.Errorf("put node %s: %w", n.Name, err)
	}
	s.store.commit(w.steps, t.Now())
	return nil
}

// RemoveNode takes a node out of the cluster, whatever finalizers it has. It reports
// whether there was one.
func (s *Server) RemoveNode(t *timeline.Turn, name string) bool {
	k := key{s.catalogue.of("Node"), types.NamespacedName{Name: name}}
	live := s.store.get(k)
	if live == nil {
		return false
	}
	s.store.commit([]step{{key: k, object: live.DeepCopyObject().(object), gone: true}}, t.Now())
	return true
}

// report writes what the kubelet and the node controller say into a node.
func (n Node) report(o *corev1.Node, now time.Time) {
	o.Name = n.Name
	for label, value := range map[string]string{
		corev1.LabelArchStable: "amd64", "beta.kubernetes.io/arch": "amd64",
		corev1.LabelOSStable: string(n.OS), "beta.kubernetes.io/os": string(n.OS),
		corev1.LabelHostname: n.Name,
	} {
		o.Labels = with(o.Labels, label, value)
	}
	if n.ControlPlane {
		o.Labels = with(o.Labels, rolePrefix+"control-plane", "")
		o.Labels = with(o.Labels, corev1.LabelNodeExcludeBalancers, "")
	}
	if o.UID == "" && n.ControlPlane {
		o.Spec.Taints = append(o.Spec.Taints, corev1.Taint{Key: rolePrefix + "control-plane", Effect: corev1.TaintEffectNoSchedule})
	}
	notReady := corev1.Taint{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoSchedule}
	o.Spec.Taints = without(o.Spec.Taints, notReady)
	if !n.Ready {
		o.Spec.Taints = append(o.Spec.Taints, notReady)
	}
	n.reportStatus(&o.Status, now)
}

func (n Node) reportStatus(status *corev1.NodeStatus, now time.Time) {
	room := corev1.ResourceList{
		corev1.ResourceCPU:    *quantity.NewQuantity(int64(n.Cores), quantity.DecimalSI),
		corev1.ResourceMemory: *quantity.NewQuantity(int64(n.Memory), quantity.BinarySI),
		corev1.ResourcePods:   *quantity.NewQuantity(int64(n.MaxPods), quantity.DecimalSI),
	}
	status.Capacity, status.Allocatable = room, room.DeepCopy()
	status.Addresses = nil
	if n.Address.IsValid() {
		status.Addresses = append(status.Addresses, corev1.NodeAddress{Type: corev1.NodeInternalIP, Address: n.Address.String()})
	}
	status.Addresses = append(status.Addresses, corev1.NodeAddress{Type: corev1.NodeHostName, Address: n.Name})
	status.DaemonEndpoints.KubeletEndpoint.Port = 10250
	status.NodeInfo.Architecture = "amd64"
	status.NodeInfo.OperatingSystem = string(n.OS)
	status.NodeInfo.OSImage = n.OSImage
	status.NodeInfo.KubeletVersion = n.Version
	for _, c := range n.conditions() {
		status.Conditions = observed(status.Conditions, c, now)
	}
}

func (n Node) conditions() []corev1.NodeCondition {
	fine := func(kind corev1.NodeConditionType, reason, message string) corev1.NodeCondition {
		return corev1.NodeCondition{Type: kind, Status: corev1.ConditionFalse, Reason: reason, Message: message}
	}
	ready := corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady", Message: "kubelet is posting ready status"}
	if !n.Ready {
		ready = corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionFalse, Reason: "KubeletNotReady", Message: n.Reason}
		if n.Reason == "" {
			ready.Message = noNetwork
		}
	}
	return []corev1.NodeCondition{
		fine(corev1.NodeMemoryPressure, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
		fine(corev1.NodeDiskPressure, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
		fine(corev1.NodePIDPressure, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
		ready,
	}
}

// observed records a condition. Its times move only when it changes, so that a node that
// reports the same state again is the same object.
func observed(conditions []corev1.NodeCondition, c corev1.NodeCondition, now time.Time) []corev1.NodeCondition {
	at := metav1.Time{Time: stamp(now).Time}
	c.LastHeartbeatTime, c.LastTransitionTime = at, at
	for i, was := range conditions {
		if was.Type != c.Type {
			continue
		}
		if was.Status == c.Status {
			c.LastTransitionTime = was.LastTransitionTime
			if was.Reason == c.Reason && was.Message == c.Message {
				c.LastHeartbeatTime = was.LastHeartbeatTime
			}
		}
		conditions[i] = c
		return conditions
	}
	return append(conditions, c)
}

func without(taints []corev1.Taint, t corev1.Taint) []corev1.Taint {
	var out []corev1.Taint
	for _, other := range taints {
		if !other.MatchTaint(&t) {
			out = append(out, other)
		}
	}
	return out
}
