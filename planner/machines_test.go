package planner

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/profiles"
)

func TestMachinesOf(t *testing.T) {
	lines := func(list []Machines) string {
		var out []string
		for _, m := range list {
			out = append(out, strings.TrimSpace(string(m.Role)+" "+m.Cluster+" "+m.Pool+" ")+" "+m.Size+" "+m.Memory.String()+" x"+string(rune('0'+m.Count)))
		}
		return strings.Join(out, "\n")
	}
	t.Run("AksHci: the management cluster, then each cluster's", func(t *testing.T) {
		in := worked(t, "windows-server-2022")
		in.Site.Clusters[1].NodePools[0].MaxCount = 7
		in.Site.Clusters[1].Control.VMSize = ""
		want := strings.Join([]string{
			"management Standard_A4_v2 8GiB x1",
			"control-plane a Standard_A4_v2 8GiB x3", "load-balancer a Standard_A4_v2 8GiB x1", "worker a front Standard_D4s_v3 16GiB x5",
			"control-plane b Standard_A4_v2 8GiB x1", "load-balancer b Standard_A4_v2 8GiB x1", "worker b data Standard_D8s_v3 32GiB x7",
		}, "\n")
		if diff := cmp.Diff(want, lines(MachinesOf(in.Site, in.Profile))); diff != "" {
			t.Errorf("machines (-want +got):\n%s", diff)
		}
	})
	t.Run("Azure Local: the Arc Resource Bridge takes room and is no machine of a cluster", func(t *testing.T) {
		in := worked(t, "azure-local")
		list := MachinesOf(in.Site, in.Profile)
		if list[0].Role != Appliance || list[0].Memory != 8*profiles.GiB {
			t.Errorf("begins with %+v", list[0])
		}
		if n := countVMs(list); n != 12 {
			t.Errorf("counts %d machines, want 12", n)
		}
	})
}

func TestSurgeIsTheManagementClusterAndTheLargestMachine(t *testing.T) {
	in := worked(t, "windows-server-2022")
	var sizes []string
	for _, m := range surge(MachinesOf(in.Site, in.Profile)) {
		if m.Count != 1 {
			t.Errorf("%d of %s", m.Count, m.name())
		}
		sizes = append(sizes, m.Size)
	}
	if diff := cmp.Diff([]string{"Standard_A4_v2", "Standard_D8s_v3"}, sizes); diff != "" {
		t.Errorf("surge (-want +got):\n%s", diff)
	}
}

func TestMachineLimit(t *testing.T) {
	for _, test := range []struct {
		name    string
		workers int // beside 8 other machines
		want    []string
	}{
		{"198 machines and 200 in an upgrade are supported", 190, nil},
		{"200 machines are, and an upgrade goes over", 192, []string{"limit-machines-upgrade site.clusters"}},
		{"201 machines are not", 193, []string{"limit-machines site.clusters"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, "windows-server-2022")
			in.Site.Clusters[0].NodePools[0].Count = test.workers - 2
			in.Site.Clusters[1].NodePools[0].Count = 3
			steady := MachinesOf(in.Site, in.Profile)
			if n := countVMs(steady); n != test.workers+8 {
				t.Fatalf("the row has %d machines, want %d", n, test.workers+8)
			}
			if diff := cmp.Diff(test.want, codes(machineFindings(steady, surge(steady), in.Profile))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
