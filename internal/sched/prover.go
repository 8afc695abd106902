package sched

import (
	"math/bits"
	"slices"
)

// The exact part is a search over the bounds of the starts that learns from each
// failure why it failed, and so never fails again for that reason: lazy clause
// generation (Ohrimenko, Stuckey, Codish 2009), with timetables that explain
// themselves point by point (Schutt, Feydy, Stuckey, Wallace 2011). It is in
// five files: facts.go has what is known and how it is undone, timetable.go
// draws conclusions from the capacities, energy.go sees what can't fit by its
// amount, learn.go turns a failure into a clause, and this one decides what to
// try.

// A prover searches one instance. It is for one goroutine.
type prover struct {
	in    *Instance
	n     int32 // tasks, with the sink
	sink  int32 // a task of no length after all others: it starts at the end
	dur   []int32
	known int32   // schedules that end here or later are of no interest
	found []int32 // the best schedule found since the last reset
	guide []int32 // a schedule that decisions lean to
	facts
	timetable
	lessons
	atoms
	works

	failures int // since the last reset
	restarts int
	budget   int // failures until the next restart
}

// newProver makes a prover for schedules that end before known.
func newProver(in *Instance, known int32) *prover {
	n := in.n + 1
	p := &prover{in: in, n: n, sink: in.n, dur: append(slices.Clone(in.dur), 0)}
	p.facts.make(n)
	p.timetable.make(in, known)
	p.works.make(in, known)
	p.lessons.make(n, known)
	p.atoms.make(n, known)
	for i := range in.n {
		for _, a := range in.succ.of(i) {
			p.tie(i, a.task, a.lag)
		}
		p.tie(i, p.sink, in.dur[i])
	}
	for side := range p.own {
		p.own[side] = len(p.out[side])
	}
	p.reset(known)
	return p
}

// reset makes the prover as new: it looks for what ends before known, which is
// not later than what it was made for.
func (p *prover) reset(known int32) {
	p.known, p.found, p.guide, p.restarts, p.failures, p.budget = known, nil, nil, 1, 0, 100
	p.facts.clear()
	p.timetable.clear(p.in)
	p.lessons.clear()
	p.atoms.clear()
	p.pause, p.next = 1, 1
	for i := range p.n {
		p.bound[2*i], p.bound[2*i+1] = 0, p.dur[i]-(known-1)
		if i < p.in.n {
			p.bound[2*i] = p.in.release[i]
			p.bound[2*i+1] = max(p.bound[2*i+1], p.dur[i]-p.in.deadline[i])
		}
	}
	copy(p.woken, p.bound)
}

// tie has task j start at the earliest lag after i, until the next reset.
func (p *prover) tie(i, j, lag int32) {
	p.out[2*i] = append(p.out[2*i], arc{2 * j, lag})
	p.out[2*j+1] = append(p.out[2*j+1], arc{2*i + 1, lag})
}

// run searches for schedules that end before p.known, until none is left (true)
// or so many failures were had (false); it can be called again. Climbing, it
// tries whether the lower bound can be reached and raises it when it can't
// (destructive lower bounds: Klein, Scholl 1999); else it only looks for
// something better.
func (p *prover) run(climb bool, failures int) bool {
	limit := p.failures + failures
	if !p.consistent() || !p.propagate() || !p.look() {
		return true
	}
	tried := int32(-1) // the end that was last tried
	for {
		look := false
		if p.level() == 0 {
			if !p.set(2*p.sink+1, -(p.known-1), reason{}) || !p.propagate() {
				return true
			}
			copy(p.root, p.bound)
			if len(p.clauses) > p.room {
				if !p.forget() || !p.propagate() {
					return true
				}
				copy(p.root, p.bound)
			}
		}
		if p.level() == 0 && climb && p.bound[2*p.sink] < -p.bound[2*p.sink+1] {
			look = p.bound[2*p.sink] != tried
			tried = p.bound[2*p.sink]
			p.guess(fact{2*p.sink + 1, -tried}, len(p.taken))
		} else if !p.decide() {
			p.known = p.bound[2*p.sink]
			p.found = make([]int32, p.in.n)
			for i := range p.found {
				p.found[i] = p.bound[2*i]
			}
			p.guide = p.found
			p.back(0)
			continue
		}
		look = look || climb && p.failures >= p.next
		for !p.propagate() || look && !p.look() {
			look = false
			p.failures++
			p.budget--
			if !p.learn() {
				return true
			}
		}
		if p.budget <= 0 {
			p.back(0)
			p.restarts++
			p.budget = 100 * luby(p.restarts)
		}
		if p.failures >= limit {
			p.back(0)
			return false
		}
	}
}

// consistent draws the first conclusions, from the bounds that no event made.
func (p *prover) consistent() bool {
	if len(p.trail) > 0 {
		return true
	}
	for i := range p.n {
		if p.bound[2*i] > -p.bound[2*i+1] {
			return false
		}
	}
	for side := range p.out {
		for _, a := range p.out[side] {
			if !p.set(a.task, p.bound[side]+a.lag, reason{linked, int32(side), a.lag}) {
				return false
			}
		}
	}
	return true
}

// lower gives the bound that was proven so far.
func (p *prover) lower() int32 { return max(0, p.root[2*p.sink]) }

// propagate draws all conclusions; false: they contradict each other, and what
// that rests on was gathered.
func (p *prover) propagate() bool {
	for {
		for p.head < len(p.trail) {
			e := p.trail[p.head]
			p.head++
			if p.bound[e.side] != e.b {
				continue // a later event says more
			}
			for _, a := range p.out[e.side] {
				if e.b+a.lag > p.bound[a.task] && !p.set(a.task, e.b+a.lag, reason{linked, e.side, a.lag}) {
					return false
				}
			}
			if !p.wake(e.side, e.b) {
				return false
			}
		}
		before := len(p.trail)
		if !p.enterParts() || !p.filter() {
			return false
		}
		if len(p.trail) == before {
			return true
		}
	}
}

// guess makes a decision. mark is how many atoms were taken before it was
// looked for.
func (p *prover) guess(f fact, mark int) {
	p.marks = append(p.marks, mark3{int32(len(p.trail)), int32(len(p.changes)), int32(mark)})
	p.set(f.side, f.b, reason{kind: guessed})
}

// back undoes everything after a level.
func (p *prover) back(level int) {
	if level >= p.level() {
		return
	}
	m := p.marks[level]
	p.unwind(int(m.trail))
	p.leaveParts(p.in, int(m.parts))
	p.giveBack(int(m.atoms))
	p.marks = p.marks[:level]
	p.head = min(p.head, len(p.trail))
}

// decide makes the next decision: the atom that had most part in failures, the
// way the guide has it; and while there is none, the task that can start first,
// as early as it can. false: everything is decided.
func (p *prover) decide() bool {
	mark := len(p.taken)
	for len(p.heap) > 0 {
		x := p.take()
		i, v := x/p.times, x%p.times
		switch {
		case v < p.bound[2*i] || v >= -p.bound[2*i+1]:
			continue // decided already
		case p.guide != nil && i < p.in.n && p.guide[i] > v:
			p.guess(fact{2 * i, v + 1}, mark)
		default:
			p.guess(fact{2*i + 1, -v}, mark)
		}
		return true
	}
	best := int32(-1)
	for i := range p.n {
		lb := p.bound[2*i]
		if lb == -p.bound[2*i+1] {
			continue
		}
		if best < 0 || lb < p.bound[2*best] || lb == p.bound[2*best] && p.bound[2*i+1] > p.bound[2*best+1] {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	p.guess(fact{2*best + 1, -p.bound[2*best]}, mark)
	return true
}

// luby gives the i-th term of 1 1 2 1 1 2 4 …, from 1 on (Luby, Sinclair,
// Zuckerman 1993).
func luby(i int) int {
	for {
		k := bits.Len(uint(i))
		if i == 1<<k-1 {
			return 1 << (k - 1)
		}
		i -= 1<<(k-1) - 1
	}
}

// atoms are the questions "does task i start by v?", task i and time v at place
// i × times + v, with how much part they had in failures, lately more than long
// ago (VSIDS: Moskewicz and others 2001).
type atoms struct {
	times  int32
	score  []float64
	scored []int32 // those whose score is not zero
	heap   []int32 // those to choose from, the highest score first
	where  []int32 // the place in the heap, or -1
	taken  []int32 // those taken from it, in that order
	step   float64
}

func (a *atoms) make(n, times int32) {
	a.times = times
	a.score, a.where = make([]float64, n*times), make([]int32, n*times)
	for x := range a.where {
		a.where[x] = -1
	}
}

func (a *atoms) clear() {
	for _, x := range a.scored {
		a.score[x], a.where[x] = 0, -1
	}
	a.scored, a.heap, a.taken, a.step = a.scored[:0], a.heap[:0], a.taken[:0], 1
}

// bump says that a fact had part in a failure.
func (a *atoms) bump(f fact) {
	v := f.b - 1
	if f.side&1 == 1 {
		v = -f.b
	}
	if v < 0 || v >= a.times {
		return
	}
	x := f.side>>1*a.times + v
	if a.score[x] == 0 {
		a.scored = append(a.scored, x)
		a.enter(x)
	}
	a.score[x] += a.step
	if a.where[x] >= 0 {
		a.up(a.where[x])
	}
}

// fade lets what was before count less.
func (a *atoms) fade() {
	a.step /= 0.95
	if a.step > 1e100 {
		for _, x := range a.scored {
			a.score[x] *= 1e-100
		}
		a.step *= 1e-100
	}
}

// giveBack enters again what was taken after the first so many.
func (a *atoms) giveBack(first int) {
	for _, x := range a.taken[first:] {
		if a.where[x] < 0 {
			a.enter(x)
		}
	}
	a.taken = a.taken[:first]
}

func (a *atoms) enter(x int32) {
	a.heap = append(a.heap, x)
	a.where[x] = int32(len(a.heap) - 1)
	a.up(a.where[x])
}

// take takes the atom with the highest score.
func (a *atoms) take() int32 {
	x, last := a.heap[0], a.heap[len(a.heap)-1]
	a.heap = a.heap[:len(a.heap)-1]
	a.where[x] = -1
	if len(a.heap) > 0 {
		a.heap[0], a.where[last] = last, 0
		a.down()
	}
	a.taken = append(a.taken, x)
	return x
}

func (a *atoms) up(k int32) {
	x := a.heap[k]
	for k > 0 {
		above := (k - 1) / 2
		if a.score[a.heap[above]] >= a.score[x] {
			break
		}
		a.heap[k] = a.heap[above]
		a.where[a.heap[k]] = k
		k = above
	}
	a.heap[k], a.where[x] = x, k
}

func (a *atoms) down() {
	k, x, n := int32(0), a.heap[0], int32(len(a.heap))
	for {
		below := 2*k + 1
		if below >= n {
			break
		}
		if below+1 < n && a.score[a.heap[below+1]] > a.score[a.heap[below]] {
			below++
		}
		if a.score[a.heap[below]] <= a.score[x] {
			break
		}
		a.heap[k] = a.heap[below]
		a.where[a.heap[k]] = k
		k = below
	}
	a.heap[k], a.where[x] = x, k
}
