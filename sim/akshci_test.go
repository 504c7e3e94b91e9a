package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// with is a copy of parameters with some of them changed; a nil value takes one away. A
// key may lead into inner objects: network.name.
func with(params object, changes object) object {
	out := object{}
	for k, v := range params {
		out[k] = v
	}
	for path, value := range changes {
		key, rest, deeper := strings.Cut(path, ".")
		switch {
		case deeper:
			inner, _ := out[key].(object)
			out[key] = with(inner, object{rest: value})
		case value == nil:
			delete(out, key)
		default:
			out[key] = value
		}
	}
	return out
}

func TestPrepareHost(t *testing.T) {
	inv := labInventory()
	inv.Hosts[1].Features = nil
	l := newLab(t, inv, labOptions(t))
	if a := l.read(); a.ModuleVersion != "" || a.Config != nil {
		t.Fatalf("a fresh host has %+v", a)
	}
	if a := l.task("prepare-host", object{"module": "9.9.9"}, "host", "hv01.lab.example"); a.State != taskFailed || !strings.Contains(a.Error.Message, "No match was found") {
		t.Errorf("a module that is not published gave %+v", a.Error)
	}
	l.must("prepare-host", object{"module": "1.2.16"}, "host", "hv01.lab.example")
	var h hostAnswer
	l.ask("hv01", "read-host", object{}, &h)
	if h.Module != "1.2.16" || !h.Prepared {
		t.Errorf("after prepare-host the host says module %q, prepared %v", h.Module, h.Prepared)
	}
	l.must("prepare-host", object{"module": "1.2.16"}, "host", "hv01.lab.example")
}

func TestAHostWithoutHyperVWantsARestart(t *testing.T) {
	inv := labInventory()
	inv.Hosts[0].Features = nil
	l := newLab(t, inv, labOptions(t))
	if a := l.task("prepare-host", object{"module": "1.2.16"}, "host", "hv01.lab.example"); a.Error == nil || a.Error.Code != "RestartNeeded" {
		t.Fatalf("the task ended with %+v", a.Error)
	}
	l.must("prepare-host", object{"module": "1.2.16"}, "host", "hv01.lab.example")
}

func TestConfigureRefuses(t *testing.T) {
	good := configuration(staticNetwork(40, 10))
	for name, row := range map[string]struct {
		change  object
		secrets []string
		want    string
	}{
		"a network name with a capital":                {change: object{"network.name": "labNet"}, want: "not a valid network name"},
		"a switch that one host lacks":                 {change: object{"network.switch": "Other"}, want: "switch Other was not found"},
		"a VLAN above 4094":                            {change: object{"network.vlan": 4095}, want: "not a VLAN"},
		"a gateway outside the prefix":                 {change: object{"network.gateway": "10.0.2.1"}, want: "gateway 10.0.2.1 is not in the prefix"},
		"no DNS server":                                {change: object{"network.dns": []string{}}, want: "one to three DNS servers"},
		"a node pool outside the prefix":               {change: object{"network.nodePool.end": "10.0.2.9"}, want: "is not in the prefix"},
		"a node pool that ends before it starts":       {change: object{"network.nodePool.end": "10.0.1.2"}, want: "is not in the prefix"},
		"pools that overlap":                           {change: object{"network.vipPool.start": "10.0.1.49"}, want: "overlap"},
		"a static network without a prefix":            {change: object{"network.subnet": nil}, want: "needs an address prefix"},
		"a path with a space":                          {change: object{"config.images": `C:\ClusterStorage\Volume01\My Images`}, want: "must not contain a space"},
		"a working folder on one host's own drive":     {change: object{"config.working": `C:\AksHci`}, want: "network share or CSV path"},
		"a size that is not in the catalogue":          {change: object{"config.managementVMSize": "Standard_X1"}, want: "is not a VM size"},
		"a cluster role name of more than 32":          {change: object{"config.cloudAgentRole": strings.Repeat("x", 33)}, want: "longer than 32"},
		"a cloud agent address without prefix length":  {change: object{"config.cloudAgent": "10.0.0.30"}, want: "not an address with a prefix length"},
		"no application":                               {change: object{"registration.application": ""}, want: "needs an application"},
		"no secret of the application":                 {secrets: []string{"other"}, want: "needs an application"},
		"a parameter that no script knows":             {change: object{"network.mtu": 1300}, want: "mtu"},
		"a parameter that is missing":                  {change: object{"config.images": nil}, want: "The property 'images' cannot be found"},
		"a network that is neither static nor dynamic": {change: object{"network.addressing": "auto"}, want: "needs an address prefix"},
	} {
		t.Run(name, func(t *testing.T) {
			l := prepared(t, labInventory(), labOptions(t))
			secrets := row.secrets
			if secrets == nil {
				secrets = []string{"registration"}
			}
			a := l.task("configure-akshci", with(good, row.change), "config", "config", secrets...)
			if a.State != taskFailed || !strings.Contains(a.Error.Message, row.want) {
				t.Errorf("configure ended %s with %+v, want an error about %q", a.State, a.Error, row.want)
			}
			if c := l.read(); c.Configured {
				t.Errorf("it is configured nevertheless: %+v", c)
			}
		})
	}
}

func TestConfigureNeedsTheModuleOnEveryHost(t *testing.T) {
	l := prepared(t, labInventory(), labOptions(t))
	l.line.Do(func(*timelineTurn) { l.world.hosts[1].Module = "1.2.4" })
	a := l.task("configure-akshci", configuration(staticNetwork(40, 10)), "config", "config", "registration")
	if a.State != taskFailed || !strings.Contains(a.Error.Message, "hv02") {
		t.Errorf("configure ended %s with %+v, want an error about hv02", a.State, a.Error)
	}
}

func TestConfigureMayBeRepeatedUntilTheInstallation(t *testing.T) {
	l := prepared(t, labInventory(), labOptions(t))
	l.must("configure-akshci", configuration(staticNetwork(40, 10)), "config", "config", "registration")
	l.must("configure-akshci", configuration(staticNetwork(30, 5)), "config", "config", "registration")
	a := l.read()
	if !a.Configured || a.Version != "1.0.24.11029" || a.Config.NodePoolEnd != "10.0.1.39" || a.InstallState != notInstalled {
		t.Fatalf("read-akshci says %+v %+v", a, a.Config)
	}
	l.must("install-akshci", object{}, "install", "install")
	again := l.task("configure-akshci", configuration(staticNetwork(30, 5)), "config", "config", "registration")
	if again.Error == nil || again.Error.Code != "AlreadyInstalled" {
		t.Errorf("configuring an installed site gave %+v", again.Error)
	}
}

func TestInstallRefuses(t *testing.T) {
	t.Run("a host that is not configured", func(t *testing.T) {
		l := prepared(t, labInventory(), labOptions(t))
		if a := l.task("install-akshci", object{}, "install", "install"); a.Error == nil || !strings.Contains(a.Error.Message, "does not appear to be configured") {
			t.Errorf("install gave %+v", a.Error)
		}
	})
	t.Run("a host without the module", func(t *testing.T) {
		l := newLab(t, labInventory(), labOptions(t))
		if a := l.task("install-akshci", object{}, "install", "install"); a.Error == nil || !strings.Contains(a.Error.Message, "was not loaded") {
			t.Errorf("install gave %+v", a.Error)
		}
	})
	t.Run("a second installation, by the script that calls it", func(t *testing.T) {
		l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 10))
		if a := l.task("install-akshci", object{}, "install", "install"); a.Error == nil || a.Error.Code != "NameTaken" {
			t.Errorf("install gave %+v", a.Error)
		}
	})
}

func TestTheCloudAgentCrashesOnThePoolEdges(t *testing.T) {
	for name, change := range map[string]object{
		"a node pool that starts next to the network address":     {"network.nodePool": object{"start": "10.0.1.1", "end": "10.0.1.40"}, "network.gateway": "10.0.1.50"},
		"a VIP pool that ends next to the broadcast address":      {"network.vipPool": object{"start": "10.0.1.200", "end": "10.0.1.254"}},
		"a VIP pool that ends at the broadcast address":           {"network.vipPool": object{"start": "10.0.1.200", "end": "10.0.1.255"}},
		"a node pool that starts at the network's own address":    {"network.nodePool": object{"start": "10.0.1.0", "end": "10.0.1.40"}, "network.gateway": "10.0.1.50"},
		"a VIP pool next to the edge of a prefix of another size": {"network.subnet": "10.0.0.0/23", "network.vipPool": object{"start": "10.0.1.200", "end": "10.0.1.254"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := prepared(t, labInventory(), labOptions(t))
			l.must("configure-akshci", with(configuration(staticNetwork(40, 10)), change), "config", "config", "registration")
			a := l.task("install-akshci", object{}, "install", "install")
			if a.State != taskFailed || !strings.Contains(a.Error.Message, "forcibly closed") {
				t.Errorf("install ended %s with %+v", a.State, a.Error)
			}
		})
	}
	// .255 is neither edge of a /23 that starts at .0.
	l := prepared(t, labInventory(), labOptions(t))
	l.must("configure-akshci", with(configuration(staticNetwork(40, 10)), object{"network.subnet": "10.0.0.0/23", "network.vipPool": object{"start": "10.0.0.250", "end": "10.0.1.5"}}), "config", "config", "registration")
	l.must("install-akshci", object{}, "install", "install")
}

func TestTheCloudAgentNeedsItsAddress(t *testing.T) {
	for name, row := range map[string]struct{ agent, want string }{
		"outside every client network of the failover cluster": {"10.9.0.30/24", "matching cluster network not found"},
		"that a host has": {"10.0.0.12/24", "is in use"},
	} {
		t.Run(name, func(t *testing.T) {
			l := prepared(t, labInventory(), labOptions(t))
			l.must("configure-akshci", with(configuration(staticNetwork(40, 10)), object{"config.cloudAgent": row.agent}), "config", "config", "registration")
			a := l.task("install-akshci", object{}, "install", "install")
			if a.State != taskFailed || !strings.Contains(a.Error.Message, row.want) {
				t.Errorf("install ended %s with %+v, want %q", a.State, a.Error, row.want)
			}
		})
	}
}

func TestAFailedInstallationMustBeUninstalledFirst(t *testing.T) {
	l := prepared(t, labInventory(), labOptions(t))
	edge := with(configuration(staticNetwork(40, 10)), object{"network.vipPool": object{"start": "10.0.1.200", "end": "10.0.1.254"}})
	l.must("configure-akshci", edge, "config", "config", "registration")
	l.task("install-akshci", object{}, "install", "install")
	if a := l.task("install-akshci", object{}, "install", "install"); a.Error == nil || !strings.Contains(a.Error.Message, "Uninstall-AksHci") {
		t.Errorf("installing again gave %+v", a.Error)
	}
	if a := l.task("configure-akshci", edge, "config", "config", "registration"); a.Error == nil || !strings.Contains(a.Error.Message, "in this state [Failed]") {
		t.Errorf("configuring again gave %+v", a.Error)
	}
	l.must("uninstall-akshci", object{}, "install", "install")
	if a := l.read(); !a.Configured || a.InstallState != notInstalled {
		t.Errorf("after uninstalling read-akshci says %+v", a)
	}
	l.must("configure-akshci", configuration(staticNetwork(40, 10)), "config", "config", "registration")
	l.must("install-akshci", object{}, "install", "install")
	if a := l.task("uninstall-akshci", object{}, "install", "install"); a.Error == nil || a.Error.Code != "StillInstalled" {
		t.Errorf("uninstalling a whole installation gave %+v", a.Error)
	}
}

func TestNewClusterRefuses(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 10))
	l.must("new-cluster", clusterOf("shop", 1, 1), "cluster", "shop")
	good := clusterOf("bank", 1, 1)
	for name, row := range map[string]struct {
		change object
		want   string
	}{
		"a name that is taken":                    {object{"name": "shop"}, "made by somebody else"},
		"a name of one letter":                    {object{"name": "b"}, "not a valid cluster name"},
		"a name with a capital":                   {object{"name": "Bank"}, "not a valid cluster name"},
		"a Kubernetes version of no release":      {object{"kubernetes": "v1.19.1"}, "is not available"},
		"a Kubernetes version without its v":      {object{"kubernetes": "1.29.4"}, "is not available"},
		"a Kubernetes version that is no version": {object{"kubernetes": "v1.29.x"}, "is not available"},
		"two control plane nodes":                 {object{"controlPlane.count": 2}, "not a valid number of control plane nodes"},
		"a size that is not in the catalogue":     {object{"controlPlane.vmSize": "Standard_B1"}, "is not a VM size"},
		"a load balancer of another platform":     {object{"loadBalancer.kind": "metallb"}, "is not a load balancer"},
		"an unknown operating system":             {object{"nodePool.os": "beos"}, "no operating system"},
		"too few pods on a node":                  {object{"nodePool.maxPods": 20}, "at least"},
		"fewer nodes at most than at first":       {object{"nodePool.count": 3, "nodePool.maxCount": 2}, "cannot be fewer"},
		"a pool with a bad name":                  {object{"nodePool.name": "Linux Pool"}, "not a valid node pool name"},
		"a parameter that is missing":             {object{"nodePool.vmSize": nil}, "The property 'vmSize' cannot be found"},
	} {
		t.Run(name, func(t *testing.T) {
			a := l.task("new-cluster", with(good, row.change), "cluster", "bank")
			if a.State != taskFailed || !strings.Contains(a.Error.Message, row.want) {
				t.Errorf("it ended %s with %+v, want %q", a.State, a.Error, row.want)
			}
			if n := len(l.read().Clusters); n != 1 {
				t.Errorf("there are %d clusters", n)
			}
		})
	}
}

func TestAClusterWithoutALoadBalancerHasNoMachineForIt(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 10))
	l.must("new-cluster", with(clusterOf("shop", 1, 1), object{"loadBalancer": object{"kind": "none", "vmSize": ""}}), "cluster", "shop")
	if n := len(l.site().clusters["shop"].machines); n != 2 {
		t.Errorf("the cluster has %d machines, want a control plane and a worker", n)
	}
}

func TestNodePools(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 10))
	l.must("new-cluster", clusterOf("shop", 1, 1), "cluster", "shop")
	pool := with(poolOf("win", 2), object{"cluster": "shop", "os": "windows2022"})
	for name, row := range map[string]struct {
		change object
		want   string
	}{
		"a cluster that is not there": {object{"cluster": "bank"}, "'bank' was not found"},
		"a name that is taken":        {object{"name": "linux"}, "made in the cluster shop by somebody else"},
		"an unknown size":             {object{"vmSize": "Standard_B1"}, "is not a VM size"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := l.task("new-node-pool", with(pool, row.change), "node-pool", "shop/win"); a.State != taskFailed || !strings.Contains(a.Error.Message, row.want) {
				t.Errorf("it ended %s with %+v, want %q", a.State, a.Error, row.want)
			}
		})
	}
	l.must("new-node-pool", pool, "node-pool", "shop/win")
	want := poolAnswer{Name: "win", OS: planner.Windows2022, Count: 2, Ready: 2, VMSize: "Standard_D4s_v3", State: deployed}
	if pools := l.read().Clusters[0].NodePools; len(pools) != 2 || pools[1] != want {
		t.Errorf("the pools are %+v", pools)
	}
	l.wait(5 * time.Minute)
	if nodes := l.site().clusters["shop"].api.get("/api/v1/nodes"); strings.Count(nodes, `"kubernetes.io/os":"windows"`) != 2 {
		t.Errorf("the cluster has no two Windows nodes: %s", nodes)
	}
	l.must("remove-node-pool", object{"cluster": "shop", "name": "win"}, "node-pool", "shop/win")
	if nodes := l.site().clusters["shop"].api.get("/api/v1/nodes"); strings.Contains(nodes, "windows") {
		t.Errorf("nodes of the pool are left: %s", nodes)
	}
	if pools := l.read().Clusters[0].NodePools; len(pools) != 1 {
		t.Errorf("the pools are %+v", pools)
	}
}

func TestRemovingAPoolThatIsNotCompleteLetsTheClusterGoOn(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(9, 10)) // room for a management cluster and 8 more
	l.must("new-cluster", clusterOf("shop", 1, 1), "cluster", "shop")
	if a := l.task("new-node-pool", with(poolOf("big", 9), object{"cluster": "shop"}), "node-pool", "shop/big"); a.State != taskFailed {
		t.Fatalf("the pool ended %s", a.State)
	}
	if p := l.read().Clusters[0].NodePools[1]; p.State != failed || !strings.Contains(p.Error, "no free address") {
		t.Errorf("the pool is %+v", p)
	}
	l.must("remove-node-pool", object{"cluster": "shop", "name": "big"}, "node-pool", "shop/big")
	l.must("new-node-pool", with(poolOf("small", 2), object{"cluster": "shop"}), "node-pool", "shop/small")
	if n := l.site().network.nodes.leased; n != 6 {
		t.Errorf("%d addresses are leased, want 6", n)
	}
}

func TestGetCredential(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 10))
	if _, fail := l.script("hv01", "get-credential", object{"cluster": "shop"}); fail == nil || !strings.Contains(fail.Message, "was not found") {
		t.Errorf("a cluster that is not there gave %v", fail)
	}
	l.must("new-cluster", clusterOf("shop", 1, 1), "cluster", "shop")
	var a struct{ Kubeconfig string }
	l.ask("hv02", "get-credential", object{"cluster": "shop"}, &a)
	if want := "server: https://10.0.1.201:6443"; !strings.Contains(a.Kubeconfig, want) {
		t.Errorf("the kubeconfig has no %s:\n%s", want, a.Kubeconfig)
	}
}

// Without a failover cluster every host is a deployment of its own, on its own drive.
func TestHostsInNoFailoverClusterStandAlone(t *testing.T) {
	inv := labInventory()
	inv.Cluster = planner.FailoverCluster{}
	inv.Hosts[1].Domain = ""
	l := prepared(t, inv, labOptions(t))
	local := with(configuration(staticNetwork(40, 10)), object{"config.images": `C:\Images`, "config.working": `C:\AksHci`, "config.cloudConfig": `C:\Config`, "config.cloudAgent": ""})
	l.must("configure-akshci", local, "config", "config", "registration")
	l.must("install-akshci", object{}, "install", "install")
	l.must("new-cluster", clusterOf("shop", 3, 1), "cluster", "shop")
	for _, m := range l.world.host("hv02").machines {
		t.Errorf("%s runs on the other host", m.name)
	}
	var other aksHciAnswer
	l.ask("hv02", "read-akshci", object{}, &other)
	if other.Configured || other.InstallState != notInstalled {
		t.Errorf("the other host says %+v", other)
	}
	if _, fail := l.script("hv02", "get-credential", object{"cluster": "shop"}); fail == nil {
		t.Error("the other host has the credential")
	}
	var h hostAnswer
	l.ask("hv02", "read-host", object{}, &h)
	if h.Cluster != nil || len(h.Clock) > 0 || len(h.Unread) != 1 {
		t.Errorf("a host in no cluster and no domain says %+v", h)
	}
}
