package kube

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mirror answers a GET with an object, or 404 without one, and keeps a PATCH as the
// object.
func mirror(object map[string]any) func(w http.ResponseWriter, r seen) {
	return func(w http.ResponseWriter, r seen) {
		switch {
		case r.method == http.MethodPatch:
			object = r.body
		case object == nil:
			status(w, 404, "NotFound", "not found")
			return
		}
		_ = json.NewEncoder(w).Encode(object)
	}
}

func object(kind, version, name string, labels, annotations map[string]string, fields map[string]any) map[string]any {
	o := map[string]any{"apiVersion": version, "kind": kind, "metadata": map[string]any{"name": name, "labels": labels, "annotations": annotations}}
	for key, value := range fields {
		o[key] = value
	}
	return o
}

var (
	ours  = map[string]string{ManagedBy: Manager}
	here  = map[string]string{SiteOf: "edge01"}
	class = StorageClass("mirror", "edge01", "disk.csi.akshci.com", map[string]string{"fsType": "ext4", "dynamic": "true"})
)

func classFields(change func(map[string]any)) map[string]any {
	fields := map[string]any{
		"provisioner": "disk.csi.akshci.com", "parameters": map[string]any{"fsType": "ext4", "dynamic": "true"},
		"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate", "allowVolumeExpansion": true,
	}
	if change != nil {
		change(fields)
	}
	return fields
}

func TestLookTellsOursFromForeign(t *testing.T) {
	const version = "storage.k8s.io/v1"
	for _, row := range []struct {
		name        string
		found       map[string]any
		exists      bool
		differences []string
		foreign     string
	}{
		{"nothing", nil, false, nil, ""},
		{"as wanted", object("StorageClass", version, "mirror", ours, here, classFields(nil)), true, nil, ""},
		{"without our label", object("StorageClass", version, "mirror", nil, here, classFields(nil)), true, nil,
			"StorageClass mirror is there, and it does not carry the label app.kubernetes.io/managed-by=arcwright"},
		{"with somebody else's label", object("StorageClass", version, "mirror", map[string]string{ManagedBy: "Helm"}, here, classFields(nil)), true, nil,
			"StorageClass mirror is there, and it does not carry the label app.kubernetes.io/managed-by=arcwright"},
		{"of another site", object("StorageClass", version, "mirror", ours, map[string]string{SiteOf: "edge02"}, classFields(nil)), true, nil,
			`StorageClass mirror is there, and it belongs to the site "edge02"`},
		{"with other parameters", object("StorageClass", version, "mirror", ours, here, classFields(func(f map[string]any) {
			f["reclaimPolicy"] = "Retain"
			f["parameters"] = map[string]any{"fsType": "xfs", "group": "clustergroup-shop"}
		})), true, []string{"parameters.dynamic is missing, wanted true", "parameters.fsType is xfs, wanted ext4",
			"parameters.group is clustergroup-shop, wanted none", "reclaimPolicy is Retain, wanted Delete"}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newServer(t, mirror(row.found))
			exists, differences, err := s.client(t).Look(t.Context(), class)
			var foreign *ErrForeign
			if row.foreign != "" {
				if !errors.As(err, &foreign) || foreign.Error() != row.foreign {
					t.Errorf("got %v, want %q", err, row.foreign)
				}
			} else if err != nil {
				t.Error(err)
			}
			if exists != row.exists || !slices.Equal(differences, row.differences) {
				t.Errorf("got %v with %q, want %v with %q", exists, differences, row.exists, row.differences)
			}
			if path := s.asks[0].path; path != "/apis/storage.k8s.io/v1/storageclasses/mirror" {
				t.Errorf("asked for %s", path)
			}
		})
	}
}

func TestAnObjectThatIsBeingDeletedIsNotAsWanted(t *testing.T) {
	found := object("Namespace", "v1", "store", ours, here, nil)
	found["metadata"].(map[string]any)["deletionTimestamp"] = "2026-11-22T02:00:00Z"
	_, differences, err := newServer(t, mirror(found)).client(t).Look(t.Context(), Namespace("store", "edge01"))
	if err != nil || !slices.Equal(differences, []string{"it is being deleted"}) {
		t.Errorf("got %q, %v", differences, err)
	}
}

func TestApplySendsTheWholeIntentUnderOurName(t *testing.T) {
	s := newServer(t, mirror(nil))
	c := s.client(t)
	if err := c.Apply(t.Context(), class); err != nil {
		t.Fatal(err)
	}
	patch := s.asks[len(s.asks)-1]
	if patch.method != http.MethodPatch || patch.content != "application/apply-patch+yaml" || patch.query != "fieldManager=arcwright&force=false" {
		t.Errorf("sent %+v", patch)
	}
	want := object("StorageClass", "storage.k8s.io/v1", "mirror", ours, here, classFields(nil))
	var flat map[string]any // as JSON gives it back
	text, err := json.Marshal(want)
	if err == nil {
		err = json.Unmarshal(text, &flat)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(flat, patch.body); diff != "" {
		t.Errorf("sent otherwise:\n%s", diff)
	}
	if exists, differences, err := c.Look(t.Context(), class); !exists || len(differences) > 0 || err != nil {
		t.Errorf("afterwards: %v, %q, %v", exists, differences, err)
	}
}

func TestApplyLeavesForeignObjectsAlone(t *testing.T) {
	s := newServer(t, mirror(object("Namespace", "v1", "store", nil, nil, nil)))
	err := s.client(t).Apply(t.Context(), Namespace("store", "edge01"))
	var foreign *ErrForeign
	if !errors.As(err, &foreign) || Class(err) != ClassInvalid {
		t.Errorf("got %v of class %q", err, Class(err))
	}
	for _, ask := range s.asks {
		if ask.method != http.MethodGet {
			t.Errorf("sent %s", ask.method)
		}
	}
}

func TestAConflictNamesTheOtherManager(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r seen) {
		if r.method == http.MethodGet {
			_ = json.NewEncoder(w).Encode(object("StorageClass", "storage.k8s.io/v1", "mirror", ours, here, classFields(nil)))
			return
		}
		status(w, 409, "Conflict", `Apply failed with 1 conflict: conflict with "kubectl-edit"`,
			map[string]string{"reason": "FieldManagerConflict", "message": `conflict with "kubectl-edit" using storage.k8s.io/v1`, "field": ".allowVolumeExpansion"})
	})
	err := s.client(t).Apply(t.Context(), class)
	var conflict *ErrConflict
	if !errors.As(err, &conflict) || Class(err) != ClassInvalid {
		t.Fatalf("got %v of class %q", err, Class(err))
	}
	if want := []string{`.allowVolumeExpansion (conflict with "kubectl-edit" using storage.k8s.io/v1)`}; !slices.Equal(conflict.Fields, want) {
		t.Errorf("got %q, want %q", conflict.Fields, want)
	}
}

func TestParametersOfAClass(t *testing.T) {
	found := object("StorageClass", "storage.k8s.io/v1", "default", nil, nil, map[string]any{"parameters": map[string]any{"group": "g", "port": "55000"}})
	got, err := newServer(t, mirror(found)).client(t).Parameters(t.Context(), "default")
	if diff := cmp.Diff(map[string]string{"group": "g", "port": "55000"}, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if got, err := newServer(t, mirror(nil)).client(t).Parameters(t.Context(), "default"); got != nil || err != nil {
		t.Errorf("without a class: %v, %v", got, err)
	}
	delete(found, "parameters")
	if got, err := newServer(t, mirror(found)).client(t).Parameters(t.Context(), "default"); got == nil || len(got) > 0 || err != nil {
		t.Errorf("without parameters: %v, %v", got, err)
	}
}
