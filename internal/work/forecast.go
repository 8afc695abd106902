package work

import (
	"cmp"
	"slices"

	"oneboard/internal/org"
	"oneboard/internal/referee"
	"oneboard/internal/sched"
)

// A Missed is an activity that is finished after the last day it is needed by,
// or will be by the forecast.
type Missed struct {
	Activity int
	Due      org.Date // the last day at the latest
	Late     int      // days of work after it
	// For is the declared day that asks for it, as the place of its activity; -1:
	// the activity's own deadline, or the plan's.
	For int
}

// Forecast places what is left of the work after the day of a standing: what is
// finished stays where it was; what runs goes on from the next day of work, for
// the days that are left, and is only broken off where a team can't do all that
// runs at once; nothing else begins before that day. Days that the plan declares
// stay where they are. Where not everything can be in time, as little as the
// search finds is late, and the schedule says what in Missed. It is nil when
// there is no order at all: activities that wait for each other, or that need
// what never comes.
func Forecast(w *Work, st *Standing, o sched.Options) (*Schedule, *sched.Clash) {
	return suffice(func() (*Schedule, *sched.Clash, bool) {
		c := w.course(st)
		in, fault := c.soften()
		if fault != nil {
			return nil, w.inOrder(), true
		}
		placed := c.bestEffort(in, o)
		if placed.Start == nil {
			return nil, nil, true
		}
		s := c.schedule(placed)
		return s, nil, s != nil
	})
}

// inOrder gives the clash of work that can't be placed in any order; nil: it can.
func (w *Work) inOrder() *sched.Clash {
	p := w.problem(w.axis())
	if _, fault := sched.Compile(p); fault != nil {
		return clashOf(p, fault)
	}
	return nil
}

// A course is what is left of some work after a day: what is finished or declared
// is taken out, and what it asks of the rest are releases and due times.
type course struct {
	w     *Work // as the plan asks for it
	rest  *Work // what is left: an activity that is taken out is nothing at time 0
	st    *Standing
	axis  *sched.Calendar
	p     *sched.Problem // of the rest
	links []int          // of each link of the rest, its place in the work
	tails []int          // of the rest
	now   int            // the first day of work after the day of the standing
	gone  []bool         // taken out
	held  []bool         // runs, and goes on without a break
	due   []int          // the latest finish that is asked for, or sched.None
	by    []int          // the declared day that asks for it, or -1
	// begin and end are the times of what is taken out; of what runs, begin.
	begin, end []int
}

// course makes what is left of the work.
func (w *Work) course(st *Standing) *course {
	n := len(w.Activities)
	rest := *w
	rest.Activities, rest.Links = slices.Clone(w.Activities), nil
	c := &course{w: w, rest: &rest, st: st, axis: w.axis(), gone: make([]bool, n), held: make([]bool, n), due: make([]int, n), by: make([]int, n), begin: make([]int, n), end: make([]int, n)}
	c.now = max(0, w.unit(c.axis, st.On+1))
	for i := range w.Activities {
		a := &w.Activities[i]
		c.due[i], c.by[i] = sched.None, -1
		switch {
		case a.Fixed:
			c.gone[i] = true
			c.begin[i] = w.unit(c.axis, a.Release)
			c.end[i] = c.begin[i]
		case st.State[i] == Done:
			c.gone[i] = true
			c.begin[i], c.end[i] = w.unit(c.axis, st.Started[i]), w.unit(c.axis, st.Finished[i]+1)
		case st.State[i] == Running:
			c.begin[i] = w.unit(c.axis, st.Started[i])
		}
		if last := min(a.Deadline, w.Until); !a.Fixed && last != org.Forever {
			c.due[i] = w.due(c.axis, a, last)
		}
		rest.Activities[i].leaves(st.Left[i])
		if c.gone[i] {
			rest.Activities[i] = Activity{ID: a.ID, Release: org.Always, Deadline: org.Forever}
		}
	}
	release := make([]int, n)
	for k := range w.Links {
		c.link(k, release)
	}
	c.p, c.tails = rest.problem(c.axis), rest.tails()
	for i := range w.Activities {
		t := &c.p.Tasks[i]
		if c.gone[i] {
			*t = sched.Task{Deadline: sched.None}
			continue
		}
		t.Release = max(t.Release, release[i], c.now)
	}
	c.hold()
	return c
}

// link keeps a link between what is left, and turns one to or from what is taken
// out into a time. Who has begun waits for no beginning any more.
func (c *course) link(at int, release []int) {
	l := &c.w.Links[at]
	fromStart, toFinish := l.FromStart(), l.ToFinish()
	switch {
	case c.gone[l.To]:
		if !c.w.Activities[l.To].Fixed || c.w.Activities[l.From].Fixed || fromStart && c.st.State[l.From] != Waiting {
			return
		}
		due := c.begin[l.To] - l.Lag
		if fromStart {
			due += c.st.Left[l.From]
		}
		if due < c.due[l.From] {
			c.due[l.From], c.by[l.From] = due, l.To
		}
	case !toFinish && c.st.State[l.To] == Running:
	case c.gone[l.From] || fromStart && c.st.State[l.From] == Running:
		at := c.end[l.From]
		if fromStart {
			at = c.begin[l.From]
		}
		at += l.Lag
		if toFinish {
			at -= c.st.Left[l.To]
		}
		release[l.To] = max(release[l.To], at)
	default:
		c.rest.Links, c.links = append(c.rest.Links, *l), append(c.links, at)
	}
}

// hold has what runs go on without a break, one activity after the other as long
// as there is enough of everything. What days off break up anyway is not held.
func (c *course) hold() {
	part := *c.p
	part.Tasks = make([]sched.Task, len(c.p.Tasks))
	start := make([]int, len(part.Tasks))
	for i := range part.Tasks {
		part.Tasks[i] = sched.Task{Deadline: sched.None}
	}
	part.Links = nil
	for i, s := range c.st.State {
		if s != Running || c.gone[i] || c.tails[i] != i || c.p.Tasks[i].Release > c.now {
			continue
		}
		part.Tasks[i] = sched.Task{Duration: c.p.Tasks[i].Duration, Deadline: sched.None, Needs: c.p.Tasks[i].Needs}
		start[i] = c.now
		if len(referee.Check(&part, start)) > 0 {
			part.Tasks[i], start[i] = sched.Task{Deadline: sched.None}, 0
			continue
		}
		c.held[i] = true
	}
	for again := true; again; { // the ends of what runs may be tied
		again = false
		for _, l := range c.rest.Links {
			if c.held[l.To] && (!c.held[l.From] || c.p.Tasks[l.From].Duration+l.Lag > c.p.Tasks[l.To].Duration) {
				c.held[l.To], again = false, true
			}
		}
	}
}

// after gives when the day is over on which an activity that is taken out ends.
func (c *course) after(i int) int {
	if c.w.Activities[i].opens() {
		return c.end[i] + 1
	}
	return c.end[i]
}

// dues lists the days that are promised of what is left: deadlines, and the days
// to come that the plan declares, which are kept when all that is to be done
// before them is.
func (c *course) dues() (out []promise) {
	for i := range c.w.Activities {
		a := &c.w.Activities[i]
		switch {
		case a.Fixed && c.st.State[i] != Done:
			x := promise{activity: i, day: a.Release, due: sched.Due{Least: c.begin[i], By: c.begin[i]}}
			for k := range c.w.Links {
				l := &c.w.Links[k]
				if l.To != i || c.gone[l.From] || l.FromStart() && c.st.State[l.From] == Running {
					continue
				}
				reach := sched.Reach{Task: c.tails[l.From], Lag: l.Lag}
				if l.FromStart() {
					reach.Task, reach.Start = l.From, true
				}
				x.due.Of = append(x.due.Of, reach)
			}
			out = append(out, x)
		case !c.gone[i] && c.w.promises(i):
			out = append(out, promise{i, a.Deadline, sched.Due{Of: []sched.Reach{{Task: c.tails[i]}}, By: c.w.due(c.axis, a, a.Deadline)}})
		}
	}
	return out
}

// soften sets deadlines that links and releases can keep: the due times, or
// later where they can't be had.
func (c *course) soften() (*sched.Instance, *sched.Fault) {
	free := *c.p
	free.Tasks = slices.Clone(c.p.Tasks)
	for i := range free.Tasks {
		free.Tasks[i].Deadline = sched.None
	}
	if _, fault := sched.Compile(&free); fault != nil {
		return nil, fault
	}
	net, fault := sched.NewNetwork(&free, sched.Calendars{}, 0)
	if fault != nil {
		return nil, fault
	}
	for i := range c.p.Tasks {
		c.p.Tasks[i].Deadline = sched.None
	}
	for i, tail := range c.tails {
		t := &c.p.Tasks[tail]
		early := net.Times(tail).EarlyStart + t.Duration
		switch {
		case c.gone[i]:
			t.Deadline = 0
		case c.held[i]:
			t.Deadline = early
		case c.due[i] != sched.None:
			t.Deadline = max(c.due[i], early)
		}
	}
	return sched.Compile(c.p)
}

// mended is how many late activities it is tried to bring back in time, one by
// one: each costs a search.
const mended = 24

// bestEffort places the problem; where its deadlines can't be kept it moves them,
// in the problem too, as far as the search finds that it must.
func (c *course) bestEffort(in *sched.Instance, o sched.Options) sched.Placement {
	placed := sched.Place(in, o)
	if placed.Start != nil || placed.Late == nil {
		return placed
	}
	late := placed.Late
	var missed []int
	wanted := make([]int, len(late))
	end := func(start []int) (end int) {
		for i, s := range start {
			end = max(end, s+c.p.Tasks[i].Duration)
		}
		return end
	}
	for i, s := range late {
		t := &c.p.Tasks[i]
		wanted[i] = t.Deadline
		if finish := s + t.Duration; finish > t.Deadline {
			t.Deadline = finish
			missed = append(missed, i)
		}
	}
	placed.Start, placed.End = late, end(late)
	few := o
	few.Schedules = max(20, o.Schedules/8)
	if o.Schedules == 0 {
		few.Schedules = 400
	}
	slices.SortStableFunc(missed, func(a, b int) int { return cmp.Compare(wanted[a], wanted[b]) })
	for k, i := range missed {
		if k >= mended || o.Stop != nil && o.Stop() {
			break
		}
		t := &c.p.Tasks[i]
		was := t.Deadline
		t.Deadline = wanted[i]
		again, fault := sched.Compile(c.p)
		if fault == nil {
			if p := sched.Place(again, few); p.Start != nil {
				p.Schedules += placed.Schedules
				placed = p
				for j := range c.p.Tasks { // nobody becomes later again
					if u := &c.p.Tasks[j]; u.Deadline != sched.None {
						u.Deadline = max(wanted[j], min(u.Deadline, p.Start[j]+u.Duration))
					}
				}
				continue
			}
		}
		t.Deadline = was
	}
	return placed
}

// schedule turns the starts of what is left into days, beside what was; nil as of
// [Work.settle].
func (c *course) schedule(placed sched.Placement) *Schedule {
	w, st := c.w, c.st
	for i, held := range c.held { // it could end later all the same, as far as others let it
		if held {
			c.p.Tasks[i].Deadline = max(c.due[i], c.p.Tasks[i].Deadline)
		}
	}
	s := c.rest.settle(c.axis, c.p, placed)
	if s == nil {
		return nil
	}
	s.Work, s.Standing, s.End = w, st, org.Always
	s.placed.gone, s.placed.links, s.placed.dues = c.gone, c.links, c.dues
	for i := range w.Activities {
		a := &w.Activities[i]
		end := placed.Start[c.tails[i]] + c.p.Tasks[c.tails[i]].Duration
		switch {
		case a.Fixed:
			s.Start[i], s.Finish[i], s.Latest[i], s.Slack[i], s.Critical[i] = a.Release, a.Release, a.Release, 0, false
			end = c.begin[i]
		case st.State[i] == Done:
			s.Start[i], s.Finish[i], s.Latest[i] = st.Started[i], st.Finished[i], st.Started[i]
			s.Slack[i], s.Critical[i] = 0, false
			end = c.end[i]
		case st.State[i] == Running:
			s.Start[i] = st.Started[i]
		}
		s.End = max(s.End, s.Finish[i])
		if c.gone[i] {
			s.placed.floor = max(s.placed.floor, c.after(i))
		}
		if due := c.due[i]; due != sched.None && !a.Fixed {
			last := min(a.Deadline, w.Until)
			switch {
			case c.by[i] < 0:
			case a.Duration == 0: // which may stand at the first moment of that day
				last = w.day(c.axis, max(0, due))
			default:
				last = w.day(c.axis, max(0, due-1))
			}
			// What is finished on a day off is late in days, if not in days of work; and
			// a milestone may stand at the very end of its last day, shown on the next.
			if end > due || s.Finish[i] > last && (a.Duration == 0 || st.State[i] == Done) {
				s.Missed = append(s.Missed, Missed{i, last, max(1, end-due), c.by[i]})
			}
		}
	}
	if len(w.Activities) == 0 {
		s.End = w.From
	}
	slices.SortStableFunc(s.Missed, func(a, b Missed) int { return cmp.Or(cmp.Compare(b.Late, a.Late), cmp.Compare(a.Due, b.Due)) })
	return s
}
