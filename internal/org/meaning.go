package org

import "slices"

// A Giving is what a change takes from one body and gives to another, in law,
// on the day of the change. An assignment takes from nobody; a declaration
// leaves the duty where it is, in another mode.
type Giving struct {
	From, To Ref
	In       Ref // only in this area, when given
	Keys     Keys
	Duties   Selection
	Mode     Mode // of an assignment or a declaration
}

// Givings lists who gives which keys of which duties to whom by a change; nil
// for a kind that gives none.
func Givings(ch Change) (out []Giving) {
	all := func(from []Ref, to Ref) []Giving {
		for _, r := range from {
			out = append(out, Giving{From: r, To: to, Keys: AllKeys, Duties: Selection{All: true}})
		}
		return out
	}
	declare := func(ch *Declare, mode Mode, bodies ...Ref) {
		for _, r := range bodies {
			if r.Given() {
				out = append(out, Giving{r, r, ch.In, AllKeys, Selection{Refs: []Ref{ch.Duty}}, mode})
			}
		}
	}
	switch ch := ch.(type) {
	case *Transfer:
		return []Giving{{ch.From, ch.To, ch.In, AllKeys, ch.Duties, Sole}}
	case *Merge:
		return all(ch.From, ch.Into.ID)
	case *MergeInto:
		return all(ch.From, ch.Into)
	case *Delegate:
		return []Giving{{ch.From, ch.To, ch.In, Performer | Means, Selection{Refs: ch.Duties}, Sole}}
	case *TakeUp:
		return []Giving{{ch.From, ch.To, ch.In, AllKeys, Selection{Refs: ch.Duties}, Sole}}
	case *Assign:
		return []Giving{{Ref{}, ch.To, ch.In, AllKeys, Selection{Refs: []Ref{ch.Duty}}, Sole}}
	case *Declare:
		declare(ch, Lead, ch.Lead)
		declare(ch, Assist, ch.Assist...)
		declare(ch, Joint, ch.Joint...)
	}
	return out
}

// Begun lists the bodies that a change brings into being.
func Begun(ch Change) (out []Ref) {
	switch ch := ch.(type) {
	case *Establish:
		return []Ref{ch.Body}
	case *Merge:
		return []Ref{ch.Into.ID}
	case *Split:
		for _, n := range ch.Into {
			out = append(out, n.ID)
		}
	}
	return out
}

// Ended lists the bodies that end by a change.
func Ended(ch Change) []Ref {
	switch ch := ch.(type) {
	case *Abolish:
		return []Ref{ch.Body}
	case *Merge:
		return ch.From
	case *MergeInto:
		return ch.From
	case *Split:
		return []Ref{ch.From}
	}
	return nil
}

// Led lists the bodies to which a change may bring a head: it appoints one,
// moves a post with a head in it, or merges a body that has one. heads has the
// posts that lead by the board, and whose they are; filled those with somebody
// in them.
func Led(ch Change, heads map[string]string, filled map[string]bool) []string {
	led := func(bodies ...Ref) bool {
		for post, body := range heads {
			if filled[post] && slices.ContainsFunc(bodies, func(r Ref) bool { return r.ID == body }) {
				return true
			}
		}
		return false
	}
	switch ch := ch.(type) {
	case *Merge:
		if led(ch.From...) {
			return []string{ch.Into.ID.ID}
		}
	case *Appoint:
		if ch.Body.Given() && ch.Role.Text == "head" {
			return []string{ch.Body.ID}
		} else if body, leads := heads[ch.Post.ID]; leads {
			return []string{body}
		}
	case *MovePosts:
		moved := ch.Posts.All && led(ch.From) || slices.ContainsFunc(ch.Posts.Refs, func(r Ref) bool {
			return filled[r.ID] && (heads[r.ID] != "" || ch.Role.Text == "head")
		})
		if moved && (ch.Role.Text == "" || ch.Role.Text == "head") {
			return []string{ch.To.ID}
		}
	}
	return nil
}

// Handovers gives the days that a change declares besides its own: under the
// zero Keys the day on which its handover is in place, under a single key the
// day of that key alone. Days that are not written are left out.
func Handovers(ch Change) map[Keys]When {
	out := map[Keys]When{}
	put := func(k Keys, w When) {
		if w.Given() {
			out[k] = w
		}
	}
	switch ch := ch.(type) {
	case *Transfer:
		put(0, ch.InPlace)
		put(Performer, ch.Performer)
		put(Signatory, ch.Name)
		put(Means, ch.Means)
	case *Merge:
		put(0, ch.InPlace)
	case *MergeInto:
		put(0, ch.InPlace)
	}
	return out
}

// A Territory is the tree of areas: the code of each, and of the one it is in.
type Territory map[string]string

// Territory gives the tree of the board's areas, and of those that changes
// bring.
func (b *Board) Territory(changes []Change) Territory {
	t := Territory{}
	for i := range b.Areas {
		t[b.Areas[i].Code] = b.Areas[i].Parent
	}
	for _, ch := range changes {
		if ch, ok := ch.(*ChangeArea); ok {
			for _, n := range ch.Into {
				if _, known := t[n.Code.ID]; !known {
					t[n.Code.ID] = n.Parent.ID
				}
			}
		}
	}
	return t
}

// Inside reports whether an area is another or lies in it; every area lies in
// "". Areas that are parts of each other lie nowhere.
func (t Territory) Inside(a, b string) bool {
	for n := 0; a != b && b != ""; n++ {
		if a = t[a]; a == "" || n > len(t) {
			return false
		}
	}
	return true
}

// Pieces are the areas in which something must be looked at separately that
// covers an area ("": the whole territory) and is split at the named ones: those
// whose parts are not all named, and "" for the rest, unless they make up the
// whole. Where the board keeps no areas nobody knows whether they do.
func (t Territory) Pieces(area string, named []string) (out []string) {
	parts := map[string][]string{}
	for code, in := range t {
		parts[in] = append(parts[in], code)
	}
	seen := map[string]bool{}
	var full func(area string) bool
	full = func(area string) bool {
		if seen[area] {
			return false // parts of each other
		}
		seen[area] = true
		defer delete(seen, area)
		return len(parts[area]) > 0 && !slices.ContainsFunc(parts[area], func(p string) bool { return !slices.Contains(named, p) && !full(p) })
	}
	any := false
	for _, a := range named {
		if any = any || a != ""; a != "" && !full(a) {
			out = append(out, a)
		}
	}
	if !any || len(t) == 0 && slices.Contains(named, "") || len(t) > 0 && (area == "" || !slices.Contains(named, area)) && !full(area) {
		out = append(out, "")
	}
	return out
}
