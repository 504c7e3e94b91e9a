package wsman

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/sim/timeline"
)

// An exchange is one request with who sent it and what the transcript will say.
type exchange struct {
	req   *request
	user  string
	entry *Entry
}

// A reply is what goes back. Status 0 closes the connection without one.
type reply struct {
	status int
	body   []byte
	fault  FaultCode
	half   bool               // close the connection in the middle
	settle func(written bool) // hears whether the reply could be written; may be nil
}

// accept is the reply that the action was carried out.
func (s *Server) accept(x *exchange, body string) reply {
	return reply{status: http.StatusOK, body: message(x.req.action.uri()+"Response", s.newID(), x.req.messageID, body)}
}

// refuse is the reply that it was not.
func (s *Server) refuse(x *exchange, f *fault) reply {
	action := nsManagement + "/fault"
	if strings.HasPrefix(f.code.kind().subcode, "a:") {
		action = nsAddressing + "/fault"
	}
	return reply{
		status: http.StatusInternalServerError,
		body:   message(action, s.newID(), x.req.messageID, f.body(s.opts.Host)),
		fault:  f.code,
	}
}

// handle serves one HTTP request from its login to its reply.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	body, tooLong, err := s.read(r)
	if err != nil {
		panic(http.ErrAbortHandler) // the client went away
	}
	e := &Entry{In: len(body)}
	rep := s.answer(w.Header(), r, e, body, tooLong)
	if r.Context().Err() != nil || s.ctx.Err() != nil {
		rep.status = 0
	}
	e.At, e.Status = s.opts.Line.Now(), rep.status
	if rep.status != 0 {
		e.Fault, e.Out = rep.fault, len(rep.body)
	}
	if s.opts.Transcript != nil {
		s.opts.Transcript(*e)
	}
	written := rep.status != 0 && write(w, rep)
	if rep.settle != nil {
		rep.settle(written)
	}
	if !written {
		panic(http.ErrAbortHandler)
	}
}

// write reports whether the whole reply has left.
func write(w http.ResponseWriter, rep reply) bool {
	w.Header().Set("Content-Length", strconv.Itoa(len(rep.body)))
	if len(rep.body) > 0 {
		w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
	}
	w.WriteHeader(rep.status)
	if rep.half {
		rep.body = rep.body[:len(rep.body)/2]
	}
	if _, err := w.Write(rep.body); err != nil && len(rep.body) > 0 {
		return false
	}
	return http.NewResponseController(w).Flush() == nil && !rep.half
}

// read takes the whole body, so that the connection can go on, and says whether it is
// longer than an envelope may be.
func (s *Server) read(r *http.Request) (body []byte, tooLong bool, err error) {
	limit := s.limits.MaxEnvelopeSize
	body, err = io.ReadAll(io.LimitReader(r.Body, int64(limit)+1))
	if err != nil || len(body) <= limit {
		return body, false, err
	}
	const patience = 16 << 20 // a client that sends more finds the connection closed
	_, err = io.Copy(io.Discard, io.LimitReader(r.Body, patience))
	return body, true, err
}

// answer decides on the reply: what HTTP has to say, the login, then the message.
func (s *Server) answer(h http.Header, r *http.Request, e *Entry, body []byte, tooLong bool) reply {
	switch {
	case !strings.EqualFold(strings.TrimSuffix(r.URL.Path, "/"), "/wsman"):
		return reply{status: http.StatusNotFound}
	case r.Method != http.MethodPost:
		h.Set("Allow", http.MethodPost)
		return reply{status: http.StatusMethodNotAllowed}
	}
	l := r.Context().Value(loginKey{}).(*login)
	open := strings.EqualFold(r.Header.Get("WSMANIDENTIFY"), "unauthenticated")
	if open && !tooLong {
		if req, f := decode(body); f == nil && req.action == ActionIdentify {
			x := &exchange{req: req, entry: e}
			return s.perform(r.Context(), h, l, x)
		}
	}
	v := s.authenticate(l, r, len(body) == 0)
	if v.user == "" {
		v.challenge(h, s.basic())
		return reply{status: http.StatusUnauthorized}
	}
	if v.token != "" {
		h.Set("WWW-Authenticate", v.token)
	}
	e.User = v.user
	switch {
	case tooLong:
		// What HTTP.sys does: clients of real hosts report 413 without a body.
		return reply{status: http.StatusRequestEntityTooLarge}
	case len(body) == 0:
		return reply{status: http.StatusOK} // the last step of a login on its own
	case !soapUTF8(r.Header.Get("Content-Type")):
		return reply{status: http.StatusUnsupportedMediaType}
	}
	req, f := decode(body)
	x := &exchange{req: req, user: v.user, entry: e}
	e.Action, e.Shell = req.action, req.shell
	if f != nil {
		return s.refuse(x, f)
	}
	return s.perform(r.Context(), h, l, x)
}

// soapUTF8 reports whether a Content-Type is SOAP in UTF-8, the only form spoken here.
func soapUTF8(contentType string) bool {
	media, params, err := mime.ParseMediaType(contentType)
	charset, given := params["charset"]
	return err == nil && media == "application/soap+xml" && (!given || strings.EqualFold(charset, "utf-8"))
}

// perform acts on an understood request, with whatever trouble befalls it.
func (s *Server) perform(ctx context.Context, h http.Header, l *login, x *exchange) reply {
	var trouble Trouble
	x.entry.Action = x.req.action
	if s.opts.Trouble != nil {
		var spot *timeline.Spot
		s.opts.Line.Do(func(t *timeline.Turn) {
			trouble = s.opts.Trouble(t, x.req.action)
			switch {
			case trouble.Kind == TroubleHang:
				spot = t.Park(-1)
			case trouble.Delay > 0:
				spot = t.Park(trouble.Delay)
			}
		})
		x.entry.Trouble = trouble.Kind
		if spot != nil && spot.Wait(ctx) != nil {
			return reply{}
		}
	}
	switch trouble.Kind {
	case TroubleCutBefore, TroubleHang:
		return reply{}
	case TroubleUnavailable:
		return reply{status: http.StatusServiceUnavailable}
	case TroubleUnauthorized:
		*l = login{}
		h.Del("WWW-Authenticate")
		verdict{}.challenge(h, s.basic())
		return reply{status: http.StatusUnauthorized}
	case TroubleFault:
		return s.refuse(x, &fault{code: trouble.Fault})
	}
	rep := s.act(ctx, x)
	switch trouble.Kind {
	case TroubleCutAfter:
		rep.status = 0
	case TroubleCutWithin:
		rep.half = true
	}
	return rep
}

func (s *Server) act(ctx context.Context, x *exchange) reply {
	switch x.req.action {
	case ActionCreate:
		return s.create(x)
	case ActionCommand:
		return s.command(ctx, x)
	case ActionSend:
		return s.send(ctx, x)
	case ActionReceive:
		return s.receive(ctx, x)
	case ActionSignal:
		return s.signal(x)
	case ActionDelete:
		return s.remove(x)
	default: // ActionIdentify; decode knows no other
		version := s.opts.Version
		if x.user == "" {
			version = ""
		}
		return reply{status: http.StatusOK, body: identity(version)}
	}
}
