package sched_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	. "oneboard/internal/sched"
)

// large makes a network of so many tasks and half as many links more, in layers
// as real plans have them, with a five-day week.
func large(n int) (*Problem, Calendars) {
	rng := rand.New(rand.NewPCG(10, 10))
	p := &Problem{}
	for range n {
		p.Tasks = append(p.Tasks, Task{Duration: 1 + rng.IntN(10), Deadline: None})
	}
	for k := range n * 3 / 2 {
		to := 1 + k%(n-1)
		from := max(0, to-1-rng.IntN(2000))
		p.Links = append(p.Links, Link{From: from, To: to, Lag: rng.IntN(3)})
	}
	works := make([]bool, 20000)
	for d := range works {
		works[d] = d%7 < 5
	}
	return p, Calendars{All: []*Calendar{NewCalendar(works)}}
}

func BenchmarkNetwork(b *testing.B) {
	p, c := large(100_000)
	for b.Loop() {
		if _, fault := NewNetwork(p, c, 19000); fault != nil {
			b.Fatal(fault)
		}
	}
}

func BenchmarkOneChange(b *testing.B) {
	p, c := large(100_000)
	n, _ := NewNetwork(p, c, 19000)
	rng := rand.New(rand.NewPCG(11, 11))
	var took []time.Duration
	for b.Loop() {
		i := rng.IntN(len(p.Tasks))
		t := p.Tasks[i]
		t.Duration = 1 + rng.IntN(10)
		start := time.Now()
		n.SetTask(i, t)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
	b.ReportMetric(float64(took[len(took)-1].Microseconds()), "µs-max")
}

// BenchmarkLarge is the time from a problem of 100,000 tasks and 500 resources
// to its first schedule, and how much shorter it is after 20 seconds.
func BenchmarkLarge(b *testing.B) {
	p, _ := large(100_000)
	rng := rand.New(rand.NewPCG(13, 13))
	for range 500 {
		p.Resources = append(p.Resources, Resource{Capacity: 4 + rng.IntN(8)})
	}
	for i := range p.Tasks {
		for range 1 + rng.IntN(2) {
			p.Tasks[i].Needs = append(p.Tasks[i].Needs, Need{Resource: rng.IntN(500), Amount: 1 + rng.IntN(2)})
		}
	}
	for b.Loop() {
		began := time.Now()
		in, fault := Compile(p)
		if fault != nil {
			b.Fatal(fault)
		}
		first, ends := time.Duration(0), []int{}
		Place(in, Options{Seed: 1, Found: func(end, lower int) {
			if first == 0 {
				first = time.Since(began)
			}
			ends = append(ends, end, lower)
		}, Stop: func() bool { return time.Since(began) > 20*time.Second }})
		b.ReportMetric(float64(first.Milliseconds()), "ms-first")
		b.ReportMetric(float64(ends[0]), "end-first")
		b.ReportMetric(float64(ends[len(ends)-2]), "end-20s")
		b.ReportMetric(float64(ends[len(ends)-1]), "lower")
	}
}
