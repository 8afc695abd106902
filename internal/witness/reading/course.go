package reading

import (
	"cmp"
	"slices"

	"oneboard/internal/org"
	"oneboard/internal/witness/kernel"
)

// A span is a body's having of one key in one place. From since on it has it only
// until the handover is in place.
type span struct {
	place, key      int
	body, by        string // by the change that gave it, or "" by the board
	area            string // for which it was given
	mode            org.Mode
	from, since, to org.Date
}

// end lets what a body has end, if it began before.
func (s *span) end(on org.Date) { s.to = min(s.to, max(s.from, on)) }

// A course is what becomes of a matter when each event has its day.
type course struct {
	*Matter
	day    []org.Date
	places []place // with the days on which they are there
	have   []*span
	life   map[string][]org.Interval // when a body is in force
	fault  string                    // a change that gives what is not there, or to a body that is not
	over   org.Date                  // the duty's end
	items  []*course
}

// play lets a matter take its course.
func (m *Matter) play(day []org.Date) *course {
	c := &course{Matter: m, day: day, places: slices.Clone(m.places), over: org.Forever, life: map[string][]org.Interval{}}
	if m.item != nil {
		c.places = []place{{"", org.Whole}}
	}
	for _, b := range m.Bodies {
		c.life[b] = m.world.party(b).live(day)
	}
	for _, i := range m.items {
		c.items = append(c.items, i.play(day))
	}
	for _, r := range m.world.rows[m.ID] {
		c.give(r.Area, r.Keys, span{body: r.Body, area: r.Area, mode: r.Mode, from: r.From, since: org.Forever, to: r.To})
	}
	steps := slices.Clone(m.steps)
	slices.SortStableFunc(steps, func(a, b *step) int {
		return cmp.Or(cmp.Compare(day[a.law], day[b.law]), cmp.Compare(a.what, b.what), cmp.Compare(a.order, b.order))
	})
	for len(steps) > 0 {
		s, on := steps[0], day[steps[0].law]
		today := steps[:1]
		for s.what == moves && len(today) < len(steps) && steps[len(today)].what == moves && day[steps[len(today)].law] == on {
			today = steps[:len(today)+1]
		}
		switch s.what {
		case shifts:
			c.shift(s, on)
		case assigns:
			c.give(s.in, org.AllKeys, span{body: s.to, by: s.change, area: s.in, mode: org.Sole, from: on, since: org.Forever, to: org.Forever})
			c.hold(s, on, on+1)
		case moves:
			c.exchange(today, on)
		case declares:
			c.declare(s, on)
			c.hold(s, on, on+1)
		case over:
			c.over = min(c.over, on)
			for _, h := range c.have {
				h.end(on)
			}
		}
		steps = steps[len(today):]
	}
	return c
}

// live finds when a body is in force. On one day it begins, returns, and ends; but
// who is in force and returns on the day on which it ends is never gone.
func (p *party) live(day []org.Date) (out []org.Interval) {
	if p.row != nil {
		out = append(out, p.row.Interval)
	}
	turns := slices.Concat(p.back, p.end)
	if p.begin > 0 {
		turns = slices.Insert(turns, 0, p.begin)
	}
	slices.SortStableFunc(turns, func(a, b kernel.Event) int { return cmp.Compare(day[a], day[b]) })
	ended, stays := false, org.NoDate
	for _, e := range turns {
		on, last := day[e], &org.Interval{From: org.NoDate, To: org.NoDate}
		if len(out) > 0 {
			last = &out[len(out)-1]
		}
		switch {
		case slices.Contains(p.end, e):
			if ended = true; last.Holds(on) && stays == on {
				last.To = org.Forever
			} else if last.Holds(on) {
				last.To = on
			}
		case e == p.begin && ended, e != p.begin && p.begin > 0 && on < day[p.begin]: // it never is; not yet
		case last.From < on && on <= last.To:
			if stays = on; last.To == on {
				last.To = org.Forever
			}
		case last.To <= on:
			out = append(out, org.Interval{From: on, To: org.Forever})
		}
	}
	return out
}

// in lists what there is of some keys in the places of an area.
func (c *course) in(area string, keys org.Keys) (out []*span) {
	for _, s := range c.have {
		if keys&org.EachKey[s.key] != 0 && c.world.inside(c.places[s.place].code, area) {
			out = append(out, s)
		}
	}
	return out
}

// give adds a span for some keys in each place of an area.
func (c *course) give(area string, keys org.Keys, s span) {
	for p := range c.places {
		for k, key := range org.EachKey {
			if keys&key != 0 && c.world.inside(c.places[p].code, area) {
				next := s
				next.place, next.key = p, k
				c.have = append(c.have, &next)
			}
		}
	}
}

// hold notes when a step gives to a body that is not in force from one day until
// another, or in an area that is not.
func (c *course) hold(s *step, on, until org.Date) {
	if c.gone(s.in, on) || !slices.ContainsFunc(c.life[s.to], func(v org.Interval) bool { return v.From <= on && until <= v.To }) {
		c.fail(s)
	}
}

func (c *course) fail(s *step) {
	if c.fault == "" {
		c.fault = s.change
	}
}

// gone reports whether an area that a step names is not there.
func (c *course) gone(area string, on org.Date) bool {
	return area != "" && slices.ContainsFunc(c.places, func(p place) bool { return p.code == area && !p.Holds(on) })
}

// shift lets areas begin and end, and what was given for those that end go to those
// that take their place. What is left in none of those is not left here.
func (c *course) shift(s *step, on org.Date) {
	of := func(p int) bool { return slices.Contains(s.objects, c.places[p].code) }
	had := c.have
	for p := range c.places {
		now := &c.places[p]
		if !slices.Contains(s.into, now.code) {
			if of(p) && now.Holds(on) {
				now.To = on
			}
			continue
		}
		if !of(p) && (on < now.From || now.To <= on) { // it begins, or comes back
			now.Interval = org.Interval{From: on, To: org.Forever}
		}
		for _, h := range had {
			if h.place == p && !of(p) {
				h.to = max(h.from, min(h.to, c.left(s.objects, h)))
			}
			if next := *h; of(h.place) && h.place != p && h.to > on && h.area == c.places[h.place].code {
				next.place, next.area, next.by, next.from = p, now.code, s.change, max(h.from, on)
				if !slices.ContainsFunc(c.have, func(o *span) bool {
					return o.place == p && o.key == next.key && o.body == next.body && o.mode == next.mode && o.area == next.area && o.from <= next.from && o.to >= next.to
				}) {
					c.have = append(c.have, &next)
				}
			}
		}
	}
	for _, h := range c.have {
		if c.places[h.place].To == on {
			h.end(on)
		}
	}
}

// left finds how long what a body has is left to it in any of some areas that it
// is for; forever when it is for none of them.
func (c *course) left(areas []string, s *span) org.Date {
	to, any := org.Always, false
	for p, now := range c.places {
		if !slices.Contains(areas, now.code) || !c.world.inside(now.code, s.area) {
			continue
		}
		any = true
		for _, o := range c.have {
			if o.place == p && o.key == s.key && o.body == s.body && o.area == s.area {
				to = max(to, o.to)
			}
		}
	}
	if !any {
		return org.Forever
	}
	return to
}

// exchange carries out the moves of one day: who gives waits for what he gets
// that day, and then gives after those who could before. Where they wait for each
// other, "all" is what each had before.
func (c *course) exchange(today []*step, on org.Date) {
	left, hadNone := slices.Clone(today), map[*step]bool{}
	var ready []*step
	waits := func(s *step) bool { return slices.ContainsFunc(left, func(o *step) bool { return o.to == s.from }) }
	do := func(s *step) {
		left = slices.DeleteFunc(left, func(o *step) bool { return o == s })
		if c.world.takes(s, c.ID) && (!hadNone[s] && !c.move(s, on) && slices.Contains(s.objects, c.ID) || c.gone(s.in, on)) {
			c.fail(s)
		}
		for _, o := range left {
			if o.from == s.to && !waits(o) {
				ready = append(ready, o)
			}
		}
	}
	for _, s := range left {
		if !waits(s) {
			ready = append(ready, s)
		}
	}
	for len(left) > 0 {
		if len(ready) > 0 {
			s := ready[0]
			ready = ready[1:]
			do(s)
			continue
		}
		for _, s := range left {
			hadNone[s] = s.all && !slices.ContainsFunc(c.have, func(h *span) bool { return h.body == s.from && h.to > max(h.from, on) })
		}
		for _, s := range slices.Clone(left) {
			if slices.Contains(left, s) && waits(s) {
				do(s)
			}
		}
	}
}

// move gives the taker what the giver has: at once, or when it is in place, and
// what he will only get, when he would get it. It reports whether there was any.
func (c *course) move(s *step, law org.Date) (moved bool) {
	for _, h := range c.in(s.in, s.keys) {
		on, former := max(law, c.day[s.at[h.key]]), c.world.rules.FormerPerforms&org.EachKey[h.key] != 0
		if h.body != s.from || h.by == s.change || h.since != org.Forever || h.to <= max(h.from, on) {
			continue
		}
		next := *h
		next.body, next.by, next.from = s.to, s.change, max(on, h.from)
		if s.in != "" && c.world.inside(s.in, h.area) {
			next.area = s.in
		}
		if h.to = next.from; former && on > law {
			h.since, h.area = max(law, h.from), next.area
		}
		c.receive(&next)
		moved = true
	}
	if moved {
		c.hold(s, law, law)
	}
	return moved
}

// receive enters what a body gets. What it only kept it has again; who has it does
// not assist himself as well, nor become two.
func (c *course) receive(s *span) {
	var same []*span
	for _, t := range c.have {
		if t.place == s.place && t.key == s.key && t.body == s.body && t.to > s.from {
			if same = append(same, t); max(t.from, t.since) <= s.from {
				t.to = s.from
			}
		}
	}
	for _, t := range same {
		switch {
		case t.to <= s.from:
		case s.from < t.from:
			if t.since == org.Forever && t.mode == s.mode && t.to <= s.to { // within what he gets here
				t.to = t.from
			}
		case s.mode == org.Assist || s.mode == t.mode && t.to >= s.to:
			return
		case t.mode == org.Assist:
			t.to = s.from
		}
	}
	c.have = append(c.have, s)
}

// declare gives what a body has in another mode; who has nothing gets it all.
func (c *course) declare(s *step, on org.Date) {
	had := false
	for _, h := range c.in(s.in, org.AllKeys) {
		if h.body == s.to && h.from <= on && on < h.to && h.since == org.Forever {
			next := *h
			next.from, next.mode, next.by, h.to, had = on, s.mode, s.change, on, true
			if s.in != "" && c.world.inside(s.in, h.area) {
				next.area = s.in
			}
			c.have = append(c.have, &next)
		}
	}
	if !had {
		c.give(s.in, org.AllKeys, span{body: s.to, by: s.change, area: s.in, mode: s.mode, from: on, since: org.Forever, to: org.Forever})
	}
}

// Fault implements kernel.Run.
func (c *course) Fault() string { return c.fault }

// Must implements kernel.Run: from the start on, or from when the plan makes the
// duty, until the plan ends it, while the place is there.
func (c *course) Must(place int) (days org.Interval, first bool) {
	days = org.Interval{From: c.world.Start, To: c.over}.And(c.places[place].Interval)
	if made := c.world.made[c.ID]; made > 0 && c.day[made] > days.From {
		return org.Interval{From: c.day[made], To: days.To}, true
	}
	return days, false
}

// Who implements kernel.Run. What counts is what a body has while it is in force or
// the rule lets it keep the key. Who was gone in between does not have again what
// he had.
func (c *course) Who(place, key int, on org.Date) (out []kernel.Having) {
	for _, s := range c.have {
		if s.place != place || s.key != key || s.mode == org.Assist || on < s.from || s.to <= on {
			continue
		}
		kept, from, life := on >= s.since, s.from, c.life[s.body]
		if kept {
			from = max(from, s.since)
		}
		in := slices.IndexFunc(life, func(v org.Interval) bool { return v.Holds(on) })
		if kept && c.AfterEnd&org.EachKey[key] != 0 || in == 0 || in > 0 && life[in].From <= from {
			out = append(out, kernel.Having{Body: s.body, Mode: s.mode.String(), Kept: kept, By: s.by, Unable: c.unable(s, from, on)})
		}
	}
	return out
}

// unable reports whether a body lacks on a day what it must have for a key: a new
// one its head, or whoever gets a key what a need asks for.
func (c *course) unable(s *span, from, on org.Date) bool {
	const use = 1 // the performer key of an item
	p, key := c.world.party(s.body), org.EachKey[s.key]
	for i := range c.world.needs {
		n := &c.world.needs[i]
		switch {
		case n.Keys&key == 0 || !c.asks(n, s.body):
		case n.new && (c.Keys&key == 0 || on < c.day[p.begin]+org.Date(c.world.rules.HeadGrace)):
		case !n.new && (on >= s.since || s.by == "" || p.begin == 0 && c.old(s.body, s.key, from)):
		case !slices.ContainsFunc(c.items, func(o *course) bool {
			return c.meets(o.item, n) && slices.ContainsFunc(o.have, func(h *span) bool { return h.key == use && h.body == s.body && h.from <= on && on < h.to })
		}):
			return true
		}
	}
	return false
}

// old reports whether a body that has a key from a day on only goes on with what it
// has by the board, in another mode or another part of the area, and was not gone.
func (c *course) old(body string, key int, from org.Date) bool {
	life := c.life[body]
	in := slices.IndexFunc(life, func(v org.Interval) bool { return v.Holds(from - 1) })
	return in >= 0 && slices.ContainsFunc(c.have, func(s *span) bool {
		return s.body == body && s.key == key && s.from < from && min(s.to, s.since) >= from && (in == 0 || life[in].From <= s.from) &&
			(s.by == "" || c.old(body, key, s.from))
	})
}
