package wsman

import "fmt"

// FaultCode is the Code of a WSManFault: a Windows error, an HRESULT, or a code of
// wsmerror.h.
type FaultCode uint32

// The codes this server answers with. "Seen" means in replies of real hosts; "table"
// means that the name and number are those of wsmerror.h and that its use in this place
// is an assumption.
const (
	FaultAccessDenied        FaultCode = 5          // seen: another user's shell
	FaultPipeEnded           FaultCode = 109        // seen: input for a command that takes none any more
	FaultAborted             FaultCode = 995        // seen: what a Receive was waiting for went away
	FaultOutOfMemory         FaultCode = 2147942414 // E_OUTOFMEMORY; use assumed
	FaultCommandLineTooLong  FaultCode = 2147942606 // seen, from the shell plug-in
	FaultResourceNotFound    FaultCode = 2150858752 // table: a resource URI other than the command shell's
	FaultActionUnknown       FaultCode = 2150858753 // table
	FaultInvalidHeader       FaultCode = 2150858767 // seen: a header with a wrong value
	FaultEnvelopeTooLarge    FaultCode = 2150858790 // table; real hosts refuse long requests with HTTP 413 and this server does too
	FaultInvalidBody         FaultCode = 2150858791 // table: a body that does not fit the action
	FaultTimedOut            FaultCode = 2150858793 // seen, certain
	FaultSchema              FaultCode = 2150858817 // seen
	FaultUnsupportedFeature  FaultCode = 2150858818 // table: a signal that is not known
	FaultInvalidXML          FaultCode = 2150858819 // table
	FaultNotFound            FaultCode = 2150858843 // seen, certain: no such shell or command
	FaultEnvelopeTooSmall    FaultCode = 2150858878 // table: the client takes no reply of useful size
	FaultInputStream         FaultCode = 2150859147 // table: a stream other than stdin
	FaultDesiredStreams      FaultCode = 2150859149 // table: streams other than stdout and stderr
	FaultQuotaShells         FaultCode = 2150859173 // seen: MaxShellsPerUser
	FaultQuotaOperations     FaultCode = 2150859174 // seen: MaxConcurrentOperationsPerUser; injected only
	FaultQuotaUsers          FaultCode = 2150859179 // table: MaxConcurrentUsers
	FaultQuotaShellProcesses FaultCode = 2150859241 // table: MaxProcessesPerShell
)

// A fault is a reply that says no.
type fault struct {
	code    FaultCode
	message string
}

func faultf(code FaultCode, format string, args ...any) *fault {
	return &fault{code, fmt.Sprintf(format, args...)}
}

// A faultKind is what the SOAP part of a fault says besides its code.
type faultKind struct {
	sender  bool   // the client is to blame
	subcode string // prefixes as in the envelope
	reason  string
	detail  string // last part of the wsman:FaultDetail URI
	plugin  bool   // the shell plug-in says so, not the service
}

// kind is the SOAP side of a code; one that is not in the list is an internal error.
func (c FaultCode) kind() faultKind {
	switch c {
	case FaultAccessDenied:
		return faultKind{sender: true, subcode: "w:AccessDenied", reason: "Access is denied."}
	case FaultAborted:
		return faultKind{subcode: "w:InternalError", reason: "The operation was ended before it was complete."}
	case FaultOutOfMemory:
		return faultKind{subcode: "w:InternalError", reason: "There is not enough memory for this operation.", plugin: true}
	case FaultCommandLineTooLong:
		return faultKind{subcode: "w:InternalError", reason: "The file name or its extension is too long.", plugin: true}
	case FaultPipeEnded:
		return faultKind{subcode: "w:InternalError", reason: "The other end of the pipe is gone.", plugin: true}
	case FaultResourceNotFound:
		return faultKind{sender: true, subcode: "a:DestinationUnreachable", reason: "The service has no resource of this URI.", detail: "InvalidResourceURI"}
	case FaultActionUnknown:
		return faultKind{sender: true, subcode: "a:ActionNotSupported", reason: "The service does not know this action."}
	case FaultInvalidHeader:
		return faultKind{sender: true, subcode: "a:InvalidMessageInformationHeader", reason: "A SOAP header of the request is not valid."}
	case FaultEnvelopeTooLarge, FaultEnvelopeTooSmall:
		return faultKind{sender: true, subcode: "w:EncodingLimit", reason: "The size of the envelope is outside the limits of the service.", detail: "MaxEnvelopeSize"}
	case FaultTimedOut:
		return faultKind{subcode: "w:TimedOut", reason: "The operation was not complete within its OperationTimeout."}
	case FaultSchema, FaultInvalidXML, FaultInvalidBody:
		return faultKind{sender: true, subcode: "w:SchemaValidationError", reason: "The SOAP message does not match its schema."}
	case FaultUnsupportedFeature:
		return faultKind{sender: true, subcode: "w:UnsupportedFeature", reason: "The service does not have this feature."}
	case FaultNotFound:
		return faultKind{sender: true, subcode: "w:InvalidSelectors", reason: "The selectors of the request do not fit the resource.", detail: "UnexpectedSelectors"}
	case FaultInputStream, FaultDesiredStreams:
		return faultKind{sender: true, subcode: "w:InvalidParameter", reason: "A parameter is not valid.", detail: "InvalidValue"}
	case FaultQuotaShells, FaultQuotaOperations, FaultQuotaUsers, FaultQuotaShellProcesses:
		return faultKind{sender: true, subcode: "w:QuotaLimit", reason: "A quota of the service has been reached."}
	default:
		return faultKind{subcode: "w:InternalError", reason: "The service could not complete the operation."}
	}
}

// body is the s:Body of the fault as the given host words it.
func (f *fault) body(host string) string {
	k := f.code.kind()
	if f.message == "" {
		f = &fault{f.code, k.reason}
	}
	role, detail := "s:Receiver", ""
	if k.sender {
		role = "s:Sender"
	}
	if k.detail != "" {
		detail = "<w:FaultDetail>" + nsManagement + "/faultDetail/" + k.detail + "</w:FaultDetail>"
	}
	message := text(f.message)
	if k.plugin {
		message = `<f:ProviderFault provider="Shell cmd plugin" path="%systemroot%\system32\winrscmd.dll">` + message + `</f:ProviderFault>`
	}
	return `<s:Fault><s:Code><s:Value>` + role + `</s:Value><s:Subcode><s:Value>` + k.subcode + `</s:Value></s:Subcode></s:Code>` +
		`<s:Reason><s:Text xml:lang="en-US">` + text(k.reason) + `</s:Text></s:Reason>` +
		`<s:Detail>` + detail + `<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" ` +
		fmt.Sprintf(`Code="%d" Machine="%s">`, uint32(f.code), text(host)) +
		`<f:Message>` + message + `</f:Message></f:WSManFault></s:Detail></s:Fault>`
}
