package wsman

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Action names what a request asks for.
type Action string

// The actions this server knows.
const (
	ActionIdentify Action = "Identify"
	ActionCreate   Action = "Create"
	ActionCommand  Action = "Command"
	ActionSend     Action = "Send"
	ActionReceive  Action = "Receive"
	ActionSignal   Action = "Signal"
	ActionDelete   Action = "Delete"
)

const (
	nsTransfer   = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
	nsAddressing = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
	nsManagement = "http://schemas.dmtf.org/wbem/wsman/1/wsman"
	nsShell      = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"

	resourceCmd = nsShell + "/cmd"
	anonymous   = nsAddressing + "/role/anonymous"
)

// uri is the wsa:Action of the request; its reply has "Response" after it.
func (a Action) uri() string {
	switch a {
	case ActionCreate, ActionDelete:
		return nsTransfer + "/" + string(a)
	default:
		return nsShell + "/" + string(a)
	}
}

// A request is one decoded SOAP message.
type request struct {
	action      Action
	messageID   string
	shell       string        // upper case
	timeout     time.Duration // 0 when the request names none
	maxEnvelope int           // bytes; 0 when the request names none
	skipCmd     bool          // WINRS_SKIP_CMD_SHELL
	body        body
}

type named struct {
	Name string `xml:"Name,attr"`
	Text string `xml:",chardata"`
}

type envelope struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Header  header   `xml:"http://www.w3.org/2003/05/soap-envelope Header"`
	Body    body     `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

type header struct {
	Action           string `xml:"http://schemas.xmlsoap.org/ws/2004/08/addressing Action"`
	MessageID        string `xml:"http://schemas.xmlsoap.org/ws/2004/08/addressing MessageID"`
	ResourceURI      string `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd ResourceURI"`
	OperationTimeout string `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd OperationTimeout"`
	MaxEnvelopeSize  string `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd MaxEnvelopeSize"`
	SelectorSet      struct {
		Selectors []named `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd Selector"`
	} `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd SelectorSet"`
	OptionSet struct {
		Options []named `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd Option"`
	} `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd OptionSet"`
}

type body struct {
	Identify    *struct{}        `xml:"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd Identify"`
	Shell       *shellBody       `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Shell"`
	CommandLine *commandLineBody `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell CommandLine"`
	Receive     *receiveBody     `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Receive"`
	Send        *sendBody        `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Send"`
	Signal      *signalBody      `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Signal"`
}

type shellBody struct {
	IdleTimeOut string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell IdleTimeOut"`
}

type commandLineBody struct {
	Command   *string  `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Command"`
	Arguments []string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Arguments"`
	Other     []struct {
		XMLName xml.Name
	} `xml:",any"`
}

type receiveBody struct {
	DesiredStream struct {
		CommandID string `xml:"CommandId,attr"`
		Names     string `xml:",chardata"`
	} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell DesiredStream"`
}

type sendBody struct {
	Streams []struct {
		Name      string `xml:"Name,attr"`
		CommandID string `xml:"CommandId,attr"`
		End       string `xml:"End,attr"`
		Data      string `xml:",chardata"`
	} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Stream"`
}

type signalBody struct {
	CommandID string `xml:"CommandId,attr"`
	Code      string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Code"`
}

// decode reads one message. Elements are known by their namespace, whatever its prefix.
// With a fault the request has as much as could be read.
func decode(message []byte) (*request, *fault) {
	var e envelope
	if err := xml.Unmarshal(message, &e); err != nil {
		return &request{}, faultf(FaultInvalidXML, "The request is not a SOAP 1.2 envelope: %v", err)
	}
	h := e.Header
	r := &request{messageID: strings.TrimSpace(h.MessageID), body: e.Body}
	if len(r.messageID) > 1024 {
		r.messageID = ""
		return r, faultf(FaultInvalidHeader, "The MessageID is longer than 1024 characters.")
	}
	if e.Body.Identify != nil {
		r.action = ActionIdentify
		return r, nil
	}
	uri := strings.TrimSpace(h.Action)
	for _, a := range []Action{ActionCreate, ActionCommand, ActionSend, ActionReceive, ActionSignal, ActionDelete} {
		if uri == a.uri() {
			r.action = a
		}
	}
	if r.action == "" {
		return r, faultf(FaultActionUnknown, "The service does not know the action %q.", uri)
	}
	if res := strings.TrimSpace(h.ResourceURI); !strings.EqualFold(res, resourceCmd) {
		return r, faultf(FaultResourceNotFound, "The service has no resource %q.", res)
	}
	for _, s := range h.SelectorSet.Selectors {
		if strings.EqualFold(s.Name, "ShellId") {
			r.shell = strings.ToUpper(strings.TrimSpace(s.Text))
		}
	}
	for _, o := range h.OptionSet.Options {
		if strings.EqualFold(o.Name, "WINRS_SKIP_CMD_SHELL") {
			r.skipCmd = strings.EqualFold(strings.TrimSpace(o.Text), "TRUE")
		}
	}
	if v := strings.TrimSpace(h.OperationTimeout); v != "" {
		var ok bool
		if r.timeout, ok = parseDuration(v); !ok {
			return r, faultf(FaultInvalidHeader, "The timeout %q is not valid.", v)
		}
	}
	if v := strings.TrimSpace(h.MaxEnvelopeSize); v != "" {
		n, err := strconv.ParseUint(v, 10, 31)
		if err != nil {
			return r, faultf(FaultInvalidHeader, "The MaxEnvelopeSize %q is not valid.", v)
		}
		if r.maxEnvelope = int(n); n < minEnvelopeSize {
			return r, faultf(FaultEnvelopeTooSmall, "A MaxEnvelopeSize of %d bytes is less than %d.", n, minEnvelopeSize)
		}
	}
	return r, nil
}

var durationForm = regexp.MustCompile(`^P(?:(\d{1,5})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d+)?)S)?)?$`)

// parseDuration reads an xs:duration of days and less, which is what WinRM clients send:
// PT20S, P0DT0H0M20S, PT0.5S. Zero is not a timeout.
func parseDuration(s string) (time.Duration, bool) {
	m := durationForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	var total float64
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if m[i+1] != "" {
			n, err := strconv.ParseFloat(m[i+1], 64)
			if err != nil {
				return 0, false
			}
			total += n * float64(unit)
		}
	}
	const longest = float64(100 * 365 * 24 * time.Hour)
	if total <= 0 || total > longest {
		return 0, false
	}
	return time.Duration(total), true
}

// text quotes s for element content and for attributes.
func text(s string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	return b.String()
}

// message is a whole envelope. relatesTo may be empty.
func message(action, id, relatesTo, body string) []byte {
	relates := ""
	if relatesTo != "" {
		relates = "<a:RelatesTo>" + text(relatesTo) + "</a:RelatesTo>"
	}
	return []byte(`<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:a="` + nsAddressing + `" xmlns:x="` + nsTransfer + `" xmlns:w="` + nsManagement + `.xsd"` +
		` xmlns:rsp="` + nsShell + `" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd">` +
		`<s:Header><a:Action>` + action + `</a:Action><a:MessageID>uuid:` + id + `</a:MessageID>` +
		`<a:To>` + anonymous + `</a:To>` + relates + `</s:Header><s:Body>` + body + `</s:Body></s:Envelope>`)
}

// identity is the reply to Identify. It names the Windows version only to those who have
// logged in.
func identity(version string) []byte {
	if version == "" {
		version = "0.0.0"
	}
	return []byte(`<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body>` +
		`<wsmid:IdentifyResponse xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">` +
		`<wsmid:ProtocolVersion>` + nsManagement + `.xsd</wsmid:ProtocolVersion>` +
		`<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>` +
		`<wsmid:ProductVersion>OS: ` + text(version) + ` SP: 0.0 Stack: 3.0</wsmid:ProductVersion>` +
		`</wsmid:IdentifyResponse></s:Body></s:Envelope>`)
}
