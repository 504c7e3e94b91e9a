package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/sim/timeline"
)

// hostAnswer is what read-host prints: what Windows says of a host, numbers of its
// enumerations included.
type hostAnswer struct {
	Computer   computerAnswer      `json:"computer"`
	Address    *string             `json:"address"`
	Processors []processorAnswer   `json:"processors"`
	Firmware   firmwareAnswer      `json:"firmware"`
	System     systemAnswer        `json:"system"`
	Restart    restartAnswer       `json:"restart"`
	Clock      []string            `json:"clock"`
	Drives     []driveAnswer       `json:"drives"`
	Boot       []bootAnswer        `json:"boot"`
	Adapters   []adapterAnswer     `json:"adapters"`
	Switches   []switchAnswer      `json:"switches"`
	Graphics   []graphicsAnswer    `json:"graphics"`
	DNS        []netip.Addr        `json:"dns"`
	Gateways   []netip.Addr        `json:"gateways"`
	Modules    []planner.Module    `json:"modules"`
	Migration  *migrationAnswer    `json:"migration"`
	Proxy      *proxyAnswer        `json:"proxy"`
	CredSSP    string              `json:"credSSP"`
	Module     string              `json:"aksHciModule"`
	Prepared   bool                `json:"prepared"`
	Features   []string            `json:"features"`
	Cluster    *clusterAnswer      `json:"failoverCluster"`
	Registered *registrationAnswer `json:"registration"`
	Unread     []unreadAnswer      `json:"unread"`
}

type unreadAnswer struct {
	Part    string `json:"part"`
	Message string `json:"message"`
}

type computerAnswer struct {
	Name       string `json:"name"`
	Domain     string `json:"domain"`
	Role       int    `json:"role"`
	Maker      string `json:"maker"`
	Model      string `json:"model"`
	Memory     int64  `json:"memory"`
	Hypervisor bool   `json:"hypervisor"`
	TimeZone   string `json:"timeZone"`
	Correction []int  `json:"correction"`
}

type processorAnswer struct {
	Name           string `json:"name"`
	Cores          int    `json:"cores"`
	Logical        int    `json:"logical"`
	MHz            int    `json:"mhz"`
	Architecture   int    `json:"architecture"`
	SLAT           *bool  `json:"slat"`
	Virtualization *bool  `json:"virtualization"`
}

type firmwareAnswer struct {
	Type       int          `json:"type"`
	SecureBoot *bool        `json:"secureBoot"`
	Chips      []chipAnswer `json:"chips"`
	VBS        *int         `json:"vbs"`
	Version    string       `json:"version"`
}

type chipAnswer struct {
	Version   string `json:"version"`
	Enabled   *bool  `json:"enabled"`
	Activated *bool  `json:"activated"`
	LockedOut *bool  `json:"lockedOut"`
}

type systemAnswer struct {
	Caption    string `json:"caption"`
	SKU        int    `json:"sku"`
	Build      int    `json:"build"`
	Patch      int    `json:"patch"`
	Language   string `json:"language"`
	Region     string `json:"region"`
	DEP        *bool  `json:"dep"`
	PowerShell string `json:"powerShell"`
}

type restartAnswer struct {
	Servicing bool     `json:"servicing"`
	Update    bool     `json:"update"`
	Name      bool     `json:"name"`
	Renames   []string `json:"renames"`
}

type migrationAnswer struct {
	Enabled   bool   `json:"enabled"`
	Transport string `json:"transport"`
}

type proxyAnswer struct {
	HTTP    string `json:"http"`
	HTTPS   string `json:"https"`
	NoProxy string `json:"noProxy"`
}

type registrationAnswer struct {
	State string `json:"state"`
	Last  string `json:"last"`
}

func (w *world) readHost(t *timeline.Turn, h *host, params json.RawMessage) (any, error) {
	if err := decode(params, &struct{}{}); err != nil {
		return nil, err
	}
	a := hostAnswer{
		Computer: computerAnswer{Name: h.short(), Domain: h.Domain, Role: 3, Maker: h.Maker, Model: h.Model, Memory: int64(h.Memory),
			Hypervisor: h.hypervisor(), TimeZone: h.TimeZone, Correction: []int{2}},
		Processors: h.processors(), System: h.system(), Adapters: h.ports(), Switches: h.bridges(), Graphics: h.graphics(),
		Restart: restartAnswer{Servicing: h.RestartPending == planner.Yes, Update: w.conditions.restart[h], Renames: []string{}},
		Clock:   []string{}, Module: h.Module, Prepared: h.Prepared || h.site.config != nil, Features: list(h.Features), Unread: []unreadAnswer{},
	}
	if h.Domain == "" {
		a.Computer.Role = 2
	}
	if h.DomainController == planner.Yes {
		a.Computer.Role = 4
	}
	switch h.ECC {
	case planner.Yes:
		a.Computer.Correction = []int{6}
	case planner.No:
		a.Computer.Correction = []int{3}
	}
	if h.Address.IsValid() {
		text := h.Address.String()
		a.Address = &text
	}
	if old := w.conditions.modules[h]; a.Module == "" && len(old) > 0 {
		a.Module = old[0]
	}
	unread := func(part, message string) { a.Unread = append(a.Unread, unreadAnswer{part, message}) }
	if h.Domain != "" {
		now := h.clock(t).UTC()
		a.Clock = []string{"Tracking " + h.Domain + ".", "The current time is " + now.Format("1/2/2006 3:04:05 PM") + ".",
			fmt.Sprintf("%s, %+011.7fs", now.Format(time.TimeOnly), h.Skew.Seconds())}
	} else {
		unread("skew", "the host is in no domain to compare its clock with")
	}
	a.DNS, a.Gateways, a.Modules = list(h.DNS), list(h.Gateways), list(h.Modules)
	if h.LiveMigration != "" {
		a.Migration = &migrationAnswer{h.LiveMigration == planner.Yes, h.MigrationTransport}
	}
	if h.Proxy != nil {
		a.Proxy = &proxyAnswer{h.Proxy.HTTP, h.Proxy.HTTPS, strings.Join(h.Proxy.NoProxy, ",")}
	}
	if on := flag(h.CredSSP); on != nil || h.remoting.credssp {
		a.CredSSP = yesNo(h.remoting.credssp || on != nil && *on)
	}
	a.Firmware = h.firmware(unread)
	a.Drives, a.Boot = h.disks(w.inventory.Cluster.Name != "")
	if w.inventory.Cluster.Name != "" {
		a.Cluster = w.fabric(h.site)
	}
	if strings.Contains(h.OS.Product, "Azure Stack HCI") {
		a.Registered = w.registration(t)
	}
	return a, nil
}

// hypervisor reports whether Hyper-V runs.
func (h *host) hypervisor() bool {
	for _, f := range h.Features {
		if f == "Hyper-V" {
			return true
		}
	}
	return false
}

// processors are one for each socket. Below a hypervisor Windows no longer sees what the
// processor can, and says no.
func (h *host) processors() []processorAnswer {
	all := make([]processorAnswer, max(h.Processor.Sockets, 1))
	for i := range all {
		p := &all[i]
		*p = processorAnswer{Name: h.Processor.Name, MHz: h.Processor.MHz, Architecture: 9,
			Cores:   portion(int(h.Processor.Cores), len(all), i),
			Logical: portion(int(h.Processor.Logical), len(all), i),
			SLAT:    flag(h.Processor.SLAT), Virtualization: flag(h.Processor.Virtualization)}
		if strings.EqualFold(h.Processor.Architecture, "ARM64") {
			p.Architecture = 12
		}
		if h.hypervisor() {
			no := false
			p.SLAT, p.Virtualization = &no, &no
		}
	}
	return all
}

// portion is the i-th of n parts of a whole.
func portion(whole, n, i int) int {
	part := whole / n
	if i < whole%n {
		part++
	}
	return part
}

// flag is an answer as Windows gives it: null when it does not know.
func flag(k planner.Known) *bool {
	if k != planner.Yes && k != planner.No {
		return nil
	}
	yes := k == planner.Yes
	return &yes
}

func (h *host) firmware(unread func(part, message string)) firmwareAnswer {
	f := firmwareAnswer{SecureBoot: flag(h.Firmware.SecureBoot), Version: h.Firmware.Version, Chips: []chipAnswer{}}
	switch h.Firmware.UEFI {
	case planner.Yes:
		f.Type = 2
	case planner.No:
		f.Type = 1
	}
	switch h.Firmware.VBS {
	case planner.Yes:
		running := 2
		f.VBS = &running
	case planner.No:
		configured := 1
		f.VBS = &configured
	}
	switch version := h.Firmware.TPM; version {
	case string(planner.Unknown):
		unread("firmware.tpm", "Access denied")
	case "":
		f.Chips = []chipAnswer{{}}
	default:
		ready := flag(h.Firmware.TPMReady)
		f.Chips = []chipAnswer{{Version: version + ", 0, 1.38", Enabled: ready, Activated: ready}, {}}
	}
	return f
}

// skus are OperatingSystemSKU by edition.
var skus = map[string]int{"Standard": 7, "Datacenter": 8, "Azure Stack HCI": 406, "Datacenter Azure Edition": 407}

func (h *host) system() systemAnswer {
	return systemAnswer{Caption: "Microsoft " + h.OS.Product, SKU: skus[h.OS.Edition], Build: h.OS.Build, Patch: h.OS.Patch,
		Language: h.OS.Language, Region: h.OS.Region, DEP: flag(h.Processor.DEP), PowerShell: cmp.Or(h.PowerShell, "5.1") + "." + fmt.Sprint(h.OS.Build)}
}

// registration is what Azure Stack HCI says of its own; one that nobody described is in order.
func (w *world) registration(t *timeline.Turn) *registrationAnswer {
	c := w.inventory.Cluster
	if c.Registered == planner.No {
		return &registrationAnswer{State: "NotYet"}
	}
	last := t.Now().UTC().Format(time.DateOnly)
	if !c.LastContact.IsZero() {
		last = c.LastContact.String()
	}
	return &registrationAnswer{State: "Registered", Last: last}
}

// list is a slice that is an array in JSON even when it is empty.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
