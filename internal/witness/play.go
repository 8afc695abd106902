package witness

import (
	"cmp"
	"slices"

	"oneboard/internal/org"
)

// A span is a body's having of one key in one place. From since on it has it only
// until the handover is in place.
type span struct {
	body, by        string // by the change that gave it, or "" by the board
	area            string // for which it was given
	mode            org.Mode
	from, since, to org.Date
}

// A run is one course of events in a matter.
type run struct {
	*matter
	day   []org.Date                // of each event
	towns []place                   // with the days on which they are there
	have  [][4][]span               // of each town, each key
	life  map[string][]org.Interval // when a body is in force
	lack  *deed                     // the first that gives what is not there, or to a body that is not
	over  org.Date                  // the duty's end
	items []*run
}

// play lets a matter take its course, on the days that its events have.
func (m *matter) play(day []org.Date) *run {
	r := &run{matter: m, day: day, towns: slices.Clone(m.towns), over: org.Forever, life: map[string][]org.Interval{}}
	if len(r.towns) == 0 {
		r.towns = []place{{"", org.Whole}}
	}
	r.have = make([][4][]span, len(r.towns))
	for _, b := range m.bodies {
		r.life[b] = r.live(m.party(b))
	}
	for _, i := range m.items {
		r.items = append(r.items, i.play(day))
	}
	for _, row := range m.rows[m.object] {
		r.give(row.Area, row.Keys, span{row.Body, "", row.Area, row.Mode, row.From, org.Forever, row.To})
	}
	today := slices.Clone(m.deeds)
	slices.SortStableFunc(today, func(a, b *deed) int {
		return cmp.Or(cmp.Compare(day[a.law], day[b.law]), cmp.Compare(a.what, b.what), cmp.Compare(a.order, b.order))
	})
	r.change(today)
	for len(today) > 0 {
		n, on := 1, day[today[0].law]
		if today[0].what == moves {
			for n < len(today) && today[n].what == moves && day[today[n].law] == on {
				n++
			}
		}
		switch d := today[0]; d.what {
		case shifts:
			r.shift(d, on)
		case assigns:
			r.give(d.in, org.AllKeys, span{d.to, d.change, d.in, org.Sole, on, org.Forever, org.Forever})
			r.there(d, on, on+1)
		case moves:
			r.exchange(today[:n], on)
		case declares:
			r.declare(d, on)
			r.there(d, on, on+1)
		case over:
			r.over = min(r.over, on)
			r.each("", org.AllKeys, func(_ int, list *[]span) { end(*list, on) })
		}
		today = today[n:]
	}
	return r
}

// end lets what bodies have end.
func end(list []span, on org.Date) {
	for i := range list {
		list[i].to = min(list[i].to, max(list[i].from, on))
	}
}

// live finds when a body is in force. On one day a beginning comes before an end,
// and an end before a return; who ends to return that day is never gone.
func (r *run) live(p *party) (out []org.Interval) {
	last, ended := func() *org.Interval { return &out[len(out)-1] }, false
	if p.row != nil {
		out = append(out, p.row.Interval)
	}
	turns := slices.Concat(p.end, p.back)
	if p.begin > 0 {
		turns = append([]int32{p.begin}, turns...)
	}
	slices.SortStableFunc(turns, func(a, b int32) int { return cmp.Compare(r.day[a], r.day[b]) })
	for _, e := range turns {
		on := r.day[e]
		switch {
		case slices.Contains(p.end, e):
			if ended = true; len(out) > 0 && last().Holds(on) {
				last().To = on
			}
		case e == p.begin && ended, e != p.begin && len(out) > 0 && last().To > on:
		case len(out) > 0 && last().To == on:
			last().To = org.Forever
		default:
			out = append(out, org.Interval{From: on, To: org.Forever})
		}
	}
	return out
}

// each calls do for the spans of some keys in the towns of an area.
func (r *run) each(area string, keys org.Keys, do func(key int, list *[]span)) {
	for t := range r.towns {
		for k, key := range org.EachKey {
			if keys&key != 0 && r.inside(r.towns[t].code, area) {
				do(k, &r.have[t][k])
			}
		}
	}
}

func (r *run) give(area string, keys org.Keys, s span) {
	r.each(area, keys, func(_ int, list *[]span) { *list = append(*list, s) })
}

// there notes when a deed gives to a body that is not in force from one day until
// another, or in an area that is not.
func (r *run) there(d *deed, on, until org.Date) {
	if r.gone(d.in, on) || !slices.ContainsFunc(r.life[d.to], func(v org.Interval) bool { return v.From <= on && until <= v.To }) {
		r.lacks(d)
	}
}

func (r *run) lacks(d *deed) {
	if r.lack == nil {
		r.lack = d
	}
}

// gone reports whether an area that a deed names is not there.
func (r *run) gone(area string, on org.Date) bool {
	return area != "" && slices.ContainsFunc(r.towns, func(p place) bool { return p.code == area && !p.Holds(on) })
}

// change lets areas begin and end.
func (r *run) change(deeds []*deed) {
	for _, d := range deeds {
		for t := range r.towns {
			now, on := &r.towns[t], r.day[d.law]
			of, into := slices.Contains(d.objects, now.code), slices.Contains(d.into, now.code)
			switch {
			case d.what != shifts || of == into:
			case of && now.Holds(on):
				now.To = on
			case into && (on < now.From || now.To <= on): // it begins, or comes back
				now.Interval = org.Interval{From: on, To: org.Forever}
			}
		}
	}
}

// shift lets what was given for areas that end go to those that take their place.
// What is left in none of those is not left here.
func (r *run) shift(d *deed, on org.Date) {
	defer func() {
		for t := range r.towns {
			for k := range r.have[t] {
				if r.towns[t].To == on {
					end(r.have[t][k], on)
				}
			}
		}
	}()
	for t := range r.towns {
		if !slices.Contains(d.into, r.towns[t].code) {
			continue
		}
		for k := range org.EachKey {
			list := slices.Clone(r.have[t][k])
			for i := range list {
				if s := &list[i]; !slices.Contains(d.objects, r.towns[t].code) {
					s.to = max(s.from, min(s.to, r.left(k, d.objects, s)))
				}
			}
			for u := range r.towns {
				if u != t && slices.Contains(d.objects, r.towns[u].code) {
					for _, s := range r.have[u][k] {
						if s.to > on && s.area == r.towns[u].code {
							s.from, s.by, s.area = max(s.from, on), d.change, r.towns[t].code
							if !slices.ContainsFunc(list, func(o span) bool {
								return o.body == s.body && o.mode == s.mode && o.area == s.area && o.from <= s.from && o.to >= s.to
							}) {
								list = append(list, s)
							}
						}
					}
				}
			}
			r.have[t][k] = list
		}
	}
}

// left finds how long what a body has is left to it in any of some areas that it
// is for; forever when it is for none of them.
func (r *run) left(k int, areas []string, s *span) org.Date {
	to, any := org.Always, false
	for u, town := range r.towns {
		if slices.Contains(areas, town.code) && r.inside(town.code, s.area) {
			any = true
			for _, o := range r.have[u][k] {
				if o.body == s.body && o.area == s.area {
					to = max(to, o.to)
				}
			}
		}
	}
	if !any {
		return org.Forever
	}
	return to
}

// exchange carries out the moves of one day: who gives waits for what he gets
// that day. Where they wait for each other, "all" is what each had before.
func (r *run) exchange(today []*deed, on org.Date) {
	left, had := slices.Clone(today), map[*deed]bool{}
	waits := func(d *deed) bool { return slices.ContainsFunc(left, func(o *deed) bool { return o.to == d.from }) }
	do := func(d *deed) {
		left = slices.DeleteFunc(left, func(o *deed) bool { return o == d })
		if has, fixed := had[d]; r.takes(d, r.object) && (!fixed || has) && !r.move(d, on) && slices.Contains(d.objects, r.object) {
			r.lacks(d)
		} else if r.takes(d, r.object) && r.gone(d.in, on) {
			r.lacks(d)
		}
	}
	for len(left) > 0 {
		if i := slices.IndexFunc(left, func(d *deed) bool { return !waits(d) }); i >= 0 {
			do(left[i])
			continue
		}
		for _, d := range left {
			if d.all {
				had[d] = false
				r.each("", org.AllKeys, func(_ int, list *[]span) {
					had[d] = had[d] || slices.ContainsFunc(*list, func(s span) bool { return s.body == d.from && s.to > max(s.from, on) })
				})
			}
		}
		for _, d := range slices.Clone(left) {
			if slices.Contains(left, d) && waits(d) {
				do(d)
			}
		}
	}
}

// move gives the taker what the giver has: at once, or when it is in place, and
// what he will only get, when he would get it. It reports whether there was any.
func (r *run) move(d *deed, law org.Date) (moved bool) {
	r.each(d.in, d.keys, func(key int, list *[]span) {
		on, former := max(law, r.day[d.at[key]]), r.rules.FormerPerforms&org.EachKey[key] != 0
		for i := range *list {
			s := &(*list)[i]
			if s.body != d.from || s.by == d.change || s.since != org.Forever || s.to <= max(s.from, on) {
				continue
			}
			next := *s
			next.body, next.by, next.from = d.to, d.change, max(on, s.from)
			if d.in != "" && r.inside(d.in, s.area) {
				next.area = d.in
			}
			if s.to = next.from; former && on > law {
				s.since, s.area = max(law, s.from), next.area
			}
			receive(list, next)
			moved = true
		}
	})
	if moved {
		r.there(d, law, law)
	}
	return moved
}

// receive enters what a body gets. Who has it does not assist himself as well,
// nor become two.
func receive(list *[]span, s span) {
	for i := range *list {
		if t := &(*list)[i]; t.body != s.body || t.to <= s.from {
		} else if s.from < t.from {
			if t.since == org.Forever && t.mode == s.mode && t.to <= s.to { // within what he gets here
				t.to = t.from
			}
		} else if t.since <= s.from { // what he only kept he has again
			t.to = s.from
		} else if s.mode == org.Assist || s.mode == t.mode && t.to >= s.to {
			return
		} else if t.mode == org.Assist {
			t.to = s.from
		}
	}
	*list = append(*list, s)
}

// declare gives what a body has in another mode; who has nothing gets it all.
func (r *run) declare(d *deed, on org.Date) {
	had := false
	r.each(d.in, org.AllKeys, func(_ int, list *[]span) {
		for i := range *list {
			if s := &(*list)[i]; s.body == d.to && s.from <= on && on < s.to && s.since == org.Forever {
				next := *s
				next.from, next.mode, next.by, s.to, had = on, d.mode, d.change, on, true
				if d.in != "" && r.inside(d.in, s.area) {
					next.area = d.in
				}
				*list = append(*list, next)
			}
		}
	})
	if !had {
		r.give(d.in, org.AllKeys, span{d.to, d.change, d.in, d.mode, on, org.Forever, org.Forever})
	}
}

// who lists what bodies have of a key in a town on a day, as far as it counts: not
// to assist, and only while the body is in force or the rule lets it keep the key.
// Who was gone in between does not have again what he had.
func (r *run) who(t, key int, on org.Date) (out []span) {
	for _, s := range r.have[t][key] {
		kept := on >= s.since
		if kept {
			s.from = max(s.from, s.since)
		}
		if s.mode == org.Assist || on < s.from || s.to <= on {
			continue
		}
		life := r.life[s.body]
		in := slices.IndexFunc(life, func(v org.Interval) bool { return v.Holds(on) })
		if kept && r.rules.AfterEnd()&org.EachKey[key] != 0 || in == 0 || in > 0 && life[in].From <= s.from {
			out = append(out, s)
		}
	}
	return out
}

func (s span) kept(on org.Date) bool { return on >= s.since }

// must gives the days on which somebody must have the duty in a town.
func (r *run) must(t int) org.Interval {
	must := org.Interval{From: r.start, To: r.over}
	if made, ok := r.made[r.object]; ok {
		must.From = max(must.From, r.day[made])
	}
	return must.And(r.towns[t].Interval)
}

// on gives the day of an event; "start" is before all days and "forever" after.
func (r *run) on(event string) org.Date {
	switch event {
	case "start":
		return org.Always
	case "forever":
		return org.Forever
	}
	return r.day[r.number[event]]
}

// unable reports whether a body lacks on a day what it must have for a key: a new
// one its head, or whoever gets a key what a need asks for.
func (r *run) unable(s span, key int, on org.Date) bool {
	p, is := r.party(s.body), org.EachKey[key]
	head := slices.ContainsFunc(p.head, func(e int32) bool { return r.day[e] <= on })
	headless := p.begin > 0 && len(p.head) > 0 && !head // who gets none by the plan is for the check
	if headless && r.rules.HeadRequired && r.need&is&(org.Performer|org.Signatory) != 0 && on >= r.day[p.begin]+org.Date(r.rules.HeadGrace) {
		return true
	}
	for n := range r.able {
		need := &r.able[n]
		if s.kept(on) || s.by == "" || need.Keys&is == 0 || !r.asks(need, s.body) || p.begin == 0 && r.old(s.body, key, s.from, 0) {
			continue
		}
		switch need.ID {
		case org.NeedHead:
			if headless {
				return true
			}
		case org.NeedDetermination:
			if r.determined(s.body) > on {
				return true
			}
		default:
			if !slices.ContainsFunc(r.meets[n], func(i int) bool {
				const use = 1 // the performer key
				return slices.ContainsFunc(r.items[i].have[0][use], func(o span) bool { return o.body == s.body && o.from <= on && on < o.to })
			}) {
				return true
			}
		}
	}
	return false
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
