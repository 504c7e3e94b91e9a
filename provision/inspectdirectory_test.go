package provision

import (
	"testing"

	"github.com/arcwright/arcwright/planner"
)

func TestARefusedPasswordIsNotTriedOnTheDirectory(t *testing.T) {
	shared := planner.Directory{Server: "dc1.lab.example"}
	for _, row := range []struct {
		name      string
		directory planner.Directory
		codes     []string // of the hosts, "" for one that was read
		untried   bool
	}{
		{"every host refused it", shared, []string{FindingSignIn, FindingSignIn}, true},
		{"one refused it and the other is away", shared, []string{FindingSignIn, FindingUnreachable}, true},
		{"the same account is named again", planner.Directory{User: `lab\SVC`, Password: "env:PW"}, []string{FindingSignIn}, true},
		{"one let it in", shared, []string{FindingSignIn, ""}, false},
		{"one let it in and could not be read", shared, []string{FindingSignIn, FindingRead}, false},
		{"all are away", shared, []string{FindingUnreachable, FindingUnreachable}, false},
		{"there are no hosts", shared, nil, false},
		{"the directory has another user", planner.Directory{User: `LAB\other`}, []string{FindingSignIn}, false},
		{"the directory has another password", planner.Directory{Password: "env:OTHER"}, []string{FindingSignIn}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			in := planner.Input{Site: planner.Site{Access: planner.Access{User: `LAB\svc`, Password: "env:PW"}, Directory: row.directory}}
			var found []planner.Finding
			for i, code := range row.codes {
				in.Inventory.Hosts = append(in.Inventory.Hosts, planner.Host{})
				if code != "" {
					found = append(found, planner.Finding{Code: code, Path: hostPath(i)})
				}
			}
			if f := DirectoryNotTried(Reach{}, in, found); (f != nil) != row.untried {
				t.Errorf("found %+v", f)
			} else if f != nil && (f.Code != "directory-sign-in" || f.Message == "" || f.Evidence == "" || f.Remedy == "") {
				t.Errorf("found %+v", f)
			}
		})
	}
}
