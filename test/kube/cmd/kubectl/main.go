// Command kubectl is the Kubernetes project's own command line, built from its module:
// a client of the simulated clusters that nobody here wrote, and a peer to measure
// against.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
)

func main() {
	os.Exit(cli.Run(cmd.NewDefaultKubectlCommand()))
}
