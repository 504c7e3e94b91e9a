package provision

import "github.com/arcwright/arcwright/planner"

// inspectParams are the parameters of inspect-host: what the DNS servers are asked.
type inspectParams struct {
	DNSServers []string   `json:"dnsServers"`
	DNSQueries []dnsQuery `json:"dnsQueries"`
}

// dnsQuery is a name and the type of the records that are looked for.
type dnsQuery struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// inspectReply is what inspect-host tells.
type inspectReply struct {
	Now     moment       `json:"now"`
	Free    *number      `json:"freeMemory"` // bytes, null when it could not be read
	Restart list[string] `json:"restart"`    // what waits for a restart
	Modules list[string] `json:"aksHciModules"`
	// Antivirus is what Windows' scanner passes over, null when it does not run.
	Antivirus *antivirusReply `json:"antivirus"`
	Services  list[standing]  `json:"services"`
	Fabric    *healthReply    `json:"failoverCluster"`
	DNS       list[dnsReply]  `json:"dns"`
	Unread    list[struct {
		Part    string `json:"part"`
		Message string `json:"message"`
	}] `json:"unread"`
}

// antivirusReply is what a virus scanner passes over.
type antivirusReply struct {
	Processes list[string] `json:"processes"`
	Folders   list[string] `json:"folders"`
}

// standing is a thing of Windows and the state it is in.
type standing struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	State string `json:"state"`
}

// healthReply is how the failover cluster fares, as one host sees it.
type healthReply struct {
	Nodes list[standing] `json:"nodes"`
	// Offline are the resources of the core group that are not online.
	Offline list[standing] `json:"offline"`
	// Volumes are the views of shared volumes that are not whole and direct.
	Volumes list[struct {
		Name   string `json:"name"`
		Node   string `json:"node"`
		State  string `json:"state"`
		Reason string `json:"reason"`
	}] `json:"volumes"`
	// AgentRoles are the roles of cloud agents.
	AgentRoles list[standing] `json:"agentRoles"`
}

// dnsState is what became of a question to a DNS server.
type dnsState string

const (
	dnsAnswered dnsState = "answered"
	dnsNoName   dnsState = "no-name" // it answers, and knows no such record
	dnsSilent   dnsState = "silent"
)

// dnsReply is one question to one DNS server. Its state is failed when the server answered
// with an error.
type dnsReply struct {
	Server  string   `json:"server"`
	Name    string   `json:"name"`
	State   dnsState `json:"state"`
	Message string   `json:"message"`
}

// probeReply is what probe-addresses tells.
type probeReply struct {
	Asked number `json:"asked"`
	Taken list[struct {
		Address string `json:"address"`
		By      string `json:"by"`   // ping or arp
		Card    string `json:"card"` // the hardware address, empty behind a router
	}] `json:"taken"`
}

// parts are findings for what inspect-host could not read on a host.
func (r inspectReply) parts(path, host string) []planner.Finding {
	var findings []planner.Finding
	for _, u := range r.Unread {
		findings = append(findings, planner.Finding{
			Code: FindingPart, Severity: planner.Warn, Path: path, Owner: planner.OwnerYou,
			Message: u.Part + " of " + host + " could not be read", Evidence: tidy(u.Message),
			Remedy: "look at the evidence, and at the host by hand",
		})
	}
	return findings
}
