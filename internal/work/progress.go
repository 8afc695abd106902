package work

import (
	"oneboard/internal/diag"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// The faults of what was issued and of what is reported.
var (
	// NotInWork: a row is about an activity that the plan does not ask for.
	NotInWork = diag.Define("OB0840", diag.Error)
	// RowTwice: two rows of one activity.
	RowTwice = diag.Define("OB0841", diag.Error)
	// EndsFirst: an activity is finished before it is started.
	EndsFirst = diag.Define("OB0842", diag.Error)
	// NotYet: a day after the one that the report is about.
	NotYet = diag.Define("OB0843", diag.Error)
	// NoStart: an activity goes on or is finished, and nobody says since when.
	NoStart = diag.Define("OB0844", diag.Error)
	// Disagrees: what a row says of one activity can't all be so.
	Disagrees = diag.Define("OB0845", diag.Error)
	// DayIsDeclared: a report gives another day for what the plan declares.
	DayIsDeclared = diag.Define("OB0846", diag.Error)
	// OtherPlan: the file is about another plan.
	OtherPlan = diag.Define("OB0847", diag.Error)
	// OutOfOrder: an activity was begun before what it waits for.
	OutOfOrder = diag.Define("OB0848", diag.Warning)
	// ReportBeyond: a report is of a day further away than schedules reach.
	ReportBeyond = diag.Define("OB0881", diag.Error)
)

// A State is how far an activity is.
type State uint8

// The states.
const (
	Waiting State = iota // it has not begun
	Running              // it has begun
	Done                 // it is finished
)

// A Standing (进展情况) is how far all activities are at the end of a day, per
// activity. Only [Work.Stand] makes one.
type Standing struct {
	On       org.Date // the end of this day: what is left begins after it
	State    []State
	Started  []org.Date // NoDate: it has not begun
	Finished []org.Date // its last day; NoDate: it is not finished
	Left     []int      // days of work that are left
	Share    []float64  // how much of it is done, 0 to 1
	Reported int        // activities with a row
}

// guessed is for how many unknown activities it is guessed what was meant: with
// more of them the report is of something else.
const guessed = 20

// Stand holds a report against the work: how far everything is at the end of a
// day. Days that the plan declares come by themselves. What runs has the days
// that are reported to remain; without them the share of its days that its
// percentage leaves, rounded up; without that what is left of its days when it
// went on from its start, and a day at least. The standing is nil when the list
// has errors. O(rows + activities + links).
func (w *Work) Stand(p *org.Progress, on org.Date) (*Standing, diag.List) {
	var problems diag.List
	if w.Plan != nil && p.Plan.Given() && p.Plan.ID != w.Plan.ID {
		problems.Add(diag.At(OtherPlan, p.Plan.At, diag.F("value", p.Plan.ID), diag.F("plan", w.Plan.ID)))
	}
	if end := w.From + horizonDays; on > end {
		problems.Add(diag.At(ReportBeyond, orElse(p.AsOf.At, diag.Span{Source: p.Source}), diag.F("as_of", on), diag.F("until", end)))
		return nil, problems
	}
	n := len(w.Activities)
	s := &Standing{On: on, State: make([]State, n), Started: make([]org.Date, n), Finished: make([]org.Date, n), Left: make([]int, n), Share: make([]float64, n)}
	place := make(map[string]int, n)
	for i := range w.Activities {
		a := &w.Activities[i]
		place[a.ID] = i
		s.Started[i], s.Finished[i], s.Left[i] = org.NoDate, org.NoDate, a.Duration
		if a.Fixed && a.Release <= on {
			s.State[i], s.Started[i], s.Finished[i], s.Share[i] = Done, a.Release, a.Release, 1
		}
	}
	axis := w.axis()
	row := make([]*org.ProgressRow, n)
	unknown := 0
	for k := range p.Rows {
		r := &p.Rows[k]
		i, ok := place[r.Activity.ID]
		if !ok {
			facts := []diag.Fact{diag.F("value", r.Activity.ID)}
			if unknown++; unknown <= guessed {
				if near := diag.Nearest(r.Activity.ID, w.ids()); near != "" {
					facts = append(facts, diag.F("known", near))
				}
			}
			problems.Add(diag.At(NotInWork, r.Activity.At, facts...))
			continue
		}
		if row[i] != nil {
			problems.Add(diag.At(RowTwice, r.Activity.At, diag.F("activity", w.label(i))).Note(row[i].Activity.At, "first_row"))
			continue
		}
		row[i] = r
		s.Reported++
		if more := w.rowFaults(i, r, on); len(more) > 0 {
			problems.Add(more...)
			continue
		}
		s.take(w, axis, i, r)
	}
	for _, l := range w.Links {
		if r := row[l.To]; r != nil && r.Started.Given() && l.Kind == sched.FinishStart && s.Started[l.To].Known() &&
			!w.Activities[l.From].Fixed && (s.State[l.From] != Done || s.Finished[l.From] > s.Started[l.To]) {
			problems.Add(diag.At(OutOfOrder, r.Started.At, diag.F("activity", w.label(l.To)), diag.F("after", w.label(l.From)), diag.F("on", r.Started.Date)))
		}
	}
	problems.Sort()
	if problems.HasErrors() {
		return nil, problems
	}
	return s, problems
}

// ids lists the activities by id.
func (w *Work) ids() []string {
	out := make([]string, len(w.Activities))
	for i := range w.Activities {
		out[i] = w.Activities[i].ID
	}
	return out
}

// rowFaults tells what can't be so in the row of an activity.
func (w *Work) rowFaults(i int, r *org.ProgressRow, on org.Date) (out diag.List) {
	a, label := &w.Activities[i], w.label(i)
	if a.Fixed {
		for _, when := range []org.When{r.Started, r.Finished} {
			if when.Given() && when.Date != a.Release {
				out.Add(diag.At(DayIsDeclared, when.At, diag.F("activity", label), diag.F("declared", a.Release), diag.F("found", when.Date)).Note(a.At, "declared_here"))
				break
			}
		}
		return out
	}
	for _, when := range []org.When{r.Started, r.Finished} {
		if when.Given() && when.Date > on {
			out.Add(diag.At(NotYet, when.At, diag.F("activity", label), diag.F("found", when.Date), diag.F("as_of", on)))
		}
	}
	disagree := func(at diag.Span, reason string) {
		out.Add(diag.At(Disagrees, at, diag.F("activity", label), diag.F("reason", diag.Word("reason."+reason))))
	}
	begun := r.Started.Given() || r.Finished.Given() && a.Duration == 0
	switch {
	case r.Started.Given() && r.Finished.Given() && r.Finished.Date < r.Started.Date:
		out.Add(diag.At(EndsFirst, r.Finished.At, diag.F("activity", label), diag.F("start", r.Started.Date), diag.F("finish", r.Finished.Date)))
	case r.Finished.Given() && !begun:
		out.Add(diag.At(NoStart, r.Finished.At, diag.F("activity", label)))
	case r.Percent.Given() && r.Percent.N > 0 && !begun:
		out.Add(diag.At(NoStart, r.Percent.At, diag.F("activity", label)))
	}
	switch {
	case r.Percent.Given() && r.Percent.N > 100:
		disagree(r.Percent.At, "percent_above")
	case r.Percent.Given() && r.Percent.N < 100 && r.Finished.Given():
		disagree(r.Percent.At, "percent_of_finished")
	case r.Percent.Given() && r.Percent.N == 100 && begun && !r.Finished.Given():
		disagree(r.Percent.At, "all_without_finish")
	}
	switch {
	case r.Remaining.Given() && r.Remaining.N > 0 && r.Finished.Given():
		disagree(r.Remaining.At, "remaining_of_finished")
	case r.Remaining.Given() && r.Remaining.N == 0 && begun && !r.Finished.Given():
		disagree(r.Remaining.At, "none_without_finish")
	}
	return out
}

// take takes a row that is in order over.
func (s *Standing) take(w *Work, axis *sched.Calendar, i int, r *org.ProgressRow) {
	a := &w.Activities[i]
	switch {
	case a.Fixed:
		return
	case r.Finished.Given():
		s.State[i], s.Started[i], s.Finished[i], s.Left[i], s.Share[i] = Done, r.Started.Or(r.Finished.Date), r.Finished.Date, 0, 1
	case r.Started.Given():
		s.State[i], s.Started[i] = Running, r.Started.Date
		spent := max(0, w.unit(axis, s.On+1)-w.unit(axis, r.Started.Date))
		switch {
		case r.Remaining.Given():
			s.Left[i] = r.Remaining.N
		case r.Percent.Given():
			s.Left[i] = max(1, (a.Duration*(100-r.Percent.N)+99)/100)
		default:
			s.Left[i] = max(1, a.Duration-spent)
		}
		switch {
		case r.Percent.Given():
			s.Share[i] = float64(r.Percent.N) / 100
		case spent+s.Left[i] > 0:
			s.Share[i] = float64(spent) / float64(spent+s.Left[i])
		}
	case r.Remaining.Given(): // not begun, and more or less to do than was thought
		s.Left[i] = r.Remaining.N
	}
}

// Fits tells what is wrong with a baseline for this work: it is of another plan,
// or can't be a schedule. That activities have come or gone is no fault.
func (w *Work) Fits(b *org.Baseline) diag.List {
	var problems diag.List
	if w.Plan != nil && b.Plan != w.Plan.ID {
		problems.Add(diag.At(OtherPlan, b.At, diag.F("value", b.Plan), diag.F("plan", w.Plan.ID)))
	}
	first := map[string]diag.Span{}
	for k := range b.Activities {
		a := &b.Activities[k]
		if at, twice := first[a.ID]; twice {
			problems.Add(diag.At(RowTwice, a.At, diag.F("activity", a.ID)).Note(at, "first_row"))
			continue
		}
		first[a.ID] = a.At
		if a.Finish < a.Start {
			problems.Add(diag.At(EndsFirst, a.At, diag.F("activity", a.ID), diag.F("start", a.Start), diag.F("finish", a.Finish)))
		}
	}
	problems.Sort()
	return problems
}

// Count gives how many activities are finished, and how many run.
func (s *Standing) Count() (done, running int) {
	for _, state := range s.State {
		switch state {
		case Done:
			done++
		case Running:
			running++
		}
	}
	return done, running
}
