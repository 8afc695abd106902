package witness

import "oneboard/internal/org"

// A world is what the plan and the board say, sorted for asking. Events have
// numbers: 0 is day 0 of the calendar; then come those of the plan, and days
// that stand for themselves.
type world struct {
	rules    org.Pack
	start    org.Date
	ids      []string
	lo, hi   []org.Date // the days between which each event happens
	next     [][]int32  // events that are not earlier than each
	number   map[string]int32
	ofPlan   int                // how many are of the plan, with 0
	of       map[string][]int32 // the events of a change, that in law first
	deeds    []*deed
	shifts   []*deed                          // those that are about areas
	ring     []*deed                          // moves in a circle of giving
	gives    map[string][]*deed               // moves, by giver
	about    map[string][]*deed               // what is done to a duty that is no move
	moved    map[string]bool                  // duties that a move names
	rows     map[string][]*org.Responsibility // by duty
	duties   map[string]*org.Duty             // the board's and the plan's
	made     map[string]int32                 // duties that the plan makes
	named    map[[2]string]bool               // what a move names, by giver
	body     map[string]*org.Body             // of the board
	fresh    map[string]bool                  // bodies that the plan brings
	begin    map[string]int32
	end      map[string][]int32
	back     map[string][]int32
	head     map[string][]int32
	due      map[string]int32 // the day from which a new body needs its head, when that is not the first
	grace    org.Date
	led      map[string]bool   // bodies with a head, by the board
	leads    map[string]string // posts of heads, and whose they are
	filled   map[string]bool   // posts with somebody in them
	area     map[string]bool
	parent   map[string]string // of an area
	parts    map[string]bool   // areas that have parts
	places   []place           // areas
	circling map[string]bool   // bodies in, or after, a circle of giving

	able       []org.Need            // what bodies must have to act
	things     []*thing              // the items that those ask for
	determined func(string) org.Date // from when a body has its determination
}

// A place is an area, as it is for a time.
type place struct {
	code string
	org.Interval
}

// unset is the absence of a bound between two events.
const unset = org.Always / 4

func newWorld(board *org.Board, plan *org.Plan, packs []*org.Pack) *world {
	w := &world{rules: org.Together(packs), gives: map[string][]*deed{}, about: map[string][]*deed{}, moved: map[string]bool{}, number: map[string]int32{}, of: map[string][]int32{}, rows: map[string][]*org.Responsibility{}, duties: map[string]*org.Duty{},
		made: map[string]int32{}, named: map[[2]string]bool{}, body: map[string]*org.Body{}, fresh: map[string]bool{},
		begin: map[string]int32{}, end: map[string][]int32{}, back: map[string][]int32{}, head: map[string][]int32{}, due: map[string]int32{}, led: map[string]bool{},
		leads: map[string]string{}, filled: map[string]bool{}, area: map[string]bool{}, parent: map[string]string{}, parts: map[string]bool{}, circling: map[string]bool{}}
	w.event("", org.WrittenOn(0, plan.At))
	for i := range board.Bodies {
		w.body[board.Bodies[i].ID] = &board.Bodies[i]
	}
	for i := range board.Duties {
		w.duties[board.Duties[i].ID] = &board.Duties[i]
	}
	for i := range board.Responsibilities {
		d := board.Responsibilities[i].Duty
		w.rows[d] = append(w.rows[d], &board.Responsibilities[i])
	}
	for _, a := range board.Areas {
		w.addArea(a.Code, a.Parent, a.Interval)
	}
	for _, a := range board.Appointments {
		w.filled[a.Post] = true
	}
	for _, p := range board.Posts {
		if p.Role == org.Head {
			w.leads[p.ID], w.led[p.Body] = p.Body, w.led[p.Body] || w.filled[p.ID]
		}
	}
	for _, ch := range plan.Changes {
		w.learn(ch)
	}
	w.ofPlan = len(w.ids)
	if w.grace = org.Date(w.rules.HeadGrace); w.grace > 0 {
		for b := range w.begin {
			w.due[b] = w.event("due "+b, org.When{})
		}
	}
	w.date(plan)
	w.needs(board, plan)
	w.circles()
	for _, d := range w.deeds {
		switch d.what {
		case shifts:
			w.shifts = append(w.shifts, d)
		case moves:
			w.gives[d.from] = append(w.gives[d.from], d)
			if w.circling[d.from] && w.circling[d.to] {
				w.ring = append(w.ring, d)
			}
		}
		for _, duty := range d.duties {
			if d.what == moves {
				w.named[[2]string{d.from, duty}], w.moved[duty] = true, true
			} else {
				w.about[duty] = append(w.about[duty], d)
			}
		}
	}
	return w
}

func (w *world) addArea(code, parent string, in org.Interval) {
	w.places = append(w.places, place{code, in})
	w.area[code], w.parent[code], w.parts[parent] = true, parent, true
}

// inside reports whether an area is another or lies in it; every area lies in
// "". Areas that are parts of each other lie nowhere.
func (w *world) inside(a, b string) bool {
	for n := 0; a != b && b != ""; n++ {
		if a = w.parent[a]; a == "" || n > len(w.parent) {
			return false
		}
	}
	return true
}

// event enters an event with the days that are written for it.
func (w *world) event(id string, on org.When) int32 {
	lo, hi := unset, org.Forever
	if on.Given() {
		lo, hi = on.First(), on.Date
	}
	w.ids, w.lo, w.hi, w.next = append(w.ids, id), append(w.lo, lo), append(w.hi, hi), append(w.next, nil)
	w.number[id] = int32(len(w.ids) - 1)
	return w.number[id]
}

// find gives the number of an event, or of a day that stands for itself.
func (w *world) find(id string) (e int32, known bool) {
	if e, known = w.number[id]; !known {
		if d, err := org.ParseDate(id); err == nil {
			return w.event(id, org.WrittenOn(d, w.rules.At)), true
		}
	}
	return e, known && e > 0
}

// on gives the event of a day.
func (w *world) on(d org.Date) int32 {
	e, _ := w.find(d.String())
	return e
}

// date gives each event its days: those written, those of what it rests on, and
// of these the ones that what waits for what leaves.
func (w *world) date(plan *org.Plan) {
	pushed := map[int32]bool{} // without a day written: others may put them off
	for _, ch := range plan.Changes {
		c := ch.Declared()
		wait := func(first, then string) {
			for _, e := range w.of[first] {
				w.next[e] = append(w.next[e], w.of[then][0])
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
			w.hi[law] = plan.Deadline.Or(org.Forever)
		} else if !c.On.Given() {
			own := org.NoDate
			for _, by := range c.By {
				if in := plan.Instrument(by.Instrument.ID); in != nil {
					own = max(own, in.Effective.Or(in.Made.Or(org.NoDate)))
				}
			}
			if own == org.NoDate {
				own = plan.Start.Or(unset)
			}
			w.lo[law], w.hi[law], pushed[law] = own, own, true
		}
	}
	w.along(func(a, b int32) bool { return pushed[b] && grow(&w.hi[b], w.hi[a]) })
	w.start = org.Forever
	for _, lo := range w.lo[1:] {
		if lo > unset {
			w.start = min(w.start, lo)
		}
	}
	if w.start = plan.Start.Or(w.start); w.start == org.Forever { // nothing changes: the newest row
		w.start = org.Always
		for _, b := range w.body {
			w.start = max(w.start, b.From)
		}
		for _, rows := range w.rows {
			for _, r := range rows {
				w.start = max(w.start, r.From)
			}
		}
	}
	w.along(func(a, b int32) bool { return grow(&w.lo[b], w.lo[a]) })
	w.along(func(a, b int32) bool {
		if w.hi[b] < w.hi[a] {
			w.hi[a] = w.hi[b]
			return true
		}
		return false
	})
}

func grow(to *org.Date, least org.Date) bool {
	if *to >= least {
		return false
	}
	*to = least
	return true
}

// along calls do for all that waits, until it changes nothing more.
func (w *world) along(do func(a, b int32) bool) {
	for n, changed := 0, true; changed && n <= len(w.ids); n++ {
		changed = false
		for a, list := range w.next {
			for _, b := range list {
				changed = do(int32(a), b) || changed
			}
		}
	}
}

// circles finds the bodies in, or after, a circle of giving: the order of their
// gifts within a day depends on every other gift of the day.
func (w *world) circles() {
	coming, gives := map[string]int{}, map[string][]string{}
	for _, d := range w.deeds {
		if d.what == moves {
			coming[d.to]++
			gives[d.from] = append(gives[d.from], d.to)
		}
	}
	var free []string
	for b := range gives {
		if w.circling[b] = coming[b] > 0; !w.circling[b] {
			free = append(free, b)
		}
	}
	for ; len(free) > 0; free = free[1:] {
		for _, b := range gives[free[0]] {
			if coming[b]--; coming[b] == 0 {
				w.circling[b] = false
				free = append(free, b)
			}
		}
	}
}
