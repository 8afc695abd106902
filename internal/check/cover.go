package check

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A lapse is a stretch of days on which a key of a duty has nobody, or two.
type lapse struct {
	org.Interval
	duty   int32
	keys   org.Keys
	area   int32
	double bool
	a, b   *segment // the one before and the one after a gap; the two of an overlap
}

// cover holds every duty, key, area and day against the rule that exactly one
// body is sole or leads, or all are joint. One cause gives one diagnostic: what
// ends and begins with the same two changes, in the same days, is told once.
func (c *checker) cover() {
	if len(c.board.Responsibilities) == 0 && len(c.board.Duties) > 1 {
		if c.part() {
			return
		}
		d := &c.board.Duties[0]
		c.report(diag.At(NeverHeld, c.board.Cell("duties", d.At, "id"), diag.F("duty", d.Label()),
			diag.F("count", len(c.board.Duties))))
		return
	}
	var lapses []lapse
	var left []lapse // what an ended body leaves behind
	for _, i := range c.uncertain() {
		duty := &c.duties[i]
		if duty.silent || (!duty.touch && c.coveredPlainly(i)) {
			continue
		}
		c.touch(i)
		must := org.Interval{From: max(c.start, duty.from), To: duty.to}
		if must.Empty() {
			continue
		}
		if len(duty.segs) == 0 {
			c.regarding(aDuty, i)
			c.report(diag.At(NeverHeld, c.dutyPlace(i), diag.F("duty", c.dutyName(i))))
			continue
		}
		required := c.rules.RequiredOf(duty.def)
		for _, a := range c.atoms(duty, must) {
			for _, key := range org.EachKey {
				if required&key != 0 {
					lapses = c.sweep(lapses, i, key, a.area, a.days)
				}
			}
		}
	}
	lapses = mergeKeys(lapses)
	kept := lapses[:0]
	for _, l := range lapses {
		if !l.double && l.To >= c.duties[l.duty].to && l.b == nil && l.a != nil && l.a.cutByEnd {
			left = append(left, l)
			continue
		}
		kept = append(kept, l)
	}
	c.reportLeft(left)
	c.regardingNothing()
	c.reportLapses(kept)
}

// uncertain lists the duties that something may be wrong with: those that the
// board leaves open, those that the plan touches, and those that are divided by
// areas when areas change; in order.
func (c *checker) uncertain() []int32 {
	if c.part() {
		return sorted(slices.Concat(c.scope.duties, c.touched))
	}
	out := slices.Concat(openFrom(c.x.openDuties, c.x.dutyFrom, c.x.dutiesFrom, c.start), c.touched)
	if len(c.areaShifts) > 0 {
		out = append(out, c.x.areaDuties...) // what makes up an area has changed
	}
	return sorted(out)
}

// coveredPlainly is the quick answer for a duty that no change touches: one
// body for each key, for ever, in the whole area.
func (c *checker) coveredPlainly(i int32) bool {
	var have org.Keys
	for _, r := range c.rowsOfDuty.of(i) {
		row := &c.board.Responsibilities[r]
		b := c.rowBody[r]
		if b < 0 || row.From > c.start || row.To != org.Forever || c.rowArea[r] != none || have&row.Keys != 0 || row.Mode > org.Lead {
			return false
		}
		if life := c.bodies[b].life; life.From > c.start || life.To != org.Forever || len(c.bodies[b].absences()) > 0 {
			return false
		}
		have |= row.Keys
	}
	required := c.rules.RequiredOf(c.duties[i].def)
	return have&required == required
}

func (c *checker) dutyPlace(i int32) diag.Span {
	d := &c.duties[i]
	if d.by >= 0 {
		return d.def.At
	}
	return c.board.Cell("duties", d.def.At, "id")
}

// An atom is an area that a duty must be looked at in separately, and the days
// on which it must be; with none for the rest of the duty's area.
type atom struct {
	area   int32
	days   org.Interval
	begins org.Date // from when on there is any of it
}

// atoms lists the areas that any segment of a duty names, and the rest of its
// area unless the named ones make it up.
func (c *checker) atoms(duty *duty, must org.Interval) []atom {
	var named []int32
	see := func(a int32) {
		if a >= 0 && !slices.Contains(named, a) {
			named = append(named, a)
		}
	}
	for i := range duty.segs {
		if duty.segs[i].Empty() {
			continue
		}
		see(duty.segs[i].area)
		for _, a := range duty.segs[i].except {
			see(a)
		}
	}
	if len(named) == 0 {
		return []atom{{none, must, org.Always}}
	}
	slices.Sort(named)
	var out []atom
	put := func(area int32, there org.Interval) {
		if days := there.And(must); !days.Empty() {
			out = append(out, atom{area, days, there.From})
		}
	}
	switch {
	case !c.freeAreas:
		put(none, c.left(c.remain(duty, none, named, must)))
	case slices.ContainsFunc(duty.segs, func(s segment) bool { return s.area == none && !s.Empty() }):
		put(none, org.Whole) // nobody knows whether the named ones make up the whole
	}
	for _, a := range named {
		if there := c.areas[a].life; len(c.areas[a].children) == 0 {
			put(a, there)
		} else { // on days on which the named ones make it up nothing is left of it
			others := slices.DeleteFunc(slices.Clone(named), func(b int32) bool { return a == b })
			put(a, there.And(c.left(c.remain(duty, a, others, must))))
		}
	}
	return out
}

// left gives the days from the first to the last on which any of some areas is there.
func (c *checker) left(areas []int32) org.Interval {
	out := org.Interval{From: org.Forever, To: org.Always}
	for _, a := range areas {
		out.From, out.To = min(out.From, c.areas[a].life.From), max(out.To, c.areas[a].life.To)
	}
	return out
}

// covers reports whether a segment holds in an atom.
func (c *checker) covers(s *segment, atom int32) bool {
	if atom == none {
		return s.area == none
	}
	if s.area != none && !c.within(atom, s.area) {
		return false
	}
	for _, a := range s.except {
		if c.within(atom, a) {
			return false
		}
	}
	return true
}

// sweep walks through the days of one key of one duty in one atom.
func (c *checker) sweep(out []lapse, d int32, key org.Keys, atom int32, must org.Interval) []lapse {
	duty := &c.duties[d]
	at, points := make([]*segment, 0, 16), append(make([]org.Date, 0, 32), must.From, must.To)
	for i := range duty.segs {
		s := &duty.segs[i]
		if s.key != key || s.Empty() || s.To <= must.From || s.From >= must.To || !c.covers(s, atom) {
			continue
		}
		at = append(at, s)
		points = append(points, max(s.From, must.From), min(s.To, must.To))
	}
	slices.Sort(points)
	points = slices.Compact(points)
	for i := 0; i+1 < len(points); i++ {
		day := points[i]
		var first, second *segment
		leads, joint := 0, 0
		for _, s := range at {
			if !s.Holds(day) || s.mode == org.Assist {
				continue
			}
			if s.mode == org.Joint {
				joint++
			} else {
				leads++
			}
			if first == nil {
				first = s
			} else if second == nil {
				second = s
			}
		}
		l := lapse{Interval: org.Interval{From: day, To: points[i+1]}, duty: d, keys: key, area: atom}
		switch {
		case leads == 1 && joint == 0, leads == 0 && joint > 0:
			continue
		case leads == 0:
			for _, s := range at {
				if s.mode != org.Assist && s.To <= day && (l.a == nil || s.To > l.a.To) {
					l.a = s
				}
				if s.mode != org.Assist && s.From >= points[i+1] && (l.b == nil || s.From < l.b.From) {
					l.b = s
				}
			}
		case !duty.def.Exclusive:
			continue
		default:
			l.double, l.a, l.b = true, first, second
			if l.a.From > l.b.From || l.a.From == l.b.From && l.a.began > l.b.began {
				l.a, l.b = l.b, l.a
			}
		}
		if n := len(out); n > 0 {
			if was := &out[n-1]; was.duty == d && was.keys == key && was.area == atom && was.double == l.double &&
				was.To == l.From && was.a == l.a && was.b == l.b {
				was.To = l.To
				continue
			}
		}
		out = append(out, l)
	}
	return out
}

// cause is what the two segments of a lapse stem from: what is alike in it was
// brought about by one thing.
type cause struct {
	org.Interval
	double bool
	ends   int32 // the change that ends the one before; or its row, below none
	begins int32
	body   int32 // whose end it is, when a body's end is the cause
	duty   int32 // when neither side is a change: each duty by itself
	keys   org.Keys
	area   int32
}

func (l *lapse) cause() cause {
	k := cause{Interval: l.Interval, double: l.double, ends: none, begins: none, body: none, duty: none, keys: l.keys, area: l.area}
	if l.a != nil {
		if l.double {
			k.ends = l.a.began
		} else {
			k.ends = l.a.ended
			if l.a.cutByEnd {
				k.body = l.a.body
			}
		}
	}
	if l.b != nil {
		k.begins = l.b.began
	}
	if k.begins < 0 && (l.double || k.body < 0 || l.b != nil) {
		k.duty = l.duty
	}
	return k
}

// mergeKeys tells the keys of one duty that lapse together as one.
func mergeKeys(lapses []lapse) []lapse {
	type same struct {
		org.Interval
		duty, area int32
		double     bool
		aBody      int32
		bBody      int32
		aBy, bBy   int32
	}
	at := map[same]int{}
	var out []lapse
	for _, l := range lapses {
		k := same{Interval: l.Interval, duty: l.duty, area: l.area, double: l.double, aBody: none, bBody: none, aBy: none, bBy: none}
		if l.a != nil {
			k.aBody, k.aBy = l.a.body, l.a.ended
		}
		if l.b != nil {
			k.bBody, k.bBy = l.b.body, l.b.began
		}
		if n, ok := at[k]; ok {
			out[n].keys |= l.keys
			continue
		}
		at[k] = len(out)
		out = append(out, l)
	}
	return out
}

// reportLapses tells gaps and overlaps, one for each cause.
func (c *checker) reportLapses(lapses []lapse) {
	byCause := map[cause][]lapse{}
	var order []cause
	for _, l := range lapses {
		k := l.cause()
		if byCause[k] == nil {
			order = append(order, k)
		}
		byCause[k] = append(byCause[k], l)
	}
	for _, k := range order {
		group := byCause[k]
		l := group[0]
		code := Gap
		if l.double {
			code = Overlap
		}
		var duties []diag.Name
		for _, g := range group {
			if n := c.dutyName(g.duty); len(duties) == 0 || duties[len(duties)-1] != n {
				duties = append(duties, n)
			}
		}
		d := diag.At(code, c.lapsePlace(&l, len(duties) > 1))
		if len(duties) == 1 {
			d.Facts = append(d.Facts, diag.F("duty", duties[0]))
		} else {
			d.Facts = append(d.Facts, diag.F("duties", duties))
		}
		d.Facts = append(d.Facts, diag.F("keys", words(l.keys)))
		if l.double {
			d.Facts = append(d.Facts, diag.F("holders", []diag.Name{c.nameOf(l.a.body), c.nameOf(l.b.body)}))
		}
		d.Facts = append(d.Facts, c.days(l.Interval)...)
		if where := c.where(&l); len(where) > 0 {
			d.Facts = append(d.Facts, diag.F("area", where))
		}
		d = c.lapseNotes(d, &l)
		c.regarding(aDuty, l.duty)
		c.report(d)
	}
	c.regardingNothing()
}

// where names the areas of a lapse: the one it was found in, or, for the rest of
// a duty's area, what of it no segment names.
func (c *checker) where(l *lapse) []diag.Name {
	if l.area >= 0 {
		return []diag.Name{c.areas[l.area].def.Label()}
	}
	duty := &c.duties[l.duty]
	var named []int32
	for i := range duty.segs {
		s := &duty.segs[i]
		named = append(named, s.except...)
		if s.area >= 0 {
			named = append(named, s.area)
		}
	}
	switch {
	case c.freeAreas, len(named) == 0 && duty.area < 0:
		return nil
	case len(named) == 0:
		return []diag.Name{c.areas[duty.area].def.Label()} // even when it has ended: that is where the duty was
	}
	var out []diag.Name
	for _, a := range c.remain(duty, none, named, l.Interval) {
		out = append(out, c.areas[a].def.Label())
	}
	return out
}

func (c *checker) nameOf(b int32) diag.Name {
	if b < 0 {
		return diag.Name{}
	}
	return c.bodyName(b)
}

func words(keys org.Keys) []diag.Word {
	if keys == org.AllKeys {
		return []diag.Word{org.AllKeys.Word()}
	}
	var out []diag.Word
	for _, k := range org.EachKey {
		if keys&k != 0 {
			out = append(out, k.Word())
		}
	}
	return out
}

// days are the facts of an interval; an open end is left out.
func (c *checker) days(i org.Interval) []diag.Fact {
	out := []diag.Fact{diag.F("from", i.From)}
	if i.To.Known() {
		out = append(out, diag.F("until", i.To), diag.F("days", i.Days()))
	}
	return out
}

// segmentWords gives the words that began a segment.
func (c *checker) segmentWords(s *segment, d int32, whole bool) diag.Span {
	if s.began >= 0 {
		if whole {
			return c.plan.Changes[s.began].Declared().At
		}
		return c.dutyWords(s.began, d)
	}
	if s.row >= 0 {
		return c.board.Cell("responsibilities", c.board.Responsibilities[s.row].At, "body")
	}
	return c.dutyPlace(d)
}

func (c *checker) lapsePlace(l *lapse, several bool) diag.Span {
	switch {
	case l.b != nil && l.b.began >= 0:
		return c.segmentWords(l.b, l.duty, several)
	case l.double:
		return c.segmentWords(l.b, l.duty, false)
	case l.a != nil && l.a.cutByEnd:
		return c.endWords(l.a.body, l.a.To)
	case l.a != nil && l.a.ended >= 0:
		return c.dutyWords(l.a.ended, l.duty)
	case l.a != nil && l.a.row >= 0:
		return c.board.Cell("responsibilities", c.board.Responsibilities[l.a.row].At, "to")
	case l.b != nil && l.b.row >= 0:
		return c.board.Cell("responsibilities", c.board.Responsibilities[l.b.row].At, "from")
	}
	return c.dutyPlace(l.duty)
}

func (c *checker) lapseNotes(d diag.Diagnostic, l *lapse) diag.Diagnostic {
	if l.a == nil {
		return d
	}
	if l.double {
		return d.Note(c.segmentWords(l.a, l.duty, false), "has_it", diag.F("body", c.nameOf(l.a.body)))
	}
	switch {
	case l.a.cutByEnd:
		if span := c.endWords(l.a.body, l.a.To); span != d.Span {
			return d.Note(span, "giver_ends", diag.F("body", c.nameOf(l.a.body)), diag.F("on", l.a.To))
		}
	case l.a.ended >= 0 && (l.b == nil || l.a.ended != l.b.began):
		return d.Note(c.dutyWords(l.a.ended, l.duty), "leaves_here", diag.F("body", c.nameOf(l.a.body)), diag.F("on", l.a.To))
	}
	return d
}

// reportLeft tells what ended bodies leave behind: one diagnostic a body.
func (c *checker) reportLeft(left []lapse) {
	type end struct {
		body int32
		day  org.Date
	}
	groups := map[end][]lapse{}
	var order []end
	for _, l := range left {
		k := end{l.a.body, l.a.To}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], l)
	}
	slices.SortFunc(order, func(a, b end) int { return cmp.Or(cmp.Compare(a.body, b.body), cmp.Compare(a.day, b.day)) })
	for _, k := range order {
		var duties []diag.Name
		keys := org.Keys(0)
		for _, l := range groups[k] {
			keys |= l.keys
			if n := c.dutyName(l.duty); !slices.Contains(duties, n) {
				duties = append(duties, n)
			}
		}
		c.regarding(aHolding, k.body)
		c.report(diag.At(DutiesLeft, c.endWords(k.body, k.day), diag.F("body", c.bodyName(k.body)),
			diag.F("from", k.day), diag.F("duties", duties), diag.F("keys", words(keys))))
	}
}
