package sim

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wsman"
)

// remoting is how a host lets in, and whom it lets reach others in somebody's name. The zero
// value is a host as Windows is after Enable-PSRemoting with a listener for TLS.
type remoting struct {
	plainOnly   bool // it listens without TLS only
	basic       bool // Basic is taken
	noKerberos  bool // by a policy
	strict      bool // CbtHardeningLevel
	trusted     string
	shells      int    // MaxShellsPerUser, 0 for Windows' own
	language    string // of Windows, empty for the inventory's
	restricted  bool   // an application control policy restricts PowerShell
	nameless    bool   // the directory has no WSMAN names for it
	noBatch     bool   // the account may not log on as a batch job
	credssp     bool   // on, in both roles, on this host
	certificate certificateState
}

// certificateState is what is wrong with a listener's certificate.
type certificateState string

const (
	certificateGood    certificateState = ""
	certificateEnded   certificateState = "expired"
	certificateNames   certificateState = "name"
	certificateForeign certificateState = "foreign"
)

// certificates shows the listener's certificate as it is now.
func (d *Datacenter) certificates(h *host, good tls.Certificate) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		var state certificateState
		d.line.Do(func(*timeline.Turn) { state = h.remoting.certificate })
		switch state {
		case certificateEnded:
			a := *d.authority
			a.valid = validity{d.authority.valid.from, d.authority.valid.from.Add(time.Hour)}
			one, err := a.server(h.Name, []string{h.Name, h.short()}, h.Address.AsSlice())
			return &one, err
		case certificateNames:
			one, err := d.authority.server("old."+h.Domain, []string{"old." + h.Domain})
			return &one, err
		case certificateForeign:
			other, err := newAuthority(d.seed, "foreign", h.short(), d.authority.valid)
			if err != nil {
				return nil, err
			}
			one, err := other.server(h.Name, []string{h.Name, h.short()}, h.Address.AsSlice())
			return &one, err
		}
		return &good, nil
	}
}

// remotingOf is a host's settings, looked at in a turn of its own.
func (d *Datacenter) remotingOf(h *host) (r remoting) {
	d.line.Do(func(*timeline.Turn) { r = h.remoting })
	return r
}

func yesNo(yes bool) string {
	if yes {
		return "true"
	}
	return "false"
}

type policyAnswer struct {
	Part  string `json:"part"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

type remotingAnswer struct {
	Now          string              `json:"now"`
	User         string              `json:"user"`
	Admin        bool                `json:"admin"`
	SignedInBy   string              `json:"signedInBy"`
	PowerShell   string              `json:"powerShell"`
	LanguageMode string              `json:"languageMode"`
	Culture      string              `json:"culture"`
	Language     string              `json:"language"`
	Service      map[string]string   `json:"service"`
	Auth         map[string]string   `json:"auth"`
	Client       map[string]string   `json:"client"`
	ClientAuth   map[string]string   `json:"clientAuth"`
	Shell        map[string]string   `json:"shell"`
	Envelope     string              `json:"envelope"`
	Listeners    []map[string]string `json:"listeners"`
	Policies     []policyAnswer      `json:"policies"`
	Fresh        []string            `json:"fresh"`
	Unread       []unreadAnswer      `json:"unread"`
}

func (w *world) readRemoting(t *timeline.Turn, h *host, params json.RawMessage) (any, error) {
	if err := decode(params, &struct{}{}); err != nil {
		return nil, err
	}
	r := h.remoting
	limits := wsman.Limits{MaxShellsPerUser: r.shells}.Effective()
	language, mode := h.OS.Language, "FullLanguage"
	if r.language != "" {
		language = r.language
	}
	if r.restricted {
		mode = "ConstrainedLanguage"
	}
	binding := "Relaxed"
	if r.strict {
		binding = "Strict"
	}
	a := remotingAnswer{
		Now: h.clock(t).UTC().Format("2006-01-02T15:04:05.000Z"), User: netbios(h.Domain) + `\arcwright`, Admin: true, SignedInBy: "NTLM",
		PowerShell: fmt.Sprintf("5.1.%d.1", h.OS.Build), LanguageMode: mode, Culture: language, Language: language,
		Service: map[string]string{"AllowUnencrypted": "false", "MaxConcurrentOperationsPerUser": "1500"},
		Auth: map[string]string{"Basic": yesNo(r.basic), "Kerberos": yesNo(!r.noKerberos), "Negotiate": "true", "Certificate": "false",
			"CredSSP": yesNo(r.credssp), "CbtHardeningLevel": binding},
		Client:     map[string]string{"TrustedHosts": r.trusted, "AllowUnencrypted": "false"},
		ClientAuth: map[string]string{"CredSSP": yesNo(r.credssp), "Kerberos": "true", "Negotiate": "true"},
		Shell: map[string]string{"AllowRemoteShellAccess": "true", "MaxShellsPerUser": fmt.Sprint(limits.MaxShellsPerUser),
			"MaxProcessesPerShell": fmt.Sprint(limits.MaxProcessesPerShell), "MaxMemoryPerShellMB": fmt.Sprint(limits.MaxMemoryPerShell >> 20)},
		Envelope:  fmt.Sprint(limits.MaxEnvelopeSize >> 10),
		Listeners: []map[string]string{{"Transport": "HTTP", "Port": "5985"}, {"Transport": "HTTPS", "Port": fmt.Sprint(5986), "Hostname": h.Name}},
		Policies:  []policyAnswer{}, Fresh: []string{}, Unread: []unreadAnswer{},
	}
	if r.noKerberos {
		a.Policies = append(a.Policies, policyAnswer{`WinRM\Service`, "AllowKerberos", "0"})
	}
	if r.credssp {
		for _, other := range w.hosts {
			a.Fresh = append(a.Fresh, "wsman/"+other.Name)
		}
	}
	return a, nil
}

// netbios is the short name of a domain.
func netbios(domain string) string {
	name, _, _ := strings.Cut(domain, ".")
	return strings.ToUpper(name)
}

type hopAnswer struct {
	State   string `json:"state"`
	Message string `json:"message"`
}

type delegationAnswer struct {
	Session hopAnswer `json:"session"`
	Task    hopAnswer `json:"task"`
	CredSSP hopAnswer `json:"credssp"`
	Names   []string  `json:"names"`
	Why     string    `json:"why"`
}

// probeDelegation tries the ways from one host to another. A session that came in by NTLM or
// Kerberos has nothing to show to a third; a task with a password has.
func (w *world) probeDelegation(h *host, params json.RawMessage, secrets []string) (any, error) {
	var p struct {
		Peer string `json:"peer"`
		User string `json:"user"`
	}
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	if !slices.Contains(secrets, "account") {
		return nil, stop("BadRequest", "the secret account is missing")
	}
	const denied = "Access is denied."
	r := h.remoting
	none := hopAnswer{"not-tried", ""}
	a := delegationAnswer{Session: none, Task: none, CredSSP: none, Names: []string{}}
	reached := hopAnswer{State: "works"}
	if p.Peer != "" {
		other := w.host(p.Peer)
		switch {
		case other == nil, w.conditions.unknown[other]:
			reached = hopAnswer{"refused", "The WinRM client cannot process the request because the server name cannot be resolved."}
		case w.conditions.closed[other]:
			reached = hopAnswer{"refused", "WinRM cannot complete the operation. Verify that the specified computer name is valid, that the computer is accessible over the network."}
		case other.remoting.nameless:
			reached = hopAnswer{"refused", "WinRM cannot process the request. The following error occurred while using Kerberos authentication: Cannot find the computer " + p.Peer + "."}
		}
		a.Session = hopAnswer{"refused", denied}
		a.Task = reached
		a.CredSSP = hopAnswer{"refused", "The WinRM client cannot process the request. CredSSP authentication is currently disabled in the client configuration."}
		switch {
		case r.credssp && other != nil && other.remoting.credssp:
			a.CredSSP = reached
		case r.credssp:
			a.CredSSP.Message = "The WinRM client cannot process the request. The authentication mechanism requested by the client is not supported by the server."
		}
	}
	switch {
	case r.noBatch:
		a.Task, a.Why = hopAnswer{"refused", "the task did not run: 0x80070569"}, ""
		return a, nil
	case h.Domain == "":
		a.Why = "The specified domain either does not exist or could not be contacted."
	case r.nameless:
		a.Names = []string{"HOST/" + h.short(), "HOST/" + h.Name}
	default:
		a.Names = []string{"HOST/" + h.short(), "HOST/" + h.Name, "WSMAN/" + h.short(), "WSMAN/" + h.Name}
	}
	return a, nil
}

// remotingKinds are the conditions of remoting and what they set.
var remotingKinds = map[ConditionKind]func(r *remoting, name string){
	WinRMPlain:         func(r *remoting, _ string) { r.plainOnly = true },
	WinRMBasic:         func(r *remoting, _ string) { r.basic = true },
	WinRMNoKerberos:    func(r *remoting, _ string) { r.noKerberos = true },
	WinRMTrusted:       func(r *remoting, name string) { r.trusted = name },
	WinRMQuota:         func(r *remoting, _ string) { r.shells = 2 },
	WinRMCertificate:   func(r *remoting, name string) { r.certificate = certificateState(name) },
	HostLanguage:       func(r *remoting, name string) { r.language = name },
	HostRestricted:     func(r *remoting, _ string) { r.restricted = true },
	HostNamesMissing:   func(r *remoting, _ string) { r.nameless = true },
	BatchLogonDenied:   func(r *remoting, _ string) { r.noBatch = true },
	CredentialsGoAlong: func(r *remoting, _ string) { r.credssp = true },
}
