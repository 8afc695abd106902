package check

import (
	"cmp"
	"maps"
	"reflect"
	"slices"

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
	c := d.aside(&p)
	switch {
	case len(p.Below) > 0: // whose demands ask for all changes, and their days
		d.number(d.nodes...)
		p.Changes, c.dates = make([]org.Change, len(d.nodes)), make([]org.Date, len(d.nodes))
		for i, n := range d.nodes {
			p.Changes[i], c.dates[i] = n.ch, n.day
		}
		c.holdTiers(tiersOf(len(d.nodes), func(i int32) standing { return d.nodes[i].standing }), d.eachBody)
	case d.rules.Relay:
		p.Changes, c.dates = nil, nil
		c.holdTiers(d.tiers(&p), nil)
	}
	if d.touched == nil {
		d.frozen = map[*org.Freeze]*window{}
	}
	w := windows{c: c, touched: d.touchedBodies, reform: d.reform, of: d.frozen}
	for n := range d.gripping {
		for i := range n.grips {
			w.hold(&n.grips[i], n.ch)
		}
	}
	d.keep(c.problems)
	d.closedDays()
}

// A level is what a draft does at one level: how many changes, and of those of
// bodies and duties the one that may take effect first and the one that is complete
// last; of several the first in the plan, as in tiersOf.
type level struct {
	changes     int
	first, last *node
	unsure      bool // the two must be looked for
}

func (l *level) see(n *node) {
	if !n.standing.reforms {
		return
	}
	if f := l.first; n.begin < org.Forever && (f == nil || cmp.Or(cmp.Compare(n.begin, f.begin), byOrder(n, f)) < 0) {
		l.first = n
	}
	if f := l.last; n.end > org.Always && (f == nil || cmp.Or(cmp.Compare(f.end, n.end), byOrder(n, f)) < 0) {
		l.last = n
	}
}

// stand notes how a change stands among the levels, and whether it is complete
// after all others; with nothing, that it is gone.
func (d *Draft) stand(n *node, s standing) {
	if n.rank > 0 {
		l := &d.levels[n.rank]
		l.changes--
		l.unsure = l.unsure || l.first == n || l.last == n
	}
	if d.latest == n {
		d.latest = nil
	}
	if n.end != s.end || n.gone {
		d.touched = nil
	}
	n.standing = s
	if n.rank > 0 {
		l := &d.levels[n.rank]
		l.changes++
		l.see(n)
	}
	if d.latest != nil && !n.gone {
		d.seeEnd(n)
	}
}

// tiers lists what the plan does by level, as tiersOf does, but for what is asked
// by demands alone, and puts the changes that stand for the levels into a plan. It
// looks at all changes when one of those has changed.
func (d *Draft) tiers(p *org.Plan) (out []tier) {
	unsure := false
	for k := range d.levels {
		if l := &d.levels[k]; l.unsure {
			l.first, l.last, l.unsure, unsure = nil, nil, false, true
		}
	}
	if unsure {
		for _, n := range d.nodes {
			if n.rank > 0 {
				d.levels[n.rank].see(n)
			}
		}
	}
	stands := func(n *node) int32 {
		d.number(n)
		p.Changes = append(p.Changes, n.ch)
		return int32(len(p.Changes) - 1)
	}
	for k := range d.levels {
		l := &d.levels[k]
		if l.changes == 0 {
			continue
		}
		t := tier{level: org.Levels[k-1], rank: k, from: org.Forever, to: org.Always, first: none, last: none}
		if l.first != nil {
			t.from, t.first = l.first.begin, stands(l.first)
		}
		if l.last != nil {
			t.to, t.last = l.last.end, stands(l.last)
		}
		out = append(out, t)
	}
	return out
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

// touchedBodies is that of the whole plan. It is kept until another change touches
// bodies, or is complete on another day; so are the days of the freezes.
func (d *Draft) touchedBodies() map[string]part {
	if d.touched != nil {
		return d.touched
	}
	out := map[string]part{}
	d.touched = out
	for _, n := range d.nodes {
		if n.day.Known() {
			for i := range n.touches {
				n.touches[i].add(out, n.end)
			}
		}
	}
	return out
}

// closed is what closedDays found, and of which changes.
type closed struct {
	problems   diag.List
	of         []closedOf
	renumbered bool // changes may have other ids since
}

type closedOf struct {
	*node
	day    org.Date
	bad    bool
	handed []*org.Duty
}

func (a closedOf) same(b closedOf) bool {
	return a.node == b.node && a.day == b.day && a.bad == b.bad && slices.Equal(a.handed, b.handed)
}

// closedDays is that of the changes that hand protected duties over, and of those
// that wait or are waited for.
func (d *Draft) closedDays() {
	all := slices.Concat(d.rules.Windows, d.head.Windows)
	if len(all) == 0 || len(d.hands) == 0 {
		d.closed = closed{}
		return
	}
	list := slices.AppendSeq(slices.Clone(d.dated), maps.Keys(d.hands))
	slices.SortFunc(list, byOrder)
	list = slices.Compact(list)
	of := make([]closedOf, len(list))
	for i, n := range list {
		of[i] = closedOf{n, n.day, n.bad, n.handed}
	}
	was := &d.closed
	if slices.EqualFunc(was.of, of, closedOf.same) && !(was.renumbered && len(was.problems)+len(d.dated) > 0) {
		d.keep(was.problems)
		return
	}
	p := d.head
	c := d.aside(&p)
	c.handed, c.dates, c.bad = map[int32][]*org.Duty{}, make([]org.Date, len(list)), make([]bool, len(list))
	d.number(list...)
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
	d.closed = closed{problems: c.problems[len(d.order):], of: of}
	d.keep(d.closed.problems)
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
	slices.SortFunc(fresh, func(a, b *lived) int { return cmp.Or(byOrder(a.by, b.by), cmp.Compare(a.nth, b.nth)) })
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
	d.touched, d.closed = nil, closed{}
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
