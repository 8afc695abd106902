package witness

import (
	"slices"

	"oneboard/internal/org"
)

// An order is what is known of when some events happen: the event in row b comes
// at least after[a][b] days later than that in row a, if not unset. The first is
// day 0 of the calendar. It is closed: what follows from two entries is an entry.
type order struct {
	events []int32
	after  [][]org.Date
}

// maxRuns bounds the courses of events that are looked at in one branch.
const maxRuns = 200_000

// order gives what the plan says of the events of a matter: all that leads from
// one to another, over whatever events between, and their days.
func (m *matter) order() *order {
	o, last := &order{events: append([]int32{0}, m.events...)}, org.Always
	for _, a := range o.events {
		last = max(last, m.hi[a])
		o.after = append(o.after, slices.Repeat([]org.Date{unset}, len(o.events)))
	}
	for i, a := range o.events {
		seen := map[int32]bool{a: true}
		for todo := []int32{a}; len(todo) > 0; todo = todo[1:] {
			if b := o.at(todo[0]); b >= 0 {
				o.after[i][b] = 0
			}
			for _, e := range m.next[todo[0]] {
				if !seen[e] && m.lo[e] <= last {
					seen[e], todo = true, append(todo, e)
				}
			}
		}
		if o.after[0][i] = max(o.after[0][i], m.lo[a]); m.hi[a] != org.Forever {
			o.after[i][0] = -m.hi[a]
		}
	}
	for _, b := range m.bodies { // the last day of grace comes so many days after the beginning
		if p := m.party(b); p.due > 0 {
			grace := org.Date(m.rules.HeadGrace)
			o.after[o.at(p.begin)][o.at(p.due)], o.after[o.at(p.due)][o.at(p.begin)] = grace, -grace
		}
	}
	for k := range o.events {
		o.close(k, k)
	}
	return o
}

// at gives the row of an event, or -1.
func (o *order) at(e int32) int {
	if o == nil {
		return -1
	}
	return slices.Index(o.events, e)
}

// close enters what follows from the way from a to b.
func (o *order) close(a, b int) {
	step := o.after[a][b]
	for i := range o.after {
		if to := o.after[i][a]; to > unset {
			for j, on := range o.after[b] {
				if on > unset {
					o.after[i][j] = max(o.after[i][j], to+step+on)
				}
			}
		}
	}
}

// with is the order in which b also comes at least so many days after a; nil
// when it can't.
func (o *order) with(a, b int, days org.Date) *order {
	if o == nil || o.after[b][a] > -days {
		return nil
	}
	next := &order{events: o.events}
	for _, row := range o.after {
		next.after = append(next.after, slices.Clone(row))
	}
	if next.after[a][b] < days {
		next.after[a][b] = days
		next.close(a, b)
	}
	return next
}

// three gives the orders in which a comes on an earlier day than b, on the same
// day, on a later day; nil for one that can't be.
func (o *order) three(a, b int) [3]*order {
	return [3]*order{o.with(a, b, 1), o.with(a, b, 0).with(b, a, 0), o.with(b, a, 1)}
}

// days gives each event of the plan that the order knows its day.
func (o *order) days(rows []org.Date) []org.Date {
	day := make([]org.Date, slices.Max(o.events)+1)
	for i, e := range o.events {
		day[e] = rows[i]
	}
	return day
}

// runs calls do with a day for each event, for every order that they can have by
// what is known. from is the first pair to look at. It stops when do says so.
func (o *order) runs(from int, do func([]org.Date) bool) bool {
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
	return do(o.days(o.after[0]))
}
