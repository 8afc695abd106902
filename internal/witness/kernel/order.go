package kernel

import (
	"slices"

	"oneboard/internal/org"
)

// An Event has a number: its place in the calendar. The first, 0, is day 0.
type Event int32

// A Calendar says of each event between which days it happens, both included, and
// which events are never earlier.
type Calendar struct {
	IDs    []string
	Number map[string]Event // of those that have a name
	Lo, Hi []org.Date
	Next   [][]Event
}

// Unset is the earliest day of what may happen on any, and the absence of a bound
// between two events.
const Unset = org.Always / 4

// An order is what is known of when some events happen: the event in row b comes
// at least after[a][b] days later than that in row a, if not Unset. It is closed:
// what follows from two entries is an entry. nil is what can't be.
type order struct {
	events []Event
	after  [][]org.Date
}

// known gives what the calendar says of the events of a duty: all that leads from
// one to another, over whatever events between, and their days.
func (c *Calendar) known(d *Duty) *order {
	o, last := &order{events: append([]Event{0}, d.Events...)}, org.Always
	for _, a := range o.events {
		last = max(last, c.Hi[a])
		o.after = append(o.after, slices.Repeat([]org.Date{Unset}, len(o.events)))
	}
	for i, a := range o.events {
		seen := map[Event]bool{a: true}
		for todo := []Event{a}; len(todo) > 0; todo = todo[1:] {
			if b := o.row(todo[0]); b >= 0 {
				o.after[i][b] = 0
			}
			for _, e := range c.Next[todo[0]] {
				if !seen[e] && c.Lo[e] <= last {
					seen[e], todo = true, append(todo, e)
				}
			}
		}
		if o.after[0][i] = max(o.after[0][i], c.Lo[a]); c.Hi[a] != org.Forever {
			o.after[i][0] = -c.Hi[a]
		}
	}
	for _, p := range d.Apart {
		a, b := o.row(p[0]), o.row(p[1])
		o.after[a][b], o.after[b][a] = d.Days, -d.Days
	}
	for k := range o.events {
		o.close(k, k)
	}
	return o
}

// row gives the row of an event, or -1.
func (o *order) row(e Event) int { return slices.Index(o.events, e) }

// close enters what follows from the way from a to b.
func (o *order) close(a, b int) {
	step := o.after[a][b]
	for i := range o.after {
		if to := o.after[i][a]; to > Unset {
			for j, on := range o.after[b] {
				if on > Unset {
					o.after[i][j] = max(o.after[i][j], to+step+on)
				}
			}
		}
	}
}

// with is the order in which b also comes at least so many days after a.
func (o *order) with(a, b int, days org.Date) *order {
	if o == nil || o.after[b][a] > -days {
		return nil
	}
	next := &order{events: o.events}
	for _, row := range o.after {
		next.after = append(next.after, slices.Clone(row))
	}
	next.after[a][b] = max(next.after[a][b], days)
	next.close(a, b)
	return next
}

// three gives the orders in which a comes on an earlier day than b, on the same
// day, on a later day.
func (o *order) three(a, b int) [3]*order {
	return [3]*order{o.with(a, b, 1), o.with(a, b, 0).with(b, a, 0), o.with(b, a, 1)}
}

// runs calls do with a day for each event, for every order that they can have by
// what is known. from is the first pair to look at. It stops when do says so.
func (o *order) runs(from int, do func(day []org.Date) bool) bool {
	n := len(o.events)
	for ; from < n*n; from++ {
		a, b := from/n, from%n
		if 0 < a && a < b && o.after[a][b] < 1 && o.after[b][a] < 1 && (o.after[a][b] < 0 || o.after[b][a] < 0) {
			for _, part := range o.three(a, b) {
				if part != nil && !part.runs(from+1, do) {
					return false
				}
			}
			return true
		}
	}
	day := make([]org.Date, slices.Max(o.events)+1)
	for i, e := range o.events {
		day[e] = o.after[0][i]
	}
	return do(day)
}
