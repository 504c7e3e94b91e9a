package winrm_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	stock "github.com/masterzen/winrm"

	"github.com/arcwright/arcwright/provision/kerberos"
	"github.com/arcwright/arcwright/provision/winrm"
	"github.com/arcwright/arcwright/sim/wsman"
)

// fast is world seconds in a real one, for what waits. The ten seconds that ending a command may
// take stay a tenth of a second, which a busy machine needs.
const fast = 100

// Each row is something that the transports and helpers of masterzen/winrm get wrong. The
// same is done with them first, which shows that the row can fail, and then with ours.
func TestWhatStockTransportsGetWrong(t *testing.T) {
	for _, tt := range []struct {
		name string
		show func(t *testing.T)
	}{
		{"a fault while output is awaited ends the command and is no reason to ask for ever", faultOnReceive},
		{"input that a host refuses to take is an error and not cut off", inputCutOff},
		{"many commands at once by NTLM keep their logins apart", ntlmShared},
		{"connections are used again by many commands at once", connectionsWasted},
		{"a command that is cancelled returns although its request is out", cancelIgnored},
		{"a host that hangs is given up and not asked for ever", hangForEver},
		{"a step of security that fails is not left out", sealLeftOut},
		{"one login by Kerberos serves many requests", kerberosPerRequest},
		{"a host that proves nothing by Kerberos is not believed", kerberosOneSided},
		{"a line that cmd.exe would not take is not sent, and scripts are no lines", longLine},
		{"errors of PowerShell are decoded", clixmlRaw},
		{"a line that would break out of its message is not sent", breakOut},
		{"an answer without SOAP has a class and costs no connection", notSOAP},
		{"both streams of output are read", oneStream},
		{"input goes in few large messages", smallPieces},
	} {
		t.Run(tt.name, tt.show)
	}
}

func faultOnReceive(t *testing.T) {
	l := newLab(t, fast, nil)
	l.set(nil, on(wsman.ActionReceive, wsman.Trouble{Kind: wsman.TroubleFault, Fault: wsman.FaultNotFound}))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _, _, _ = l.stock(nil, tooLong).RunCmdWithContext(ctx, "x")
	}()
	await(t, "the stock client asks again and again", func() bool { return l.count(wsman.ActionReceive) >= 50 })
	cancel()
	<-done
	l = newLab(t, fast, nil) // the stock client may have lost a shell
	l.set(nil, on(wsman.ActionReceive, wsman.Trouble{Kind: wsman.TroubleFault, Fault: wsman.FaultNotFound}))
	_, err := l.ours(nil).Run(t.Context(), winrm.Command{Line: "x"})
	if n := l.count(wsman.ActionReceive); winrm.Class(err) != winrm.ClassShellGone || n != 1 {
		t.Errorf("got %v after %d requests for output", err, n)
	}
}

func inputCutOff(t *testing.T) {
	l := newLab(t, fast, func(o *wsman.Options) { o.Limits.MaxEnvelopeSize = 153600 })
	in := strings.Repeat("0123456789", 30_000)
	_, _, exit, err := l.stock(nil, tooLong).RunWithContextWithString(t.Context(), "read", in)
	if got := l.stdin(); exit != 0 || err != nil || got == len(in) {
		t.Fatalf("the stock client ends with %d, %v, and %d of %d bytes arrived: this shows nothing", exit, err, got, len(in))
	}
	l.forget()
	if _, err := l.ours(nil).Run(t.Context(), winrm.Command{Line: "read", Stdin: strings.NewReader(in)}); err != nil || l.stdin() != len(in) {
		t.Errorf("%v, and %d of %d bytes arrived", err, l.stdin(), len(in))
	}
	l.set(nil, on(wsman.ActionSend, wsman.Trouble{Kind: wsman.TroubleFault, Fault: wsman.FaultEnvelopeTooLarge}))
	if _, err := l.ours(nil).Run(t.Context(), winrm.Command{Line: "read", Stdin: strings.NewReader(in)}); winrm.Class(err) != winrm.ClassProtocol {
		t.Errorf("a refused input gives %v", err)
	}
}

// together runs f n times at once.
func together(n int, f func()) {
	var wg sync.WaitGroup
	for range n {
		wg.Go(f)
	}
	wg.Wait()
}

// together is the same with a busy token for each; the test lends its own to the last one.
func (l *lab) together(n int, f func()) {
	l.line.Busy(n - 1)
	together(n, func() {
		f()
		l.line.Busy(-1)
	})
	l.line.Busy(+1)
}

func ntlmShared(t *testing.T) {
	l := newLab(t, fast, nil)
	shared := l.stock(stock.NewClientNTLMWithDial(l.dialPlain), tooLong)
	var mu sync.Mutex
	failed := 0
	together(16, func() {
		for range 4 {
			if _, _, _, err := shared.RunCmdWithContext(t.Context(), "x"); err != nil {
				mu.Lock()
				failed++
				mu.Unlock()
			}
		}
	})
	if failed == 0 {
		t.Fatal("the stock client keeps them apart: this shows nothing")
	}
	l = newLab(t, fast, nil) // the other host has lost shells
	c := l.ours(func(h *winrm.Host) { h.Auth = winrm.AuthNTLM })
	l.together(16, func() {
		for range 4 {
			if _, err := c.Run(t.Context(), winrm.Command{Line: "x"}); err != nil {
				t.Error(err)
			}
		}
	})
}

func connectionsWasted(t *testing.T) {
	l := newLab(t, fast, nil)
	shared := l.stock(nil, tooLong)
	together(16, func() {
		for range 4 {
			if _, _, _, err := shared.RunCmdWithContext(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		}
	})
	_, wasted, _ := l.made()
	l.forget()
	c := l.ours(nil)
	l.together(16, func() {
		for range 4 {
			if _, err := c.Run(t.Context(), winrm.Command{Line: "x"}); err != nil {
				t.Error(err)
			}
		}
	})
	if _, ours, _ := l.made(); ours > 12 || wasted <= ours {
		t.Errorf("%d connections, the stock client %d", ours, wasted)
	}
}

func cancelIgnored(t *testing.T) {
	long := func(wsman.Call) wsman.Outcome { return wsman.Outcome{Takes: time.Hour} }
	theirs, ours := newLab(t, 1, nil), newLab(t, 1, nil)
	theirs.set(long, nil)
	ours.set(long, nil)
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan struct{})
	go func() {
		defer close(left)
		_, _, _, _ = theirs.stock(nil, time.Minute).RunCmdWithContext(ctx, "x")
	}()
	await(t, "the stock client waits for output", func() bool { return theirs.received(wsman.ActionReceive) == 1 })
	cancel()
	ctx, cancel = context.WithCancel(t.Context())
	done := make(chan error, 1)
	c := ours.ours(nil)
	ours.line.Busy(+1)
	go func() {
		_, err := c.Run(ctx, winrm.Command{Line: "x"})
		ours.line.Busy(-1)
		done <- err
	}()
	await(t, "ours waits for output", func() bool { return ours.received(wsman.ActionReceive) == 1 })
	cancel()
	if err := <-done; winrm.Class(err) != winrm.ClassCanceled {
		t.Errorf("got %v", err)
	}
	select {
	case <-left:
		t.Error("the stock client has left as well: this shows nothing")
	default:
	}
	_ = theirs.server.Close() // ends its request
	<-left
}

func hangForEver(t *testing.T) {
	l := newLab(t, fast, nil)
	l.set(nil, on(wsman.ActionReceive, wsman.Trouble{Kind: wsman.TroubleHang}))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _, _, _ = l.stock(nil, 300*time.Millisecond).RunCmdWithContext(ctx, "x")
	}()
	await(t, "the stock client asks again and again", func() bool { return l.count(wsman.ActionReceive) >= 5 })
	cancel()
	<-done
	l = newLab(t, fast, nil) // the stock client may have lost a shell
	l.set(nil, on(wsman.ActionReceive, wsman.Trouble{Kind: wsman.TroubleHang}))
	_, err := l.ours(nil).Run(t.Context(), winrm.Command{Line: "x"})
	await(t, "the host has noticed", func() bool { return l.count(wsman.ActionReceive) > 0 })
	if n := l.count(wsman.ActionReceive); winrm.Class(err) != winrm.ClassTimeout || n != 1 {
		t.Errorf("got %v after %d requests for output", err, n)
	}
}

func sealLeftOut(t *testing.T) {
	l := newLab(t, fast, nil)
	sealing, err := stock.NewEncryption("ntlm")
	if err != nil {
		t.Fatal(err)
	}
	// Its own client does not know the authority, so that its first step fails.
	if _, _, _, err := l.stock(sealing, tooLong).RunCmdWithContext(t.Context(), "x"); err != nil || l.count(wsman.ActionCommand) != 1 {
		t.Fatalf("the stock client refuses to go on: %v: this shows nothing", err)
	}
	l.forget()
	_, err = l.ours(func(h *winrm.Host) { h.Auth, h.RootCAs = winrm.AuthNTLM, nil }).Run(t.Context(), winrm.Command{Line: "x"})
	if requests, _, _ := l.made(); winrm.Class(err) != winrm.ClassTrust || requests != 0 {
		t.Errorf("got %v after %d requests", err, requests)
	}
}

func kerberosPerRequest(t *testing.T) {
	l := newLab(t, 1, nil)
	l.realm()
	c := l.stock(l.stockKerberos(), tooLong)
	if _, _, _, err := c.RunCmdWithContext(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	if _, _, asked := l.made(); asked < 8 {
		t.Fatalf("the stock client asks the KDC %d times: this shows nothing", asked)
	}
	l.forget()
	tickets := l.tickets(labPassword)
	ours := l.ours(func(h *winrm.Host) { h.Auth, h.Kerberos = winrm.AuthKerberos, tickets })
	for range 5 {
		if _, err := ours.Run(t.Context(), winrm.Command{Line: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, asked := l.made(); asked != 3 {
		t.Errorf("the KDC was asked %d times, want 3", asked)
	}
}

func (l *lab) stockKerberos() *stock.ClientKerberos {
	return stock.NewClientKerberos(&stock.Settings{
		WinRMUsername: labUser, WinRMPassword: labPassword, WinRMHost: labHost, WinRMPort: l.port, WinRMProto: "https",
		KrbRealm: labRealm, KrbConfig: l.krb5conf(), KrbSpn: "HTTP/" + labHost,
	})
}

// somebody answers every request in the host's name, and shows its certificate.
func (l *lab) somebody(answer http.HandlerFunc) {
	l.t.Helper()
	srv := httptest.NewUnstartedServer(answer)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLS = l.serverTLS()
	srv.StartTLS()
	l.t.Cleanup(srv.Close)
	l.addr, l.port = srv.Listener.Addr().String(), srv.Listener.Addr().(*net.TCPAddr).Port
}

const created = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" ` +
	`xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><s:Header><a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse</a:Action></s:Header>` +
	`<s:Body><rsp:Shell><rsp:ShellId>5E110000</rsp:ShellId></rsp:Shell></s:Body></s:Envelope>`

func kerberosOneSided(t *testing.T) {
	l := newLab(t, 1, nil)
	l.realm()
	l.somebody(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
		_, _ = io.WriteString(w, created)
	})
	if _, err := l.stock(l.stockKerberos(), tooLong).CreateShell(); err != nil {
		t.Fatalf("the stock client notices: %v: this shows nothing", err)
	}
	tickets := l.tickets(labPassword)
	_, err := l.ours(func(h *winrm.Host) { h.Auth, h.Kerberos = winrm.AuthKerberos, tickets }).Run(t.Context(), winrm.Command{Line: "x"})
	if winrm.Class(err) != winrm.ClassTrust || !errors.Is(err, kerberos.ErrMutual) {
		t.Errorf("got %v", err)
	}
}

func longLine(t *testing.T) {
	l := newLab(t, fast, nil)
	const answer = "##arcwright-begin##\n{\"ok\":true,\"result\":1}\n##arcwright-end##\n"
	l.set(func(wsman.Call) wsman.Outcome { return wsman.Outcome{Stdout: []byte(answer)} }, nil)
	script := strings.Repeat("#", 3020)
	_, _, _, _ = l.stock(nil, tooLong).RunPSWithContext(t.Context(), script)
	if l.count(wsman.ActionCommand) != 1 || len(l.calls) != 0 {
		t.Fatalf("the stock client does not send it, or the host takes it: this shows nothing")
	}
	l.forget()
	c := l.ours(nil)
	_, err := c.Run(t.Context(), winrm.Command{Line: stock.Powershell(script)})
	if requests, _, _ := l.made(); winrm.Class(err) != winrm.ClassInvalid || requests != 0 {
		t.Errorf("got %v after %d requests", err, requests)
	}
	if _, err := c.Script(t.Context(), winrm.Script{Name: "long", Text: strings.Repeat(script, 50)}); err != nil {
		t.Error(err)
	}
}

func clixmlRaw(t *testing.T) {
	l := newLab(t, fast, nil)
	const raw = "#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><S S=\"Error\">boom_x000D__x000A_</S></Objs>"
	l.set(func(wsman.Call) wsman.Outcome { return wsman.Outcome{Stderr: []byte(raw), ExitCode: 1} }, nil)
	if _, stderr, _, err := l.stock(nil, tooLong).RunCmdWithContext(t.Context(), "x"); err != nil || stderr != raw {
		t.Fatalf("the stock client gives %q, %v: this shows nothing", stderr, err)
	}
	got, err := l.ours(nil).Run(t.Context(), winrm.Command{Line: "x"})
	if err != nil || got.Stderr != "boom\r\n" || got.ExitCode != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func breakOut(t *testing.T) {
	l := newLab(t, fast, nil)
	const line = "echo ]]><x/>"
	_, _, _, _ = l.stock(nil, tooLong).RunCmdWithContext(t.Context(), line)
	l.mu.Lock()
	whole := len(l.calls) == 1 && l.calls[0].Command == line
	sent := len(l.log)
	l.mu.Unlock()
	if whole || sent < 2 {
		t.Fatal("the stock client gets it through: this shows nothing")
	}
	l.forget()
	_, err := l.ours(nil).Run(t.Context(), winrm.Command{Line: line})
	if requests, _, _ := l.made(); winrm.Class(err) != winrm.ClassInvalid || requests != 0 {
		t.Errorf("got %v after %d requests", err, requests)
	}
}

func notSOAP(t *testing.T) {
	l := newLab(t, fast, nil)
	l.somebody(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write(bytes.Repeat([]byte("<p>later</p>"), 10_000))
	})
	c := l.stock(nil, tooLong)
	for range 5 {
		if _, err := c.CreateShell(); err == nil {
			t.Fatal("the stock client makes a shell")
		}
	}
	l.mu.Lock()
	leaked := l.kept
	l.mu.Unlock()
	if leaked < 5 {
		t.Fatalf("the stock client keeps %d connections: this shows nothing", leaked)
	}
	l.forget()
	ours := l.ours(nil)
	for range 5 {
		if _, err := ours.Run(t.Context(), winrm.Command{Line: "x"}); winrm.Class(err) != winrm.ClassUnreachable {
			t.Errorf("got %v", err)
		}
	}
	if _, dials, _ := l.made(); dials > 2 {
		t.Errorf("%d connections for five requests", dials)
	}
}

func oneStream(t *testing.T) {
	l := newLab(t, fast, nil)
	l.set(func(wsman.Call) wsman.Outcome { return wsman.Outcome{Stdout: []byte("out"), Stderr: []byte("err")} }, nil)
	shell, err := l.stock(nil, tooLong).CreateShell()
	if err != nil {
		t.Fatal(err)
	}
	command, err := shell.ExecuteWithContext(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, command.Stdout)
	}()
	await(t, "the stock client is stuck with what nobody reads", func() bool {
		var all bytes.Buffer
		_ = pprof.Lookup("goroutine").WriteTo(&all, 2)
		for g := range strings.SplitSeq(all.String(), "\n\n") {
			if strings.Contains(g, "winrm.fetchOutput") && strings.Contains(g, "io.(*pipe).write") {
				return true
			}
		}
		return false
	})
	_, _ = io.Copy(io.Discard, command.Stderr)
	<-read
	_ = shell.Close()
	got, err := l.ours(nil).Run(t.Context(), winrm.Command{Line: "x"})
	if err != nil || string(got.Stdout) != "out" || got.Stderr != "err" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func smallPieces(t *testing.T) {
	l := newLab(t, fast, nil)
	in := bytes.Repeat([]byte("x"), 1<<20)
	plain := func() io.Reader { return struct{ io.Reader }{bytes.NewReader(in)} }
	if _, err := l.stock(nil, tooLong).RunWithContextWithInput(t.Context(), "read", io.Discard, io.Discard, plain()); err != nil {
		t.Fatal(err)
	}
	if n := l.count(wsman.ActionSend); n < 32 {
		t.Fatalf("the stock client sends %d messages: this shows nothing", n)
	}
	l.forget()
	if _, err := l.ours(nil).Run(t.Context(), winrm.Command{Line: "read", Stdin: plain()}); err != nil {
		t.Fatal(err)
	}
	if n := l.count(wsman.ActionSend); n > 10 || l.stdin() != len(in) {
		t.Errorf("%d messages for 1 MiB, %d bytes arrived", n, l.stdin())
	}
}
