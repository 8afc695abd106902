package check_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// oracle steps through every day of a small plan and keeps, for each duty, who
// has it in law and who performs it. It knows nothing of intervals, segments or
// indexes; it is slow and obvious.
type oracle struct {
	duties  []string
	ops     []op
	begin   map[string]int // day a body begins
	end     map[string]int // day it ends
	law     map[string]string
	work    map[string]string
	pending []pending
	ended   map[string]int // day a duty ends by intent
	refused bool           // somebody gave what he had not
	absent  bool           // somebody was given something when he was not in force
}

type op struct {
	day, place int // day it moves in law, day the handover is in place
	from, to   string
	duties     []string // nil: all
	end        bool     // the giver ends with it (merge-into)
}

type pending struct {
	day, since     int
	duty, from, to string
}

func (o *oracle) alive(b string, day int) bool {
	begin, ok := o.begin[b]
	if ok && day < begin {
		return false
	}
	end, ok := o.end[b]
	return !ok || day < end
}

func (o *oracle) named(from, duty string) bool {
	return slices.ContainsFunc(o.ops, func(p op) bool { return p.from == from && slices.Contains(p.duties, duty) })
}

// step does what happens on a day.
func (o *oracle) step(day int) {
	for i := 0; i < len(o.pending); i++ {
		if p := o.pending[i]; p.day == day {
			if o.work[p.duty] == p.from {
				o.work[p.duty] = p.to
			}
			o.pending = slices.Delete(o.pending, i, i+1)
			i--
		}
	}
	var today []op
	for _, p := range o.ops {
		if p.day == day {
			today = append(today, p)
		}
	}
	for len(today) > 0 {
		i := slices.IndexFunc(today, func(p op) bool {
			return !slices.ContainsFunc(today, func(q op) bool { return q.to == p.from })
		})
		o.do(today[i], day)
		today = slices.Delete(today, i, i+1)
	}
}

func (o *oracle) do(p op, day int) {
	list := p.duties
	if list == nil {
		for _, d := range o.duties {
			if o.law[d] == p.from && !o.named(p.from, d) {
				list = append(list, d)
			}
		}
	}
	for _, d := range list {
		if end, ok := o.ended[d]; ok && end < day {
			continue
		}
		if o.law[d] != p.from {
			o.refused = true
			continue
		}
		begin, begins := o.begin[p.to]
		if !o.alive(p.to, day) && (o.end[p.to] != day || begins && begin > day) {
			o.absent = true
		}
		o.law[d] = p.to
		waiting := slices.IndexFunc(o.pending, func(q pending) bool { return q.duty == d && q.to == p.from })
		switch {
		case waiting >= 0 && o.pending[waiting].day >= p.place:
			o.pending[waiting].to = p.to // it goes straight on to him
		case waiting >= 0:
			o.pending = append(o.pending, pending{p.place, day, d, p.from, p.to})
		case p.place > day:
			o.pending = append(o.pending, pending{p.place, day, d, p.from, p.to})
		default:
			o.work[d] = p.to
		}
	}
}

// has gives who has a duty in law and who performs it on a day, after step.
func (o *oracle) has(d string, day int) (law, work string) {
	if end, ok := o.ended[d]; ok && end <= day {
		return "", ""
	}
	if b := o.law[d]; o.alive(b, day) {
		law = b
	}
	b := o.work[d]
	carried := slices.ContainsFunc(o.pending, func(p pending) bool { return p.duty == d && p.from == b && p.since <= day })
	if o.alive(b, day) || carried {
		work = b
	}
	return law, work
}

const oracleDays = 8

// randomCase makes a plan of up to six changes on five bodies and four duties.
// Bodies give in one direction only, so that no day holds an exchange, whose
// meaning the cases in testdata fix.
func randomCase(r *rand.Rand) (*org.Board, *org.Plan, *oracle) {
	bodies := []string{"a", "b", "c", "d", "e"}
	o := &oracle{begin: map[string]int{}, end: map[string]int{}, law: map[string]string{}, work: map[string]string{}, ended: map[string]int{}}
	board := &org.Board{Tables: map[string]*org.Table{}}
	base := org.Day(2019, 1, 1)
	var changes []org.Change
	add := func(day int, ch org.Change) {
		d := ch.Declared()
		d.ID, d.Position = fmt.Sprintf("c%d", len(changes)+1), len(changes)
		d.On = org.WrittenOn(base+org.Date(day), diag.Span{})
		d.By = []org.Citation{{Instrument: org.Ref{ID: "n"}, Clause: org.Text{Text: "1"}}}
		changes = append(changes, ch)
	}
	ref := func(id string) org.Ref { return org.Ref{ID: id} }
	for i, b := range bodies {
		if i > 0 && r.IntN(6) == 0 {
			o.begin[b] = r.IntN(oracleDays)
			add(o.begin[b], &org.Establish{Body: ref(b), Name: org.Text{Text: b}})
			continue
		}
		board.Bodies = append(board.Bodies, org.Body{ID: b, Name: b, Interval: org.Whole})
	}
	for i := range 4 {
		d := fmt.Sprintf("d%d", i)
		b := board.Bodies[r.IntN(len(board.Bodies))].ID
		o.duties = append(o.duties, d)
		o.law[d], o.work[d] = b, b
		board.Duties = append(board.Duties, org.Duty{ID: d, Name: d, Exclusive: true})
		board.Responsibilities = append(board.Responsibilities, org.Responsibility{Duty: d, Body: b, Keys: org.AllKeys, Interval: org.Whole})
	}
	for range r.IntN(6) {
		from := r.IntN(len(bodies) - 1)
		p := op{from: bodies[from], to: bodies[from+1+r.IntN(len(bodies)-from-1)], day: r.IntN(oracleDays)}
		p.place = p.day
		place := org.When{}
		if r.IntN(2) == 0 {
			p.place = min(p.day+r.IntN(4), oracleDays)
			place = org.WrittenOn(base+org.Date(p.place), diag.Span{})
		}
		// who gives begins and who takes lives that day: other faults have cases of
		// their own
		if !o.alive(p.to, p.day) || o.begin[p.from] > p.day {
			continue
		}
		if _, dies := o.end[p.from]; !dies && r.IntN(5) == 0 {
			o.end[p.from], p.end = p.day, true
			add(p.day, &org.MergeInto{From: []org.Ref{ref(p.from)}, Into: ref(p.to), InPlace: place})
			o.ops = append(o.ops, p)
			continue
		}
		t := &org.Transfer{From: ref(p.from), To: ref(p.to), InPlace: place}
		if r.IntN(3) == 0 {
			t.Duties.All = true
		} else {
			for _, d := range o.duties {
				if r.IntN(3) == 0 && !o.named(p.from, d) {
					p.duties = append(p.duties, d)
					t.Duties.Refs = append(t.Duties.Refs, ref(d))
				}
			}
			if len(p.duties) == 0 {
				continue
			}
		}
		add(p.day, t)
		o.ops = append(o.ops, p)
	}
	for _, b := range bodies {
		if _, dies := o.end[b]; !dies && r.IntN(5) == 0 {
			day := r.IntN(oracleDays)
			if o.begin[b] < day && !slices.ContainsFunc(o.ops, func(p op) bool { return p.to == b && p.day >= day }) {
				o.end[b] = day
				add(day, &org.Abolish{Body: ref(b)})
			}
		}
	}
	// who takes must live: drop the cases in which a merger above ended him
	return board, &org.Plan{ID: "case", Start: org.WrittenOn(base, diag.Span{}), Changes: changes,
		Instruments: []org.Instrument{{ID: "n", Kind: "notice"}}}, o
}

// TestAgainstTheOracle compares the check with the oracle, on every day, for
// every duty, in law and in fact: the same bodies, a gap reported if and only if
// there is one.
func TestAgainstTheOracle(t *testing.T) {
	cases := 20_000
	if testing.Short() {
		cases = 3_000
	}
	pack := &org.Pack{ID: "cn", Required: org.AllKeys, FormerPerforms: org.Performer | org.Signatory | org.Means}
	gaps, clean, refused := 0, 0, 0
	for seed := range cases {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		board, plan, o := randomCase(r)
		if slices.ContainsFunc(o.ops, func(p op) bool { return !o.alive(p.to, p.day) && o.end[p.to] != p.day }) {
			continue
		}
		res := check.Run(board, plan, pack)
		lapse := false
		for day := range oracleDays + 2 {
			o.step(day)
			for _, d := range o.duties {
				law, work := o.has(d, day)
				lapse = lapse || law == "" || work == ""
				gotLaw, gotWork := "", ""
				for _, h := range res.Timeline.Who(d, org.Day(2019, 1, 1)+org.Date(day), "") {
					switch h.Key {
					case org.Holder:
						gotLaw += h.Body
					case org.Performer:
						gotWork += h.Body
					}
				}
				if gotLaw != law || gotWork != work {
					t.Fatalf("seed %d day %d duty %s: got law %q work %q, want %q %q\n%s", seed, day, d, gotLaw, gotWork, law, work, describe(plan))
				}
			}
		}
		if o.refused {
			refused++
			if !codes(res)["OB0209"] {
				t.Fatalf("seed %d: somebody gave what he had not, and it was not told\n%s", seed, describe(plan))
			}
			continue // what follows from it is kept silent
		}
		c := codes(res)
		if c["OB0209"] {
			t.Fatalf("seed %d: told that a giver has not what he has\n%s", seed, describe(plan))
		}
		if told := c["OB0210"] || c["OB0301"]; told != lapse {
			t.Fatalf("seed %d: lapse %v, told %v %v\n%s", seed, lapse, told, res.Problems, describe(plan))
		}
		if lapse {
			gaps++
		} else {
			clean++
		}
	}
	if gaps < cases/10 || clean < cases/10 || refused < cases/100 {
		t.Errorf("the cases say little: %d with gaps, %d clean, %d refused", gaps, clean, refused)
	}
}

func codes(res check.Result) map[diag.Code]bool {
	out := map[diag.Code]bool{}
	for _, d := range res.Problems {
		out[d.Code] = true
	}
	return out
}

func describe(p *org.Plan) string {
	var b strings.Builder
	for _, ch := range p.Changes {
		fmt.Fprintf(&b, "%s %T on %v: ", ch.Declared().ID, ch, ch.Declared().On.Date)
		switch ch := ch.(type) {
		case *org.Transfer:
			fmt.Fprintf(&b, "%v all=%v from %s to %s in place %v", ids(ch.Duties.Refs), ch.Duties.All, ch.From.ID, ch.To.ID, ch.InPlace.Date)
		case *org.MergeInto:
			fmt.Fprintf(&b, "%v into %s in place %v", ids(ch.From), ch.Into.ID, ch.InPlace.Date)
		case *org.Abolish:
			b.WriteString(ch.Body.ID)
		case *org.Establish:
			b.WriteString(ch.Body.ID)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func ids(refs []org.Ref) (out []string) {
	for _, r := range refs {
		out = append(out, r.ID)
	}
	return out
}
