package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// manySites is how many sites the fleet row plans.
const manySites = 10_000

// many measures a fleet: ten thousand different sites planned and written on two
// processors, by a process of its own, so that its peak memory is theirs.
func many() (figure, error) {
	self, err := os.Executable()
	if err != nil {
		return figure{}, err
	}
	took, memory, err := command(self, "-fleet")
	if err != nil {
		return figure{}, err
	}
	row := summary(fmt.Sprintf("plan %d sites", manySites), []time.Duration{took}, time.Minute)
	row.memory, row.note = memory, "on two processors, at most 1 GB"
	return row, nil
}

// planFleet is the body of the process that many starts.
func planFleet() error {
	in, err := input("worked-akshci")
	if err != nil {
		return err
	}
	runtime.GOMAXPROCS(2)
	var group sync.WaitGroup
	failed := make(chan error, 2)
	for worker := range 2 {
		group.Go(func() {
			for i := worker; i < manySites; i += 2 {
				one := in
				one.Site.Name = fmt.Sprintf("site%d", i)
				one.Site.Clusters = append([]planner.Cluster(nil), in.Site.Clusters...)
				one.Site.Clusters[0].Services = i % 7
				if _, err := planner.Encode(planner.Make(one)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(failed)
	return <-failed
}
