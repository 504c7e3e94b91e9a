package wire

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// wrap dresses an error as package net does, so that a client which looks for a
// *net.OpError, a timeout or a reset finds it. io.EOF stays bare.
func (c *Conn) wrap(op string, err error) error {
	var number syscall.Errno
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return err
	case errors.As(err, &number):
		err = os.NewSyscallError(op, number)
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// Refused is the error of a dial to a port that nobody listens on.
func Refused(remote net.Addr) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: remote, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

// Unreachable is the error of a dial to a host that answers nothing, given up by the
// client for the given cause.
func Unreachable(remote net.Addr, cause error) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: remote, Err: cause}
}

// Unknown is the error of a dial to a name that nobody has.
func Unknown(name string) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}}
}
