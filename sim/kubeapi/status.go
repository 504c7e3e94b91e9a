package kubeapi

import (
	"errors"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// errNoPage is the answer to a path that leads nowhere. Real servers answer it in text.
var errNoPage = errors.New("404 page not found")

// refused is an error that answers a request with exactly this status.
func refused(code int32, reason metav1.StatusReason, message string) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: code, Reason: reason, Message: message}}
}

func notAllowed(method string) error {
	return apierrors.NewGenericServerResponse(http.StatusMethodNotAllowed, method, schema.GroupResource{}, "", "", 0, false)
}

// statusOf is what a client is told about an error. One without a status of its own
// becomes a 500 without a reason, as in a real server.
func statusOf(err error) *metav1.Status {
	status := metav1.Status{Status: metav1.StatusFailure, Code: http.StatusInternalServerError, Message: err.Error()}
	var known apierrors.APIStatus
	if errors.As(err, &known) {
		status = known.Status()
	}
	status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	return &status
}

func notFound(k key) error { return apierrors.NewNotFound(k.resource.group(), k.Name) }

func expired(message string) error { return apierrors.NewResourceExpired(message) }
