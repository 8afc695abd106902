package check

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// none is the place of what is not there; ghost the place of what was named but
// does not exist, which was reported and must cause nothing more.
const (
	none  int32 = -1
	ghost int32 = -2
)

// checker is one run. Its fields are filled stage by stage, in the order of
// Run; each stage's file says what it fills.
type checker struct {
	board    *org.Board
	plan     *org.Plan // never nil; empty when none was given
	rules    org.Pack  // the packs taken together
	start    org.Date  // first day that is checked
	problems diag.List

	// names (this file)
	bodies []body // the board's, then those that the plan brings
	bodyIx *names
	duties []duty
	dutyIx *names
	areas  []area
	areaIx *names
	// freeAreas: the board keeps no areas, and their codes are free words, each an
	// area by itself
	freeAreas bool
	changeIx  map[string]int32
	unknown   map[string]bool // what was reported as unknown

	// who has what (duties.go)
	rowDuty, rowBody, rowArea []int32 // the board's responsibilities, resolved
	rowsOfDuty, rowsOfBody    groups
	gained                    map[int32][]int32 // duties that the plan gives a body
	named                     map[uint64]bool   // duties that a change moves by name, by giver
	implied                   map[uint64]bool   // the parts that go with those
	moving                    map[int32]bool    // those duties, whoever gives

	// posts, people, quotas, items (staff.go)
	staff  staff
	noHead map[int32]bool

	areaShifts   []areaShift        // changes of areas, by day (areas.go)
	offices      map[int32]*offices // of bodies that have any (plates.go)
	contradicted map[string]bool    // "thing giver" that two changes take elsewhere (conflict.go)

	// order (order.go)
	dates []org.Date // nominal day of each change
	bad   []bool     // changes that are not carried out, their fault being reported
}

// A body as the checker has it: the board's row or the change that brings it.
type body struct {
	id       string
	row      *org.Body // nil for a body that the plan brings
	by       int32     // the change that brings it, or none
	life     org.Interval
	versions []version // only when the plan touches it; see lives.go
	silent   bool      // something about it is reported already; no more of the like
}

// A duty as the checker has it.
type duty struct {
	def    *org.Duty
	from   org.Date // when the duty itself begins: Always, or the day it is assigned
	to     org.Date // when it ends by intent
	by     int32
	area   int32
	parts  []int32
	segs   []segment // only when touched
	touch  bool
	silent bool
}

type area struct {
	def      *org.Area
	by       int32        // the change that brings it, or none
	life     org.Interval // in force; see areas.go
	parent   int32
	children []int32
}

func (c *checker) report(d diag.Diagnostic) { c.problems.Add(d) }

func (c *checker) bodyName(i int32) diag.Name {
	b := &c.bodies[i]
	if b.row != nil {
		return b.row.Label()
	}
	n := diag.Name{ID: b.id}
	if v := b.versions; len(v) > 0 {
		n.ZH, n.EN = v[0].Name, v[0].NameEN
	}
	return n
}

func (c *checker) dutyName(i int32) diag.Name { return c.duties[i].def.Label() }

// collect names everything that the board and the plan have, and reports ids
// that stand twice.
func (c *checker) collect() {
	b := c.board
	c.unknown = map[string]bool{}
	c.bodies = make([]body, len(b.Bodies), len(b.Bodies)+len(c.plan.Changes))
	c.bodyIx = newNames(cap(c.bodies), func(i int32) string { return c.bodies[i].id })
	for i := range b.Bodies {
		row := &b.Bodies[i]
		c.bodies[i] = body{id: row.ID, row: row, by: none, life: row.Interval}
		if first := c.bodyIx.add(int32(i)); first != none {
			c.duplicate("bodies", "id", row.ID, row.At, b.Bodies[first].At)
		}
	}
	c.duties = make([]duty, len(b.Duties), len(b.Duties)+64)
	c.dutyIx = newNames(len(b.Duties)+64, func(i int32) string { return c.duties[i].def.ID })
	for i := range b.Duties {
		row := &b.Duties[i]
		c.duties[i] = duty{def: row, from: org.Always, to: org.Forever, by: none, area: none}
		if first := c.dutyIx.add(int32(i)); first != none {
			c.duplicate("duties", "id", row.ID, row.At, b.Duties[first].At)
		}
	}
	versions := map[string][]int32{} // of areas that have several rows
	c.areas = make([]area, len(b.Areas))
	c.areaIx = newNames(len(b.Areas)+16, func(i int32) string { return c.areas[i].def.Code })
	for i := range b.Areas {
		row := &b.Areas[i]
		c.areas[i] = area{def: row, by: none, parent: none}
		if first := c.areaIx.add(int32(i)); first != none {
			if versions[row.Code] == nil {
				versions[row.Code] = []int32{first}
			}
			versions[row.Code] = append(versions[row.Code], int32(i))
		}
	}
	c.collectVersions(versions)
	c.collectInstruments()
	c.changeIx = make(map[string]int32, len(c.plan.Changes))
	for i, ch := range c.plan.Changes {
		d := ch.Declared()
		if first, taken := c.changeIx[d.ID]; taken {
			at := d.GivenID.At
			if at.IsZero() {
				at = d.At
			}
			c.report(diag.At(DuplicateID, at, diag.F("id", d.ID), diag.F("what", diag.Word("what.change"))).
				Note(c.plan.Changes[first].Declared().At, "first_here"))
			continue
		}
		c.changeIx[d.ID] = int32(i)
	}
	c.bad = make([]bool, len(c.plan.Changes))
	for i, ch := range c.plan.Changes {
		c.collectNew(int32(i), ch)
	}
	c.linkAreas()
	c.linkDuties()
}

// collectVersions looks at the rows of areas that have several: one row for each
// time during which the area was the same, with no day in two of them. Its code
// means the latest.
func (c *checker) collectVersions(versions map[string][]int32) {
	for _, rows := range versions {
		slices.SortStableFunc(rows, func(i, j int32) int { return cmp.Compare(c.areas[i].def.From, c.areas[j].def.From) })
		latest := rows[0]
		for _, i := range rows[1:] {
			was, is := c.areas[latest].def, c.areas[i].def
			if !was.And(is.Interval).Empty() {
				if latest > i {
					was, is = is, was
				}
				c.duplicate("areas", "code", is.Code, is.At, was.At)
			}
			if c.areas[i].def.To > c.areas[latest].def.To {
				latest = i
			}
		}
		c.areaIx.put(latest)
	}
}

func (c *checker) duplicate(table, column, id string, at, first diag.Span) {
	c.report(diag.At(DuplicateID, c.board.Cell(table, at, column), diag.F("id", id),
		diag.F("what", diag.Word("what."+table))).
		Note(c.board.Cell(table, first, column), "first_here"))
}

func (c *checker) collectInstruments() {
	seen := map[string]*org.Instrument{}
	for i := range c.plan.Instruments {
		in := &c.plan.Instruments[i]
		if first, taken := seen[in.ID]; taken {
			c.report(diag.At(DuplicateID, in.At, diag.F("id", in.ID), diag.F("what", diag.Word("what.instrument"))).
				Note(first.At, "first_here"))
			continue
		}
		seen[in.ID] = in
	}
}

// collectNew names what a change brings into being.
func (c *checker) collectNew(i int32, ch org.Change) {
	add := func(id org.Ref, v org.Body) {
		if !id.Given() {
			c.bad[i] = true // its absence was reported by who read the plan
			return
		}
		if at := c.bodyIx.find(id.ID); at != none {
			d := diag.At(DuplicateID, id.At, diag.F("id", id.ID), diag.F("what", diag.Word("what.bodies")))
			if was := &c.bodies[at]; was.row != nil {
				d = d.Note(c.board.Cell("bodies", was.row.At, "id"), "first_here")
			} else {
				d = d.Note(c.plan.Changes[was.by].Declared().At, "first_here")
			}
			c.report(d)
			c.bad[i] = true
			return
		}
		v.ID = id.ID
		c.bodies = append(c.bodies, body{id: id.ID, by: i, life: org.Interval{From: org.Forever, To: org.Forever},
			versions: []version{{Body: v, began: i, ended: none}}})
		c.bodyIx.add(int32(len(c.bodies) - 1))
	}
	fresh := func(n org.NewBody) {
		add(n.ID, org.Body{Name: n.Name.Text, NameEN: n.NameEN.Text, Kind: n.Class.Text, Level: n.Level.Text,
			Area: n.Area.ID, Superior: superior(n.Superior), Rank: n.Rank.Text})
	}
	switch ch := ch.(type) {
	case *org.Establish:
		fresh(org.NewBody{ID: ch.Body, Name: ch.Name, NameEN: ch.NameEN, Class: ch.Class, Level: ch.Level,
			Area: ch.Area, Superior: ch.Superior, Rank: ch.Rank})
	case *org.Merge:
		fresh(ch.Into)
	case *org.Split:
		for _, n := range ch.Into {
			fresh(n)
		}
	case *org.Assign:
		if ch.Name.Text == "" || !ch.Duty.Given() {
			return
		}
		if at := c.dutyIx.find(ch.Duty.ID); at != none {
			c.report(diag.At(DuplicateID, ch.Duty.At, diag.F("id", ch.Duty.ID), diag.F("what", diag.Word("what.duties"))).
				Note(c.board.Cell("duties", c.duties[at].def.At, "id"), "first_here"))
			c.bad[i] = true
			return
		}
		c.duties = append(c.duties, duty{by: i, from: org.Forever, to: org.Forever, area: none, touch: true,
			def: &org.Duty{ID: ch.Duty.ID, Name: ch.Name.Text, NameEN: ch.NameEN.Text, Kind: ch.Class.Text,
				Exclusive: true, At: ch.Duty.At}})
		c.dutyIx.add(int32(len(c.duties) - 1))
	}
}

// superior reads the word "none", which means under nobody.
func superior(r org.Ref) string {
	if r.ID == "none" {
		return ""
	}
	return r.ID
}

func (c *checker) linkAreas() {
	for i, ch := range c.plan.Changes {
		if ch, ok := ch.(*org.ChangeArea); ok {
			for _, n := range ch.Into {
				if n.Code.Given() && c.areaIx.find(n.Code.ID) == none {
					c.areas = append(c.areas, area{by: int32(i), parent: none, def: &org.Area{Code: n.Code.ID, Name: n.Name.Text,
						NameEN: n.NameEN.Text, Level: n.Level.Text, Parent: n.Parent.ID, Interval: org.Whole, At: n.Code.At}})
					c.areaIx.add(int32(len(c.areas) - 1))
				}
			}
		}
	}
	c.freeAreas = len(c.areas) == 0
	for i := range c.areas {
		def := c.areas[i].def
		if def.Parent == "" {
			continue
		}
		c.areas[i].parent = c.cell(c.areaIx, "areas", def.At, "parent", def.Parent)
	}
	// an area that is its own ancestor would send every walk upward round for ever
	for i := range c.areas {
		slow, fast := int32(i), int32(i)
		for fast >= 0 && c.areas[fast].parent >= 0 {
			slow, fast = c.areas[slow].parent, c.areas[c.areas[fast].parent].parent
			if slow == fast {
				def := c.areas[i].def
				if c.onCycle(int32(i)) {
					c.report(diag.At(PartCircle, c.board.Cell("areas", def.At, "parent"),
						diag.F("path", c.areaPath(int32(i)))))
				}
				c.areas[i].parent = none
				break
			}
		}
	}
	for i := range c.areas {
		if p := c.areas[i].parent; p >= 0 {
			c.areas[p].children = append(c.areas[p].children, int32(i))
		}
	}
}

func (c *checker) onCycle(i int32) bool {
	at := c.areas[i].parent
	for n := 0; n < len(c.areas) && at >= 0; n++ {
		if at == i {
			return true
		}
		at = c.areas[at].parent
	}
	return false
}

func (c *checker) areaPath(i int32) string {
	path := []string{c.areas[i].def.Code}
	for at := c.areas[i].parent; at >= 0; at = c.areas[at].parent {
		path = append(path, c.areas[at].def.Code)
		if at == i {
			break
		}
	}
	return strings.Join(path, " → ")
}

func (c *checker) linkDuties() {
	lastArea, lastIx, nested := "", none, false
	for i := range c.duties {
		def := c.duties[i].def
		if def.Area != "" {
			if def.Area != lastArea {
				lastArea, lastIx = def.Area, c.cell(c.areaIx, "duties", def.At, "area", def.Area)
			}
			c.duties[i].area = lastIx
		}
		if def.PartOf != "" {
			if whole := c.cell(c.dutyIx, "duties", def.At, "part_of", def.PartOf); whole >= 0 {
				c.duties[whole].parts = append(c.duties[whole].parts, int32(i))
				nested = true
			}
		}
	}
	if nested {
		c.partCircles()
	}
}

// partCircles finds duties that are, in the end, parts of themselves: each
// circle is told once, and opened, so that the parts can be walked.
func (c *checker) partCircles() {
	walk := make([]int32, len(c.duties)) // the walk that came by, from 1
	for i := range c.duties {
		var path []string
		at := int32(i)
		for at >= 0 && walk[at] == 0 {
			walk[at] = int32(i) + 1
			path = append(path, c.duties[at].def.ID)
			at = c.wholeOf(at)
		}
		if at < 0 || walk[at] != int32(i)+1 {
			continue
		}
		def := c.duties[at].def
		from := slices.Index(path, def.ID)
		c.report(diag.At(PartCircle, c.board.Cell("duties", def.At, "part_of"),
			diag.F("path", strings.Join(append(path[from:], def.ID), " → "))))
		whole := &c.duties[c.wholeOf(at)]
		whole.parts = slices.DeleteFunc(whole.parts, func(p int32) bool { return p == at })
	}
}

// wholeOf gives the duty that a duty is a part of, or none.
func (c *checker) wholeOf(d int32) int32 {
	if id := c.duties[d].def.PartOf; id != "" {
		return c.dutyIx.find(id)
	}
	return none
}

// cell resolves an id in a cell of the board. It gives ghost for an id that is
// not there, which is reported once.
func (c *checker) cell(ix *names, table string, row diag.Span, column, id string) int32 {
	if id == "" {
		return ghost // a required cell without an id was reported by who read the table
	}
	if at := ix.find(id); at != none {
		return at
	}
	if ix == c.areaIx && c.freeAreas {
		return c.freeArea(id)
	}
	c.unknownID(ix, id, c.board.Cell(table, row, column))
	return ghost
}

// ref resolves a reference of the plan: the place, none when it was not
// written, ghost when there is no such thing.
func (c *checker) ref(ix *names, r org.Ref) int32 {
	if !r.Given() {
		return none
	}
	if at := ix.find(r.ID); at != none {
		return at
	}
	if ix == c.areaIx && c.freeAreas {
		return c.freeArea(r.ID)
	}
	c.unknownID(ix, r.ID, r.At)
	return ghost
}

// freeArea makes an area of a free word.
func (c *checker) freeArea(code string) int32 {
	c.areas = append(c.areas, area{by: none, life: org.Whole, parent: none, def: &org.Area{Code: code, Name: code, Interval: org.Whole}})
	c.areaIx.add(int32(len(c.areas) - 1))
	return int32(len(c.areas) - 1)
}

func (c *checker) whatOf(ix *names) string {
	switch ix {
	case c.bodyIx:
		return "bodies"
	case c.dutyIx:
		return "duties"
	case c.areaIx:
		return "areas"
	case c.staff.postIx:
		return "posts"
	case c.staff.itemIx:
		return "items"
	}
	return "thing"
}

func (c *checker) unknownID(ix *names, id string, at diag.Span) {
	what := c.whatOf(ix)
	if c.unknown[what+"\x00"+id] {
		return
	}
	c.unknown[what+"\x00"+id] = true
	d := diag.At(UnknownID, at, diag.F("id", id), diag.F("what", diag.Word("what."+what)))
	if near := c.nearest(what, id); near != "" {
		d.Facts = append(d.Facts, diag.F("known", near))
	}
	c.report(d)
}

// nearest finds what was meant perhaps: the id whose name was written instead,
// or the id that differs least. Lists of more than a hundred thousand are not
// searched.
func (c *checker) nearest(what, id string) string {
	type candidate struct{ id, name, nameEN string }
	var all []candidate
	switch what {
	case "bodies":
		for i := range c.bodies {
			n := c.bodyName(int32(i))
			all = append(all, candidate{n.ID, n.ZH, n.EN})
		}
	case "duties":
		for i := range c.duties {
			d := c.duties[i].def
			all = append(all, candidate{d.ID, d.Name, d.NameEN})
		}
	case "areas":
		for i := range c.areas {
			a := c.areas[i].def
			all = append(all, candidate{a.Code, a.Name, a.NameEN})
		}
	case "posts":
		for i := range c.staff.posts {
			p := c.staff.posts[i].def
			all = append(all, candidate{p.ID, p.Title, ""})
		}
	case "items":
		for i := range c.staff.items.base {
			it := c.item(int32(i))
			all = append(all, candidate{it.ID, it.Name, ""})
		}
	case "changes":
		for id := range c.changeIx {
			all = append(all, candidate{id: id})
		}
		sort.Slice(all, func(i, j int) bool { return all[i].id < all[j].id })
	}
	if len(all) > 100_000 {
		return ""
	}
	best, least := "", max(1, len([]rune(id))/3)+1
	for _, k := range all {
		if k.name == id || (k.nameEN != "" && strings.EqualFold(k.nameEN, id)) {
			return k.id
		}
		if d := distance(k.id, id, least); d < least {
			best, least = k.id, d
		}
	}
	return best
}

// distance is the number of characters to insert, drop or replace to make one
// word of the other, or limit when it is not less.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) >= limit || len(y)-len(x) >= limit {
		return limit
	}
	row := make([]int, len(y)+1)
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
