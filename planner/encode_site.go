package planner

import (
	"bytes"
	"fmt"

	"gopkg.in/yaml.v3"
)

// EncodeSite writes a site as the file that DecodeSite reads. The same Site always gives
// the same bytes.
func EncodeSite(s Site) ([]byte, error) {
	return encodeFile("site", "# What is wanted. Plan it with: arcwright plan THIS-FILE --out plan.yaml", s)
}

// EncodeInventory writes an inventory as the file that DecodeInventory reads.
func EncodeInventory(i Inventory) ([]byte, error) {
	return encodeFile("inventory", "# What exists, as it was read from the hosts. A site file names this one.", i)
}

func encodeFile(what, head string, value any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(schemaHint + what + ".schema.json\n" + head + "\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := e.Encode(value)
	if err == nil {
		err = e.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", what, err)
	}
	return b.Bytes(), nil
}
