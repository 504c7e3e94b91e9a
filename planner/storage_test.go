package planner

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/profiles"
)

const terabyte Bytes = 1e12

// stocked is the worked example with 16 drives of 2 TB in each of four hosts: the vendor's
// own example of planning volumes.
func stocked(tb testing.TB, platform string) Input {
	in := worked(tb, platform)
	for i := range in.Inventory.Hosts {
		in.Inventory.Hosts[i].Drives = []Drive{{Role: BootDrive, Count: 1, Media: "SSD", Bus: "SATA", Size: 447 * profiles.GiB},
			{Role: CapacityDrive, Count: 16, Media: "SSD", Bus: "SAS", Size: 2 * terabyte}}
	}
	return in
}

func storeOf(in Input) (StorageRoom, []Finding) {
	return storage(in, MachinesOf(in.Site, in.Profile))
}

func TestTheVendorsExampleOfVolumes(t *testing.T) {
	in := stocked(t, "windows-server-2022")
	in.Site.Storage = Storage{Classes: []StorageClass{{Name: "mirror", Capacity: 24 * terabyte}, {Name: "parity", Capacity: 24 * terabyte, Resiliency: "dual-parity"}}}
	room, _ := storeOf(in)
	if room.Raw != 128*terabyte || room.Repair != 8*terabyte || room.Resiliency != "three-way-mirror" || room.Efficiency != 33 || room.Drives != 64 {
		t.Errorf("room %+v", room)
	}
	// Two volumes of 12 TB three-way take 36 TB each, two of dual parity 24 TB each: 120 TB, up to whole MiB.
	if over := room.Needed - 120*terabyte; room.Stock != StockShort || over < 0 || over > 2*profiles.MiB {
		t.Errorf("needed %s, %s", room.Needed, room.Stock)
	}
	in.Site.Storage.Classes[0].Capacity -= 2 * profiles.MiB
	room, findings := storeOf(in)
	if room.Stock != StockEnough || !slices.Contains(codes(findings), "storage-alert inventory.hosts") {
		t.Errorf("needed %s, %s, findings %v", room.Needed, room.Stock, codes(findings))
	}
}

func TestStorageByHosts(t *testing.T) {
	for _, test := range []struct {
		name          string
		hosts         int
		resiliency    string
		raw, repair   Bytes
		want          string
		data, ofTotal Bytes
	}{
		{"one host mirrors over its drives", 1, "", 32, 2, "two-way-mirror", 1, 2},
		{"two hosts mirror", 2, "", 64, 4, "two-way-mirror", 1, 2},
		{"two hosts with nested resiliency", 2, "nested-two-way-mirror", 64, 4, "nested-two-way-mirror", 1, 4},
		{"three hosts keep three copies", 3, "", 96, 6, "three-way-mirror", 1, 3},
		{"eight hosts keep no more than four drives for repair", 8, "dual-parity", 256, 8, "dual-parity", 4, 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := stocked(t, "windows-server-2022")
			in.Inventory.Hosts = slices.Repeat(in.Inventory.Hosts[:1], test.hosts)
			in.Site.Storage.Resiliency = test.resiliency
			room, _ := storeOf(in)
			usable := (test.raw - test.repair) * terabyte / test.ofTotal * test.data / profiles.MiB * profiles.MiB
			if room.Raw != test.raw*terabyte || room.Repair != test.repair*terabyte || room.Resiliency != test.want || room.Usable != usable {
				t.Errorf("%s raw, %s for repair, %s usable by %s", room.Raw, room.Repair, room.Usable, room.Resiliency)
			}
			if room.Volumes%test.hosts != 0 || room.VolumeSize > 64*terabyte || times(room.Volumes, room.VolumeSize) > room.Usable {
				t.Errorf("%d volumes of %s", room.Volumes, room.VolumeSize)
			}
		})
	}
}

func TestWhoTakesStorage(t *testing.T) {
	in := stocked(t, "azure-local")
	in.Site.Storage = Storage{Kept: 300 * profiles.GiB, Classes: []StorageClass{{Name: "fast", Capacity: profiles.TiB}}}
	in.Site.Clusters[0].StorageClass = "slow"
	in.Site.Clusters[0].Workloads = []Workload{
		{Name: "db", Count: 2, Replicas: 3, CPU: 100, Claim: 100 * profiles.GiB, StorageClass: "fast"},
		{Name: "log", Replicas: 4, CPU: 100, Claim: 10 * profiles.GiB, StorageClass: "slow"}}
	room, findings := storeOf(in)
	var got []string
	for _, n := range room.Needs {
		got = append(got, n.Purpose+" "+n.Class+" "+n.Size.String())
	}
	want := []string{"the platform's own volumes  258GiB", "images, working folder and others  300GiB", "disks of 8 machines of a  1600GiB", "disks of 4 machines of b  800GiB",
		"claims fast 1624GiB", "claims slow 40GiB"}
	if !slices.Equal(got, want) || len(room.Unknown) > 0 || len(findings) > 0 {
		t.Errorf("needs %q, want %q; unknown %q; findings %v", got, want, room.Unknown, codes(findings))
	}
	in = stocked(t, "windows-server-2022")
	if room, _ = storeOf(in); len(room.Needs) > 0 || len(room.Unknown) != 2 || room.Stock != StockEnough {
		t.Errorf("what nobody says is counted: %+v", room)
	}
}

func TestStorageFindings(t *testing.T) {
	volume := func(path string, size, free Bytes) Volume { return Volume{Path: path, Size: size, Free: free} }
	for _, test := range []struct {
		name   string
		change func(*Input)
		want   string
	}{
		{"hard disks beside flash that is no cache", func(in *Input) {
			in.Inventory.Hosts[1].Drives = append(in.Inventory.Hosts[1].Drives, Drive{Role: CapacityDrive, Count: 2, Media: "HDD", Size: terabyte})
		}, "storage-cache inventory.hosts[1].drives"},
		{"too much for the pool", func(in *Input) { in.Site.Storage.Kept = 60 * terabyte }, "storage-fit inventory.hosts"},
		{"a pool that will be nearly full", func(in *Input) { in.Site.Storage.Kept = 35 * terabyte }, "storage-alert inventory.hosts"},
		{"a resiliency that so many hosts have not", func(in *Input) { in.Site.Storage.Resiliency = "nested-two-way-mirror" }, "storage-resiliency site.storage.resiliency"},
		{"a class with a resiliency that is none", func(in *Input) {
			in.Site.Storage.Classes = []StorageClass{{Name: "x", Resiliency: "raid5"}}
		}, "storage-resiliency site.storage.classes[0].resiliency"},
		{"a class twice", func(in *Input) { in.Site.Storage.Classes = []StorageClass{{Name: "x"}, {Name: "x"}} }, "storage-class-duplicate site.storage.classes[1].name"},
		{"a class on no volume", func(in *Input) { in.Site.Storage.Classes = []StorageClass{{Name: "x", Volume: `D:\data`}} }, "storage-class-volume site.storage.classes[0].volume"},
		{"a class on a volume with too little room", func(in *Input) {
			in.Inventory.Cluster.Volumes = slices.Repeat([]Volume{volume(`C:\ClusterStorage\V1`, terabyte, terabyte/2)}, 4)
			in.Site.Storage.Classes = []StorageClass{{Name: "x", Capacity: terabyte, Volume: `C:\ClusterStorage\V1`}}
		}, "storage-class-fit site.storage.classes[0].volume"},
		{"claims of no class", func(in *Input) {
			in.Site.Clusters[0].Workloads = []Workload{{Name: "db", Replicas: 1, Claim: profiles.GiB}}
		}, "storage-class-missing site.clusters[0].workloads[0].storageClass"},
		{"claims of a class that is misspelt", func(in *Input) {
			in.Site.Storage.Classes, in.Site.Clusters[0].StorageClass = []StorageClass{{Name: "fast"}}, "own"
			for _, class := range []string{"fast", "own", "default", "fats"} {
				in.Site.Clusters[0].Workloads = append(in.Site.Clusters[0].Workloads, Workload{Name: class, Replicas: 1, Claim: profiles.GiB, StorageClass: class})
			}
		}, "storage-class-unknown site.clusters[0].workloads[3].storageClass"},
		{"an amount below zero", func(in *Input) { in.Site.Storage.MachineDisk = -1 }, "storage-amount site.storage.machineDisk"},
		{"fewer volumes than hosts", func(in *Input) {
			in.Inventory.Cluster.Volumes = []Volume{volume(`C:\ClusterStorage\V1`, terabyte, terabyte)}
		}, "storage-volumes-count inventory.failoverCluster.volumes"},
		{"volumes that promise more than there is", func(in *Input) {
			in.Inventory.Cluster.Volumes = slices.Repeat([]Volume{volume(`C:\ClusterStorage\V1`, 12*terabyte, terabyte)}, 4)
		}, "storage-volumes-promise inventory.failoverCluster.volumes"},
		{"volumes that fill up", func(in *Input) {
			in.Inventory.Cluster.Volumes = slices.Repeat([]Volume{volume(`C:\ClusterStorage\V1`, terabyte, terabyte/2)}, 4)
			in.Site.Storage.Kept = 3 * terabyte
		}, "storage-volumes-free inventory.failoverCluster.volumes"},
		{"a small volume for the images", func(in *Input) {
			in.Inventory.Cluster.Volumes = slices.Repeat([]Volume{volume(`C:\ClusterStorage\V1`, terabyte/2, terabyte/2)}, 4)
			in.Site.Storage.Images = `C:\ClusterStorage\V1\Images`
		}, "storage-volume-size inventory.failoverCluster.volumes[0].size"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := stocked(t, "windows-server-2022")
			test.change(&in)
			_, findings := storeOf(in)
			if !slices.Contains(codes(findings), test.want) {
				t.Errorf("findings %q, want %q", codes(findings), test.want)
			}
			for _, f := range findings {
				if f.Message == "" || f.Remedy == "" || f.Evidence == "" || f.Owner == "" {
					t.Errorf("finding %+v lacks a part", f)
				}
			}
		})
	}
}

// TestTheRemedyOfStorageSuffices does what the remedy says first, and what it says next.
func TestTheRemedyOfStorageSuffices(t *testing.T) {
	base := stocked(t, "windows-server-2022")
	rapid.Check(t, func(t *rapid.T) {
		in := base
		in.Inventory.Hosts = slices.Repeat(in.Inventory.Hosts[:1], rapid.IntRange(1, 8).Draw(t, "hosts"))
		in.Inventory.Hosts[0].Drives = slices.Clone(in.Inventory.Hosts[0].Drives)
		in.Site.Storage.Kept = Bytes(rapid.Int64Range(1, int64(200*terabyte)).Draw(t, "kept"))
		room, findings := storeOf(in)
		at := slices.IndexFunc(findings, func(f Finding) bool { return f.Code == "storage-fit" })
		if (at >= 0) != (room.Stock == StockShort) || (room.Needed > room.Raw-room.Repair) != (at >= 0) {
			t.Fatalf("%s with %v", room.Stock, codes(findings))
		}
		if at < 0 {
			return
		}
		drives, less, _ := strings.Cut(findings[at].Remedy, ", or ")
		n := 0
		for _, digit := range strings.TrimPrefix(drives, "add ") {
			if digit < '0' || digit > '9' {
				break
			}
			n = 10*n + int(digit-'0')
		}
		more := in
		more.Inventory.Hosts = slices.Clone(in.Inventory.Hosts)
		for i := range more.Inventory.Hosts {
			more.Inventory.Hosts[i].Drives = []Drive{{Role: CapacityDrive, Count: 16 + n, Media: "SSD", Size: 2 * terabyte}}
		}
		if room, _ := storeOf(more); n == 0 || room.Stock != StockEnough {
			t.Fatalf("%q leaves %s", drives, room.Stock)
		}
		for i := range more.Inventory.Hosts {
			more.Inventory.Hosts[i].Drives[0].Count--
		}
		if room, _ := storeOf(more); room.Stock == StockEnough {
			t.Fatalf("%q is more than is needed", drives)
		}
		amount, _, _ := strings.Cut(strings.TrimPrefix(less, "want "), " ")
		cut, err := profiles.ParseBytes(amount)
		if err != nil {
			t.Fatal(less, err)
		}
		fewer := in
		fewer.Site.Storage.Kept -= cut
		if room, _ := storeOf(fewer); room.Stock == StockShort {
			t.Fatalf("%q leaves %s short by %s", less, room.Stock, room.Needed-(room.Raw-room.Repair))
		}
	})
}
