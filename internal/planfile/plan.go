// Package planfile turns the text of plans and rule packs into values, and
// plans into text. Every value keeps the place of its words. A wrong text is
// diagnostics, all of them at once, never an error and never a panic; what
// could be read is returned all the same.
//
// How a change is written is described once, by the struct tags of package
// org; the reader, the JSON Schema, the writer and the manual here go by them.
package planfile

import (
	"reflect"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// Parse reads a plan. The plan is never nil and holds whatever could be read:
// while the list has errors it is fit for showing, not for checking. Names are
// not looked up: whether a body exists is package check's question. A text of
// n bytes takes O(n) time; one above [MaxPlanBytes] is not looked into.
func Parse(name string, text []byte) (*org.Plan, diag.List) {
	d, ok := open(name, text, MaxPlanBytes)
	p := &org.Plan{Source: d.src}
	if !ok {
		return p, d.diags
	}
	var t planText
	if !d.head(reflect.ValueOf(&t).Elem(), NotAPlan) {
		return p, d.diags
	}
	p.ID, p.At = t.ID.ID, t.ID.At
	p.Title, p.TitleEN, p.Area, p.Board = t.Title, t.TitleEN, t.Area, t.Board
	p.Packs, p.Calendar = t.Packs, t.Calendar
	p.Start, p.Deadline = t.Start, t.Deadline
	p.Above, p.Below, p.Upward, p.Windows, p.Contacts = t.Above, t.Below, t.Upward, t.Windows, t.Contacts
	for _, in := range t.Instruments {
		switch of := in.Kind.Text == org.NeedDetermination; {
		case of && !in.Body.Given():
			d.add(MissingKey, in.Kind.At, diag.F("key_name", "body"), diag.F("kind", diag.Word("part.instruments")))
		case !of && in.Body.Given():
			d.add(NotAllowed, in.Body.At, diag.F("key_name", "body"), diag.F("value", in.Body.ID), diag.F("reason", diag.Word("reason.no_determination")))
		}
		if in.ConfirmsIn.Given() && len(in.Confirms) == 0 {
			d.add(MissingKey, in.ConfirmsIn.At, diag.F("key_name", "confirms"), diag.F("kind", diag.Word("part.instruments")))
		}
		p.Instruments = append(p.Instruments, org.Instrument{
			ID: in.ID.ID, At: in.ID.At, Title: in.Title.Text, TitleEN: in.TitleEN.Text,
			Kind: in.Kind.Text, Issuer: in.Issuer.Text, Number: in.Number.Text,
			Made: in.Made, Effective: in.Effective, Clauses: in.Clauses, Supersedes: in.Supersedes, Body: in.Body,
			Under: in.Under, PublicFrom: in.PublicFrom, Confirms: in.Confirms, ConfirmsIn: in.ConfirmsIn,
		})
	}
	for _, a := range t.Approvals {
		p.Approvals = append(p.Approvals, org.Approval{Instrument: a.Instrument, By: a.By, On: a.On, At: a.Instrument.At})
	}
	for _, w := range t.Waivers {
		if w.Code.Text != "" && !codeLike(w.Code.Text) {
			d.add(NotAllowed, w.Code.At, diag.F("key_name", "code"), diag.F("value", w.Code.Text), diag.F("expected", "OB0000"))
		}
		p.Waivers = append(p.Waivers, org.Waiver{Code: w.Code, Object: w.Object, Until: w.Until, By: w.By, Because: w.Because, At: w.Code.At})
	}
	p.Changes, p.Processes = t.Changes, t.Processes
	p.Templates, p.WorkFrom, p.Roles, p.Teams, p.Tasks = t.Templates, t.WorkFrom, t.Roles, t.Resources, t.Tasks
	p.Spread = t.Spread
	d.spread(t.Spread)
	p.Staff, p.Rests, p.Causes = t.Staff, t.Rests, t.Causes
	for i := range p.Causes {
		if share := p.Causes[i].Share; share.Given() && share.N > 100 {
			d.add(NotAllowed, share.At, diag.F("key_name", "share"), diag.F("value", share.N), diag.F("expected", "0–100"))
		}
	}
	for i := range p.Rests {
		if r := &p.Rests[i]; !r.Days.Given() && len(r.Calendar) == 0 && r.Body.Given() {
			d.add(MissingKey, r.Body.At, diag.F("key_name", "days"), diag.F("kind", diag.Word("part.rests")))
		}
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		d.orderedDays(t.Days)
		for _, w := range append(t.After[:len(t.After):len(t.After)], t.Before...) {
			d.mostDays("lag", w.Lag)
		}
	}
	d.diags.Sort()
	return p, d.diags
}

func codeLike(s string) bool {
	if len(s) != 6 || !strings.HasPrefix(s, "OB") {
		return false
	}
	for i := 2; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// head reads the whole text into the struct v, whose first key says what the
// text is. It reports false when the text is something else: then nothing but
// that is said of it.
func (d *document) head(v reflect.Value, code diag.Code) bool {
	t := tableOf(v.Type())
	fields := d.top()
	what := &t.specs[0]
	expected := what.key + ": " + what.words[0]
	var found *field
	known := 0
	for i := range fields {
		if fields[i].key == what.key && found == nil {
			found = &fields[i]
		} else if t.find(fields[i].key) != nil {
			known++
		}
	}
	if found == nil && d.refused() {
		return false
	}
	switch {
	case found == nil && known == 0:
		d.diags = nil // one cause, one diagnostic
		d.add(code, d.firstWords(), diag.F("expected", expected))
		return false
	case found == nil:
		d.add(code, d.firstWords(), diag.F("expected", expected))
	case found.value.shape != scalar || found.value.text != what.words[0]:
		d.diags = nil
		at := found.value.at
		if found.value.empty() {
			at = found.keyAt
		}
		d.add(code, at, diag.F("expected", expected), diag.F("found", found.value.text))
		if strings.Contains(found.value.text, "/v") { // another format, or another version of this
			return false
		}
		found.value = node{shape: broken}
	}
	if found == nil {
		fields = append(fields, field{key: what.key, keyAt: d.span(0, 0), value: node{shape: broken}})
	}
	d.fill(v, t, fields, d.firstWords())
	return true
}

// refused reports whether the text was not read for what it is made of.
func (d *document) refused() bool {
	for _, x := range d.diags {
		if x.Code == Refused {
			return true
		}
	}
	return false
}

// firstWords is the first line that says something.
func (d *document) firstWords() diag.Span {
	for n := range d.starts {
		if line, _ := d.line(n); !blank(line) && !marker(line, "---") {
			return d.lineWords(n)
		}
	}
	return d.span(0, 0)
}
