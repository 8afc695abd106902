package check

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// offices is what is said of a body besides what it is: its further names, and
// whose office it shares or houses.
type offices struct {
	plates []org.Plate
	hosts  []string
	with   []string
}

// plates follows the further names through the plan, by day, and what is said
// of offices. Of one day a name is given up before it is carried anew.
func (c *checker) plates() {
	c.offices = map[int32]*offices{}
	c.tellLoose(plating)
	var named []int32
	for i, ch := range c.plan.Changes {
		if c.bad[i] || !c.dates[i].Known() {
			continue
		}
		switch ch := ch.(type) {
		case *org.AddPlate, *org.RemovePlate:
			named = append(named, int32(i))
		case *org.CoLocate:
			c.coLocate(ch, c.dates[i])
		case *org.Host:
			c.host(ch, c.dates[i])
		}
	}
	slices.SortStableFunc(named, func(a, b int32) int {
		adds := func(i int32) int {
			if _, ok := c.plan.Changes[i].(*org.AddPlate); ok {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(c.dates[a], c.dates[b]), cmp.Compare(adds(a), adds(b)))
	})
	for _, i := range named {
		switch ch := c.plan.Changes[i].(type) {
		case *org.AddPlate:
			c.addPlate(i, ch)
		case *org.RemovePlate:
			c.removePlate(i, ch)
		}
	}
}

// said gives what is said of a body, or nil, and changes nothing.
func (c *checker) said(body int32) *offices {
	if o := c.offices[body]; o != nil {
		return o
	}
	if rows := c.x.platesOf.of(body); len(rows) > 0 {
		o := &offices{}
		for _, i := range rows {
			o.plates = append(o.plates, c.board.Plates[i])
		}
		return o
	}
	return nil
}

// officesOf gives what is said of a body, to be added to.
func (c *checker) officesOf(body int32) *offices {
	o := c.offices[body]
	if o == nil {
		o = &offices{}
		for _, i := range c.x.platesOf.of(body) {
			o.plates = append(o.plates, c.board.Plates[i])
		}
		c.offices[body] = o
	}
	return o
}

func (c *checker) addPlate(i int32, ch *org.AddPlate) {
	at, day := c.ref(c.bodyIx, ch.Body), c.dates[i]
	if at < 0 || !c.takes(ch.Body, at, day) {
		return
	}
	o := c.officesOf(at)
	for k := range o.plates {
		if p := &o.plates[k]; p.Name == ch.Name.Text && p.To > day {
			c.noEffect(i, ch.Name.At, at, ch.Name.Text)
			p.From = min(p.From, day)
			return
		}
	}
	o.plates = append(o.plates, org.Plate{Body: ch.Body.ID, Name: ch.Name.Text, Interval: org.Interval{From: day, To: org.Forever}})
}

func (c *checker) removePlate(i int32, ch *org.RemovePlate) {
	at, day := c.ref(c.bodyIx, ch.Body), c.dates[i]
	if at < 0 || !c.gives(ch.Body, at, day) {
		return
	}
	o := c.officesOf(at)
	for k := range o.plates {
		if p := &o.plates[k]; p.Name == ch.Name.Text && p.From < day && day <= p.To {
			p.To = day
			return
		}
	}
	c.report(diag.At(NothingToMove, ch.Name.At, diag.F("body", c.bodyName(at)),
		diag.F("what", diag.Word("what.plates")), diag.F("id", ch.Name.Text), diag.F("on", day)))
}

func (c *checker) coLocate(ch *org.CoLocate, day org.Date) {
	for _, r := range ch.Bodies {
		at := c.ref(c.bodyIx, r)
		if at < 0 || !c.takes(r, at, day) {
			continue
		}
		o := c.officesOf(at)
		for _, other := range ch.Bodies {
			if other.ID != r.ID && !slices.Contains(o.with, other.ID) {
				o.with = append(o.with, other.ID)
			}
		}
	}
}

func (c *checker) host(ch *org.Host, day org.Date) {
	office, at := c.ref(c.bodyIx, ch.Office), c.ref(c.bodyIx, ch.Where)
	if office < 0 || at < 0 {
		return
	}
	if !c.takes(ch.Office, office, day) || !c.takes(ch.Where, at, day) {
		return
	}
	if o := c.officesOf(at); !slices.Contains(o.hosts, ch.Office.ID) {
		o.hosts = append(o.hosts, ch.Office.ID)
	}
}

// noEffect tells that a change says what is so already.
func (c *checker) noEffect(i int32, at diag.Span, body int32, words string) {
	d := c.plan.Changes[i].Declared()
	c.report(diag.At(NoEffect, at, diag.F("body", c.bodyName(body)), diag.F("kind", diag.Word("kind."+d.Kind)),
		diag.F("value", words), diag.F("on", c.dates[i])))
}
