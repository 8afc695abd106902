package sched_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	. "oneboard/internal/sched"
)

// without makes the problem that asks for some demands only.
func without(p *Problem, keep []Demand) *Problem {
	q := &Problem{Resources: p.Resources}
	for i, t := range p.Tasks {
		n := Task{Duration: t.Duration, Deadline: None}
		if slices.Contains(keep, Demand{Kind: OfRelease, Task: i}) {
			n.Release = t.Release
		}
		if slices.Contains(keep, Demand{Kind: OfDeadline, Task: i}) {
			n.Deadline = t.Deadline
		}
		for _, need := range t.Needs {
			if slices.Contains(keep, Demand{Kind: OfNeed, Task: i, Resource: need.Resource}) {
				n.Needs = append(n.Needs, need)
			}
		}
		q.Tasks = append(q.Tasks, n)
	}
	for k, l := range p.Links {
		if slices.Contains(keep, Demand{Kind: OfLink, Link: k}) {
			q.Links = append(q.Links, l)
		}
	}
	return q
}

// TestWhyNot holds every clash against trying all starts: together its demands
// can't be met, and without any one of them they can; and each way out is one,
// while a smaller change is none.
func TestWhyNot(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 12))
	clashes, outs := 0, 0
	for k := 0; clashes < *cases/10; k++ {
		p := random(rng, 2+rng.IntN(3), true)
		if _, fault := Compile(p); fault != nil {
			continue
		}
		clash, none := WhyNot(p, 5000)
		if best := byStarts(p, 18); (best < 0) != none {
			if best >= 0 || none {
				t.Fatalf("case %d: no schedule: %v; the best is %d\n%s", k, none, best, show(p))
			}
			continue // a schedule beyond the oracle's horizon
		}
		if !none {
			continue
		}
		clashes++
		if !clash.Proven {
			t.Errorf("case %d: not proven", k)
		}
		if best := byStarts(without(p, clash.Demands), 18); best >= 0 {
			t.Fatalf("case %d: %v can be met by %d\n%s", k, clash.Demands, best, show(p))
		}
		for i := range clash.Demands {
			rest := slices.Delete(slices.Clone(clash.Demands), i, i+1)
			if byStarts(without(p, rest), 24) < 0 {
				t.Fatalf("case %d: %v is not needed among %v\n%s", k, clash.Demands[i], clash.Demands, show(p))
			}
		}
		for _, out := range clash.WaysOut {
			outs++
			for _, by := range []int{out.By - 1, out.By} {
				q := without(p, clash.Demands)
				q.Resources = slices.Clone(q.Resources)
				switch d := out.Demand; d.Kind {
				case OfDeadline:
					q.Tasks[d.Task].Deadline += by
				case OfRelease:
					q.Tasks[d.Task].Release -= by
				case OfNeed:
					r := q.Resources[d.Resource]
					r.Capacity += by
					r.Steps = slices.Clone(r.Steps)
					for s := range r.Steps {
						r.Steps[s].Capacity += by
					}
					q.Resources[d.Resource] = r
				case OfLink:
					n := 0
					for _, e := range clash.Demands {
						if e == d {
							break
						}
						if e.Kind == OfLink && e.Link < d.Link {
							n++
						}
					}
					q.Links[n].Lag -= by
				}
				if can := byStarts(q, 24) >= 0; can != (by == out.By) {
					t.Fatalf("case %d: way out %+v: by %d it is %v\n%v\n%s", k, out, by, can, clash.Demands, show(p))
				}
			}
		}
	}
	if outs == 0 {
		t.Error("no way out was ever found")
	}
}

// TestWhyNotLarge finds a clash of four demands among ten thousand tasks.
func TestWhyNotLarge(t *testing.T) {
	p := &Problem{Resources: []Resource{{Capacity: 3}, {Capacity: 1}}}
	for i := range 10_000 {
		p.Tasks = append(p.Tasks, Task{Duration: 1 + i%3, Deadline: None, Needs: []Need{{Resource: 0, Amount: i % 2}}})
		if i > 50 {
			p.Links = append(p.Links, Link{From: i - 50, To: i})
		}
	}
	// Two tasks that need the one reviewer in the same two days.
	for _, i := range []int{5000, 7013} {
		p.Tasks[i].Duration = 2
		p.Tasks[i].Needs = []Need{{Resource: 1, Amount: 1}}
		p.Tasks[i].Release, p.Tasks[i].Deadline = 20_000, 20_003
	}
	clash, none := WhyNot(p, 1000)
	if !none || !clash.Proven || len(clash.Demands) != 6 {
		t.Fatalf("none: %v, proven %v, demands %v", none, clash.Proven, clash.Demands)
	}
}

// TestWhyNotCrammed: approvals by one person that take a day longer together
// than the time that they are all asked for in. No single one has a place for
// certain, so only their sum tells; trying the orders would take for ever.
func TestWhyNotCrammed(t *testing.T) {
	const approvals = 14
	p := &Problem{Resources: []Resource{{Capacity: 2, Steps: []Step{{At: 3, Capacity: 1}}}}}
	for k := range approvals + 1 {
		p.Tasks = append(p.Tasks, Task{Duration: 2, Release: 5, Deadline: 5 + 2*approvals - 1, Needs: []Need{{0, 1}}})
		if k == approvals { // one that has time enough
			p.Tasks[k].Deadline = None
		}
	}
	clash, none := WhyNot(p, 1000)
	if !none || !clash.Proven || len(clash.Demands) != 3*approvals || slices.ContainsFunc(clash.Demands, func(d Demand) bool { return d.Task == approvals }) {
		t.Fatalf("none: %v, %+v", none, clash)
	}
	in, fault := Compile(p)
	if fault != nil {
		t.Fatal(fault)
	}
	if got := Place(in, Options{Seed: 1, Schedules: 5000}); !got.Impossible {
		t.Errorf("Place does not see it: %+v", got)
	}
	// A day more, and it is done.
	for k := range approvals {
		p.Tasks[k].Deadline++
	}
	if clash, none := WhyNot(p, 1000); none {
		t.Errorf("a clash where there is none: %+v", clash)
	}
}

// TestWhyNotNamedTwice: a task that names a resource twice needs the sum, once.
func TestWhyNotNamedTwice(t *testing.T) {
	p := &Problem{Resources: []Resource{{Capacity: 4}, {Capacity: 1}}}
	p.Tasks = append(p.Tasks, Task{Duration: 2, Deadline: 9, Needs: []Need{{0, 1}, {0, 2}}})
	for range 2 {
		p.Tasks = append(p.Tasks, Task{Duration: 2, Deadline: 3, Needs: []Need{{1, 1}}})
	}
	clash, none := WhyNot(p, 1000)
	want := []Demand{{Kind: OfDeadline, Task: 1}, {Kind: OfDeadline, Task: 2}, {Kind: OfNeed, Task: 1, Resource: 1}, {Kind: OfNeed, Task: 2, Resource: 1}}
	if !none || !slices.Equal(clash.Demands, want) {
		t.Fatalf("none: %v, %+v", none, clash)
	}
}
