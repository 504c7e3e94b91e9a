package provision

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/directory"
)

// DirectoryServer is the domain controller of a site, with whom to be there. The error is an
// *ErrSecret when the password cannot be had.
func DirectoryServer(ctx context.Context, reach Reach, site planner.Site) (directory.Server, error) {
	d := site.Directory
	s := directory.Server{Address: d.Server, Domain: d.Domain, RootCAs: reach.DirectoryCAs, Auth: d.Auth, User: d.User, Password: reach.Password}
	if s.RootCAs == nil {
		s.RootCAs = reach.RootCAs
	}
	var err error
	if reach.User != "" { // a simulated site, which knows no tickets and has keys of its own
		s.User, s.Auth = reach.User, planner.DirectorySimple
		return s, nil
	}
	if s.Pin, err = directory.ParsePin(d.Pin); err != nil {
		return s, err
	}
	ref := d.Password
	if s.User == "" {
		s.User = site.Access.User
	}
	if ref == "" {
		ref = site.Access.Password
	}
	s.Password, err = reach.secret(ctx, ref)
	return s, err
}

// DirectoryNotTried is the finding of a directory that is not to be asked, because hosts have
// just refused the account and the password that would be tried there, and none has let it in:
// each try is counted, and may lock the account. found are the findings of Inspect for in. It
// is nil when the directory may be asked.
func DirectoryNotTried(reach Reach, in planner.Input, found []planner.Finding) *planner.Finding {
	d, access := in.Site.Directory, in.Site.Access
	same := (d.User == "" || strings.EqualFold(d.User, access.User)) && (d.Password == "" || d.Password == access.Password)
	if reach.User == "" && !same {
		return nil
	}
	refused := 0
	for i := range in.Inventory.Hosts {
		at := slices.IndexFunc(found, func(f planner.Finding) bool {
			return f.Path == hostPath(i) && (f.Code == FindingSignIn || f.Code == FindingUnreachable)
		})
		switch {
		case at < 0:
			return nil
		case found[at].Code == FindingSignIn:
			refused++
		}
	}
	if refused == 0 {
		return nil
	}
	return &planner.Finding{
		Code: "directory-sign-in", Severity: planner.Block, Path: "site.directory.password", Owner: planner.OwnerYou,
		Message:  d.Server + " was not tried: no host let the account in, and it would be tried there with the same password",
		Evidence: fmt.Sprintf("sign-in failed on %d of %d hosts", refused, len(in.Inventory.Hosts)),
		Remedy:   "mend what is said of the hosts first, since another try may lock the account; arcwright directory check SITE asks the directory alone",
	}
}

// InspectDirectory looks at the directory of a site and changes nothing there. Whatever could
// not be looked at is a finding. The caller holds a busy token of the clock.
func InspectDirectory(ctx context.Context, reach Reach, in planner.Input, plan planner.Plan) ([]directory.Change, []planner.Finding) {
	server, err := DirectoryServer(ctx, reach, in.Site)
	if err != nil {
		return nil, []planner.Finding{{
			Code: "directory-sign-in", Severity: planner.Block, Path: "site.directory.password", Owner: planner.OwnerYou,
			Message: "the password for the directory could not be read", Evidence: err.Error(), Remedy: "set the secret that directory.password refers to, or access.password without one",
		}}
	}
	client, err := directory.Open(ctx, server, reach.Dial, reach.Clock)
	if err != nil {
		return nil, []planner.Finding{directory.Trouble(server, err)}
	}
	defer client.Close()
	sight, err := client.Look(ctx, directory.Want(in, plan))
	if err != nil {
		return nil, []planner.Finding{directory.Trouble(server, err)}
	}
	return sight.Changes, sight.Findings
}

// ApplyDirectory makes what the directory lacks of a site. The caller holds a busy token of
// the clock.
func ApplyDirectory(ctx context.Context, reach Reach, in planner.Input, plan planner.Plan, o directory.Options) (directory.Result, error) {
	server, err := DirectoryServer(ctx, reach, in.Site)
	if err != nil {
		return directory.Result{}, err
	}
	client, err := directory.Open(ctx, server, reach.Dial, reach.Clock)
	if err != nil {
		return directory.Result{}, err
	}
	defer client.Close()
	return client.Apply(ctx, directory.Want(in, plan), o)
}
