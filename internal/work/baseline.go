package work

import (
	"cmp"
	"slices"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// Issue gives what is kept of a schedule that is issued on a day; hash tells the
// plan and board that it was made of.
func (s *Schedule) Issue(on org.Date, hash string) *org.Baseline {
	b := &org.Baseline{Hash: hash, Calendar: s.Work.Calendar.ID, Known: s.Work.Version.Known(), Issued: on, From: s.Work.From, End: s.End}
	if s.Work.Plan != nil {
		b.Plan = s.Work.Plan.ID
	}
	for i, a := range s.Work.Activities {
		b.Activities = append(b.Activities, org.BaselineDays{ID: a.ID, Start: s.Start[i], Finish: s.Finish[i], Days: a.Duration})
	}
	return b
}

// Why an activity is on other days than were issued, the first that holds.
const (
	ByNothing  = ""         // it is on the days issued
	ByNew      = "new"      // it was not issued
	ByDropped  = "dropped"  // it is asked for no more
	ByActual   = "actual"   // so it went
	ByStanding = "standing" // it had not begun by the day of the report
	ByDuration = "duration" // it starts on the day issued and takes another time
	ByAmended  = "amended"  // an amendment of the calendar moves it, and nothing else
	ByRelease  = "release"  // it starts on the first day it may
	ByLink     = "link"     // it starts as soon as another lets it
	ByCalendar = "calendar" // the day issued is no day of work any more
	ByCapacity = "capacity" // on the day issued somebody it needs is taken
	ByChoice   = "choice"   // nothing forces it: the search put it there
)

// A Moved is an activity that is on other days than were issued.
type Moved struct {
	ID     string
	Place  int // among the activities of the schedule; -1 of one that was dropped
	Start  int // days of work by which it starts later; before 0: earlier
	Finish int // days of work by which it ends later
	Days   int // days of work that it takes more
	Why    string
	Cause  string            // for ByLink the activity that lets it start; for ByCapacity the resource; for ByAmended the day from which the amendment was known
	Of     int               // the place of that; -1: none
	Was    *org.BaselineDays // nil: it was not issued
}

// Since tells what has moved since a baseline: every activity that starts or
// ends on another day, is new, or is gone, in the order of the schedule, those
// gone at the end. Days are counted in the schedule's own calendar.
// O(activities × days of each).
func (s *Schedule) Since(b *org.Baseline) []Moved {
	w, was := s.Work, b.By()
	y := &reasons{Schedule: s, axis: w.axis(), was: was}
	if b.Known.Known() && w.Version != nil && b.Known < w.Version.Known() {
		y.then = CalendarOf(b.Known, w.Calendar.layers...)
		y.once = y.then.From(w.From, horizonDays)
	}
	before := make([][]int, len(w.Activities)) // the links that each waits for
	for i, l := range w.Links {
		before[l.To] = append(before[l.To], i)
	}
	var out []Moved
	asked := map[string]bool{}
	for i := range w.Activities {
		a := &w.Activities[i]
		old, ok := was[a.ID]
		asked[a.ID] = true
		m := Moved{ID: a.ID, Place: i, Of: -1, Was: old}
		switch {
		case !ok:
			m.Why = ByNew
		case old.Start == s.Start[i] && old.Finish == s.Finish[i]:
			continue
		default:
			m.Start = w.unit(y.axis, s.Start[i]) - w.unit(y.axis, old.Start)
			m.Finish = w.unit(y.axis, s.Finish[i]) - w.unit(y.axis, old.Finish)
			m.Days = a.Duration - old.Days
			var known org.Date
			m.Why, m.Of, known = y.why(i, old, before[i])
			switch m.Why {
			case ByAmended:
				m.Cause = known.String()
			case ByLink:
				m.Cause = w.Activities[m.Of].ID
			case ByCapacity:
				m.Cause = w.Resources[m.Of].ID
			}
		}
		out = append(out, m)
	}
	for k, old := range b.Activities {
		if !asked[old.ID] {
			out = append(out, Moved{ID: old.ID, Place: -1, Of: -1, Why: ByDropped, Was: &b.Activities[k]})
		}
	}
	return out
}

// reasons is what is looked at to tell why activities are on other days than were
// issued.
type reasons struct {
	*Schedule
	axis *sched.Calendar
	was  map[string]*org.BaselineDays
	then *Calendar       // that the days were issued by; nil: as now, or nobody knows
	once *sched.Calendar // that, as an axis
}

// moved reports whether an activity is on other days than were issued, or was not
// issued.
func (y *reasons) moved(i int) bool {
	b := y.was[y.Work.Activities[i].ID]
	return b == nil || b.Start != y.Start[i] || b.Finish != y.Finish[i]
}

// why finds what holds an activity on its day rather than on the one issued: of
// what the place is that of an activity or a resource, and known the day of an
// amendment.
func (y *reasons) why(i int, old *org.BaselineDays, before []int) (why string, of int, known org.Date) {
	s, w := y.Schedule, y.Work
	a := &w.Activities[i]
	if st := s.Standing; st != nil {
		switch {
		case a.Fixed: // the plan declares another day
		case st.State[i] != Waiting:
			return ByActual, -1, org.NoDate
		case old.Start <= st.On && s.Start[i] == w.day(y.axis, w.unit(y.axis, st.On+1)):
			return ByStanding, -1, org.NoDate
		}
	}
	if old.Start == s.Start[i] {
		if old.Days != a.Duration {
			return ByDuration, -1, org.NoDate
		}
		if known := y.amended(old.Start, max(old.Finish, s.Finish[i])); known.Known() {
			return ByAmended, -1, known
		}
		return ByCalendar, -1, org.NoDate
	}
	start, later := w.unit(y.axis, s.Start[i]), s.Start[i] > old.Start
	first, last := min(old.Start, s.Start[i]), max(old.Start, s.Start[i])
	// The first link that holds it where it is, before others one from what has
	// moved itself; still: one from what has not, that held it on the day issued.
	holds, moved, still := -1, false, false
	for _, at := range before {
		l := &w.Links[at]
		if moved || s.earliest(y.axis, l) != start {
			continue
		}
		if m := y.moved(l.From); m || holds < 0 {
			holds, moved = l.From, m
		}
		if !moved && y.then != nil && (l.ToFinish() || s.earliest(y.once, l) == w.unit(y.once, old.Start)) {
			still = true
			first = min(first, s.Start[l.From])
		}
	}
	// No work lies between the two days in one of the two calendars, or the lag
	// after what has not moved ends on another day. A day before the first of the
	// work is no day for it, however the calendar was amended.
	if known := y.amended(first, last); known.Known() && !moved && !a.Fixed && old.Start >= w.From {
		if still || w.unit(y.axis, old.Start) == start || w.unit(y.once, old.Start) == w.unit(y.once, s.Start[i]) {
			return ByAmended, -1, known
		}
	}
	if holds >= 0 && (later || moved) {
		return ByLink, holds, org.NoDate
	}
	if a.Release.Known() && a.Release == s.Start[i] {
		return ByRelease, -1, org.NoDate
	}
	if !w.Calendar.Works(old.Start) && a.Duration > 0 {
		return ByCalendar, -1, org.NoDate
	}
	if later {
		for _, need := range a.Needs {
			if s.taken(i, need, old.Start, a.Duration) {
				return ByCapacity, need.Resource, org.NoDate
			}
		}
	}
	return ByChoice, -1, org.NoDate
}

// amended is [Calendar.amended] since the days were issued.
func (y *reasons) amended(first, last org.Date) org.Date {
	if y.then == nil {
		return org.NoDate
	}
	return y.Work.Calendar.amended(y.then, first, last)
}

// span gives when an activity starts and when it is finished, in days of work.
func (s *Schedule) span(axis *sched.Calendar, i int) (from, to int) {
	from = s.Work.unit(axis, s.Start[i])
	if s.Work.Activities[i].Duration == 0 {
		return from, from
	}
	return from, s.Work.unit(axis, s.Finish[i]+1)
}

// earliest gives the day of work from which on a link lets an activity start.
func (s *Schedule) earliest(axis *sched.Calendar, l *Link) int {
	from, end := s.span(axis, l.From)
	start, finish := s.span(axis, l.To)
	switch l.Kind {
	case sched.StartStart:
		return from + l.Lag
	case sched.FinishFinish:
		return end + l.Lag - (finish - start)
	case sched.StartFinish:
		return from + l.Lag - (finish - start)
	}
	return end + l.Lag
}

// taken reports whether an activity could not have what it needs, from a day on
// for so many days of work, beside the others where they are.
func (s *Schedule) taken(i int, need Need, from org.Date, duration int) bool {
	left := duration
	for day := from; left > 0 && day <= s.End; day++ {
		if !s.Work.Calendar.Works(day) {
			continue
		}
		left--
		used := need.Amount
		for j := range s.Work.Activities {
			if j != i && s.at(j, day) {
				used += s.Work.Activities[j].of(need.Resource)
			}
		}
		if used > s.Work.Resources[need.Resource].On(day) {
			return true
		}
	}
	return false
}

// at reports whether an activity is under way on a day of work.
func (s *Schedule) at(i int, day org.Date) bool {
	if s.Parts[i] != nil {
		return slices.Contains(s.Parts[i], day)
	}
	return s.Start[i] <= day && day <= s.Finish[i]
}

// of gives how much of a resource an activity takes while it is under way.
func (a *Activity) of(resource int) (n int) {
	if a.Duration == 0 {
		return 0
	}
	for _, need := range a.Needs {
		if need.Resource == resource {
			n += need.Amount
		}
	}
	return n
}

// On gives the capacity of a resource on a day: where absences overlap, the
// least of what they leave.
func (r *Resource) On(day org.Date) int {
	n := r.Capacity
	for _, a := range r.Away {
		if a.From <= day && day < a.To {
			n = min(n, a.Capacity)
		}
	}
	return n
}

// A LoadDay is how much of a resource is used on a day, and how much there is.
type LoadDay struct {
	Day            org.Date
	Used, Capacity int
}

// Load gives the use of a resource on each day of work from the first day to
// the end. O(activities + days).
func (s *Schedule) Load(resource int) []LoadDay {
	w := s.Work
	if s.End < w.From {
		return nil
	}
	steps := make([]int, int(s.End-w.From)+2)
	for i := range w.Activities {
		n := w.Activities[i].of(resource)
		switch {
		case n == 0:
		case s.Parts[i] != nil:
			for _, d := range s.Parts[i] {
				steps[d-w.From] += n
				steps[d-w.From+1] -= n
			}
		default:
			steps[s.Start[i]-w.From] += n
			steps[s.Finish[i]-w.From+1] -= n
		}
	}
	var out []LoadDay
	used := 0
	for d := w.From; d <= s.End; d++ {
		used += steps[d-w.From]
		if w.Calendar.Works(d) {
			out = append(out, LoadDay{d, used, w.Resources[resource].On(d)})
		}
	}
	return slices.Clip(out)
}

// Busy counts the days of work on which a person does something. O(turns × days).
func (s *Schedule) Busy(person int) (n int) {
	for _, t := range s.Crew {
		if t.Person != person {
			continue
		}
		if parts := s.Parts[t.Activity]; parts != nil {
			for _, d := range parts {
				if t.From <= d && d <= t.To {
					n++
				}
			}
			continue
		}
		for d := t.From; d <= t.To; d++ {
			if s.Work.Calendar.Works(d) {
				n++
			}
		}
	}
	return n
}

// A Variance is how a schedule stands to what was issued.
type Variance struct {
	Issued         int // activities that were issued
	Other          int // of them, those that start or end on another day
	Later, Earlier int // of those, by their ends; the rest only starts on another day
	New, Dropped   int
	End            int // days of work by which the whole ends later
	Moved          []Moved
}

// Against holds the schedule against a baseline: see [Schedule.Since].
func (s *Schedule) Against(b *org.Baseline) Variance {
	axis := s.Work.axis()
	v := Variance{Issued: len(b.Activities), Moved: s.Since(b), End: s.Work.unit(axis, s.End+1) - s.Work.unit(axis, b.End+1)}
	for _, m := range v.Moved {
		switch {
		case m.Why == ByNew:
			v.New++
		case m.Why == ByDropped:
			v.Dropped++
		default:
			v.Other++
			if m.Finish > 0 {
				v.Later++
			} else if m.Finish < 0 {
				v.Earlier++
			}
		}
	}
	return v
}

// SayMoved puts into words why an activity is on other days than were issued.
func (w *Work) SayMoved(tag lang.Tag, m Moved) string {
	args := lang.Args{"Cause": m.Cause, "Days": m.Days}
	switch m.Why {
	case ByLink:
		args["Cause"] = cmp.Or(w.called(tag, m.Of), m.Cause)
	case ByCapacity:
		args["Cause"] = w.Resources[m.Of].called(tag)
	}
	return lang.Say(tag, "work.moved."+m.Why, args)
}
