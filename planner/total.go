package planner

import "math"

// plus adds two amounts, neither below zero, and stops at the largest there is.
func plus(a, b Bytes) Bytes {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// times is n times an amount, neither below zero, and stops at the largest there is.
func times(n int, b Bytes) Bytes {
	if b > 0 && Bytes(n) > math.MaxInt64/b {
		return math.MaxInt64
	}
	return Bytes(n) * b
}

// share is a percentage of an amount that is not below zero, rounded up.
func share(b Bytes, percent int) Bytes {
	part := times(max(percent, 0), b/100)
	return plus(part, (b%100*Bytes(min(max(percent, 0), 100))+99)/100)
}

// roundUp is the next multiple of a unit, so that figures read well and err to the safe side.
func roundUp(b, unit Bytes) Bytes {
	if over := b % unit; over > 0 {
		return plus(b, unit-over)
	}
	return b
}
