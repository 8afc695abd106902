package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// What becomes of record series (全宗, R14), by the rule pack.

// A FondsFate is what the rules say of one item of records, and what the plan
// does with it.
type FondsFate struct {
	org.Item // Body is who has it before the plan
	// Rule is "abolished", "merged", "split" or "renamed": the case of R14.
	Rule string
	// Where are the bodies that may have it when the plan is done; empty when the
	// rule wants a body that neither the board nor the plan has (an archive).
	Where []string
	// Goes is who has it then by the plan, "" when nobody does; By is what brought
	// it there, nil while it stays.
	Goes string
	On   org.Date
	By   org.Change
	// Fits: what the plan does is what the rules say.
	Fits bool
}

// Fonds computes, for every item of records whose body the plan ends, renames
// or takes duties from, what the rules say of it. Nil when the packs say
// nothing of records.
func (t *Timeline) Fonds() []FondsFate { return t.c.fondsFates() }

// fondsFates is by body in the order of the board, then by item.
func (c *checker) fondsFates() (out []FondsFate) {
	rules := &c.rules.Fonds
	if !rules.Asked() {
		return nil
	}
	had := map[int32][]int32{} // at the start
	for _, i := range c.series() {
		at := c.staff.items.base[i]
		if end, ended := c.staff.items.over[i]; at >= 0 && !(c.item(i).Until.Known() && c.item(i).Until <= c.start) && !(ended && end.day <= c.start) {
			had[at] = append(had[at], i)
		}
	}
	if len(had) == 0 {
		return nil
	}
	gives := c.givers()
	for _, body := range sortedKeys(had) {
		rule, day := c.fondsRule(body, gives)
		if rule == "" {
			continue
		}
		var heirs []int32
		if rule != "renamed" {
			heirs = c.mainHeirs(body, day)
		}
		for _, i := range had[body] {
			f := FondsFate{Item: *c.item(i), Rule: rule, On: org.NoDate}
			f.Where = c.fondsPlaces(rule, body, i, heirs)
			at, by := body, none
			for _, sh := range c.staff.items.shifts[i] {
				at, by, f.On = sh.body, sh.change, sh.day
			}
			if end, ok := c.staff.items.over[i]; ok {
				at, by, f.On = none, end.change, end.day
			}
			f.By = c.changeAt(by)
			if at >= 0 {
				f.Goes = c.bodies[at].id
			}
			f.Fits = slices.Contains(f.Where, f.Goes)
			out = append(out, f)
		}
	}
	return out
}

// series lists the items that are records; in a part of a plan, those of the bodies
// that it touches.
func (c *checker) series() (out []int32) {
	kinds := seriesKinds(&c.rules)
	if !c.part() {
		return c.ofKinds(kinds)
	}
	for _, body := range sorted(c.scope.staff) {
		for _, i := range c.x.itemsOf.of(body) {
			if slices.Contains(kinds, c.item(i).Kind) {
				out = append(out, i)
			}
		}
	}
	return out
}

func seriesKinds(rules *org.Pack) []string { return org.KindsOr(rules.Fonds.Kinds, "archives") }

// archiveWords are the ids and kinds of bodies that are archives.
func archiveWords(rules *org.Pack) []string {
	return org.KindsOr(rules.Fonds.Archive, "archive", "档案馆")
}

func (c *checker) changeAt(i int32) org.Change {
	if i < 0 {
		return nil
	}
	return c.plan.Changes[i]
}

// fondsRule gives the case of R14 that a body comes under by the plan, and the
// day on which it does; "" when nothing happens to its records.
func (c *checker) fondsRule(body int32, gives map[string]org.Date) (string, org.Date) {
	b := &c.bodies[body]
	rules := &c.rules.Fonds
	if gone := b.absences(); len(gone) > 0 {
		day := gone[len(gone)-1].From
		by := b.endedBy(day)
		if by < 0 || day < c.start || gone[len(gone)-1].To != org.Forever {
			return "", day
		}
		word := "abolished"
		switch c.plan.Changes[by].(type) {
		case *org.Merge, *org.MergeInto:
			word = "merged"
		case *org.Split:
			word = "split"
		}
		if written := map[string]org.Text{"abolished": rules.Abolished, "merged": rules.Merged, "split": rules.Split}[word]; written.Text == "" {
			return "", day
		}
		return word, day
	}
	if rules.Renamed.Text == "" {
		return "", org.NoDate
	}
	for k := 1; k < len(b.versions); k++ {
		if b.versions[k].Name != b.versions[k-1].Name {
			return "renamed", b.versions[k].From
		}
	}
	if day, ok := gives[b.id]; ok {
		return "renamed", day
	}
	return "", org.NoDate
}

// givers gives the first day on which each body gives a duty away in law.
func (c *checker) givers() map[string]org.Date {
	out := map[string]org.Date{}
	for i, ch := range c.plan.Changes {
		day := c.dates[i]
		if !day.Known() {
			continue
		}
		for _, g := range org.Givings(ch) {
			if !g.From.Given() || g.From.ID == g.To.ID || g.Keys&org.Holder == 0 {
				continue
			}
			if was, ok := out[g.From.ID]; !ok || day < was {
				out[g.From.ID] = day
			}
		}
	}
	return out
}

// mainHeirs are the bodies that take most of what a body has in law on its last
// day: the main successor, or several that take as much.
func (c *checker) mainHeirs(body int32, day org.Date) (out []int32) {
	if heir := c.merged(body); heir >= 0 {
		return []int32{heir}
	}
	takes := map[int32]int{}
	for _, d := range c.dutiesOf(body) {
		segs := c.segments(d)
		had := slices.ContainsFunc(segs, func(s segment) bool { return s.body == body && s.key == org.Holder && s.Holds(day-1) })
		if !had {
			continue
		}
		seen := map[int32]bool{}
		for k := range segs {
			if s := &segs[k]; s.key == org.Holder && s.Holds(day) && s.mode != org.Assist && s.body >= 0 && s.body != body && !seen[s.body] {
				seen[s.body] = true
				takes[s.body]++
			}
		}
	}
	most := 0
	for _, heir := range sortedKeys(takes) {
		if n := takes[heir]; n > most {
			most, out = n, []int32{heir}
		} else if n == most {
			out = append(out, heir)
		}
	}
	return out
}

// fondsPlaces gives the bodies that may have an item of records by the rules.
// Records of one duty are in use: they may be where it is in law when the plan
// is done, and must where records move with duties.
func (c *checker) fondsPlaces(rule string, body, item int32, heirs []int32) (out []string) {
	if duty := c.item(item).Duty; duty != "" {
		if d := c.dutyIx.find(duty); d >= 0 {
			segs := c.segments(d)
			for k := range segs {
				if s := &segs[k]; s.key == org.Holder && s.To == org.Forever && s.mode != org.Assist && s.body >= 0 {
					out = append(out, c.bodies[s.body].id)
				}
			}
			if c.rules.Fonds.Renamed.Text == "moves" && len(out) > 0 {
				return out
			}
		}
	}
	return append(out, c.seriesPlaces(rule, body, heirs)...)
}

// seriesPlaces gives the bodies that may have a body's records as a whole.
func (c *checker) seriesPlaces(rule string, of int32, heirs []int32) (out []string) {
	rules := &c.rules.Fonds
	successor := func() {
		for _, h := range heirs {
			out = append(out, c.bodies[h].id)
		}
	}
	archive := func() {
		words := archiveWords(&c.rules)
		see := func(b *body) {
			kind := ""
			if n := len(b.versions); n > 0 {
				kind = b.versions[n-1].Kind
			} else if b.row != nil {
				kind = b.row.Kind
			}
			if slices.Contains(words, b.id) || kind != "" && slices.Contains(words, kind) {
				out = append(out, b.id)
			}
		}
		if c.part() { // others are none, and stay so
			for _, i := range sorted(slices.Concat(c.scope.archives, c.lived)) {
				see(&c.bodies[i])
			}
			return
		}
		for i := range c.bodies {
			see(&c.bodies[i])
		}
	}
	switch rule {
	case "merged":
		successor()
		return out
	case "renamed":
		return []string{c.bodies[of].id}
	}
	how := rules.Abolished.Text
	if rule == "split" {
		how = rules.Split.Text
	}
	switch how {
	case "archive":
		archive()
	case "either":
		successor()
		archive()
	default:
		successor()
		if len(heirs) == 0 {
			archive() // nobody succeeds to a body that had no duty
		}
	}
	return out
}

// holdFonds tells the records that the plan divides, ends, or brings elsewhere
// than the rules say. Records that stay with an ended body are told as its items
// are.
func (c *checker) holdFonds() {
	fates := c.fondsFates()
	for len(fates) > 0 {
		n := 1
		for n < len(fates) && fates[n].Body == fates[0].Body {
			n++
		}
		c.holdFondsOf(fates[:n])
		fates = fates[n:]
	}
}

func (c *checker) holdFondsOf(fates []FondsFate) {
	body := c.bodyIx.find(fates[0].Body)
	if c.bodies[body].silent {
		return
	}
	to := map[string]*FondsFate{} // the first item that goes to each
	var bodies []diag.Name
	kept := 0
	for k := range fates {
		f := &fates[k]
		i := c.staff.itemIx.find(f.ID)
		switch {
		case c.staff.items.loose[i]:
			continue // what is wrong with its move is told
		case f.Goes == "" && f.By != nil:
			c.report(diag.At(FondsEnds, c.itemWords(f), diag.F("id", f.ID), diag.F("body", c.bodyName(body)), diag.F("on", f.On)))
			continue
		case f.Goes == "" || f.Rule != "renamed" && f.Goes == f.Body:
			continue
		}
		fates[kept] = *f
		f, kept = &fates[kept], kept+1
		if f.Duty != "" {
			continue // the records of a duty in use are no part of the series yet
		}
		if to[f.Goes] == nil {
			to[f.Goes] = f
			bodies = append(bodies, c.bodyName(c.bodyIx.find(f.Goes)))
		}
	}
	fates = fates[:kept]
	if len(bodies) > 1 && fates[0].Rule != "renamed" && fates[0].Rule != "merged" {
		last := to[bodies[len(bodies)-1].ID]
		d := diag.At(FondsDivided, c.itemWords(last), diag.F("body", c.bodyName(body)), diag.F("bodies", bodies),
			diag.F("rule", diag.Word("fonds."+last.Rule)), diag.F("pack", c.rules.ID))
		if first := to[bodies[0].ID]; first.By != nil && first.By != last.By {
			d = d.Note(c.itemWords(first), "other_part_here")
		}
		c.report(d)
		return
	}
	told := map[diag.Span]bool{}
	for k := range fates {
		f := &fates[k]
		if f.Fits {
			continue
		}
		at := c.itemWords(f)
		if told[at] {
			continue
		}
		told[at] = true
		var where []diag.Name
		for _, id := range f.Where {
			where = append(where, c.bodyName(c.bodyIx.find(id)))
		}
		facts := []diag.Fact{diag.F("id", f.ID), diag.F("body", c.bodyName(body)), diag.F("found", c.bodyName(c.bodyIx.find(f.Goes)))}
		if len(where) > 0 {
			facts = append(facts, diag.F("expected", where))
		}
		c.report(diag.At(FondsAstray, at, append(facts, diag.F("rule", diag.Word("fonds."+f.Rule)), diag.F("pack", c.rules.ID))...))
	}
}

// itemWords gives the words that took records where they are: the item's own in
// a change that names it, else those of the change; of what stays, those that
// changed its body.
func (c *checker) itemWords(f *FondsFate) diag.Span {
	var refs []org.Ref
	switch ch := f.By.(type) {
	case nil:
		body := c.bodyIx.find(f.Body)
		if c.bodies[body].absences() == nil {
			return c.board.Cell("items", f.Item.At, "body")
		}
		return c.endWords(body, c.bodies[body].life.To)
	case *org.MoveItems:
		refs = ch.Items.Refs
	case *org.Withdraw:
		refs = ch.Items
	case *org.Merge, *org.MergeInto:
		body := c.bodyIx.find(f.Body)
		return c.endWords(body, f.On)
	}
	for _, r := range refs {
		if r.ID == f.ID {
			return r.At
		}
	}
	return f.By.Declared().At
}
