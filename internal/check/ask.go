package check

import (
	"cmp"
	"slices"
	"strings"

	"oneboard/internal/org"
)

// Plan is the plan of the timeline; nil when there is none.
func (t *Timeline) Plan() *org.Plan { return t.plan }

// Board is the board before the plan, as it was handed in.
func (t *Timeline) Board() *org.Board { return t.board }

// Start is the first day that was checked.
func (t *Timeline) Start() org.Date { return t.c.start }

// Days lists the days on which the plan changes anything, oldest first: those
// on which changes take effect and those on which handovers are in place.
func (t *Timeline) Days() []org.Date {
	var out []org.Date
	for i, ch := range t.c.plan.Changes {
		if !t.c.dates[i].Known() {
			continue
		}
		out = append(out, t.c.dates[i])
		for _, w := range handovers(ch) {
			if w.Given() && w.Date > t.c.dates[i] {
				out = append(out, w.Date)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// DateOf gives the nominal day of a change of the plan; org.NoDate when it has
// none.
func (t *Timeline) DateOf(ch org.Change) org.Date {
	i := ch.Declared().Position
	if i < 0 || i >= len(t.c.dates) || t.c.plan.Changes[i] != ch {
		return org.NoDate
	}
	return t.c.dates[i]
}

// CompleteOn gives the day on which a change is done with: when the last of its
// handovers is in place.
func (t *Timeline) CompleteOn(ch org.Change) org.Date {
	if t.DateOf(ch) == org.NoDate {
		return org.NoDate
	}
	return t.c.complete(int32(ch.Declared().Position))
}

// Bodies lists the ids of all bodies that ever exist: the board's in their
// order, then those that the plan brings.
func (t *Timeline) Bodies() []string {
	out := make([]string, len(t.c.bodies))
	for i := range out {
		out[i] = t.c.bodies[i].id
	}
	return out
}

func (t *Timeline) change(i int32) org.Change {
	if i < 0 {
		return nil
	}
	return t.c.plan.Changes[i]
}

// Body gives the life of a body; nil when there is none of that id.
func (t *Timeline) Body(id string) *BodyLife {
	i := t.c.bodyIx.find(id)
	if i < 0 {
		return nil
	}
	b := &t.c.bodies[i]
	life := &BodyLife{ID: id}
	if b.versions == nil {
		life.Versions = []BodyVersion{{Body: *b.row}}
	}
	for _, v := range b.versions {
		if !v.Empty() {
			life.Versions = append(life.Versions, BodyVersion{v.Body, t.change(v.began), t.change(v.ended)})
		}
	}
	if o := t.c.said(i); o != nil {
		life.Plates, life.Hosts, life.CoWith = slices.Clone(o.plates), slices.Clone(o.hosts), slices.Clone(o.with)
	}
	return life
}

// Duties lists the ids of all duties: the board's in their order, then those
// that the plan brings.
func (t *Timeline) Duties() []string {
	out := make([]string, len(t.c.duties))
	for i := range out {
		out[i] = t.c.duties[i].def.ID
	}
	return out
}

// Duty gives a duty; nil when there is none of that id.
func (t *Timeline) Duty(id string) *org.Duty {
	if i := t.c.dutyIx.find(id); i >= 0 {
		return t.c.duties[i].def
	}
	return nil
}

// DutyLife gives the interval in which a duty is one at all: an assigned one
// begins, an ended one ends.
func (t *Timeline) DutyLife(id string) org.Interval {
	if i := t.c.dutyIx.find(id); i >= 0 {
		return org.Interval{From: t.c.duties[i].from, To: t.c.duties[i].to}
	}
	return org.Interval{}
}

// Parts lists the duties that are parts of a duty.
func (t *Timeline) Parts(id string) []string {
	i := t.c.dutyIx.find(id)
	if i < 0 {
		return nil
	}
	var out []string
	for _, p := range t.c.duties[i].parts {
		out = append(out, t.c.duties[p].def.ID)
	}
	return out
}

// segments gives who has a duty without touching it, as touch would: a finished
// timeline is read by many at once.
func (c *checker) segments(d int32) []segment {
	if c.duties[d].touch {
		return c.duties[d].segs
	}
	var out []segment
	for _, r := range c.rowsOfDuty.of(d) {
		row := &c.board.Responsibilities[r]
		if c.rowBody[r] < 0 {
			continue
		}
		for _, key := range org.EachKey {
			if row.Keys&key != 0 {
				out = append(out, segment{Interval: row.Interval, body: c.rowBody[r], area: c.extent(&c.duties[d], c.rowArea[r]),
					began: none, ended: none, row: r, key: key, mode: row.Mode})
			}
		}
	}
	return out
}

func (t *Timeline) holding(d int32, s *segment) Holding {
	c := t.c
	h := Holding{Duty: c.duties[d].def.ID, Key: s.key, Mode: s.mode, Interval: s.Interval,
		Began: t.change(s.began), Ended: t.change(s.ended), Transitional: s.transitional}
	if s.body >= 0 {
		h.Body = c.bodies[s.body].id
	}
	if s.area >= 0 {
		h.Area = c.areas[s.area].def.Code
	}
	for _, a := range s.except {
		h.Except = append(h.Except, c.areas[a].def.Code)
	}
	switch {
	case s.began >= 0:
		h.By = Citations(h.Began)
	case s.row >= 0:
		h.By = c.board.Responsibilities[s.row].By
	}
	return h
}

// Citations prints what a change rests on: "instrument clause", joined with
// "; ".
func Citations(ch org.Change) string {
	if ch == nil {
		return ""
	}
	return citations(ch.Declared().By)
}

func citations(list []org.Citation) string {
	var out []string
	for _, by := range list {
		out = append(out, strings.TrimSpace(by.Instrument.ID+" "+by.Clause.Text))
	}
	return strings.Join(out, "; ")
}

// Holdings gives everything that is known of who has a duty: by area, then key,
// then time.
func (t *Timeline) Holdings(duty string) []Holding {
	d := t.c.dutyIx.find(duty)
	if d < 0 {
		return nil
	}
	var out []Holding
	segs := t.c.segments(d)
	for i := range segs {
		if !segs[i].Empty() {
			out = append(out, t.holding(d, &segs[i]))
		}
	}
	slices.SortStableFunc(out, func(a, b Holding) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Key, b.Key), cmp.Compare(a.From, b.From), cmp.Compare(a.Mode, b.Mode))
	})
	return out
}

// HeldBy gives every holding that a body ever has: by duty in the order of
// Duties, then key, then time.
func (t *Timeline) HeldBy(body string) []Holding {
	i := t.c.bodyIx.find(body)
	if i < 0 {
		return nil
	}
	var duties []int32
	for _, r := range t.c.rowsOfBody.of(i) {
		if d := t.c.rowDuty[r]; d >= 0 {
			duties = append(duties, d)
		}
	}
	duties = append(duties, t.c.gained[i]...)
	slices.Sort(duties)
	var out []Holding
	for _, d := range slices.Compact(duties) {
		segs := t.c.segments(d)
		from := len(out)
		for k := range segs {
			if segs[k].body == i && !segs[k].Empty() {
				out = append(out, t.holding(d, &segs[k]))
			}
		}
		slices.SortStableFunc(out[from:], func(a, b Holding) int {
			return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.From, b.From))
		})
	}
	return out
}

// Who answers who has a duty on a day: a holding per body and key in force
// then, by key. With an area, those that are in force in that area.
func (t *Timeline) Who(duty string, day org.Date, area string) []Holding {
	d := t.c.dutyIx.find(duty)
	if d < 0 {
		return nil
	}
	atom := none
	if area != "" {
		atom = t.c.areaIx.find(area)
	}
	var out []Holding
	segs := t.c.segments(d)
	for i := range segs {
		s := &segs[i]
		if s.Holds(day) && (area == "" || t.c.covers(s, atom)) {
			out = append(out, t.holding(d, s))
		}
	}
	slices.SortStableFunc(out, func(a, b Holding) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Mode, b.Mode), cmp.Compare(a.Body, b.Body))
	})
	return out
}

// ChangesOf lists the changes of the plan that name a body or act on it, by
// day, then place in the plan.
func (t *Timeline) ChangesOf(body string) []org.Change {
	return slices.Clone(t.changesOf()[body])
}

// changesByBody lists the changes that name each body.
func (t *Timeline) changesByBody() map[string][]org.Change {
	out := map[string][]org.Change{}
	for _, ch := range t.c.plan.Changes {
		for _, r := range org.BodiesOf(ch) {
			if list := out[r.ID]; len(list) == 0 || list[len(list)-1] != ch {
				out[r.ID] = append(list, ch)
			}
		}
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b org.Change) int { return cmp.Compare(t.DateOf(a), t.DateOf(b)) })
	}
	return out
}

// Successors names the bodies that take over what an ended body had; it is
// empty while the body lives.
func (t *Timeline) Successors(body string) []string {
	i := t.c.bodyIx.find(body)
	if i < 0 || t.c.bodies[i].life.To == org.Forever {
		return nil
	}
	var out []string
	for _, heir := range t.c.heirs(t.c.bodies[i].id) {
		out = append(out, heir.ID)
	}
	return out
}

// heirs lists who takes over, by mergers, splits and transfers, in the order of
// the plan.
func (c *checker) heirs(body string) (out []org.Ref) {
	add := func(r org.Ref) {
		if r.Given() && !slices.ContainsFunc(out, func(o org.Ref) bool { return o.ID == r.ID }) {
			out = append(out, r)
		}
	}
	is := func(r org.Ref) bool { return r.ID == body }
	for _, ch := range c.plan.Changes {
		switch ch := ch.(type) {
		case *org.Merge:
			if slices.ContainsFunc(ch.From, is) {
				add(ch.Into.ID)
			}
		case *org.MergeInto:
			if slices.ContainsFunc(ch.From, is) {
				add(ch.Into)
			}
		case *org.Split:
			if is(ch.From) {
				for _, n := range ch.Into {
					add(n.ID)
				}
			}
		case *org.Transfer:
			if is(ch.From) {
				add(ch.To)
			}
		}
	}
	return out
}

// successors are the places of the heirs that there are.
func (c *checker) successors(body int32) (out []int32) {
	for _, r := range c.heirs(c.bodies[body].id) {
		if at := c.bodyIx.find(r.ID); at >= 0 {
			out = append(out, at)
		}
	}
	return out
}

// On gives the board of a day: only what is in force then, with the names,
// superiors, posts and responsibilities of that day. Responsibilities have one
// row per body, mode, area, interval and clause, with the set of keys.
func (t *Timeline) On(day org.Date) *org.Board {
	c, b := t.c, t.board
	out := &org.Board{Tables: b.Tables}
	out.Areas = c.areasOn(day)
	for i := range c.bodies {
		if v := c.bodies[i].on(day); v != nil {
			row := *v
			row.Area = c.areaOn(row.Area, day)
			out.Bodies = append(out.Bodies, row)
			if o := c.said(int32(i)); o != nil {
				for _, p := range o.plates {
					if p.Holds(day) {
						out.Plates = append(out.Plates, p)
					}
				}
			}
		}
	}
	for i := range c.duties {
		if d := &c.duties[i]; d.from <= day && day < d.to {
			def := *d.def
			def.Area = c.areaOn(def.Area, day)
			if whole := c.wholeOf(int32(i)); whole >= 0 && day >= c.duties[whole].to {
				def.PartOf = "" // what outlives the whole is a duty by itself
			}
			out.Duties = append(out.Duties, def)
			out.Responsibilities = append(out.Responsibilities, t.rowsOn(int32(i), day)...)
		}
	}
	s := &c.staff
	s.eachLimit(func(k int64) {
		if q, ok := t.quotaOn(k, day); ok {
			out.Quotas = append(out.Quotas, q)
		}
	})
	slices.SortFunc(out.Quotas, func(x, y org.Quota) int {
		return cmp.Or(cmp.Compare(c.bodyIx.find(x.Body), c.bodyIx.find(y.Body)), cmp.Compare(x.Kind, y.Kind))
	})
	for i := range s.posts {
		if at := s.seats.on(int32(i), day); at >= 0 && s.posts[i].def.Holds(day) {
			t.postOn(out, int32(i), at, day)
		}
	}
	for i := range s.items.base {
		if at := s.items.on(int32(i), day); at >= 0 && s.items.to(int32(i)) > day {
			it := *c.item(int32(i))
			it.Body = c.bodies[at].id
			out.Items = append(out.Items, it)
		}
	}
	return out
}

// StaffOf gives the quotas, posts and appointments of one body on a day, as On
// does for all bodies, and nothing else. It costs what the body has, not what
// the board has. A body that there is none of has nothing.
func (t *Timeline) StaffOf(body string, day org.Date) *org.Board {
	c, s := t.c, &t.c.staff
	out := &org.Board{Tables: t.board.Tables}
	at := c.bodyIx.find(body)
	if at < 0 {
		return out
	}
	for kind := range s.kinds {
		if q, ok := t.quotaOn(slot(at, int16(kind)), day); ok {
			out.Quotas = append(out.Quotas, q)
		}
	}
	slices.SortFunc(out.Quotas, func(x, y org.Quota) int { return cmp.Compare(x.Kind, y.Kind) })
	posts := s.seats.had(at, day)
	slices.Sort(posts)
	for _, i := range posts {
		t.postOn(out, i, at, day)
	}
	return out
}

// quotaOn gives the quota of a body and kind on a day, and whether there is one.
func (t *Timeline) quotaOn(k int64, day org.Date) (q org.Quota, ok bool) {
	c, s := t.c, &t.c.staff
	l := s.quotaOn(k, day)
	if l == nil || !c.bodies[k>>16].holds(day) {
		return q, false
	}
	if l.row >= 0 {
		return t.board.Quotas[l.row], true
	}
	q = org.Quota{Body: c.bodies[k>>16].id, Kind: s.kinds[k&0xffff], Posts: l.posts, Leaders: l.leaders, Deputies: l.deputies,
		Interval: org.Interval{From: l.day, To: org.Forever}}
	if l.change >= 0 {
		q.By = Citations(c.plan.Changes[l.change])
	}
	return q, true
}

// postOn puts a post, and who is in it, on the board of a day.
func (t *Timeline) postOn(out *org.Board, i, body int32, day org.Date) {
	s := &t.c.staff
	p := *s.posts[i].def
	p.Body, p.Role = t.c.bodies[body].id, s.roleOn(i, day)
	out.Posts = append(out.Posts, p)
	for _, st := range s.in(i) {
		if st.Holds(day) {
			out.Appointments = append(out.Appointments, org.Appointment{Post: p.ID, Person: st.person, Interval: st.Interval})
		}
	}
}

// rowsOn gives the rows of one duty on a day, keys of one kind together.
func (t *Timeline) rowsOn(d int32, day org.Date) []org.Responsibility {
	var out []org.Responsibility
	segs := t.c.segments(d)
	for i := range segs {
		s := &segs[i]
		if !s.Holds(day) || s.body < 0 {
			continue
		}
		h := t.holding(d, s)
		r := org.Responsibility{Duty: h.Duty, Body: h.Body, Keys: h.Key, Mode: h.Mode, Area: h.Area, Interval: h.Interval, By: h.By}
		if s.row >= 0 {
			r.Extra, r.At = t.board.Responsibilities[s.row].Extra, t.board.Responsibilities[s.row].At
		}
		places := []string{h.Area}
		if len(s.except) > 0 && !t.c.freeAreas {
			// a table has no column for exceptions: name what is left
			places = places[:0]
			for _, a := range t.c.remain(&t.c.duties[d], s.area, s.except, oneDay(day)) {
				places = append(places, t.c.areas[a].def.Code)
			}
		}
		for _, r.Area = range places {
			same := slices.IndexFunc(out, func(o org.Responsibility) bool {
				return o.Body == r.Body && o.Mode == r.Mode && o.Area == r.Area && o.Interval == r.Interval && o.By == r.By
			})
			if same >= 0 {
				out[same].Keys |= r.Keys
			} else {
				out = append(out, r)
			}
		}
	}
	return out
}

func (c *checker) areasOn(day org.Date) []org.Area {
	if c.freeAreas {
		return nil
	}
	var out []org.Area
	for i := range c.areas {
		if c.areas[i].life.Holds(day) {
			a := *c.areas[i].def
			a.Interval, a.Parent = c.areas[i].life, c.areaOn(a.Parent, day)
			out = append(out, a)
		}
	}
	return out
}
