package kubeapi

import (
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// place is what kind of thing a request path leads to.
type place string

const (
	placeNowhere  place = ""
	placeHealth   place = "health"
	placeVersion  place = "version"
	placeCore     place = "core versions"  // /api
	placeGroups   place = "groups"         // /apis
	placeGroup    place = "group"          // /apis/GROUP
	placeKinds    place = "resources"      // /api/v1, /apis/GROUP/VERSION
	placeResource place = "resource lists" // a collection or one object
)

// target is a parsed request path. What is named in it need not exist.
type target struct {
	place       place
	version     schema.GroupVersion
	plural      string
	namespace   string
	name        string
	subresource string
}

// parsePath reads the path of a request. A path that no Kubernetes server has leads
// nowhere.
func parsePath(path string) target {
	switch path {
	case "/healthz", "/livez", "/readyz":
		return target{place: placeHealth}
	case "/version", "/version/":
		return target{place: placeVersion}
	}
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return target{}
	}
	parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	for _, part := range parts {
		if part == "" {
			return target{}
		}
	}
	switch root, parts := parts[0], parts[1:]; {
	case root == "api" && len(parts) == 0:
		return target{place: placeCore}
	case root == "api":
		return parseResource(schema.GroupVersion{Version: parts[0]}, parts[1:])
	case root == "apis" && len(parts) == 0:
		return target{place: placeGroups}
	case root == "apis" && len(parts) == 1:
		return target{place: placeGroup, version: schema.GroupVersion{Group: parts[0]}}
	case root == "apis":
		return parseResource(schema.GroupVersion{Group: parts[0], Version: parts[1]}, parts[2:])
	}
	return target{}
}

// parseResource reads what follows the group version. "namespaces" is both a resource
// and the prefix of everything inside a namespace.
func parseResource(gv schema.GroupVersion, parts []string) target {
	t := target{place: placeResource, version: gv}
	if len(parts) == 0 {
		t.place = placeKinds
		return t
	}
	if parts[0] == "namespaces" && len(parts) > 2 && parts[2] != "status" && parts[2] != "finalize" {
		t.namespace, parts = parts[1], parts[2:]
	}
	t.plural, parts = parts[0], parts[1:]
	if len(parts) > 0 {
		t.name, parts = parts[0], parts[1:]
	}
	if len(parts) > 0 {
		t.subresource = strings.Join(parts, "/")
	}
	return t
}
