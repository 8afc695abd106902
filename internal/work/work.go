// Package work turns a checked plan into the work that carries it out, and
// places it: which activities its changes need, who does them, in which order,
// by which day at the latest. It knows what a reorganisation is, and leaves to
// sched what is only numbers.
//
// What the law fixes is declared in the plan, and what work achieves is placed
// here: declared and placed days are different fields for ever.
package work

import (
	"oneboard/internal/diag"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// An Activity is one piece of work.
type Activity struct {
	ID             string // "<change id>/<step>", or the id of a task of the plan
	Title, TitleEN string
	Change         string // id of the change that asks for it; "" for a task of the plan
	Step           string // the step of its template; "" for a task of the plan
	Body           string // who answers for it
	Partner        string // whom it is done with; "" nobody
	Duration       int    // days of work; 0: a milestone
	// Least and Most are the days of work when all goes well, and badly; 0: as
	// Duration. Assumed: they follow from a spread, not from words of their own.
	Least, Most int
	Assumed     bool
	Needs       []Need // what it takes of whom while it is under way
	Evidence    string // what shows that it is done; "" nothing is asked
	EvidenceEN  string
	Release     org.Date  // it does not start before this day; org.Always: any
	Deadline    org.Date  // its last day at the latest; org.Forever: any
	Fixed       bool      // a day that the law sets: Release and Deadline are that day
	Level       string    // of the body, for the relay of levels
	At          diag.Span // the words in the plan that ask for it
	Due         diag.Span // those that ask for Deadline, where others do
	Clause      []org.Citation
}

// A Need is how much of a resource an activity takes.
type Need struct{ Resource, Amount int }

// A Link ties two activities, named by their places.
type Link struct {
	From, To int
	Kind     sched.LinkKind
	Lag      int // days of work
	// Why says in the catalogue's words what the link comes from: "work.why.<Why>".
	Why string
	At  diag.Span
}

// A Resource is a team, an approver or a room.
type Resource struct {
	ID, Name, NameEN string
	Body             string // whose it is; "" nobody's
	Capacity         int
	// Away are days on which less is there: Capacity is what is left then.
	Away   []Away
	Breaks bool   // work is broken up by days on which nobody is there, and does not wait
	Shut   bool   // nobody: days on which a kind of work rests
	limit  int    // what the plan says itself of the capacity; -1: that it has the people who can
	own    []Away // Away without the days on which people are away
	made   bool   // made for a body of which the plan says nothing
	set    []int  // of a set of resources: which; their people can do the work of any
	At     diag.Span
}

// A Person is somebody who can do the work of one or several resources, one
// thing at a time.
type Person struct {
	ID, Title, TitleEN string
	Can                []int // resources
	Away               []org.Interval
	At                 diag.Span
}

// Away is a stretch of days on which a resource has another capacity.
type Away struct {
	org.Interval
	Capacity int
}

// Work is everything that a plan asks to be done. It is immutable once made, but
// for the sets of teams that placing it finds to matter.
type Work struct {
	Plan       *org.Plan // nil: it is of no plan
	Title      string    // what work of no plan is called
	From       org.Date  // day 0: no activity starts before it
	Until      org.Date  // the plan's deadline, or org.Forever
	Calendar   *Calendar
	Version    *Version // of its calendars; nil: none was ever amended
	Activities []Activity
	Links      []Link
	Resources  []Resource
	Staff      []Person
	Causes     []Cause // what activities have in common; no activity is of two
	ties       *ties   // sets of resources that people tie together; nil: none
	// Plans are the plans whose work it is, when it is of several.
	Plans []Part
}

// Teams counts the resources that are somebody.
func (w *Work) Teams() (n int) {
	for i := range w.Resources {
		if !w.Resources[i].Shut {
			n++
		}
	}
	return n
}

// A Part is the work of one of several plans.
type Part struct {
	Plan        *org.Plan
	Prefix      string // what the ids of its activities begin with
	Until       org.Date
	First, Last int // its activities: from First up to, but not including, Last
}

// FromStart reports whether a link counts from the start of its first activity,
// ToFinish whether it holds the end of its second.
func (l *Link) FromStart() bool { return l.Kind == sched.StartStart || l.Kind == sched.StartFinish }

// ToFinish is told with FromStart.
func (l *Link) ToFinish() bool { return l.Kind == sched.FinishFinish || l.Kind == sched.StartFinish }
