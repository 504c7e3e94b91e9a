package wsman

import "time"

// Limits are the quotas of one host's WinRM service. A zero field has its default. The
// values differ between Windows versions; the source is
// https://learn.microsoft.com/windows/win32/winrm/installation-and-configuration-for-windows-remote-management
// where no other is named.
type Limits struct {
	// MaxShellsPerUser is how many shells one user may have open. Default 30.
	MaxShellsPerUser int
	// MaxConcurrentUsers is how many users may have shells open. Default 10.
	MaxConcurrentUsers int
	// MaxProcessesPerShell is how many commands may run in one shell. Default 25.
	MaxProcessesPerShell int
	// MaxMemoryPerShell is the input in bytes that the commands of one shell may hold.
	// Default 1 GiB.
	MaxMemoryPerShell int
	// MaxEnvelopeSize is the longest request and reply in bytes, at least 8192. Default
	// 500 KiB.
	MaxEnvelopeSize int
	// MaxTimeout is the longest OperationTimeout, and the one of a request that names
	// none. Default 60 s.
	MaxTimeout time.Duration
	// IdleTimeout is how long a shell outlives its last request unless its Create asked
	// for less. Default 2 h, as current hosts answer; the documentation says 180 s.
	IdleTimeout time.Duration
	// MaxCommandLine is the longest line that cmd.exe takes, in UTF-16 units. Default 8191,
	// https://learn.microsoft.com/troubleshoot/windows-client/shell-experience/command-line-string-limitation
	MaxCommandLine int
}

// minEnvelopeSize is the smallest MaxEnvelopeSize in bytes that a client may ask for
// (DSP0226, wsman:MaxEnvelopeSize).
const minEnvelopeSize = 8192

// maxProcessLine is the longest line in UTF-16 units that Windows starts a process with
// (CreateProcessW, lpCommandLine).
const maxProcessLine = 32766

func (l Limits) withDefaults() Limits {
	orInt := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	orInt(&l.MaxShellsPerUser, 30)
	orInt(&l.MaxConcurrentUsers, 10)
	orInt(&l.MaxProcessesPerShell, 25)
	orInt(&l.MaxMemoryPerShell, 1<<30)
	orInt(&l.MaxEnvelopeSize, 500<<10)
	l.MaxEnvelopeSize = max(l.MaxEnvelopeSize, minEnvelopeSize)
	orTime(&l.MaxTimeout, time.Minute)
	orTime(&l.IdleTimeout, 2*time.Hour)
	orInt(&l.MaxCommandLine, 8191)
	return l
}

// Effective are the limits with Windows' own in the place of what is not set.
func (l Limits) Effective() Limits { return l.withDefaults() }
