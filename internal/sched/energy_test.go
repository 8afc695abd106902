package sched

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// inStretch is what a task puts into a stretch of time wherever it is placed
// within its bounds: the least over all its starts.
func inStretch(first, last, duration, from, to int32) int64 {
	least := int64(duration)
	for s := first; s <= last; s++ {
		least = min(least, int64(max(0, min(s+duration, to)-max(s, from))))
	}
	return least
}

// windowed makes a prover of tasks with nothing between them but one resource,
// each of which may start in a window of its own, and gives
// the bounds that hold without those windows.
func windowed(t *testing.T, rng *rand.Rand) (p *prover, root []int32) {
	const time = 24
	problem := &Problem{Resources: []Resource{{Capacity: 1 + rng.IntN(9)}}}
	if rng.IntN(4) == 0 {
		problem.Resources[0].Steps = []Step{{3 + rng.IntN(5), rng.IntN(10)}, {9 + rng.IntN(5), problem.Resources[0].Capacity}}
	}
	for range 2 + rng.IntN(6) {
		problem.Tasks = append(problem.Tasks, Task{Duration: rng.IntN(7), Deadline: None, Needs: []Need{{0, rng.IntN(problem.Resources[0].Capacity + 1)}}})
	}
	in, fault := Compile(problem)
	if fault != nil {
		t.Fatal(fault)
	}
	p = newProver(in, time)
	root = slices.Clone(p.bound)
	for i := range in.n {
		first := int32(rng.IntN(int(time - in.dur[i])))
		last := first + int32(rng.IntN(int(min(6, time-in.dur[i]-first))))
		p.bound[2*i], p.bound[2*i+1] = first, -last
	}
	return p, root
}

// TestFullest holds the stretch that is filled most against one found by placing
// each task everywhere, for each load, and what a failure is said to rest on
// against that: with nothing but those facts the stretch must still be too full.
func TestFullest(t *testing.T) {
	full := 0
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		p, root := windowed(t, rng)
		for x := range p.loads {
			l := &p.loads[x]
			over := func(bound []int32, from, to int32) int64 {
				sum := -int64(l.capacity) * int64(to-from)
				if l.room != nil {
					sum = l.room[from] - l.room[to]
				}
				for y, i := range l.users {
					sum += int64(l.weight[y]) * inStretch(bound[2*i], -bound[2*i+1], p.dur[i], from, to)
				}
				return sum
			}
			most := int64(0)
			for from := range int32(24) {
				begins := slices.ContainsFunc(l.users, func(i int32) bool {
					return p.bound[2*i] == from || p.bound[2*i]+p.dur[i] == from || -p.bound[2*i+1] == from
				})
				for to := from + 1; begins && to < 24; to++ {
					most = max(most, over(p.bound, from, to))
				}
			}
			from, to, told := p.fullest(l)
			if told != most || most > 0 && over(p.bound, from, to) != most {
				t.Fatalf("seed %d, load %d: [%d,%d) is over by %d; by hand %d", seed, x, from, to, told, most)
			}
			if most == 0 {
				continue
			}
			full++
			p.begin()
			p.overfill(l, from, to, most)
			rests := slices.Clone(root)
			for _, f := range p.parts {
				if p.bound[f.side] < f.b {
					t.Fatalf("seed %d, load %d: rests on what does not hold", seed, x)
				}
				rests[f.side] = max(rests[f.side], f.b)
			}
			if over(rests, from, to) <= 0 {
				t.Fatalf("seed %d, load %d: what it rests on does not fill [%d,%d)", seed, x, from, to)
			}
		}
	}
	if full < 1000 {
		t.Errorf("only %d stretches were too full", full)
	}
}

// TestLoads: under each way to weigh them, tasks that can be under way together
// weigh no more than the capacity of that load.
func TestLoads(t *testing.T) {
	loads := 0
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 2))
		p, _ := windowed(t, rng)
		if p.in.problem.Resources[0].Steps != nil || p.loads == nil {
			continue
		}
		plain := p.loads[0]
		for x, l := range p.loads {
			loads++
			for set := range 1 << len(l.users) {
				needs, weighs := int64(0), int64(0)
				for y := range l.users {
					if set>>y&1 == 1 {
						needs += int64(plain.weight[y])
						weighs += int64(l.weight[y])
					}
				}
				if needs <= int64(plain.capacity) && weighs > int64(l.capacity) {
					t.Fatalf("seed %d, load %d: what needs %d of %d weighs %d of %d", seed, x, needs, plain.capacity, weighs, l.capacity)
				}
			}
		}
	}
	if loads < 3000 {
		t.Errorf("only %d loads", loads)
	}
}
