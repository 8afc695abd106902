package check

import (
	"math/bits"
	"slices"
	"strings"

	"oneboard/internal/org"
)

// A guess is what was meant perhaps by an id that nothing has: the id whose name
// was written instead, or the id that differs least; of several, the first.
type guess struct {
	id    string
	wrong string // what was written
	least int
	found bool // by its name
	tried int
}

// mostTried is how long a list may be to be searched.
const mostTried = 100_000

func guessAt(wrong string) guess {
	return guess{wrong: wrong, least: max(1, len([]rune(wrong))/3) + 1}
}

func (g *guess) try(id, name, nameEN string) {
	g.tried++
	switch {
	case g.found:
	case name == g.wrong || nameEN != "" && strings.EqualFold(nameEN, g.wrong):
		g.id, g.found = id, true
	default:
		if d := distance(id, g.wrong, g.least); d < g.least {
			g.id, g.least = id, d
		}
	}
}

// answer is the id, or "" when there is none or too many had to be tried.
func (g *guess) answer() string {
	if g.tried > mostTried {
		return ""
	}
	return g.id
}

// nearby is the ids of one kind that a board has, made ready to be searched.
type nearby struct {
	id     func(int) string
	masks  []uint64 // which characters are in each id, by a hash of six bits
	length []uint8  // in characters; 255 for more
	name   map[string]int32
}

func newNearby(n int, each func(int) (id, name, nameEN string)) *nearby {
	x := &nearby{id: func(i int) string { id, _, _ := each(i); return id }, masks: make([]uint64, n), length: make([]uint8, n),
		name: make(map[string]int32, n)}
	for i := range n {
		id, name, nameEN := each(i)
		x.masks[i], x.length[i] = maskOf(id)
		for _, called := range []string{name, folded(nameEN)} {
			if _, taken := x.name[called]; called != "" && !taken {
				x.name[called] = int32(i)
			}
		}
	}
	return x
}

// folded is an English name as it is compared, kept apart from names as written.
func folded(s string) string {
	if s == "" {
		return ""
	}
	return "\x00" + strings.ToLower(s)
}

func maskOf(id string) (mask uint64, n uint8) {
	for _, r := range id {
		mask |= 1 << (uint32(r) * 0x9e3779b1 >> 26)
		n += 1 - n/255
	}
	return mask, n
}

// try is guess.try for all ids: near ones are looked for first, so that most need
// no comparison. O(ids) of a few nanoseconds each.
func (x *nearby) try(g *guess) {
	if g.tried += len(x.masks); g.tried > mostTried {
		return
	}
	best := int32(-1)
	for _, called := range []string{g.wrong, folded(g.wrong)} {
		if i, ok := x.name[called]; ok && (best < 0 || i < best) {
			best = i
		}
	}
	if best >= 0 {
		g.id, g.found = x.id(int(best)), true
		return
	}
	mask, n := maskOf(g.wrong)
	for most := 1; most < g.least; most++ {
		for i, m := range x.masks {
			// one step brings or takes one character, or both
			if max(bits.OnesCount64(m&^mask), bits.OnesCount64(mask&^m), int(x.length[i])-int(n), int(n)-int(x.length[i])) > most {
				continue
			}
			if id := x.id(i); distance(id, g.wrong, most+1) == most {
				g.id, g.least = id, most
				return
			}
		}
	}
}

// nearby gives the ids of a kind, made ready when first asked for.
func (x *Index) nearby(what string) *nearby {
	x.nearMu.Lock()
	defer x.nearMu.Unlock()
	if n := x.near[what]; n != nil {
		return n
	}
	b := x.board
	var n *nearby
	switch what {
	case "bodies":
		n = newNearby(len(b.Bodies), func(i int) (string, string, string) { r := &b.Bodies[i]; return r.ID, r.Name, r.NameEN })
	case "duties":
		n = newNearby(len(b.Duties), func(i int) (string, string, string) { r := &b.Duties[i]; return r.ID, r.Name, r.NameEN })
	case "areas":
		n = newNearby(len(x.areas), func(i int) (string, string, string) { r := x.areas[i].def; return r.Code, r.Name, r.NameEN })
	case "posts":
		rows := b.Posts
		if len(rows) > mostTried {
			rows = nil // see guess.answer
		}
		n = newNearby(len(rows), func(i int) (string, string, string) { return rows[i].ID, rows[i].Title, "" })
	default:
		n = newNearby(len(b.Items), func(i int) (string, string, string) { return b.Items[i].ID, b.Items[i].Name, "" })
	}
	if x.near == nil {
		x.near = map[string]*nearby{}
	}
	x.near[what] = n
	return n
}

// tryBoard tries what the board has of a kind.
func (x *Index) tryBoard(g *guess, what string) {
	x.nearby(what).try(g)
}

// tryBrought tries what a change brings of a kind.
func tryBrought(g *guess, what string, ch org.Change, there func(id string) bool) {
	switch what {
	case "bodies":
		newBodies(ch, func(id org.Ref, v org.Body) {
			if id.Given() && !there(id.ID) {
				g.try(id.ID, v.Name, v.NameEN)
			}
		})
	case "duties":
		if d := newDuty(ch); d != nil && !there(d.ID) {
			g.try(d.ID, d.Name, d.NameEN)
		}
	case "areas":
		newAreas(ch, func(a *org.Area) {
			if !there(a.Code) {
				g.try(a.Code, a.Name, a.NameEN)
			}
		})
	case "items":
		if ch, ok := ch.(*org.Provide); ok && ch.Item.Given() {
			g.try(ch.Item.ID, ch.Name.Text, "")
		}
	}
}

// names gives the index of the names of a kind.
func (x *Index) names(what string) *names {
	switch what {
	case "bodies":
		return x.bodyIx
	case "duties":
		return x.dutyIx
	case "areas":
		return x.areaIx
	case "posts":
		return x.postIx
	}
	return x.itemIx
}

// nearest finds what was meant perhaps by an id of a kind, on the board or in the
// plan.
func (c *checker) nearest(what, id string) string {
	g := guessAt(id)
	if what == "changes" {
		all := c.changeIDs
		if all == nil {
			all = func() []string {
				out := make([]string, 0, len(c.changeIx))
				for id := range c.changeIx {
					out = append(out, id)
				}
				return out
			}
		}
		ids := all()
		slices.Sort(ids)
		for _, id := range ids {
			g.try(id, "", "")
		}
		return g.answer()
	}
	c.x.tryBoard(&g, what)
	seen := map[string]bool{}
	for _, ch := range c.plan.Changes {
		tryBrought(&g, what, ch, c.x.firstOf(what, seen))
	}
	return g.answer()
}

// firstOf reports of ids whether they are on the board or were asked for before.
func (x *Index) firstOf(what string, seen map[string]bool) func(string) bool {
	return func(id string) bool {
		if seen[id] || x.names(what).find(id) != none {
			return true
		}
		seen[id] = true
		return false
	}
}

// meant does the same for a draft, which asks again and again.
func (d *Draft) meant(what, id string) string {
	key := what + "\x00" + id
	g, known := d.near[key]
	if !known {
		g = guessAt(id)
		d.x.tryBoard(&g, what)
		if len(d.near) > 1000 {
			clear(d.near)
		}
		d.near[key] = g
	}
	seen := map[string]bool{}
	for _, n := range d.nodes {
		tryBrought(&g, what, n.ch, d.x.firstOf(what, seen))
	}
	return g.answer()
}

// distance is the number of characters to insert, drop or replace to make one
// word of the other, or limit when it is not less.
func distance(a, b string, limit int) int {
	if len(a) > 4*len(b)+4*limit || len(b) > 4*len(a)+4*limit {
		return limit
	}
	var bufA, bufB [48]rune
	var bufRow [49]int
	x, y := runes(bufA[:0], a), runes(bufB[:0], b)
	if len(x)-len(y) >= limit || len(y)-len(x) >= limit {
		return limit
	}
	row := bufRow[:]
	if len(y) >= len(row) {
		row = make([]int, len(y)+1)
	}
	row = row[:len(y)+1]
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal, least := row[0], i+1
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
			least = min(least, cost)
		}
		if least >= limit {
			return limit
		}
	}
	return row[len(y)]
}

func runes(to []rune, s string) []rune {
	for _, r := range s {
		to = append(to, r)
	}
	return to
}
