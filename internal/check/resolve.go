package check

import (
	"slices"

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
// Run; each stage's file says what it fills. What the index has is shared and
// never written.
type checker struct {
	x        *Index
	board    *org.Board
	plan     *org.Plan // never nil; empty when none was given
	rules    org.Pack  // the packs taken together
	start    org.Date  // first day that is checked
	problems diag.List

	// names (this file)
	bodies []body // the board's, then those that the plan brings
	bodyIx *ids
	duties []duty
	dutyIx *ids
	areas  []area
	areaIx *ids
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

	handed map[int32][]*org.Duty // the duties that a change hands over, where a window may forbid it (guarded.go)

	// order (order.go)
	dates []org.Date // nominal day of each change
	bad   []bool     // changes that are not carried out, their fault being reported

	scope     *scope          // nil: the whole plan (scope.go)
	turn      uint8           // how far look is, for what is told by who comes first (scope.go)
	orDuties  bool            // what is looked for as a body may be a duty as well
	asked     []org.Need      // what the packs ask before a body may act (able.go)
	changeIDs func() []string // the ids of all changes, when changeIx has a part of them

	// what differs from the index: bodies that have versions, duties that have
	// segments, in the order in which they came by them
	lived, touched []int32
	ordered        int // how many of touched were there when they were put in order

	room slab[segment] // for the segments of duties (duties.go)
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

// ids finds things of one kind by id: those of the board, and those that the
// plan brings.
type ids struct {
	what  string // "bodies", "duties": a key of the catalogue behind "what."
	board *names
	own   map[string]int32
}

// find gives the place of an id, or none.
func (x *ids) find(id string) int32 {
	if at := x.board.find(id); at != none {
		return at
	}
	if at, ok := x.own[id]; ok {
		return at
	}
	return none
}

func (x *ids) add(id string, place int32) {
	if x.own == nil {
		x.own = map[string]int32{}
	}
	x.own[id] = place
}

// newChecker starts a run from what the index has.
func newChecker(x *Index, p *org.Plan, rules org.Pack) *checker {
	c := &checker{x: x, board: x.board, plan: p, rules: rules, unknown: map[string]bool{},
		rowDuty: x.rowDuty, rowBody: x.rowBody, rowArea: x.rowArea, rowsOfDuty: x.rowsOfDuty, rowsOfBody: x.rowsOfBody,
		bodyIx: &ids{what: "bodies", board: x.bodyIx}, dutyIx: &ids{what: "duties", board: x.dutyIx},
		areaIx: &ids{what: "areas", board: x.areaIx}}
	if p == nil {
		c.plan = &org.Plan{}
	}
	c.bodies = append(make([]body, 0, len(x.bodies)+len(c.plan.Changes)), x.bodies...)
	c.duties = append(make([]duty, 0, len(x.duties)+64), x.duties...)
	c.areas, c.freeAreas = slices.Clip(x.areas), x.freeAreas
	c.staff.begin(x)
	return c
}

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

// collect names everything that the plan has, and reports ids that stand twice.
func (c *checker) collect() {
	if !c.part() {
		c.collectInstruments()
	}
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
	c.collectAreas()
	c.tellLoose(collecting)
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

// newBodies gives the bodies that a change brings into being.
func newBodies(ch org.Change, add func(id org.Ref, v org.Body)) {
	fresh := func(n org.NewBody) {
		add(n.ID, org.Body{ID: n.ID.ID, Name: n.Name.Text, NameEN: n.NameEN.Text, Kind: n.Class.Text, Level: n.Level.Text,
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
	}
}

// newDuty gives the duty that a change brings into being, or nil.
func newDuty(ch org.Change) *org.Duty {
	if ch, ok := ch.(*org.Assign); ok && ch.Name.Text != "" && ch.Duty.Given() {
		return &org.Duty{ID: ch.Duty.ID, Name: ch.Name.Text, NameEN: ch.NameEN.Text, Kind: ch.Class.Text,
			Exclusive: true, At: ch.Duty.At}
	}
	return nil
}

// newAreas gives the areas that a change may bring into being.
func newAreas(ch org.Change, add func(*org.Area)) {
	if ch, ok := ch.(*org.ChangeArea); ok {
		for _, n := range ch.Into {
			if n.Code.Given() {
				add(&org.Area{Code: n.Code.ID, Name: n.Name.Text, NameEN: n.NameEN.Text, Level: n.Level.Text,
					Parent: n.Parent.ID, Interval: org.Whole, At: n.Code.At})
			}
		}
	}
}

// bring lists what a plan brings into being that the board has not.
func (x *Index) bring(p *org.Plan) *brought {
	out := &brought{}
	seen := map[string]bool{}
	first := func(ix *names, what, id string) bool {
		key := what + "\x00" + id
		if seen[key] || ix.find(id) != none && !(ix == x.areaIx && x.freeAreas) {
			return false
		}
		seen[key] = true
		return true
	}
	for _, ch := range p.Changes {
		newBodies(ch, func(id org.Ref, _ org.Body) {
			if id.Given() && first(x.bodyIx, "bodies", id.ID) {
				out.bodies = append(out.bodies, id.ID)
			}
		})
		if d := newDuty(ch); d != nil && first(x.dutyIx, "duties", d.ID) {
			out.duties = append(out.duties, d.ID)
		}
		newAreas(ch, func(a *org.Area) {
			if first(x.areaIx, "areas", a.Code) {
				out.areas = append(out.areas, a)
			}
		})
	}
	return out
}

// answers reports whether a plan brings something that cells of the board name
// and the board has not: then what those cells mean depends on the plan.
func (x *Index) answers(p *org.Plan) bool {
	if len(x.missing) == 0 && !x.freeAreas {
		return false
	}
	found := false
	for _, ch := range p.Changes {
		found = found || x.answersChange(ch)
	}
	return found
}

func (x *Index) answersChange(ch org.Change) (found bool) {
	newBodies(ch, func(id org.Ref, _ org.Body) { found = found || x.missing["bodies\x00"+id.ID] })
	if d := newDuty(ch); d != nil && x.missing["duties\x00"+d.ID] {
		found = true
	}
	newAreas(ch, func(a *org.Area) { found = found || x.freeAreas || x.missing["areas\x00"+a.Code] })
	return found
}

// collectNew names what a change brings into being.
func (c *checker) collectNew(i int32, ch org.Change) {
	newBodies(ch, func(id org.Ref, v org.Body) {
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
		at := int32(len(c.bodies))
		v.Interval = org.Interval{From: org.Forever, To: org.Forever}
		c.bodies = append(c.bodies, body{id: id.ID, by: i, life: org.Interval{From: org.Forever, To: org.Forever},
			versions: []version{{Body: v, began: i, ended: none}}})
		c.bodyIx.add(id.ID, at)
		c.lived = append(c.lived, at)
	})
	if def := newDuty(ch); def != nil {
		if at := c.dutyIx.find(def.ID); at != none {
			c.report(diag.At(DuplicateID, def.At, diag.F("id", def.ID), diag.F("what", diag.Word("what.duties"))).
				Note(c.board.Cell("duties", c.duties[at].def.At, "id"), "first_here"))
			c.bad[i] = true
			return
		}
		at := int32(len(c.duties))
		fresh := duty{by: i, from: org.Forever, to: org.Forever, area: none, touch: true, def: def}
		if b := c.x.brought; b != nil {
			fresh.parts = b.parts.of(at)
			fresh.silent = slices.Contains(b.silent, at)
		}
		c.duties = append(c.duties, fresh)
		c.dutyIx.add(def.ID, at)
		c.touched = append(c.touched, at)
	}
}

// superior reads the word "none", which means under nobody.
func superior(r org.Ref) string {
	if r.ID == "none" {
		return ""
	}
	return r.ID
}

// bringsAreas reports whether the plan has areas of its own: then all are linked
// anew, for the plan's may have parents among the board's and the other way
// round.
func (c *checker) bringsAreas() bool {
	for _, ch := range c.plan.Changes {
		if ch, ok := ch.(*org.ChangeArea); ok {
			for _, n := range ch.Into {
				if n.Code.Given() && c.x.areaIx.find(n.Code.ID) == none {
					return true
				}
			}
		}
	}
	return false
}

func (c *checker) collectAreas() {
	if !c.bringsAreas() {
		return
	}
	c.areas = slices.Clone(c.x.areas)
	for i, ch := range c.plan.Changes {
		newAreas(ch, func(a *org.Area) {
			if c.areaIx.find(a.Code) == none {
				// not in force until the change that brings it is looked at
				c.areas = append(c.areas, area{by: int32(i), parent: none, def: a, life: org.Interval{From: org.Forever, To: org.Forever}})
				c.areaIx.add(a.Code, int32(len(c.areas)-1))
			}
		})
	}
	c.freeAreas = false
	for i := range c.areas {
		a := &c.areas[i]
		a.children, a.parent = nil, none
		if a.def.Parent == "" {
			continue
		}
		if a.parent = c.areaIx.find(a.def.Parent); a.parent == none {
			a.parent = ghost
			c.unknownID("areas", a.def.Parent, c.board.Cell("areas", a.def.At, "parent"))
		}
	}
	for _, d := range hang(c.board, c.areas) {
		c.report(d)
	}
}

// wholeOf gives the duty that a duty is a part of, or none.
func (c *checker) wholeOf(d int32) int32 {
	if id := c.duties[d].def.PartOf; id != "" {
		return c.dutyIx.find(id)
	}
	return none
}

// ref resolves a reference of the plan: the place, none when it was not
// written, ghost when there is no such thing.
func (c *checker) ref(ix *ids, r org.Ref) int32 {
	if !r.Given() {
		return none
	}
	if at := ix.find(r.ID); at != none {
		return at
	}
	if ix == c.areaIx && c.freeAreas {
		return c.freeArea(r.ID)
	}
	c.unknownID(ix.what, r.ID, r.At)
	return ghost
}

// freeArea makes an area of a free word.
func (c *checker) freeArea(code string) int32 {
	c.areas = append(c.areas, freeArea(code))
	c.areaIx.add(code, int32(len(c.areas)-1))
	return int32(len(c.areas) - 1)
}

func (c *checker) unknownID(what, id string, at diag.Span) {
	if c.unknown[what+"\x00"+id] {
		return
	}
	c.unknown[what+"\x00"+id] = true
	d := diag.At(UnknownID, at, diag.F("id", id), diag.F("what", diag.Word("what."+what)))
	if c.scope != nil {
		c.scope.lacks = append(c.scope.lacks, lackingID{len(c.problems), what, c.turn, c.orDuties})
		c.report(d)
		return
	}
	if near := c.nearest(what, id); near != "" {
		d.Facts = append(d.Facts, diag.F("known", near))
	}
	c.report(d)
}

// sorted gives places in order, each once.
// touchedInOrder gives the duties that have segments, in order. It must not be
// written to, and holds until another is touched.
func (c *checker) touchedInOrder() []int32 {
	if c.ordered != len(c.touched) {
		slices.Sort(c.touched)
		c.ordered = len(c.touched)
	}
	return c.touched
}

// A slab is where small slices are cut from: one piece of memory for many. A draft
// uses it again and again; nothing of a run may be kept then that was cut from it.
type slab[T any] struct{ free, all []T }

// cut gives an empty slice that can grow to n before it is copied elsewhere.
func (s *slab[T]) cut(n int) []T {
	if n > len(s.free) {
		s.all = make([]T, max(n, min(2*len(s.all), 16384), 256))
		s.free = s.all
	}
	out := s.free[:0:n]
	s.free = s.free[n:]
	return out
}

// again gives the memory of the last piece free.
func (s *slab[T]) again() { s.free = s.all }

func sorted(places []int32) []int32 {
	out := slices.Clone(places)
	slices.Sort(out)
	return slices.Compact(out)
}
