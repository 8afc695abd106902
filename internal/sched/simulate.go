package sched

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A Spread is how long a task may take: at least Least, most likely Likely, at
// most Most.
type Spread struct{ Least, Likely, Most int }

// Certain reports whether there is only one time that it can take.
func (s Spread) Certain() bool { return s.Least >= s.Most }

// Chances gives the chance of each whole number from Least to Most: they rise
// from Least to Likely and fall to Most in equal steps, as if to reach nothing at
// Least-1 and Most+1 (the triangle, on whole numbers). 1, 2, 3 have a quarter, a
// half and a quarter.
//
// The triangle needs nothing but the three numbers that a person can give, and
// has heavier ends than the beta distribution of PERT, as it should: who is asked
// for a least and a most gives them too near (Williams, "Practical use of
// distributions in network analysis", J. Opl Res. Soc. 43, 1992).
func (s Spread) Chances() []float64 {
	if s.Certain() {
		return []float64{1}
	}
	out, sum := make([]float64, s.Most-s.Least+1), 0.0
	for k := range out {
		up := float64(k+1) / float64(s.Likely-s.Least+1)
		down := float64(len(out)-k) / float64(s.Most-s.Likely+1)
		out[k] = min(up, down)
		sum += out[k]
	}
	for k := range out {
		out[k] /= sum
	}
	return out
}

// Quantile gives the least time by which the task is done with a chance.
func (s Spread) Quantile(chance float64) int {
	sum := 0.0
	for k, p := range s.Chances() {
		if sum += p; sum >= chance-1e-12 {
			return s.Least + k
		}
	}
	return max(s.Least, s.Most)
}

// A Due asks in how many draws all of its reaches are there by a time. What they
// reach together is Least, whatever is drawn, at the earliest.
type Due struct {
	Of        []Reach
	Least, By int
}

// A Reach is some time after the finish of a task, or after its start.
type Reach struct {
	Task, Lag int
	Start     bool
}

// at gives when it is.
func (r *Reach) at(start, end []int32) int {
	if r.Start {
		return int(start[r.Task]) + r.Lag
	}
	return int(end[r.Task]) + r.Lag
}

// Draws says what to simulate.
type Draws struct {
	Count int
	Seed  uint64
	// Workers is how many goroutines share the work; 0: as many as there are
	// processors. It changes nothing but the time it takes.
	Workers int
	Due     []Due
	Tail    []int // see [Order.Chain]
	Floor   int   // all ends at this time at the earliest, whatever is drawn
	// Causes are what tasks have in common. No task is of two.
	Causes []Common
	// Parts[i] are the tasks, one after another, that together take what is drawn
	// for task i, the first of them: of work that may be broken up. The last takes
	// what is more than was planned. nil, for all or for one: the task itself.
	Parts [][]int
}

// A Common is a cause that tasks have in common: what makes one of them take long
// makes the others take long too.
//
// In each draw the cause fares so well or so badly: one number between nothing
// and all, each as likely as any other. Each task of it fares as the cause does
// with a chance of the root of Share, and else by itself; how it fares is where in
// its own chances its time stands. So each task keeps the chances that were given
// for it, and two tasks that may take the same times have a correlation of exactly
// Share, between none (0) and always alike (1): two of them both follow the cause
// with a chance of Share. Their sum then varies as n·σ²·(1 + (n-1)·Share), where
// independent draws have n·σ². (Of a pair it is the mixture of independence and
// comonotonicity of Fréchet 1958.) That activities with a driver in common are
// not independent, and that sums are far too certain when they are taken to be, is
// in Hulett, Integrated Cost-Schedule Risk Analysis, 2011, and, with data of
// projects, in Trietsch, Mazmanyan, Gevorgyan, Baker, "Modeling activity times by
// the Parkinson distribution with a lognormal core", Eur. J. Opl Res. 216, 2012.
type Common struct {
	Tasks []int
	Share float64
}

// An Outcome is what came of the draws.
type Outcome struct {
	Draws   int
	Planned int       // the end when every task takes its duration
	End     Histogram // of the end of all
	Due     []Histogram
	// Kept is in how many draws each Due was kept.
	Kept []int
	// Drives is in how many draws each task was one of those on which the end
	// hung (criticality index: Van Slyke 1963); Delays the same of some Due that
	// was not kept.
	Drives, Delays []int
	// Sway is the rank correlation of the time a task takes with the end
	// (Spearman; cruciality: Williams 1992); 0 for a task whose time is certain.
	Sway []float64
}

// Simulate draws the time of each task, apart from each other but for what they
// have in common, and lets everything start as early as the order then allows. spread[i] is of task i:
// its Likely is what the problem has, and where it is Certain all three are.
// The same seed gives the same outcome, on any number of processors: each draw
// has random numbers of its own. Cost of a draw: linear in tasks and waits.
func (o *Order) Simulate(spread []Spread, d Draws) *Outcome {
	n := len(o.problem.Tasks)
	s := &simulation{o: o, d: d, planned: o.planned(), ends: make([]int32, d.Count)}
	cause := make([]int32, n)
	for k, c := range d.Causes {
		for _, i := range c.Tasks {
			if c.Share > 0 {
				cause[i] = int32(k) + 1
			}
		}
		s.follows = append(s.follows, uint64(math.Round(math.Sqrt(min(1, max(0, c.Share)))*(1<<32))))
	}
	for i, sp := range spread {
		if sp.Certain() {
			continue
		}
		u := unsure{task: int32(i), least: int32(sp.Least), at: int32(s.values), cause: cause[i] - 1}
		s.shared = s.shared || u.cause >= 0
		if d.Parts != nil {
			u.parts = d.Parts[i]
		}
		sum := 0.0
		for _, p := range sp.Chances() {
			sum += p
			u.limit = append(u.limit, uint32(min(math.Round(sum*(1<<32)), 1<<32-1)))
		}
		s.values += len(u.limit)
		s.unsure = append(s.unsure, u)
	}
	out := &Outcome{Draws: d.Count, Due: make([]Histogram, len(d.Due)), Kept: make([]int, len(d.Due)), Drives: make([]int, n), Delays: make([]int, n), Sway: make([]float64, n)}
	start, end := make([]int32, n), make([]int32, n)
	o.pass(o.planned(), start, end)
	out.Planned = int(s.end(end))
	workers := d.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = max(1, min(workers, d.Count))
	parts := make([]*drawer, workers)
	s.share(workers, func(w int) func(draw int) {
		p := &drawer{s: s, dur: slices.Clone(s.planned), start: make([]int32, n), end: make([]int32, n), mark: make([]uint8, n),
			drives: make([]int32, n), delays: make([]int32, n), due: make([]Histogram, len(d.Due)), kept: make([]int, len(d.Due))}
		parts[w] = p
		return p.draw
	})
	for _, e := range s.ends {
		out.End.add(int(e), 1)
	}
	for _, p := range parts {
		for i := range n {
			out.Drives[i] += int(p.drives[i])
			out.Delays[i] += int(p.delays[i])
		}
		for k := range d.Due {
			out.Kept[k] += p.kept[k]
			for at, count := range p.due[k].Count {
				if count > 0 {
					out.Due[k].add(p.due[k].From+at, count)
				}
			}
		}
	}
	s.sway(workers, &out.End, out.Sway)
	return out
}

// simulation is what the workers share.
type simulation struct {
	o       *Order
	d       Draws
	planned []int32
	unsure  []unsure
	follows []uint64 // per cause: below it, of 2^32, a task fares as the cause does
	shared  bool     // some unsure task has a cause
	values  int      // of all unsure tasks together
	ends    []int32  // per draw
}

// unsure is a task whose time is drawn.
type unsure struct {
	task, least, at int32
	cause           int32 // -1: none
	parts           []int
	limit           []uint32 // the k-th value is drawn by a number below limit[k]
}

// share has workers take draws until none is left. begin makes what one does.
func (s *simulation) share(workers int, begin func(worker int) func(draw int)) {
	const piece = 32
	var taken atomic.Int64
	var all sync.WaitGroup
	for w := range workers {
		draw := begin(w)
		all.Go(func() {
			for {
				from := int(taken.Add(piece)) - piece
				if from >= s.d.Count {
					return
				}
				for k := from; k < min(from+piece, s.d.Count); k++ {
					draw(k)
				}
			}
		})
	}
	all.Wait()
}

// times draws how long the unsure tasks take, and tells each.
func (s *simulation) times(draw int, tell func(u *unsure, value int32)) {
	var numbers rand.PCG
	numbers.Seed(mixed(s.d.Seed), mixed(uint64(draw)^0x9e3779b97f4a7c15))
	// What is in common has numbers of its own, so that tasks without a cause are
	// drawn the same with and without.
	var common rand.PCG
	var fares []uint32
	if s.shared {
		common.Seed(mixed(s.d.Seed^0xd1342543de82ef95), mixed(uint64(draw)^0x2545f4914f6cdd1d))
		fares = make([]uint32, len(s.follows))
		for k := range fares {
			fares[k] = uint32(common.Uint64())
		}
	}
	var pair uint64
	for k := range s.unsure {
		u := &s.unsure[k]
		if k%2 == 0 {
			pair = numbers.Uint64()
		}
		x := uint32(pair)
		pair >>= 32
		if u.cause >= 0 && common.Uint64()>>32 < s.follows[u.cause] {
			x = fares[u.cause]
		}
		value := int32(0)
		for last := int32(len(u.limit)) - 1; value < last && x >= u.limit[value]; {
			value++
		}
		tell(u, value)
	}
}

// mixed spreads the bits of a number over all of it (SplitMix64).
func mixed(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// end gives the end of all.
func (s *simulation) end(end []int32) int32 {
	last := int32(s.d.Floor)
	if s.d.Tail == nil {
		for _, e := range end {
			last = max(last, e)
		}
		return last
	}
	for i, e := range end {
		last = max(last, e+int32(s.d.Tail[i]))
	}
	return last
}

// drawer is one worker's.
type drawer struct {
	s               *simulation
	dur, start, end []int32
	mark            []uint8
	drives, delays  []int32
	due             []Histogram
	kept            []int
}

// The end hangs on a task, or a due that is not kept does.
const (
	drivesEnd = 1 << iota
	drivesDelay
)

// set gives a task the time that was drawn, part by part.
func (p *drawer) set(u *unsure, value int32) {
	d := u.least + value
	if u.parts == nil {
		p.dur[u.task] = d
		return
	}
	for k, task := range u.parts {
		own := min(d, p.s.planned[task])
		if k == len(u.parts)-1 {
			own = d
		}
		p.dur[task] = own
		d -= own
	}
}

func (p *drawer) draw(draw int) {
	s := p.s
	s.times(draw, p.set)
	s.o.pass(p.dur, p.start, p.end)
	last := s.end(p.end)
	s.ends[draw] = last
	clear(p.mark)
	for i, e := range p.end {
		if s.d.Tail != nil {
			e += int32(s.d.Tail[i])
		}
		if e == last {
			p.mark[i] = drivesEnd
		}
	}
	for k, due := range s.d.Due {
		e := due.Least
		for i := range due.Of {
			e = max(e, due.Of[i].at(p.start, p.end))
		}
		p.due[k].add(e, 1)
		if e <= due.By {
			p.kept[k]++
			continue
		}
		for i := range due.Of {
			if r := &due.Of[i]; r.at(p.start, p.end) == e {
				p.mark[r.Task] |= drivesDelay
			}
		}
	}
	list := s.o.list
	for k := len(list) - 1; k >= 0; k-- {
		i := list[k]
		m := p.mark[i]
		if m == 0 {
			continue
		}
		p.drives[i] += int32(m & drivesEnd)
		p.delays[i] += int32(m / drivesDelay)
		waits := s.o.of(i)
		for w := range waits {
			if s.o.begin(i, waits[w].bound(p.start, p.end, p.dur[i]), p.dur[i]) == p.start[i] {
				p.mark[waits[w].task] |= m
			}
		}
	}
}

// sway works out the rank correlations. What was drawn is drawn again, for it is
// more than one likes to keep.
func (s *simulation) sway(workers int, end *Histogram, out []float64) {
	count := float64(s.d.Count)
	ranks, spreadEnd := end.ranks()
	if spreadEnd == 0 {
		return
	}
	type sums struct{ n, rank []int64 }
	parts := make([]sums, workers)
	s.share(workers, func(w int) func(draw int) {
		mine := sums{make([]int64, s.values), make([]int64, s.values)}
		parts[w] = mine
		return func(draw int) {
			rank := ranks[int(s.ends[draw])-end.From]
			s.times(draw, func(u *unsure, value int32) {
				mine.n[u.at+value]++
				mine.rank[u.at+value] += rank
			})
		}
	})
	for _, p := range parts[1:] {
		for k := range p.n {
			parts[0].n[k] += p.n[k]
			parts[0].rank[k] += p.rank[k]
		}
	}
	all := parts[0]
	for _, u := range s.unsure {
		own := Histogram{Count: make([]int, len(u.limit))}
		for k := range own.Count {
			own.Count[k] = int(all.n[int(u.at)+k])
		}
		of, spread := own.ranks()
		if spread == 0 {
			continue
		}
		both := 0.0
		for k, r := range of {
			both += float64(r) * float64(all.rank[int(u.at)+k])
		}
		mean := count + 1 // of ranks that are counted twice
		out[u.task] = (both - count*mean*mean) / math.Sqrt(spread*spreadEnd)
	}
}

// A Histogram counts whole numbers: Count[k] is of From+k.
type Histogram struct {
	From  int
	Count []int
}

func (h *Histogram) add(value, n int) {
	switch {
	case len(h.Count) == 0:
		h.From = value
	case value < h.From:
		h.Count = append(make([]int, h.From-value), h.Count...)
		h.From = value
	}
	for value-h.From >= len(h.Count) {
		h.Count = append(h.Count, 0)
	}
	h.Count[value-h.From] += n
}

// Quantile gives the least value that at least this share of all do not exceed.
func (h *Histogram) Quantile(share float64) int {
	total := 0
	for _, n := range h.Count {
		total += n
	}
	want, sum := int(math.Ceil(share*float64(total)-1e-9)), 0
	for k, n := range h.Count {
		if sum += n; sum >= want && sum > 0 {
			return h.From + k
		}
	}
	return h.From + max(0, len(h.Count)-1)
}

// ranks gives twice the rank of each value, those of equal values being shared,
// and the sum of squares of their distance to the mean.
func (h *Histogram) ranks() ([]int64, float64) {
	out := make([]int64, len(h.Count))
	total := int64(0)
	for _, n := range h.Count {
		total += int64(n)
	}
	before, squares := int64(0), 0.0
	for k, n := range h.Count {
		out[k] = 2*before + int64(n) + 1
		before += int64(n)
		d := float64(out[k] - total - 1)
		squares += float64(n) * d * d
	}
	return out, squares
}
