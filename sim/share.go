package sim

import (
	"strings"
	"time"
)

// A share is a folder that arcwright keeps its lease and its records in.
type share struct {
	lease   lease
	records map[string]record // by key
}

// A lease says who works on a site.
type lease struct {
	exists  bool
	owner   string // empty when nobody does
	epoch   int64
	expires time.Time // to the second, as it is stored
}

// A record says which site made a thing.
type record struct {
	recordParams
	at time.Time // by the host's clock
}

// recordParams is a record as a script is given it.
type recordParams struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Site string `json:"site"`
	Plan string `json:"plan"`
	Step string `json:"step"`
	Run  string `json:"run"`
}

// key is the name of the record's file.
func (r recordParams) key() string {
	return strings.ToLower(r.Kind + "." + strings.ReplaceAll(r.Name, "/", "."))
}

// share is the folder of a lease file as a host sees it: on a cluster shared volume or a
// file share it is the same for every host.
func (w *world) share(h *host, leasePath string) *share {
	folder := leasePath
	if i := strings.LastIndex(leasePath, `\`); i >= 0 {
		folder = leasePath[:i]
	}
	key := strings.ToLower(folder)
	if !h.site.onVolume(w, folder) {
		key = strings.ToLower(h.Name) + " " + key
	}
	s := w.shares[key]
	if s == nil {
		s = &share{records: map[string]record{}}
		w.shares[key] = s
	}
	return s
}

// whole drops what a stored time does not keep.
func whole(at time.Time) time.Time { return at.UTC().Truncate(time.Second) }
