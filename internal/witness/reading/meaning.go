package reading

import (
	"slices"
	"strings"

	"oneboard/internal/org"
	"oneboard/internal/witness/kernel"
)

// A step is what one change does to who has which duties or items, or to the
// territory. An item is a duty without an area: who has its performer key may use
// it for everything. What is withdrawn goes to nobody, and so does that key of
// what is restricted.
type step struct {
	what             stepKind
	change, from, to string
	in               string // only in this area
	items            bool   // it is about items
	all              bool
	objects          []string // duties or items; or the areas that become others
	into             []string // those that they become
	keys             org.Keys
	mode             org.Mode
	law              kernel.Event
	at               [4]kernel.Event // with which each key moves
	order            int             // its place in the plan
}

// The steps of one day are taken in this order.
type stepKind uint8

const (
	shifts stepKind = iota
	assigns
	moves
	declares
	over
)

// What stands among duties without being one: an item, and an item that stays with
// its body, which is that the body has its head, or its determination.
const (
	asItem = "\x00"
	asOwn  = "\x01"
)

// item names an item among duties.
func item(kind, id string) string {
	if kind == org.NeedHead || kind == org.NeedDetermination {
		return asOwn + kind + " " + id
	}
	return asItem + id
}

func ids(refs []org.Ref) (out []string) {
	for _, r := range refs {
		out = append(out, r.ID)
	}
	return out
}

func items(refs []org.Ref) (out []string) {
	for _, r := range refs {
		out = append(out, item("", r.ID))
	}
	return out
}

// learn notes what a change does: its events and steps, and whom it begins, ends,
// restores or gives a head.
func (w *World) learn(ch org.Change) {
	c := ch.Declared()
	law := w.event(c.ID+".law", c.On)
	w.of[c.ID] = []kernel.Event{law}
	at := [4]kernel.Event{law, law, law, law}
	handover := func(part string, day org.When, keys org.Keys) {
		if !day.Given() {
			return
		}
		e := w.event(c.ID+part, day)
		w.Next[law], w.of[c.ID] = append(w.Next[law], e), append(w.of[c.ID], e)
		for k, key := range org.EachKey {
			if keys&key&^org.Holder != 0 {
				at[k] = e
			}
		}
	}
	do := func(s step) {
		s.change, s.law, s.order = c.ID, law, len(w.steps)
		if s.at = at; s.items {
			s.at = [4]kernel.Event{law, law, law, law}
		}
		if s.keys == 0 {
			s.keys = org.AllKeys
		}
		w.steps = append(w.steps, &s)
	}
	ends := func(r org.Ref) { w.party(r.ID).end = append(w.party(r.ID).end, law) }
	led := func(body string) {
		w.addItem(&org.Item{ID: body, Kind: org.NeedHead})
		do(step{what: assigns, to: body, objects: []string{item(org.NeedHead, body)}, items: true})
	}
	moved := func(from, to org.Ref, refs []org.Ref, in org.Ref, keys org.Keys) {
		do(step{what: moves, from: from.ID, to: to.ID, in: in.ID, objects: ids(refs), keys: keys})
	}
	absorbs := func(from []org.Ref, into string) {
		for _, r := range from {
			ends(r)
			w.party(r.ID).heirs = append(w.party(r.ID).heirs, into)
			do(step{what: moves, from: r.ID, to: into, all: true})
			do(step{what: moves, from: r.ID, to: into, all: true, items: true})
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
		do(step{what: moves, from: ch.From.ID, to: ch.To.ID, in: ch.In.ID, all: ch.Duties.All, objects: ids(ch.Duties.Refs)})
	case *org.Delegate:
		moved(ch.From, ch.To, ch.Duties, ch.In, org.Performer|org.Means)
	case *org.TakeUp:
		moved(ch.From, ch.To, ch.Duties, ch.In, org.AllKeys)
	case *org.Assign:
		do(step{what: assigns, to: ch.To.ID, in: ch.In.ID, objects: []string{ch.Duty.ID}})
		if d := ch.Duty.ID; ch.Name.Text != "" && w.duties[d] == nil {
			w.duties[d], w.made[d] = &org.Duty{ID: d, Kind: ch.Class.Text, Exclusive: true}, law
		}
	case *org.Declare:
		for mode, bodies := range [4][]org.Ref{org.Lead: {ch.Lead}, org.Assist: ch.Assist, org.Joint: ch.Joint} {
			for _, r := range bodies {
				if r.Given() {
					do(step{what: declares, to: r.ID, in: ch.In.ID, objects: []string{ch.Duty.ID}, mode: org.Mode(mode)})
				}
			}
		}
	case *org.EndDuty:
		do(step{what: over, objects: ids(ch.Duties)})
	case *org.ChangeArea:
		s := step{what: shifts, objects: ids(ch.Areas)}
		for _, n := range ch.Into {
			s.into = append(s.into, n.Code.ID)
			if _, there := w.parent[n.Code.ID]; !there {
				w.addArea(n.Code.ID, n.Parent.ID, org.Interval{From: org.Forever, To: org.Forever})
			}
		}
		do(s)
	case *org.SetPosts:
		w.party(ch.Body.ID).post = w.party(ch.Body.ID).post || ch.Role.Text == "head"
	case *org.Appoint:
		if body := w.leads[ch.Post.ID]; ch.Body.Given() && ch.Role.Text == "head" {
			led(ch.Body.ID)
			w.party(ch.Body.ID).post = true
		} else if body != "" {
			led(body)
		}
	case *org.MovePosts:
		heads := ch.Posts.All && w.party(ch.From.ID).led || slices.ContainsFunc(ch.Posts.Refs, func(r org.Ref) bool {
			return w.filled[r.ID] && (w.leads[r.ID] != "" || ch.Role.Text == "head")
		})
		if heads && (ch.Role.Text == "" || ch.Role.Text == "head") {
			led(ch.To.ID)
		}
		if ch.Role.Text == "head" {
			w.party(ch.To.ID).post = true
		} else if ch.Role.Text == "" {
			w.party(ch.From.ID).heirs = append(w.party(ch.From.ID).heirs, ch.To.ID)
		}
	case *org.Provide:
		w.addItem(&org.Item{ID: ch.Item.ID, Kind: ch.Class.Text, Duty: ch.Duty.ID})
		do(step{what: assigns, to: ch.To.ID, objects: items([]org.Ref{ch.Item}), items: true})
	case *org.MoveItems:
		do(step{what: moves, from: ch.From.ID, to: ch.To.ID, all: ch.Items.All, objects: items(ch.Items.Refs), items: true})
	case *org.Withdraw:
		do(step{what: moves, from: ch.From.ID, objects: items(ch.Items), items: true})
	case *org.Restrict:
		do(step{what: moves, from: ch.Of.ID, objects: items(ch.Items), items: true, keys: org.Performer})
	}
}

// takes reports whether a move takes a duty or an item from its giver: by name,
// as a part that goes with what it names, or as one of all that goes with no name
// from the giver.
func (w *World) takes(s *step, object string) bool {
	for n := 0; s.items == (w.duties[object] == nil) && !strings.HasPrefix(object, asOwn) && n <= len(w.duties); n++ {
		if slices.Contains(s.objects, object) {
			return true
		} else if w.named[[2]string{s.from, object}] {
			return false
		} else if d := w.duties[object]; d == nil || d.PartOf == "" {
			return s.all
		} else {
			object = d.PartOf
		}
	}
	return false
}
