package winrm

import (
	"fmt"
	"strings"
	"time"

	"github.com/masterzen/winrm"
	"github.com/masterzen/winrm/soap"
)

const (
	// envelopeSize is the longest message either side sends. Windows allows 500 KB by
	// default since 2012 (MaxEnvelopeSizekb) and 150 KB before.
	envelopeSize = 153600
	// piece is how much of stdin fits into one message: base64 adds a third, and the
	// envelope around it stays under 4 KiB.
	piece = envelopeSize*3/4 - 4096
	// operationTimeout is how long a host may hold a Receive that has nothing to say.
	operationTimeout = 20 * time.Second
)

// envelopes writes the requests of one host.
type envelopes struct {
	url    string
	params *winrm.Parameters
}

func newEnvelopes(url string) envelopes {
	timeout := fmt.Sprintf("PT%dS", int(operationTimeout.Seconds()))
	return envelopes{url: url, params: winrm.NewParameters(timeout, "en-US", envelopeSize)}
}

// create asks for a shell that loads no profile: a profile's output would be ours.
func (e envelopes) create() (string, error) {
	return set(winrm.NewOpenShellRequest(e.url, e.params), "WINRS_NOPROFILE", "FALSE", "TRUE")
}

// command starts a command line whose stdin is a pipe: with CONSOLEMODE_STDIN set,
// PowerShell takes itself for interactive.
func (e envelopes) command(shell, line string) (string, error) {
	return set(winrm.NewExecuteCommandRequest(e.url, shell, line, nil, e.params), "WINRS_CONSOLEMODE_STDIN", "TRUE", "FALSE")
}

func (e envelopes) send(shell, command string, data []byte, last bool) string {
	return winrm.NewSendInputRequest(e.url, shell, command, data, last, e.params).String()
}

func (e envelopes) receive(shell, command string) string {
	return winrm.NewGetOutputRequest(e.url, shell, command, "stdout stderr", e.params).String()
}

func (e envelopes) signal(shell, command string) string {
	return winrm.NewSignalRequest(e.url, shell, command, e.params).String()
}

func (e envelopes) remove(shell string) string {
	return winrm.NewDeleteShellRequest(e.url, shell, e.params).String()
}

// identify has no header block and needs no login: it asks who is there.
const identify = `<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"` +
	` xmlns:id="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">` +
	`<env:Header/><env:Body><id:Identify/></env:Body></env:Envelope>`

// set changes an option that the library fixes. The header comes before the body, so
// that a command line that holds the same text stays as it is.
func set(m *soap.SoapMessage, option, from, to string) (string, error) {
	const format = `<w:Option Name="%s">%s</w:Option>`
	text := m.String()
	was := fmt.Sprintf(format, option, from)
	if !strings.Contains(text, was) {
		return "", fmt.Errorf("request does not offer option %s=%s", option, from)
	}
	return strings.Replace(text, was, fmt.Sprintf(format, option, to), 1), nil
}
