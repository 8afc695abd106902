package check

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"sync"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// across holds what is told between changes of a draft that are far apart: its
// levels against each other (R9), changes against freezes, which bind whom any
// other change touches, and handovers against protected windows, whose days follow
// from what waits for what. Each is asked only of the changes that it is about,
// by what their clusters left of them.
func (d *Draft) across() {
	d.far = nil
	p := d.head
	p.Changes = d.changes
	c := d.aside(&p)
	if d.rules.Relay || len(p.Below) > 0 {
		if len(p.Below) > 0 { // whose deadlines ask for days
			c.dates = make([]org.Date, len(d.nodes))
			for i, n := range d.nodes {
				c.dates[i] = n.day
			}
		}
		c.holdTiers(tiersOf(len(d.nodes), func(i int32) standing { return d.nodes[i].standing }), d.eachBody)
	}
	w := windows{c: c, touched: sync.OnceValue(d.touchedBodies), reform: d.reform}
	if len(d.rules.Freezes) > 0 {
		for _, n := range d.nodes {
			for i := range n.grips {
				w.hold(&n.grips[i], n.ch)
			}
		}
	}
	d.keep(c.problems)
	d.closedDays()
}

// aside is a checker that knows the board and a plan, and looks at neither.
func (d *Draft) aside(p *org.Plan) *checker {
	return &checker{x: d.x, board: d.x.board, plan: p, rules: d.rules, start: d.start,
		areas: d.x.areas, areaIx: &ids{what: "areas", board: d.x.areaIx}}
}

func (d *Draft) keep(list diag.List) {
	for _, p := range list {
		d.far = append(d.far, problem{Diagnostic: p})
	}
}

// touchedBodies is that of the whole plan.
func (d *Draft) touchedBodies() map[string]part {
	out := map[string]part{}
	for _, n := range d.nodes {
		if n.day.Known() {
			for i := range n.touches {
				n.touches[i].add(out, n.end)
			}
		}
	}
	return out
}

// closedDays is that of the changes that hand protected duties over, and of those
// that wait or are waited for.
func (d *Draft) closedDays() {
	all := slices.Concat(d.rules.Windows, d.head.Windows)
	if len(all) == 0 {
		return
	}
	var list []*node
	for _, n := range d.nodes {
		if len(n.handed) > 0 {
			list = append(list, n)
		}
	}
	if len(list) == 0 {
		return
	}
	list = append(list, d.dated...)
	slices.SortFunc(list, func(a, b *node) int { return cmp.Compare(a.at, b.at) })
	list = slices.Compact(list)
	p := d.head
	c := d.aside(&p)
	c.handed, c.dates, c.bad = map[int32][]*org.Duty{}, make([]org.Date, len(list)), make([]bool, len(list))
	for i, n := range list {
		p.Changes = append(p.Changes, n.ch)
		c.dates[i], c.bad[i] = n.day, n.bad
		if len(n.handed) > 0 {
			c.handed[int32(i)] = n.handed
		}
	}
	for i := range d.order {
		c.problems = append(c.problems, d.order[i].Diagnostic)
	}
	c.closedDays(all)
	d.keep(c.problems[len(d.order):])
}

// eachBody is an eachBody of the plan as it is now.
func (d *Draft) eachBody(asked *org.Demand, see func(*org.Body, diag.Span)) {
	last := d.lastDay()
	on := func(list []version) *org.Body {
		for i := range list {
			if list[i].Holds(last) {
				return &list[i].Body
			}
		}
		return nil
	}
	for _, i := range d.counted(asked) {
		if b := &d.x.bodies[i]; d.lived[i] == nil && b.life.Holds(last) {
			see(b.row, diag.Span{})
		}
	}
	var fresh []*lived
	for _, l := range d.lived {
		if l.by != nil {
			fresh = append(fresh, l)
		} else if b := on(l.versions); b != nil {
			see(b, diag.Span{})
		}
	}
	slices.SortFunc(fresh, func(a, b *lived) int { return cmp.Or(cmp.Compare(a.by.at, b.by.at), cmp.Compare(a.nth, b.nth)) })
	for _, l := range fresh {
		if b := on(l.versions); b != nil {
			see(b, l.at)
		}
	}
}

// counted lists the bodies of the board that a demand counts while no change
// touches them.
func (d *Draft) counted(asked *org.Demand) []int32 {
	list, known := d.demanded[asked]
	if !known {
		for i := range d.x.bodies {
			if counts(asked, d.x.bodies[i].row) {
				list = append(list, int32(i))
			}
		}
		if d.demanded == nil {
			d.demanded = map[*org.Demand][]int32{}
		}
		d.demanded[asked] = list
	}
	return list
}

// SetInstruments gives the plan other instruments. It costs what the changes touch
// that cite an instrument which is not as it was, and a look at the board; where
// determinations are concerned, a full check.
func (d *Draft) SetInstruments(list []org.Instrument) {
	was, reform := d.head, d.reform
	d.head.Instruments = slices.Clone(list)
	d.reform = d.head.Reform(d.rules.Approve)
	if d.undivided() {
		return
	}
	if d.c == nil {
		d.rebuild()
		return
	}
	other, ofBodies := otherInstruments(was.Instruments, list)
	if ofBodies {
		d.rebuild()
		return
	}
	for _, id := range slices.Concat(slices.Collect(maps.Keys(reform)), slices.Collect(maps.Keys(d.reform))) {
		a, in := reform[id]
		if b, still := d.reform[id]; in != still || a != b {
			other[id] = true
		}
	}
	var cite []*node
	for _, n := range d.nodes {
		if slices.ContainsFunc(n.ch.Declared().By, func(by org.Citation) bool {
			id := by.Instrument.ID // of what is not there, it is told what is perhaps meant
			return other[id] || was.Instrument(id) == nil || d.head.Instrument(id) == nil
		}) {
			cite = append(cite, n)
		}
	}
	moved := d.redate(cite...)
	if d.firstDay() != d.start {
		d.rebuild()
		return
	}
	dirty, seen := map[*cluster]bool{}, map[*node]bool{}
	var loose []*node
	for _, n := range slices.Concat(cite, moved) {
		if !seen[n] {
			seen[n] = true
			d.unlink(n, dirty)
			d.link(n)
			loose = append(loose, n)
		}
	}
	d.board = d.lookAt(nil)
	d.regroup(dirty, loose)
}

// otherInstruments lists the ids under which one list has something else than the
// other, and what that supersedes; and whether it is determinations.
func otherInstruments(a, b []org.Instrument) (other map[string]bool, ofBodies bool) {
	other = map[string]bool{}
	by := func(list []org.Instrument) map[string][]*org.Instrument {
		out := map[string][]*org.Instrument{}
		for i := range list {
			out[list[i].ID] = append(out[list[i].ID], &list[i])
		}
		return out
	}
	was, is := by(a), by(b)
	for _, id := range slices.Concat(slices.Collect(maps.Keys(was)), slices.Collect(maps.Keys(is))) {
		if other[id] || slices.EqualFunc(was[id], is[id], sameInstrument) {
			continue
		}
		other[id] = true
		for _, in := range slices.Concat(was[id], is[id]) {
			ofBodies = ofBodies || in.Kind == org.NeedDetermination
			for _, r := range in.Supersedes {
				other[r.ID] = true
			}
		}
	}
	return other, ofBodies
}

func sameInstrument(a, b *org.Instrument) bool { return reflect.DeepEqual(a, b) }

// SetWaivers gives the plan other waivers. It costs next to nothing, or, where the
// plan can't be divided, a full check.
func (d *Draft) SetWaivers(list []org.Waiver) {
	d.head.Waivers = slices.Clone(list)
	if d.whole != "" {
		d.checkWhole()
	}
}
