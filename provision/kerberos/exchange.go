package kerberos

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jcmturner/gokrb5/v8/messages"

	"github.com/arcwright/arcwright/provision/clock"
)

const (
	// kdcTimeout bounds one exchange with one KDC, connecting included.
	kdcTimeout = 10 * time.Second
	// maxMessage is far more than any ticket: those of Active Directory stay under 64 KiB
	// (MaxTokenSize).
	maxMessage = 256 << 10
)

// ask sends a message to the KDCs of a realm, one after the other until one answers, and
// returns the answer, or a *Error that is one. The caller holds a busy token.
func (c *Client) ask(ctx context.Context, realm, about string, message []byte) ([]byte, error) {
	tried := c.config.kdcs(realm)
	var last error
	for _, address := range tried {
		answer, err := c.askOne(ctx, address, message)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			last = err
			continue
		}
		refusal, err := c.refusal(answer, realm, about)
		switch {
		case err != nil:
			last = err
		case refusal == nil:
			return answer, nil
		case refusal.Code != CodeUnavailable:
			return answer, refusal
		default:
			last = refusal
		}
	}
	return nil, &ErrUnreachable{Realm: realm, Tried: tried, Err: last}
}

// refusal is the KRB-ERROR that a message is, nil when it is none.
func (c *Client) refusal(answer []byte, by, about string) (*Error, error) {
	const krbError = 0x7e // [APPLICATION 30]
	if len(answer) == 0 || answer[0] != krbError {
		return nil, nil
	}
	var k messages.KRBError
	if err := k.Unmarshal(answer); err != nil {
		return nil, fmt.Errorf("read refusal: %w", errMessage)
	}
	e := &Error{Code: Code(k.ErrorCode), Text: line(k.EText), By: by, For: about}
	if !k.STime.IsZero() {
		e.Off = k.STime.Sub(c.clk.Now())
	}
	return e, nil
}

// askOne has one exchange over TCP (RFC 4120, 7.2.2).
func (c *Client) askOne(ctx context.Context, address string, message []byte) ([]byte, error) {
	limited, cancel := clock.WithTimeout(ctx, c.clk, kdcTimeout)
	defer cancel()
	c.clk.Wire(+1)
	c.clk.Busy(-1)
	answer, err := exchange(limited, c.dial, address, message)
	c.clk.Busy(+1)
	c.clk.Wire(-1)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		err = errNoAnswer
	}
	return answer, err
}

func exchange(ctx context.Context, dial clock.DialFunc, address string, message []byte) ([]byte, error) {
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...)); err != nil {
		return nil, fmt.Errorf("ask KDC: %w", err)
	}
	return readMessage(conn)
}

func readMessage(conn net.Conn) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return nil, fmt.Errorf("read the KDC's answer: %w", noEnd(err))
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxMessage {
		return nil, errTooLong
	}
	answer := make([]byte, n)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return nil, fmt.Errorf("read the KDC's answer: %w", noEnd(err))
	}
	return answer, nil
}

// noEnd makes the end of a connection what it is here, unexpected.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
