package work

import (
	"cmp"
	"slices"
	"sync"

	"oneboard/internal/org"
	"oneboard/internal/referee"
	"oneboard/internal/sched"
)

// A Schedule is the work with its days. Only [Place], [Forecast] and [Replan] make
// one, and every one has passed the referee.
type Schedule struct {
	Work *Work
	// Start and Finish are the first and last day of each activity; a
	// milestone's are one day.
	Start, Finish []org.Date
	// Latest is the last day on which each could start without anything being
	// late, by links alone; Slack how many days of work that is after Start.
	Latest   []org.Date
	Slack    []int
	Critical []bool   // nothing is left: a day later, and the end or a deadline moves
	End      org.Date // the last day of work
	Lower    org.Date // no schedule ends before this day
	Optimal  bool     // End is Lower, by proof
	Tried    int      // what the search spent
	// Parts are the days of an activity that is broken up; nil of all others,
	// which go on every day of work from Start to Finish.
	Parts [][]org.Date
	Crew  []Turn // who does what, of the resources that people are named for
	// Standing is how far the work was when it was placed; nil: nothing was told.
	Standing *Standing
	Missed   []Missed // what is finished too late; only beside a Standing
	Kept     *Kept    // how near it is to what was issued; nil: it was not asked

	placed placing
}

// horizonDays bounds a schedule: twenty years after the first day.
const horizonDays = 20 * 366

// Place places the work: within capacities, calendars and deadlines, ending as
// early as it can. Where there is no schedule it gives nil and why not; where
// the search ended before it knew, both are nil.
func Place(w *Work, o sched.Options) (*Schedule, *sched.Clash) {
	return suffice(func() (*Schedule, *sched.Clash, bool) { return place(w, o) })
}

// suffice places work until its people suffice for all of a schedule: try is asked
// again when they did not, and sets of teams that were asked too much of were
// added. There are only so many sets, so it comes to an end.
func suffice(try func() (*Schedule, *sched.Clash, bool)) (*Schedule, *sched.Clash) {
	for {
		if s, clash, ok := try(); ok {
			return s, clash
		}
	}
}

// place is Place with the sets of teams that are known.
func place(w *Work, o sched.Options) (*Schedule, *sched.Clash, bool) {
	axis := w.axis()
	p := w.problem(axis)
	in, fault := sched.Compile(p)
	if fault != nil {
		return nil, clashOf(p, fault), true
	}
	placed := sched.Place(in, o)
	if placed.Start == nil {
		clash, none := sched.WhyNot(p, 20_000)
		if !none {
			clash = nil
		}
		return nil, clash, true
	}
	s := w.settle(axis, p, placed)
	return s, nil, s != nil
}

// settle makes a schedule of what the engine has placed, once the referee has
// passed it. It is nil where people don't suffice for it: then what was asked too
// much of is known from then on.
func (w *Work) settle(axis *sched.Calendar, p *sched.Problem, placed sched.Placement) *Schedule {
	tails := w.tails()
	w.gather(p, tails, placed.Start)
	if len(referee.Check(p, placed.Start)) > 0 {
		panic("work: the engine gave a schedule that the referee refuses")
	}
	of := w.owners(tails)
	s := w.schedule(axis, p, tails, of, placed)
	if len(w.Staff) > 0 {
		staff := w.crew(axis)
		turns, ok := sched.Assign(p, staff, placed.Start, of)
		if !ok && w.ties.some && w.ties.add(sched.Short(p, staff, placed.Start)) {
			return nil
		}
		if !ok || len(referee.CheckCrew(p, staff, placed.Start, turns)) > 0 {
			panic("work: the referee refuses who does what")
		}
		for _, t := range turns {
			s.Crew = append(s.Crew, Turn{of[t.Task], t.Resource, t.Person, w.day(axis, t.From), w.day(axis, t.To-1)})
		}
		s.joinTurns()
	}
	return s
}

// joinTurns puts turns of the parts of an activity together where nothing is
// between them.
func (s *Schedule) joinTurns() {
	slices.SortStableFunc(s.Crew, func(a, b Turn) int {
		return cmp.Or(cmp.Compare(a.Activity, b.Activity), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Person, b.Person), cmp.Compare(a.From, b.From))
	})
	out := s.Crew[:0]
	for _, t := range s.Crew {
		if n := len(out); n > 0 && s.Parts[t.Activity] != nil {
			last := &out[n-1]
			same := last.Activity == t.Activity && last.Resource == t.Resource && last.Person == t.Person
			between := slices.ContainsFunc(s.Parts[t.Activity], func(d org.Date) bool { return last.To < d && d < t.From })
			if same && !between {
				last.To = t.To
				continue
			}
		}
		out = append(out, t)
	}
	s.Crew = out
}

// gather moves the parts of broken activities as near to their last ones as the
// others leave room, so that none is torn apart without need. No other task
// moves; an activity whose start others wait for stays as it is.
func (w *Work) gather(p *sched.Problem, tails []int, start []int) {
	held := make([]bool, len(w.Activities))
	broken := false
	for i := range w.Activities {
		broken = broken || tails[i] != i
	}
	if !broken {
		return
	}
	for _, l := range w.Links {
		held[l.From] = held[l.From] || l.FromStart()
	}
	end := 0
	for i, t := range p.Tasks {
		end = max(end, start[i]+t.Duration)
	}
	left := make([][]int, len(p.Resources)) // what is free at each time
	for r := range left {
		left[r] = make([]int, end)
		capacity, next := p.Resources[r].Capacity, 0
		for t := range left[r] {
			for steps := p.Resources[r].Steps; next < len(steps) && steps[next].At <= t; next++ {
				capacity = steps[next].Capacity
			}
			left[r][t] = capacity
		}
	}
	take := func(task, from, sign int) {
		for _, n := range p.Tasks[task].Needs {
			for t := from; t < from+p.Tasks[task].Duration; t++ {
				left[n.Resource][t] -= sign * n.Amount
			}
		}
	}
	for i := range p.Tasks {
		take(i, start[i], 1)
	}
	for i := range w.Activities {
		if tails[i] == i || held[i] {
			continue
		}
		parts := w.tasksOf(tails, i)
		for k := len(parts) - 2; k >= 0; k-- {
			task := parts[k]
			take(task, start[task], -1)
			at := start[parts[k+1]] - 1
			for at > start[task] && slices.ContainsFunc(p.Tasks[task].Needs, func(n sched.Need) bool { return left[n.Resource][at] < n.Amount }) {
				at--
			}
			start[task] = at
			take(task, at, 1)
		}
	}
}

// clashOf gives a fault of the problem as a clash.
func clashOf(p *sched.Problem, f *sched.Fault) *sched.Clash {
	c := &sched.Clash{Proven: true}
	for _, l := range f.Links {
		c.Demands = append(c.Demands, sched.Demand{Kind: sched.OfLink, Link: l})
	}
	if f.What == sched.TooMuch {
		c.Demands = append(c.Demands, sched.Demand{Kind: sched.OfNeed, Task: f.Tasks[0], Resource: f.Need.Resource})
	}
	if len(c.Demands) == 0 {
		for _, k := range f.Tasks {
			if p.Tasks[k].Release > 0 {
				c.Demands = append(c.Demands, sched.Demand{Kind: sched.OfRelease, Task: k})
			}
			if p.Tasks[k].Deadline != sched.None {
				c.Demands = append(c.Demands, sched.Demand{Kind: sched.OfDeadline, Task: k})
			}
		}
	}
	return c
}

// axis gives the calendar from day 0 on: the engine's time is days of work, so
// that a task is not broken by a night or a holiday.
func (w *Work) axis() *sched.Calendar { return w.Calendar.From(w.From, horizonDays) }

// unit gives how many days of work there are before a day; below zero before the
// first day, of which the axis knows nothing.
func (w *Work) unit(axis *sched.Calendar, day org.Date) int {
	if day >= w.From {
		return axis.Rank(int(day - w.From))
	}
	n := 0
	for d := max(day, w.From-horizonDays); d < w.From; d++ {
		if w.Calendar.Works(d) {
			n--
		}
	}
	return n
}

// due gives the time by which an activity is to be finished whose last day is
// given, in days of work. What is to be done by a day before the first can't be;
// but a day that the plan declares stays where it is, whenever work begins.
func (w *Work) due(axis *sched.Calendar, a *Activity, last org.Date) int {
	if last = min(last, w.From+2*horizonDays); !a.opens() {
		last++
	}
	if a.Fixed {
		last = max(last, w.From)
	}
	return w.unit(axis, last)
}

// day gives the k-th day of work.
func (w *Work) day(axis *sched.Calendar, k int) org.Date { return w.From + org.Date(axis.Day(k)) }

// problem puts the work into numbers.
func (w *Work) problem(axis *sched.Calendar) *sched.Problem {
	p := &sched.Problem{}
	all := w.all()
	reach := 0 // no schedule ends later, by all that could be one after another
	for _, r := range all {
		steps := w.steps(axis, &r)
		if n := len(steps); n > 0 {
			reach += steps[n-1].At
		}
		p.Resources = append(p.Resources, sched.Resource{Capacity: r.Capacity, Steps: steps})
	}
	first := 0
	for i := range w.Activities {
		a := &w.Activities[i]
		t := sched.Task{Duration: a.Duration, Deadline: sched.None, Needs: a.needs(all, len(w.Resources))}
		if a.Release != org.Always && a.Release > w.From {
			t.Release = w.unit(axis, min(a.Release, w.From+horizonDays))
		}
		if last := min(a.Deadline, w.Until); last != org.Forever {
			t.Deadline = w.due(axis, a, last)
		}
		p.Tasks = append(p.Tasks, t)
		reach, first = reach+a.Duration, max(first, t.Release)
	}
	for _, l := range w.Links {
		reach += max(0, l.Lag)
	}
	if end := w.unit(axis, w.From+horizonDays); reach+first > end {
		for i := range p.Tasks {
			if t := &p.Tasks[i]; w.endless(i) {
				t.Deadline = end
			}
		}
	}
	tails := w.tails()
	for _, l := range w.Links {
		x := sched.Link{From: l.From, To: l.To, Kind: l.Kind, Lag: l.Lag}
		if !l.FromStart() {
			x.From = tails[l.From]
		}
		if l.ToFinish() {
			x.To = tails[l.To]
		}
		p.Links = append(p.Links, x)
	}
	for i := range w.Activities {
		if tails[i] == i {
			continue
		}
		parts := w.tasksOf(tails, i)
		due := p.Tasks[i].Deadline
		p.Tasks[i].Duration, p.Tasks[i].Deadline = 1, sched.None
		for k, task := range parts[1:] {
			p.Tasks = append(p.Tasks, p.Tasks[i])
			p.Tasks[task].Release = 0
			p.Links = append(p.Links, sched.Link{From: parts[k], To: task})
		}
		p.Tasks[tails[i]].Deadline = due
	}
	return p
}

// opens reports whether the activity is a day that the plan declares. Such a day
// stands at its first moment: what is to be done before it is done the day before.
func (a *Activity) opens() bool {
	return a.Duration == 0 && (a.Step == LawStep || a.Step == InPlaceStep || a.Step == RelayStep)
}

// steps gives how the capacity of a resource changes. Where absences overlap, the
// least of what they leave is there.
func (w *Work) steps(axis *sched.Calendar, r *Resource) (out []sched.Step) {
	var times []int
	type away struct{ from, to, left int }
	var list []away
	for _, a := range r.Away {
		from, to := w.unit(axis, max(a.From, w.From)), w.unit(axis, max(a.To, w.From))
		if from < to {
			list, times = append(list, away{from, to, a.Capacity}), append(times, from, to)
		}
	}
	slices.Sort(times)
	for _, t := range slices.Compact(times) {
		left := r.Capacity
		for _, a := range list {
			if a.from <= t && t < a.to {
				left = min(left, a.left)
			}
		}
		out = append(out, sched.Step{At: t, Capacity: left})
	}
	return out
}

// schedule turns starts in days of work into days.
func (w *Work) schedule(axis *sched.Calendar, p *sched.Problem, tails, of []int, placed sched.Placement) *Schedule {
	n := len(w.Activities)
	s := &Schedule{Work: w, Start: make([]org.Date, n), Finish: make([]org.Date, n), Latest: make([]org.Date, n),
		Slack: make([]int, n), Critical: make([]bool, n), Parts: make([][]org.Date, n), Optimal: placed.Optimal, Tried: placed.Schedules}
	// What could start later, with the order on each resource left aside.
	net, _ := sched.NewNetwork(p, sched.Calendars{}, placed.End)
	last := org.Always
	// A milestone that work has just reached is reached when that day ends.
	closes := make([]bool, n)
	for _, l := range p.Links[:len(w.Links)] {
		a := &w.Activities[of[l.To]]
		if a.Duration == 0 && !a.opens() && p.Tasks[l.From].Duration > 0 && l.Kind == sched.FinishStart &&
			placed.Start[l.From]+p.Tasks[l.From].Duration+l.Lag == placed.Start[l.To] {
			closes[l.To] = true
		}
	}
	for i := range w.Activities {
		start, end := placed.Start[i], placed.Start[tails[i]]+p.Tasks[tails[i]].Duration
		if tails[i] != i {
			for _, task := range w.tasksOf(tails, i) {
				s.Parts[i] = append(s.Parts[i], w.day(axis, placed.Start[task]))
			}
		}
		s.Start[i] = w.day(axis, start)
		s.Finish[i] = w.day(axis, max(start, end-1))
		switch a := &w.Activities[i]; {
		case a.Fixed: // which may be no day of work
			s.Start[i], s.Finish[i] = a.Release, a.Release
		case closes[i]: // reached when the day before ends
			s.Start[i] = w.day(axis, start-1)
			s.Finish[i] = s.Start[i]
		}
		t := net.Times(i)
		s.Latest[i] = w.day(axis, t.LateStart)
		s.Slack[i] = t.LateStart - start
		s.Critical[i] = s.Slack[i] <= 0
		last = max(last, s.Finish[i])
	}
	s.placed = placing{work: w, axis: axis, p: p, start: placed.Start, tails: tails, of: of, closes: closes, carried: new(carried)}
	s.placed.dues = func() []promise { return w.promised(axis, tails) }
	s.placed.chain = sync.OnceValue(func() []ChainStep {
		steps, _ := s.chain(s.placed.order())
		return steps
	})
	s.End = last
	s.Lower = w.day(axis, max(0, placed.LowerBound-1))
	return s
}

// ByDay lists the activities in the order of their first days, then last days;
// of one day in the order of the work.
func (s *Schedule) ByDay() []int {
	out := make([]int, len(s.Start))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.Start[a], s.Start[b]), cmp.Compare(s.Finish[a], s.Finish[b]))
	})
	return out
}
