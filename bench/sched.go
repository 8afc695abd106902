package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"oneboard/internal/referee"
	"oneboard/internal/sched"
)

// network makes a plan of so many tasks and half as many links more, in layers
// as real plans have them, with a five-day week.
func network(tasks int) (*sched.Problem, sched.Calendars) {
	rng := rand.New(rand.NewPCG(seed, 10))
	p := &sched.Problem{}
	for range tasks {
		p.Tasks = append(p.Tasks, sched.Task{Duration: 1 + rng.IntN(10), Deadline: sched.None})
	}
	for k := range tasks * 3 / 2 {
		to := 1 + k%(tasks-1)
		from := max(0, to-1-rng.IntN(2000))
		p.Links = append(p.Links, sched.Link{From: from, To: to, Lag: rng.IntN(3)})
	}
	works := make([]bool, 20_000)
	for d := range works {
		works[d] = d%7 < 5
	}
	return p, sched.Calendars{All: []*sched.Calendar{sched.NewCalendar(works)}}
}

// staffed gives the tasks of a plan needs of one or two of so many resources.
func staffed(p *sched.Problem, resources int) {
	rng := rand.New(rand.NewPCG(seed, 13))
	for range resources {
		p.Resources = append(p.Resources, sched.Resource{Capacity: 4 + rng.IntN(8)})
	}
	for i := range p.Tasks {
		for range 1 + rng.IntN(2) {
			p.Tasks[i].Needs = append(p.Tasks[i].Needs, sched.Need{Resource: rng.IntN(resources), Amount: 1 + rng.IntN(2)})
		}
	}
}

// due is the day by which the network of 100,000 tasks is to be finished.
const due = 19_000

// shuffled gives the same plan with its tasks and links numbered anyhow.
func shuffled(p *sched.Problem) *sched.Problem {
	rng := rand.New(rand.NewPCG(seed, 14))
	at := rng.Perm(len(p.Tasks))
	q := &sched.Problem{Tasks: make([]sched.Task, len(p.Tasks)), Links: slices.Clone(p.Links)}
	for i, t := range p.Tasks {
		q.Tasks[at[i]] = t
	}
	for k := range q.Links {
		l := &q.Links[k]
		l.From, l.To = at[l.From], at[l.To]
	}
	rng.Shuffle(len(q.Links), func(a, b int) { q.Links[a], q.Links[b] = q.Links[b], q.Links[a] })
	return q
}

// measureNetwork works out all dates and slacks of 100,000 tasks. Inside the time
// is all that is between the lists of tasks and links and these: checking them,
// finding the order and circles, both passes, and of each task its early and late
// dates and its total, free and interfering slack.
func measureNetwork([]string) (t took, err error) {
	p, c := network(100_000)
	anyhow := shuffled(p)
	times := make([]sched.Times, len(p.Tasks))
	one := func(p *sched.Problem) (wall, alone time.Duration, err error) {
		runtime.GC()
		before, _ := used()
		began := time.Now()
		n, fault := sched.NewNetwork(p, c, due)
		if fault != nil {
			return 0, 0, fault
		}
		for i, known := range n.All() {
			times[i] = known
		}
		wall = time.Since(began)
		after, _ := used()
		return wall, after - before, nil
	}
	var alone, other []time.Duration
	for range 15 {
		wall, used, err := one(p)
		if err != nil {
			return t, err
		}
		t.Many, alone = append(t.Many, wall), append(alone, used)
		if _, used, err = one(anyhow); err != nil {
			return t, err
		}
		other = append(other, used)
	}
	slices.Sort(alone)
	slices.Sort(other)
	t.Note = fmt.Sprintf("processor time %s at least, %s median; with tasks and links numbered anyhow %s and %s",
		short(alone[0]), short(alone[len(alone)/2]), short(other[0]), short(other[len(other)/2]))
	return t.ended(), nil
}

// measureChanges changes the duration of one task, any of 100,000, and has the
// dates right again; at the end they must be those that a new network has.
func measureChanges([]string) (t took, err error) {
	p, c := network(100_000)
	n, fault := sched.NewNetwork(p, c, due)
	if fault != nil {
		return t, fault
	}
	runtime.GC()
	runtime.LockOSThread()
	rng := rand.New(rand.NewPCG(seed, 11))
	var alone []time.Duration
	for range 10_000 {
		i := rng.IntN(len(p.Tasks))
		p.Tasks[i].Duration = 1 + rng.IntN(10)
		began, spent := time.Now(), onThread()
		n.SetTask(i, p.Tasks[i])
		alone = append(alone, onThread()-spent)
		t.Many = append(t.Many, time.Since(began))
	}
	full, fault := sched.NewNetwork(p, c, due)
	if fault != nil {
		return t, fault
	}
	for i := range p.Tasks {
		if n.Times(i) != full.Times(i) {
			return t, fmt.Errorf("task %d: %+v after the changes, %+v worked out anew", i, n.Times(i), full.Times(i))
		}
	}
	slices.Sort(alone)
	t.Note = fmt.Sprintf("processor time %s median, %s at 99 of 100, %s at most", short(alone[len(alone)/2]), short(alone[len(alone)*99/100]), short(alone[len(alone)-1]))
	return t.ended(), nil
}

// measureLarge places 100,000 tasks with 500 resources: the first schedule, and
// what ten seconds of processor time make of it.
func measureLarge([]string) (t took, err error) {
	p, _ := network(100_000)
	staffed(p, 500)
	runtime.GC()
	before, _ := used()
	began := time.Now()
	in, fault := sched.Compile(p)
	if fault != nil {
		return t, fault
	}
	first := 0
	placed := sched.Place(in, sched.Options{
		Seed: seed,
		Found: func(end, _ int) {
			if first == 0 {
				now, _ := used()
				first, t.CPU, t.Wall = end, now-before, time.Since(began)
			}
		},
		Stop: func() bool { now, _ := used(); return now-before > 10*time.Second },
	})
	if wrong := referee.Check(p, placed.Start); len(wrong) > 0 {
		return t, wrong[0]
	}
	_, usage := used()
	t.Peak = peak(usage)
	t.Note = fmt.Sprintf("it ends at %d, after 10 s of processor time at %d, and none ends before %d", first, placed.End, placed.LowerBound)
	return t, nil
}

// measureClash asks why a plan of 10,000 tasks has no schedule. In it, approvals
// of two days each, one after the other by the only person who may, are asked
// for within a day less than they take.
func measureClash([]string) (t took, err error) {
	const approvals = 12
	p, _ := network(10_000)
	staffed(p, 50)
	p.Resources = append(p.Resources, sched.Resource{Capacity: 1})
	in, fault := sched.Compile(p)
	if fault != nil {
		return t, fault
	}
	from := in.CriticalPath()
	for range approvals {
		p.Tasks = append(p.Tasks, sched.Task{Duration: 2, Release: from, Deadline: from + 2*approvals - 1,
			Needs: []sched.Need{{Resource: len(p.Resources) - 1, Amount: 1}}})
	}
	runtime.GC()
	before, _ := used()
	began := time.Now()
	clash, none := sched.WhyNot(p, 20_000)
	t.Wall = time.Since(began)
	after, usage := used()
	t.CPU, t.Peak = after-before, peak(usage)
	switch {
	case !none:
		return t, errors.New("it is not seen that there is no schedule")
	case !clash.Proven:
		return t, fmt.Errorf("not every one of %d demands is shown to be needed", len(clash.Demands))
	}
	t.Note = fmt.Sprintf("%d demands, each shown to be needed by a schedule without it; %d ways out", len(clash.Demands), len(clash.WaysOut))
	return t, nil
}

// ended sorts what many pieces took, and notes the memory.
func (t took) ended() took {
	slices.Sort(t.Many)
	_, usage := used()
	t.Peak = peak(usage)
	return t
}
