package sched

import (
	"cmp"
	"slices"
)

// A load is a way to see a resource: each of its users weighs so much while it
// is under way, and all that can be under way together never weigh more than
// capacity. The plain one has the amounts as they are; others weigh the tasks by
// a function under which amounts that fit together still do (dual feasible
// functions: Fekete, Schepers 1998; for this problem Carlier, Néron 2000), which
// tells that two tasks of more than half can't go on together, whatever is free
// beside them.
type load struct {
	resource int32
	users    []int32
	weight   []int32
	capacity int32
	room     []int64 // what there is before each time; nil: capacity in each unit of time
}

// works is what is looked at to see whether the work fits into the time.
type works struct {
	loads  []load
	cost   int     // of one look, about
	slope  []int64 // per time; zero between uses
	begins []bool  // per time; false between uses
	next   int     // how many failures there will have been when it is looked at next
	pause  int     // failures between two looks
}

// Looks cost more than a failure does. So they come the seldomer the less they
// find; and where one costs too much, only what overload sees is asked for.
const (
	longestPause = 64
	dearLook     = 1 << 26
)

func (w *works) make(in *Instance, time int32) {
	w.loads = in.loads(time)
	w.slope, w.begins = make([]int64, time+1), make([]bool, time+1)
	for _, l := range w.loads {
		w.cost += min(3*len(l.users), int(time)) * (len(l.users) + int(time))
	}
}

// look sees whether the work of each resource fits into the time. false: it
// doesn't, and what that rests on was gathered.
func (p *prover) look() bool {
	if p.cost > dearLook {
		p.next = p.failures + longestPause
		return p.overload()
	}
	fits := p.energy()
	if fits {
		p.pause = min(2*p.pause, longestPause)
	} else {
		p.pause = max(p.pause/2, 1)
	}
	p.next = p.failures + max(p.pause, p.cost>>22)
	return fits
}

// loads gives the loads of an instance up to a time.
func (in *Instance) loads(time int32) []load {
	var out []load
	for k := range in.problem.Resources {
		r := &in.problem.Resources[k]
		l := load{resource: int32(k), capacity: int32(r.Capacity)}
		for i, needs := range in.needs {
			for _, need := range needs {
				if need.Resource == k {
					l.users, l.weight = append(l.users, int32(i)), append(l.weight, int32(need.Amount))
				}
			}
		}
		if len(l.users) < 2 {
			continue
		}
		if len(r.Steps) > 0 {
			l.room = make([]int64, time+1)
			for t := range time {
				word, shift := k/4, uint(k%4)*16
				l.room[t+1] = l.room[t] + int64(in.at(word, t)>>shift&0x7fff)
			}
			out = append(out, l)
			continue
		}
		first := len(out)
		out = append(out, l)
		for parts := int32(1); parts <= 4; parts++ {
			if s := l.stepped(parts); !slices.ContainsFunc(out[first:], s.like) {
				out = append(out, s)
			}
		}
	}
	return out
}

// stepped weighs the tasks in whole parts of the capacity: one that takes more
// than i of parts+1 equal pieces of it weighs i parts, and one that takes just i
// pieces as much as it takes.
func (l *load) stepped(parts int32) load {
	s := load{resource: l.resource, users: l.users, capacity: l.capacity * parts}
	for _, x := range l.weight {
		if pieces := (parts + 1) * x; pieces%l.capacity == 0 {
			s.weight = append(s.weight, x*parts)
		} else {
			s.weight = append(s.weight, pieces/l.capacity*l.capacity)
		}
	}
	return s
}

// like says that another load weighs no task more.
func (l *load) like(other load) bool {
	for x, w := range l.weight {
		if int64(w)*int64(other.capacity) < int64(other.weight[x])*int64(l.capacity) {
			return false
		}
	}
	return true
}

// energy looks, in each load, for a stretch of time into which its users must
// put more than it holds, wherever they are placed within their bounds: of each
// what is in the stretch even when it is as early, or as late, as it can be
// (energetic reasoning: Erschler, Lopez 1990). false: there is one, and what it
// rests on was gathered. Stretches begin where a task starts or ends at the
// earliest or starts at the latest. The cost is, for each load, its users times
// the users and the times.
func (p *prover) energy() bool {
	for x := range p.loads {
		l := &p.loads[x]
		from, to, over := p.fullest(l)
		if over > 0 {
			p.begin()
			p.lastWhy = reason{kind: crammed, b: l.resource}
			p.overfill(l, from, to, over)
			return false
		}
	}
	return true
}

// fullest gives the stretch of time that is filled most beyond what it holds,
// and by how much.
func (p *prover) fullest(l *load) (from, to int32, over int64) {
	last := int32(0)
	for _, i := range l.users {
		est, lst := p.bound[2*i], -p.bound[2*i+1]
		last = max(last, lst+p.dur[i])
		p.begins[est], p.begins[est+p.dur[i]], p.begins[lst] = true, true, true
	}
	for a := range last {
		if !p.begins[a] {
			continue
		}
		// What a task puts into a stretch from a on grows by its weight with
		// each unit of time, from its latest start on, up to a certain length.
		first := last
		for x, i := range l.users {
			most := min(p.dur[i], p.bound[2*i]+p.dur[i]-a)
			if most <= 0 {
				continue
			}
			s := max(a, -p.bound[2*i+1])
			first = min(first, s)
			p.slope[s] += int64(l.weight[x])
			p.slope[s+most] -= int64(l.weight[x])
		}
		rise, sum := int64(0), int64(0)
		for b := first; b < last; b++ {
			rise += p.slope[b]
			p.slope[b] = 0
			sum += rise
			room := int64(l.capacity) * int64(b+1-a)
			if l.room != nil {
				room = l.room[b+1] - l.room[a]
			}
			if sum-room > over {
				from, to, over = a, b+1, sum-room
			}
		}
		p.slope[last] = 0
	}
	clear(p.begins[:last+1])
	return from, to, over
}

// overfill gathers why the tasks of a stretch put so much into it, without those
// that can be missed, the lightest first, and no more of the last than is needed.
func (p *prover) overfill(l *load, from, to int32, over int64) {
	type share struct {
		task, time   int32
		weight, work int64
	}
	var shares []share
	for x, i := range l.users {
		est, lst := p.bound[2*i], -p.bound[2*i+1]
		if m := min(p.dur[i], to-from, est+p.dur[i]-from, to-lst); m > 0 && l.weight[x] > 0 {
			shares = append(shares, share{i, m, int64(l.weight[x]), int64(l.weight[x]) * int64(m)})
		}
	}
	slices.SortStableFunc(shares, func(a, b share) int { return cmp.Compare(a.work, b.work) })
	p.around = p.around[:0]
	for _, s := range shares {
		less := int32(min(int64(s.time), (over-1)/s.weight))
		over -= int64(less) * s.weight
		if s.time -= less; s.time == 0 {
			continue
		}
		p.gather(2*s.task, from+s.time-p.dur[s.task])
		p.gather(2*s.task+1, s.time-to)
		p.around = append(p.around, s.task)
	}
}
