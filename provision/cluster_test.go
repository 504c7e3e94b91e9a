package provision

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/kube"
	"github.com/arcwright/arcwright/provision/winrm"
)

// fakeCluster answers for the API server of a cluster.
type fakeCluster struct {
	ready   error
	nodes   []kube.Node
	exists  bool
	differs []string
	look    error
	apply   error
	applied []string
	classes map[string]map[string]string
	closed  bool
}

func (f *fakeCluster) Ready(context.Context) error                { return f.ready }
func (f *fakeCluster) Nodes(context.Context) ([]kube.Node, error) { return f.nodes, f.look }
func (f *fakeCluster) Close()                                     { f.closed = true }

func (f *fakeCluster) Look(context.Context, kube.Object) (bool, []string, error) {
	return f.exists, f.differs, f.look
}

func (f *fakeCluster) Apply(_ context.Context, want kube.Object) error {
	f.applied = append(f.applied, fmt.Sprintf("%+v", want))
	return f.apply
}

func (f *fakeCluster) Parameters(_ context.Context, class string) (map[string]string, error) {
	return f.classes[class], nil
}

// aKubeconfig is one that can be used, and the key in it.
func aKubeconfig(t *testing.T) (text, key string) {
	t.Helper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "admin"}, NotBefore: dawn, NotAfter: dawn.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &own.PublicKey, own)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := x509.MarshalECPrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	cert := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	key = base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: bytes}))
	return `{"apiVersion": "v1", "kind": "Config", "current-context": "a",
		"contexts": [{"name": "a", "context": {"cluster": "shop", "user": "admin"}}],
		"clusters": [{"name": "shop", "cluster": {"server": "https://10.40.20.200:6443", "certificate-authority-data": "` + cert + `"}}],
		"users": [{"name": "admin", "user": {"client-certificate-data": "` + cert + `", "client-key-data": "` + key + `"}}]}`, key
}

// withCluster is a session that has the credential of the cluster shop.
func withCluster(t *testing.T, f *fakeSite, k *fakeCluster) *session {
	t.Helper()
	s := newTestSession(t, f, edge(planner.Step{}))
	s.connect = func(*kube.Credential) (kubeClient, error) { return k, nil }
	text, _ := aKubeconfig(t)
	if err := s.keepCredential("shop", []byte(text)); err != nil {
		t.Fatal(err)
	}
	return s
}

func actionOf(t *testing.T, s *session, kind planner.StepKind, params map[string]any) action {
	t.Helper()
	a, err := newAction(planner.Step{ID: string(kind) + "/shop", Kind: kind, Target: "cluster/shop", On: testHost, Params: params}, s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestACredentialIsFetchedOnceAndForItsOwnerOnly(t *testing.T) {
	text, key := aKubeconfig(t)
	reply, err := json.Marshal(map[string]string{"kubeconfig": text})
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeSite{other: map[string]string{"get-credential": string(reply)}}
	k := &fakeCluster{}
	s := newTestSession(t, f, edge(planner.Step{}))
	s.connect = func(*kube.Credential) (kubeClient, error) { return k, nil }
	a := actionOf(t, s, planner.FetchCredential, map[string]any{"cluster": "shop"})
	see := func(want State) Observation {
		t.Helper()
		o, err := a.Observe(t.Context())
		if err != nil || o.State != want {
			t.Fatalf("observed %+v, %v; want %s", o, err, want)
		}
		return o
	}
	see(StateAbsent)
	if err := a.Submit(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	see(StateDone)
	path := s.credentialPath("shop")
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("kept as %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a half file is left: %v", err)
	}
	if got := s.redact("key " + key); strings.Contains(got, key) {
		t.Error("the key is not known as a secret")
	}

	// One that is refused is fetched again, with a client of its own.
	k.ready = &kube.Error{Op: kube.OpReady, Class: kube.ClassAuth, Err: errors.New("Unauthorized")}
	if o := see(StateAbsent); !strings.Contains(o.Reason, "Unauthorized") {
		t.Errorf("reason %q", o.Reason)
	}
	old := k
	k = &fakeCluster{}
	if err := a.Submit(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	see(StateDone)
	if !old.closed {
		t.Error("the old client is left open")
	}

	// A server that is away says nothing about the credential.
	k.ready = &kube.Error{Op: kube.OpReady, Class: kube.ClassUnreachable, Err: errors.New("connection refused")}
	if _, err := a.Observe(t.Context()); errorCode(err) != "unreachable" {
		t.Errorf("got %v of code %q", err, errorCode(err))
	}

	// A file that was cut is fetched again.
	s.forgetKube("shop")
	if err := os.WriteFile(path, []byte(text[:40]), 0o600); err != nil {
		t.Fatal(err)
	}
	see(StateAbsent)
	if err := a.Repair(t.Context(), 1); !errors.Is(err, ErrNoRepair) {
		t.Errorf("repair gives %v", err)
	}
}

func TestABadCredentialIsAnErrorThatQuotesNothing(t *testing.T) {
	const canary = "c2VjcmV0LWtleS1kYXRhLXRoYXQtbXVzdC1ub3QtbGVhaw=="
	for name, f := range map[string]*fakeSite{
		"an answer without a kubeconfig": {other: map[string]string{"get-credential": `{}`}},
		"a kubeconfig that is none":      {other: map[string]string{"get-credential": `{"kubeconfig": "users: [` + canary + `]"}`}},
		"an answer that was cut": {fail: map[string]error{"get-credential": &winrm.AnswerError{
			Script: "get-credential", Stdout: `{"kubeconfig": "` + canary, Stderr: canary, Err: errors.New("answer has no end")}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestSession(t, f, edge(planner.Step{}))
			err := actionOf(t, s, planner.FetchCredential, map[string]any{"cluster": "shop"}).Submit(t.Context(), 1)
			if err == nil || errorCode(err) != "output" || strings.Contains(fmt.Sprintf("%v %+v", err, err), canary) {
				t.Errorf("error %v of code %q", err, errorCode(err))
			}
			if _, err := os.Stat(s.credentialPath("shop")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("something was kept: %v", err)
			}
		})
	}
}

func TestNodesAreWaitedFor(t *testing.T) {
	ready := func(name, os string) kube.Node { return kube.Node{Name: name, OS: os, Ready: true} }
	not := func(name, why string) kube.Node { return kube.Node{Name: name, OS: "linux", Reason: why} }
	for _, row := range []struct {
		name   string
		nodes  []kube.Node
		want   State
		reason string
	}{
		{"none has joined", nil, StateWorking, "0 of 3 nodes ready; waiting for 2 Linux nodes that have not joined, 1 Windows node that has not joined"},
		{"all are ready", []kube.Node{ready("a", "linux"), ready("b", "linux"), ready("w", "windows")}, StateDone, ""},
		{"more than planned are ready", []kube.Node{ready("a", "linux"), ready("b", "linux"), ready("c", "linux"), ready("w", "windows")}, StateDone, ""},
		{"the right number of the wrong system", []kube.Node{ready("a", "linux"), ready("b", "linux"), ready("c", "linux")}, StateWorking,
			"3 of 3 nodes ready; waiting for 1 Windows node that has not joined"},
		{"one is not ready", []kube.Node{ready("a", "linux"), not("b", "KubeletNotReady: cni plugin\nnot initialized"), ready("w", "windows")}, StateWorking,
			"2 of 3 nodes ready; waiting for b (KubeletNotReady: cni plugin not initialized)"},
		{"one more than planned is not ready", []kube.Node{ready("a", "linux"), ready("b", "linux"), ready("w", "windows"), not("x", "")}, StateWorking, "3 of 4 nodes ready; waiting for x"},
		{"many are not ready", []kube.Node{not("a", ""), not("b", ""), not("c", ""), not("d", ""), not("e", "")}, StateWorking,
			"0 of 5 nodes ready; waiting for a, b, c and 2 more, 1 Windows node that has not joined"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := withCluster(t, &fakeSite{}, &fakeCluster{nodes: row.nodes})
			a := actionOf(t, s, planner.WaitNodes, map[string]any{"cluster": "shop", "linux": 2, "windows": 1})
			o, err := a.Observe(t.Context())
			if diff := cmp.Diff(Observation{State: row.want, Reason: row.reason}, o); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestWithoutACredentialNothingIsKnownOfACluster(t *testing.T) {
	s := newTestSession(t, &fakeSite{}, edge(planner.Step{}))
	for kind, params := range map[planner.StepKind]map[string]any{
		planner.WaitNodes:      {"cluster": "shop", "linux": 2},
		planner.ApplyNamespace: {"cluster": "shop", "name": "store"},
		planner.ApplyStorage:   {"cluster": "shop", "name": "mirror", "provisioner": "disk.csi.akshci.com"},
	} {
		if o, err := actionOf(t, s, kind, params).Observe(t.Context()); err != nil || o.State != StateUnknown || o.Reason == "" {
			t.Errorf("%s: observed %+v, %v", kind, o, err)
		}
	}
}

func TestObjectsAreAppliedWhenTheyAreAbsent(t *testing.T) {
	foreign := &kube.ErrForeign{Object: "Namespace store", Why: "it does not carry our label"}
	for _, row := range []struct {
		name   string
		k      fakeCluster
		want   State
		reason string
	}{
		{"absent", fakeCluster{}, StateAbsent, ""},
		{"there", fakeCluster{exists: true}, StateDone, ""},
		{"otherwise", fakeCluster{exists: true, differs: []string{"a is b", "c is d"}}, StateBroken, "Namespace store is otherwise: a is b; c is d"},
		{"foreign", fakeCluster{exists: true, look: foreign}, StateForeign, "Namespace store is there, and it does not carry our label"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := withCluster(t, &fakeSite{}, &row.k)
			a := actionOf(t, s, planner.ApplyNamespace, map[string]any{"cluster": "shop", "name": "store"})
			o, err := a.Observe(t.Context())
			if diff := cmp.Diff(Observation{State: row.want, Reason: row.reason}, o); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
			if err := a.Repair(t.Context(), 1); !errors.Is(err, ErrNoRepair) {
				t.Errorf("repair gives %v", err)
			}
			if err := a.Submit(t.Context(), 1); err != nil || len(row.k.applied) != 1 || !strings.Contains(row.k.applied[0], "store") {
				t.Errorf("applied %v, %v", row.k.applied, err)
			}
		})
	}
}

func TestAStorageClassCopiesWhatOnlyThePlatformKnows(t *testing.T) {
	k := &fakeCluster{classes: map[string]map[string]string{}}
	s := withCluster(t, &fakeSite{}, k)
	a := actionOf(t, s, planner.ApplyStorage, map[string]any{
		"cluster": "shop", "name": "mirror", "provisioner": "disk.csi.akshci.com", "parameters": map[string]any{"fsType": "ext4"},
		"copyFrom": map[string]any{"class": "default", "parameters": []any{"group", "hostname"}},
	})
	for name, standard := range map[string]map[string]string{"no class yet": nil, "a class without it": {"group": "g"}} {
		k.classes["default"] = standard
		o, err := a.Observe(t.Context())
		if err != nil || o.State != StateUnknown || !strings.Contains(o.Reason, "storage class default") {
			t.Errorf("%s: observed %+v, %v", name, o, err)
		}
		if err := a.Submit(t.Context(), 1); errorCode(err) != "unknown" || len(k.applied) > 0 {
			t.Errorf("%s: submit gives %v and applied %v", name, err, k.applied)
		}
	}
	k.classes["default"] = map[string]string{"group": "clustergroup-shop", "hostname": "ca-1.corp", "container": "c", "fsType": "ntfs"}
	if o, err := a.Observe(t.Context()); err != nil || o.State != StateAbsent {
		t.Fatalf("observed %+v, %v", o, err)
	}
	if err := a.Submit(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%+v", kube.StorageClass("mirror", testSite, "disk.csi.akshci.com",
		map[string]string{"fsType": "ext4", "group": "clustergroup-shop", "hostname": "ca-1.corp"}))
	if diff := cmp.Diff([]string{want}, k.applied); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsOfAClusterKeepTheirClass(t *testing.T) {
	k := &fakeCluster{look: &kube.Error{Op: kube.OpGet, Class: kube.ClassQuota, Err: errors.New("slow down")}}
	s := withCluster(t, &fakeSite{}, k)
	for kind, params := range map[planner.StepKind]map[string]any{
		planner.WaitNodes:      {"cluster": "shop", "linux": 2},
		planner.ApplyNamespace: {"cluster": "shop", "name": "store"},
	} {
		if _, err := actionOf(t, s, kind, params).Observe(t.Context()); errorCode(err) != "quota" {
			t.Errorf("%s: %v of code %q", kind, err, errorCode(err))
		}
	}
}
