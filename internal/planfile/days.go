package planfile

import (
	"reflect"
	"strconv"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// days reads days of work: a number, or the least, the likely and the most.
func (d *document) days(s *spec, n *node, about []diag.Fact) org.Days {
	switch {
	case n.shape == scalar:
		return org.Days{Number: d.number(s, n, about)}
	case n.shape != mapping || len(n.fields) == 0:
		d.wrong(n, s, "days", about)
		return org.Days{}
	}
	var t daysText
	d.fill(reflect.ValueOf(&t).Elem(), s.below, n.fields, n.fields[0].keyAt, about...)
	return org.Days{Number: t.Likely, Least: t.Least, Most: t.Most}
}

// orderedDays refuses days that are too many, and the least, likely and most days
// that are not in this order.
func (d *document) orderedDays(days org.Days) {
	for _, n := range []org.Number{days.Number, days.Least, days.Most} {
		d.mostDays("days", n)
	}
	if !days.Given() {
		return // what is there of the others can't be judged
	}
	wrong := func(key string, n org.Number, expected string) {
		d.add(DaysOutOfOrder, n.At, diag.F("key_name", key), diag.F("value", n.N), diag.F("likely", days.N), diag.F("expected", expected))
	}
	if least := days.Least; least.Given() && (least.N > days.N || least.N == 0 && days.N > 0) {
		wrong("least", least, "1–"+strconv.Itoa(max(1, days.N)))
	}
	if most := days.Most; most.Given() && (most.N < days.N || most.N > 0 && days.N == 0) {
		expected := "≥ " + strconv.Itoa(days.N)
		if days.N == 0 {
			expected = "0"
		}
		wrong("most", most, expected)
	}
}

// spread refuses a spread that does not have the likely days between its ends.
func (d *document) spread(s org.Spread) {
	if s.Least.Given() && s.Least.N > 100 {
		d.add(NotAllowed, s.Least.At, diag.F("key_name", "least"), diag.F("value", s.Least.N), diag.F("expected", "0–100"))
	}
	if s.Most.Given() && (s.Most.N < 100 || s.Most.N > 1000) {
		d.add(NotAllowed, s.Most.At, diag.F("key_name", "most"), diag.F("value", s.Most.N), diag.F("expected", "100–1000"))
	}
}
