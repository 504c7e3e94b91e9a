package kubeapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/arcwright/arcwright/sim/timeline"
)

// ServeHTTP answers one request. Reading, decoding, encoding and writing happen outside
// the world; the request looks at the world and changes it in a single turn.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		panic(http.ErrAbortHandler)
	}
	defer s.working.Done()
	defer s.confess(w)

	request, err := read(r)
	if err == nil {
		request.User, err = s.authenticate(r, s.options.Line.Now())
	}
	f := form{}
	if err == nil {
		f, err = readForm(r)
	}
	var c *call
	if err == nil {
		c, err = s.understand(request)
	}

	var a answer
	var trouble Trouble
	var hung *timeline.Spot
	s.options.Line.Do(func(t *timeline.Turn) {
		f.now = t.Now()
		if s.options.Trouble != nil {
			trouble = s.options.Trouble(t, r.Method, r.URL.Path)
		}
		switch trouble.Kind {
		case Cut:
		case Hang:
			hung = t.Park(-1)
		case Refuse:
			err = trouble.refusal()
		default:
			if err == nil {
				a, err = s.perform(t, c)
			}
		}
	})
	if a.stream != nil {
		defer s.options.Line.Do(func(*timeline.Turn) { delete(s.store.watchers, a.stream) })
	}
	switch {
	case trouble.Kind == Cut || trouble.Kind == Lose:
		panic(http.ErrAbortHandler)
	case hung != nil:
		_ = hung.Wait(r.Context()) // it ends when the client or the server has had enough
		panic(http.ErrAbortHandler)
	case err != nil:
		if after := trouble.retryAfter(); after != "" {
			w.Header().Set("Retry-After", after)
		}
		s.send(w, refusal(err), f)
	case a.stream != nil:
		s.follow(w, r, a, f)
	default:
		s.send(w, a, f)
	}
}

// confess turns a defect of the simulator into an answer that says so.
func (s *Server) confess(w http.ResponseWriter) {
	switch defect := recover(); defect {
	case nil:
	case http.ErrAbortHandler:
		panic(http.ErrAbortHandler)
	default:
		s.send(w, refusal(apierrors.NewInternalError(fmt.Errorf("the simulated API server panicked: %v", defect))), form{})
	}
}

// read takes a request off the wire, with its whole body: the connection is watched for
// the client's going only after that.
func read(r *http.Request) (Request, error) {
	out := Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
		ContentType: r.Header.Get("Content-Type"), Agent: r.UserAgent()}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return out, apierrors.NewRequestEntityTooLargeError(fmt.Sprintf("limit is %d", maxBody))
	case err != nil:
		return out, apierrors.NewBadRequest(fmt.Sprintf("read the body: %v", err))
	}
	out.Body = body
	return out, nil
}

// readForm reads how the client wants objects to be sent.
func readForm(r *http.Request) (form, error) {
	format, err := acceptable(r.Header.Get("Accept"))
	if err != nil {
		return form{}, err
	}
	with, err := readIncluded(r.URL.Query().Get("includeObject"))
	return form{format: format, with: with}, err
}
