package sched_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/referee"
	. "oneboard/internal/sched"
)

var cases = flag.Int("cases", 400, "random problems for each oracle")

// random makes a small problem. With all, it has every kind of link, lags and
// leads, releases, deadlines and capacities that change.
func random(rng *rand.Rand, n int, all bool) *Problem {
	p := &Problem{}
	for range 1 + rng.IntN(3) {
		r := Resource{Capacity: 1 + rng.IntN(4)}
		if all && rng.IntN(3) == 0 {
			at := 0
			for range 1 + rng.IntN(3) {
				at += 1 + rng.IntN(4)
				r.Steps = append(r.Steps, Step{at, rng.IntN(5)})
			}
			// What fits at first fits at last, so that there is a schedule.
			r.Steps = append(r.Steps, Step{at + 2, max(r.Capacity, 1)})
		}
		p.Resources = append(p.Resources, r)
	}
	for range n {
		t := Task{Duration: rng.IntN(4), Deadline: None}
		for k, r := range p.Resources {
			if rng.IntN(2) == 0 {
				t.Needs = append(t.Needs, Need{k, rng.IntN(r.Capacity + 1)})
			}
		}
		if all && rng.IntN(4) == 0 {
			t.Release = rng.IntN(5)
		}
		if all && rng.IntN(4) == 0 {
			t.Deadline = t.Release + t.Duration + rng.IntN(8)
		}
		p.Tasks = append(p.Tasks, t)
	}
	for j := range n {
		for i := range j {
			if rng.IntN(n) == 0 {
				l := Link{From: i, To: j}
				if all {
					l.Kind, l.Lag = LinkKind(rng.IntN(4)), rng.IntN(4)-1
				}
				p.Links = append(p.Links, l)
			}
		}
	}
	// The places of the tasks must not tell their order.
	perm := rng.Perm(n)
	tasks := slices.Clone(p.Tasks)
	for i, to := range perm {
		tasks[to] = p.Tasks[i]
	}
	p.Tasks = tasks
	for k := range p.Links {
		p.Links[k].From, p.Links[k].To = perm[p.Links[k].From], perm[p.Links[k].To]
	}
	return p
}

// byStarts is the first oracle: it tries all starts up to a horizon, and asks
// the referee. -1: no schedule keeps the deadlines.
func byStarts(p *Problem, horizon int) int {
	start := make([]int, len(p.Tasks))
	best := -1
	var try func(i, end int)
	try = func(i, end int) {
		if best >= 0 && end >= best {
			return
		}
		if i == len(start) {
			if len(referee.Check(p, start)) == 0 {
				best = end
			}
			return
		}
		for t := p.Tasks[i].Release; t+p.Tasks[i].Duration <= horizon; t++ {
			start[i] = t
			try(i+1, max(end, t+p.Tasks[i].Duration))
		}
	}
	try(0, 0)
	return best
}

// byTime is the second oracle, for links from finish to start: it goes through
// time and starts every set of tasks that could start, remembering where it has
// been.
func byTime(p *Problem) int {
	n := len(p.Tasks)
	before := make([]uint, n)
	for _, l := range p.Links {
		before[l.To] |= 1 << l.From
	}
	seen := map[string]int{}
	var rest func(done uint, left []int) int
	// rest gives the time still needed; left[i] is what is left of running task i.
	rest = func(done uint, left []int) int {
		var free []int
		for _, r := range p.Resources {
			free = append(free, r.Capacity)
		}
		running := uint(0)
		for i, l := range left {
			if l > 0 {
				running |= 1 << i
				for _, need := range p.Tasks[i].Needs {
					free[need.Resource] -= need.Amount
				}
			}
		}
		if done == 1<<n-1 {
			return 0
		}
		state := []byte{byte(done), byte(done >> 8)}
		for _, l := range left {
			state = append(state, byte(l))
		}
		key := string(state)
		if v, ok := seen[key]; ok {
			return v
		}
		best := 1 << 30
		var start func(i int, done, started uint, left, free []int)
		start = func(i int, done, started uint, left, free []int) {
			if i == n {
				step := 1 << 30
				for _, l := range left {
					if l > 0 {
						step = min(step, l)
					}
				}
				if step == 1<<30 {
					if done == 1<<n-1 {
						best = 0
					}
					return
				}
				next, after := slices.Clone(left), done
				for j := range next {
					if next[j] > 0 {
						if next[j] -= step; next[j] == 0 {
							after |= 1 << j
						}
					}
				}
				best = min(best, step+rest(after, next))
				return
			}
			start(i+1, done, started, left, free)
			if done>>i&1 == 1 || left[i] > 0 || before[i]&^done != 0 {
				return
			}
			f := slices.Clone(free)
			for _, need := range p.Tasks[i].Needs {
				if p.Tasks[i].Duration > 0 {
					if f[need.Resource] -= need.Amount; f[need.Resource] < 0 {
						return
					}
				}
			}
			if p.Tasks[i].Duration == 0 {
				// Done at once: others may follow at the same time.
				start(0, done|1<<i, started, left, free)
				return
			}
			l := slices.Clone(left)
			l[i] = p.Tasks[i].Duration
			start(i+1, done, started|1<<i, l, f)
		}
		start(0, done, 0, left, free)
		seen[key] = best
		return best
	}
	return rest(0, make([]int, n))
}

// TestAgainstAllStarts holds Place against trying everything: it finds the best,
// proves it, and says that there is none only when there is none.
func TestAgainstAllStarts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	impossible := 0
	for k := range *cases {
		p := random(rng, 2+rng.IntN(3), true)
		in, fault := Compile(p)
		if fault != nil {
			continue // a need that is not there at last
		}
		want := byStarts(p, 18)
		got := Place(in, Options{Seed: uint64(k), Schedules: 20_000})
		switch {
		case got.Impossible:
			impossible++
			if want >= 0 {
				t.Fatalf("case %d: no schedule, they say; there is one of %d\n%s", k, want, show(p))
			}
		case got.Start == nil || !got.Optimal || got.LowerBound != got.End:
			t.Fatalf("case %d: not proven: %+v, want %d\n%s", k, got, want, show(p))
		case want >= 0 && got.End != want || want < 0 && got.End <= 18:
			t.Fatalf("case %d: got %d, want %d\n%s", k, got.End, want, show(p))
		}
		if got.Start != nil {
			if wrong := referee.Check(p, got.Start); len(wrong) > 0 {
				t.Fatalf("case %d: %v\n%s", k, wrong, show(p))
			}
		}
	}
	if impossible == 0 {
		t.Error("no case without a schedule: the random problems are too easy")
	}
}

// TestAgainstAllOrders does so for problems of up to twelve tasks.
func TestAgainstAllOrders(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for k := range *cases / 4 {
		most := 5 // more takes the oracle minutes
		if *cases > 400 {
			most = 8
		}
		p := random(rng, 5+rng.IntN(most), false)
		in, fault := Compile(p)
		if fault != nil {
			t.Fatal(fault)
		}
		want := byTime(p)
		got := Place(in, Options{Seed: uint64(k), Schedules: 50_000})
		if !got.Optimal || got.End != want || got.LowerBound != want {
			t.Fatalf("case %d: got %+v, want %d\n%s", k, got, want, show(p))
		}
		if wrong := referee.Check(p, got.Start); len(wrong) > 0 {
			t.Fatalf("case %d: %v", k, wrong)
		}
	}
}

// TestMirror: turned round, a problem takes as long.
func TestMirror(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for k := range *cases / 4 {
		p := random(rng, 4+rng.IntN(10), false)
		q := &Problem{Tasks: p.Tasks, Resources: p.Resources}
		for _, l := range p.Links {
			q.Links = append(q.Links, Link{From: l.To, To: l.From})
		}
		if a, b := place(t, p, 50_000), place(t, q, 50_000); a.End != b.End || !a.Optimal || !b.Optimal {
			t.Fatalf("case %d: %d forward, %d backward\n%s", k, a.End, b.End, show(p))
		}
	}
}

// TestRelaxed: with more capacity, or without a link, nothing takes longer.
func TestRelaxed(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for k := range *cases / 4 {
		p := random(rng, 4+rng.IntN(10), false)
		q := &Problem{Tasks: p.Tasks, Links: p.Links, Resources: slices.Clone(p.Resources)}
		if len(q.Links) > 0 && rng.IntN(2) == 0 {
			q.Links = q.Links[1:]
		} else {
			q.Resources[0].Capacity++
		}
		if a, b := place(t, p, 50_000), place(t, q, 50_000); b.End > a.End {
			t.Fatalf("case %d: %d, and %d with less asked\n%s", k, a.End, b.End, show(p))
		}
	}
}

// TestSameSeed: the same seed and work give the same schedule.
func TestSameSeed(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	p := random(rng, 70, false)
	for i := range p.Tasks {
		p.Tasks[i].Duration += 2
	}
	p.Links = p.Links[:20]
	a, b := place(t, p, 6_000), place(t, p, 6_000)
	if !slices.Equal(a.Start, b.Start) || a.Schedules != b.Schedules {
		t.Errorf("two runs differ: %d and %d", a.End, b.End)
	}
}

func place(t *testing.T, p *Problem, schedules int) Placement {
	t.Helper()
	in, fault := Compile(p)
	if fault != nil {
		t.Fatal(fault)
	}
	out := Place(in, Options{Seed: 1, Schedules: schedules})
	if wrong := referee.Check(p, out.Start); len(wrong) > 0 {
		t.Fatalf("%v\n%s", wrong, show(p))
	}
	return out
}

func show(p *Problem) string {
	var b strings.Builder
	for i, t := range p.Tasks {
		fmt.Fprintf(&b, "task %d: %+v\n", i, t)
	}
	fmt.Fprintf(&b, "links %+v\nresources %+v\n", p.Links, p.Resources)
	return b.String()
}
