package provision

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// fabricReply is the failover cluster as one host sees it.
type fabricReply struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Volumes list[struct {
		Path string `json:"path"`
		Size number `json:"size"`
		Free number `json:"free"`
		// Protection is BitLocker's VolumeStatus, null when it did not answer.
		Protection *string `json:"protection"`
	}] `json:"volumes"`
	Networks list[struct {
		Name   string `json:"name"`
		Subnet string `json:"subnet"`
		Role   string `json:"role"`
	}] `json:"networks"`
	Nodes  list[named] `json:"nodes"`
	Groups list[named] `json:"groups"`
	// Witness is the type of the quorum's resource, or none.
	Witness string `json:"witness"`
	// Places is how many sites the hosts are in, 0 when nobody said.
	Places number `json:"places"`
	// Spaces is the state of Storage Spaces Direct, Pools the health of each pool.
	Spaces string      `json:"storageSpaces"`
	Pools  list[label] `json:"pools"`
}

// named is something that has a state.
type named struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

// registrationReply is what Get-AzureStackHCI tells.
type registrationReply struct {
	State string `json:"state"`
	Last  string `json:"last"` // a day, or empty
}

// witnesses are the types of resource that a quorum can have.
var witnesses = map[string]string{"File Share Witness": "file share", "Cloud Witness": "cloud", "Physical Disk": "disk", "none": "none"}

// state is that of a host in the cluster, which names hosts without their domain and in capitals.
func (r fabricReply) state(host string) string {
	for _, n := range r.Nodes {
		if strings.EqualFold(shortName(n.Name), shortName(host)) {
			return n.State
		}
	}
	return ""
}

// cluster is the reply as an inventory has it. Networks without an IPv4 subnet, such as
// that of the service processors, are left out.
func (r fabricReply) cluster() (planner.FailoverCluster, []planner.Finding) {
	c := planner.FailoverCluster{Name: r.Name, Witness: r.Witness}
	if known, ok := witnesses[r.Witness]; ok {
		c.Witness = known
	}
	if r.Places > 0 {
		c.Stretched = answer(r.Places > 1)
	}
	if r.Spaces != "" {
		c.StorageSpaces = answer(strings.EqualFold(r.Spaces, "Enabled"))
	}
	for _, health := range r.Pools {
		if h := word(healthWords, health); c.PoolHealth == "" || illness(h) > illness(c.PoolHealth) {
			c.PoolHealth = h
		}
	}
	var findings []planner.Finding
	part := func(path, why string) {
		findings = append(findings, planner.Finding{
			Code: FindingPart, Severity: planner.Warn, Path: "inventory.failoverCluster." + path, Owner: planner.OwnerYou,
			Message: path + " of the failover cluster could not be read", Evidence: why, Remedy: "fill it in by hand",
		})
	}
	if r.Address != "" {
		if at, err := netip.ParseAddr(r.Address); err == nil {
			c.Address = &at
		} else {
			part("address", r.Address+" is no address")
		}
	}
	for _, v := range r.Volumes {
		one := planner.Volume{Path: v.Path, Size: planner.Bytes(v.Size), Free: planner.Bytes(v.Free)}
		if v.Protection != nil {
			one.Encrypted = answer(*v.Protection == "FullyEncrypted" || *v.Protection == "1")
		}
		c.Volumes = append(c.Volumes, one)
	}
	for i, n := range r.Networks {
		if n.Subnet == "" {
			continue
		}
		s, err := subnet(n.Subnet)
		if err != nil {
			part(fmt.Sprintf("networks[%d]", i), n.Subnet+": "+err.Error())
			continue
		}
		c.Nets = append(c.Nets, planner.ClusterNetwork{Name: n.Name, Subnet: s, Role: n.Role})
	}
	for _, g := range r.Groups {
		c.Groups = append(c.Groups, planner.ClusterGroup(g))
	}
	return c, findings
}

// register adds what Azure Stack HCI says of its registration.
func (r *registrationReply) register(c *planner.FailoverCluster) {
	if r == nil || r.State == "" {
		return
	}
	c.Registered = answer(strings.EqualFold(r.State, "Registered"))
	if day, err := profiles.ParseDate(r.Last); err == nil {
		c.LastContact = day
	}
}

// fabricUnread are the parts of the failover cluster that the first host with any could not read.
func fabricUnread(found []discovery) []planner.Finding {
	var findings []planner.Finding
	for _, d := range found {
		if d.err != nil || len(findings) > 0 {
			continue
		}
		for _, u := range d.reply.Unread {
			if strings.HasPrefix(u.Part, "failoverCluster") {
				findings = append(findings, planner.Finding{
					Code: FindingPart, Severity: planner.Warn, Path: "inventory." + u.Part, Owner: planner.OwnerYou,
					Message: d.reply.name() + " could not read " + u.Part, Evidence: tidy(u.Message),
					Remedy: "fill it in by hand, or read the hosts again as an administrator",
				})
			}
		}
	}
	return findings
}
