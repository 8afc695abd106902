package check

import (
	"cmp"
	"slices"
	"strings"

	"oneboard/internal/org"
)

// A Cause is one reason why a snapshot differs from the replay. One event that a
// list has late makes several units differ, and is one cause.
type Cause struct {
	// Units are those that differ, by code.
	Units []UnitName `json:"units"`
	// Event is the one nearest to the snapshot's day that names them; empty when
	// none does.
	Event string   `json:"event,omitempty"`
	Date  org.Date `json:"date,omitzero"`
	File  string   `json:"file,omitempty"`
	Line  int      `json:"line,omitempty"`
	// Next tells what the next snapshot of the replay says of these units, when no
	// event changes them on the way: "replay", that they are as replayed, or
	// "snapshot", that they differ again.
	Next string `json:"next,omitempty"`
}

// eventsOf are the events that name a unit, by date; made when the first
// snapshot differs.
func (r *replay) eventsOf(key unitKey) []int {
	if r.naming == nil {
		r.naming = map[unitKey][]int{}
		for i := range r.h.Events {
			for _, side := range [2][]org.Unit{r.h.Events[i].Before, r.h.Events[i].After} {
				for _, u := range side {
					if list := r.naming[keyOf(u)]; len(list) == 0 || list[len(list)-1] != i {
						r.naming[keyOf(u)] = append(list, i)
					}
				}
			}
		}
		for _, list := range r.naming {
			slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(r.h.Events[a].Date, r.h.Events[b].Date) })
		}
	}
	return r.naming[key]
}

// causes puts what differs in a snapshot together by cause, in the order of the
// first unit of each.
func (r *replay) causes(c *Compared) []Cause {
	units := slices.Concat(c.Missing, c.Extra)
	for _, d := range c.Differing {
		u := UnitName{Code: d.Code}
		if _, ok := r.units[unitKey(d.Code)]; !ok { // it has no code
			u = UnitName{Name: d.Code}
		} else {
			u.Name = r.units[unitKey(d.Code)].Name
		}
		units = append(units, u)
	}
	slices.SortFunc(units, func(a, b UnitName) int {
		return cmp.Or(strings.Compare(a.Code, b.Code), strings.Compare(a.Name, b.Name))
	})
	units = slices.CompactFunc(units, func(a, b UnitName) bool { return nameOf(a) == nameOf(b) })
	var out []Cause
	place := map[int]int{} // of each event in out
	for _, u := range units {
		nearest := -1
		for _, i := range r.eventsOf(nameOf(u)) {
			// of two as near, the one on the day or before it
			if nearest < 0 || apart(r.h.Events[i].Date, c.Date) < apart(r.h.Events[nearest].Date, c.Date) {
				nearest = i
			}
		}
		if at, ok := place[nearest]; ok && nearest >= 0 {
			out[at].Units = append(out[at].Units, u)
			continue
		}
		cause := Cause{Units: []UnitName{u}, Date: org.NoDate}
		if nearest >= 0 {
			e := &r.h.Events[nearest]
			place[nearest] = len(out)
			line, _ := e.At.Position()
			cause.Event, cause.Date, cause.File, cause.Line = e.ID, e.Date, e.At.File(), line
		}
		out = append(out, cause)
	}
	return out
}

func nameOf(u UnitName) unitKey { return keyOf(org.Unit{Code: u.Code, Name: u.Name}) }

func apart(a, b org.Date) org.Date { return max(a, b) - min(a, b) }

// settle tells of the causes of the snapshot before what this one says of them.
func (r *replay) settle(was, is *Compared) {
	differs := map[unitKey]bool{}
	for i := range is.Causes {
		for _, u := range is.Causes[i].Units {
			differs[nameOf(u)] = true
		}
	}
	from, to := min(was.Date, is.Date), max(was.Date, is.Date)
	for i := range was.Causes {
		cause := &was.Causes[i]
		again, changed := false, false
		for _, u := range cause.Units {
			again = again || differs[nameOf(u)]
			changed = changed || slices.ContainsFunc(r.eventsOf(nameOf(u)), func(i int) bool {
				return from < r.h.Events[i].Date && r.h.Events[i].Date <= to
			})
		}
		switch {
		case changed:
		case again:
			cause.Next = "snapshot"
		default:
			cause.Next = "replay"
		}
	}
}
