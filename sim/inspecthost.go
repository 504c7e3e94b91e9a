package sim

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/sim/timeline"
)

// inspectAnswer is what inspect-host prints.
type inspectAnswer struct {
	Now     string   `json:"now"`
	Free    int64    `json:"freeMemory"`
	Restart []string `json:"restart"`
	Modules []string `json:"aksHciModules"`
	// Antivirus is null where Windows' own scanner does not run.
	Antivirus *antivirusAnswer `json:"antivirus"`
	Services  []stateAnswer    `json:"services"`
	Cluster   *healthAnswer    `json:"failoverCluster"`
	DNS       []dnsAnswer      `json:"dns"`
	Unread    []unreadAnswer   `json:"unread"`
}

type antivirusAnswer struct {
	Processes []string `json:"processes"`
	Folders   []string `json:"folders"`
}

type stateAnswer struct {
	Name  string `json:"name"`
	Type  string `json:"type,omitempty"`
	State string `json:"state"`
}

type healthAnswer struct {
	Nodes      []stateAnswer        `json:"nodes"`
	Offline    []stateAnswer        `json:"offline"`
	Volumes    []volumeHealthAnswer `json:"volumes"`
	AgentRoles []stateAnswer        `json:"agentRoles"`
}

type volumeHealthAnswer struct {
	Name   string `json:"name"`
	Node   string `json:"node"`
	State  string `json:"state"`
	Reason string `json:"reason"`
}

type dnsAnswer struct {
	Server  string `json:"server"`
	Name    string `json:"name"`
	State   string `json:"state"`
	Message string `json:"message"`
}

type dnsQuestion struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

func (w *world) inspectHost(t *timeline.Turn, h *host, params json.RawMessage) (any, error) {
	var p struct {
		Servers []netip.Addr  `json:"dnsServers"`
		Queries []dnsQuestion `json:"dnsQueries"`
	}
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	is := w.conditions
	a := inspectAnswer{
		Now: h.clock(t).UTC().Format("2006-01-02T15:04:05.000Z"), Free: int64(max(h.free(), 0)),
		Restart: []string{}, Modules: []string{}, Services: []stateAnswer{}, DNS: []dnsAnswer{}, Unread: []unreadAnswer{},
	}
	if h.RestartPending == planner.Yes {
		a.Restart = append(a.Restart, "features or updates")
	}
	if is.restart[h] {
		a.Restart = append(a.Restart, "Windows Update")
	}
	if h.Module != "" {
		a.Modules = append(a.Modules, h.Module)
	}
	a.Modules = append(a.Modules, is.modules[h]...)
	if is.scanned[h] {
		a.Antivirus = &antivirusAnswer{Processes: []string{"kubectl.exe"}, Folders: []string{}}
	}
	// The node agent comes with the configuration, the cloud agent with the installation.
	if h.site.config != nil || len(is.agents) > 0 {
		a.Services = append(a.Services, stateAnswer{Name: "wssdagent", State: "Running"})
	}
	if !h.site.clustered && (h.site.state == installed || len(is.agents) > 0) {
		a.Services = append(a.Services, stateAnswer{Name: "wssdcloudagent", State: "Running"})
	}
	if w.inventory.Cluster.Name != "" {
		a.Cluster = w.clusterHealth(h.site)
	}
	for _, server := range p.Servers {
		for _, q := range p.Queries {
			a.DNS = append(a.DNS, w.resolve(server, q))
		}
	}
	return a, nil
}

// clusterHealth is the failover cluster as its hosts see it.
func (w *world) clusterHealth(d *deployment) *healthAnswer {
	is := w.conditions
	a := &healthAnswer{Offline: []stateAnswer{}, Volumes: []volumeHealthAnswer{}}
	a.Nodes = w.nodes()
	for _, name := range is.offline {
		kind := "Network Name"
		if strings.Contains(name, "IP Address") {
			kind = "IP Address"
		}
		a.Offline = append(a.Offline, stateAnswer{Name: name, Type: kind, State: "Failed"})
	}
	for _, path := range is.degraded {
		name := path[strings.LastIndexByte(path, '\\')+1:]
		for _, h := range w.hosts {
			a.Volumes = append(a.Volumes, volumeHealthAnswer{"Cluster Virtual Disk (" + name + ")", strings.ToUpper(h.short()), "BlockRedirected", "StorageSpaceNotAttached"})
		}
	}
	a.AgentRoles = w.agentRoles(d)
	return a
}

// resolve is one question to one DNS server. Only the servers of the networks are there, and
// they know the hosts' domain.
func (w *world) resolve(server netip.Addr, q dnsQuestion) dnsAnswer {
	a := dnsAnswer{Server: server.String(), Name: q.Name, State: "answered"}
	there := false
	for _, n := range w.networks {
		there = there || slices.Contains(n.DNS, server)
	}
	zone := w.hosts[0].Domain
	switch {
	case !there || w.conditions.silent[server]:
		a.State, a.Message = "silent", "ERROR_TIMEOUT: "+q.Name+" : This operation returned because the timeout period expired"
	case zone == "" || w.conditions.zoneless[server] || !strings.HasSuffix(strings.ToLower(q.Name), "."+strings.ToLower(zone)):
		a.State, a.Message = "no-name", "DNS_ERROR_RCODE_NAME_ERROR: "+q.Name+" : DNS name does not exist"
	}
	return a
}
