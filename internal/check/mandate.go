package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

var (
	// Unfunded: a power goes to a body of a lower level, and the plan gives that
	// body, or the one it is under, neither posts, people and quota nor money
	// (A7 row 22 of the rules of practice; R11).
	Unfunded = diag.Define("OB0731", diag.Warning)
	// NothingBehind: an item of kind "power", "service" or "delegation" names no
	// duty: a power without a duty (A7 row 13).
	NothingBehind = diag.Define("OB0732", diag.Warning)
)

// dutiful are the kinds of item that there is a duty behind.
var dutiful = []string{"power", FollowService, FollowDelegation}

// moneyItems are the kinds of item that pay for a duty.
var moneyItems = []string{"budget", "account", "asset", "fund"}

// mandates finds the powers that go down a level with nothing to carry them out.
// Who performed the power before the plan has what he needs: a power that is
// taken up and given back is not new to him.
func (c *checker) mandates() {
	type gift struct{ change, giver, taker int32 }
	found := map[gift][]int32{}
	var order []gift
	var funded map[int32]bool
	for _, d := range c.touchedInOrder() {
		duty := &c.duties[d]
		if duty.silent || !slices.Contains(org.PowerKinds, duty.def.Kind) {
			continue
		}
		for i := range duty.segs {
			is := &duty.segs[i]
			if is.key != org.Performer || is.began < 0 || is.body < 0 || is.mode == org.Assist || is.Empty() {
				continue
			}
			for k := range duty.segs {
				was := &duty.segs[k]
				if was.key != org.Performer || was.ended != is.began || was.To != is.From || was.body < 0 || was.body == is.body || was.Empty() ||
					!c.lower(was.body, is.body, is.From) {
					continue
				}
				if funded == nil {
					funded = c.funded()
				}
				before := slices.ContainsFunc(duty.segs, func(s segment) bool {
					return s.key == org.Performer && s.body == is.body && s.Holds(c.start-1)
				})
				if before || funded[is.body] || funded[c.superiorOn(is.body, is.From)] {
					continue
				}
				g := gift{is.began, was.body, is.body}
				if found[g] == nil {
					order = append(order, g)
				}
				if !slices.Contains(found[g], d) {
					found[g] = append(found[g], d)
				}
			}
		}
	}
	for _, g := range order {
		var duties []diag.Name
		for _, d := range found[g] {
			duties = append(duties, c.dutyName(d))
		}
		day := c.dates[g.change]
		c.report(diag.At(Unfunded, c.dutyWords(g.change, found[g][0]), diag.F("duties", duties), diag.F("from_body", c.bodyName(g.giver)),
			diag.F("body", c.bodyName(g.taker)), diag.F("level", diag.Word("level."+c.levelOn(g.taker, day))), diag.F("on", day)))
	}
}

// levelOn gives the level of a body on a day, or else the one it had last.
func (c *checker) levelOn(i int32, day org.Date) string {
	b := &c.bodies[i]
	if v := b.on(day); v != nil {
		return v.Level
	}
	if n := len(b.versions); n > 0 {
		return b.versions[n-1].Level
	}
	return b.row.Level
}

// lower reports whether a body is of a lower level than another.
func (c *checker) lower(upper, lower int32, day org.Date) bool {
	u, l := org.LevelRank(c.levelOn(upper, day-1)), org.LevelRank(c.levelOn(lower, day))
	return u > 0 && l > u
}

func (c *checker) superiorOn(i int32, day org.Date) int32 {
	if v := c.bodies[i].on(day); v != nil && v.Superior != "" {
		return c.bodyIx.find(v.Superior)
	}
	return none
}

// funded gives the bodies that the plan gives posts, people, quota or money.
func (c *checker) funded() map[int32]bool {
	out := map[int32]bool{}
	s := &c.staff
	for i := range s.seats.shifts {
		for _, sh := range s.seats.shifts[i] {
			out[sh.body] = true
		}
	}
	for i := range s.items.shifts {
		if slices.Contains(moneyItems, c.item(i).Kind) {
			for _, sh := range s.items.shifts[i] {
				out[sh.body] = true
			}
		}
	}
	give := func(r org.Ref) {
		if at := c.bodyIx.find(r.ID); r.Given() && at >= 0 {
			out[at] = true
		}
	}
	for i, ch := range c.plan.Changes {
		switch ch := ch.(type) {
		case *org.MovePeople:
			give(ch.To)
		case *org.MoveQuota:
			if ch.Posts.N > 0 {
				give(ch.To)
			}
		case *org.SetPosts:
			if ch.Posts.N > 0 {
				give(ch.Body)
			}
		case *org.SetQuota:
			if c.raises(ch, c.dates[i]) {
				give(ch.Body)
			}
		}
	}
	delete(out, none)
	return out
}

// raises reports whether a quota becomes higher than it was.
func (c *checker) raises(ch *org.SetQuota, day org.Date) bool {
	at, kind := c.bodyIx.find(ch.Body.ID), slices.Index(c.staff.kinds, ch.Class.Text)
	if at < 0 || kind < 0 || !day.Known() {
		return false
	}
	was := c.staff.quotaOn(slot(at, int16(kind)), day-1)
	return ch.Posts.N > 0 && (was == nil || ch.Posts.N > was.posts)
}
