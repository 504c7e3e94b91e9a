package sim

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// outside is the internet as the hosts see it: every name is there and answers, but for these.
type outside struct {
	closed  map[string][]*host // names, and the hosts that do not reach them
	broken  map[string]bool    // services that are out of order
	private map[string]bool    // names with an address of the site's own
	gateway string             // who signs the traffic instead, empty for nobody
}

type packetAnswer struct {
	Gateway string `json:"gateway"`
	State   string `json:"state"`
}

type endpointAnswer struct {
	URL     string `json:"url"`
	State   string `json:"state"`
	Code    int    `json:"code"`
	Address string `json:"address"`
	Issuer  string `json:"issuer"`
	Message string `json:"message"`
}

type pathAnswer struct {
	Host  string `json:"host"`
	Port  int    `json:"port"`
	State string `json:"state"`
}

// probeNetwork tries the ways from a host. A proxy is as good as its name: one of the hosts' own
// domain is there.
func (w *world) probeNetwork(h *host, params json.RawMessage) (any, error) {
	var p struct {
		Endpoints []struct {
			URL   string `json:"url"`
			Proxy string `json:"proxy"`
		} `json:"endpoints"`
		Paths []struct {
			Host string `json:"host"`
			Port int    `json:"port"`
		} `json:"paths"`
		Gateways []string `json:"gateways"`
	}
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	endpoints, paths := []endpointAnswer{}, []pathAnswer{}
	for _, e := range p.Endpoints {
		u, err := url.Parse(e.URL)
		if err != nil || u.Hostname() == "" {
			return nil, &scriptError{Code: "UriFormatException", Message: fmt.Sprintf("Invalid URI: %q", e.URL)}
		}
		endpoints = append(endpoints, w.request(h, e.URL, u.Scheme, u.Hostname(), e.Proxy))
	}
	for _, to := range p.Paths {
		paths = append(paths, pathAnswer{to.Host, to.Port, w.connect(h, to.Host, to.Port)})
	}
	packets := []packetAnswer{}
	for _, gateway := range p.Gateways {
		state := "whole"
		if w.conditions.cut[h] {
			state = "cut"
		}
		packets = append(packets, packetAnswer{gateway, state})
	}
	return struct {
		Endpoints []endpointAnswer `json:"endpoints"`
		Paths     []pathAnswer     `json:"paths"`
		Packets   []packetAnswer   `json:"packets"`
	}{endpoints, paths, packets}, nil
}

// request is one request from a host to a name on the internet. A service without a page at its
// root answers 404, which is an answer.
func (w *world) request(h *host, whole, scheme, name, proxy string) endpointAnswer {
	is := w.conditions.outside
	sum := w.seed.sum("outside", name)
	a := endpointAnswer{URL: whole, State: "answered", Code: 404, Address: fmt.Sprintf("20.%d.%d.%d", sum[0], sum[1], sum[2])}
	if is.private[name] {
		a.Address = fmt.Sprintf("10.255.%d.%d", sum[0], sum[1])
	}
	if proxy != "" {
		a.Address = "" // names on the internet are the proxy's to find
		through, err := url.Parse(proxy)
		zone := strings.ToLower(h.Domain)
		if err != nil || zone == "" || !strings.HasSuffix(strings.ToLower(through.Hostname()), "."+zone) {
			a.State, a.Code, a.Message = "no-proxy", 0, "The proxy name could not be resolved: '"+proxy+"'"
			return a
		}
	}
	switch {
	case slices.Contains(is.closed[name], h):
		a.State, a.Code = "silent", 0
	case scheme == "https" && is.gateway != "":
		a.State, a.Code, a.Issuer = "untrusted", 0, is.gateway
		a.Message = "The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel."
	case is.broken[name]:
		a.Code = 503
	}
	if scheme == "https" && a.State == "answered" {
		a.Issuer = "CN=Microsoft Azure RSA TLS Issuing CA 04, O=Microsoft Corporation, C=US"
	}
	return a
}

// connect is one connection from a host to a port of another. Windows listens on both ports of
// the platform; what it does not listen on its firewall drops.
func (w *world) connect(h *host, name string, port int) string {
	other := w.host(name)
	switch {
	case other == nil, w.conditions.unknown[other]:
		return "unresolved"
	case other != h && w.conditions.closed[other], port != 445 && port != 5985 && port != 5986:
		return "silent"
	}
	return "open"
}
