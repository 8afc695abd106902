package org

import (
	"slices"

	"oneboard/internal/diag"
)

// Levels are the words of the levels of territory, from the highest. A body's
// level is a free word of its place; one that is not here has no rank, and is
// held against no other.
var Levels = []string{"nation", "province", "city", "county", "township", "village"}

// LevelRank gives the rank of a level, 1 for the highest, and 0 for a word that
// is none.
func LevelRank(word string) int { return slices.Index(Levels, word) + 1 }

// A Demand is what a plan asks of the levels below it, by a clause. An entry
// that asks for nothing else asks that the clause is carried out below.
type Demand struct {
	By []Citation `plan:"by,required"`
	// Level is the level that is asked; none: every level below the plan's own.
	Level Text `plan:"level"`
	// Deadline is the last day on which anything of that level is complete.
	Deadline When `plan:"deadline"`
	// Bodies and Posts limit how many there may be in each area of the level
	// when the plan is done, of the kind only when Class is written.
	Bodies Number `plan:"bodies"`
	Posts  Number `plan:"posts"`
	Class  Text   `plan:"kind"`
	// Counterparts are bodies and duties of this plan's board that need one
	// below: a body whose duties basically correspond.
	Counterparts []Ref `plan:"counterparts"`
	// Match says how a counterpart must correspond. "identical" is written in
	// papers too, and refused: no upper body may demand a mirrored unit (R25).
	Match Text `plan:"match,words=basic|identical"`
	// After is the level that is complete before this one begins (R9).
	After Text `plan:"after"`
}

// At is the place of the demand's first words.
func (d *Demand) At() diag.Span {
	if len(d.By) > 0 {
		return d.By[0].Instrument.At
	}
	return diag.Span{}
}

// A Tie says how this plan stands to the one above it, in one point. An entry
// that leaves one of its sides out is a variation of the place, and gives its
// reason.
type Tie struct {
	// Clause is one of the plan above; By are the clauses here that carry it out.
	Clause []Citation `plan:"clause"`
	By     []Citation `plan:"by"`
	// Of is a body or duty above, and Is the body here that corresponds to it.
	Of     Ref  `plan:"of"`
	Is     Ref  `plan:"is"`
	Reason Text `plan:"why"`
}

// A Closed (受保护时段) is a stretch of days on which no protected duty may be
// handed over: a flood season, a holiday.
type Closed struct {
	Title   Text  `plan:"title,required"`
	TitleEN Text  `plan:"title_en"`
	Days    When  `plan:"days,required,window"`
	Duties  []Ref `plan:"duties"` // only these; none: every protected duty
}

// Label gives what people call the window.
func (w *Closed) Label() diag.Name { return diag.Name{ID: w.Title.Text, EN: w.TitleEN.Text} }

// Meets reports whether the window and the days from first to last have a day
// in common.
func (w *Closed) Meets(first, last Date) bool {
	return w.Days.Given() && first <= w.Days.Date && last >= w.Days.First()
}

// A Contact names people who answer for duties besides those who lead the body
// that performs them.
type Contact struct {
	Duties Selection `plan:"duties,required"` // all: every protected duty
	People []Ref     `plan:"people,required"`
}
