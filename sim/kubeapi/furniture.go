package kubeapi

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// furnish puts in what every cluster has from the start.
func (s *Server) furnish() error {
	for _, name := range []string{"default", "kube-node-lease", "kube-public", "kube-system"} {
		space := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if err := s.found(s.namespaces, space, "kube-apiserver"); err != nil {
			return err
		}
	}
	if s.options.CloudAgent == "" {
		return nil
	}
	return s.found(s.catalogue.of("StorageClass"), s.defaultClass(), "akshci")
}

// defaultClass is the storage class that AKS on Azure Stack HCI ships (Microsoft Learn,
// "Use Container Storage Interface (CSI) disk drivers in AKS enabled by Azure Arc"). It
// has no fsType, which Linux pods with an fsGroup would need.
func (s *Server) defaultClass() *storagev1.StorageClass {
	expandable := true
	return &storagev1.StorageClass{
		ObjectMeta:           metav1.ObjectMeta{Name: "default", Annotations: map[string]string{defaultKey: "true"}},
		Provisioner:          "disk.csi.akshci.com",
		AllowVolumeExpansion: &expandable,
		Parameters: map[string]string{
			"blocksize": "33554432", "container": s.options.StorageContainer, "dynamic": "true",
			"group": "clustergroup-" + s.options.Name, "hostname": s.options.CloudAgent, "port": "55000",
			"logicalsectorsize": "4096", "physicalsectorsize": "4096",
		},
	}
}

// found stores an object as the given manager would have created it when the cluster
// came to be.
func (s *Server) found(r *resource, o object, manager string) error {
	o.GetObjectKind().SetGroupVersionKind(r.GroupVersionKind)
	defaulter{}.Default(o)
	owned, err := s.owners[r].update(s.empty(r), o, manager, s.options.Born)
	if err != nil {
		return fmt.Errorf("create %s %s: %w", r.singular(), o.GetName(), err)
	}
	w, err := s.add(key{r, types.NamespacedName{Name: o.GetName()}}, owned, nil, s.options.Born)
	if err != nil {
		return fmt.Errorf("create %s %s: %w", r.singular(), o.GetName(), err)
	}
	s.store.commit(w.steps, s.options.Born)
	return nil
}
