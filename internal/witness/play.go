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
}

// play lets a matter take its course, on the days that the events of an order
// have in it.
func (m *matter) play(o *order, days []org.Date) *run {
	day := make([]org.Date, len(m.ids))
	for i, e := range o.events {
		day[e] = days[i]
	}
	r := &run{matter: m, day: day, towns: slices.Clone(m.towns), over: org.Forever, have: make([][4][]span, len(m.towns)), life: map[string][]org.Interval{}}
	for _, b := range m.bodies {
		r.life[b] = r.live(b)
	}
	for _, row := range m.rows[m.duty] {
		r.give(row.Area, row.Keys, span{row.Body, "", row.Area, row.Mode, row.From, org.Forever, row.To})
	}
	today := slices.Clone(m.deeds)
	slices.SortStableFunc(today, func(a, b *deed) int { return cmp.Or(cmp.Compare(day[a.law], day[b.law]), cmp.Compare(a.what, b.what)) })
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
			r.each("", org.AllKeys, func(_ int, list *[]span) {
				for i := range *list {
					s := &(*list)[i]
					s.to = min(s.to, max(s.from, on))
				}
			})
		}
		today = today[n:]
	}
	return r
}

// live finds when a body is in force. On one day a beginning comes before an end,
// and an end before a return.
func (r *run) live(b string) (out []org.Interval) {
	type turn struct {
		day  org.Date
		what int
	}
	var turns []turn
	if e, new := r.begin[b]; new {
		turns = append(turns, turn{r.day[e], 0})
	}
	for _, e := range r.end[b] {
		turns = append(turns, turn{r.day[e], 1})
	}
	for _, e := range r.back[b] {
		turns = append(turns, turn{r.day[e], 2})
	}
	slices.SortFunc(turns, func(a, b turn) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.what, b.what)) })
	if v := r.body[b]; v != nil {
		out = append(out, v.Interval)
	}
	ended := false
	for _, t := range turns {
		last := len(out) - 1
		switch {
		case t.what == 0 && !ended, t.what == 2 && (last < 0 || out[last].To <= t.day):
			out = append(out, org.Interval{From: t.day, To: org.Forever})
		case t.what == 1:
			if ended = true; last >= 0 && out[last].Holds(t.day) {
				out[last].To = t.day
			}
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
	return slices.ContainsFunc(r.towns, func(p place) bool { return p.code == area && !p.Holds(on) })
}

// change lets areas begin and end.
func (r *run) change(deeds []*deed) {
	for _, d := range deeds {
		for t := range r.towns {
			now, on := &r.towns[t], r.day[d.law]
			of, into := slices.Contains(d.duties, now.code), slices.Contains(d.into, now.code)
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
			for k := range org.EachKey {
				for i := range r.have[t][k] {
					if s := &r.have[t][k][i]; r.towns[t].To == on {
						s.to = min(s.to, max(s.from, on))
					}
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
				if s := &list[i]; !slices.Contains(d.duties, r.towns[t].code) {
					s.to = max(s.from, min(s.to, r.left(k, d.duties, s)))
				}
			}
			for u := range r.towns {
				if u != t && slices.Contains(d.duties, r.towns[u].code) {
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
		if has, fixed := had[d]; r.takes(d, r.duty) && (!fixed || has) && !r.move(d, on) && slices.Contains(d.duties, r.duty) {
			r.lacks(d)
		} else if r.takes(d, r.duty) && r.gone(d.in, on) {
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
		if t := &(*list)[i]; t.body != s.body || s.from < t.from || t.to <= s.from {
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

// A holding is a body's having of one key in a town, as far as it counts: not to
// assist, and only while the body is in force or the rule lets it keep the key.
type holding struct {
	body, by, mode string
	kept           bool
	org.Interval
}

// joins reports whether a holding goes on with another.
func (h holding) joins(o holding) bool {
	return h.body == o.body && h.mode == o.mode && h.kept == o.kept && h.To == o.From
}

// holdings lists who has a key in a town on the days on which somebody must.
func (r *run) holdings(t, key int, must org.Interval) (out []holding) {
	see := func(s *span, kept bool, in org.Interval) {
		if in = in.And(must); in.Empty() {
			return
		}
		h := holding{s.body, s.by, s.mode.String(), kept, in}
		for i := range out {
			if o := &out[i]; o.joins(h) {
				o.To = in.To
				return
			}
		}
		out = append(out, h)
	}
	list := slices.Clone(r.have[t][key])
	slices.SortStableFunc(list, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := range list {
		s := &list[i]
		if s.mode == org.Assist {
			continue
		}
		see(s, false, r.while(s.body, org.Interval{From: s.from, To: min(s.since, s.to)}))
		if rest := (org.Interval{From: max(s.since, s.from), To: s.to}); r.rules.AfterEnd()&org.EachKey[key] != 0 {
			see(s, true, rest)
		} else {
			see(s, true, r.while(s.body, rest))
		}
	}
	return out
}

// while is the part of an interval until the body is first not in force.
func (r *run) while(body string, in org.Interval) org.Interval {
	life := r.life[body]
	if len(life) > 0 && life[0].From > r.start {
		in.From = max(in.From, life[0].From)
	}
	for i := range life {
		gone := org.Interval{From: life[i].To, To: org.Forever}
		if i+1 < len(life) {
			gone.To = life[i+1].From
		}
		if in.From < gone.To && gone.From < in.To && !gone.Empty() {
			in.To = gone.From
		}
	}
	if len(life) == 0 {
		in.To = in.From
	}
	return in
}

// must gives the days on which somebody must have the duty in a town.
func (r *run) must(t int) org.Interval {
	must := org.Interval{From: r.start, To: r.over}
	if made, ok := r.made[r.duty]; ok {
		must.From = max(must.From, r.day[made])
	}
	return must.And(r.towns[t].Interval)
}

// on gives the day of an event; "start" is before all days and "forever" after.
func (r *run) on(event string) org.Date {
	switch e, _ := r.find(event); event {
	case "start":
		return org.Always
	case "forever":
		return org.Forever
	default:
		return r.day[e]
	}
}

// unable reports whether a body that the plan brings has a key that needs its
// head before it has one.
func (r *run) unable(h holding, key org.Keys) (org.Date, bool) {
	if heads := r.head[h.body]; r.rules.HeadRequired && r.fresh[h.body] && len(heads) > 0 && key&(org.Performer|org.Signatory) != 0 {
		head := org.Forever
		for _, e := range heads {
			head = min(head, r.day[e])
		}
		without := h.And(org.Interval{From: r.day[r.begin[h.body]] + r.grace, To: head})
		return without.From, !without.Empty()
	}
	return 0, false
}
