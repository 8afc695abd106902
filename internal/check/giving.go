package check

import "oneboard/internal/org"

// inGivingOrder carries out what bodies give each other on one day: who gives
// waits until what others give him that day has arrived. Where they wait for
// each other (an exchange), freeze is called for all that are left before any of
// them is carried out, so that each can note what its giver had in the morning.
func inGivingOrder[T any](today []T, giver, taker func(T) int32, freeze, carry func(T)) {
	coming := map[int32]int{}
	waiting := map[int32][]int{}
	settled := make([]bool, len(today))
	for i, m := range today {
		coming[taker(m)]++
		waiting[giver(m)] = append(waiting[giver(m)], i)
	}
	var ready []int
	for i, m := range today {
		if giver(m) < 0 || coming[giver(m)] == 0 {
			ready = append(ready, i)
		}
	}
	do := func(i int) {
		settled[i] = true
		carry(today[i])
		to := taker(today[i])
		if coming[to]--; coming[to] == 0 && to >= 0 {
			ready = append(ready, waiting[to]...)
		}
	}
	for at := 0; ; {
		for len(ready) > 0 {
			i := ready[0]
			ready = ready[1:]
			if !settled[i] {
				do(i)
			}
		}
		for at < len(today) && settled[at] {
			at++
		}
		if at == len(today) {
			return
		}
		for i := at; i < len(today); i++ {
			if !settled[i] {
				freeze(today[i])
			}
		}
		for i := at; i < len(today); i++ {
			if !settled[i] && coming[giver(today[i])] > 0 {
				do(i)
			}
		}
	}
}

// belongings follows things that are in one body at a time: posts and items.
type belongings struct {
	base   []int32 // the body of each by the board; none or ghost when there is none
	byBody groups
	shifts map[int32][]shift // of the moved ones, by day
	gained map[int32][]int32 // what came to a body by changes
	named  map[uint64]bool   // what a change names, by giver
	loose  map[int32]bool    // things whose fate is faulty, which is reported
	over   map[int32]shift   // what a change ends
	from   func(int32) org.Date
	to     func(int32) org.Date
	room   slab[shift]
}

// A shift is a coming of a thing to a body.
type shift struct {
	day    org.Date
	body   int32
	change int32
}

// again gives belongings of which nothing has moved, in the memory of others that
// are not asked any more; those may be nil.
func (b *belongings) again(base []int32, byBody groups, from, to func(int32) org.Date) *belongings {
	if b == nil {
		b = &belongings{}
	}
	b.room.again()
	*b = belongings{base: base, byBody: byBody, shifts: emptied(b.shifts), gained: emptied(b.gained), named: emptied(b.named),
		loose: emptied(b.loose), over: emptied(b.over), from: from, to: to, room: b.room}
	return b
}

// emptied gives an empty map, in the memory of one that is not asked any more; that
// may be nil.
func emptied[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	clear(m)
	return m
}

// on gives the body that has the thing on a day.
func (b *belongings) on(i int32, day org.Date) int32 {
	at := b.base[i]
	for _, s := range b.shifts[i] {
		if s.day > day {
			break
		}
		at = s.body
	}
	return at
}

// gives reports whether a body has the thing on a day, after what was carried
// out of that day so far: who got it that day may give it on.
func (b *belongings) gives(i, giver int32, day org.Date) bool {
	return b.to(i) > day && b.from(i) <= day && b.on(i, day) == giver
}

// had lists what a body has on a day.
func (b *belongings) had(body int32, day org.Date) []int32 {
	var out []int32
	b.each(body, func(i int32) {
		if b.gives(i, body, day) {
			out = append(out, i)
		}
	})
	return out
}

// each calls see for everything that a body ever has, once.
func (b *belongings) each(body int32, see func(int32)) {
	for _, i := range b.byBody.of(body) {
		see(i)
	}
	seen := map[int32]bool{}
	for _, i := range b.gained[body] {
		if b.base[i] != body && !seen[i] { // what went and came back was seen above
			seen[i] = true
			see(i)
		}
	}
}

// move brings a thing to a body. Moves come in the order of their days.
func (b *belongings) move(i, taker int32, day org.Date, change int32) {
	if s := b.shifts[i]; len(s) > 0 && s[len(s)-1].day == day {
		s[len(s)-1].body, s[len(s)-1].change = taker, change
	} else {
		if s == nil {
			s = b.room.cut(1) // most move once
		}
		b.shifts[i] = append(s, shift{day, taker, change})
	}
	if taker >= 0 {
		b.gained[taker] = append(b.gained[taker], i)
	}
}
