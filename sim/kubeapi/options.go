package kubeapi

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// options is what the query of a mutating request asks for.
type options struct {
	dryRun     bool
	manager    string
	force      bool
	validation string // of unknown fields: Ignore, Warn, Strict or nothing
}

func readCreate(query url.Values, agent string) (options, error) {
	var o metav1.CreateOptions
	err := metav1.Convert_url_Values_To_v1_CreateOptions(&query, &o, nil)
	if err := invalidOptions("CreateOptions", err, func() field.ErrorList { return validation.ValidateCreateOptions(&o) }); err != nil {
		return options{}, err
	}
	return options{dryRun: len(o.DryRun) > 0, manager: managerName(o.FieldManager, agent), validation: o.FieldValidation}, nil
}

func readUpdate(query url.Values, agent string) (options, error) {
	var o metav1.UpdateOptions
	err := metav1.Convert_url_Values_To_v1_UpdateOptions(&query, &o, nil)
	if err := invalidOptions("UpdateOptions", err, func() field.ErrorList { return validation.ValidateUpdateOptions(&o) }); err != nil {
		return options{}, err
	}
	return options{dryRun: len(o.DryRun) > 0, manager: managerName(o.FieldManager, agent), validation: o.FieldValidation}, nil
}

func readPatch(query url.Values, agent string, kind types.PatchType) (options, error) {
	var o metav1.PatchOptions
	err := metav1.Convert_url_Values_To_v1_PatchOptions(&query, &o, nil)
	if err := invalidOptions("PatchOptions", err, func() field.ErrorList { return validation.ValidatePatchOptions(&o, kind) }); err != nil {
		return options{}, err
	}
	return options{dryRun: len(o.DryRun) > 0, manager: managerName(o.FieldManager, agent),
		force: o.Force != nil && *o.Force, validation: o.FieldValidation}, nil
}

// readDelete reads the options of a DELETE, which a body overrides.
func (b bodies) readDelete(query url.Values, contentType string, body []byte) (metav1.DeleteOptions, error) {
	var o metav1.DeleteOptions
	err := metav1.Convert_url_Values_To_v1_DeleteOptions(&query, &o, nil)
	if len(body) > 0 {
		if err := b.options(contentType, body, &o); err != nil {
			return o, err
		}
	}
	return o, invalidOptions("DeleteOptions", err, func() field.ErrorList { return validation.ValidateDeleteOptions(&o) })
}

func invalidOptions(kind string, unreadable error, check func() field.ErrorList) error {
	if unreadable != nil {
		return apierrors.NewBadRequest(unreadable.Error())
	}
	if errs := check(); len(errs) > 0 {
		return apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: kind}, "", errs)
	}
	return nil
}

// managerName is the field manager of a request: the one it names, or else the program
// in its User-Agent.
func managerName(named, agent string) string {
	if named != "" {
		return named
	}
	program, _, _ := strings.Cut(agent, "/")
	var out strings.Builder
	for _, r := range program {
		if !unicode.IsPrint(r) || r == utf8.RuneError || out.Len()+utf8.RuneLen(r) > validation.FieldManagerMaxLength {
			break
		}
		out.WriteRune(r)
	}
	return out.String()
}
