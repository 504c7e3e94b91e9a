package provision

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemainsAreWhatIsNeitherWholeNorAbsent(t *testing.T) {
	cluster := func(name string, state deployState, pools ...poolView) clusterView {
		return clusterView{Name: name, State: state, NodePools: pools}
	}
	for name, row := range map[string]struct {
		site akshci
		want []Remain
	}{
		"a site as planned leaves nothing": {akshci{InstallState: installed, Clusters: []clusterView{cluster("shop", deployed, poolView{Name: "linux", State: deployed})},
			Records: []record{{Kind: installRecord, Name: "install"}, {Kind: clusterRecord, Name: "shop", Step: "create-cluster/shop"}}}, nil},
		"an untouched site leaves nothing": {akshci{InstallState: notInstalled}, nil},
		"a failed installation stays":      {akshci{InstallState: installFailed}, []Remain{{"install", "an installation that failed"}}},
		"one that was begun stays":         {akshci{InstallState: installing}, []Remain{{"install", "an installation that was begun and is not finished"}}},
		"a failed cluster stays, without its pools": {akshci{InstallState: installed, Clusters: []clusterView{cluster("shop", deployFailed, poolView{Name: "linux", State: deployFailed})},
			Records: []record{{Kind: clusterRecord, Name: "shop", Step: "create-cluster/shop"}}}, []Remain{{"create-cluster/shop", "the cluster shop, which the platform reports as failed"}}},
		"a pool that is not finished stays": {akshci{InstallState: installed, Clusters: []clusterView{cluster("shop", deployed, poolView{Name: "win", State: creating})}},
			[]Remain{{"", "the node pool win of shop, which is not finished"}}},
		"a record of nothing stays": {akshci{InstallState: installed, Records: []record{{Kind: clusterRecord, Name: "shop", Step: "create-cluster/shop"}}},
			[]Remain{{"create-cluster/shop", "the record of the cluster shop, which is not there"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, row.site.remains()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
