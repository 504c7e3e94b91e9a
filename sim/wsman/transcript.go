package wsman

import "time"

// An Entry tells of one HTTP request without its contents.
type Entry struct {
	At      time.Time // world time, when the reply was ready
	User    string    // as the client spelt it; empty before the login
	Action  Action    // empty when the request was refused before it was read
	Shell   string
	Command string // the command's id
	In, Out int    // bytes of the request's and the reply's body
	Status  int    // HTTP status; 0 when there is no reply
	Fault   FaultCode
	Trouble TroubleKind
}
