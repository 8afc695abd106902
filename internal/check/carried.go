package check

import (
	"cmp"
	"slices"

	"oneboard/internal/org"
)

// carryItems finds the items that by the pack go with their duty: the body that
// gets the duty in law has them from that day on (R5). An item goes only with
// the whole of what its body has of the duty, and to one body; what a change
// moves by name goes where the change says, and what a duty took along is not
// left for "all".
func (c *checker) carryItems(s *staff) (out []*staffStep) {
	if len(c.rules.FollowingItems) == 0 {
		return nil
	}
	type follower struct{ item, duty int32 }
	var each []follower
	for _, d := range c.touchedInOrder() {
		if c.duties[d].silent {
			continue
		}
		for _, i := range c.x.itemsOfDuty.of(d) {
			if slices.Contains(c.rules.FollowingItems, c.board.Items[i].Kind) {
				each = append(each, follower{i, d})
			}
		}
	}
	slices.SortFunc(each, func(a, b follower) int { return cmp.Compare(a.item, b.item) })
	for _, f := range each {
		i, d := f.item, f.duty
		at := s.items.base[i]
		if at < 0 {
			continue
		}
		for day := org.Always; at >= 0; {
			next, by := c.successor(&c.duties[d], at, day)
			if next == nil || s.items.named[pair(at, i)] {
				break
			}
			s.items.named[pair(at, i)] = true
			out = append(out, &staffStep{change: by, day: next.From, giver: at, taker: next.body, carried: i + 1})
			at, day = next.body, next.From
		}
	}
	return out
}

// successor gives who has a duty in law right when a body has nothing of it any
// more, after a day, and the change that did it; nil when the body keeps some,
// nobody has it then, or several.
func (c *checker) successor(duty *duty, body int32, after org.Date) (next *segment, by int32) {
	last := org.NoDate
	for i := range duty.segs {
		s := &duty.segs[i]
		if s.key != org.Holder || s.body != body || s.mode == org.Assist || s.Empty() || s.To <= after {
			continue
		}
		if s.To == org.Forever {
			return nil, none
		}
		if last == org.NoDate || s.To > last {
			last, by = s.To, s.ended
		}
	}
	if last == org.NoDate || by < 0 {
		return nil, none
	}
	for i := range duty.segs {
		s := &duty.segs[i]
		if s.key != org.Holder || s.From != last || s.mode == org.Assist || s.Empty() {
			continue
		}
		if next != nil && next.body != s.body {
			return nil, none
		}
		next = s
	}
	return next, by
}
