package provision

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/arcwright/arcwright/planner"
)

func TestReferencesAreResolvedWhereTheyPoint(t *testing.T) {
	keyring.MockInit()
	if err := keyring.Set("arcwright/lab", "hosts", "from the ring"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AW_TEST_SECRET", "from env")
	t.Setenv("AW_TEST_EMPTY", "")
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("two\nlines\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	big := filepath.Join(t.TempDir(), "big")
	if err := os.WriteFile(big, make([]byte, mostSecret+1), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := func(_ context.Context, ref planner.SecretRef) (string, error) { return "from a person", nil }
	for _, row := range []struct {
		name string
		ref  planner.SecretRef
		ask  func(context.Context, planner.SecretRef) (string, error)
		want string
		err  error
	}{
		{"env names a variable", "env:AW_TEST_SECRET", nil, "from env", nil},
		{"a variable that is empty is none", "env:AW_TEST_EMPTY", nil, "", errNotSet},
		{"a variable that is not set is none", "env:AW_TEST_MISSING", nil, "", errNotSet},
		{"a file loses only its last line end", planner.SecretRef("file:" + file), nil, "two\nlines", nil},
		{"a file that is not there", "file:/nowhere/secret", nil, "", os.ErrNotExist},
		{"a file that is no secret", planner.SecretRef("file:" + big), nil, "", errTooBig},
		{"the last slash divides service and name", "keyring:arcwright/lab/hosts", nil, "from the ring", nil},
		{"what the keyring does not have", "keyring:arcwright/lab/nobody", nil, "", keyring.ErrNotFound},
		{"a keyring without a name", "keyring:arcwright", nil, "", errNoForm},
		{"prompt asks a person", "prompt", asked, "from a person", nil},
		{"prompt without anybody to ask", "prompt", nil, "", errNoPrompt},
		{"a secret itself is no reference", "hunter22", nil, "", errNoForm},
		{"an empty reference", "", nil, "", errNoForm},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := Reach{Secret: row.ask}.secret(t.Context(), row.ref)
			if got != row.want || !errors.Is(err, row.err) {
				t.Errorf("got %q, %v; want %q, %v", got, err, row.want, row.err)
			}
			var typed *ErrSecret
			if err != nil && (!errors.As(err, &typed) || typed.Ref != row.ref || errorCode(err) != "invalid") {
				t.Errorf("error %v of code %q does not name the reference", err, errorCode(err))
			}
			if err != nil && strings.Contains(err.Error(), "from ") {
				t.Errorf("error %q holds a secret", err)
			}
		})
	}
}
