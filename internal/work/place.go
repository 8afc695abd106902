package work

import (
	"cmp"
	"slices"

	"oneboard/internal/org"
	"oneboard/internal/referee"
	"oneboard/internal/sched"
)

// A Schedule is the work with its days. Only Place makes one, and every one has
// passed the referee.
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
}

// horizonDays bounds a schedule: twenty years after the first day.
const horizonDays = 20 * 366

// Place places the work: within capacities, calendars and deadlines, ending as
// early as it can. Where there is no schedule it gives nil and why not; where
// the search ended before it knew, both are nil.
func Place(w *Work, o sched.Options) (*Schedule, *sched.Clash) {
	axis := w.axis()
	p := w.problem(axis)
	in, fault := sched.Compile(p)
	if fault != nil {
		return nil, clashOf(p, fault)
	}
	placed := sched.Place(in, o)
	if placed.Start == nil {
		clash, none := sched.WhyNot(p, 20_000)
		if !none {
			return nil, nil
		}
		return nil, clash
	}
	if len(referee.Check(p, placed.Start)) > 0 {
		panic("work: the engine gave a schedule that the referee refuses")
	}
	return w.schedule(axis, p, placed), nil
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

// unit gives how many days of work there are before a day.
func (w *Work) unit(axis *sched.Calendar, day org.Date) int {
	return axis.Rank(int(day - w.From))
}

// day gives the k-th day of work.
func (w *Work) day(axis *sched.Calendar, k int) org.Date { return w.From + org.Date(axis.Day(k)) }

// problem puts the work into numbers.
func (w *Work) problem(axis *sched.Calendar) *sched.Problem {
	p := &sched.Problem{}
	for _, r := range w.Resources {
		p.Resources = append(p.Resources, sched.Resource{Capacity: r.Capacity, Steps: w.steps(axis, &r)})
	}
	for _, a := range w.Activities {
		t := sched.Task{Duration: a.Duration, Deadline: sched.None}
		if a.Release != org.Always && a.Release > w.From {
			t.Release = w.unit(axis, min(a.Release, w.From+horizonDays))
		}
		switch last := min(a.Deadline, w.Until); {
		case a.opens() && last != org.Forever:
			t.Deadline = w.unit(axis, max(last, w.From))
		case last != org.Forever:
			t.Deadline = w.unit(axis, max(min(last, w.From+2*horizonDays)+1, w.From))
		}
		for _, n := range a.Needs {
			t.Needs = append(t.Needs, sched.Need(n))
		}
		p.Tasks = append(p.Tasks, t)
	}
	for _, l := range w.Links {
		p.Links = append(p.Links, sched.Link{From: l.From, To: l.To, Kind: l.Kind, Lag: l.Lag})
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
func (w *Work) schedule(axis *sched.Calendar, p *sched.Problem, placed sched.Placement) *Schedule {
	n := len(w.Activities)
	s := &Schedule{Work: w, Start: make([]org.Date, n), Finish: make([]org.Date, n), Latest: make([]org.Date, n),
		Slack: make([]int, n), Critical: make([]bool, n), Optimal: placed.Optimal, Tried: placed.Schedules}
	// What could start later, with the order on each resource left aside.
	net, _ := sched.NewNetwork(p, sched.Calendars{}, placed.End)
	last := org.Always
	// A milestone that work has just reached is reached when that day ends.
	closes := make([]bool, n)
	for _, l := range w.Links {
		a := &w.Activities[l.To]
		if a.Duration == 0 && !a.opens() && p.Tasks[l.From].Duration > 0 && l.Kind == sched.FinishStart &&
			placed.Start[l.From]+p.Tasks[l.From].Duration+l.Lag == placed.Start[l.To] {
			closes[l.To] = true
		}
	}
	for i := range w.Activities {
		start, end := placed.Start[i], placed.Start[i]+p.Tasks[i].Duration
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
