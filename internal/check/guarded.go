package check

import (
	"cmp"
	"maps"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// Protected duties, on which safety, emergency help or livelihood depends, have
// stricter cover than others: nothing of them is handed over in a protected
// window, in any order of events that the plan allows, and while one changes
// hands a number of people is named for it.

// guarded checks the protected duties that the plan moves. O(duties), and for
// those that are moved, what moves them.
func (c *checker) guarded() {
	windows := slices.Concat(c.rules.Windows, c.plan.Windows)
	named := map[int32]bool{} // duties that a window or a contact names
	for _, list := range [][]org.Ref{refsOfWindows(c.plan.Windows), refsOfContacts(c.plan.Contacts)} {
		for _, r := range list {
			d := c.dutyIx.find(r.ID)
			if !c.part() {
				d = c.ref(c.dutyIx, r)
			}
			if d >= 0 {
				named[d] = true
			}
		}
	}
	var moved []int32
	for _, i := range c.touchedInOrder() {
		d := &c.duties[i]
		if !d.silent && (d.def.Protected || named[i]) && slices.ContainsFunc(d.segs, func(s segment) bool { return s.began >= 0 && !s.Empty() }) {
			moved = append(moved, i)
		}
	}
	if len(moved) == 0 {
		return
	}
	if len(windows) > 0 {
		if c.handed = c.handedBy(moved); !c.part() { // of a draft, see Draft.across
			c.closedDays(windows)
		}
	}
	if c.rules.Contacts > 0 {
		c.contacts(moved)
	}
}

func refsOfWindows(windows []org.Closed) (out []org.Ref) {
	for _, w := range windows {
		out = append(out, w.Duties...)
	}
	return out
}

func refsOfContacts(contacts []org.Contact) (out []org.Ref) {
	for _, k := range contacts {
		out = append(out, k.Duties.Refs...)
	}
	return out
}

// guards reports whether a window guards a duty. A pack knows no duty of a
// board by its id, so the duties that its windows name need not be there.
func guards(w *org.Closed, d *org.Duty) bool {
	if len(w.Duties) == 0 {
		return d.Protected
	}
	return slices.ContainsFunc(w.Duties, func(r org.Ref) bool { return r.ID == d.ID })
}

// handedBy lists the duties that each change moves, of some.
func (c *checker) handedBy(moved []int32) map[int32][]*org.Duty {
	by := map[int32][]*org.Duty{}
	for _, d := range moved {
		def := c.duties[d].def
		for i := range c.duties[d].segs {
			if s := &c.duties[d].segs[i]; s.began >= 0 && !s.Empty() && !slices.Contains(by[s.began], def) {
				by[s.began] = append(by[s.began], def)
			}
		}
	}
	return by
}

// closedDays finds handovers of protected duties that can come on a day of a
// protected window. One event of one change in one window is one problem. Of the
// changes it asks for their days and whether they are carried out, and which
// duties they hand over; of others, only those matter that wait or are waited for.
func (c *checker) closedDays(windows []org.Closed) {
	by := c.handed
	var days org.Timetable
	circle := slices.ContainsFunc(c.problems, func(d diag.Diagnostic) bool { return d.Code == WaitingCycle })
	if !circle {
		days = c.plan.Timetable(c.start)
	}
	for _, i := range slices.Sorted(maps.Keys(by)) {
		ch := c.plan.Changes[i]
		if _, area := ch.(*org.ChangeArea); area || c.bad[i] {
			continue // the duty stays with the people who have it
		}
		d := ch.Declared()
		law := d.ID + ".law"
		at := map[string]diag.Span{law: cmp.Or(d.On.At, d.At)}
		said := map[string]org.Window{law: {Earliest: c.dates[i], Latest: c.dates[i]}}
		for key, w := range org.Handovers(ch) {
			at[org.InPlace(d.ID, key)] = w.At
			said[org.InPlace(d.ID, key)] = org.Window{Earliest: w.First(), Latest: w.Date}
		}
		for _, event := range slices.Sorted(maps.Keys(at)) {
			when := days.Windows[event]
			if circle { // no order can be made out: the days that are said stand
				when = said[event]
			}
			if when.Latest == org.Forever {
				when.Latest = max(when.Earliest, c.dates[i])
			}
			for k := range windows {
				w := &windows[k]
				var duties []diag.Name
				for _, duty := range by[i] {
					if w.Meets(when.Earliest, when.Latest) && guards(w, duty) {
						duties = append(duties, duty.Label())
					}
				}
				if len(duties) > 0 {
					c.report(c.closedDay(at[event], d.ID, duties, w, when))
				}
			}
		}
	}
}

func (c *checker) closedDay(at diag.Span, change string, duties []diag.Name, w *org.Closed, when org.Window) diag.Diagnostic {
	p := diag.At(ClosedDays, at, diag.F("change", change), diag.F("duties", duties))
	if when.Earliest == when.Latest {
		p.Facts = append(p.Facts, diag.F("on", when.Latest))
	} else {
		p.Facts = append(p.Facts, diag.F("earliest", when.Earliest), diag.F("latest", when.Latest))
	}
	p.Facts = append(p.Facts, diag.F("window", w.Label()), diag.F("period", w.Days.String()))
	if !w.Days.At.IsZero() && w.Days.At.Source == c.plan.Source {
		p = p.Note(w.Days.At, "window_here")
	}
	return p
}

// A term is a person's time in office at a body, or at any, which counts for
// who is named.
type term struct {
	org.Interval
	person string
	leads  bool
}

// anyBody is where the people whom the plan names are in office, whatever body
// it is.
const anyBody = ghost

// contacts finds protected duties whose performer has fewer people named for
// them than the rules want, from when the plan moves them on: those who lead
// the body, and those whom the plan names and who are in office anywhere. While
// the former body performs, those who lead the receiver count too: who did the
// work has mostly moved there. A board that keeps no appointments is not asked.
func (c *checker) contacts(moved []int32) {
	s := &c.staff
	if len(s.posts) == 0 || !s.anybody {
		return
	}
	type turn struct {
		duty int32
		seg  *segment
		heir int32 // to whom the duty is on its way, while the former body performs
	}
	turns := map[int32][]turn{} // by body
	asked := map[int32]bool{}
	for _, d := range moved {
		if !c.duties[d].def.Protected {
			continue
		}
		for i := range c.duties[d].segs {
			g := &c.duties[d].segs[i]
			if g.key == org.Performer && g.mode != org.Assist && g.body >= 0 && !g.Empty() && (g.began >= 0 || g.transitional) {
				t := turn{d, g, g.body}
				if g.transitional {
					t.heir = c.heirOf(g, d)
				}
				turns[g.body] = append(turns[g.body], t)
				asked[t.heir], asked[g.body] = true, true
			}
		}
	}
	terms := map[int32][]term{anyBody: c.calledTerms(s)}
	for body := range asked {
		s.leading(body, org.Deputy, func(in org.Interval, person string) { terms[body] = append(terms[body], term{in, person, true}) })
	}
	for _, body := range slices.Sorted(maps.Keys(turns)) {
		if c.noHead[body] || c.bodies[body].silent { // which is told
			continue
		}
		// one body, one diagnostic: who is not there is not there for any of them
		var duties []diag.Name
		gap, found, change := org.Interval{From: org.Forever}, 0, none
		for _, t := range turns[body] {
			in := t.seg.And(org.Interval{From: c.start, To: org.Forever})
			who := append(make([][]term, 0, 3), terms[body], terms[anyBody])
			if t.heir != body {
				who = append(who, terms[t.heir])
			}
			g, n, lacks := c.fewContacts(who, c.namedFor(t.duty), in)
			if !lacks {
				continue
			}
			if name := c.dutyName(t.duty); !slices.Contains(duties, name) {
				duties = append(duties, name)
			}
			if g.From < gap.From {
				if gap, found, change = g, n, t.seg.began; t.seg.transitional {
					change = t.seg.ended
				}
			}
		}
		if len(duties) > 0 {
			at := c.bodyWords(body)
			if change >= 0 {
				at = c.plan.Changes[change].Declared().At
			}
			c.report(diag.At(FewContacts, at, append([]diag.Fact{diag.F("body", c.bodyName(body)), diag.F("duties", duties),
				diag.F("found", found), diag.F("least", c.rules.Contacts)}, c.days(gap)...)...))
		}
	}
}

// heirOf gives the body that holds a duty in law while a former one performs it;
// that one itself when nobody does.
func (c *checker) heirOf(s *segment, d int32) int32 {
	for i := range c.duties[d].segs {
		if o := &c.duties[d].segs[i]; o.key == org.Holder && o.mode != org.Assist && o.body >= 0 && o.Holds(s.From) {
			return o.body
		}
	}
	return s.body
}

// namedFor lists the people whom the plan names for a duty.
func (c *checker) namedFor(duty int32) (out []string) {
	for _, k := range c.plan.Contacts {
		if k.Duties.All || slices.ContainsFunc(k.Duties.Refs, func(r org.Ref) bool { return r.ID == c.duties[duty].def.ID }) {
			for _, r := range k.People {
				out = append(out, r.ID)
			}
		}
	}
	return out
}

// calledTerms lists when those whom the plan names are in office, and tells who
// never is.
func (c *checker) calledTerms(s *staff) (out []term) {
	for _, k := range c.plan.Contacts {
		for _, r := range k.People {
			seats := c.seatsOf(s, r.ID)
			if key := "people\x00" + r.ID; len(seats) == 0 && !c.unknown[key] {
				c.unknown[key] = true
				c.once(key, none)
				c.report(diag.At(UnknownID, r.At, diag.F("id", r.ID), diag.F("what", diag.Word("what.appointments"))))
			}
			for _, p := range seats {
				out = append(out, term{s.in(p.post)[p.seat].Interval, r.ID, false})
			}
		}
	}
	return out
}

// fewContacts finds the first stretch of days with too few people, and how many
// there are: of those who lead, and of the named among the others.
func (c *checker) fewContacts(terms [][]term, named []string, in org.Interval) (gap org.Interval, found int, ok bool) {
	days := append(make([]org.Date, 0, 32), in.From, in.To)
	for _, list := range terms {
		for i := range list {
			t := &list[i]
			if t.From > in.From && t.From < in.To {
				days = append(days, t.From)
			}
			if t.To > in.From && t.To < in.To {
				days = append(days, t.To)
			}
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	people := make([]string, 0, 16)
	for i := 0; i+1 < len(days); i++ {
		day := days[i]
		people = people[:0]
		for _, list := range terms {
			for k := range list {
				if t := &list[k]; t.Holds(day) && (t.leads || slices.Contains(named, t.person)) && !slices.Contains(people, t.person) {
					people = append(people, t.person)
				}
			}
		}
		n := len(people)
		switch {
		case n < c.rules.Contacts && !ok:
			gap, found, ok = org.Interval{From: day, To: days[i+1]}, n, true
		case n == found && ok && n < c.rules.Contacts:
			gap.To = days[i+1]
		case ok:
			return gap, found, ok
		}
	}
	return gap, found, ok
}
