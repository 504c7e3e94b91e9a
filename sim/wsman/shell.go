package wsman

import (
	"fmt"
	"strings"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

// A shell belongs to a user and holds their commands. It is looked at and changed in a
// turn only.
type shell struct {
	id       string
	owner    string
	commands map[string]*command
	idle     time.Duration
	touched  time.Time // last request
	waiting  int       // requests parked on it
	gone     bool
}

// touch counts as the shell's last request.
func (sh *shell) touch(t *timeline.Turn) { sh.touched = t.Now() }

// processes is how many of the shell's commands have not ended.
func (sh *shell) processes() (n int) {
	for _, c := range sh.commands {
		if !c.state.ended() {
			n++
		}
	}
	return n
}

// input is the number of bytes that the shell's commands hold.
func (sh *shell) input() (n int) {
	for _, c := range sh.commands {
		n += len(c.stdin)
	}
	return n
}

func (s *Server) create(x *exchange) reply {
	idle := s.limits.IdleTimeout
	b := x.req.body.Shell
	if b == nil {
		return s.refuse(x, faultf(FaultInvalidBody, "A Create needs a Shell in its body."))
	}
	if v := strings.TrimSpace(b.IdleTimeOut); v != "" {
		asked, ok := parseDuration(v)
		if !ok {
			return s.refuse(x, faultf(FaultSchema, "The IdleTimeOut %q is not valid.", v))
		}
		idle = min(idle, asked)
	}
	sh := &shell{id: s.newID(), owner: owner(x.user), commands: map[string]*command{}, idle: idle}
	var f *fault
	s.opts.Line.Do(func(t *timeline.Turn) {
		mine, users := 0, map[string]bool{}
		for _, other := range s.shells {
			users[other.owner] = true
			if other.owner == sh.owner {
				mine++
			}
		}
		switch {
		case mine >= s.limits.MaxShellsPerUser:
			f = faultf(FaultQuotaShells, "The quota of %d open shells for one user is used up.", s.limits.MaxShellsPerUser)
		case !users[sh.owner] && len(users) >= s.limits.MaxConcurrentUsers:
			f = faultf(FaultQuotaUsers, "The quota of %d users with open shells is used up.", s.limits.MaxConcurrentUsers)
		default:
			s.shells[sh.id] = sh
			sh.touch(t)
			s.expire(t, sh)
		}
	})
	if f != nil {
		return s.refuse(x, f)
	}
	x.entry.Shell = sh.id
	return s.accept(x, `<x:ResourceCreated><a:Address>https://`+text(s.opts.Host)+`:5986/wsman</a:Address><a:ReferenceParameters>`+
		`<w:ResourceURI>`+resourceCmd+`</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">`+sh.id+`</w:Selector></w:SelectorSet>`+
		`</a:ReferenceParameters></x:ResourceCreated>`+
		`<rsp:Shell><rsp:ShellId>`+sh.id+`</rsp:ShellId><rsp:ResourceUri>`+resourceCmd+`</rsp:ResourceUri>`+
		`<rsp:Owner>`+text(x.user)+`</rsp:Owner>`+
		fmt.Sprintf(`<rsp:IdleTimeOut>PT%.3fS</rsp:IdleTimeOut>`, idle.Seconds())+
		`<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>`+
		`<rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime><rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity></rsp:Shell>`)
}

// find is the shell a request is for, and its user's.
func (s *Server) find(t *timeline.Turn, x *exchange) (*shell, *fault) {
	sh := s.shells[x.req.shell]
	switch {
	case sh == nil:
		return nil, faultf(FaultNotFound, "There is no shell %s: it has been deleted, or it has expired, or the id is wrong.", x.req.shell)
	case sh.owner != owner(x.user):
		return nil, faultf(FaultAccessDenied, "The shell belongs to another user.")
	}
	sh.touch(t)
	return sh, nil
}

func (s *Server) remove(x *exchange) reply {
	var f *fault
	s.opts.Line.Do(func(t *timeline.Turn) {
		var sh *shell
		if sh, f = s.find(t, x); f == nil {
			s.drop(t, sh)
		}
	})
	if f != nil {
		return s.refuse(x, f)
	}
	return s.accept(x, "")
}

// drop ends a shell and all that runs in it.
func (s *Server) drop(t *timeline.Turn, sh *shell) {
	sh.gone = true
	delete(s.shells, sh.id)
	for _, c := range sh.commands {
		c.kill(t)
	}
}

// expire drops the shell once nobody has asked anything of it for its idle time.
func (s *Server) expire(t *timeline.Turn, sh *shell) {
	t.At(sh.touched.Add(sh.idle), func(t *timeline.Turn) {
		switch {
		case sh.gone:
		case sh.waiting > 0:
			sh.touch(t)
			s.expire(t, sh)
		case t.Now().Before(sh.touched.Add(sh.idle)):
			s.expire(t, sh)
		default:
			s.drop(t, sh)
		}
	})
}
