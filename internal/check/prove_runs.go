package check

import (
	"cmp"
	"math/bits"
	"slices"

	"oneboard/internal/org"
)

// A runner evaluates runs. It has a copy of everything that a run changes, so
// several can work beside each other.
type runner struct {
	p     *prover
	c     checker // duties, bodies and dates are its own
	moves []*move
	day   []org.Date // of each event, in the run at hand

	base    []segment // of the family's duties by the board, one after another
	starts  []int     // where in base each duty begins
	lapses  []lapse
	lacking []lack
	absent  []lack // a taker that is not in force
	unable  []inability
	frozen  map[*move]bool // which of the family's first "all" has, when it is fixed
	today   []*move

	seen  []int32
	stamp int32
}

// A lack is a body's giving of what it has not, or a giving to one that is not
// there.
type lack struct {
	change, body int32
	duty         int32
	on           org.Date
}

func newRunner(p *prover) *runner {
	r := &runner{p: p, c: *p.c, day: make([]org.Date, len(p.events)), seen: make([]int32, len(p.events)), frozen: map[*move]bool{}}
	r.c.duties = slices.Clone(p.c.duties)
	r.c.bodies = slices.Clone(p.c.bodies)
	r.c.dates = slices.Clone(p.c.dates)
	r.c.areas = slices.Clone(p.c.areas)
	r.c.bad = slices.Clone(p.c.bad)
	r.c.gained = map[int32][]int32{}
	r.c.room = slab[segment]{} // several run at once, from copies of one checker
	r.c.problems = nil
	r.c.start = p.start
	r.moves = make([]*move, len(p.moves))
	for i, m := range p.moves {
		own := *m
		r.moves[i] = &own
	}
	return r
}

// settle looks at every order of a bunch's events. Of the runs that fail the
// shortest is kept: that in which the fewest events of the plan that bear on the
// bunch happen until, and on, the first day on which something is wrong, and of
// these the one in which that day is earliest. When none fails, the proof is made
// from all of them.
func (r *runner) settle(b *bunch) {
	p := r.p
	if !p.locate(b, r.seen, &r.stamp) {
		b.fault = &counterExample{kind: tooMany, bunch: b}
		return
	}
	if r.always(b) {
		return
	}
	r.prepare(b)
	var runs []oneRun
	fewest := 0
	// too many to look at all: a few may still show a fault
	orders, limit := 0, maxRuns
	if !p.eachRun(b, func([]org.Date) bool { orders++; return orders <= maxRuns }) {
		limit = 1000
	}
	complete := p.eachRun(b, func(day []org.Date) bool {
		if b.runs == limit {
			return false
		}
		b.runs++
		if !r.play(b, day) {
			if b.fault == nil {
				runs = append(runs, oneRun{slices.Clone(day), r.holdings(b)})
			}
			return true
		}
		fault, excused, by := r.judge(b)
		if fault.kind == sound {
			if b.excuse == nil {
				excused.day = slices.Clone(day)
				b.excuse = &excused
			}
			for _, n := range by {
				if !slices.Contains(b.excuses, n) {
					b.excuses = append(b.excuses, n)
				}
			}
			return true
		}
		events := 0
		for i, e := range b.events {
			if day[i] <= fault.from && p.events[e].change >= 0 {
				events++
			}
		}
		if b.fault == nil || events < fewest || events == fewest && fault.from < b.fault.from {
			fault.day = slices.Clone(day)
			b.fault, fewest, runs = &fault, events, nil
		}
		return true
	})
	if !complete {
		if b.fault == nil {
			b.fault = &counterExample{kind: tooMany, bunch: b}
		}
		return
	}
	if b.fault == nil && b.excuse == nil { // what a waiver excuses is not proved
		b.proof = r.prove(b, runs)
	}
}

// always proves a duty that need not be one body's alone by a body that has it
// on all days and that nothing can happen to.
func (r *runner) always(b *bunch) bool {
	p, c := r.p, &r.c
	duty := &c.duties[b.family[0]]
	if duty.def.Exclusive || b.asking || duty.by >= 0 || len(b.family) > 1 || len(b.alters) > 0 || len(p.naming[b.family[0]]) > 0 {
		return false
	}
	if slices.ContainsFunc(b.moves, func(n int32) bool { return !p.plain(p.moves[n].taker) }) {
		return false // it could be given to one that is not there
	}
	for _, n := range c.rowsOfDuty.of(b.family[0]) {
		row, body := &c.board.Responsibilities[n], c.rowBody[n]
		if row.Mode == org.Assist || row.Mode == org.Joint || row.From > p.start || row.To != org.Forever || c.rowArea[n] != none ||
			row.Keys&b.required != b.required || !p.plain(body) ||
			slices.ContainsFunc(b.moves, func(n int32) bool { return p.moves[n].giver == body }) {
			continue
		}
		b.proof = &Case{}
		for _, key := range org.EachKey {
			if b.required&key != 0 {
				b.proof.Chains = append(b.proof.Chains, Chain{Key: key.String(),
					Links: []Link{{Body: c.bodies[body].id, Mode: row.Mode.String(), From: "start", To: "forever"}}})
			}
		}
		return true
	}
	return false
}

// eachRun calls f with the days of a bunch's events for every order in which
// they can happen, each event on the earliest day that the order leaves it: all
// that the plan asks for is "not later than", so an order that is possible at
// all is possible then. f returns false to stop; so does eachRun then, or when
// it has taken too many steps.
func (p *prover) eachRun(b *bunch, f func(day []org.Date) bool) bool {
	n := len(b.events)
	day := make([]org.Date, n)
	lo, hi := make([]org.Date, n), make([]org.Date, n)
	for i, e := range b.events {
		lo[i], hi[i] = p.events[e].lo, p.events[e].hi
	}
	steps := 0
	// from places what is left, all of it after the day `after`
	var from func(left uint64, after org.Date) bool
	from = func(left uint64, after org.Date) bool {
		if left == 0 {
			if len(b.lags) == 0 {
				return f(day)
			}
			if days := b.apart(day, lo, hi); days != nil {
				return f(days)
			}
			return true
		}
		// nothing that is left may lose its last day, so the next day is at most the
		// first of their last ones
		bound := org.Forever
		for m := left; m != 0; m &= m - 1 {
			bound = min(bound, hi[bits.TrailingZeros64(m)])
		}
		if bound <= after {
			return true
		}
		// choose decides, one after another, which of the events happen next, all on
		// one day; an event needs those that are not later than it
		var choose func(rest, chosen uint64, on org.Date) bool
		choose = func(rest, chosen uint64, on org.Date) bool {
			if steps++; steps > 100*maxRuns {
				return false
			}
			if rest == 0 {
				if chosen == 0 {
					return true
				}
				for m := left &^ chosen; m != 0; m &= m - 1 {
					if hi[bits.TrailingZeros64(m)] <= on {
						return true
					}
				}
				for m := chosen; m != 0; m &= m - 1 {
					i := bits.TrailingZeros64(m)
					if b.pred[i]&left&^chosen != 0 {
						return true
					}
					day[i] = on
				}
				return from(left&^chosen, on)
			}
			i := bits.TrailingZeros64(rest)
			rest &^= 1 << i
			return choose(rest, chosen|1<<i, max(on, lo[i])) && choose(rest, chosen, on)
		}
		could := uint64(0)
		for m := left; m != 0; m &= m - 1 {
			if i := bits.TrailingZeros64(m); lo[i] <= bound {
				could |= 1 << i
			}
		}
		return choose(could, 0, after+1)
	}
	return from(1<<n-1, org.Always)
}

// apart puts the days of an order off until events that lie so many days apart do
// so; nil when their last days don't allow it.
func (b *bunch) apart(day, lo, hi []org.Date) []org.Date {
	out := slices.Clone(day)
	for rounds, changed := 0, true; changed; rounds++ {
		if changed = false; rounds > len(out)+1 {
			return nil
		}
		least := func(i int, on org.Date) {
			if out[i] < on {
				out[i], changed = on, true
			}
		}
		for _, l := range b.lags {
			least(l.to, out[l.from]+l.lag)
			least(l.from, out[l.to]-l.lag)
		}
		for i := range out {
			for j := range out {
				switch { // the order stays as it is
				case day[i] < day[j]:
					least(j, out[i]+1)
				case day[i] == day[j]:
					least(j, out[i])
				}
			}
			if out[i] > hi[i] {
				return nil
			}
		}
	}
	return out
}

// prepare notes what the board says of a bunch's duties.
func (r *runner) prepare(b *bunch) {
	r.base, r.starts = r.base[:0], r.starts[:0]
	for _, d := range b.family {
		duty := &r.c.duties[d]
		duty.touch = false
		r.starts = append(r.starts, len(r.base))
		r.base = append(r.base, r.c.touch(d).segs...)
	}
	r.starts = append(r.starts, len(r.base))
}

// play lets a run happen, and reports whether anything is wrong with it.
func (r *runner) play(b *bunch, day []org.Date) (wrong bool) {
	p, c := r.p, &r.c
	for i, e := range b.events {
		r.day[e] = day[i]
	}
	r.lapses, r.lacking, r.absent, r.unable, c.problems = r.lapses[:0], r.lacking[:0], r.absent[:0], r.unable[:0], c.problems[:0]
	for i, d := range b.family {
		duty := &c.duties[d]
		duty.segs = append(duty.segs[:0], r.base[r.starts[i]:r.starts[i+1]]...)
		duty.touch, duty.silent = true, false
		duty.from, duty.to = org.Always, org.Forever
		if duty.by >= 0 {
			duty.from = org.Forever
		}
	}
	var days []org.Date
	for _, n := range b.moves {
		m := r.moves[n]
		m.day = r.day[p.law[m.change]]
		m.dates[0] = m.day
		for k, key := range org.EachKey[1:] {
			m.dates[k+1] = m.day
			if m.keys&key != 0 {
				m.dates[k+1] = max(m.day, r.day[p.places[m.change][k]])
			}
		}
		days = append(days, m.day)
	}
	for _, i := range b.alters {
		c.dates[i] = r.day[p.law[i]]
		days = append(days, c.dates[i])
	}
	for _, body := range b.bodies {
		for _, a := range p.acts[body] {
			c.dates[a.change] = r.day[p.law[a.change]]
		}
		r.live(body)
	}
	var shifts []areaShift
	if len(b.areas) > 0 {
		for _, i := range b.areas {
			c.dates[i], c.bad[i] = r.day[p.law[i]], false
			days = append(days, c.dates[i])
		}
		c.areaShifts = nil
		for i := range c.areas { // as before any change
			a := &c.areas[i]
			if a.life = a.def.Interval; a.by >= 0 {
				a.life = org.Interval{From: org.Forever, To: org.Forever}
			}
		}
		c.areaLives()
		shifts = c.areaShifts
	}
	slices.Sort(days)
	clear(c.gained)
	for _, on := range slices.Compact(days) {
		for ; len(shifts) > 0 && shifts[0].day <= on; shifts = shifts[1:] {
			for _, d := range b.family {
				c.shiftDuty(d, shifts[0])
			}
		}
		r.alter(b, on, begins)
		today := r.today[:0]
		for _, n := range b.moves {
			if r.moves[n].day == on {
				today = append(today, r.moves[n])
			}
		}
		r.today = today
		switch len(today) {
		case 0:
		case 1:
			r.carry(b, today[0])
		default:
			clear(r.frozen)
			inGivingOrder(today, func(m *move) int32 { return m.giver }, func(m *move) int32 { return m.taker },
				func(m *move) {
					if m.all {
						r.frozen[m] = r.has(m, b.family[0])
					}
				}, func(m *move) { r.carry(b, m) })
			clear(r.frozen)
		}
		r.alter(b, on, alters)
		r.alter(b, on, ends)
	}
	first := b.family[0]
	r.cut(first)
	duty := &c.duties[first]
	must := org.Interval{From: max(c.start, duty.from), To: duty.to}
	if !must.Empty() {
		for _, a := range c.atoms(duty, must) {
			for _, key := range org.EachKey {
				if b.required&key != 0 {
					r.lapses = c.sweep(r.lapses, first, key, a.area, a.days)
				}
			}
		}
		if len(b.heads) > 0 && c.rules.HeadRequired {
			r.able(b, must)
		}
		if b.asking {
			r.lacks(b, must)
		}
	}
	return len(r.lacking)+len(r.lapses)+len(r.absent)+len(r.unable) > 0
}

// has reports whether the giver of a move has anything of a duty that day.
func (r *runner) has(m *move, d int32) bool {
	for i := range r.c.duties[d].segs {
		if s := &r.c.duties[d].segs[i]; s.body == m.giver && s.To > m.day && !s.Empty() {
			return true
		}
	}
	return false
}

// carry carries out what a move does to the duties of the bunch's family; see
// checker.carry.
func (r *runner) carry(b *bunch, m *move) {
	c := &r.c
	all := func(d int32) bool { // what others name is not among "all"
		k := pair(m.giver, d)
		return m.all && !c.named[k] && !c.implied[k]
	}
	if m.area >= 0 && !c.areas[m.area].life.Holds(m.day) && (all(b.family[0]) || r.names(m, b.family[0])) {
		r.lacking = append(r.lacking, lack{m.change, m.giver, b.family[0], m.day})
	}
	if m.all {
		for _, d := range b.family {
			if had, frozen := r.frozen[m]; frozen && !had && d == b.family[0] {
				continue
			}
			if all(d) {
				r.hand(m, d, b.family[0])
			}
		}
		return
	}
	for i := len(b.family) - 1; i >= 0; i-- {
		d := b.family[i]
		if !r.names(m, d) {
			continue
		}
		if !r.hand(m, d, b.family[0]) {
			if i == 0 {
				r.lacking = append(r.lacking, lack{m.change, m.giver, d, m.day})
			}
			continue
		}
		for k := i - 1; k >= 0 && !c.named[pair(m.giver, b.family[k])]; k-- {
			r.hand(m, b.family[k], b.family[0])
		}
	}
}

func (r *runner) names(m *move, d int32) bool {
	for _, n := range r.p.naming[d] {
		if r.moves[n] == m {
			return true
		}
	}
	return false
}

// hand gives what a giver has of a duty to the taker, who must be there to get
// the first of the family.
func (r *runner) hand(m *move, d, first int32) bool {
	moved := false
	for k, key := range org.EachKey {
		if m.keys&key != 0 && r.c.handKey(m, &r.c.duties[d], key, m.dates[k]) {
			moved = true
		}
	}
	if moved && d == first && m.taker >= 0 && !r.c.bodies[m.taker].holdsInto(m.day) {
		r.absent = append(r.absent, lack{m.change, m.taker, d, m.day})
	}
	return moved
}

// alter carries out the changes of a day that are no moves, as far as they are
// about the family: what makes a duty (begins), alters or ends it.
func (r *runner) alter(b *bunch, on org.Date, what actKind) {
	c := &r.c
	for _, i := range b.alters {
		if c.dates[i] != on {
			continue
		}
		of := false // about the first of the family: the others are looked at by themselves
		there := func(refs ...org.Ref) {
			if !of {
				return
			}
			for _, ref := range refs {
				if body := c.bodyIx.find(ref.ID); body >= 0 && !c.bodies[body].holds(on) {
					r.absent = append(r.absent, lack{i, body, b.family[0], on})
				}
			}
		}
		in := func(ref org.Ref) {
			if a := c.areaIx.find(ref.ID); of && ref.Given() && a >= 0 && !c.areas[a].life.Holds(on) {
				r.lacking = append(r.lacking, lack{i, none, b.family[0], on})
			}
		}
		switch ch := c.plan.Changes[i].(type) {
		case *org.Assign:
			if what == begins {
				of = ch.Duty.ID == c.duties[b.family[0]].def.ID
				in(ch.In)
				c.alterDuty(i)
				there(ch.To)
			}
		case *org.Declare:
			if what == alters {
				of = ch.Duty.ID == c.duties[b.family[0]].def.ID
				in(ch.In)
				c.alterDuty(i)
				there(ch.Lead)
				there(ch.Assist...)
				there(ch.Joint...)
			}
		case *org.EndDuty:
			if what != ends {
				continue
			}
			for _, ref := range ch.Duties {
				// its parts end with it, but for those that other changes name
				at := slices.Index(b.family, c.dutyIx.find(ref.ID))
				for k := at; k >= 0 && (k == at || !c.moving[b.family[k]]); k-- {
					c.endDuty(b.family[k], on, i)
				}
			}
		}
	}
}

// live finds when a body is in force, from its beginnings and ends: as
// checker.live does, but that one that ends before it begins never is.
func (r *runner) live(i int32) {
	b := &r.c.bodies[i]
	acts := r.p.acts[i]
	versions := b.versions[:0:0]
	var open org.Interval
	alive := b.row != nil
	if alive {
		open = b.row.Interval
	}
	done := make([]bool, len(acts))
	for range acts {
		// the earliest that is left; on one day a beginning, a return, then an end; but
		// who is in force ends before it returns
		next, rank := -1, 0
		for k, a := range acts {
			if done[k] {
				continue
			}
			here, eve := int(a.what), r.c.dates[a.change]-1
			if a.what == ends && (alive && open.Holds(eve) || slices.ContainsFunc(versions, func(v version) bool { return v.Holds(eve) })) {
				here = int(begins)
			}
			if next < 0 || r.c.dates[a.change] < r.c.dates[acts[next].change] ||
				r.c.dates[a.change] == r.c.dates[acts[next].change] && here < rank {
				next, rank = k, here
			}
		}
		done[next] = true
		a, day := acts[next], r.c.dates[acts[next].change]
		switch a.what {
		case begins:
			open, alive = org.Interval{From: day, To: org.Forever}, true
			for k, e := range acts {
				if done[k] && e.what == ends {
					alive = false // it was over before
				}
			}
		case ends:
			if alive && open.From <= day && day < open.To {
				versions = append(versions, version{Body: org.Body{Interval: org.Interval{From: open.From, To: day}}, ended: a.change})
				alive = false
			}
		case returns:
			if !alive || open.To <= day {
				if alive {
					versions = append(versions, version{Body: org.Body{Interval: open}, ended: none})
				}
				open, alive = org.Interval{From: day, To: org.Forever}, true
			}
		}
	}
	if alive {
		versions = append(versions, version{Body: org.Body{Interval: open}, ended: none})
	}
	if len(versions) == 0 {
		versions = append(versions, version{Body: org.Body{Interval: org.Interval{From: org.Forever, To: org.Forever}}, ended: none})
	}
	b.versions = versions
	b.life = org.Interval{From: versions[0].From, To: versions[len(versions)-1].To}
}

// cut takes from a duty's segments the days on which their body is not in force.
func (r *runner) cut(d int32) {
	c := &r.c
	duty := &c.duties[d]
	for k := range duty.segs {
		s := &duty.segs[k]
		if s.transitional && c.rules.AfterEnd()&s.key != 0 || s.body < 0 || s.Empty() {
			continue
		}
		b := &c.bodies[s.body]
		if s.From < b.life.From && b.life.From > c.start {
			s.From = min(b.life.From, s.To)
		}
		c.cutSegment(s, b.absences())
	}
}

// able finds what a new body has before its head is in office.
func (r *runner) able(b *bunch, must org.Interval) {
	for _, body := range b.heads {
		head := org.Forever
		for _, e := range r.p.heads[body] {
			head = min(head, r.day[e])
		}
		due := r.c.bodies[body].life.From
		if e, ok := r.p.due[body]; ok && due.Known() {
			due = r.day[e]
		}
		d := b.family[0]
		for k := range r.c.duties[d].segs {
			s := &r.c.duties[d].segs[k]
			if s.body != body || s.Empty() || s.mode == org.Assist || s.key&(org.Performer|org.Signatory)&b.required == 0 {
				continue
			}
			without := org.Interval{From: max(s.From, due), To: min(s.To, head)}.And(must)
			if !without.Empty() {
				r.unable = append(r.unable, inability{lapse: lapse{Interval: without, duty: d, keys: s.key, area: s.area, b: s}})
			}
		}
	}
}

// oneRun is a run in which all is well.
type oneRun struct {
	day   []org.Date
	lanes []lane
}

// A lane is who has one key in one area, one after another.
type lane struct {
	key   org.Keys
	area  int32
	spans []holdSpan
}

// A holdSpan is a body's holding in a run, in one mode. Once it only keeps the key
// it does so to the end.
type holdSpan struct {
	body  int32
	began int32 // the change that gave it, or none
	from  org.Date
	to    org.Date
	kept  bool
	since org.Date
	taken int32 // the change in law after which it is only kept, or none
	mode  org.Mode
}

// holdings reads off who has what in the run just played.
func (r *runner) holdings(b *bunch) []lane {
	c := &r.c
	d := b.family[0]
	duty := &c.duties[d]
	must := org.Interval{From: max(c.start, duty.from), To: duty.to}
	if must.Empty() {
		return nil
	}
	var out []lane
	var segs []*segment
	for _, a := range c.atoms(duty, must) {
		for _, key := range org.EachKey {
			if b.required&key == 0 {
				continue
			}
			segs = segs[:0]
			for i := range duty.segs {
				s := &duty.segs[i]
				if s.key == key && s.mode != org.Assist && c.covers(s, a.area) && !s.Interval.And(a.days).Empty() {
					segs = append(segs, s)
				}
			}
			slices.SortStableFunc(segs, func(a, b *segment) int {
				return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(r.rank(a), r.rank(b)))
			})
			// what goes on goes on; what is left follows somebody, or begins
			first := len(out)
			for len(segs) > 0 {
				n := 1
				for n < len(segs) && segs[n].From == segs[0].From {
					n++
				}
				// what a body has goes on before what it only keeps, and of two of these each
				// by what gave it, if it can
				left := segs[:n]
				for pass := range 4 {
					kept, alike := pass >= 2, pass%2 == 0
					left = slices.DeleteFunc(left, func(s *segment) bool {
						if s.transitional != kept {
							return false
						}
						in := s.Interval.And(a.days)
						at := slices.IndexFunc(out[first:], func(l lane) bool {
							last := &l.spans[len(l.spans)-1]
							return last.to == in.From && last.body == s.body && last.mode == s.mode && (!last.kept || s.transitional) && (!alike || last.began == s.began)
						})
						if at < 0 {
							return false
						}
						last := &out[first+at].spans[len(out[first+at].spans)-1]
						last.to = in.To
						if s.transitional && !last.kept {
							last.kept, last.since, last.taken = true, in.From, s.ended
						}
						return true
					})
				}
				for _, s := range left {
					in := s.Interval.And(a.days)
					at := slices.IndexFunc(out[first:], func(l lane) bool {
						last := &l.spans[len(l.spans)-1]
						return last.to == in.From && (last.body == s.body || last.mode != org.Joint && s.mode != org.Joint)
					})
					if at < 0 {
						out = append(out, lane{key: key, area: a.area, spans: []holdSpan{r.span(s, in, &a)}})
					} else {
						out[first+at].spans = append(out[first+at].spans, r.span(s, in, &a))
					}
				}
				segs = segs[n:]
			}
		}
	}
	return out
}

// rank puts what a body has before what it only keeps.
func (r *runner) rank(s *segment) int {
	if s.transitional {
		return 1
	}
	return 0
}

func (r *runner) span(s *segment, in org.Interval, a *atom) holdSpan {
	began := s.began
	if in.From <= r.c.start || in.From == a.begins {
		began = none // what was before is not told
	}
	return holdSpan{mode: s.mode, body: s.body, began: began, from: in.From, to: in.To, kept: s.transitional, since: in.From, taken: s.ended}
}
