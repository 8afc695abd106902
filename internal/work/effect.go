package work

import (
	"cmp"
	"slices"
	"sync"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// One activity of a schedule: what it hangs on, how much room there is, and what
// comes of another duration. All of it is asked of the schedule carried out in its
// order ([sched.Course]), with nobody reacting: so it takes no search, and a change
// costs only what it touches.

// carried is the course of a schedule, made when it is first asked for. What is
// tried on it is taken back before it is let go.
type carried struct {
	sync.Mutex
	course *sched.Course
}

// carry has somebody use the course.
func (s *Schedule) carry(use func(c *sched.Course)) {
	l := s.placed.carried
	l.Lock()
	defer l.Unlock()
	if l.course == nil {
		l.course = s.placed.order().Course()
	}
	use(l.course)
}

// ChainTo gives what the first day of an activity hangs on, through links and
// through those who do the work: the driving chain, which ends with it. It is empty
// for what is done.
func (s *Schedule) ChainTo(i int) []ChainStep {
	if s.placed.past(i) {
		return nil
	}
	return s.steps(s.placed.order().ChainTo(i))
}

// steps gives a chain of tasks as one of activities.
func (s *Schedule) steps(tasks []sched.ChainStep) (out []ChainStep) {
	for _, t := range tasks {
		a := s.placed.of[t.Task]
		if n := len(out); n > 0 && out[n-1].Activity == a || s.placed.past(a) {
			continue // parts of one activity, or what is finished
		}
		if t.Why == sched.ByLink && s.placed.links != nil && t.Link < len(s.placed.links) {
			t.Link = s.placed.links[t.Link]
		}
		out = append(out, ChainStep{a, t.Why, t.Link, t.Resource})
	}
	return out
}

// Room is how many days of work an activity can be late while nobody reacts: Free
// before any other moves, Total before the end, a deadline or a day that the plan
// sets does.
type Room struct{ Free, Total int }

// Room gives the room of an activity; ok is false for what is done.
func (s *Schedule) Room(i int) (r Room, ok bool) {
	if s.placed.past(i) {
		return r, false
	}
	s.carry(func(c *sched.Course) {
		t := c.Times(s.placed.tails[i])
		r = Room{t.FreeSlack, t.TotalSlack}
	})
	return r, true
}

// An Effect is what comes of a schedule when one activity takes another time than
// planned and nobody reacts: the order stays, people go from one activity to the
// next as planned, and nothing begins before its day.
type Effect struct {
	Activity int
	Days     int // of work, that it takes; of what runs, that are left
	Planned  int
	Finish   org.Date
	Moved    []Shift // the others that move, by their new days
	End      org.Date
	Late     []Missed // what is then too late, the latest first
	// Chain leads from the activity to the first of Late, or to the end when that
	// moves; empty: neither.
	Chain []ChainStep
}

// A Shift is an activity on other days.
type Shift struct {
	Activity      int
	Start, Finish org.Date
}

// Days gives how long an activity takes in the schedule, in days of work: of what
// runs the days that are left.
func (s *Schedule) Days(i int) (days int) {
	for _, t := range s.placed.work.tasksOf(s.placed.tails, i) {
		days += s.placed.p.Tasks[t].Duration
	}
	return days
}

// MostDays is the longest that an activity can be supposed to take.
const MostDays = horizonDays / 4

// When tells what comes of it when an activity takes so many days of work, from 1
// to [MostDays]. It is nil for a milestone, a day that the plan sets, and what is
// done: they take no time.
func (s *Schedule) When(i, days int) *Effect {
	w, l := s.Work, &s.placed
	planned := s.Days(i)
	if w.Activities[i].Fixed || planned == 0 || s.placed.past(i) || days < 1 || days > MostDays {
		return nil
	}
	e := &Effect{Activity: i, Days: days, Planned: planned, Finish: s.Finish[i], End: s.End}
	tasks := l.work.tasksOf(l.tails, i)
	s.carry(func(c *sched.Course) {
		was := c.Finish()
		moved := map[int]bool{}
		take := func(task, d int) {
			for _, t := range c.Take(task, d) {
				moved[t] = true
			}
		}
		for k, task := range tasks { // the last part takes what is more
			d := min(1, max(0, days-k))
			if k == len(tasks)-1 {
				d = max(0, days-k)
			}
			take(task, d)
		}
		s.effect(e, c, moved, was)
		for _, task := range tasks {
			c.Take(task, l.p.Tasks[task].Duration)
		}
	})
	return e
}

// effect reads what has come of a change off the course.
func (s *Schedule) effect(e *Effect, c *sched.Course, moved map[int]bool, was int) {
	w, l := s.Work, &s.placed
	last := l.work.tasksOf(l.tails, e.Activity)
	if n := e.Days; n < len(last) {
		last = last[:n]
	}
	e.Finish = w.day(l.axis, c.Times(last[len(last)-1]).EarlyFinish-1)
	finish := c.Finish()
	if finish > was {
		e.End = max(e.End, w.day(l.axis, finish-1))
	}
	seen := map[int]bool{}
	worst := -1 // a task: the latest of all that are late, or else the end
	for task := range moved {
		i := l.of[task]
		if seen[i] || s.placed.past(i) {
			continue
		}
		seen[i] = true
		start, end := c.Times(i).EarlyStart, c.Times(l.tails[i]).EarlyFinish
		shift := Shift{i, w.day(l.axis, start), w.day(l.axis, max(start, end-1))}
		if l.closes[i] { // reached when the day before ends
			shift.Start = w.day(l.axis, start-1)
			shift.Finish = shift.Start
		}
		if s.Standing != nil && s.Standing.State[i] == Running {
			shift.Start = s.Start[i]
		}
		if due := l.p.Tasks[l.tails[i]].Deadline; due != sched.None && end > due {
			on, _ := w.dueOf(i)
			if s.Standing != nil { // which may be due for a day that the plan sets, or was late before
				on = w.day(l.axis, max(0, due-1))
			}
			e.Late = append(e.Late, Missed{i, on, end - due, -1})
		}
		if i != e.Activity && (shift.Start != s.Start[i] || shift.Finish != s.Finish[i]) {
			e.Moved = append(e.Moved, shift)
		}
		if end == finish && finish > was && (worst < 0 || l.tails[i] < worst) {
			worst = l.tails[i]
		}
	}
	slices.SortFunc(e.Moved, func(a, b Shift) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Finish, b.Finish), cmp.Compare(a.Activity, b.Activity))
	})
	slices.SortFunc(e.Late, func(a, b Missed) int {
		return cmp.Or(cmp.Compare(b.Late, a.Late), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Activity, b.Activity))
	})
	if len(e.Late) > 0 {
		worst = l.tails[e.Late[0].Activity]
	}
	if worst >= 0 {
		e.Chain = s.steps(c.ChainTo(worst))
		for k, step := range e.Chain {
			if step.Activity == e.Activity {
				e.Chain = e.Chain[k:]
				break
			}
		}
	}
}

// SayStep says why the k-th activity of a chain starts when it does.
func (s *Schedule) SayStep(tag lang.Tag, chain []ChainStep, k int) string {
	step, args := &chain[k], lang.Args{}
	if k > 0 {
		args["Before"] = s.Work.called(tag, chain[k-1].Activity)
	}
	id := "choice"
	switch step.Why {
	case sched.ByLink:
		id = "after"
		if step.Link < len(s.Work.Links) && s.Work.Links[step.Link].Why != "" {
			id, args["Link"] = "link", s.Work.SayLink(tag, &s.Work.Links[step.Link])
		}
	case sched.ByResource:
		id, args["Team"] = "resource", s.Work.ResourceOf(step.Resource).called(tag)
	case sched.ByAbsence:
		id = "absence"
	case sched.ByRelease:
		if id = "release"; s.Work.Activities[step.Activity].Fixed {
			id = "fixed"
		}
	case sched.ByStart:
		id = "start"
	}
	return lang.Say(tag, "risk.why."+id, args)
}

// SayLink says what a link comes from; where that was not told, what it is after.
func (w *Work) SayLink(tag lang.Tag, l *Link) string {
	if l.Why == "" {
		return lang.Say(tag, "risk.why.after", lang.Args{"Before": w.called(tag, l.From)})
	}
	return lang.Say(tag, "work.why."+l.Why)
}
