package directory

import (
	"errors"

	"github.com/arcwright/arcwright/planner"
)

// Trouble is the finding of a directory that could not be looked at.
func Trouble(server Server, err error) planner.Finding {
	f := planner.Finding{Code: "directory-unreachable", Severity: planner.Block, Path: "site.directory.server", Owner: planner.OwnerDirectory, Evidence: err.Error(),
		Message: server.name() + " could not be asked about the directory", Remedy: "correct directory.server, or open port 636 (TCP) to it; another domain controller of the domain will do"}
	switch ClassOf(err) {
	case ClassTrust:
		f.Code, f.Message = "directory-trust", server.name()+" could not prove who it is"
		f.Remedy = "name the authority of its certificate as directory.ca, and the server as its certificate does; a domain controller without a certificate speaks no LDAP inside TLS"
	case ClassClock:
		f.Code, f.Message = "directory-clock", "the clocks of "+server.name()+" and of this machine are too far apart for Kerberos"
		f.Remedy = "find out which of them is wrong and set it: w32tm /query /status on the domain controller"
	case ClassSignIn:
		f.Code, f.Message, f.Path = "directory-sign-in", server.name()+" does not let "+server.User+" in", "site.directory.user"
		f.Remedy = "correct the user or the password; do not try again and again, since that may lock the account"
		var told *SignInError
		if errors.As(err, &told) {
			f.Evidence = told.Error()
			switch told.Reason {
			case PasswordExpired, MustChange:
				f.Remedy = "change the password of " + server.User + ", and what directory.password refers to"
			case AccountDisabled, AccountExpired, AccountLocked, OutsideHours, OtherComputer:
				f.Remedy = "have the account " + server.User + " put right, or sign in as somebody else: directory.user"
			}
		}
	case ClassInvalid:
		f.Code, f.Owner = "directory-sign-in", planner.OwnerYou
		f.Message, f.Remedy = "nobody can sign in to "+server.name(), "correct directory.server, directory.user and directory.password"
	case ClassRights, ClassRefused, ClassProtocol:
		f.Message = server.name() + " gave no answer that can be used"
		f.Remedy = "look at the evidence; a domain controller of Active Directory is asked, and the user must be allowed to read the directory"
	}
	return f
}
