package sim

import (
	"encoding/json"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/sim/timeline"
)

const managementRole = profiles.Management

// install is Install-AksHci: the agents and the management cluster.
func (w *world) install(k *task, params json.RawMessage) (job, *scriptError) {
	if err := decode(params, &struct{}{}); err != nil {
		return job{}, err
	}
	d := k.host.site
	switch {
	case k.host.Module == "":
		return job{}, noModule()
	case d.config == nil || !d.registered:
		return job{}, throw("This machine does not appear to be configured for deployment. Run Set-AksHciConfig and Set-AksHciRegistration first.")
	case d.state == installed:
		return job{}, stop(codeNameTaken, "AKS has been installed on this site by somebody else")
	case d.state != notInstalled:
		return job{}, throw("Cannot install in the state [%s]. Run Uninstall-AksHci first, in a new PowerShell window.", d.state)
	}
	m := &machine{name: "management-control-plane-" + w.seed.suffix("management", k.label), cluster: "management", role: managementRole, os: planner.Linux}
	stages := []stage{
		{
			says: says("AksHci", "Initializing environment", "Importing Configuration", "Importing Configuration Completed",
				"Saving Configuration for Module AksHci to configuration file"),
			takes: span{10 * time.Second, 30 * time.Second},
			begin: func(*timeline.Turn) *scriptError {
				d.state = installing
				return nil
			},
		},
		{
			says:  says("Moc", "Downloading the release "+d.version),
			takes: span{4 * time.Minute, 9 * time.Minute},
		},
		{
			says:  says("Moc", "Creating the failover cluster generic role of the cloud agent", "Waiting for the cloud agent"),
			takes: span{90 * time.Second, 240 * time.Second},
			done: func(*timeline.Turn) *scriptError {
				if err := w.agentAddress(d); err != nil {
					return err
				}
				if d.network.edges() != nil {
					return throw("CloudAgent is unreachable: rpc error: code = Unavailable desc = error reading from server: read tcp: wsarecv: An existing connection was forcibly closed by the remote host.")
				}
				return nil
			},
		},
		{
			says:  says("Moc", "Starting the node agents", "Waiting for the nodes to reach the active state"),
			takes: span{60 * time.Second, 180 * time.Second},
		},
		{
			says: says("Kva", "Applying configuration", "azurestackhciProvider: Ensure Prerequisites", "azurestackhciProvider: Reconciling Group",
				"azurestackhciProvider: Reconciling Keyvault", "azurestackhciProvider: Reconciling Virtual Network",
				"azurestackhciProvider: Reconciling Load Balancer"),
			takes: span{20 * time.Second, 60 * time.Second},
			done:  func(t *timeline.Turn) *scriptError { return w.startManagement(t, d, m) },
		},
		{
			waits: func() string {
				if m.state == machineRunning {
					return ""
				}
				return "azurestackhciProvider: Waiting for VM IP address"
			},
		},
		{
			says:  says("Kva", "azurestackhciProvider: PersistKubeConfig", "core: Waiting for API server"),
			takes: span{60 * time.Second, 150 * time.Second},
		},
		{
			says:  says("Kva", "core: Waiting for pod 'Cluster API core'", "core: Waiting for pod 'Cloud Operator'"),
			takes: span{4 * time.Minute, 8 * time.Minute},
		},
		{
			says:  says("Kva", "Waiting for azure-arc-onboarding"),
			takes: span{3 * time.Minute, 7 * time.Minute},
			done: func(t *timeline.Turn) *scriptError {
				d.state = installed
				w.startClocks(t, d)
				return nil
			},
		},
	}
	return job{
		stages: stages,
		limit:  longestWait,
		late: func(*timeline.Turn) *scriptError {
			return throw("kvactl.exe create returned a non zero exit code 1 []")
		},
		failed: func(*timeline.Turn, *scriptError) { d.state = installFailed },
	}, nil
}

// longestWait is how long the vendor's cmdlets wait for a machine or a cluster
// (https://learn.microsoft.com/azure/aks/hybrid/concepts-support).
const longestWait = 2 * time.Hour

// startManagement starts the management cluster's machine. Here, unlike later, the
// platform looks first whether there is room.
func (w *world) startManagement(t *timeline.Turn, d *deployment, m *machine) *scriptError {
	name := d.config.Config.ManagementVMSize
	if name == "" {
		name = w.platform.Defaults.Management.Value
	}
	size, err := w.platform.size(name, managementRole)
	if err != nil {
		return err
	}
	m.size = size
	endpoint, ok := d.network.vips.lease("api server of the management cluster")
	if !ok {
		return throw("The VIP pool %s has no free address for the management cluster.", d.network.vips.Range)
	}
	d.endpoint, d.management, m.network = endpoint, m, d.network
	if why := w.startMachine(t, d, m, func(*timeline.Turn) {}); why != "" {
		return throw("%s", why)
	}
	return nil
}
