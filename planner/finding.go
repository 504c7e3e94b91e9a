package planner

// Severity says what a finding means for the plan.
type Severity string

// The severities: a block stops apply unless it is waived, a warning is printed, a note informs.
const (
	Block Severity = "block"
	Warn  Severity = "warn"
	Note  Severity = "note"
)

// Owner is who can mend a finding.
type Owner string

// The owners.
const (
	OwnerYou       Owner = "you"
	OwnerNetwork   Owner = "network"
	OwnerDirectory Owner = "directory"
	OwnerAzure     Owner = "azure"
	OwnerHardware  Owner = "hardware"
)

// A Finding is something wrong or worth knowing about an input. It is data, not an error.
type Finding struct {
	// Code is stable and documented, such as address-pool-edge.
	Code     string   `yaml:"code" json:"code"`
	Severity Severity `yaml:"severity" json:"severity"`
	// Path is the key the finding is about, such as site.clusters[0].nodePools[1].count
	// or inventory.hosts[2].tpm. Hosts, clusters and pools are counted from 0.
	Path string `yaml:"path" json:"path"`
	// Line and Column are where that key stands in its file, from 1; 0 when unknown.
	Line   int `yaml:"line,omitempty" json:"line,omitempty"`
	Column int `yaml:"column,omitempty" json:"column,omitempty"`
	// File is the file that Line counts in.
	File     string `yaml:"file,omitempty" json:"file,omitempty"`
	Message  string `yaml:"message" json:"message"`
	Evidence string `yaml:"evidence,omitempty" json:"evidence,omitempty"`
	Remedy   string `yaml:"remedy,omitempty" json:"remedy,omitempty"`
	Owner    Owner  `yaml:"owner,omitempty" json:"owner,omitempty"`
	Source   string `yaml:"source,omitempty" json:"source,omitempty"`
	// Waived is set when a Waiver of the Site covers exactly this evidence.
	Waived *Waiver `yaml:"waived,omitempty" json:"waived,omitempty"`
}

// Stops reports whether the finding keeps a plan from being applied.
func (f Finding) Stops() bool { return f.Severity == Block && f.Waived == nil }

// A Waiver accepts one finding, for one piece of evidence, until a date.
type Waiver struct {
	Code string `yaml:"code" json:"code"`
	Path string `yaml:"path" json:"path"`
	// Evidence is the digest of the evidence that is accepted, as EvidenceDigest makes
	// it; other evidence ends the waiver.
	Evidence string `yaml:"evidence" json:"evidence"`
	Reason   string `yaml:"reason" json:"reason"`
	By       string `yaml:"by" json:"by"`
	Until    Date   `yaml:"until" json:"until"`
}
