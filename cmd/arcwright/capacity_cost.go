package main

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// calculator is what the columns of the cost lines are called: what pricing calculators ask
// for, the region and the note included. A price that is not known stays empty.
var calculator = []string{"site", "region", "meter", "unit", "quantity", "hours per month", "unit price", "monthly", "currency", "price of", "optional", "note"}

// printCost prints what will be billed, and nothing else.
func (p *program) printCost(plan planner.Plan, output string) error {
	switch output {
	case "json":
		return p.printJSON(keyed{"version": "arcwright.dev/cost/v1", "site": plan.Site.Name, "region": plan.Site.Azure.Region, "cost": plan.Cost})
	case "csv":
		w := csv.NewWriter(p.out)
		if err := w.Write(calculator); err != nil {
			return err
		}
		for _, l := range plan.Cost.Lines {
			asOf, hours := "", ""
			if !l.AsOf.IsZero() {
				asOf = l.AsOf.String()
			}
			if strings.HasSuffix(l.Unit, "-day") {
				hours = "730"
			}
			if err := w.Write([]string{plan.Site.Name, plan.Site.Azure.Region, l.Meter, l.Unit, strconv.Itoa(l.Quantity), hours, l.UnitPrice, l.Monthly, l.Currency, asOf, strconv.FormatBool(l.Optional), l.Note}); err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	}
	p.drawCost(plan.Cost)
	return nil
}

func (p *program) drawCost(c planner.Cost) {
	fmt.Fprintln(p.out, p.paint.bold("cost"))
	for _, l := range c.Lines {
		price := p.paint.warn("price unknown")
		if l.UnitPrice != "" {
			price = fmt.Sprintf("at %s %s by the list of %s: %s %s a month", l.UnitPrice, l.Currency, l.AsOf, l.Monthly, l.Currency)
		}
		optional := ""
		if l.Optional {
			optional = ", optional"
		}
		hangAt(p.out, fmt.Sprintf("  %-42s %6d %-10s  ", l.Meter, l.Quantity, l.Unit), 6, price+optional)
		for _, line := range wrapped(strings.TrimSuffix(l.Note, "; price unknown"), paper-6) {
			fmt.Fprintf(p.out, "      %s\n", p.paint.dim(line))
		}
	}
	say(p.out, "  counted: %s\n", c.Reason.Rule)
	if c.AmountMax > 0 {
		say(p.out, "  with every pool at the most it may grow to: %d %s\n", c.AmountMax, c.Unit)
	}
	say(p.out, "  hyper-threading %s\n", c.HyperThreading)
	for _, what := range c.Included {
		say(p.out, "  not charged: %s\n", what)
	}
}
