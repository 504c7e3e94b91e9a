package sim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// furtherNetwork is a network beside that of the deployment.
func furtherNetwork() object {
	return object{"name": "farnet", "switch": "Compute", "vlan": 30, "addressing": "static", "subnet": "10.0.7.0/24", "gateway": "10.0.7.1", "dns": []string{"10.0.0.5"},
		"nodePool": object{"start": "10.0.7.20", "end": "10.0.7.60"}, "vipPool": object{"start": "10.0.7.100", "end": "10.0.7.110"}}
}

func TestAClusterLivesInItsNetwork(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 10))
	l.must("new-network", object{"network": furtherNetwork()}, "network", "farnet")
	want := []networkAnswer{{Name: "farnet", Switch: "Compute", VLAN: 30, Subnet: "10.0.7.0/24", Gateway: "10.0.7.1",
		NodePoolStart: "10.0.7.20", NodePoolEnd: "10.0.7.60", VIPPoolStart: "10.0.7.100", VIPPoolEnd: "10.0.7.110"}}
	if diff := cmp.Diff(want, l.read().Networks); diff != "" {
		t.Errorf("networks (-want +got):\n%s", diff)
	}
	l.must("new-cluster", clusterOf("near", 1, 1), "cluster", "near")
	l.must("new-cluster", with(clusterOf("far", 1, 1), object{"network": "farnet"}), "cluster", "far")
	d := l.site()
	for name, n := range map[string]*network{"near": d.network, "far": d.further["farnet"]} {
		c := d.clusters[name]
		if !n.vips.Contains(c.endpoint) {
			t.Errorf("the API server of %s has %s, which is not in %s", name, c.endpoint, n.vips.Range)
		}
		for _, m := range c.machines {
			if !n.nodes.Contains(m.address) {
				t.Errorf("%s has %s, which is not in %s", m.name, m.address, n.nodes.Range)
			}
		}
	}
	l.must("remove-cluster", object{"name": "far"}, "cluster", "far")
	if n := d.further["farnet"]; n.nodes.leased != 0 || n.vips.leased != 0 {
		t.Errorf("after its cluster is gone the network still has %d and %d addresses leased", n.nodes.leased, n.vips.leased)
	}
}

func TestNewNetworkRefuses(t *testing.T) {
	good := object{"network": furtherNetwork()}
	for name, row := range map[string]struct {
		params object
		want   string
	}{
		"the name of the deployment's own": {with(good, object{"network.name": "labnet"}), "made by somebody else"},
		"a name with a capital":            {with(good, object{"network.name": "farNet"}), "not a valid network name"},
		"a pool at the edge":               {with(good, object{"network.vipPool.end": "10.0.7.254"}), "CloudAgent is unreachable"},
		"a parameter that no script knows": {with(good, object{"network.mtu": 1}), "mtu"},
	} {
		t.Run(name, func(t *testing.T) {
			l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 10))
			if a := l.task("new-network", row.params, "network", "farnet"); a.State != taskFailed || !strings.Contains(a.Error.Message, row.want) {
				t.Errorf("it ended %s with %+v, want an error about %q", a.State, a.Error, row.want)
			}
			if n := l.read().Networks; len(n) > 0 {
				t.Errorf("there is %+v nevertheless", n)
			}
		})
	}
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 10))
	if a := l.task("new-cluster", with(clusterOf("far", 1, 1), object{"network": "farnet"}), "cluster", "far"); a.Error == nil || a.Error.Code != "NetworkMissing" {
		t.Errorf("a cluster in a network that is not there ended with %+v", a.Error)
	}
}

func TestTheProxyIsSpokenToInPlainHTTP(t *testing.T) {
	good := with(configuration(staticNetwork(40, 10)), object{"proxy": object{"http": "http://proxy:3128", "https": "http://proxy:3128", "noProxy": "localhost,.svc,10.0.0.0/8"}})
	l := prepared(t, labInventory(), labOptions(t))
	if a := l.task("configure-akshci", with(good, object{"proxy.https": "https://proxy:3128"}), "config", "config", "registration"); a.State != taskFailed || !strings.Contains(a.Error.Message, "first record does not look like a TLS handshake") {
		t.Errorf("it ended %s with %+v", a.State, a.Error)
	}
	l.must("configure-akshci", good, "config", "config", "registration")
}
