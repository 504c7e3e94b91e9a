package planner

import (
	"fmt"
	"slices"
)

// A secretKey is a key of a site that holds a reference to a secret.
type secretKey struct {
	path   string
	ref    *SecretRef
	needed bool
}

// secretKeys are all such keys. The references point into the site.
func secretKeys(s *Site) []secretKey {
	keys := []secretKey{{"site.access.password", &s.Access.Password, true}, {"site.azure.secret", &s.Azure.Secret, false},
		{"site.directory.password", &s.Directory.Password, false}}
	if p := s.Access.Proxy; p != nil {
		keys = append(keys, secretKey{"site.access.proxy.password", &p.Password, false})
	}
	if u := s.Directory.DeploymentUser; u != nil {
		keys = append(keys, secretKey{"site.directory.deploymentUser.password", &u.Password, false})
	}
	for i := range s.Clusters {
		c, at := s.Clusters[i], fmt.Sprintf("site.clusters[%d]", i)
		if c.Identity != nil {
			keys = append(keys, secretKey{at + ".identity.keytab", &c.Identity.Keytab, false})
		}
		if c.Backup != nil {
			keys = append(keys, secretKey{at + ".backup.credential", &c.Backup.Credential, false}, secretKey{at + ".backup.repositoryPassword", &c.Backup.RepositoryPassword, false})
		}
		if c.GitOps != nil {
			keys = append(keys, secretKey{at + ".gitOps.credential", &c.GitOps.Credential, false})
		}
	}
	return keys
}

// apart is a site whose secret keys can be written without changing the one that it is of.
func apart(s Site) Site {
	s.Access.Proxy = copied(s.Access.Proxy)
	s.Directory.DeploymentUser = copied(s.Directory.DeploymentUser)
	s.Clusters = slices.Clone(s.Clusters)
	for i := range s.Clusters {
		c := &s.Clusters[i]
		c.Identity, c.Backup, c.GitOps = copied(c.Identity), copied(c.Backup), copied(c.GitOps)
	}
	return s
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}

// IsReference reports whether a text refers to a secret, in one of the ways there are.
func IsReference(ref SecretRef) bool { return secretRef.MatchString(string(ref)) }
