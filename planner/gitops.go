package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// GitOps is what Flux applies to a cluster out of a repository.
type GitOps struct {
	// URL begins with https://, http:// or ssh://, or is git@HOST:PATH.
	URL string `yaml:"url" json:"url"`
	// One of these says which state is applied; the branch master when all are left out.
	Branch string `yaml:"branch,omitempty" json:"branch,omitempty"`
	Tag    string `yaml:"tag,omitempty" json:"tag,omitempty"`
	Semver string `yaml:"semver,omitempty" json:"semver,omitempty"`
	Commit string `yaml:"commit,omitempty" json:"commit,omitempty"`
	// Credential is a key or a token, where the repository is not open to everybody.
	Credential     SecretRef       `yaml:"credential,omitempty" json:"credential,omitempty"`
	Kustomizations []Kustomization `yaml:"kustomizations,omitempty" json:"kustomizations,omitempty"`
}

// A Kustomization is a folder of the repository that is applied as one.
type Kustomization struct {
	Name string `yaml:"name" json:"name"`
	Path string `yaml:"path,omitempty" json:"path,omitempty"`
	// DependsOn are names of others that are applied before it. Prune is whether what leaves
	// the folder is deleted from the cluster.
	DependsOn []string `yaml:"dependsOn,omitempty" json:"dependsOn,omitempty"`
	Prune     bool     `yaml:"prune,omitempty" json:"prune,omitempty"`
}

var repositoryURL = regexp.MustCompile(`^((https?|ssh)://[^\s/@]*@?[^\s/@]+/\S+|[A-Za-z0-9._-]+@[^\s:/]+:\S+)$`)

// gitOps judges what Flux is to apply.
func (j *judge) gitOps() {
	for i, c := range j.in.Site.Clusters {
		g := c.GitOps
		if g == nil {
			continue
		}
		at := fmt.Sprintf("site.clusters[%d].gitOps", i)
		if !slices.Contains(c.AddOns, "flux-v2") {
			j.add(Finding{Code: "gitops-addon", Path: at, Evidence: "no flux-v2", Message: c.Name + " has a repository to apply, and flux-v2 is not among its add-ons"})
		}
		switch ssh := strings.HasPrefix(g.URL, "ssh://") || strings.Contains(g.URL, "@") && !strings.Contains(g.URL, "://"); {
		case accountIn(g.URL): // refused with the other references to secrets
		case !repositoryURL.MatchString(g.URL):
			j.add(Finding{Code: "gitops-url", Path: at + ".url", Evidence: g.URL, Message: fmt.Sprintf("%q is no address of a repository", g.URL)})
		case ssh && g.Credential == "":
			j.add(Finding{Code: "gitops-credential", Path: at + ".credential", Evidence: "none", Message: "the repository of " + c.Name + " is reached over SSH, and no key is named"})
		case strings.HasPrefix(g.URL, "http://"):
			j.add(Finding{Code: "gitops-url", Severity: Warn, Path: at + ".url", Evidence: g.URL, Message: "the repository of " + c.Name + " is reached without encryption"})
		}
		var given []string
		for _, one := range []struct{ key, value string }{{"branch", g.Branch}, {"tag", g.Tag}, {"semver", g.Semver}, {"commit", g.Commit}} {
			if one.value != "" {
				given = append(given, one.key)
			}
		}
		if len(given) > 1 {
			j.add(Finding{Code: "gitops-state", Path: at, Evidence: strings.Join(given, ", "), Message: fmt.Sprintf("%s is to follow several states of its repository: %s", c.Name, strings.Join(given, ", "))})
		}
		j.kustomizations(at, c, g.Kustomizations)
	}
}

// accountIn reports whether an address of the web holds an account.
func accountIn(url string) bool {
	_, rest, web := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return web && strings.HasPrefix(url, "http") && strings.Contains(host, "@")
}

// kustomizations judges the order that they are applied in.
func (j *judge) kustomizations(at string, c Cluster, list []Kustomization) {
	known := map[string][]string{}
	for k, one := range list {
		path := fmt.Sprintf("%s.kustomizations[%d]", at, k)
		if _, again := known[one.Name]; again || !objectName.MatchString(one.Name) {
			j.add(Finding{Code: "gitops-kustomization", Path: path + ".name", Evidence: one.Name, Message: fmt.Sprintf("%q cannot name a kustomization of %s, or names two", one.Name, c.Name)})
		}
		known[one.Name] = one.DependsOn
		if one.Prune && (one.Path == "" || one.Path == "." || one.Path == "./" || one.Path == "/") {
			j.add(Finding{Code: "gitops-prune", Path: path + ".prune", Evidence: "the whole repository", Message: fmt.Sprintf("%s deletes from %s whatever leaves the repository, all folders together", one.Name, c.Name)})
		}
	}
	for k, one := range list {
		path := fmt.Sprintf("%s.kustomizations[%d].dependsOn", at, k)
		for _, need := range one.DependsOn {
			if _, there := known[need]; !there {
				j.add(Finding{Code: "gitops-dependency", Path: path, Evidence: need, Message: fmt.Sprintf("%s waits for %q, which %s does not have", one.Name, need, c.Name)})
			}
		}
		if reaches(known, one.DependsOn, one.Name, map[string]bool{}) {
			j.add(Finding{Code: "gitops-dependency", Path: path, Evidence: one.Name + " waits for itself", Message: fmt.Sprintf("%s of %s waits for itself through what it depends on", one.Name, c.Name)})
		}
	}
}

// reaches reports whether target is among names or what they depend on.
func reaches(known map[string][]string, names []string, target string, seen map[string]bool) bool {
	for _, name := range names {
		if name == target {
			return true
		}
		if !seen[name] {
			seen[name] = true
			if reaches(known, known[name], target, seen) {
				return true
			}
		}
	}
	return false
}
