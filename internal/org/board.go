// Package org is the nouns of a reorganisation: area, body, duty, key,
// responsibility, instrument, post, item; the board that holds them; the plan
// and its closed set of changes; the history of what really happened. It holds
// no rules: what is right or wrong about a board or a plan is package check's.
package org

import (
	"strings"

	"oneboard/internal/diag"
)

// Keys is a set of the four facts that "responsible" is made of. Real
// reorganisations move them on four different days.
type Keys uint8

const (
	// Holder (法定): who has the duty in law.
	Holder Keys = 1 << iota
	// Performer (履行): who does the work.
	Performer
	// Signatory (名义): in whose name and under which seal; the party in court.
	// Its word in files is "name".
	Signatory
	// Means (保障): who has the people, money and systems.
	Means

	// AllKeys is all four.
	AllKeys = Holder | Performer | Signatory | Means
)

// EachKey lists the single keys in their order.
var EachKey = [4]Keys{Holder, Performer, Signatory, Means}

var keyWords = [4]string{"holder", "performer", "name", "means"}

// ParseKeys reads "", "all" or words of holder, performer, name, means with
// blanks, commas, semicolons or plus signs between them.
func ParseKeys(s string) (Keys, bool) {
	if s == "" || s == "all" {
		return AllKeys, true
	}
	var k Keys
next:
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,;+、", r) }) {
		for i, word := range keyWords {
			if w == word {
				k |= EachKey[i]
				continue next
			}
		}
		return 0, false
	}
	return k, k != 0
}

// String gives the words of the set with blanks between, "all" for all four.
func (k Keys) String() string {
	if k == AllKeys {
		return "all"
	}
	return strings.Join(k.Words(), " ")
}

// Words lists the words of the set, each by itself.
func (k Keys) Words() (out []string) {
	for i, word := range keyWords {
		if k&EachKey[i] != 0 {
			out = append(out, word)
		}
	}
	return out
}

// Word is the catalogue's name of a single key.
func (k Keys) Word() diag.Word { return diag.Word("key." + k.String()) }

// A Mode is the part a body has in a duty that others share. Exactly one body
// is Sole or Lead per duty, key, area and day, unless all of them are Joint.
type Mode uint8

// The modes.
const (
	Sole Mode = iota
	Lead
	Assist
	Joint
)

var modeWords = [4]string{"sole", "lead", "assist", "joint"}

// ParseMode reads sole (also ""), lead, assist, joint.
func ParseMode(s string) (Mode, bool) {
	if s == "" {
		return Sole, true
	}
	for i, w := range modeWords {
		if s == w {
			return Mode(i), true
		}
	}
	return 0, false
}

// String gives the word of the mode as files have it.
func (m Mode) String() string { return modeWords[m] }

// Word is the catalogue's name of the mode.
func (m Mode) Word() diag.Word { return diag.Word("mode." + m.String()) }

// Extra is the cells of the columns that Oneboard does not know, in the order
// of [Table.Extra]: they are kept and passed through. Nil when there are none.
type Extra []string

// An Area (区划) is a territory. Areas change too: one may have a row for each
// time during which it was the same, with no day in two of them.
type Area struct {
	Code, Name, NameEN string
	Level, Parent      string
	Interval
	Extra Extra
	At    diag.Span // its row
}

// A Body (机构) is an organisation whose identity survives renaming. Kind,
// Level and Rank are free words of the place; Superior and Area are ids.
type Body struct {
	ID, Name, NameEN  string
	Kind, Level, Area string
	Superior, Rank    string
	Interval          // in force
	Extra             Extra
	At                diag.Span
}

// A Duty (职责) is a function or power. PartOf names the duty it is a part of.
// Exclusive is false for a catch-all ("other tasks assigned") that many may
// have at once.
type Duty struct {
	ID, Name, NameEN     string
	Kind, Matter, Area   string
	Subject, Level       string
	Basis, PartOf        string
	Protected, Exclusive bool
	Extra                Extra
	At                   diag.Span
}

// A Responsibility is duty × keys × body × mode × area × interval, and the
// clause it rests on. Area "" is the duty's whole area.
type Responsibility struct {
	Duty, Body string
	Keys       Keys
	Mode       Mode
	Area       string
	Interval
	By    string // "instrument clause", as written
	Extra Extra
	At    diag.Span
}

// A Quota (编制) says how many posts of a kind a body may have, and how many of
// them lead: Leaders heads (领导职数 正职) and Deputies. Negative: not limited.
type Quota struct {
	Body, Kind               string
	Posts, Leaders, Deputies int
	Interval
	By    string
	Extra Extra
	At    diag.Span
}

// A Role is the place of a post in its body's leadership.
type Role uint8

// The roles: a head leads the body, a deputy is counted in the leader quota.
const (
	Ordinary Role = iota
	Deputy
	Head
)

var roleWords = [3]string{"", "deputy", "head"}

// ParseRole reads "" (ordinary), "deputy", "head".
func ParseRole(s string) (Role, bool) {
	for i, w := range roleWords {
		if s == w {
			return Role(i), true
		}
	}
	return 0, false
}

// String gives the word of the role as files have it.
func (r Role) String() string { return roleWords[r] }

// A Post is a position in a body, filled or not.
type Post struct {
	ID, Body, Title, Kind string
	Role                  Role
	Interval
	Extra Extra
	At    diag.Span
}

// An Appointment puts a person into a post for a time. The person is an id:
// the board keeps no more of a person than it needs.
type Appointment struct {
	Post, Person string
	Interval
	Extra Extra
	At    diag.Span
}

// An Item is what a handover moves besides duties: money lines, assets, rooms,
// contracts, systems, seals, record series, open matters, debts and claims.
type Item struct {
	ID, Kind, Body, Name  string
	Quantity, Value, Duty string
	Until                 Date
	Extra                 Extra
	At                    diag.Span
}

// A Plate (加挂牌子) is a further name that a body carries.
type Plate struct {
	Body, Name string
	Interval
	Extra Extra
	At    diag.Span
}

// A Table says how one file of a board was written: its source, the place of
// each known column, and the names of the columns that are passed through.
type Table struct {
	Source  *diag.Source
	Columns map[string]int
	Extra   []string
}

// Cell gives the span of a column of a row; the row when the table has no such
// column.
func (t *Table) Cell(row diag.Span, column string) diag.Span {
	if t == nil {
		return row
	}
	n, ok := t.Columns[column]
	if !ok {
		return row
	}
	return row.Cell(n)
}

// A Board is who does what: a set of tables, as read or as computed for a day.
// It is not safe for concurrent changes; once handed to package check it is
// read only.
type Board struct {
	Areas            []Area
	Bodies           []Body
	Duties           []Duty
	Responsibilities []Responsibility
	Quotas           []Quota
	Posts            []Post
	Appointments     []Appointment
	Items            []Item
	Plates           []Plate

	// Tables holds how each file was written, by file name without ".csv"; a
	// table that no file declared is absent.
	Tables map[string]*Table
}

// Cell gives the span of a column of a row of a table.
func (b *Board) Cell(table string, row diag.Span, column string) diag.Span {
	return b.Tables[table].Cell(row, column)
}

// Label gives what people call the body, for a diagnostic's fact.
func (b *Body) Label() diag.Name { return diag.Name{ID: b.ID, ZH: b.Name, EN: b.NameEN} }

// Label gives what people call the duty, for a diagnostic's fact.
func (d *Duty) Label() diag.Name { return diag.Name{ID: d.ID, ZH: d.Name, EN: d.NameEN} }

// Label gives what people call the area, for a diagnostic's fact.
func (a *Area) Label() diag.Name { return diag.Name{ID: a.Code, ZH: a.Name, EN: a.NameEN} }
