package reading

import (
	"maps"
	"slices"

	"oneboard/internal/org"
	"oneboard/internal/witness/kernel"
)

// A Matter is a duty, or an item, with all that can happen to it.
type Matter struct {
	kernel.Duty
	Bodies  []string // who may come to have it
	Touched string   // an event of the plan that bears on it, or ""
	world   *World
	item    *org.Item // nil for a duty
	steps   []*step
	areas   []string // that are named
	places  []place  // those to look at
	items   []*Matter
}

// Duties lists the duties of the board and the plan.
func (w *World) Duties() []string { return slices.Sorted(maps.Keys(w.duties)) }

// Known reports whether there is a duty.
func (w *World) Known(duty string) bool { return w.duties[duty] != nil }

// Parted gives a change of an area that has parts, or "": what becomes of those is
// not followed.
func (w *World) Parted() string {
	for _, s := range w.steps {
		if s.what == shifts && slices.ContainsFunc(s.objects, func(a string) bool { return w.parts[a] }) {
			return s.change
		}
	}
	return ""
}

// see enters events that bear on the matter.
func (m *Matter) see(events ...kernel.Event) {
	for _, e := range events {
		if e > 0 && !slices.Contains(m.Events, e) {
			m.Events = append(m.Events, e)
		}
		if e > 0 && int(e) < m.world.OfPlan {
			m.Touched = m.world.IDs[e]
		}
	}
}

// days enters days that bear on the matter.
func (m *Matter) days(days ...org.Date) {
	for _, d := range days {
		if d.Known() && d >= m.world.Start {
			m.see(m.world.day(d))
		}
	}
}

// take enters a step that bears on the matter.
func (m *Matter) take(s *step) {
	if !slices.Contains(m.steps, s) {
		m.steps = append(m.steps, s)
		m.see(s.law)
	}
}

// reach enters a body that may come to have it, and an area that is named.
func (m *Matter) reach(body, area string) {
	if !slices.Contains(m.areas, area) {
		m.areas = append(m.areas, area)
	}
	if body != "" && !slices.Contains(m.Bodies, body) {
		m.Bodies = append(m.Bodies, body)
	}
}

// trace follows an object from the bodies of its rows over every step that could
// take it along, in any order.
func (w *World) trace(object string, of *org.Item) *Matter {
	m := &Matter{Duty: kernel.Duty{ID: object}, world: w, item: of}
	add := func(s *step) {
		m.take(s)
		for k, key := range org.EachKey {
			if s.keys&key != 0 {
				m.see(s.at[k])
			}
		}
		if s.what != over {
			m.reach(s.to, s.in)
		}
	}
	for _, r := range w.rows[object] {
		m.reach(r.Body, r.Area)
		m.days(r.From, r.To)
	}
	for _, s := range w.about[object] {
		add(s)
	}
	// it ends with what it is a part of, unless a move names it
	for n, part := 0, w.duties[object]; n < len(w.duties) && part != nil && !w.named[[2]string{anybody, part.ID}]; n++ {
		for _, s := range w.about[part.PartOf] {
			if s.what == over {
				add(s)
			}
		}
		part = w.duties[part.PartOf]
	}
	for i := 0; i < len(m.Bodies); i++ {
		for _, s := range w.party(m.Bodies[i]).gives {
			if w.takes(s, object) {
				add(s)
			}
		}
	}
	return m
}

// Matter gathers all that bears on a duty.
func (w *World) Matter(duty string) *Matter {
	m, d := w.trace(duty, nil), w.duties[duty]
	m.Exclusive, m.Inside, m.Keys, m.AfterEnd, m.Days = d.Exclusive, w.inside, w.rules.RequiredOf(d), w.rules.AfterEnd(), org.Date(w.rules.HeadGrace)
	m.Life = func(body string) (kernel.Event, []kernel.Event, []kernel.Event) {
		p := w.party(body)
		return p.begin, p.end, p.back
	}
	m.Play = func(day []org.Date) kernel.Run { return m.play(day) }
	m.days(w.Start)
	for _, b := range m.Bodies {
		p := w.party(b)
		if p.row != nil {
			m.days(p.row.From, p.row.To)
		}
		if m.see(p.begin, p.due); p.due > 0 {
			m.Apart = append(m.Apart, [2]kernel.Event{p.begin, p.due})
		}
		m.see(p.end...)
		m.see(p.back...)
	}
	if slices.ContainsFunc(m.steps, func(s *step) bool { return slices.Contains(w.ring, s) }) {
		for _, s := range w.ring { // only for their place in the order of a day
			m.take(s)
		}
	}
	for _, s := range w.steps {
		if s.what == shifts && slices.ContainsFunc(m.areas, func(a string) bool { return a != "" }) {
			m.take(s)
		}
	}
	m.ask()
	slices.SortStableFunc(m.steps, func(a, b *step) int { return a.order - b.order })
	m.survey(d.Area)
	return m
}

// ask gathers the items that the bodies of a duty must have to act. What becomes of
// those bears on the duty only when something else does: else nobody gets anything.
func (m *Matter) ask() {
	touched := m.Touched != ""
	for _, n := range m.world.needs {
		for _, i := range m.world.items[n.ID] {
			if !m.meets(i, &n) || slices.ContainsFunc(m.items, func(o *Matter) bool { return o.item == i }) {
				continue
			}
			thing := m.world.trace(item(i.Kind, i.ID), i)
			if slices.ContainsFunc(thing.Bodies, func(b string) bool { return m.asks(&n, b) && slices.Contains(m.Bodies, b) }) {
				if m.items = append(m.items, thing); touched {
					m.see(thing.Events...)
				}
			}
		}
	}
}

// meets reports whether an item is what a need asks for.
func (m *Matter) meets(i *org.Item, n *need) bool {
	part := m.world.duties[m.ID]
	for k := 0; n.OfDuty && part != nil && part.ID != i.Duty && k <= len(m.world.duties); k++ {
		part = m.world.duties[part.PartOf]
	}
	return i.Kind == n.ID && part != nil && (!n.OfDuty || part.ID == i.Duty)
}

// asks reports whether a need is asked of a body. Whether one has its head is known
// of those to whom the plan gives one, and of those that can have none.
func (m *Matter) asks(n *need, body string) bool {
	p := m.world.party(body)
	if n.ID == org.NeedHead && (n.new || p.post) {
		return m.world.headed(body)
	}
	return n.Receiving || p.begin > 0
}

// survey finds the places in which a duty must be looked at: the smallest areas, or,
// where the board keeps none, each that is named.
func (m *Matter) survey(whole string) {
	if len(m.areas) == 0 {
		m.areas = []string{""}
	}
	named := slices.ContainsFunc(m.areas, func(a string) bool { return a != "" })
	for _, p := range m.world.places {
		if named && !m.world.parts[p.code] && (m.world.inside(p.code, whole) || slices.ContainsFunc(m.areas, func(a string) bool { return a != "" && m.world.inside(p.code, a) })) {
			m.places = append(m.places, p)
		}
	}
	if len(m.world.places) == 0 || !named {
		for _, a := range m.areas {
			m.places = append(m.places, place{a, org.Whole})
		}
	}
	for _, p := range m.places {
		m.Places = append(m.Places, p.code)
	}
}
