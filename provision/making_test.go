package provision

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
)

func prepareStep() planner.Step {
	return planner.Step{ID: "prepare-host/hv01", Kind: planner.PrepareHost, Target: "host/hv01", On: testHost, Params: map[string]any{"module": "1.2.16"}}
}

func configureStep() planner.Step {
	return planner.Step{ID: "configure", Kind: planner.Configure, Target: "site", On: testHost, Params: map[string]any{
		"network": map[string]any{"name": "edgenet", "switch": "Converged", "vlan": 40, "addressing": "static", "subnet": "10.40.20.0/24",
			"gateway": "10.40.20.1", "dns": []any{"10.40.10.5"}, "nodePool": map[string]any{"start": "10.40.20.20", "end": "10.40.20.99"},
			"vipPool": map[string]any{"start": "10.40.20.200", "end": "10.40.20.220"}},
		"config": map[string]any{"images": `C:\ClusterStorage\Volume01\Images`, "working": `C:\ClusterStorage\Volume01\AksHci`,
			"cloudConfig": `C:\ClusterStorage\Volume01\Cloud`, "cloudAgent": "10.40.10.30/24", "managementVMSize": "Standard_A4_v2", "cloudAgentRole": ""},
		"registration": map[string]any{"tenant": "t", "subscription": "s", "resourceGroup": "rg", "region": "westeurope", "application": "app"},
	}}
}

func installStep() planner.Step {
	return planner.Step{ID: "install", Kind: planner.Install, Target: "site", On: testHost, Params: map[string]any{}}
}

func clusterStep() planner.Step {
	return planner.Step{ID: "create-cluster/shop", Kind: planner.CreateCluster, Target: "cluster/shop", On: testHost, Params: map[string]any{
		"name": "shop", "kubernetes": "v1.29.4", "controlPlane": map[string]any{"count": 3, "vmSize": "Standard_A4_v2"},
		"loadBalancer": map[string]any{"kind": "haproxy", "vmSize": "Standard_A4_v2"},
		"nodePool":     map[string]any{"name": "linux", "os": "linux", "count": 3, "vmSize": "Standard_D4s_v3", "maxPods": 110, "maxCount": 0},
	}}
}

func poolStep() planner.Step {
	return planner.Step{ID: "create-node-pool/shop/win", Kind: planner.CreateNodePool, Target: "cluster/shop", On: testHost, Params: map[string]any{
		"cluster": "shop", "name": "win", "os": "windows2022", "count": 2, "vmSize": "Standard_D4s_v3", "maxPods": 110, "maxCount": 0}}
}

// aTask is a task of a step, in short.
type aTask struct {
	script  string
	state   taskPhase
	output  string
	code    string
	message string
}

// observation is a row of a table: what there is, and what it means.
type observation struct {
	name    string
	akshci  string
	host    string
	tasks   []aTask
	want    State
	reason  string // a part of it
	ends    bool   // the reason ends with that part
	retry   bool   // making it again is the repair
	cleared bool   // clearing it away is
}

func observe(t *testing.T, step planner.Step, rows []observation) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			f := &fakeSite{akshci: row.akshci, host: row.host, tasks: map[string]string{}}
			s := newTestSession(t, f, edge(step))
			for i, k := range row.tasks {
				r := series{step: step.ID}
				f.tasks[r.id(i+1)] = taskJSON(t, k.script, k.state, k.output, k.code, k.message)
			}
			a, err := newAction(step, s)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // looking changes nothing
				o, err := a.Observe(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if o.State != row.want || !strings.Contains(o.Reason, row.reason) || o.Retryable != row.retry {
					t.Errorf("observed %q, reason %q, retryable %v; want %q, %q, %v", o.State, o.Reason, o.Retryable, row.want, row.reason, row.retry)
				}
				if row.ends && !strings.HasSuffix(o.Reason, row.reason) {
					t.Errorf("reason %q goes on after %q", o.Reason, row.reason)
				}
				if o.State != StateDone && o.State != StateAbsent && o.Reason == "" {
					t.Errorf("%s without a reason", o.State)
				}
			}
			for _, script := range f.ran() {
				if LoadCatalogue().Script(script).Kind != ScriptReads {
					t.Errorf("observing ran %s", script)
				}
			}
			err = a.Repair(t.Context(), 2)
			if row.cleared != (err == nil) || err != nil && !errors.Is(err, ErrNoRepair) {
				t.Errorf("repair gives %v", err)
			}
		})
	}
}

// The records of what this site made, and of what another did.
const (
	ourConfig  = `{"kind": "config", "name": "config", "site": "edge01", "plan": "old", "step": "configure", "run": "r", "at": "2026-11-01T00:00:00Z"}`
	ourInstall = `{"kind": "install", "name": "install", "site": "edge01"}`
	ourShop    = `{"kind": "cluster", "name": "shop", "site": "edge01"}`
	theirShop  = `{"kind": "cluster", "name": "shop", "site": "edge02"}`
	ourWin     = `{"kind": "node-pool", "name": "shop/win", "site": "edge01"}`
)

const aConfig = `{"network": "edgenet", "switch": "Converged", "vlan": "40", "subnet": "10.40.20.0/24", "gateway": "10.40.20.1",
	"nodePoolStart": "10.40.20.20", "nodePoolEnd": "10.40.20.99", "vipPoolStart": "10.40.20.200", "vipPoolEnd": "10.40.20.220",
	"images": "c:\\clusterstorage\\volume01\\images\\", "working": "C:\\ClusterStorage\\Volume01\\AksHci",
	"cloudConfig": "C:\\ClusterStorage\\Volume01\\Cloud", "cloudAgent": "10.40.10.30/24", "managementVMSize": "Standard_A4_v2"}`

func TestObservePrepareHost(t *testing.T) {
	const none = `{"records": null}`
	const ours = `{"records": {"kind": "host", "name": "hv01.corp.contoso.com", "site": "edge01"}}`
	observe(t, prepareStep(), []observation{
		{name: "a bare host", akshci: none, host: `{"aksHciModule": "", "prepared": false}`, want: StateAbsent},
		{name: "the module without the preparation", akshci: none, host: `{"aksHciModule": "1.2.16", "prepared": false}`, want: StateAbsent},
		{name: "prepared, whoever did it", host: `{"aksHciModule": "1.2.16", "prepared": true}`, want: StateDone},
		{name: "another version that is not ours", akshci: none, host: `{"aksHciModule": "1.2.4", "prepared": true}`,
			want: StateForeign, reason: "the AksHci module is 1.2.4, the plan wants 1.2.16"},
		{name: "another version of ours", akshci: ours, host: `{"aksHciModule": "1.2.4", "prepared": true}`, want: StateBroken, reason: "1.2.4"},
		{name: "at work", tasks: []aTask{{"prepare-host", phaseRunning, "Installing AksHci\n", "", ""}}, want: StateWorking, reason: "Installing AksHci"},
		{name: "a task that failed is started again", akshci: ours, host: `{"aksHciModule": "", "prepared": false}`,
			tasks: []aTask{{"prepare-host", phaseFailed, "", "ScriptFailed", "no route to the gallery"}}, want: StateBroken, reason: "no route to the gallery", retry: true},
		{name: "a host that had to be restarted, in an earlier run, is tried again", akshci: ours, host: `{"aksHciModule": "1.2.16", "prepared": false}`,
			tasks: []aTask{{"prepare-host", phaseFailed, "", "RestartNeeded", "hv01 must be restarted"}}, want: StateBroken, reason: "must be restarted", retry: true},
	})
}

func TestObserveConfigure(t *testing.T) {
	task := func(state taskPhase, code, message string) []aTask {
		return []aTask{{"configure-akshci", state, "", code, message}}
	}
	observe(t, configureStep(), []observation{
		{name: "nothing there", akshci: `{"moduleVersion": "1.2.16", "configured": false, "config": null, "records": []}`, want: StateAbsent},
		{name: "a record of a submit that died", akshci: `{"config": null, "records": [` + ourConfig + `]}`, want: StateAbsent},
		{name: "configured as planned by us", akshci: `{"configured": true, "config": ` + aConfig + `, "records": [` + ourConfig + `]}`, want: StateDone},
		{name: "configured as planned by somebody else", akshci: `{"configured": true, "config": ` + aConfig + `, "records": {}}`,
			want: StateForeign, reason: "without a record"},
		{name: "a setting the module does not tell is not compared",
			akshci: `{"configured": true, "config": {"working": "C:\\ClusterStorage\\Volume01\\AksHci", "switch": ""}, "records": [` + ourConfig + `]}`, want: StateDone},
		{name: "configured otherwise by us", akshci: `{"configured": true, "config": ` + strings.Replace(aConfig, `"40"`, `41`, 1) + `, "records": [` + ourConfig + `]}`,
			want: StateBroken, reason: "the VLAN is 41, the plan wants 40"},
		{name: "not registered yet", akshci: `{"configured": false, "config": ` + aConfig + `, "records": [` + ourConfig + `]}`,
			tasks: task(phaseFailed, "TaskLost", "the process of the task is gone"), want: StateBroken, reason: "not registered with Azure", retry: true},
		{name: "somebody else's half", akshci: `{"configured": false, "config": ` + aConfig + `, "records": []}`, want: StateForeign, reason: "not registered"},
		{name: "a task that failed before it had an effect", akshci: `{"config": null, "records": [` + ourConfig + `]}`,
			tasks: task(phaseFailed, "ScriptFailed", "GetCatalog failed"), want: StateBroken, reason: "configure-akshci failed: GetCatalog failed", retry: true},
		{name: "what a person had to mend, in an earlier run, is tried again", akshci: `{"config": null, "records": [` + ourConfig + `]}`,
			tasks: task(phaseFailed, "NoApplication", "set azure.application"), want: StateBroken, reason: "set azure.application (NoApplication)", retry: true},
		{name: "a task that succeeded without an effect", akshci: `{"config": null, "records": [` + ourConfig + `]}`,
			tasks: task(phaseSucceeded, "", ""), want: StateBroken, reason: "is not there", retry: true},
		{name: "at work", tasks: []aTask{{"configure-akshci", phaseRunning, "", "", ""}}, want: StateWorking, reason: "configure-akshci is running"},
	})
}

func TestObserveInstall(t *testing.T) {
	there := func(state, records, clusters string) string {
		return `{"configured": true, "installState": "` + state + `", "clusters": ` + clusters + `, "records": [` + records + `]}`
	}
	install := func(state taskPhase, message string) aTask {
		return aTask{"install-akshci", state, "", "", message}
	}
	uninstall := func(state taskPhase, message string) aTask {
		return aTask{"uninstall-akshci", state, "cleaning up\n", "", message}
	}
	failed := []aTask{install(phaseFailed, "Waiting for pod 'Cloud Operator'")}
	observe(t, installStep(), []observation{
		{name: "nothing there", akshci: there("NotInstalled", "", "null"), want: StateAbsent},
		{name: "installed by us", akshci: there("Installed", ourInstall, "[]"), want: StateDone},
		{name: "installed by us, whatever its task says", akshci: there("Installed", ourInstall, "[]"), tasks: failed, want: StateDone},
		{name: "installed by somebody else", akshci: there("Installed", "", "[]"), want: StateForeign, reason: "without a record"},
		{name: "being installed by somebody else", akshci: there("Installing", "", "[]"), want: StateForeign, reason: "begun"},
		{name: "at work", tasks: []aTask{install(phaseRunning, "")}, akshci: there("Installing", ourInstall, "[]"), want: StateWorking, reason: "install-akshci is running"},
		{name: "failed", akshci: there("Failed", ourInstall, "null"), tasks: failed, want: StateBroken, reason: "Cloud Operator", cleared: true},
		{name: "failed, by somebody else", akshci: there("Failed", "", "null"), want: StateForeign, reason: "failed"},
		{name: "begun, and its task is gone", akshci: there("Installing", ourInstall, "null"), tasks: failed, want: StateBroken, reason: "nobody goes on with it", cleared: true},
		{name: "failed before it had an effect", akshci: there("NotInstalled", ourInstall, "null"), tasks: failed, want: StateBroken, reason: "Cloud Operator", cleared: true},
		{name: "failed with a cluster on it", akshci: there("Failed", ourInstall, `{"name": "shop", "state": "Deployed"}`), tasks: failed,
			want: StateBroken, reason: "it is not cleared away: the cluster shop stands on it"},
		{name: "failed with the record of a cluster", akshci: there("Failed", ourInstall+`, `+theirShop, "[]"), tasks: failed, want: StateBroken, reason: "the cluster shop"},
		{name: "failed after it had worked", akshci: there("Failed", ourInstall, "[]"), tasks: []aTask{install(phaseSucceeded, "")},
			want: StateBroken, reason: "it has worked before"},
		{name: "failed and nobody knows how it was made", akshci: there("Failed", ourInstall, "[]"), want: StateBroken, reason: "not known any more"},
		{name: "being cleared away", tasks: append(failed, uninstall(phaseRunning, "")), want: StateWorking, reason: "clearing away: cleaning up"},
		{name: "cleared away", akshci: there("NotInstalled", "", "null"), tasks: append(failed, uninstall(phaseSucceeded, "")), want: StateAbsent},
		{name: "cleared away and still listed", akshci: there("Failed", "", "null"), tasks: append(failed, uninstall(phaseSucceeded, "")),
			want: StateUnknown, reason: "still lists it"},
		{name: "clearing away did not succeed", akshci: there("Failed", ourInstall, "null"), tasks: append(failed, uninstall(phaseFailed, "DeadlineExceeded")),
			want: StateBroken, reason: "clearing away did not succeed: uninstall-akshci failed: DeadlineExceeded", cleared: true},
		{name: "made again after clearing away", akshci: there("NotInstalled", ourInstall, "null"),
			tasks: append(failed, uninstall(phaseSucceeded, ""), install(phaseFailed, "again")), want: StateBroken, reason: "again", cleared: true},
	})
}

func TestObserveCreateCluster(t *testing.T) {
	const pool = `{"name": "linux", "os": "linux", "count": 3, "ready": 3, "vmSize": "Standard_D4s_v3", "state": "Deployed", "error": ""}`
	cluster := func(state, pools string) string {
		return `{"name": "shop", "state": "` + state + `", "kubernetes": "v1.29.4", "controlPlane": {"count": "3", "vmSize": "Standard_A4_v2"}, "error": "", "nodePools": ` + pools + `}`
	}
	there := func(clusters, records string) string {
		return `{"installState": "Installed", "clusters": ` + clusters + `, "records": [` + records + `]}`
	}
	failed := []aTask{{"new-cluster", phaseFailed, "", "ScriptFailed", "Unable to find a Node: OutOfCapacity"}}
	lost := []aTask{{"new-cluster", phaseSucceeded, "", "", ""}}
	removed := append(failed, aTask{"remove-cluster", phaseSucceeded, "", "", ""})
	other := cluster("Deployed", pool)
	observe(t, clusterStep(), []observation{
		{name: "nothing there", akshci: there("[]", ""), want: StateAbsent},
		{name: "nothing there, and AKS tells it with an empty object", akshci: there("{}", ""), want: StateAbsent},
		{name: "a record of a submit that died", akshci: there("null", ourShop), want: StateAbsent},
		{name: "a record of another site", akshci: there("null", theirShop), want: StateForeign, reason: "its record belongs to the site edge02"},
		{name: "there as planned, alone and not in a list", akshci: there(other, ourShop), want: StateDone},
		{name: "there as planned, its task having run out of time", akshci: there("["+other+"]", ourShop), tasks: failed, want: StateDone},
		{name: "there as planned, by somebody else", akshci: there(other, ""), want: StateForeign, reason: "without a record"},
		{name: "there as planned, by another site", akshci: there(other, theirShop), want: StateForeign, reason: "belongs to the site edge02"},
		{name: "at work, and it does not show yet", tasks: []aTask{{"new-cluster", phaseRunning, "[11/22/2026 01:00:00] [Kva] Creating the cluster\n", "", ""}},
			want: StateWorking, reason: "[Kva] Creating the cluster"},
		{name: "goes on in the background after its task ran out of time", akshci: there(cluster("Creating", "null"), ourShop), tasks: failed,
			want: StateWorking, reason: "the platform is creating the cluster shop"},
		{name: "somebody else is creating it", akshci: there(cluster("Creating", "null"), ""), want: StateForeign, reason: "is creating"},
		{name: "failed", akshci: there(strings.Replace(cluster("Failed", "null"), `"error": ""`, `"error": "no addresses left"`, 1), ourShop), tasks: failed,
			want: StateBroken, reason: "no addresses left; new-cluster failed: Unable to find a Node: OutOfCapacity", cleared: true},
		{name: "failed for a reason that both tell, which is told once", want: StateBroken, reason: "as failed: Unable to find a Node: OutOfCapacity", ends: true, cleared: true,
			akshci: there(strings.Replace(cluster("Failed", "null"), `"error": ""`, `"error": "Unable to find a Node: OutOfCapacity"`, 1), ourShop), tasks: failed},
		{name: "failed before it had an effect", akshci: there("[]", ourShop), tasks: failed, want: StateBroken, reason: "OutOfCapacity", cleared: true},
		{name: "failed, by somebody else", akshci: there(cluster("Failed", "null"), ""), tasks: failed, want: StateForeign, reason: "failed"},
		{name: "failed after it had worked", akshci: there(cluster("Failed", pool), ourShop), tasks: lost, want: StateBroken, reason: "it has worked before"},
		{name: "failed, and its task is not known", akshci: there(cluster("Failed", pool), ourShop), want: StateBroken, reason: "it may have worked before"},
		{name: "its task succeeded and it is not there", akshci: there("[]", ourShop), tasks: lost, want: StateBroken, reason: "is not there", cleared: true},
		{name: "taken away by a person, record and all", akshci: there("[]", ""), tasks: lost, want: StateAbsent},
		{name: "the name was taken since we looked", akshci: there(other, ""), tasks: []aTask{{"new-cluster", phaseFailed, "", "NameTaken", "by somebody else"}},
			want: StateForeign, reason: "without a record"},
		{name: "cleared away", akshci: there("[]", ""), tasks: removed, want: StateAbsent},
		{name: "cleared away and still listed", akshci: there(cluster("Creating", "[]"), ""), tasks: removed, want: StateUnknown, reason: "still lists it"},
		{name: "made by somebody else after it was cleared away", akshci: there(other, ""), tasks: removed, want: StateForeign, reason: "without a record"},
		{name: "another version", akshci: there(strings.Replace(other, "v1.29.4", "v1.28.9", 1), ourShop),
			want: StateBroken, reason: "its Kubernetes version is 1.28.9, the plan wants 1.29.4"},
		{name: "another control plane", akshci: there(strings.Replace(other, `"count": "3"`, `"count": 1`, 1), ourShop), want: StateBroken, reason: "its control plane is 1, the plan wants 3"},
		{name: "another machine", akshci: there(strings.Replace(other, "Standard_D4s_v3", "Standard_D8s_v3", 1), ourShop), want: StateBroken, reason: "its machine is Standard_D8s_v3"},
		{name: "without its node pool", akshci: there(cluster("Deployed", "null"), ourShop), want: StateBroken, reason: "has no node pool linux"},
		{name: "its node pool is being made", akshci: there(cluster("Deployed", strings.Replace(pool, "Deployed", "Creating", 1)), ourShop), tasks: failed,
			want: StateWorking, reason: "node pool linux"},
		{name: "only its node pool failed", akshci: there(cluster("Deployed", strings.Replace(pool, "Deployed", "Failed", 1)), ourShop), tasks: failed,
			want: StateBroken, reason: "it is not cleared away: only its node pool failed"},
	})
}

func TestObserveCreateNodePool(t *testing.T) {
	const pool = `{"name": "win", "os": "windows2022", "count": 2, "ready": 2, "vmSize": "Standard_D4s_v3", "state": "Deployed", "error": ""}`
	there := func(pools, records string) string {
		return `{"clusters": {"name": "shop", "state": "Deployed", "nodePools": ` + pools + `}, "records": [` + records + `]}`
	}
	failed := []aTask{{"new-node-pool", phaseFailed, "", "", "OutOfCapacity"}}
	observe(t, poolStep(), []observation{
		{name: "nothing there", akshci: there("[]", ourShop), want: StateAbsent},
		{name: "not even the cluster", akshci: `{}`, want: StateAbsent},
		{name: "there as planned", akshci: there(pool, ourWin), want: StateDone},
		{name: "the record of its cluster is not its own", akshci: there(pool, ourShop), want: StateForeign, reason: "without a record"},
		{name: "another system", akshci: there(strings.Replace(pool, "windows2022", "linux", 1), ourWin), want: StateBroken, reason: "its system is linux, the plan wants windows2022"},
		{name: "another count", akshci: there(strings.Replace(pool, `"count": 2`, `"count": 5`, 1), ourWin), want: StateBroken, reason: "its count is 5, the plan wants 2"},
		{name: "failed", akshci: there(strings.Replace(pool, "Deployed", "Failed", 1), ourWin), tasks: failed, want: StateBroken, reason: "OutOfCapacity", cleared: true},
		{name: "being cleared away", tasks: append(failed, aTask{"remove-node-pool", phaseRunning, "removing\n", "", ""}), want: StateWorking, reason: "clearing away: removing"},
	})

	scaling := poolStep()
	scaling.Params["maxCount"] = 6
	observe(t, scaling, []observation{
		{name: "a pool that scales may have any count", akshci: there(strings.Replace(pool, `"count": 2`, `"count": 5`, 1), ourWin), want: StateDone},
	})
}

func TestWhatOnlyAPersonCanMendIsNotTriedTwiceInOneRun(t *testing.T) {
	f := &fakeSite{akshci: `{"config": null, "records": [` + ourConfig + `]}`, tasks: map[string]string{}}
	s := newTestSession(t, f, edge(configureStep()))
	a, err := newAction(configureStep(), s)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := a.Observe(t.Context()); err != nil || o.State != StateAbsent {
		t.Fatalf("observed %+v, %v", o, err)
	}
	if err := a.Submit(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	f.tasks["configure.1"] = taskJSON(t, "configure-akshci", phaseFailed, "", "NoApplication", "set azure.application")
	if o, err := a.Observe(t.Context()); err != nil || o.State != StateBroken || o.Retryable {
		t.Errorf("observed %+v, %v", o, err)
	}
	if err := a.Repair(t.Context(), 2); !errors.Is(err, ErrNoRepair) {
		t.Errorf("repair gives %v", err)
	}
}

func TestARepairClearsAwayUnderTheSameRecord(t *testing.T) {
	f := &fakeSite{
		akshci: `{"clusters": {"name": "shop", "state": "Failed"}, "records": [` + ourShop + `]}`,
		tasks:  map[string]string{"create-cluster.shop.1": taskJSON(t, "new-cluster", phaseFailed, "", "", "x")},
	}
	s := newTestSession(t, f, edge(clusterStep()))
	a, err := newAction(clusterStep(), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Repair(t.Context(), 1); !errors.Is(err, ErrNoRepair) {
		t.Errorf("a repair that nobody has looked for gives %v", err)
	}
	if _, err := a.Observe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Repair(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	p := f.last(t, "start-task").params
	if diff := cmp.Diff([]any{"create-cluster.shop.2", "remove-cluster", map[string]any{"name": "shop"}, "shop"},
		[]any{p["id"], p["script"], p["params"], p["record"].(map[string]any)["name"]}); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsDoneCanBeToldFromAnOlderLook(t *testing.T) {
	const done = `{"installState": "Installed", "records": [` + ourInstall + `]}`
	f := &fakeSite{akshci: done}
	s := newTestSession(t, f, edge(installStep()))
	reads := func() int {
		n := 0
		for _, script := range f.ran() {
			if script == "read-akshci" {
				n++
			}
		}
		return n
	}
	look := func() {
		t.Helper()
		a, err := newAction(installStep(), s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Observe(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	look()
	look()
	if reads() != 1 {
		t.Errorf("%d readings for two looks at what is done", reads())
	}
	f.akshci = `{"installState": "NotInstalled"}`
	if err := s.reach.Clock.Sleep(t.Context(), 2*time.Second); err != nil {
		t.Fatal(err)
	}
	look()
	if reads() != 2 {
		t.Errorf("%d readings, an exact one should not be repeated", reads())
	}
	look() // absent is a decision: the reading must begin after the question
	if reads() != 3 {
		t.Errorf("%d readings, want one for each decision", reads())
	}
}

func TestStepsThatCannotBeCarriedOutAreRefused(t *testing.T) {
	for _, row := range []struct {
		name string
		step planner.Step
	}{
		{"a kind that is only planned", planner.Step{Kind: planner.CreateAksArc}},
		{"a kind that nobody knows", planner.Step{Kind: "format-disks"}},
		{"without its parameters", planner.Step{Kind: planner.CreateCluster, On: testHost}},
		{"with a parameter of another type", planner.Step{Kind: planner.PrepareHost, On: testHost, Params: map[string]any{"module": 7}}},
		{"without a cluster", planner.Step{Kind: planner.WaitNodes}},
	} {
		t.Run(row.name, func(t *testing.T) {
			a, err := newAction(row.step, newTestSession(t, &fakeSite{}, edge(row.step)))
			if err == nil || a != nil || errorCode(err) != "invalid" {
				t.Errorf("got %v, %v of code %q", a, err, errorCode(err))
			}
		})
	}
}
