package work

import (
	"slices"

	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// A Baseline is what was issued: the days of each activity at that time. It is
// kept as JSON, and named by the ids of activities, so that it can be held
// against a schedule of a later version of the plan.
type Baseline struct {
	Plan       string         `json:"plan"`
	End        org.Date       `json:"end"`
	Activities []BaselineDays `json:"activities"`
}

// BaselineDays is what was issued for one activity.
type BaselineDays struct {
	ID       string   `json:"id"`
	Start    org.Date `json:"start"`
	Finish   org.Date `json:"finish"` // its last day
	Duration int      `json:"duration"`
}

// Issue gives what is kept of a schedule.
func (s *Schedule) Issue() Baseline {
	b := Baseline{End: s.End, Activities: []BaselineDays{}}
	if s.Work.Plan != nil {
		b.Plan = s.Work.Plan.ID
	}
	for i, a := range s.Work.Activities {
		b.Activities = append(b.Activities, BaselineDays{a.ID, s.Start[i], s.Finish[i], a.Duration})
	}
	return b
}

// By gives what was issued for each activity by its id.
func (b *Baseline) By() map[string]BaselineDays {
	out := make(map[string]BaselineDays, len(b.Activities))
	for _, a := range b.Activities {
		out[a.ID] = a
	}
	return out
}

// Why an activity is on other days than were issued, the first that holds.
const (
	ByNothing  = ""         // it is on the days issued
	ByNew      = "new"      // it was not issued
	ByDropped  = "dropped"  // it is asked for no more
	ByDuration = "duration" // it starts on the day issued and takes another time
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
	Why    string
	Cause  string // for ByLink the activity that lets it start; for ByCapacity the resource
}

// Since tells what has moved since a baseline: every activity that starts or
// ends on another day, is new, or is gone, in the order of the schedule, those
// gone at the end. Days are counted in the schedule's own calendar.
// O(activities × days of each).
func (s *Schedule) Since(b *Baseline) []Moved {
	w, was := s.Work, b.By()
	axis := w.axis()
	before := make([][]int, len(w.Activities)) // the links that each waits for
	for i, l := range w.Links {
		before[l.To] = append(before[l.To], i)
	}
	var out []Moved
	for i := range w.Activities {
		a := &w.Activities[i]
		old, ok := was[a.ID]
		delete(was, a.ID)
		m := Moved{ID: a.ID, Place: i}
		switch {
		case !ok:
			m.Why = ByNew
		case old.Start == s.Start[i] && old.Finish == s.Finish[i]:
			continue
		default:
			m.Start = w.unit(axis, s.Start[i]) - w.unit(axis, old.Start)
			m.Finish = w.unit(axis, s.Finish[i]) - w.unit(axis, old.Finish)
			m.Why, m.Cause = s.why(axis, i, old, before[i])
		}
		out = append(out, m)
	}
	for _, old := range b.Activities {
		if _, gone := was[old.ID]; gone {
			out = append(out, Moved{ID: old.ID, Place: -1, Why: ByDropped})
		}
	}
	return out
}

// why finds what holds an activity on its day rather than on the one issued.
func (s *Schedule) why(axis *sched.Calendar, i int, old BaselineDays, before []int) (why, cause string) {
	w := s.Work
	a := &w.Activities[i]
	if old.Start == s.Start[i] {
		if old.Duration != a.Duration {
			return ByDuration, ""
		}
		return ByCalendar, ""
	}
	start := w.unit(axis, s.Start[i])
	if s.Start[i] > old.Start { // later: what keeps it from being earlier
		for _, at := range before {
			l := &w.Links[at]
			if s.earliest(axis, l, a.Duration) == start {
				return ByLink, w.Activities[l.From].ID
			}
		}
	}
	if a.Release.Known() && a.Release == s.Start[i] {
		return ByRelease, ""
	}
	if !w.Calendar.Works(old.Start) && a.Duration > 0 {
		return ByCalendar, ""
	}
	if s.Start[i] > old.Start {
		for _, need := range a.Needs {
			if s.taken(i, need, old.Start, a.Duration) {
				return ByCapacity, w.Resources[need.Resource].ID
			}
		}
	}
	return ByChoice, ""
}

// earliest gives the day of work from which on a link lets an activity start.
func (s *Schedule) earliest(axis *sched.Calendar, l *Link, duration int) int {
	w := s.Work
	from := w.unit(axis, s.Start[l.From])
	end := from + w.Activities[l.From].Duration
	switch l.Kind {
	case sched.StartStart:
		return from + l.Lag
	case sched.FinishFinish:
		return end + l.Lag - duration
	case sched.StartFinish:
		return from + l.Lag - duration
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
