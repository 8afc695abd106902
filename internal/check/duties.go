package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A segment says that a body has one key of a duty, in one area, in one
// interval.
type segment struct {
	org.Interval
	body         int32
	area         int32   // none: the duty's whole area
	except       []int32 // areas inside it that others have
	began, ended int32   // changes, or none
	row          int32   // the row of the board it stems from, or none
	key          org.Keys
	mode         org.Mode
	transitional bool // by the transition rule only (R1)
	cutByEnd     bool // it ends because the body does, and nobody took it over
}

// A move is one change's taking of duties from one body to another.
type move struct {
	change       int32
	giver        int32
	taker        int32
	from, to, in org.Ref // as written, for what is wrong with them
	all          bool
	duties       []org.Ref
	keys         org.Keys
	area         int32
	day          org.Date
	dates        [4]org.Date // when each key moves
	fixed        []int32     // what "all" is, when it must be known beforehand
	unavailable  bool        // its parties are at fault, which is reported: move, but say no more
}

// moves carries out every change that touches who has a duty. Clause order is
// not application order: the changes of one day are taken in the order in which
// what one gives is what another took, and "all" is what no other change of the
// plan names.
func (c *checker) moves() {
	c.tellLoose(linking)
	c.gained, c.named, c.moving = emptied(c.gained), emptied(c.named), emptied(c.moving)
	var days []org.Date
	byDay := map[org.Date][]*move{}
	for i, ch := range c.plan.Changes {
		i := int32(i)
		for _, m := range c.movesOf(i, ch) {
			if !m.all {
				for _, r := range m.duties {
					if d := c.dutyIx.find(r.ID); d >= 0 && m.giver >= 0 {
						c.named[pair(m.giver, d)] = true
						c.moving[d] = true
					}
				}
			}
			if c.bad[i] || !m.day.Known() {
				c.silence(m)
				continue
			}
			if byDay[m.day] == nil {
				days = append(days, m.day)
			}
			byDay[m.day] = append(byDay[m.day], m)
		}
	}
	// the parts of what a change names go with it, and are not left for "all"
	c.implied = emptied(c.implied)
	for k := range c.named {
		giver := int32(k >> 32)
		c.eachPart(int32(uint32(k)), func(part int32) bool {
			if c.named[pair(giver, part)] {
				return false
			}
			c.implied[pair(giver, part)] = true
			return true
		})
	}
	// besides the moves, a day has what must stand before them and what comes after
	before, after := map[org.Date][]int32{}, map[org.Date][]int32{}
	note := func(list map[org.Date][]int32, i int) {
		if day := c.dates[i]; day.Known() && !c.bad[i] {
			days = append(days, day)
			list[day] = append(list[day], int32(i))
		}
	}
	for i, ch := range c.plan.Changes {
		if _, ok := ch.(*org.Assign); ok {
			note(before, i)
		}
	}
	for i, ch := range c.plan.Changes {
		if _, ok := ch.(*org.Declare); ok {
			note(after, i)
		}
	}
	for i, ch := range c.plan.Changes {
		if _, ok := ch.(*org.EndDuty); ok {
			note(after, i)
		}
	}
	shifts := c.areaShifts
	for _, s := range shifts {
		days = append(days, s.day)
	}
	slices.Sort(days)
	for _, day := range slices.Compact(days) {
		for ; len(shifts) > 0 && shifts[0].day <= day; shifts = shifts[1:] {
			c.shiftAreas(shifts[0])
		}
		for _, i := range before[day] {
			c.alterDuty(i)
		}
		// in an exchange, "all" is what each had in the morning
		inGivingOrder(byDay[day], func(m *move) int32 { return m.giver }, func(m *move) int32 { return m.taker },
			func(m *move) {
				if m.all && m.giver >= 0 {
					m.fixed = append([]int32{}, c.heldBy(m.giver, m.day)...) // also when that is nothing
				}
			}, c.carry)
		for _, i := range after[day] {
			c.alterDuty(i)
		}
	}
	c.cutEnded()
}

func pair(a, b int32) uint64 { return uint64(uint32(a))<<32 | uint64(uint32(b)) }

// movesOf puts a change into moves; nil for a change that moves no duty.
func (c *checker) movesOf(i int32, ch org.Change) []*move {
	day := c.dates[i]
	make1 := func(from, to, in org.Ref, keys org.Keys) *move {
		m := &move{change: i, from: from, to: to, in: in, keys: keys, day: day, area: none}
		m.giver, m.taker = c.ref(c.bodyIx, from), c.ref(c.bodyIx, to)
		if in.Given() {
			m.area = c.ref(c.areaIx, in)
		}
		for k := range m.dates {
			m.dates[k] = day
		}
		return m
	}
	inPlace := func(m *move, w org.When) {
		for k, key := range org.EachKey {
			if key != org.Holder && c.rules.Handed()&key != 0 && w.Given() {
				m.dates[k] = max(day, w.Date)
			}
		}
	}
	switch ch := ch.(type) {
	case *org.Transfer:
		m := make1(ch.From, ch.To, ch.In, org.AllKeys)
		m.all, m.duties = ch.Duties.All, ch.Duties.Refs
		inPlace(m, ch.InPlace)
		for k, w := range []org.When{{}, ch.Performer, ch.Name, ch.Means} {
			if w.Given() {
				m.dates[k] = max(day, w.Date)
			}
		}
		return []*move{m}
	case *org.Merge:
		var out []*move
		for _, from := range ch.From {
			m := make1(from, ch.Into.ID, org.Ref{}, org.AllKeys)
			m.all = true
			inPlace(m, ch.InPlace)
			out = append(out, m)
		}
		return out
	case *org.MergeInto:
		var out []*move
		for _, from := range ch.From {
			m := make1(from, ch.Into, org.Ref{}, org.AllKeys)
			m.all = true
			inPlace(m, ch.InPlace)
			out = append(out, m)
		}
		return out
	case *org.Delegate:
		m := make1(ch.From, ch.To, ch.In, org.Performer|org.Means)
		m.duties = ch.Duties
		return []*move{m}
	case *org.TakeUp:
		m := make1(ch.From, ch.To, ch.In, org.AllKeys)
		m.duties = ch.Duties
		return []*move{m}
	}
	return nil
}

// silence keeps the checks of cover away from what a faulty change names.
func (c *checker) silence(m *move) {
	for _, r := range m.duties {
		if d := c.dutyIx.find(r.ID); d >= 0 {
			c.duties[d].silent = true
		}
	}
	if m.all && m.giver >= 0 {
		for _, d := range c.heldBy(m.giver, m.day) {
			c.duties[d].silent = true
		}
	}
}

// heldBy lists the duties that a body has any key of on a day.
func (c *checker) heldBy(body int32, day org.Date) []int32 {
	var out []int32
	seen := map[int32]bool{}
	see := func(d int32) {
		if d < 0 || seen[d] {
			return
		}
		seen[d] = true
		duty := &c.duties[d]
		if !duty.touch {
			out = append(out, d)
			return
		}
		for i := range duty.segs {
			if s := &duty.segs[i]; s.body == body && s.From <= day && day < s.To || s.body == body && s.From > day && !s.Empty() {
				out = append(out, d)
				return
			}
		}
	}
	for _, r := range c.rowsOfBody.of(body) {
		row := &c.board.Responsibilities[r]
		d := c.rowDuty[r]
		if d >= 0 && (c.duties[d].touch || row.To > day) {
			see(d)
		}
	}
	for _, d := range c.gained[body] {
		see(d)
	}
	return out
}

// touch makes the segments of a duty from the board's rows.
func (c *checker) touch(d int32) *duty {
	duty := &c.duties[d]
	if duty.touch {
		return duty
	}
	duty.touch = true
	c.touched = append(c.touched, d)
	rows := c.rowsOfDuty.of(d)
	duty.segs = c.room.cut(8*len(rows) + 8) // most get as many as they have, twice
	for _, r := range rows {
		row := &c.board.Responsibilities[r]
		if c.rowBody[r] < 0 {
			continue
		}
		for _, key := range org.EachKey {
			if row.Keys&key != 0 {
				duty.segs = append(duty.segs, segment{Interval: row.Interval, body: c.rowBody[r], area: c.extent(duty, c.rowArea[r]),
					began: none, ended: none, row: r, key: key, mode: row.Mode})
			}
		}
	}
	return duty
}

// carry carries out one move.
func (c *checker) carry(m *move) {
	if m.giver == ghost || m.taker == ghost || m.area == ghost || !c.areaHolds(m.in, m.area, m.day) {
		m.unavailable = true
	}
	// a giver that has ended still tells where the duty was until then: the days
	// between are a gap, which is found where the gap is
	if m.giver >= 0 && c.bodies[m.giver].life.From > m.day && !c.gives(m.from, m.giver, m.day) {
		m.unavailable = true
	}
	// what comes to a body on its last day may go on from it the same day; what
	// does not is found as left behind
	if m.taker >= 0 && !c.bodies[m.taker].holdsInto(m.day) && !c.takes(m.to, m.taker, m.day) {
		m.unavailable = true
	}
	if m.giver < 0 {
		c.silence(m)
		return
	}
	if m.all {
		list := m.fixed
		if list == nil {
			list = c.heldBy(m.giver, m.day)
		}
		for _, d := range list {
			if k := pair(m.giver, d); !c.named[k] && !c.implied[k] {
				c.hand(m, d)
			}
		}
		return
	}
	for _, r := range m.duties {
		d := c.ref(c.dutyIx, r)
		if d < 0 {
			continue
		}
		if !c.hand(m, d) && !m.unavailable && !c.duties[d].silent {
			c.giverHasNot(m, r, d)
			continue
		}
		// a duty goes with its parts, but for those that other changes name
		c.eachPart(d, func(part int32) bool {
			if c.named[pair(m.giver, part)] {
				return false
			}
			c.hand(m, part)
			return true
		})
	}
}

// eachPart calls do for the parts of a duty, and for their parts as long as do
// says to go on: each once, however they are nested.
func (c *checker) eachPart(d int32, do func(int32) bool) {
	if len(c.duties[d].parts) == 0 {
		return
	}
	seen := map[int32]bool{d: true}
	for todo := slices.Clone(c.duties[d].parts); len(todo) > 0; {
		part := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[part] {
			seen[part] = true
			if do(part) {
				todo = append(todo, c.duties[part].parts...)
			}
		}
	}
}

// hand moves every key of a duty that the giver has and the move is about, and
// reports whether there was any.
func (c *checker) hand(m *move, d int32) bool {
	if m.unavailable {
		c.duties[d].silent = true
	}
	duty := c.touch(d)
	moved := false
	for k, key := range org.EachKey {
		if m.keys&key != 0 && c.handKey(m, duty, key, m.dates[k]) {
			moved = true
		}
	}
	if moved && m.taker >= 0 {
		c.gained[m.taker] = append(c.gained[m.taker], d)
	}
	return moved
}

func (c *checker) handKey(m *move, duty *duty, key org.Keys, date org.Date) bool {
	moved := false
	for i := 0; i < len(duty.segs); i++ {
		s := duty.segs[i]
		if s.body != m.giver || s.key != key || s.Empty() || s.To <= date || s.began == m.change {
			continue
		}
		if s.transitional {
			continue // it only keeps the work for somebody else
		}
		whole, part := c.share(duty, &s, m.area)
		if !whole && !part {
			continue
		}
		moved = true
		// what the giver will only get later, the taker gets then in his stead
		at := max(date, s.From)
		next := s
		next.From, next.body, next.began, next.row = at, m.taker, m.change, none
		next.transitional, next.cutByEnd = false, false
		rest := s
		if part {
			next.area, next.except, rest.except = m.area, nil, []int32{m.area}
			for _, a := range s.except {
				if c.within(a, m.area) {
					next.except = append(next.except, a)
				} else {
					rest.except = append(rest.except, a)
				}
			}
		}
		leaves := min(at, max(m.day, s.From))
		if part && c.anywhere(duty, &rest, org.Interval{From: leaves, To: at + 1}) {
			// what he has elsewhere goes on by itself from the change on: others
			// of these days are about it alone
			if leaves < at {
				late := next
				late.body, late.From, late.To, late.began, late.ended, late.row = s.body, leaves, at, s.began, m.change, s.row
				late.transitional = c.rules.FormerPerforms&key != 0
				duty.segs = append(duty.segs, late)
			}
			rest.From, rest.began, rest.row = leaves, m.change, none
			if leaves > s.From {
				duty.segs[i].To, duty.segs[i].ended = leaves, m.change
				if !c.goneWithin(s.body, org.Interval{From: s.From, To: leaves}) { // else it ended then
					duty.segs = append(duty.segs, rest)
				}
			} else {
				duty.segs[i].except = rest.except
			}
		} else {
			duty.segs[i].To, duty.segs[i].ended = at, m.change
			if c.rules.FormerPerforms&key != 0 && date > m.day {
				c.transition(duty, i, m.day)
			}
		}
		if m.taker >= 0 {
			c.receive(duty, next)
		}
	}
	return moved
}

// share tells how much of where a body has a duty lies in an area (none:
// everywhere): the whole of it, a part of it, or nothing.
func (c *checker) share(duty *duty, s *segment, area int32) (whole, part bool) {
	area = c.extent(duty, area)
	in := s.area
	if in == none {
		in = duty.area
	}
	switch {
	case area < 0 || in >= 0 && c.within(in, area):
		return true, false
	case in >= 0 && !c.within(area, in):
		return false, false
	}
	return false, !slices.ContainsFunc(s.except, func(a int32) bool { return c.within(area, a) })
}

func oneDay(day org.Date) org.Interval { return org.Interval{From: day, To: day + 1} }

// anywhere reports whether the exceptions of a segment leave anything of it on
// some of the days.
func (c *checker) anywhere(duty *duty, s *segment, days org.Interval) bool {
	return len(s.except) == 0 || c.freeAreas || len(c.remain(duty, s.area, s.except, days)) > 0
}

// remain lists what is left of an area (none: the duty's whole area) without
// some areas inside it, in the fewest pieces: those that are in force on some of the days.
func (c *checker) remain(duty *duty, area int32, without []int32, days org.Interval) []int32 {
	if area == none {
		area = duty.area
	}
	todo := []int32{area}
	if area < 0 {
		todo = todo[:0]
		for i := len(c.areas) - 1; i >= 0; i-- {
			if c.areas[i].parent < 0 {
				todo = append(todo, int32(i))
			}
		}
	}
	var out []int32
	for len(todo) > 0 {
		a := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch {
		case slices.Contains(without, a), c.areas[a].life.And(days).Empty():
		case slices.ContainsFunc(without, func(w int32) bool { return c.within(w, a) }):
			for i := len(c.areas[a].children) - 1; i >= 0; i-- {
				todo = append(todo, c.areas[a].children[i])
			}
		default:
			out = append(out, a)
		}
	}
	return out
}

// transition marks the part of a segment after the change took effect in law:
// from there the former body has the key by the transition rule only.
func (c *checker) transition(duty *duty, i int, day org.Date) {
	s := duty.segs[i]
	if s.From >= day {
		duty.segs[i].transitional = true
		return
	}
	late := s
	late.From, late.transitional = day, true
	duty.segs[i].To = day
	duty.segs = append(duty.segs, late)
}

// receive adds a segment to who has a duty. What he only kept he has again. Who
// leads it already does not assist himself, and who has it already does not become
// two.
func (c *checker) receive(duty *duty, s segment) {
	for i := range duty.segs {
		if t := &duty.segs[i]; t.transitional && t.body == s.body && t.key == s.key && t.Holds(s.From) && !t.Empty() {
			c.regain(duty, i, &s)
		}
	}
	for i := range duty.segs {
		t := &duty.segs[i]
		if t.transitional || t.body != s.body || t.key != s.key || t.Empty() || !t.Holds(s.From) && !s.Holds(t.From) {
			continue
		}
		around, covers, covered := c.compare(t, &s)
		again := s.mode == org.Assist || s.mode == t.mode && t.To >= s.To
		switch {
		case !t.Holds(s.From):
			switch { // what he would get later, within what he gets here
			case t.mode != s.mode || t.To > s.To:
			case covered:
				t.To = t.From
			case around && len(s.except) == 0:
				t.except = append(slices.Clone(t.except), s.area)
			}
		case covers && again:
			return
		case again && around: // only where he has it not yet
			except := slices.Clone(t.except)
			for _, e := range except {
				if part := s; (s.area < 0 || c.within(e, s.area)) && !c.inside(e, s.except) {
					part.area, part.except = e, slices.DeleteFunc(slices.Clone(s.except), func(a int32) bool { return !c.within(a, e) })
					c.receive(duty, part)
				}
			}
			return
		case again && covered && len(t.except) == 0:
			s.except = append(slices.Clone(s.except), t.area)
			if !c.anywhere(duty, &s, oneDay(s.From)) {
				return
			}
		case covers && t.mode == org.Assist:
			rest := *t
			t.To, t.ended = s.From, s.began
			if rest.area != s.area { // elsewhere it goes on
				rest.From, rest.began, rest.row, rest.except = s.From, s.began, none, append(slices.Clone(rest.except), s.area)
				if c.anywhere(duty, &rest, oneDay(s.From)) {
					duty.segs = append(duty.segs, rest)
				}
			}
		}
	}
	if !s.Empty() {
		duty.segs = append(duty.segs, s)
	}
}

// regain ends what a body only kept where it gets it again; elsewhere it keeps it.
func (c *checker) regain(duty *duty, i int, s *segment) {
	t := &duty.segs[i]
	rest := *t
	around, _, covered := c.compare(t, s)
	if !around && !covered {
		return
	}
	t.To, t.ended = s.From, s.began
	if covered {
		return
	}
	rest.From = s.From
	for _, e := range s.except {
		if part := rest; !c.inside(e, rest.except) {
			part.area, part.except = e, slices.DeleteFunc(slices.Clone(rest.except), func(a int32) bool { return !c.within(a, e) })
			duty.segs = append(duty.segs, part)
		}
	}
	if s.area >= 0 {
		rest.except = append(slices.Clone(rest.except), s.area)
		if c.anywhere(duty, &rest, oneDay(s.From)) {
			duty.segs = append(duty.segs, rest)
		}
	}
}

// compare compares where two segments are: whether t is for all that s is for but
// for some areas, whether for all of it, and whether s is for all that t is for.
func (c *checker) compare(t, s *segment) (around, covers, covered bool) {
	around = (t.area == s.area || t.area < 0 || s.area >= 0 && c.within(s.area, t.area)) && !c.inside(s.area, t.except)
	covers = around && !slices.ContainsFunc(t.except, func(e int32) bool {
		return (s.area < 0 || c.within(e, s.area)) && !c.inside(e, s.except)
	})
	covered = (t.area == s.area || s.area < 0 || t.area >= 0 && c.within(t.area, s.area)) && !c.inside(t.area, s.except) &&
		!slices.ContainsFunc(s.except, func(e int32) bool { return t.area < 0 || c.within(e, t.area) })
	return around, covers, covered
}

// inside reports whether an area is in one of some areas.
func (c *checker) inside(area int32, areas []int32) bool {
	return area >= 0 && slices.ContainsFunc(areas, func(e int32) bool { return c.within(area, e) })
}

// onlyRoot reports whether every other area is in an area.
func (c *checker) onlyRoot(area int32) bool {
	for i := range c.areas {
		if int32(i) != area && c.areas[i].parent < 0 {
			return false
		}
	}
	return c.areas[area].parent < 0
}

// extent gives the area of a duty that is meant where one is named: none for all
// of it.
func (c *checker) extent(duty *duty, area int32) int32 {
	if area >= 0 && (duty.area >= 0 && c.within(duty.area, area) || duty.area < 0 && c.onlyRoot(area)) {
		return none
	}
	return area
}

// within reports whether an area is inside another.
func (c *checker) within(a, b int32) bool {
	for ; a >= 0; a = c.areas[a].parent {
		if a == b {
			return true
		}
	}
	return false
}

func (c *checker) giverHasNot(m *move, r org.Ref, d int32) {
	c.duties[d].silent = true
	diagnostic := diag.At(GiverHasNot, r.At, diag.F("duty", c.dutyName(d)), diag.F("body", c.bodyName(m.giver)), diag.F("on", m.day))
	var holders []diag.Name
	for i := range c.duties[d].segs {
		s := &c.duties[d].segs[i]
		if s.body >= 0 && s.Holds(m.day) && s.key == org.Holder {
			holders = append(holders, c.bodyName(s.body))
		}
	}
	if len(holders) > 0 {
		diagnostic.Facts = append(diagnostic.Facts, diag.F("holders", holders))
	}
	for i := range c.duties[d].segs {
		if s := &c.duties[d].segs[i]; s.body == m.giver && s.ended >= 0 && s.ended != m.change {
			diagnostic = diagnostic.Note(c.dutyWords(s.ended, d), "went_here")
			break
		}
	}
	c.report(diagnostic)
}

// alterDuty carries out a change of one duty that is not a move.
func (c *checker) alterDuty(i int32) {
	day := c.dates[i]
	switch ch := c.plan.Changes[i].(type) {
	case *org.EndDuty:
		for _, r := range ch.Duties {
			d := c.ref(c.dutyIx, r)
			if d < 0 {
				continue
			}
			c.endDuty(d, day, i)
			// its parts end with it, but for those that other changes name
			c.eachPart(d, func(part int32) bool {
				if c.moving[part] {
					return false
				}
				c.endDuty(part, day, i)
				return true
			})
		}
	case *org.Assign:
		d, to := c.ref(c.dutyIx, ch.Duty), c.ref(c.bodyIx, ch.To)
		in := c.ref(c.areaIx, ch.In)
		if d < 0 {
			return
		}
		duty := c.touch(d)
		if duty.by == i {
			duty.from = day
		}
		if to < 0 || in == ghost || !c.areaHolds(ch.In, in, day) {
			duty.silent = true
			return
		}
		in = c.extent(duty, in)
		if !c.takes(ch.To, to, day) {
			duty.silent = true
		}
		for _, key := range org.EachKey {
			duty.segs = append(duty.segs, segment{Interval: org.Interval{From: day, To: org.Forever}, body: to, area: in,
				began: i, ended: none, row: none, key: key})
		}
		c.gained[to] = append(c.gained[to], d)
	case *org.Declare:
		c.declare(i, ch, day)
	}
}

func (c *checker) endDuty(d int32, day org.Date, by int32) {
	duty := c.touch(d)
	duty.to = min(duty.to, day)
	for k := range duty.segs {
		if s := &duty.segs[k]; s.To > day {
			s.To, s.ended = max(day, s.From), by
		}
	}
}

// declare gives each named body its mode in a duty. Who has keys of it keeps
// those in the new mode; who has none gets all four.
func (c *checker) declare(i int32, ch *org.Declare, day org.Date) {
	d, in := c.ref(c.dutyIx, ch.Duty), c.ref(c.areaIx, ch.In)
	if d < 0 {
		return
	}
	duty := c.touch(d)
	if in == ghost || !c.areaHolds(ch.In, in, day) {
		duty.silent = true
		return
	}
	in = c.extent(duty, in)
	set := func(r org.Ref, mode org.Mode) {
		b := c.ref(c.bodyIx, r)
		if b < 0 {
			duty.silent = duty.silent || b == ghost
			return
		}
		if !c.takes(r, b, day) {
			duty.silent = true
		}
		keys := org.Keys(0)
		for k := range duty.segs {
			s := duty.segs[k]
			whole, part := c.share(duty, &s, in)
			if s.body != b || !whole && !part || s.To <= day || s.From > day || s.transitional {
				continue
			}
			keys |= s.key
			next := s
			next.From, next.mode, next.began, next.row = day, mode, i, none
			duty.segs[k].To, duty.segs[k].ended = day, i
			if part {
				rest := s
				rest.From = day
				next.area, next.except, rest.except = in, nil, []int32{in}
				for _, a := range s.except {
					if c.within(a, in) {
						next.except = append(next.except, a)
					} else {
						rest.except = append(rest.except, a)
					}
				}
				if c.anywhere(duty, &rest, oneDay(day)) {
					duty.segs = append(duty.segs, rest)
				}
			}
			duty.segs = append(duty.segs, next)
		}
		if keys == 0 {
			for _, key := range org.EachKey {
				duty.segs = append(duty.segs, segment{Interval: org.Interval{From: day, To: org.Forever}, body: b, area: in,
					began: i, ended: none, row: none, key: key, mode: mode})
			}
			c.gained[b] = append(c.gained[b], d)
		}
	}
	set(ch.Lead, org.Lead)
	for _, r := range ch.Assist {
		set(r, org.Assist)
	}
	for _, r := range ch.Joint {
		set(r, org.Joint)
	}
}

// cutEnded ends what a body has on the day that the body ends, but for what the
// transition rule lets it keep.
func (c *checker) cutEnded() {
	for _, i := range c.comeAndGo() {
		b := &c.bodies[i]
		if b.life.To == org.Forever && len(b.versions) < 2 && (b.row == nil || b.life.From <= c.start) {
			continue
		}
		gone := b.absences()
		late := b.life.From > c.start && b.row != nil
		if len(gone) == 0 && !late {
			continue
		}
		each := func(d int32) {
			if d < 0 {
				return
			}
			duty := c.touch(d)
			for k := range duty.segs {
				s := &duty.segs[k]
				if s.body != i || s.transitional && c.rules.AfterEnd()&s.key != 0 || s.Empty() {
					continue
				}
				if late && s.From < b.life.From {
					s.From = min(b.life.From, s.To)
				}
				c.cutSegment(s, gone)
			}
		}
		for _, r := range c.rowsOfBody.of(i) {
			if d := c.rowDuty[r]; d >= 0 && (c.duties[d].touch || !c.survives(r, b, gone)) {
				each(d)
			}
		}
		for _, d := range c.gained[i] {
			each(d)
		}
	}
}

// survives reports whether a row of the board is as it is although its body is
// not always in force.
func (c *checker) survives(r int32, b *body, gone []org.Interval) bool {
	row := &c.board.Responsibilities[r]
	return row.From >= b.life.From && !slices.ContainsFunc(gone, func(g org.Interval) bool { return !g.And(row.Interval).Empty() })
}

// goneWithin reports whether a body is not in force on one of some days.
func (c *checker) goneWithin(body int32, days org.Interval) bool {
	return body >= 0 && slices.ContainsFunc(c.bodies[body].absences(), func(g org.Interval) bool { return !g.And(days).Empty() })
}

// comeAndGo lists the bodies that begin or end, by the board or by the plan, in
// order.
func (c *checker) comeAndGo() []int32 {
	if c.part() {
		return c.inScope(c.scope.restless)
	}
	out := slices.Concat(c.x.ended, c.lived)
	if c.start < c.x.newestBody {
		for i := range c.x.bodies {
			if c.x.bodies[i].life.From > c.start {
				out = append(out, int32(i))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// cutSegment ends a segment where its body is first gone.
func (c *checker) cutSegment(s *segment, gone []org.Interval) {
	for _, g := range gone {
		if s.From < g.To && s.To > g.From {
			s.To, s.cutByEnd = max(g.From, s.From), true
			return
		}
	}
}

// dutyWords gives the words of a change that name a duty, or those that name
// the change.
func (c *checker) dutyWords(change, d int32) diag.Span {
	id := c.duties[d].def.ID
	pick := func(refs []org.Ref) diag.Span {
		for _, r := range refs {
			if r.ID == id {
				return r.At
			}
		}
		return c.plan.Changes[change].Declared().At
	}
	switch ch := c.plan.Changes[change].(type) {
	case *org.Transfer:
		return pick(ch.Duties.Refs)
	case *org.Delegate:
		return pick(ch.Duties)
	case *org.TakeUp:
		return pick(ch.Duties)
	case *org.EndDuty:
		return pick(ch.Duties)
	}
	return c.plan.Changes[change].Declared().At
}
