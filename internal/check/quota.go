package check

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A limit is the quota of a body and kind from a day on.
type limit struct {
	day                      org.Date
	kind                     int16
	posts, leaders, deputies int
	change, row              int32
}

func slot(body int32, kind int16) int64 { return int64(body)<<16 | int64(kind) }

// quotaOn gives the quota of a body and kind on a day; nil when it has none.
func (s *staff) quotaOn(k int64, day org.Date) *limit {
	var at *limit
	list := s.limitsOf(k)
	for i := range list {
		if l := &list[i]; l.day <= day {
			at = l
		}
	}
	if at != nil && at.posts < 0 && at.leaders < 0 && at.deputies < 0 {
		return nil
	}
	return at
}

// settleQuota sets and moves quotas. What is set is the number approved for the
// day, whatever moves besides.
func (c *checker) settleQuota(s *staff, t *staffStep) {
	if t.faulty {
		return
	}
	put := func(k int64, l limit) {
		list := s.limitsOf(k)
		at := len(list)
		for at > 0 && list[at-1].day > l.day {
			at--
		}
		s.limits[k] = slices.Insert(slices.Clip(list), at, l)
	}
	add := func(k int64, posts, leaders, deputies int) {
		now := limit{day: t.day, kind: int16(k), posts: 0, leaders: -1, deputies: -1}
		if l := s.quotaOn(k, t.day); l != nil {
			now = *l
			if l.day == t.day && l.change >= 0 {
				if _, set := c.plan.Changes[l.change].(*org.SetQuota); set {
					return
				}
			}
		}
		sum := func(a, b int) int {
			if a < 0 {
				return b
			}
			return a + max(b, 0)
		}
		now.day, now.change, now.row = t.day, t.change, none
		now.posts = max(0, max(now.posts, 0)+posts)
		now.leaders, now.deputies = sum(now.leaders, leaders), sum(now.deputies, deputies)
		put(k, now)
	}
	switch ch := t.ch.(type) {
	case *org.SetQuota:
		if t.taker < 0 || !c.takes(ch.Body, t.taker, t.day) {
			return
		}
		n := func(n org.Number) int {
			if n.Given() {
				return n.N
			}
			return -1
		}
		c.leadersForSize(t.taker, ch)
		kind := s.kind(ch.Class.Text)
		put(slot(t.taker, kind), limit{t.day, kind, n(ch.Posts), n(ch.Leaders), n(ch.Deputies), t.change, none})
	case *org.MoveQuota:
		if t.giver < 0 || t.taker < 0 || !c.takes(ch.To, t.taker, t.day) {
			return
		}
		kind := s.kind(ch.Class.Text)
		has := 0
		if l := s.quotaOn(slot(t.giver, kind), t.day); l != nil {
			has = max(l.posts, 0)
		}
		if has < ch.Posts.N {
			c.report(diag.At(NothingToMove, ch.Posts.At, diag.F("body", c.bodyName(t.giver)),
				diag.F("what", diag.Word("what.quotas")), diag.F("kind", ch.Class.Text), diag.F("limit", has), diag.F("found", ch.Posts.N)))
			return
		}
		add(slot(t.giver, kind), -ch.Posts.N, -1, -1)
		add(slot(t.taker, kind), ch.Posts.N, -1, -1)
	case *org.Merge, *org.MergeInto:
		if t.giver < 0 || t.taker < 0 {
			return
		}
		for kind := range s.kinds {
			if l := s.quotaOn(slot(t.giver, int16(kind)), t.day); l != nil {
				leaders, deputies := -1, -1
				if _, fresh := ch.(*org.Merge); fresh {
					// a new body leads with one head, whoever it stems from
					leaders, deputies = min(l.leaders, 1), l.deputies
				}
				if now := s.quotaOn(slot(t.taker, int16(kind)), t.day); now != nil && now.leaders >= 0 {
					leaders = 0
				}
				add(slot(t.taker, int16(kind)), l.posts, leaders, deputies)
			}
		}
	}
}

// leadersForSize holds a leader quota that the plan sets against the size of the
// body (R18). What the board has was approved before, by other rules perhaps.
func (c *checker) leadersForSize(body int32, ch *org.SetQuota) {
	for _, step := range c.rules.LeaderSteps {
		if step.UpTo != 0 && ch.Posts.N > step.UpTo {
			continue
		}
		hold := func(n org.Number, most int, role string) {
			if n.Given() && n.N > most {
				c.report(diag.At(LeadersBeyondSize, n.At, diag.F("body", c.bodyName(body)), diag.F("role", diag.Word("role."+role)),
					diag.F("found", n.N), diag.F("limit", most), diag.F("posts", ch.Posts.N), diag.F("pack", c.rules.ID)))
			}
		}
		hold(ch.Leaders, step.Heads, "head")
		hold(ch.Deputies, step.Deputies, "deputy")
		return
	}
}

// A delta is a coming or going of posts on a day.
type delta struct {
	day    org.Date
	n      int
	change int32
}

// holdQuotas holds the number of posts of each kind, and of heads and deputies,
// of each body against its quotas on every day.
func (c *checker) holdQuotas(s *staff, bodies []int32) {
	if len(c.board.Quotas) == 0 && len(s.limits) == 0 {
		return
	}
	byKind, byRole := make([][]delta, len(s.kinds)), make([][]delta, org.Head+1)
	for _, body := range bodies {
		c.regarding(aStaff, body)
		for i := range byKind {
			byKind[i] = byKind[i][:0]
		}
		for i := range byRole {
			byRole[i] = byRole[i][:0]
		}
		for _, p := range s.postsEver(body) {
			def := &s.posts[p]
			at, from, by := s.seats.base[p], def.From, none
			for _, sh := range s.seats.shifts[p] {
				if at == body {
					s.count(byKind, byRole, p, from, min(sh.day, def.To), by, sh.change)
				}
				at, from, by = sh.body, max(sh.day, def.From), sh.change
			}
			if at == body {
				s.count(byKind, byRole, p, from, def.To, by, none)
			}
		}
		for kind := range s.kinds {
			if list := byKind[kind]; len(list) > 0 {
				c.holdKind(s, body, int16(kind), list)
			}
		}
		for _, role := range []org.Role{org.Deputy, org.Head} {
			if list := byRole[role]; len(list) > 0 {
				c.holdLeaders(s, body, role, list)
			}
		}
	}
}

// count notes that a body has a post for some days: by kind and by role.
func (s *staff) count(byKind, byRole [][]delta, p int32, from, to org.Date, began, ended int32) {
	if from >= to {
		return
	}
	kind := s.posts[p].kind
	byKind[kind] = noted(byKind[kind], from, to, began, ended)
	if s.posts[p].role == org.Ordinary && s.later[p] == nil {
		return
	}
	role := s.roleOn(p, from)
	for _, r := range s.later[p] {
		if r.day > from && r.day < to {
			byRole[role] = noted(byRole[role], from, r.day, began, ended)
			from, role = r.day, r.role
		}
	}
	byRole[role] = noted(byRole[role], from, to, began, ended)
}

// noted puts a stretch of days into a tally. Most posts are there for ever: they
// are one number.
func noted(list []delta, from, to org.Date, began, ended int32) []delta {
	if len(list) > 0 && list[0].day == org.Always && from == org.Always {
		list[0].n++
	} else {
		list = append(list, delta{from, 1, began})
	}
	if to != org.Forever {
		list = append(list, delta{to, -1, ended})
	}
	return list
}

// over walks through the days of a tally and a limit and gives the first
// stretch in which the tally is higher, with the change that made it so.
func over(list []delta, from org.Date, to org.Date, limitOn func(org.Date) (int, int32), limitDays []org.Date) (at org.Interval, n, allowed int, change int32, found bool) {
	slices.SortStableFunc(list, func(a, b delta) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.n, b.n)) })
	days := []org.Date{from}
	for _, d := range list {
		if d.day > from && d.day < to {
			days = append(days, d.day)
		}
	}
	for _, d := range limitDays {
		if d > from && d < to {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	total, k, last := 0, 0, none
	for i, day := range days {
		for ; k < len(list) && list[k].day <= day; k++ {
			total += list[k].n
			if list[k].n > 0 && list[k].day == day {
				last = list[k].change
			}
		}
		end := to
		if i+1 < len(days) {
			end = days[i+1]
		}
		most, by := limitOn(day)
		if most >= 0 && total > most {
			if !found {
				at, n, allowed, found = org.Interval{From: day, To: end}, total, most, true
				if change = last; change < 0 {
					change = by
				}
			} else {
				at.To = end
			}
		} else if found {
			return
		}
	}
	return
}

func (c *checker) quotaDays(s *staff, k int64) []org.Date {
	var out []org.Date
	for _, l := range s.limitsOf(k) {
		out = append(out, l.day)
	}
	return out
}

func (c *checker) holdKind(s *staff, body int32, kind int16, list []delta) {
	k := slot(body, kind)
	if s.kinds[kind] == "" {
		return
	}
	for _, in := range c.inForce(body) {
		in = in.And(org.Interval{From: c.start, To: org.Forever})
		if in.Empty() {
			continue
		}
		at, n, allowed, change, found := over(list, in.From, in.To, func(day org.Date) (int, int32) {
			l := s.quotaOn(k, day)
			if l == nil {
				if len(c.board.Quotas) == 0 {
					return -1, none
				}
				return 0, none
			}
			return l.posts, l.change
		}, c.quotaDays(s, k))
		if !found {
			continue
		}
		facts := []diag.Fact{diag.F("body", c.bodyName(body)), diag.F("kind", s.kinds[kind]), diag.F("found", n), diag.F("limit", allowed)}
		c.report(diag.At(QuotaExceeded, c.quotaPlace(s, k, change, body), append(facts, c.days(at)...)...))
		return
	}
}

// quotaPlace gives the words that made a quota too small: the change, or the
// row of the quota, or the body.
func (c *checker) quotaPlace(s *staff, k int64, change, body int32) diag.Span {
	if change >= 0 {
		if ch, ok := c.plan.Changes[change].(*org.SetQuota); ok {
			return ch.Posts.At
		}
		return c.plan.Changes[change].Declared().At
	}
	for _, l := range s.limitsOf(k) {
		if l.row >= 0 {
			return c.board.Cell("quotas", c.board.Quotas[l.row].At, "posts")
		}
	}
	return c.bodyWords(body)
}

// leaderQuota gives how many heads or deputies a body may have on a day; -1
// when that is not limited.
func (s *staff) leaderQuota(body int32, role org.Role, day org.Date) (int, int32) {
	total, by := -1, none
	for kind := range s.kinds {
		l := s.quotaOn(slot(body, int16(kind)), day)
		if l == nil {
			continue
		}
		n := l.leaders
		if role == org.Deputy {
			n = l.deputies
		}
		if n >= 0 {
			total = max(total, 0) + n
			by = max(by, l.change)
		}
	}
	return total, by
}

func (c *checker) holdLeaders(s *staff, body int32, role org.Role, list []delta) {
	var days []org.Date
	for kind := range s.kinds {
		days = append(days, c.quotaDays(s, slot(body, int16(kind)))...)
	}
	for _, in := range c.inForce(body) {
		in = in.And(org.Interval{From: c.start, To: org.Forever})
		if in.Empty() {
			continue
		}
		at, n, allowed, change, found := over(list, in.From, in.To, func(day org.Date) (int, int32) {
			return s.leaderQuota(body, role, day)
		}, days)
		if !found {
			continue
		}
		span := c.bodyWords(body)
		if change >= 0 {
			span = c.plan.Changes[change].Declared().At
		} else {
			if rows := c.x.quotasOf.of(body); len(rows) > 0 {
				column := "leaders"
				if role == org.Deputy {
					column = "deputies"
				}
				span = c.board.Cell("quotas", c.board.Quotas[rows[0]].At, column)
			}
		}
		facts := []diag.Fact{diag.F("body", c.bodyName(body)), diag.F("role", diag.Word("role."+role.String())), diag.F("found", n), diag.F("limit", allowed)}
		c.report(diag.At(LeaderQuotaExceeded, span, append(facts, c.days(at)...)...))
		return
	}
}
