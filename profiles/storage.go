package profiles

// Media is what the capacity drives of a pool are made of.
type Media string

// The media of a pool.
const (
	Flash  Media = "flash"  // flash only
	Hybrid Media = "hybrid" // hard disks for capacity, flash for the cache
)

// StorageRules is how Storage Spaces Direct makes volumes of the hosts' drives, and what
// the platform wants of them.
type StorageRules struct {
	// Resiliencies are the ways to keep data, each for a range of hosts.
	Resiliencies []Resiliency `yaml:"resiliencies"`
	// VolumesMax is volumes on one platform, VolumeMax the size of one.
	VolumesMax Limit `yaml:"volumesMax"`
	VolumeMax  Size  `yaml:"volumeMax"`
	// VolumeWanted is the least that the volume of the images and of the machines should
	// have, SingleWanted the same on a platform of one host.
	VolumeWanted Size `yaml:"volumeWanted"`
	SingleWanted Size `yaml:"singleWanted"`
	// Infrastructure is what the platform's own volumes hold, before copies are counted.
	Infrastructure Size `yaml:"infrastructure"`
	// Images is what the images and the working folder grow to.
	Images Size `yaml:"images"`
	// AlertPercent is how full the pool may be before Windows complains.
	AlertPercent Limit `yaml:"alertPercent"`
}

// Resiliency is one way to keep data through losses. Of every Total pieces that are
// written, Data are the data themselves.
type Resiliency struct {
	Name string `yaml:"name"`
	// HostsMin and HostsMax are the numbers of hosts it is offered for; no upper end when 0.
	HostsMin int `yaml:"hostsMin"`
	HostsMax int `yaml:"hostsMax,omitempty"`
	// Media is the only kind of pool that it holds for; any when empty.
	Media Media `yaml:"media,omitempty"`
	Data  int   `yaml:"data"`
	Total int   `yaml:"total"`
	// Tolerates is how many drives or hosts may fail at one time.
	Tolerates int `yaml:"tolerates"`
	// Usual is what a platform of that many hosts gets when nobody chooses.
	Usual  bool   `yaml:"usual,omitempty"`
	Source Source `yaml:",inline"`
}

// Offered reports whether a platform of that many hosts and that media has it.
func (r Resiliency) Offered(hosts int, media Media) bool {
	return hosts >= r.HostsMin && (r.HostsMax == 0 || hosts <= r.HostsMax) && (r.Media == "" || r.Media == media)
}

// Resiliency looks up a way to keep data by its name, or the usual one when name is
// empty, among those that so many hosts are offered.
func (s StorageRules) Resiliency(name string, hosts int, media Media) (Resiliency, bool) {
	for _, r := range s.Resiliencies {
		if r.Offered(hosts, media) && (r.Name == name || name == "" && r.Usual) {
			return r, true
		}
	}
	return Resiliency{}, false
}

func (c *checker) storage(s StorageRules) {
	for _, r := range s.Resiliencies {
		if r.Data < 1 || r.Total < r.Data || r.Tolerates < 0 || r.HostsMin < 1 || r.HostsMax != 0 && r.HostsMax < r.HostsMin {
			c.refuse("storage.resiliencies."+r.Name, "wants 1 <= data <= total, tolerates from 0, and hostsMin <= hostsMax")
		}
		c.oneOf("storage.resiliencies."+r.Name, r.Media, Media(""), Flash, Hybrid)
	}
	if p := s.AlertPercent; !p.Unstated && (p.Value < 1 || p.Value > 100) {
		c.refuse("storage.alertPercent", "is %d, want 1 to 100", p.Value)
	}
}
