package witness

import (
	"slices"

	"oneboard/internal/org"
)

// A world is what the plan and the board say, sorted for asking. Events have
// numbers: 0 is day 0 of the calendar; then come those of the plan, and days
// that stand for themselves.
type world struct {
	rules      org.Pack
	start      org.Date
	ids        []string
	lo, hi     []org.Date // the days between which each event happens
	next       [][]int32  // events that are not earlier than each
	number     map[string]int32
	ofPlan     int                // how many are of the plan, with 0
	of         map[string][]int32 // the events of a change, that in law first
	deeds      []*deed
	ring       []*deed            // moves of duties whose giver waits for itself, or for such
	about      map[string][]*deed // what is done to a duty or an item that is no move
	named      map[[2]string]bool // what a move names, by giver
	moved      map[string]bool    // and by anybody
	rows       map[string][]*org.Responsibility
	duties     map[string]*org.Duty // the board's and the plan's
	made       map[string]int32     // duties that the plan makes
	items      []*org.Item
	parties    map[string]*party
	leads      map[string]string // posts of heads, and whose they are
	filled     map[string]bool   // posts with somebody in them
	parent     map[string]string // of an area
	parts      map[string]bool   // areas that have parts
	places     []place           // areas
	able       []org.Need        // what bodies must have to act
	determined func(string) org.Date
}

// A party is a body, with what the plan does to it.
type party struct {
	row             *org.Body
	begin           int32 // 0: not by the plan
	due             int32 // from when on a new body needs its head, when not from the first day
	end, back, head []int32
	led             bool // it has a head by the board
	gives           []*deed
}

// A place is an area, as it is for a time.
type place struct {
	code string
	org.Interval
}

// unset is the absence of a bound between two events.
const unset = org.Always / 4

func newWorld(board *org.Board, plan *org.Plan, packs []*org.Pack) *world {
	w := &world{rules: org.Together(packs), number: map[string]int32{}, of: map[string][]int32{}, about: map[string][]*deed{},
		named: map[[2]string]bool{}, moved: map[string]bool{}, rows: map[string][]*org.Responsibility{}, duties: map[string]*org.Duty{},
		made: map[string]int32{}, parties: map[string]*party{}, leads: map[string]string{}, filled: map[string]bool{},
		parent: map[string]string{}, parts: map[string]bool{}, determined: plan.Determined}
	w.event("", org.WrittenOn(0, plan.At))
	for i := range board.Bodies {
		w.party(board.Bodies[i].ID).row = &board.Bodies[i]
	}
	for i := range board.Duties {
		w.duties[board.Duties[i].ID] = &board.Duties[i]
	}
	for i := range board.Responsibilities {
		d := board.Responsibilities[i].Duty
		w.rows[d] = append(w.rows[d], &board.Responsibilities[i])
	}
	for i := range board.Items {
		item := &board.Items[i]
		w.items = append(w.items, item)
		row := &org.Responsibility{Body: item.Body, Keys: org.AllKeys, Interval: org.Whole}
		if item.Until.Known() {
			row.To = item.Until
		}
		if item.Body != "" {
			w.rows[asItem+item.ID] = []*org.Responsibility{row}
		}
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
		}
	}
	for _, ch := range plan.Changes {
		w.learn(ch)
	}
	w.ofPlan = len(w.ids)
	for _, p := range w.parties {
		if p.begin > 0 && len(p.head) > 0 && w.rules.HeadGrace > 0 {
			p.due = w.event("", org.When{})
		}
	}
	w.date(plan)
	for _, n := range w.rules.Asked(board, plan) { // others are held by the check
		if n.Grace == 0 && !slices.Contains(w.rules.FollowingItems, n.ID) {
			w.able = append(w.able, n)
		}
	}
	for _, d := range w.deeds {
		if d.what == moves {
			w.party(d.from).gives = append(w.party(d.from).gives, d)
		}
		if d.what == moves && !d.items {
			w.ring = append(w.ring, d)
		}
		for _, o := range d.objects {
			if d.what == moves {
				w.named[[2]string{d.from, o}], w.moved[o] = true, true
			} else if d.what != shifts {
				w.about[o] = append(w.about[o], d)
			}
		}
	}
	for n := -1; n != len(w.ring); {
		n = len(w.ring)
		gets := map[string]bool{}
		for _, d := range w.ring {
			gets[d.to] = true
		}
		w.ring = slices.DeleteFunc(w.ring, func(d *deed) bool { return !gets[d.from] })
	}
	return w
}

func (w *world) party(id string) *party {
	if w.parties[id] == nil {
		w.parties[id] = &party{}
	}
	return w.parties[id]
}

func (w *world) addArea(code, parent string, in org.Interval) {
	w.places = append(w.places, place{code, in})
	w.parent[code], w.parts[parent] = parent, true
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
	e := int32(len(w.ids) - 1)
	if id != "" {
		w.number[id] = e
	}
	return e
}

// dayEvent gives the event that is nothing but a day.
func (w *world) dayEvent(d org.Date) int32 {
	if e, known := w.number[d.String()]; known {
		return e
	}
	return w.event(d.String(), org.WrittenOn(d, w.rules.At))
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
	w.along(func(a, b int32) (*org.Date, org.Date) {
		if !pushed[b] {
			return &w.hi[b], w.hi[b]
		}
		return &w.hi[b], max(w.hi[a], w.hi[b])
	})
	w.start = org.Forever
	for _, lo := range w.lo[1:] {
		if lo > unset {
			w.start = min(w.start, lo)
		}
	}
	if w.start = plan.Start.Or(w.start); w.start == org.Forever { // nothing changes: the newest row
		w.start = org.Always
		for _, p := range w.parties {
			if p.row != nil {
				w.start = max(w.start, p.row.From)
			}
		}
		for d := range w.duties {
			for _, r := range w.rows[d] {
				w.start = max(w.start, r.From)
			}
		}
	}
	w.along(func(a, b int32) (*org.Date, org.Date) { return &w.lo[b], max(w.lo[a], w.lo[b]) })
	w.along(func(a, b int32) (*org.Date, org.Date) { return &w.hi[a], min(w.hi[a], w.hi[b]) })
}

// along sets days from one event to one that waits for it, until nothing changes.
func (w *world) along(day func(a, b int32) (*org.Date, org.Date)) {
	for n, changed := 0, true; changed && n <= len(w.ids); n++ {
		changed = false
		for a, list := range w.next {
			for _, b := range list {
				to, on := day(int32(a), b)
				changed = changed || *to != on
				*to = on
			}
		}
	}
}
