// Command arcwright plans, rehearses and provisions Kubernetes on Azure Stack HCI,
// Windows Server failover clusters and Azure Local.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
