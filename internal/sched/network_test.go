package sched_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"oneboard/internal/referee"
	. "oneboard/internal/sched"
)

// February2019 has the Spring Festival from 4 to 10 February, and two days at a
// weekend that were worked before it: seven days off in a row.
func february2019() *Calendar {
	works := make([]bool, 28)
	for d := range works {
		weekday := (d + 5) % 7 // 1 February was a Friday
		works[d] = weekday < 5 && weekday >= 0
		if weekday == 5 || weekday == 6 {
			works[d] = false
		}
		if d >= 3 && d <= 9 {
			works[d] = false
		}
	}
	works[0], works[1], works[2] = true, true, true
	return NewCalendar(works)
}

func TestCalendar(t *testing.T) {
	c := february2019()
	if got := c.Rank(28); got != 17 {
		t.Fatalf("February 2019 has 17 days of work, got %d", got)
	}
	for _, step := range []struct{ from, days, to int }{
		{0, 0, 0}, {0, 1, 1}, {0, 3, 3}, {0, 4, 11}, {2, 2, 11}, {5, 1, 11}, {11, -1, 10}, {10, -1, 2}, {10, -3, 0}, {9, -2, 1},
	} {
		if got := c.Add(step.from, step.days); got != step.to {
			t.Errorf("%d and %d days of work: got %d, want %d", step.from, step.days, got, step.to)
		}
	}
}

func randomCalendar(rng *rand.Rand) *Calendar {
	works := make([]bool, 10+rng.IntN(30))
	for d := range works {
		works[d] = rng.IntN(3) > 0
	}
	return NewCalendar(works)
}

// TestRankAndSelect holds both to counting day by day.
func TestRankAndSelect(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for range 200 {
		c := randomCalendar(rng)
		for from := -5; from < 50; from++ {
			for d := -6; d <= 6; d++ {
				want, left := from, d
				for ; left > 0; want++ {
					if c.Works(want) {
						left--
					}
				}
				for ; left < 0; want-- {
					if c.Works(want - 1) {
						left++
					}
				}
				if got := c.Add(from, d); got != want {
					t.Fatalf("Add(%d, %d) = %d, want %d", from, d, got, want)
				}
			}
		}
	}
}

// network makes a random network with calendars.
func network(rng *rand.Rand, n int) (*Problem, Calendars) {
	p := random(rng, n, true)
	c := Calendars{Whole: rng.IntN(3) == 0}
	for range 1 + rng.IntN(3) {
		c.All = append(c.All, randomCalendar(rng))
	}
	for range p.Tasks {
		c.Task = append(c.Task, rng.IntN(len(c.All)))
	}
	for range p.Links {
		c.Link = append(c.Link, rng.IntN(len(c.All)))
	}
	return p, c
}

// kept reports whether the starts keep all links and releases.
func kept(p *Problem, c Calendars, start []int) bool {
	end := make([]int, len(start))
	for i, t := range p.Tasks {
		cal := c.All[c.Task[i]]
		if start[i] < t.Release || t.Duration > 0 && !cal.Works(start[i]) {
			return false
		}
		end[i] = cal.Add(start[i], t.Duration)
		if c.Whole && end[i] != start[i]+t.Duration {
			return false
		}
	}
	for k, l := range p.Links {
		from, to := end[l.From], start[l.To]
		if l.Kind == StartStart || l.Kind == StartFinish {
			from = start[l.From]
		}
		if l.Kind == FinishFinish || l.Kind == StartFinish {
			to = end[l.To]
		}
		between := 0
		for d := min(from, to); d < max(from, to); d++ {
			if c.All[c.Link[k]].Works(d) {
				between++
			}
		}
		if to < from && (l.Lag >= 0 || between > -l.Lag) || to >= from && l.Lag > 0 && between < l.Lag {
			return false
		}
	}
	return true
}

// TestEarliest: the earliest starts keep every link, and no single one can be
// earlier while the others stay.
func TestEarliest(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for k := range *cases {
		p, c := network(rng, 2+rng.IntN(8))
		n, fault := NewNetwork(p, c, None)
		if fault != nil {
			t.Fatal(fault)
		}
		start := make([]int, len(p.Tasks))
		for i := range start {
			start[i] = n.Times(i).EarlyStart
		}
		if !kept(p, c, start) {
			t.Fatalf("case %d: the earliest starts %v break a link\n%s", k, start, show(p))
		}
		for i := range start {
			for ; start[i] >= p.Tasks[i].Release; start[i]-- {
				if start[i] < n.Times(i).EarlyStart && kept(p, c, start) {
					t.Fatalf("case %d: task %d could start at %d\n%s", k, i, start[i], show(p))
				}
			}
			start[i] = n.Times(i).EarlyStart
		}
	}
}

// TestSlack holds slack to its meaning, by moving each task: within the total
// slack everything can still be finished in time, beyond it not; within the free
// slack nothing else moves.
func TestSlack(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for k := range *cases {
		p, c := network(rng, 2+rng.IntN(6))
		for i := range p.Tasks {
			p.Tasks[i].Deadline = None
		}
		n, _ := NewNetwork(p, c, None)
		finish := n.Finish()
		for i := range p.Tasks {
			was := n.Times(i)
			cal := c.All[c.Task[i]]
			for by := 0; by <= was.TotalSlack+1; by++ {
				moved := *p
				moved.Tasks = slices.Clone(p.Tasks)
				to := cal.Add(was.EarlyStart, by)
				if p.Tasks[i].Duration > 0 {
					to = cal.Begin(to)
				}
				moved.Tasks[i].Release = to
				m, _ := NewNetwork(&moved, c, None)
				if late := m.Finish() > finish; late != (by > was.TotalSlack) {
					t.Fatalf("case %d: task %d moved by %d: finish %d after %d, slack %+v\n%s", k, i, by, m.Finish(), finish, was, show(p))
				}
				pushes := false
				for j := range p.Tasks {
					pushes = pushes || j != i && m.Times(j).EarlyStart != n.Times(j).EarlyStart
				}
				if by <= was.TotalSlack && pushes != (by > was.FreeSlack) {
					t.Fatalf("case %d: task %d moved by %d pushes others: %v, slack %+v\n%s", k, i, by, pushes, was, show(p))
				}
			}
		}
	}
}

// TestOneChange: after a change everything is as if worked out anew.
func TestOneChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for k := range *cases {
		p, c := network(rng, 2+rng.IntN(12))
		due := None
		if rng.IntN(2) == 0 {
			due = rng.IntN(40)
		}
		n, _ := NewNetwork(p, c, due)
		q := &Problem{Tasks: slices.Clone(p.Tasks), Links: slices.Clone(p.Links)}
		for range 5 {
			i := rng.IntN(len(q.Tasks))
			was := make([]Times, len(q.Tasks))
			for i := range was {
				was[i] = n.Times(i)
			}
			q.Tasks[i].Duration, q.Tasks[i].Release, q.Tasks[i].Deadline = rng.IntN(5), rng.IntN(4), None
			if rng.IntN(3) == 0 {
				q.Tasks[i].Deadline = rng.IntN(40)
			}
			moved := n.SetTask(i, q.Tasks[i])
			for i := range was {
				now := n.Times(i)
				if same := was[i].EarlyStart == now.EarlyStart && was[i].EarlyFinish == now.EarlyFinish; same == slices.Contains(moved, i) {
					t.Fatalf("case %d: task %d: %+v, was %+v, and is told to have moved: %v\n%s", k, i, now, was[i], !same, show(q))
				}
			}
			m, _ := NewNetwork(q, c, due)
			for i := range q.Tasks {
				if n.Times(i) != m.Times(i) {
					t.Fatalf("case %d: task %d: %+v, anew %+v\n%s", k, i, n.Times(i), m.Times(i), show(q))
				}
			}
		}
	}
}

// TestDriving: the chain of a task's start has no slack in it, and ends at a
// task that nothing drives.
func TestDriving(t *testing.T) {
	p := &Problem{Tasks: []Task{{Duration: 3, Deadline: None}, {Duration: 2, Deadline: None}, {Duration: 1, Deadline: None}},
		Links: []Link{{From: 0, To: 2}, {From: 1, To: 2, Lag: 1, Kind: FinishStart}}}
	n, _ := NewNetwork(p, Calendars{}, None)
	if tasks, links := n.Driving(2); !slices.Equal(tasks, []int{0, 2}) || !slices.Equal(links, []int{0}) {
		t.Errorf("got %v by %v", tasks, links)
	}
}

// TestCourse: carried out as it is ordered a schedule has its own days; when some
// tasks take another time nothing is earlier, the referee passes what comes of it,
// and taking it back gives the schedule again.
func TestCourse(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 14))
	tried, moves := 0, 0
	for k := range *cases * 2 {
		p := random(rng, 2+rng.IntN(9), true)
		for l := range p.Links { // others may stand against the order of a resource
			p.Links[l].Lag = max(0, p.Links[l].Lag)
			p.Links[l].Kind %= StartFinish
		}
		for r := range p.Resources { // what falls for good is taken from nobody who has it
			steps := &p.Resources[r].Steps
			if n := len(*steps); n > 0 {
				most := p.Resources[r].Capacity
				for _, s := range *steps {
					most = max(most, s.Capacity)
				}
				*steps = append(*steps, Step{(*steps)[n-1].At + 1 + rng.IntN(4), most})
			}
		}
		o, start := ordered(t, p, uint64(k))
		if o == nil {
			continue
		}
		tried++
		c := o.Course()
		for i := range start {
			if got := c.Times(i).EarlyStart; got != start[i] {
				t.Fatalf("case %d: task %d starts at %d, in the schedule at %d\n%s", k, i, got, start[i], show(p))
			}
			if chain := c.ChainTo(i); chain[len(chain)-1].Task != i {
				t.Fatalf("case %d: the chain to task %d is %v", k, i, chain)
			}
		}
		q := &Problem{Tasks: slices.Clone(p.Tasks), Links: p.Links, Resources: p.Resources}
		for i := range q.Tasks {
			q.Tasks[i].Deadline = None
		}
		for range 3 {
			i := rng.IntN(len(q.Tasks))
			if q.Tasks[i].Duration > 0 {
				q.Tasks[i].Duration = 1 + rng.IntN(8)
				moves += len(c.Take(i, q.Tasks[i].Duration))
			}
		}
		now := make([]int, len(start))
		for i := range now {
			if now[i] = c.Times(i).EarlyStart; now[i] < start[i] {
				t.Fatalf("case %d: task %d starts at %d, in the schedule at %d", k, i, now[i], start[i])
			}
		}
		if wrong := referee.Check(q, now); len(wrong) > 0 {
			t.Fatalf("case %d: %v\n%s", k, wrong, show(q))
		}
		for i := range p.Tasks {
			c.Take(i, p.Tasks[i].Duration)
		}
		for i := range start {
			if c.Times(i) != o.Course().Times(i) {
				t.Fatalf("case %d: task %d: %+v when all is taken back", k, i, c.Times(i))
			}
		}
	}
	if tried < *cases/4 || moves < *cases {
		t.Errorf("%d schedules, %d moves", tried, moves)
	}
}
