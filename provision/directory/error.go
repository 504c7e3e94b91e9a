package directory

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/arcwright/arcwright/provision/clock"
)

// Class says what kind of failure an error is.
type Class string

// The classes.
const (
	// ClassUnreachable: no connection, or it broke.
	ClassUnreachable Class = "unreachable"
	// ClassTrust: the server could not prove who it is.
	ClassTrust Class = "trust"
	// ClassTimeout: connected, and no answer in time. A change may have been made.
	ClassTimeout Class = "timeout"
	// ClassSignIn: the server let the user not in (SignInError).
	ClassSignIn Class = "sign-in"
	// ClassClock: the user was not let in by Kerberos, and the clocks are too far apart for it.
	ClassClock Class = "clock"
	// ClassRights: the user may not do this.
	ClassRights Class = "rights"
	// ClassMissing: the object, or the one above it, does not exist.
	ClassMissing Class = "missing"
	// ClassExists: there is such an object already.
	ClassExists Class = "exists"
	// ClassRefused: any other answer that is no success.
	ClassRefused Class = "refused"
	// ClassProtocol: an answer that cannot be read, or is too long.
	ClassProtocol Class = "protocol"
	// ClassInvalid: refused here, before anything was sent.
	ClassInvalid Class = "invalid"
	// ClassCanceled: the caller ended it.
	ClassCanceled Class = "canceled"
)

// Error is a request that failed.
type Error struct {
	// Op is what was being done, such as "sign in" or "add OU=AKS,DC=corp".
	Op     string
	Server string // name:port
	Class  Class
	Err    error
}

// Error says what was being done, with which server, and what happened.
func (e *Error) Error() string { return fmt.Sprintf("%s on %s: %v", e.Op, e.Server, e.Err) }

// Unwrap is what happened.
func (e *Error) Unwrap() error { return e.Err }

// ClassOf is the class of an error of this package, and "" for any other.
func ClassOf(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return ""
}

// Reason is why a user was not let in.
type Reason string

// The reasons that Active Directory tells apart ([MS-ADTS] 5.1.1.1 and the Windows error
// codes behind its answers).
const (
	WrongPassword   Reason = "the user or the password is wrong"
	NoSuchUser      Reason = "there is no such user"
	OutsideHours    Reason = "the user may not sign in at this time"
	OtherComputer   Reason = "the user may not sign in from this computer"
	PasswordExpired Reason = "the password has expired"
	AccountDisabled Reason = "the account is disabled"
	AccountExpired  Reason = "the account has expired"
	MustChange      Reason = "the password has to be changed first"
	AccountLocked   Reason = "the account is locked"
)

// reasons are the Windows error codes that the server puts into its answer.
var reasons = map[uint32]Reason{
	0x52e: WrongPassword, 0x525: NoSuchUser, 0x530: OutsideHours, 0x531: OtherComputer, 0x532: PasswordExpired,
	0x533: AccountDisabled, 0x701: AccountExpired, 0x773: MustChange, 0x775: AccountLocked,
}

// A SignInError is a user that was not let in. Another try may lock the account.
type SignInError struct {
	Reason Reason
	// Code is the Windows error code, 0 when the server told none.
	Code uint32
}

// Error is the reason, with the code to look up.
func (e *SignInError) Error() string {
	if e.Code == 0 {
		return string(e.Reason)
	}
	return fmt.Sprintf("%s (code %x)", e.Reason, e.Code)
}

// signIn reads the code that Active Directory puts into the answer to a sign-in, between
// "data " and a comma: the only place where it tells why.
func signIn(diagnostic string) *SignInError {
	if _, after, found := strings.Cut(diagnostic, "data "); found {
		digits, _, _ := strings.Cut(after, ",")
		if code, err := strconv.ParseUint(digits, 16, 32); err == nil {
			if reason, known := reasons[uint32(code)]; known {
				return &SignInError{reason, uint32(code)}
			}
			return &SignInError{WrongPassword, uint32(code)}
		}
	}
	return &SignInError{Reason: WrongPassword}
}

var (
	errNoAnswer = errors.New("no answer in time")
	errTooLong  = fmt.Errorf("its answer is longer than %d bytes", mostAnswer)
	errBroken   = errors.New("the connection broke")
	errOther    = errors.New("it is not Active Directory")
)

// classify says what kind of failure a request of go-ldap met. told is what the
// connection itself reported, which go-ldap keeps as text only.
func classify(err, told error) (Class, error) {
	var result *ldap.Error
	if !errors.As(err, &result) {
		return ClassUnreachable, cause(told, err)
	}
	switch result.ResultCode {
	case ldap.LDAPResultInvalidCredentials:
		return ClassSignIn, signIn(text(result))
	case ldap.LDAPResultInsufficientAccessRights:
		return ClassRights, errors.New(text(result))
	case ldap.LDAPResultNoSuchObject:
		return ClassMissing, errors.New(text(result))
	case ldap.LDAPResultEntryAlreadyExists, ldap.LDAPResultAttributeOrValueExists:
		return ClassExists, errors.New(text(result))
	case ldap.ErrorNetwork:
		return ClassUnreachable, cause(told, err)
	case ldap.ErrorUnexpectedMessage, ldap.ErrorUnexpectedResponse, ldap.ErrorMalformedPacket:
		return ClassProtocol, err
	}
	return ClassRefused, errors.New(text(result))
}

// cause prefers what the connection reported.
func cause(told, err error) error {
	switch {
	case told != nil:
		return told
	case err == nil:
		return errBroken
	}
	return err
}

// text is what the server says, in one line.
func text(e *ldap.Error) string {
	said := ""
	if e.Err != nil {
		said = strings.TrimSpace(strings.Join(strings.Fields(strings.ToValidUTF8(e.Err.Error(), "?")), " "))
	}
	const most = 300 // characters; longer ones are no help
	if r := []rune(said); len(r) > most {
		said = string(r[:most]) + "..."
	}
	name := ldap.LDAPResultCodeMap[e.ResultCode]
	switch {
	case said == "":
		return fmt.Sprintf("%s (result %d)", name, e.ResultCode)
	case name == "":
		return fmt.Sprintf("%s (result %d)", said, e.ResultCode)
	}
	return fmt.Sprintf("%s (result %d): %s", name, e.ResultCode, said)
}

// dialled says what kind of failure a connection met.
func dialled(err error) Class {
	var alert tls.AlertError
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	if errors.As(err, &alert) || errors.As(err, &verify) || errors.As(err, &record) || errors.Is(err, errPinned) {
		return ClassTrust
	}
	return ClassUnreachable
}

// ended is the error of a request whose context has.
func ended(ctx context.Context) (Class, error) {
	why := context.Cause(ctx)
	if errors.Is(why, clock.ErrDeadline) || errors.Is(why, context.DeadlineExceeded) {
		return ClassTimeout, errNoAnswer
	}
	return ClassCanceled, why
}
