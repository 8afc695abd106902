package sched

import (
	"cmp"
	"slices"
)

// A clause says that at least one of its facts holds. The first two are
// watched: only when one of them turns false is there something to see.
type clause struct {
	facts    []fact
	activity float32 // how much part it had in failures, lately
	levels   int     // on how many levels its facts were made
}

// A watch is one of the two watched facts of a clause: watch 2c and 2c+1 are of
// clause c. It stands in the list of the fact that turns its own false, so that
// only those are looked at that just turned false.
type watch struct {
	next  int32 // in the same list, or -1
	other fact  // of the clause: while it holds there is nothing to see
}

// lessons are the clauses, and the failure that is being looked into: facts
// that together can't be.
type lessons struct {
	clauses []clause
	room    int // clauses to keep until the next forgetting
	watches []watch
	span    int32
	heads   []int32 // per side and bound, the first watch in its list, or -1; nil before the first clause
	step    float32

	need    []int32 // per side, from where on it is part of the failure
	needed  []bool
	current []bool  // whether that was made on the present level
	count   int     // how many are
	listed  []bool  // is in touched
	touched []int32 // sides that were ever needed
	parts   []fact  // all facts that had part
	// The conclusion that contradicted what was known; see WhyNot.
	lastSide int32
	lastWhy  reason
	stamps   []int
	stamp    int
}

func (l *lessons) make(n, span int32) {
	l.span = span
	l.need = make([]int32, 2*n)
	l.needed, l.current, l.listed = make([]bool, 2*n), make([]bool, 2*n), make([]bool, 2*n)
}

func (l *lessons) clear() {
	l.unwatch()
	l.clauses, l.room, l.step = l.clauses[:0], 4000, 1
	l.begin()
}

// begin begins to look into a failure.
func (l *lessons) begin() {
	for _, side := range l.touched {
		l.needed[side], l.current[side], l.listed[side] = false, false, false
	}
	l.touched, l.parts, l.count = l.touched[:0], l.parts[:0], 0
}

// gather says that a fact, which holds, has part in the failure.
func (p *prover) gather(side, b int32) {
	if p.knows(side, b) {
		return
	}
	p.needed[side], p.need[side] = true, b
	if !p.listed[side] {
		p.listed[side] = true
		p.touched = append(p.touched, side)
	}
	p.parts = append(p.parts, fact{side, b})
	p.see(side)
}

// see notes whether a needed fact was made on the present level.
func (p *prover) see(side int32) {
	if n := p.level(); n > 0 && !p.current[side] && p.made(side, p.need[side]) >= p.marks[n-1].trail {
		p.current[side] = true
		p.count++
	}
}

// explain gathers what a fact follows from. Bounds must be as they were when it
// was concluded.
func (p *prover) explain(side, b int32, why reason) {
	switch why.kind {
	case linked:
		p.gather(why.a, b-why.b)
	case crowded:
		// The task was under way at that time at the latest, or earliest.
		if i := side >> 1; side&1 == 0 {
			p.gather(side, why.a-p.dur[i]+1)
		} else {
			p.gather(side, -why.a)
		}
		p.crowd(why.a, why.b, side>>1)
	case taught:
		c := &p.clauses[why.a]
		c.activity += p.lessons.step
		for _, f := range c.facts {
			if f.side != side {
				g := f.not()
				p.gather(g.side, g.b)
			}
		}
	}
}

// learn makes a clause of the failure that was gathered, goes back to where the
// clause says something new, and has it say it. false: the failure rests on no
// decision, so there is nothing to be found.
func (p *prover) learn() bool {
	for p.count == 0 {
		// Nothing of this level had part: what failed had to fail before.
		if p.level() == 0 || len(p.touched) == 0 {
			return false
		}
		p.back(p.level() - 1)
		for _, side := range p.touched {
			if p.needed[side] {
				p.see(side)
			}
		}
	}
	turn := p.turningPoint()
	p.shorten(turn.side)
	facts, jump, levels := []fact{turn.not()}, 0, 1
	p.stamp++
	for len(p.stamps) <= p.level() {
		p.stamps = append(p.stamps, 0)
	}
	for _, side := range p.touched {
		if !p.needed[side] || side == turn.side {
			continue
		}
		level := p.levelOf(side, p.need[side])
		if p.stamps[level] != p.stamp {
			p.stamps[level] = p.stamp
			levels++
		}
		facts = append(facts, fact{side, p.need[side]}.not())
		if level > jump {
			jump = level
			facts[1], facts[len(facts)-1] = facts[len(facts)-1], facts[1]
		}
	}
	for _, f := range p.parts {
		p.bump(f)
	}
	p.atoms.fade()
	p.lessons.fade()
	p.back(jump)
	if len(facts) == 1 {
		return p.set(facts[0].side, facts[0].b, reason{})
	}
	id := int32(len(p.clauses))
	p.clauses = append(p.clauses, clause{facts, p.lessons.step, levels})
	p.watch(id)
	return p.set(facts[0].side, facts[0].b, reason{kind: taught, a: id})
}

// turningPoint goes back over the events of the level, putting in place of each
// fact what it follows from, until one fact of the level is left, and gives it:
// the first unique implication point.
func (p *prover) turningPoint() fact {
	for {
		e := p.trail[len(p.trail)-1]
		has := p.needed[e.side] && p.need[e.side] > e.old
		b := p.need[e.side]
		if has && p.count == 1 {
			return fact{e.side, b}
		}
		p.unwind(len(p.trail) - 1)
		if has {
			p.needed[e.side], p.current[e.side] = false, false
			p.count--
			p.explain(e.side, b, e.why)
		}
	}
}

// shorten leaves away what follows from the other facts of the failure. Each is
// looked at against those that are left, so that none can hold up another in
// turn.
func (p *prover) shorten(turn int32) {
	for _, side := range p.touched {
		if !p.needed[side] || side == turn {
			continue
		}
		p.needed[side] = false
		if !p.implied(side, p.need[side], 4) {
			p.needed[side] = true
		}
	}
}

// implied says that a fact which holds follows from the failure's facts, by what
// it was concluded from in so many steps.
func (p *prover) implied(side, b int32, steps int) bool {
	if p.knows(side, b) {
		return true
	}
	e := p.made(side, b)
	if e < 0 {
		return true
	}
	if steps--; steps < 0 {
		return false
	}
	why := p.trail[e].why
	switch why.kind {
	case linked:
		return p.implied(why.a, b-why.b, steps)
	case taught:
		for _, f := range p.clauses[why.a].facts {
			if f.side != side {
				if g := f.not(); !p.implied(g.side, g.b, steps) {
					return false
				}
			}
		}
		return true
	case crowded:
		t, k, i := why.a, why.b, side>>1
		own := t - p.dur[i] + 1
		if side&1 == 1 {
			own = -t
		}
		if !p.implied(side, own, steps) {
			return false
		}
		over := p.amount[k][i] - p.capacity(k, t)
		for _, j := range p.users[k] {
			if over > 0 {
				break
			}
			if j != i && p.knows(2*j, t-p.dur[j]+1) && p.knows(2*j+1, -t) {
				over += p.amount[k][j]
			}
		}
		return over > 0
	}
	return false
}

func (l *lessons) fade() {
	l.step /= 0.999
	if l.step > 1e20 {
		for i := range l.clauses {
			l.clauses[i].activity *= 1e-20
		}
		l.step *= 1e-20
	}
}

// list gives the place in heads of the list of a fact: a start is from 0 to
// span.
func (l *lessons) list(f fact) int32 {
	return f.side*(l.span+1) + f.b + f.side&1*l.span
}

// watch watches the first two facts of a clause.
func (l *lessons) watch(id int32) {
	if l.heads == nil {
		l.heads = make([]int32, int32(len(l.need))*(l.span+1))
		for x := range l.heads {
			l.heads[x] = -1
		}
	}
	f := l.clauses[id].facts
	l.watches = append(l.watches, watch{other: f[1]}, watch{other: f[0]})
	l.enlist(2*id, f[0])
	l.enlist(2*id+1, f[1])
}

// enlist has a watch wait for its fact to turn false.
func (l *lessons) enlist(w int32, f fact) {
	head := &l.heads[l.list(f.not())]
	l.watches[w].next, *head = *head, w
}

// unwatch ends all watches.
func (l *lessons) unwatch() {
	for id := range l.clauses {
		for _, f := range l.clauses[id].facts[:2] {
			l.heads[l.list(f.not())] = -1
		}
	}
	l.watches = l.watches[:0]
}

// wake looks at the clauses a watched fact of which turned false because a side
// is now b.
func (p *prover) wake(side, b int32) bool {
	from := p.woken[side]
	p.woken[side] = b
	if len(p.clauses) == 0 {
		return true
	}
	for v := from + 1; v <= b; v++ {
		turned := fact{side, v}
		for at := &p.heads[p.list(turned)]; *at >= 0; {
			w := *at
			x := &p.watches[w]
			if p.bound[x.other.side] >= x.other.b {
				at = &x.next
				continue
			}
			f := p.clauses[w>>1].facts
			if f[0].side == side^1 && f[0].b == 1-v {
				f[0], f[1] = f[1], f[0]
			}
			x.other = f[0]
			if p.bound[f[0].side] < f[0].b {
				if y := p.open(f); y > 0 {
					f[1], f[y] = f[y], f[1]
					*at = x.next
					p.enlist(w, f[1])
					continue
				}
				if !p.set(f[0].side, f[0].b, reason{kind: taught, a: w >> 1}) {
					return false
				}
			}
			at = &x.next
		}
	}
	return true
}

// open gives the place of a fact that is not false, after the first two; 0:
// there is none.
func (p *prover) open(f []fact) int {
	for y := 2; y < len(f); y++ {
		if -p.bound[f[y].side^1] >= f[y].b {
			return y
		}
	}
	return 0
}

// forget drops, at level 0, the clauses that had the least part in failures,
// but for the shortest-sighted, and what holds anyway. false: a contradiction.
func (p *prover) forget() bool {
	keep := make([]int32, 0, len(p.clauses))
	for id := range p.clauses {
		if !slices.ContainsFunc(p.clauses[id].facts, func(f fact) bool { return p.root[f.side] >= f.b }) {
			keep = append(keep, int32(id))
		}
	}
	slices.SortStableFunc(keep, func(a, b int32) int {
		x, y := &p.clauses[a], &p.clauses[b]
		if near := x.levels <= 2; near != (y.levels <= 2) {
			if near {
				return -1
			}
			return 1
		}
		return cmp.Compare(y.activity, x.activity)
	})
	keep = keep[:min(len(keep), p.room/2)]
	slices.Sort(keep)
	p.unwatch()
	old := p.clauses
	p.clauses = make([]clause, 0, len(keep))
	for _, id := range keep {
		c := old[id]
		c.facts = slices.DeleteFunc(c.facts, func(f fact) bool { g := f.not(); return p.root[g.side] >= g.b })
		if len(c.facts) < 2 {
			if len(c.facts) == 0 || !p.set(c.facts[0].side, c.facts[0].b, reason{}) {
				return false
			}
			continue
		}
		p.clauses = append(p.clauses, c)
		p.watch(int32(len(p.clauses) - 1))
	}
	p.room += 300
	return true
}
