package planner

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// intents judges the groups of ports that Network ATC configures.
func (j *judge) intents(inst *Instance) {
	j.storageSubnets(inst)
	list, rules := inst.Intents, j.rules.Instance
	if len(list) == 0 {
		return
	}
	const path = instancePath + ".intents"
	if most := rules.IntentsMax; len(list) > most.Value {
		j.add(Finding{Code: "intent-count", Path: path, Evidence: fmt.Sprintf("%d intents", len(list)), Source: cite(most.Source),
			Message: fmt.Sprintf("%d groups of ports are more than the %d that there may be", len(list), most.Value)})
	}
	carried, owner := map[Traffic]string{}, map[string]string{}
	for i, intent := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		for _, t := range intent.Traffic {
			if other, again := carried[t]; again && t != ComputeTraffic {
				j.add(Finding{Code: "intent-traffic", Path: at + ".traffic", Evidence: fmt.Sprintf("%s in %s and %s", t, other, intent.Name),
					Message: fmt.Sprintf("the intents %s and %s both carry %s", other, intent.Name, t)})
			}
			carried[t] = intent.Name
		}
		for _, name := range intent.Adapters {
			if other, again := owner[strings.ToLower(name)]; again {
				j.add(Finding{Code: "intent-adapter", Path: at + ".adapters", Evidence: fmt.Sprintf("%s in %s and %s", name, other, intent.Name),
					Message: fmt.Sprintf("the port %s is in the intents %s and %s", name, other, intent.Name)})
			}
			owner[strings.ToLower(name)] = intent.Name
		}
		if advised := rules.IntentPorts; len(intent.Adapters) < advised.Value && inst.Class != LowCapacityClass {
			j.add(Finding{Code: "intent-ports", Path: at + ".adapters", Evidence: fmt.Sprintf("%d ports", len(intent.Adapters)), Source: cite(advised.Source),
				Message: fmt.Sprintf("the intent %s has %d ports, %d are advised", intent.Name, len(intent.Adapters), advised.Value)})
		}
		j.intentPorts(at, intent)
	}
	for _, t := range []Traffic{ManagementTraffic, ComputeTraffic, StorageTraffic} {
		if carried[t] == "" && (t != StorageTraffic || len(j.in.Inventory.Hosts) > 1) {
			j.add(Finding{Code: "intent-traffic", Path: path, Evidence: "none carries " + string(t), Message: fmt.Sprintf("no intent carries %s", t)})
		}
	}
	j.intentSwitch(list)
}

// intentPorts judges the ports of one intent on every host.
func (j *judge) intentPorts(at string, intent Intent) {
	least := j.rules.Instance.StorageGbpsMin
	for _, h := range j.in.Inventory.Hosts {
		var missing, slow []string
		for _, name := range intent.Adapters {
			k := slices.IndexFunc(h.Adapters, func(a Adapter) bool { return strings.EqualFold(a.Name, name) })
			switch {
			case k < 0:
				missing = append(missing, name)
			case slices.Contains(intent.Traffic, StorageTraffic) && h.Adapters[k].Gbps > 0 && h.Adapters[k].Gbps < float64(least.Value):
				slow = append(slow, fmt.Sprintf("%s %g Gb/s", name, h.Adapters[k].Gbps))
			}
		}
		if len(missing) > 0 {
			j.add(Finding{Code: "intent-adapter", Path: at + ".adapters", Evidence: shortName(h.Name) + " has no " + strings.Join(missing, ", "),
				Message: fmt.Sprintf("%s has no port %s, which the intent %s names", h.Name, strings.Join(missing, ", "), intent.Name)})
			return
		}
		if len(slow) > 0 {
			j.add(Finding{Code: "intent-speed", Path: at + ".adapters", Evidence: shortName(h.Name) + ": " + strings.Join(slow, ", "), Source: cite(least.Source),
				Message: fmt.Sprintf("the intent %s carries storage over slow ports of %s: %s; %d Gb/s are needed", intent.Name, h.Name, strings.Join(slow, ", "), least.Value)})
			return
		}
	}
}

// intentSwitch: Network ATC names the switch of an intent after it.
func (j *judge) intentSwitch(list []Intent) {
	var names []string
	for _, intent := range list {
		if slices.Contains(intent.Traffic, ComputeTraffic) {
			names = append(names, "ConvergedSwitch("+intent.Name+")")
		}
	}
	if len(names) == 0 {
		return
	}
	for i, n := range append([]Network{j.in.Site.Network}, j.in.Site.Networks...) {
		path := "site.network.switch"
		if i > 0 {
			path = fmt.Sprintf("site.networks[%d].switch", i-1)
		}
		if !slices.Contains(names, n.Switch) {
			j.add(Finding{Code: "intent-switch", Path: path, Evidence: n.Switch + ", expected " + strings.Join(names, " or "),
				Message: fmt.Sprintf("the switch %q is not named after an intent that carries compute", n.Switch), Remedy: "write switch: " + names[0] + ", letter by letter, if that is what the hosts have"})
		}
	}
}

// storageSubnets: what the instance takes for its storage by itself must mean nothing else.
func (j *judge) storageSubnets(inst *Instance) {
	if inst.StorageAutoIP == No {
		return
	}
	rule := j.rules.Instance.StorageSubnets
	for _, text := range rule.Value {
		own, err := netip.ParsePrefix(text)
		if err != nil {
			continue // not reached: the profile is tested
		}
		for i, n := range append([]Network{j.in.Site.Network}, j.in.Site.Networks...) {
			path := "site.network.subnet"
			if i > 0 {
				path = fmt.Sprintf("site.networks[%d].subnet", i-1)
			}
			if n.Subnet.IsValid() && n.Subnet.Overlaps(own) {
				j.add(Finding{Code: "intent-storage-subnet", Path: path, Evidence: n.Subnet.String() + " " + text, Source: cite(rule.Source),
					Message: fmt.Sprintf("the subnet %s of %s overlaps %s, which the instance gives its storage by itself", n.Subnet, n.Name, text)})
			}
		}
		for i, h := range j.in.Inventory.Hosts {
			if own.Contains(h.Address) {
				j.add(Finding{Code: "intent-storage-subnet", Path: hostPath(i, "address"), Evidence: h.Address.String() + " " + text, Source: cite(rule.Source),
					Message: fmt.Sprintf("%s has the address %s in %s, which the instance gives its storage by itself", h.Name, h.Address, text)})
			}
		}
	}
}
