package winrm

import (
	"fmt"
	"strconv"
	"strings"
)

// Fault is a refusal in the words of the host's WS-Management service.
type Fault struct {
	HTTPStatus int
	// Code is the WSManFault or Win32 code, 0 when the host gave none.
	Code uint32
	// Subcode is the local name of the SOAP subcode, such as TimedOut or QuotaLimit.
	Subcode string
	// Reason is the general text, Provider the more exact one. Both are in the host's
	// language: for people, never for decisions.
	Reason   string
	Provider string
}

// Error is the code and the more exact of the two texts.
func (f *Fault) Error() string {
	text := f.Provider
	if text == "" {
		text = f.Reason
	}
	return fmt.Sprintf("fault %d %s (HTTP %d): %s", f.Code, brief(f.Subcode), f.HTTPStatus, brief(text))
}

const (
	codeTimedOut      = 2150858793 // nothing new within OperationTimeout: ask again
	codeShellNotFound = 2150858843 // no such shell, or no such command in it
)

// codes holds what a code says about the kind of failure. Codes are Win32 errors, the
// same as HRESULTs, and WS-Management's own (MS-WSMV, winerror.h, wsmerror.h). The codes
// for quotas are a family that differs by Windows version, so that the subcode decides first.
var codes = map[uint32]ErrorClass{
	codeTimedOut:      ClassTimeout,
	codeShellNotFound: ClassShellGone,
	995:               ClassShellGone, // ERROR_OPERATION_ABORTED: the shell ended under a Receive
	2147943395:        ClassShellGone,
	5:                 ClassAuth, // ERROR_ACCESS_DENIED
	2147942405:        ClassAuth,
	1326:              ClassAuth, // ERROR_LOGON_FAILURE
	2147943726:        ClassAuth,
	2150859173:        ClassQuota, // too many shells
	2150859174:        ClassQuota, // too many operations
	2150859175:        ClassQuota,
	2150859176:        ClassQuota,
	2150859179:        ClassQuota,
	2150859236:        ClassQuota,
	2150859237:        ClassQuota,
	2150859238:        ClassQuota,
	2150859239:        ClassQuota,
	2150859240:        ClassQuota,
	2150859241:        ClassQuota,
}

func (f *Fault) class() ErrorClass {
	switch f.Subcode {
	case "QuotaLimit":
		return ClassQuota
	case "AccessDenied":
		return ClassAuth
	}
	if c, ok := codes[f.Code]; ok {
		return c
	}
	if f.HTTPStatus == 401 {
		return ClassAuth
	}
	return ClassProtocol
}

// A faultXML is a SOAP 1.2 fault with the details that Windows puts into it: a
// WSManFault, or an MSFT_WmiError for some quotas.
type faultXML struct {
	Code struct {
		Value   string `xml:"http://www.w3.org/2003/05/soap-envelope Value"`
		Subcode struct {
			Value string `xml:"http://www.w3.org/2003/05/soap-envelope Value"`
		} `xml:"http://www.w3.org/2003/05/soap-envelope Subcode"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Code"`
	Reason struct {
		Text string `xml:"http://www.w3.org/2003/05/soap-envelope Text"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Reason"`
	Detail struct {
		Fault *wsmanFaultXML `xml:"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault WSManFault"`
		WMI   *struct {
			Code    string `xml:"error_Code"`
			Message string `xml:"Message"`
		} `xml:"MSFT_WmiError"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Detail"`
}

// A wsmanFaultXML may hold another one inside its ProviderFault: the outer code is the
// one that counts, the innermost text the one that helps.
type wsmanFaultXML struct {
	Code    string `xml:"Code,attr"`
	Message struct {
		Text     string `xml:",chardata"`
		Provider *struct {
			Text  string         `xml:",chardata"`
			Fault *wsmanFaultXML `xml:"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault WSManFault"`
		} `xml:"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault ProviderFault"`
	} `xml:"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault Message"`
}

func (w *wsmanFaultXML) text() string {
	if p := w.Message.Provider; p != nil {
		if p.Fault != nil {
			if t := p.Fault.text(); t != "" {
				return t
			}
		}
		if t := oneLine(p.Text); t != "" {
			return t
		}
	}
	return oneLine(w.Message.Text)
}

func (x *faultXML) fault(status int) *Fault {
	subcode := x.Code.Subcode.Value
	if subcode == "" {
		subcode = x.Code.Value
	}
	f := &Fault{HTTPStatus: status, Subcode: local(subcode), Reason: oneLine(x.Reason.Text)}
	switch d := x.Detail; {
	case d.Fault != nil:
		f.Code, f.Provider = code(d.Fault.Code), d.Fault.text()
	case d.WMI != nil:
		f.Code, f.Provider = code(d.WMI.Code), oneLine(d.WMI.Message)
	}
	return f
}

func code(s string) uint32 {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// local is a qualified name without its prefix, which every host chooses as it likes.
func local(qname string) string {
	qname = strings.TrimSpace(qname)
	return qname[strings.LastIndexByte(qname, ':')+1:]
}

// oneLine is a host's text with its white space folded.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// brief is a host's text fit for a message. What must be hidden in it has been before:
// half of a secret would not be found.
func brief(s string) string { return excerpt(oneLine(s), 1<<10) }

// excerpt is the beginning and the end of s, max bytes of it and a mark between.
func excerpt(s string, max int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= max {
		return s
	}
	head, tail := s[:max/2], s[len(s)-max/2:]
	return strings.ToValidUTF8(head, "") + " [...] " + strings.ToValidUTF8(tail, "")
}
