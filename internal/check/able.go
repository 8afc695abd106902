package check

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// able finds bodies that have keys of duties on days on which, by the pack, they
// can't act yet, or no longer: without a head, a determination, a seal. One body
// and need is told once, with its first days.
func (c *checker) able() {
	asked := c.asked
	if len(asked) == 0 {
		return
	}
	had := c.hadByPlan(asked)
	for _, need := range asked {
		for _, body := range sortedKeys(had) {
			if !need.Receiving && c.bodies[body].by < 0 || need.ID == org.NeedHead && c.noHead[body] {
				continue
			}
			c.holdNeed(need, body, had[body])
		}
	}
}

// A had is a stretch of days on which a body has a key of a duty.
type had struct {
	duty int32
	seg  *segment
}

// hadByPlan lists what the plan gives to bodies, and all that new bodies have;
// the oldest first. What is kept by the transition rule alone is left out, and
// who only assists.
func (c *checker) hadByPlan(asked []org.Need) map[int32][]had {
	var keys org.Keys
	for _, n := range asked {
		keys |= n.Keys
	}
	out := map[int32][]had{}
	for _, d := range c.touchedInOrder() {
		duty := &c.duties[d]
		if duty.silent {
			continue
		}
		for i := range duty.segs {
			s := &duty.segs[i]
			if s.body < 0 || s.began < 0 || s.Empty() || s.transitional || s.mode == org.Assist || s.key&keys == 0 || c.bodies[s.body].silent ||
				c.bodies[s.body].by < 0 && hadBefore(duty, s, len(duty.segs)) {
				continue
			}
			out[s.body] = append(out[s.body], had{d, s})
		}
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b had) int { return cmp.Compare(a.seg.From, b.seg.From) })
	}
	return out
}

// hadBefore reports whether a segment only goes on with what the body has by the
// board: in another mode, or without a part of its area.
func hadBefore(duty *duty, s *segment, most int) bool {
	if s.began < 0 {
		return true
	}
	for i := range duty.segs {
		if p := &duty.segs[i]; p.body == s.body && p.key == s.key && p.From < s.From && p.To >= s.From && !p.transitional && most > 0 {
			return hadBefore(duty, p, most-1)
		}
	}
	return false
}

// holdNeed holds one body against one need.
func (c *checker) holdNeed(need org.Need, body int32, list []had) {
	var has []org.Interval // when it has what it needs
	switch need.ID {
	case org.NeedHead:
		has = c.staff.headed(body)
	case org.NeedDetermination:
		has = []org.Interval{{From: c.plan.Determined(c.bodies[body].id), To: org.Forever}}
	}
	first := map[int32]org.Date{} // of the duty, when the need is of it; else under none
	of := func(h had) int32 {
		if need.OfDuty {
			return h.duty
		}
		return none
	}
	var lacks had
	var gap org.Interval
	var keys org.Keys
	for _, h := range list {
		if h.seg.key&need.Keys == 0 {
			continue
		}
		if _, later := first[of(h)]; !later { // the list begins with the oldest
			first[of(h)] = h.seg.From
		}
		if need.ID != org.NeedHead && need.ID != org.NeedDetermination {
			has = c.inHands(need, body, h.duty)
		}
		due := org.Interval{From: max(h.seg.From, first[of(h)]+org.Date(need.Grace), c.start), To: min(h.seg.To, c.duties[h.duty].to)}
		without := uncovered(due, has)
		if without.Empty() {
			continue
		}
		switch {
		case lacks.seg == nil || without.From < gap.From:
			lacks, gap, keys = h, without, h.seg.key
		case h.duty == lacks.duty && without == gap:
			keys |= h.seg.key
		}
	}
	if lacks.seg == nil {
		return
	}
	facts := []diag.Fact{diag.F("body", c.bodyName(body)), diag.F("need", needName(need)), diag.F("duty", c.dutyName(lacks.duty)), diag.F("keys", words(keys))}
	c.report(diag.At(Unable, c.segmentWords(lacks.seg, lacks.duty, false), append(append(facts, c.days(gap)...), diag.F("pack", c.rules.ID))...))
}

// inHands gives when a body has an item of a need's kind that it may use for
// everything; for a need of the duty, one that belongs to it or to what it is a
// part of.
func (c *checker) inHands(need org.Need, body, duty int32) (out []org.Interval) {
	s := &c.staff
	s.items.each(body, func(i int32) {
		item := c.item(i)
		if item.Kind != need.ID || need.OfDuty && !c.ofDuty(item.Duty, duty) {
			return
		}
		to := s.items.to(i)
		if l := s.limited[i]; len(l) > 0 {
			to = min(to, l[0].From)
		}
		at, from := s.items.base[i], s.items.from(i)
		for _, sh := range s.items.shifts[i] {
			if at == body {
				out = append(out, org.Interval{From: from, To: min(sh.day, to)})
			}
			at, from = sh.body, sh.day
		}
		if at == body {
			out = append(out, org.Interval{From: from, To: to})
		}
	})
	return out
}

// ofDuty reports whether something of a duty is of another one: that duty itself,
// or a whole that it is a part of.
func (c *checker) ofDuty(id string, duty int32) bool {
	for n := 0; duty >= 0 && n <= len(c.duties); n++ {
		if c.duties[duty].def.ID == id {
			return true
		}
		duty = c.dutyIx.find(c.duties[duty].def.PartOf)
	}
	return false
}

// uncovered gives the first days of an interval that none of others covers.
func uncovered(in org.Interval, others []org.Interval) org.Interval {
	slices.SortFunc(others, func(a, b org.Interval) int { return cmp.Compare(a.From, b.From) })
	for _, o := range others {
		switch {
		case o.Empty() || o.To <= in.From:
		case o.From <= in.From:
			in.From = o.To
		default:
			in.To = min(in.To, o.From)
			return in
		}
	}
	return in
}

// needName is what a need is called: a word of the catalogue, or the kind of
// item as the pack has it.
func needName(n org.Need) any {
	if n.ID == org.NeedHead || n.ID == org.NeedDetermination {
		return diag.Word("need." + n.ID)
	}
	return n.ID
}
