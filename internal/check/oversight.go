package check

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// Unsupervised: a function of a lower level that nobody above supervises on some
// days, since what corresponded to it there has gone or moved, or since the plan
// brings it and nothing corresponds. "Basically corresponding" is enough (R25):
// anybody of a higher level who has the matter in that place.
var Unsupervised = diag.Define("OB0316", diag.Warning)

// An oversight finds who stands over the duties of a board: on the board itself,
// and on those of the plans above it.
type oversight struct {
	boards []*checker           // the board itself first, then the plans above, the nearest first
	about  []map[string][]int32 // of each board, its duties by matter, but for those that everybody has
}

// newOversight lists the duties of the boards that are about the matters asked
// for. O(duties of all boards).
func newOversight(boards []*checker, asked map[string]bool) *oversight {
	o := &oversight{boards: boards}
	for _, c := range boards {
		of := map[string][]int32{}
		for i := range c.duties {
			if def := c.duties[i].def; def.Exclusive {
				if m := matterOf(def); asked[m] {
					of[m] = append(of[m], int32(i))
				}
			}
		}
		o.about = append(o.about, of)
	}
	return o
}

// A watch is a stretch of days on which a body of a higher level stands over one
// who has a duty.
type watch struct {
	org.Interval
	up   *checker // the board that the body is of
	body int32
	duty int32    // of the same matter, that it holds; none when it stands over the body itself
	by   *segment // its holding; nil then
}

func (c *checker) rankOf(body int32) int { return org.LevelRank(c.bodyLevel(body)) }

// byMatter lists who has the matter of a duty in law at a higher level, for the
// place where a body has the duty: the boards in their order.
func (o *oversight) byMatter(d int32, s *segment) (out []watch) {
	c := o.boards[0]
	rank := c.rankOf(s.body)
	if rank == 0 {
		return nil
	}
	matter := matterOf(c.duties[d].def)
	for k, up := range o.boards {
		for _, u := range o.about[k][matter] {
			if k == 0 && u == d {
				continue
			}
			segs := up.segments(u)
			for i := range segs {
				t := &segs[i]
				if t.key != org.Holder || t.mode == org.Assist || t.body < 0 || t.Empty() {
					continue
				}
				if r := up.rankOf(t.body); r > 0 && r < rank && o.around(k, u, t, o.placeOf(d, s)) {
					out = append(out, watch{t.Interval, up, t.body, u, t})
				}
			}
		}
	}
	return out
}

// placeOf gives the area in which a body has a duty: what is said of that, of the
// duty, or of the body; none when nothing is.
func (o *oversight) placeOf(d int32, s *segment) int32 {
	c := o.boards[0]
	if s.area >= 0 {
		return s.area
	} else if c.duties[d].area >= 0 {
		return c.duties[d].area
	}
	if b := c.bodies[s.body].on(max(s.From, c.start)); b != nil && b.Area != "" {
		return c.areaIx.find(b.Area)
	}
	return none
}

// around reports whether a holding on one of the boards is for a place of the
// first one.
func (o *oversight) around(k int, u int32, t *segment, place int32) bool {
	up := o.boards[k]
	area := t.area
	if area < 0 {
		area = up.duties[u].area
	}
	if place < 0 || area < 0 || up.freeAreas {
		return true
	}
	if k == 0 {
		return up.within(place, area) && !slices.ContainsFunc(t.except, func(e int32) bool { return up.within(place, e) })
	}
	at := enclosing(o.boards[:k], place, up)
	if at < 0 {
		return up.areas[area].parent < 0 // its plan stands over the place, and so all that it has does
	}
	return up.within(at, area) && !slices.ContainsFunc(t.except, func(e int32) bool { return up.within(at, e) })
}

// enclosing finds the smallest area of an upper board in which an area of the
// first of the lower ones lies: by the codes that the boards share, from one board
// to the next. none when nothing says it.
func enclosing(lower []*checker, area int32, up *checker) int32 {
	code := lower[0].areas[area].def.Code
	for _, c := range lower {
		for at := c.areaIx.find(code); at >= 0; at = c.areas[at].parent {
			code = c.areas[at].def.Code
			if there := up.areaIx.find(code); there >= 0 {
				return there
			}
		}
	}
	return none
}

// bySuperior lists when a body is under one of a higher level, which directs it in
// all that it does. A superior that merges is taken to be at its level afterwards.
func (o *oversight) bySuperior(body int32) (out []watch) {
	c := o.boards[0]
	rank := c.rankOf(body)
	see := func(i org.Interval, superior string) {
		if at := c.bodyIx.find(superior); at >= 0 {
			if r := c.rankOf(at); r > 0 && r < rank {
				out = append(out, watch{i, c, at, none, nil})
			}
		}
	}
	if b := &c.bodies[body]; b.versions != nil {
		for _, v := range b.versions {
			see(v.Interval, v.Superior)
		}
	} else if b.row != nil {
		see(b.life, b.row.Superior)
	}
	return out
}

// byTie lists when those are there, or who took their place, whom the plan names
// as what corresponds above to a body.
func (o *oversight) byTie(body int32) (out []watch) {
	c := o.boards[0]
	for _, id := range tiedTo(c.plan, c.bodies[body].id) {
		for _, up := range o.boards[1:] {
			at := up.bodyIx.find(id)
			for n := 0; at >= 0 && n < len(up.bodies); n++ {
				for _, i := range up.inForce(at) {
					out = append(out, watch{i, up, at, none, nil})
				}
				at = up.merged(at)
			}
			if u := up.dutyIx.find(id); u >= 0 {
				segs := up.segments(u)
				for i := range segs {
					if t := &segs[i]; t.key == org.Holder && t.mode != org.Assist && t.body >= 0 && !t.Empty() {
						out = append(out, watch{t.Interval, up, t.body, u, t})
					}
				}
			}
		}
	}
	return out
}

// lastBefore finds who of a higher level than the rank was the last to stand over
// a duty by a day, in the time that his plan is about. (Who takes a duty up himself
// is not above it any more.)
func lastBefore(list []watch, rank int, day org.Date) (last *watch) {
	for i := range list {
		if w := &list[i]; w.To <= day && w.To >= w.up.start && w.up.rankOf(w.body) < rank && (last == nil || w.To > last.To) {
			last = w
		}
	}
	return last
}

// meanwhile tells who goes on standing over a body when, during a relay of levels,
// what corresponds above has changed and the body itself has not yet: the upper
// body, or the one that took its place, until the lower one is adjusted (R2). nil
// when no relay is on, when nothing of the body is still to be adjusted, or when
// the upper body is gone.
func (o *oversight) meanwhile(list []watch, s *segment, day org.Date) (w *watch, waits org.Change, until org.Date) {
	c := o.boards[0]
	last := lastBefore(list, c.rankOf(s.body), day)
	if !c.rules.Relay || last == nil {
		return nil, nil, day
	}
	done, waits, until := c.adjustment(s.body, day)
	if s.ended >= 0 && s.To > day && s.To < until {
		waits, until = c.plan.Changes[s.ended], s.To
	}
	heir := last.up.heir(last.body, day)
	if waits == nil || heir < 0 || done != org.NoDate && done >= last.To || last.up.rankOf(heir) >= c.rankOf(s.body) {
		return nil, nil, day
	}
	life := last.up.bodies[heir].on(day).Interval
	until = min(until, life.To)
	return &watch{org.Interval{From: last.To, To: until}, last.up, heir, last.duty, last.by}, waits, until
}

// A lapse of oversight: on the days of the interval nobody stands over who has a
// duty by the segment; last did before, nil when nobody ever did.
type unwatched struct {
	org.Interval
	duty int32
	by   *segment
	last *watch
}

// lapses finds the days on which nobody stands over a duty of the first board: of
// one that somebody stood over before, or, when it is one that the plan brings,
// of any.
func (o *oversight) lapses(d int32) (out []unwatched) {
	c := o.boards[0]
	segs := c.segments(d)
	var had []watch
	for i := range segs {
		s := &segs[i]
		if s.key != org.Holder || s.mode == org.Assist || s.body < 0 || c.rankOf(s.body) == 0 {
			continue
		}
		days := s.Interval.And(org.Interval{From: c.start, To: org.Forever})
		list := slices.Concat(o.byMatter(d, s), o.bySuperior(s.body), o.byTie(s.body))
		had = append(had, list...)
		if days.Empty() {
			continue
		}
		for _, free := range without(days, list) {
			for {
				if _, _, until := o.meanwhile(had, s, free.From); until > free.From {
					free.From = until
					continue
				}
				break
			}
			if last := lastBefore(had, c.rankOf(s.body), free.From); !free.Empty() && (last != nil || c.duties[d].by >= 0 && len(o.boards) > 1) {
				out = append(out, unwatched{free, d, s, last})
			}
		}
	}
	return out
}

// without gives the days of an interval that are in none of a list.
func without(days org.Interval, list []watch) (out []org.Interval) {
	slices.SortFunc(list, func(a, b watch) int { return cmp.Compare(a.From, b.From) })
	for i := range list {
		w := &list[i]
		if w.Empty() || w.To <= days.From {
			continue
		}
		if w.From >= days.To {
			break
		}
		if days.From < w.From {
			out = append(out, org.Interval{From: days.From, To: w.From})
		}
		days.From = w.To
	}
	if !days.Empty() {
		out = append(out, days)
	}
	return out
}

// unsupervised tells of the functions of a board that nobody stands over on some
// days: those of the matters that its plan or those above touch. What the plan
// declares to be special to the place, or to depart from the plan above, with a
// reason, is accepted, and bodies of which it is told already that nothing above
// corresponds to them are left out: except. A function that the plan brings is
// told of when nothing above corresponds to its body either: what a body does
// besides goes with it. What one change takes away in an interval is told once.
func unsupervised(boards []*checker, except map[string]bool, corresponds func(body int32) bool) (out diag.List) {
	c := boards[0]
	asked := map[string]bool{}
	for _, up := range boards {
		for _, d := range up.uncertain() {
			if m := matterOf(up.duties[d].def); m != "" {
				asked[m] = true
			}
		}
	}
	for i := range c.bodies { // who has another superior
		if b := &c.bodies[i]; len(b.versions) > 1 && slices.ContainsFunc(b.versions, func(v version) bool { return v.Superior != b.versions[0].Superior }) {
			for _, m := range c.mattersOf(int32(i), c.start) {
				asked[m] = true
			}
		}
	}
	if len(asked) == 0 {
		return nil
	}
	o := newOversight(boards, asked)
	var duties []int32
	for _, list := range o.about[0] {
		duties = append(duties, list...)
	}
	slices.Sort(duties)
	type cause struct {
		at, note diag.Span
		org.Interval
		last int32
	}
	found := map[cause]*lost{}
	var order []*lost
	for _, d := range duties {
		if c.duties[d].silent {
			continue
		}
		for _, gap := range o.lapses(d) {
			body := c.bodies[gap.by.body].id
			if except[body] || gap.last == nil && corresponds(gap.by.body) || gap.by.began >= 0 && len(c.plan.Changes[gap.by.began].Declared().Variation) > 0 {
				continue
			}
			k := cause{Interval: gap.Interval, last: none}
			k.at, k.note = o.lapseWords(&gap)
			if gap.last != nil {
				k.last = gap.last.body
			}
			l := found[k]
			if l == nil {
				l = &lost{gap: gap, at: k.at, note: k.note}
				found[k], order = l, append(order, l)
			}
			if m := matterOf(c.duties[d].def); !slices.Contains(l.matters, m) {
				l.matters = append(l.matters, m)
			}
			l.duties = append(l.duties, c.dutyName(d))
			if name := c.bodyName(gap.by.body); !slices.Contains(l.holders, name) {
				l.holders = append(l.holders, name)
			}
		}
	}
	for _, l := range order {
		facts := []diag.Fact{diag.F("matters", l.matters), diag.F("duties", l.duties), diag.F("holders", l.holders)}
		facts = append(facts, c.days(l.gap.Interval)...)
		if w := l.gap.last; w != nil {
			facts = append(facts, diag.F("supervised_by", w.up.bodyName(w.body)), diag.F("supervised_until", w.To))
		}
		p := diag.At(Unsupervised, l.at, facts...)
		if !l.note.IsZero() && l.note != l.at {
			p = p.Note(l.note, "supervisor_leaves")
		}
		out.Add(p)
	}
	return out
}

// lost is what one cause leaves without anybody above.
type lost struct {
	gap             unwatched
	at, note        diag.Span
	matters         []string
	duties, holders []diag.Name
}

// lapseWords gives the words that take the supervisor away: here, where this plan
// does it; else those that name the plan above, with the words there as a note.
func (o *oversight) lapseWords(gap *unwatched) (at, note diag.Span) {
	c, w := o.boards[0], gap.last
	here := c.segmentWords(gap.by, gap.duty, false)
	if w == nil || gap.by.began >= 0 && gap.by.From == gap.From && w.To != gap.From {
		return here, diag.Span{}
	}
	there := diag.Span{}
	switch {
	case w.by == nil && w.up == c: // another superior, or none
		for _, v := range c.bodies[gap.by.body].versions {
			if v.From == w.To && v.began >= 0 {
				there = c.plan.Changes[v.began].Declared().At
			}
		}
	case w.by == nil || w.by.cutByEnd:
		there = w.up.endWords(w.body, w.To)
	case w.by.ended >= 0:
		there = w.up.dutyWords(w.by.ended, w.duty)
	case w.by.row >= 0:
		there = w.up.board.Cell("responsibilities", w.up.board.Responsibilities[w.by.row].At, "to")
	}
	switch {
	case there.IsZero():
		return here, diag.Span{}
	case w.up == c:
		return there, diag.Span{}
	}
	return c.plan.Above.At, there
}

// Within tells of the levels of one plan, which has none above it, what
// [Against] tells between plans: functions of a lower level on its own board that
// nobody above supervises. Waivers of the plan are applied. O(the board) when it
// has bodies of two levels, else nothing.
func Within(own Result) diag.List {
	if own.Timeline == nil || own.Timeline.plan == nil {
		return nil
	}
	c := own.Timeline.c
	var out diag.List
	if c.severalLevels() {
		out = unsupervised([]*checker{c}, nil, nil)
	}
	out.Add(excused(c, own.Problems, out)...)
	out.Sort()
	return out
}

// excused marks those of the problems found between levels that waivers of a plan
// excuse, and lists waivers of such problems that excuse nothing in the plan
// itself and nothing here: the check of the plan alone could not know.
func excused(c *checker, own, found diag.List) (unused diag.List) {
	for i := range c.plan.Waivers {
		w := &c.plan.Waivers[i]
		used := slices.ContainsFunc(own, func(d diag.Diagnostic) bool { return d.Waived == w.At })
		for k := range found {
			used = c.excuse(w, &found[k]) || used
		}
		if !used && c.betweenLevels(w) {
			unused.Add(diag.At(WaiverUnused, w.At, diag.F("code", w.Code.Text), diag.F("object", w.Object.ID)))
		}
	}
	return unused
}

// betweenLevels reports whether a waiver is of a code that is found only when
// levels are held against each other, after the check of the plan alone.
func (c *checker) betweenLevels(w *org.Waiver) bool {
	code := w.Code.Text
	return code == string(Unsupervised) || c.plan.Above.Text != "" && code >= "OB0700" && code < "OB0730"
}
