package planner

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// proxySource is the page about proxies of the AksHci generation.
const proxySource = "ASD:AKS-Hybrid/set-proxy-settings.md (read 2026-11-22)"

var (
	errProxyMissing = errors.New("it is missing")
	errProxyScheme  = errors.New("it does not begin with http://")
	errProxyPort    = errors.New("it has no port")
	errProxyForm    = errors.New("it is no address of a proxy")
)

// proxyURL reads the address of a proxy. Both kinds of traffic are sent to it in plain
// HTTP, so it begins with http:// in both.
func proxyURL(text string) (*url.URL, error) {
	if text == "" {
		return nil, errProxyMissing
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errProxyForm
	case u.Scheme != "http":
		return nil, errProxyScheme
	case u.Hostname() == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return nil, errProxyForm
	case u.Port() == "":
		return nil, errProxyPort
	}
	return u, nil
}

// proxy judges the way to the internet. Whatever the machines must reach directly has to
// be named as reached without the proxy: the proxy knows nothing of it.
func (a *addressing) proxy() {
	p := a.in.Site.Proxy
	if p == nil {
		return
	}
	for _, one := range []struct{ key, url string }{{"http", p.HTTP}, {"https", p.HTTPS}} {
		path := "site.proxy." + one.key
		if strings.Contains(one.url, "@") {
			continue // refused for the account in it, which must not be shown
		}
		u, err := proxyURL(one.url)
		if err != nil {
			a.block("proxy-address", path, fmt.Sprintf("%s cannot be the proxy for %s: %s", quoted(one.url), strings.ToUpper(one.key), err), one.url,
				"write it with scheme and port, such as http://proxy.corp.contoso.com:3128; it is http:// for both, HTTPS passes through", OwnerNetwork, proxySource)
			continue
		}
		if at, err := netip.ParseAddr(u.Hostname()); err == nil && !at.Is4() {
			a.block("address-family", path, fmt.Sprintf("the proxy %s is not IPv4", at), at.String(), "give a name or an IPv4 address", OwnerNetwork, proxySource)
		}
	}
	direct, names := a.noProxy(p.NoProxy)
	if direct == nil {
		return
	}
	a.direct(*direct, names)
}

// plainHost is a name, or a domain with a leading dot.
var plainHost = regexp.MustCompile(`^\.?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

// noProxy are the addresses and the names that are reached without the proxy, nil when
// that is not known.
func (a *addressing) noProxy(own []string) (*stretches, map[string]bool) {
	list, standard := own, a.in.Profile.Network.NoProxy
	if len(own) == 0 {
		if standard.Unstated {
			a.add(Finding{Code: "proxy-direct-unknown", Severity: Note, Path: "site.proxy.noProxy", Message: "what is reached without the proxy is not given, so it is not checked",
				Evidence: "none", Remedy: "give noProxy as the platform was installed with", Owner: OwnerNetwork, Source: cite(standard.Source)})
			return nil, nil
		}
		list = standard.Value
	}
	var addresses []stretch
	names := map[string]bool{}
	for i, entry := range list {
		if p, err := netip.ParsePrefix(entry); err == nil && p.Addr().Is4() {
			addresses = append(addresses, stretchOf(whole(p)))
			continue
		}
		if at, err := netip.ParseAddr(entry); err == nil && at.Is4() {
			addresses = appendAddress(addresses, at)
			continue
		}
		if plainHost.MatchString(entry) && strings.ContainsFunc(entry, func(r rune) bool { return r > '9' }) {
			names[strings.ToLower(entry)] = true
			continue
		}
		remedy := "write a name, a domain with a leading dot, an IPv4 address, or a subnet with its prefix length"
		if strings.Contains(entry, ",") {
			remedy = "write each as an entry of its own: noProxy: [" + strings.ReplaceAll(entry, ",", ", ") + "]"
		}
		a.block("proxy-direct-entry", fmt.Sprintf("site.proxy.noProxy[%d]", i), fmt.Sprintf("%s is nothing that could be reached without the proxy", quoted(entry)), entry, remedy, OwnerNetwork, proxySource)
	}
	all := merged(addresses)
	return &all, names
}

// direct holds what is reached without the proxy against what has to be.
func (a *addressing) direct(direct stretches, names map[string]bool) {
	lacks := func(p netip.Prefix) bool {
		return p.IsValid() && p.Addr().Is4() && len(direct.gaps(number(whole(p).Start), number(whole(p).End))) > 0
	}
	var inside, outside []string
	for _, p := range []netip.Prefix{a.planned.Pods, a.planned.Services} {
		if lacks(p) {
			inside = append(inside, p.String())
		}
	}
	for _, name := range []string{"localhost", ".svc"} {
		if !names[name] {
			outside = append(outside, name)
		}
	}
	if !direct.touch(Range{loopback, loopback}) {
		outside = append(outside, loopback.String())
	}
	for _, l := range a.lans {
		if p := l.net.Subnet; lacks(p) && !slices.Contains(outside, p.String()) {
			outside = append(outside, p.String())
		}
	}
	for _, f := range a.planned.Fixed {
		if f.Pool == HostAddresses && f.Address.Is4() && !direct.touch(Range{f.Address, f.Address}) {
			outside = append(outside, f.Address.String())
		}
	}
	if len(inside) > 0 {
		list := strings.Join(inside, ", ")
		a.block("proxy-direct", "site.proxy.noProxy", "what runs inside the clusters would be looked for through the proxy: "+list, list, "add to noProxy: "+list, OwnerNetwork, proxySource)
	}
	if len(outside) > 0 {
		list := enumerate(outside)
		a.add(Finding{Code: "proxy-direct-site", Severity: Warn, Path: "site.proxy.noProxy", Message: "the machines would reach each other and the hosts through the proxy: " + list + " is not reached directly",
			Evidence: list, Remedy: "add to noProxy: " + list, Owner: OwnerNetwork, Source: proxySource})
	}
}

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})
