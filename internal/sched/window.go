package sched

import (
	"math/rand/v2"
	"slices"
)

// windows improves a schedule by opening windows of time in it: the tasks in
// one are free, the others keep their order, and the exact search looks for
// something that ends earlier (large neighbourhood search: Shaw 1998; for this
// problem Godard, Laborie, Nuijten 2005).
type windows struct {
	in     *Instance
	prover *prover
	rng    *rand.Rand
	start  []int32 // the schedule to improve, and what came of it
	end    int32
	failed int // windows since the last gain
}

// open spends so many failures on windows, and gives what it spent.
func (w *windows) open(failures int) int {
	spent := 0
	for spent < failures {
		// The longer nothing is gained, the wider the windows and the longer
		// the search in each.
		size := 24 + w.rng.IntN(24)
		limit := 200
		for f := w.failed; f > 60 && limit < 3200; f /= 2 {
			limit *= 2
			size += 8
		}
		spent += w.one(size, min(limit, failures-spent)) + 1
	}
	return spent
}

// one opens the window of so many tasks around a random time.
func (w *windows) one(size, failures int) int {
	in, start := w.in, w.start
	middle := w.rng.Int32N(w.end)
	distance := func(i int32) int32 { return max(start[i]-middle, middle-start[i]-in.dur[i], 0) }
	tasks := make([]int32, in.n)
	for i := range tasks {
		tasks[i] = int32(i)
	}
	w.rng.Shuffle(len(tasks), func(a, b int) { tasks[a], tasks[b] = tasks[b], tasks[a] })
	slices.SortStableFunc(tasks, func(a, b int32) int { return int(distance(a) - distance(b)) })
	kept := tasks[min(size, len(tasks)):]
	slices.SortFunc(kept, func(a, b int32) int { return int(start[a] - start[b]) })
	p := w.prover
	p.reset(w.end)
	for x, i := range kept {
		// What follows at once; the rest follows from that.
		done, next := start[i]+in.dur[i], never
		for _, j := range kept[x+1:] {
			if start[j] < done {
				continue
			}
			if start[j] >= next {
				break
			}
			next = min(next, start[j]+in.dur[j])
			p.tie(i, j, in.dur[i])
		}
	}
	p.guide = start
	p.run(false, failures)
	w.failed++
	if p.found != nil {
		w.start, w.end, w.failed = p.found, p.known, 0
	}
	return p.failures
}
