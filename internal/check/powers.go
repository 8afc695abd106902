package check

import (
	"hash/maphash"
	"math/bits"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// enforcing reports whether a kind of duty is a power over people: who has to
// obey it must not meet it twice, from two levels.
func enforcing(kind string) bool {
	return kind == "penalty" || kind == "compulsory-measure" || kind == "inspection"
}

// A power is what a duty lets a body do, whoever has it: a matter, on a legal
// basis, of a kind, over a class of subjects.
type power struct{ matter, basis, kind, subject string }

// powerOf gives the power of a duty, and whether it is one that can be compared:
// a duty of enforcement that names its matter and its basis.
func powerOf(d *org.Duty) (power, bool) {
	return power{d.Matter, d.Basis, d.Kind, d.Subject}, enforcing(d.Kind) && d.Matter != "" && d.Basis != ""
}

// A wielding is a stretch of days in which a body of a level uses a power in its
// own name at a place.
type wielding struct {
	*segment
	duty  int32
	area  int32 // none: everywhere
	level int
}

// shared is the powers that several duties of a board give.
type shared struct {
	groups [][]int32       // duties with one power, where there are several
	of     map[int32]int32 // the group of a duty
	open   []int32         // groups in which, by the rows alone, two levels have the power
}

// listShared groups the duties of a board by their power. O(duties).
func (x *Index) listShared() *shared {
	out := &shared{of: map[int32]int32{}}
	seed := maphash.MakeSeed()
	newest := map[uint64]int32{}
	older := map[int32]int32{} // the one before with the same power
	for i := range x.duties {
		p, ok := powerOf(x.duties[i].def)
		if !ok {
			continue
		}
		h := maphash.Comparable(seed, p)
		if was, again := newest[h]; again {
			older[int32(i)] = was
		}
		newest[h] = int32(i)
	}
	for _, last := range newest {
		if _, several := older[last]; !several {
			continue
		}
		var group []int32
		ranks := uint(0)
		for d, more := last, true; more; d, more = older[d] {
			group = append(group, d)
			for _, r := range x.rowsOfDuty.of(d) {
				if b := x.rowBody[r]; b >= 0 && int(b) < len(x.bodies) {
					ranks |= 1 << org.LevelRank(x.bodies[b].row.Level)
				}
			}
		}
		slices.Sort(group)
		at := int32(len(out.groups))
		for _, d := range group {
			out.of[d] = at
		}
		if bits.OnesCount(ranks&^1) > 1 {
			out.open = append(out.open, at)
		}
		out.groups = append(out.groups, group)
	}
	return out
}

// powers finds powers that bodies of two levels use in one place on one day. It
// looks at what the plan does and what it leaves: two levels that the plan
// takes away from each other before it is done were there before. Who leads and
// who assists is declared, and no fault; nor are two bodies that act in the name
// of one. The cost grows with the duties that the plan touches, and with those
// that share a power with them.
func (c *checker) powers() {
	if !c.severalLevels() {
		return
	}
	x := c.x.shared()
	groups := slices.Clone(x.open)
	if c.part() {
		groups = groups[:0]
		for _, d := range c.scope.duties {
			if at, ok := x.of[d]; ok {
				groups = append(groups, at)
			}
		}
	}
	for _, d := range c.touched {
		if at, ok := x.of[d]; ok {
			groups = append(groups, at)
		}
	}
	last := c.lastDay()
	for _, at := range sorted(groups) {
		c.regarding(aDuty, x.groups[at][0])
		p, _ := powerOf(c.duties[x.groups[at][0]].def)
		levels := map[int][]wielding{}
		var ranks []int
		for _, d := range x.groups[at] {
			if c.duties[d].silent {
				continue
			}
			for _, w := range c.wieldings(d) {
				if levels[w.level] == nil {
					ranks = append(ranks, w.level)
				}
				levels[w.level] = append(levels[w.level], w)
			}
		}
		slices.Sort(ranks)
		for k, upper := range ranks {
			for _, lower := range ranks[k+1:] {
				for _, d := range c.twice(p, levels[upper], levels[lower], last) {
					c.report(d)
				}
			}
		}
	}
	c.regardingNothing()
}

// severalLevels reports whether there are bodies of two levels, by the board and
// what the plan brings.
func (c *checker) severalLevels() bool {
	ranks := c.x.ranks
	for i := len(c.x.bodies); i < len(c.bodies); i++ {
		ranks |= 1 << org.LevelRank(c.bodyLevel(int32(i)))
	}
	return bits.OnesCount(ranks&^1) > 1
}

// wieldings lists who uses a duty's power in its own name, where and when.
func (c *checker) wieldings(d int32) (out []wielding) {
	segs := c.segments(d)
	for i := range segs {
		s := &segs[i]
		if s.key != org.Signatory || s.mode != org.Sole || s.body < 0 || s.Empty() {
			continue
		}
		if rank := org.LevelRank(c.bodyLevel(s.body)); rank > 0 {
			area := s.area
			if area < 0 {
				area = c.duties[d].area
			}
			out = append(out, wielding{s, d, area, rank})
		}
	}
	return out
}

// bodyLevel is the level that a body has by the board or by what brings it; no
// change gives it another.
func (c *checker) bodyLevel(i int32) string {
	if b := &c.bodies[i]; b.row != nil {
		return b.row.Level
	} else if len(b.versions) > 0 {
		return b.versions[0].Level
	}
	return ""
}

// twice reports a power that an upper and a lower body use in one place: once
// for each two bodies.
func (c *checker) twice(p power, upper, lower []wielding, last org.Date) (out []diag.Diagnostic) {
	type two struct{ upper, lower int32 }
	told := map[two]bool{}
	for _, u := range upper {
		for _, l := range lower {
			both := u.And(l.Interval).And(org.Interval{From: c.start, To: org.Forever})
			made := u.began >= 0 && u.From == both.From || l.began >= 0 && l.From == both.From
			if !made && !both.Empty() && both.To != org.Forever && c.scope != nil {
				c.scope.ends = append(c.scope.ends, both.To)
			}
			k := two{u.body, l.body}
			if told[k] || both.Empty() || !made && both.To <= last || !c.sharePlace(&u, &l) {
				continue
			}
			told[k] = true
			at := c.segmentWords(l.segment, l.duty, false)
			note := c.segmentWords(u.segment, u.duty, false)
			if u.began >= 0 && (l.began < 0 || u.From > l.From) {
				at, note = note, at
			}
			d := diag.At(PowerTwice, at, diag.F("matter", p.matter), diag.F("basis", p.basis),
				diag.F("duties", []diag.Name{c.dutyName(u.duty), c.dutyName(l.duty)}),
				diag.F("holders", []diag.Name{c.bodyName(u.body), c.bodyName(l.body)}))
			d.Facts = append(d.Facts, c.days(both)...)
			if l.area >= 0 {
				d.Facts = append(d.Facts, diag.F("area", c.areas[l.area].def.Label()))
			}
			out = append(out, d.Note(note, "other_level"))
		}
	}
	return out
}

// sharePlace reports whether two wieldings have a place in common.
func (c *checker) sharePlace(a, b *wielding) bool {
	if a.area < 0 || b.area < 0 {
		return true
	}
	if c.within(a.area, b.area) {
		return !slices.ContainsFunc(b.except, func(e int32) bool { return c.within(a.area, e) })
	}
	return c.within(b.area, a.area) && !slices.ContainsFunc(a.except, func(e int32) bool { return c.within(b.area, e) })
}

// lastDay is the day on which the last change of the plan is complete; the first
// day that is checked when there is none.
func (c *checker) lastDay() org.Date {
	if c.scope != nil {
		return c.scope.last
	}
	last := c.start
	for i := range c.plan.Changes {
		if c.dates[i].Known() && !c.bad[i] {
			last = max(last, c.complete(int32(i)))
		}
	}
	return last
}
