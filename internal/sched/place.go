package sched

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// Options says how long to search. With neither Schedules nor Stop, Place
// searches until the best is proven, which may take for ever.
type Options struct {
	// Seed starts the random choices: the same seed, problem and Schedules give
	// the same placement, whatever the machine and however many Workers.
	Seed uint64
	// Schedules limits the work: schedules that were generated, and partial ones
	// that the exact search gave up, together. 0: no limit.
	Schedules int
	// Stop is asked between pieces of work of some milliseconds, from one
	// goroutine at a time; the search ends when it says so. nil: never.
	Stop func() bool
	// Found is told of each better end and each better lower bound. nil: nobody.
	Found func(end, lower int)
}

// A Placement is what Place found.
type Placement struct {
	Start      []int // per task; nil when there is none that keeps the deadlines
	End        int   // the last finish
	LowerBound int   // no schedule ends before it
	Optimal    bool  // End is LowerBound, by proof
	Impossible bool  // no schedule keeps all deadlines, by proof
	Schedules  int   // what was spent
	// Late is the schedule that is the least late where none was found that keeps
	// the deadlines, and LateBy by how much: to show what is missing.
	Late   []int
	LateBy int
}

// Place searches for the schedule that ends first and keeps all links,
// capacities, releases and deadlines. It breeds a population, opens windows in
// the best schedule and searches them exactly, and lets the exact search raise
// the lower bound; the three share what they find. It uses two processors: what
// is done in a round is fixed beforehand, so that they can't change the outcome.
func Place(in *Instance, o Options) Placement {
	s := &search{in: in, o: o, cost: 1 << 62, rng: rand.New(rand.NewPCG(o.Seed, 0x5c8ed))}
	s.lower = max(in.criticalPath(), in.energy())
	s.run()
	out := Placement{LowerBound: int(s.lower), Schedules: s.spent, Impossible: s.impossible}
	if s.best == nil {
		return out
	}
	start := make([]int, in.n)
	for i, t := range s.best {
		start[i] = int(t)
	}
	if s.cost>>32 > 0 {
		out.Late, out.LateBy = start, int(s.cost>>32)
		return out
	}
	out.Start, out.End = start, int(s.end)
	out.Optimal = s.end == s.lower
	return out
}

// search is one run of Place.
type search struct {
	in         *Instance
	o          Options
	rng        *rand.Rand
	best       []int32
	end        int32
	cost       int64 // days late, then the end
	lower      int32
	impossible bool
	spent      int
}

// energy is the bound that each resource sets by itself: what all tasks need of
// it, spread over what there is.
func (in *Instance) energy() int32 {
	work := make([]int64, len(in.problem.Resources))
	for i, needs := range in.needs {
		for _, need := range needs {
			work[need.Resource] += int64(need.Amount) * int64(in.dur[i])
		}
	}
	bound := int32(0)
	for k, sum := range work {
		if r := &in.problem.Resources[k]; len(r.Steps) == 0 && r.Capacity > 0 {
			bound = max(bound, int32((sum+int64(r.Capacity)-1)/int64(r.Capacity)))
		}
	}
	return bound
}

// keep takes over a schedule when it is better; true: nothing can be better.
func (s *search) keep(start []int32, end int32, cost int64) bool {
	if cost < s.cost {
		s.best, s.end, s.cost = slices.Clone(start), end, cost
		s.tell()
	}
	return s.done()
}

func (s *search) raise(lower int32) {
	if lower > s.lower {
		s.lower = lower
		s.tell()
	}
}

func (s *search) tell() {
	if s.o.Found != nil && s.best != nil && s.cost>>32 == 0 {
		s.o.Found(int(s.end), int(s.lower))
	}
}

// done: the best is proven.
func (s *search) done() bool { return s.impossible || s.cost <= int64(s.lower) }

// left gives how much of so many schedules may still be spent.
func (s *search) left(want int) int {
	if s.o.Schedules == 0 {
		return want
	}
	return min(want, s.o.Schedules-s.spent)
}

func (s *search) over() bool {
	return s.done() || s.left(1) <= 0 || s.o.Stop != nil && s.o.Stop()
}

// small is how many tasks the exact search mostly masters as a whole.
const small = 45

// exactCells is how large an instance the exact search takes: tasks times time.
const exactCells = 1 << 22

func (s *search) run() {
	in := s.in
	if in.n == 0 {
		s.best, s.cost = []int32{}, 0
		return
	}
	// A few schedules first: most easy problems are solved by then.
	total := s.o.Schedules
	if total == 0 {
		total = 40_000
	}
	members := max(6, min(20+total/250, 200, total/20))
	if in.n > 5000 {
		members = 8
	}
	breed := newPopulation(in, members, s.o.Seed)
	s.spent += breed.breed(s.left(min(2*members, 40)), s.stoppable())
	if s.over() {
		return
	}
	exact := int64(in.n)*int64(s.end) <= exactCells
	var climber *prover
	if exact {
		climber = newProver(in, s.known())
		climber.guide = s.guide()
		s.spent += s.climb(climber, s.left(min(200, total/10)))
		if s.over() {
			return
		}
	}
	share := total * 3 / 10
	if in.n <= small {
		share = min(total/20, 250) + max(0, total-10_000)/4
	}
	for s.spent < share && !s.over() {
		s.spent += breed.breed(s.left(min(1000, share-s.spent+1)), s.stoppable())
	}
	if !exact {
		for !s.over() {
			s.spent += breed.breed(s.left(max(1, 2_000_000/int(in.n))), s.stoppable())
		}
		return
	}
	if in.n <= small {
		second := newProver(in, s.known())
		second.guide = s.guide()
		for !s.over() {
			s.both(climber, second)
		}
		return
	}
	opener := &windows{in: in, rng: s.rng, prover: newProver(in, s.end+1)}
	second := &windows{in: in, rng: rand.New(rand.NewPCG(s.o.Seed, 0x2d)), prover: newProver(in, s.end+1)}
	for round := 0; !s.over(); round++ {
		s.round(round, climber, opener, second)
	}
}

// known is the end that the exact search has to beat.
func (s *search) known() int32 {
	if s.cost>>32 > 0 {
		return s.in.horizon + 1
	}
	return s.end
}

func (s *search) guide() []int32 {
	if s.cost>>32 > 0 {
		return nil
	}
	return s.best
}

// stoppable is keep, asking now and then whether to stop.
func (s *search) stoppable() func([]int32, int32, int64) bool {
	calls := 0
	every := 1 + 200_000/int(s.in.n+1)
	return func(start []int32, end int32, cost int64) bool {
		calls++
		return s.keep(start, end, cost) || calls%every == 0 && s.o.Stop != nil && s.o.Stop()
	}
}

// climb runs the exact search on the whole problem.
func (s *search) climb(p *prover, failures int) int {
	if failures <= 0 {
		return 0
	}
	before := p.failures
	p.known = min(p.known, s.known())
	ended := p.run(true, failures)
	s.learn(p, ended)
	return p.failures - before + 1
}

// learn takes over what an exact search of the whole problem found.
func (s *search) learn(p *prover, ended bool) {
	if p.found != nil && int64(p.known) < s.cost {
		s.keep(p.found, p.known, int64(p.known))
	}
	if ended {
		if s.cost>>32 > 0 {
			s.impossible = true
			return
		}
		s.raise(s.end)
		return
	}
	s.raise(p.lower())
}

// both runs two exact searches of the whole problem at the same time: one from
// below, one from above.
func (s *search) both(climber, descender *prover) {
	share := s.left(2000)
	below := (share + 1) / 2
	if s.o.Schedules > 0 {
		below = share/4 + 1 // counted work is better spent from above
	}
	climber.known = min(climber.known, s.known())
	descender.known = min(descender.known, s.known())
	before := climber.failures + descender.failures
	var (
		work             sync.WaitGroup
		fromBelow, above bool
	)
	work.Go(func() { fromBelow = climber.run(true, below) })
	above = share > below && descender.run(false, share-below)
	work.Wait()
	s.spent += climber.failures + descender.failures - before + 1
	s.learn(descender, above)
	s.learn(climber, fromBelow)
}

// round gives the exact search of the whole and the windows a piece of work
// each, at the same time. Where the exact search has long not moved, windows
// take its place every other round.
func (s *search) round(round int, climber *prover, first, second *windows) {
	const piece = 1000
	share := s.left(2 * piece)
	a, b := share/2, share-share/2
	if s.o.Schedules > 0 {
		a = share / 4 // counted work is better spent on windows
		b = share - a
	}
	climbs := round%2 == 0 || s.lower*103 > s.end*100
	best, end := s.best, s.end
	first.start, first.end = best, end
	second.start, second.end = best, end
	climber.known, climber.guide = min(climber.known, s.known()), s.guide()
	feasible := s.cost>>32 == 0
	var (
		work           sync.WaitGroup
		ended          bool
		spentA, spentB int
	)
	work.Go(func() {
		switch {
		case climbs || !feasible:
			before := climber.failures
			ended = a > 0 && climber.run(true, a)
			spentA = climber.failures - before + 1
		default:
			spentA = second.open(a)
		}
	})
	if feasible {
		spentB = first.open(b)
	}
	work.Wait()
	s.spent += spentA + spentB
	for _, w := range []*windows{first, second} {
		if feasible && w.end < s.end {
			s.keep(w.start, w.end, int64(w.end))
		}
	}
	s.learn(climber, ended)
}
