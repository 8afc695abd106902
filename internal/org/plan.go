package org

import "oneboard/internal/diag"

// A Ref is the id of something, where a person wrote it.
type Ref struct {
	ID string
	At diag.Span
}

// Given reports whether the reference was written at all.
func (r Ref) Given() bool { return r.ID != "" }

// A Text is words, where a person wrote them.
type Text struct {
	Text string
	At   diag.Span
}

// A When is a declared day, where a person wrote it, or a window of days:
// "some day between". The zero When was not written: see Given.
type When struct {
	// Date is the day or, of a window, the last one: the nominal check goes by it.
	Date Date
	// Earliest is the first day of a window, and Date for a day: use First, which
	// also knows what was not written.
	Earliest Date
	At       diag.Span
	set      bool
}

// WrittenOn makes a declared date.
func WrittenOn(d Date, at diag.Span) When { return When{d, d, at, true} }

// WrittenBetween makes a window from the first day to the last, both included.
func WrittenBetween(first, last Date, at diag.Span) When { return When{last, first, at, true} }

// Given reports whether the date was written at all.
func (w When) Given() bool { return w.set }

// First gives the first day on which it may be, NoDate when it was not written.
func (w When) First() Date {
	if w.set {
		return w.Earliest
	}
	return NoDate
}

// Window reports whether more than one day is left open.
func (w When) Window() bool { return w.set && w.Earliest < w.Date }

// String gives the day, or the window as "2019-01-22/2019-01-31": the form in
// which it is written in a plan.
func (w When) String() string {
	if w.Window() {
		return w.Earliest.String() + "/" + w.Date.String()
	}
	return w.Date.String()
}

// Or gives the date, or d when it was not written.
func (w When) Or(d Date) Date {
	if w.set {
		return w.Date
	}
	return d
}

// A Number is a whole number, where a person wrote it.
type Number struct {
	N   int
	At  diag.Span
	set bool
}

// WrittenNumber makes a declared number.
func WrittenNumber(n int, at diag.Span) Number { return Number{n, at, true} }

// Given reports whether the number was written at all.
func (n Number) Given() bool { return n.set }

// A Selection is a list of things, or "all" that are left after what other
// changes name.
type Selection struct {
	All  bool
	Refs []Ref
	At   diag.Span
}

// A Citation names the clause of an instrument that a change rests on. Clause
// may be empty, which is a diagnostic.
type Citation struct {
	Instrument Ref
	Clause     Text
}

// A Clause is one numbered part of an instrument; Text may be empty when only
// its number is known.
type Clause struct {
	Number string
	Text   string
	At     diag.Span
}

// An Instrument (文件) is a law, order, plan, notice, decision or minute, or the
// determination (三定规定) of one body: its functions, structure and staffing.
type Instrument struct {
	ID             string
	Title, TitleEN string
	Kind           string // law, order, plan, notice, decision, minute, determination
	Body           Ref    // the body that a determination is of
	Issuer, Number string
	Made           When // the day it was made
	Effective      When // the day it takes effect; may be before Made
	Clauses        []Clause
	Supersedes     []Ref
	Confirms       []Ref     // bylaws of an old area that it keeps in force (R8)
	ConfirmsIn     Ref       // the new area in which; not given: in each
	Under          []Ref     // the instruments that it carries out
	PublicFrom     When      // the first day on which everybody may read it
	At             diag.Span // its id
}

// HasClause reports whether the instrument has a clause of that number. An
// instrument that lists no clauses has every clause.
func (in *Instrument) HasClause(number string) bool {
	for _, c := range in.Clauses {
		if c.Number == number {
			return true
		}
	}
	return len(in.Clauses) == 0
}

// Label gives what people call the instrument, for a diagnostic's fact.
func (in *Instrument) Label() diag.Name {
	return diag.Name{ID: in.ID, ZH: in.Title, EN: in.TitleEN}
}

// An Approval is the decision, one level up, that an instrument may be carried
// out.
type Approval struct {
	Instrument Ref
	By         Text
	On         When
	At         diag.Span
}

// A Waiver excuses one kind of problem for one thing, until a day, by an
// authority, for a reason.
type Waiver struct {
	Code    Text
	Object  Ref
	Until   When
	By      Text
	Because Text
	At      diag.Span
}

// A Process (流程) is duties that are done one after another, as whoever applies
// goes through them: each change of performer on the way is a hand-off.
type Process struct {
	ID     Ref   `plan:"id,required"`
	Name   Text  `plan:"name,required"`
	NameEN Text  `plan:"name_en"`
	Steps  []Ref `plan:"steps,required,min=2"` // duties, in their order
}

// Label gives what people call the process, for a diagnostic's fact.
func (p *Process) Label() diag.Name {
	return diag.Name{ID: p.ID.ID, ZH: p.Name.Text, EN: p.NameEN.Text}
}

// A Plan (改革方案) is a set of changes, each resting on a clause of an
// instrument, that must be consistent: it is not a script.
type Plan struct {
	ID             string
	Title, TitleEN Text
	Area           Ref
	Board          Text // the folder of the board, relative to the plan
	Above          Text // the plan of the level above, relative to this one
	Packs          []Ref
	Calendar       []Ref // layers: a nation's, an office's over it
	Start          When  // first day that is checked
	Deadline       When  // last day for any change
	Instruments    []Instrument
	Approvals      []Approval
	Changes        []Change
	Waivers        []Waiver
	Below          []Demand  // what it asks of the levels below
	Upward         []Tie     // how it stands to the plan above
	Windows        []Closed  // days on which no protected duty is handed over
	Contacts       []Contact // who answers for protected duties, besides their leaders
	Processes      []Process
	Templates      []Ref // of work, by name or file
	WorkFrom       When  // the first day of work; not given: Start
	Spread         Spread
	Roles          []RoleHolder
	Teams          []Team
	Staff          []Person
	Rests          []Rest
	Causes         []Cause
	Tasks          []Task
	Source         *diag.Source
	At             diag.Span // its id
}

// Instrument finds an instrument by id, or nil.
func (p *Plan) Instrument(id string) *Instrument {
	for i := range p.Instruments {
		if p.Instruments[i].ID == id {
			return &p.Instruments[i]
		}
	}
	return nil
}
