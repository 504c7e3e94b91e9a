package provision

import "sync"

// group is goroutines of a run. Each holds a busy token from before it starts; the last
// one to end hands its token to the goroutine that waits for them, so that a simulated
// clock stands still in between.
type group struct {
	clock   Clock
	mu      sync.Mutex
	running int
	waiter  chan struct{}
}

// start runs f in a goroutine. It may be called by a member while another one waits.
func (g *group) start(f func()) {
	g.mu.Lock()
	g.running++
	g.mu.Unlock()
	g.clock.Busy(+1)
	go func() {
		f()
		g.mu.Lock()
		g.running--
		last := g.running == 0 && g.waiter != nil
		g.mu.Unlock()
		if last {
			close(g.waiter)
			return
		}
		g.clock.Busy(-1)
	}()
}

// wait returns when all goroutines have ended. The caller holds a busy token, before and
// after; it is given back in between. It is called once.
func (g *group) wait() {
	g.mu.Lock()
	if g.running == 0 {
		g.mu.Unlock()
		return
	}
	g.waiter = make(chan struct{})
	g.mu.Unlock()
	g.clock.Busy(-1)
	<-g.waiter
}
