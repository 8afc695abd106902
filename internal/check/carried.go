package check

import (
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
	for i := range c.board.Items {
		item := &c.board.Items[i]
		if item.Duty == "" || !slices.Contains(c.rules.FollowingItems, item.Kind) {
			continue
		}
		at, d := s.items.base[i], c.dutyIx.find(item.Duty)
		if at < 0 || d < 0 || !c.duties[d].touch || c.duties[d].silent {
			continue
		}
		for day := org.Always; at >= 0; {
			next, by := c.successor(&c.duties[d], at, day)
			if next == nil || s.items.named[pair(at, int32(i))] {
				break
			}
			s.items.named[pair(at, int32(i))] = true
			out = append(out, &staffStep{change: by, day: next.From, giver: at, taker: next.body, carried: int32(i) + 1})
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
