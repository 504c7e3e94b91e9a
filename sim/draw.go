package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"time"
)

// A seed makes every choice of a world. What is drawn depends on the seed and a label
// only, never on what was drawn before or on the time, so that the order in which
// requests happen to arrive changes nothing and a replay is exact.
type seed uint64

// sum is 32 bytes that belong to a label. The parts of a label cannot run into each other.
func (s seed) sum(label ...string) [sha256.Size]byte {
	var b []byte
	b = binary.BigEndian.AppendUint64(b, uint64(s))
	for _, part := range label {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return sha256.Sum256(b)
}

func (s seed) bits(label ...string) uint64 {
	sum := s.sum(label...)
	return binary.BigEndian.Uint64(sum[:8])
}

// below draws a number from 0 to n-1.
func (s seed) below(n int, label ...string) int { return int(s.bits(label...) % uint64(n)) }

// A span is the least and the most time that something takes.
type span struct{ least, most time.Duration }

// within draws a time to the nanosecond, so that two things hardly ever end together.
func (s seed) within(sp span, label ...string) time.Duration {
	if sp.most <= sp.least {
		return sp.least
	}
	return sp.least + time.Duration(s.bits(label...)%uint64(sp.most-sp.least))
}

// suffix draws five letters and digits, as the platform ends the names of its machines.
func (s seed) suffix(label ...string) string {
	const letters = "bcdfghjklmnpqrstvwxz2456789"
	sum := s.sum(label...)
	var b strings.Builder
	for _, v := range sum[:5] {
		b.WriteByte(letters[int(v)%len(letters)])
	}
	return b.String()
}
