package sched_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"oneboard/internal/referee"
	. "oneboard/internal/sched"
)

// fewest tries all starts below a horizon: the least number of tasks that start
// at another time than wanted; -1: there is no schedule.
func fewest(p *Problem, wanted []int, horizon int) int {
	n, best := len(p.Tasks), -1
	start := make([]int, n)
	var try func(i, away int)
	try = func(i, away int) {
		if best >= 0 && away >= best {
			return
		}
		if i == n {
			if len(referee.Check(p, start)) == 0 {
				best = away
			}
			return
		}
		for s := range horizon {
			start[i] = s
			more := 0
			if wanted[i] != Unwished && wanted[i] != s {
				more = 1
			}
			try(i+1, away+more)
		}
	}
	try(0, 0)
	return best
}

// TestNearAgainstAllStarts holds the number of tasks away, and the bound, against
// trying everything: both are exactly the least.
func TestNearAgainstAllStarts(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	away := 0
	for k := range *cases {
		p := random(rng, 2+rng.IntN(3), true)
		in, fault := Compile(p)
		if fault != nil {
			continue
		}
		wanted := make([]int, len(p.Tasks))
		for i := range wanted {
			wanted[i] = rng.IntN(10) - 1
		}
		got := PlaceNear(in, wanted, Options{Seed: 1})
		least := fewest(p, wanted, 18)
		switch {
		case least < 0:
			if got.Start != nil && got.End < 18 || got.Start == nil && !got.Impossible {
				t.Fatalf("case %d: there is no schedule; got %+v\n%s", k, got, show(p))
			}
			continue
		case got.Start == nil:
			t.Fatalf("case %d: %d would do; got %+v\n%s", k, least, got, show(p))
		case got.Away != least || got.Least != least:
			t.Fatalf("case %d: %d at least; got %+v, wanted %v\n%s", k, least, got, wanted, show(p))
		}
		if b := referee.Check(p, got.Start); len(b) > 0 {
			t.Fatalf("case %d: %v", k, b)
		}
		counted, end := 0, 0
		for i, s := range got.Start {
			if wanted[i] != Unwished && wanted[i] != s {
				counted++
			}
			end = max(end, s+p.Tasks[i].Duration)
		}
		if counted != got.Away || end != got.End {
			t.Fatalf("case %d: %d away and the end %d; got %+v", k, counted, end, got)
		}
		away += least
	}
	if away < *cases/4 {
		t.Errorf("only %d tasks had to move: the cases are too easy", away)
	}
}

// TestNearKeepsAScheduleThatStillHolds: nothing has changed, so nothing moves;
// and the same with the last capacity cut for a while moves only what it must.
func TestNearKeepsAScheduleThatStillHolds(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for k := range 40 {
		p := random(rng, 30, false)
		for i := range p.Tasks {
			p.Tasks[i].Deadline = None
		}
		in, fault := Compile(p)
		if fault != nil {
			continue
		}
		issued := Place(in, Options{Schedules: 300, Seed: 3})
		again := PlaceNear(in, issued.Start, Options{Seed: 4})
		if again.Away != 0 || !slices.Equal(again.Start, issued.Start) {
			t.Fatalf("case %d: nothing changed, and %d moved", k, again.Away)
		}
		// One task takes two more.
		q := *p
		q.Tasks = slices.Clone(p.Tasks)
		longest := 0
		for i, x := range q.Tasks {
			if x.Duration > q.Tasks[longest].Duration {
				longest = i
			}
		}
		q.Tasks[longest].Duration += 2
		in, _ = Compile(&q)
		near := PlaceNear(in, issued.Start, Options{Seed: 4, Schedules: 20_000})
		plain := Place(in, Options{Schedules: 300, Seed: 3})
		if b := referee.Check(&q, near.Start); len(b) > 0 {
			t.Fatalf("case %d: %v", k, b)
		}
		moved := 0
		for i, s := range plain.Start {
			if s != issued.Start[i] {
				moved++
			}
		}
		if near.Away > moved || near.Least > near.Away {
			t.Errorf("case %d: %d moved, at least %d; plain %d", k, near.Away, near.Least, moved)
		}
	}
}

// TestNearSameSeed: the same problem, seed and limit give the same schedule.
func TestNearSameSeed(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 8))
	p := random(rng, 25, false)
	in, _ := Compile(p)
	wanted := make([]int, len(p.Tasks))
	for i := range wanted {
		wanted[i] = rng.IntN(30)
	}
	a := PlaceNear(in, wanted, Options{Seed: 7, Schedules: 3000})
	b := PlaceNear(in, wanted, Options{Seed: 7, Schedules: 3000})
	if !slices.Equal(a.Start, b.Start) || a.Least != b.Least {
		t.Errorf("%+v\n%+v", a, b)
	}
}
