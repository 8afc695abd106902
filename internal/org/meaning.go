package org

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
