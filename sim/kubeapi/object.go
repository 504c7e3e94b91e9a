package kubeapi

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// object is a stored thing. Once it is in the store it never changes: an update stores
// another one, so that objects can be read outside a turn.
type object interface {
	runtime.Object
	metav1.Object
}

// key is where an object is stored. The namespace is empty for a resource without.
type key struct {
	resource *resource
	types.NamespacedName
}

// empty returns a new object of a resource with nothing but its kind.
func (s *Server) empty(r *resource) object {
	made, err := s.scheme.New(r.GroupVersionKind)
	if err != nil {
		panic(fmt.Sprintf("kubeapi: make an empty %s: %v", r.Kind, err))
	}
	made.GetObjectKind().SetGroupVersionKind(r.GroupVersionKind)
	return made.(object)
}

// part returns a field of the object's Go type by name, such as Spec or Status. It is
// not valid for a kind that has none.
func part(o object, name string) reflect.Value {
	return reflect.ValueOf(o).Elem().FieldByName(name)
}

// samePart reports whether a field of two objects of one kind is equal.
func samePart(a, b object, name string) bool {
	x, y := part(a, name), part(b, name)
	return !x.IsValid() || sameAPI(x.Interface(), y.Interface())
}

// identity derives the UID of the object that the given revision is about to create. It
// has the shape of a random UUID and is the same for the same seed, cluster and history.
func (s *Server) identity(k key) types.UID {
	b := s.digest("uid", k)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return types.UID(fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16]))
}

// suffix derives the end of a generated name: five characters that spell no word, as
// Kubernetes chooses them (k8s.io/apimachinery/pkg/util/rand).
func (s *Server) suffix(k key) string {
	const letters = "bcdfghjklmnpqrstvwxz2456789"
	b := s.digest("name", k)
	out := make([]byte, 5)
	for i := range out {
		out[i] = letters[int(b[i])%len(letters)]
	}
	return string(out)
}

func (s *Server) digest(use string, k key) []byte {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint64(nil, s.options.Seed))
	h.Write(binary.BigEndian.AppendUint64(nil, s.store.revision))
	for _, text := range []string{use, s.options.Name, k.resource.Group, k.resource.plural, k.Namespace, k.Name} {
		_, _ = io.WriteString(h, text+"\x00") // a hash does not fail
	}
	return h.Sum(nil)
}
