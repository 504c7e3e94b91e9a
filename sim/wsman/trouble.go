package wsman

import "time"

// A Trouble is what goes wrong with one request. The zero value is nothing.
type Trouble struct {
	Kind TroubleKind
	// Fault is the code of TroubleFault.
	Fault FaultCode
	// Delay is the world time that passes before anything else happens.
	Delay time.Duration
}

// TroubleKind names what goes wrong.
type TroubleKind string

// The kinds of trouble.
const (
	TroubleNone         TroubleKind = ""
	TroubleCutBefore    TroubleKind = "cut-before"   // the connection is closed and nothing was done
	TroubleCutAfter     TroubleKind = "cut-after"    // it is done, and the connection is closed without a reply
	TroubleCutWithin    TroubleKind = "cut-within"   // it is done, and the connection is closed in the middle of the reply
	TroubleHang         TroubleKind = "hang"         // nothing is done and no reply comes, until the client leaves
	TroubleUnavailable  TroubleKind = "unavailable"  // HTTP 503 without a body and nothing done, as of a service that is starting
	TroubleUnauthorized TroubleKind = "unauthorized" // HTTP 401, and the connection's login is forgotten
	TroubleFault        TroubleKind = "fault"        // a SOAP fault and nothing done
)
