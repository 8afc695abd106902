package planfile

import (
	"slices"
	"strconv"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// discipline reads what a pack says of seals, record series, bylaws and freezes,
// over what the pack that it extends says.
func (d *document) discipline(p *org.Pack, t *packText) {
	s := &t.Seals
	if s.Mode.Text == "strict" {
		// what a strict pack allows to be kept would never be read
		for _, at := range []diag.Span{s.KeepDays.At, first(s.KeepFor)} {
			if !at.IsZero() {
				d.add(NotAllowed, at, diag.F("key_name", "seals"), diag.F("value", at.Text()), diag.F("reason", diag.Word("reason.strict_keeps_nothing")))
			}
		}
	}
	if n := t.Bylaws.Years; n.N > mostBylawYears {
		d.add(NotAllowed, n.At, diag.F("key_name", "years"), diag.F("value", n.N), diag.F("expected", "0–"+strconv.Itoa(mostBylawYears)))
	}
	for i := range t.Freezes {
		d.freeze(&t.Freezes[i])
	}
	// a pack's own freezes are kept as they are written, so that one may take
	// away what another pack brought
	own := org.Pack{Seals: t.Seals, Fonds: t.Fonds, Bylaws: t.Bylaws, Freezes: t.Freezes}
	if t.Extends.Given() {
		own.Discipline(p)
	} else {
		p.Seals, p.Fonds, p.Bylaws, p.Freezes = own.Seals, own.Fonds, own.Bylaws, own.Freezes
	}
}

// mostBylawYears is a lifetime: a longer wait is a slip of the pen.
const mostBylawYears = 100

func first(words []org.Text) diag.Span {
	if len(words) == 0 {
		return diag.Span{}
	}
	return words[0].At
}

// freeze holds the words of a freeze against those that it may have: kinds of
// change, and days or what a day may be told by.
func (d *document) freeze(f *org.Freeze) {
	public := slices.ContainsFunc(f.Forbid, func(w org.Text) bool { return w.Text == "publish" })
	for _, w := range f.Forbid {
		_, kind := org.KindOf(w.Text)
		if kind || w.Text == "" {
			continue
		}
		if alone := w.Text == "publish" || w.Text == "nothing"; alone && len(f.Forbid) == 1 {
			continue
		} else if alone {
			d.add(NotAllowed, w.At, diag.F("key_name", "forbid"), diag.F("value", w.Text), diag.F("reason", diag.Word("reason.stands_alone")))
			continue
		}
		words := []string{"publish", "nothing"}
		for _, k := range org.Kinds {
			words = append(words, k.Word)
		}
		facts := []diag.Fact{diag.F("key_name", "forbid"), diag.F("value", w.Text)}
		if near := diag.Nearest(w.Text, words); near != "" {
			facts = append(facts, diag.F("known", near))
		}
		d.add(NotAllowed, w.At, append(facts, diag.F("expected", words))...)
	}
	day := func(key string, w org.Text, words ...string) {
		if _, err := org.ParseDate(w.Text); w.Text != "" && err != nil && !slices.Contains(words, w.Text) {
			d.add(NotAllowed, w.At, diag.F("key_name", key), diag.F("value", w.Text), diag.F("expected", append(words, "YYYY-MM-DD")))
		}
	}
	if public {
		day("from", f.From)
		day("until", f.Until, "approval", "effective")
	} else {
		day("from", f.From, "approval", "start")
		day("until", f.Until, "in_place", "deadline")
	}
}
