package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// A lab is a small world that is worked on without a wire.
type lab struct {
	t testing.TB
	*Datacenter
	tasks int
}

func labStart() time.Time { return time.Date(2026, 12, 5, 22, 0, 0, 0, time.UTC) }

// labInventory is two hosts of 128 GiB in a failover cluster.
func labInventory() planner.Inventory {
	inv := planner.Inventory{Version: planner.SiteVersion, Kind: "Inventory", ReadAt: labStart()}
	for i := 1; i <= 2; i++ {
		inv.Hosts = append(inv.Hosts, planner.Host{
			Name: fmt.Sprintf("hv%02d.lab.example", i), Address: netip.MustParseAddr(fmt.Sprintf("10.0.0.%d", 10+i)),
			Processor: planner.Processor{Sockets: 2, Cores: 32, Logical: 64}, Memory: 128 << 30,
			OS: planner.OS{Product: "Windows Server 2022 Datacenter", Build: 20348, Language: "en-US"}, Domain: "lab.example",
			Skew: time.Duration(i) * 100 * time.Millisecond, Features: []string{"Hyper-V"},
			Switches: []planner.Switch{{Name: "Compute", Type: "External"}},
		})
	}
	address := netip.MustParseAddr("10.0.0.20")
	inv.Cluster = planner.FailoverCluster{
		Name: "labclu", Address: &address,
		Volumes: []planner.Volume{{Path: `C:\ClusterStorage\Volume01`, Size: 1 << 40, Free: 1 << 39}},
		Nets:    []planner.ClusterNetwork{{Name: "Management", Subnet: netip.MustParsePrefix("10.0.0.0/24"), Role: "ClusterAndClient"}},
	}
	return inv
}

var loadProfile = sync.OnceValues(func() (profiles.Profile, error) { return profiles.Load("windows-server-2022") })

func labOptions(t testing.TB) Options {
	p, err := loadProfile()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Seed: 7, Start: labStart(), Profile: p}
}

func newLab(t testing.TB, inv planner.Inventory, o Options) *lab {
	t.Helper()
	d, err := New(inv, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return &lab{t: t, Datacenter: d}
}

// script runs a script on a host and reads what the bootstrap printed.
func (l *lab) script(host, name string, params any, secrets ...string) (json.RawMessage, *scriptError) {
	l.t.Helper()
	raw, err := json.Marshal(params)
	if err != nil {
		l.t.Fatal(err)
	}
	p := payload{Name: name, Params: raw, Secrets: map[string]string{}}
	for _, s := range secrets {
		p.Secrets[s] = "the secret " + s
	}
	out, exit, err := l.perform(l.world.host(host), p)
	if err != nil {
		l.t.Fatal(err)
	}
	var a struct {
		OK     bool            `json:"ok"`
		Result json.RawMessage `json:"result"`
		Error  *scriptError    `json:"error"`
	}
	text := string(out)
	const begin, end = "##arcwright-begin##\n", "\n##arcwright-end##\n"
	if len(text) < len(begin)+len(end) || text[:len(begin)] != begin || text[len(text)-len(end):] != end {
		l.t.Fatalf("%s printed no answer: %q", name, text)
	}
	if err := json.Unmarshal([]byte(text[len(begin):len(text)-len(end)]), &a); err != nil {
		l.t.Fatal(err)
	}
	if a.OK != (exit == 0) || a.OK == (a.Error != nil) {
		l.t.Fatalf("%s printed %s and ended with %d", name, text, exit)
	}
	return a.Result, a.Error
}

// ask runs a script that must succeed.
func (l *lab) ask(host, name string, params, into any) {
	l.t.Helper()
	result, fail := l.script(host, name, params)
	if fail != nil {
		l.t.Fatalf("%s: %v", name, fail)
	}
	if err := json.Unmarshal(result, into); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) wait(d time.Duration) { l.line.Advance(l.line.Now().Add(d)) }

const labLease = `C:\ClusterStorage\Volume01\arcwright\lease.json`

type object = map[string]any

// start starts a task on the first host.
func (l *lab) start(script string, params any, kind, name string, secrets ...string) (id string, fail *scriptError) {
	l.t.Helper()
	l.tasks++
	id = fmt.Sprintf("%s.%d", script, l.tasks)
	_, fail = l.script("hv01", "start-task", object{
		"id": id, "script": script, "text": "", "params": params,
		"record": object{"kind": kind, "name": name, "site": "lab", "plan": "p", "step": kind + "/" + name, "run": "r"},
		"lease":  object{"path": labLease, "epoch": 0},
	}, secrets...)
	return id, fail
}

// task starts a task and waits for its end.
func (l *lab) task(script string, params any, kind, name string, secrets ...string) taskAnswer {
	l.t.Helper()
	id, fail := l.start(script, params, kind, name, secrets...)
	if fail != nil {
		l.t.Fatalf("start %s: %v", script, fail)
	}
	return l.end(id)
}

func (l *lab) end(id string) taskAnswer {
	l.t.Helper()
	for range 24 * 60 {
		l.wait(time.Minute)
		var a taskAnswer
		l.ask("hv01", "read-task", object{"id": id, "offset": 0}, &a)
		if a.State != taskRunning {
			return a
		}
	}
	l.t.Fatalf("the task %s has not ended in a day", id)
	return taskAnswer{}
}

// must is a task that has to succeed.
func (l *lab) must(script string, params any, kind, name string, secrets ...string) {
	l.t.Helper()
	if a := l.task(script, params, kind, name, secrets...); a.State != taskSucceeded {
		l.t.Fatalf("%s: %+v\n%s", script, a.Error, a.Output)
	}
}

// staticNetwork has room for nodes and virtual addresses as given.
func staticNetwork(nodes, vips int) object {
	from := func(first string, n int) object {
		a := netip.MustParseAddr(first)
		end := a
		for range n - 1 {
			end = end.Next()
		}
		return object{"start": a.String(), "end": end.String()}
	}
	return object{"name": "labnet", "switch": "Compute", "vlan": 0, "addressing": "static", "subnet": "10.0.1.0/24", "gateway": "10.0.1.1",
		"dns": []string{"10.0.0.5"}, "nodePool": from("10.0.1.10", nodes), "vipPool": from("10.0.1.200", vips)}
}

func configuration(network object) object {
	return object{
		"network": network,
		"config": object{"images": `C:\ClusterStorage\Volume01\Images`, "working": `C:\ClusterStorage\Volume01\AksHci`, "cloudConfig": `C:\ClusterStorage\Volume01\Config`,
			"cloudAgent": "10.0.0.30/24", "managementVMSize": "Standard_A4_v2", "cloudAgentRole": ""},
		"registration": object{"tenant": "t", "subscription": "s", "resourceGroup": "rg", "region": "westeurope", "application": "a"},
	}
}

func clusterOf(name string, control, workers int) object {
	return object{"name": name, "kubernetes": "v1.29.4", "controlPlane": object{"count": control, "vmSize": "Standard_A4_v2"},
		"loadBalancer": object{"kind": "haproxy", "vmSize": "Standard_A4_v2"}, "nodePool": poolOf("linux", workers)}
}

func poolOf(name string, count int) object {
	return object{"name": name, "os": "linux", "count": count, "vmSize": "Standard_D4s_v3", "maxPods": 110, "maxCount": 0}
}

// prepared is a lab whose hosts have the module.
func prepared(t testing.TB, inv planner.Inventory, o Options) *lab {
	t.Helper()
	l := newLab(t, inv, o)
	for _, h := range l.world.hosts {
		if _, fail := l.script(h.Name, "start-task", startOf("prepare."+h.short(), "prepare-host", "host", h.Name, object{"module": "1.2.16"})); fail != nil {
			t.Fatal(fail)
		}
	}
	l.wait(15 * time.Minute)
	return l
}

// installedLab is a lab with AKS on it.
func installedLab(t testing.TB, inv planner.Inventory, o Options, network object) *lab {
	t.Helper()
	l := prepared(t, inv, o)
	l.must("configure-akshci", configuration(network), "config", "config", "registration")
	l.must("install-akshci", object{}, "install", "install")
	return l
}

func (l *lab) read() aksHciAnswer {
	l.t.Helper()
	var a aksHciAnswer
	l.ask("hv01", "read-akshci", object{}, &a)
	return a
}

// site is the only deployment. It is looked at while nobody else works on the lab.
func (l *lab) site() *deployment { return l.world.deployments[0] }

func asError[E error](err error, into *E) bool { return errors.As(err, into) }

func mustJSON(t testing.TB, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
