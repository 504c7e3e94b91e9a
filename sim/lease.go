package sim

import (
	"encoding/json"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

// leaseAnswer is what the lease script prints.
type leaseAnswer struct {
	Held    bool   `json:"held"`
	Owner   string `json:"owner"`
	Epoch   int64  `json:"epoch"`
	Expires string `json:"expires"`
}

type leaseParams struct {
	Action     string `json:"action"`
	Path       string `json:"path"`
	Owner      string `json:"owner"`
	Epoch      int64  `json:"epoch"`
	TTLSeconds int    `json:"ttlSeconds"`
}

func (w *world) leaseScript(t *timeline.Turn, h *host, params json.RawMessage) (any, error) {
	var p leaseParams
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	s, now := w.share(h, p.Path), h.clock(t)
	next := s.lease
	if !next.exists {
		next.expires = now
	}
	if next.owner != "" && !next.expires.After(now) {
		next.owner = ""
	}
	mine := next.owner == p.Owner && next.owner != ""
	write := false
	switch p.Action {
	case "read":
	case "acquire":
		if write = next.owner == "" || mine; write {
			next.owner, next.epoch, next.expires = p.Owner, next.epoch+1, now.Add(time.Duration(p.TTLSeconds)*time.Second)
		}
	case "renew":
		// An expired lease that nobody took since is still the holder's.
		if write = next.epoch == p.Epoch && (next.owner == "" || mine); write {
			next.owner, next.expires = p.Owner, now.Add(time.Duration(p.TTLSeconds)*time.Second)
		}
	case "release":
		if write = mine && next.epoch == p.Epoch; write {
			next.owner, next.expires = "", now
		}
	case "break":
		write = true
		next.owner, next.epoch, next.expires = "", next.epoch+1, now
	default:
		return nil, stop("BadRequest", "lease knows no action %s", p.Action)
	}
	next.expires = whole(next.expires)
	if write {
		if err := w.accept(t, entry{Kind: entryScript, Host: h.Name, Script: "lease", Params: params}); err != nil {
			return nil, err
		}
		next.exists = true
		s.lease = next
	}
	held := next.owner != "" && next.owner == p.Owner && (p.Action != "renew" || write)
	return leaseAnswer{held, next.owner, next.epoch, stamp(next.expires)}, nil
}
