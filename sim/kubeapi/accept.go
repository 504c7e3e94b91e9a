package kubeapi

import (
	"mime"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// format is how a client wants its answer.
type format string

const (
	asJSON  format = "json"
	asTable format = "table" // what kubectl get prints
)

// acceptable picks the first form in an Accept header that the server has. Other forms
// of discovery, protobuf and the like are passed over: clients that ask for them name
// plain JSON as well.
func acceptable(header string) (format, error) {
	if strings.TrimSpace(header) == "" {
		return asJSON, nil
	}
	for clause := range strings.SplitSeq(header, ",") {
		media, params, err := mime.ParseMediaType(strings.TrimSpace(clause))
		if err != nil || media != "application/json" && media != "application/*" && media != "*/*" {
			continue
		}
		switch {
		case params["as"] == "":
			return asJSON, nil
		case params["as"] == "Table" && params["g"] == metav1.GroupName && params["v"] == "v1":
			return asTable, nil
		}
	}
	return "", refused(http.StatusNotAcceptable, metav1.StatusReasonNotAcceptable,
		"only the following media types are accepted: application/json")
}
