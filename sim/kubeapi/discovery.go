package kubeapi

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
)

// discover answers the paths by which clients find out what there is.
func (s *Server) discover(t target) (runtime.Object, error) {
	switch t.place {
	case placeCore:
		return &metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"},
			ServerAddressByClientCIDRs: []metav1.ServerAddressByClientCIDR{}}, nil
	case placeGroups:
		list := &metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
		for _, gv := range s.catalogue.groups() {
			if gv.Group != "" {
				list.Groups = append(list.Groups, apiGroup(gv))
			}
		}
		return list, nil
	case placeGroup:
		for _, gv := range s.catalogue.groups() {
			if gv.Group == t.version.Group && gv.Group != "" {
				group := apiGroup(gv)
				group.TypeMeta = metav1.TypeMeta{Kind: "APIGroup", APIVersion: "v1"}
				return &group, nil
			}
		}
	case placeKinds:
		list := &metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: t.version.String()}
		for _, r := range s.catalogue.list {
			if r.GroupVersion() == t.version {
				list.APIResources = append(list.APIResources, apiResource(r))
			}
		}
		if len(list.APIResources) > 0 {
			return list, nil
		}
	}
	return nil, errNoPage
}

func apiGroup(gv schema.GroupVersion) metav1.APIGroup {
	v := metav1.GroupVersionForDiscovery{GroupVersion: gv.String(), Version: gv.Version}
	return metav1.APIGroup{Name: gv.Group, Versions: []metav1.GroupVersionForDiscovery{v}, PreferredVersion: v}
}

func apiResource(r *resource) metav1.APIResource {
	out := metav1.APIResource{Name: r.plural, SingularName: r.singular(), Namespaced: r.is(namespaced), Kind: r.Kind, Verbs: verbs()}
	if r.short != "" {
		out.ShortNames = []string{r.short}
	}
	if r.is(inAll) {
		out.Categories = []string{"all"}
	}
	return out
}

// versionInfo is the answer to /version. What a real build would say about its source is
// left empty.
func versionInfo(release string) version.Info {
	info := version.Info{GitVersion: release, GitTreeState: "clean", Compiler: "gc", Platform: "linux/amd64"}
	parts := strings.SplitN(strings.TrimPrefix(release, "v"), ".", 3)
	if len(parts) == 3 {
		info.Major, info.Minor = parts[0], parts[1]
	}
	return info
}
