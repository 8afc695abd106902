package check

import (
	"cmp"
	"slices"
	"strconv"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// staff is what the checker knows of posts, the people in them, quotas and
// items.
type staff struct {
	x      *Index
	posts  []post                // the board's, then those that the plan sets
	later  map[int32][]roleShift // roles of posts after moves that say so
	postIx *ids
	seats  *belongings
	filled map[int32][]seat // appointments of the posts that the plan fills or empties, by start; see in
	// anybody: there is an appointment at all
	anybody  bool
	byPerson map[string][]personSeat // whom the plan seated where; see seatsOf
	items    *belongings
	itemIx   *ids
	provided []org.Item              // by the plan; see items.go
	provides map[int32]int32         // the place of what each change provides
	limited  map[int32][]restriction // of items, by start
	kinds    []string
	limits   map[int64][]limit // quota of (body, kind), by start, where the plan sets or moves it; see limitsOf
}

type post struct {
	def *org.Post
	org.Interval
	kind int16
	role org.Role
}

type roleShift struct {
	day  org.Date
	role org.Role
}

// begin gives the staff that the board has.
func (s *staff) begin(x *Index) {
	*s = staff{x: x, posts: slices.Clip(x.posts), later: emptied(s.later), postIx: &ids{what: "posts", board: x.postIx},
		filled: emptied(s.filled), anybody: len(x.board.Appointments) > 0, byPerson: emptied(s.byPerson), seats: s.seats, items: s.items,
		itemIx: &ids{what: "items", board: x.itemIx}, kinds: slices.Clip(x.kinds), limits: emptied(s.limits)}
	s.seats = s.seats.again(slices.Clip(x.postBody), x.postsOf,
		func(i int32) org.Date { return s.posts[i].def.From }, func(i int32) org.Date { return s.posts[i].def.To })
}

// in gives who is appointed to a post, by start. It must not be written to.
func (s *staff) in(post int32) []seat {
	if list, own := s.filled[post]; own || int(post) >= len(s.x.posts) {
		return list
	}
	return s.x.seats[s.x.seatStart[post]:s.x.seatStart[post+1]]
}

// own gives the same to be written to.
func (s *staff) own(post int32) []seat {
	if list, own := s.filled[post]; own {
		return list
	}
	s.filled[post] = slices.Clone(s.in(post))
	return s.filled[post]
}

// limitsOf gives the quotas of a body and kind, by start. It must not be written
// to.
func (s *staff) limitsOf(k int64) []limit {
	if list, own := s.limits[k]; own {
		return list
	}
	return s.x.limitsOf(int32(k>>16), int16(k))
}

// eachLimit calls do for every body and kind that ever has a quota.
func (s *staff) eachLimit(do func(int64)) {
	for b := range len(s.x.limitStart) - 1 {
		list := s.x.limits[s.x.limitStart[b]:s.x.limitStart[b+1]]
		for i := range list {
			if i == 0 || list[i].kind != list[i-1].kind {
				do(slot(int32(b), list[i].kind))
			}
		}
	}
	for k := range s.limits {
		if len(s.x.limitsOf(int32(k>>16), int16(k))) == 0 {
			do(k)
		}
	}
}

func (s *staff) roleOn(p int32, day org.Date) org.Role {
	r := s.posts[p].role
	for _, l := range s.later[p] {
		if l.day <= day {
			r = l.role
		}
	}
	return r
}

// A seat is an appointment of a post.
type seat struct {
	org.Interval
	person string
	change int32 // what brought it, or none
	ended  int32
}

type personSeat struct{ post, seat int32 }

// staffing follows posts, people, quotas and items through the plan, and holds
// them against the quotas.
func (c *checker) staffing() {
	s := &c.staff
	c.tellLoose(posting)
	c.collectItems(s)
	steps := c.staffSteps()
	for len(steps) > 0 {
		n := 1
		for n < len(steps) && steps[n].day == steps[0].day {
			n++
		}
		today := steps[:n]
		steps = steps[n:]
		// posts and items first: who gives waits for what comes to him
		inGivingOrder(today, func(t *staffStep) int32 { return t.giver }, func(t *staffStep) int32 { return t.taker },
			func(t *staffStep) { c.freezeStep(s, t) }, func(t *staffStep) { c.shiftThings(s, t) })
		for _, t := range today {
			c.settleQuota(s, t)
		}
		for _, t := range today {
			c.seatPeople(s, t)
		}
	}
	c.leftBehind(s)
	c.regardingNothing()
	bodies := c.unsettled(s)
	c.holdRestrictions(s)
	c.holdQuotas(s, bodies)
	c.holdHeads(s, bodies)
	c.regardingNothing()
}

func (s *staff) kind(word string) int16 { return kindIn(&s.kinds, word) }

// A staffStep is one change of posts, people, quotas or items.
type staffStep struct {
	change       int32
	day          org.Date
	giver, taker int32
	ch           org.Change
	heir         bool // the taker succeeds to everything
	fixedPosts   []int32
	fixedItems   []int32
	carried      int32 // an item that goes with its duty, plus one; there is no other change then
	faulty       bool
}

func (c *checker) staffSteps() []*staffStep {
	var out []*staffStep
	s := &c.staff
	for i, ch := range c.plan.Changes {
		day := c.dates[i]
		add := func(from, to org.Ref) *staffStep {
			t := &staffStep{change: int32(i), day: day, ch: ch, giver: none, taker: none}
			t.giver, t.taker = c.ref(c.bodyIx, from), c.ref(c.bodyIx, to)
			t.faulty = c.bad[i] || t.giver == ghost || t.taker == ghost || !day.Known()
			out = append(out, t)
			return t
		}
		names := func(t *staffStep, b *belongings, ix *ids, sel org.Selection) {
			for _, r := range sel.Refs {
				if at := ix.find(r.ID); at >= 0 && t.giver >= 0 {
					b.named[pair(t.giver, at)] = true
				}
			}
		}
		switch ch := ch.(type) {
		case *org.Merge:
			for _, r := range ch.From {
				add(r, ch.Into.ID).heir = true
			}
		case *org.MergeInto:
			for _, r := range ch.From {
				add(r, ch.Into).heir = true
			}
		case *org.MovePosts:
			names(add(ch.From, ch.To), s.seats, s.postIx, ch.Posts)
		case *org.MoveItems:
			names(add(ch.From, ch.To), s.items, s.itemIx, ch.Items)
		case *org.Provide:
			add(org.Ref{}, ch.To)
		case *org.Withdraw:
			names(add(ch.From, org.Ref{}), s.items, s.itemIx, org.Selection{Refs: ch.Items})
		case *org.Restrict:
			add(ch.Of, org.Ref{})
		case *org.MovePeople:
			add(ch.From, ch.To)
		case *org.MoveQuota:
			add(ch.From, ch.To)
		case *org.SetQuota:
			add(org.Ref{}, ch.Body)
		case *org.SetPosts:
			add(org.Ref{}, ch.Body)
		case *org.Appoint:
			add(org.Ref{}, ch.Body)
		case *org.Relieve:
			add(ch.Body, org.Ref{})
		}
	}
	out = append(out, c.carryItems(s)...)
	slices.SortStableFunc(out, func(a, b *staffStep) int { return cmp.Compare(a.day, b.day) })
	return out
}

func (c *checker) freezeStep(s *staff, t *staffStep) {
	if t.giver < 0 {
		return
	}
	switch t.ch.(type) {
	case *org.Merge, *org.MergeInto, *org.MovePosts:
		t.fixedPosts = s.seats.had(t.giver, t.day)
	}
	switch t.ch.(type) {
	case *org.Merge, *org.MergeInto, *org.MoveItems:
		t.fixedItems = s.items.had(t.giver, t.day)
	}
}

// shiftThings moves posts and items.
func (c *checker) shiftThings(s *staff, t *staffStep) {
	if t.faulty {
		c.loosen(s, t) // what is wrong is told; that the things stay behind is its consequence
		return
	}
	if i := t.carried - 1; i >= 0 {
		if s.items.gives(i, t.giver, t.day) {
			s.items.move(i, t.taker, t.day, t.change)
		}
		return
	}
	all := func(b *belongings, fixed []int32) {
		list := fixed
		if list == nil {
			list = b.had(t.giver, t.day)
		}
		for _, i := range list {
			if !b.named[pair(t.giver, i)] {
				b.move(i, t.taker, t.day, t.change)
			}
		}
	}
	named := func(b *belongings, ix *ids, refs []org.Ref) {
		for _, r := range refs {
			at := ix.find(r.ID)
			switch {
			case at < 0:
				c.unknownID(ix.what, r.ID, r.At)
			case b.base[at] == none && b.shifts[at] == nil && b.loose[at]:
				// it never came to be: that is told
			case !b.gives(at, t.giver, t.day):
				c.nothing(r, "what."+ix.what, t)
			default:
				b.move(at, t.taker, t.day, t.change)
			}
		}
	}
	parties := func(from, to org.Ref) bool {
		// staff of a body that ended may still be on the move until the handover is in place
		return (c.rules.FormerPerforms&org.Means != 0 || c.gives(from, t.giver, t.day)) && c.takes(to, t.taker, t.day)
	}
	switch ch := t.ch.(type) {
	case *org.Merge, *org.MergeInto:
		if t.taker >= 0 && t.giver >= 0 {
			all(s.seats, t.fixedPosts)
			all(s.items, t.fixedItems)
		}
	case *org.MovePosts:
		ok := t.giver >= 0 && t.taker >= 0 && parties(ch.From, ch.To)
		if !ok {
			c.loosen(s, t)
			return
		}
		var role *org.Role
		if r, known := org.ParseRole(ch.Role.Text); ch.Role.Text == "ordinary" || known && ch.Role.Text != "" {
			role = &r
			if ch.Role.Text == "ordinary" {
				*role = org.Ordinary
			}
		}
		before := len(s.seats.gained[t.taker])
		if ch.Posts.All {
			all(s.seats, t.fixedPosts)
		}
		named(s.seats, s.postIx, ch.Posts.Refs)
		if role != nil {
			for _, i := range s.seats.gained[t.taker][before:] {
				s.later[i] = append(s.later[i], roleShift{t.day, *role})
			}
		}
	case *org.MoveItems:
		ok := t.giver >= 0 && t.taker >= 0 && parties(ch.From, ch.To)
		if !ok {
			c.loosen(s, t)
			return
		}
		if ch.Items.All {
			all(s.items, t.fixedItems)
		}
		named(s.items, s.itemIx, ch.Items.Refs)
	case *org.Provide, *org.Withdraw, *org.Restrict:
		c.changeItem(s, t)
	case *org.SetPosts:
		if t.taker < 0 || !c.takes(ch.Body, t.taker, t.day) {
			return
		}
		role, _ := org.ParseRole(ch.Role.Text)
		for n := 1; n <= min(ch.Posts.N, 100_000); n++ {
			id := ch.Body.ID + "/" + ch.Class.Text + "/" + ch.Role.Text + strconv.Itoa(n)
			for s.postIx.find(id) >= 0 {
				id += "+"
			}
			def := &org.Post{ID: id, Body: ch.Body.ID, Title: ch.Title.Text, Kind: ch.Class.Text, Role: role,
				Interval: org.Interval{From: t.day, To: org.Forever}}
			s.posts = append(s.posts, post{def: def, Interval: def.Interval, kind: s.kind(ch.Class.Text), role: role})
			s.seats.base = append(s.seats.base, none)
			at := int32(len(s.posts) - 1)
			s.postIx.add(id, at)
			s.seats.move(at, t.taker, t.day, t.change)
		}
	}
}

// loosen notes that the fate of what the giver of a faulty change has is open.
func (c *checker) loosen(s *staff, t *staffStep) {
	switch ch := t.ch.(type) {
	case *org.Provide:
		if at, ok := s.provides[t.change]; ok {
			s.items.loose[at] = true
		}
	case *org.Withdraw:
		for _, r := range ch.Items {
			if at := s.itemIx.find(r.ID); at >= 0 {
				s.items.loose[at] = true
			}
		}
	}
	if t.giver < 0 {
		return
	}
	switch t.ch.(type) {
	case *org.Merge, *org.MergeInto, *org.MovePosts:
		for _, i := range s.seats.had(t.giver, t.day) {
			s.seats.loose[i] = true
		}
	}
	switch t.ch.(type) {
	case *org.Merge, *org.MergeInto, *org.MoveItems:
		for _, i := range s.items.had(t.giver, t.day) {
			s.items.loose[i] = true
		}
	}
}

func (c *checker) nothing(r org.Ref, what string, t *staffStep) {
	d := diag.At(NothingToMove, r.At, diag.F("id", r.ID), diag.F("what", diag.Word(what)), diag.F("on", t.day))
	if t.giver >= 0 {
		if c.contradicted[r.ID+" "+c.bodies[t.giver].id] {
			return
		}
		d.Facts = append([]diag.Fact{diag.F("body", c.bodyName(t.giver))}, d.Facts...)
	}
	c.report(d)
}

// seatPeople appoints, relieves and moves people.
func (c *checker) seatPeople(s *staff, t *staffStep) {
	if t.faulty {
		return
	}
	switch ch := t.ch.(type) {
	case *org.Appoint:
		at := none
		if ch.Post.Given() {
			if at = s.postIx.find(ch.Post.ID); at < 0 {
				c.unknownID("posts", ch.Post.ID, ch.Post.At)
				return
			}
			if s.taken(at, t.day) {
				c.report(diag.At(NoVacancy, ch.Post.At, diag.F("id", ch.Post.ID), diag.F("on", t.day)))
				return
			}
		} else {
			if t.taker < 0 || !c.takes(ch.Body, t.taker, t.day) {
				if t.taker >= 0 {
					c.bodies[t.taker].silent = true
				}
				return
			}
			role, _ := org.ParseRole(ch.Role.Text)
			if at = s.vacancy(t.taker, role, t.day); at < 0 {
				d := diag.At(NoVacancy, ch.Body.At, diag.F("body", c.bodyName(t.taker)), diag.F("on", t.day))
				if ch.Role.Text != "" {
					d.Facts = append(d.Facts, diag.F("role", diag.Word("role."+ch.Role.Text)))
				}
				c.report(d)
				c.headless(t.taker)
				return
			}
		}
		s.sit(at, seat{org.Interval{From: t.day, To: org.Forever}, ch.Person.ID, t.change, none})
	case *org.Relieve:
		any := false
		for _, p := range c.seatsOf(s, ch.Person.ID) {
			seat := &s.own(p.post)[p.seat]
			if seat.From > t.day || seat.To <= t.day || ch.Post.Given() && s.posts[p.post].def.ID != ch.Post.ID ||
				t.giver >= 0 && s.seats.on(p.post, t.day-1) != t.giver && s.seats.on(p.post, t.day) != t.giver ||
				seat.change >= 0 && c.dates[seat.change] == t.day {
				continue
			}
			seat.To, seat.ended, any = t.day, t.change, true
		}
		if !any {
			c.nothing(ch.Person, "what.appointments", t)
		}
	case *org.MovePeople:
		if t.giver < 0 || t.taker < 0 || !c.takes(ch.To, t.taker, t.day) {
			return
		}
		c.movePeople(s, t, ch)
	}
}

func (c *checker) movePeople(s *staff, t *staffStep, ch *org.MovePeople) {
	vacant := map[org.Role][]int32{}
	for _, i := range s.seats.had(t.taker, t.day) {
		if !s.taken(i, t.day) {
			role := s.roleOn(i, t.day)
			vacant[role] = append(vacant[role], i)
		}
	}
	move := func(p personSeat, r org.Ref) {
		old := &s.own(p.post)[p.seat]
		role := s.roleOn(p.post, t.day)
		if len(vacant[role]) == 0 {
			c.report(diag.At(NoVacancy, r.At, diag.F("body", c.bodyName(t.taker)), diag.F("person", old.person), diag.F("on", t.day)))
			return
		}
		to := vacant[role][0]
		vacant[role] = vacant[role][1:]
		person := old.person
		old.To, old.ended = t.day, t.change
		s.sit(to, seat{org.Interval{From: t.day, To: org.Forever}, person, t.change, none})
	}
	at := func(p personSeat) bool {
		seat := &s.in(p.post)[p.seat]
		return seat.Holds(t.day) && s.seats.on(p.post, t.day) == t.giver
	}
	if ch.People.All {
		for _, i := range s.seats.had(t.giver, t.day) {
			for k := range s.in(i) {
				if p := (personSeat{i, int32(k)}); at(p) {
					move(p, org.Ref{ID: "all", At: ch.At})
				}
			}
		}
		return
	}
	for _, r := range ch.People.Refs {
		any := false
		for _, p := range c.seatsOf(s, r.ID) {
			if at(p) {
				any = true
				move(p, r)
				break
			}
		}
		if !any {
			c.nothing(r, "what.appointments", t)
		}
	}
}

func (s *staff) sit(post int32, st seat) {
	s.anybody = true
	list := append(s.own(post), st)
	s.filled[post] = list
	s.byPerson[st.person] = append(s.byPerson[st.person], personSeat{post, int32(len(list) - 1)})
}

// seatsOf lists the seats of a person, in the order of the posts. Only persons
// whom the plan relieves or moves are asked for.
func (c *checker) seatsOf(s *staff, person string) []personSeat {
	out := append(s.x.persons().of(person), s.byPerson[person]...)
	slices.SortFunc(out, func(a, b personSeat) int { return cmp.Or(cmp.Compare(a.post, b.post), cmp.Compare(a.seat, b.seat)) })
	return out
}

func (s *staff) taken(post int32, day org.Date) bool {
	for _, st := range s.in(post) {
		if st.Holds(day) {
			return true
		}
	}
	return false
}

func (s *staff) vacancy(body int32, role org.Role, day org.Date) int32 {
	for _, i := range s.seats.had(body, day) {
		if s.roleOn(i, day) == role && !s.taken(i, day) {
			return i
		}
	}
	return none
}

// leftBehind tells the posts and items of bodies that end.
func (c *checker) leftBehind(s *staff) {
	of := []int32(nil)
	if c.part() {
		of = c.scope.staff
	}
	for _, i := range c.mayBeGone(of) {
		c.regarding(aStaff, i)
		for _, gap := range c.bodies[i].absences() {
			if gap.To <= c.start {
				continue
			}
			c.leftThings(s.seats, i, gap, PostsLeft, "posts", func(p int32) string { return s.posts[p].def.ID },
				func(int32) bool { return false }, c.rules.FormerPerforms&org.Means != 0)
			ends := func(p int32) bool { return slices.Contains(c.rules.EndingItems, c.item(p).Kind) }
			id := func(p int32) string { return c.item(p).ID }
			c.leftThings(s.items, i, gap, ItemsLeft, "items", id, ends, c.rules.FormerPerforms&org.Means != 0)
			if len(c.rules.EndingItems) > 0 {
				c.leftThings(s.items, i, gap, EndsWithBody, "items", id, func(p int32) bool { return !ends(p) }, false)
			}
		}
	}
}

// unsettled lists the bodies whose posts, people and quotas must be counted:
// those that the board leaves open, and those of which the plan touches any of
// it, or the body itself. In order.
func (c *checker) unsettled(s *staff) []int32 {
	if c.part() {
		return c.inScope(c.scope.staff)
	}
	out := slices.Concat(openFrom(c.x.openStaff, c.x.bodyFrom, c.x.staffFrom, c.start), c.lived)
	of := func(post int32) {
		if at := s.seats.base[post]; at >= 0 {
			out = append(out, at)
		}
		for _, sh := range s.seats.shifts[post] {
			if sh.body >= 0 {
				out = append(out, sh.body)
			}
		}
	}
	for post := range s.seats.shifts {
		of(post)
	}
	for post := range s.filled {
		of(post)
	}
	for k := range s.limits {
		out = append(out, int32(k>>16))
	}
	return sorted(out)
}

// postsEver lists the posts that a body ever has, in order.
func (s *staff) postsEver(body int32) []int32 {
	out := s.seats.byBody.of(body)
	if more := s.seats.gained[body]; len(more) > 0 {
		out = slices.Concat(out, more)
		slices.Sort(out)
		out = slices.Compact(out)
	}
	return out
}

// leftThings tells what a body still has when it is gone, but for what is left to
// another code. With later, means follow when the handover is in place: a later
// move is a move.
func (c *checker) leftThings(b *belongings, body int32, gap org.Interval, code diag.Code, fact string, id func(int32) string, but func(int32) bool, later bool) {
	var left []string
	b.each(body, func(i int32) {
		if b.loose[i] || b.on(i, gap.From) != body || b.to(i) <= gap.From || b.from(i) >= gap.To {
			return
		}
		if but(i) {
			return
		}
		if later {
			if s := b.shifts[i]; len(s) > 0 && s[len(s)-1].day > gap.From && s[len(s)-1].body != body {
				return
			} else if _, withdrawn := b.over[i]; withdrawn {
				return
			}
		}
		if b == c.staff.items && c.isSeal(i) {
			return // what becomes of seals is told by their own rules
		}
		left = append(left, id(i))
	})
	if len(left) > 0 {
		c.report(diag.At(code, c.endWords(body, gap.From), diag.F("body", c.bodyName(body)), diag.F("from", gap.From),
			diag.F("count", len(left)), diag.F(fact, left)))
	}
}
