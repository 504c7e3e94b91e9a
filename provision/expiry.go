package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision/kube"
)

// ExpiryKind is what kind of thing ends.
type ExpiryKind string

// The kinds of expiry.
const (
	// ExpiryCertificate: a certificate that was really seen.
	ExpiryCertificate ExpiryKind = "certificate"
	// ExpiryToken: a token that was really seen.
	ExpiryToken ExpiryKind = "token"
	// ExpiryDeadline: days counted from the installation, by the platform's profile.
	ExpiryDeadline ExpiryKind = "deadline"
	// ExpiryLifecycle: the last day of support, by the platform's profile.
	ExpiryLifecycle ExpiryKind = "lifecycle"
)

// An Expiry is something that ends.
type Expiry struct {
	Kind ExpiryKind
	What string
	// Where is the host, the file or the key of the plan that it was seen in.
	Where string
	// Until is the last moment at which it is good; of a whole day its last second, in UTC.
	Until time.Time
	// Remedy is what to do before, Source the page of a figure that was not seen.
	Remedy, Source string
}

// Days is how many days are left, below zero when it has ended on an earlier day.
func (e Expiry) Days(now time.Time) int {
	return int(profiles.DateOf(e.Until) - profiles.DateOf(now))
}

// Ended reports whether it is over.
func (e Expiry) Ended(now time.Time) bool { return now.After(e.Until) }

// An Unseen is something that may end and whose end is not known here.
type Unseen struct{ What, Where, Why string }

// A Calendar is what ends, sorted by time, and what could not be looked at.
type Calendar struct {
	Expiries []Expiry
	Unseen   []Unseen
}

func (c *Calendar) add(e Expiry) { c.Expiries = append(c.Expiries, e) }

func (c *Calendar) miss(what, where, why string) {
	c.Unseen = append(c.Unseen, Unseen{what, where, tidy(plain(why))})
}

// Expiring lists what ends for the site of a run: days of support and deadlines by the
// profile, and the certificates that hosts, API servers and the run's credentials show now,
// read over the wire without signing in. past are the runs of the state folder, for the
// time of the installation. The caller holds a busy token of the clock.
func Expiring(ctx context.Context, reach Reach, plan planner.Plan, profile profiles.Profile, run *Run, past []*Run) Calendar {
	var c Calendar
	c.lifecycle(plan, profile)
	c.deadlines(profile, installation(plan.Site.Name, past))
	c.listeners(ctx, reach, plan, run)
	if app := plan.Site.Azure.Application; app != "" {
		c.miss("secret of the Azure application", "application "+app, "only Microsoft Entra ID knows its end: look under Certificates & secrets")
	}
	slices.SortStableFunc(c.Expiries, func(a, b Expiry) int {
		return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.What, b.What), cmp.Compare(a.Where, b.Where))
	})
	return c
}

func page(s profiles.Source) string { return fmt.Sprintf("%s (read %s)", s.Page, s.Read) }

// lastSecond is the end of a day that is wholly good.
func lastSecond(day profiles.Date) time.Time { return (day + 1).Time().Add(-time.Second) }

func (c *Calendar) lifecycle(plan planner.Plan, profile profiles.Profile) {
	for _, e := range planner.Endings(planner.Input{Site: plan.Site, Inventory: plan.Inventory, Profile: profile}) {
		if e.Ends.Unstated {
			c.miss(e.What, e.Path, "the vendor publishes no last day")
			continue
		}
		c.add(Expiry{ExpiryLifecycle, e.What, e.Path, lastSecond(e.Ends.Date), e.Remedy, page(e.Ends.Source)})
	}
}

// installedBy is what the journals tell of the installation.
type installedBy struct {
	run string
	// at is when it was begun; the tokens are not older than that.
	at time.Time
	// kinds are the kinds of step that some run has done, or found done, since then.
	kinds map[string]bool
	// clusters are the workload clusters that some run has made since, with when it was begun.
	clusters map[string]time.Time
}

// installation finds the newest installation of a site in its journals. at is zero when no
// run has made one.
func installation(site string, past []*Run) installedBy {
	i := installedBy{kinds: map[string]bool{}, clusters: map[string]time.Time{}}
	type did struct {
		kind, name string
		begun, at  time.Time // begun is zero when the run has not begun it
	}
	var all []did
	for _, r := range past {
		if r.Site != site {
			continue
		}
		_, events, err := ReadJournal(r.JournalPath())
		if err != nil {
			continue // status names a journal that is damaged
		}
		begun := map[string]time.Time{}
		for _, e := range events {
			kind, name, _ := strings.Cut(e.Step, "/")
			switch e.Kind {
			case EventStart:
				begun[e.Step] = e.Time
			case EventDone:
				at := begun[e.Step]
				all = append(all, did{kind, name, at, e.Time})
				if kind == string(planner.Install) && at.After(i.at) {
					i.at, i.run = at, r.ID
				}
			}
		}
	}
	for _, d := range all {
		if d.at.Before(i.at) {
			continue // of an older installation
		}
		i.kinds[d.kind] = true
		if d.kind == string(planner.CreateCluster) && !d.begun.Before(i.at) && d.begun.After(i.clusters[d.name]) {
			i.clusters[d.name] = d.begun
		}
	}
	return i
}

// A Deadline is an expiry of the platform's profile, counted from what a run has made.
type Deadline struct {
	profiles.Expiry
	// Cluster is the workload cluster that it is counted from; empty for the installation.
	Cluster string
	// From is when that was begun, Until the last moment.
	From, Until time.Time
}

// Deadlines are the platform's expiries that nothing on the wire shows, for the newest
// installation of a site, counted from what the journals of past tell. None when no journal
// tells of an installation. What a certificate shows is read from the certificate.
func Deadlines(site string, profile profiles.Profile, past []*Run) []Deadline {
	return deadlines(profile, installation(site, past))
}

func deadlines(profile profiles.Profile, by installedBy) []Deadline {
	var list []Deadline
	if by.at.IsZero() {
		return nil
	}
	add := func(e profiles.Expiry, cluster string, from time.Time) {
		list = append(list, Deadline{e, cluster, from, from.UTC().Truncate(time.Second).AddDate(0, 0, e.Days)})
	}
	for _, e := range profile.Expiries {
		if e.MetBy != "" && by.kinds[e.MetBy] {
			continue
		}
		switch e.From {
		case profiles.FromInstall:
			add(e, "", by.at)
		case profiles.FromCluster:
			for _, name := range slices.Sorted(maps.Keys(by.clusters)) {
				add(e, name, by.clusters[name])
			}
		}
	}
	return list
}

// deadlines adds them, and what no journal tells.
func (c *Calendar) deadlines(profile profiles.Profile, by installedBy) {
	if by.at.IsZero() {
		if len(profile.Expiries) > 0 {
			c.miss("deadlines after the installation", "journals of the site", "no journal here tells when AKS was installed")
		}
		return
	}
	for _, d := range deadlines(profile, by) {
		after, remedy := "installation", d.Remedy
		if d.Cluster != "" {
			after, remedy = "creation of "+d.Cluster, strings.ReplaceAll(d.Remedy, "CLUSTER", d.Cluster)
		}
		where := fmt.Sprintf("%d days after the %s on %s", d.Days, after, profiles.DateOf(d.From))
		c.add(Expiry{ExpiryDeadline, d.What, where, d.Until, remedy, page(d.Source)})
	}
	for _, e := range profile.Expiries {
		if e.From == profiles.FromContact {
			c.miss(e.What, "Azure", fmt.Sprintf("it ends %d days after the last contact with Azure, which no journal tells", e.Days))
		}
	}
}

// listeners looks at the certificates of all hosts and clusters at once.
func (c *Calendar) listeners(ctx context.Context, reach Reach, plan planner.Plan, run *Run) {
	hosts, clusters := plan.Inventory.Hosts, plan.Site.Clusters
	found := make([]Calendar, len(hosts)+len(clusters))
	looks := group{clock: reach.Clock}
	for n, h := range hosts {
		looks.start(func() { found[n].host(ctx, reach, h.Name, cmp.Or(plan.Site.Access.Port, winRMPort)) })
	}
	for n, cluster := range clusters {
		looks.start(func() { found[len(hosts)+n].cluster(ctx, reach, run, cluster.Name) })
	}
	looks.wait()
	for _, f := range found {
		c.Expiries = append(c.Expiries, f.Expiries...)
		c.Unseen = append(c.Unseen, f.Unseen...)
	}
}

// winRMPort is that of the HTTPS listener.
const winRMPort = 5986

func (c *Calendar) host(ctx context.Context, reach Reach, host string, port int) {
	address := net.JoinHostPort(host, strconv.Itoa(port))
	cert, err := shown(ctx, reach, address, host)
	if err != nil {
		c.miss("certificate of the WinRM listener", address, err.Error())
		return
	}
	c.add(Expiry{ExpiryCertificate, "certificate of the WinRM listener", address, cert.NotAfter.UTC(),
		"issue a new one and bind it to the listener; without, the host is not reached any more", ""})
}

// cluster looks at the credential that the run has kept, and at the API server that it names.
func (c *Calendar) cluster(ctx context.Context, reach Reach, run *Run, name string) {
	path := filepath.Join(run.Credentials(), name+".kubeconfig")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		c.miss("certificates of the cluster "+name, path, "this run has not fetched its credential")
		return
	}
	var credential *kube.Credential
	if err == nil {
		credential, err = kube.ParseCredential(text)
	}
	if err != nil {
		c.miss("certificates of the cluster "+name, path, err.Error())
		return
	}
	renew := "Get-AksHciCredential -name " + name + ", or apply the plan once more"
	if cert := credential.Certificate(); cert != nil {
		c.add(Expiry{ExpiryCertificate, "client certificate for the cluster " + name, path, cert.NotAfter.UTC(), renew, ""})
	} else if at, told := credential.TokenEnds(); told {
		c.add(Expiry{ExpiryToken, "token for the cluster " + name, path, at, renew, ""})
	} else {
		c.miss("token for the cluster "+name, path, "it does not say when it ends")
	}
	at, err := url.Parse(credential.Server())
	if err != nil {
		c.miss("certificate of the API server of "+name, credential.Server(), err.Error())
		return
	}
	address := at.Host
	if at.Port() == "" {
		address = net.JoinHostPort(at.Hostname(), "443")
	}
	cert, err := shown(ctx, reach, address, cmp.Or(credential.ServerName(), at.Hostname()))
	if err != nil {
		c.miss("certificate of the API server of "+name, address, err.Error())
		return
	}
	c.add(Expiry{ExpiryCertificate, "certificate of the API server of " + name, address, cert.NotAfter.UTC(),
		"a cluster that runs renews it by itself; else Update-AksHciClusterCertificates -name " + name + " -fixKubeletCredentials", ""})
}
