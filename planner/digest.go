package planner

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"gopkg.in/yaml.v3"
)

// Digest is the SHA-256 of the plan's content, in hexadecimal. It covers every key but
// digest itself; comments and the layout of a file are no part of it.
func Digest(p Plan) string {
	p.Digest = ""
	return hashOf(document(p))
}

// bind writes the digests into a new plan: of its site and its inventory, as SiteDigest and
// InventoryDigest tell, and of it all.
func bind(p *Plan) {
	root := document(*p)
	inputs := child(root, "inputs")
	p.Inputs.Site, p.Inputs.Inventory = hashOf(child(root, "site")), hashOf(child(root, "inventory"))
	child(inputs, "site").Value, child(inputs, "inventory").Value = p.Inputs.Site, p.Inputs.Inventory
	p.Digest = hashOf(root)
}

// SiteDigest is what a plan is bound to its site by.
func SiteDigest(s Site) string { return hashOf(document(withoutSecrets(s))) }

// InventoryDigest is what a plan is bound to its inventory by.
func InventoryDigest(i Inventory) string { return hashOf(document(i)) }

// hashOf is the digest of a canonical document: each node by its tag, and the length and
// text of a scalar or the number of parts of anything else.
func hashOf(n *yaml.Node) string {
	sum := sha256.Sum256(canonical(make([]byte, 0, 1<<16), n))
	return hex.EncodeToString(sum[:])
}

func canonical(to []byte, n *yaml.Node) []byte {
	to = append(to, n.Tag...)
	if n.Kind == yaml.ScalarNode {
		to = binary.AppendUvarint(append(to, '='), uint64(len(n.Value)))
		return append(to, n.Value...)
	}
	to = binary.AppendUvarint(append(to, '#'), uint64(len(n.Content)))
	for _, c := range n.Content {
		to = canonical(to, c)
	}
	return to
}
