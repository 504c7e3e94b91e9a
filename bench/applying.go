package main

import (
	"path/filepath"
	"time"
)

// applying measures the whole program: plan file in, world new, every step done.
func applying(program, dir, example string, limit time.Duration, times int) (figure, error) {
	plan := filepath.Join(dir, example+".yaml")
	if _, _, err := command(program, "plan", filepath.Join("examples", example, "site.yaml"), "--out", plan); err != nil {
		return figure{}, err
	}
	var took []time.Duration
	var most int64
	for range times {
		t, memory, err := command(program, "apply", plan, "--state", filepath.Join(dir, "state"), "--on", "sim", "--fresh", "--speed", "max", "--yes", "--progress", "json", "--seed", "7")
		if err != nil {
			return figure{}, err
		}
		took, most = append(took, t), max(most, memory)
	}
	row := summary("apply "+example+" on sim", took, limit)
	row.memory = most
	return row, nil
}
