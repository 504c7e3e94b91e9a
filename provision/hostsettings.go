package provision

import (
	"net/netip"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// moduleReply is one version of a PowerShell module.
type moduleReply struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// migrationReply is what Get-VMHost tells of live migration.
type migrationReply struct {
	Enabled   bool  `json:"enabled"`
	Transport label `json:"transport"`
}

// proxyReply are the machine-wide variables, without accounts.
type proxyReply struct {
	HTTP    string `json:"http"`
	HTTPS   string `json:"https"`
	NoProxy string `json:"noProxy"`
}

// migrationWords are the numbers of VirtualMachineMigrationPerformanceOption
// (WPS:docset/winserver2022-ps/hyper-v/Set-VMHost.md, read 2026-11-22).
var migrationWords = map[string]string{"0": "TCPIP", "1": "Compression", "2": "SMB"}

// newest keeps the last of each module: they come by name and version.
func newest(all []moduleReply) []planner.Module {
	var out []planner.Module
	for _, m := range all {
		if n := len(out); n > 0 && strings.EqualFold(out[n-1].Name, m.Name) {
			out[n-1] = planner.Module(m)
			continue
		}
		out = append(out, planner.Module(m))
	}
	return out
}

func (r *proxyReply) variables() *planner.ProxyVariables {
	if r == nil {
		return nil
	}
	separator := func(c rune) bool { return c == ',' || c == ';' || c == ' ' }
	v := &planner.ProxyVariables{HTTP: r.HTTP, HTTPS: r.HTTPS, NoProxy: strings.FieldsFunc(r.NoProxy, separator)}
	return v
}

// truth is a setting of WinRM as an inventory has it.
func truth(value string) planner.Known {
	switch strings.ToLower(value) {
	case "true":
		return planner.Yes
	case "false":
		return planner.No
	}
	return ""
}

// addressList are those of a list that are any.
func addressList(texts []string) []netip.Addr {
	var out []netip.Addr
	for _, text := range texts {
		if at, err := netip.ParseAddr(text); err == nil {
			out = append(out, at)
		}
	}
	return out
}
