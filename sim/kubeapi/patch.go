package kubeapi

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apimachinery/pkg/util/yaml"
)

const (
	// maxPatchOperations is the limit of a real server for one JSON patch
	// (k8s.io/apiserver, maxJSONPatchOperations).
	maxPatchOperations = 10000
	// maxBody is the limit of a real server for a request body, and for what the copy
	// operations of a JSON patch may make of an object: 3 MiB.
	maxBody = 3 << 20
)

// patchType reads the content type of a PATCH.
func patchType(contentType string) (types.PatchType, error) {
	media, _, err := mime.ParseMediaType(contentType)
	switch kind := types.PatchType(media); kind {
	case types.JSONPatchType, types.MergePatchType, types.StrategicMergePatchType, types.ApplyYAMLPatchType:
		if err == nil {
			return kind, nil
		}
	}
	return "", unsupportedType(string(types.JSONPatchType), string(types.MergePatchType),
		string(types.StrategicMergePatchType), string(types.ApplyYAMLPatchType))
}

// intent decodes the body of a server-side apply.
func intent(body []byte, fieldValidation string) (*unstructured.Unstructured, error) {
	u := &unstructured.Unstructured{Object: map[string]any{}}
	decode := yaml.Unmarshal
	if fieldValidation == metav1.FieldValidationStrict {
		decode = yaml.UnmarshalStrict
	}
	if err := decode(body, &u.Object); err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("error decoding YAML: %v", err))
	}
	if meta, ok := u.Object["metadata"]; ok {
		if _, ok := meta.(map[string]any); !ok {
			return nil, apierrors.NewBadRequest("error decoding YAML: metadata is not an object")
		}
	}
	return u, nil
}

// merge applies any other kind of patch to an object and returns the outcome as JSON.
func (s *Server) merge(live object, kind types.PatchType, patch []byte) ([]byte, error) {
	doc, err := json.Marshal(live)
	if err != nil {
		return nil, fmt.Errorf("encode the object to patch: %w", err)
	}
	switch kind {
	case types.JSONPatchType:
		return mergeOperations(doc, patch)
	case types.StrategicMergePatchType:
		shape, err := s.scheme.New(live.GetObjectKind().GroupVersionKind())
		if err != nil {
			return nil, fmt.Errorf("find the shape of the object to patch: %w", err)
		}
		doc, err = strategicpatch.StrategicMergePatch(doc, patch, shape)
		return doc, asBadRequest(err)
	}
	doc, err = jsonpatch.MergePatch(doc, patch)
	return doc, asBadRequest(err)
}

// asBadRequest blames an error on the request.
func asBadRequest(err error) error {
	if err == nil {
		return nil
	}
	return apierrors.NewBadRequest(err.Error())
}

// mergeOperations applies a JSON patch. It stops after every copy to measure the object,
// so that copies of copies cannot grow without limit.
func mergeOperations(doc, patch []byte) ([]byte, error) {
	operations, err := jsonpatch.DecodePatch(patch)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if len(operations) > maxPatchOperations {
		return nil, apierrors.NewRequestEntityTooLargeError(fmt.Sprintf("The allowed maximum operations in a JSON patch is %d, got %d",
			maxPatchOperations, len(operations)))
	}
	for start, i := 0, 0; i < len(operations); i++ {
		if operations[i].Kind() != "copy" && i+1 < len(operations) {
			continue
		}
		if doc, err = operations[start : i+1].Apply(doc); err != nil {
			return nil, refused(http.StatusUnprocessableEntity, metav1.StatusReasonInvalid, err.Error())
		}
		if len(doc) > maxBody {
			return nil, apierrors.NewRequestEntityTooLargeError(fmt.Sprintf("limit is %d", maxBody))
		}
		start = i + 1
	}
	return doc, nil
}
