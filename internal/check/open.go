package check

import (
	"cmp"
	"slices"

	"oneboard/internal/org"
)

// findOpen sorts out what of the board a check must look at although no change
// touches it. A duty that one body has at a time, each until the next and the
// last for ever, is covered from a day on; a body whose posts can't exceed its
// quotas, and whose head is in office, is in order from a day on. What is not so
// plain is open: whether it is right depends on the first day that is checked
// and on the rules. O(rows). A first run asks for it, so that it is a part of
// the check and not of making ready.
func (x *Index) findOpen() {
	x.dutyFrom = make([]org.Date, len(x.duties))
	x.dutiesFrom = org.Always
	e := &eachArea{x: x, at: make([]int32, len(x.areas))}
	g := gathered{x: x}
	for i := range x.duties {
		if x.duties[i].silent {
			x.dutyFrom[i] = org.Always
			continue
		}
		from, plain := x.coveredFrom(int32(i), g.rowsOf(int32(i)), e)
		if !plain {
			x.openDuties = append(x.openDuties, int32(i))
		}
		x.dutyFrom[i] = from
		x.dutiesFrom = max(x.dutiesFrom, from)
	}
	x.bodyFrom = make([]org.Date, len(x.bodies))
	x.staffFrom = org.Always
	tallies := make([]kindTally, len(x.kinds))
	for i := range x.bodies {
		from, plain := x.staffedFrom(int32(i), tallies)
		if !plain {
			x.openStaff = append(x.openStaff, int32(i))
		}
		x.bodyFrom[i] = from
		x.staffFrom = max(x.staffFrom, from)
	}
}

// A held is a row of a duty with what tells whether the duty is covered.
type held struct {
	how
	body, area int32
	life       org.Interval // of the body
}

// gathered brings the rows of many duties together, one duty after the other. The
// bodies of rows are anywhere in the board: fetched many at a time their lives
// are waited for together, and one at a time, between the questions asked of
// each, that waiting was most of the check of a nation.
type gathered struct {
	x           *Index
	rows        []held
	of          []int32 // of each duty gathered, from first on: its first row; and the end
	first, next int32
}

// gatherRows is how many rows are brought together: as many as stay in the cache.
const gatherRows = 1024

// rowsOf gives the rows of a duty; duties are asked for in their order.
func (g *gathered) rowsOf(d int32) []held {
	if d >= g.next {
		g.gather(d)
	}
	return g.rows[g.of[d-g.first]:g.of[d-g.first+1]]
}

func (g *gathered) gather(d int32) {
	x := g.x
	g.rows, g.of, g.first, g.next = g.rows[:0], append(g.of[:0], 0), d, d
	for int(g.next) < len(x.duties) && (len(g.rows) < gatherRows || g.next == d) {
		for _, r := range x.rowsOfDuty.of(g.next) {
			g.rows = append(g.rows, held{how: x.rowHow[r], body: x.rowBody[r], area: x.rowArea[r]})
		}
		g.of = append(g.of, int32(len(g.rows)))
		g.next++
	}
	for i := range g.rows {
		if b := g.rows[i].body; b >= 0 && int(b) < len(x.life) {
			g.rows[i].life = x.life[b]
		}
	}
}

// A chain is who has one key of a duty, one after the other: from the first
// day until the last one's end.
type chain struct{ from, until org.Date }

// unbegun is a chain with nobody in it.
var unbegun = chain{org.NoDate, org.NoDate}

// add puts the next row at the end of the chain, and reports whether it fits. A
// body that begins after its row does not have the duty until then: that is a
// gap but for the first of the chain, which then begins later.
func (k *chain) add(row *held) bool {
	switch {
	case row.To > row.life.To:
		return false
	case *k == unbegun:
		k.from = max(row.From, row.life.From)
	case k.until != row.From || row.life.From > row.From:
		return false
	}
	k.until = row.To
	return true
}

// coveredFrom is the quick answer for a duty that no change touches: in its whole
// area, or in each of the areas that make it up, one body at a time has each key,
// from a day on and for ever. Its rows must stand in the order of their days.
func (x *Index) coveredFrom(d int32, rows []held, e *eachArea) (from org.Date, plain bool) {
	if len(rows) > 0 && rows[0].area != none {
		return e.coveredFrom(d, rows)
	}
	all, keys, split := unbegun, [len(org.EachKey)]chain{unbegun, unbegun, unbegun, unbegun}, false
	for i := range rows {
		row := &rows[i]
		if row.body < 0 || int(row.body) >= len(x.life) || row.area != none || row.mode == org.Joint {
			return org.Always, false
		}
		if row.mode == org.Assist {
			continue
		}
		if !split && row.keys == org.AllKeys {
			if !all.add(row) {
				return org.Always, false
			}
			continue
		}
		if !split {
			split, keys = true, [len(org.EachKey)]chain{all, all, all, all}
		}
		for k, key := range org.EachKey {
			if row.keys&key != 0 && !keys[k].add(row) {
				return org.Always, false
			}
		}
	}
	if !split {
		return all.from, all.until == org.Forever
	}
	from = org.Always
	for _, k := range keys {
		if k.until != org.Forever {
			return org.Always, false
		}
		from = max(from, k.from)
	}
	return from, true
}

// eachArea gives the quick answer for duties that are divided by area.
type eachArea struct {
	x      *Index
	named  []int32 // the areas of the rows of a duty
	chains []chain // of each
	at     []int32 // of each area: its place among the named ones, and one more
}

func (e *eachArea) coveredFrom(d int32, rows []held) (from org.Date, plain bool) {
	x := e.x
	defer func() {
		for _, a := range e.named {
			e.at[a] = 0
		}
		e.named, e.chains = e.named[:0], e.chains[:0]
	}()
	for i := range rows {
		row := &rows[i]
		b, a := row.body, row.area
		if b < 0 || int(b) >= len(x.life) || a < 0 || int(a) >= len(e.at) || row.mode > org.Lead || row.keys != org.AllKeys {
			return org.Always, false
		}
		if e.at[a] == 0 {
			e.named, e.chains = append(e.named, a), append(e.chains, unbegun)
			e.at[a] = int32(len(e.named))
		}
		if !e.chains[e.at[a]-1].add(row) {
			return org.Always, false
		}
	}
	from = org.Always
	for i, a := range e.named {
		if e.chains[i].until != org.Forever || x.areas[a].life.To != org.Forever {
			return org.Always, false
		}
		from = max(from, e.chains[i].from)
		if x.within(x.duties[d].area, a) { // that is the whole of it
			return from, len(e.named) == 1
		}
		for up := x.areas[a].parent; up >= 0; up = x.areas[up].parent {
			if e.at[up] != 0 {
				return org.Always, false // one inside the other
			}
		}
	}
	return from, x.freeAreas || x.duties[d].area >= 0 && e.madeUp(x.duties[d].area)
}

// within reports whether an area of the board is inside another.
func (x *Index) within(a, b int32) bool {
	for ; a >= 0; a = x.areas[a].parent {
		if a == b {
			return true
		}
	}
	return false
}

// madeUp reports whether the named areas leave nothing of an area.
func (e *eachArea) madeUp(a int32) bool {
	if int(a) >= len(e.at) {
		return false
	}
	if e.at[a] != 0 {
		return true
	}
	for _, child := range e.x.areas[a].children {
		if !e.madeUp(child) {
			return false
		}
	}
	return len(e.x.areas[a].children) > 0
}

// A kindTally is the posts of one kind that a body has, and its quota of the kind,
// through the days.
type kindTally struct {
	ever  int // posts
	quota []allowed
	moves []coming
}

// allowed is how many posts there may be from a day on: negative, any number;
// with no quota none.
type allowed struct {
	day   org.Date
	posts int
	none  bool
}

// A coming is a coming (1) or going (-1) of a post.
type coming struct {
	day org.Date
	n   int32
}

// staffedFrom is the same for the posts, quotas and head of a body; tallies are
// room to count in, for each kind.
func (x *Index) staffedFrom(b int32, tallies []kindTally) (from org.Date, plain bool) {
	for i := range tallies {
		t := &tallies[i]
		t.ever, t.quota, t.moves = 0, t.quota[:0], t.moves[:0]
	}
	var perRole [3]int
	life := x.life[b]
	from = org.Always
	headFrom, headed := org.Forever, false
	for _, p := range x.postsOf.of(b) {
		post := &x.posts[p]
		days := post.And(life)
		if days.Empty() {
			if !post.Empty() {
				perRole[post.role]++
			}
			continue
		}
		t := &tallies[post.kind]
		t.ever++
		perRole[post.role]++
		if days.From > life.From {
			t.moves = append(t.moves, coming{days.From, 1})
		}
		if days.To < life.To {
			t.moves = append(t.moves, coming{days.To, -1})
		}
		if post.role != org.Head || post.To != org.Forever {
			continue
		}
		for _, st := range x.seats[x.seatStart[p]:x.seatStart[p+1]] {
			if st.To == org.Forever {
				headFrom, headed = min(headFrom, max(st.From, post.From)), true
			}
		}
	}
	heads, deputies := -1, -1
	several, last := false, org.Always
	for _, i := range x.quotasOf.of(b) {
		q, t := &x.board.Quotas[i], &tallies[x.quotaKind[i]]
		last = max(last, q.From)
		heads, deputies = leaders(heads, q.Leaders), leaders(deputies, q.Deputies)
		t.quota = append(t.quota, allowed{q.From, q.Posts, q.Posts < 0 && q.Leaders < 0 && q.Deputies < 0})
		if q.To != org.Forever {
			t.quota = append(t.quota, allowed{q.To, -1, true})
		}
	}
	for kind := range x.kinds {
		t := &tallies[kind]
		several = several || len(t.quota) > 1
		if x.kinds[kind] == "" || t.ever == 0 || len(x.board.Quotas) == 0 {
			continue
		}
		day, ok := t.within(life)
		if !ok {
			return org.Always, false
		}
		from = max(from, day)
	}
	if heads >= 0 || deputies >= 0 {
		if several {
			return org.Always, false // how many leaders there may be depends on the day
		}
		from = max(from, last)
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

func leaders(sum, more int) int {
	if more < 0 {
		return sum
	}
	return max(sum, 0) + more
}

// within gives the day from which on the posts are never more than the quota, as
// long as the body is in force; false when there is none.
func (t *kindTally) within(life org.Interval) (from org.Date, ok bool) {
	slices.SortFunc(t.moves, func(a, b coming) int { return cmp.Compare(a.day, b.day) })
	slices.SortStableFunc(t.quota, func(a, b allowed) int { return cmp.Compare(a.day, b.day) })
	n, k, q := t.ever, 0, 0
	for _, m := range t.moves {
		if m.n > 0 {
			n-- // it is not there yet
		}
	}
	from = org.Always
	for day := life.From; day < life.To; {
		for ; k < len(t.moves) && t.moves[k].day <= day; k++ {
			n += int(t.moves[k].n)
		}
		for q < len(t.quota) && t.quota[q].day <= day {
			q++
		}
		next := life.To
		if k < len(t.moves) {
			next = min(next, t.moves[k].day)
		}
		if q < len(t.quota) {
			next = min(next, t.quota[q].day)
		}
		most := 0
		if q > 0 && !t.quota[q-1].none {
			most = t.quota[q-1].posts
		}
		if most >= 0 && n > most {
			if next == org.Forever {
				return org.Always, false
			}
			from = next
		}
		day = next
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
