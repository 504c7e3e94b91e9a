package kubeapi

import (
	"fmt"
	"mime"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
)

// bodies decodes request bodies. It does not change after it is made.
type bodies struct {
	scheme   *runtime.Scheme
	json     runtime.Serializer
	yaml     runtime.Serializer
	protobuf runtime.Serializer
}

func newBodies(scheme *runtime.Scheme) bodies {
	serializer := func(yaml bool) runtime.Serializer {
		return json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Yaml: yaml, Strict: true})
	}
	return bodies{scheme, serializer(false), serializer(true), protobuf.NewSerializer(scheme, scheme)}
}

// serializer returns the one for a content type; none given means JSON.
func (b bodies) serializer(contentType string) (runtime.Serializer, error) {
	media, _, err := mime.ParseMediaType(contentType)
	if contentType == "" {
		media, err = runtime.ContentTypeJSON, nil
	}
	switch {
	case err != nil:
	case media == runtime.ContentTypeJSON:
		return b.json, nil
	case media == runtime.ContentTypeYAML:
		return b.yaml, nil
	case media == runtime.ContentTypeProtobuf:
		return b.protobuf, nil
	}
	return nil, unsupportedType(runtime.ContentTypeJSON, runtime.ContentTypeYAML, runtime.ContentTypeProtobuf)
}

func isProtobuf(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == runtime.ContentTypeProtobuf
}

// object decodes an object of a resource. Fields that the kind does not have are an
// error, a list of warnings or nothing, as fieldValidation says.
func (b bodies) object(contentType string, body []byte, r *resource, fieldValidation string) (object, []string, error) {
	serializer, err := b.serializer(contentType)
	if err != nil {
		return nil, nil, err
	}
	kind := r.GroupVersionKind
	decoded, found, err := serializer.Decode(body, &kind, nil)
	if found == nil {
		found = &kind
	}
	warnings, err := strictness(err, fieldValidation)
	if err != nil {
		return nil, nil, undecodable(*found, kind, err)
	}
	if found.GroupVersion() != kind.GroupVersion() {
		return nil, nil, apierrors.NewBadRequest(fmt.Sprintf("the API version in the data (%s) does not match the expected API version (%s)",
			found.GroupVersion(), kind.GroupVersion()))
	}
	o, ok := decoded.(object)
	if !ok || *found != kind {
		return nil, nil, undecodable(*found, kind, fmt.Errorf("the kinds differ"))
	}
	o.GetObjectKind().SetGroupVersionKind(kind)
	return o, warnings, nil
}

// options decodes the options that a DELETE may carry in its body.
func (b bodies) options(contentType string, body []byte, into *metav1.DeleteOptions) error {
	serializer, err := b.serializer(contentType)
	if err != nil {
		return err
	}
	kind := schema.GroupVersionKind{Version: "v1", Kind: "DeleteOptions"}
	decoded, found, err := serializer.Decode(body, &kind, nil)
	if found == nil {
		found = &kind
	}
	if _, err := strictness(err, metav1.FieldValidationIgnore); err != nil {
		return undecodable(*found, kind, err)
	}
	options, ok := decoded.(*metav1.DeleteOptions)
	if !ok {
		return undecodable(*found, kind, fmt.Errorf("the kinds differ"))
	}
	*into = *options
	return nil
}

// strictness sorts what a strict decoder found into an error or warnings.
func strictness(err error, fieldValidation string) ([]string, error) {
	strict, ok := runtime.AsStrictDecodingError(err)
	if !ok || fieldValidation == metav1.FieldValidationStrict {
		return nil, err
	}
	if fieldValidation == metav1.FieldValidationIgnore {
		return nil, nil
	}
	var warnings []string
	for _, unknown := range strict.Errors() {
		warnings = append(warnings, unknown.Error())
	}
	return warnings, nil
}

func undecodable(found, wanted schema.GroupVersionKind, err error) error {
	return apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s: %v", found.Kind, found.Version, wanted.Kind, err))
}

func unsupportedType(accepted ...string) error {
	message := "the body of the request was in an unknown format - accepted media types include: "
	for i, media := range accepted {
		if i > 0 {
			message += ", "
		}
		message += media
	}
	return refused(http.StatusUnsupportedMediaType, metav1.StatusReasonUnsupportedMediaType, message)
}
