package planner

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the goldens anew")

// examples are the sites that users start from.
var examples = []string{"quickstart", "worked-akshci", "worked-azurelocal", "hci-20h2", "baseline"}

// small is a plan that can be read whole: one host, one cluster.
func small(tb testing.TB) Input {
	in := worked(tb, "windows-server-2022")
	in.Inventory.Hosts = in.Inventory.Hosts[:1]
	in.Inventory.Hosts[0].Memory *= 2
	in.Site.Clusters = in.Site.Clusters[1:]
	return in
}

func TestPlanFile(t *testing.T) {
	in := small(t)
	plan := Make(in)
	plan.Findings = slices.DeleteFunc(plan.Findings, func(f Finding) bool { return f.Path != "site.network.nodePool" })
	got, err := Encode(plan)
	if err != nil {
		t.Fatal(err)
	}
	// digests and marks change with every word of a rule: their place is held, their value is not
	got = regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAll(got, []byte("DIGEST"))
	got = regexp.MustCompile(`(?s)seal: \|\n.*`).ReplaceAll(got, []byte("seal: |\n  MARKS\n"))
	golden := filepath.Join("testdata", "small-plan.yaml")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("plan (-want +got), write it anew with -update:\n%s", diff)
	}
}

func TestTheSameInputMakesTheSameBytes(t *testing.T) {
	for _, name := range examples {
		first, err := Encode(Make(exampleInput(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		again, err := Encode(Make(exampleInput(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Errorf("%s: two plans of the same input differ", name)
		}
	}
}

func TestAPlanIsBoundToItsInputs(t *testing.T) {
	for _, name := range examples {
		in := exampleInput(t, name)
		plan := Make(in)
		want := Inputs{Site: SiteDigest(in.Site), Inventory: InventoryDigest(in.Inventory), Profile: in.Profile.Digest, Scripts: in.Scripts}
		if diff := cmp.Diff(want, plan.Inputs); diff != "" || plan.Digest != Digest(plan) {
			t.Errorf("%s: digest %s of %s, inputs (-want +got):\n%s", name, plan.Digest, Digest(plan), diff)
		}
	}
}

func TestPlansComeBackAsTheyWere(t *testing.T) {
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			want := Make(exampleInput(t, name))
			data, err := Encode(want)
			if err != nil {
				t.Fatal(err)
			}
			got, findings := DecodePlan("plan.yaml", data)
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			again, err := Encode(got)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(data, again) {
				t.Error("the plan that was read is written differently")
			}
		})
	}
}

// TestAnyPlanComesBack makes plans of inputs that are wrong in many ways: blocked plans
// are files too.
func TestAnyPlanComesBack(t *testing.T) {
	bases := []Input{worked(t, "windows-server-2022"), worked(t, "azure-local")}
	rapid.Check(t, func(t *rapid.T) {
		in := bases[rapid.IntRange(0, 1).Draw(t, "platform")]
		n := &in.Site.Network
		n.Subnet = rapid.SampledFrom([]netip.Prefix{n.Subnet, {}, netip.MustParsePrefix("10.1.0.0/31"), netip.MustParsePrefix("fd00::/64"), netip.MustParsePrefix("0.0.0.0/0")}).Draw(t, "subnet")
		any4 := func(label string) netip.Addr {
			return rapid.SampledFrom([]netip.Addr{{}, ip("10.1.0.1"), ip("10.1.0.50"), ip("10.1.0.90"), ip("255.255.255.255"), ip("fe80::1%eth0"), ip("::ffff:10.1.0.9")}).Draw(t, label)
		}
		n.Gateway = any4("gateway")
		n.Addressing = rapid.SampledFrom([]Addressing{Static, DHCP, ""}).Draw(t, "addressing")
		for _, r := range []**Range{&n.NodePool, &n.VIPPool, &n.DHCPScope} {
			if *r = nil; rapid.Bool().Draw(t, "given") {
				*r = &Range{any4("start"), any4("end")}
			}
		}
		n.Reserved = []Range{{any4("from"), any4("to")}}
		if agent := any4("agent"); agent.IsValid() && rapid.Bool().Draw(t, "agent given") {
			n.CloudAgent = new(netip.PrefixFrom(agent.WithZone(""), rapid.IntRange(0, 32).Draw(t, "bits")))
		}
		clusters := in.Site.Clusters
		in.Site.Clusters = nil
		for range rapid.IntRange(0, 9).Draw(t, "clusters") {
			c := clusters[0]
			c.Name = rapid.SampledFrom([]string{"a", "b", "", "x: {y}"}).Draw(t, "name")
			c.Control.Count, c.Services = rapid.Int().Draw(t, "control planes"), rapid.IntRange(-5, 500).Draw(t, "services")
			c.NodePools = nil
			for range rapid.IntRange(0, 2).Draw(t, "pools") {
				c.NodePools = append(c.NodePools, NodePool{Name: "p", OS: rapid.SampledFrom([]NodeOS{Linux, Windows2019}).Draw(t, "os"), Count: rapid.Int().Draw(t, "count"),
					MaxCount: rapid.Int().Draw(t, "most"), VMSize: rapid.SampledFrom([]string{"", "Standard_D8s_v3", "Huge"}).Draw(t, "size")})
			}
			in.Site.Clusters = append(in.Site.Clusters, c)
		}
		in.Site.Reserve = Reserve{Percent: rapid.IntRange(-1, 300).Draw(t, "percent"), HostMemory: Bytes(rapid.Int64Min(0).Draw(t, "kept"))}
		hosts := in.Inventory.Hosts
		in.Inventory.Hosts = nil
		for i := range rapid.IntRange(0, 4).Draw(t, "hosts") {
			h := hosts[i]
			h.Address, h.Memory = any4("host"), Bytes(rapid.Int64Min(0).Draw(t, "memory"))
			h.Processor.Cores = Cores(rapid.Int().Draw(t, "cores"))
			in.Inventory.Hosts = append(in.Inventory.Hosts, h)
		}
		plan := Make(in)
		data, err := Encode(plan)
		if err != nil {
			t.Fatal(err)
		}
		got, findings := DecodePlan("plan.yaml", data)
		for _, f := range findings {
			if f.Code != "plan-step-order" && f.Code != "input-value" { // names given twice, a word that no site file may have
				t.Fatalf("%+v in\n%s", f, data)
			}
		}
		if len(findings) == 0 && Digest(got) != plan.Digest {
			t.Fatalf("the plan came back as another")
		}
	})
}

func TestNothingAtAllMakesABlockedPlan(t *testing.T) {
	plan := Make(Input{})
	if !slices.ContainsFunc(plan.Findings, Finding.Stops) {
		t.Error("an empty input is not blocked")
	}
	if _, err := Encode(plan); err != nil {
		t.Error(err)
	}
}

func TestCommentsAndLayoutAreFree(t *testing.T) {
	data, err := Encode(Make(small(t)))
	if err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile(`(?m)^ *#.*\n|  ?#.*$`).ReplaceAll(data, nil)
	var doc yaml.Node
	if err := yaml.Unmarshal(bare, &doc); err != nil {
		t.Fatal(err)
	}
	laid, err := yaml.Marshal(&doc)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(laid, data) {
		t.Fatal("the layout is the same: the test proves nothing")
	}
	if _, findings := DecodePlan("plan.yaml", laid); len(findings) > 0 {
		t.Error(findings)
	}
}

// TestJSONSaysWhatTheFileSays holds the two forms against each other, key by key.
func TestJSONSaysWhatTheFileSays(t *testing.T) {
	for _, name := range examples {
		plan := Make(exampleInput(t, name))
		data, err := Encode(plan)
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]any
		if err := yaml.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		delete(file, "seal")
		text, err := plan.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "{\n  \"version\": \""+PlanVersion+"\",\n") {
			t.Errorf("%s: the version is not the first line", name)
		}
		var machine map[string]any
		if err := json.Unmarshal(text, &machine); err != nil {
			t.Fatal(err)
		}
		if len(file) < 10 {
			t.Fatalf("%s: the file has only %d parts", name, len(file))
		}
		if diff := cmp.Diff(asText(file), asText(machine)); diff != "" {
			t.Errorf("%s: file and JSON differ (-file +JSON):\n%s", name, diff)
		}
	}
}

// asText turns every scalar into its text, so that two formats can be compared.
func asText(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, item := range x {
			out[k] = asText(item)
		}
		return out
	case []any:
		out := []any{}
		for _, item := range x {
			out = append(out, asText(item))
		}
		return out
	}
	n := document(v)
	return strings.TrimSuffix(n.Value, "T00:00:00Z")
}
