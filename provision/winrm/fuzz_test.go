package winrm

import (
	"net/http"
	"testing"
	"time"
	"unicode/utf8"
)

// Whatever a host answers, the answer is a reply, a fault or an error with a class.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		"", "x", "<a/>", soapFault, string(soapBody("<rsp:Shell><rsp:ShellId>S</rsp:ShellId></rsp:Shell>")),
		string(soapBody(`<rsp:ReceiveResponse><rsp:Stream Name="stdout">aGk=</rsp:Stream></rsp:ReceiveResponse>`)),
	} {
		f.Add(200, []byte(body))
		f.Add(500, []byte(body))
		f.Add(401, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		a := &answer{status: status, body: body, header: http.Header{}}
		r, class, err := a.reply()
		if (r == nil) == (err == nil) || (err != nil) != (class != "") {
			t.Fatalf("got %v, %q, %v", r, class, err)
		}
		if err != nil {
			if !utf8.ValidString(err.Error()) || len(err.Error()) > 4<<10 {
				t.Errorf("the error is %q", err)
			}
			return
		}
		_, _ = r.shellID()
		_, _ = r.commandID()
		if o, err := r.output(); err == nil && (o.exit < 0 || o.exit >= 1<<32) {
			t.Errorf("the exit code is %d", o.exit)
		}
	})
}

const soapFault = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`

func FuzzChallenge(f *testing.F) {
	f.Add(challenge(), "arc", "secret")
	f.Add([]byte(ntlmSignature), `LAB\arc`, "")
	f.Fuzz(func(t *testing.T, message []byte, user, password string) {
		c, err := parseChallenge(message)
		if err != nil {
			return
		}
		if m := ntlmAuthenticate(c, user, password, [16]byte{1}, time.Unix(1<<30, 0)); len(m) < 88 {
			t.Errorf("the proof has %d bytes", len(m))
		}
	})
}
