package witness

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A gamble is a small random plan with all that bears on who has a duty: windows
// and waits, parts of duties, areas and changes of areas, modes, exchanges, new
// bodies and their heads.
type gamble struct {
	board *org.Board
	plan  *org.Plan
	pack  *org.Pack
}

const (
	day0 = org.Date(17897) // 2019-01-01
	days = 6
)

type dealer struct {
	*rand.Rand
	*gamble
	open    int // windows that may still be given
	parties []string
	towns   []string
}

func (d *dealer) one(in int) bool { return d.IntN(in) == 0 }

func ids(refs []org.Ref) (out []string) {
	for _, r := range refs {
		out = append(out, r.ID)
	}
	return out
}

func ref(id string) org.Ref { return org.Ref{ID: id} }

func pick[T any](d *dealer, of []T) T { return of[d.IntN(len(of))] }

// when gives a day or a window that ends on it.
func (d *dealer) when(last int) org.When {
	lo := last
	if d.open > 0 && d.one(2) {
		lo, d.open = max(0, last-1-d.IntN(2)), d.open-1
	}
	return org.WrittenBetween(day0+org.Date(lo), day0+org.Date(last), diag.Span{})
}

func (d *dealer) add(on int, ch org.Change) {
	c := ch.Declared()
	c.ID, c.Position, c.On = fmt.Sprintf("c%d", len(d.plan.Changes)+1), len(d.plan.Changes), d.when(on)
	c.By = []org.Citation{{Instrument: ref("n"), Clause: org.Text{Text: "1"}}}
	d.plan.Changes = append(d.plan.Changes, ch)
}

func (d *dealer) place(on int) (w org.When) {
	if d.one(2) {
		w = d.when(min(on+d.IntN(4), days))
	}
	return w
}

// in names an area, or none.
func (d *dealer) in() (r org.Ref) {
	if len(d.towns) > 0 && d.one(3) {
		r = ref(pick(d, d.towns))
	}
	return r
}

func (d *dealer) row(duty, body, area string, keys org.Keys, mode org.Mode, in org.Interval) {
	d.board.Responsibilities = append(d.board.Responsibilities, org.Responsibility{Duty: duty, Body: body, Area: area, Keys: keys, Mode: mode, Interval: in})
}

// deal makes a gamble.
func deal(seed int) *gamble {
	d := &dealer{Rand: rand.New(rand.NewPCG(uint64(seed), 21)), gamble: &gamble{}, parties: []string{"a", "b", "c", "d"}}
	d.open = 1 + d.IntN(4)
	d.board = &org.Board{Tables: map[string]*org.Table{}}
	d.plan = &org.Plan{ID: "case", Packs: []org.Ref{ref("p")}, Deadline: org.WrittenOn(day0+days, diag.Span{}),
		Instruments: []org.Instrument{{ID: "n", Kind: "notice", Effective: org.WrittenOn(day0+org.Date(d.IntN(3)), diag.Span{})}}}
	if !d.one(8) {
		d.plan.Start = org.WrittenOn(day0+org.Date(d.IntN(6)/5), diag.Span{})
	}
	d.pack = &org.Pack{ID: "p", Required: org.AllKeys, FormerPerforms: org.Performer | org.Signatory | org.Means, HeadRequired: true}
	if d.one(3) {
		d.pack.FormerPerforms = pick(d, []org.Keys{0, org.Performer, org.Performer | org.Signatory})
	}
	if d.one(5) {
		d.pack.ReceiversName = true
	}
	if d.one(6) {
		d.pack.LostAtEnd = pick(d, []org.Keys{org.Means, org.Performer})
	}
	if d.one(4) {
		d.pack.RequiredFor = []org.RequiredCase{{Protected: true, Keys: org.Holder | org.Performer}}
	}
	if d.one(4) {
		d.pack.Required = pick(d, []org.Keys{org.Holder, org.Holder | org.Performer, org.Holder | org.Signatory | org.Means})
	}
	if d.one(2) {
		d.pack.HeadGrace = 1 + d.IntN(3)
	}
	if d.one(3) {
		for _, a := range [][2]string{{"n", ""}, {"p", "n"}, {"q", "n"}, {"t", "p"}, {"u", "p"}} {
			d.board.Areas = append(d.board.Areas, org.Area{Code: a[0], Name: a[0], Parent: a[1], Interval: org.Whole})
			d.towns = append(d.towns, a[0])
		}
	}
	for i, b := range d.parties {
		if i > 1 && d.one(4) {
			d.add(d.IntN(days), &org.Establish{Body: ref(b), Name: org.Text{Text: b}})
			continue
		}
		d.board.Bodies = append(d.board.Bodies, org.Body{ID: b, Name: b, Interval: org.Whole})
	}
	for i := range 1 + d.IntN(3) {
		d.duty(fmt.Sprintf("d%d", i), i)
	}
	for range 1 + d.IntN(4) {
		d.change()
	}
	d.waits()
	if seed%2 == 0 {
		d.open += 1 + d.IntN(2)
		d.needs()
	}
	if seed%5 == 0 {
		d.leave()
	}
	return d.gamble
}

// leave lets bodies that the plan restores end by the board, some before the plan
// ends them too.
func (d *dealer) leave() {
	for _, ch := range d.plan.Changes {
		if r, is := ch.(*org.Restore); is {
			for i := range d.board.Bodies {
				if b := &d.board.Bodies[i]; b.ID == r.Body.ID && !d.one(3) {
					b.To = day0 + org.Date(d.IntN(days))
				}
			}
		}
	}
}

// duty puts a duty on the board, with who has it.
func (d *dealer) duty(id string, i int) {
	duty := org.Duty{ID: id, Name: id, Exclusive: !d.one(6), Protected: d.one(2)}
	if i > 0 && d.one(2) {
		duty.PartOf = fmt.Sprintf("d%d", d.IntN(i))
	}
	d.board.Duties = append(d.board.Duties, duty)
	there := func() string { return pick(d, d.board.Bodies).ID }
	a, b := there(), there()
	switch n := d.IntN(9); {
	case len(d.towns) > 0 && n < 4:
		for _, t := range pick(d, [][]string{{"p", "q"}, {"t", "u", "q"}, {"n"}}) {
			d.row(id, there(), t, org.AllKeys, org.Sole, org.Whole)
		}
	case n == 0 && a != b:
		d.row(id, a, "", org.AllKeys, org.Lead, org.Whole)
		d.row(id, b, "", org.AllKeys, org.Assist, org.Whole)
	case n == 1 && a != b:
		d.row(id, a, "", org.AllKeys, org.Joint, org.Whole)
		d.row(id, b, "", org.AllKeys, org.Joint, org.Whole)
	case n == 2 && a != b: // a declared split
		d.row(id, a, "", org.Holder|org.Signatory, org.Sole, org.Whole)
		d.row(id, b, "", org.Performer|org.Means, org.Sole, org.Whole)
	case n == 3:
		until := d.IntN(days)
		d.row(id, a, "", org.AllKeys, org.Sole, org.Interval{From: org.Always, To: day0 + org.Date(until)})
		if d.one(2) {
			d.row(id, b, "", org.AllKeys, org.Sole, org.Interval{From: day0 + org.Date(until), To: org.Forever})
		} else {
			d.add(until, &org.Assign{Duty: ref(id), To: ref(pick(d, d.parties))})
		}
	default:
		d.row(id, a, "", org.AllKeys, org.Sole, org.Whole)
	}
}

func (d *dealer) someDuties() (refs []org.Ref) {
	for i := range d.board.Duties {
		if d.one(2) {
			refs = append(refs, ref(d.board.Duties[i].ID))
		}
	}
	if refs == nil {
		refs = []org.Ref{ref(pick(d, d.board.Duties).ID)}
	}
	return refs
}

// holder guesses who may have a duty.
func (d *dealer) holder(duty string) string {
	var has []string
	for _, r := range d.board.Responsibilities {
		if r.Duty == duty {
			has = append(has, r.Body)
		}
	}
	for _, ch := range d.plan.Changes {
		switch ch := ch.(type) {
		case *org.Transfer:
			has = append(has, ch.To.ID)
		case *org.MergeInto:
			has = append(has, ch.Into.ID)
		}
	}
	if len(has) == 0 || d.one(8) {
		return pick(d, d.parties)
	}
	return pick(d, has)
}

func (d *dealer) change() {
	on := d.IntN(days)
	duties := d.someDuties()
	from := d.holder(duties[0].ID)
	to := pick(d, d.parties)
	for to == from {
		to = pick(d, d.parties)
	}
	duty := duties[0]
	switch d.IntN(19) {
	case 0:
		d.add(on, &org.Transfer{Duties: org.Selection{All: true}, From: ref(from), To: ref(to), InPlace: d.place(on), In: d.in()})
		d.add(on, &org.Abolish{Body: ref(from)})
	case 1:
		d.add(on, &org.MergeInto{From: []org.Ref{ref(from)}, Into: ref(to), InPlace: d.place(on)})
	case 2: // an exchange
		back := &org.Transfer{From: ref(to), To: ref(from), InPlace: d.place(on)}
		if d.one(2) {
			back.Duties.All = true
		} else {
			back.Duties.Refs = d.someDuties()
		}
		there := &org.Transfer{From: ref(from), To: ref(to), InPlace: d.place(on)}
		if d.one(2) {
			there.Duties.All = true
		} else {
			there.Duties.Refs = duties
		}
		d.add(on, there)
		d.add(on, back)
	case 3:
		d.add(on, &org.Declare{Duty: duty, Lead: ref(from), Assist: []org.Ref{ref(to)}, In: d.in()})
	case 4:
		d.add(on, &org.Declare{Duty: duty, Joint: []org.Ref{ref(from), ref(to)}, In: d.in()})
	case 5:
		d.add(on, &org.EndDuty{Duties: []org.Ref{duty}})
	case 6:
		d.add(on, &org.Delegate{Duties: duties[:1], From: ref(from), To: ref(to), In: d.in()})
		if d.one(2) {
			d.add(min(on+d.IntN(3), days-1), &org.TakeUp{Duties: duties[:1], From: ref(to), To: ref(from)})
		}
	case 7:
		id := fmt.Sprintf("new%d", len(d.plan.Changes))
		d.add(on, &org.Assign{Duty: ref(id), To: ref(to), Name: org.Text{Text: id}})
		if d.one(2) {
			d.add(min(on+d.IntN(3), days-1), &org.Transfer{Duties: org.Selection{Refs: []org.Ref{ref(id)}}, From: ref(to), To: ref(from)})
		}
	case 8:
		if len(d.towns) > 0 && !slices.ContainsFunc(d.plan.Changes, func(ch org.Change) bool { _, is := ch.(*org.ChangeArea); return is }) {
			area := func(codes ...string) (out []org.NewArea) {
				for _, c := range codes {
					parent := "p"
					if c == "y" || c == "z" {
						parent = "n"
					}
					out = append(out, org.NewArea{Code: ref(c), Name: org.Text{Text: c}, Parent: ref(parent)})
				}
				return out
			}
			switch d.IntN(4) {
			case 0:
				d.add(on, &org.ChangeArea{Areas: []org.Ref{ref("t"), ref("u")}, Into: area("x")})
			case 1:
				d.add(on, &org.ChangeArea{Areas: []org.Ref{ref("q")}, Into: area("y", "z")})
			case 2:
				d.add(on, &org.ChangeArea{Areas: []org.Ref{ref("q")}, Into: area("y")})
			default:
				d.add(on, &org.ChangeArea{Areas: []org.Ref{ref("u")}, Into: area("u", "x")})
			}
		}
	case 9:
		for _, b := range []string{"c", "d"} { // its head
			if slices.ContainsFunc(d.plan.Changes, func(ch org.Change) bool { e, is := ch.(*org.Establish); return is && e.Body.ID == b }) {
				d.board.Posts = append(d.board.Posts, org.Post{ID: "h" + b, Body: "a", Role: org.Head, Interval: org.Whole})
				d.board.Appointments = append(d.board.Appointments, org.Appointment{Post: "h" + b, Person: "w" + b, Interval: org.Whole})
				d.add(on, &org.MovePosts{Posts: org.Selection{Refs: []org.Ref{ref("h" + b)}}, From: ref("a"), To: ref(b)})
				break
			}
		}
	case 10:
		d.add(on, &org.Abolish{Body: ref(from)})
		if d.one(2) {
			d.add(min(on+d.IntN(3), days-1), &org.Restore{Body: ref(from), Name: org.Text{Text: from}})
		}
	case 11:
		if d.one(2) && len(d.board.Bodies) > 1 {
			x := d.board.Bodies[0].ID
			d.add(on, &org.Merge{From: []org.Ref{ref(x), ref(d.board.Bodies[1].ID)}, Into: org.NewBody{ID: ref("m"), Name: org.Text{Text: "m"}}, InPlace: d.place(on)})
			d.parties = append(d.parties, "m")
			if d.one(2) {
				d.board.Posts = append(d.board.Posts, org.Post{ID: "hm", Body: x, Role: org.Head, Interval: org.Whole})
				d.board.Appointments = append(d.board.Appointments, org.Appointment{Post: "hm", Person: "wm", Interval: org.Whole})
			}
		}
	default:
		t := &org.Transfer{From: ref(from), To: ref(to), In: d.in(), InPlace: d.place(on)}
		if d.one(4) {
			t.Duties.All = true
		} else {
			t.Duties.Refs = duties
		}
		if d.one(4) {
			t.Means = d.place(on)
		}
		if d.one(8) {
			t.Performer = d.place(on)
		}
		d.add(on, t)
	}
}

// needs asks for seals, licences for a duty, determinations or heads, and lets
// the items come, go, end and be limited.
func (d *dealer) needs() {
	keys := func() org.Keys {
		return pick(d, []org.Keys{org.Holder, org.Performer, org.Signatory, org.Means, org.Performer | org.Signatory})
	}
	kinds := []string{"seal", "seal", "licence", org.NeedDetermination, org.NeedHead}
	for range 1 + d.IntN(2) {
		kind := pick(d, kinds)
		n := org.Need{ID: kind, Keys: keys(), Receiving: !d.one(3)}
		n.OfDuty = kind == "licence" && !d.one(3)
		if n.Keys != 0 {
			d.pack.Able = append(d.pack.Able, n)
		}
	}
	var ids []string
	who := map[string]string{}
	for _, b := range d.parties {
		if d.one(8) {
			continue
		}
		kind := pick(d, []string{"seal", "seal", "licence"})
		id := "i" + b
		duty := ""
		if kind == "licence" {
			duty = pick(d, d.board.Duties).ID
		}
		ids, who[id] = append(ids, id), b
		old := slices.ContainsFunc(d.board.Bodies, func(o org.Body) bool { return o.ID == b })
		if old && d.one(3) {
			i := org.Item{ID: id, Kind: kind, Body: b, Duty: duty, Until: org.NoDate}
			if d.one(6) {
				i.Until = day0 + org.Date(d.IntN(days+2))
			}
			d.board.Items = append(d.board.Items, i)
			continue
		}
		p := &org.Provide{Item: ref(id), Class: org.Text{Text: kind}, To: ref(b)}
		if duty != "" {
			p.Duty = ref(duty)
		}
		on := d.IntN(2)
		for _, ch := range d.plan.Changes {
			switch ch := ch.(type) {
			case *org.Establish:
				if ch.Body.ID == b {
					on = int(ch.On.Or(day0) - day0)
				}
			case *org.Transfer: // on the last day on which it is in time
				if c := ch.Declared(); ch.To.ID == b && c.On.Given() && d.one(2) {
					if on = int(c.On.Date - day0); c.On.First() == c.On.Date && d.one(2) {
						c.On = org.WrittenBetween(max(day0, c.On.Date-1), c.On.Date, diag.Span{})
					}
				}
			}
		}
		d.add(max(0, min(on, days)), p)
	}
	for range d.IntN(3) * d.IntN(2) {
		if len(ids) == 0 {
			break
		}
		id := pick(d, ids)
		from, to, on := who[id], pick(d, d.parties), d.IntN(days)
		switch d.IntN(6) {
		case 0:
			d.add(on, &org.Withdraw{Items: []org.Ref{ref(id)}, From: ref(from)})
		case 1:
			d.add(on, &org.Restrict{Items: []org.Ref{ref(id)}, Of: ref(from), Purposes: []org.Text{{Text: "accounts"}}, Until: org.WrittenOn(day0+days+9, diag.Span{})})
		case 2:
			if from != to {
				d.add(on, &org.MoveItems{Items: org.Selection{All: true}, From: ref(from), To: ref(to)})
			}
		default:
			if from != to {
				d.add(on, &org.MoveItems{Items: org.Selection{Refs: []org.Ref{ref(id)}}, From: ref(from), To: ref(to)})
				who[id] = to
			}
		}
	}
	if slices.ContainsFunc(d.pack.Able, func(n org.Need) bool { return n.ID == org.NeedDetermination }) {
		for _, b := range d.parties {
			if !d.one(5) {
				d.plan.Instruments = append(d.plan.Instruments, org.Instrument{ID: "d" + b, Kind: org.NeedDetermination, Body: ref(b), Made: org.WrittenOn(day0+org.Date(d.IntN(3)), diag.Span{})})
			}
		}
	}
}

// waits has some changes wait for others, and takes the day from some.
func (d *dealer) waits() {
	n := len(d.plan.Changes)
	if n == 0 {
		return
	}
	for range d.IntN(3) {
		i, j := d.IntN(n), d.IntN(n)
		first, then := d.plan.Changes[i].Declared(), d.plan.Changes[j].Declared()
		if i == j || slices.ContainsFunc(first.After, func(r org.Ref) bool { return r.ID == then.ID }) || slices.ContainsFunc(then.Before, func(r org.Ref) bool { return r.ID == first.ID }) {
			continue
		}
		if d.one(2) {
			then.After = append(then.After, ref(first.ID))
		} else {
			first.Before = append(first.Before, ref(then.ID))
		}
		if d.one(2) {
			then.On = org.When{}
		}
	}
	if d.one(6) {
		d.plan.Changes[d.IntN(n)].Declared().On = org.When{}
	}
}

// A happening is an event of a gamble as the plan's words give it: found here
// anew, by neither the prover's nor the witness's code.
type happening struct {
	id     string
	change int
	set    *org.When
	lo, hi org.Date
	after  []int // it is not earlier than these
}

// happenings lists the events, each after those it is not earlier than; nil when
// they go round.
func (g *gamble) happenings() (out []happening) {
	n := len(g.plan.Changes)
	waits := make([][]int, n)
	at := map[string]int{}
	for i, ch := range g.plan.Changes {
		at[ch.Declared().ID] = i
	}
	for i, ch := range g.plan.Changes {
		for _, r := range ch.Declared().After {
			waits[i] = append(waits[i], at[r.ID])
		}
		for _, r := range ch.Declared().Before {
			waits[at[r.ID]] = append(waits[at[r.ID]], i)
		}
	}
	of := make([][]int, n)
	for len(out) == 0 || slices.ContainsFunc(of, func(l []int) bool { return l == nil }) {
		before := len(out)
		for i, ch := range g.plan.Changes {
			if of[i] != nil || slices.ContainsFunc(waits[i], func(j int) bool { return of[j] == nil }) {
				continue
			}
			c := ch.Declared()
			h := happening{id: c.ID + ".law", change: i, set: &c.On, lo: c.On.First(), hi: c.On.Date}
			for _, j := range waits[i] {
				h.after = append(h.after, of[j]...)
			}
			if !c.On.Given() && len(c.After) > 0 {
				h.lo, h.hi = day0-1, g.plan.Deadline.Date
			} else if !c.On.Given() {
				if h.lo = g.plan.Instruments[0].Effective.Or(g.plan.Start.Date); h.lo == 0 {
					return nil // no day is written anywhere
				}
				h.hi = h.lo
				for _, e := range h.after {
					h.hi = max(h.hi, out[e].hi)
				}
			}
			of[i] = []int{len(out)}
			out = append(out, h)
			place := func(id string, w *org.When) {
				if w.Given() {
					of[i] = append(of[i], len(out))
					out = append(out, happening{c.ID + ".place" + id, i, w, w.First(), w.Date, of[i][:1]})
				}
			}
			switch ch := ch.(type) {
			case *org.Transfer:
				place("", &ch.InPlace)
				place(".performer", &ch.Performer)
				place(".name", &ch.Name)
				place(".means", &ch.Means)
			case *org.Merge:
				place("", &ch.InPlace)
			case *org.MergeInto:
				place("", &ch.InPlace)
			}
		}
		if len(out) == before {
			return nil
		}
	}
	return out
}

// eachRun calls do with every assignment of days that the plan allows, until it
// says to stop; it reports how many there were, and gives up after so many.
func eachRun(list []happening, most int, do func(days map[string]org.Date) bool) (runs int) {
	day := map[string]org.Date{}
	var from func(i int) bool
	from = func(i int) bool {
		if i == len(list) {
			runs++
			return do(day) && runs < most
		}
		h := &list[i]
		lo := h.lo
		for _, e := range h.after {
			lo = max(lo, day[list[e].id])
		}
		for on := lo; on <= h.hi; on++ {
			day[h.id] = on
			if !from(i + 1) {
				return false
			}
		}
		return true
	}
	from(0)
	return runs
}

// dated gives the plan as it is in one run, and waiting for nothing. The changes
// are copies.
func (g *gamble) dated(list []happening, day map[string]org.Date) *org.Plan {
	var undo []func()
	for i := range list {
		h := &list[i]
		was := *h.set
		undo = append(undo, func() { *h.set = was })
		*h.set = org.WrittenOn(day[h.id], diag.Span{})
	}
	p := *g.plan
	p.Changes = nil
	for _, ch := range g.plan.Changes {
		c := copyOf(ch)
		c.Declared().After, c.Declared().Before = nil, nil
		p.Changes = append(p.Changes, c)
	}
	if !p.Start.Given() {
		lo := org.Forever
		for i := range list {
			if list[i].lo >= day0 {
				lo = min(lo, list[i].lo)
			}
		}
		p.Start = org.WrittenOn(lo, diag.Span{})
	}
	for _, f := range undo {
		f()
	}
	return &p
}

func copyOf(ch org.Change) org.Change {
	switch ch := ch.(type) {
	case *org.Establish:
		c := *ch
		return &c
	case *org.Abolish:
		c := *ch
		return &c
	case *org.Restore:
		c := *ch
		return &c
	case *org.Merge:
		c := *ch
		return &c
	case *org.MergeInto:
		c := *ch
		return &c
	case *org.Transfer:
		c := *ch
		return &c
	case *org.Delegate:
		c := *ch
		return &c
	case *org.TakeUp:
		c := *ch
		return &c
	case *org.Assign:
		c := *ch
		return &c
	case *org.Declare:
		c := *ch
		return &c
	case *org.EndDuty:
		c := *ch
		return &c
	case *org.ChangeArea:
		c := *ch
		return &c
	case *org.MovePosts:
		c := *ch
		return &c
	case *org.Appoint:
		c := *ch
		return &c
	case *org.Provide:
		c := *ch
		return &c
	case *org.Withdraw:
		c := *ch
		return &c
	case *org.Restrict:
		c := *ch
		return &c
	case *org.MoveItems:
		c := *ch
		return &c
	}
	panic(fmt.Sprintf("no copy of %T", ch))
}

func (g *gamble) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "start %v required %v former %v lost %v receiver's name %v head %v grace %d instrument %v\n", g.plan.Start, g.pack.Required, g.pack.FormerPerforms, g.pack.LostAtEnd, g.pack.ReceiversName, g.pack.HeadRequired, g.pack.HeadGrace, g.plan.Instruments[0].Effective)
	for _, d := range g.board.Duties {
		fmt.Fprintf(&b, "duty %s part of %q exclusive %v\n", d.ID, d.PartOf, d.Exclusive)
	}
	for _, n := range g.pack.Able {
		fmt.Fprintf(&b, "need %s for %v receiving %v of duty %v\n", n.ID, n.Keys, n.Receiving, n.OfDuty)
	}
	for _, i := range g.board.Items {
		fmt.Fprintf(&b, "item %s %s of %s for %q until %v\n", i.ID, i.Kind, i.Body, i.Duty, i.Until)
	}
	for _, i := range g.plan.Instruments[1:] {
		fmt.Fprintf(&b, "%s from %v\n", i.ID, i.Made)
	}
	for _, r := range g.board.Responsibilities {
		fmt.Fprintf(&b, "%s %s %v %v area %q %v\n", r.Duty, r.Body, r.Keys, r.Mode, r.Area, r.Interval)
	}
	for _, ch := range g.plan.Changes {
		c := ch.Declared()
		fmt.Fprintf(&b, "%s %T on %v after %v before %v: ", c.ID, ch, c.On, ids(c.After), ids(c.Before))
		switch ch := ch.(type) {
		case *org.Transfer:
			fmt.Fprintf(&b, "%v all=%v %s>%s in %q place %v performer %v means %v", ids(ch.Duties.Refs), ch.Duties.All, ch.From.ID, ch.To.ID, ch.In.ID, ch.InPlace, ch.Performer, ch.Means)
		case *org.MergeInto:
			fmt.Fprintf(&b, "%v>%s place %v", ids(ch.From), ch.Into.ID, ch.InPlace)
		case *org.Merge:
			fmt.Fprintf(&b, "%v>%s place %v", ids(ch.From), ch.Into.ID.ID, ch.InPlace)
		case *org.Abolish:
			b.WriteString(ch.Body.ID)
		case *org.Restore:
			b.WriteString(ch.Body.ID)
		case *org.Establish:
			b.WriteString(ch.Body.ID)
		case *org.Delegate:
			fmt.Fprintf(&b, "%v %s>%s in %q", ids(ch.Duties), ch.From.ID, ch.To.ID, ch.In.ID)
		case *org.TakeUp:
			fmt.Fprintf(&b, "%v %s>%s in %q", ids(ch.Duties), ch.From.ID, ch.To.ID, ch.In.ID)
		case *org.Assign:
			fmt.Fprintf(&b, "%s to %s", ch.Duty.ID, ch.To.ID)
		case *org.Declare:
			fmt.Fprintf(&b, "%s lead %s assist %v joint %v in %q", ch.Duty.ID, ch.Lead.ID, ids(ch.Assist), ids(ch.Joint), ch.In.ID)
		case *org.EndDuty:
			fmt.Fprintf(&b, "%v", ids(ch.Duties))
		case *org.MovePosts:
			fmt.Fprintf(&b, "%v %s>%s", ids(ch.Posts.Refs), ch.From.ID, ch.To.ID)
		case *org.Provide:
			fmt.Fprintf(&b, "%s %s for %q to %s", ch.Item.ID, ch.Class.Text, ch.Duty.ID, ch.To.ID)
		case *org.Withdraw:
			fmt.Fprintf(&b, "%v of %s", ids(ch.Items), ch.From.ID)
		case *org.Restrict:
			fmt.Fprintf(&b, "%v of %s", ids(ch.Items), ch.Of.ID)
		case *org.MoveItems:
			fmt.Fprintf(&b, "%v all=%v %s>%s", ids(ch.Items.Refs), ch.Items.All, ch.From.ID, ch.To.ID)
		case *org.ChangeArea:
			fmt.Fprintf(&b, "%v into %v", ids(ch.Areas), ch.Into)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
