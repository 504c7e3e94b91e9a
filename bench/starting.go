package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// starting measures `arcwright version` and `kubectl version --client` in turns. kubectl
// is built from its module in test/kube.
func starting(program string) (figure, error) {
	kubectl, err := filepath.Abs(filepath.Join(".cache", "kubectl"))
	if err != nil {
		return figure{}, err
	}
	if _, err := os.Stat(kubectl); err != nil {
		build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", kubectl, "./cmd/kubectl")
		build.Dir = filepath.Join("test", "kube")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return figure{}, err
		}
	}
	var ours, theirs []time.Duration
	for range 21 {
		a, _, err := command(program, "version")
		if err != nil {
			return figure{}, err
		}
		b, _, err := command(kubectl, "version", "--client")
		if err != nil {
			return figure{}, err
		}
		ours, theirs = append(ours, a), append(theirs, b)
	}
	row := summary("arcwright version", ours, 0)
	row.peer = summary("", theirs, 0).median
	row.note = "peer: kubectl version --client"
	return row, nil
}
