package sched

import (
	"math/rand/v2"
	"slices"
)

// A population holds schedules and breeds better ones. It has two halves: one
// of schedules pressed to the left, every task as early as it can, and one of
// schedules pressed to the right; the children of each half belong to the other,
// so that every child is justified once without a schedule more (Debels and
// Vanhoucke 2005, after the double justification of Valls, Ballestín and
// Quintanilla 2005). A child takes from its father what goes on in a window of
// time, there where the father uses the resources best, and for the rest the
// order of its mother.
type population struct {
	in, back *Instance // back is the problem with its time turned round
	forth    *generator
	toward   *generator // of back
	rng      *rand.Rand
	left     []*member // of in
	right    []*member // of back
	wanted   int       // members of a half
	next     int       // the place that gets the next child
	leftward bool      // the next child is pressed to the left
	weight   []int64   // per task, how much of the resources it uses in a unit of time
	child    *member
	list     []int32 // a child's tasks in their order
	turned   []int32
	count    []int32
	urgency  []int32 // latest starts: what the first schedules go by
}

// A member is one schedule of a half.
type member struct {
	start []int32
	list  []int32 // the tasks by start
	used  []int64 // used[t]: what all tasks use before t
	cost  int64
	end   int32
}

func newPopulation(in *Instance, wanted int, seed uint64) *population {
	p := &population{in: in, back: in.turned(), wanted: wanted, leftward: true,
		rng: rand.New(rand.NewPCG(seed, 0x0b0a7d))}
	p.forth, p.toward = newGenerator(p.in), newGenerator(p.back)
	p.weight = make([]int64, in.n)
	for i, needs := range in.needs {
		for _, need := range needs {
			p.weight[i] += int64(need.Amount) << 16 / int64(in.problem.Resources[need.Resource].most())
		}
	}
	p.child = newMember(in.n)
	p.list, p.turned = make([]int32, in.n), make([]int32, in.n)
	p.urgency = in.latest(in.criticalPath())
	return p
}

func newMember(n int32) *member {
	return &member{start: make([]int32, n), list: make([]int32, n)}
}

// turned gives the problem with its time turned round. What hangs on the day is
// left away: such schedules only order the tasks for the other half.
func (in *Instance) turned() *Instance {
	b := *in
	b.release = make([]int32, in.n)
	b.succ, b.pred = in.pred, in.succ
	b.succ.list, b.pred.list = slices.Clone(in.pred.list), slices.Clone(in.succ.list)
	for i := int32(0); i < in.n; i++ {
		// start[j] ≥ start[i] + lag, seen from the end of each.
		for k := b.succ.first[i]; k < b.succ.first[i+1]; k++ {
			a := &b.succ.list[k]
			a.lag += in.dur[i] - in.dur[a.task]
		}
		for k := b.pred.first[i]; k < b.pred.first[i+1]; k++ {
			a := &b.pred.list[k]
			a.lag += in.dur[a.task] - in.dur[i]
		}
	}
	b.order = slices.Clone(in.order)
	slices.Reverse(b.order)
	b.full = make([][]uint64, in.words)
	return &b
}

// breed makes so many schedules at the most, and calls keep with each that is a
// schedule of the problem. It ends early when keep says so.
func (p *population) breed(schedules int, keep func(start []int32, end int32, cost int64) bool) int {
	for k := 0; k < schedules; k++ {
		if len(p.right) < p.wanted {
			// A first schedule, and the same pressed to the right.
			p.sample()
			p.press(true, p.list, p.child)
			if keep(p.child.start, p.child.end, p.child.cost) {
				return k + 1
			}
			k++
			m := newMember(p.in.n)
			p.turn(p.child)
			p.press(false, p.turned, m)
			p.right = append(p.right, m)
			p.left = append(p.left, &member{cost: 1 << 62, start: make([]int32, p.in.n), list: make([]int32, p.in.n)})
			if p.in.steady && keep(p.straight(m), m.end, m.cost) {
				return k + 1
			}
			continue
		}
		from, to := p.right, p.left
		if !p.leftward {
			from, to = p.left, p.right
		}
		p.cross(from)
		p.press(p.leftward, p.turned, p.child)
		if p.leftward && keep(p.child.start, p.child.end, p.child.cost) ||
			!p.leftward && p.in.steady && p.child.cost < to[p.next].cost && keep(p.straight(p.child), p.child.end, p.child.cost) {
			return k + 1
		}
		if p.child.cost <= to[p.next].cost {
			to[p.next], p.child = p.child, to[p.next]
		}
		if p.next++; p.next == p.wanted {
			p.next, p.leftward = 0, !p.leftward
		}
	}
	return schedules
}

// straight gives a schedule of the right half as one of the problem; the memory
// is the population's.
func (p *population) straight(m *member) []int32 {
	for i, t := range m.start {
		p.turned[i] = m.end - t - p.in.dur[i]
	}
	return p.turned
}

// sample makes a random order for a first schedule: of three tasks that could
// come next, mostly the one whose latest start is the earliest.
func (p *population) sample() {
	in := p.in
	waits := p.turned
	ready := make([]int32, 0, in.n)
	for i := range in.n {
		if waits[i] = int32(len(in.pred.of(i))); waits[i] == 0 {
			ready = append(ready, i)
		}
	}
	for k := range p.list {
		best := p.rng.IntN(len(ready))
		if p.rng.IntN(10) < 7 {
			for range 2 {
				if other := p.rng.IntN(len(ready)); p.urgency[ready[other]] < p.urgency[ready[best]] {
					best = other
				}
			}
		}
		i := ready[best]
		ready[best] = ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		p.list[k] = i
		for _, a := range in.succ.of(i) {
			if waits[a.task]--; waits[a.task] == 0 {
				ready = append(ready, a.task)
			}
		}
	}
}

// press makes the schedule of a list, and what crossing asks of a member.
func (p *population) press(left bool, list []int32, m *member) {
	g := p.forth
	if !left {
		g = p.toward
	}
	in := g.in
	m.end = g.forward(list, m.start)
	m.cost = int64(m.end)
	if left {
		m.cost += in.late(m.start) << 32
	}
	p.sort(m.list, int(m.end), in.order, func(i int32) int32 { return m.start[i] })
	if in.leads {
		in.repair(m.list)
	}
	if cap(m.used) < int(m.end)+1 {
		m.used = make([]int64, m.end+m.end/4+1)
	}
	m.used = m.used[:m.end+1]
	clear(m.used)
	for i, t := range m.start {
		if d := in.dur[i]; d > 0 {
			m.used[t] += p.weight[i]
			m.used[t+d] -= p.weight[i]
		}
	}
	use, sum := int64(0), int64(0)
	for t, change := range m.used {
		m.used[t] = sum
		use += change
		sum += use
	}
}

// late gives how long after its deadline the latest task is finished.
func (in *Instance) late(start []int32) int64 {
	late := int32(0)
	if !in.steady {
		for i, t := range start {
			late = max(late, t+in.dur[i]-in.deadline[i])
		}
	}
	return int64(late)
}

// sort puts all tasks into list by a key from 0 to end; among equals order
// decides.
func (p *population) sort(list []int32, end int, order []int32, key func(int32) int32) {
	if len(p.count) < end+2 {
		p.count = make([]int32, end+end/4+2)
	}
	count := p.count[:end+2]
	clear(count)
	for _, i := range order {
		count[key(i)+1]++
	}
	for t := 1; t < len(count); t++ {
		count[t] += count[t-1]
	}
	for _, i := range order {
		k := key(i)
		list[count[k]] = i
		count[k]++
	}
}

// turn gives in turned the order for the other direction: what ends last comes
// first.
func (p *population) turn(m *member) {
	p.sort(p.turned, int(m.end), p.back.order, func(i int32) int32 { return m.end - m.start[i] - p.in.dur[i] })
	if p.in.leads {
		p.back.repair(p.turned)
	}
}

// cross makes the list of a child in turned: of the next place's member and a
// better one of two others, one is father and one mother. A child like one of
// its parents is not worth a schedule.
func (p *population) cross(from []*member) {
	father := from[p.next]
	for try := 0; ; try++ {
		mother := from[p.rng.IntN(len(from))]
		if other := from[p.rng.IntN(len(from))]; other.cost < mother.cost {
			mother = other
		}
		a, b := father, mother
		if p.rng.IntN(2) == 0 {
			a, b = b, a
		}
		p.join(a, b)
		if try == 10 || !slices.Equal(p.list, a.list) && !slices.Equal(p.list, b.list) {
			break
		}
	}
	for k, i := range p.list {
		p.turned[len(p.list)-1-k] = i
	}
	if p.in.leads {
		if p.leftward {
			p.in.repair(p.turned)
		} else {
			p.back.repair(p.turned)
		}
	}
}

// join makes the child's list: the father's order within the window, and the
// mother's before and after it. It respects the links, since in both parents
// what waits stands later.
func (p *population) join(father, mother *member) {
	length := int32((0.05 + 0.25*p.rng.Float64()) * float64(father.end))
	length = max(1, min(length, father.end))
	from, most := int32(0), int64(-1)
	for t := int32(0); t+length <= father.end; t++ {
		if used := father.used[t+length] - father.used[t]; used > most {
			from, most = t, used
		}
	}
	to := from + length
	list := p.list[:0]
	for _, i := range mother.list {
		if father.start[i] < from {
			list = append(list, i)
		}
	}
	for _, i := range father.list {
		if t := father.start[i]; t >= from && t < to {
			list = append(list, i)
		}
	}
	for _, i := range mother.list {
		if father.start[i] >= to {
			list = append(list, i)
		}
	}
}

// repair moves tasks back in a list until each stands after what it waits for:
// with leads, the order of the starts alone need not be such.
func (in *Instance) repair(list []int32) {
	done := make([]bool, in.n)
	out := make([]int32, 0, in.n)
	put := func(i int32) {
		stack := []int32{i}
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			waits := false
			for _, a := range in.pred.of(i) {
				if !done[a.task] {
					stack = append(stack, a.task)
					waits = true
				}
			}
			if !waits {
				stack = stack[:len(stack)-1]
				if !done[i] {
					done[i] = true
					out = append(out, i)
				}
			}
		}
	}
	for _, i := range list {
		if !done[i] {
			put(i)
		}
	}
	copy(list, out)
}
