package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/arcwright/arcwright/provision/clock"
)

// ErrorClass says what kind of failure an error is, for whoever decides about a retry.
type ErrorClass string

// The classes.
const (
	// ClassAuth: the server refused who we are, or what we may do.
	ClassAuth ErrorClass = "auth"
	// ClassTrust: the server could not prove who it is, at the clock's time.
	ClassTrust ErrorClass = "trust"
	// ClassUnreachable: no connection, or it broke, or the server is not ready.
	ClassUnreachable ErrorClass = "unreachable"
	// ClassTimeout: connected, and no answer in time. The request may have been heard.
	ClassTimeout ErrorClass = "timeout"
	// ClassQuota: the server has too much to do.
	ClassQuota ErrorClass = "quota"
	// ClassInvalid: the server refused the object, or the request could not be made.
	ClassInvalid ErrorClass = "invalid"
	// ClassCanceled: the caller ended it.
	ClassCanceled ErrorClass = "canceled"
	// ClassProtocol: any other answer.
	ClassProtocol ErrorClass = "protocol"
)

// Class is the class of an error of this package, and "" for any other.
func Class(err error) ErrorClass {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return ""
}

// Op is what was being done when an error occurred.
type Op string

// The operations.
const (
	OpSetUp Op = "set up the client"
	OpReady Op = "ask whether it is ready"
	OpNodes Op = "list nodes"
	OpGet   Op = "read object"
	OpApply Op = "apply object"
)

// Error is a request that failed.
type Error struct {
	Op     Op
	Server string
	Class  ErrorClass
	Err    error
}

// Error says what failed, at which server, and why.
func (e *Error) Error() string { return fmt.Sprintf("%s at %s: %v", e.Op, e.Server, e.Err) }

// Unwrap is what the server or the connection said.
func (e *Error) Unwrap() error { return e.Err }

// classify sorts an error of a request and shortens what says too much.
func classify(ctx context.Context, err error) (ErrorClass, error) {
	var (
		verify *tls.CertificateVerificationError
		host   x509.HostnameError
		alert  tls.AlertError
		record tls.RecordHeaderError
		status apierrors.APIStatus
		own    *Error
	)
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, clock.ErrDeadline):
		return ClassTimeout, fmt.Errorf("no answer within %v", limit)
	case cause != nil:
		return ClassCanceled, cause
	case errors.As(err, &own):
		return own.Class, own.Err
	case errors.As(err, &verify), errors.As(err, &host), errors.As(err, &alert):
		return ClassTrust, err
	case errors.As(err, &record):
		return ClassProtocol, err
	case errors.As(err, &status):
		return classifyStatus(err), err
	}
	var refused interface{ isRefusal() }
	if errors.As(err, &refused) {
		return ClassInvalid, err
	}
	return ClassUnreachable, err
}

func classifyStatus(err error) ErrorClass {
	switch {
	case apierrors.IsUnauthorized(err), apierrors.IsForbidden(err):
		return ClassAuth
	case apierrors.IsTooManyRequests(err):
		return ClassQuota
	case apierrors.IsTimeout(err), apierrors.IsServerTimeout(err):
		return ClassTimeout
	case apierrors.IsServiceUnavailable(err), apierrors.IsInternalError(err):
		return ClassUnreachable
	case apierrors.IsInvalid(err), apierrors.IsBadRequest(err), apierrors.IsConflict(err), apierrors.IsNotFound(err):
		return ClassInvalid
	}
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		switch code := status.Status().Code; {
		case code == 429:
			return ClassQuota
		case code >= 500:
			return ClassUnreachable
		}
	}
	return ClassProtocol
}

// ErrForeign is an object that is there and not ours.
type ErrForeign struct {
	// Object is its kind and name, Why what says so.
	Object, Why string
}

// Error says what is there.
func (e *ErrForeign) Error() string { return e.Object + " is there, and " + e.Why }
func (e *ErrForeign) isRefusal()    {}

// ErrConflict is an object of ours some of whose fields somebody else manages.
type ErrConflict struct {
	Object string
	// Fields are the paths in conflict with who manages them, such as
	// `.allowVolumeExpansion (kubectl-edit)`.
	Fields []string
}

// Error names the fields and their managers.
func (e *ErrConflict) Error() string {
	return fmt.Sprintf("%s: managed by somebody else: %s", e.Object, strings.Join(e.Fields, ", "))
}
func (e *ErrConflict) isRefusal() {}
