package sched

import (
	"slices"
)

// Unwished is a wanted start that was not set: the task may start whenever it can.
const Unwished = -1

// A Near is a schedule that keeps to another one as far as it can.
type Near struct {
	Start []int // per task; nil when none was found that keeps the deadlines
	End   int   // the last finish
	Away  int   // tasks with a wish that start at another time
	Least int   // no schedule that keeps the deadlines has fewer
	// Impossible: no schedule keeps the deadlines, by proof.
	Impossible bool
	Schedules  int // what was spent, in failures and schedules
}

// PlaceNear searches for the schedule that keeps all links, capacities, releases
// and deadlines, and in which as few tasks as possible start at another time
// than wanted (per task; [Unwished]: no wish); among such with the same tasks
// away, for the one that ends first. Least is a proven bound: where it is Away,
// no schedule has fewer.
//
// Wishes are taken as assumptions of the exact search. Where they contradict
// each other it gives a core: wishes not all of which can be met. Every schedule
// breaks one of each core, so the least set that hits all of them is a bound, and
// when the wishes outside of it can be met, it is the answer (Davies and Bacchus
// 2011, for maximal satisfiability). A schedule that a core search meets on its
// way is improved by trying to bring back one task after the other. Where the
// problem is too large for the exact search, tasks are only shifted to later
// times (right shift), and Least is 0.
//
// o.Schedules limits the work, in failures of the exact search; o.Stop as in
// [Place]. The same seed, problem and Schedules give the same schedule.
func PlaceNear(in *Instance, wanted []int, o Options) Near {
	s := &nearSearch{in: in, o: o, wanted: make([]int32, in.n)}
	latest := int32(0)
	for i, w := range wanted {
		s.wanted[i] = int32(min(max(w, Unwished), int(never)-1))
		if w > Unwished {
			latest = max(latest, s.wanted[i]+in.dur[i])
		}
	}
	s.shift()
	if s.best == nil || s.away > 0 {
		s.search(latest)
	}
	if s.best == nil && !s.impossible { // any schedule, and then as near as can be
		o.Found = nil
		placed := Place(in, o)
		s.spent, s.o.Schedules = 0, o.Schedules // as much again
		s.impossible = placed.Impossible
		if placed.Start != nil {
			start := make([]int32, in.n)
			for i, t := range placed.Start {
				start[i] = int32(t)
			}
			s.keep(start)
			if s.prover != nil {
				s.improve()
			}
		}
	}
	out := Near{Least: s.least, Impossible: s.impossible}
	if s.best != nil {
		out.Away = s.away
		s.tighten()
		out.Start = make([]int, in.n)
		for i, t := range s.best {
			out.Start[i] = int(t)
			out.End = max(out.End, int(t+in.dur[i]))
		}
	}
	out.Schedules = s.spent
	return out
}

type nearSearch struct {
	in     *Instance
	o      Options
	wanted []int32 // Unwished: none
	best   []int32
	away   int
	least  int
	spent  int

	impossible bool
	prover     *prover
	cores      [][]int32
}

// nearTry is how many failures one question to the exact search may cost; the
// ends of the search are worth more than one.
const nearTry = 400

// over reports whether no more may be spent.
func (s *nearSearch) over() bool {
	return s.o.Schedules > 0 && s.spent >= s.o.Schedules || s.o.Stop != nil && s.o.Stop()
}

// keep takes a schedule over when fewer tasks are away.
func (s *nearSearch) keep(start []int32) {
	n := 0
	for i, t := range start {
		if s.wanted[i] != Unwished && s.wanted[i] != t {
			n++
		}
	}
	if s.best == nil || n < s.away {
		s.best, s.away = slices.Clone(start), n
	}
}

// shift makes the schedule in which every task starts when it is wanted, or
// later where it can't, in the order of the wishes.
func (s *nearSearch) shift() {
	in := *s.in
	in.release = slices.Clone(in.release)
	for i, w := range s.wanted {
		in.release[i] = max(in.release[i], w)
	}
	list := slices.Clone(in.order)
	early := slices.Clone(in.release)
	for _, i := range in.order {
		for _, a := range in.succ.of(i) {
			early[a.task] = max(early[a.task], early[i]+a.lag)
		}
	}
	slices.SortStableFunc(list, func(a, b int32) int { return int(early[a]) - int(early[b]) })
	in.repair(list)
	start := make([]int32, in.n)
	newGenerator(&in).forward(list, start)
	s.spent++
	if in.late(start) == 0 {
		s.keep(start)
	}
}

// search is the search for cores, and for what hits them all.
func (s *nearSearch) search(latest int32) {
	in := s.in
	time := max(latest, in.criticalPath())
	for i, t := range in.latest(in.horizon + latest) { // by the deadlines, along the links
		time = max(time, t+in.dur[i])
	}
	time++ // a schedule that keeps the deadlines ends before it
	if int64(in.n+1)*int64(time) > exactCells {
		return
	}
	s.prover = newProver(in, time)
	free := make([]bool, in.n)
	if !s.drain(free, true) {
		return
	}
	s.improve()
	for !s.over() && s.least < s.away {
		hit, exact := hitting(s.cores, int(in.n), 20_000)
		if exact {
			s.least = max(s.least, len(hit))
		}
		if s.least >= s.away {
			return
		}
		clear(free)
		for _, i := range hit {
			free[i] = true
		}
		before := len(s.cores)
		if !s.drain(free, false) || len(s.cores) == before && !exact {
			return // what hits every core is not the least, or it is not known whether it will do
		}
		s.improve()
	}
}

// drain asks for schedules that break only the wishes that are free, and frees
// those of each core until there is one. Where it begins with none free, the
// cores have no wish in common, and each counts for the bound. false: it is not
// known, or there is no schedule at all.
func (s *nearSearch) drain(free []bool, disjoint bool) bool {
	for !s.over() {
		pins := s.pins(func(i int32) bool { return !free[i] })
		a, core := s.ask(pins, 5*nearTry)
		switch a {
		case yes:
			return true
		case unknown:
			return false
		}
		if len(core) == 0 {
			s.impossible, s.best = true, nil
			return false
		}
		core = s.shrink(core)
		s.cores = append(s.cores, core)
		if disjoint {
			s.least++
		}
		for _, i := range core {
			free[i] = true
		}
	}
	return false
}

// pins lists the tasks whose wishes are to be met, of those with a wish.
func (s *nearSearch) pins(which func(int32) bool) []int32 {
	var out []int32
	for i, w := range s.wanted {
		if w != Unwished && which(int32(i)) {
			out = append(out, int32(i))
		}
	}
	return out
}

// ask asks for a schedule that meets some wishes; no comes with a core of them.
func (s *nearSearch) ask(pins []int32, failures int) (answer, []int32) {
	if s.o.Schedules > 0 && failures > 0 {
		failures = min(failures, max(1, s.o.Schedules-s.spent))
	}
	before := s.prover.failures
	a, core := s.prover.under(pins, s.wanted, failures)
	s.spent += s.prover.failures - before + 1
	if a == yes {
		s.keep(s.prover.found)
	}
	return a, core
}

// shrink leaves wishes of a core away as long as the others still contradict
// each other by the bounds alone: to search with few wishes takes long, and
// mostly finds a schedule.
func (s *nearSearch) shrink(core []int32) []int32 {
	if len(core) > 40 {
		return core
	}
	for k := 0; k < len(core) && len(core) > 1 && !s.over(); {
		rest := slices.Delete(slices.Clone(core), k, k+1)
		a, smaller := s.ask(rest, 0)
		if a != no {
			k++
			continue
		}
		if len(smaller) == 0 {
			return smaller // no schedule at all
		}
		core, k = smaller, 0
	}
	return core
}

// improve brings tasks that are away back, one at a time, with all others that
// are not away held; what can't be brought back gives a core.
func (s *nearSearch) improve() {
	for tried := make([]bool, s.in.n); ; {
		next := int32(-1)
		for i, w := range s.wanted {
			if w != Unwished && s.best[i] != w && !tried[i] {
				next = int32(i)
				break
			}
		}
		if next < 0 || s.over() || s.least >= s.away {
			return
		}
		tried[next] = true
		pins := s.pins(func(i int32) bool { return i == next || s.best[i] == s.wanted[i] })
		if a, core := s.ask(pins, nearTry); a == no && len(core) > 0 {
			s.cores = append(s.cores, core)
		}
	}
}

// tighten lets the tasks that are away, and those without a wish, end as early
// as they can beside the others; not before they are wanted, where that costs
// the end nothing.
func (s *nearSearch) tighten() {
	end := func(start []int32) (end int32) {
		for i, t := range start {
			end = max(end, t+s.in.dur[i])
		}
		return end
	}
	for _, forward := range []bool{true, false} {
		p := *s.in.problem
		p.Tasks = slices.Clone(p.Tasks)
		for i := range p.Tasks {
			t, w := &p.Tasks[i], int(s.wanted[i])
			switch {
			case w == Unwished:
			case int(s.best[i]) == w:
				t.Release, t.Deadline = w, w+t.Duration
			case forward:
				t.Release = max(t.Release, w)
			}
		}
		in, fault := Compile(&p)
		if fault != nil {
			continue
		}
		o := s.o
		o.Found = nil
		if o.Schedules == 0 {
			o.Schedules = 1000
		}
		o.Schedules = max(20, min(1000, o.Schedules/4))
		placed := Place(in, o)
		s.spent += placed.Schedules
		if placed.Start == nil {
			continue
		}
		start := make([]int32, len(placed.Start))
		for i, t := range placed.Start {
			start[i] = int32(t)
		}
		if now := end(s.best); int32(placed.End) < now || forward && int32(placed.End) == now {
			s.best = start
		}
		if placed.Optimal && placed.End == s.in.CriticalPath() {
			return
		}
	}
}

// under searches for a schedule in which each pinned task starts when it is
// wanted. yes: it is in found. no: there is none, and the pins of the core can't
// be met together; without a core there is no schedule at all. What is learnt on
// the way holds without the pins, and stays.
func (p *prover) under(pins, wanted []int32, failures int) (answer, []int32) {
	limit := p.failures + failures
	budget := 100 * luby(p.restarts)
	if !p.consistent() {
		return no, nil
	}
	for {
		if p.level() == 0 {
			if !p.propagate() {
				return no, nil
			}
			copy(p.root, p.bound)
			if len(p.clauses) > p.room {
				if !p.forget() || !p.propagate() {
					return no, nil
				}
				copy(p.root, p.bound)
			}
			if core, held := p.pin(pins, wanted); !held {
				p.failures++
				p.back(0)
				return no, core
			}
			if failures <= 0 { // only what the bounds say was asked
				p.back(0)
				return unknown, nil
			}
		}
		if !p.decide() {
			p.found = make([]int32, p.in.n)
			for i := range p.found {
				p.found[i] = p.bound[2*i]
			}
			p.guide = p.found
			p.back(0)
			return yes, nil
		}
		for !p.propagate() {
			p.failures++
			budget--
			for p.count == 0 && p.level() > 1 { // nothing of this level had part
				p.back(p.level() - 1)
				for _, side := range p.touched {
					if p.needed[side] {
						p.see(side)
					}
				}
			}
			if p.level() == 1 {
				core := p.blame()
				p.back(0)
				return no, core
			}
			if !p.learn() {
				p.back(0)
				return no, nil
			}
			if p.level() == 0 {
				break // it holds without the pins: they are put in again
			}
		}
		if p.level() > 0 && (budget <= 0 || p.failures >= limit) {
			p.back(0)
			if p.failures >= limit {
				return unknown, nil
			}
			p.restarts++
			budget = 100 * luby(p.restarts)
		}
	}
}

// pin makes the wishes of some tasks the first level. false: they contradict
// each other, and here are some that do.
func (p *prover) pin(pins, wanted []int32) (core []int32, held bool) {
	p.marks = append(p.marks, mark3{int32(len(p.trail)), int32(len(p.changes)), int32(len(p.taken))})
	for _, i := range pins {
		for _, f := range [2]fact{{2 * i, wanted[i]}, {2*i + 1, -wanted[i]}} {
			if !p.set(f.side, f.b, reason{kind: guessed}) {
				core := p.blame()
				if !slices.Contains(core, i) {
					core = append(core, i)
				}
				return core, false
			}
		}
	}
	if !p.propagate() {
		return p.blame(), false
	}
	return nil, true
}

// blame traces a failure on the first level back to the pins it rests on.
func (p *prover) blame() (core []int32) {
	for first := int(p.marks[0].trail); len(p.trail) > first; {
		e := p.trail[len(p.trail)-1]
		has := p.needed[e.side] && p.need[e.side] > e.old
		b := p.need[e.side]
		p.unwind(len(p.trail) - 1)
		if !has {
			continue
		}
		p.needed[e.side], p.current[e.side] = false, false
		if e.why.kind != guessed {
			p.explain(e.side, b, e.why)
		} else if i := e.side >> 1; !slices.Contains(core, i) {
			core = append(core, i)
		}
	}
	return core
}

// hitting gives a least set that has a member in common with each of some sets,
// of numbers below n. false: the nodes were spent before it was proven least.
func hitting(sets [][]int32, n, nodes int) ([]int32, bool) {
	h := &hitter{nodes: nodes, in: make([]bool, n), out: make([]bool, n), seen: make([]bool, n)}
	// A set that holds another one says nothing new.
	sets = slices.Clone(sets)
	slices.SortStableFunc(sets, func(a, b []int32) int { return len(a) - len(b) })
	for _, s := range sets {
		if !slices.ContainsFunc(h.sets, func(t []int32) bool {
			return !slices.ContainsFunc(t, func(x int32) bool { return !slices.Contains(s, x) })
		}) {
			h.sets = append(h.sets, s)
		}
	}
	h.greedy(n)
	h.branch()
	return h.best, h.nodes > 0
}

type hitter struct {
	sets    [][]int32
	best    []int32
	now     []int32
	in, out []bool
	seen    []bool
	nodes   int
}

// hit reports whether a member of a set was taken.
func (h *hitter) hit(s []int32) bool {
	return slices.ContainsFunc(s, func(x int32) bool { return h.in[x] })
}

// greedy takes again and again what is in the most sets.
func (h *hitter) greedy(n int) {
	hit := make([]bool, len(h.sets))
	count := make([]int, n)
	for {
		clear(count)
		for k, s := range h.sets {
			if !hit[k] {
				for _, x := range s {
					count[x]++
				}
			}
		}
		most := 0
		for x, c := range count {
			if c > count[most] {
				most = x
			}
		}
		if n == 0 || count[most] == 0 {
			return
		}
		h.best = append(h.best, int32(most))
		for k, s := range h.sets {
			hit[k] = hit[k] || slices.Contains(s, int32(most))
		}
	}
}

// branch tries the members of the set that leaves the least choice.
func (h *hitter) branch() {
	if h.nodes <= 0 {
		return
	}
	h.nodes--
	var next []int32 // what is still open of the tightest set
	apart, open := 0, false
	var used []int32
	for _, s := range h.sets { // short sets first
		if h.hit(s) {
			continue
		}
		var left []int32
		clash := false
		for _, x := range s {
			if !h.out[x] {
				left = append(left, x)
				clash = clash || h.seen[x]
			}
		}
		if !open || len(left) < len(next) {
			next, open = left, true
		}
		if !clash {
			apart++
			for _, x := range left {
				h.seen[x] = true
			}
			used = append(used, left...)
		}
	}
	for _, x := range used {
		h.seen[x] = false
	}
	if !open {
		if len(h.now) < len(h.best) {
			h.best = slices.Clone(h.now)
		}
		return
	}
	if len(h.now)+apart >= len(h.best) {
		return
	}
	var shut []int32
	for _, x := range next {
		h.in[x], h.now = true, append(h.now, x)
		h.branch()
		h.in[x], h.now = false, h.now[:len(h.now)-1]
		h.out[x] = true // from here on without it
		shut = append(shut, x)
	}
	for _, x := range shut {
		h.out[x] = false
	}
}
