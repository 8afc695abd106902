package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A sited body sits in an area from a change of areas on. Its place is where the
// plan says so; nowhere when it follows from where its superior sits.
type sited struct {
	body int32
	code string
	at   diag.Span
}

// sited lists the bodies that a change of areas places: those that it names,
// and those that sat with one of them in an area that ends, under its
// direction. Where one area takes the place, every body goes there and none need
// be named.
func (c *checker) sited(ch *org.ChangeArea, day org.Date) (out []sited) {
	at := map[int32]string{}
	for _, n := range ch.Into {
		for _, r := range n.Bodies {
			if b := c.ref(c.bodyIx, r); b >= 0 {
				at[b] = n.Code.ID
				out = append(out, sited{b, n.Code.ID, r.At})
			}
		}
	}
	if len(out) == 0 || len(ch.Into) < 2 {
		return out
	}
	ending := c.endingAreas(ch)
	sat := func(b int32) bool { return ending[c.areaOn(c.bodyArea(b), day)] }
	for i := range c.bodies {
		b := int32(i)
		if _, named := at[b]; named || !sat(b) {
			continue
		}
		above := b
		for n := 0; n < len(c.bodies); n++ {
			if above = c.bodyIx.find(c.bodySuperior(above)); above < 0 || !sat(above) {
				break
			}
			if code, named := at[above]; named {
				out = append(out, sited{body: b, code: code})
				break
			}
		}
	}
	return out
}

// endingAreas are the codes of the areas that end by a change.
func (c *checker) endingAreas(ch *org.ChangeArea) map[string]bool {
	out := map[string]bool{}
	for _, r := range ch.Areas {
		if !slices.ContainsFunc(ch.Into, func(n org.NewArea) bool { return n.Code.ID == r.ID }) {
			out[r.ID] = true
		}
	}
	return out
}

// bodyArea and bodySuperior are as the board, or the change that brings the
// body, has them.
func (c *checker) bodyArea(i int32) string {
	if b := &c.bodies[i]; b.row != nil {
		return b.row.Area
	} else if len(b.versions) > 0 {
		return b.versions[0].Area
	}
	return ""
}

func (c *checker) bodySuperior(i int32) string {
	if b := &c.bodies[i]; b.row != nil {
		return b.row.Superior
	} else if len(b.versions) > 0 {
		return b.versions[0].Superior
	}
	return ""
}

// sites finds what a change of areas leaves open: bodies and areas that lie in
// an area that ends, when the plan doesn't say where they are from then on, and
// areas that would move under their own code. Each change is told once.
func (c *checker) sites() {
	for _, s := range c.areaShifts {
		ch := c.plan.Changes[s.change].(*org.ChangeArea)
		c.movedAreas(ch, s)
		if len(s.into) == 1 {
			continue // all go where the area goes
		}
		ending := c.endingAreas(ch)
		var bodies, areas []diag.Name
		for i := range c.bodies {
			if now := c.bodies[i].on(s.day); now != nil && ending[c.areaOn(now.Area, s.day)] {
				bodies = append(bodies, c.bodyName(int32(i)))
			}
		}
		for i := range c.areas {
			if a := &c.areas[i]; ending[a.def.Parent] && a.life.Holds(s.day) {
				areas = append(areas, a.def.Label())
			}
		}
		at := ch.At
		for _, r := range ch.Areas {
			if ending[r.ID] {
				at = r.At
				break
			}
		}
		if len(bodies) > 0 {
			c.report(diag.At(SiteOpen, at, diag.F("bodies", bodies), diag.F("on", s.day)))
		}
		if len(areas) > 0 {
			c.report(diag.At(AreasLeft, at, diag.F("areas", areas), diag.F("on", s.day)))
		}
	}
}

// movedAreas finds areas that a change would put into another area under their
// own code. The tree of areas is of codes: who asks for an old day would find
// the area where it is now.
func (c *checker) movedAreas(ch *org.ChangeArea, s areaShift) {
	for _, n := range ch.Into {
		at := c.areaIx.find(n.Code.ID)
		if at < 0 || c.areas[at].by == s.change || !n.Parent.Given() {
			continue
		}
		if was := c.areaOn(c.areas[at].def.Parent, s.day); was != n.Parent.ID && was != "" {
			c.report(diag.At(AreaMoved, n.Parent.At, diag.F("area", c.areas[at].def.Label()),
				diag.F("parent", was), diag.F("found", n.Parent.ID), diag.F("on", s.day)))
		}
	}
}
