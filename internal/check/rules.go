package check

import (
	"errors"
	"slices"
	"sync"

	"oneboard/internal/diag"
	"oneboard/internal/org"
	"oneboard/internal/rules"
)

// ownRules works out the rules that packs have of their own, over every thing
// that they are about. A rule that is broken several times at the same words is
// told once, with how often. What is at fault already is not asked.
func (c *checker) ownRules() {
	if len(c.rules.Rules) == 0 {
		return
	}
	t := &Timeline{board: c.board, plan: c.plan, c: c}
	t.changesOf = sync.OnceValue(t.changesByBody)
	v := &viewer{t: t, plan: &rules.Plan{Plan: c.plan}, bodies: map[int32]*rules.Body{}, duties: map[int32]*rules.Duty{}, changes: map[org.Change]*rules.Change{}}
	for i := range c.rules.Rules {
		r := &c.rules.Rules[i]
		if rule, _, _ := rules.Compile(r.Over, r.When.Text); rule != nil { // else told by who read the pack
			c.workOut(r, rule, v)
		}
	}
}

// workOut holds one rule against everything that it is over.
func (c *checker) workOut(r *org.Rule, rule *rules.Rule, v *viewer) {
	at := map[diag.Span]int{} // the places told, and which of the problems each is
	total := uint64(0)
	see := func(thing any, place func() diag.Span, facts func() []diag.Fact) bool {
		broken, cost, err := rule.Holds(thing, v.plan)
		total += cost
		fact := diag.F("rule", diag.Name{ID: r.ID, ZH: r.ZH, EN: r.EN})
		switch {
		case errors.Is(err, rules.ErrTooCostly) || total > rules.MaxTotal:
			c.report(diag.At(RuleCosts, r.When.At, append([]diag.Fact{fact, diag.F("most", rules.MaxCost)}, facts()...)...))
			return false
		case err != nil:
			c.report(diag.At(RuleFails, r.When.At, append([]diag.Fact{fact, diag.F("cause", err.Error())}, facts()...)...))
			return false
		case !broken:
			return true
		}
		span := place()
		if n, told := at[span]; told && !span.IsZero() {
			d := &c.problems[n]
			if last := len(d.Facts) - 1; d.Facts[last].Name == "count" {
				d.Facts[last].Value = d.Facts[last].Value.(int) + 1
			} else {
				d.Facts = append(d.Facts, diag.F("count", 2))
			}
			return true
		}
		code := RuleBroken
		if r.OnlyWarns {
			code = RuleWarns
		}
		at[span] = len(c.problems)
		c.report(diag.At(code, span, append([]diag.Fact{fact}, facts()...)...).Note(r.At, "rule_here"))
		return true
	}
	switch r.Over {
	case org.OverDuty:
		for i := range c.duties {
			d := int32(i)
			if !c.duties[i].silent && !see(v.duty(d), func() diag.Span { return c.movedWords(d) }, func() []diag.Fact {
				return []diag.Fact{diag.F("duty", c.dutyName(d))}
			}) {
				return
			}
		}
	case org.OverBody:
		for i := range c.bodies {
			b := int32(i)
			if !c.bodies[i].silent && !see(v.body(b), func() diag.Span { return c.bodyWords(b) }, func() []diag.Fact {
				return []diag.Fact{diag.F("body", c.bodyName(b))}
			}) {
				return
			}
		}
	case org.OverChange:
		for i, ch := range c.plan.Changes {
			d := ch.Declared()
			if !c.bad[int32(i)] && !see(v.change(ch), func() diag.Span { return d.At }, func() []diag.Fact {
				return []diag.Fact{diag.F("change", d.ID), diag.F("kind", diag.Word("kind."+d.Kind)), diag.F("on", c.dates[i])}
			}) {
				return
			}
		}
	case org.OverHolding:
		for i := range c.duties {
			if c.duties[i].silent {
				continue
			}
			d, segs := int32(i), c.segments(int32(i))
			for k := range segs {
				s := &segs[k]
				if s.body < 0 || s.Empty() {
					continue
				}
				if !see(v.holding(d, s), func() diag.Span { return c.holdingWords(s, d) }, func() []diag.Fact {
					return append([]diag.Fact{diag.F("duty", c.dutyName(d)), diag.F("body", c.bodyName(s.body)), diag.F("keys", words(s.key))}, c.days(s.Interval)...)
				}) {
					return
				}
			}
		}
	}
}

// holdingWords gives the words of the plan that began a holding, or ended it; else
// those of the board.
func (c *checker) holdingWords(s *segment, d int32) diag.Span {
	if s.began < 0 && s.ended >= 0 {
		return c.dutyWords(s.ended, d)
	}
	return c.segmentWords(s, d, false)
}

// movedWords gives the first words of the plan that touch a duty; else those that
// declare it.
func (c *checker) movedWords(d int32) diag.Span {
	first := none
	for _, s := range c.segments(d) {
		for _, by := range [2]int32{s.began, s.ended} {
			if by >= 0 && (first < 0 || by < first) {
				first = by
			}
		}
	}
	if first >= 0 {
		return c.dutyWords(first, d)
	}
	return c.dutyPlace(d)
}

// A viewer shows the timeline to rules. Each thing is shown as one value, so that
// two ways to it come to the same.
type viewer struct {
	t       *Timeline
	plan    *rules.Plan
	bodies  map[int32]*rules.Body
	duties  map[int32]*rules.Duty
	changes map[org.Change]*rules.Change
}

func (v *viewer) duty(d int32) *rules.Duty {
	if known := v.duties[d]; known != nil {
		return known
	}
	c := v.t.c
	out := &rules.Duty{Duty: c.duties[d].def, Interval: org.Interval{From: c.duties[d].from, To: c.duties[d].to}}
	out.Held = func() (list []*rules.Holding) {
		segs := c.segments(d)
		order := make([]int32, 0, len(segs))
		for i := range segs {
			if segs[i].body >= 0 && !segs[i].Empty() {
				order = append(order, int32(i))
			}
		}
		slices.SortStableFunc(order, func(a, b int32) int { return before3(&segs[a], &segs[b]) })
		for _, i := range order {
			list = append(list, v.holding(d, &segs[i]))
		}
		return list
	}
	v.duties[d] = out
	return out
}

// before3 orders holdings of a duty by area, key and time.
func before3(a, b *segment) int {
	for _, n := range [3]int{int(a.area) - int(b.area), int(a.key) - int(b.key), int(a.From) - int(b.From)} {
		if n != 0 {
			return n
		}
	}
	return 0
}

func (v *viewer) body(b int32) *rules.Body {
	if known := v.bodies[b]; known != nil {
		return known
	}
	c := v.t.c
	out := &rules.Body{Body: org.Body{ID: c.bodies[b].id}, New: c.bodies[b].by >= 0}
	if life := v.t.Body(c.bodies[b].id); len(life.Versions) > 0 {
		out.Body = life.Last().Body
		out.From = life.Versions[0].From
	}
	out.Holds = func() (list []*rules.Holding) {
		var of []int32
		for _, r := range c.rowsOfBody.of(b) {
			if d := c.rowDuty[r]; d >= 0 {
				of = append(of, d)
			}
		}
		of = append(of, c.gained[b]...)
		slices.Sort(of)
		for _, d := range slices.Compact(of) {
			for _, h := range v.duty(d).Held() {
				if h.Body == out {
					list = append(list, h)
				}
			}
		}
		return list
	}
	out.Changes = func() (list []*rules.Change) {
		for _, ch := range v.t.changesOf()[out.ID] {
			list = append(list, v.change(ch))
		}
		return list
	}
	out.Items = func() (list []*rules.Item) {
		var have []int32
		c.staff.items.each(b, func(i int32) { have = append(have, i) })
		slices.Sort(have)
		for _, i := range have {
			for _, stay := range v.t.stays(i) {
				if stay.Body == out.ID {
					list = append(list, &rules.Item{Item: stay.Item, Interval: stay.Interval})
				}
			}
		}
		return list
	}
	v.bodies[b] = out
	return out
}

func (v *viewer) change(ch org.Change) *rules.Change {
	if ch == nil {
		return nil
	}
	if known := v.changes[ch]; known != nil {
		return known
	}
	c, d := v.t.c, ch.Declared()
	out := &rules.Change{ID: d.ID, Kind: d.Kind, Why: d.Reason.Text, On: v.t.DateOf(ch)}
	for _, r := range org.BodiesOf(ch) {
		out.Bodies = append(out.Bodies, r.ID)
	}
	for _, g := range org.Givings(ch) {
		for _, r := range g.Duties.Refs {
			if !slices.Contains(out.Duties, r.ID) {
				out.Duties = append(out.Duties, r.ID)
			}
		}
	}
	if over, ok := ch.(*org.EndDuty); ok {
		for _, r := range over.Duties {
			out.Duties = append(out.Duties, r.ID)
		}
	}
	for _, by := range d.By {
		if in := c.plan.Instrument(by.Instrument.ID); in != nil {
			out.Instruments, out.Clauses = append(out.Instruments, in), append(out.Clauses, by.Clause.Text)
		}
	}
	v.changes[ch] = out
	return out
}

func (v *viewer) holding(d int32, s *segment) *rules.Holding {
	h := v.t.holding(d, s)
	return &rules.Holding{Duty: v.duty(d), Body: v.body(s.body), Key: s.key.String(), Mode: s.mode.String(), Area: h.Area,
		Interval: s.Interval, By: h.By, Transitional: s.transitional, Began: v.change(h.Began), Ended: v.change(h.Ended)}
}
