package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// headless marks a body whose lack of a head is told already.
func (c *checker) headless(i int32) {
	if c.noHead == nil {
		c.noHead = map[int32]bool{}
	}
	c.noHead[i] = true
}

// holdHeads finds the days on which a body with a leader quota has no head in
// office. A board that keeps no posts at all is not asked.
func (c *checker) holdHeads(s *staff, bodies []int32) {
	if !c.rules.HeadRequired || len(s.posts) == 0 || !s.anybody {
		return
	}
	for _, body := range bodies {
		if c.noHead[body] || c.bodies[body].silent {
			continue
		}
		c.regarding(aStaff, body)
		heads := s.headed(body)
		for _, in := range c.inForce(body) {
			from := max(in.From, c.start)
			if c.bodies[body].by >= 0 {
				from = max(from, in.From+org.Date(c.rules.HeadGrace))
			}
			if gap, ok := c.headGap(s, body, org.Interval{From: from, To: in.To}, heads); ok {
				d := diag.At(NoHead, c.headPlace(s, body, gap), append([]diag.Fact{diag.F("body", c.bodyName(body))}, c.days(gap)...)...)
				c.report(d)
				c.headless(body)
				break
			}
		}
	}
}

// headed lists the days on which a body has a head in office.
func (s *staff) headed(body int32) (heads []org.Interval) {
	s.leading(body, org.Head, func(in org.Interval, _ string) { heads = append(heads, in) })
	return heads
}

// leading calls do for everybody who is in office at a body in a role or a
// higher one, with the days.
func (s *staff) leading(body int32, least org.Role, do func(org.Interval, string)) {
	for _, p := range s.postsEver(body) {
		if s.posts[p].role < least && s.later[p] == nil {
			continue
		}
		def := &s.posts[p]
		at, from := s.seats.base[p], def.From
		see := func(in org.Interval) {
			if at != body || in.Empty() {
				return
			}
			for _, st := range s.in(p) {
				both := st.Interval.And(in)
				for _, r := range s.later[p] {
					if r.day > both.From && r.day < both.To {
						if s.roleOn(p, both.From) >= least {
							do(org.Interval{From: both.From, To: r.day}, st.person)
						}
						both.From = r.day
					}
				}
				if !both.Empty() && s.roleOn(p, both.From) >= least {
					do(both, st.person)
				}
			}
		}
		for _, sh := range s.seats.shifts[p] {
			see(org.Interval{From: from, To: min(sh.day, def.To)})
			at, from = sh.body, max(sh.day, def.From)
		}
		see(org.Interval{From: from, To: def.To})
	}
}

// headGap finds the first stretch in which the body has a leader quota and no
// head.
func (c *checker) headGap(s *staff, body int32, in org.Interval, heads []org.Interval) (org.Interval, bool) {
	if in.Empty() {
		return in, false
	}
	days := []org.Date{in.From, in.To}
	for _, h := range heads {
		days = append(days, h.From, h.To)
	}
	for kind := range s.kinds {
		days = append(days, c.quotaDays(s, slot(body, int16(kind)))...)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	gap, found := org.Interval{}, false
	for i := 0; i+1 < len(days); i++ {
		day := days[i]
		if day < in.From || day >= in.To {
			continue
		}
		n, _ := s.leaderQuota(body, org.Head, day)
		lacks := n >= 1 && !slices.ContainsFunc(heads, func(h org.Interval) bool { return h.Holds(day) })
		switch {
		case lacks && !found:
			gap, found = org.Interval{From: day, To: days[i+1]}, true
		case lacks:
			gap.To = days[i+1]
		case found:
			return gap, true
		}
	}
	return gap, found
}

// headPlace gives the words that left a body without a head: the change that
// took the head away, else those that declare the body.
func (c *checker) headPlace(s *staff, body int32, gap org.Interval) diag.Span {
	for _, p := range s.postsEver(body) {
		if s.posts[p].role != org.Head {
			continue
		}
		for _, st := range s.in(p) {
			if st.ended >= 0 && st.To == gap.From && s.seats.on(p, gap.From-1) == body {
				return c.plan.Changes[st.ended].Declared().At
			}
		}
		for _, sh := range s.seats.shifts[p] {
			if sh.day == gap.From && s.seats.on(p, gap.From-1) == body {
				return c.plan.Changes[sh.change].Declared().At
			}
		}
	}
	return c.bodyWords(body)
}
