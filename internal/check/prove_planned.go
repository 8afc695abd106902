package check

import (
	"slices"

	"oneboard/internal/org"
)

// A PlannedOnly is a sort of rule that the plan is under and that a proof does not
// hold over every order of events: the check holds it at the planned days alone.
type PlannedOnly struct {
	// What is the sort; its words are the catalogue's "planned_only.<what>".
	What string `json:"what"`
	// Count is how many there are of it: rules, needs, demands, or bodies with
	// quotas.
	Count int `json:"count"`
}

// plannedOnly lists what is not proved over every order, though the plan is under
// it. A plan that leaves no day open has one run, which the check has held against
// everything: then there is nothing to list. The table of docs/certificate.md says
// the same for people.
func (p *prover) plannedOnly() (out []PlannedOnly) {
	open := slices.ContainsFunc(p.events[:p.ofPlan], func(e event) bool { return e.lo < e.hi })
	if !open {
		return nil
	}
	c := p.c
	put := func(what string, n int) {
		if n > 0 {
			out = append(out, PlannedOnly{what, n})
		}
	}
	count := func(is bool) int {
		if is {
			return 1
		}
		return 0
	}
	put("needs", len(c.asked)-len(p.needs))
	heads := count(c.rules.HeadRequired)
	for i := range p.needs {
		heads += count(p.needs[i].ID == org.NeedHead)
	}
	for _, ch := range c.plan.Changes {
		if _, leaves := ch.(*org.Relieve); leaves {
			heads++
		}
	}
	put("heads", heads)
	put("own_rules", len(c.rules.Rules))
	put("seals", count(c.rules.Seals.Asked()))
	put("fonds", count(c.rules.Fonds.Asked()))
	put("bylaws", count(c.rules.Bylaws.Asked() && len(c.areaShifts) > 0))
	put("freezes", len(c.rules.Freezes))
	quotas := len(c.board.Quotas)
	for _, ch := range c.plan.Changes {
		switch ch.(type) {
		case *org.SetQuota, *org.MoveQuota:
			quotas++
		}
	}
	put("quotas", quotas)
	put("powers", count(c.severalLevels()))
	levels := count(c.rules.Relay) + count(c.plan.Above.Text != "")
	put("levels", levels+len(c.plan.Below))
	return out
}
