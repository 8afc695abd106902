package work

import (
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// Kept says how near a schedule is to what was issued.
type Kept struct {
	Away  int // activities issued that start on another day
	Least int // no schedule that keeps the deadlines has fewer, by proof
}

// Replan places the work so that as few activities as possible start on another
// day than was issued: deadlines first, then that number, then the end. With a
// standing it is about what is left of the work, as in [Forecast]. What can't be
// kept whatever is done (a day that is past, or no day of work any more) counts
// for both numbers of Kept. Where there is no schedule it gives nil and why not,
// as [Place] does.
func Replan(w *Work, b *org.Baseline, st *Standing, o sched.Options) (*Schedule, *sched.Clash) {
	return suffice(func() (*Schedule, *sched.Clash, bool) { return replan(w, b, st, o) })
}

// replan is Replan with the sets of teams that are known.
func replan(w *Work, b *org.Baseline, st *Standing, o sched.Options) (*Schedule, *sched.Clash, bool) {
	if st == nil {
		axis := w.axis()
		p := w.problem(axis)
		in, fault := sched.Compile(p)
		if fault != nil {
			return nil, clashOf(p, fault), true
		}
		near := sched.PlaceNear(in, w.wishes(axis, p, b), o)
		if near.Start == nil {
			clash, none := sched.WhyNot(p, 20_000)
			if !none {
				clash = nil
			}
			return nil, clash, true
		}
		s := w.settle(axis, p, placementOf(in, near))
		if s == nil {
			return nil, nil, false
		}
		s.kept(b, near.Least, near.Away)
		return s, nil, true
	}
	c := w.course(st)
	in, fault := c.soften()
	if fault != nil {
		return nil, w.inOrder(), true
	}
	wanted := w.wishes(c.axis, c.p, b)
	for i := range w.Activities {
		if st.State[i] != Waiting || wanted[i] < c.now {
			wanted[i] = sched.Unwished
		}
	}
	near := sched.PlaceNear(in, wanted, o)
	if near.Start == nil {
		if placed := c.bestEffort(in, o); placed.Start == nil {
			return nil, nil, true
		}
		if in, fault = sched.Compile(c.p); fault != nil { // with the deadlines that can be kept
			return nil, w.inOrder(), true
		}
		if near = sched.PlaceNear(in, wanted, o); near.Start == nil {
			return nil, nil, true
		}
	}
	s := c.schedule(placementOf(in, near))
	if s == nil {
		return nil, nil, false
	}
	s.kept(b, near.Least, near.Away)
	return s, nil, true
}

func placementOf(in *sched.Instance, near sched.Near) sched.Placement {
	lower := in.CriticalPath()
	return sched.Placement{Start: near.Start, End: near.End, LowerBound: lower, Optimal: near.End == lower, Schedules: near.Schedules}
}

// wishes gives when each task of a problem of the work was to start; Unwished for
// what was not issued, for a day on which nothing can start any more, and for the
// later parts of what is broken up.
func (w *Work) wishes(axis *sched.Calendar, p *sched.Problem, b *org.Baseline) []int {
	out := make([]int, len(p.Tasks))
	for i := range out {
		out[i] = sched.Unwished
	}
	was := b.By()
	closes := make([]bool, len(w.Activities))
	for _, l := range w.Links {
		// A milestone that is reached when work before it ends stands at the next
		// day's beginning, and is shown on the day that ends.
		from, to := was[w.Activities[l.From].ID], was[w.Activities[l.To].ID]
		if from != nil && to != nil && to.Days == 0 && from.Days > 0 && l.Kind == sched.FinishStart &&
			w.unit(axis, from.Finish)+l.Lag == w.unit(axis, to.Start) {
			closes[l.To] = true
		}
	}
	for i := range w.Activities {
		a := &w.Activities[i]
		old := was[a.ID]
		if old == nil || a.Fixed || old.Start < w.From || old.Start > w.From+horizonDays {
			continue
		}
		k := w.unit(axis, old.Start)
		switch {
		case w.day(axis, k) != old.Start: // no day of work any more
		case closes[i] && a.Duration == 0 && !a.opens():
			out[i] = k + 1
		default:
			out[i] = k
		}
	}
	return out
}

// kept counts what starts on another day than was issued. Least is what the
// search has proven of the activities whose days could be kept at all; what else
// is away was so from the start.
func (s *Schedule) kept(b *org.Baseline, least, away int) {
	all := 0
	was := b.By()
	for i := range s.Work.Activities {
		if old := was[s.Work.Activities[i].ID]; old != nil && old.Start != s.Start[i] {
			all++
		}
	}
	s.Kept = &Kept{Away: all, Least: least + max(0, all-away)}
}
