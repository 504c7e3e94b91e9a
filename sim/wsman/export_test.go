package wsman

// DecodeRequest reads one SOAP message and says whether it is refused.
func DecodeRequest(b []byte) (action Action, fault FaultCode) {
	r, f := decode(b)
	if f != nil {
		return r.action, f.code
	}
	return r.action, 0
}

// ParseDuration reads an xs:duration.
var ParseDuration = parseDuration

// AnswerToken carries out one step of a login with whatever a client sent, and reports
// whether it led to a user.
func (s *Server) AnswerToken(first, second []byte) bool {
	l := new(login)
	for _, b := range [][]byte{first, second} {
		if t, ok := unwrap(b); ok {
			if s.negotiate(l, "Negotiate", t).user != "" {
				return true
			}
		}
	}
	return false
}
