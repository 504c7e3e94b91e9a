package planner

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"reflect"
)

// Digest is the SHA-256 of the plan's content, in hexadecimal. It covers every key but
// digest itself; comments and the layout of a file are no part of it.
func Digest(p Plan) string {
	p.Digest = ""
	return digestOf(p)
}

// bind writes the digests into a new plan: of its site and its inventory, as SiteDigest and
// InventoryDigest tell, and of it all.
func bind(p *Plan) {
	d := digester{sum: sha256.New(), known: map[reflect.Type][]byte{}}
	// Site and inventory are gone through once, and stand in the plan as they are.
	p.Inputs.Site, p.Inputs.Inventory = d.part(p.Site), d.part(p.Inventory)
	p.Digest = ""
	p.Digest = d.digest(*p)
}

// SiteDigest is what a plan is bound to its site by.
func SiteDigest(s Site) string { return digestOf(withoutSecrets(s)) }

// InventoryDigest is what a plan is bound to its inventory by.
func InventoryDigest(i Inventory) string { return digestOf(i) }

// digestOf is the digest of the canonical form of a value: each part by its tag, and the
// length and text of a single value or the number of parts of anything else. It is taken
// from the value and not from its document, which would be made for nothing else.
func digestOf(v any) string {
	d := digester{sum: sha256.New()}
	return d.digest(v)
}

// A digester goes through values as a scribe does.
type digester struct {
	sum hash.Hash
	to  []byte // not summed yet
	// whole keeps all of it from being summed before the end.
	whole bool
	// known is the canonical form of the values of some types, of which there is one each.
	known map[reflect.Type][]byte
}

func (d *digester) digest(v any) string {
	d.sum.Reset()
	if d.to = d.to[:0]; cap(d.to) == 0 {
		d.to = make([]byte, 0, 1<<12)
	}
	if at := reflect.ValueOf(v); at.IsValid() {
		d.value(at, natureOf(at.Type()))
	} else {
		d.single("!!null", "null")
	}
	d.sum.Write(d.to)
	return hex.EncodeToString(d.sum.Sum(nil))
}

// part is the digest of a value whose canonical form will be needed again.
func (d *digester) part(v any) string {
	one := digester{sum: d.sum, whole: true, to: make([]byte, 0, 1<<14)}
	digest := one.digest(v)
	d.known[reflect.TypeOf(v)] = one.to
	return digest
}

func (d *digester) value(v reflect.Value, n nature) {
	v, n = settled(v, n)
	switch n {
	case asStruct:
		if form, ok := d.known[v.Type()]; ok {
			d.to = append(d.to, form...)
			return
		}
		list := columnsOf(v.Type())
		parts := 0
		for _, c := range list {
			if c.given(v.Field(c.index)) {
				parts += 2
			}
		}
		d.begin("!!map", parts)
		for _, c := range list {
			if value := v.Field(c.index); c.given(value) {
				d.single(c.key.Tag, c.key.Value)
				d.value(value, c.nature)
			}
		}
	case asMap:
		list := mapEntries(v)
		d.begin("!!map", 2*len(list))
		for _, s := range list {
			d.text(s.key)
			d.value(s.value, natureOf(s.value.Type()))
		}
	case asList:
		d.begin("!!seq", v.Len())
		each := natureOf(v.Type().Elem())
		for i := range v.Len() {
			d.value(v.Index(i), each)
		}
	default:
		if tag, text := single(v, n); tag == "!!str" {
			d.text(text)
		} else {
			d.single(tag, text)
		}
	}
}

func (d *digester) text(s string) {
	if !printable(s) {
		s = validText(s)
	}
	d.single("!!str", s)
}

func (d *digester) single(tag, text string) {
	d.to = append(d.to, tag...)
	d.to = binary.AppendUvarint(append(d.to, '='), uint64(len(text)))
	d.to = append(d.to, text...)
	if !d.whole && len(d.to) >= 1<<11 {
		d.sum.Write(d.to)
		d.to = d.to[:0]
	}
}

func (d *digester) begin(tag string, parts int) {
	d.to = append(d.to, tag...)
	d.to = binary.AppendUvarint(append(d.to, '#'), uint64(parts))
}
