package org

import "oneboard/internal/diag"

// A History is what really happened to a set of units: official snapshots, and
// the events between them.
type History struct {
	Title     string
	Snapshots []Snapshot // by date
	Events    []Event    // in the order in which they were read
	// Compares names what the snapshots give and the replay must reproduce,
	// besides the code: "name", "kind", "parent".
	Compares []string
	// Counts says what the units' People are: "" for who lives there, "staff" for
	// who works there.
	Counts string
}

// A Unit is the state of one unit: what a snapshot's row and an event's side
// say of it. An empty Name, Kind or Parent was not given.
type Unit struct {
	Code, Name, Kind, Parent string
	// People is how many live or work there, where a snapshot counts them; 0: not
	// given.
	// Only counts of one census can be added up and held against each other.
	People int
	// Hectares is its territory, where a snapshot gives it; 0: not given.
	Hectares int
	At       diag.Span
}

// A Snapshot is the units in force on a day.
type Snapshot struct {
	Date   Date
	Units  []Unit
	Source *diag.Source
	// Compares, when not nil, replaces the history's for this snapshot.
	Compares []string
}

// An Event turns the states Before into the states After on Date, the first
// day of the new state. Seq orders events within the day when Ordered is true.
// Op is a hint and may be empty: establish, abolish, merge, split, rename,
// recode, move, regrade, transfer, restore.
type Event struct {
	ID            string
	Date          Date
	Seq           int
	Ordered       bool
	Op            string
	Before, After []Unit
	Papers        []Paper // that the event rests on, where the source names them
	// Links says which units of Before went into which of After, where the source
	// tells; nil: any may have gone into any.
	Links []Link
	At    diag.Span
}

// A Link says that a unit of an event went, whole or in part, into another: the
// index of the one in Before and of the other in After.
type Link struct{ Before, After int }

// A Paper is a document that an event rests on. What was decided, when it was
// made known and when it took effect are three days; what the source does not
// give is empty or NoDate.
type Paper struct {
	Title, Number   string
	Made, Published Date
	Source          string // where the text can be found
	Text            string
	At              diag.Span
}
