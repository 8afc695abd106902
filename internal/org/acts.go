package org

import (
	"maps"
	"slices"
)

// Late comes, in the order of one day, after all moves of that day.
const Late = 1 << 20

// An Act is a giving of a plan with the events that belong to it.
type Act struct {
	Giving
	Change string
	Law    string    // the event with which it takes effect
	At     [4]string // the event with which each key moves, in the order of EachKey
	Order  int       // its place among the acts of one giver and day; assignments and declarations come Late
}

// Acts is everything that a plan does to who has which duty, sorted for asking.
type Acts struct {
	Moves map[string][]*Act   // what takes a duty from one body to another, by giver
	Gifts map[string][]*Act   // assignments and declarations, by duty
	Over  map[string][]string // events that end a duty

	Duties map[string]*Duty             // the board's and the plan's
	Made   map[string]string            // duties that the plan makes, and the event that does
	Rows   map[string][]*Responsibility // the board's, by duty

	named map[[2]string]bool // duties that a move names, by giver
}

// Acts lists what the plan does to who has which duty. handed is the keys that
// move on the day on which a handover is in place: see Pack.Handed.
func (p *Plan) Acts(b *Board, handed Keys) *Acts {
	x := &Acts{map[string][]*Act{}, map[string][]*Act{}, map[string][]string{}, map[string]*Duty{}, map[string]string{},
		map[string][]*Responsibility{}, map[[2]string]bool{}}
	for i := range b.Duties {
		x.Duties[b.Duties[i].ID] = &b.Duties[i]
	}
	for i := range b.Responsibilities {
		d := b.Responsibilities[i].Duty
		x.Rows[d] = append(x.Rows[d], &b.Responsibilities[i])
	}
	for i, ch := range p.Changes {
		id, days := ch.Declared().ID, Handovers(ch)
		law := id + ".law"
		switch ch := ch.(type) {
		case *Assign:
			if d := ch.Duty.ID; ch.Name.Text != "" && x.Duties[d] == nil {
				x.Duties[d], x.Made[d] = &Duty{ID: d, Kind: ch.Class.Text, Exclusive: true}, law
			}
		case *EndDuty:
			for _, d := range ch.Duties {
				x.Over[d.ID] = append(x.Over[d.ID], law)
			}
		}
		for _, g := range Givings(ch) {
			a := &Act{g, id, law, [4]string{law, law, law, law}, i}
			if !g.From.Given() || g.From.ID == g.To.ID {
				a.Order += Late
				d := g.Duties.Refs[0].ID
				x.Gifts[d] = append(x.Gifts[d], a)
				continue
			}
			for k, key := range EachKey {
				if days[key].Given() {
					a.At[k] = InPlace(id, key)
				} else if days[0].Given() && key != Holder && handed&key != 0 {
					a.At[k] = InPlace(id, 0)
				}
			}
			x.Moves[g.From.ID] = append(x.Moves[g.From.ID], a)
			for _, d := range g.Duties.Refs {
				x.named[[2]string{g.From.ID, d.ID}] = true
			}
		}
	}
	return x
}

// Takes reports whether a move takes a duty: by name, as a part that goes with
// what it names, or as one of all that goes with no name from the giver.
func (x *Acts) Takes(a *Act, duty string) bool {
	for n := 0; duty != "" && n <= len(x.Duties); n++ {
		if slices.ContainsFunc(a.Duties.Refs, func(r Ref) bool { return r.ID == duty }) {
			return true
		} else if x.named[[2]string{a.From.ID, duty}] {
			return false
		} else if x.Duties[duty] == nil {
			break
		}
		duty = x.Duties[duty].PartOf
	}
	return a.Duties.All
}

// Reach lists the moves that could take a duty from anybody who may come to
// have it; and the areas that rows and acts of the duty name.
func (x *Acts) Reach(duty string) (moves []*Act, areas []string) {
	named, seen := map[string]bool{}, map[string]bool{}
	var todo []string
	see := func(body, area string) {
		named[area] = true
		if !seen[body] {
			seen[body] = true
			todo = append(todo, body)
		}
	}
	for _, r := range x.Rows[duty] {
		see(r.Body, r.Area)
	}
	for _, a := range x.Gifts[duty] {
		see(a.To.ID, a.In.ID)
	}
	for ; len(todo) > 0; todo = todo[1:] {
		for _, a := range x.Moves[todo[0]] {
			if x.Takes(a, duty) {
				moves = append(moves, a)
				see(a.To.ID, a.In.ID)
			}
		}
	}
	return moves, slices.Sorted(maps.Keys(named))
}

// Circle reports whether what a body gets may come round from bodies that give
// each other, when only the moves count that are asked for.
func (x *Acts) Circle(body string, counts func(*Act) bool) bool {
	givers := map[string][]string{}
	for _, acts := range x.Moves {
		for _, a := range acts {
			if counts(a) {
				givers[a.To.ID] = append(givers[a.To.ID], a.From.ID)
			}
		}
	}
	above, done := map[string]bool{}, map[string]bool{}
	var round func(string) bool
	round = func(b string) bool {
		above[b] = true
		for _, g := range givers[b] {
			if above[g] || !done[g] && round(g) {
				return true
			}
		}
		above[b], done[b] = false, true
		return false
	}
	return round(body)
}

// Lives is the events of a plan, and the days of a board, that begin and end
// bodies, restore them and bring them a head.
type Lives struct {
	Begin           map[string]string // not of who is there at the start
	End, Back, Head map[string][]string
	New             map[string]bool // the plan brings it into being
}

// Lives lists what begins and ends bodies. start is the first day looked at.
func (p *Plan) Lives(b *Board, start Date) Lives {
	l := Lives{map[string]string{}, map[string][]string{}, map[string][]string{}, map[string][]string{}, map[string]bool{}}
	for i := range b.Bodies {
		v := &b.Bodies[i]
		if v.From > start {
			l.Begin[v.ID] = v.From.String()
		}
		if v.To != Forever {
			l.End[v.ID] = []string{v.To.String()}
		}
	}
	heads, filled := map[string]string{}, map[string]bool{}
	for i := range b.Appointments {
		filled[b.Appointments[i].Post] = true
	}
	for i := range b.Posts {
		if post := &b.Posts[i]; post.Role == Head {
			heads[post.ID] = post.Body
		}
	}
	for _, ch := range p.Changes {
		law := ch.Declared().ID + ".law"
		for _, r := range Begun(ch) {
			l.Begin[r.ID], l.New[r.ID] = law, true
		}
		for _, r := range Ended(ch) {
			l.End[r.ID] = append(l.End[r.ID], law)
		}
		for _, body := range Led(ch, heads, filled) {
			l.Head[body] = append(l.Head[body], law)
		}
		if ch, ok := ch.(*Restore); ok {
			l.Back[ch.Body.ID] = append(l.Back[ch.Body.ID], law)
		}
	}
	return l
}

// FirstDay is the first day that is looked at: the plan's start, or the first
// day that a change names.
func (p *Plan) FirstDay() Date {
	day := Forever
	for _, ch := range p.Changes {
		if on := ch.Declared().On; on.Given() {
			day = min(day, on.Date)
		}
	}
	return p.Start.Or(day)
}
