package witness

import (
	"slices"

	"oneboard/internal/org"
)

// A deed is what one change does to who has which duty, or to the territory.
type deed struct {
	what             deedKind
	change, from, to string
	in               string // only in this area
	all              bool
	duties           []string // or the areas that become others
	into             []string // those that they become
	keys             org.Keys
	mode             org.Mode
	law              int32    // the event in law
	at               [4]int32 // the event with which each key moves
	order            int      // its place in the plan
}

// The deeds of one day are done in this order.
type deedKind uint8

const (
	shifts deedKind = iota
	assigns
	moves
	declares
	over
)

// learn notes what a change does: its events and deeds, and whom it begins,
// ends, restores or gives a head.
func (w *world) learn(ch org.Change) {
	c := ch.Declared()
	law := w.event(c.ID+".law", c.On)
	w.of[c.ID] = []int32{law}
	place := [4]int32{law, law, law, law}
	handover := func(id string, day org.When) (e int32) {
		if e = law; day.Given() {
			e = w.event(c.ID+id, day)
			w.next[law], w.of[c.ID] = append(w.next[law], e), append(w.of[c.ID], e)
		}
		return e
	}
	inPlace := func(day org.When) {
		e := handover(".place", day)
		for k, key := range org.EachKey {
			if key != org.Holder && w.rules.Handed()&key != 0 {
				place[k] = e
			}
		}
	}
	do := func(what deedKind, from, to, in org.Ref, duties ...org.Ref) *deed {
		w.deeds = append(w.deeds, &deed{what: what, change: c.ID, from: from.ID, to: to.ID, in: in.ID, all: duties == nil, duties: ids(duties), keys: org.AllKeys, law: law, at: place, order: len(w.deeds)})
		return w.deeds[len(w.deeds)-1]
	}
	begins := func(r org.Ref) { w.begin[r.ID], w.fresh[r.ID] = law, true }
	ends := func(r org.Ref) { w.end[r.ID] = append(w.end[r.ID], law) }
	led := func(r org.Ref) { w.head[r.ID] = append(w.head[r.ID], law) }
	switch ch := ch.(type) {
	case *org.Establish:
		begins(ch.Body)
	case *org.Split:
		for _, n := range ch.Into {
			begins(n.ID)
		}
		ends(ch.From)
	case *org.Abolish:
		ends(ch.Body)
	case *org.Restore:
		w.back[ch.Body.ID] = append(w.back[ch.Body.ID], law)
	case *org.Merge:
		begins(ch.Into.ID)
		inPlace(ch.InPlace)
		for _, r := range ch.From {
			ends(r)
			do(moves, r, ch.Into.ID, org.Ref{})
		}
		if slices.ContainsFunc(ch.From, func(r org.Ref) bool { return w.led[r.ID] }) {
			led(ch.Into.ID)
		}
	case *org.MergeInto:
		inPlace(ch.InPlace)
		for _, r := range ch.From {
			ends(r)
			do(moves, r, ch.Into, org.Ref{})
		}
	case *org.Transfer:
		inPlace(ch.InPlace)
		for k, on := range [4]org.When{1: ch.Performer, 2: ch.Name, 3: ch.Means} {
			if on.Given() {
				place[k] = handover(".place."+org.EachKey[k].String(), on)
			}
		}
		do(moves, ch.From, ch.To, ch.In, ch.Duties.Refs...)
	case *org.Delegate:
		do(moves, ch.From, ch.To, ch.In, ch.Duties...).keys = org.Performer | org.Means
	case *org.TakeUp:
		do(moves, ch.From, ch.To, ch.In, ch.Duties...)
	case *org.Assign:
		do(assigns, org.Ref{}, ch.To, ch.In, ch.Duty)
		if d := ch.Duty.ID; ch.Name.Text != "" && w.duties[d] == nil {
			w.duties[d], w.made[d] = &org.Duty{ID: d, Kind: ch.Class.Text, Exclusive: true}, law
		}
	case *org.Declare:
		for mode, bodies := range [4][]org.Ref{org.Lead: {ch.Lead}, org.Assist: ch.Assist, org.Joint: ch.Joint} {
			for _, r := range bodies {
				if r.Given() {
					do(declares, org.Ref{}, r, ch.In, ch.Duty).mode = org.Mode(mode)
				}
			}
		}
	case *org.EndDuty:
		do(over, org.Ref{}, org.Ref{}, org.Ref{}, ch.Duties...)
	case *org.ChangeArea:
		d := do(shifts, org.Ref{}, org.Ref{}, org.Ref{}, ch.Areas...)
		for _, n := range ch.Into {
			if d.into = append(d.into, n.Code.ID); !w.area[n.Code.ID] {
				w.addArea(n.Code.ID, n.Parent.ID, org.Interval{From: org.Forever, To: org.Forever})
			}
		}
	case *org.Appoint:
		if ch.Body.Given() && ch.Role.Text == "head" {
			led(ch.Body)
		} else if body, leads := w.leads[ch.Post.ID]; leads {
			led(org.Ref{ID: body})
		}
	case *org.MovePosts:
		heads := ch.Posts.All && w.led[ch.From.ID] || slices.ContainsFunc(ch.Posts.Refs, func(r org.Ref) bool {
			_, leads := w.leads[r.ID]
			return w.filled[r.ID] && (leads || ch.Role.Text == "head")
		})
		if heads && (ch.Role.Text == "" || ch.Role.Text == "head") {
			led(ch.To)
		}
	}
}

func ids(refs []org.Ref) (out []string) {
	for _, r := range refs {
		out = append(out, r.ID)
	}
	return out
}

// takes reports whether a move takes a duty from its giver: by name, as a part
// that goes with what it names, or as one of all that goes with no name from
// the giver.
func (w *world) takes(m *deed, duty string) bool {
	for n := 0; duty != "" && w.duties[duty] != nil && n <= len(w.duties); n++ {
		if slices.Contains(m.duties, duty) {
			return true
		} else if w.named[[2]string{m.from, duty}] {
			return false
		}
		duty = w.duties[duty].PartOf
	}
	return m.all
}
