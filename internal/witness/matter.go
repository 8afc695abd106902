package witness

import (
	"fmt"
	"slices"

	"oneboard/internal/org"
)

// A matter is a duty with all that can happen to it.
type matter struct {
	*world
	duty    string
	need    org.Keys // which keys somebody must have
	deeds   []*deed
	bodies  []string // who may come to have it
	towns   []place  // the areas to look at
	events  []int32  // that bear on it
	touched string   // an event of the plan among them
	besides []int32  // events that bear only on whether bodies have what they need
	asked   []string // the items that they need
}

// matter follows a duty from the bodies of its rows over every deed that could
// take it along, in any order.
func (w *world) matter(duty string, areas ...string) *matter {
	m := &matter{world: w, duty: duty, need: w.rules.RequiredOf(w.duties[duty])}
	see := func(events ...int32) {
		for _, e := range events {
			if !slices.Contains(m.events, e) {
				m.events = append(m.events, e)
			}
			if int(e) < w.ofPlan {
				m.touched = w.ids[e]
			}
		}
	}
	limits := func(in org.Interval) {
		for _, d := range [2]org.Date{in.From, in.To} {
			if d.Known() && d > w.start {
				see(w.on(d))
			}
		}
	}
	if w.start.Known() {
		see(w.on(w.start))
	}
	reach := func(body, area string) {
		if !slices.Contains(areas, area) {
			areas = append(areas, area)
		}
		if body != "" && !slices.Contains(m.bodies, body) {
			m.bodies = append(m.bodies, body)
		}
	}
	add := func(d *deed) {
		m.deeds = append(m.deeds, d)
		see(d.law)
		for k, key := range org.EachKey {
			if d.keys&key != 0 {
				see(d.at[k])
			}
		}
		if d.what != over {
			reach(d.to, d.in)
		}
	}
	for _, r := range w.rows[duty] {
		reach(r.Body, r.Area)
		limits(r.Interval)
	}
	for _, d := range w.about[duty] {
		add(d)
	}
	// it ends with what it is a part of, unless a move names it
	for n, d := 0, duty; n < len(w.duties) && !w.moved[d]; n++ {
		if d = w.duties[d].PartOf; w.duties[d] == nil {
			break
		}
		for _, o := range w.about[d] {
			if o.what == over {
				add(o)
			}
		}
	}
	stuck := false
	for i := 0; i < len(m.bodies); i++ {
		b := m.bodies[i]
		for _, d := range w.gives[b] {
			if w.takes(d, duty) {
				add(d)
				stuck = stuck || w.circling[b]
			}
		}
		if v := w.body[b]; v != nil {
			limits(v.Interval)
		}
		if e, new := w.begin[b]; new {
			if see(e); len(w.head[b]) > 0 {
				see(w.head[b]...)
				if due, ok := w.due[b]; ok {
					see(due)
				}
			}
		}
		see(w.end[b]...)
		see(w.back[b]...)
	}
	var more []*deed
	if stuck { // only for their place in the order of a day
		more = append(more, w.ring...)
	}
	if slices.ContainsFunc(areas, func(a string) bool { return a != "" }) {
		more = append(more, w.shifts...)
	}
	for _, d := range more {
		if !slices.Contains(m.deeds, d) {
			m.deeds = append(m.deeds, d)
			see(d.law)
		}
	}
	m.ask(see, limits)
	slices.SortStableFunc(m.deeds, func(a, b *deed) int { return a.order - b.order })
	m.survey(areas)
	return m
}

// survey finds the towns in which a duty must be looked at: the smallest areas, or,
// where the board keeps none, each that is named.
func (m *matter) survey(areas []string) {
	whole := m.duties[m.duty].Area
	if len(areas) == 0 {
		areas = []string{""}
	}
	if len(m.places) == 0 || !slices.ContainsFunc(areas, func(a string) bool { return a != "" }) {
		for _, a := range areas {
			m.towns = append(m.towns, place{a, org.Whole})
		}
		return
	}
	for _, p := range m.places {
		if !m.parts[p.code] && (m.inside(p.code, whole) || slices.ContainsFunc(areas, func(a string) bool { return a != "" && m.inside(p.code, a) })) {
			m.towns = append(m.towns, p)
		}
	}
}

// key says all that decides what can happen to the duty.
func (m *matter) key() string {
	d, rows := m.duties[m.duty], []any{}
	for _, r := range m.rows[m.duty] {
		rows = append(rows, r.Body, r.Area, r.Keys, r.Mode, r.Interval)
	}
	for _, d := range m.deeds {
		rows = append(rows, d.order, m.takes(d, m.duty), slices.Contains(d.duties, m.duty))
	}
	return fmt.Sprint(d.Area, d.Exclusive, m.need, m.made[m.duty], m.towns, m.asked, rows)
}
