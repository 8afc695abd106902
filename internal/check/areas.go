package check

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// An areaShift is one change of areas on its day. An area that comes out of the
// change under its own code keeps its identity: it neither ends nor begins.
type areaShift struct {
	change     int32
	day        org.Date
	from, into []int32
}

// areaLives gives every area the interval in which it is in force, and lists
// the changes of areas by day.
func (c *checker) areaLives() {
	for i, ch := range c.plan.Changes {
		if ch, ok := ch.(*org.ChangeArea); ok && !c.bad[i] && c.dates[i].Known() {
			s := areaShift{change: int32(i), day: c.dates[i]}
			for _, r := range ch.Areas {
				if at := c.ref(c.areaIx, r); at >= 0 {
					s.from = append(s.from, at)
				}
			}
			for _, n := range ch.Into {
				if at := c.areaIx.find(n.Code.ID); at >= 0 {
					s.into = append(s.into, at)
				}
			}
			c.areaShifts = append(c.areaShifts, s)
		}
	}
	if len(c.areaShifts) == 0 {
		return
	}
	c.areas = slices.Clone(c.areas)
	slices.SortStableFunc(c.areaShifts, func(a, b areaShift) int { return cmp.Compare(a.day, b.day) })
	for _, s := range c.areaShifts {
		for _, a := range s.into {
			life := &c.areas[a].life
			switch {
			case slices.Contains(s.from, a):
			case s.day < life.From:
				life.From = s.day
			case life.To <= s.day: // it comes back
				*life = org.Interval{From: s.day, To: org.Forever}
			}
		}
	}
	for _, s := range c.areaShifts {
		ch := c.plan.Changes[s.change].(*org.ChangeArea)
		for _, r := range ch.Areas {
			at := c.areaIx.find(r.ID)
			if at >= 0 && !c.areaHolds(r, at, s.day) {
				c.bad[s.change] = true
			} else if at >= 0 && !slices.Contains(s.into, at) {
				c.areas[at].life.To = s.day
			}
		}
		for _, a := range s.into {
			if c.bad[s.change] && c.areas[a].by == s.change {
				c.areas[a].life.From = org.Forever
			}
		}
	}
	c.areaShifts = slices.DeleteFunc(c.areaShifts, func(s areaShift) bool { return c.bad[s.change] })
}

// areaHolds reports whether an area is in force on a day, and says when not.
func (c *checker) areaHolds(r org.Ref, at int32, day org.Date) bool {
	if at < 0 || c.areas[at].life.Holds(day) {
		return true
	}
	state := "state.ended"
	if c.areas[at].life.From > day {
		state = "state.not_begun"
	}
	c.report(diag.At(AreaNotInForce, r.At, diag.F("area", c.areas[at].def.Label()), diag.F("on", day),
		diag.F("state", diag.Word(state)), diag.F("in_force", c.areas[at].life)))
	return false
}

// shiftAreas lets duties follow a change of areas: what a body had in an area
// that ends, it has in each area that takes its place. So when areas of two
// bodies become one, both have the duty there, which is found as an overlap.
func (c *checker) shiftAreas(s areaShift) {
	became := func(a int32) bool { return slices.Contains(s.from, a) }
	each := slices.Concat(c.x.areaDuties, c.touched)
	slices.Sort(each)
	for _, d := range slices.Compact(each) {
		touched := c.duties[d].touch && slices.ContainsFunc(c.duties[d].segs, func(g segment) bool {
			return g.To > s.day && (g.area >= 0 && became(g.area) || slices.ContainsFunc(g.except, became))
		})
		if !touched && (c.duties[d].touch || !slices.ContainsFunc(c.rowsOfDuty.of(d), func(r int32) bool {
			return c.rowArea[r] >= 0 && became(c.rowArea[r])
		})) {
			continue
		}
		c.shiftDuty(d, s)
	}
}

func (c *checker) shiftDuty(d int32, s areaShift) {
	duty := c.touch(d)
	for k := 0; k < len(duty.segs); k++ {
		if g := duty.segs[k]; g.To > s.day && g.began != s.change {
			c.shiftSegment(duty, k, s)
		}
	}
}

func (c *checker) shiftSegment(duty *duty, k int, s areaShift) {
	g := duty.segs[k]
	at := max(s.day, g.From)
	follow := func(next segment) {
		next.From, next.began, next.row = at, s.change, none
		again := slices.ContainsFunc(duty.segs, func(o segment) bool {
			return o.body == next.body && o.key == next.key && o.mode == next.mode && o.area == next.area &&
				o.From <= at && o.To >= next.To && len(o.except) == 0
		})
		if !next.Empty() && !again {
			duty.segs = append(duty.segs, next)
		}
	}
	end := func() {
		duty.segs[k].To, duty.segs[k].ended = at, s.change
	}
	switch {
	case g.area >= 0 && slices.Contains(s.from, g.area):
		if !slices.Contains(s.into, g.area) {
			end()
		}
		for _, a := range s.into {
			if next := g; a != g.area {
				next.area = a
				follow(next)
			}
		}
	case slices.ContainsFunc(g.except, func(a int32) bool { return slices.Contains(s.from, a) }):
		next := g
		next.except = nil
		for _, a := range g.except {
			if !slices.Contains(s.from, a) {
				next.except = append(next.except, a)
			}
		}
		// where all that goes into an area was others', the area is theirs
		if !slices.ContainsFunc(s.from, func(a int32) bool {
			return !slices.ContainsFunc(g.except, func(e int32) bool { return c.within(a, e) })
		}) {
			next.except = append(next.except, s.into...)
		}
		if at == g.From {
			duty.segs[k].except = next.except
			return
		}
		end()
		next.From = at // by what gave it: to him nothing changes
		duty.segs = append(duty.segs, next)
	}
}

// areaOn gives the area that a thing of an area is in on a day: what took the
// area's place, when that is one; else the area itself.
func (c *checker) areaOn(code string, day org.Date) string {
	if len(c.areaShifts) == 0 || code == "" {
		return code
	}
	at := c.areaIx.find(code)
	for _, s := range c.areaShifts {
		if s.day <= day && len(s.into) == 1 && slices.Contains(s.from, at) {
			at = s.into[0]
		}
	}
	if at < 0 {
		return code
	}
	return c.areas[at].def.Code
}
