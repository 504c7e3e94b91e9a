package kubeapi

import (
	"math"
	"net/http"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// TroubleKind is what may go wrong with one request.
type TroubleKind string

// The troubles of a request.
const (
	NoTrouble TroubleKind = ""
	// Cut ends the connection before the request has any effect.
	Cut TroubleKind = "cut"
	// Lose lets the request take effect and then ends the connection without an answer.
	// A watch is cut.
	Lose TroubleKind = "lose"
	// Hang never answers, and the request has no effect.
	Hang TroubleKind = "hang"
	// Refuse answers with Status and, unless it is 0, RetryAfter.
	Refuse TroubleKind = "refuse"
)

// Trouble is what goes wrong with one request.
type Trouble struct {
	Kind       TroubleKind
	Status     int           // of Refuse: the HTTP status, for example 429; 0 is 503
	RetryAfter time.Duration // of Refuse: sent in whole seconds, rounded up
}

// refusal is the answer of a request that is refused.
func (t Trouble) refusal() *apierrors.StatusError {
	seconds := int(math.Ceil(t.RetryAfter.Seconds()))
	switch t.Status {
	case http.StatusTooManyRequests:
		return apierrors.NewTooManyRequests("Too many requests, please try again later.", seconds)
	case http.StatusServiceUnavailable, 0:
		err := apierrors.NewServiceUnavailable("apiserver is shutting down")
		err.ErrStatus.Details = &metav1.StatusDetails{RetryAfterSeconds: int32(seconds)}
		return err
	}
	return apierrors.NewGenericServerResponse(t.Status, "", schema.GroupResource{}, "", http.StatusText(t.Status), seconds, false)
}

// retryAfter is the Retry-After header of a refusal, or nothing.
func (t Trouble) retryAfter() string {
	if t.RetryAfter <= 0 {
		return ""
	}
	return strconv.Itoa(int(math.Ceil(t.RetryAfter.Seconds())))
}
