package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// What becomes of seals (R6, R7), by the rule pack. A seal bears the name that
// its first body had when it came into use. It is an old one from the day on
// which that body ends, has another name, or has given it away.

// isSeal reports whether the pack says what becomes of an item as of a seal.
func (c *checker) isSeal(i int32) bool {
	return c.rules.Seals.Asked() && slices.Contains(c.sealKinds(), c.item(i).Kind)
}

func (c *checker) sealKinds() []string { return sealKinds(&c.rules) }

func sealKinds(rules *org.Pack) []string { return org.KindsOr(rules.Seals.Kinds, "seal") }

// A sealed is one seal with what is to be known of it.
type sealed struct {
	item  int32
	body  int32    // whose name it bears
	old   org.Date // from when it is an old one; Forever while it is not
	ended bool     // because the body ended
	void  org.Date // from when it may not be used: the new seal is in use
	words diag.Span
}

// lasts gives the first day on which the seal is no good for acting in its
// body's name of that day.
func (x *sealed) lasts() org.Date {
	if x.ended {
		return x.old
	}
	return x.void
}

// holdSeals holds the seals of the board and the plan against the pack. Where
// neither has a seal nobody is asked.
func (c *checker) holdSeals(s *staff) {
	if !c.rules.Seals.Asked() {
		return
	}
	seals := map[int32][]*sealed{} // by the body whose name they bear
	for _, i := range c.sealItems() {
		if !s.items.loose[i] {
			if x := c.sealOf(s, i); x != nil {
				seals[x.body] = append(seals[x.body], x)
			}
		}
	}
	if len(seals) == 0 && !(c.part() && c.scope.sealed) {
		return
	}
	bodies := sortedKeys(seals)
	for _, body := range bodies {
		for _, x := range seals[body] {
			c.voidFrom(s, x, seals)
		}
	}
	for _, body := range bodies {
		if c.part() && int(body) < len(c.x.bodies) && !slices.Contains(c.scope.staff, body) {
			continue // it is only who may succeed, and looked at elsewhere
		}
		c.regarding(aStaff, body)
		c.oldSeals(s, seals[body])
	}
	c.regardingNothing()
	for _, i := range sorted(c.lived) {
		if b := &c.bodies[i]; !b.silent && (b.by >= 0 || len(b.versions) > 1) {
			c.nameNeedsSeal(s, i, seals[i])
		}
	}
	c.platesUp(s, seals)
}

// sealItems lists the seals of the board and the plan; in a part of a plan, those
// of the bodies that it touches and of who may succeed to them.
func (c *checker) sealItems() []int32 {
	kinds := c.sealKinds()
	if !c.part() {
		return c.ofKinds(kinds)
	}
	bodies := slices.Clone(c.scope.staff)
	for _, b := range c.scope.staff {
		bodies = append(bodies, c.successors(b)...)
	}
	var out []int32
	for _, b := range sorted(bodies) {
		for _, i := range c.x.itemsOf.of(b) {
			if slices.Contains(kinds, c.item(i).Kind) {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	for k := range c.staff.provided {
		if slices.Contains(kinds, c.staff.provided[k].Kind) {
			out = append(out, int32(len(c.board.Items)+k))
		}
	}
	return out
}

// sealOf finds whose name a seal bears and until when it is right; nil for one
// that is never in anybody's hands.
func (c *checker) sealOf(s *staff, i int32) *sealed {
	x := &sealed{item: i, body: s.items.base[i], old: org.Forever, void: org.Forever}
	from := max(s.items.from(i), c.start-1)
	shifts := s.items.shifts[i]
	if x.body < 0 {
		if len(shifts) == 0 {
			return nil
		}
		x.body, from, shifts = shifts[0].body, shifts[0].day, shifts[1:]
	}
	b := &c.bodies[x.body]
	name := ""
	if v := b.on(from); v != nil {
		name = v.Name
	} else if b.row != nil {
		name = b.row.Name
	}
	for k := range b.versions {
		if v := &b.versions[k]; v.From > from && v.Name != name {
			x.old, x.words = v.From, c.endWordsOf(v.began)
			break
		}
	}
	for _, gone := range b.absences() {
		if gone.From > from && gone.From <= x.old {
			x.old, x.ended, x.words = gone.From, true, c.endWords(x.body, gone.From)
			break
		}
	}
	for _, sh := range shifts {
		if sh.body != x.body && sh.day < x.old {
			x.old, x.words = sh.day, c.endWordsOf(sh.change)
			break
		}
	}
	return x
}

// endWordsOf gives the words of a change; none for what the board says itself.
func (c *checker) endWordsOf(change int32) diag.Span {
	if change < 0 {
		return diag.Span{}
	}
	return c.plan.Changes[change].Declared().At
}

// voidFrom finds the day from which an old seal may not be used: that on which
// the new one is in use, of the body under its new name or, when it ended, of
// the first successor that has one.
func (c *checker) voidFrom(s *staff, x *sealed, seals map[int32][]*sealed) {
	if x.old == org.Forever {
		return
	}
	fresh := func(body int32, kind string) org.Date {
		day := org.Forever
		for _, y := range seals[body] {
			if y.item != x.item && y.old > x.old && (kind == "" || c.item(y.item).Kind == kind) {
				day = min(day, max(x.old, s.items.from(y.item)))
			}
		}
		return day
	}
	switch {
	case x.ended:
		heirs := c.successors(x.body)
		x.void = org.Forever
		for _, heir := range heirs {
			x.void = min(x.void, fresh(heir, ""))
		}
		// who was there before has its seal, whether it is listed or not
		if x.void == org.Forever && !slices.ContainsFunc(heirs, func(h int32) bool { return c.bodies[h].by >= 0 }) {
			x.void = x.old
		}
	case c.bodies[x.body].holds(x.old) && s.items.on(x.item, x.old) != x.body:
		x.void = x.old // a body that goes on has given its seal away
	default:
		x.void = fresh(x.body, c.item(x.item).Kind)
	}
}

// oldSeals tells the seals of one body that are still in somebody's hands when
// they should have been handed in, or are kept for more than the pack allows.
// What one change left behind is told once.
func (c *checker) oldSeals(s *staff, list []*sealed) {
	rules := &c.rules.Seals
	var places []diag.Span
	ids := map[diag.Span][]string{}
	facts := map[diag.Span][]diag.Fact{}
	for _, x := range list {
		until := s.items.to(x.item)
		if until <= max(x.void, c.start) {
			continue
		}
		allowed := x.void
		if rules.Mode.Text == "lenient" && x.ended {
			allowed += org.Date(rules.KeepDays.N)
		}
		if until <= allowed {
			c.keptFor(s, x)
			continue
		}
		at := x.words
		if end, ok := s.items.over[x.item]; ok {
			d := c.plan.Changes[end.change].Declared()
			if at = d.On.At; at.IsZero() {
				at = d.At
			}
		}
		if ids[at] == nil {
			places = append(places, at)
			facts[at] = c.days(org.Interval{From: allowed, To: until})
		}
		ids[at] = append(ids[at], c.item(x.item).ID)
	}
	for _, at := range places {
		c.report(diag.At(OldSeal, at, append(append([]diag.Fact{diag.F("body", c.bodyName(list[0].body)), diag.F("items", ids[at])},
			facts[at]...), diag.F("pack", c.rules.ID))...))
	}
}

// keptFor holds a seal that an ended body keeps for a time against the purposes
// that the pack leaves it.
func (c *checker) keptFor(s *staff, x *sealed) {
	rules := &c.rules.Seals
	allowed := org.KindsOr(rules.KeepFor)
	tell := func(at diag.Span, found string) {
		facts := []diag.Fact{diag.F("id", c.item(x.item).ID), diag.F("body", c.bodyName(x.body)), diag.F("from", x.void)}
		if found != "" {
			facts = append(facts, diag.F("found", found))
		}
		c.report(diag.At(KeptSealTooFree, at, append(facts, diag.F("expected", allowed), diag.F("pack", c.rules.ID))...))
	}
	r := s.restrictedOn(x.item, x.void)
	if r == nil {
		if len(allowed) > 0 {
			tell(x.words, "")
		}
		return
	}
	for _, p := range c.plan.Changes[r.change].(*org.Restrict).Purposes {
		if len(allowed) > 0 && !slices.Contains(allowed, p.Text) {
			tell(p.At, p.Text)
			return
		}
	}
}

// nameNeedsSeal finds the first days on which a body that the plan brings or
// renames acts in its name without a seal of that name in use. Until the new one
// is in use, a renamed body acts under the old.
func (c *checker) nameNeedsSeal(s *staff, body int32, own []*sealed) {
	b := &c.bodies[body]
	first := org.Forever
	if b.by >= 0 {
		first = b.life.From
	}
	for k := 1; k < len(b.versions); k++ {
		if v := &b.versions[k]; v.Name != b.versions[k-1].Name && v.From < first {
			first = v.From
		}
	}
	if first == org.Forever {
		return
	}
	var covered []org.Interval
	for _, x := range own {
		in := org.Interval{From: s.items.from(x.item), To: min(s.items.to(x.item), x.lasts())}
		if x.lasts() == org.Forever && x.old < org.Forever {
			in.To = min(in.To, x.old) // no new one ever comes: it bears a name that is no more
		}
		if list := s.limited[x.item]; len(list) > 0 {
			in.To = min(in.To, list[0].From)
		}
		if !in.Empty() {
			covered = append(covered, in)
		}
	}
	slices.SortFunc(covered, func(a, b org.Interval) int { return int(a.From) - int(b.From) })
	bare := func(in org.Interval) org.Interval {
		for _, cover := range covered {
			if cover.From > in.From {
				in.To = min(in.To, cover.From)
				break
			}
			in.From = max(in.From, min(cover.To, in.To))
		}
		return in
	}
	var worst *segment
	var duty int32
	gap := org.Interval{From: org.Forever, To: org.Forever}
	for _, d := range c.dutiesOf(body) {
		segs := c.segments(d)
		for k := range segs {
			seg := &segs[k]
			if seg.body != body || seg.key != org.Signatory || seg.mode == org.Assist || seg.To <= max(first, c.start) {
				continue
			}
			in := bare(org.Interval{From: max(seg.From, first, c.start), To: seg.To})
			if !in.Empty() && in.From < gap.From && !c.askedAsNeed(body, in.From) {
				gap, worst, duty = in, seg, d
			}
		}
	}
	if worst == nil {
		return
	}
	at := c.segmentWords(worst, duty, true)
	if worst.From < gap.From { // it had the name before: it is the change of names that wants the seal
		at = c.bodyWords(body)
		if v := b.on(gap.From); v != nil && b.by < 0 {
			for k := range b.versions {
				if b.versions[k].From == v.From {
					at = c.endWordsOf(b.versions[k].began)
				}
			}
		}
	}
	d := diag.At(NameBeforeSeal, at, append([]diag.Fact{diag.F("body", c.bodyName(body)), diag.F("duty", c.dutyName(duty))}, c.days(gap)...)...)
	for _, cover := range covered {
		if cover.From == gap.To {
			for _, x := range own {
				if s.items.from(x.item) == cover.From {
					d = d.Note(c.item(x.item).At, "seal_in_use_here")
					break
				}
			}
		}
	}
	c.report(d)
}

// askedAsNeed reports whether a pack asks for the seal as a need of who acts:
// then a body without any is told by that.
func (c *checker) askedAsNeed(body int32, day org.Date) bool {
	kinds := c.sealKinds()
	return slices.ContainsFunc(c.rules.Able, func(n org.Need) bool {
		return slices.Contains(kinds, n.ID) && n.Keys&org.Signatory != 0 && (n.Receiving || c.bodies[body].by >= 0) && !c.hasItem(body, n.ID, day)
	})
}

// dutiesOf lists the duties that a body ever has a key of, by the board or the
// plan.
func (c *checker) dutiesOf(body int32) []int32 {
	var out []int32
	for _, r := range c.rowsOfBody.of(body) {
		if d := c.rowDuty[r]; d >= 0 {
			out = append(out, d)
		}
	}
	out = append(out, c.gained[body]...)
	slices.Sort(out)
	return slices.Compact(out)
}

// platesUp holds the day on which a name plate is up against what must be there
// before: the seal in use, the head in office.
func (c *checker) platesUp(s *staff, seals map[int32][]*sealed) {
	kinds := org.KindsOr(c.rules.Seals.Plates, "nameplate")
	for i, ch := range c.plan.Changes {
		ch, ok := ch.(*org.Provide)
		if !ok || !slices.Contains(kinds, ch.Class.Text) {
			continue
		}
		body, day := c.ref(c.bodyIx, ch.To), c.dates[i]
		if body < 0 || s.items.loose[s.provides[int32(i)]] || !day.Known() {
			continue
		}
		for _, w := range c.rules.Seals.PlateAfter {
			missing := false
			switch w.Text {
			case "seal":
				missing = !slices.ContainsFunc(seals[body], func(x *sealed) bool {
					return s.items.from(x.item) <= day && day < min(s.items.to(x.item), x.old)
				})
			case "head":
				missing = len(s.posts) > 0 && s.anybody && !c.noHead[body] && !c.ledOn(s, body, day)
			}
			if missing {
				c.report(diag.At(PlateTooSoon, ch.To.At, diag.F("body", c.bodyName(body)), diag.F("on", day),
					diag.F("missing", diag.Word("need."+w.Text)), diag.F("pack", c.rules.ID)))
			}
		}
	}
}

// ledOn reports whether a body has its head in office on a day, or may have none.
func (c *checker) ledOn(s *staff, body int32, day org.Date) bool {
	if n, _ := s.leaderQuota(body, org.Head, day); n < 1 {
		return true
	}
	return slices.ContainsFunc(s.seats.had(body, day), func(p int32) bool { return s.roleOn(p, day) == org.Head && s.taken(p, day) })
}
