package check

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// An Interface is what one body hands over to another: the two must link up and
// agree on a day (A7 row 52 of the rules of practice).
type Interface struct {
	Giver   diag.Name   `json:"giver"`
	Taker   diag.Name   `json:"taker"`
	Duties  []diag.Name `json:"duties"`
	Posts   []string    `json:"posts"`
	Items   []string    `json:"items"`
	Changes []string    `json:"changes"`
	On      org.Date    `json:"on"` // the first day on which anything goes over
	// Agreed is the last day that the plan names for being in place, in all the
	// changes of duties between the two; NoDate when it names none.
	Agreed org.Date `json:"agreed"`
	// Open lists the changes of duties for which no such day is named.
	Open []string `json:"open"`
}

// Interfaces lists every pair of a giver and a taker, by day, then ids. O(what
// the plan touches).
func (t *Timeline) Interfaces() []Interface {
	c := t.c
	type pairOf struct{ giver, taker int32 }
	found := map[pairOf]*Interface{}
	at := func(giver, taker, change int32, day org.Date) *Interface {
		x := found[pairOf{giver, taker}]
		if x == nil {
			x = &Interface{Duties: []diag.Name{}, Posts: []string{}, Items: []string{}, Changes: []string{}, Open: []string{}, On: day, Agreed: org.NoDate}
			f := following{c: c}
			x.Giver, x.Taker = f.nameOn(giver, day-1), f.nameOn(taker, day)
			found[pairOf{giver, taker}] = x
		}
		x.On = min(x.On, day)
		once(&x.Changes, c.plan.Changes[change].Declared().ID)
		return x
	}
	for d := range c.duties {
		if !c.duties[d].touch {
			continue
		}
		segs := c.duties[d].segs
		for i := range segs {
			was := &segs[i]
			if was.ended < 0 || was.body < 0 || was.Empty() {
				continue
			}
			for k := range segs {
				is := &segs[k]
				if is.began != was.ended || is.key != was.key || is.body < 0 || is.body == was.body || is.From != was.To || is.Empty() {
					continue
				}
				x := at(was.body, is.body, was.ended, c.dates[was.ended])
				name := c.dutyName(int32(d))
				if !slices.ContainsFunc(x.Duties, func(n diag.Name) bool { return n.ID == name.ID }) {
					x.Duties = append(x.Duties, name)
				}
				agreed := org.NoDate
				for _, w := range handovers(c.plan.Changes[was.ended]) {
					if w.Given() && (agreed == org.NoDate || w.Date > agreed) {
						agreed = w.Date
					}
				}
				if agreed == org.NoDate {
					once(&x.Open, c.plan.Changes[was.ended].Declared().ID)
				} else if x.Agreed == org.NoDate || agreed > x.Agreed {
					x.Agreed = agreed
				}
			}
		}
	}
	things := func(b *belongings, id func(int32) string, put func(*Interface) *[]string) {
		for i, shifts := range b.shifts {
			from := b.base[i]
			for _, s := range shifts {
				if from >= 0 && s.body >= 0 && s.change >= 0 && from != s.body {
					once(put(at(from, s.body, s.change, s.day)), id(i))
				}
				from = s.body
			}
		}
	}
	things(c.staff.seats, func(i int32) string { return c.staff.posts[i].def.ID }, func(x *Interface) *[]string { return &x.Posts })
	things(c.staff.items, func(i int32) string { return c.item(i).ID }, func(x *Interface) *[]string { return &x.Items })
	out := make([]Interface, 0, len(found))
	for _, x := range found {
		for _, list := range []*[]string{&x.Posts, &x.Items, &x.Changes, &x.Open} {
			slices.Sort(*list)
		}
		slices.SortFunc(x.Duties, func(a, b diag.Name) int { return cmp.Compare(a.ID, b.ID) })
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Interface) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Giver.ID, b.Giver.ID), cmp.Compare(a.Taker.ID, b.Taker.ID))
	})
	return out
}
