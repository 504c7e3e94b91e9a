package provision

import (
	"context"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// poolParams is a run of addresses in parameters.
type poolParams struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// networkSetting is a network in parameters. With DHCP the subnet, the gateway and the node
// pool are left out.
type networkSetting struct {
	Name     string     `json:"name"`
	Switch   string     `json:"switch"`
	VLAN     int        `json:"vlan"`
	Subnet   string     `json:"subnet"`
	Gateway  string     `json:"gateway"`
	NodePool poolParams `json:"nodePool"`
	VIPPool  poolParams `json:"vipPool"`
}

// configureParams are the parameters of configure.
type configureParams struct {
	Network networkSetting `json:"network"`
	Config  struct {
		Images           string `json:"images"`
		Working          string `json:"working"`
		CloudConfig      string `json:"cloudConfig"`
		CloudAgent       string `json:"cloudAgent"`
		ManagementVMSize string `json:"managementVMSize"`
	} `json:"config"`
}

func (p configureParams) need() error {
	return missing("network.name", p.Network.Name, "network.switch", p.Network.Switch, "config.working", p.Config.Working)
}

// configure sets the network and the configuration, and registers with Azure. Configuring
// again overwrites, so it is its own repair, until AKS is installed.
func configure(step planner.Step, s *session) (action, error) {
	p, err := paramsOf[configureParams](step)
	if err != nil {
		return nil, err
	}
	m := newMaking(s, step, configRecord, string(configRecord), "configure-akshci")
	m.secrets = func(ctx context.Context) (map[string]string, error) {
		ref := s.plan.Site.Azure.Secret
		if ref == "" {
			return nil, nil // the script says what is missing
		}
		value, err := s.secret(ctx, ref)
		return map[string]string{"registration": value}, err
	}
	m.judge = m.in(func(a *akshci) sighting {
		switch {
		case a.Config == nil && !a.Configured:
			return sighting{presence: thingAbsent}
		case !a.Configured:
			return sighting{presence: thingHalted, reason: "AKS is configured on the hosts but not registered with Azure"}
		case a.Config == nil:
			return sighting{presence: thingOther, reason: "AKS is configured, and the module does not tell how"}
		}
		if wrong := p.differences(*a.Config); wrong != "" {
			return sighting{presence: thingOther, reason: "AKS is configured otherwise: " + wrong}
		}
		return sighting{presence: thingWhole}
	})
	return m, nil
}

// differences are the settings that are not as wanted. What the module does not tell, and
// what the plan leaves to the platform, is not compared.
func (p configureParams) differences(c akshciConfig) string {
	n := p.Network
	vlan := ""
	if c.VLAN != nil {
		vlan = strconv.FormatInt(int64(*c.VLAN), 10)
	}
	return told([]property{
		{"the network", n.Name, c.Network}, {"the switch", n.Switch, c.Switch},
		{"the VLAN", strconv.Itoa(n.VLAN), vlan},
		{"the subnet", n.Subnet, c.Subnet}, {"the gateway", n.Gateway, c.Gateway},
		{"the node pool's start", n.NodePool.Start, c.NodePoolStart}, {"the node pool's end", n.NodePool.End, c.NodePoolEnd},
		{"the virtual pool's start", n.VIPPool.Start, c.VIPPoolStart}, {"the virtual pool's end", n.VIPPool.End, c.VIPPoolEnd},
		{"the image folder", folder(p.Config.Images), folder(c.Images)}, {"the working folder", folder(p.Config.Working), folder(c.Working)},
		{"the cloud configuration", folder(p.Config.CloudConfig), folder(c.CloudConfig)},
		{"the cloud agent's address", p.Config.CloudAgent, c.CloudAgent},
		{"the management machine", p.Config.ManagementVMSize, c.ManagementVMSize},
	}...)
}

// folder is a Windows path in the one form that paths are compared in.
func folder(path string) string { return strings.ToLower(strings.TrimRight(path, `\/`)) }
