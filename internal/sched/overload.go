package sched

import (
	"cmp"
	"slices"
)

// overload looks for a stretch of time in which tasks that can be under way only
// there need more of a resource than it holds: what timetables don't see while
// no single task has a certain place. false: there is one, and what it rests on
// was gathered. The cost is, for each resource, the square of the tasks that use
// it; so it is asked seldom (overload checking: Wolf, Schrader 2005).
func (p *prover) overload() bool {
	for k := range p.users {
		byStart := append(p.around[:0], p.users[k]...)
		byEnd := append(p.others[:0], p.users[k]...)
		p.around, p.others = byStart, byEnd
		slices.SortFunc(byStart, func(a, b int32) int { return cmp.Compare(p.bound[2*b], p.bound[2*a]) })
		slices.SortFunc(byEnd, func(a, b int32) int { return cmp.Compare(p.mustEnd(a), p.mustEnd(b)) })
		for x, last := range byEnd {
			to := p.mustEnd(last)
			if x+1 < len(byEnd) && p.mustEnd(byEnd[x+1]) == to {
				continue // the whole group with it
			}
			work := int64(0)
			for y, i := range byStart {
				if p.mustEnd(i) <= to {
					work += int64(p.amount[k][i]) * int64(p.dur[i])
				}
				from := p.bound[2*i]
				if from >= to || y+1 < len(byStart) && p.bound[2*byStart[y+1]] == from {
					continue
				}
				if most := p.in.room(int32(k), from, to); work > most {
					p.begin()
					p.lastWhy = reason{kind: crammed, b: int32(k)}
					p.cram(int32(k), from, to, work-most)
					return false
				}
			}
		}
	}
	return true
}

// cram gathers why the tasks of a stretch are in it, without those that can be
// missed: the smallest first, since few large ones say most.
func (p *prover) cram(k, from, to int32, over int64) {
	p.around = p.around[:0]
	for _, i := range slices.Backward(p.users[k]) {
		if p.bound[2*i] < from || p.mustEnd(i) > to {
			continue
		}
		if work := int64(p.amount[k][i]) * int64(p.dur[i]); work < over {
			over -= work
			continue
		}
		p.gather(2*i, from)
		p.gather(2*i+1, p.dur[i]-to)
		p.around = append(p.around, i)
	}
}

// mustEnd gives the latest finish of a task.
func (p *prover) mustEnd(i int32) int32 { return p.dur[i] - p.bound[2*i+1] }

// room gives what resource k holds in a stretch of time.
func (in *Instance) room(k, from, to int32) int64 {
	r := &in.problem.Resources[k]
	if len(r.Steps) == 0 {
		return int64(r.Capacity) * int64(to-from)
	}
	sum, at, capacity := int64(0), from, r.Capacity
	for _, s := range r.Steps {
		if next := min(max(int32(min(s.At, int(never))), at), to); next > at {
			sum += int64(capacity) * int64(next-at)
			at = next
		}
		capacity = s.Capacity
	}
	return sum + int64(capacity)*int64(to-at)
}
