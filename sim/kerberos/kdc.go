// Package kerberos is the Kerberos realm of a simulated datacenter: a KDC that gives the
// accounts of the model tickets for its hosts, and the check of what a client shows to a
// host (RFC 4120, RFC 4121). It knows AES with SHA-1, the ciphers of Active Directory.
package kerberos

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"
)

// An Account is a user of the realm.
type Account struct {
	Password string
	// Expired is a password that has to be changed first, Disabled an account that is shut.
	Expired, Disabled bool
}

// Options describe a realm. All but LockAfter and Off are required.
type Options struct {
	// Realm is its name in capitals, as LAB.EXAMPLE.
	Realm string
	// Now is the world's time.
	Now func() time.Time
	// Key is the realm's own secret, 32 bytes.
	Key []byte
	// Accounts knows a user by the name without a realm. It may be called from several
	// goroutines at a time, as Service.
	Accounts func(name string) (Account, bool)
	// Service knows the key, 32 bytes, of a service such as HTTP/hci01.lab.example.
	Service func(name string) (key []byte, ok bool)
	// LockAfter is how many wrong passwords shut an account; 0 is never.
	LockAfter int
}

// A KDC answers over TCP. Make it with NewKDC.
type KDC struct {
	opts Options

	mu     sync.Mutex
	wrong  map[string]int // wrong passwords by user
	conns  map[net.Conn]bool
	doors  map[net.Listener]bool
	closed bool
	work   sync.WaitGroup
}

// NewKDC returns a KDC that listens to nothing yet.
func NewKDC(o Options) *KDC {
	return &KDC{opts: o, wrong: map[string]int{}, conns: map[net.Conn]bool{}, doors: map[net.Listener]bool{}}
}

// ErrClosed is what Serve returns after Close.
var ErrClosed = errors.New("the KDC is closed")

// Serve answers on the connections of l until Close, then returns ErrClosed. It closes l.
func (k *KDC) Serve(l net.Listener) error {
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		_ = l.Close()
		return ErrClosed
	}
	k.doors[l] = true
	k.mu.Unlock()
	for {
		conn, err := l.Accept()
		k.mu.Lock()
		switch {
		case k.closed:
			k.mu.Unlock()
			if err == nil {
				_ = conn.Close()
			}
			return ErrClosed
		case err != nil:
			k.mu.Unlock()
			return fmt.Errorf("serve the KDC: %w", err)
		}
		k.conns[conn] = true
		k.work.Go(func() { k.converse(conn) })
		k.mu.Unlock()
	}
}

// Close closes listeners and connections, and waits for whoever answers on them.
func (k *KDC) Close() error {
	k.mu.Lock()
	k.closed = true
	for l := range k.doors {
		_ = l.Close()
	}
	for conn := range k.conns {
		_ = conn.Close()
	}
	k.mu.Unlock()
	k.work.Wait()
	return nil
}

// Wrong is how many wrong passwords a user has given since the last right one.
func (k *KDC) Wrong(user string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.wrong[strings.ToLower(user)]
}

// maxMessage is the longest request that is read, in bytes.
const maxMessage = 64 << 10

// converse answers one client's questions (RFC 4120, 7.2.2).
func (k *KDC) converse(conn net.Conn) {
	defer func() {
		_ = conn.Close()
		k.mu.Lock()
		delete(k.conns, conn)
		k.mu.Unlock()
	}()
	for {
		var head [4]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return
		}
		n := binary.BigEndian.Uint32(head[:])
		if n > maxMessage {
			return
		}
		request := make([]byte, n)
		if _, err := io.ReadFull(conn, request); err != nil {
			return
		}
		answer := k.Answer(request)
		if answer == nil {
			return
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(answer))), answer...)); err != nil {
			return
		}
	}
}

// Answer is the reply to one request; nil when it is none that can be answered.
func (k *KDC) Answer(request []byte) []byte {
	const asReq, tgsReq = 0x6a, 0x6c
	if len(request) == 0 {
		return nil
	}
	switch request[0] {
	case asReq:
		return k.as(request)
	case tgsReq:
		return k.tgs(request)
	}
	return nil
}

// own is the key of the ticket-granting service.
func (k *KDC) own() types.EncryptionKey {
	return types.EncryptionKey{KeyType: aes256, KeyValue: k.opts.Key}
}

// count notes a password and reports whether the account is open still.
func (k *KDC) count(user string, right bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if right {
		delete(k.wrong, strings.ToLower(user))
		return
	}
	k.wrong[strings.ToLower(user)]++
}

func (k *KDC) locked(user string) bool {
	return k.opts.LockAfter > 0 && k.Wrong(user) >= k.opts.LockAfter
}
