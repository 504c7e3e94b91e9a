package provision

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/winrm"
)

// The pages that the doctor goes by.
const (
	winrmPage   = "https://learn.microsoft.com/windows/win32/winrm/installation-and-configuration-for-windows-remote-management (read 2026-11-23)"
	credsspPage = "ASD:azure-stack/hci/manage/troubleshoot-credssp.md (read 2026-11-22)"
	spnPage     = "ASD:AKS-Hybrid/known-issues-windows-admin-center.yml (read 2026-11-22)"
)

// plainPort is where WinRM listens without TLS.
const plainPort = 5985

// plainLimit is how long the port without TLS is tried.
const plainLimit = 5 * time.Second

// endSoon is how long before its end a certificate is warned of.
const endSoon = 30 * 24 * time.Hour

// listener judges what the host shows to anybody, and reports whether there is a listener to go on with.
func (w *ward) listener(ctx context.Context, h winrm.Host, g winrm.Glance) bool {
	var unknown *net.DNSError
	port := strconv.Itoa(h.Port)
	if h.Port == 0 {
		port = "5986"
	}
	if errors.As(g.Err, &unknown) {
		w.note(Exam{Name: "name", State: ExamBad, Saw: unknown.Error(), Change: "correct the name, or add it to DNS", Owner: planner.OwnerNetwork})
		return false
	}
	if by := h.Proxy.Address; by != "" {
		if g.Certificate == nil {
			w.note(Exam{Name: "port", State: ExamBad, Saw: fmt.Sprintf("port %s through the proxy %s: %s", port, by, brief(g.Err)), Owner: planner.OwnerNetwork,
				Change: "have the proxy let this machine through to the host, or leave the host out: access.proxy.noProxy, --no-proxy"})
			return false
		}
		w.note(Exam{Name: "port", State: ExamGood, Saw: "port " + port + " answers through the proxy " + by})
		return w.shown(g)
	}
	if g.Remote == "" {
		w.note(Exam{Name: "name", State: ExamUnknown, Saw: "nobody answered by it"})
		e := Exam{Name: "port", State: ExamBad, Saw: fmt.Sprintf("port %s: %s", port, brief(g.Err)), Owner: planner.OwnerNetwork, Source: winrmPage,
			Change: "open TCP port " + port + " to the host, and see that it runs"}
		if w.plain(ctx) {
			e.Saw += "; port 5985 answers: WinRM listens without TLS only"
			e.Owner = planner.OwnerYou
			e.Change = "give the host a certificate for its name; New-WSManInstance -ResourceURI winrm/config/Listener -SelectorSet @{Address='*';Transport='HTTPS'} -ValueSet @{CertificateThumbprint='THUMBPRINT'}; New-NetFirewallRule -DisplayName 'WinRM HTTPS' -Direction Inbound -Protocol TCP -LocalPort 5986 -Action Allow"
			e.Revert = "Remove-WSManInstance -ResourceURI winrm/config/Listener -SelectorSet @{Address='*';Transport='HTTPS'}; Remove-NetFirewallRule -DisplayName 'WinRM HTTPS'"
		}
		w.note(e)
		return false
	}
	address, _, _ := net.SplitHostPort(g.Remote)
	w.note(Exam{Name: "name", State: ExamGood, Saw: w.host + " is " + address})
	w.note(Exam{Name: "port", State: ExamGood, Saw: "port " + port + " answers"})
	if g.Certificate == nil {
		w.note(Exam{Name: "tls", State: ExamBad, Saw: "no certificate: " + brief(g.Err), Owner: planner.OwnerYou, Source: winrmPage,
			Change: "see that the listener of port " + port + " is WinRM's, with TLS: winrm enumerate winrm/config/listener"})
		return false
	}
	return w.shown(g)
}

// shown judges the certificate, and what the listener says to who has no name.
func (w *ward) shown(g winrm.Glance) bool {
	w.certificate(g)
	if g.Err != nil {
		w.note(Exam{Name: "methods", State: ExamBad, Saw: brief(g.Err), Change: "see that WinRM runs behind the port: Get-Service WinRM", Owner: planner.OwnerYou, Source: winrmPage})
		return false
	}
	w.note(Exam{Name: "methods", State: ExamGood, Saw: "offers " + strings.Join(g.Offered, ", ")})
	return g.Distrust == nil
}

// certificate judges the listener's.
func (w *ward) certificate(g winrm.Glance) {
	c := g.Certificate
	e := Exam{Name: "tls", State: ExamGood, Saw: fmt.Sprintf("certificate of %s, by %s, until %s", subject(c), c.Issuer.CommonName, c.NotAfter.UTC().Format(time.DateOnly)), Source: winrmPage}
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	now := w.dialer.reach.Clock.Now()
	renew := "give the listener a new certificate; Set-WSManInstance -ResourceURI winrm/config/Listener -SelectorSet @{Address='*';Transport='HTTPS'} -ValueSet @{CertificateThumbprint='THUMBPRINT'}"
	switch {
	case g.Distrust == nil && c.NotAfter.Sub(now) < endSoon:
		e.State, e.Owner, e.Change = ExamWarn, planner.OwnerYou, renew
	case g.Distrust == nil:
	case errors.As(g.Distrust, &name):
		e.State, e.Owner, e.Saw = ExamBad, planner.OwnerYou, e.Saw+"; it is not for "+w.host
		e.Change = "name the host as its certificate does, or " + renew
	case errors.As(g.Distrust, &invalid) && invalid.Reason == x509.Expired:
		e.State, e.Owner, e.Saw, e.Change = ExamBad, planner.OwnerYou, e.Saw+"; by this machine's clock it is not valid on "+now.UTC().Format(time.DateOnly), renew
	case errors.As(g.Distrust, &authority):
		e.State, e.Owner, e.Saw = ExamBad, planner.OwnerYou, e.Saw+"; its authority is not trusted here"
		e.Change = "save the authority's certificate as PEM and name it: access.ca in the site, --ca here"
	default:
		e.State, e.Owner, e.Saw, e.Change = ExamBad, planner.OwnerYou, e.Saw+"; "+tidy(g.Distrust.Error()), renew
	}
	w.note(e)
}

// subject is whom a certificate is for.
func subject(c *x509.Certificate) string {
	if c.Subject.CommonName == "" && len(c.DNSNames) > 0 {
		return c.DNSNames[0]
	}
	return c.Subject.CommonName
}

// plain reports whether WinRM answers without TLS. Nothing is sent.
func (w *ward) plain(ctx context.Context) bool {
	clk := w.dialer.reach.Clock
	ctx, cancel := clock.WithTimeout(ctx, clk, plainLimit)
	defer cancel()
	clk.Wire(+1)
	clk.Busy(-1)
	conn, err := w.dialer.reach.Dial(ctx, "tcp", net.JoinHostPort(w.host, strconv.Itoa(plainPort)))
	clk.Busy(+1)
	clk.Wire(-1)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// brief is an error without what was being done to whom, which stands beside it.
func brief(err error) string {
	var e *winrm.Error
	if errors.As(err, &e) && e.Err != nil {
		return tidy(e.Err.Error())
	}
	if err == nil {
		return "nothing"
	}
	return tidy(err.Error())
}
