package planfile

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// fill reads the fields of a mapping into the struct v by its table, and
// reports what is wrong with each. owner is where the mapping is spoken of when
// a key is missing; about is what the diagnostics say of it.
func (d *document) fill(v reflect.Value, t *table, fields []field, owner diag.Span, about ...diag.Fact) {
	seen := make([]diag.Span, len(t.specs))
	gave := make([]bool, len(t.specs))
	for i := range fields {
		f := &fields[i]
		at, known := t.byKey[f.key]
		if !known {
			d.unknownKey(f, t.keys(), about)
			continue
		}
		if !seen[at].IsZero() {
			d.duplicate(f, seen[at])
			continue
		}
		seen[at] = f.keyAt
		s := &t.specs[at]
		gave[at] = f.value.shape != absent
		if f.value.shape == absent || f.value.shape == broken {
			continue
		}
		d.value(v.FieldByIndex(s.index), s, &f.value, about)
		if f.value.empty() && s.min == 0 {
			gave[at] = false
		}
	}
	for i := range t.specs {
		s := &t.specs[i]
		if (s.required || s.head) && !gave[i] {
			at := owner
			if !seen[i].IsZero() {
				at = seen[i]
			}
			d.add(MissingKey, at, append([]diag.Fact{diag.F("key_name", s.key)}, about...)...)
		}
	}
}

// empty reports whether a value is there and says nothing.
func (n *node) empty() bool {
	switch n.shape {
	case scalar:
		return strings.TrimSpace(n.text) == ""
	case list:
		return len(n.items) == 0
	case mapping:
		return len(n.fields) == 0
	}
	return n.shape == absent
}

func (d *document) unknownKey(f *field, known []string, about []diag.Fact) {
	facts := []diag.Fact{diag.F("key_name", f.key)}
	if near := diag.Nearest(f.key, known); near != "" {
		facts = append(facts, diag.F("known", near))
	}
	d.add(UnknownKey, f.keyAt, append(facts, about...)...)
}

func (d *document) duplicate(f *field, first diag.Span) {
	if len(d.diags) < maxFaults {
		d.diags.Add(diag.At(DuplicateKey, f.keyAt, diag.F("key_name", f.key)).Note(first, "same_key"))
	}
}

func (d *document) wrong(n *node, s *spec, expected string, about []diag.Fact) {
	d.add(WrongType, n.at, append([]diag.Fact{diag.F("key_name", s.key),
		diag.F("expected", diag.Word("type."+expected)), diag.F("found", diag.Word("type."+n.found()))}, about...)...)
}

func (n *node) found() string {
	switch n.shape {
	case list:
		return "list"
	case mapping:
		return "mapping"
	case absent:
		return "nothing"
	}
	return "text"
}

// value reads one value of the form that its key has.
func (d *document) value(v reflect.Value, s *spec, n *node, about []diag.Fact) {
	switch p := v.Addr().Interface().(type) {
	case *org.Text:
		*p = d.text(s, n, about)
	case *org.Ref:
		*p = d.ref(s, n, about)
	case *org.When:
		*p = d.date(s, n, about)
	case *org.Number:
		*p = d.number(s, n, about)
	case *org.Days:
		*p = d.days(s, n, about)
	case *truth:
		*p = d.flag(s, n, about)
	case *org.Selection:
		p.At = n.at
		if n.shape == scalar && n.text == "all" {
			p.All = true
			return
		}
		p.Refs = d.refs(s, n, about)
		for _, r := range p.Refs {
			if r.ID != "all" {
				continue
			}
			if len(p.Refs) == 1 {
				*p = org.Selection{All: true, At: n.at}
				return
			}
			d.add(NotAllowed, r.At, append([]diag.Fact{diag.F("key_name", s.key), diag.F("value", r.ID), diag.F("reason", diag.Word("reason.all_alone"))}, about...)...)
		}
	case *[]org.Ref:
		*p = d.refs(s, n, about)
	case *[]org.Text:
		d.each(s, n, "texts", about, func(n *node) { *p = append(*p, d.text(s, n, about)) })
	case *[]org.Citation:
		d.each(s, n, "citations", about, func(n *node) {
			if n.shape != scalar {
				d.wrong(n, s, "citations", about)
			} else if c := d.citation(n); c.Instrument.Given() {
				*p = append(*p, c)
			}
		})
	case *[]org.Clause:
		d.clauses(p, s, n, about)
	case *changeList:
		*p = d.changes(s, n)
	default:
		if s.form == structForm {
			if n.shape != mapping {
				d.wrong(n, s, "mapping", about)
				return
			}
			at := n.at
			if len(n.fields) > 0 {
				at = n.fields[0].keyAt
			}
			d.fill(v, s.below, n.fields, at, about...)
			return
		}
		d.each(s, n, "mappings", about, func(n *node) {
			if n.shape != mapping {
				d.wrong(n, s, "mapping", about)
				return
			}
			one := reflect.New(v.Type().Elem()).Elem()
			d.fill(one, s.below, n.fields, n.fields[0].keyAt, append([]diag.Fact{diag.F("kind", diag.Word("part."+s.key))}, about...)...)
			v.Set(reflect.Append(v, one))
		})
	}
}

// each calls f for every entry of a list, or for a value that stands alone.
func (d *document) each(s *spec, n *node, expected string, about []diag.Fact, f func(*node)) {
	if n.shape != list {
		if s.form == structsForm && n.shape != mapping {
			d.wrong(n, s, expected, about)
		} else if !n.empty() {
			f(n)
		}
		return
	}
	for i := range n.items {
		switch item := &n.items[i]; {
		case item.shape == broken:
		case item.empty():
			at := item.at
			if at.IsZero() {
				at = n.at
			}
			d.wrong(&node{shape: absent, at: at}, s, expected, about)
		default:
			f(item)
		}
	}
}

func (d *document) text(s *spec, n *node, about []diag.Fact) org.Text {
	if n.shape != scalar {
		d.wrong(n, s, "text", about)
		return org.Text{}
	}
	if s.words != nil && !n.empty() {
		d.oneOf(s, n, about)
	}
	return org.Text{Text: n.text, At: n.at}
}

func (d *document) oneOf(s *spec, n *node, about []diag.Fact) {
	for _, w := range s.words {
		if w == n.text {
			return
		}
	}
	facts := []diag.Fact{diag.F("key_name", s.key), diag.F("value", n.text), diag.F("expected", s.words)}
	if near := diag.Nearest(n.text, s.words); near != "" {
		facts = append(facts, diag.F("known", near))
	}
	d.add(NotAllowed, n.at, append(facts, about...)...)
}

func (d *document) ref(s *spec, n *node, about []diag.Fact) org.Ref {
	if n.shape != scalar {
		d.wrong(n, s, "id", about)
		return org.Ref{}
	}
	if n.empty() {
		return org.Ref{}
	}
	if strings.ContainsFunc(n.text, unicode.IsSpace) {
		d.add(SpaceInID, n.at, append([]diag.Fact{diag.F("key_name", s.key), diag.F("value", n.text)}, about...)...)
		return org.Ref{} // or it would be said again that nothing has this id
	}
	return org.Ref{ID: n.text, At: n.at}
}

func (d *document) refs(s *spec, n *node, about []diag.Fact) []org.Ref {
	var out []org.Ref
	if n.shape == list && len(n.items) > 0 {
		out = make([]org.Ref, 0, len(n.items))
	}
	d.each(s, n, "ids", about, func(n *node) {
		if n.shape != scalar {
			d.wrong(n, s, "ids", about)
			return
		}
		if r := d.ref(s, n, about); r.Given() {
			out = append(out, r)
		}
	})
	return out
}

func (d *document) date(s *spec, n *node, about []diag.Fact) org.When {
	if n.shape != scalar {
		d.wrong(n, s, "date", about)
		return org.When{}
	}
	if n.empty() {
		return org.When{}
	}
	day, err := org.ParseDate(n.text)
	if err == nil {
		return org.WrittenOn(day, n.at)
	}
	wrong := n.text // what of it is wrong
	if first, last, two := strings.Cut(n.text, "/"); two && s.form == windowForm && !strings.Contains(last, "/") {
		from, err1 := org.ParseDate(first)
		to, err2 := org.ParseDate(last)
		switch {
		case err1 == nil && err2 == nil && from <= to:
			return org.WrittenBetween(from, to, n.at)
		case err1 == nil && err2 == nil:
			d.add(BadDate, n.at, append([]diag.Fact{diag.F("key_name", s.key), diag.F("value", n.text),
				diag.F("reason", diag.Word("date.backwards")), diag.F("known", last+"/"+first)}, about...)...)
			return org.When{}
		case len(first) > 4: // 2019/01-31 is one day in another form
			if wrong = first; err1 == nil {
				wrong = last
			}
		}
	}
	facts := []diag.Fact{diag.F("key_name", s.key), diag.F("value", n.text)}
	switch meant, exists := dateMeant(wrong); {
	case exists:
		facts = append(facts, diag.F("reason", diag.Word("date.form")), diag.F("known", meant))
	case meant != "":
		facts = append(facts, diag.F("reason", diag.Word("date.no_such_day")))
	default:
		facts = append(facts, diag.F("reason", diag.Word("date.form")))
	}
	d.add(BadDate, n.at, append(facts, about...)...)
	return org.When{}
}

// dateMeant guesses the day behind another way of writing one (2019/1/19,
// 2019.1.19, 20190119, 2019年1月19日, with or without an hour), and says whether
// that day exists.
func dateMeant(s string) (string, bool) {
	var parts [3]string
	n, digits := 0, true
	for _, r := range s {
		if r >= '０' && r <= '９' {
			r = r - '０' + '0'
		}
		isDigit := r >= '0' && r <= '9'
		switch {
		case isDigit && !digits:
			if n++; n == 3 {
				goto done
			}
			fallthrough
		case isDigit:
			parts[n] += string(r)
		case r == 'T' && n == 2, r == ' ' && n == 2:
			goto done
		}
		digits = isDigit
		if len(parts[n]) > 8 {
			return "", false
		}
	}
done:
	if n == 0 && len(parts[0]) == 8 {
		parts[0], parts[1], parts[2] = parts[0][:4], parts[0][4:6], parts[0][6:]
	}
	if len(parts[0]) != 4 || len(parts[1]) == 0 || len(parts[1]) > 2 || len(parts[2]) == 0 || len(parts[2]) > 2 {
		return "", false
	}
	pad := func(s string) string { return strings.Repeat("0", 2-len(s)) + s }
	meant := parts[0] + "-" + pad(parts[1]) + "-" + pad(parts[2])
	_, err := org.ParseDate(meant)
	return meant, err == nil
}

func (d *document) number(s *spec, n *node, about []diag.Fact) org.Number {
	if n.shape != scalar {
		d.wrong(n, s, "number", about)
		return org.Number{}
	}
	if n.empty() {
		return org.Number{}
	}
	for i := 0; i < len(n.text); i++ {
		if n.text[i] < '0' || n.text[i] > '9' || i == 9 {
			d.wrong(n, s, "number", about)
			return org.Number{}
		}
	}
	out, _ := strconv.Atoi(n.text)
	return org.WrittenNumber(out, n.at)
}

func (d *document) flag(s *spec, n *node, about []diag.Fact) truth {
	if n.shape == scalar && !n.quoted {
		switch n.text {
		case "true":
			return truth{true, true}
		case "false":
			return truth{false, true}
		}
	}
	d.wrong(n, s, "flag", about)
	return truth{}
}

// citation splits "instrument clause" at the first blank.
func (d *document) citation(n *node) org.Citation {
	at := func(from, to int) diag.Span {
		if n.at.Text() != n.text { // escapes or several lines: no closer place
			return n.at
		}
		return diag.Span{Source: n.at.Source, Start: n.at.Start + int32(from), End: n.at.Start + int32(to)}
	}
	text := n.text
	start := len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	end := len(strings.TrimRightFunc(text, unicode.IsSpace))
	blank := strings.IndexFunc(text[start:end], unicode.IsSpace)
	if blank < 0 {
		return org.Citation{Instrument: org.Ref{ID: text[start:end], At: at(start, end)}, Clause: org.Text{At: n.at}}
	}
	blank += start
	clause := end - len(strings.TrimLeftFunc(text[blank:end], unicode.IsSpace))
	return org.Citation{Instrument: org.Ref{ID: text[start:blank], At: at(start, blank)},
		Clause: org.Text{Text: text[clause:end], At: at(clause, end)}}
}

// clauses reads a list of numbers, or a mapping of numbers to words.
func (d *document) clauses(p *[]org.Clause, s *spec, n *node, about []diag.Fact) {
	if n.shape != mapping {
		d.each(s, n, "clauses", about, func(n *node) {
			if n.shape != scalar {
				d.wrong(n, s, "clauses", about)
				return
			}
			*p = append(*p, org.Clause{Number: n.text, At: n.at})
		})
		return
	}
	seen := map[string]diag.Span{}
	for i := range n.fields {
		f := &n.fields[i]
		if first, twice := seen[f.key]; twice {
			d.duplicate(f, first)
			continue
		}
		seen[f.key] = f.keyAt
		if f.value.shape != scalar && f.value.shape != absent {
			d.wrong(&f.value, s, "text", about)
			continue
		}
		*p = append(*p, org.Clause{Number: f.key, Text: f.value.text, At: f.keyAt})
	}
}

// changes reads the list of changes. A change that can't be read still takes
// its place, so that the ids of the others don't shift.
func (d *document) changes(s *spec, n *node) []org.Change {
	if n.shape != list {
		d.wrong(n, s, "changes", nil)
		return nil
	}
	out := make([]org.Change, 0, len(n.items))
	for i := range n.items {
		if c := d.change(&n.items[i], s, i); c != nil {
			out = append(out, c)
		}
	}
	return out
}

func (d *document) change(n *node, s *spec, place int) org.Change {
	if n.shape == broken {
		return nil
	}
	if n.shape != mapping || len(n.fields) == 0 {
		at := *n
		if at.at.IsZero() {
			at.at = d.span(0, 0)
		}
		d.wrong(&at, s, "change", nil)
		return nil
	}
	// The kind is written first. One that a program wrote may have its keys in
	// any order; no kind's word is also a key of another kind.
	var head *field
	var kind org.Kind
	for i := range n.fields {
		if k, ok := org.KindOf(n.fields[i].key); ok {
			head, kind = &n.fields[i], k
			break
		}
	}
	if head == nil {
		d.unknownKind(n.fields)
		return nil
	}
	c := kind.New()
	v := reflect.ValueOf(c).Elem()
	common := c.Declared()
	common.Kind, common.At, common.Position = kind.Word, head.value.at, place
	if head.value.empty() {
		common.At = head.keyAt
	}
	d.fill(v, tableOf(v.Type()), n.fields, head.keyAt, diag.F("kind", diag.Word("kind."+kind.Word)))
	if common.ID = common.GivenID.ID; common.ID == "" {
		common.ID = "c" + strconv.Itoa(place+1)
	}
	return c
}

func (d *document) unknownKind(fields []field) {
	first := &fields[0]
	for i := range fields { // not the id or the date of a change, but what it is
		if tableOf(reflect.TypeFor[org.Common]()).find(fields[i].key) == nil {
			first = &fields[i]
			break
		}
	}
	facts := []diag.Fact{diag.F("value", first.key)}
	if near := nearestKind(first.key); near != "" {
		facts = append(facts, diag.F("known", near))
	}
	d.add(UnknownKind, first.keyAt, facts...)
}

// nearestKind finds the kind that was meant: by its word, or by its name in any
// language.
func nearestKind(word string) string {
	words := make([]string, len(org.Kinds))
	for i, k := range org.Kinds {
		words[i] = k.Word
	}
	if near := diag.Nearest(word, words); near != "" {
		return near
	}
	for _, tag := range lang.Tags {
		for _, k := range org.Kinds {
			if strings.EqualFold(lang.Say(tag, "kind."+k.Word), word) {
				return k.Word
			}
		}
	}
	return ""
}
