package kerberos

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code is the number of a KRB-ERROR (RFC 4120, 7.5.9).
type Code int32

// The codes that are told apart.
const (
	CodeClientExpired   Code = 1
	CodeClientUnknown   Code = 6
	CodeServiceUnknown  Code = 7
	CodePolicy          Code = 12
	CodeNoCipher        Code = 14
	CodeClientRevoked   Code = 18
	CodePasswordExpired Code = 23
	CodePreauthFailed   Code = 24
	CodePreauthRequired Code = 25
	CodeUnavailable     Code = 29
	CodeBadIntegrity    Code = 31
	CodeTicketExpired   Code = 32
	CodeReplay          Code = 34
	CodeSkew            Code = 37
	CodeModified        Code = 41
	CodeWrongRealm      Code = 68
)

// Error is a refusal of a KDC, or of a host that was shown a ticket.
type Error struct {
	// Code says what is wrong; Text is what was said besides, for people.
	Code Code
	Text string
	// By is the realm or the host that refused; For is the user or the service in question.
	By, For string
	// Off is how far the other clock is ahead of ours, with CodeSkew.
	Off time.Duration
}

// Error says who refused what, why, and what to do about it.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s refused %s: %s (Kerberos error %d", e.By, e.For, e.why(), e.Code)
	if e.Text != "" {
		text += ", " + e.Text
	}
	return text + ")"
}

func (e *Error) why() string {
	switch e.Code {
	case CodeClientUnknown:
		return "the realm knows no such user"
	case CodeServiceUnknown:
		return "the realm knows no such service: register the host's service principal names, or name the host as they do"
	case CodeClientExpired:
		return "the account has expired"
	case CodeClientRevoked:
		return "the account is locked or disabled"
	case CodePasswordExpired:
		return "the password has expired: change it"
	case CodePreauthFailed, CodeBadIntegrity:
		return "the password or the key is wrong"
	case CodeTicketExpired:
		return "the ticket has expired: get new ones with kinit"
	case CodeSkew:
		return fmt.Sprintf("its clock is %v from ours: synchronise them", e.Off.Abs().Round(time.Second))
	case CodeNoCipher:
		return "it has no key for the ciphers offered, all of AES: reset the password, or allow AES for the account"
	case CodePolicy:
		return "its policy does not allow it"
	case CodeModified:
		return "it has another key than the KDC made the ticket with: the service principal name is registered for somebody else, or the host's account was reset"
	case CodeReplay:
		return "it has seen this proof before"
	case CodeUnavailable:
		return "the service is not available"
	default:
		return "it gives no other reason than the code"
	}
}

// ErrUnreachable is a realm none of whose KDCs answered.
type ErrUnreachable struct {
	Realm string
	// Tried are the addresses, Err what the last one reported.
	Tried []string
	Err   error
}

// Error names the KDCs.
func (e *ErrUnreachable) Error() string {
	return fmt.Sprintf("no KDC of %s answers (%s): %v", e.Realm, strings.Join(e.Tried, ", "), e.Err)
}

// Unwrap is what the last one reported.
func (e *ErrUnreachable) Unwrap() error { return e.Err }

// ErrMutual is a host that was let prove who it is and did not.
var ErrMutual = errors.New("the host did not prove by Kerberos who it is: another machine may answer by its name")

// ErrNoKey is a keytab without a key that could sign its user in.
var ErrNoKey = errors.New("the keytab holds no key of AES for this user")

// Errors of messages.
var (
	errReply     = errors.New("the KDC's answer is none to what was asked")
	errMessage   = errors.New("it is no message of Kerberos")
	errTooLong   = fmt.Errorf("the KDC's answer is longer than %d bytes", maxMessage)
	errNoAnswer  = fmt.Errorf("no answer within %v", kdcTimeout)
	errReferrals = errors.New("the realms refer to each other without an end")
	errSealed    = errors.New("it cannot be opened with this key")
)
