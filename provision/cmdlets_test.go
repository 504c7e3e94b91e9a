package provision

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// cmdletRow is one row of scripts/cmdlets.yaml.
type cmdletRow struct {
	Name       string   `yaml:"name"`
	Module     string   `yaml:"module"`
	Source     string   `yaml:"source"`
	Parameters []string `yaml:"parameters"`
}

func cmdletTable(t *testing.T) map[string]cmdletRow {
	t.Helper()
	text, err := os.ReadFile("scripts/cmdlets.yaml")
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var rows []cmdletRow
	if err := decoder.Decode(&rows); err != nil {
		t.Fatal(err)
	}
	table := map[string]cmdletRow{}
	for _, row := range rows {
		if _, twice := table[row.Name]; twice {
			t.Errorf("%s is in the table twice", row.Name)
		}
		if row.Module == "" || !strings.Contains(row.Source, ":") {
			t.Errorf("%s has no module or no source", row.Name)
		}
		table[row.Name] = row
	}
	return table
}

func TestEveryCmdletAndParameterOfTheScriptsIsInTheTable(t *testing.T) {
	table := cmdletTable(t)
	used := map[string]bool{} // "Cmdlet" and "Cmdlet -Parameter"
	for _, s := range LoadCatalogue().Scripts() {
		own := map[string][]string{}
		calls := psCalls(s.Text)
		for name, parameters := range psFunctions(s.Text) {
			own[name] = parameters
		}
		for _, call := range calls {
			if parameters, ok := own[call.cmdlet]; ok {
				for _, p := range call.parameters {
					if !slices.Contains(parameters, p) {
						t.Errorf("%s: its own %s has no parameter %s", s.Name, call.cmdlet, p)
					}
				}
				continue
			}
			row, ok := table[call.cmdlet]
			if !ok {
				t.Errorf("%s: %s is not in the table", s.Name, call.cmdlet)
				continue
			}
			used[call.cmdlet] = true
			for _, p := range call.parameters {
				if !slices.ContainsFunc(row.Parameters, func(known string) bool { return strings.EqualFold(known, p) }) {
					t.Errorf("%s: parameter %s of %s is not in the table", s.Name, p, call.cmdlet)
				}
				used[call.cmdlet+" -"+strings.ToLower(p)] = true
			}
		}
	}
	for name, row := range table {
		if !used[name] {
			t.Errorf("%s is in the table and used nowhere", name)
		}
		for _, p := range row.Parameters {
			if used[name] && !used[name+" -"+strings.ToLower(p)] {
				t.Errorf("parameter %s of %s is in the table and used nowhere", p, name)
			}
		}
	}
}

func TestCallsAreFoundInAScript(t *testing.T) {
	const script = `
$given = @{
    name = 'a'
    count = 2
}
$given['vmSize'] = 'b' # New-Nothing -Here
$map = @{ one = 'osType'; two = 'osSku' }
foreach ($k in @($map.Keys)) { $given[$map[$k]] = 1 }
$null = New-AksHciNodePool @given -Confirm:$false
if (-not (Test-Path -LiteralPath 'Get-This -That') -or $x -eq 1) {
    @(Get-Disk | Where-Object -FilterScript { $_.Size -gt 1 })[0]
}
`
	want := []psCall{
		{"New-AksHciNodePool", []string{"name", "count", "vmSize", "osType", "osSku", "Confirm"}},
		{"Test-Path", []string{"LiteralPath"}},
		{"Get-Disk", nil},
		{"Where-Object", []string{"FilterScript"}},
	}
	got := psCalls(script)
	if !slices.EqualFunc(got, want, func(a, b psCall) bool {
		return a.cmdlet == b.cmdlet && slices.Equal(a.parameters, b.parameters)
	}) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// psCall is one call of a cmdlet in a script.
type psCall struct {
	cmdlet     string
	parameters []string
}

var (
	psCmdlet   = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*-[A-Z][A-Za-z0-9]*$`)
	psToken    = regexp.MustCompile(`[@$]?[A-Za-z_][A-Za-z0-9_.-]*|-[A-Za-z][A-Za-z0-9]*|[(){}\[\]|;\n]`)
	psTable    = regexp.MustCompile(`\$(\w+) = @\{([^{}]*)\}`)
	psKey      = regexp.MustCompile(`(?m)(?:^|;|\{)\s*(\w+) = `)
	psIndex    = regexp.MustCompile(`\$(\w+)\['(\w+)'\] = `)
	psIndirect = regexp.MustCompile(`\$(\w+)\[\$(\w+)\[\$\w+\]\] = `)
	psQuoted   = regexp.MustCompile(`'(\w+)'`)
	psFunction = regexp.MustCompile(`function (\S+) \{\n(?:\s+param\(([^\n]*)\)\n)?`)
	psVariable = regexp.MustCompile(`\$(\w+)`)
)

// psCalls finds the calls of cmdlets and functions, in order of their names' places. What is in
// a string or a comment is none, but the text of a here-string is a script of its own.
func psCalls(script string) []psCall {
	splats := psSplats(script)
	var calls []*psCall
	stack := []*psCall{nil} // the call that is open in each bracket
	defined := false
	for _, token := range psToken.FindAllString(psBlank(script), -1) {
		top := len(stack) - 1
		switch {
		case token == "(" || token == "{" || token == "[":
			stack = append(stack, nil)
		case token == ")" || token == "}" || token == "]":
			if top > 0 {
				stack = stack[:top]
			}
		case token == "|" || token == ";" || token == "\n":
			stack[top] = nil
		case token == "function":
			defined = true
		case psCmdlet.MatchString(token):
			if !defined && stack[top] == nil {
				stack[top] = &psCall{cmdlet: token}
				calls = append(calls, stack[top])
			}
			defined = false
		case strings.HasPrefix(token, "-") && stack[top] != nil:
			stack[top].parameters = append(stack[top].parameters, token[1:])
		case strings.HasPrefix(token, "@") && stack[top] != nil:
			stack[top].parameters = append(stack[top].parameters, splats[token[1:]]...)
		}
	}
	var all []psCall
	for _, c := range calls {
		all = append(all, *c)
	}
	return all
}

// psSplats are the keys of the tables that a script may splat.
func psSplats(script string) map[string][]string {
	splats := map[string][]string{}
	values := map[string][]string{}
	for _, m := range psTable.FindAllStringSubmatch(script, -1) {
		for _, key := range psKey.FindAllStringSubmatch(m[2], -1) {
			splats[m[1]] = append(splats[m[1]], key[1])
		}
		for _, value := range psQuoted.FindAllStringSubmatch(m[2], -1) {
			values[m[1]] = append(values[m[1]], value[1])
		}
	}
	for _, m := range psIndex.FindAllStringSubmatch(script, -1) {
		splats[m[1]] = append(splats[m[1]], m[2])
	}
	for _, m := range psIndirect.FindAllStringSubmatch(script, -1) {
		splats[m[1]] = append(splats[m[1]], values[m[2]]...)
	}
	return splats
}

// psFunctions are the functions that a script defines, with their parameters.
func psFunctions(script string) map[string][]string {
	functions := map[string][]string{}
	for _, m := range psFunction.FindAllStringSubmatch(script, -1) {
		functions[m[1]] = nil
		for _, v := range psVariable.FindAllStringSubmatch(m[2], -1) {
			functions[m[1]] = append(functions[m[1]], v[1])
		}
	}
	return functions
}

// psBlank is a script without its comments and the text of its strings. A here-string is
// a script inside the script and stays.
func psBlank(script string) string {
	var out strings.Builder
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case c == '#':
			for i < len(script) && script[i] != '\n' {
				i++
			}
			out.WriteByte('\n')
		case strings.HasPrefix(script[i:], "@'\n"), strings.HasPrefix(script[i:], "'@\n"):
			i++
		case c == '\'':
			for i++; i < len(script) && script[i] != '\''; i++ {
			}
			out.WriteString("''")
		case c == '"':
			for i++; i < len(script) && script[i] != '"'; i++ {
				if script[i] == '`' {
					i++
				}
			}
			out.WriteString(`""`)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}
