package check

import (
	"cmp"
	"maps"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A Bond is how a plan stands to the plan of a level above it. It is made from
// finished checks and changes none of them.
type Bond struct {
	Upper, Lower *Timeline
	// Higher is how the same plan stands to the next plan further up; nil when
	// that is not known, or when there is none.
	Higher *Bond
	// Clauses are the clauses of the plan above, in its order, each with what
	// carries it out below.
	Clauses []Answer
	// Counterparts are the bodies and duties that the plan above names.
	Counterparts []Counterpart
	// Stages are the levels of both plans, the highest first.
	Stages []Stage
	// Problems is what is wrong between the two, with the waivers of the lower
	// plan applied, sorted for printing. They stand in the lower plan. What is
	// wrong with all that is above together is told with the nearest.
	Problems diag.List
}

// Bonds lists a bond and those with the plans further up; none of nil.
func (b *Bond) Bonds() (out []*Bond) {
	for ; b != nil; b = b.Higher {
		out = append(out, b)
	}
	return out
}

// Told is what is wrong between the plan and all above it, sorted for printing.
func (b *Bond) Told() (out diag.List) {
	for _, b := range b.Bonds() {
		out.Add(b.Problems...)
	}
	out.Sort()
	return out
}

// An Answer is a clause above, and what becomes of it below.
type Answer struct {
	Instrument *org.Instrument
	Clause     org.Clause
	// Asked: the plan above asks this level to carry it out, or asks something of
	// it by this clause.
	Asked   bool
	Demands []*org.Demand
	// Changes carry it out below; Through are the clauses there that say so.
	Changes []org.Change
	Through []org.Citation
	// Varied are changes that depart from it, and Reason is why, or why it is
	// not carried out at all.
	Varied []org.Change
	Reason string
	State  AnswerState

	left bool // the lower plan says that it is not carried out
}

// An AnswerState is what became of a clause below; its word is the catalogue's
// "answer.<state>".
type AnswerState string

// The states of an answer.
const (
	CarriedOut AnswerState = "carried_out" // changes cite it
	KeptTo     AnswerState = "kept"        // nothing is to be changed: what it asks is so
	BrokenBy   AnswerState = "broken"      // what it asks is not so
	Varied     AnswerState = "varied"      // the place departs from it, with a reason
	Unanswered AnswerState = "unanswered"
	NotAsked   AnswerState = "not_asked" // it speaks of the upper level
)

// A Counterpart is a body or duty above that needs one below, and what was found.
type Counterpart struct {
	ID     string // above
	Duty   bool   // it is a duty
	Demand *org.Demand
	Bodies []string // below, the nearest first
	// Shared and All are how many of its matters are found there, of how many.
	Shared, All int
	Declared    bool // the lower plan names it
	Reason      string
	Missing     bool
}

// A Stage is what a plan does at one level, in days: from the first day on which
// anything may begin to the day on which all is complete.
type Stage struct {
	Level    string
	Upper    bool // of the plan above
	From, To org.Date
	Changes  int
	Deadline org.Date // that the plan above sets; NoDate when it sets none
}

// Against holds a plan against the plans of the levels above it, the nearest
// first: what each of them asks, what is named of any of them, and that somebody
// above stands over each function. They may have problems of their own; what can
// be told is told. A result without a plan has no bond: nil, or a chain that ends
// there. O(all boards).
func Against(lower Result, uppers ...Result) *Bond {
	if lower.Timeline == nil || lower.Timeline.plan == nil {
		return nil
	}
	c := lower.Timeline.c
	stages := c.tiers()
	boards := []*checker{c}
	var list []*bond
	for _, upper := range uppers {
		if upper.Timeline == nil || upper.Timeline.plan == nil {
			break
		}
		b := &bond{Bond: &Bond{Upper: upper.Timeline, Lower: lower.Timeline}, up: upper.Timeline.c, c: c, stages: stages, own: upper.Above}
		boards = append(boards, b.up)
		b.boards = slices.Clip(boards)
		if n := len(list); n > 0 {
			b.nearer = list[n-1]
			b.nearer.Higher = b.Bond
		}
		b.matters()
		list = append(list, b)
	}
	if len(list) == 0 {
		return nil
	}
	near := ladder(list)
	near.ties()
	near.relays()
	for _, b := range list {
		b.demands(lower.Problems)
		b.clauses()
		b.powers()
	}
	near.unsupervised()
	near.waive(lower.Problems)
	for _, b := range list {
		b.Problems.Sort()
	}
	return list[0].Bond
}

// A ladder is the bonds of one plan with all above it, the nearest first.
type ladder []*bond

// bond is the making of one Bond.
type bond struct {
	*Bond
	up, c  *checker
	stages []tier     // of the lower plan
	boards []*checker // the lower board, and those above it up to this
	nearer *bond      // with the plan below the upper one; nil of the nearest
	own    *Bond      // how the upper plan stands to the one above it, where that is known

	same    map[string]string  // instruments of the lower plan, by id, that are the upper plan's
	upperOf map[string][]int32 // duties above, by matter
	lowerOf map[string][]int32 // duties below, by matter
	tied    map[string][]string
	without map[string]string // ids above without counterpart here, and why
	special map[string]bool   // bodies here without one above, with a reason
	failing map[*org.Demand]bool
}

func (b *bond) report(p diag.Diagnostic) { b.Problems.Add(p) }

// matterOf is what a duty is about: its matter, or its name when the board says
// no more.
func matterOf(d *org.Duty) string { return cmp.Or(d.Matter, d.Name) }

// matters lists the duties of both boards by what they are about.
func (b *bond) matters() {
	list := func(c *checker) map[string][]int32 {
		out := map[string][]int32{}
		for i := range c.duties {
			if m := matterOf(c.duties[i].def); m != "" {
				out[m] = append(out[m], int32(i))
			}
		}
		return out
	}
	b.upperOf, b.lowerOf = list(b.up), list(b.c)
	b.same = map[string]string{}
	for i := range b.c.plan.Instruments {
		in := &b.c.plan.Instruments[i]
		for k := range b.up.plan.Instruments {
			above := &b.up.plan.Instruments[k]
			if in.Number != "" && in.Number == above.Number || in.ID == above.ID && (in.Number == "" || above.Number == "") {
				b.same[in.ID] = above.ID
			}
		}
	}
}

// aboveCited gives the clause above that a citation means: of an instrument of
// the plan above, or of one here that is the same paper. An id that a nearer plan
// has means that one's, and the same paper further up.
func (b *bond) aboveCited(by org.Citation) (in *org.Instrument, clause string) {
	if b.nearer != nil {
		if near, clause := b.nearer.aboveCited(by); near != nil {
			for i := range b.up.plan.Instruments {
				if above := &b.up.plan.Instruments[i]; above.Number != "" && above.Number == near.Number {
					return above, clause
				}
			}
			return nil, ""
		}
	}
	id := by.Instrument.ID
	if above := b.same[id]; above != "" {
		id = above
	}
	return b.up.plan.Instrument(id), by.Clause.Text
}

// ties reads what the lower plan declares, and tells what of it no plan above has.
func (l ladder) ties() {
	near, c := l[0], l[0].c
	for _, b := range l {
		b.tied, b.without, b.special = map[string][]string{}, map[string]string{}, map[string]bool{}
	}
	notAbove := func(at diag.Span, id string) {
		near.report(diag.At(NotAbove, at, diag.F("id", id), diag.F("reason", diag.Word("reason.not_in_plan_above"))))
	}
	clauses := func(list []org.Citation) {
		for _, by := range list {
			if !slices.ContainsFunc(l, func(b *bond) bool {
				in, clause := b.aboveCited(by)
				return in != nil && in.HasClause(clause)
			}) {
				notAbove(by.Instrument.At, citations([]org.Citation{by}))
			}
		}
	}
	for i := range c.plan.Upward {
		t := &c.plan.Upward[i]
		clauses(t.Clause)
		there := false
		for _, b := range l {
			switch {
			case !t.Of.Given():
				if there = true; t.Is.Given() {
					b.special[t.Is.ID] = true // without a reason it was told already
				}
			case b.up.bodyIx.find(t.Of.ID) < 0 && b.up.dutyIx.find(t.Of.ID) < 0:
			case t.Is.Given():
				there = true
				b.tied[t.Of.ID] = append(b.tied[t.Of.ID], t.Is.ID)
			default:
				there = true
				b.without[t.Of.ID] = t.Reason.Text
			}
		}
		if !there {
			notAbove(t.Of.At, t.Of.ID)
		}
	}
	for _, ch := range c.plan.Changes {
		clauses(ch.Declared().Variation)
	}
}

// relays holds the lower plan's highest level against those of the plans above
// that it is to wait for: the level that a demand names, whichever plan carries
// that out, and by the rules of the place the next level above it.
func (l ladder) relays() {
	above := make([][]tier, len(l))
	for k, b := range l {
		above[k] = b.up.tiers()
		b.listStages(above[k])
	}
	if len(l[0].stages) == 0 {
		return
	}
	lower := &l[0].stages[0]
	held := map[*tier]bool{}
	plan, next := nearestTier(above, func(t *tier) bool { return t.rank < lower.rank })
	hold := func(b *bond, k int, upper *tier, d *org.Demand) {
		if !held[upper] {
			held[upper] = true
			b.Problems.Add(b.c.relay(l[k].up, upper, lower, upper != next, d)...)
		}
	}
	for _, b := range l {
		for i := range b.up.plan.Below {
			d := &b.up.plan.Below[i]
			if d.After.Text == "" || d.Level.Text != "" && d.Level.Text != lower.level {
				continue
			}
			if k, upper := nearestTier(above, func(t *tier) bool { return t.level == d.After.Text && t.rank < lower.rank }); upper != nil {
				hold(b, k, upper, d)
			}
		}
	}
	if next != nil && l[0].c.rules.Relay {
		hold(l[0], plan, next, nil) // those above it are held by its own relay
	}
}

// nearestTier finds a level of the plans above: of the nearest plan that has one,
// the lowest.
func nearestTier(above [][]tier, fits func(*tier) bool) (plan int, found *tier) {
	for k := range above {
		for i := len(above[k]) - 1; i >= 0; i-- {
			if t := &above[k][i]; fits(t) {
				return k, t
			}
		}
	}
	return 0, nil
}

// listStages lists the levels of both plans, the upper plan's as given.
func (b *bond) listStages(above []tier) {
	for k := range above {
		s := &above[k]
		b.Stages = append(b.Stages, Stage{Level: s.level, Upper: true, From: s.begin, To: s.done, Changes: len(s.changes), Deadline: org.NoDate})
	}
	for k := range b.stages {
		s := &b.stages[k]
		st := Stage{Level: s.level, From: s.begin, To: s.done, Changes: len(s.changes), Deadline: org.NoDate}
		for i := range b.up.plan.Below {
			if d := &b.up.plan.Below[i]; d.Deadline.Given() && (d.Level.Text == "" || d.Level.Text == s.level) && (st.Deadline == org.NoDate || d.Deadline.Date < st.Deadline) {
				st.Deadline = d.Deadline.Date
			}
		}
		b.Stages = append(b.Stages, st)
	}
	slices.SortStableFunc(b.Stages, func(x, y Stage) int { return cmp.Compare(org.LevelRank(x.Level), org.LevelRank(y.Level)) })
}

// demands holds the lower plan against what the plan above asks of it. What the
// plan breaks of its own is told there, and what a nearer plan asks too, with that.
func (b *bond) demands(own diag.List) {
	told := slices.Clone(own)
	for n := b.nearer; n != nil; n = n.nearer {
		told = append(told, n.Problems...)
	}
	b.failing = map[*org.Demand]bool{}
	for i := range b.up.plan.Below {
		d := &b.up.plan.Below[i]
		if !b.concerns(d) {
			continue
		}
		found := b.c.meets(d, b.up, b.stages, b.c.eachBody)
		for _, r := range d.Counterparts {
			k := b.counterpart(r.ID, d)
			b.Counterparts = append(b.Counterparts, k)
			if !k.Missing || d.Match.Text == "identical" { // which is refused above
				continue
			}
			if _, declared := b.without[r.ID]; declared {
				continue // without its reason it was told already
			}
			found = append(found, diag.At(NoCounterpart, b.c.plan.Above.At, diag.F("clause", citations(d.By)),
				diag.F("id", b.aboveName(r.ID)), diag.F("found", k.Shared), diag.F("least", (k.All+1)/2)).Note(r.At, "asked_here"))
		}
		b.failing[d] = len(found) > 0
		for _, p := range found {
			if !slices.ContainsFunc(slices.Concat(told, b.Problems), func(o diag.Diagnostic) bool { return o.Code == p.Code && o.Span == p.Span && p.Code == LevelLate }) {
				b.report(p)
			}
		}
	}
}

// concerns reports whether a demand is on a level that the lower plan has.
func (b *bond) concerns(d *org.Demand) bool {
	if d.Level.Text == "" {
		return true
	}
	for i := range b.c.bodies {
		if b.c.bodyLevel(int32(i)) == d.Level.Text {
			return true
		}
	}
	return false
}

func (b *bond) aboveName(id string) diag.Name {
	if i := b.up.bodyIx.find(id); i >= 0 {
		return b.up.bodyName(i)
	} else if i := b.up.dutyIx.find(id); i >= 0 {
		return b.up.dutyName(i)
	}
	return diag.Name{ID: id}
}

// counterpart finds what corresponds below to a body or duty above, when the
// lower plan is done: what the plan declares; else the body with most of the
// matters of its duties, when it has at least half of them. That is "basically":
// no more may be demanded (R25).
func (b *bond) counterpart(id string, d *org.Demand) Counterpart {
	k := Counterpart{ID: id, Demand: d, Reason: b.without[id], Missing: true}
	var of []string
	if i := b.up.bodyIx.find(id); i >= 0 {
		of = b.up.mattersOf(i, b.up.lastDay())
	} else if i := b.up.dutyIx.find(id); i >= 0 {
		k.Duty, of = true, []string{matterOf(b.up.duties[i].def)}
	}
	k.All = len(of)
	last := b.c.lastDay()
	for _, is := range b.tied[id] {
		if at := b.c.bodyIx.find(is); at >= 0 && b.c.bodies[at].holds(last) {
			k.Bodies, k.Declared, k.Missing = append(k.Bodies, is), true, false
		}
	}
	shared := map[int32]int{}
	for _, m := range of {
		seen := map[int32]bool{}
		for _, duty := range b.lowerOf[m] {
			for _, body := range b.c.whoHas(duty, last) {
				if !seen[body] {
					seen[body] = true
					shared[body]++
				}
			}
		}
	}
	var near []int32
	for body, n := range shared {
		k.Shared = max(k.Shared, n)
		if 2*n >= k.All {
			near = append(near, body)
		}
	}
	slices.SortFunc(near, func(x, y int32) int { return cmp.Or(cmp.Compare(shared[y], shared[x]), cmp.Compare(x, y)) })
	if !k.Declared {
		for _, body := range near {
			k.Bodies, k.Missing = append(k.Bodies, b.c.bodies[body].id), false
		}
	}
	return k
}

// whoHas lists the bodies that hold a duty in law or perform it on a day.
func (c *checker) whoHas(d int32, day org.Date) (out []int32) {
	segs := c.segments(d)
	for i := range segs {
		s := &segs[i]
		if s.body >= 0 && s.key&(org.Holder|org.Performer) != 0 && s.Holds(day) && !slices.Contains(out, s.body) {
			out = append(out, s.body)
		}
	}
	return out
}

// mattersOf lists what the duties are about that a body holds in law on a day.
func (c *checker) mattersOf(body int32, day org.Date) (out []string) {
	see := func(d int32) {
		if d < 0 || !c.duties[d].def.Exclusive { // what everybody has tells nobody apart
			return
		}
		m := matterOf(c.duties[d].def)
		if slices.Contains(out, m) {
			return
		}
		segs := c.segments(d)
		if slices.ContainsFunc(segs, func(s segment) bool { return s.body == body && s.key == org.Holder && s.Holds(day) }) {
			out = append(out, m)
		}
	}
	for _, r := range c.rowsOfBody.of(body) {
		see(c.rowDuty[r])
	}
	for _, d := range c.gained[body] {
		see(d)
	}
	return out
}

// clauses lists the clauses above with what carries them out, and tells those
// that are asked for and answered by nothing.
func (b *bond) clauses() {
	type key struct{ instrument, clause string }
	index := map[key]int{}
	for i := range b.up.plan.Instruments {
		in := &b.up.plan.Instruments[i]
		list := in.Clauses
		if len(list) == 0 { // any clause may be cited: those that demands rest on
			for k := range b.up.plan.Below {
				for _, by := range b.up.plan.Below[k].By {
					if by.Instrument.ID == in.ID && by.Clause.Text != "" && !slices.ContainsFunc(list, func(c org.Clause) bool { return c.Number == by.Clause.Text }) {
						list = append(list, org.Clause{Number: by.Clause.Text, At: by.Clause.At})
					}
				}
			}
		}
		for _, cl := range list {
			index[key{in.ID, cl.Number}] = len(b.Clauses)
			b.Clauses = append(b.Clauses, Answer{Instrument: in, Clause: cl})
		}
	}
	at := func(by org.Citation) *Answer {
		if in, clause := b.aboveCited(by); in != nil {
			if i, ok := index[key{in.ID, clause}]; ok {
				return &b.Clauses[i]
			}
		}
		return nil
	}
	measured := func(d *org.Demand) bool {
		return d.Deadline.Given() || d.Bodies.Given() || d.Posts.Given() || len(d.Counterparts) > 0 || d.After.Text != ""
	}
	toDo := map[*Answer]bool{} // it is asked that something is done by it
	for i := range b.up.plan.Below {
		d := &b.up.plan.Below[i]
		if !b.concerns(d) {
			continue
		}
		for _, by := range d.By {
			if a := at(by); a != nil {
				a.Asked, a.Demands = true, append(a.Demands, d)
				toDo[a] = toDo[a] || !measured(d)
			}
		}
	}
	cited := map[key][]org.Change{} // changes here by the clauses they cite here
	for _, ch := range b.c.plan.Changes {
		for _, by := range ch.Declared().By {
			k := key{by.Instrument.ID, by.Clause.Text}
			cited[k] = append(cited[k], ch)
			if a := at(by); a != nil && b.same[by.Instrument.ID] != "" {
				a.Changes = append(a.Changes, ch)
			}
		}
		for _, by := range ch.Declared().Variation {
			if a := at(by); a != nil {
				a.Varied, a.Reason = append(a.Varied, ch), cmp.Or(a.Reason, ch.Declared().Reason.Text)
			}
		}
	}
	for i := range b.c.plan.Upward {
		t := &b.c.plan.Upward[i]
		for _, by := range t.Clause {
			a := at(by)
			if a == nil {
				continue
			}
			a.Reason, a.left = cmp.Or(a.Reason, t.Reason.Text), a.left || len(t.By) == 0
			for _, here := range t.By {
				a.Through = append(a.Through, here)
				for _, ch := range cited[key{here.Instrument.ID, here.Clause.Text}] {
					if !slices.Contains(a.Changes, ch) {
						a.Changes = append(a.Changes, ch)
					}
				}
			}
		}
	}
	b.relayed(func(instrument, clause string) *Answer {
		if i, ok := index[key{instrument, clause}]; ok {
			return &b.Clauses[i]
		}
		return nil
	})
	for i := range b.Clauses {
		a := &b.Clauses[i]
		breaks := slices.ContainsFunc(a.Demands, func(d *org.Demand) bool { return b.failing[d] })
		switch {
		case breaks:
			a.State = BrokenBy
		case len(a.Changes) > 0:
			a.State = CarriedOut
		case len(a.Varied) > 0 || a.left:
			a.State = Varied
		case a.Asked && !toDo[a]:
			a.State = KeptTo
		case a.Asked:
			a.State = Unanswered
			p := diag.At(ClauseUnanswered, b.c.plan.Above.At, diag.F("instrument", a.Instrument.Label()), diag.F("clause", a.Clause.Number))
			if a.Clause.Text != "" {
				p.Facts = append(p.Facts, diag.F("says", a.Clause.Text))
			}
			b.report(p.Note(a.Demands[0].At(), "asked_here"))
		default:
			a.State = NotAsked
		}
	}
}

// relayed adds to the clauses of a plan further up what carries them out through
// the plan between: that one's clauses that carry them out, where the lower plan
// carries out these.
func (b *bond) relayed(at func(instrument, clause string) *Answer) {
	if b.nearer == nil || b.nearer.own == nil || b.nearer.own.Upper.plan.ID != b.up.plan.ID {
		return
	}
	for _, up := range b.nearer.own.Clauses {
		a := at(up.Instrument.ID, up.Clause.Number)
		if a == nil {
			continue
		}
		for _, by := range up.Through {
			for i := range b.nearer.Clauses {
				n := &b.nearer.Clauses[i]
				if n.Instrument.ID != by.Instrument.ID || n.Clause.Number != by.Clause.Text {
					continue
				}
				for _, ch := range n.Changes {
					if !slices.Contains(a.Changes, ch) {
						a.Changes = append(a.Changes, ch)
					}
				}
				for _, here := range n.Through {
					if !slices.Contains(a.Through, here) {
						a.Through = append(a.Through, here)
					}
				}
			}
		}
	}
}

// unsupervised finds bodies that the lower plan brings or constitutes anew, and to
// which nothing corresponds above: nobody there would direct them. A special body
// of the place is declared, with its reason. Then it finds functions that nobody
// above stands over.
func (l ladder) unsupervised() {
	b := l[0]
	last := b.c.lastDay()
	top := 0
	if len(b.stages) > 0 {
		top = b.stages[0].rank
	}
	except := maps.Clone(b.special)
	for i := range b.c.bodies {
		body := &b.c.bodies[i]
		if body.silent || !body.holds(last) || top == 0 || org.LevelRank(b.c.bodyLevel(int32(i))) != top || b.special[body.id] {
			continue
		}
		by := body.by
		for _, v := range body.versions {
			if _, anew := b.change(v.began).(*org.Reestablish); anew {
				by = v.began
			}
		}
		if by >= 0 && len(b.c.plan.Changes[by].Declared().Variation) > 0 {
			except[body.id] = true
		}
		if by < 0 || l.declared(body.id) || except[body.id] {
			continue
		}
		matters := b.c.mattersOf(int32(i), last)
		if len(matters) == 0 || slices.ContainsFunc(matters, l.hadAbove) {
			continue
		}
		except[body.id] = true
		b.report(diag.At(NoSupervisor, b.c.bodyWords(int32(i)), diag.F("body", b.c.bodyName(int32(i))), diag.F("matters", matters)))
	}
	b.Problems.Add(unsupervised(l[len(l)-1].boards, except, func(body int32) bool {
		return slices.ContainsFunc(b.c.mattersOf(body, last), l.hadAbove)
	})...)
}

func (b *bond) change(i int32) org.Change {
	if i < 0 {
		return nil
	}
	return b.c.plan.Changes[i]
}

// declared reports whether the lower plan names something above that the body
// corresponds to.
func (l ladder) declared(id string) bool {
	for _, b := range l {
		for _, list := range b.tied {
			if slices.Contains(list, id) {
				return true
			}
		}
	}
	return false
}

// hadAbove reports whether anybody above has a duty of a matter when his plan is
// done.
func (l ladder) hadAbove(matter string) bool {
	return slices.ContainsFunc(l, func(b *bond) bool {
		last := b.up.lastDay()
		return slices.ContainsFunc(b.upperOf[matter], func(d int32) bool { return len(b.up.whoHas(d, last)) > 0 })
	})
}

// powers finds powers that bodies of both plans use in one place when both are
// done.
func (b *bond) powers() {
	last := max(b.up.lastDay(), b.c.lastDay())
	above := map[power][]int32{}
	for i := range b.up.duties {
		if p, ok := powerOf(b.up.duties[i].def); ok {
			above[p] = append(above[p], int32(i))
		}
	}
	type two struct{ upper, lower int32 }
	told := map[two]bool{}
	for i := range b.c.duties {
		p, ok := powerOf(b.c.duties[i].def)
		if !ok || b.c.duties[i].silent || above[p] == nil {
			continue
		}
		for _, l := range b.c.wieldings(int32(i)) {
			for _, d := range above[p] {
				for _, u := range b.up.wieldings(d) {
					if u.level >= l.level || !u.Holds(last) || !l.Holds(last) || told[two{u.body, l.body}] || !b.within(l.area, u.area) {
						continue
					}
					told[two{u.body, l.body}] = true
					b.report(diag.At(PowerTwice, b.c.segmentWords(l.segment, l.duty, false), diag.F("matter", p.matter), diag.F("basis", p.basis),
						diag.F("duties", []diag.Name{b.up.dutyName(u.duty), b.c.dutyName(l.duty)}),
						diag.F("holders", []diag.Name{b.up.bodyName(u.body), b.c.bodyName(l.body)}), diag.F("from", last)).
						Note(b.up.segmentWords(u.segment, u.duty, false), "other_level"))
				}
			}
		}
	}
}

// within reports whether an area below lies in one above, by the areas of the
// boards; an area that is not named is everywhere.
func (b *bond) within(lower, upper int32) bool {
	if lower < 0 || upper < 0 {
		return true
	}
	at := enclosing(b.boards[:len(b.boards)-1], lower, b.up)
	return at >= 0 && b.up.within(at, upper)
}

// waive marks what the waivers of the lower plan excuse between it and those
// above, and tells those that excuse nothing.
func (l ladder) waive(own diag.List) {
	var all diag.List
	for _, b := range l {
		all = append(all, b.Problems...)
	}
	unused := excused(l[0].c, own, all)
	for _, b := range l { // marked, they stand in the same order
		n := copy(b.Problems, all)
		all = all[n:]
	}
	l[0].Problems.Add(unused...)
}
