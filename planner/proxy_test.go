package planner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProxy(t *testing.T) {
	const good = "http://proxy.corp.example:3128"
	for _, test := range []struct {
		name, platform string
		proxy          Proxy
		want           []string
		says           string // in the message or the remedy of one
	}{
		{"the platform's own list covers private addresses", "windows-server-2022", Proxy{HTTP: good, HTTPS: good}, nil, ""},
		{"a list that leaves the pods and the services to the proxy", "windows-server-2022",
			Proxy{HTTP: good, HTTPS: good, NoProxy: []string{"localhost", "127.0.0.1", ".svc", "10.1.0.0/24", "10.2.0.0/24", "10.96.0.0/16"}},
			[]string{"proxy-direct site.proxy.noProxy"}, "add to noProxy: 10.244.0.0/16, 10.96.0.0/12"},
		{"a list that leaves the hosts and the subnet to it", "windows-server-2022",
			Proxy{HTTP: good, HTTPS: good, NoProxy: []string{"localhost", "127.0.0.0/8", ".svc", "10.244.0.0/16", "10.96.0.0/12", "10.2.0.11", "10.2.0.12", "10.2.0.13", "10.2.0.20", "10.2.0.30"}},
			[]string{"proxy-direct-site site.proxy.noProxy"}, "add to noProxy: 10.1.0.0/24, 10.2.0.14"},
		{"two halves cover a range", "windows-server-2022",
			Proxy{HTTP: good, HTTPS: good, NoProxy: []string{"localhost", "127.0.0.1", ".SVC", "10.0.0.0/9", "10.128.0.0/9"}}, nil, ""},
		{"a list without the names of the cluster", "windows-server-2022", Proxy{HTTP: good, HTTPS: good, NoProxy: []string{"127.0.0.1", "10.0.0.0/8"}},
			[]string{"proxy-direct-site site.proxy.noProxy"}, "localhost, .svc"},
		{"an https address is what the downloads stumble over", "windows-server-2022", Proxy{HTTP: good, HTTPS: "https://proxy.corp.example:3128"},
			[]string{"proxy-address site.proxy.https"}, "it is http:// for both"},
		{"addresses that are none", "windows-server-2022", Proxy{HTTP: "proxy.corp.example:3128", HTTPS: "http://proxy.corp.example"},
			[]string{"proxy-address site.proxy.http", "proxy-address site.proxy.https"}, "no port"},
		{"an IPv6 proxy", "windows-server-2022", Proxy{HTTP: "http://[fd00::1]:3128", HTTPS: good}, []string{"address-family site.proxy.http"}, "not IPv4"},
		{"a proxy in the pod range", "windows-server-2022", Proxy{HTTP: "http://10.244.3.4:3128", HTTPS: "http://10.244.3.4:3128"}, []string{"address-inner-overlap site.network.pods"}, "proxy 10.244.3.4"},
		{"a proxy in the node pool", "windows-server-2022", Proxy{HTTP: "http://10.1.0.20:3128", HTTPS: "http://10.1.0.20:3128"}, []string{"address-taken site.network.nodePool"}, "proxy 10.1.0.20"},
		{"entries that nobody understands", "windows-server-2022", Proxy{HTTP: good, HTTPS: good, NoProxy: []string{"localhost,.svc", "10.*", "10.0.0.0/33", "localhost", ".svc", "127.0.0.1", "10.0.0.0/8"}},
			[]string{"proxy-direct-entry site.proxy.noProxy[0]", "proxy-direct-entry site.proxy.noProxy[1]", "proxy-direct-entry site.proxy.noProxy[2]"}, "noProxy: [localhost, .svc]"},
		{"Azure Local's own list is not known", "azure-local", Proxy{HTTP: good, HTTPS: good}, []string{"proxy-direct-unknown site.proxy.noProxy"}, "not checked"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, test.platform)
			in.Site.Proxy = &test.proxy
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120")
			if test.platform != "azure-local" {
				in.Site.Network.CloudAgent = new(netip.MustParsePrefix("10.2.0.30/24"))
			}
			_, findings := Addresses(in)
			got := codes(findings)
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Fatalf("findings (-want +got):\n%s", diff)
			}
			if len(findings) > 0 && !slices.ContainsFunc(findings, func(f Finding) bool { return strings.Contains(f.Message+f.Remedy, test.says) }) {
				t.Errorf("none says %q: %v", test.says, findings)
			}
		})
	}
}

// An account in the address of a proxy is a secret, and secrets are nowhere in a plan.
func TestAnAccountOfAProxyIsNotShown(t *testing.T) {
	in := worked(t, "windows-server-2022")
	in.Site.Proxy = &Proxy{HTTP: "http://user:hunter2@proxy:3128", HTTPS: "http://user:hunter2@proxy:3128"}
	plan := Make(in)
	text, err := Encode(plan)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hunter2") {
		t.Error("the plan holds the password")
	}
	if !slices.Contains(codes(plan.Findings), "secret-reference site.proxy.http") || !slices.Contains(codes(References(in.Site)), "secret-reference site.proxy.https") {
		t.Errorf("nothing is said of it: %v", codes(plan.Findings))
	}
	if in.Site.Proxy.HTTP == string(withheld) {
		t.Error("the site itself was changed")
	}
}

func TestTheProxyIsConfigured(t *testing.T) {
	in := worked(t, "windows-server-2022")
	in.Site.Proxy = &Proxy{HTTP: "http://proxy:3128", HTTPS: "http://proxy:3129", NoProxy: []string{"localhost", ".svc"}}
	for _, s := range Make(in).Steps {
		if s.Kind == Configure {
			if diff := cmp.Diff(map[string]any{"http": "http://proxy:3128", "https": "http://proxy:3129", "noProxy": "localhost,.svc"}, s.Params["proxy"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	}
}
