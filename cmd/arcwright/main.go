// Command arcwright plans, rehearses and provisions Kubernetes on Azure Stack HCI,
// Windows Server failover clusters and Azure Local.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// A reader that goes away is an error of writing, which stops a run cleanly; by
	// default it would end the program in the middle of it.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
