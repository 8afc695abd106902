package witness

import (
	"slices"

	"oneboard/internal/org"
)

// A link says that a body has one key of a duty from one event to another.
type link struct {
	body, from, to, since, by string
	law                       string // of what gave it; "" for the board
	order                     int    // of what gave it
	mode                      org.Mode
	area                      string   // of the row or act that gave it
	until                     string   // where the board's row ends
	others                    []string // changes that could take it, and do not
	doubt                     bool     // a declaration that may have found what it declares
}

// A walk follows one key of one duty in one area through the acts of a plan as
// far as a branch tells their order. Where that is open it names the change.
type walk struct {
	*facts
	org.Timetable
	duty  string
	key   int
	atom  string
	moves []*org.Act // that could take it
	open  string
}

// starts lists the links that follow from no other: what the board's rows,
// assignments and declarations give, but to those who assist.
func (w *walk) starts() (out []link) {
	for _, r := range w.Rows[w.duty] {
		if r.Keys&org.EachKey[w.key] != 0 && r.To > w.start && r.Mode != org.Assist && w.areas.Inside(w.atom, r.Area) {
			l := link{body: r.Body, from: "start", mode: r.Mode, area: r.Area, until: "forever"}
			if r.From > w.start {
				l.from = r.From.String()
			}
			if r.To != org.Forever {
				l.until = r.To.String()
			}
			out = append(out, l)
		}
	}
	for _, g := range w.Gifts[w.duty] {
		given := func(a *org.Act) bool { return a.Change != g.Change && a.To.ID == g.To.ID }
		has := slices.ContainsFunc(w.moves, given) || slices.ContainsFunc(w.Gifts[w.duty], given) ||
			slices.ContainsFunc(w.Rows[w.duty], func(r *org.Responsibility) bool { return r.Body == g.To.ID })
		if g.Mode != org.Assist && w.areas.Inside(w.atom, g.In.ID) {
			out = append(out, link{g.To.ID, g.Law, "", "", g.Change, g.Law, g.Order, g.Mode, g.In.ID, "forever", nil, has && g.From.Given()})
		}
	}
	return out
}

// same reports whether two events fall on one day in every run.
func (w *walk) same(a, b string) bool { return a == b || w.Before(a, b, 0) && w.Before(b, a, 0) }

// shown gives the first of a link and what follows it that lasts a day, from the
// start on.
func (w *walk) shown(l link) (_, n link, more bool) {
	start := w.start.String()
	for range len(w.moves) + len(w.Gifts[w.duty]) + 1 {
		if w.Before(l.from, start, 0) {
			l.from, l.by = "start", ""
		}
		n, more = w.next(&l)
		if !more || !w.Before(l.to, l.from, 0) && !w.Before(l.to, start, 0) {
			break
		}
		l = n // he never has it
	}
	return l, n, more
}

// links lists every link that the board and the plan give, each with where it
// ends, but to those who assist.
func (w *walk) links() (out []link) {
	var doubts []link
	for _, n := range w.starts() {
		if n.doubt {
			doubts = append(doubts, n)
			continue
		}
		l, more := link{}, true
		for more && n.mode != org.Assist && len(out) < 1e6 {
			l, n, more = w.shown(n)
			out = append(out, l)
		}
	}
	for _, d := range doubts { // it must have been found where it was
		if !slices.ContainsFunc(out, func(l link) bool { return l.body == d.body && l.by == d.by }) {
			w.open = d.by
		}
	}
	return out
}

// next completes a link with where it ends, and gives the one after it.
func (w *walk) next(l *link) (n link, more bool) {
	key := org.EachKey[w.key]
	var may []*org.Act
	for _, a := range slices.Concat(w.moves, w.Gifts[w.duty]) {
		inside := w.areas.Inside(w.atom, a.In.ID) || w.atom == "" && w.areas.Inside(w.Duties[w.duty].Area, a.In.ID)
		ended := func(e string) bool { return w.Before(e, a.Law, 0) }
		if a.From.ID == l.body && a.Change != l.by && a.Keys&key != 0 && inside && (a.Order < org.Late || a.In.ID == l.area) && !slices.ContainsFunc(w.Over[w.duty], ended) {
			may = append(may, a)
		}
	}
	open := slices.DeleteFunc(slices.Clone(may), func(m *org.Act) bool { return w.passed(l, m) })
	i := slices.IndexFunc(open, func(t *org.Act) bool {
		return w.sees(l, t) && !slices.ContainsFunc(open, func(m *org.Act) bool { return m != t && !w.follows(t, m, key) })
	})
	kept := i >= 0 && open[i].Order < org.Late && w.rules.FormerPerforms&key != 0 && open[i].At[w.key] != open[i].Law
	for _, m := range may {
		if (i < 0 || m != open[i]) && !kept {
			l.others = append(l.others, m.Change)
		}
	}
	if l.to = l.until; i < 0 {
		if len(open) > 0 {
			w.open = open[0].Change
		}
		return n, false
	}
	t := open[i]
	l.to = t.At[w.key]
	if !w.Before(l.from, l.to, 0) { // he gives it before he gets it: the taker gets it then
		if l.to = l.from; !w.Before(t.At[w.key], l.to, 0) || t.Order >= org.Late {
			w.open = t.Change
		}
	}
	if l.until != "forever" && !w.Before(l.to, l.until, 1) {
		w.open = t.Change
	}
	n = link{body: t.To.ID, from: l.to, by: t.Change, law: t.Law, order: t.Order, mode: l.mode, area: l.area, until: l.until}
	if t.Order >= org.Late {
		n.mode = t.Mode
	} else if t.In.Given() && (l.area == "" || !w.areas.Inside(l.area, t.In.ID)) {
		n.area = t.In.ID
	}
	if kept {
		l.since = t.Law
	}
	return n, true
}

// sees reports whether an act finds what the link says: it comes later, or on
// that day, when who gives waits for what he gets unless they give in a circle.
func (w *walk) sees(l *link, t *org.Act) bool {
	sameDay := func(a *org.Act) bool { return !w.Before(a.Law, t.Law, 1) && !w.Before(t.Law, a.Law, 1) }
	return l.law == "" || w.Before(l.law, t.Law, 1) ||
		w.Before(l.law, t.Law, 0) && (l.order < t.Order || l.order < org.Late) && (t.Order >= org.Late || !w.Circle(t.From.ID, sameDay))
}

// passed reports whether an act came before what the link says, or comes after
// the end of the board's row.
func (w *walk) passed(l *link, m *org.Act) bool {
	return l.until != "forever" && w.Before(l.until, m.Law, 0) ||
		l.law != "" && (w.Before(m.Law, l.law, 1) || l.order >= org.Late && m.Order < l.order && w.Before(m.Law, l.law, 0))
}

// follows reports whether an act finds nothing more after another: what the
// giver only keeps until the handover is in place is nobody's to take.
func (w *walk) follows(t, m *org.Act, key org.Keys) bool {
	return (w.Before(t.Law, m.Law, 1) || t.Order < m.Order && w.Before(t.Law, m.Law, 0)) &&
		(w.rules.FormerPerforms&key != 0 && t.At[w.key] != t.Law || w.Before(t.At[w.key], m.At[w.key], 0))
}
