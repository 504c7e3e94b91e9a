package planner

import "strings"

// A consequenceRule says what a change means where the older plan has been applied. The
// first rule that fits a change counts.
type consequenceRule struct {
	part Part
	// subject is how the subject begins, key how the key begins; both may be empty.
	subject, key string
	change       Change // empty for any
	says, source string
}

const (
	sourceNetwork = "AC:docs/example-scenario/hybrid/aks-network-content.md (read 2026-11-22)"
	reinstall     = "fixed at installation: an installed site keeps its own until Uninstall-AksHci, which removes every cluster, and a new installation"
	recreate      = "fixed when the cluster is created: it has to be removed and created anew, with everything in it"
	judgedOnly    = "judged anew; no step of a plan makes it"
	stays         = "apply removes nothing: what was made of it stays, with its machines and addresses, until somebody removes it"
)

// consequenceRules hold for both generations: on Azure Local the custom location and the
// logical network take the place of the installation.
var consequenceRules = []consequenceRule{
	{WantedPart, "site", "name", "", "another deployment: its runs, its leases and its simulated world are its own", ""},
	{WantedPart, "site", "platform", "", "another platform: nothing that exists carries over to it", ""},
	{WantedPart, "site", "network.pods", "", recreate, ""},
	{WantedPart, "site", "network.services", "", recreate, ""},
	{WantedPart, "site", "network.reserved", "", "the proposed pools may move", ""},
	{WantedPart, "site", "network.", "", reinstall, sourceNetwork},
	{WantedPart, "site", "storage.", "", reinstall, ""},
	{WantedPart, "site", "azure.secret", "", "", ""},
	{WantedPart, "site", "azure.resources", "", judgedOnly, ""},
	{WantedPart, "site", "azure.hybridBenefit", "", judgedOnly, ""},
	{WantedPart, "site", "azure.", "", "fixed with the registration: it cannot be changed without an uninstallation", ""},
	{WantedPart, "site", "directory.deploymentUser", "", judgedOnly, ""},
	{WantedPart, "site", "directory.", "", reinstall, ""},
	{WantedPart, "site", "management.", "", reinstall, ""},
	{WantedPart, "site", "plannedFor", "", "lifecycles are judged on the new day", ""},
	{WantedPart, "site", "reserve.", "", "the headroom is judged anew; nothing is changed on the hosts", ""},
	{WantedPart, "cluster ", "kubernetes", "", "a cluster that exists is upgraded, one machine at a time; apply of this plan stops at it", ""},
	{WantedPart, "cluster ", "controlPlane", "", recreate, ""},
	{WantedPart, "cluster ", "loadBalancer", "", recreate, ""},
	{WantedPart, "cluster ", "identity", "", recreate, ""},
	{WantedPart, "cluster ", "backup", "", judgedOnly, ""},
	{WantedPart, "cluster ", "gitOps", "", judgedOnly, ""},
	{WantedPart, "cluster ", "policy", "", judgedOnly, ""},
	{WantedPart, "cluster ", "isolation", "", judgedOnly, ""},
	{WantedPart, "cluster ", "services", "", "only the count of addresses changes; the services are the cluster's users' own", ""},
	{WantedPart, "cluster ", "", Added, "apply creates it", ""},
	{WantedPart, "cluster ", "", Removed, stays, ""},
	{WantedPart, "node pool ", "", Added, "apply creates it", ""},
	{WantedPart, "node pool ", "", Removed, stays, ""},
	{WantedPart, "node pool ", "maxCount", "", "set the cluster's autoscaler on the site: apply compares the size of a pool, and not how far it may grow", ""},
	{WantedPart, "node pool ", "count", "", "a pool that exists is not resized by apply, which stops at it: scale it first, then apply", ""},
	{WantedPart, "node pool ", "", "", "fixed when the pool is created: make a pool of another name, move the work, remove this one", ""},
	{AddressesPart, "pool of ", "range", "", reinstall, sourceNetwork},
	{AddressesPart, "cloud agent", "", "", reinstall, sourceNetwork},
	{HostsPart, "host ", "", Added, "it has to be in the failover cluster before it takes machines", ""},
	{HostsPart, "host ", "", Removed, "its machines need room on the others: see the headroom", ""},
}

// consequence is what the first rule that fits says.
func consequence(c PlanChange) (says, source string) {
	for _, r := range consequenceRules {
		whole := c.Key == "" // the subject came or went
		switch {
		case r.part != c.Part, !strings.HasPrefix(c.Subject, r.subject), !strings.HasPrefix(c.Key, r.key):
			continue
		case r.change != "" && (r.change != c.Change || !whole):
			continue
		case r.change == "" && whole:
			continue
		}
		return r.says, r.source
	}
	return "", ""
}
