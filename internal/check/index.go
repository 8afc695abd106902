package check

import "hash/maphash"

// names finds things by id: an open-addressing table of places in a list, with
// the ids themselves kept where they are. It takes four bytes a slot, where a
// map of strings takes some thirty, and a city has hundreds of thousands of
// posts.
type names struct {
	seed  maphash.Seed
	slots []int32 // place + 1; 0 is free
	n     int
	id    func(int32) string
}

func newNames(capacity int, id func(int32) string) *names {
	size := 16
	for size < 2*capacity {
		size *= 2
	}
	return &names{seed: maphash.MakeSeed(), slots: make([]int32, size), id: id}
}

// find gives the place of an id, or -1.
func (x *names) find(id string) int32 {
	mask := uint64(len(x.slots) - 1)
	for i := maphash.String(x.seed, id) & mask; ; i = (i + 1) & mask {
		at := x.slots[i]
		if at == 0 {
			return -1
		}
		if x.id(at-1) == id {
			return at - 1
		}
	}
}

// add enters a place; it gives the place that has the same id already, or -1.
func (x *names) add(place int32) int32 {
	if 2*(x.n+1) > len(x.slots) {
		old := x.slots
		x.slots, x.n = make([]int32, 2*len(old)), 0
		for _, at := range old {
			if at != 0 {
				x.add(at - 1)
			}
		}
	}
	id := x.id(place)
	mask := uint64(len(x.slots) - 1)
	for i := maphash.String(x.seed, id) & mask; ; i = (i + 1) & mask {
		at := x.slots[i]
		if at == 0 {
			x.slots[i] = place + 1
			x.n++
			return -1
		}
		if x.id(at-1) == id {
			return at - 1
		}
	}
}

// groups lists, for each of n owners, the places that belong to it: two arrays
// instead of a slice an owner.
type groups struct {
	start []int32
	items []int32
}

// group sorts the places 0..count-1 by owner (negative: none), keeping their
// order. O(n + count).
func group(n, count int, owner func(int32) int32) groups {
	g := groups{start: make([]int32, n+1)}
	total := int32(0)
	for i := int32(0); i < int32(count); i++ {
		if o := owner(i); o >= 0 {
			g.start[o+1]++
			total++
		}
	}
	for i := 0; i < n; i++ {
		g.start[i+1] += g.start[i]
	}
	g.items = make([]int32, total)
	next := make([]int32, n)
	copy(next, g.start[:n])
	for i := int32(0); i < int32(count); i++ {
		if o := owner(i); o >= 0 {
			g.items[next[o]] = i
			next[o]++
		}
	}
	return g
}

// of gives the places of one owner; owners that came later have none.
func (g groups) of(owner int32) []int32 {
	if int(owner) >= len(g.start)-1 {
		return nil
	}
	return g.items[g.start[owner]:g.start[owner+1]]
}
