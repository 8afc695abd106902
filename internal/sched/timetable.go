package sched

import (
	"math/bits"
	"slices"
)

// timetable is what is used for certain: a task that must start by its latest
// start and can't be finished before its earliest finish is under way in
// between, its compulsory part, wherever it is placed.
type timetable struct {
	time    int32
	words   int32
	free    []uint64 // words × time: what the compulsory parts leave
	lo, hi  []int32  // per task, its part as it is entered
	changes []part   // how the parts were before
	users   [][]int32
	amount  [][]int32 // per resource and task
	around  []int32   // whom crowd named last
	others  []int32   // whom it may name besides
}

type part struct{ task, lo, hi int32 }

func (x *timetable) make(in *Instance, time int32) {
	x.time, x.words = time, int32(max(1, in.words))
	x.free = make([]uint64, x.time*x.words)
	x.lo, x.hi = make([]int32, in.n), make([]int32, in.n)
	x.users, x.amount = make([][]int32, len(in.problem.Resources)), make([][]int32, len(in.problem.Resources))
	for k := range x.amount {
		x.amount[k] = make([]int32, in.n)
	}
	for i, needs := range in.needs {
		for _, need := range needs {
			x.users[need.Resource] = append(x.users[need.Resource], int32(i))
			x.amount[need.Resource][i] = int32(need.Amount)
		}
	}
	for k, users := range x.users {
		slices.SortStableFunc(users, func(a, b int32) int { return int(x.amount[k][b] - x.amount[k][a]) })
	}
}

func (x *timetable) clear(in *Instance) {
	x.changes = x.changes[:0]
	clear(x.lo)
	clear(x.hi)
	for t := range x.time {
		for w := range in.words {
			x.free[t*x.words+int32(w)] = in.at(w, t)
		}
	}
}

// at gives a word of the capacities at a time.
func (in *Instance) at(word int, t int32) uint64 {
	if int(t) < len(in.full[word]) {
		return in.full[word][t]
	}
	return in.last[word]
}

// enterParts enters the compulsory parts that have grown. false: there is not
// enough for one, and what that rests on was gathered.
func (p *prover) enterParts() bool {
	for i := range p.in.n {
		lo, hi := -p.bound[2*i+1], p.bound[2*i]+p.dur[i]
		if lo >= hi || len(p.in.pieces[i]) == 0 || p.lo[i] == lo && p.hi[i] == hi {
			continue
		}
		from, to := p.lo[i], p.hi[i]
		if from >= to {
			from, to = hi, hi
		}
		p.changes = append(p.changes, part{i, p.lo[i], p.hi[i]})
		fits := true
		for fits && from > lo {
			if fits = p.use(i, from-1); fits {
				from--
			}
		}
		for fits && to < hi {
			if fits = p.use(i, to); fits {
				to++
			}
		}
		p.lo[i], p.hi[i] = from, to
		if !fits {
			return false
		}
	}
	return true
}

// use takes what task i needs at time t.
func (p *prover) use(i, t int32) bool {
	for _, piece := range p.in.pieces[i] {
		if left := (p.free[t*p.words+piece.word] - piece.need) & guard; left != guard {
			p.begin()
			p.gather(2*i, t-p.dur[i]+1)
			p.gather(2*i+1, -t)
			k := lacking(piece.word, left)
			p.lastSide, p.lastWhy = 2*i, reason{crowded, t, k}
			p.crowd(t, k, i)
			return false
		}
	}
	for _, piece := range p.in.pieces[i] {
		p.free[t*p.words+piece.word] -= piece.need
	}
	return true
}

// lacking gives the first resource whose guard is gone.
func lacking(word int32, left uint64) int32 {
	return word*4 + int32(bits.TrailingZeros64(^left&guard))/16
}

// leaveParts undoes the changes after the first so many.
func (x *timetable) leaveParts(in *Instance, first int) {
	for k := len(x.changes) - 1; k >= first; k-- {
		i, lo, hi := x.changes[k].task, x.changes[k].lo, x.changes[k].hi
		from, to := x.lo[i], x.hi[i]
		if from < to {
			stays, ends := lo, hi
			if lo >= hi {
				stays, ends = to, to
			}
			for _, piece := range in.pieces[i] {
				for t := from; t < stays; t++ {
					x.free[t*x.words+piece.word] += piece.need
				}
				for t := ends; t < to; t++ {
					x.free[t*x.words+piece.word] += piece.need
				}
			}
		}
		x.lo[i], x.hi[i] = lo, hi
	}
	x.changes = x.changes[:first]
}

// filter moves the bounds of the tasks over times at which the compulsory parts
// of others leave too little. Within its own part a task has what it needs.
func (p *prover) filter() bool {
	W := p.words
	for i := range p.in.n {
		if p.bound[2*i] == -p.bound[2*i+1] {
			continue
		}
		d := p.dur[i]
		for _, piece := range p.in.pieces[i] {
			lb, ub := p.bound[2*i], -p.bound[2*i+1]
			for {
				// The last time that lacks something is the furthest jump.
				t := min(lb+d, ub) - 1
				for t >= lb && (p.free[t*W+piece.word]-piece.need)&guard == guard {
					t--
				}
				if t < lb {
					break
				}
				k := lacking(piece.word, (p.free[t*W+piece.word]-piece.need)&guard)
				if !p.set(2*i, t+1, reason{crowded, t, k}) {
					return false
				}
				lb = t + 1
			}
			for {
				t, end := max(ub, lb+d), ub+d
				for t < end && (p.free[t*W+piece.word]-piece.need)&guard == guard {
					t++
				}
				if t >= end {
					break
				}
				k := lacking(piece.word, (p.free[t*W+piece.word]-piece.need)&guard)
				if !p.set(2*i+1, d-t, reason{crowded, t, k}) {
					return false
				}
				ub = t - d
			}
		}
	}
	return true
}

// crowd gathers tasks that, at time t, leave too little of resource k for task
// i: first those that are under way then without any decision or have part in
// the failure already, then the largest; and then without those that can be
// missed.
func (p *prover) crowd(t, k, i int32) {
	amount := p.amount[k]
	over := amount[i] - p.capacity(k, t)
	p.around, p.others = p.around[:0], p.others[:0]
	for _, j := range p.users[k] {
		if j == i || p.bound[2*j] <= t-p.dur[j] || -p.bound[2*j+1] > t {
			continue
		}
		if p.knows(2*j, t-p.dur[j]+1) && p.knows(2*j+1, -t) {
			p.around = append(p.around, j)
			over += amount[j]
			if over > 0 {
				break
			}
		} else {
			p.others = append(p.others, j)
		}
	}
	for _, j := range p.others {
		if over > 0 {
			break
		}
		p.around = append(p.around, j)
		over += amount[j]
	}
	for x := len(p.around) - 1; x >= 0; x-- {
		j := p.around[x]
		if amount[j] < over {
			over -= amount[j]
			p.around = slices.Delete(p.around, x, x+1)
			continue
		}
		p.gather(2*j, t-p.dur[j]+1)
		p.gather(2*j+1, -t)
	}
}

// capacity gives what there is of resource k at time t.
func (p *prover) capacity(k, t int32) int32 {
	return int32(p.in.at(int(k/4), t)>>(uint(k%4)*16)) & 0x7fff
}

// knows says that gathering a fact would add nothing.
func (p *prover) knows(side, b int32) bool {
	return b <= p.root[side] || p.needed[side] && p.need[side] >= b
}
