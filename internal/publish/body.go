package publish

import (
	"cmp"
	"slices"

	"oneboard/internal/check"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// A BodyPage is one body: what it is, was and becomes.
type BodyPage struct {
	Day       org.Date      `json:"day"`
	Span      Span          `json:"span"`
	Body      Name          `json:"body"`
	Exists    bool          `json:"exists"` // on the day
	Class     Term          `json:"class"`
	State     Term          `json:"state"`
	Kind      Term          `json:"kind"`
	Level     Term          `json:"level"`
	Rank      Term          `json:"rank"`
	Area      *Name         `json:"area,omitempty"`
	Superior  *Name         `json:"superior,omitempty"`
	Plates    []PlateView   `json:"plates"`
	Hosts     []Name        `json:"hosts"`
	With      []Name        `json:"with"`
	Inferiors []Name        `json:"inferiors"` // on the day
	What      []What        `json:"what"`
	Becomes   []Name        `json:"becomes"` // its successors
	Versions  []VersionView `json:"versions"`
	Duties    []DutyRow     `json:"duties"`
	Counts    DutyCounts    `json:"duty_counts"`
	Quotas    []QuotaRow    `json:"quotas"`
	Changes   []ChangeView  `json:"changes"`
	// Follows is what its change makes stale, and what makes it stale itself.
	Follows []DependentView `json:"follows"`
	Picture SVG             `json:"-"`
}

// A PlateView is a further name of a body.
type PlateView struct {
	Name string   `json:"name"`
	From org.Date `json:"from"`
	To   org.Date `json:"to"`
	Held bool     `json:"held"` // on the day
}

// A VersionView is a body as it was in an interval.
type VersionView struct {
	From     org.Date `json:"from"`
	To       org.Date `json:"to"`
	Name     Name     `json:"name"`
	Kind     Term     `json:"kind"`
	Rank     Term     `json:"rank"`
	Superior *Name    `json:"superior,omitempty"`
	Current  bool     `json:"current"` // on the day
	By       []string `json:"by"`      // the clauses that brought it about
}

// DutyCounts says how the duties of a body move by the plan.
type DutyCounts struct {
	Before int `json:"before"`
	Now    int `json:"now"`
	After  int `json:"after"`
	Gives  int `json:"gives"`
	Takes  int `json:"takes"`
}

// A DutyRow is one duty that a body has, had or will have.
type DutyRow struct {
	Duty   Name   `json:"duty"`
	Before KeySet `json:"before"`
	Now    KeySet `json:"now"`
	After  KeySet `json:"after"`
	From   []Name `json:"from"` // who gives it
	To     []Name `json:"to"`   // who takes it
	Change string `json:"change"`
}

// A KeySet is the keys that a body has of a duty on a day.
type KeySet struct {
	Keys   []Term   `json:"keys"`
	All    bool     `json:"all"`
	Mode   Term     `json:"mode"`
	set    org.Keys // for comparing
	Former bool     `json:"former"` // some of them only until the handover is in place
}

// A QuotaRow compares what a body may have with what it has, by kind of post.
type QuotaRow struct {
	Kind   Term `json:"kind"`
	Before int  `json:"before"` // posts it may have; -1: not set
	Now    int  `json:"now"`
	After  int  `json:"after"`
	Posts  int  `json:"posts"`  // posts it has on the day
	Filled int  `json:"filled"` // those of them with somebody in them
	Heads  int  `json:"heads"`  // of the posts, those that lead
	Deps   int  `json:"deputies"`
}

// Body gives the page of a body on a day, and whether there is such a body.
// O(what the body ever had), not of the board.
func (v *View) Body(tag lang.Tag, id string, day org.Date) (BodyPage, bool) {
	life := v.tl.Body(id)
	if life == nil || len(life.Versions) == 0 {
		return BodyPage{}, false
	}
	near := versionNear(life, day)
	p := BodyPage{
		Day: day, Span: v.Horizon(day), Body: Name{id, near.Name, near.NameEN}, Exists: life.On(day) != nil,
		Kind: term(tag, "bodykind", near.Kind), Level: term(tag, "level", near.Level), Rank: term(tag, "rank", near.Rank),
		Plates: []PlateView{}, Hosts: v.bodies(life.Hosts, day), With: v.bodies(life.CoWith, day),
		Becomes: v.bodies(v.tl.Successors(id), v.after()), Inferiors: []Name{},
		Changes: v.changes(tag, day, v.tl.ChangesOf(id)),
	}
	s := v.standing(id, life, v.flows()[id])
	p.Class, p.State, p.What = term(tag, "class", s.class), term(tag, "state", s.state(day)), v.whats(tag, day, &s)
	if near.Area != "" {
		n := v.area(near.Area)
		p.Area = &n
	}
	if near.Superior != "" {
		n := v.body(near.Superior, day)
		p.Superior = &n
	}
	for _, pl := range life.Plates {
		p.Plates = append(p.Plates, PlateView{pl.Name, pl.From, pl.To, pl.Holds(day)})
	}
	for _, child := range v.under(id) {
		if b := v.tl.Body(child).On(day); b != nil && b.Superior == id {
			p.Inferiors = append(p.Inferiors, Name{child, b.Name, b.NameEN})
		}
	}
	for i := range life.Versions {
		b := &life.Versions[i]
		vv := VersionView{From: b.From, To: b.To, Name: Name{id, b.Name, b.NameEN}, Kind: term(tag, "bodykind", b.Kind),
			Rank: term(tag, "rank", b.Rank), Current: b.Holds(day), By: []string{}}
		if b.Superior != "" {
			n := v.body(b.Superior, max(b.From, v.before()))
			vv.Superior = &n
		}
		if b.Began != nil {
			for _, c := range v.change(tag, day, b.Began).By {
				title, _ := c.Title.In(tag)
				vv.By = append(vv.By, title+" "+c.Clause)
			}
		}
		p.Versions = append(p.Versions, vv)
	}
	p.Duties, p.Counts = v.dutyRows(tag, id, day, s.flow)
	p.Quotas = v.quotaRows(tag, id, day)
	p.Follows = v.FollowsOf(tag, id, day)
	p.Picture = v.bodyPicture(tag, day, &s)
	return p, true
}

func (v *View) dutyRows(tag lang.Tag, id string, day org.Date, f flow) ([]DutyRow, DutyCounts) {
	held := v.tl.HeldBy(id)
	before, after := v.before(), v.after()
	count := DutyCounts{Gives: len(f.gives), Takes: len(f.takes)}
	rows := []DutyRow{}
	for i := 0; i < len(held); {
		j := i
		for j < len(held) && held[j].Duty == held[i].Duty {
			j++
		}
		hs := held[i:j]
		r := DutyRow{Duty: v.duty(hs[0].Duty), Before: keysOn(tag, hs, before), Now: keysOn(tag, hs, day), After: keysOn(tag, hs, after), From: []Name{}, To: []Name{}}
		if r.Before.set != 0 {
			count.Before++
		}
		if r.Now.set != 0 {
			count.Now++
		}
		if r.After.set != 0 {
			count.After++
		}
		switch {
		case r.Before.set == 0 && r.After.set != 0:
			r.Change = "takes"
		case r.Before.set != 0 && r.After.set == 0:
			r.Change = "gives"
		case r.Before.set != r.After.set:
			r.Change = "part"
		case r.Before.set == 0:
			r.Change = "meanwhile"
		default:
			r.Change = "keeps"
		}
		if r.Change != "keeps" {
			var from, to []string
			all := v.tl.Holdings(hs[0].Duty)
			for k := range hs {
				h := &hs[k]
				for m := range all {
					o := &all[m]
					if follows(o, h) {
						from = appendOnce(from, o.Body)
					}
					if follows(h, o) {
						to = appendOnce(to, o.Body)
					}
				}
			}
			r.From, r.To = v.bodies(from, before), v.bodies(to, after)
		}
		rows = append(rows, r)
		i = j
	}
	order := []string{"takes", "gives", "part", "meanwhile", "keeps"}
	slices.SortStableFunc(rows, func(a, b DutyRow) int {
		return cmp.Compare(slices.Index(order, a.Change), slices.Index(order, b.Change))
	})
	return rows, count
}

func keysOn(tag lang.Tag, hs []check.Holding, day org.Date) KeySet {
	s := KeySet{Keys: []Term{}}
	mode := org.Sole
	for i := range hs {
		if h := &hs[i]; h.Holds(day) {
			s.set |= h.Key
			s.Former = s.Former || h.Transitional
			mode = h.Mode
		}
	}
	for _, k := range org.EachKey {
		if s.set&k != 0 {
			s.Keys = append(s.Keys, Term{k.String(), wordsOf(tag, k.Word())})
		}
	}
	s.All = s.set == org.AllKeys
	if s.set != 0 && mode != org.Sole {
		s.Mode = Term{mode.String(), wordsOf(tag, mode.Word())}
	}
	return s
}

// quotaRows compares quota and posts, before, on the day and after.
func (v *View) quotaRows(tag lang.Tag, id string, day org.Date) []QuotaRow {
	st := v.staffing(id, day)
	was, will := v.staffing(id, v.before()), v.staffing(id, v.after())
	var kinds []string
	for _, s := range []staff{was, st, will} {
		for _, q := range s.quotas {
			kinds = appendOnce(kinds, q.Kind)
		}
		for _, p := range s.posts {
			kinds = appendOnce(kinds, p.kind)
		}
	}
	out := []QuotaRow{}
	limit := func(s staff, kind string) int {
		n := -1
		for _, q := range s.quotas {
			if q.Kind == kind {
				n = max(n, 0) + max(q.Posts, 0)
			}
		}
		return n
	}
	for _, k := range kinds {
		r := QuotaRow{Kind: term(tag, "quota", k), Before: limit(was, k), Now: limit(st, k), After: limit(will, k)}
		for _, p := range st.posts {
			if p.kind == k {
				r.Posts += p.n
				r.Filled += p.filled
				r.Heads += p.heads
				r.Deps += p.deputies
			}
		}
		out = append(out, r)
	}
	return out
}

// bodyPicture draws the life of a body: its names, superiors and plates as bars
// over the plan's time, and the days on which something changes.
func (v *View) bodyPicture(tag lang.Tag, day org.Date, s *standing) SVG {
	type bar struct {
		org.Interval
		words, class string
		in           lang.Tag
	}
	type lane struct {
		word string
		bars []bar
	}
	span := v.Horizon(day)
	names, superiors, plates := lane{word: "name"}, lane{word: "superior"}, lane{word: "plate"}
	join := func(l *lane, b bar) {
		if n := len(l.bars); n > 0 && l.bars[n-1].words == b.words && l.bars[n-1].Meets(b.Interval) {
			l.bars[n-1].To = b.To
			return
		}
		l.bars = append(l.bars, b)
	}
	for i := range s.life.Versions {
		b := &s.life.Versions[i]
		text, in := Name{s.id, b.Name, b.NameEN}.In(tag)
		class := "life"
		if b.Began != nil && i == 0 {
			class = "life new"
		}
		join(&names, bar{b.Interval, text, class, in})
		if b.Superior != "" {
			text, in := v.body(b.Superior, max(b.From, v.before())).In(tag)
			join(&superiors, bar{b.Interval, text, "other", in})
		}
	}
	for _, pl := range s.life.Plates {
		plates.bars = append(plates.bars, bar{pl.Interval, pl.Name, "other", languageOf(pl.Name)})
	}
	const w, head, row, left = 960.0, 8.0, 34.0, 96.0
	lanes := []lane{names}
	if len(superiors.bars) > 0 {
		lanes = append(lanes, superiors)
	}
	if len(plates.bars) > 0 {
		// plates can be many at once: one lane each
		for _, b := range plates.bars {
			lanes = append(lanes, lane{"plate", []bar{b}})
		}
	}
	sc := scale{span, left, w - left - 1}
	h := head + float64(len(lanes)+1)*row + 22
	var p pen
	title, _ := Name{s.id, versionNear(s.life, day).Name, versionNear(s.life, day).NameEN}.In(tag)
	p.start("lanes", w, h, lang.Say(tag, "picture.body.title", lang.Args{"Body": title}),
		lang.Say(tag, "picture.body.desc", lang.Args{"From": Day(tag, span.From), "To": Day(tag, span.To)}))
	p.axis(tag, sc, head, h)
	v.today(&p, sc, day, 0, h-18)
	y := head
	for i, l := range lanes {
		if l.word != "plate" || lanes[i-1].word != "plate" {
			p.text("lane", 0, y+21, lang.Say(tag, "lane."+l.word), tag)
		}
		for _, b := range l.bars {
			x, bw, ok := sc.between(b.Interval)
			if !ok {
				continue
			}
			p.bar("bar "+b.class, x, y+4, bw, row-8, 4, b.words+" "+between(tag, b.Interval))
			if words := fit(b.words, bw-16, 13); words != "" {
				p.text("onbar "+b.class, x+8, y+21, words, b.in)
			}
		}
		y += row
	}
	p.text("lane", 0, y+21, lang.Say(tag, "lane.changes"), tag)
	p.line("base", left, y+row/2, w, y+row/2)
	if s.last > s.first {
		if x, bw, ok := sc.between(org.Interval{From: s.first, To: s.last}); ok {
			p.bar("moving", x, y+row/2-5, bw, 10, 0, lang.Say(tag, "state.moving")+" "+between(tag, org.Interval{From: s.first, To: s.last}))
		}
	}
	seen := map[org.Date]bool{}
	for _, c := range v.tl.ChangesOf(s.id) {
		if on := v.tl.DateOf(c); on.Known() && !seen[on] {
			seen[on] = true
			p.tick("tick", sc.at(on), y+row/2, 6, Day(tag, on))
		}
	}
	return p.end()
}

// today marks the chosen day and the deadline on a picture; it is drawn before
// the bars, so that it crosses no words.
func (v *View) today(p *pen, sc scale, day org.Date, top, bottom float64) {
	if d := v.Deadline(); d.Known() {
		x := sc.at(d + 1)
		p.line("deadline", x, top, x, bottom)
	}
	if day >= sc.From && day <= sc.To {
		x := sc.at(day)
		p.line("today", x, top, x, bottom)
	}
}

// between writes an interval in words.
func between(tag lang.Tag, iv org.Interval) string {
	from, to := iv.From.Known(), iv.To.Known()
	args := lang.Args{"From": iv.From.String(), "To": (iv.To - 1).String()}
	switch {
	case from && to:
		return lang.Say(tag, "interval.both", args)
	case from:
		return lang.Say(tag, "interval.from", args)
	case to:
		return lang.Say(tag, "interval.to", args)
	}
	return lang.Say(tag, "interval.always")
}

// Between writes an interval in words, with its last day included.
func Between(tag lang.Tag, from, to org.Date) string {
	return between(tag, org.Interval{From: from, To: to})
}
