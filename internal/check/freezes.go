package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The discipline of a reform (R12, R13, R15 to R21), by the rule pack: what must
// not be done for a time, unless it rests on something that lifts the freeze.

// A window is a freeze with its days for this plan.
type window struct {
	*org.Freeze
	from, until org.Date
	begins      diag.Span           // the words that begin it, when the plan has them
	bodies      map[string]org.Date // whom it binds, and until when; nil: everybody, until the end
}

// holdFreezes holds every change against the freezes in whose days it falls.
func (c *checker) holdFreezes() {
	if c.part() || len(c.rules.Freezes) == 0 || len(c.plan.Changes)+len(c.plan.Instruments) == 0 {
		return // of a draft, no change that comes here may rest on anything frozen: see Draft.mayBeFrozen
	}
	reform, approved := c.plan.Reform(c.rules.Approve), c.plan.Approved()
	var touched map[string]part
	var windows []window
	for i := range c.rules.Freezes {
		f := &c.rules.Freezes[i]
		if len(f.Forbid) == 1 && f.Forbid[0].Text == "publish" {
			c.holdRelease(f, approved)
			continue
		}
		if touched == nil {
			touched = c.touchedBodies()
		}
		if w, ok := c.window(f, touched, reform); ok {
			windows = append(windows, w)
		}
	}
	for i, ch := range c.plan.Changes {
		day := c.dates[i]
		if !day.Known() || c.bad[i] {
			continue
		}
		for k := range windows {
			w := &windows[k]
			if day < w.from || !w.forbids(ch) || c.lifted(w.Freeze, ch, day, reform, approved) {
				continue
			}
			body, until, bound := c.binds(w, ch, day)
			if !bound || !c.aboutItems(w.Freeze, ch, day) || w.Only.Text == "across_levels" && !c.acrossLevels(ch) {
				continue
			}
			d := ch.Declared()
			facts := []diag.Fact{diag.F("rule", w.label()), diag.F("discipline", diag.Word("discipline."+w.Discipline.Text)),
				diag.F("kind", diag.Word("kind."+d.Kind))}
			if body != "" {
				facts = append(facts, diag.F("body", c.bodyName(c.bodyIx.find(body))))
			}
			facts = append(facts, diag.F("on", day), diag.F("from", w.from))
			if until.Known() {
				facts = append(facts, diag.F("lifted", until))
			}
			problem := diag.At(Frozen, d.At, append(facts, diag.F("pack", c.rules.ID))...)
			if !w.begins.IsZero() {
				problem = problem.Note(w.begins, "freeze_begins_here")
			}
			c.report(problem)
		}
	}
}

// label gives what people call the freeze, for a diagnostic's fact.
func (w *window) label() diag.Name {
	return diag.Name{ID: w.ID.ID, ZH: w.Title.Text, EN: w.TitleEN.Text}
}

func (w *window) forbids(ch org.Change) bool {
	kind := ch.Declared().Kind
	return slices.ContainsFunc(w.Forbid, func(t org.Text) bool { return t.Text == kind })
}

// A part is what the plan does to a body's duties, and when that is done with.
type part struct {
	ends, gives, takes bool
	done               org.Date
}

// touchedBodies lists the bodies that end, give or receive duties by the plan.
func (c *checker) touchedBodies() map[string]part {
	out := map[string]part{}
	for i, ch := range c.plan.Changes {
		if !c.dates[i].Known() {
			continue
		}
		done := c.complete(int32(i))
		note := func(r org.Ref, set func(*part)) {
			if r.Given() {
				p, seen := out[r.ID]
				if !seen {
					p.done = done
				}
				set(&p)
				p.done = max(p.done, done)
				out[r.ID] = p
			}
		}
		for _, g := range org.Givings(ch) {
			if g.From.ID != g.To.ID {
				note(g.From, func(p *part) { p.gives = true })
				note(g.To, func(p *part) { p.takes = true })
			}
		}
		for _, r := range org.Ended(ch) {
			note(r, func(p *part) { p.ends = true })
		}
	}
	return out
}

// window gives the days of a freeze and whom it binds; none when it never
// begins: a reform that is not approved is told by that.
func (c *checker) window(f *org.Freeze, touched map[string]part, reform map[string]org.Date) (window, bool) {
	w := window{Freeze: f, from: org.NoDate, until: org.Forever}
	switch f.From.Text {
	case "", "approval":
		for _, day := range reform {
			if w.from == org.NoDate || day < w.from {
				w.from = day
			}
		}
		for i := range c.plan.Approvals {
			if a := &c.plan.Approvals[i]; a.On.Given() && a.On.Date == w.from {
				w.begins = a.On.At
				break
			}
		}
	case "start":
		w.from, w.begins = c.start, c.plan.Start.At
	default:
		w.from, _ = org.ParseDate(f.From.Text)
	}
	if !w.from.Known() {
		return w, false
	}
	perBody := false
	switch f.Until.Text {
	case "", "in_place":
		perBody = true
		w.until = w.from
		for _, p := range touched {
			w.until = max(w.until, p.done)
		}
	case "deadline":
		if c.plan.Deadline.Given() {
			w.until = c.plan.Deadline.Date + 1
		}
	default:
		w.until, _ = org.ParseDate(f.Until.Text)
	}
	is := func(word string) bool {
		return slices.ContainsFunc(f.Bodies, func(t org.Text) bool { return t.Text == word })
	}
	if len(f.Bodies) == 0 || is("all") {
		return w, true
	}
	w.bodies = map[string]org.Date{}
	for id, p := range touched {
		if p.ends && is("ending") || p.gives && is("giving") || p.takes && is("receiving") {
			if w.bodies[id] = w.until; perBody {
				w.bodies[id] = p.done
			}
		}
	}
	return w, true
}

// binds reports whether a freeze binds anybody whom a change is about on its
// day, whom, and until when. The day on which all is in place is still bound:
// what is done then is part of the handover.
func (c *checker) binds(w *window, ch org.Change, day org.Date) (body string, until org.Date, bound bool) {
	bodies := org.BodiesOf(ch)
	var post org.Ref
	switch ch := ch.(type) {
	case *org.Appoint:
		post = ch.Post
	case *org.Relieve:
		post = ch.Post
	}
	if p := c.staff.postIx.find(post.ID); p >= 0 {
		if at := c.staff.seats.on(p, day); at >= 0 {
			bodies = append(bodies, org.Ref{ID: c.bodies[at].id})
		}
	}
	if w.bodies == nil {
		if day > w.until {
			return "", 0, false
		}
		for _, r := range bodies {
			if c.bodyIx.find(r.ID) >= 0 {
				return r.ID, w.until, true
			}
		}
		return "", w.until, true
	}
	for _, r := range bodies {
		if until, ok := w.bodies[r.ID]; ok && day <= until && c.bodyIx.find(r.ID) >= 0 {
			return r.ID, until, true
		}
	}
	return "", 0, false
}

// aboutItems reports whether a change touches an item of the kinds that the
// freeze is about.
func (c *checker) aboutItems(f *org.Freeze, ch org.Change, day org.Date) bool {
	if len(f.Items) == 0 {
		return true
	}
	kinds := org.KindsOr(f.Items)
	any := func(refs []org.Ref) bool {
		return slices.ContainsFunc(refs, func(r org.Ref) bool {
			i := c.staff.itemIx.find(r.ID)
			return i >= 0 && slices.Contains(kinds, c.item(i).Kind)
		})
	}
	switch ch := ch.(type) {
	case *org.Provide:
		return slices.Contains(kinds, ch.Class.Text)
	case *org.Withdraw:
		return any(ch.Items)
	case *org.Restrict:
		return any(ch.Items)
	case *org.MoveItems:
		if !ch.Items.All {
			return any(ch.Items.Refs)
		}
		to := c.bodyIx.find(ch.To.ID)
		return to >= 0 && slices.ContainsFunc(c.staff.items.gained[to], func(i int32) bool {
			return slices.Contains(kinds, c.item(i).Kind) &&
				slices.ContainsFunc(c.staff.items.shifts[i], func(sh shift) bool { return sh.change == int32(ch.Position) })
		})
	}
	return true
}

// acrossLevels reports whether a change takes from a body of one level and gives
// to one of another.
func (c *checker) acrossLevels(ch org.Change) bool {
	var levels []string
	for _, r := range org.BodiesOf(ch) {
		i := c.bodyIx.find(r.ID)
		if i < 0 {
			continue
		}
		level := ""
		if b := &c.bodies[i]; len(b.versions) > 0 {
			level = b.versions[0].Level
		} else if b.row != nil {
			level = b.row.Level
		}
		if level != "" && !slices.Contains(levels, level) {
			levels = append(levels, level)
		}
	}
	return len(levels) > 1
}

// lifted reports whether a change rests on what lifts the freeze.
func (c *checker) lifted(f *org.Freeze, ch org.Change, day org.Date, reform, approved map[string]org.Date) bool {
	kinds := c.rules.Approve
	if len(kinds) == 0 {
		kinds = []string{"plan"}
	}
	if len(ch.Declared().By) == 0 {
		return true // that it rests on nothing is told
	}
	for _, by := range ch.Declared().By {
		in := c.plan.Instrument(by.Instrument.ID)
		if in == nil {
			return true // so is that nobody knows what it rests on
		}
		if on, ok := approved[in.ID]; slices.Contains(c.rules.Approve, in.Kind) && (!ok || on > day) {
			return true // and that it comes before its approval
		}
		since, of := reform[in.ID]
		on, ok := approved[in.ID]
		ok = ok && on <= day
		if f.Lifted("reform") && of && since <= day || f.Lifted("approved") && ok ||
			f.Lifted("approved_apart") && ok && !slices.Contains(kinds, in.Kind) || in.Kind != "" && f.Lifted(in.Kind) {
			return true
		}
	}
	return false
}

// holdRelease tells the instruments that everybody may read too soon (R21).
func (c *checker) holdRelease(f *org.Freeze, approved map[string]org.Date) {
	kinds := org.KindsOr(f.Instruments)
	for i := range c.plan.Instruments {
		in := &c.plan.Instruments[i]
		if !in.PublicFrom.Given() || len(kinds) > 0 && !slices.Contains(kinds, in.Kind) {
			continue
		}
		until, known := org.NoDate, false
		switch f.Until.Text {
		case "approval":
			until, known = approved[in.ID]
		case "", "effective":
			until = in.InForceFrom()
			known = until != org.NoDate
		default:
			until, _ = org.ParseDate(f.Until.Text)
			known = until.Known()
		}
		if known && in.PublicFrom.Date >= until || !known && f.Until.Text != "approval" {
			continue
		}
		w := window{Freeze: f}
		facts := []diag.Fact{diag.F("rule", w.label()), diag.F("discipline", diag.Word("discipline."+f.Discipline.Text)),
			diag.F("instrument", in.Label()), diag.F("on", in.PublicFrom.Date)}
		if known {
			facts = append(facts, diag.F("lifted", until))
		}
		c.report(diag.At(PublicTooSoon, in.PublicFrom.At, append(facts, diag.F("pack", c.rules.ID))...))
	}
}
