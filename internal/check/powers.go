package check

import (
	"cmp"
	"hash/maphash"
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

// powers finds powers that bodies of two levels use in one place on one day. It
// looks at what the plan does and what it leaves: two levels that the plan
// brings together or away from each other before it is done were there before.
// Who leads and who assists is declared, and no fault; nor are two bodies that
// act in the name of one. O(duties), and where two levels have a power, their
// pairs.
func (c *checker) powers() {
	if !c.severalLevels() {
		return
	}
	// duties by the hash of their power: a big board has hundreds of thousands
	seed := maphash.MakeSeed()
	newest := map[uint64]int32{}
	older := make([]int32, len(c.duties)) // the one before with the same power
	var again []uint64
	for i := range c.duties {
		p, ok := powerOf(c.duties[i].def)
		if !ok || c.duties[i].silent {
			continue
		}
		h := maphash.Comparable(seed, p)
		older[i] = none
		if was, ok := newest[h]; ok {
			if older[i] = was; older[was] == none {
				again = append(again, h)
			}
		}
		newest[h] = int32(i)
	}
	of := map[power][]int32{}
	for _, h := range again {
		for d := newest[h]; d != none; d = older[d] {
			p, _ := powerOf(c.duties[d].def)
			of[p] = append(of[p], d)
		}
	}
	last := c.lastDay()
	var found []diag.Diagnostic
	for p, duties := range of {
		slices.Sort(duties)
		levels := map[int][]wielding{}
		var ranks []int
		for _, d := range duties {
			for _, w := range c.wieldings(d) {
				if levels[w.level] == nil {
					ranks = append(ranks, w.level)
				}
				levels[w.level] = append(levels[w.level], w)
			}
		}
		slices.Sort(ranks)
		for x, upper := range ranks {
			for _, lower := range ranks[x+1:] {
				found = append(found, c.twice(p, levels[upper], levels[lower], last)...)
			}
		}
	}
	slices.SortFunc(found, func(a, b diag.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Span.File(), b.Span.File()), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	c.problems.Add(found...)
}

// severalLevels reports whether bodies of two levels are on the board.
func (c *checker) severalLevels() bool {
	seen := 0
	for i := range c.bodies {
		if rank := org.LevelRank(c.bodyLevel(int32(i))); rank > 0 && seen > 0 && rank != seen {
			return true
		} else if rank > 0 {
			seen = rank
		}
	}
	return false
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
	last := c.start
	for i := range c.plan.Changes {
		if c.dates[i].Known() && !c.bad[i] {
			last = max(last, c.complete(int32(i)))
		}
	}
	return last
}
