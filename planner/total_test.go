package planner

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestTotalsAreExactOrTheLargest holds the sums against numbers of any size.
func TestTotalsAreExactOrTheLargest(t *testing.T) {
	most := big.NewInt(math.MaxInt64)
	check := func(t *rapid.T, what string, got Bytes, want *big.Int) {
		t.Helper()
		if want.Cmp(most) > 0 {
			want = most
		}
		if want.Cmp(big.NewInt(int64(got))) != 0 {
			t.Fatalf("%s is %d, want %s", what, int64(got), want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.OneOf(rapid.Int64Range(0, 1<<40), rapid.Int64Range(math.MaxInt64-1<<40, math.MaxInt64))
		a, b := amount.Draw(t, "a"), amount.Draw(t, "b")
		n := rapid.IntRange(0, mostCounted).Draw(t, "n")
		percent := rapid.IntRange(0, 100).Draw(t, "percent")
		x, y := big.NewInt(a), big.NewInt(b)
		check(t, "the sum", plus(Bytes(a), Bytes(b)), new(big.Int).Add(x, y))
		check(t, "the product", times(n, Bytes(a)), new(big.Int).Mul(big.NewInt(int64(n)), x))
		part := new(big.Int).Mul(x, big.NewInt(int64(percent)))
		check(t, "the share", share(Bytes(a), percent), part.Add(part, big.NewInt(99)).Div(part, big.NewInt(100)))
	})
}

func TestRoundUp(t *testing.T) {
	for _, test := range []struct{ amount, unit, want Bytes }{{0, 8, 0}, {1, 8, 8}, {8, 8, 8}, {9, 8, 16}, {math.MaxInt64, 8, math.MaxInt64}} {
		if got := roundUp(test.amount, test.unit); got != test.want {
			t.Errorf("roundUp(%d, %d) is %d, want %d", int64(test.amount), int64(test.unit), int64(got), int64(test.want))
		}
	}
}
