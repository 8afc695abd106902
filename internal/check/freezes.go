package check

import (
	"slices"
	"sync"

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
		return // of a draft, see Draft.across
	}
	reform, approved := c.plan.Reform(c.rules.Approve), c.plan.Approved()
	for i := range c.rules.Freezes {
		if f := &c.rules.Freezes[i]; f.OfRelease() {
			c.holdRelease(f, approved)
		}
	}
	w := windows{c: c, touched: sync.OnceValue(c.touchedBodies), reform: reform}
	for i, ch := range c.plan.Changes {
		if c.dates[i].Known() && !c.bad[i] {
			for _, g := range c.frozenBy(int32(i), reform, approved) {
				w.hold(&g, ch)
			}
		}
	}
}

// windows are the freezes with their days, worked out when a change may break
// them.
type windows struct {
	c       *checker
	touched func() map[string]part
	reform  map[string]org.Date
	of      map[*org.Freeze]*window
}

// get gives the days of a freeze; nil when it never begins.
func (w *windows) get(f *org.Freeze) *window {
	at, known := w.of[f]
	if !known {
		if it, begins := w.c.window(f, w.touched(), w.reform); begins {
			at = &it
		}
		if w.of == nil {
			w.of = map[*org.Freeze]*window{}
		}
		w.of[f] = at
	}
	return at
}

// A grip is a freeze that a change may break: it is of a kind that the freeze
// forbids and touches what it is about, and nothing lifts it. Whether it does
// depends on the days of the freeze and whom it binds, and so on the whole plan.
type grip struct {
	*org.Freeze
	day    org.Date
	bodies []diag.Name // whom the change is about, of those that there are
}

// frozenBy lists the freezes that a change may break on its day.
func (c *checker) frozenBy(i int32, reform, approved map[string]org.Date) (out []grip) {
	ch, day := c.plan.Changes[i], c.dates[i]
	var bodies []diag.Name
	for k := range c.rules.Freezes {
		f := &c.rules.Freezes[k]
		if f.OfRelease() || !f.Forbids(ch) || c.lifted(f, ch, day, reform, approved) ||
			!c.aboutItems(f, i) || f.Only.Text == "across_levels" && !c.acrossLevels(ch) {
			continue
		}
		if bodies == nil {
			bodies = c.aboutBodies(ch, day)
		}
		out = append(out, grip{f, day, bodies})
	}
	return out
}

// hold tells a change that breaks a freeze.
func (w *windows) hold(g *grip, ch org.Change) {
	at := w.get(g.Freeze)
	if at == nil || g.day < at.from {
		return
	}
	body, until, bound := at.binds(g)
	if !bound {
		return
	}
	d := ch.Declared()
	facts := []diag.Fact{diag.F("rule", at.label()), diag.F("discipline", diag.Word("discipline."+g.Discipline.Text)),
		diag.F("kind", diag.Word("kind."+d.Kind))}
	if body != nil {
		facts = append(facts, diag.F("body", *body))
	}
	facts = append(facts, diag.F("on", g.day), diag.F("from", at.from))
	if until.Known() {
		facts = append(facts, diag.F("lifted", until))
	}
	p := diag.At(Frozen, d.At, append(facts, diag.F("pack", w.c.rules.ID))...)
	if !at.begins.IsZero() {
		p = p.Note(at.begins, "freeze_begins_here")
	}
	w.c.report(p)
}

// label gives what people call the freeze, for a diagnostic's fact.
func (w *window) label() diag.Name {
	return diag.Name{ID: w.ID.ID, ZH: w.Title.Text, EN: w.TitleEN.Text}
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
		if c.dates[i].Known() {
			for _, t := range touches(ch) {
				t.add(out, c.complete(int32(i)))
			}
		}
	}
	return out
}

// A touch is what one change does to a body's duties.
type touch struct {
	body string
	part
}

func touches(ch org.Change) (out []touch) {
	add := func(r org.Ref, p part) {
		if r.Given() {
			out = append(out, touch{r.ID, p})
		}
	}
	for _, g := range org.Givings(ch) {
		if g.From.ID != g.To.ID {
			add(g.From, part{gives: true})
			add(g.To, part{takes: true})
		}
	}
	for _, r := range org.Ended(ch) {
		add(r, part{ends: true})
	}
	return out
}

// add puts a touch to what is known of its body.
func (t *touch) add(to map[string]part, done org.Date) {
	p, seen := to[t.body]
	if !seen || done > p.done {
		p.done = done
	}
	p.ends, p.gives, p.takes = p.ends || t.ends, p.gives || t.gives, p.takes || t.takes
	to[t.body] = p
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

// aboutBodies lists the bodies that a change names, and whose post it names, of
// those that there are. It is never nil.
func (c *checker) aboutBodies(ch org.Change, day org.Date) []diag.Name {
	out := []diag.Name{}
	for _, r := range org.BodiesOf(ch) {
		if at := c.bodyIx.find(r.ID); at >= 0 {
			out = append(out, c.bodyName(at))
		}
	}
	var post org.Ref
	switch ch := ch.(type) {
	case *org.Appoint:
		post = ch.Post
	case *org.Relieve:
		post = ch.Post
	}
	if p := c.staff.postIx.find(post.ID); p >= 0 {
		if at := c.staff.seats.on(p, day); at >= 0 {
			out = append(out, c.bodyName(at))
		}
	}
	return out
}

// binds reports whether a freeze binds anybody whom a change is about on its
// day, whom, and until when. The day on which all is in place is still bound:
// what is done then is part of the handover.
func (w *window) binds(g *grip) (body *diag.Name, until org.Date, bound bool) {
	if w.bodies == nil {
		if g.day > w.until {
			return nil, 0, false
		}
		if len(g.bodies) > 0 {
			return &g.bodies[0], w.until, true
		}
		return nil, w.until, true
	}
	for i := range g.bodies {
		if until, ok := w.bodies[g.bodies[i].ID]; ok && g.day <= until {
			return &g.bodies[i], until, true
		}
	}
	return nil, 0, false
}

// aboutItems reports whether a change touches an item of the kinds that the
// freeze is about.
func (c *checker) aboutItems(f *org.Freeze, change int32) bool {
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
	switch ch := c.plan.Changes[change].(type) {
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
				slices.ContainsFunc(c.staff.items.shifts[i], func(sh shift) bool { return sh.change == change })
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
