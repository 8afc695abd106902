package check

import (
	"cmp"
	"slices"
	"strings"

	"oneboard/internal/org"
)

// A Lineage is the graph of what became of the units of a history: each state
// of a unit, from the event that made it to the event that took it, and which
// went into which. Who a unit is follows from the events and not from its code:
// a code that is used again is another unit. A unit that ended without
// successor and returns, by the source's word or with the same code and name,
// is the same.
//
// It never changes and is safe for concurrent use.
type Lineage struct {
	Title string
	First org.Date // the first day that it knows: the earliest snapshot
	// Last is the last day of which the history says anything.
	Last org.Date
	// Measure says what shares are measured by: "hectares", "people", "staff", or "" when
	// the history gives neither.
	Measure string

	events []org.Event
	place  map[int]int // of each event in the order in which they were applied
	states []state
	ways   []way
	byKey  map[unitKey][]int // the states of a code, or of a name, by time
	byName map[string][]int
	order  []int // all states but joints, by code and time
}

// state is a unit between two events. A joint is no unit: it stands for "any of
// these into any of those".
type state struct {
	unit        org.Unit
	from, to    org.Date // in force from <= day < to
	in, out     []int    // ways
	begun       int      // the event that made it; -1: none, it was there
	ended       int      // the event that took it; -1: none
	joint       bool
	first, last measured // the first and the last list that measured it
}

// measured is a size as a list gives it; size 0: not given.
type measured struct {
	list int
	size int
}

// way leads from a state to one that came of it.
type way struct {
	from, to int
	event    int // in the history
	date     org.Date
	// whole says which share of from went to, and of to came from here; negative
	// when nobody knows.
	ahead, back float64
}

const unknownShare = -1

// Trace makes the lineage of a history, in the order in which [Replay] applies
// its events. The time is near linear in the number of events and units.
func Trace(h *org.History) *Lineage {
	l := &Lineage{Title: h.Title, First: org.NoDate, Last: org.NoDate, events: h.Events, place: map[int]int{}, byKey: map[unitKey][]int{}, byName: map[string][]int{}}
	r := &replay{h: h, report: Report{Ops: map[string]int{}}}
	now := map[unitKey]int{}  // the states in force
	past := map[unitKey]int{} // the last of those that ended
	var deeds [][]int         // the ways of each event
	add := func(u org.Unit, from org.Date) int {
		l.states = append(l.states, state{unit: u, from: from, to: org.Forever, begun: -1, ended: -1})
		n := len(l.states) - 1
		if key := keyOf(u); key != "" {
			l.byKey[key] = append(l.byKey[key], n)
		}
		return n
	}
	var start *org.Snapshot
	for i := range h.Snapshots {
		s := &h.Snapshots[i]
		if start == nil || s.Date < start.Date {
			start = s
		}
		if !l.Last.Known() || s.Date > l.Last {
			l.Last = s.Date
		}
	}
	if start == nil {
		return l
	}
	l.First = start.Date
	for _, u := range start.Units {
		if key := keyOf(u); key != "" {
			if _, twice := now[key]; !twice {
				now[key] = add(u, start.Date)
			}
		}
	}
	end := func(key unitKey, day org.Date, event int) {
		if n, ok := now[key]; ok {
			l.states[n].to, l.states[n].ended = day, event
			past[key] = n
			delete(now, key)
		}
	}
	join := func(event int, day org.Date, from, to int, deed *[]int) {
		l.ways = append(l.ways, way{from: from, to: to, event: event, date: day, ahead: unknownShare, back: unknownShare})
		w := len(l.ways) - 1
		l.states[from].out = append(l.states[from].out, w)
		l.states[to].in = append(l.states[to].in, w)
		*deed = append(*deed, w)
	}
	r.traced = func(steps []step, order []applied) {
		for _, one := range order {
			day := steps[one.steps[0]].event.Date
			l.Last = max(l.Last, day)
			for _, at := range one.steps {
				l.place[steps[at].index] = len(l.place)
			}
			needs := make([][]int, len(one.steps))
			makes := make([][]int, len(one.steps))
			spent := map[int]bool{}
			type open struct{ step, need int }
			var later []open
			for i, at := range one.steps {
				s := &steps[at]
				needs[i] = make([]int, len(s.need))
				for j, key := range s.need {
					n, ok := now[key]
					if !ok || spent[n] || len(one.steps) > 1 && !fits(&s.needs[j], &l.states[n].unit) {
						later = append(later, open{i, j})
						continue
					}
					spent[n] = true
					needs[i][j] = n
				}
			}
			made := 0
			byKey := map[unitKey][]int{}
			for i, at := range one.steps {
				s := &steps[at]
				makes[i] = make([]int, len(s.make))
				for j, key := range s.make {
					u := one.made[made]
					made++
					makes[i][j] = add(u, day)
					l.states[makes[i][j]].begun = s.index
					byKey[key] = append(byKey[key], makes[i][j])
				}
			}
			for _, o := range later { // made by another step of the same moment, or nowhere to be found
				s := &steps[one.steps[o.step]]
				key, found := s.need[o.need], -1
				for _, n := range byKey[key] {
					if !spent[n] && !slices.Contains(makes[o.step], n) && fits(&s.needs[o.need], &l.states[n].unit) {
						found = n
						break
					}
				}
				if n, ok := now[key]; found < 0 && ok && !spent[n] {
					found = n
				}
				if found < 0 {
					found = add(s.needs[o.need], day)
					l.states[found].to = day
				}
				spent[found] = true
				needs[o.step][o.need] = found
			}
			for i, at := range one.steps {
				for _, key := range steps[at].need {
					end(key, day, steps[at].index)
				}
				for j, key := range steps[at].make {
					if len(steps[at].need) == 0 { // a return, or a beginning
						if old, ok := past[key]; ok && len(l.states[old].out) == 0 && comesBack(steps[at].event, &l.states[old].unit, &l.states[makes[i][j]].unit) {
							var deed []int
							join(steps[at].index, day, old, makes[i][j], &deed)
							deeds = append(deeds, deed)
						}
					}
				}
			}
			for key, list := range byKey {
				for _, n := range list {
					if spent[n] {
						l.states[n].to = day
						continue
					}
					end(key, day, l.states[n].begun)
					now[key] = n
				}
			}
			for i, at := range one.steps {
				s := &steps[at]
				var deed []int
				switch {
				case len(needs[i]) == 0 || len(makes[i]) == 0:
				case s.event.Links != nil:
					seen := map[[2]int]bool{}
					link := func(b, a unitKey) {
						x, y := slices.Index(s.need, b), slices.Index(s.make, a)
						if x >= 0 && y >= 0 && !seen[[2]int{x, y}] {
							seen[[2]int{x, y}] = true
							join(s.index, day, needs[i][x], makes[i][y], &deed)
						}
					}
					linked := map[unitKey]bool{}
					for _, k := range s.event.Links {
						if k.Before >= 0 && k.Before < len(s.event.Before) && k.After >= 0 && k.After < len(s.event.After) {
							b, a := keyOf(s.event.Before[k.Before]), keyOf(s.event.After[k.After])
							linked[b] = true
							link(b, a)
						}
					}
					for _, key := range s.need { // who stays, stays
						if !linked[key] {
							link(key, key)
						}
					}
				case len(needs[i]) == 1 || len(makes[i]) == 1:
					for _, b := range needs[i] {
						for _, a := range makes[i] {
							join(s.index, day, b, a, &deed)
						}
					}
				default:
					joint := len(l.states)
					l.states = append(l.states, state{from: day, to: day, joint: true, begun: -1, ended: -1})
					for _, b := range needs[i] {
						join(s.index, day, b, joint, &deed)
					}
					for _, a := range makes[i] {
						join(s.index, day, joint, a, &deed)
					}
				}
				if deed != nil {
					deeds = append(deeds, deed)
				}
			}
		}
	}
	r.run()
	l.measure(h)
	for _, deed := range deeds {
		l.weigh(deed)
	}
	for i := range l.states {
		if s := &l.states[i]; !s.joint && s.from < s.to {
			l.order = append(l.order, i)
			if s.unit.Name != "" {
				l.byName[s.unit.Name] = append(l.byName[s.unit.Name], i)
			}
		}
	}
	slices.SortStableFunc(l.order, func(a, b int) int {
		x, y := &l.states[a], &l.states[b]
		return cmp.Or(strings.Compare(x.unit.Code, y.unit.Code), strings.Compare(x.unit.Name, y.unit.Name), cmp.Compare(x.from, y.from))
	})
	return l
}

// comesBack reports whether a unit that begins out of nothing is the one that
// ended.
func comesBack(e *org.Event, was, is *org.Unit) bool {
	if e.Op != "" {
		return e.Op == "restore"
	}
	return was.Name != "" && was.Name == is.Name
}

// measure gives the states the sizes that the lists have. A unit that another
// one became as a whole has its size.
func (l *Lineage) measure(h *org.History) {
	hectares, people := false, false
	for i := range h.Snapshots {
		for _, u := range h.Snapshots[i].Units {
			hectares, people = hectares || u.Hectares > 0, people || u.People > 0
		}
	}
	switch {
	case hectares:
		l.Measure = "hectares"
	case people:
		l.Measure = cmp.Or(h.Counts, "people")
	default:
		return
	}
	lists := make([]int, len(h.Snapshots))
	for i := range lists {
		lists[i] = i
	}
	slices.SortStableFunc(lists, func(a, b int) int { return cmp.Compare(h.Snapshots[a].Date, h.Snapshots[b].Date) })
	for _, i := range lists {
		s := &h.Snapshots[i]
		for _, u := range s.Units {
			size := u.People
			if hectares {
				size = u.Hectares
			}
			if n := l.on(l.byKey[keyOf(u)], s.Date); n >= 0 && size > 0 {
				st := &l.states[n]
				st.last = measured{i, size}
				if st.first.size == 0 {
					st.first = st.last
				}
			}
		}
	}
	pass := func(from, to *state) {
		if to.first.size == 0 && len(from.out) == 1 && len(to.in) == 1 && from.first.size > 0 {
			to.first, to.last = from.first, from.last
		}
	}
	for i := range l.ways {
		pass(&l.states[l.ways[i].from], &l.states[l.ways[i].to])
	}
	for i := len(l.ways) - 1; i >= 0; i-- {
		from, to := &l.states[l.ways[i].from], &l.states[l.ways[i].to]
		if from.first.size == 0 && len(from.out) == 1 && len(to.in) == 1 && to.first.size > 0 {
			from.first, from.last = to.first, to.last
		}
	}
}

// on gives the state in force on a day out of the states of one key, or -1.
func (l *Lineage) on(states []int, day org.Date) int {
	i, _ := slices.BinarySearchFunc(states, day, func(n int, day org.Date) int {
		if l.states[n].from <= day {
			return -1
		}
		return 1
	})
	for i--; i >= 0; i-- { // states without a day between them begin on one day
		if s := &l.states[states[i]]; s.from <= day && day < s.to {
			return states[i]
		} else if s.from < s.to {
			break
		}
	}
	return -1
}

// weigh finds the shares of the ways of one event. All of a unit that went one
// way went that way; where it went several, the sizes of one list tell, when
// nothing else came into those that it went to. Territory alone can also be
// reckoned through an event, since it neither grows nor moves.
func (l *Lineage) weigh(deed []int) {
	for _, w := range deed {
		way := &l.ways[w]
		from, to := &l.states[way.from], &l.states[way.to]
		if len(from.out) == 1 && !from.joint {
			way.ahead = 1
		}
		if len(to.in) == 1 && !to.joint {
			way.back = 1
		}
	}
	flow := l.flows(deed)
	for _, w := range deed {
		way := &l.ways[w]
		from, to := &l.states[way.from], &l.states[way.to]
		if from.joint || to.joint {
			continue
		}
		if way.ahead < 0 {
			way.ahead = l.share(w, from.out, flow, func(o int) (measured, bool) {
				t := &l.states[l.ways[o].to]
				return t.first, len(t.in) == 1
			})
		}
		if way.back < 0 {
			way.back = l.share(w, to.in, flow, func(o int) (measured, bool) {
				f := &l.states[l.ways[o].from]
				return f.last, len(f.out) == 1
			})
		}
	}
}

// share is the part that one way has of all those beside it.
func (l *Lineage) share(w int, beside []int, flow map[int]int, size func(int) (measured, bool)) float64 {
	sum, mine, list := 0, 0, -1
	known := true
	for _, o := range beside {
		m, alone := size(o)
		if !alone || m.size == 0 || list >= 0 && m.list != list {
			known = false
			break
		}
		list = m.list
		sum += m.size
		if o == w {
			mine = m.size
		}
	}
	if !known {
		sum, mine = 0, 0
		for _, o := range beside {
			f, ok := flow[o]
			if !ok {
				return unknownShare
			}
			sum += f
			if o == w {
				mine = f
			}
		}
	}
	if sum == 0 {
		return unknownShare
	}
	return float64(mine) / float64(sum)
}

// flows reckons the hectares that went each way, from the units that have one
// way left to reckon; nil when the event's territory does not add up or is not
// known.
func (l *Lineage) flows(deed []int) map[int]int {
	if l.Measure != "hectares" || len(deed) < 3 {
		return nil
	}
	left := map[[2]int]int{} // what is not yet reckoned of a state, as from (0) and as to (1)
	ways := map[[2]int][]int{}
	sum := [2]int{}
	for _, w := range deed {
		way := &l.ways[w]
		for side, n := range [2]int{way.from, way.to} {
			key := [2]int{side, n}
			if _, seen := left[key]; !seen {
				m := l.states[n].last
				if side == 1 {
					m = l.states[n].first
				}
				if m.size == 0 {
					return nil
				}
				left[key] = m.size
				sum[side] += m.size
			}
			ways[key] = append(ways[key], w)
		}
	}
	if off := max(sum[0], sum[1]) - min(sum[0], sum[1]); off > len(left)+sum[0]/1000 {
		return nil
	}
	flow := map[int]int{}
	var ready [][2]int
	count := map[[2]int]int{}
	for _, w := range deed {
		for side, n := range [2]int{l.ways[w].from, l.ways[w].to} {
			key := [2]int{side, n}
			if count[key]++; count[key] == len(ways[key]) && count[key] == 1 {
				ready = append(ready, key)
			}
		}
	}
	for len(ready) > 0 {
		key := ready[0]
		ready = ready[1:]
		for _, w := range ways[key] {
			if _, done := flow[w]; done {
				continue
			}
			f := left[key]
			if f < -len(ways) { // more came out than went in
				return nil
			}
			flow[w] = max(f, 0)
			for side, n := range [2]int{l.ways[w].from, l.ways[w].to} {
				k := [2]int{side, n}
				left[k] -= flow[w]
				if count[k]--; count[k] == 1 {
					ready = append(ready, k)
				}
			}
		}
	}
	return flow
}

// A Traced unit is one that a unit became, or came from.
type Traced struct {
	FromCode string `json:"from_code"`
	FromName string `json:"from_name"`
	ToCode   string `json:"to_code"` // "" when it is nothing any more
	ToName   string `json:"to_name"`
	// Share is the part of the first unit that is in the second; nil when nobody
	// knows.
	Share *float64 `json:"share"`
	// Kind is same, renamed, recoded, succeeded (another code and name), merged
	// (several into this one), split (this one into several), part (both), ended
	// (into nothing) or new (out of nothing): what happened in time, whichever way
	// it is followed.
	Kind string `json:"kind"`
	// On is the day on which an ended unit ended, or a new one began.
	On org.Date `json:"on,omitzero"`

	from, to int // states
}

// spread is what reaches the last day from one state.
type spread struct {
	ends  []reached // in the order of the graph
	cone  []int     // all states on the way, each before those that came of it
	ways  []int     // all ways between them
	share map[int]float64
}

type reached struct {
	state int
	share float64
	dead  bool // it ended on the way, or began
}

// spread follows the ways from a state to a day, forward or backward.
func (l *Lineage) spread(start int, to org.Date, backward bool) spread {
	ways := func(n int) (out []int) {
		list := l.states[n].out
		if backward {
			list = l.states[n].in
		}
		for _, w := range list {
			if l.ways[w].date <= to != backward {
				out = append(out, w)
			}
		}
		return out
	}
	next := func(w int) int {
		if backward {
			return l.ways[w].from
		}
		return l.ways[w].to
	}
	out := spread{share: map[int]float64{}}
	waiting := map[int]int{} // ways into a state that are not yet followed
	list := []int{start}
	seen := map[int]bool{start: true}
	for i := 0; i < len(list); i++ {
		for _, w := range ways(list[i]) {
			waiting[next(w)]++
			if n := next(w); !seen[n] {
				seen[n] = true
				list = append(list, n)
			}
		}
	}
	out.share[start] = 1
	ready := []int{start} // nothing leads back to it: what came of it is later
	for i := 0; i < len(ready); i++ {
		n := ready[i]
		s := &l.states[n]
		out.cone = append(out.cone, n)
		on := ways(n)
		if len(on) == 0 {
			out.ends = append(out.ends, reached{n, out.share[n], s.joint || to < s.from || to >= s.to})
			continue
		}
		for _, w := range on {
			part := l.ways[w].ahead
			if backward {
				part = l.ways[w].back
			}
			m := next(w)
			had, ok := out.share[m]
			switch {
			case ok && had < 0:
			case part < 0 || out.share[n] < 0:
				out.share[m] = unknownShare
			default:
				out.share[m] = had + part*out.share[n]
			}
			out.ways = append(out.ways, w)
			if waiting[m]--; waiting[m] == 0 {
				ready = append(ready, m)
			}
		}
	}
	if len(out.ends) == 1 && !out.ends[0].dead { // whatever the ways, all of it is here
		out.ends[0].share = 1
		out.share[out.ends[0].state] = 1
	}
	return out
}

// Find gives the codes and names in force on a day that a reader may mean: the
// unit with that code, or else all with that name. When there is none, nearest
// are the units that had it on another day, with the days.
func (l *Lineage) Find(word string, day org.Date) (units []UnitName, nearest []Spell) {
	found, others := l.find(word, day)
	for _, n := range found {
		units = append(units, l.name(n))
	}
	for _, n := range others {
		s := &l.states[n]
		if k := len(nearest) - 1; k >= 0 && nearest[k].UnitName == l.name(n) && nearest[k].To == s.from {
			nearest[k].To = s.to // one unit, changed in something else
			continue
		}
		nearest = append(nearest, Spell{l.name(n), s.from, s.to})
	}
	return units, nearest
}

// A Spell is a time in which a unit was in force under a code and name; To is
// Forever while it lasts.
type Spell struct {
	UnitName
	From org.Date `json:"from"`
	To   org.Date `json:"to"`
}

func (l *Lineage) name(n int) UnitName { return UnitName{l.states[n].unit.Code, l.states[n].unit.Name} }

func (l *Lineage) find(word string, day org.Date) (found, others []int) {
	if n := l.on(l.byKey[unitKey(word)], day); n >= 0 {
		return []int{n}, nil
	}
	for _, n := range l.byName[word] {
		if s := &l.states[n]; s.from <= day && day < s.to {
			found = append(found, n)
		}
	}
	if found != nil {
		return found, nil
	}
	for _, n := range slices.Concat(l.byKey[unitKey(word)], l.byName[word]) {
		if s := &l.states[n]; !s.joint && s.from < s.to && !slices.Contains(others, n) {
			others = append(others, n)
		}
	}
	return nil, others
}

// Passing gives a unit that was there only on the way, between two events of one
// day, under a code or name, and the day; false when none was.
func (l *Lineage) Passing(word string) (UnitName, org.Date, bool) {
	for i := range l.states {
		if s := &l.states[i]; !s.joint && s.from == s.to && s.begun >= 0 && (s.unit.Code == word || s.unit.Name == word) {
			return l.name(i), s.from, true
		}
	}
	return UnitName{}, org.NoDate, false
}

// Search gives units in force on a day whose name has the word in it, whatever
// the case, at most so many, by code.
func (l *Lineage) Search(word string, day org.Date, most int) []UnitName {
	word = strings.ToLower(strings.TrimSpace(word))
	var out []UnitName
	for _, n := range l.order {
		s := &l.states[n]
		if len(out) == most || word == "" {
			break
		}
		if s.from <= day && day < s.to && strings.Contains(strings.ToLower(s.unit.Name), word) {
			out = append(out, l.name(n))
		}
	}
	return out
}

// A Course is what became of a unit between two days, or, backward, what it
// came from.
type Course struct {
	Title    string   `json:"title,omitempty"`
	From     org.Date `json:"from"`
	To       org.Date `json:"to"`
	Backward bool     `json:"backward"` // to is before from
	Last     org.Date `json:"last"`     // the last day of which the history says anything
	// Measure is what the shares are measured by; "" when none is known.
	Measure string   `json:"measure"`
	Start   UnitName `json:"start"`
	// Units are all that the unit was on the way, each after those that it came
	// of in the order of the tracing. One that only changed its parent or kind is
	// one unit.
	Units []Passage `json:"units"`
	Bands []Band    `json:"bands"` // between them
	Ends  []Traced  `json:"ends"`  // on the last day; never nil
	Steps []Deed    `json:"steps"` // as they were applied, in the direction of the tracing
}

// Unknown reports whether some share on the way is not known.
func (c *Course) Unknown() bool {
	return slices.ContainsFunc(c.Units, func(p Passage) bool { return p.Share == nil }) ||
		slices.ContainsFunc(c.Ends, func(t Traced) bool { return t.Share == nil })
}

// A Passage is a unit on the way, with the part of the starting unit in it.
type Passage struct {
	UnitName
	From  org.Date `json:"from"`
	To    org.Date `json:"to"` // Forever while it lasts
	Share *float64 `json:"share"`
}

// A Band leads from a unit, by its place in Units, to one that came of it (or,
// backward, that it came of).
type Band struct {
	From int      `json:"from"`
	To   int      `json:"to"`
	Date org.Date `json:"date"`
}

// A Deed is an event on the way, as the source has it.
type Deed struct {
	Event  string     `json:"event"`
	Date   org.Date   `json:"date"`
	Op     string     `json:"op"` // see OpOf
	Before []UnitName `json:"before"`
	After  []UnitName `json:"after"`
	File   string     `json:"file,omitempty"`
	Line   int        `json:"line,omitempty"`
}

func known(share float64) *float64 {
	if share < 0 {
		return nil
	}
	return &share
}

// Follow tells what became of the unit with a code, or with a name when no code
// is like that, from a day to another; backward when that is earlier. It is
// false when no such unit is in force on the first day, or several have that
// name; see Find.
func (l *Lineage) Follow(word string, from, to org.Date) (Course, bool) {
	start, _ := l.find(word, from)
	if len(start) != 1 {
		return Course{}, false
	}
	backward := to < from
	c := Course{Title: l.Title, From: from, To: to, Backward: backward, Last: l.Last, Measure: l.Measure, Units: []Passage{}, Bands: []Band{}, Ends: []Traced{}, Steps: []Deed{}}
	c.Start = l.name(start[0])
	s := l.spread(start[0], to, backward)
	near, far := func(w int) int { return l.ways[w].from }, func(w int) int { return l.ways[w].to }
	if backward {
		near, far = far, near
	}
	into, outOf := map[int][]int{}, map[int][]int{}
	for _, w := range s.ways {
		into[far(w)] = append(into[far(w)], w)
		outOf[near(w)] = append(outOf[near(w)], w)
	}
	place := map[int]int{}
	for _, n := range s.cone {
		st := &l.states[n]
		if st.joint {
			continue
		}
		if in := into[n]; len(in) == 1 && !l.states[near(in[0])].joint && len(outOf[near(in[0])]) == 1 &&
			len(st.in) == 1 && len(l.states[near(in[0])].out) == 1 && l.name(near(in[0])) == l.name(n) {
			if at, ok := place[near(in[0])]; ok { // nothing that is shown has changed
				p := &c.Units[at]
				if p.From, p.To = min(p.From, st.from), max(p.To, st.to); p.Share == nil {
					p.Share = known(s.share[n])
				}
				place[n] = at
				continue
			}
		}
		place[n] = len(c.Units)
		c.Units = append(c.Units, Passage{l.name(n), st.from, st.to, known(s.share[n])})
	}
	seen := map[Band]bool{}
	band := func(a, b int, day org.Date) {
		x, ok1 := place[a]
		y, ok2 := place[b]
		if one := (Band{x, y, day}); ok1 && ok2 && x != y && !seen[one] {
			seen[one] = true
			c.Bands = append(c.Bands, one)
		}
	}
	events, returns := map[int]bool{}, map[int]bool{}
	for _, w := range s.ways {
		events[l.ways[w].event] = true
		if st := &l.states[l.ways[w].from]; !st.joint && st.ended >= 0 && st.ended != l.ways[w].event { // it ended, and came back
			events[st.ended], returns[l.ways[w].event] = true, true
		}
		if a := near(w); !l.states[a].joint {
			if !l.states[far(w)].joint {
				band(a, far(w), l.ways[w].date)
				continue
			}
			for _, o := range outOf[far(w)] {
				band(a, far(o), l.ways[w].date)
			}
		}
	}
	for _, end := range s.ends {
		c.Ends = append(c.Ends, l.traced(start[0], end, backward))
		if end.dead && !l.states[end.state].joint { // the event that has it end, or begin
			if st := &l.states[end.state]; backward {
				events[st.begun] = true
			} else {
				events[st.ended] = true
			}
		}
	}
	sortTraced(c.Ends)
	count := map[int]int{} // how many units of the first day lead to an end
	for _, end := range s.ends {
		if !end.dead {
			for _, o := range l.spread(end.state, from, !backward).ends {
				if !o.dead {
					count[end.state]++
				}
			}
		}
	}
	for i := range c.Ends {
		l.kind(&c.Ends[i], len(c.Ends), count[c.Ends[i].to], backward)
	}
	var steps []int
	for e := range events {
		if e >= 0 {
			steps = append(steps, e)
		}
	}
	slices.SortFunc(steps, func(a, b int) int { return cmp.Compare(l.place[a], l.place[b]) })
	if backward {
		slices.Reverse(steps)
	}
	for _, e := range steps {
		d := l.deed(e)
		if returns[e] && l.events[e].Op == "" {
			d.Op = "restore"
		}
		c.Steps = append(c.Steps, d)
	}
	return c, true
}

func (l *Lineage) deed(i int) Deed {
	e := &l.events[i]
	line, _ := e.At.Position()
	d := Deed{Event: e.ID, Date: e.Date, Op: OpOf(e), Before: []UnitName{}, After: []UnitName{}, File: e.At.File(), Line: line}
	name := func(u org.Unit, day org.Date) UnitName {
		if n := l.on(l.byKey[keyOf(u)], day); u.Name == "" && n >= 0 {
			return l.name(n)
		}
		return UnitName{u.Code, u.Name}
	}
	for _, u := range e.Before {
		d.Before = append(d.Before, name(u, e.Date-1))
	}
	for _, u := range e.After {
		d.After = append(d.After, name(u, e.Date))
	}
	return d
}

func (l *Lineage) traced(start int, end reached, backward bool) Traced {
	from, to := &l.states[start], &l.states[end.state]
	t := Traced{FromCode: from.unit.Code, FromName: from.unit.Name, Share: known(end.share), from: start, to: end.state, On: org.NoDate}
	if !end.dead {
		t.ToCode, t.ToName = to.unit.Code, to.unit.Name
		return t
	}
	t.Kind, t.On = "ended", to.to
	if backward {
		t.Kind, t.On = "new", to.from
	}
	return t
}

// kind names what became of a unit: it went to so many, and so many came to
// where it went. It says what happened in time, also where it is followed
// backward.
func (l *Lineage) kind(t *Traced, out, in int, backward bool) {
	if t.Kind != "" {
		return
	}
	if backward {
		out, in = in, out
	}
	switch code, name := t.FromCode == t.ToCode, t.FromName == t.ToName; {
	case out > 1 && in > 1:
		t.Kind = "part"
	case out > 1:
		t.Kind = "split"
	case in > 1:
		t.Kind = "merged"
	case code && name:
		t.Kind = "same"
	case code:
		t.Kind = "renamed"
	case name && t.FromName != "":
		t.Kind = "recoded"
	case t.FromName == "" && t.ToName == "":
		t.Kind = "recoded"
	default:
		t.Kind = "succeeded"
	}
}

func sortTraced(list []Traced) {
	slices.SortStableFunc(list, func(a, b Traced) int {
		return cmp.Or(strings.Compare(a.FromCode, b.FromCode), strings.Compare(a.FromName, b.FromName),
			strings.Compare(a.ToCode, b.ToCode), strings.Compare(a.ToName, b.ToName), cmp.Compare(a.On, b.On))
	})
}

// Table gives what every unit of one day is on another, and which units of that
// day came out of nothing: a row for each pair, by code. When the second day is
// the earlier one, shares are those of the later unit.
//
// The time is that of the units and of what each became; near linear where
// events are small.
func (l *Lineage) Table(from, to org.Date) []Traced {
	backward := to < from
	rows := []Traced{}
	came := map[int]int{} // pairs that lead to a state of the second day
	var outs []int
	for _, n := range l.order {
		s := &l.states[n]
		if from < s.from || from >= s.to {
			continue
		}
		began := len(rows)
		if s.from <= to && to < s.to {
			rows = append(rows, l.traced(n, reached{state: n, share: 1}, backward))
			came[n]++
		} else {
			for _, end := range l.spread(n, to, backward).ends {
				rows = append(rows, l.traced(n, end, backward))
				if !end.dead {
					came[end.state]++
				}
			}
		}
		for range rows[began:] {
			outs = append(outs, len(rows)-began)
		}
	}
	for i := range rows {
		l.kind(&rows[i], outs[i], came[rows[i].to], backward)
	}
	for _, n := range l.order {
		s := &l.states[n]
		if s.from <= to && to < s.to && came[n] == 0 {
			t := Traced{ToCode: s.unit.Code, ToName: s.unit.Name, Kind: "new", On: s.from, from: -1, to: n}
			if backward { // it ended before the first day
				t.Kind, t.On = "ended", s.to
			}
			rows = append(rows, t)
		}
	}
	sortTraced(rows)
	return rows
}
