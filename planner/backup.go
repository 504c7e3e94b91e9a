package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Backup is how a cluster is backed up with Velero to a container of Azure Blob storage.
type Backup struct {
	// Velero and Plugin are the versions of Velero and of its plugin for Azure, such as
	// 1.17.1 and 1.13.0.
	Velero string `yaml:"velero,omitempty" json:"velero,omitempty"`
	Plugin string `yaml:"plugin,omitempty" json:"plugin,omitempty"`
	// StorageAccount and Container are in Azure; Prefix is the folder of this cluster.
	StorageAccount string `yaml:"storageAccount" json:"storageAccount"`
	Container      string `yaml:"container" json:"container"`
	Prefix         string `yaml:"prefix,omitempty" json:"prefix,omitempty"`
	// Credential is what opens the container, RepositoryPassword what the copies are
	// encrypted with.
	Credential         SecretRef `yaml:"credential,omitempty" json:"credential,omitempty"`
	RepositoryPassword SecretRef `yaml:"repositoryPassword,omitempty" json:"repositoryPassword,omitempty"`
	// Uploader is kopia, or restic of older versions. Snapshots is whether volumes are to be
	// copied by snapshots.
	Uploader  string `yaml:"uploader,omitempty" json:"uploader,omitempty"`
	Snapshots bool   `yaml:"snapshots,omitempty" json:"snapshots,omitempty"`
	// Every is the time between backups, Takes how long one takes, Keep how long it is kept,
	// RecoveryPoint how much work may be lost.
	Every         time.Duration `yaml:"every,omitempty" json:"every,omitempty"`
	Takes         time.Duration `yaml:"takes,omitempty" json:"takes,omitempty"`
	Keep          time.Duration `yaml:"keep,omitempty" json:"keep,omitempty"`
	RecoveryPoint time.Duration `yaml:"recoveryPoint,omitempty" json:"recoveryPoint,omitempty"`
}

var (
	storageAccount = regexp.MustCompile(`^[a-z0-9]{3,24}$`)
	blobContainer  = regexp.MustCompile(`^[a-z0-9](-?[a-z0-9])+$`)
	veleroMinor    = regexp.MustCompile(`^v?1\.([0-9]{1,3})(\.|$)`)
)

// The plugin for Azure of one minor version of Velero is that of four before it
// (VPA:README.md). Restic left with 1.17 (VEL:site/content/docs/main).
const (
	pluginBehind   = 4
	resticLastMade = 16
)

// backups judges how clusters are backed up.
func (j *judge) backups() {
	places := map[string]string{}
	for i, c := range j.in.Site.Clusters {
		b := c.Backup
		if b == nil {
			continue
		}
		at := fmt.Sprintf("site.clusters[%d].backup", i)
		j.backupPlace(at, c, *b, places)
		j.backupVersions(at, c, *b)
		j.backupTimes(at, c, *b)
		if b.Snapshots {
			j.add(Finding{Code: "backup-snapshots", Path: at + ".snapshots", Evidence: "snapshots", Message: "the volumes of " + c.Name + " are to be copied by snapshots, and this platform has none"})
		}
		if b.RepositoryPassword == "" {
			j.add(Finding{Code: "backup-password", Path: at + ".repositoryPassword", Evidence: "none", Message: "the copies of " + c.Name + " are encrypted with the password that Velero ships for everybody"})
		}
		windows := slices.ContainsFunc(c.Workloads, func(w Workload) bool { return w.OS != "" && w.OS != Linux && w.Claim > 0 })
		if windows {
			j.add(Finding{Code: "backup-windows", Path: at, Evidence: "claims of Windows workloads", Message: "the volumes of Windows workloads of " + c.Name + " are not backed up by Velero"})
		}
	}
}

// backupPlace judges where the copies go.
func (j *judge) backupPlace(at string, c Cluster, b Backup, places map[string]string) {
	if !storageAccount.MatchString(b.StorageAccount) {
		j.add(Finding{Code: "backup-account", Path: at + ".storageAccount", Evidence: b.StorageAccount, Message: fmt.Sprintf("%q cannot name a storage account", b.StorageAccount)})
	}
	if !blobContainer.MatchString(b.Container) || len(b.Container) < 3 || len(b.Container) > 63 {
		j.add(Finding{Code: "backup-container", Path: at + ".container", Evidence: b.Container, Message: fmt.Sprintf("%q cannot name a container", b.Container)})
	}
	place := strings.Join([]string{b.StorageAccount, b.Container, strings.Trim(b.Prefix, "/")}, "/")
	if other, again := places[place]; again {
		j.add(Finding{Code: "backup-shared", Path: at + ".prefix", Evidence: place, Message: fmt.Sprintf("%s and %s write their backups to one place", other, c.Name), Remedy: "write prefix: " + c.Name})
		return
	}
	places[place] = c.Name
}

// backupVersions judges Velero, its plugin and its uploader.
func (j *judge) backupVersions(at string, c Cluster, b Backup) {
	own, plugin := minorOf(b.Velero), minorOf(b.Plugin)
	if own > 0 && plugin > 0 && own-plugin != pluginBehind {
		j.add(Finding{Code: "backup-version", Path: at + ".plugin", Evidence: fmt.Sprintf("Velero %s, plugin %s", b.Velero, b.Plugin), Message: fmt.Sprintf("the plugin %s does not belong to Velero %s in %s", b.Plugin, b.Velero, c.Name),
			Remedy: fmt.Sprintf("use the plugin 1.%d with Velero 1.%d", own-pluginBehind, own)})
	}
	switch restic := strings.EqualFold(b.Uploader, "restic"); {
	case b.Uploader != "" && !restic && !strings.EqualFold(b.Uploader, "kopia"):
		j.add(Finding{Code: "backup-uploader", Path: at + ".uploader", Evidence: b.Uploader, Message: fmt.Sprintf("Velero has no uploader %q", b.Uploader)})
	case restic && (own == 0 || own > resticLastMade):
		j.add(Finding{Code: "backup-uploader", Path: at + ".uploader", Evidence: "restic, Velero " + orUnknown(b.Velero), Message: "Velero makes no backups with restic since 1.17"})
	case restic:
		j.add(Finding{Code: "backup-uploader", Severity: Warn, Path: at + ".uploader", Evidence: "restic, Velero " + b.Velero, Message: "Velero " + b.Velero + " is one of the last that make backups with restic"})
	}
}

// minorOf is the minor version of 1.17.1, 0 when it is not known.
func minorOf(version string) int {
	m := veleroMinor.FindStringSubmatch(version)
	if m == nil {
		return 0
	}
	n := 0
	for _, digit := range m[1] {
		n = 10*n + int(digit-'0')
	}
	return n
}

func orUnknown(text string) string {
	if text == "" {
		return "of a version that is not given"
	}
	return text
}

// backupTimes judges how much may be lost and how long copies are kept.
func (j *judge) backupTimes(at string, c Cluster, b Backup) {
	if b.Every < 0 || b.Takes < 0 || b.Keep < 0 || b.RecoveryPoint < 0 {
		j.add(Finding{Code: "backup-times", Severity: Block, Path: at, Evidence: "a negative time", Message: "a time of the backup of " + c.Name + " is negative", Remedy: "write times such as 24h"})
		return
	}
	if b.Every == 0 {
		return
	}
	if lost := b.Every + b.Takes; b.RecoveryPoint > 0 && lost > b.RecoveryPoint {
		j.add(Finding{Code: "backup-times", Path: at + ".every", Evidence: fmt.Sprintf("%s of work, %s allowed", lost, b.RecoveryPoint), Message: fmt.Sprintf("up to %s of the work in %s may be lost, %s is allowed", lost, c.Name, b.RecoveryPoint),
			Remedy: "back up more often: every " + max(b.RecoveryPoint-b.Takes, 0).String() + " or less"})
	}
	if b.Keep > 0 && b.Keep < 2*b.Every {
		j.add(Finding{Code: "backup-times", Path: at + ".keep", Evidence: fmt.Sprintf("kept %s, made every %s", b.Keep, b.Every), Message: fmt.Sprintf("backups of %s are kept for %s and made every %s: one that fails leaves none", c.Name, b.Keep, b.Every),
			Remedy: "keep them for " + (2 * b.Every).String() + " or longer"})
	}
}
