package org

import (
	"slices"

	"oneboard/internal/diag"
)

// A Task (任务) is work that a plan asks for by itself, besides what the
// templates make of its changes.
type Task struct {
	ID      Ref  `plan:"id,required"`
	Title   Text `plan:"title,required"`
	TitleEN Text `plan:"title_en"`
	// Body is who answers for it: exactly one (practice, row 36 of A7). It is a
	// list so that two can be read, and refused at their words.
	Body     []Ref      `plan:"body,required"`
	With     []Ref      `plan:"with"`
	Days     Days       `plan:"days,required"`
	After    []Wait     `plan:"after"`
	Before   []Wait     `plan:"before"`
	Needs    []TeamNeed `plan:"needs"`
	Start    When       `plan:"start"`    // not before this day
	Deadline When       `plan:"deadline"` // not after it
	Evidence Text       `plan:"evidence"`
	By       []Citation `plan:"by"`
}

// Label gives what people call the task, for a diagnostic's fact.
func (t *Task) Label() diag.Name {
	return diag.Name{ID: t.ID.ID, ZH: t.Title.Text, EN: t.TitleEN.Text}
}

// Days is how many days of work something takes: one number, or three, of which
// the number itself is the likely one. 1 ≤ Least ≤ N ≤ Most, or all are 0.
type Days struct {
	Number
	// Least and Most are what it takes when all goes well, and badly; not given:
	// as likely.
	Least, Most Number
}

// Three reports whether the least or the most was written.
func (d Days) Three() bool { return d.Least.Given() || d.Most.Given() }

// A Spread gives the least and the most days of what gives only the likely ones,
// in parts of a hundred of these: 80 and 150 make 8 to 15 of 10.
type Spread struct {
	Least Number `plan:"least,required"`
	Most  Number `plan:"most,required"`
}

// Given reports whether a spread was written.
func (s Spread) Given() bool { return s.Least.Given() && s.Most.Given() }

// Of gives the least and most days around the likely ones, rounded to whole days,
// half a day up; work takes a day at least. A milestone takes none.
func (s Spread) Of(likely int) (least, most int) {
	if likely == 0 || !s.Given() {
		return likely, likely
	}
	part := func(hundredths int) int { return (likely*hundredths + 50) / 100 }
	return max(1, min(likely, part(s.Least.N))), max(likely, part(s.Most.N))
}

// A Wait names what a task waits for, or what waits for it: a task, the law day
// of a change, or a step of a change ("<change>/<step>").
type Wait struct {
	Of   Ref    `plan:"of,required"`
	Link Text   `plan:"link,words=finish-start|start-start|finish-finish|start-finish"`
	Lag  Number `plan:"lag"` // days of work
}

// A TeamNeed is how many people of a team a task takes while it is under way.
type TeamNeed struct {
	Team   Ref    `plan:"team,required"`
	People Number `plan:"people"` // not written: 1
}

// A Team is people of one skill, an approver or a room that work is done with.
type Team struct {
	ID     Ref  `plan:"id,required"`
	Name   Text `plan:"name"`
	NameEN Text `plan:"name_en"`
	Body   Ref  `plan:"body"`
	// Capacity is how many there are at the most. Not written: as many as the
	// plan's staff who can do what the team does.
	Capacity Number    `plan:"capacity"`
	Calendar []Ref     `plan:"calendar"` // layers over the plan's: days on which it does not work
	Away     []Absence `plan:"away"`
	// Absence says what becomes of work on days on which the team is not there:
	// it waits for days in a row (not written), or is broken up.
	Absence Text `plan:"absence,words=waits|breaks"`
}

// A Person is somebody who can do the work of one or several teams, one thing at
// a time. The id is that of a post or of a staff list; names are not needed.
type Person struct {
	ID       Ref       `plan:"id,required"`
	Title    Text      `plan:"title"`
	TitleEN  Text      `plan:"title_en"`
	Can      []Ref     `plan:"can,required,min=1"` // teams
	Calendar []Ref     `plan:"calendar"`           // layers over the plan's
	Away     []Absence `plan:"away"`
}

// Label gives what people call the person, for a diagnostic's fact.
func (p *Person) Label() diag.Name {
	return diag.Name{ID: p.ID.ID, ZH: p.Title.Text, EN: p.TitleEN.Text}
}

// A Cause is what makes all its work take long, or not, together: people who are
// new, an office that is slow, a level that waits for another. Its work is what
// fits any of the lists; with none of them, all that no cause before it has.
type Cause struct {
	ID      Ref  `plan:"id,required"`
	Title   Text `plan:"title"`
	TitleEN Text `plan:"title_en"`
	// Share is the correlation of what its activities take, in hundredths: 0, each
	// by itself, to 100, always alike.
	Share  Number `plan:"share,required"`
	Teams  []Ref  `plan:"teams"`  // work that takes any of them
	Bodies []Ref  `plan:"bodies"` // work that any of them answers for
	Levels []Text `plan:"levels"` // work of bodies of these levels
	Steps  []Ref  `plan:"steps"`  // steps of templates
	Tasks  []Ref  `plan:"tasks"`  // tasks of the plan
}

// Label gives what people call the cause, for a diagnostic's fact.
func (c *Cause) Label() diag.Name {
	return diag.Name{ID: c.ID.ID, ZH: c.Title.Text, EN: c.TitleEN.Text}
}

// A Rest is days on which an office does no work though others do.
type Rest struct {
	Body     Ref   `plan:"body,required"`
	Title    Text  `plan:"title"`
	TitleEN  Text  `plan:"title_en"`
	Days     When  `plan:"days,window"`
	Calendar []Ref `plan:"calendar"`
}

// Label gives what people call the team, for a diagnostic's fact.
func (t *Team) Label() diag.Name {
	return diag.Name{ID: t.ID.ID, ZH: t.Name.Text, EN: t.NameEN.Text}
}

// An Absence is a stretch of days on which a team is smaller: Capacity is what is
// left, nobody when it is not written.
type Absence struct {
	Days     When   `plan:"days,required,window"`
	Capacity Number `plan:"capacity"`
}

// A RoleHolder says which body does what a template leaves to an office: the
// staffing office, the archives. With an area it does so for the bodies of that
// area alone.
type RoleHolder struct {
	Role Ref `plan:"office,required"`
	Body Ref `plan:"body,required"`
	Area Ref `plan:"area"`
}

// A Template says, as data, what work a kind of change asks for in one kind of
// reform.
type Template struct {
	ID, Title, TitleEN string
	// People is how many a body sets aside for the work when the plan says
	// nothing of it; 0: as many as needed.
	People int
	// Relay are levels of which the law days of each come after those of all
	// before it (practice, R9).
	Relay  []string
	Spread Spread // of every step that gives no least and most itself
	Steps  []WorkStep
	Source *diag.Source
	At     diag.Span
}

// A WorkStep is one kind of activity of a template.
type WorkStep struct {
	ID      Ref  `plan:"id,required"`
	Title   Text `plan:"title,required"`
	TitleEN Text `plan:"title_en"`
	// For are kinds of change; Each says for what of them there is one activity:
	// a change, a body that comes to be or receives, one that gives, a duty, an
	// item, a post.
	For    []Text `plan:"for,required,kinds,min=1"`
	Each   Text   `plan:"each,words=change|body|giver|duty|item|post"`
	Items  []Text `plan:"items"` // kinds of items; none: all
	Levels []Text `plan:"level"` // of the body that answers; none: all
	Days   Days   `plan:"days,required"`
	People Number `plan:"people"` // not written: 1
	// Who is "giver", "receiver", or a role that the plan's roles give to a body.
	Who        Text `plan:"who,required"`
	With       Text `plan:"with"`
	Evidence   Text `plan:"evidence"`
	EvidenceEN Text `plan:"evidence_en"`
	// By names a day of the change before which the step is finished, Ahead days
	// of work before it.
	By    Text   `plan:"by,words=law|in_place"`
	Ahead Number `plan:"ahead"`
	// From names a day of the change from which on the step is done, Delay days of
	// work after it.
	From  Text       `plan:"from,words=law|in_place"`
	Delay Number     `plan:"delay"`
	After []StepLink `plan:"after"`
	// Outside "windows": nothing of it is done in a protected window.
	Outside Text `plan:"outside,words=windows"`
}

// A StepLink ties a step to one before it: of the same change, or of all changes
// for the same body.
type StepLink struct {
	Step Ref    `plan:"step,required"`
	Same Text   `plan:"same,words=change|body|thing"`
	Link Text   `plan:"link,words=finish-start|start-start|finish-finish|start-finish"`
	Lag  Number `plan:"lag"`
}

// A DayTable says on which days a nation or an office works otherwise than from
// Monday to Friday, and what became known of them later (model, recorded time).
type DayTable struct {
	ID, Title, TitleEN string
	Off, Worked        []Date      // as first given
	Amended            []Amendment // by the day from which each was known
	Papers             []string    // the papers that its days rest on
	Source             *diag.Source
	At                 diag.Span
}

// An Amendment is what became known of a calendar on a day: what it says of a day
// takes the place of what was said of that day before.
type Amendment struct {
	Known       Date
	Off, Worked []Date
	Papers      []string
}

// On gives the table as it was known when a day ended: the amendments known by
// then are put into Off and Worked, which are sorted then, and no later one is in
// it. Forever gives it with all that it says. O(n log n) in its days.
func (t *DayTable) On(day Date) *DayTable {
	out := *t
	n, _ := slices.BinarySearchFunc(t.Amended, day, func(a Amendment, day Date) int {
		if a.Known <= day {
			return -1
		}
		return 1
	})
	out.Amended = t.Amended[:n:n]
	if n == 0 {
		return &out
	}
	works := map[Date]bool{}
	put := func(off, worked []Date) {
		for _, d := range off {
			works[d] = false
		}
		for _, d := range worked {
			works[d] = true
		}
	}
	put(t.Off, t.Worked)
	out.Papers = slices.Clone(t.Papers)
	for _, a := range out.Amended {
		put(a.Off, a.Worked)
		out.Papers = append(out.Papers, a.Papers...)
	}
	out.Off, out.Worked = nil, nil
	for d, w := range works {
		if w {
			out.Worked = append(out.Worked, d)
		} else {
			out.Off = append(out.Off, d)
		}
	}
	slices.Sort(out.Off)
	slices.Sort(out.Worked)
	return &out
}

// A WorkRules is what a plan's work is made under: the calendar and the
// templates that it names.
type WorkRules struct {
	Calendar  []*DayTable // layers, of which a later one counts more; none: Monday to Friday
	Templates []*Template
	// Own are all calendars that are named, also by teams, people and offices, by
	// those words; nil: it could not be read.
	Own map[string]*DayTable
}

// Amendments lists the days from which any amendment of any of the calendars was
// known, sorted, each once.
func (r *WorkRules) Amendments() (out []Date) {
	for _, t := range r.Own { // the plan's calendars are among them
		if t == nil {
			continue
		}
		for i := range t.Amended {
			out = append(out, t.Amended[i].Known)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
