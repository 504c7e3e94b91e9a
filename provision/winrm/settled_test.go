package winrm

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"
)

// TestMain fails the package when something is left running after all of its tests: each has
// closed its clients and hosts by then, so that a goroutine of either, or one that waits on a
// connection, has been forgotten.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := leftover(); code == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "left running after the tests:\n%s", left)
		code = 1
	}
	os.Exit(code)
}

// leftover is what does not end by itself: goroutines of ours, and of net/http and crypto/tls
// that stand for a connection.
func leftover() string {
	var left strings.Builder
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); runtime.Gosched() {
		left.Reset()
		var all bytes.Buffer
		_ = pprof.Lookup("goroutine").WriteTo(&all, 2)
		for g := range strings.SplitSeq(all.String(), "\n\n") {
			if strings.Contains(g, "TestMain") || strings.Contains(g, "gokrb5") || stockOnly(g) {
				continue
			}
			for _, kind := range []string{"arcwright/", "net/http.", "crypto/tls."} {
				if strings.Contains(g, kind) {
					left.WriteString(g + "\n\n")
					break
				}
			}
		}
		if left.Len() == 0 {
			return ""
		}
	}
	return left.String()
}

// stockOnly is a goroutine that the transports of masterzen/winrm have left, as they do: an
// idle connection of a client that cannot be closed.
func stockOnly(g string) bool {
	return strings.Contains(g, "masterzen/winrm") || strings.Contains(g, "net/http.(*Transport).dialConn") && !strings.Contains(g, "arcwright/")
}
