// Package diag is a problem with its place, its evidence, and how it is
// printed. A wrong plan is a [List] of diagnostics, a broken machine is an
// error, and the two are never mixed.
//
// A diagnostic is data: a code, a place, facts, notes. Its words come from the
// catalogue of package lang, by the code; so the text on a terminal, the JSON,
// the web page and each language are renderings of one value and can't differ
// in what they say.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// A Code names one kind of problem for ever: "OB" and four digits, of which
// the first two are the group (01 text, 02 names and shape of changes, 03
// cover, 04 order, 05 time, 06 discipline, 07 documents, 08 handover). A code
// is never used again for something else.
type Code string

// Severity says what a problem stops.
type Severity uint8

const (
	// Error: the plan can't be applied as it stands.
	Error Severity = iota
	// Warning: it can be applied, but someone must look.
	Warning
)

// String gives "error" or "warning", the words of the JSON form.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

var (
	definedMu sync.Mutex
	defined   = map[Code]Severity{}
)

// Define claims a code, at start-up, for the room that reports it. It panics
// when the code is claimed already. The words of the code are in the catalogue
// under "<code>.title", "<code>.why" and "<code>.help", and its manual page,
// with a plan that triggers it, is manual/<code>.txtar.
func Define(code Code, severity Severity) Code {
	definedMu.Lock()
	defer definedMu.Unlock()
	if _, taken := defined[code]; taken {
		panic(fmt.Sprintf("diag: code %s is defined twice", code))
	}
	defined[code] = severity
	return code
}

// Codes lists every defined code, sorted.
func Codes() []Code {
	definedMu.Lock()
	defer definedMu.Unlock()
	out := make([]Code, 0, len(defined))
	for c := range defined {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// SeverityOf gives the severity a code was defined with, and whether it is
// defined at all.
func SeverityOf(code Code) (Severity, bool) {
	definedMu.Lock()
	defer definedMu.Unlock()
	s, ok := defined[code]
	return s, ok
}

// A Word is a value that has a name in each language: it is printed as the
// catalogue's message of that id (in JSON, as the id's last part).
type Word string

// A Name is a value that is the name of something: its id and what people call
// it. It prints as the name with the id behind it.
type Name struct {
	ID string `json:"id"`
	ZH string `json:"name,omitempty"`
	EN string `json:"name_en,omitempty"`
}

// A Fact is one piece of evidence. Its name is a key of the JSON form and, as
// "fact.<name>", of the catalogue. Its value is a string, an int, a bool, a
// Word, a Name, a fmt.Stringer (a date, an interval), or a slice of these.
type Fact struct {
	Name  string
	Value any
}

// F makes a fact.
func F(name string, value any) Fact { return Fact{name, value} }

// A Note is context: another place that the reader needs to see. Its words are
// the catalogue's message "note.<Say>", with the facts as variables.
type Note struct {
	Span  Span
	Say   string
	Facts []Fact
}

// A Diagnostic is one problem, at one place. One cause gives one diagnostic.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Span     Span // the smallest stretch of words that shows it
	Facts    []Fact
	Notes    []Note
	// Waived is the place of the waiver that excuses the problem; zero when
	// nothing does. A waived problem is printed, marked, and stops nothing.
	Waived Span
}

// At makes a diagnostic of a defined code at a place. It panics on a code that
// is not defined: that is a fault of the program.
func At(code Code, span Span, facts ...Fact) Diagnostic {
	severity, ok := SeverityOf(code)
	if !ok {
		panic(fmt.Sprintf("diag: code %s is not defined", code))
	}
	return Diagnostic{Code: code, Severity: severity, Span: span, Facts: facts}
}

// Note gives the diagnostic with one more note.
func (d Diagnostic) Note(span Span, say string, facts ...Fact) Diagnostic {
	d.Notes = append(slices.Clip(d.Notes), Note{span, say, facts})
	return d
}

// Fact gives the value of the fact of that name, or nil.
func (d Diagnostic) Fact(name string) any {
	for _, f := range d.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return nil
}

// A List is the problems of one run. The nil list is "nothing wrong".
type List []Diagnostic

// Add appends diagnostics.
func (l *List) Add(ds ...Diagnostic) { *l = append(*l, ds...) }

// HasErrors reports whether any problem stops the plan: an error that is not
// waived.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error && d.Waived.IsZero() })
}

// Count gives the number of standing errors, warnings and waived problems.
func (l List) Count() (errors, warnings, waived int) {
	for _, d := range l {
		switch {
		case !d.Waived.IsZero():
			waived++
		case d.Severity == Error:
			errors++
		default:
			warnings++
		}
	}
	return errors, warnings, waived
}

// Sort orders the list for printing: by file, place, code, then by facts and
// notes, so that one input always prints the same, in whatever order its
// problems were found.
func (l List) Sort() {
	// Facts are put into words only of those that stand at one place with one code,
	// and once each: there may be thousands, of a board that no file declared.
	order, facts := make([]int, len(l)), make([]string, len(l))
	for i := range order {
		order[i] = i
	}
	say := func(i int) string {
		if facts[i] == "" {
			facts[i] = fmt.Sprint(l[i].Facts)
		}
		return facts[i]
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &l[i], &l[j]
		if n := cmp.Or(cmp.Compare(a.Span.File(), b.Span.File()), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Code, b.Code)); n != 0 {
			return n
		}
		if n := cmp.Compare(say(i), say(j)); n != 0 {
			return n
		}
		return cmp.Compare(a.noteText(), b.noteText())
	})
	sorted := make(List, len(l))
	for i, at := range order {
		sorted[i] = l[at]
	}
	copy(l, sorted)
}

// noteText is the notes in words, to sort by.
func (d *Diagnostic) noteText() string {
	var b []byte
	for _, n := range d.Notes {
		b = fmt.Append(b, n.Span.File(), n.Span.Start, n.Say, n.Facts)
	}
	return string(b)
}
