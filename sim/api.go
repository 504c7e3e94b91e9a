package sim

import (
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/sim/kubeapi"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wire"
)

// apiPort is where a cluster's API server listens on its address.
const apiPort = 6443

// An api is a cluster's Kubernetes API server and how to get in.
type api struct {
	server     *kubeapi.Server
	listener   *wire.Listener
	authority  *authority
	kubeconfig kubeconfig
}

// show makes a machine's node look as given.
func (w *world) show(t *timeline.Turn, c *cluster, m *machine, state nodeState) {
	if m.state == machineGone || c.removed || c.api == nil {
		return
	}
	m.node = state
	n := kubeapi.Node{
		Name: m.name, Address: m.address, OS: kubeapi.Linux, ControlPlane: m.role == profiles.ControlPlane, Version: c.version,
		Cores: planner.Cores(m.size.VCPU), Memory: m.size.Memory, MaxPods: w.platform.Limits.PodsPerNode.Value, Ready: state == nodeReady,
	}
	if m.os != planner.Linux {
		n.OS = kubeapi.Windows
	}
	if p := c.pool(m.pool); p != nil {
		n.MaxPods = p.pods
	}
	if err := c.api.server.PutNode(t, n); err != nil {
		panic(fmt.Errorf("show %s: %w", m.name, err)) // the name and all the rest are ours
	}
}

// leave takes a machine's node away.
func (w *world) leave(t *timeline.Turn, c *cluster, m *machine) {
	if c.api != nil && m.node != nodeAbsent {
		c.api.server.RemoveNode(t, m.name)
		m.node = nodeAbsent
	}
}

// A kubeconfig is what a client needs to reach a cluster.
type kubeconfig struct {
	cluster, server, serverName string
	ca, certificate, key        []byte // PEM
}

// text is the file. serverName is for a server that is reached by another address than
// the one in its certificate; empty is none.
func (k kubeconfig) text() string {
	user := k.cluster + "-admin"
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("apiVersion: v1\nkind: Config\ncurrent-context: %s@%s", user, k.cluster)
	line("clusters:\n- name: %s\n  cluster:\n    server: %s\n    certificate-authority-data: %s", k.cluster, k.server, base64Text(k.ca))
	if k.serverName != "" {
		line("    tls-server-name: %s", k.serverName)
	}
	line("contexts:\n- name: %s@%s\n  context:\n    cluster: %s\n    user: %s", user, k.cluster, k.cluster, user)
	line("users:\n- name: %s\n  user:\n    client-certificate-data: %s\n    client-key-data: %s", user, base64Text(k.certificate), base64Text(k.key))
	return b.String()
}
