package provision

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSecretsAreTakenOutOfText(t *testing.T) {
	const pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx1\nc2VjcmV0LWtleS1kYXRh\n-----END RSA PRIVATE KEY-----\n"
	for _, row := range []struct {
		name    string
		secrets []string
		text    string
		want    string
	}{
		{"text without a secret stays", []string{"hunter22"}, "nothing here", "nothing here"},
		{"a secret is replaced wherever it stands", []string{"hunter22"}, "hunter22 and hunter22", "[secret] and [secret]"},
		{"an empty secret is none", []string{""}, "text", "text"},
		{"two that overlap are both gone", []string{"abcd", "cdef"}, "x abcdef y", "x [secret] y"},
		{"one inside another goes with it", []string{"cd", "abcdef"}, "x abcdef y", "x [secret] y"},
		{"it is known in JSON", []string{`a"b\c`}, `{"p":"a\"b\\c"}`, `{"p":"[secret]"}`},
		{"it is known in base64", []string{"hunter22"}, base64.StdEncoding.EncodeToString([]byte("hunter22")), "[secret]"},
		{"a line end after it is not part of it", []string{"hunter22\r\n"}, "hunter22!", "[secret]!"},
		{"each line of a key is a secret", []string{pem}, "saw c2VjcmV0LWtleS1kYXRh in it", "saw [secret] in it"},
		{"the frame of a key is none", []string{pem}, "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var r Redactor
			r.Add(row.secrets...)
			if got := r.String(row.text); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestAStreamIsRedactedLikeTheWholeHoweverItIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.StringOfN(rapid.RuneFrom([]rune("abc")), 1, 4, -1)
		var r Redactor
		secrets := rapid.SliceOfN(letters, 1, 3).Draw(t, "secrets")
		r.Add(secrets...)
		text := rapid.StringOfN(rapid.RuneFrom([]rune("abcX\n")), 0, 40, -1).Draw(t, "text")
		var out bytes.Buffer
		w := r.Writer(&out)
		for rest := text; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			if wrote, err := w.Write([]byte(rest[:n])); err != nil || wrote != n {
				t.Fatalf("wrote %d of %d: %v", wrote, n, err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if want := r.String(text); out.String() != want {
			t.Fatalf("the stream of %q gives %q, the whole %q", text, out.String(), want)
		}
		for _, part := range strings.Split(out.String(), Redacted) {
			for _, secret := range secrets {
				if strings.Contains(part, secret) {
					t.Fatalf("%q is left in %q", secret, out.String())
				}
			}
		}
	})
}

func TestAStreamKeepsBackNothingThatCannotBecomeASecret(t *testing.T) {
	var r Redactor
	r.Add("hunter22")
	var out bytes.Buffer
	w := r.Writer(&out)
	for _, row := range []struct{ write, want string }{
		{"line one\n", "line one\n"},
		{"the password is hunt", "line one\nthe password is "},
		{"er22", "line one\nthe password is [secret]"},
		{"!\n", "line one\nthe password is [secret]!\n"},
	} {
		if _, err := w.Write([]byte(row.write)); err != nil {
			t.Fatal(err)
		}
		if out.String() != row.want {
			t.Fatalf("after %q the reader sees %q, want %q", row.write, out.String(), row.want)
		}
	}
}
