package check

import "hash/maphash"

// names finds things by id: an open-addressing table of places in a list, with
// the ids themselves kept where they are. A slot takes eight bytes, where a map
// of strings takes some forty, and a city has hundreds of thousands of posts.
type names struct {
	seed  maphash.Seed
	slots []uint64 // the high half of the hash, and the place + 1; 0 is free
	n     int
	id    func(int32) string
}

func newNames(capacity int, id func(int32) string) *names {
	size := 16
	for size < 2*capacity {
		size *= 2
	}
	return &names{seed: maphash.MakeSeed(), slots: make([]uint64, size), id: id}
}

// slot gives the slot that holds an id, or the free one where it belongs. The
// half of the hash in the slot keeps all but a few look-ups away from the ids.
func (x *names) slot(hash uint64, id string) uint64 {
	mask := uint64(len(x.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := x.slots[i]
		if s == 0 || s>>32 == hash>>32 && x.id(int32(uint32(s))-1) == id {
			return i
		}
	}
}

// find gives the place of an id, or -1.
func (x *names) find(id string) int32 {
	return int32(uint32(x.slots[x.slot(maphash.String(x.seed, id), id)])) - 1
}

// add enters a place; it gives the place that has the same id already, or -1.
func (x *names) add(place int32) int32 {
	if 2*(x.n+1) > len(x.slots) {
		old := x.slots
		x.slots, x.n = make([]uint64, 2*len(old)), 0
		for _, s := range old {
			if s != 0 {
				x.add(int32(uint32(s)) - 1)
			}
		}
	}
	id := x.id(place)
	hash := maphash.String(x.seed, id)
	i := x.slot(hash, id)
	if s := x.slots[i]; s != 0 {
		return int32(uint32(s)) - 1
	}
	x.slots[i] = hash>>32<<32 | uint64(uint32(place+1))
	x.n++
	return -1
}

// put has an id that is there mean another place.
func (x *names) put(place int32) {
	id := x.id(place)
	hash := maphash.String(x.seed, id)
	x.slots[x.slot(hash, id)] = hash>>32<<32 | uint64(uint32(place+1))
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
