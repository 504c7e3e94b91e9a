package planner

import "testing"

// BenchmarkPlan plans the largest deployment that is supported: 8 hosts, 8 clusters and
// 200 machines.
func BenchmarkPlan(b *testing.B) {
	in := exampleInput(b, "baseline")
	b.Run("make", func(b *testing.B) {
		for b.Loop() {
			Make(in)
		}
	})
	plan := Make(in)
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			if _, err := Encode(plan); err != nil {
				b.Fatal(err)
			}
		}
	})
	data, err := Encode(plan)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			if _, findings := DecodePlan("plan.yaml", data); len(findings) > 0 {
				b.Fatal(findings)
			}
		}
	})
}
