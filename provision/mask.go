package provision

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/provision/atlas"
)

// Masked is a text without what tells whose it is. The same name has the same mask
// everywhere in it, so that what happened can still be followed.
type Masked struct {
	Text string
	// Count is how many different names of each kind were masked: host, user, domain,
	// address, mac, guid, group, resource, secret.
	Count map[string]int
}

// Mask takes secrets, hosts, users, domains, addresses, GUIDs and names of Azure resources
// out of a text that somebody pasted. What only its owner knows to be a name, such as a
// host called FINANCE, cannot be seen: a person has to look the result over. known are
// secrets that are known besides, and may be nil.
func Mask(text string, known *Redactor) Masked {
	m := &masker{labels: map[string]string{}, words: map[string]string{}, count: map[string]int{}}
	text = strings.Map(func(r rune) rune {
		if r >= maskOpen && r <= maskEnd {
			return -1
		}
		return r
	}, atlas.Clean(text))
	if known != nil {
		text = known.String(text)
	}
	for _, rule := range maskRules {
		text = m.apply(rule, text)
	}
	text = m.secrets.String(text)
	text = maskWord.ReplaceAllStringFunc(text, func(word string) string {
		if label, known := m.words[strings.ToLower(strings.TrimSuffix(word, "$"))]; known {
			return label
		}
		return word
	})
	text = maskNumber.ReplaceAllStringFunc(text, func(mask string) string {
		i, _ := strconv.Atoi(strings.Trim(mask, string(maskOpen)+string(maskClose)))
		return m.shown[i]
	})
	return Masked{Text: text, Count: m.count}
}

// While a text is worked on, masks are numbers between two characters that no text has,
// so that no later rule takes a mask for a name.
const (
	maskOpen  = '\uE000'
	maskClose = '\uE001'
	maskEnd   = '\uF8FF'
)

func maskAt(i int) string { return fmt.Sprintf("%c%d%c", maskOpen, i, maskClose) }

type masker struct {
	labels  map[string]string // kind and name in lower case: the mask
	words   map[string]string // names that are masked wherever they stand
	shown   []string          // what each mask is shown as
	count   map[string]int
	secrets Redactor
}

// label is the mask of a name of a kind.
func (m *masker) label(kind, name string) string {
	key := kind + " " + strings.ToLower(name)
	if label, known := m.labels[key]; known {
		return label
	}
	m.count[kind]++
	label := maskAt(len(m.shown))
	m.shown = append(m.shown, fmt.Sprintf("<%s-%d>", kind, m.count[kind]))
	m.labels[key] = label
	return label
}

// everywhere is the mask of a name that is masked where it stands alone, too.
func (m *masker) everywhere(kind, name string) string {
	name = strings.TrimSuffix(name, "$")
	if name == "" || ordinary[strings.ToLower(name)] {
		return name
	}
	label := m.label(kind, name)
	if len(name) > 2 {
		m.words[strings.ToLower(name)] = label
	}
	return label
}

// secret hides a value here and, when it is no ordinary short word, everywhere.
func (m *masker) secret(value string) string {
	if value == "" || strings.HasPrefix(value, string(maskOpen)) {
		return value // a mask already
	}
	m.count["secret"]++
	if len(value) >= 6 && !strings.ContainsRune(value, maskOpen) {
		m.secrets.Add(value)
	}
	label, known := m.labels[""]
	if !known {
		label = maskAt(len(m.shown))
		m.shown = append(m.shown, Redacted)
		m.labels[""] = label
	}
	return label
}

// maskRule finds one shape of name; mask turns its groups into what stands there instead. The
// last one that it gets is what follows, as far as sentence looks.
type maskRule struct {
	find *regexp.Regexp
	mask func(m *masker, groups []string) string
}

// followed is how much of what follows a match its mask is told, in bytes.
const followed = 20

func (m *masker) apply(rule maskRule, text string) string {
	var b strings.Builder
	last := 0
	for _, at := range rule.find.FindAllStringSubmatchIndex(text, -1) {
		groups := make([]string, len(at)/2)
		for i := range groups {
			if at[2*i] >= 0 {
				groups[i] = text[at[2*i]:at[2*i+1]]
			}
		}
		groups = append(groups, text[at[1]:min(at[1]+followed, len(text))])
		b.WriteString(text[last:at[0]])
		b.WriteString(rule.mask(m, groups))
		last = at[1]
	}
	b.WriteString(text[last:])
	return b.String()
}

var (
	maskNumber = regexp.MustCompile(string(maskOpen) + `[0-9]+` + string(maskClose))
	maskWord   = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9_-]*\$?`)
	// ordinary are accounts and names that are the same everywhere.
	ordinary = words("administrator administrators system localhost builtin everyone guest root clouduser kubernetes default public all users" +
		" nt authority hklm hkcu hkey_local_machine microsoft windows clustergroup")
	// shapely are words with digits that are no names of hosts.
	shapely = regexp.MustCompile(`(?i)^(?:x509|sha\d+|md5|tls\d*|tlsv?\d+|http\d|ipv[46]|v\d+(?:beta\d+|alpha\d+)?|kb\d+|utf-?\d+|base64|x64|x86|amd64|arm64|win32|win64|ps\d|psm1|http-?\d{3}|rsa-?\d*|aes-?\d+|rc4|port-?\d+|ws20\d\d|hci2\dh2|l4|ntlmv2|smb\d|int\d+|uint\d+|code-?\d+|line-?\d+|char-?\d+|step-?\d+|error-?\d+|exit-?\d+|[A-Z]{2,}\d{4,}|k8s|e2e|hresult-?0x[0-9a-f]+|attempt-?\d+|[a-z]-?\d+|md\d|cve-?\d+-\d+|[a-z]+-v?\d+-\d+-\d+.*)$`)
	// vendors are domains that everybody has in their messages.
	vendors = []string{"microsoft.com", "azure.com", "azure.net", "azure.cn", "windows.net", "windowsazure.com", "microsoftonline.com", "azurecr.io", "azurefd.net",
		"azureedge.net", "digicert.com", "github.com", "githubusercontent.com", "docker.io", "k8s.io", "kb.io", "quay.io", "powershellgallery.com", "nuget.org", "aka.ms",
		"svc", "cluster.local", "openid.net", "w3.org", "dmtf.org", "xmlsoap.org", "golang.org", "kubernetes.io", "velero.io", "gatekeeper.sh", "msft.microsoft", "windows.com"}
	// endings are of files and of things in programs, not of domains.
	endings = words("ps1 psm1 psd1 exe dll yaml yml json log txt xml zip cab vhd vhdx cs go md sys cmd bat msi ini conf cfg pem crt key pub cer pfx evtx etl vmcx html htm svc sock" +
		" exception string object error errors commands automation management powershell remoteexception collections hashtable net io text web runtime internal core failoverclusters moc akshci kva status message name id")
)

func words(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(list) {
		all[w] = true
	}
	return all
}

// secretName are the ends of names of values that are secrets.
const secretName = `(?:password|passwd|pwd|pass|passphrase|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|shared[_-]?key|private[_-]?key|client[_-]?key|ssh[_-]?key|sig|signature|assertion|connection[_-]?string|certificate-authority-data|client-certificate-data|client-key-data|sastoken)`

// phraseName are those whose values may have spaces.
const phraseName = `(?:password|passwd|pwd|pass|passphrase|secret)`

// quoted is a text in quotes, with those inside that are doubled or escaped; argument is one
// of a command.
const (
	quoted   = `(?:"(?:[^"\\\n]|\\[^\n]|"")*"|'(?:[^'\n]|'')*')`
	argument = `(?:` + quoted + `|[^\s"'$(|;-][^\s"'|;)]*)`
)

// after masks what stands after the first group.
func after(m *masker, g []string) string { return g[1] + m.quote(g[2]) }

// quote is the mask of an argument, which keeps its quotes.
func (m *masker) quote(argument string) string {
	if len(argument) < 2 || argument[0] != '"' && argument[0] != '\'' {
		return m.secret(argument)
	}
	mark := argument[:1]
	return mark + m.secret(strings.Trim(argument, mark)) + mark
}

// phrase is the mask of the rest of a line. Its first word may be the secret and the rest a
// remark, so that it is hidden everywhere as well.
func (m *masker) phrase(g []string) string {
	if strings.HasPrefix(g[2], `"`+string(maskOpen)) || strings.HasPrefix(g[2], string(maskOpen)) {
		return g[1] + g[2]
	}
	value := strings.TrimSpace(g[2])
	if first := firstWord.FindString(value); len(first) >= 6 && !prose.MatchString(first) && !cmdlet.MatchString(first) && !strings.ContainsRune(first, maskOpen) {
		m.secrets.Add(first)
	}
	return g[1] + m.secret(value)
}

var (
	firstWord = regexp.MustCompile(`^[^\s&;"'<>]+`)
	cmdlet    = regexp.MustCompile(`^(?:[A-Z][A-Za-z]+-[A-Z]|[$(\[])`)
)

var maskRules = []maskRule{
	// Keys in their frames, also cut off at either end.
	{regexp.MustCompile(`-----BEGIN [A-Z0-9 ]+-----(?:[^-]|-[^-])*(?:-----END [A-Z0-9 ]+-----|$)?`), func(m *masker, g []string) string { return m.secret(g[0]) }},
	{regexp.MustCompile(`(?:[A-Za-z0-9+/=]{8,}\s+)+-----END [A-Z0-9 ]+-----`), func(m *masker, g []string) string { return m.secret(g[0]) }},
	// Commands that take a password by its place: ConvertTo-SecureString, PSCredential, net use,
	// schtasks /rp, cmdkey /pass and curl -u.
	{regexp.MustCompile(`(?i)(ConvertTo-SecureString[ \t]+(?:-(?:String|AsPlainText|Force)[ \t:]+)*)(` + argument + `)`), after},
	{regexp.MustCompile(`(?i)(` + quoted + `)([ \t]*\|[ \t]*ConvertTo-SecureString)`), func(m *masker, g []string) string { return m.quote(g[1]) + g[2] }},
	{regexp.MustCompile(`(?i)(PSCredential["']?\]?(?:::new)?[ \t]*(?:-Arg\w*[ \t:]+)?@?[ \t(]*(?:` + quoted + `|[^\s,"'()]+)[ \t]*,[ \t(]*)(` + quoted + `)`), after},
	{regexp.MustCompile(`(?i)(\bnet(?:\.exe)?[ \t]+use[ \t][^\n]*?/u(?:ser)?:(?:` + quoted + `|[^\s"']+)[ \t]+)(` + quoted + `|[^\s/]\S*)`), after},
	{regexp.MustCompile(`(?i)(\bnet(?:\.exe)?[ \t]+use[ \t](?:[^\n\\]*[ \t])?["']?\\\\[^\s"']+["']?[ \t]+)(` + quoted + `|[^\s/*]\S*)`), after},
	{regexp.MustCompile(`(?i)((?:^|\s)/(?:rp|pw|pass|passwd|password)(?:[ \t]*[:=][ \t]*|[ \t]+))(` + quoted + `|\S+)`), after},
	{regexp.MustCompile(`(?i)(\b(?:schtasks|psexec(?:64)?|winrs|plink|pscp)(?:\.exe)?[ \t][^\n]*?[ \t][-/](?:p|pw)[ \t:]+)(` + quoted + `|\S+)`), after},
	{regexp.MustCompile(`(?i)((?:^|\s)(?:-u|--(?:proxy-)?user(?:name)?)(?:[ \t]+|=)["']?[^\s:"']+:)([^\s"'/][^\s"']*|/[^\s"'/][^\s"']*)`), func(m *masker, g []string) string { return g[1] + m.secret(g[2]) }},
	{regexp.MustCompile(`(\bcurl(?:\.exe)?[ \t](?:[^\n]*?[ \t])?-[uU][ \t]*["']?[^\s:"']+:)([^\s"']+)`), func(m *masker, g []string) string { return g[1] + m.secret(g[2]) }},
	// name="value" and "name": "value", and where the end of the quotes was cut off.
	{regexp.MustCompile(`(?i)([\w.-]*` + secretName + `\\?["']?\s*[:=]\s*)(\\"(?:[^"\\\n]|\\[^"\n])*\\?"|` + quoted + `)`), func(m *masker, g []string) string {
		return g[1] + `"` + m.secret(strings.Trim(g[2], `\"'`)) + `"`
	}},
	{regexp.MustCompile(`(?i)([\w.-]*` + secretName + `\\?["']?\s*[:=][ \t]*)(\\?["'][^\n]*)`), func(m *masker, g []string) string { return m.phrase(g) }},
	// password = value, to the end of the line.
	{regexp.MustCompile(`(?im)(^[ \t]*(?:(?:export|set)[ \t]+)?\$?(?:env:)?[\w.-]*` + phraseName + `[ \t]*=[ \t]*|[\w.-]*` + phraseName + `(?:[ \t]+=[ \t]*|=[ \t]+))([^\s][^\n]*)`), func(m *masker, g []string) string { return m.phrase(g) }},
	// ?sig=value& and name=value.
	{regexp.MustCompile(`(?i)([\w.-]*` + secretName + `[ \t]*=[ \t]*)([^\s&;"'<>]+)`), func(m *masker, g []string) string { return g[1] + m.secret(g[2]) }},
	// password: value, to the end of the line; a passphrase may have spaces.
	{regexp.MustCompile(`(?i)([\w.-]*(?:password|passwd|pwd|passphrase)["']?\s*:[ \t]*)([^\n]+)`), func(m *masker, g []string) string { return m.phrase(g) }},
	{regexp.MustCompile(`(?im)(^[ \t]*(?:- )?["']?[\w.-]*` + phraseName + `["']?[ \t]*:[ \t]*)([^\s][^\n]*)`), func(m *masker, g []string) string { return m.phrase(g) }},
	// token: value, unless what follows is a sentence.
	{regexp.MustCompile(`(?i)([\w.-]*` + secretName + `["']?\s*:[ \t]*)([^\s"'<>,;]+)`), func(m *masker, g []string) string {
		if prose.MatchString(g[2]) && sentence.MatchString(g[3]) {
			return g[0]
		}
		return g[1] + m.secret(g[2])
	}},
	// --password value.
	{regexp.MustCompile(`(?i)((?:^|\s)--?[a-z-]*` + secretName + `\s+)("[^"\n]*"|'[^'\n]*'|[^\s"'-][^\s"']*)`), func(m *masker, g []string) string {
		return g[1] + m.secret(strings.Trim(g[2], `"'`))
	}},
	{regexp.MustCompile(`(?i)\b((?:bearer|basic|negotiate|ntlm|kerberos)\s+)([A-Za-z0-9+/=._~-]{6,})`), func(m *masker, g []string) string {
		if prose.MatchString(g[2]) {
			return g[0]
		}
		return g[1] + m.secret(g[2])
	}},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]+)*`), func(m *masker, g []string) string { return m.secret(g[0]) }},
	{regexp.MustCompile(`(://)([^/\s@:"'<>]+:)([^\s"'<>]*)@`), func(m *masker, g []string) string {
		if len(g[3]) >= 6 && !strings.ContainsRune(g[3], maskOpen) {
			m.secrets.Add(g[3])
		}
		return g[1] + m.secret(g[2]+g[3]) + "@"
	}},
	{regexp.MustCompile(`(://)([^/\s@"'<>]+)@`), func(m *masker, g []string) string { return g[1] + m.secret(g[2]) + "@" }},
	// Identifiers.
	{regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`), func(m *masker, g []string) string { return m.label("guid", g[0]) }},
	{regexp.MustCompile(`(?i)\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b`), func(m *masker, g []string) string { return m.label("mac", g[0]) }},
	{regexp.MustCompile(`[A-Za-z0-9+/_=-]{32,}`), func(m *masker, g []string) string {
		if !random(g[0]) {
			return g[0]
		}
		return m.secret(g[0])
	}},
	{regexp.MustCompile(`(?i)(/resourceGroups/|\bresource group ["']?)([^/\s"',;)]+)`), func(m *masker, g []string) string { return g[1] + m.everywhere("group", g[2]) }},
	{regexp.MustCompile(`(?i)(/(?:connectedClusters|customLocations|logicalNetworks|virtualMachines|machines|clusters|vaults|storageAccounts|workspaces|provisionedClusterInstances)/)([^/\s"',;)]+)`),
		func(m *masker, g []string) string { return g[1] + m.everywhere("resource", g[2]) }},
	// Accounts.
	{regexp.MustCompile(`([A-Za-z0-9][A-Za-z0-9._+-]*)@([A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*)`), func(m *masker, g []string) string {
		return m.everywhere("user", g[1]) + "@" + m.everywhere("domain", g[2])
	}},
	{regexp.MustCompile(`(?i)([A-Z]:\\{1,2}Users\\{1,2}|/home/|/Users/)([^\\/\s"':;]+)`), func(m *masker, g []string) string {
		name, domain, _ := strings.Cut(g[2], ".")
		if domain != "" {
			m.everywhere("domain", domain)
		}
		m.everywhere("user", name)
		return g[1] + m.everywhere("user", g[2])
	}},
	{regexp.MustCompile(`(^|[^\\\w])(\\{2,4})([A-Za-z0-9][\w.-]*)(\\{1,2}[\w$.-]+)?`), func(m *masker, g []string) string {
		return g[1] + g[2] + m.host(g[3]) + g[4]
	}},
	{regexp.MustCompile(`(^|[^\\:\w.$/` + string(maskClose) + `-])([A-Za-z0-9][\w.-]{0,62})(\\{1,2})([A-Za-z0-9][\w.$-]*)($|[^\\\w])`), func(m *masker, g []string) string {
		if ordinary[strings.ToLower(g[2])] || strings.Contains(g[2], "Microsoft.") {
			return g[0]
		}
		return g[1] + m.everywhere("domain", g[2]) + g[3] + m.everywhere("user", g[4]) + g[5]
	}},
	// Addresses.
	{regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`), address},
	{regexp.MustCompile(`[0-9A-Fa-f]*:[0-9A-Fa-f:]+(?:\.[0-9.]+)?`), address},
	// Hosts.
	{regexp.MustCompile(`(?i)((?:PSComputerName\s*:|ComputerName[ :=]+|remoting to|remote server|Machine=|hostname[ :=]+|computer|server|node|host)\s*["'\[]?)([A-Za-z0-9][A-Za-z0-9-]*)`), func(m *masker, g []string) string {
		certain := strings.Contains(strings.ToLower(g[1]), "computername") || strings.Contains(g[1], "remoting") || strings.Contains(g[1], "Machine=") || strings.Contains(strings.ToLower(g[1]), "hostname")
		if !certain && !hostly(g[2]) || !certain && prose.MatchString(g[2]) {
			return g[0]
		}
		return g[1] + m.host(g[2])
	}},
	{regexp.MustCompile(`[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+`), func(m *masker, g []string) string {
		if !domainLike(g[0]) {
			return g[0]
		}
		return m.host(g[0])
	}},
	{regexp.MustCompile(`(^|[^\w.\\/` + string(maskClose) + `-])([A-Za-z][A-Za-z0-9-]*\d)($|[^\w-])`), func(m *masker, g []string) string {
		if !hostly(g[2]) {
			return g[0]
		}
		return g[1] + m.host(g[2]) + g[3]
	}},
}

// sentence is the rest of a line that goes on with words.
var sentence = regexp.MustCompile(`^[ \t]+[(A-Za-z]`)

// prose is a word of a sentence or an error code, which is no secret.
var prose = regexp.MustCompile(`^(?:[A-Za-z]?[a-z]+|[A-Z]{4,}\d{4,}:?|0x[0-9A-Fa-f]{8}:?)[.:]?$`)

// host is the mask of a host's name, short or full.
func (m *masker) host(name string) string {
	short, domain, full := strings.Cut(name, ".")
	label := m.everywhere("host", short)
	if !full {
		return label
	}
	return label + "." + m.everywhere("domain", domain)
}

// hostly reports whether a word looks like the name of a host: letters, then digits.
func hostly(word string) bool {
	return !shapely.MatchString(word) && strings.ContainsAny(word, "0123456789") && strings.IndexFunc(word, func(r rune) bool { return r > '9' }) >= 0 && len(word) > 2
}

// domainLike reports whether a name with dots is a host's and not a vendor's, a file's, a
// version or a name in a program.
func domainLike(name string) bool {
	labels := strings.Split(strings.ToLower(name), ".")
	last := labels[len(labels)-1]
	if endings[last] || strings.Trim(last, "0123456789") == "" || len(last) < 2 || labels[0] == "system" || labels[0] == "microsoft" || labels[0] == "windows" {
		return false
	}
	return !slices.ContainsFunc(vendors, func(v string) bool { return strings.HasSuffix("."+strings.ToLower(name), "."+v) })
}

// address masks an address, unless it is the same everywhere.
func address(m *masker, g []string) string {
	a, err := netip.ParseAddr(g[0])
	inner := netip.MustParsePrefix("10.244.0.0/16")
	services := netip.MustParsePrefix("10.96.0.0/12")
	if err != nil || a.IsLoopback() || a.IsUnspecified() || inner.Contains(a) || services.Contains(a) {
		return g[0]
	}
	return m.label("address", a.String())
}

// random reports whether a long word has no look of words in it.
func random(word string) bool {
	digits, lower, upper := 0, 0, 0
	for _, r := range word {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'a' && r <= 'z':
			lower++
		case r >= 'A' && r <= 'Z':
			upper++
		}
	}
	hex := strings.Trim(strings.ToLower(word), "0123456789abcdef") == ""
	switch {
	case hex && digits > 0:
		return true
	case strings.Contains(word, "/") && !strings.ContainsAny(word, "+="):
		return digits*10 >= len(word) && upper*10 >= len(word) && lower*10 >= len(word)
	}
	return digits*20 >= len(word) && upper > 0 && lower > 0
}
