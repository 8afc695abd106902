package witness

import (
	"cmp"
	"slices"

	"oneboard/internal/org"
)

// A thing is an item, and what becomes of it.
type thing struct {
	*org.Item
	fates []fate   // in the order of the plan
	hands []string // the bodies that could have it
}

// A fate is what one change does to an item: it comes to a body, goes from one
// to another, ends, or may not be used for everything any more.
type fate struct {
	what     fateKind
	law      int32
	from, to string
	all      bool // it is not named
}

type fateKind uint8

const (
	comes fateKind = iota
	goes
	ceases
	limited
)

// needs notes what the pack's needs ask for, and the items of those kinds. A need
// with days of grace is not held here, nor one for items that follow duties.
func (w *world) needs(board *org.Board, plan *org.Plan) {
	kinds := map[string]bool{}
	for _, n := range w.rules.Asked(board, plan) {
		if n.Grace == 0 && !slices.Contains(w.rules.FollowingItems, n.ID) {
			w.able = append(w.able, n)
			kinds[n.ID] = n.ID != org.NeedHead && n.ID != org.NeedDetermination
		}
	}
	w.determined = plan.Determined
	see := func(i *org.Item) {
		if kinds[i.Kind] {
			w.things = append(w.things, &thing{Item: i})
		}
	}
	for i := range board.Items {
		see(&board.Items[i])
	}
	for _, ch := range plan.Changes {
		if ch, ok := ch.(*org.Provide); ok {
			see(&org.Item{ID: ch.Item.ID, Kind: ch.Class.Text, Duty: ch.Duty.ID, Until: org.NoDate})
		}
	}
	for _, t := range w.things {
		t.follow(w, plan)
	}
}

// follow lists what changes do to an item. "All" is what no change names.
func (t *thing) follow(w *world, plan *org.Plan) {
	named := map[string]bool{} // by givers
	for _, ch := range plan.Changes {
		law := w.of[ch.Declared().ID][0]
		do := func(what fateKind, from, to string, refs []org.Ref) {
			if is := slices.Contains(ids(refs), t.ID); is || refs == nil {
				t.fates = append(t.fates, fate{what, law, from, to, !is})
				named[from] = named[from] || is && what != limited
			}
		}
		switch ch := ch.(type) {
		case *org.Provide:
			do(comes, "", ch.To.ID, []org.Ref{ch.Item})
		case *org.MoveItems:
			if ch.Items.All {
				do(goes, ch.From.ID, ch.To.ID, nil)
			}
			if len(ch.Items.Refs) > 0 {
				do(goes, ch.From.ID, ch.To.ID, ch.Items.Refs)
			}
		case *org.Merge:
			for _, r := range ch.From {
				do(goes, r.ID, ch.Into.ID.ID, nil)
			}
		case *org.MergeInto:
			for _, r := range ch.From {
				do(goes, r.ID, ch.Into.ID, nil)
			}
		case *org.Withdraw:
			do(ceases, ch.From.ID, "", ch.Items)
		case *org.Restrict:
			do(limited, ch.Of.ID, "", ch.Items)
		}
	}
	t.fates = slices.DeleteFunc(t.fates, func(f fate) bool { return f.all && named[f.from] })
	t.hands = []string{t.Body}
	for i := 0; i < len(t.hands); i++ {
		for _, f := range t.fates {
			if (f.from == t.hands[i] || f.what == comes) && f.to != "" && !slices.Contains(t.hands, f.to) {
				t.hands = append(t.hands, f.to)
			}
		}
	}
	t.fates = slices.DeleteFunc(t.fates, func(f fate) bool { return f.what != comes && !slices.Contains(t.hands, f.from) })
}

// asks reports whether a need is asked of a body.
func (w *world) asks(n *org.Need, body string) bool { return n.Receiving || w.fresh[body] }

// meets reports whether an item is what a need for a duty asks for.
func (w *world) meets(t *thing, n *org.Need, duty string) bool {
	if t.Kind != n.ID || !n.OfDuty {
		return t.Kind == n.ID
	}
	for i := 0; i <= len(w.duties) && w.duties[duty] != nil; i++ {
		if duty == t.Duty {
			return true
		}
		duty = w.duties[duty].PartOf
	}
	return false
}

// ask lists the events and days that bear on whether a matter's bodies have what
// they need.
func (m *matter) ask(see func(...int32), limits func(org.Interval)) {
	for k := range m.able {
		n := &m.able[k]
		for _, b := range m.bodies {
			if n.ID == org.NeedDetermination && m.asks(n, b) {
				limits(org.Interval{From: m.determined(b), To: org.Forever})
			}
		}
		for _, t := range m.things {
			if m.meets(t, n, m.duty) && slices.ContainsFunc(m.bodies, func(b string) bool { return m.asks(n, b) && slices.Contains(t.hands, b) }) {
				m.asked = append(m.asked, t.ID)
				limits(org.Interval{From: org.Always, To: t.Until})
				for _, f := range t.fates {
					m.aside(f.law)
				}
			}
		}
	}
	if m.touched != "" { // else nobody gets anything
		see(m.besides...)
	}
}

func (m *matter) aside(e int32) {
	if !slices.Contains(m.events, e) && !slices.Contains(m.besides, e) {
		m.besides = append(m.besides, e)
	}
}

// held gives the days on which a body has an item that it may use for everything.
func (r *run) held(t *thing, body string) (out []org.Interval) {
	at, since, last := t.Body, org.Always, org.Forever
	if t.Until.Known() {
		last = t.Until
	}
	note := func(to org.Date) {
		if to = min(to, last); at == body && since < to {
			out = append(out, org.Interval{From: since, To: to})
		}
	}
	all := slices.Clone(t.fates)
	slices.SortStableFunc(all, func(a, b fate) int { return cmp.Compare(r.day[a.law], r.day[b.law]) })
	over := t.Until.Known()
	for end := last; len(all) > 0; {
		on, n := r.day[all[0].law], 1
		for n < len(all) && r.day[all[n].law] == on {
			n++
		}
		left := slices.Clone(all[:n])
		all = all[n:]
		if over && on >= end {
			break
		}
		now, gone := at, false
		done := func(f fate, whole bool) {
			has := !gone && f.from == now && now != ""
			switch {
			case f.what == comes:
				now = f.to
			case f.what == goes && (has && !whole || whole && !gone):
				now = f.to
			case f.what == ceases && has:
				gone = true
			case f.what == limited && has:
				last = min(last, on)
			}
		}
		waits := func(f fate) bool {
			return f.from != "" && slices.ContainsFunc(left, func(o fate) bool { return o.to == f.from })
		}
		free := func() bool {
			i := slices.IndexFunc(left, func(f fate) bool { return !waits(f) })
			if i >= 0 {
				f := left[i]
				left = slices.Delete(left, i, i+1)
				done(f, false)
			}
			return i >= 0
		}
		for len(left) > 0 {
			if free() {
				continue
			}
			// they wait for each other: who gives all gives what he had before
			morning := now
			for _, f := range slices.Clone(left) {
				if i := slices.Index(left, f); i >= 0 && waits(f) {
					left = slices.Delete(left, i, i+1)
					if !f.all {
						done(f, false)
					} else if f.from == morning {
						done(f, true)
					}
				}
			}
			for free() {
			}
		}
		if gone {
			over, end = true, on
			last = min(last, on)
		}
		if now != at {
			note(on)
			at, since = now, on
		}
	}
	note(last)
	return out
}

// wanting gives the first day on which a holding lacks what a need asks for.
func (r *run) wanting(h holding, key int) (org.Date, bool) {
	for k := range r.able {
		n := &r.able[k]
		if h.kept || h.by == "" || n.Keys&org.EachKey[key] == 0 || !r.asks(n, h.body) || !r.fresh[h.body] && r.old(h.body, key, h.From, 0) {
			continue
		}
		var has []org.Interval
		switch n.ID {
		case org.NeedHead:
			if len(r.head[h.body]) == 0 || !r.fresh[h.body] {
				continue
			}
			for _, e := range r.head[h.body] {
				has = append(has, org.Interval{From: r.day[e], To: org.Forever})
			}
		case org.NeedDetermination:
			has = append(has, org.Interval{From: r.determined(h.body), To: org.Forever})
		default:
			for _, t := range r.things {
				if r.meets(t, n, r.duty) {
					has = append(has, r.held(t, h.body)...)
				}
			}
		}
		days := []org.Date{h.From}
		for _, in := range has {
			days = append(days, in.To)
		}
		slices.Sort(days)
		for _, day := range days {
			if h.Holds(day) && !slices.ContainsFunc(has, func(in org.Interval) bool { return in.Holds(day) }) {
				return day, true
			}
		}
	}
	return 0, false
}

// old reports whether a body only goes on with a key that it has by the board, in
// another mode or another part of the area.
func (r *run) old(body string, key int, from org.Date, depth int) bool {
	for t := range r.have {
		for _, s := range r.have[t][key] {
			s.to = min(s.to, s.since)
			if s.body == body && s.from < from && s.to >= from && depth < 20 && (s.by == "" || r.old(body, key, s.from, depth+1)) {
				return true
			}
		}
	}
	return false
}
