package sched

// A fact says that a side is at least b. Side 2i is start[i], side 2i+1 is
// -start[i]: so each bound of a start, lower or upper, has one form.
type fact struct{ side, b int32 }

// not gives the opposite: start ≥ b, or start ≤ b-1.
func (f fact) not() fact { return fact{f.side ^ 1, 1 - f.b} }

// A reason says what a fact follows from.
type reason struct {
	kind uint8
	a, b int32
}

const (
	guessed uint8 = iota // nothing: it was decided
	linked               // the side a, which is b less
	crowded              // what is under way at time a leaves too little of resource b
	taught               // clause a, all of whose other facts are false
	crammed              // tasks need more of resource b than there is while they can be under way
)

// An event is one tightening of a side.
type event struct {
	side, old, b int32
	before       int32 // the event of the same side before this one, or -1
	why          reason
}

// mark3 says how long the lists were when a level began.
type mark3 struct{ trail, parts, atoms int32 }

// facts is what is known at a moment, and how it came to be known.
type facts struct {
	out   [][]arc // per side, the sides that follow from it, and by how much
	own   []int   // per side, how many of out are the problem's
	bound []int32 // per side
	root  []int32 // per side, what holds without any decision
	last  []int32 // per side its newest event, or -1
	woken []int32 // per side, up to where what follows from it was seen; see wake
	trail []event
	head  int // events before this one were propagated
	marks []mark3
}

func (f *facts) make(n int32) {
	f.out, f.own = make([][]arc, 2*n), make([]int, 2*n)
	f.bound, f.root, f.last, f.woken = make([]int32, 2*n), make([]int32, 2*n), make([]int32, 2*n), make([]int32, 2*n)
}

func (f *facts) clear() {
	for side := range f.out {
		f.out[side] = f.out[side][:f.own[side]]
		f.last[side], f.root[side] = -1, -never
	}
	f.trail, f.head, f.marks = f.trail[:0], 0, f.marks[:0]
}

// level is how many decisions hold.
func (f *facts) level() int { return len(f.marks) }

// unwind undoes the events from a place on.
func (f *facts) unwind(to int) {
	for k := len(f.trail) - 1; k >= to; k-- {
		e := &f.trail[k]
		f.bound[e.side], f.last[e.side] = e.old, e.before
		f.woken[e.side] = min(f.woken[e.side], e.old)
	}
	f.trail = f.trail[:to]
}

// made gives the event that made a fact which holds, or -1 when it held from
// the start.
func (f *facts) made(side, b int32) int32 {
	e := f.last[side]
	for e >= 0 && f.trail[e].old >= b {
		e = f.trail[e].before
	}
	return e
}

// levelOf gives the level on which a fact that holds was made.
func (f *facts) levelOf(side, b int32) int {
	e := f.made(side, b)
	lo, hi := 0, len(f.marks)
	for lo < hi {
		if m := (lo + hi) / 2; f.marks[m].trail <= e {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// set tightens a side. false: that contradicts its opposite, and what the
// contradiction rests on was gathered.
func (p *prover) set(side, b int32, why reason) bool {
	old := p.bound[side]
	if b <= old {
		return true
	}
	if b > -p.bound[side^1] {
		p.begin()
		p.lastSide, p.lastWhy = side, why
		p.explain(side, -p.bound[side^1]+1, why)
		p.gather(side^1, p.bound[side^1])
		return false
	}
	p.trail = append(p.trail, event{side, old, b, p.last[side], why})
	p.last[side] = int32(len(p.trail) - 1)
	p.bound[side] = b
	return true
}
