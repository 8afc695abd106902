package check

import (
	"cmp"
	"slices"

	"oneboard/internal/org"
)

// A supply is an item that a need asks for, and all that can become of it.
type supply struct {
	item, need int32   // the need, of the prover's
	hands      []int32 // the bodies that could have it
	turns      []turn  // in the order of the plan
}

// A turn is what one change does to an item.
type turn struct {
	what        turnKind
	change      int32
	giver, take int32
	all         bool // the item goes as one of all that its body has
}

type turnKind uint8

const (
	itemComes turnKind = iota
	itemMoves
	itemEnds
	itemLimited
)

// An inability is what a body has while it lacks what it needs for it.
type inability struct {
	lapse
	need *org.Need // nil: its head, by the rule for new bodies
}

// findNeeds lists what the pack's needs ask for that can be otherwise in another
// order. A need with days of grace is held at the planned days alone: they run
// from the first key of any duty. So is one for items that go with their duty.
func (p *prover) findNeeds() {
	c := p.c
	for _, n := range c.asked {
		if n.Grace == 0 && !slices.Contains(c.rules.FollowingItems, n.ID) {
			p.needs = append(p.needs, n)
		}
	}
	items := &c.staff
	for at, n := range p.needs {
		if n.ID == org.NeedHead || n.ID == org.NeedDetermination {
			continue
		}
		for _, i := range c.ofKinds([]string{n.ID}) {
			p.supplies = append(p.supplies, &supply{item: i, need: int32(at), turns: p.turns(items, i)})
		}
	}
	for _, s := range p.supplies {
		see := func(body int32) bool {
			if body < 0 || slices.Contains(s.hands, body) {
				return false
			}
			s.hands = append(s.hands, body)
			return true
		}
		see(items.items.base[s.item])
		for more := true; more; {
			more = false
			for _, t := range s.turns {
				if t.what == itemComes || t.what == itemMoves && slices.Contains(s.hands, t.giver) {
					more = see(t.take) || more
				}
			}
		}
		s.turns = slices.DeleteFunc(s.turns, func(t turn) bool { return t.what != itemComes && !slices.Contains(s.hands, t.giver) })
	}
}

// turns lists what the changes of the plan do to an item, whoever has it.
func (p *prover) turns(s *staff, item int32) (out []turn) {
	c := p.c
	id := c.item(item).ID
	for i, ch := range c.plan.Changes {
		add := func(what turnKind, from, to org.Ref, all bool) {
			t := turn{what, int32(i), c.bodyIx.find(from.ID), c.bodyIx.find(to.ID), all}
			if p.law[i] >= 0 && (!all || !s.items.named[pair(t.giver, item)]) {
				out = append(out, t)
			}
		}
		among := func(refs []org.Ref) bool {
			return slices.ContainsFunc(refs, func(r org.Ref) bool { return r.ID == id })
		}
		switch ch := ch.(type) {
		case *org.Provide:
			if ch.Item.ID == id {
				add(itemComes, org.Ref{}, ch.To, false)
			}
		case *org.MoveItems:
			if ch.Items.All || among(ch.Items.Refs) {
				add(itemMoves, ch.From, ch.To, !among(ch.Items.Refs))
			}
		case *org.Merge:
			for _, r := range ch.From {
				add(itemMoves, r, ch.Into.ID, true)
			}
		case *org.MergeInto:
			for _, r := range ch.From {
				add(itemMoves, r, ch.Into, true)
			}
		case *org.Withdraw:
			if among(ch.Items) {
				add(itemEnds, ch.From, org.Ref{}, false)
			}
		case *org.Restrict:
			if among(ch.Items) {
				add(itemLimited, ch.Of, org.Ref{}, false)
			}
		}
	}
	return out
}

// findPosts notes the bodies that may have the post of a head in some run: by the
// board, set or named so by the plan, or with all that another had. Others have no
// head in any.
func (p *prover) findPosts() {
	c := p.c
	p.post = map[int32]bool{}
	for i := range c.staff.posts[:len(c.x.posts)] {
		if at := c.staff.seats.base[i]; at >= 0 && c.staff.posts[i].role == org.Head {
			p.post[at] = true
		}
	}
	heirs := map[int32][]int32{}
	for _, ch := range c.plan.Changes {
		may := func(r org.Ref, role org.Text) {
			if role.Text == org.Head.String() {
				p.post[c.bodyIx.find(r.ID)] = true
			}
		}
		gives := func(to org.Ref, from ...org.Ref) {
			for _, r := range from {
				giver := c.bodyIx.find(r.ID)
				heirs[giver] = append(heirs[giver], c.bodyIx.find(to.ID))
			}
		}
		switch ch := ch.(type) {
		case *org.SetPosts:
			may(ch.Body, ch.Role)
		case *org.Appoint:
			may(ch.Body, ch.Role)
		case *org.MovePosts:
			if may(ch.To, ch.Role); ch.Role.Text == "" {
				gives(ch.To, ch.From)
			}
		case *org.Merge:
			gives(ch.Into.ID, ch.From...)
		case *org.MergeInto:
			gives(ch.Into, ch.From...)
		}
	}
	todo := sortedKeys(p.post)
	for at := 0; at < len(todo); at++ {
		for _, heir := range heirs[todo[at]] {
			if !p.post[heir] {
				p.post[heir], todo = true, append(todo, heir)
			}
		}
	}
}

// asks reports whether a need is asked of a body: it comes by the plan, or need
// only receive.
func (p *prover) asks(n *org.Need, body int32) bool { return n.Receiving || p.c.bodies[body].by >= 0 }

// want notes in a bunch what its bodies need, and gives the events and days that
// bear on that.
func (p *prover) want(b *bunch, reached []int32) (events []int32, days []org.Date) {
	for at := range p.needs {
		n := &p.needs[at]
		for _, body := range reached {
			if !p.asks(n, body) {
				continue
			}
			b.asking = true
			if n.ID == org.NeedDetermination {
				days = append(days, p.c.plan.Determined(p.c.bodies[body].id))
			}
			for k, s := range p.supplies {
				if s.need != int32(at) || !slices.Contains(s.hands, body) || slices.Contains(b.supplies, int32(k)) ||
					n.OfDuty && !p.c.ofDuty(p.c.item(s.item).Duty, b.family[0]) {
					continue
				}
				b.supplies = append(b.supplies, int32(k))
				days = append(days, p.c.item(s.item).Until)
				for _, t := range s.turns {
					events = append(events, p.law[t.change])
				}
			}
		}
	}
	slices.Sort(b.supplies)
	return events, days
}

// stays follows an item through the run at hand and gives when a body has it and
// may use it for everything. Of what moves it on one day, who gives waits for
// what he gets.
func (r *runner) stays(s *supply, body int32) (out []org.Interval) {
	at, from := r.c.staff.items.base[s.item], org.Always
	put := func(to org.Date) {
		if at == body && from < to {
			out = append(out, org.Interval{From: from, To: to})
		}
	}
	end := org.Forever
	if until := r.c.item(s.item).Until; until.Known() {
		end = until
	}
	day := func(t turn) org.Date { return r.day[r.p.law[t.change]] }
	turns := slices.Clone(s.turns)
	slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(day(a), day(b)) })
	limit := org.Forever
	for n := 0; len(turns) > 0; turns = turns[n:] {
		on := day(turns[0])
		for n = 1; n < len(turns) && day(turns[n]) == on; n++ {
		}
		if on >= end {
			break
		}
		was, gone := at, false
		fixed := map[turn]bool{}
		inGivingOrder(turns[:n], func(t turn) int32 { return t.giver }, func(t turn) int32 { return t.take },
			func(t turn) { fixed[t] = at == t.giver },
			func(t turn) {
				had, frozen := fixed[t]
				has := !gone && at >= 0 && at == t.giver
				switch t.what {
				case itemComes:
					at = t.take
				case itemMoves:
					if frozen && t.all && had && !gone || has && (!frozen || !t.all) {
						at = t.take
					}
				case itemEnds:
					gone = gone || has
				case itemLimited:
					if has {
						limit = min(limit, on)
					}
				}
			})
		if gone {
			end = on
		}
		if now := at; now != was {
			at = was
			put(min(on, end, limit))
			at, from = now, on
		}
	}
	put(min(end, limit))
	return out
}

// lacks finds what bodies have while they lack what the pack's needs ask for.
func (r *runner) lacks(b *bunch, must org.Interval) {
	c, d := &r.c, b.family[0]
	duty := &c.duties[d]
	for at := range r.p.needs {
		n := &r.p.needs[at]
		for k := range duty.segs {
			s := &duty.segs[k]
			if s.body < 0 || s.began < 0 || s.Empty() || s.transitional || s.mode == org.Assist || s.key&n.Keys == 0 ||
				!r.p.asks(n, s.body) || c.bodies[s.body].by < 0 && hadBefore(duty, s, len(duty.segs)) {
				continue
			}
			var has []org.Interval
			switch n.ID {
			case org.NeedHead:
				heads := r.p.heads[s.body]
				if len(heads) == 0 && r.p.post[s.body] {
					continue // the check holds this at the planned days
				}
				head := org.Forever
				for _, e := range heads {
					head = min(head, r.day[e])
				}
				has = append(has, org.Interval{From: head, To: org.Forever})
			case org.NeedDetermination:
				has = append(has, org.Interval{From: c.plan.Determined(c.bodies[s.body].id), To: org.Forever})
			default:
				for _, i := range b.supplies {
					if u := r.p.supplies[i]; u.need == int32(at) {
						has = append(has, r.stays(u, s.body)...)
					}
				}
			}
			if without := uncovered(s.Interval.And(must), has); !without.Empty() {
				r.unable = append(r.unable, inability{lapse{Interval: without, duty: d, keys: s.key, area: s.area, b: s}, n})
			}
		}
	}
}

// mattering lists the changes that give or take what was lacking.
func (p *prover) mattering(b *bunch, l *inability) (out []int32) {
	if l.need == nil || l.need.ID == org.NeedHead {
		for _, e := range p.heads[l.b.body] {
			out = append(out, p.events[e].change)
		}
		return out
	}
	for _, i := range b.supplies {
		if u := p.supplies[i]; &p.needs[u.need] == l.need && slices.Contains(u.hands, l.b.body) {
			for _, t := range u.turns {
				out = append(out, t.change)
			}
		}
	}
	return out
}
