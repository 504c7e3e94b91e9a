package kerberos

import (
	"encoding/binary"
	"errors"
)

// errLengths is a keytab or a file of tickets whose lengths do not add up. The library believes
// them, and would take memory and time without end.
var errLengths = errors.New("the file is damaged: its lengths do not add up")

// mostFile is how long a keytab or a file of tickets may be, in bytes.
const mostFile = 1 << 20

// checkKeytab walks over the entries of a keytab of version 2; a negative length is a hole.
func checkKeytab(file []byte) error {
	if len(file) > mostFile || len(file) < 2 || file[0] != 5 || file[1] != 2 {
		return errLengths
	}
	for rest := file[2:]; len(rest) >= 4; {
		length := int64(int32(binary.BigEndian.Uint32(rest)))
		if length == 0 {
			return nil
		}
		if length < 0 {
			length = -length
		}
		if length > int64(len(rest)-4) {
			return errLengths
		}
		rest = rest[4+length:]
	}
	return nil
}

// A walker goes over a file of tickets and stays at its end once it has gone too far.
type walker struct {
	rest    []byte
	damaged bool
}

func (w *walker) skip(n uint32) {
	if uint64(n) > uint64(len(w.rest)) {
		w.rest, w.damaged = nil, true
		return
	}
	w.rest = w.rest[n:]
}

func (w *walker) number(bytes int) (n uint32) {
	if len(w.rest) < bytes {
		w.rest, w.damaged = nil, true
		return 0
	}
	for _, b := range w.rest[:bytes] {
		n = n<<8 | uint32(b)
	}
	w.rest = w.rest[bytes:]
	return n
}

func (w *walker) data() { w.skip(w.number(4)) }

func (w *walker) principal() {
	w.number(4)
	count := w.number(4)
	w.data()
	for ; count > 0 && !w.damaged; count-- {
		w.data()
	}
}

// list walks over addresses or authorizations, each with a type of two bytes.
func (w *walker) list() {
	for count := w.number(4); count > 0 && !w.damaged; count-- {
		w.number(2)
		w.data()
	}
}

// checkTickets walks over a file of tickets of version 3 or 4, which MIT Kerberos writes.
func checkTickets(file []byte) error {
	if len(file) > mostFile || len(file) < 2 || file[0] != 5 || file[1] != 3 && file[1] != 4 {
		return errLengths
	}
	w := &walker{rest: file[2:]}
	if file[1] == 4 {
		w.skip(w.number(2))
	}
	w.principal()
	for len(w.rest) > 0 {
		w.principal()
		w.principal()
		w.number(2)
		if file[1] == 3 {
			w.number(2)
		}
		w.data()
		w.skip(4*4 + 1 + 4) // times, whether it is a session key, flags
		w.list()
		w.list()
		w.data()
		w.data()
	}
	if w.damaged {
		return errLengths
	}
	return nil
}
