package check

import (
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A wait says that a change waits for another to be complete, and where that is
// written.
type wait struct {
	first, then int32
	at          diag.Span
}

// order gives every change its nominal day. A change with a day of its own has
// that; one that waits for others has the day on which the last of them is
// complete; any other has the day on which its instrument takes effect.
// Circles are found first, by taking away what waits for nothing: what the user
// wrote is never recursed on.
func (c *checker) order() {
	n := len(c.plan.Changes)
	c.dates = make([]org.Date, n)
	waits := c.waits()
	into, out := make([][]wait, n), make([][]wait, n)
	open := make([]int, n)
	for _, w := range waits {
		into[w.then] = append(into[w.then], w)
		out[w.first] = append(out[w.first], w)
		open[w.then]++
	}
	done := make([]bool, n)
	ready := make([]int32, 0, n)
	for i := range n {
		if open[i] == 0 {
			ready = append(ready, int32(i))
		}
	}
	settle := func(i int32) {
		done[i] = true
		c.dates[i] = c.nominal(c.plan.Changes[i].Declared(), into[i])
		for _, w := range out[i] {
			if open[w.then]--; open[w.then] == 0 && !done[w.then] {
				ready = append(ready, w.then)
			}
		}
	}
	for settled := 0; settled < n; {
		for len(ready) > 0 {
			i := ready[0]
			ready = ready[1:]
			if !done[i] {
				settle(i)
				settled++
			}
		}
		if settled == n {
			break
		}
		// every change that is left waits for one that is left: walk back until one
		// comes again, and that is a circle
		circle := circleIn(into, done)
		c.reportCircle(circle)
		for _, w := range circle {
			if !done[w.then] {
				into[w.then] = nil // its waits are reported; they must not date it
				settle(w.then)
				settled++
			}
		}
	}
}

func (c *checker) waits() []wait {
	var out []wait
	find := func(r org.Ref) int32 {
		if !r.Given() {
			return none
		}
		if at, ok := c.changeIx[r.ID]; ok {
			return at
		}
		key := "changes\x00" + r.ID
		if !c.unknown[key] {
			c.unknown[key] = true
			d := diag.At(UnknownID, r.At, diag.F("id", r.ID), diag.F("what", diag.Word("what.change")))
			if near := c.nearest("changes", r.ID); near != "" {
				d.Facts = append(d.Facts, diag.F("known", near))
			}
			c.report(d)
		}
		return none
	}
	for i, ch := range c.plan.Changes {
		d := ch.Declared()
		for _, r := range d.After {
			if first := find(r); first >= 0 {
				out = append(out, wait{first, int32(i), r.At})
			}
		}
		for _, r := range d.Before {
			if then := find(r); then >= 0 {
				out = append(out, wait{int32(i), then, r.At})
			}
		}
	}
	return out
}

// nominal dates one change whose forerunners are dated.
func (c *checker) nominal(d *org.Common, into []wait) org.Date {
	last, latest := org.NoDate, wait{first: none}
	for _, w := range into {
		if end := c.complete(w.first); end > last {
			last, latest = end, w
		}
	}
	if d.On.Given() {
		if latest.first >= 0 && last > d.On.Date {
			c.report(diag.At(OutOfOrder, d.On.At, diag.F("change", d.ID), diag.F("on", d.On.Date),
				diag.F("after", c.plan.Changes[latest.first].Declared().ID), diag.F("until", last)).
				Note(latest.at, "waits_for", diag.F("change", c.plan.Changes[latest.first].Declared().ID)))
		}
		return d.On.Date
	}
	day := org.NoDate
	if len(d.After) == 0 {
		for _, by := range d.By {
			if in := c.plan.Instrument(by.Instrument.ID); in != nil {
				day = max(day, in.Effective.Or(in.Made.Or(org.NoDate)))
			}
		}
		if day == org.NoDate && c.plan.Start.Given() {
			day = c.plan.Start.Date
		}
	}
	return max(day, last)
}

// complete is the day on which a change is done with: for a transfer or merger,
// when its handover is in place.
func (c *checker) complete(i int32) org.Date {
	day := c.dates[i]
	for _, w := range handovers(c.plan.Changes[i]) {
		day = max(day, w.Or(day))
	}
	return day
}

// handovers lists the days that a change declares besides its own.
func handovers(ch org.Change) []org.When {
	switch ch := ch.(type) {
	case *org.Transfer:
		return []org.When{ch.InPlace, ch.Performer, ch.Name, ch.Means}
	case *org.Merge:
		return []org.When{ch.InPlace}
	case *org.MergeInto:
		return []org.When{ch.InPlace}
	}
	return nil
}

func circleIn(into [][]wait, done []bool) []wait {
	at := int32(slices.Index(done, false))
	seen := map[int32]int{}
	var path []wait
	for {
		if start, again := seen[at]; again {
			circle := slices.Clone(path[start:])
			slices.Reverse(circle)
			return circle
		}
		seen[at] = len(path)
		for _, w := range into[at] {
			if !done[w.first] {
				path = append(path, w)
				at = w.first
				break
			}
		}
	}
}

// reportCircle prints the path, not a bag of nodes: each step with the words
// that make it.
func (c *checker) reportCircle(circle []wait) {
	ids := make([]string, 0, len(circle)+1)
	id := func(i int32) string { return c.plan.Changes[i].Declared().ID }
	// start at the change that stands first in the plan
	first := 0
	for i, w := range circle {
		if w.first < circle[first].first {
			first = i
		}
	}
	circle = append(slices.Clone(circle[first:]), circle[:first]...)
	for _, w := range circle {
		ids = append(ids, id(w.first))
	}
	ids = append(ids, id(circle[0].first))
	last := circle[len(circle)-1]
	d := diag.At(WaitingCycle, last.at, diag.F("path", strings.Join(ids, " → ")))
	for _, w := range circle[:len(circle)-1] {
		d = d.Note(w.at, "waits", diag.F("change", id(w.then)), diag.F("after", id(w.first)))
	}
	c.report(d)
}
