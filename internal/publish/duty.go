package publish

import (
	"cmp"
	"slices"

	"oneboard/internal/check"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// A DutyPage is one duty: who has each of its keys on a day and through time.
type DutyPage struct {
	Day       org.Date      `json:"day"`
	Span      Span          `json:"span"`
	Duty      Name          `json:"duty"`
	Kind      Term          `json:"kind"`
	Matter    Term          `json:"matter"`
	Subject   Term          `json:"subject"`
	Level     Term          `json:"level"`
	Area      *Name         `json:"area,omitempty"`
	Basis     []Citation    `json:"basis"`
	Protected bool          `json:"protected"`
	Exclusive bool          `json:"exclusive"`
	PartOf    *Name         `json:"part_of,omitempty"`
	Parts     []Name        `json:"parts"`
	Who       []Answer      `json:"who"` // on the day: each of the four keys
	Holdings  []HoldingView `json:"holdings"`
	Faults    []Fault       `json:"faults"` // days on which nobody has a key, or two
	Changes   []ChangeView  `json:"changes"`
	Picture   SVG           `json:"-"`
}

// An Answer says who has one key on a day.
type Answer struct {
	Key Term       `json:"key"`
	Ask string     `json:"question"` // what the key asks
	Has []KeyOwner `json:"has"`
}

// A KeyOwner is a body that has a key.
type KeyOwner struct {
	Body   Name       `json:"body"`
	Mode   Term       `json:"mode"`
	Area   *Name      `json:"area,omitempty"`
	From   org.Date   `json:"from"`
	To     org.Date   `json:"to"`
	Former bool       `json:"former"` // only until the handover is in place
	By     []Citation `json:"by"`
}

// A HoldingView is one stretch of time in which a body has some keys.
type HoldingView struct {
	Keys []Term `json:"keys"`
	All  bool   `json:"all"`
	KeyOwner
	Current bool `json:"current"`
}

// A Fault is a stretch of days in which a key has nobody or more than one.
type Fault struct {
	Key  Term     `json:"key"`
	Kind Term     `json:"kind"` // gap or overlap
	Area string   `json:"area,omitempty"`
	From org.Date `json:"from"`
	To   org.Date `json:"to"`
}

// Duty gives the page of a duty on a day, and whether there is such a duty.
func (v *View) Duty(tag lang.Tag, id string, day org.Date) (DutyPage, bool) {
	d := v.tl.Duty(id)
	if d == nil {
		return DutyPage{}, false
	}
	v.lookups()
	p := DutyPage{Day: day, Span: v.Horizon(day), Duty: v.duty(id), Kind: term(tag, "dutykind", d.Kind), Matter: term(tag, "matter", d.Matter),
		Subject: term(tag, "subject", d.Subject), Level: term(tag, "level", d.Level), Basis: v.citations(d.Basis),
		Protected: d.Protected, Exclusive: d.Exclusive, Parts: []Name{}, Who: []Answer{}, Holdings: []HoldingView{}, Faults: []Fault{}}
	if d.Area != "" {
		n := v.area(d.Area)
		p.Area = &n
	}
	if d.PartOf != "" {
		n := v.duty(d.PartOf)
		p.PartOf = &n
	}
	for _, part := range v.partsOf[id] {
		p.Parts = append(p.Parts, v.duty(part))
	}
	hs := v.tl.Holdings(id)
	for _, k := range org.EachKey {
		a := Answer{Key: Term{k.String(), wordsOf(tag, k.Word())}, Ask: lang.Say(tag, "ask."+k.String()), Has: []KeyOwner{}}
		for _, h := range v.tl.Who(id, day, "") {
			if h.Key == k {
				a.Has = append(a.Has, v.owner(tag, h))
			}
		}
		p.Who = append(p.Who, a)
	}
	p.Holdings = v.holdingViews(tag, day, hs)
	var causes []org.Change
	for i := range hs {
		for _, c := range []org.Change{hs[i].Began, hs[i].Ended} {
			if c != nil && !slices.Contains(causes, c) {
				causes = append(causes, c)
			}
		}
	}
	slices.SortStableFunc(causes, func(a, b org.Change) int {
		return cmp.Or(cmp.Compare(v.tl.DateOf(a), v.tl.DateOf(b)), cmp.Compare(a.Declared().Position, b.Declared().Position))
	})
	p.Changes = v.changes(tag, day, causes)
	p.Faults = v.faults(tag, d, hs)
	p.Picture = v.dutyPicture(tag, day, d, hs, p.Faults)
	return p, true
}

func (v *View) owner(tag lang.Tag, h check.Holding) KeyOwner {
	o := KeyOwner{Body: v.body(h.Body, max(h.From, v.before())), From: h.From, To: h.To, Former: h.Transitional, By: v.citations(h.By)}
	if o.By == nil {
		o.By = []Citation{}
	}
	if h.Mode != org.Sole {
		o.Mode = Term{h.Mode.String(), wordsOf(tag, h.Mode.Word())}
	}
	if h.Area != "" {
		n := v.area(h.Area)
		o.Area = &n
	}
	return o
}

// holdingViews joins the keys that a body has for the same days on the same
// basis into one row, by time.
func (v *View) holdingViews(tag lang.Tag, day org.Date, hs []check.Holding) []HoldingView {
	type same struct {
		body, area, by string
		mode           org.Mode
		iv             org.Interval
		former         bool
	}
	keys := map[same]org.Keys{}
	var order []same
	sample := map[same]check.Holding{}
	for _, h := range hs {
		k := same{h.Body, h.Area, h.By, h.Mode, h.Interval, h.Transitional}
		if keys[k] == 0 {
			order = append(order, k)
			sample[k] = h
		}
		keys[k] |= h.Key
	}
	slices.SortStableFunc(order, func(a, b same) int {
		return cmp.Or(cmp.Compare(a.area, b.area), cmp.Compare(a.iv.From, b.iv.From), cmp.Compare(a.iv.To, b.iv.To))
	})
	out := []HoldingView{}
	for _, k := range order {
		hv := HoldingView{KeyOwner: v.owner(tag, sample[k]), Current: k.iv.Holds(day), All: keys[k] == org.AllKeys}
		for _, key := range org.EachKey {
			if keys[k]&key != 0 {
				hv.Keys = append(hv.Keys, Term{key.String(), wordsOf(tag, key.Word())})
			}
		}
		out = append(out, hv)
	}
	return out
}

// areasOf lists the areas of holdings, in order.
func areasOf(hs []check.Holding) []string {
	var out []string
	for i := range hs {
		if !slices.Contains(out, hs[i].Area) {
			out = append(out, hs[i].Area)
		}
	}
	return out
}

// faults finds the days in the plan's time on which nobody has a key that
// somebody had, or two bodies have what one should. A duty that a change ends
// is nobody's by intent.
func (v *View) faults(tag lang.Tag, d *org.Duty, hs []check.Holding) []Fault {
	out := []Fault{}
	if !d.Exclusive {
		return out
	}
	span := v.Horizon(v.before())
	for _, area := range areasOf(hs) {
		for _, k := range org.EachKey {
			var list []check.Holding
			for _, h := range hs {
				if h.Key == k && h.Area == area && (h.Mode == org.Sole || h.Mode == org.Lead) {
					list = append(list, h)
				}
			}
			slices.SortStableFunc(list, func(a, b check.Holding) int { return cmp.Compare(a.From, b.From) })
			add := func(kind string, from, to org.Date) {
				from, to = max(from, span.From), min(to, span.To+1)
				if from < to {
					out = append(out, Fault{Key: Term{k.String(), wordsOf(tag, k.Word())}, Kind: term(tag, "fault", kind), Area: area, From: from, To: to})
				}
			}
			for i := range list {
				if i == 0 {
					continue
				}
				reached := org.Always
				for _, h := range list[:i] {
					reached = max(reached, h.To)
				}
				if list[i].From > reached && !endedByIntent(list[i-1]) {
					add("gap", reached, list[i].From)
				} else if list[i].From < reached {
					add("overlap", list[i].From, min(reached, list[i].To))
				}
			}
			if n := len(list); n > 0 {
				last := list[0]
				for _, h := range list {
					if h.To >= last.To {
						last = h
					}
				}
				if joint := slices.ContainsFunc(hs, func(h check.Holding) bool {
					return h.Key == k && h.Area == area && h.Mode == org.Joint && h.Holds(last.To)
				}); !joint && last.To.Known() && !endedByIntent(last) {
					add("gap", last.To, org.Forever)
				}
			}
		}
	}
	return out
}

func endedByIntent(h check.Holding) bool {
	_, ok := h.Ended.(*org.EndDuty)
	return ok
}

// mostAreas is how many areas the picture of a duty shows; the table has all.
const mostAreas = 6

// dutyPicture draws the four keys of a duty as lanes over the plan's time.
func (v *View) dutyPicture(tag lang.Tag, day org.Date, d *org.Duty, hs []check.Holding, faults []Fault) SVG {
	const w, row, left, head = 960.0, 32.0, 120.0, 6.0
	span := v.Horizon(day)
	sc := scale{span, left, w - left - 1}
	areas := areasOf(hs)
	if len(areas) == 0 {
		areas = []string{""}
	}
	if len(areas) > mostAreas {
		areas = areas[:mostAreas]
	}
	var body pen
	y := head
	for _, area := range areas {
		if len(areas) > 1 || area != "" {
			name := lang.Say(tag, "area.whole")
			if area != "" {
				name, _ = v.area(area).In(tag)
			}
			body.text("panelname", 0, y+16, name, "")
			y += 24
		}
		for _, k := range org.EachKey {
			// each bar goes into the first row of its lane that is free
			var rows [][]check.Holding
		next:
			for _, h := range hs {
				if h.Key != k || h.Area != area {
					continue
				}
				for i := range rows {
					if !slices.ContainsFunc(rows[i], func(o check.Holding) bool { return !o.And(h.Interval).Empty() }) {
						rows[i] = append(rows[i], h)
						continue next
					}
				}
				rows = append(rows, []check.Holding{h})
			}
			body.text("lane", 0, y+20, wordsOf(tag, k.Word()), tag)
			top := y
			for i := range max(1, len(rows)) {
				body.line("base", left, y+row/2, w, y+row/2)
				if i < len(rows) {
					for _, h := range rows[i] {
						x, bw, ok := sc.between(h.Interval)
						if !ok {
							continue
						}
						class := "holding"
						if h.Began != nil {
							class = "holding new"
						}
						if h.Mode == org.Assist {
							class = "holding assist"
						}
						if h.Transitional {
							class = "holding former"
						}
						text, in := v.body(h.Body, max(h.From, v.before())).In(tag)
						tip := text + " " + between(tag, h.Interval)
						if h.Mode != org.Sole {
							tip += " " + wordsOf(tag, h.Mode.Word())
						}
						if h.Transitional {
							tip += " " + lang.Say(tag, "holding.former")
						}
						body.bar("bar "+class, x, y+4, bw, row-8, 3, tip)
						label := text
						if h.Mode != org.Sole {
							label = wordsOf(tag, h.Mode.Word()) + " " + label
						}
						if long := lang.Say(tag, "holding.former.short") + " " + label; h.Transitional && advance(long, 13) <= bw-14 {
							label = long
						}
						if words := fit(label, bw-14, 13); words != "" {
							body.text("onbar "+class, x+7, y+20.5, words, in)
						}
					}
				}
				y += row
			}
			for _, f := range faults {
				if f.Key.ID != k.String() || f.Area != area {
					continue
				}
				if x, bw, ok := sc.between(org.Interval{From: f.From, To: f.To}); ok {
					body.bar("fault "+f.Kind.ID, x, top+1, bw, y-top-2, 2, f.Kind.Text+" "+between(tag, org.Interval{From: f.From, To: f.To}))
					if words := fit(f.Kind.Text, bw-6, 12); words != "" {
						body.text("faultword", x+4, top+20, words, tag)
					}
				}
			}
			y += 4
		}
		y += 6
	}
	h := y + 18
	title, _ := v.duty(d.ID).In(tag)
	var p pen
	desc := lang.Say(tag, "picture.duty.desc", lang.Args{"From": Day(tag, span.From), "To": Day(tag, span.To)})
	p.start("lanes", w, h, lang.Say(tag, "picture.duty.title", lang.Args{"Duty": title}), desc)
	p.axis(tag, sc, head, h)
	v.today(&p, sc, day, 0, h-18)
	p.WriteString(body.String())
	return p.end()
}
