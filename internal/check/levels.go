package check

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A tier is what a plan does at one level.
type tier struct {
	level   string
	rank    int
	changes []int32
	begin   org.Date // the first day on which one of them may take effect
	done    org.Date // the day on which the last of them is complete
	final   int32    // the change of that day
	// Of the changes of bodies and duties alone, for with them "basically
	// complete" is said (R9): the first day on which one may take effect, the day
	// on which the last is complete, and the changes of these days; none when the
	// level has only posts, people and items moved.
	from, to    org.Date
	first, last int32
}

// reforms reports whether a change is of a body, a duty or an area, and not of
// what goes with them.
func reforms(ch org.Change) bool {
	switch ch.(type) {
	case *org.SetQuota, *org.MoveQuota, *org.SetPosts, *org.MovePosts, *org.MovePeople, *org.MoveItems,
		*org.Appoint, *org.Relieve, *org.Provide, *org.Withdraw, *org.Restrict:
		return false
	}
	return true
}

// levelOf gives the level of a change: the lowest of the bodies that it names,
// for who moves something between levels has done it when the lower one has it.
// "" when no body of a known level is named.
func (c *checker) levelOf(ch org.Change) string {
	lowest := 0
	for _, r := range org.BodiesOf(ch) {
		if at := c.bodyIx.find(r.ID); at >= 0 {
			lowest = max(lowest, org.LevelRank(c.bodyLevel(at)))
		}
	}
	if lowest == 0 {
		return ""
	}
	return org.Levels[lowest-1]
}

// A standing is how one change stands among the levels of its plan.
type standing struct {
	rank       int8 // of its level; 0 when it has none, or is not carried out
	reforms    bool
	begin, end org.Date // the first day on which it may take effect, and that on which it is complete
}

// lastingRank gives the rank of a change's level, and whether it stays whatever
// else the plan does: every body that the change names is of the board.
func (c *checker) lastingRank(ch org.Change) (rank int, lasting bool) {
	for _, r := range org.BodiesOf(ch) {
		if at := c.x.bodyIx.find(r.ID); at != none {
			rank = max(rank, org.LevelRank(c.x.bodies[at].row.Level))
		} else if r.Given() {
			return 0, false
		}
	}
	return rank, true
}

// standing says how a change stands that is of a level of the rank given.
func (c *checker) standing(i int32, rank int) (s standing) {
	ch := c.plan.Changes[i]
	if c.bad[i] || !c.dates[i].Known() {
		return standing{begin: org.NoDate, end: c.complete(i)}
	}
	s = standing{int8(rank), reforms(ch), c.dates[i], c.complete(i)}
	if on := ch.Declared().On; on.Given() {
		s.begin = on.First()
	}
	return s
}

// tiers lists what the plan does by level, the highest first.
func (c *checker) tiers() []tier {
	return tiersOf(len(c.plan.Changes), func(i int32) standing {
		return c.standing(i, org.LevelRank(c.levelOf(c.plan.Changes[i])))
	})
}

// tiersOf does so for a number of changes of which it is known how they stand.
func tiersOf(n int, standing func(int32) standing) []tier {
	by := make([]tier, len(org.Levels)+1)
	for i := range int32(n) {
		s := standing(i)
		if s.rank == 0 {
			continue
		}
		t := &by[s.rank]
		if t.rank == 0 {
			*t = tier{level: org.Levels[s.rank-1], rank: int(s.rank), begin: org.Forever, done: org.Always, from: org.Forever, to: org.Always, final: none, first: none, last: none}
		}
		t.changes = append(t.changes, i)
		t.begin = min(t.begin, s.begin)
		if s.end > t.done {
			t.done, t.final = s.end, i
		}
		if !s.reforms {
			continue
		}
		if s.begin < t.from {
			t.from, t.first = s.begin, i
		}
		if s.end > t.to {
			t.to, t.last = s.end, i
		}
	}
	return slices.DeleteFunc(by, func(t tier) bool { return t.rank == 0 })
}

// levels holds the plan's own levels against each other, and against what it
// asks of them.
func (c *checker) levels() {
	if c.part() {
		c.variations() // a draft looks at the levels of the whole plan
		return
	}
	for k := range c.plan.Upward {
		c.tieRefs(&c.plan.Upward[k])
	}
	for k := range c.plan.Below {
		d := &c.plan.Below[k]
		c.demandRefs(d)
		if d.Match.Text == "identical" {
			c.report(diag.At(MirrorDemanded, d.Match.At, diag.F("clause", citations(d.By))))
		}
	}
	if c.scope == nil { // of a draft, see Draft.across
		c.holdTiers(c.tiers(), c.eachBody)
	}
	c.variations()
}

// holdTiers holds the levels of a plan against each other, and against what the
// plan asks of them.
func (c *checker) holdTiers(stages []tier, bodies eachBody) {
	for i := 1; i < len(stages); i++ {
		upper, lower := &stages[i-1], &stages[i]
		if c.rules.Relay {
			c.problems.Add(c.relay(c, upper, lower, false, nil)...)
			continue
		}
		for k := range c.plan.Below {
			if d := &c.plan.Below[k]; d.After.Text == upper.level && (d.Level.Text == "" || d.Level.Text == lower.level) {
				c.problems.Add(c.relay(c, upper, lower, false, d)...)
				break
			}
		}
	}
	for k := range c.plan.Below {
		if d := &c.plan.Below[k]; d.Level.Text != "" {
			c.problems.Add(c.meets(d, c, stages, bodies)...)
		}
	}
}

// variations holds the changes that depart from the plan above against what they
// say of that.
func (c *checker) variations() {
	for _, ch := range c.plan.Changes {
		d := ch.Declared()
		if len(d.Variation) == 0 {
			continue
		}
		at := d.Variation[0].Instrument.At
		if c.plan.Above.Text == "" {
			c.report(diag.At(NotAbove, at, diag.F("id", citations(d.Variation)), diag.F("reason", diag.Word("reason.no_plan_above"))))
		} else if d.Reason.Text == "" {
			c.report(diag.At(NoReason, at, diag.F("change", d.ID), diag.F("clause", citations(d.Variation))))
		}
	}
}

// demandRefs holds what a demand names against the plan and its board.
func (c *checker) demandRefs(d *org.Demand) {
	c.cited(d.By)
	for _, r := range d.Counterparts {
		if c.bodyIx.find(r.ID) < 0 && c.dutyIx.find(r.ID) < 0 {
			c.orDuties = true
			c.ref(c.bodyIx, r) // which tells that it is not there
			c.orDuties = false
		}
	}
}

// tieRefs holds what a tie names here against the plan and its board; what it
// names above is looked at with the plan above.
func (c *checker) tieRefs(t *org.Tie) {
	c.cited(t.By)
	c.ref(c.bodyIx, t.Is)
	at, id := cmp.Or(t.Of.At, t.Is.At), cmp.Or(t.Of.ID, t.Is.ID)
	if len(t.Clause) > 0 {
		at, id = t.Clause[0].Instrument.At, citations(t.Clause)
	}
	switch open := len(t.Clause) > 0 && len(t.By) == 0 || len(t.Clause) == 0 && !(t.Of.Given() && t.Is.Given()); {
	case at.IsZero(): // it says nothing at all, or only what is faulty as text
	case c.plan.Above.Text == "":
		c.report(diag.At(NotAbove, at, diag.F("id", id), diag.F("reason", diag.Word("reason.no_plan_above"))))
	case open && t.Reason.Text == "":
		c.report(diag.At(NoReason, at, diag.F("id", id)))
	}
}

// cited tells which of the clauses the plan has not.
func (c *checker) cited(list []org.Citation) {
	for _, by := range list {
		if in := c.plan.Instrument(by.Instrument.ID); in == nil {
			c.unknownInstrument(by.Instrument, ghost) // where no change cites it, which is told before
		} else if by.Clause.Text != "" && !in.HasClause(by.Clause.Text) {
			c.report(diag.At(UnknownClause, by.Clause.At, diag.F("instrument", in.Label()),
				diag.F("clause", by.Clause.Text)).Note(in.At, "instrument_here"))
		}
	}
}

// relay holds two stages against R9: the lower one begins when the upper one is
// complete, and, when no level comes between, not long after. The upper stage may
// be another plan's, up. d is the demand that asks for it; nil when the pack does.
func (c *checker) relay(up *checker, upper, lower *tier, between bool, d *org.Demand) (out []diag.Diagnostic) {
	if upper.last < 0 || lower.first < 0 {
		return nil
	}
	first := c.plan.Changes[lower.first].Declared()
	late := up.plan.Changes[upper.last].Declared()
	at := cmp.Or(first.On.At, first.At)
	facts := []diag.Fact{diag.F("change", first.ID), diag.F("level", levelWord(lower.level)), diag.F("on", lower.from),
		diag.F("upper", levelWord(upper.level)), diag.F("complete", upper.to)}
	if d != nil {
		facts = append(facts, diag.F("clause", citations(d.By)))
	} else {
		facts = append(facts, diag.F("pack", c.rules.ID))
	}
	note := func(p diag.Diagnostic) diag.Diagnostic {
		return p.Note(late.At, "upper_ends", diag.F("change", late.ID), diag.F("on", upper.to))
	}
	idle := int(lower.from - upper.to)
	switch {
	case idle < 0:
		out = append(out, note(diag.At(RelayEarly, at, append(facts, diag.F("days", -idle))...)))
	case c.rules.Relay && !between && idle > c.rules.RelayGap:
		out = append(out, note(diag.At(RelayIdle, at, append(facts, diag.F("days", idle), diag.F("limit", c.rules.RelayGap))...)))
	}
	return out
}

func levelWord(level string) diag.Word { return diag.Word("level." + level) }

// meets holds the plan against one demand of another plan, or its own: by, whose
// clauses it rests on. Counterparts are looked at with both boards; see Against.
func (c *checker) meets(d *org.Demand, by *checker, stages []tier, bodies eachBody) (out []diag.Diagnostic) {
	report := func(code diag.Code, at diag.Span, facts ...diag.Fact) {
		p := diag.At(code, at, append([]diag.Fact{diag.F("clause", citations(d.By))}, facts...)...)
		out = append(out, p.Note(d.At(), "asked_here"))
	}
	if d.Deadline.Given() {
		for k := range stages {
			s := &stages[k]
			if d.Level.Text != "" && d.Level.Text != s.level || s.done <= d.Deadline.Date {
				continue
			}
			var late []string
			for _, i := range s.changes {
				if c.complete(i) > d.Deadline.Date {
					late = append(late, c.plan.Changes[i].Declared().ID)
				}
			}
			report(LevelLate, c.lastWords(s.final), diag.F("level", levelWord(s.level)), diag.F("changes", late),
				diag.F("on", s.done), diag.F("deadline", d.Deadline.Date), diag.F("days", int(s.done-d.Deadline.Date)))
		}
	}
	if d.Bodies.Given() {
		for _, n := range c.countBodies(d, bodies) {
			if n.count > d.Bodies.N {
				report(TooManyBodies, n.at, append(n.facts(d), diag.F("found", n.count), diag.F("limit", d.Bodies.N))...)
			}
		}
	}
	if d.Posts.Given() {
		for _, n := range c.countPosts(d) {
			if n.count > d.Posts.N {
				report(TooManyPosts, n.at, append(n.facts(d), diag.F("found", n.count), diag.F("limit", d.Posts.N))...)
			}
		}
	}
	return out
}

// lastWords gives the words of the day on which a change is complete.
func (c *checker) lastWords(i int32) diag.Span {
	d := c.plan.Changes[i].Declared()
	for _, w := range handovers(c.plan.Changes[i]) {
		if w.Given() && w.Date == c.complete(i) && w.Date > c.dates[i] {
			return w.At
		}
	}
	return cmp.Or(d.On.At, d.At)
}

// A tally is how many bodies or posts an area has when the plan is done, and the
// words that brought the last of them.
type tally struct {
	area  string
	level string
	count int
	at    diag.Span
	label diag.Name
}

func (n *tally) facts(d *org.Demand) []diag.Fact {
	out := []diag.Fact{diag.F("level", levelWord(n.level))}
	if n.area != "" {
		out = append(out, diag.F("area", n.label))
	}
	if d.Class.Text != "" {
		out = append(out, diag.F("kind", d.Class.Text))
	}
	return out
}

// tallies counts by area, in the order in which areas are met.
type tallies struct {
	c    *checker
	list []*tally
	of   map[string]*tally
}

func (t *tallies) add(body *org.Body, n int) *tally {
	code := t.c.areaOn(body.Area, org.Forever)
	key := body.Level + "\x00" + code
	a := t.of[key]
	if a == nil {
		a = &tally{area: code, level: body.Level, label: diag.Name{ID: code}, at: t.c.plan.At}
		if at := t.c.areaIx.find(code); at >= 0 {
			a.label = t.c.areas[at].def.Label()
		}
		t.of[key], t.list = a, append(t.list, a)
	}
	a.count += n
	return a
}

// asked reports whether a demand is about bodies of a level.
func asked(d *org.Demand, level string) bool {
	return org.LevelRank(level) > 0 && (d.Level.Text == "" || d.Level.Text == level)
}

// An eachBody calls see for each body that is there when the plan is done: the
// board's in any order, then those that the plan brings, with their words, in its
// order. It may leave out bodies of the board that a demand is not about.
type eachBody func(d *org.Demand, see func(b *org.Body, brought diag.Span))

// eachBody is an eachBody.
func (c *checker) eachBody(_ *org.Demand, see func(*org.Body, diag.Span)) {
	last := c.lastDay()
	for i := range c.bodies {
		if b := c.bodies[i].on(last); b != nil {
			at := diag.Span{}
			if c.bodies[i].by >= 0 {
				at = c.bodyWords(int32(i))
			}
			see(b, at)
		}
	}
}

// counts reports whether a demand on the number of bodies counts a body.
func counts(d *org.Demand, b *org.Body) bool {
	return asked(d, b.Level) && (d.Class.Text == "" || d.Class.Text == b.Kind)
}

func (c *checker) countBodies(d *org.Demand, bodies eachBody) []*tally {
	t := tallies{c, nil, map[string]*tally{}}
	bodies(d, func(b *org.Body, brought diag.Span) {
		if !counts(d, b) {
			return
		}
		a := t.add(b, 1)
		if !brought.IsZero() {
			a.at = brought
		}
	})
	return t.list
}

func (c *checker) countPosts(d *org.Demand) []*tally {
	t := tallies{c, nil, map[string]*tally{}}
	last, s := c.lastDay(), &c.staff
	for i := range c.bodies {
		b := c.bodies[i].on(last)
		if b == nil || !asked(d, b.Level) {
			continue
		}
		for kind, word := range s.kinds {
			if d.Class.Text != "" && d.Class.Text != word {
				continue
			}
			if l := s.quotaOn(slot(int32(i), int16(kind)), last); l != nil && l.posts > 0 {
				a := t.add(b, l.posts)
				if l.change >= 0 {
					a.at = c.plan.Changes[l.change].Declared().At
				}
			}
		}
	}
	return t.list
}
