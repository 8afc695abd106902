package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A scope limits a run to a part of a plan: to the changes of a cluster and what
// they act on, or to the board alone. A full run has none.
type scope struct {
	board bool // the board alone, and what a plan says besides its changes
	// what the changes act on, of the board: duties, bodies with what they have,
	// bodies with who is under them, and bodies that the board begins or ends
	duties, staff, over, restless []int32
	areas                         bool // when areas are in force
	things                        map[key]bool
	number                        func(what, id string) key // of an id that the board has not

	says     [][]said // of each change, what another one says, too
	last     org.Date // on which the last change of the whole plan is complete
	archives []int32  // of the board, when the packs say what becomes of records
	sealed   bool     // the board has seals

	// days on which a power ends with one of two levels: whether that is in time
	// follows from last
	ends []org.Date

	// remarks on problems, for who puts the parts together
	onces  []onceOnly
	lacks  []lackingID
	owners []owner
	of     key
	owned  bool
}

type onceOnly struct {
	problem int
	key     string
	change  int32
}

// A lackingID is an id that nothing in the scope has. turn tells who comes first in
// a full check, and alone tells it: 0 and 2 are of changes, 1 and 3 of what the plan
// says besides them.
type lackingID struct {
	problem  int
	what     string
	turn     uint8
	orDuties bool
}

type owner struct {
	problem int
	of      key
}

// add puts a thing that the changes act on into the scope.
func (s *scope) add(k key, c *checker) {
	bodies, duties := int32(len(c.x.bodies)), int32(len(c.x.duties))
	switch {
	case k.kind == aDuty && k.at < duties:
		s.duties = append(s.duties, k.at)
	case k.kind == aStaff && k.at < bodies:
		s.staff = append(s.staff, k.at)
	case k.kind == anInferior && k.at < bodies:
		s.over = append(s.over, k.at)
	case k.kind == aHolding && k.at < bodies:
		s.restless = append(s.restless, k.at)
	case k.kind == allAreas:
		s.areas = true
	}
	if len(c.x.loose) > 0 {
		s.things[k] = true
	}
}

// part reports whether the run is one of a cluster: what a plan says besides its
// changes is then looked at elsewhere.
func (c *checker) part() bool { return c.scope != nil && !c.scope.board }

// regarding notes what the problems that follow are about, until nothing is
// regarded any more.
func (c *checker) regarding(kind keyKind, at int32) {
	if c.scope != nil && c.scope.board {
		c.scope.of, c.scope.owned = key{kind: kind, at: at}, true
	}
}

func (c *checker) regardingNothing() {
	if c.scope != nil {
		c.scope.owned = false
	}
}

// once notes that the next problem is told of one change of the plan alone, the
// first that has it.
func (c *checker) once(key string, change int32) {
	if c.scope != nil {
		c.scope.onces = append(c.scope.onces, onceOnly{len(c.problems), key, change})
	}
}

func (c *checker) report(d diag.Diagnostic) {
	if s := c.scope; s != nil && s.owned {
		s.owners = append(s.owners, owner{len(c.problems), s.of})
	}
	c.problems.Add(d)
}

// tellBoard tells what the index found by itself.
func (c *checker) tellBoard() {
	if !c.part() {
		c.problems = append(c.problems, c.x.problems...)
	}
	if !c.bringsAreas() && (!c.part() || c.scope.areas) {
		c.regarding(allAreas, 0)
		for _, d := range c.x.circles {
			c.report(d)
		}
		c.regardingNothing()
	}
}

// tellLoose tells the ids that the board names at a stage and that nothing has.
func (c *checker) tellLoose(s stage) {
	for i := range c.x.loose {
		l := &c.x.loose[i]
		if l.stage != s {
			continue
		}
		if c.scope != nil {
			k := c.scope.number(l.what, l.id)
			if c.part() && !c.scope.things[k] {
				continue
			}
			c.regarding(k.kind, k.at)
		}
		c.unknownID(l.what, l.id, l.at)
	}
	c.regardingNothing()
}

// number is the key of an id that the board names and has not.
func (l *binding) number(what, id string) key {
	kind, ix, n := aLife, l.x.bodyIx, len(l.x.bodies)
	switch what {
	case "duties":
		kind, ix, n = aDuty, l.x.dutyIx, len(l.x.duties)
	case "areas":
		kind, ix, n = anArea, l.x.areaIx, len(l.x.areas)
	case "posts":
		kind, ix, n = aPost, l.x.postIx, len(l.x.posts)
	}
	at, _ := l.place(kind, ix, n, id)
	return key{kind: kind, at: at}
}

// again makes a checker ready for another run on the same board.
func (c *checker) again(p *org.Plan, start org.Date, asked []org.Need) {
	x, posts, base := c.x, c.staff.posts, c.staff.seats.base
	c.plan, c.start, c.asked, c.problems, c.unknown = p, start, asked, nil, map[string]bool{}
	c.dates, c.bad = nil, nil
	c.bodyIx.own, c.dutyIx.own, c.areaIx.own = nil, nil, nil
	c.areas, c.freeAreas, c.areaShifts = slices.Clip(x.areas), x.freeAreas, nil
	c.noHead, c.handed, c.turn = nil, nil, 0
	c.ordered = 0
	c.room.again()
	c.staff.begin(x)
	c.staff.posts, c.staff.seats.base = posts[:len(x.posts)], base[:len(x.posts)]
}

// restore puts back what a run has changed of what belongs to the board.
func (c *checker) restore() {
	x := c.x
	for _, list := range [][]int32{c.lived, c.scope.staff} {
		for _, i := range list {
			if int(i) < len(x.bodies) {
				c.bodies[i] = x.bodies[i]
			}
		}
	}
	for _, list := range [][]int32{c.touched, c.scope.duties} {
		for _, i := range list {
			if int(i) < len(x.duties) {
				c.duties[i] = x.duties[i]
			}
		}
	}
	c.bodies, c.duties = c.bodies[:len(x.bodies)], c.duties[:len(x.duties)]
	c.lived, c.touched, c.scope = c.lived[:0], c.touched[:0], nil
}

// inScope gives bodies of the board that are in the scope of a part of a plan,
// and those that the part brings, in order.
func (c *checker) inScope(list []int32) []int32 {
	out := slices.Clone(list)
	for _, i := range c.lived {
		if int(i) >= len(c.x.bodies) {
			out = append(out, i)
		}
	}
	return sorted(out)
}
