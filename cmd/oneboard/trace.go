package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/publish"
)

// candidates is how many units are named where one is looked for.
const candidates = 8

// traceVerb tells what became of a unit of a history, or of all.
func traceVerb(e *env) verb {
	var from, to org.Date
	var table bool
	var picture, reader, vintage string
	return verb{name: "trace", min: 1, max: 2,
		flags: func(f *flags) {
			f.date(&from, "from")
			f.date(&to, "to")
			f.truth(&table, "table")
			f.text(&picture, "svg", "")
			f.text(&reader, "reader", "")
			f.text(&vintage, "vintage", "")
		},
		run: func(args []string) (int, error) {
			word, dir := args[0], ""
			switch {
			case table && len(args) == 1:
				word, dir = "", args[0]
			case table:
				return exitFail, cannot("trace-table-of-one")
			case len(args) == 2:
				dir = args[1]
			default: // the folder where the program stands
				dir = "."
			}
			if table && picture != "" {
				return exitFail, cannot("trace-table-picture")
			}
			if err := e.vacant(picture); err != nil {
				return exitFail, err
			}
			h, problems, err := e.takeHistory(dir, reader, vintage)
			if err != nil {
				return exitFail, err
			}
			if problems.HasErrors() { // what became of a unit can't be said from a part
				if e.json {
					return exitFail, e.document(traced{Source: dir, Problems: problems.Views(e.tag)})
				}
				return exitFail, problems.WriteText(e.out, e.tag, diag.Printed)
			}
			l := check.Trace(h)
			if !from.Known() {
				from = l.First
			}
			if !to.Known() {
				to = l.Last
			}
			for _, day := range []org.Date{from, to} {
				if day < l.First {
					return exitFail, cannot("trace-before", "Day", day.String(), "First", l.First.String())
				}
			}
			if table {
				return exitOK, e.writeTable(dir, l, from, to)
			}
			c, ok := l.Follow(word, from, to)
			if !ok {
				return exitFail, e.notThere(l, word, from)
			}
			if picture != "" {
				if err := e.create(picture, publish.FlowFile(e.tag, &c)); err != nil {
					return exitFail, err
				}
			}
			code := exitOK
			if !slices.ContainsFunc(c.Ends, func(t check.Traced) bool { return t.ToCode != "" || t.ToName != "" }) {
				code = exitFound // nothing is left of it
			}
			if e.json {
				return code, e.document(traced{Source: dir, Problems: problems.Views(e.tag), Course: &c})
			}
			e.printCourse(&c)
			if picture != "" {
				e.printf("%s\n", e.say("trace.drawn", lang.Args{"Path": picture}))
			}
			return code, nil
		}}
}

// traced is the JSON form of a trace; without a course when it could not run.
type traced struct {
	Source   string      `json:"source"`
	Problems []diag.View `json:"problems"`
	*check.Course
}

// notThere says that no unit is like that on a day, and which may be meant.
func (e *env) notThere(l *check.Lineage, word string, day org.Date) error {
	units, nearest := l.Find(word, day)
	name := func(u check.UnitName) string { return strings.TrimSpace(u.Code + " " + u.Name) }
	var meant []string
	if len(units) > 1 {
		for _, u := range units {
			meant = append(meant, name(u))
		}
		return cannot("trace-several", "Word", word, "Day", day.String(), "Units", e.list(meant))
	}
	for _, s := range nearest {
		until := e.say("trace.lasts")
		if s.To < org.Forever {
			until = s.To.String()
		}
		meant = append(meant, e.say("trace.spell", lang.Args{"Unit": name(s.UnitName), "From": s.From.String(), "To": until}))
	}
	if meant != nil {
		return cannot("trace-other-day", "Word", word, "Day", day.String(), "Units", e.list(meant[:min(len(meant), candidates)]))
	}
	for _, u := range l.Search(word, day, candidates) {
		meant = append(meant, name(u))
	}
	if meant != nil {
		return cannot("trace-perhaps", "Word", word, "Day", day.String(), "Units", e.list(meant))
	}
	if u, on, ok := l.Passing(word); ok {
		return cannot("trace-passing", "Unit", name(u), "Day", on.String())
	}
	return cannot("trace-nobody", "Word", word, "Day", day.String())
}

// printCourse prints what became of a unit: where it is, then how it came there.
func (e *env) printCourse(c *check.Course) {
	head := "trace.head"
	if c.Backward {
		head = "trace.head-back"
	}
	e.printf("%s\n", e.say(head, lang.Args{"Code": c.Start.Code, "Name": c.Start.Name, "From": c.From.String(), "To": c.To.String()}))
	var rows [][]string
	for _, t := range c.Ends {
		kind := publish.TraceKind(e.tag, t.Kind)
		if t.On.Known() {
			kind += " " + t.On.String()
		}
		rows = append(rows, []string{t.ToCode, t.ToName, publish.Share(e.tag, t.Share), kind})
	}
	e.table([]string{e.say("trace.code"), e.say("trace.name"), e.say("trace.share"), e.say("trace.kind")}, rows)
	if len(c.Steps) > 0 {
		e.printf("\n%s\n", e.say("trace.steps"))
		for _, d := range c.Steps {
			place := ""
			if d.File != "" {
				place = fmt.Sprintf("%s:%d", d.File, d.Line)
			}
			after := cmp.Or(e.units(d.After), e.say("trace.nothing"))
			before := cmp.Or(e.units(d.Before), e.say("trace.nothing"))
			e.printf("  %s  %s\n", d.Date, e.say("trace.step", lang.Args{"Op": publish.TraceOp(e.tag, d.Op), "Before": before, "After": after, "Place": place}))
		}
	}
	if words := publish.Measured(e.tag, c); words != "" {
		e.printf("\n%s\n", words)
	}
	if max(c.From, c.To) > c.Last {
		e.printf("\n%s\n", lang.Say(e.tag, "trace.beyond", lang.Args{"Last": c.Last.String()}))
	}
}

// units names the units of one side of an event, the first of them when there
// are many.
func (e *env) units(list []check.UnitName) string {
	var words []string
	for i, u := range list {
		if i == candidates {
			words = append(words, e.say("trace.more", lang.Args{"Count": len(list) - i}))
			break
		}
		words = append(words, publish.UnitWords(u))
	}
	return e.list(words)
}

// writeTable prints the conversion table between two days, as CSV or JSON.
func (e *env) writeTable(dir string, l *check.Lineage, from, to org.Date) error {
	rows := l.Table(from, to)
	if e.json {
		return e.document(struct {
			Source  string         `json:"source"`
			From    org.Date       `json:"from"`
			To      org.Date       `json:"to"`
			Measure string         `json:"measure"`
			Rows    []check.Traced `json:"rows"`
		}{dir, from, to, l.Measure, rows})
	}
	_, err := e.out.Write(publish.ConversionCSV(rows))
	return err
}
