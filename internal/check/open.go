package check

import "oneboard/internal/org"

// findOpen sorts out what of the board a check must look at although no change
// touches it. A duty that one body has, wholly and for ever, is covered from a
// day on; a body whose posts can't exceed its quotas, and whose head is in
// office, is in order from a day on. What is not so plain is open: whether it is
// right depends on the first day that is checked and on the rules.
func (x *Index) findOpen() {
	x.dutyFrom = make([]org.Date, len(x.duties))
	x.dutiesFrom = org.Always
	for i := range x.duties {
		if x.duties[i].silent {
			x.dutyFrom[i] = org.Always
			continue
		}
		from, plain := x.coveredFrom(int32(i))
		if !plain {
			x.openDuties = append(x.openDuties, int32(i))
		}
		x.dutyFrom[i] = from
		x.dutiesFrom = max(x.dutiesFrom, from)
	}
	x.bodyFrom = make([]org.Date, len(x.bodies))
	x.staffFrom = org.Always
	perKind := make([]int, len(x.kinds))
	for i := range x.bodies {
		from, plain := x.staffedFrom(int32(i), perKind)
		if !plain {
			x.openStaff = append(x.openStaff, int32(i))
		}
		x.bodyFrom[i] = from
		x.staffFrom = max(x.staffFrom, from)
	}
}

// coveredFrom is the quick answer for a duty that no change touches: one body
// for each key, for ever, in the whole area.
func (x *Index) coveredFrom(d int32) (from org.Date, plain bool) {
	from = org.Always
	var have org.Keys
	for _, r := range x.rowsOfDuty.of(d) {
		row := &x.board.Responsibilities[r]
		b := x.rowBody[r]
		if b < 0 || int(b) >= len(x.bodies) || row.To != org.Forever || x.rowArea[r] != none || have&row.Keys != 0 || row.Mode > org.Lead {
			return org.Always, false
		}
		life := x.bodies[b].life
		if life.To != org.Forever {
			return org.Always, false
		}
		from = max(from, row.From, life.From)
		have |= row.Keys
	}
	if have != org.AllKeys {
		return org.Always, false
	}
	return from, true
}

// staffedFrom is the same for the posts, quotas and head of a body; perKind is
// room to count in.
func (x *Index) staffedFrom(b int32, perKind []int) (from org.Date, plain bool) {
	clear(perKind)
	var perRole [3]int
	from = org.Always
	headFrom, headed := org.Forever, false
	for _, p := range x.postsOf.of(b) {
		post := &x.posts[p]
		if post.def.Empty() {
			continue
		}
		perKind[post.kind]++
		perRole[post.role]++
		if post.role != org.Head || post.def.To != org.Forever {
			continue
		}
		for _, st := range x.seats[x.seatStart[p]:x.seatStart[p+1]] {
			if st.To == org.Forever {
				headFrom, headed = min(headFrom, max(st.From, post.def.From)), true
			}
		}
	}
	heads, deputies := -1, -1
	for kind := range x.kinds {
		list := x.limits[slot(b, int16(kind))]
		switch {
		case len(list) > 1:
			return org.Always, false
		case len(list) == 1:
			l := list[0]
			from = max(from, l.day)
			if x.kinds[kind] != "" && l.posts >= 0 && perKind[kind] > l.posts {
				return org.Always, false
			}
			if l.leaders >= 0 {
				heads = max(heads, 0) + l.leaders
			}
			if l.deputies >= 0 {
				deputies = max(deputies, 0) + l.deputies
			}
		case perKind[kind] > 0 && x.kinds[kind] != "" && len(x.board.Quotas) > 0:
			return org.Always, false
		}
	}
	switch {
	case heads >= 0 && perRole[org.Head] > heads, deputies >= 0 && perRole[org.Deputy] > deputies:
		return org.Always, false
	case heads >= 1 && !headed:
		return org.Always, false
	case heads >= 1:
		from = max(from, headFrom)
	}
	return from, true
}

// openFrom lists what is open for a check from a day on, in order: places that
// are open whatever the day, and those that are plain only from a later day.
func openFrom(open []int32, from []org.Date, last, start org.Date) []int32 {
	if start >= last {
		return open
	}
	var out []int32
	for i, k := 0, 0; i < len(from); i++ {
		if k < len(open) && open[k] == int32(i) {
			k++
			out = append(out, int32(i))
		} else if from[i] > start {
			out = append(out, int32(i))
		}
	}
	return out
}
