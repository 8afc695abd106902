package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// What becomes of the bylaws (地方性规范文件) of an area when others take its place
// (R8), by the rule pack: in each new area they stay in force for some years, and
// what was neither confirmed there nor replaced or repealed by then lapses.

var (
	// BylawsLapse: bylaws of an old area lapse in a new one, because nobody
	// confirms, replaces or repeals them in time.
	BylawsLapse = diag.Define("OB0330", diag.Warning)
	// ConfirmedLate: an instrument confirms a bylaw on or after the day on which
	// it lapsed.
	ConfirmedLate = diag.Define("OB0331", diag.Error)
)

// A sunset is a new area on whose first day the clock of old bylaws starts.
type sunset struct {
	change, area int32
}

// A lapsing is what becomes of bylaws in a new area.
type lapsing struct {
	on, lapses org.Date
	bylaws     []int32
}

// A lateWord is where an instrument confirms what has lapsed.
type lateWord struct {
	by     *org.Instrument
	bylaw  int32
	at     diag.Span
	from   org.Date
	lapsed org.Date // in the area where that is first
	areas  []int32
}

// lapses is one search for the bylaws that lapse.
type lapses struct {
	c    *checker
	of   map[sunset]*lapsing
	late []*lateWord
}

// bylaws tells, for each new area, what lapses there and when, and what is
// confirmed too late. A bylaw is an item of the kinds that the pack names, and is
// in force where who has it before the plan (or gets it by the plan) sits. O(bylaws
// × changes of areas × instruments).
func (c *checker) bylaws() {
	if !c.part() {
		for i := range c.plan.Instruments {
			in := &c.plan.Instruments[i]
			for _, r := range in.Confirms {
				c.ref(c.staff.itemIx, r)
			}
			if !c.freeAreas {
				c.ref(c.areaIx, in.ConfirmsIn)
			}
		}
	}
	if !c.rules.Bylaws.Asked() || len(c.areaShifts) == 0 {
		return
	}
	l := &lapses{c: c, of: map[sunset]*lapsing{}}
	for _, i := range c.ofKinds(org.KindsOr(c.rules.Bylaws.Kinds, "bylaw")) {
		since, body := org.Always, c.staff.items.base[i]
		if body < 0 {
			since = c.staff.items.from(i)
			body = c.staff.items.on(i, since)
		}
		if body < 0 || c.staff.items.loose[i] {
			continue
		}
		code := c.bodyArea(body)
		if now := c.bodies[body].on(since); since.Known() && now != nil {
			code = c.areaOn(now.Area, since)
		}
		if area := c.areaIx.find(code); area >= 0 {
			l.follow(i, area, since)
		}
	}
	l.tell()
}

// follow looks at what becomes of a bylaw that is in force in an area from a day on.
func (l *lapses) follow(i, area int32, since org.Date) {
	c := l.c
	for _, s := range c.areaShifts {
		if s.day <= since || !slices.Contains(s.from, area) || slices.Contains(s.into, area) {
			continue // an area that keeps its code keeps its bylaws
		}
		if len(s.into) == 1 && len(s.from) == 1 && c.areas[s.into[0]].life.From == s.day {
			area = s.into[0] // the same area under another code or name
			continue
		}
		// of a window the first day: no confirmation may be in doubt
		day := s.day
		if on := c.plan.Changes[s.change].Declared().On; on.Window() {
			day = on.First()
		}
		end := day.AddYears(c.rules.Bylaws.Years.N)
		if c.staff.items.to(i) <= end || l.superseded(i, since, end) {
			return
		}
		for _, n := range s.into {
			by, at, from := l.confirmed(i, n, s.day)
			switch {
			case by == nil:
				key := sunset{s.change, n}
				if l.of[key] == nil {
					l.of[key] = &lapsing{on: day, lapses: end}
				}
				l.of[key].bylaws = append(l.of[key].bylaws, i)
			case from >= end:
				k := slices.IndexFunc(l.late, func(w *lateWord) bool { return w.at == at })
				if k < 0 {
					k, l.late = len(l.late), append(l.late, &lateWord{by: by, bylaw: i, at: at, from: from, lapsed: end})
				}
				w := l.late[k]
				w.lapsed, w.areas = min(w.lapsed, end), append(w.areas, n)
			default: // it is the new area's own from then on
				for _, now := range l.became(n, s.day, from) {
					l.follow(i, now, from)
				}
			}
		}
		return
	}
}

// became gives what an area has become by a day, through the changes of areas after
// another day.
func (l *lapses) became(area int32, after, by org.Date) []int32 {
	out := []int32{area}
	for _, s := range l.c.areaShifts {
		if s.day <= after || s.day > by {
			continue
		}
		for k := len(out) - 1; k >= 0; k-- {
			if slices.Contains(s.from, out[k]) && !slices.Contains(s.into, out[k]) {
				out = slices.Concat(out[:k], s.into, out[k+1:])
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// superseded reports whether an instrument of the plan takes a bylaw's place, so
// that no day is without.
func (l *lapses) superseded(i int32, since, end org.Date) bool {
	id := l.c.item(i).ID
	return slices.ContainsFunc(l.c.plan.Instruments, func(in org.Instrument) bool {
		from := in.Effective.Or(in.Made.Or(org.Always))
		return from >= since && from <= end && slices.ContainsFunc(in.Supersedes, func(r org.Ref) bool { return r.ID == id })
	})
}

// confirmed gives the first instrument that confirms a bylaw in an area from the day
// on which the area has it, where it says so, and from when; nil when none does. What
// is in force before that day is of the old area, and confirms nothing in the new.
func (l *lapses) confirmed(i, area int32, since org.Date) (by *org.Instrument, at diag.Span, from org.Date) {
	id := l.c.item(i).ID
	for k := range l.c.plan.Instruments {
		in := &l.c.plan.Instruments[k]
		day := in.Effective.Or(in.Made.Or(org.Always))
		if day < since || by != nil && day >= from {
			continue
		}
		// who confirms in one part of what the area has become leaves the others open
		if in.ConfirmsIn.Given() && slices.ContainsFunc(l.became(area, since, day), func(now int32) bool { return l.c.areas[now].def.Code != in.ConfirmsIn.ID }) {
			continue
		}
		if r := slices.IndexFunc(in.Confirms, func(r org.Ref) bool { return r.ID == id }); r >= 0 {
			by, at, from = in, in.Confirms[r].At, day
		}
	}
	return by, at, from
}

func (l *lapses) tell() {
	c := l.c
	name := func(i int32) diag.Name { return diag.Name{ID: c.item(i).ID, ZH: c.item(i).Name} }
	for _, s := range c.areaShifts {
		for _, n := range c.plan.Changes[s.change].(*org.ChangeArea).Into {
			at := c.areaIx.find(n.Code.ID)
			w := l.of[sunset{s.change, at}]
			if w == nil {
				continue
			}
			var bylaws []diag.Name
			for _, i := range w.bylaws {
				bylaws = append(bylaws, name(i))
			}
			c.report(diag.At(BylawsLapse, n.Code.At, diag.F("area", c.areas[at].def.Label()), diag.F("bylaws", bylaws),
				diag.F("on", w.on), diag.F("lapses", w.lapses), diag.F("pack", c.rules.ID)))
		}
	}
	for _, w := range l.late {
		var areas []diag.Name
		for _, n := range w.areas {
			areas = append(areas, c.areas[n].def.Label())
		}
		c.report(diag.At(ConfirmedLate, w.at, diag.F("instrument", w.by.Label()), diag.F("bylaw", name(w.bylaw)), diag.F("areas", areas),
			diag.F("effective", w.from), diag.F("lapses", w.lapsed), diag.F("pack", c.rules.ID)))
	}
}
