package winrm

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A reply is what a host answered, in so far as a shell's life needs it. It is decoded
// here and not by the library that builds the requests: that one takes a stream it
// cannot decode for an empty one, and any XML at all for "no output yet".
type reply struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Body    struct {
		Fault *faultXML `xml:"http://www.w3.org/2003/05/soap-envelope Fault"`
		Shell struct {
			ID string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell ShellId"`
		} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Shell"`
		Command struct {
			ID string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell CommandId"`
		} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell CommandResponse"`
		Receive  *receiveXML  `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell ReceiveResponse"`
		Identity *identityXML `xml:"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd IdentifyResponse"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

type receiveXML struct {
	Streams []struct {
		Name string `xml:"Name,attr"`
		Data string `xml:",chardata"`
	} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Stream"`
	State *struct {
		State    string  `xml:"State,attr"`
		ExitCode *string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell ExitCode"`
	} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell CommandState"`
}

func decode(body []byte) (*reply, error) {
	r := new(reply)
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, errors.New("answer is empty")
	}
	if err := xml.Unmarshal(body, r); err != nil {
		return nil, fmt.Errorf("read answer: %s", excerpt(err.Error(), 512)) // it may quote what the host sent
	}
	return r, nil
}

// shellID and commandID are what later requests name them by. Both end up in XML, so
// an identifier that could break it is refused.
func (r *reply) shellID() (string, error)   { return identifier("shell", r.Body.Shell.ID) }
func (r *reply) commandID() (string, error) { return identifier("command", r.Body.Command.ID) }

func identifier(what, id string) (string, error) {
	if id == "" || len(id) > 256 || strings.ContainsAny(id, "<>&\"' \t\r\n") {
		return "", fmt.Errorf("answer names no usable %s (%q)", what, excerpt(id, 64))
	}
	return id, nil
}

// An output is what one Receive brought.
type output struct {
	stdout, stderr []byte
	done           bool
	exit           int
}

const stateDone = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/Done"

func (r *reply) output() (output, error) {
	var o output
	x := r.Body.Receive
	if x == nil {
		return o, errNotReceived
	}
	for _, s := range x.Streams {
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s.Data), ""))
		if err != nil {
			return o, fmt.Errorf("read stream %q: %w", excerpt(s.Name, 64), err)
		}
		switch s.Name {
		case "stdout":
			o.stdout = append(o.stdout, data...)
		case "stderr":
			o.stderr = append(o.stderr, data...)
		}
	}
	if x.State == nil || x.State.State != stateDone {
		return o, nil
	}
	o.done = true
	if x.State.ExitCode == nil {
		return o, errors.New("command ended without an exit code")
	}
	var err error
	o.exit, err = exitCode(*x.State.ExitCode)
	return o, err
}

// exitCode reads the 32 bits of a Windows exit code, which some write with a sign.
func exitCode(s string) (int, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < -1<<31 || n >= 1<<32 {
		return 0, fmt.Errorf("exit code %q is not a 32-bit number", excerpt(s, 64))
	}
	if n < 0 {
		n += 1 << 32
	}
	return int(n), nil
}
