package planner

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// annotate writes a comment behind each derived value of a plan file: the rule it comes
// from. A value that carries its reason on its own line needs none.
func annotate(root *node, p Plan) {
	noted(root, "digest", "over everything but this line and the seal, comments aside")
	annotateSummary(root.key("summary"), p)
	annotateAddresses(root.key("addresses"), p.Addresses)
	annotateHeadroom(root.key("headroom"), p.Headroom)
	annotateStorage(root.key("storage"), p.Storage)
	annotateSizing(root.key("sizing"), p.Sizing)
	noted(root.key("cost"), "amount", p.Cost.Reason.Rule)
	if steps := root.key("steps"); steps != nil {
		for i, step := range p.Steps {
			noted(steps.Content[i], "estimate", "the profile's figure for "+string(step.Kind)+", by what it makes")
			annotateMaxPods(steps.Content[i].key("params"), step)
		}
	}
}

func annotateSizing(n *node, list []Sizing) {
	for i, s := range list {
		noted(n.Content[i], "pods", "count times replicas of every workload, and the platform's own agents")
		noted(n.Content[i], "placed", "how many of them find a node; see the reason")
		noted(n.Content[i], "vCPUs", "of all nodes of the pools, at the most they may grow to")
		if s.Proposed {
			noted(n.Content[i], "proposed", "the site names no pool for them")
		}
	}
}

// annotateMaxPods says where the number of pods for each node is from: the site may leave it out.
func annotateMaxPods(params *node, step Step) {
	const comment = "maxPods as the site gives it, else the most that the platform takes"
	if step.Params["maxPods"] != nil && params.Style&yaml.FlowStyle != 0 {
		params.LineComment = comment
		return
	}
	noted(params, "maxPods", comment)
	if params.key("nodePool").key("maxPods") != nil {
		noted(params, "nodePool", comment)
	}
}

func annotateSummary(n *node, p Plan) {
	noted(n, "hosts", "those of the inventory")
	noted(n, "clusters", "the management cluster not counted")
	noted(n, "vms", "every machine of every cluster, pools at the most they may grow to")
	noted(n, "surgeVMs", fmt.Sprintf("%d more: an upgrade builds the new machine before the old one goes", p.Summary.SurgeVMs-p.Summary.VMs))
	noted(n, "estimate", "the sum of the critical steps; what runs beside them takes no longer")
	noted(n, "critical", "the chain of steps that decides the estimate; steps of one target run in turn")
}

func annotateAddresses(n *node, m AddressMap) {
	annotatePools(n.key("pools"), m.Pools, m.Addressing)
	if networks := n.key("networks"); networks != nil {
		for i, further := range m.Networks {
			annotatePools(networks.Content[i].key("pools"), further.Pools, further.Addressing)
		}
	}
	if m.Total == m.VendorCount {
		noted(n, "vendorCount", "as the vendor's worked example counts")
	} else {
		noted(n, "vendorCount", "as the vendor's worked example counts: without the management cluster's virtual address and the cloud agent")
	}
	noted(n, "total", "the sum of the demands")
	if m.CloudAgent != nil {
		noted(n, "cloudAgent", "the site's, else proposed: see the findings")
	}
}

func annotatePools(n *node, pools []Pool, addressing Addressing) {
	for i, pool := range pools {
		if pool.Kind == NodeAddresses && addressing == DHCP {
			noted(n.Content[i], "size", "what the DHCP server can lease of the range")
		} else {
			noted(n.Content[i], "size", "from start to end, both included")
		}
		noted(n.Content[i], "needed", fmt.Sprintf("the sum of the demands of %s below", pool.Kind))
		noted(n.Content[i], "free", fmt.Sprintf("%d - %d", pool.Size, pool.Needed))
	}
}

func annotateHeadroom(n *node, h Headroom) {
	if hosts := n.key("hosts"); hosts != nil {
		for i, host := range h.Hosts {
			noted(hosts.Content[i], "usable", fmt.Sprintf("%s - %s", host.Memory, host.Reserved))
			noted(hosts.Content[i], "vCPUs", "the cores that are left, times those that share one; see the reason")
		}
	}
	if states := n.key("states"); states != nil {
		for i, s := range h.States {
			if s.Needed > s.Usable {
				noted(states.Content[i], "free", fmt.Sprintf("%s are missing", s.Needed-s.Usable))
			} else {
				noted(states.Content[i], "free", fmt.Sprintf("%s - %s", s.Usable, s.Needed))
			}
			noted(states.Content[i], "usable", "of the hosts above that are left")
			noted(states.Content[i], "vCPUs", "of the same hosts")
			noted(states.Content[i], "vCPUsNeeded", "of the same machines as the memory")
			noted(states.Content[i], "needed", "the memory of every machine, of those that an upgrade adds as well when upgrading")
			noted(states.Content[i], "verdict", verdictMeaning[s.Verdict])
		}
	}
	noted(n, "reservePercent", "what the site asks for, else the profile's")
	if losses := n.key("losses"); losses != nil {
		for i, l := range h.Losses {
			noted(losses.Content[i], "verdict", lossMeaning[l.Verdict])
		}
	}
	noted(n, "reserveMemory", h.Reason.Rule)
}

// verdictMeaning says what a verdict promises.
var verdictMeaning = map[Verdict]string{
	Guaranteed: "wherever the machines stand, each finds a host",
	Possible:   "an arrangement exists; machines may have to be moved",
	Impossible: "no arrangement exists",
	Undecided:  "no arrangement was found, and none was ruled out",
}

// lossMeaning says the same of losses.
var lossMeaning = map[Verdict]string{
	Guaranteed: "wherever the machines stood, those of the lost hosts restart and no other moves",
	Possible:   "the hosts that are left have room for all; some may have to be moved first",
	Impossible: "whatever is moved, something stays down",
	Undecided:  "no arrangement was found, and none was ruled out",
}
