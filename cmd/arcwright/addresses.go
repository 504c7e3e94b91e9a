package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/spf13/cobra"
)

func (p *program) addressesCommand() *cobra.Command {
	var output, inventory string
	c := &cobra.Command{
		Use:     "addresses SITE|PLAN",
		Short:   "Draw the address map, or write it for an address-management system",
		Example: "  arcwright addresses site.yaml\n  arcwright addresses plan.yaml -o csv > addresses.csv",
		Args:    oneArgument("site or plan file"),
		RunE: func(_ *cobra.Command, args []string) error {
			plan, err := p.loadEither(args[0], inventory)
			if err != nil {
				return err
			}
			switch output {
			case "json":
				e := json.NewEncoder(p.out)
				e.SetIndent("", "  ")
				return e.Encode(map[string]any{"version": "arcwright.dev/addresses/v1", "site": plan.Site.Name, "addresses": plan.Addresses})
			case "csv":
				return p.addressRows(plan.Addresses)
			}
			p.drawAddresses(plan.Addresses)
			return nil
		},
	}
	outputFlag(c, &output, "text", "json", "csv")
	p.outFlag(c)
	inventoryFlag(c, &inventory)
	return c
}

// addressRows writes one row for each range, count and single address.
func (p *program) addressRows(m planner.AddressMap) error {
	w := csv.NewWriter(p.out)
	rows := [][]string{{"kind", "start", "end", "count", "purpose", "owner", "rule", "source"}}
	for _, pool := range m.Pools {
		rows = append(rows, []string{"pool", pool.Range.Start.String(), pool.Range.End.String(), fmt.Sprint(pool.Size), string(pool.Kind), "", pool.Reason.Rule, pool.Reason.Source})
	}
	for _, d := range m.Demands {
		rows = append(rows, []string{"demand", "", "", fmt.Sprint(d.Count), d.Purpose, d.Owner, d.Reason.Rule, d.Reason.Source})
	}
	for _, a := range m.Fixed {
		rows = append(rows, []string{"address", a.Address.String(), a.Address.String(), "1", a.Purpose, string(a.Pool), "", ""})
	}
	return w.WriteAll(rows)
}

// cells is how many characters a drawn subnet has at the most, row how many stand on a line.
const (
	cells = 512
	row   = 64
)

func (p *program) drawAddresses(m planner.AddressMap) {
	fmt.Fprintf(p.out, "%s  %s addressing\n\n", p.paint.bold(m.Subnet.String()), m.Addressing)
	if m.Subnet.IsValid() && m.Subnet.Addr().Is4() {
		p.drawGrid(m)
	}
	fmt.Fprintln(p.out, "pools")
	for _, pool := range m.Pools {
		proposed := ""
		if pool.Proposed {
			proposed = "  (proposed)"
		}
		fmt.Fprintf(p.out, "  %-8s %-33s %4d needed, %4d free of %d%s\n", pool.Kind, pool.Range.Start.String()+" - "+pool.Range.End.String(), pool.Needed, pool.Free, pool.Size, proposed)
	}
	fmt.Fprintln(p.out, "\nneeded")
	for _, d := range m.Demands {
		fmt.Fprintf(p.out, "  %4d  %-8s %-26s %-16s %s\n", d.Count, d.Pool, d.Purpose, d.Owner, p.paint.dim(d.Reason.Rule))
	}
	fmt.Fprintf(p.out, "  %4d  in all; the vendor's own way of counting gives %d\n", m.Total, m.VendorCount)
	fmt.Fprintln(p.out, "\nsingle addresses")
	for _, a := range m.Fixed {
		fmt.Fprintf(p.out, "  %-16s %s\n", a.Address, a.Purpose)
	}
	fmt.Fprintf(p.out, "\ninside the clusters: pods %s, services %s\n", m.Pods, m.Services)
}

// drawGrid shows the subnet as rows of letters; in a large subnet one letter stands for
// a few addresses, and the most telling of them is shown.
func (p *program) drawGrid(m planner.AddressMap) {
	size := 1 << (32 - m.Subnet.Bits())
	each := max(1, (size+cells-1)/cells)
	base := number(m.Subnet.Masked().Addr())
	letters := []byte(strings.Repeat(".", (size+each-1)/each))
	mark := func(a netip.Addr, letter byte) {
		if a.Is4() && m.Subnet.Contains(a) {
			letters[(number(a)-base)/each] = letter
		}
	}
	for _, pool := range m.Pools {
		letter := map[planner.PoolKind]byte{planner.NodeAddresses: 'n', planner.VirtualAddresses: 'v'}[pool.Kind]
		if letter == 0 || !pool.Range.Start.Is4() || !pool.Range.End.Is4() {
			continue
		}
		for a := pool.Range.Start; a.IsValid() && a.Compare(pool.Range.End) <= 0; a = a.Next() {
			mark(a, letter)
		}
	}
	for _, a := range m.Fixed {
		letter := byte('x')
		switch {
		case strings.HasPrefix(a.Purpose, "gateway"):
			letter = 'G'
		case strings.HasPrefix(a.Purpose, "DNS"):
			letter = 'D'
		case strings.HasPrefix(a.Purpose, "host"):
			letter = 'H'
		case strings.HasPrefix(a.Purpose, "cloud agent"):
			letter = 'C'
		}
		mark(a.Address, letter)
	}
	first := m.Subnet.Masked().Addr()
	for i := 0; i < len(letters); i += row {
		fmt.Fprintf(p.out, "  %-15s %s\n", address(number(first)+i*each), letters[i:min(i+row, len(letters))])
	}
	fmt.Fprintf(p.out, "  %-15s n node pool, v virtual pool, G gateway, D DNS, H host, C cloud agent, x taken, . free", "")
	if each > 1 {
		fmt.Fprintf(p.out, "; one letter is %d addresses", each)
	}
	fmt.Fprint(p.out, "\n\n")
}

func number(a netip.Addr) int {
	b := a.As4()
	return int(b[0])<<24 | int(b[1])<<16 | int(b[2])<<8 | int(b[3])
}

func address(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}
