package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A restriction limits what an item may be used for, in an interval.
type restriction struct {
	org.Interval
	change int32
}

// item gives an item by its place: the board's come first, then those that the
// plan provides.
func (c *checker) item(i int32) *org.Item {
	if n := int32(len(c.board.Items)); i >= n {
		return &c.staff.provided[i-n]
	}
	return &c.board.Items[i]
}

// listKinds lists the items of the board by kind, in its order. It is asked for
// by packs that say what becomes of some kinds.
func (x *Index) listKinds() map[string][]int32 {
	out := map[string][]int32{}
	for i := range x.board.Items {
		kind := x.board.Items[i].Kind
		out[kind] = append(out[kind], int32(i))
	}
	return out
}

// ofKinds lists the items of some kinds: the board's in its order, then those
// that the plan provides.
func (c *checker) ofKinds(kinds []string) (out []int32) {
	for k, kind := range kinds {
		if !slices.Contains(kinds[:k], kind) {
			out = append(out, c.x.ofKind()[kind]...)
		}
	}
	slices.Sort(out)
	for k := range c.staff.provided {
		if slices.Contains(kinds, c.staff.provided[k].Kind) {
			out = append(out, int32(len(c.board.Items)+k))
		}
	}
	return out
}

// collectItems names the items that the plan provides. Each is in nobody's hands
// until it does.
func (c *checker) collectItems(s *staff) {
	rows := c.board.Items
	s.limited, s.provides = map[int32][]restriction{}, map[int32]int32{}
	begins := map[int32]org.Date{}
	s.items = s.items.again(slices.Clip(c.x.itemBody), c.x.itemsOf,
		func(i int32) org.Date {
			if day, provided := begins[i]; provided {
				return day
			}
			return org.Always
		},
		func(i int32) org.Date {
			to := org.Forever
			if until := c.item(i).Until; until.Known() {
				to = until
			}
			if end, ok := s.items.over[i]; ok {
				to = min(to, end.day)
			}
			return to
		})
	for i, ch := range c.plan.Changes {
		ch, ok := ch.(*org.Provide)
		if !ok || !ch.Item.Given() {
			continue
		}
		at := int32(len(rows) + len(s.provided))
		s.provided = append(s.provided, org.Item{ID: ch.Item.ID, Kind: ch.Class.Text, Body: ch.To.ID, Name: ch.Name.Text, Duty: ch.Duty.ID, Until: org.NoDate, At: ch.Item.At})
		s.items.base = append(s.items.base, none)
		begins[at], s.provides[int32(i)] = c.dates[i], at
		if first := s.itemIx.find(ch.Item.ID); first != none {
			c.report(diag.At(DuplicateID, ch.Item.At, diag.F("id", ch.Item.ID), diag.F("what", diag.Word("what.items"))).
				Note(c.item(first).At, "first_here"))
			c.bad[i] = true
		} else {
			s.itemIx.add(ch.Item.ID, at)
		}
		if ch.Duty.Given() {
			c.ref(c.dutyIx, ch.Duty)
		}
	}
}

// changeItem provides, withdraws or restricts.
func (c *checker) changeItem(s *staff, t *staffStep) {
	each := func(refs []org.Ref, do func(at int32)) {
		for _, r := range refs {
			at := s.itemIx.find(r.ID)
			switch {
			case at < 0:
				c.unknownID("items", r.ID, r.At)
			case t.giver >= 0 && s.items.gives(at, t.giver, t.day):
				do(at)
			case t.giver >= 0 && !s.items.loose[at]:
				c.nothing(r, "what.items", t)
			}
		}
	}
	switch ch := t.ch.(type) {
	case *org.Provide:
		at := s.provides[t.change]
		if t.taker < 0 || !c.takes(ch.To, t.taker, t.day) {
			s.items.loose[at] = true
			return
		}
		s.items.move(at, t.taker, t.day, t.change)
	case *org.Withdraw:
		each(ch.Items, func(at int32) { s.items.over[at] = shift{t.day, none, t.change} })
	case *org.Restrict:
		each(ch.Items, func(at int32) {
			s.limited[at] = append(s.limited[at], restriction{org.Interval{From: t.day, To: ch.Until.Date}, t.change})
		})
	}
}

// holdRestrictions finds the items that are not to be used any more and were
// not withdrawn: their restriction is over, and they are still in a body's
// hands. A later restriction of the same item takes the place of the one before.
func (c *checker) holdRestrictions(s *staff) {
	for _, i := range sortedKeys(s.limited) {
		list := s.limited[i]
		last := list[len(list)-1]
		ch := c.plan.Changes[last.change].(*org.Restrict)
		if s.items.loose[i] || s.items.to(i) <= last.To {
			continue
		}
		d := diag.At(RestrictionOver, ch.Until.At, diag.F("id", c.item(i).ID), diag.F("body", c.holderName(i, last.To)), diag.F("on", last.To))
		if end, ok := s.items.over[i]; ok {
			d = d.Note(c.plan.Changes[end.change].Declared().At, "withdrawn_here")
		}
		c.report(d)
	}
}

// holderName is what people call the body that has an item on a day; the one
// that had it, when nobody has.
func (c *checker) holderName(i int32, day org.Date) diag.Name {
	at := c.staff.items.on(i, day)
	if at < 0 {
		return diag.Name{ID: c.item(i).Body}
	}
	return c.bodyName(at)
}

// restrictedOn gives the restriction of an item on a day, or nil. It binds until
// the item is withdrawn: what may be used for nothing any more is not free.
func (s *staff) restrictedOn(i int32, day org.Date) *restriction {
	list := s.limited[i]
	for k := len(list) - 1; k >= 0; k-- {
		if list[k].From <= day {
			return &list[k]
		}
	}
	return nil
}

// hasItem reports whether a body has, on a day, an item of a kind that it may
// use for everything.
func (c *checker) hasItem(body int32, kind string, day org.Date) bool {
	s := &c.staff
	found := false
	s.items.each(body, func(i int32) {
		found = found || c.item(i).Kind == kind && s.items.gives(i, body, day) && s.restrictedOn(i, day) == nil
	})
	return found
}

// An ItemStay says that an item is in a body's hands in an interval.
type ItemStay struct {
	org.Item // Body is who has it then
	org.Interval
	// Began and Ended are the changes at the two ends; nil for what the board
	// says itself.
	Began, Ended org.Change
	// Limits are the restrictions that begin in the interval, oldest first.
	Limits []ItemLimit
}

// An ItemLimit allows an item only some purposes from a day on, and no use at
// all from its end.
type ItemLimit struct {
	Purposes []string
	org.Interval
	By *org.Restrict
}

// Item gives the hands that an item goes through, oldest first; nil when there
// is none of that id.
func (t *Timeline) Item(id string) []ItemStay {
	i := t.c.staff.itemIx.find(id)
	if i < 0 {
		return nil
	}
	return t.stays(i)
}

func (t *Timeline) stays(i int32) (out []ItemStay) {
	c, s := t.c, &t.c.staff
	put := func(body int32, in org.Interval, began, ended int32) {
		if body < 0 || in.Empty() {
			return
		}
		stay := ItemStay{*c.item(i), in, t.change(began), t.change(ended), nil}
		stay.Body = c.bodies[body].id
		for _, r := range s.limited[i] {
			if in.Holds(r.From) {
				ch := c.plan.Changes[r.change].(*org.Restrict)
				limit := ItemLimit{nil, r.Interval, ch}
				for _, p := range ch.Purposes {
					limit.Purposes = append(limit.Purposes, p.Text)
				}
				stay.Limits = append(stay.Limits, limit)
			}
		}
		out = append(out, stay)
	}
	to, last := s.items.to(i), none
	if end, ok := s.items.over[i]; ok && end.day == to {
		last = end.change
	}
	body, from, began := s.items.base[i], s.items.from(i), none
	for _, sh := range s.items.shifts[i] {
		put(body, org.Interval{From: from, To: min(sh.day, to)}, began, sh.change)
		body, from, began = sh.body, sh.day, sh.change
	}
	put(body, org.Interval{From: from, To: to}, began, last)
	return out
}

// ItemsOf answers which items of a kind ("": of any) a body has on a day: the
// board's in their order, then those that the plan brings. It costs what the
// body ever has. One that is restricted is among them: see Limits, and Usable.
func (t *Timeline) ItemsOf(body, kind string, day org.Date) (out []ItemStay) {
	c, s := t.c, &t.c.staff
	at := c.bodyIx.find(body)
	if at < 0 {
		return nil
	}
	var have []int32
	for _, i := range s.items.had(at, day) {
		if kind == "" || c.item(i).Kind == kind {
			have = append(have, i)
		}
	}
	slices.Sort(have)
	for _, i := range have {
		for _, stay := range t.stays(i) {
			if stay.Holds(day) {
				out = append(out, stay)
			}
		}
	}
	return out
}

// Usable reports whether the item may be used for everything on a day.
func (s *ItemStay) Usable(day org.Date) bool {
	return s.Holds(day) && !slices.ContainsFunc(s.Limits, func(l ItemLimit) bool { return l.From <= day })
}

func sortedKeys[V any](m map[int32]V) []int32 {
	out := make([]int32, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
