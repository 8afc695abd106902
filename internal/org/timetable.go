package org

import (
	"maps"
	"slices"
)

// A Window is the days on which an event may happen, both included. A last day
// that nothing sets is Forever.
type Window struct{ Earliest, Latest Date }

// A Step says that an event comes so many days (0 or 1) before then, or more.
type Step struct {
	First, Then string
	Days        Date
}

// A Timetable is what is known of when the events of a plan happen: days, and
// what comes before what. An event is a change's taking effect ("c1.law"), its
// handover ("c1.place") or that of one key ("c1.place.name"). Where an event is
// asked for, a day ("2019-01-31") stands for itself, "start" for the time before
// all events and "forever" for that after them. Immutable.
type Timetable struct {
	Windows map[string]Window
	Steps   map[string][]Step // by their first event
}

// Timetable reads what the plan says of its events: the days and windows
// declared, and what waits for what. start is the first day that is looked at.
func (p *Plan) Timetable(start Date) Timetable {
	t := Timetable{map[string]Window{"start": {Always, start}, "forever": {Forever, Forever}}, map[string][]Step{}}
	of := map[string][]string{} // the events of a change
	for _, ch := range p.Changes {
		c := ch.Declared()
		law, w := c.ID+".law", Window{c.On.First(), c.On.Or(NoDate)}
		switch {
		case c.On.Given():
		case len(c.After) > 0: // some day from when what it waits for is complete
			w = Window{NoDate, p.Deadline.Or(Forever)}
		default: // the day on which what it rests on takes effect
			for _, by := range c.By {
				if in := p.Instrument(by.Instrument.ID); in != nil {
					w.Latest = max(w.Latest, in.Effective.Or(in.Made.Or(NoDate)))
				}
			}
			if w.Latest == NoDate {
				w.Latest = start
			}
			w.Earliest = w.Latest
		}
		t.Windows[law], of[c.ID] = w, []string{law}
		for key, on := range Handovers(ch) {
			e := InPlace(c.ID, key)
			t.Windows[e], of[c.ID] = Window{on.First(), on.Date}, append(of[c.ID], e)
			t.Steps[law] = append(t.Steps[law], Step{law, e, 0})
		}
	}
	wait := func(first, then string) {
		for _, e := range of[first] {
			t.Steps[e] = append(t.Steps[e], Step{e, then + ".law", 0})
		}
	}
	for _, ch := range p.Changes {
		c := ch.Declared()
		for _, f := range c.After {
			wait(f.ID, c.ID)
		}
		for _, f := range c.Before {
			wait(c.ID, f.ID)
		}
	}
	return t.With()
}

// InPlace names the event of a handover: of one key, or, for the zero Keys, of
// all that are not dated by themselves.
func InPlace(change string, key Keys) string {
	if key == 0 {
		return change + ".place"
	}
	return change + ".place." + key.String()
}

// With is the timetable when more is assumed, each window made as narrow as all
// steps make it. An event whose Earliest is then after its Latest has no day.
func (t Timetable) With(more ...Step) Timetable {
	t = Timetable{maps.Clone(t.Windows), maps.Clone(t.Steps)}
	for _, s := range more {
		t.Steps[s.First] = append(slices.Clip(t.Steps[s.First]), s)
	}
	// a bound goes along a path without a circle; what still moves after as many
	// rounds goes round in one, and has left its window long ago
	for n, changed := 0, true; changed && n <= len(t.Windows); n++ {
		changed = false
		for _, steps := range t.Steps {
			for _, s := range steps {
				a, b := t.Window(s.First), t.Window(s.Then)
				if a.Earliest.Known() && a.Earliest+s.Days > b.Earliest {
					b.Earliest, changed = a.Earliest+s.Days, true
				}
				if b.Latest.Known() && b.Latest-s.Days < a.Latest {
					a.Latest, changed = b.Latest-s.Days, true
				}
				t.Windows[s.First], t.Windows[s.Then] = a, b
			}
		}
	}
	return t
}

// Window gives the days of an event.
func (t *Timetable) Window(e string) Window {
	w, ok := t.Windows[e]
	if d, err := ParseDate(e); !ok && err == nil {
		return Window{d, d}
	} else if !ok {
		return Window{Always, Forever}
	}
	return w
}

// Before reports whether in every run an event comes so many days (0 or 1)
// before another, or more: step by step, or because the days say so.
func (t *Timetable) Before(a, b string, days Date) bool {
	x, y := t.Window(a), t.Window(b)
	if a == "start" && b != a || b == "forever" && a != b || x.Latest != Forever && x.Latest+days <= y.Earliest {
		return true
	}
	far := map[string]Date{a: 0}
	for todo := []string{a}; len(todo) > 0; todo = todo[1:] {
		if todo[0] == b && far[b] >= days {
			return true
		}
		for _, s := range t.Steps[todo[0]] {
			days := min(far[s.First]+s.Days, 1)
			if was, seen := far[s.Then]; !seen || was < days {
				far[s.Then] = days
				todo = append(todo, s.Then)
			}
		}
	}
	return false
}
