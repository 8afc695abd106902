package witness

import (
	"slices"
	"strings"

	"oneboard/internal/org"
)

// A deed is what one change does to who has which duties or items, or to the
// territory. An item is a duty without an area: who has its performer key may use
// it for everything. What is withdrawn goes to nobody, and so does that key of
// what is restricted.
type deed struct {
	what             deedKind
	change, from, to string
	in               string // only in this area
	items            bool   // it is about items
	all              bool
	objects          []string // duties or items; or the areas that become others
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

// asItem begins the name of an item among duties.
const asItem = "\x00"

func ids(refs []org.Ref) (out []string) {
	for _, r := range refs {
		out = append(out, r.ID)
	}
	return out
}

func itemsOf(refs ...org.Ref) (out []string) {
	for _, r := range refs {
		out = append(out, asItem+r.ID)
	}
	return out
}

// learn notes what a change does: its events and deeds, and whom it begins,
// ends, restores or gives a head.
func (w *world) learn(ch org.Change) {
	c := ch.Declared()
	law := w.event(c.ID+".law", c.On)
	w.of[c.ID] = []int32{law}
	at := [4]int32{law, law, law, law}
	handover := func(part string, day org.When, keys org.Keys) {
		if !day.Given() {
			return
		}
		e := w.event(c.ID+part, day)
		w.next[law], w.of[c.ID] = append(w.next[law], e), append(w.of[c.ID], e)
		for k, key := range org.EachKey {
			if keys&key&^org.Holder != 0 {
				at[k] = e
			}
		}
	}
	do := func(d deed) {
		d.change, d.law, d.at, d.order = c.ID, law, at, len(w.deeds)
		if d.items {
			d.at = [4]int32{law, law, law, law}
		}
		if d.keys == 0 {
			d.keys = org.AllKeys
		}
		w.deeds = append(w.deeds, &d)
	}
	ends := func(r org.Ref) { w.party(r.ID).end = append(w.party(r.ID).end, law) }
	led := func(body string) { w.party(body).head = append(w.party(body).head, law) }
	absorbs := func(from []org.Ref, into string) {
		for _, r := range from {
			ends(r)
			do(deed{what: moves, from: r.ID, to: into, all: true})
			do(deed{what: moves, from: r.ID, to: into, all: true, items: true})
		}
	}
	switch ch := ch.(type) {
	case *org.Establish:
		w.party(ch.Body.ID).begin = law
	case *org.Split:
		for _, n := range ch.Into {
			w.party(n.ID.ID).begin = law
		}
		ends(ch.From)
	case *org.Abolish:
		ends(ch.Body)
	case *org.Restore:
		w.party(ch.Body.ID).back = append(w.party(ch.Body.ID).back, law)
	case *org.Merge:
		w.party(ch.Into.ID.ID).begin = law
		handover(".place", ch.InPlace, w.rules.Handed())
		absorbs(ch.From, ch.Into.ID.ID)
		if slices.ContainsFunc(ch.From, func(r org.Ref) bool { return w.party(r.ID).led }) {
			led(ch.Into.ID.ID)
		}
	case *org.MergeInto:
		handover(".place", ch.InPlace, w.rules.Handed())
		absorbs(ch.From, ch.Into.ID)
	case *org.Transfer:
		handover(".place", ch.InPlace, w.rules.Handed())
		handover(".place.performer", ch.Performer, org.Performer)
		handover(".place.name", ch.Name, org.Signatory)
		handover(".place.means", ch.Means, org.Means)
		do(deed{what: moves, from: ch.From.ID, to: ch.To.ID, in: ch.In.ID, all: ch.Duties.All, objects: ids(ch.Duties.Refs)})
	case *org.Delegate:
		do(deed{what: moves, from: ch.From.ID, to: ch.To.ID, in: ch.In.ID, objects: ids(ch.Duties), keys: org.Performer | org.Means})
	case *org.TakeUp:
		do(deed{what: moves, from: ch.From.ID, to: ch.To.ID, in: ch.In.ID, objects: ids(ch.Duties)})
	case *org.Assign:
		do(deed{what: assigns, to: ch.To.ID, in: ch.In.ID, objects: []string{ch.Duty.ID}})
		if d := ch.Duty.ID; ch.Name.Text != "" && w.duties[d] == nil {
			w.duties[d], w.made[d] = &org.Duty{ID: d, Kind: ch.Class.Text, Exclusive: true}, law
		}
	case *org.Declare:
		for mode, bodies := range [4][]org.Ref{org.Lead: {ch.Lead}, org.Assist: ch.Assist, org.Joint: ch.Joint} {
			for _, r := range bodies {
				if r.Given() {
					do(deed{what: declares, to: r.ID, in: ch.In.ID, objects: []string{ch.Duty.ID}, mode: org.Mode(mode)})
				}
			}
		}
	case *org.EndDuty:
		do(deed{what: over, objects: ids(ch.Duties)})
	case *org.ChangeArea:
		d := deed{what: shifts, objects: ids(ch.Areas)}
		for _, n := range ch.Into {
			d.into = append(d.into, n.Code.ID)
			if _, there := w.parent[n.Code.ID]; !there {
				w.addArea(n.Code.ID, n.Parent.ID, org.Interval{From: org.Forever, To: org.Forever})
			}
		}
		do(d)
	case *org.Appoint:
		if body, leads := w.leads[ch.Post.ID]; ch.Body.Given() && ch.Role.Text == "head" {
			led(ch.Body.ID)
		} else if leads {
			led(body)
		}
	case *org.MovePosts:
		heads := ch.Posts.All && w.party(ch.From.ID).led || slices.ContainsFunc(ch.Posts.Refs, func(r org.Ref) bool {
			return w.filled[r.ID] && (w.leads[r.ID] != "" || ch.Role.Text == "head")
		})
		if heads && (ch.Role.Text == "" || ch.Role.Text == "head") {
			led(ch.To.ID)
		}
	case *org.Provide:
		w.items = append(w.items, &org.Item{ID: ch.Item.ID, Kind: ch.Class.Text, Duty: ch.Duty.ID})
		do(deed{what: assigns, to: ch.To.ID, objects: itemsOf(ch.Item), items: true})
	case *org.MoveItems:
		do(deed{what: moves, from: ch.From.ID, to: ch.To.ID, all: ch.Items.All, objects: itemsOf(ch.Items.Refs...), items: true})
	case *org.Withdraw:
		do(deed{what: moves, from: ch.From.ID, objects: itemsOf(ch.Items...), items: true})
	case *org.Restrict:
		do(deed{what: moves, from: ch.Of.ID, objects: itemsOf(ch.Items...), items: true, keys: org.Performer})
	}
}

// takes reports whether a move takes a duty or an item from its giver: by name,
// as a part that goes with what it names, or as one of all that goes with no name
// from the giver.
func (w *world) takes(m *deed, object string) bool {
	for n := 0; m.items == strings.HasPrefix(object, asItem) && n <= len(w.duties); n++ {
		if slices.Contains(m.objects, object) {
			return true
		} else if w.named[[2]string{m.from, object}] {
			return false
		} else if d := w.duties[object]; d == nil || d.PartOf == "" {
			return m.all
		} else {
			object = d.PartOf
		}
	}
	return false
}
