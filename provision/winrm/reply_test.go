package winrm

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func soapBody(body string) []byte {
	return []byte(`<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:r="http://schemas.microsoft.com/wbem/wsman/1/windows/shell" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"><s:Header/><s:Body>` + body + `</s:Body></s:Envelope>`)
}

func TestOutputIsReadOrRefused(t *testing.T) {
	done := func(exit string) string {
		return `<r:ReceiveResponse><r:Stream Name="stdout" End="true"/><r:CommandState State="` + stateDone + `">` + exit + `</r:CommandState></r:ReceiveResponse>`
	}
	for _, tt := range []struct {
		name string
		body string
		want output
		ok   bool
	}{
		{"streams in pieces", `<r:ReceiveResponse><r:Stream Name="stdout">aGk=</r:Stream><r:Stream Name="stderr">ZQ==</r:Stream><r:Stream Name="stdout"> IQ=
			= </r:Stream><r:CommandState State="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/Running"/></r:ReceiveResponse>`, output{stdout: []byte("hi!"), stderr: []byte("e")}, true},
		{"nothing yet", `<r:ReceiveResponse/>`, output{}, true},
		{"exit code 0", done("<r:ExitCode>0</r:ExitCode>"), output{done: true}, true},
		{"an exit code beyond 31 bits", done("<r:ExitCode>3221225477</r:ExitCode>"), output{done: true, exit: 0xC0000005}, true},
		{"an exit code with a sign", done("<r:ExitCode>-1073741819</r:ExitCode>"), output{done: true, exit: 0xC0000005}, true},
		{"no exit code", done(""), output{}, false},
		{"an exit code that is none", done("<r:ExitCode>zero</r:ExitCode>"), output{}, false},
		{"an exit code of 33 bits", done("<r:ExitCode>4294967296</r:ExitCode>"), output{}, false},
		{"a stream that is not base64", `<r:ReceiveResponse><r:Stream Name="stdout">a*</r:Stream></r:ReceiveResponse>`, output{}, false},
		{"an answer to another question", `<r:CommandResponse/>`, output{}, false},
		{"an answer in another namespace", `<ReceiveResponse/>`, output{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := decode(soapBody(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.output()
			if (err == nil) != tt.ok {
				t.Fatalf("got %+v, %v", got, err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(output{})); tt.ok && diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIdentifiersThatWouldBreakARequestAreRefused(t *testing.T) {
	for id, ok := range map[string]bool{
		"849551A1-CEC2-4ABD-8B62-652AD1053E9B": true,
		"":                                     false,
		"a&lt;b":                               false,
		"a b":                                  false,
		"a&quot;":                              false,
		strings.Repeat("x", 257):               false,
	} {
		r, err := decode(soapBody("<r:Shell><r:ShellId>" + id + "</r:ShellId></r:Shell><r:CommandResponse><r:CommandId>" + id + "</r:CommandId></r:CommandResponse>"))
		if err != nil {
			t.Fatal(err)
		}
		_, shell := r.shellID()
		_, command := r.commandID()
		if (shell == nil) != ok || (command == nil) != ok {
			t.Errorf("%q: %v, %v", id, shell, command)
		}
	}
}

func TestFaultsInAllTheirShapes(t *testing.T) {
	head := `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:InvalidSelectors</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="">it went
		wrong </s:Text></s:Reason>`
	for _, tt := range []struct {
		name string
		body string
		want Fault
		say  ErrorClass
	}{
		{
			"a message", head + `<s:Detail><f:WSManFault Code="2150858843" Machine="x"><f:Message>no shell  there </f:Message></f:WSManFault></s:Detail></s:Fault>`,
			Fault{500, 2150858843, "InvalidSelectors", "it went wrong", "no shell there"}, ClassShellGone,
		},
		{
			"a provider's message", head + `<s:Detail><f:WSManFault Code="2147942402"><f:Message><f:ProviderFault provider="Shell cmd plugin">not found </f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault>`,
			Fault{500, 2147942402, "InvalidSelectors", "it went wrong", "not found"}, ClassProtocol,
		},
		{
			"a fault in a fault, of which the outer code counts", head + `<s:Detail><w:FaultDetail>x</w:FaultDetail><f:WSManFault Code="5"><f:Message><f:ProviderFault><f:WSManFault Code="87"><f:Message>inner words</f:Message></f:WSManFault></f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault>`,
			Fault{500, 5, "InvalidSelectors", "it went wrong", "inner words"}, ClassAuth,
		},
		{
			"a WMI error", strings.ReplaceAll(head, "InvalidSelectors", "QuotaLimit") + `<s:Detail><p:MSFT_WmiError xmlns:p="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"><p:Message>30 shells</p:Message><p:error_Code>2150859173</p:error_Code></p:MSFT_WmiError></s:Detail></s:Fault>`,
			Fault{500, 2150859173, "QuotaLimit", "it went wrong", "30 shells"}, ClassQuota,
		},
		{
			"no detail and no subcode", `<s:Fault><s:Code><s:Value>s:MustUnderstand</s:Value></s:Code><s:Reason><s:Text xml:lang="">what?</s:Text></s:Reason></s:Fault>`,
			Fault{500, 0, "MustUnderstand", "what?", ""}, ClassProtocol,
		},
		{
			"a code that is no number", head + `<s:Detail><f:WSManFault Code="0x5"/></s:Detail></s:Fault>`,
			Fault{500, 0, "InvalidSelectors", "it went wrong", ""}, ClassProtocol,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, status := range []int{500, 200} {
				r, class, err := (&answer{status: status, body: soapBody(tt.body)}).reply()
				want := tt.want
				want.HTTPStatus = status
				if diff := cmp.Diff(&want, fault(err)); diff != "" || r != nil || class != tt.say {
					t.Errorf("class %q\n%s", class, diff)
				}
			}
		})
	}
}

func TestExcerptsKeepBothEnds(t *testing.T) {
	got := excerpt("begin"+strings.Repeat("ü", 5000)+"end", 100)
	if len(got) > 120 || !strings.HasPrefix(got, "beginü") || !strings.HasSuffix(got, "üend") {
		t.Errorf("got %q", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(soapBody(`<r:ReceiveResponse><r:Stream Name="stdout">aGk=</r:Stream><r:CommandState State="` + stateDone + `"><r:ExitCode>1</r:ExitCode></r:CommandState></r:ReceiveResponse>`))
	f.Add(soapBody(`<s:Fault><s:Detail><f:WSManFault Code="5"><f:Message><f:ProviderFault><f:WSManFault/></f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault>`))
	f.Add([]byte("<html/>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, status := range []int{200, 401, 500} {
			r, class, err := (&answer{status: status, body: body}).reply()
			if (err == nil) != (r != nil) || (err == nil) != (class == "") {
				t.Fatalf("reply %v, class %q, error %v", r, class, err)
			}
			if r == nil {
				continue
			}
			if o, err := r.output(); err == nil && base64.StdEncoding.DecodedLen(len(body)) < len(o.stdout)+len(o.stderr) {
				t.Fatalf("%d bytes of output from %d", len(o.stdout)+len(o.stderr), len(body))
			}
			if id, err := r.shellID(); err == nil && !bytes.Contains(body, []byte(id)) && !bytes.ContainsAny(body, "&<") {
				t.Fatalf("invented %q", id)
			}
			_ = fmt.Sprint(r.Body.Fault)
		}
	})
}
