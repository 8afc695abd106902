package witness_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
	"oneboard/internal/witness"
)

var first = org.Day(2019, 1, 1)

const days = 6

// randomDossier makes a small plan with windows and waits: up to five bodies,
// two duties and five changes. The text is nobody's: the plan has no words.
func randomDossier(r *rand.Rand) dossier {
	bodies := []string{"a", "b", "c", "d"}
	d := dossier{board: &org.Board{Tables: map[string]*org.Table{}}, text: []byte("plan"),
		packs: []*org.Pack{{ID: "p", Required: org.Holder | org.Performer | org.Means, FormerPerforms: org.Performer | org.Signatory}}}
	ref := func(id string) org.Ref { return org.Ref{ID: id} }
	var changes []org.Change
	when := func() org.When {
		lo := r.IntN(days)
		return org.WrittenBetween(first+org.Date(lo), first+org.Date(min(lo+r.IntN(3), days-1)), diag.Span{})
	}
	add := func(ch org.Change) {
		c := ch.Declared()
		c.ID, c.Position, c.On = fmt.Sprintf("c%d", len(changes)+1), len(changes), when()
		c.By = []org.Citation{{Instrument: ref("n"), Clause: org.Text{Text: "1"}}}
		if len(changes) > 0 && r.IntN(3) == 0 {
			c.After = []org.Ref{ref(fmt.Sprintf("c%d", 1+r.IntN(len(changes))))}
			if r.IntN(3) == 0 {
				c.On = org.When{}
			}
		}
		changes = append(changes, ch)
	}
	for i, b := range bodies {
		if i > 0 && r.IntN(5) == 0 {
			add(&org.Establish{Body: ref(b), Name: org.Text{Text: b}})
			continue
		}
		d.board.Bodies = append(d.board.Bodies, org.Body{ID: b, Name: b, Interval: org.Whole})
	}
	for i := range 2 {
		duty := fmt.Sprintf("d%d", i)
		d.board.Duties = append(d.board.Duties, org.Duty{ID: duty, Name: duty, Exclusive: true})
		d.board.Responsibilities = append(d.board.Responsibilities, org.Responsibility{Duty: duty,
			Body: d.board.Bodies[r.IntN(len(d.board.Bodies))].ID, Keys: org.AllKeys, Interval: org.Whole})
	}
	if r.IntN(2) == 0 {
		d.board.Duties[1].PartOf = "d0"
	}
	for range 1 + r.IntN(4) {
		from, to := bodies[r.IntN(4)], bodies[r.IntN(4)]
		place := org.When{}
		if r.IntN(2) == 0 {
			place = when()
		}
		switch r.IntN(6) {
		case 0:
			add(&org.Abolish{Body: ref(from)})
		case 1:
			add(&org.MergeInto{From: []org.Ref{ref(from)}, Into: ref(to), InPlace: place})
		case 2:
			add(&org.Transfer{Duties: org.Selection{All: true}, From: ref(from), To: ref(to), InPlace: place})
		case 3:
			add(&org.Transfer{Duties: org.Selection{Refs: []org.Ref{ref("d1")}}, From: ref(from), To: ref(to), Means: place})
		case 4:
			if slices.ContainsFunc(changes, func(ch org.Change) bool { _, ends := ch.(*org.EndDuty); return ends }) {
				continue
			}
			add(&org.EndDuty{Duties: []org.Ref{ref("d1")}})
		default:
			add(&org.Transfer{Duties: org.Selection{Refs: []org.Ref{ref("d0")}}, From: ref(from), To: ref(to), InPlace: place})
		}
	}
	d.plan = &org.Plan{ID: "random", Packs: []org.Ref{ref("p")}, Start: org.WrittenOn(first, diag.Span{}), Deadline: org.WrittenOn(first+days, diag.Span{}),
		Changes: changes, Instruments: []org.Instrument{{ID: "n", Kind: "notice", Effective: org.WrittenOn(first, diag.Span{})}}}
	return d
}

// eachRun calls do with the plan of every run: each event on one of its days,
// within what waits for what.
func (d dossier) eachRun(do func(*org.Plan)) (runs int) {
	changes := make([]org.Change, len(d.plan.Changes))
	done := map[string]org.Date{} // when a change is complete
	var choose func(i int)
	choose = func(i int) {
		if i == len(changes) {
			runs++
			p := *d.plan
			p.Changes = slices.Clone(changes)
			do(&p)
			return
		}
		ch := d.plan.Changes[i]
		c := ch.Declared()
		lo, hi := c.On.First(), c.On.Date
		if !c.On.Given() {
			lo, hi = org.NoDate, d.plan.Deadline.Date
		}
		for _, f := range c.After {
			lo = max(lo, done[f.ID])
		}
		for day := lo; day <= hi; day++ {
			place := func(w org.When, set func(org.Change, org.When)) {
				if !w.Given() {
					w = org.WrittenOn(day, diag.Span{})
				}
				for at := max(day, w.First()); at <= w.Date; at++ {
					x := withDay(ch, day)
					if set != nil {
						set(x, org.WrittenOn(at, diag.Span{}))
					}
					changes[i], done[c.ID] = x, at
					choose(i + 1)
				}
			}
			switch ch := ch.(type) {
			case *org.Transfer:
				if ch.Means.Given() {
					place(ch.Means, func(x org.Change, w org.When) { x.(*org.Transfer).Means = w })
				} else if ch.InPlace.Given() {
					place(ch.InPlace, func(x org.Change, w org.When) { x.(*org.Transfer).InPlace = w })
				} else {
					place(org.When{}, nil)
				}
			case *org.MergeInto:
				if ch.InPlace.Given() {
					place(ch.InPlace, func(x org.Change, w org.When) { x.(*org.MergeInto).InPlace = w })
				} else {
					place(org.When{}, nil)
				}
			default:
				place(org.When{}, nil)
			}
		}
	}
	choose(0)
	return runs
}

// withDay is a change as it is, but on one day and waiting for nothing.
func withDay(ch org.Change, day org.Date) org.Change {
	var x org.Change
	switch ch := ch.(type) {
	case *org.Establish:
		c := *ch
		x = &c
	case *org.Abolish:
		c := *ch
		x = &c
	case *org.MergeInto:
		c := *ch
		x = &c
	case *org.Transfer:
		c := *ch
		x = &c
	case *org.EndDuty:
		c := *ch
		x = &c
	}
	c := x.Declared()
	c.On, c.After = org.WrittenOn(day, diag.Span{}), nil
	return x
}

// lapse tells a day of a run on which a duty has not exactly one body in force.
func (d dossier) lapse(p *org.Plan) string {
	tl := check.Run(d.board, p, d.packs...).Timeline
	ends := org.Forever
	for _, ch := range p.Changes {
		if ch, ok := ch.(*org.EndDuty); ok {
			ends = min(ends, ch.On.Date)
		}
	}
	for day := first; day < first+days+3; day++ {
		for _, duty := range d.board.Duties {
			if duty.ID == "d1" && day >= ends {
				continue
			}
			count := map[org.Keys]int{}
			for _, h := range tl.Who(duty.ID, day, "") {
				life := tl.Body(h.Body)
				if h.Transitional || life.On(day) != nil {
					count[h.Key]++
				}
			}
			for _, k := range org.EachKey {
				if d.packs[0].Required&k != 0 && count[k] != 1 {
					return fmt.Sprintf("%s: %s has %d for %s", day, duty.ID, count[k], k)
				}
			}
		}
	}
	return ""
}

// TestEveryRunOfWhatIsBelieved steps through every run of small random plans
// whose certificate is believed: none may have a lapse. The runs are carried out
// by package check, of which the witness knows nothing.
func TestEveryRunOfWhatIsBelieved(t *testing.T) {
	cases := 1500
	if testing.Short() {
		cases = 800
	}
	believed, held, splits, runs, missed, refused, valid, other := 0, 0, 0, 0, 0, 0, 0, 0
	for seed := range cases {
		r := rand.New(rand.NewPCG(uint64(seed), 11))
		d := randomDossier(r)
		if check.Run(d.board, d.plan, d.packs...).Problems.HasErrors() {
			continue
		}
		lapse, n := "", 0
		var at *org.Plan
		n = d.eachRun(func(p *org.Plan) {
			if lapse == "" {
				if lapse = d.lapse(p); lapse != "" {
					at = p
				}
			}
		})
		runs += n
		document, s, ok := witness.Certify(d.board, d.plan, d.packs, d.text)
		if !ok {
			if lapse == "" && n > 0 {
				missed++
			}
			continue
		}
		if got := d.verify(document); len(got) > 0 {
			t.Fatalf("seed %d: refused: %s %v\n%s\n%s", seed, got[0].Why, got[0], describe(d.plan), document)
		}
		if believed++; s > 0 {
			splits++
		}
		if lapse != "" {
			t.Fatalf("seed %d: believed, and a run has a lapse: %s\n%s\n%s\n%s", seed, lapse, describe(d.plan), describe(at), document)
		}
		if s > 0 || held < 40 && len(d.plan.Changes) > 3 {
			held++
			a, b := d.holdPlants(t, fmt.Sprint("seed ", seed), document, &other)
			refused, valid = refused+a, valid+b
		}
	}
	t.Logf("%d believed, %d of them with splits; %d plans without a lapse were not certified; %d runs", believed, splits, missed, runs)
	t.Logf("of %d, with one fact changed: %d refused, %d still valid, %d said otherwise", held, refused, valid, other)
	if believed < cases/20 || splits < cases/1000 {
		t.Error("the cases say little")
	}
}

func describe(p *org.Plan) string {
	out := ""
	for _, ch := range p.Changes {
		c := ch.Declared()
		out += fmt.Sprintf("%s %T on %v after %v: ", c.ID, ch, c.On, ids(c.After))
		switch ch := ch.(type) {
		case *org.Transfer:
			out += fmt.Sprintf("%v all=%v from %s to %s in place %v means %v", ids(ch.Duties.Refs), ch.Duties.All, ch.From.ID, ch.To.ID, ch.InPlace, ch.Means)
		case *org.MergeInto:
			out += fmt.Sprintf("%v into %s in place %v", ids(ch.From), ch.Into.ID, ch.InPlace)
		case *org.Abolish:
			out += ch.Body.ID
		case *org.Establish:
			out += ch.Body.ID
		}
		out += "\n"
	}
	return out
}

func ids(refs []org.Ref) (out []string) {
	for _, r := range refs {
		out = append(out, r.ID)
	}
	return out
}
