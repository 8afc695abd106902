// Package reading says what a plan and a board mean: which events there are, on
// which days they may happen, which of them bear on a duty, and, when each has its
// day, who has what. world.go has what is read, and when things happen; meaning.go,
// what each kind of change does, as steps; matter.go, what bears on a duty; and
// course.go, what the steps make of it. It knows nothing of proofs.
package reading

import (
	"maps"
	"slices"

	"oneboard/internal/org"
	"oneboard/internal/witness/kernel"
)

// A World is what the plan and the board say, sorted for asking. Its calendar has
// the events of the plan, in its order, and then days that stand for themselves.
type World struct {
	kernel.Calendar
	Start   org.Date
	newest  org.Date // first day of the newest row
	OfPlan  int      // how many events are of the plan, with that of day 0
	rules   org.Pack
	of      map[string][]kernel.Event // the events of a change, that in law first
	steps   []*step
	ring    []*step                          // moves of duties whose giver waits for itself, or for such
	about   map[string][]*step               // what is done to a duty or an item that is no move
	named   map[[2]string]bool               // what a move names, by giver
	duties  map[string]*org.Duty             // the board's and the plan's
	made    map[string]kernel.Event          // duties that the plan makes
	items   map[string][]*org.Item           // by kind
	rows    map[string][]*org.Responsibility // of duties and items
	parties map[string]*party
	leads   map[string]string // posts of heads, and whose they are
	filled  map[string]bool   // posts with somebody in them
	parent  map[string]string // of an area
	parts   map[string]bool   // areas that have parts
	places  []place           // areas
	needs   []need
}

// anybody gives what anybody gives.
const anybody = ""

// A party is a body, with what the plan does to it.
type party struct {
	row        *org.Body
	begin, due kernel.Event // 0: none; due is the first day after its days of grace without a head
	end, back  []kernel.Event
	led        bool     // it has a head by the board
	post       bool     // it may have the post of a head
	heirs      []string // who may get its posts as they are
	gives      []*step
}

// A place is an area, as it is for a time.
type place struct {
	code string
	org.Interval
}

// A need is what bodies must have to act.
type need struct {
	org.Need
	new bool // asked of new bodies, of required keys only, and when these are only kept
}

// Read reads a plan with its board and packs.
func Read(board *org.Board, plan *org.Plan, packs []*org.Pack) *World {
	w := &World{newest: org.Always, rules: org.Together(packs), of: map[string][]kernel.Event{}, about: map[string][]*step{}, named: map[[2]string]bool{},
		duties: map[string]*org.Duty{}, made: map[string]kernel.Event{}, rows: map[string][]*org.Responsibility{}, parties: map[string]*party{}, items: map[string][]*org.Item{},
		leads: map[string]string{}, filled: map[string]bool{}, parent: map[string]string{}, parts: map[string]bool{}}
	w.Number = map[string]kernel.Event{}
	w.event("", org.WrittenOn(0, plan.At))
	for i := range board.Bodies {
		w.party(board.Bodies[i].ID).row = &board.Bodies[i]
		w.newest = max(w.newest, board.Bodies[i].From)
	}
	for i := range board.Duties {
		w.duties[board.Duties[i].ID] = &board.Duties[i]
	}
	for i := range board.Responsibilities {
		d := board.Responsibilities[i].Duty
		w.rows[d] = append(w.rows[d], &board.Responsibilities[i])
		w.newest = max(w.newest, board.Responsibilities[i].From)
	}
	for i := range board.Items {
		w.addItem(&board.Items[i])
		w.have(&board.Items[i], board.Items[i].Body, org.Always, board.Items[i].Until)
	}
	for _, a := range board.Areas {
		w.addArea(a.Code, a.Parent, a.Interval)
	}
	for _, a := range board.Appointments {
		w.filled[a.Post] = true
	}
	for _, p := range board.Posts {
		if p.Role == org.Head {
			w.leads[p.ID], w.party(p.Body).led = p.Body, w.party(p.Body).led || w.filled[p.ID]
			w.party(p.Body).post = true
		}
	}
	for _, ch := range plan.Changes {
		w.learn(ch)
	}
	w.spread()
	w.OfPlan = len(w.IDs)
	w.date(plan)
	w.relate()
	w.require(board, plan)
	return w
}

func (w *World) party(id string) *party {
	if w.parties[id] == nil {
		w.parties[id] = &party{}
	}
	return w.parties[id]
}

func (w *World) addArea(code, parent string, in org.Interval) {
	w.places = append(w.places, place{code, in})
	w.parent[code], w.parts[parent] = parent, true
}

func (w *World) addItem(i *org.Item) { w.items[i.Kind] = append(w.items[i.Kind], i) }

// have lets a body have an item between two days, if there are such.
func (w *World) have(i *org.Item, body string, from, to org.Date) {
	if to == org.NoDate {
		to = org.Forever
	}
	if body != "" {
		w.rows[item(i.Kind, i.ID)] = []*org.Responsibility{{Body: body, Keys: org.AllKeys, Interval: org.Interval{From: from, To: to}}}
	}
}

// inside reports whether an area is another or lies in it; every area lies in
// "". Areas that are parts of each other lie nowhere.
func (w *World) inside(a, b string) bool {
	for n := 0; a != b && b != ""; n++ {
		if a = w.parent[a]; a == "" || n > len(w.parent) {
			return false
		}
	}
	return true
}

// event enters an event with the days that are written for it.
func (w *World) event(id string, on org.When) kernel.Event {
	lo, hi, e := kernel.Unset, org.Forever, kernel.Event(len(w.IDs))
	if on.Given() {
		lo, hi = on.First(), on.Date
	}
	w.IDs, w.Lo, w.Hi, w.Next = append(w.IDs, id), append(w.Lo, lo), append(w.Hi, hi), append(w.Next, nil)
	if id != "" {
		w.Number[id] = e
	}
	return e
}

// day gives the event that is nothing but a day.
func (w *World) day(d org.Date) kernel.Event {
	if e, known := w.Number[d.String()]; known {
		return e
	}
	return w.event(d.String(), org.WrittenOn(d, w.rules.At))
}

// date gives each event its days: those written, those of what it rests on, and
// of these the ones that what waits for what leaves.
func (w *World) date(plan *org.Plan) {
	pushed := map[kernel.Event]bool{} // without a day written: others may put them off
	for _, ch := range plan.Changes {
		c := ch.Declared()
		wait := func(first, then string) {
			for _, e := range w.of[first] {
				w.Next[e] = append(w.Next[e], w.of[then][0])
			}
		}
		for _, f := range c.After {
			wait(f.ID, c.ID)
		}
		for _, f := range c.Before {
			wait(c.ID, f.ID)
		}
		law := w.of[c.ID][0]
		if !c.On.Given() && len(c.After) > 0 {
			w.Hi[law] = plan.Deadline.Or(org.Forever)
		} else if !c.On.Given() {
			own := org.NoDate
			for _, by := range c.By {
				if in := plan.Instrument(by.Instrument.ID); in != nil {
					own = max(own, in.Effective.Or(in.Made.Or(org.NoDate)))
				}
			}
			if own == org.NoDate {
				own = plan.Start.Or(kernel.Unset)
			}
			w.Lo[law], w.Hi[law], pushed[law] = own, own, true
		}
	}
	w.along(func(a, b kernel.Event) (*org.Date, org.Date) {
		if !pushed[b] {
			return &w.Hi[b], w.Hi[b]
		}
		return &w.Hi[b], max(w.Hi[a], w.Hi[b])
	})
	first := org.Forever
	for _, lo := range w.Lo[1:] {
		if lo > kernel.Unset {
			first = min(first, lo)
		}
	}
	if first == org.Forever { // nothing changes
		first = w.newest
	}
	w.Start = plan.Start.Or(first)
	w.along(func(a, b kernel.Event) (*org.Date, org.Date) { return &w.Lo[b], max(w.Lo[a], w.Lo[b]) })
	w.along(func(a, b kernel.Event) (*org.Date, org.Date) { return &w.Hi[a], min(w.Hi[a], w.Hi[b]) })
}

// along sets days from one event to one that waits for it, until nothing changes.
func (w *World) along(day func(a, b kernel.Event) (*org.Date, org.Date)) {
	for n, changed := 0, true; changed && n <= len(w.IDs); n++ {
		changed = false
		for a, list := range w.Next {
			for _, b := range list {
				to, on := day(kernel.Event(a), b)
				changed = changed || *to != on
				*to = on
			}
		}
	}
}

// require finds what bodies must have to act. That a body has its head, or its
// determination, is an item of its own.
func (w *World) require(board *org.Board, plan *org.Plan) {
	if w.rules.HeadRequired {
		w.needs = append(w.needs, need{org.Need{ID: org.NeedHead, Keys: org.Performer | org.Signatory}, true})
	}
	for _, n := range w.rules.Asked(board, plan) { // others are held by the check
		if n.Grace == 0 && !slices.Contains(w.rules.FollowingItems, n.ID) {
			w.needs = append(w.needs, need{n, false})
		}
	}
	for _, b := range slices.Sorted(maps.Keys(w.parties)) {
		if from := plan.Determined(b); from < org.Forever {
			i := &org.Item{ID: b, Kind: org.NeedDetermination}
			w.addItem(i)
			w.have(i, b, from, org.NoDate)
		}
		if p := w.parties[b]; w.rules.HeadRequired && w.rules.HeadGrace > 0 && w.headed(b) {
			p.due = w.event("", org.When{})
		}
	}
}

// spread lets the posts of heads come to all to whom they could.
func (w *World) spread() {
	for more := true; more; {
		more = false
		for _, p := range w.parties {
			for _, to := range p.heirs {
				more = more || p.post && !w.party(to).post
				w.party(to).post = w.party(to).post || p.post
			}
		}
	}
}

// headed reports whether the plan brings a body and gives it a head. Others are
// held by the check.
func (w *World) headed(body string) bool {
	return w.party(body).begin > 0 && w.about[item(org.NeedHead, body)] != nil
}

// relate finds which steps are about what.
func (w *World) relate() {
	for _, s := range w.steps {
		if s.what == moves {
			w.party(s.from).gives = append(w.party(s.from).gives, s)
		}
		if s.what == moves && !s.items {
			w.ring = append(w.ring, s)
		}
		for _, o := range s.objects {
			if s.what == moves {
				w.named[[2]string{s.from, o}], w.named[[2]string{anybody, o}] = true, true
			} else if s.what != shifts {
				w.about[o] = append(w.about[o], s)
			}
		}
	}
	for n := -1; n != len(w.ring); {
		n = len(w.ring)
		gets := map[string]bool{}
		for _, s := range w.ring {
			gets[s.to] = true
		}
		w.ring = slices.DeleteFunc(w.ring, func(s *step) bool { return !gets[s.from] })
	}
}
