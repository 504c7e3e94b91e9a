package packing

import "math/bits"

// A reach is which sums of one resource the machines can make: with sizes of 16 and 32 no
// host is ever filled to 40.
type reach struct {
	unit int64 // the greatest common divisor of the sizes
	most int64 // in units, what the bits go up to
	// bits has a bit for each sum in units; nil when there would be too many, and every multiple
	// of the unit counts as a sum.
	bits []uint64
}

// mostBits bounds the work of finding the sums.
const mostBits = 1 << 14

// reachOf finds the sums of a resource up to an amount.
func reachOf(kinds []kind, r Resource, most int64) *reach {
	t := &reach{}
	for _, k := range kinds {
		t.unit = divisor(t.unit, k.size[r])
	}
	if t.unit == 0 {
		t.unit = 1
		t.bits = []uint64{1}
		return t
	}
	t.most = most / t.unit
	if t.most >= mostBits {
		return t
	}
	t.bits = make([]uint64, t.most/64+1)
	t.bits[0] = 1
	for _, k := range kinds {
		size := k.size[r] / t.unit
		if size == 0 {
			continue
		}
		// n machines as 1 + 2 + 4 + ... and the rest: each part is there or not
		for n, part := min(int64(k.count), t.most/size), int64(1); n > 0; part *= 2 {
			part = min(part, n)
			t.shift(part * size)
			n -= part
		}
	}
	return t
}

// shift adds to every sum the same sum with an amount more.
func (t *reach) shift(by int64) {
	words, rest := int(by/64), uint(by%64)
	for i := len(t.bits) - 1; i >= words; i-- {
		w := t.bits[i-words] << rest
		if rest > 0 && i > words {
			w |= t.bits[i-words-1] >> (64 - rest)
		}
		t.bits[i] |= w
	}
	if last := uint(t.most%64) + 1; last < 64 {
		t.bits[len(t.bits)-1] &= 1<<last - 1
	}
}

// atMost is the largest sum that is no more than an amount.
func (t *reach) atMost(amount int64) int64 {
	n := amount / t.unit
	if t.bits == nil {
		return n * t.unit
	}
	n = min(n, t.most)
	i := int(n / 64)
	w := t.bits[i] & (^uint64(0) >> (63 - uint(n%64)))
	for w == 0 { // bit 0, nothing at all, is always a sum
		i--
		w = t.bits[i]
	}
	return (int64(i)*64 + 63 - int64(bits.LeadingZeros64(w))) * t.unit
}

// atLeast is the smallest sum that is no less than an amount, of those up to where the sums
// are known; ok is false when there is none.
func (t *reach) atLeast(amount int64) (sum int64, ok bool) {
	n := (amount + t.unit - 1) / t.unit
	if t.bits == nil {
		return n * t.unit, true
	}
	if n > t.most {
		return 0, false
	}
	i := int(n / 64)
	w := t.bits[i] & (^uint64(0) << uint(n%64))
	for w == 0 {
		if i++; i == len(t.bits) {
			return 0, false
		}
		w = t.bits[i]
	}
	return (int64(i)*64 + int64(bits.TrailingZeros64(w))) * t.unit, true
}

func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
