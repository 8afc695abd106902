package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// papers holds each change against the instruments that it cites: there must be
// a clause, the clause must exist, the instrument must be approved where the
// pack wants that (R10: no implementation before approval) and in effect.
func (c *checker) papers() {
	approved := map[string]org.Date{} // the first approval of each instrument
	for _, a := range c.plan.Approvals {
		if a.Instrument.Given() && c.plan.Instrument(a.Instrument.ID) == nil {
			if !c.part() {
				c.unknownInstrument(a.Instrument, none)
			}
			continue
		}
		on := a.On.Or(org.Always)
		if was, ok := approved[a.Instrument.ID]; !ok || on < was {
			approved[a.Instrument.ID] = on
		}
	}
	for i := range c.plan.Instruments {
		if c.part() {
			break
		}
		in := &c.plan.Instruments[i]
		c.ref(c.bodyIx, in.Body) // a determination is of a body that there is
		c.retroactive(in)
	}
	unapproved := map[string]bool{} // told already
	replaced := c.replaced()
	for i, ch := range c.plan.Changes {
		d := ch.Declared()
		if len(d.By) == 0 {
			c.report(diag.At(NoClause, d.At, diag.F("change", d.ID), diag.F("kind", diag.Word("kind."+d.Kind))))
			continue
		}
		for _, by := range d.By {
			in := c.plan.Instrument(by.Instrument.ID)
			if in == nil {
				c.unknownInstrument(by.Instrument, int32(i))
				continue
			}
			switch {
			case by.Clause.Text == "":
				c.report(diag.At(NoClause, by.Instrument.At, diag.F("change", d.ID),
					diag.F("kind", diag.Word("kind."+d.Kind)), diag.F("instrument", in.Label())))
			case !in.HasClause(by.Clause.Text):
				c.report(diag.At(UnknownClause, by.Clause.At, diag.F("instrument", in.Label()),
					diag.F("clause", by.Clause.Text)).Note(in.At, "instrument_here"))
			}
			if r, ok := replaced[in.ID]; ok && c.dates[i].Known() && r.from <= c.dates[i] && !r.told {
				r.told = true // one instrument, one diagnostic
				c.once("superseded\x00"+in.ID, int32(i))
				c.report(diag.At(Superseded, by.Instrument.At, diag.F("change", d.ID), diag.F("instrument", in.Label()),
					diag.F("on", c.dates[i]), diag.F("superseded_by", r.by.Label()), diag.F("from", r.from)).
					Note(r.at, "superseded_here"))
			}
			c.inEffect(int32(i), d, by, in, approved, unapproved)
		}
	}
}

// retroactive holds an instrument that takes effect before it was made against
// what the pack says of that (R4).
func (c *checker) retroactive(in *org.Instrument) {
	if !in.Made.Given() || !in.Effective.Given() || in.Effective.Date >= in.Made.Date {
		return
	}
	before, most := int(in.Made.Date-in.Effective.Date), c.rules.RetroactiveDays
	if !c.rules.NotRetroactive && (most == 0 || before <= most) {
		return
	}
	facts := []diag.Fact{diag.F("instrument", in.Label()), diag.F("effective", in.Effective.Date), diag.F("made", in.Made.Date), diag.F("days", before)}
	if !c.rules.NotRetroactive {
		facts = append(facts, diag.F("most", most))
	}
	c.report(diag.At(Retroactive, in.Effective.At, append(facts, diag.F("pack", c.rules.ID))...).Note(in.Made.At, "made_here"))
}

// A replacement is what supersedes an instrument, and from when.
type replacement struct {
	by   *org.Instrument
	from org.Date
	at   diag.Span
	told bool
}

// replaced gives what supersedes each instrument first. What is superseded need
// not be listed in the plan: it may be some older paper.
func (c *checker) replaced() map[string]*replacement {
	out := map[string]*replacement{}
	for i := range c.plan.Instruments {
		in := &c.plan.Instruments[i]
		from := in.Effective.Or(in.Made.Or(org.Always))
		for _, r := range in.Supersedes {
			if was := out[r.ID]; r.ID != in.ID && (was == nil || from < was.from) {
				out[r.ID] = &replacement{by: in, from: from, at: r.At}
			}
		}
	}
	return out
}

func (c *checker) inEffect(i int32, d *org.Common, by org.Citation, in *org.Instrument, approved map[string]org.Date, unapproved map[string]bool) {
	day := c.dates[i]
	if d.On.Window() {
		day = d.On.First() // no day of it may be too early
	}
	at := d.On.At
	if at.IsZero() {
		at = d.At
	}
	if slices.Contains(c.rules.Approve, in.Kind) {
		on, ok := approved[in.ID]
		switch {
		case !ok:
			// one instrument, one diagnostic, however many changes rest on it
			if !unapproved[in.ID] {
				unapproved[in.ID] = true
				c.once("unapproved\x00"+in.ID, i)
				c.report(diag.At(NotApproved, in.At, diag.F("instrument", in.Label()), diag.F("change", d.ID),
					diag.F("clause", by.Clause.Text), diag.F("pack", c.rules.ID)).Note(d.At, "first_change"))
			}
			return
		case day.Known() && on > day:
			c.report(diag.At(NotApproved, at, diag.F("instrument", in.Label()), diag.F("change", d.ID),
				diag.F("clause", by.Clause.Text), diag.F("on", day), diag.F("approved", on),
				diag.F("pack", c.rules.ID)).Note(in.At, "instrument_here"))
			return
		}
	}
	if in.Effective.Given() && day.Known() && day < in.Effective.Date {
		c.report(diag.At(NotEffective, at, diag.F("instrument", in.Label()), diag.F("clause", by.Clause.Text),
			diag.F("on", day), diag.F("effective", in.Effective.Date)).
			Note(in.Effective.At, "effective_here"))
	}
}

func (c *checker) unknownInstrument(r org.Ref, change int32) {
	key := "instruments\x00" + r.ID
	if c.unknown[key] || !r.Given() {
		return
	}
	c.unknown[key] = true
	d := diag.At(UnknownID, r.At, diag.F("id", r.ID), diag.F("what", diag.Word("what.instrument")))
	best, least := "", max(1, len([]rune(r.ID))/3)+1
	for _, in := range c.plan.Instruments {
		if in.Title == r.ID {
			best = in.ID
			break
		}
		if n := distance(in.ID, r.ID, least); n < least {
			best, least = in.ID, n
		}
	}
	if best != "" {
		d.Facts = append(d.Facts, diag.F("known", best))
	}
	c.once(key, change)
	c.report(d)
}

// deadlines holds every day of the plan against its deadline.
func (c *checker) deadlines() {
	p := c.plan
	if p.Start.Given() && p.Deadline.Given() && p.Deadline.Date < p.Start.Date {
		if c.part() {
			return
		}
		c.report(diag.At(DeadlineBeforeStart, p.Deadline.At, diag.F("deadline", p.Deadline.Date), diag.F("from", p.Start.Date)).
			Note(p.Start.At, "start_here"))
		return
	}
	for i, ch := range p.Changes {
		d := ch.Declared()
		day := c.dates[i]
		for _, w := range handovers(ch) {
			if w.Given() && day.Known() && w.Date < day {
				c.report(diag.At(InPlaceBeforeLaw, w.At, diag.F("change", d.ID), diag.F("in_place", w.Date), diag.F("on", day)))
			}
		}
		if !p.Deadline.Given() {
			continue
		}
		late := func(at diag.Span, day org.Date) {
			c.report(diag.At(AfterDeadline, at, diag.F("change", d.ID), diag.F("on", day),
				diag.F("deadline", p.Deadline.Date), diag.F("days", int(day-p.Deadline.Date))).
				Note(p.Deadline.At, "deadline_here"))
		}
		if day.Known() && day > p.Deadline.Date {
			at := d.On.At
			if at.IsZero() {
				at = d.At
			}
			late(at, day)
			continue
		}
		for _, w := range handovers(ch) {
			if w.Given() && w.Date > p.Deadline.Date {
				late(w.At, w.Date)
				break
			}
		}
	}
}
