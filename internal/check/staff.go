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
	posts    []post                // the board's, then those that the plan sets
	later    map[int32][]roleShift // roles of posts after moves that say so
	postIx   *names
	seats    *belongings
	filled   [][]seat                // appointments of each post, by start
	anybody  bool                    // there is an appointment at all
	byPerson map[string][]personSeat // only of persons that the plan names; see seatsOf
	items    *belongings
	itemIx   *names
	provided []org.Item              // by the plan; see items.go
	provides map[int32]int32         // the place of what each change provides
	limited  map[int32][]restriction // of items, by start
	kinds    []string
	limits   map[int64][]limit // quota of (body, kind), by start
}

type post struct {
	def  *org.Post
	kind int16
	role org.Role
}

type roleShift struct {
	day  org.Date
	role org.Role
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
	c.collectPosts(s)
	c.collectItems(s)
	c.collectQuotas(s)
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
	c.holdRestrictions(s)
	c.holdQuotas(s)
	c.holdHeads(s)
}

func (c *checker) collectPosts(s *staff) {
	rows := c.board.Posts
	s.later = map[int32][]roleShift{}
	s.posts = make([]post, len(rows))
	s.postIx = newNames(len(rows), func(i int32) string { return s.posts[i].def.ID })
	in := make([]int32, len(rows))
	lastBody, lastAt := "", none
	lastKind, lastKindAt := "", int16(0)
	s.kinds = []string{""}
	for i := range rows {
		row := &rows[i]
		if row.Body != lastBody || i == 0 {
			lastBody, lastAt = row.Body, c.cell(c.bodyIx, "posts", row.At, "body", row.Body)
		}
		if row.Kind != lastKind {
			lastKind, lastKindAt = row.Kind, s.kind(row.Kind)
		}
		in[i] = lastAt
		s.posts[i] = post{def: row, kind: lastKindAt, role: row.Role}
		if first := s.postIx.add(int32(i)); first != none {
			c.duplicate("posts", "id", row.ID, row.At, rows[first].At)
		}
	}
	s.seats = newBelongings(len(c.bodies), in,
		func(i int32) org.Date { return s.posts[i].def.From }, func(i int32) org.Date { return s.posts[i].def.To })
	c.collectAppointments(s)
}

// collectAppointments seats the people of the board. One backing array holds
// all seats: a slice a post, made one by one, cost more than all the rest.
func (c *checker) collectAppointments(s *staff) {
	rows := c.board.Appointments
	s.filled = make([][]seat, len(s.posts))
	s.anybody = len(rows) > 0
	of := make([]int32, len(rows))
	many := make([]int32, len(s.posts)+1)
	next := int32(0)
	for i := range rows {
		a := &rows[i]
		// people mostly stand in the order of their posts: look there before asking
		at := next
		for at < next+4 && int(at) < len(s.posts) && s.posts[at].def.ID != a.Post {
			at++
		}
		if at == next+4 || int(at) >= len(s.posts) {
			at = s.postIx.find(a.Post)
		}
		of[i] = at
		if at < 0 {
			c.unknownID(s.postIx, a.Post, c.board.Cell("appointments", a.At, "post"))
			continue
		}
		next = at + 1
		many[at+1]++
	}
	for i := range s.filled {
		many[i+1] += many[i]
	}
	all := make([]seat, many[len(s.filled)])
	for i := range s.filled {
		s.filled[i] = all[many[i]:many[i]:many[i+1]]
	}
	for i := range rows {
		if at := of[i]; at >= 0 {
			s.filled[at] = append(s.filled[at], seat{rows[i].Interval, rows[i].Person, none, none})
		}
	}
}

func (s *staff) kind(word string) int16 {
	if i := slices.Index(s.kinds, word); i >= 0 {
		return int16(i)
	}
	s.kinds = append(s.kinds, word)
	return int16(len(s.kinds) - 1)
}

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
		names := func(t *staffStep, b *belongings, ix *names, sel org.Selection) {
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
	named := func(b *belongings, ix *names, refs []org.Ref) {
		for _, r := range refs {
			at := ix.find(r.ID)
			switch {
			case at < 0:
				c.unknownID(ix, r.ID, r.At)
			case b.base[at] == none && b.shifts[at] == nil && b.loose[at]:
				// it never came to be: that is told
			case !b.gives(at, t.giver, t.day):
				c.nothing(r, "what."+c.whatOf(ix), t)
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
			s.posts = append(s.posts, post{def: def, kind: s.kind(ch.Class.Text), role: role})
			s.filled = append(s.filled, nil)
			s.seats.base = append(s.seats.base, none)
			at := int32(len(s.posts) - 1)
			s.postIx.add(at)
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
				c.unknownID(s.postIx, ch.Post.ID, ch.Post.At)
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
			seat := &s.filled[p.post][p.seat]
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
		old := &s.filled[p.post][p.seat]
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
		seat := &s.filled[p.post][p.seat]
		return seat.Holds(t.day) && s.seats.on(p.post, t.day) == t.giver
	}
	if ch.People.All {
		for _, i := range s.seats.had(t.giver, t.day) {
			for k := range s.filled[i] {
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
	s.filled[post] = append(s.filled[post], st)
	if list, asked := s.byPerson[st.person]; asked {
		s.byPerson[st.person] = append(list, personSeat{post, int32(len(s.filled[post]) - 1)})
	}
}

// seatsOf lists the seats of a person whom the plan relieves or moves. The list
// is made when it is first asked for, of those persons alone: a city has some
// hundred thousand others.
func (c *checker) seatsOf(s *staff, person string) []personSeat {
	if s.byPerson == nil {
		s.byPerson = map[string][]personSeat{}
		for _, ch := range c.plan.Changes {
			switch ch := ch.(type) {
			case *org.Relieve:
				s.byPerson[ch.Person.ID] = nil
			case *org.MovePeople:
				for _, r := range ch.People.Refs {
					s.byPerson[r.ID] = nil
				}
			}
		}
		for post, seats := range s.filled {
			for k := range seats {
				if list, asked := s.byPerson[seats[k].person]; asked {
					s.byPerson[seats[k].person] = append(list, personSeat{int32(post), int32(k)})
				}
			}
		}
	}
	return s.byPerson[person]
}

func (s *staff) taken(post int32, day org.Date) bool {
	for _, st := range s.filled[post] {
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
	for i := range c.bodies {
		gone := c.bodies[i].absences()
		if len(gone) == 0 {
			continue
		}
		for _, gap := range gone {
			if gap.To <= c.start {
				continue
			}
			c.leftThings(s.seats, int32(i), gap, PostsLeft, "posts", func(p int32) string { return s.posts[p].def.ID },
				func(int32) bool { return false }, c.rules.FormerPerforms&org.Means != 0)
			ends := func(p int32) bool { return slices.Contains(c.rules.EndingItems, c.item(p).Kind) }
			id := func(p int32) string { return c.item(p).ID }
			c.leftThings(s.items, int32(i), gap, ItemsLeft, "items", id, ends, c.rules.FormerPerforms&org.Means != 0)
			if len(c.rules.EndingItems) > 0 {
				c.leftThings(s.items, int32(i), gap, EndsWithBody, "items", id, func(p int32) bool { return !ends(p) }, false)
			}
		}
	}
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
		left = append(left, id(i))
	})
	if len(left) > 0 {
		c.report(diag.At(code, c.endWords(body, gap.From), diag.F("body", c.bodyName(body)), diag.F("from", gap.From),
			diag.F("count", len(left)), diag.F(fact, left)))
	}
}
