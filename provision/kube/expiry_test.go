package kube

import (
	"encoding/base64"
	"testing"
	"time"
)

func TestATokenTellsItsEndOrDoesNot(t *testing.T) {
	jwt := func(claims string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	for token, want := range map[string]time.Time{
		jwt(`{"exp": 1796515200}`):  time.Unix(1796515200, 0).UTC(),
		jwt(`{"exp": 1.7965152e9}`): time.Unix(1796515200, 0).UTC(),
		jwt(`{"sub": "admin"}`):     {},
		jwt(`{"exp": "soon"}`):      {},
		jwt(`{"exp": 1e300}`):       {},
		"opaque":                    {},
		"a.%%%.c":                   {},
		"":                          {},
	} {
		at, told := (&Credential{token: token}).TokenEnds()
		if told != !want.IsZero() || !at.Equal(want) {
			t.Errorf("%q ends %v, %v, want %v", token, at, told, want)
		}
	}
}

func FuzzTokenEnds(f *testing.F) {
	f.Add("e30.eyJleHAiOjF9.c2ln")
	f.Fuzz(func(t *testing.T, token string) { (&Credential{token: token}).TokenEnds() })
}
