package witness

import (
	"fmt"
	"slices"

	"oneboard/internal/org"
)

// A matter is a duty, or an item, with all that can happen to it.
type matter struct {
	*world
	object  string
	need    org.Keys // which keys of the duty somebody must have
	deeds   []*deed
	bodies  []string // who may come to have it
	areas   []string // that are named
	towns   []place  // the areas to look at
	events  []int32  // that bear on it
	touched string   // an event of the plan among them
	items   []*matter
	meets   [][]int // of each need, which of these
}

// see enters events that bear on the matter.
func (m *matter) see(events ...int32) {
	for _, e := range events {
		if !slices.Contains(m.events, e) {
			m.events = append(m.events, e)
		}
		if int(e) < m.ofPlan {
			m.touched = m.ids[e]
		}
	}
}

// days enters days that bear on the matter.
func (m *matter) days(days ...org.Date) {
	for _, d := range days {
		if d.Known() && d >= m.start {
			m.see(m.dayEvent(d))
		}
	}
}

func (m *matter) do(deeds ...*deed) {
	for _, d := range deeds {
		if !slices.Contains(m.deeds, d) {
			m.deeds = append(m.deeds, d)
			m.see(d.law)
		}
	}
}

// trace follows an object from the bodies of its rows over every deed that could
// take it along, in any order.
func (w *world) trace(object string) *matter {
	m := &matter{world: w, object: object}
	reach := func(body, area string) {
		if !slices.Contains(m.areas, area) {
			m.areas = append(m.areas, area)
		}
		if body != "" && !slices.Contains(m.bodies, body) {
			m.bodies = append(m.bodies, body)
		}
	}
	add := func(d *deed) {
		m.do(d)
		for k, key := range org.EachKey {
			if d.keys&key != 0 {
				m.see(d.at[k])
			}
		}
		if d.what != over {
			reach(d.to, d.in)
		}
	}
	for _, r := range w.rows[object] {
		reach(r.Body, r.Area)
		m.days(r.From, r.To)
	}
	for _, d := range w.about[object] {
		add(d)
	}
	// it ends with what it is a part of, unless a move names it
	for n, whole := 0, w.duties[object]; n < len(w.duties) && whole != nil && !w.moved[whole.ID]; n++ {
		for _, d := range w.about[whole.PartOf] {
			if d.what == over {
				add(d)
			}
		}
		whole = w.duties[whole.PartOf]
	}
	for i := 0; i < len(m.bodies); i++ {
		for _, d := range w.party(m.bodies[i]).gives {
			if w.takes(d, object) {
				add(d)
			}
		}
	}
	return m
}

// matter gathers all that bears on a duty.
func (w *world) matter(duty string) *matter {
	m := w.trace(duty)
	m.need = w.rules.RequiredOf(w.duties[duty])
	m.days(w.start)
	for _, b := range m.bodies {
		p := w.party(b)
		if p.row != nil {
			m.days(p.row.From, p.row.To)
		}
		if p.begin > 0 {
			m.see(p.begin)
			m.see(p.head...)
		}
		if p.due > 0 {
			m.see(p.due)
		}
		m.see(p.end...)
		m.see(p.back...)
	}
	if slices.ContainsFunc(m.deeds, func(d *deed) bool { return slices.Contains(w.ring, d) }) {
		m.do(w.ring...) // only for their place in the order of a day
	}
	if slices.ContainsFunc(m.areas, func(a string) bool { return a != "" }) {
		for _, d := range w.deeds {
			if d.what == shifts {
				m.do(d)
			}
		}
	}
	m.ask()
	slices.SortStableFunc(m.deeds, func(a, b *deed) int { return a.order - b.order })
	m.survey()
	return m
}

// ask gathers what the bodies of a duty must have to act. What becomes of that
// bears on the duty only when something else does: else nobody gets anything.
func (m *matter) ask() {
	touched := m.touched != ""
	m.meets = make([][]int, len(m.able))
	for n := range m.able {
		need := &m.able[n]
		asked := func(b string) bool { return m.asks(need, b) }
		if need.ID == org.NeedDetermination {
			for _, b := range m.bodies {
				if asked(b) {
					m.days(m.determined(b))
				}
			}
		}
		for _, i := range m.world.items {
			if i.Kind != need.ID || need.OfDuty && !m.partOf(i.Duty) {
				continue
			}
			at := slices.IndexFunc(m.items, func(o *matter) bool { return o.object == asItem+i.ID })
			if thing := m.trace(asItem + i.ID); at < 0 && slices.ContainsFunc(thing.bodies, func(b string) bool { return asked(b) && slices.Contains(m.bodies, b) }) {
				at, m.items = len(m.items), append(m.items, thing)
				if touched {
					m.see(thing.events...)
				}
			}
			if at >= 0 {
				m.meets[n] = append(m.meets[n], at)
			}
		}
	}
}

// partOf reports whether the duty is another or a part of it.
func (m *matter) partOf(duty string) bool {
	d := m.duties[m.object]
	for n := 0; d != nil && d.ID != duty && n <= len(m.duties); n++ {
		d = m.duties[d.PartOf]
	}
	return d != nil && d.ID == duty
}

// asks reports whether a need is asked of a body.
func (w *world) asks(n *org.Need, body string) bool { return n.Receiving || w.party(body).begin > 0 }

// survey finds the towns in which a duty must be looked at: the smallest areas, or,
// where the board keeps none, each that is named.
func (m *matter) survey() {
	whole := m.duties[m.object].Area
	if len(m.areas) == 0 {
		m.areas = []string{""}
	}
	if len(m.places) == 0 || !slices.ContainsFunc(m.areas, func(a string) bool { return a != "" }) {
		for _, a := range m.areas {
			m.towns = append(m.towns, place{a, org.Whole})
		}
		return
	}
	for _, p := range m.places {
		if !m.parts[p.code] && (m.inside(p.code, whole) || slices.ContainsFunc(m.areas, func(a string) bool { return a != "" && m.inside(p.code, a) })) {
			m.towns = append(m.towns, p)
		}
	}
}

// key says all that decides what can happen to the duty.
func (m *matter) key() string {
	d, all := m.duties[m.object], []any{}
	for _, r := range m.rows[m.object] {
		all = append(all, r.Body, r.Area, r.Keys, r.Mode, r.Interval)
	}
	for _, d := range m.deeds {
		all = append(all, d.order, m.takes(d, m.object), slices.Contains(d.objects, m.object))
	}
	for _, i := range m.items {
		all = append(all, i.object)
	}
	return fmt.Sprint(d.Area, d.Exclusive, m.need, m.made[m.object], m.towns, m.meets, all)
}
