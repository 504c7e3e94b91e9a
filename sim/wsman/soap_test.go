package wsman_test

import (
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/sim/wsman"
	"github.com/masterzen/winrm"
)

func TestDecodeRequest(t *testing.T) {
	const shell = "849551A1-CEC2-4ABD-8B62-652AD1053E9B"
	header := func(name, value string) string { return "<wsman:" + name + ">" + value + "</wsman:" + name + ">" }
	for name, row := range map[string]struct {
		message string
		action  wsman.Action
		fault   wsman.FaultCode
	}{
		"prefixes do not matter":               {message(createURI, "", "", "<sh:Shell/>"), wsman.ActionCreate, 0},
		"an unknown action is refused":         {message(createURI+"s", "", "", ""), "", wsman.FaultActionUnknown},
		"PowerShell's own shell is not there":  {strings.Replace(message(createURI, "", "", ""), "shell/cmd", "powershell", 1), wsman.ActionCreate, wsman.FaultResourceNotFound},
		"a negative timeout is refused":        {message(deleteURI, shell, header("OperationTimeout", "PT-1S"), ""), wsman.ActionDelete, wsman.FaultInvalidHeader},
		"a timeout of nothing is refused":      {message(deleteURI, shell, header("OperationTimeout", "PT0S"), ""), wsman.ActionDelete, wsman.FaultInvalidHeader},
		"an envelope size in words is refused": {message(deleteURI, shell, header("MaxEnvelopeSize", "big"), ""), wsman.ActionDelete, wsman.FaultInvalidHeader},
		"SOAP 1.1 is not spoken":               {strings.ReplaceAll(message(createURI, "", "", ""), "http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"), "", wsman.FaultInvalidXML},
		"half a message is not a message":      {message(createURI, "", "", "")[:400], "", wsman.FaultInvalidXML},
	} {
		t.Run(name, func(t *testing.T) {
			if action, fault := wsman.DecodeRequest([]byte(row.message)); action != row.action || fault != row.fault {
				t.Errorf("%q, fault %d", action, fault)
			}
		})
	}
}

// TestBadBodies sends messages that are well-formed and wrong.
func TestBadBodies(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	shell := c.open()
	for name, row := range map[string]struct {
		message string
		want    wsman.FaultCode
	}{
		"a Create without a shell":              {message(createURI, "", "", ""), wsman.FaultInvalidBody},
		"a Create with a wrong idle time":       {message(createURI, "", "", "<sh:Shell><sh:IdleTimeOut>soon</sh:IdleTimeOut></sh:Shell>"), wsman.FaultSchema},
		"a Command without a command":           {message(commandURI, shell, "", "<sh:CommandLine/>"), wsman.FaultInvalidBody},
		"a Command with Argument for Arguments": {message(commandURI, shell, "", "<sh:CommandLine><sh:Command>a</sh:Command><sh:Argument>b</sh:Argument></sh:CommandLine>"), wsman.FaultSchema},
		"a Receive without a body":              {message(receiveURI, shell, "", ""), wsman.FaultInvalidBody},
		"a Signal without a body":               {message(signalURI, shell, "", ""), wsman.FaultInvalidBody},
		"a CDATA section in the command":        {message(commandURI, shell, "", "<sh:CommandLine><sh:Command><![CDATA[a & b]]></sh:Command></sh:CommandLine>"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			if r := c.post(row.message); r.fault != row.want {
				t.Errorf("fault %d, want %d", r.fault, row.want)
			}
		})
	}
	if len(w.calls) != 1 || w.calls[0].Command != "a & b" {
		t.Errorf("calls: %+v", w.calls)
	}
}

func TestParseDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"PT20S": 20 * time.Second, "P0DT0H0M20S": 20 * time.Second, "PT0.25S": 250 * time.Millisecond,
		"PT180000S": 50 * time.Hour, "P1DT1H1M1.5S": 25*time.Hour + time.Minute + 1500*time.Millisecond,
	} {
		if got, ok := wsman.ParseDuration(s); !ok || got != want {
			t.Errorf("%s: %s, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "P", "PT", "PT0S", "-PT1S", "PT-1S", "20", "PT20", "P1Y", "PT1.S", "PT999999999999S", "P99999DT999999999H"} {
		if got, ok := wsman.ParseDuration(s); ok {
			t.Errorf("%q is taken as %s", s, got)
		}
	}
}

func FuzzDecodeRequest(f *testing.F) {
	p := winrm.NewParameters("PT20S", "en-US", 153600)
	f.Add(winrm.NewOpenShellRequest(url, p).String())
	f.Add(winrm.NewExecuteCommandRequest(url, "A", "echo", []string{"a"}, p).String())
	f.Add(winrm.NewSendInputRequest(url, "A", "B", []byte("abc"), true, p).String())
	f.Add(winrm.NewGetOutputRequest(url, "A", "B", "stdout stderr", p).String())
	f.Add(winrm.NewSignalRequest(url, "A", "B", p).String())
	f.Add(message(createURI, "", "<wsman:OperationTimeout>P0DT0H0M20S</wsman:OperationTimeout>", "<sh:Shell/>"))
	f.Fuzz(func(t *testing.T, s string) {
		action, fault := wsman.DecodeRequest([]byte(s))
		if action == "" && fault == 0 {
			t.Error("neither an action nor a fault")
		}
	})
}
