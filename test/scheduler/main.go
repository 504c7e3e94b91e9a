// Command scheduler holds the planner's placing of pods against the real kube-scheduler, in
// one run on one machine: the scheduler's own code with its default plugins, on a client
// that keeps the objects in memory. It fails when the two give different counts.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/events"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

// sixteen is the node of all cases.
var sixteen = planner.NodeRoom{CPU: 16_000, Memory: 64 * profiles.GiB, Pods: 110}

// A question is how many of some pods find a node, when they come in this order.
type question struct {
	name  string
	nodes int
	pods  []planner.PodSet
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "scheduler:", err)
		os.Exit(1)
	}
}

func run() error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "pods\tnodes\tplanner\tkube-scheduler\tplanner took\tkube-scheduler took\ttimes as fast")
	wrong := 0
	for _, q := range questions() {
		began := time.Now()
		ours := planner.Place([]planner.NodeSet{{Room: sixteen, Count: q.nodes}}, q.pods)
		fast := time.Since(began)
		theirs, slow, err := schedule(q)
		if err != nil {
			return fmt.Errorf("schedule %s: %w", q.name, err)
		}
		fmt.Fprintf(w, "%s\t%d\t%v\t%v\t%s\t%s\t%.0f\n", q.name, q.nodes, ours, theirs, fast.Round(time.Microsecond), slow.Round(time.Millisecond), float64(slow)/float64(max(fast, 1)))
		if fmt.Sprint(ours) != fmt.Sprint(theirs) {
			wrong++
		}
	}
	w.Flush()
	if wrong > 0 {
		return fmt.Errorf("%d counts differ", wrong)
	}
	return nil
}

// questions have one right answer whatever lots the kube-scheduler draws among like nodes.
func questions() []question {
	const gib = profiles.GiB
	mid := planner.PodSet{Count: 1, Replicas: 500, CPU: 2000, Memory: 8 * gib}
	small := planner.PodSet{Count: 1, Replicas: 2000, CPU: 500, Memory: gib}
	mixed := []planner.PodSet{
		{Count: 20, Replicas: 3, CPU: 250, Memory: gib / 2, Spread: planner.Even},
		{Count: 3, Replicas: 3, CPU: 1000, Memory: 6 * gib, Spread: planner.Apart},
		{Count: 12, Replicas: 4, CPU: 700, Memory: 3 * gib},
		{Count: 1, Replicas: 40, CPU: 100, Memory: 200 * profiles.MiB},
	}
	reversed := []planner.PodSet{mixed[3], mixed[2], mixed[1], mixed[0]}
	least := planner.LeastNodes(sixteen, mixed, 60)
	return []question{
		{"of 2 cores and 8 GiB", 60, []planner.PodSet{mid}},
		{"of half a core and 1 GiB", 60, []planner.PodSet{small}},
		{"that ask for little", 10, []planner.PodSet{{Count: 1, Replicas: 1200, CPU: 10, Memory: 16 * profiles.MiB}}},
		{"of 30 GiB", 60, []planner.PodSet{{Count: 1, Replicas: 130, CPU: 100, Memory: 30 * gib}}},
		{"each apart", 60, []planner.PodSet{{Count: 2, Replicas: 70, CPU: 500, Memory: gib, Spread: planner.Apart}}},
		{"spread evenly", 60, []planner.PodSet{{Count: 3, Replicas: 90, CPU: 2000, Memory: gib, Spread: planner.Even}}},
		{"small after large", 60, []planner.PodSet{{Count: 1, Replicas: 420, CPU: 2000, Memory: 8 * gib}, {Count: 1, Replicas: 300, CPU: 500, Memory: gib}}},
		{"of four kinds, on the fewest nodes", least, mixed},
		{"of four kinds, the other way round", least, reversed},
	}
}

// A tally keeps count of what the scheduler did.
type tally struct {
	mu     sync.Mutex
	bound  map[string]bool
	failed map[string]bool
}

func (t *tally) settled(pods int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.bound)+len(t.failed) >= pods
}

// schedule lets the real scheduler place the pods, the first of the list first, and counts
// how many of each set it bound.
func schedule(q question) ([]int, time.Duration, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var objects []runtime.Object
	for i := range q.nodes {
		objects = append(objects, node(i))
	}
	pods := 0
	for i, s := range q.pods {
		for d := range s.Count {
			for r := range s.Replicas {
				objects = append(objects, pod(i, d, r, int32(len(q.pods)-i), s))
				pods++
			}
		}
	}
	client := fake.NewClientset(objects...)
	t := &tally{bound: map[string]bool{}, failed: map[string]bool{}}
	t.watch(client)

	informer := scheduler.NewInformerFactory(client, 0)
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	s, err := scheduler.New(ctx, client, informer, nil, profile.NewRecorderFactory(broadcaster))
	if err != nil {
		return nil, 0, fmt.Errorf("make the scheduler: %w", err)
	}
	began := time.Now()
	informer.Start(ctx.Done())
	informer.WaitForCacheSync(ctx.Done())
	if err := s.WaitForHandlersSync(ctx); err != nil {
		return nil, 0, fmt.Errorf("wait for the objects: %w", err)
	}
	go s.Run(ctx)
	// The queue tells nobody when it runs dry, so it is asked.
	for !t.settled(pods) || busy(s) {
		time.Sleep(2 * time.Millisecond)
	}
	took := time.Since(began)
	counts := make([]int, len(q.pods))
	t.mu.Lock()
	defer t.mu.Unlock()
	for name := range t.bound {
		var i, d, r int
		if _, err := fmt.Sscanf(name, "p-%d-%d-%d", &i, &d, &r); err != nil {
			return nil, 0, fmt.Errorf("read the name %s: %w", name, err)
		}
		counts[i]++
	}
	return counts, took, nil
}

// busy reports whether pods wait to be tried.
func busy(s *scheduler.Scheduler) bool {
	_, summary := s.SchedulingQueue.PendingPods()
	return !strings.Contains(summary, "activeQ:0") || !strings.Contains(summary, "backoffQ:0")
}

// watch answers what the scheduler writes: a binding sets the node of the pod, as the API
// server does.
func (t *tally) watch(client *fake.Clientset) {
	client.PrependReactor("create", "pods", func(action clienttesting.Action) (bool, runtime.Object, error) {
		if action.GetSubresource() != "binding" {
			return false, nil, nil
		}
		b := action.(clienttesting.CreateAction).GetObject().(*v1.Binding)
		where := v1.SchemeGroupVersion.WithResource("pods")
		found, err := client.Tracker().Get(where, b.Namespace, b.Name)
		if err != nil {
			return true, nil, err
		}
		p := found.(*v1.Pod).DeepCopy()
		p.Spec.NodeName = b.Target.Name
		if err := client.Tracker().Update(where, p, b.Namespace); err != nil {
			return true, nil, err
		}
		t.mu.Lock()
		t.bound[b.Name] = true
		delete(t.failed, b.Name)
		t.mu.Unlock()
		return true, b, nil
	})
	client.PrependReactor("patch", "pods", func(action clienttesting.Action) (bool, runtime.Object, error) {
		name := action.(clienttesting.PatchAction).GetName()
		t.mu.Lock()
		if !t.bound[name] {
			t.failed[name] = true
		}
		t.mu.Unlock()
		return true, &v1.Pod{}, nil
	})
}

func node(i int) *v1.Node {
	name := fmt.Sprintf("node-%04d", i)
	room := v1.ResourceList{v1.ResourceCPU: *resource.NewMilliQuantity(int64(sixteen.CPU), resource.DecimalSI),
		v1.ResourceMemory: *resource.NewQuantity(int64(sixteen.Memory), resource.BinarySI), v1.ResourcePods: *resource.NewQuantity(int64(sixteen.Pods), resource.DecimalSI)}
	return &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{v1.LabelHostname: name}},
		Status: v1.NodeStatus{Capacity: room, Allocatable: room, Conditions: []v1.NodeCondition{{Type: v1.NodeReady, Status: v1.ConditionTrue}}}}
}

// pod is a pod of a Deployment of a set. Its priority puts it in order and preempts nobody.
func pod(set, deployment, replica int, priority int32, s planner.PodSet) *v1.Pod {
	app := fmt.Sprintf("%d-%d", set, deployment)
	never := v1.PreemptNever
	like := &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}
	p := &v1.Pod{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("p-%s-%d", app, replica), Namespace: "default", Labels: map[string]string{"app": app}},
		Spec: v1.PodSpec{SchedulerName: v1.DefaultSchedulerName, Priority: &priority, PreemptionPolicy: &never, Containers: []v1.Container{{Name: "c", Image: "i",
			Resources: v1.ResourceRequirements{Requests: v1.ResourceList{v1.ResourceCPU: *resource.NewMilliQuantity(int64(s.CPU), resource.DecimalSI),
				v1.ResourceMemory: *resource.NewQuantity(int64(s.Memory), resource.BinarySI)}}}}}}
	p.UID = types.UID(p.Name)
	switch s.Spread {
	case planner.Even:
		p.Spec.TopologySpreadConstraints = []v1.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: v1.LabelHostname, WhenUnsatisfiable: v1.DoNotSchedule, LabelSelector: like}}
	case planner.Apart:
		p.Spec.Affinity = &v1.Affinity{PodAntiAffinity: &v1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []v1.PodAffinityTerm{{LabelSelector: like, TopologyKey: v1.LabelHostname}}}}
	}
	return p
}
