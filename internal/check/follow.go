package check

import (
	"cmp"
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The kinds of dependent: what a change of a body or its duties can make stale.
const (
	// FollowInstitution: a public institution whose duties, name or superior rest
	// on the body (A7 rows 24 and 25 of the rules of practice).
	FollowInstitution = "institution"
	// FollowDelegation: another body acts for the one that gave the duty away, or
	// an item of kind "delegation" says so; it must be given anew by who has the
	// duty now, and be ready on the first day.
	FollowDelegation = "delegation"
	// FollowService: an item of kind "service" whose duty is performed elsewhere.
	FollowService = "service"
	// FollowDocument: a paper that says what the body's duties are: the one that
	// its responsibilities cite, or an item of kind "document", "charter" (三定) or
	// "power-list" (权责清单).
	FollowDocument = "document"
	// FollowReference: a text that names a body that has ended, has another name,
	// or gave the duty away (R5; A6 "law lags behind").
	FollowReference = "reference"
)

// FollowKinds lists the kinds of dependent in the order in which they are told.
var FollowKinds = []string{FollowInstitution, FollowDelegation, FollowService, FollowDocument, FollowReference}

// documentItems are the kinds of item that are documents.
var documentItems = []string{"document", "charter", "power-list"}

// A Dependent is one thing that the change of one body makes stale on one day.
type Dependent struct {
	Kind string `json:"kind"`
	// What is the thing: "body", "item", "instrument" (with or without a place in
	// the plan), "duty" or "plate".
	What string    `json:"what"`
	ID   string    `json:"id"` // of a plate, the body that carries it
	Name diag.Name `json:"name"`
	// Body is whose change makes it stale, by the name of the day before.
	Body diag.Name `json:"body"`
	// Why lists the reasons: "duty" (given away, of a paper also gained),
	// "superior", "name", "end".
	Why    []string    `json:"why"`
	Duties []diag.Name `json:"duties"`
	// Clauses are those of a document that say it, or of an instrument that name
	// the body.
	Clauses []string `json:"clauses,omitempty"`
	Changes []string `json:"changes"` // the changes that make it stale, by id
	On      org.Date `json:"on"`      // the day of the trigger
	Due     org.Date `json:"due"`     // NoDate: the packs set none
	// Settled is the first day, from the trigger on, on which nothing about it is
	// stale any more by what the plan does; NoDate: the plan does not see to it.
	Settled org.Date `json:"settled"`
}

// The states of a dependent on a day.
const (
	FollowAhead   = "ahead"   // the change has not come yet
	FollowOpen    = "open"    // it is stale
	FollowOverdue = "overdue" // it is stale still, after its due day
	FollowSettled = "settled" // the plan has seen to it
)

// FollowStates lists the states of a dependent, the most pressing first.
var FollowStates = []string{FollowOverdue, FollowOpen, FollowAhead, FollowSettled}

// State gives the state of the dependent on a day, one of FollowStates.
func (d *Dependent) State(day org.Date) string {
	switch {
	case day < d.On:
		return FollowAhead
	case d.Settled.Known() && d.Settled <= day:
		return FollowSettled
	case d.Due.Known() && day > d.Due:
		return FollowOverdue
	}
	return FollowOpen
}

// Dependents lists what the plan makes stale, by day, then kind, body and thing.
// Nobody decided that a thing follows: each is found by what the board says and
// is there with its reasons, and it is settled when they hold no more. O(what
// the plan touches × its days + the texts of the board).
func (t *Timeline) Dependents() []Dependent {
	f := &following{c: t.c, t: t, found: map[followKey]*Dependent{}, replaced: t.c.replaced()}
	f.kinds = t.c.rules.Institutions
	if len(f.kinds) == 0 {
		f.kinds = org.PublicInstitutions
	}
	f.duties()
	f.bodies()
	f.references()
	out := make([]Dependent, 0, len(f.found))
	for _, d := range f.found {
		for _, list := range []*[]string{&d.Why, &d.Clauses, &d.Changes} {
			slices.Sort(*list)
		}
		slices.SortFunc(d.Duties, func(a, b diag.Name) int { return cmp.Compare(a.ID, b.ID) })
		if n := t.c.followDays(d.Kind); n.Given() {
			d.Due = d.On + org.Date(n.N)
		}
		if d.Settled == org.Forever {
			d.Settled = org.NoDate
		}
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b Dependent) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(slices.Index(FollowKinds, a.Kind), slices.Index(FollowKinds, b.Kind)),
			cmp.Compare(a.Body.ID, b.Body.ID), cmp.Compare(a.What, b.What), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name.ZH, b.Name.ZH))
	})
	return out
}

// followDays gives the days that the packs leave to a kind of dependent.
func (c *checker) followDays(kind string) org.Number {
	f := c.rules.Follow
	switch kind {
	case FollowInstitution:
		return f.Institution
	case FollowDelegation:
		return f.Delegation
	case FollowService:
		return f.Service
	case FollowDocument:
		return f.Document
	}
	return f.Reference
}

// following is one search for dependents.
type following struct {
	c        *checker
	t        *Timeline
	kinds    []string // of public institutions
	found    map[followKey]*Dependent
	replaced map[string]*replacement
	items    map[int32][]int32 // of the kinds that follow, by duty; none: of no duty
	charters map[int32]string  // the paper that each body's duties rest on
}

type followKey struct {
	kind, what, id, text string
	body                 int32
	on                   org.Date
}

// add tells one reason why a thing is stale; settled is when the reason is gone,
// Forever when it never is.
func (f *following) add(kind, what, id string, name diag.Name, body int32, on, settled org.Date, why string) *Dependent {
	text := ""
	if what == "plate" {
		text = name.ZH
	}
	key := followKey{kind, what, id, text, body, on}
	d := f.found[key]
	if d == nil {
		d = &Dependent{Kind: kind, What: what, ID: id, Name: name, Body: f.nameOn(body, on-1), On: on, Due: org.NoDate, Settled: settled,
			Why: []string{}, Duties: []diag.Name{}, Changes: []string{}}
		f.found[key] = d
	}
	d.Settled = max(d.Settled, settled)
	once(&d.Why, why)
	return d
}

func once(list *[]string, s string) {
	if s != "" && !slices.Contains(*list, s) {
		*list = append(*list, s)
	}
}

// by says which change and which duty it was.
func (f *following) by(d *Dependent, change, duty int32) {
	if change >= 0 {
		once(&d.Changes, f.c.plan.Changes[change].Declared().ID)
	}
	if duty >= 0 {
		name := f.c.dutyName(duty)
		if !slices.ContainsFunc(d.Duties, func(n diag.Name) bool { return n.ID == name.ID }) {
			d.Duties = append(d.Duties, name)
		}
	}
}

func (f *following) nameOn(body int32, day org.Date) diag.Name {
	if v := f.c.bodies[body].on(day); v != nil {
		return v.Label()
	}
	return f.c.bodyName(body)
}

// holds reports whether a body has a key of a duty on a day, not only assisting,
// in the area (none: anywhere).
func (f *following) holds(segs []segment, key org.Keys, body, area int32, day org.Date) bool {
	for i := range segs {
		s := &segs[i]
		if s.key == key && s.body == body && s.mode != org.Assist && s.Holds(day) && (area == none || f.c.covers(s, area)) {
			return true
		}
	}
	return false
}

// A loss is a body's no longer having a key of a duty from a day on, or, when
// gain is set, its having it from that day on.
type loss struct {
	body, change int32
	day          org.Date
	gain         bool
}

// losses lists what bodies lose and gain of a key of a duty, in an area (none:
// anywhere), from the first day of the plan on, each once.
func (f *following) losses(segs []segment, key org.Keys, area int32) (out []loss) {
	for i := range segs {
		s := &segs[i]
		if s.key != key || s.body < 0 || s.mode == org.Assist || s.Empty() || area != none && !f.c.covers(s, area) {
			continue
		}
		add := func(l loss) {
			if l.day.Known() && l.day >= f.c.start && !slices.ContainsFunc(out, func(o loss) bool { return o.body == l.body && o.day == l.day && o.gain == l.gain }) {
				out = append(out, l)
			}
		}
		if !f.holds(segs, key, s.body, area, s.To) {
			add(loss{s.body, s.ended, s.To, false})
		}
		if !f.holds(segs, key, s.body, area, s.From-1) {
			add(loss{s.body, s.began, s.From, true})
		}
	}
	return out
}

// duties looks at every duty that the plan touches.
func (f *following) duties() {
	c := f.c
	f.items = map[int32][]int32{}
	for i := range int32(len(c.staff.items.base)) {
		switch row := c.item(i); {
		case row.Kind == FollowService || row.Kind == FollowDelegation || slices.Contains(documentItems, row.Kind):
			d := none
			if row.Duty != "" {
				d = c.dutyIx.find(row.Duty)
			}
			f.items[d] = append(f.items[d], i)
		}
	}
	for d := range c.duties {
		if !c.duties[d].touch {
			continue
		}
		segs, d := c.duties[d].segs, int32(d)
		f.workers(d, segs)
		for _, l := range f.losses(segs, org.Holder, none) {
			f.paper(d, segs, l)
			if !l.gain {
				f.itemsOf(d, segs, l, org.Holder, func(kind string) bool { return kind != FollowService })
			}
			f.wholeDocuments(d, l)
		}
		for _, l := range f.losses(segs, org.Performer, none) {
			if !l.gain {
				f.itemsOf(d, segs, l, org.Performer, func(kind string) bool { return kind == FollowService })
			}
		}
	}
}

// workers finds the bodies that work on a duty for one that has lost it: public
// institutions under it, and others by delegation. Who keeps the work only until
// the handover is in place, who shares the duty in law, and who gets it follows
// nobody.
func (f *following) workers(d int32, segs []segment) {
	for i := range segs {
		w := &segs[i]
		if w.key == org.Holder || w.body < 0 || w.transitional || w.Empty() {
			continue
		}
		for _, l := range f.losses(segs, org.Holder, w.area) {
			if l.gain || l.body == w.body || !w.Holds(l.day-1) ||
				f.holds(segs, org.Holder, w.body, w.area, l.day-1) || f.holds(segs, org.Holder, w.body, w.area, l.day) {
				continue
			}
			kind := FollowDelegation
			was := f.c.bodies[w.body].on(l.day - 1)
			if was == nil {
				continue
			}
			if slices.Contains(f.kinds, was.Kind) && was.Superior == f.c.bodies[l.body].id {
				kind = FollowInstitution
			}
			settled := f.settledWork(segs, w, l, kind)
			f.by(f.add(kind, "body", was.ID, was.Label(), l.body, l.day, settled, "duty"), l.change, d)
		}
	}
}

// settledWork gives the first day from the loss on, on which a body's work on a
// duty is in order again: it ended, works on it no more, has the duty in law, is
// under who has it, or, by delegation, got it anew or works for the old holder
// again.
func (f *following) settledWork(segs []segment, w *segment, l loss, kind string) org.Date {
	days := []org.Date{l.day}
	for i := range segs {
		days = append(days, segs[i].From, segs[i].To)
	}
	life := &f.c.bodies[w.body]
	days = append(days, life.life.To)
	for i := range life.versions {
		days = append(days, life.versions[i].From, life.versions[i].To)
	}
	slices.Sort(days)
	for _, day := range days {
		if day < l.day || day == org.Forever {
			continue
		}
		now := life.on(day)
		if now == nil || f.holds(segs, org.Holder, w.body, w.area, day) {
			return day
		}
		works, renewed := false, false
		for i := range segs {
			s := &segs[i]
			if s.body == w.body && s.key != org.Holder && !s.transitional && s.Holds(day) && (w.area == none || f.c.covers(s, w.area)) {
				works = true
				renewed = renewed || s.From >= l.day && s.began >= 0
			}
		}
		if !works {
			return day
		}
		if kind == FollowDelegation && (renewed || f.holds(segs, org.Holder, l.body, w.area, day)) {
			return day
		}
		if up := f.c.bodyIx.find(now.Superior); kind == FollowInstitution && now.Superior != "" && up >= 0 && f.holds(segs, org.Holder, up, w.area, day) {
			return day
		}
	}
	return org.Forever
}

// itemsOf finds the items of a duty that stay where it was.
func (f *following) itemsOf(d int32, segs []segment, l loss, key org.Keys, of func(kind string) bool) {
	items := f.c.staff.items
	for _, i := range f.items[d] {
		row := f.c.item(i)
		kind := followKind(row.Kind)
		if !of(kind) || items.on(i, l.day-1) != l.body || items.from(i) > l.day-1 || items.to(i) <= l.day-1 {
			continue
		}
		settled := f.settledItem(i, l.day, func(at int32, day org.Date) bool { return f.holds(segs, key, at, none, day) }, segs)
		f.by(f.add(kind, "item", row.ID, diag.Name{ID: row.ID, ZH: row.Name}, l.body, l.day, settled, "duty"), l.change, d)
	}
}

func followKind(itemKind string) string {
	if slices.Contains(documentItems, itemKind) {
		return FollowDocument
	}
	return itemKind
}

// settledItem gives the first day from a day on, on which an item has ended, was
// superseded, or is where it should be.
func (f *following) settledItem(i int32, from org.Date, right func(at int32, day org.Date) bool, segs []segment) org.Date {
	items := f.c.staff.items
	days := []org.Date{from, items.to(i)}
	for _, s := range items.shifts[i] {
		days = append(days, s.day)
	}
	for k := range segs {
		days = append(days, segs[k].From, segs[k].To)
	}
	replaced := f.superseded(f.c.item(i).ID, from)
	slices.Sort(days)
	for _, day := range days {
		if day >= from && day != org.Forever && (items.to(i) <= day || right(items.on(i, day), day)) {
			return min(day, replaced)
		}
	}
	return replaced
}

// superseded gives the day from which an instrument of the plan takes a paper's
// place, but not before the day from; Forever when none does.
func (f *following) superseded(id string, from org.Date) org.Date {
	if r := f.replaced[id]; r != nil {
		return max(from, r.from)
	}
	return org.Forever
}

// paper finds the paper that says that the body has the duty: the one that its
// responsibility cites, or, when it gains the duty, the one on which most of
// its duties rest.
func (f *following) paper(d int32, segs []segment, l loss) {
	tell := func(id, clause string) {
		if id == "" || f.c.plan.Instrument(id) != nil { // the plan's own papers are what changes it
			return
		}
		x := f.add(FollowDocument, "instrument", id, diag.Name{ID: id}, l.body, l.day, f.superseded(id, l.day), "duty")
		f.by(x, l.change, d)
		once(&x.Clauses, clause)
	}
	if l.gain {
		tell(f.charter(l.body), "")
		return
	}
	for i := range segs {
		s := &segs[i]
		if s.key == org.Holder && s.body == l.body && s.To == l.day && s.row >= 0 && s.mode != org.Assist {
			id, clause, _ := strings.Cut(f.c.board.Responsibilities[s.row].By, " ")
			tell(id, clause)
		}
	}
}

// charter gives the paper on which most duties of a body rest by the board, the
// first by its number where several have as many; "" when none is cited.
func (f *following) charter(body int32) string {
	if f.charters == nil {
		f.charters = map[int32]string{}
	}
	if id, known := f.charters[body]; known {
		return id
	}
	count := map[string]int{}
	best := ""
	for _, r := range f.c.rowsOfBody.of(body) {
		row := &f.c.board.Responsibilities[r]
		if id, _, _ := strings.Cut(row.By, " "); id != "" && row.Keys&org.Holder != 0 && row.Mode != org.Assist {
			count[id]++
			if n := count[id]; best == "" || n > count[best] || n == count[best] && id < best {
				best = id
			}
		}
	}
	f.charters[body] = best
	return best
}

// wholeDocuments finds the documents about all duties of a body that gains or
// gives one and lives on.
func (f *following) wholeDocuments(d int32, l loss) {
	if !f.c.bodies[l.body].holds(l.day) {
		return // see ended
	}
	items := f.c.staff.items
	for _, i := range f.items[none] {
		row := f.c.item(i)
		if followKind(row.Kind) == FollowDocument && items.on(i, l.day-1) == l.body && items.from(i) <= l.day-1 && items.to(i) > l.day-1 {
			settled := f.settledItem(i, l.day, func(int32, org.Date) bool { return false }, nil)
			f.by(f.add(FollowDocument, "item", row.ID, diag.Name{ID: row.ID, ZH: row.Name}, l.body, l.day, settled, "duty"), l.change, d)
		}
	}
}

// A turning is a day on which a body ends or takes another name.
type turning struct {
	body, change int32
	day          org.Date
	ends         bool
	was          string // its name until then
}

func (f *following) turnings() (out []turning) {
	for i := range f.c.bodies {
		b := &f.c.bodies[i]
		for k := range b.versions {
			v := &b.versions[k]
			if v.Empty() || !v.To.Known() || v.To < f.c.start {
				continue
			}
			if next := b.on(v.To); next == nil || next.Name != v.Name {
				out = append(out, turning{int32(i), v.ended, v.To, next == nil, v.Name})
			}
		}
	}
	return out
}

// bodies finds the institutions of bodies that end or take another name, and
// the items that bodies leave when they end.
func (f *following) bodies() {
	c := f.c
	turnings := f.turnings()
	under := map[string][]int32{} // of the bodies that turn
	for _, t := range turnings {
		under[c.bodies[t.body].id] = nil
	}
	for i := range c.bodies {
		b := &c.bodies[i]
		see := func(superior string) {
			if list, asked := under[superior]; asked && superior != "" && !slices.Contains(list, int32(i)) {
				under[superior] = append(list, int32(i))
			}
		}
		if b.versions == nil {
			see(b.row.Superior)
		}
		for k := range b.versions {
			see(b.versions[k].Superior)
		}
	}
	for _, t := range turnings {
		for _, i := range under[c.bodies[t.body].id] {
			was := c.bodies[i].on(t.day - 1)
			if was == nil || was.Superior != c.bodies[t.body].id || !slices.Contains(f.kinds, was.Kind) {
				continue
			}
			if t.ends {
				settled := f.settledBody(i, t.day, func(now *org.Body, day org.Date) bool {
					up := c.bodyIx.find(now.Superior)
					return now.Superior == "" || up >= 0 && c.bodies[up].holds(day)
				})
				f.by(f.add(FollowInstitution, "body", was.ID, was.Label(), t.body, t.day, settled, "superior"), t.change, none)
			}
			if mentions(was.Name, t.was) {
				settled := f.settledName(i, t)
				f.by(f.add(FollowInstitution, "body", was.ID, was.Label(), t.body, t.day, settled, "name"), t.change, none)
			}
		}
		if !t.ends {
			continue
		}
		items := c.staff.items
		for _, i := range f.items[none] {
			row := c.item(i)
			if items.on(i, t.day-1) == t.body && items.from(i) <= t.day-1 && items.to(i) > t.day-1 {
				settled := f.settledItem(i, t.day, func(at int32, day org.Date) bool { return at >= 0 && c.bodies[at].holds(day) }, nil)
				f.by(f.add(followKind(row.Kind), "item", row.ID, diag.Name{ID: row.ID, ZH: row.Name}, t.body, t.day, settled, "end"), t.change, none)
			}
		}
	}
}

// settledBody gives the first day from a day on, on which a body has ended or is
// as it should be.
func (f *following) settledBody(i int32, from org.Date, right func(*org.Body, org.Date) bool) org.Date {
	b := &f.c.bodies[i]
	days := []org.Date{from, b.life.To}
	for k := range b.versions {
		days = append(days, b.versions[k].From, b.versions[k].To)
	}
	for k := range b.versions { // its superior may return
		if up := f.c.bodyIx.find(b.versions[k].Superior); up >= 0 {
			for n := range f.c.bodies[up].versions {
				days = append(days, f.c.bodies[up].versions[n].From)
			}
		}
	}
	slices.Sort(days)
	for _, day := range days {
		if day < from || day == org.Forever {
			continue
		}
		now := b.on(day)
		if now == nil || right(now, day) {
			return day
		}
	}
	return org.Forever
}

// settledName gives the first day on which a body's name does not hold the name
// that another one had, or that one has it again.
func (f *following) settledName(i int32, t turning) org.Date {
	return f.settledBody(i, t.day, func(now *org.Body, day org.Date) bool {
		again := f.c.bodies[t.body].on(day)
		return !mentions(now.Name, t.was) || again != nil && again.Name == t.was
	})
}
