package check_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A gamble is a small plan with windows, and the same as an oracle can play it:
// moments with their first and last day, what must not be later than what, and
// a way to make the oracle's state for given days.
type gamble struct {
	board   *org.Board
	plan    *org.Plan
	moments []moment
	orders  [][2]int
	state   func(day []int) *run
	ended   []string // duties that end
	able    []org.Need
}

type moment struct {
	lo, hi int
	put    func(day org.When) // writes it into the plan
	id     string
}

// A run is one course of a gamble: the oracle of oracle_test.go, a duty that
// one body has until a day and another from a day on, and a body that needs its
// head.
type run struct {
	oracle
	until, since int // the duty "s": x has it until, y from since on
	needsHead    bool
	head, seal   int // y may act from then on
}

// wrong steps through every day and says what is wrong with the run, or "".
func (o *run) wrong() string {
	if begin, ok := o.begin["y"]; ok && o.since < begin && o.since < oracleDays+9 {
		return "s is assigned to y, who is not there"
	}
	for day := range oracleDays + 3 {
		for d, end := range o.ended {
			if end < day && slices.ContainsFunc(o.ops, func(p op) bool { return p.day == day && slices.Contains(p.duties, d) }) {
				return fmt.Sprintf("day %d: %s was ended before it is given", day, d)
			}
		}
		o.step(day)
		if o.refused {
			return fmt.Sprintf("day %d: somebody gives what he has not", day)
		}
		if o.absent {
			return fmt.Sprintf("day %d: somebody takes who is not there", day)
		}
		for _, d := range o.duties {
			if end, ok := o.ended[d]; ok && end <= day {
				continue
			}
			if law, work := o.has(d, day); law == "" || work == "" {
				return fmt.Sprintf("day %d: %s has nobody (%q, %q)", day, d, law, work)
			}
		}
		n := 0
		if day < o.until && o.alive("x", day) {
			n++
		}
		if day >= o.since && o.alive("y", day) {
			n++
			if o.needsHead && day < o.head {
				return fmt.Sprintf("day %d: y without its head", day)
			}
			if day < o.seal {
				return fmt.Sprintf("day %d: y without its seal", day)
			}
		}
		if n != 1 {
			return fmt.Sprintf("day %d: s has %d", day, n)
		}
	}
	return ""
}

// randomGamble makes a plan of up to eight changes, at most four of whose events
// have a window of two or three days.
func randomGamble(r *rand.Rand) *gamble {
	g := &gamble{board: &org.Board{Tables: map[string]*org.Table{}}}
	base := org.Day(2019, 1, 1)
	ref := func(id string) org.Ref { return org.Ref{ID: id} }
	bodies := []string{"a", "b", "c", "d"}
	var changes []org.Change
	law := map[int]int{} // change → moment
	done := map[int][]int{}
	open := 1 + r.IntN(4)
	at := func(day int, id string, put func(org.When)) int {
		m := moment{day, day, put, id}
		if open > 0 && r.IntN(2) == 0 {
			m.lo = max(0, day-1-r.IntN(2))
			open--
		}
		g.moments = append(g.moments, m)
		return len(g.moments) - 1
	}
	add := func(day int, ch org.Change) int {
		d := ch.Declared()
		d.ID, d.Position = fmt.Sprintf("c%d", len(changes)+1), len(changes)
		d.By = []org.Citation{{Instrument: ref("n"), Clause: org.Text{Text: "1"}}}
		changes = append(changes, ch)
		m := at(day, d.ID+".law", func(w org.When) { d.On = w })
		law[len(changes)-1] = m
		done[len(changes)-1] = []int{m}
		return m
	}
	place := func(day int, law int, w *org.When) int {
		i := len(changes) - 1
		m := at(day, changes[i].Declared().ID+".place", func(x org.When) { *w = x })
		g.orders = append(g.orders, [2]int{law, m})
		done[i] = append(done[i], m)
		return m
	}
	begin, end, ended := map[string]int{}, map[string]int{}, map[string]int{}
	first := map[string]string{}
	var duties []string
	type planned struct {
		from, to   string
		duties     []string
		law, place int
	}
	var ops []planned
	day := func(m int) int { return g.moments[m].hi }
	for i, b := range append(bodies, "x", "y", "z") {
		if (i > 0 && i < 4 || b == "y") && r.IntN(3) == 0 {
			begin[b] = add(r.IntN(oracleDays), &org.Establish{Body: ref(b), Name: org.Text{Text: b}})
			continue
		}
		g.board.Bodies = append(g.board.Bodies, org.Body{ID: b, Name: b, Interval: org.Whole})
	}
	give := func(d, b string, until org.Date) {
		g.board.Duties = append(g.board.Duties, org.Duty{ID: d, Name: d, Exclusive: true})
		g.board.Responsibilities = append(g.board.Responsibilities, org.Responsibility{Duty: d, Body: b, Keys: org.AllKeys,
			Interval: org.Interval{From: org.Always, To: until}})
	}
	for i := range 3 {
		d := fmt.Sprintf("d%d", i)
		var there []string
		for _, b := range bodies {
			if _, later := begin[b]; !later {
				there = append(there, b)
			}
		}
		first[d] = there[r.IntN(len(there))]
		duties = append(duties, d)
		give(d, first[d], org.Forever)
	}
	for range 1 + r.IntN(4) {
		from := r.IntN(len(bodies) - 1)
		p := planned{from: bodies[from], to: bodies[from+1+r.IntN(len(bodies)-from-1)]}
		on := r.IntN(oracleDays)
		if b, ok := begin[p.from]; ok {
			on = max(on, day(b))
		}
		if b, ok := begin[p.to]; ok {
			on = max(on, day(b))
		}
		later := min(on+r.IntN(4), oracleDays)
		if _, dies := end[p.from]; !dies && r.IntN(4) == 0 {
			ch := &org.MergeInto{From: []org.Ref{ref(p.from)}, Into: ref(p.to)}
			p.law = add(on, ch)
			p.place = p.law
			if r.IntN(2) == 0 {
				p.place = place(later, p.law, &ch.InPlace)
			}
			end[p.from] = p.law
			ops = append(ops, p)
			continue
		}
		t := &org.Transfer{From: ref(p.from), To: ref(p.to)}
		if r.IntN(3) == 0 {
			t.Duties.All = true
		} else {
			for _, d := range duties {
				named := slices.ContainsFunc(ops, func(q planned) bool { return q.from == p.from && slices.Contains(q.duties, d) })
				if r.IntN(2) == 0 && !named {
					p.duties = append(p.duties, d)
					t.Duties.Refs = append(t.Duties.Refs, ref(d))
				}
			}
			if len(p.duties) == 0 {
				continue
			}
		}
		p.law = add(on, t)
		p.place = p.law
		if r.IntN(2) == 0 {
			p.place = place(later, p.law, &t.InPlace)
		}
		ops = append(ops, p)
	}
	for _, b := range append(bodies, "x") {
		if _, dies := end[b]; !dies && r.IntN(4) == 0 {
			on := r.IntN(oracleDays)
			for _, p := range ops {
				if p.from == b || p.to == b {
					on = max(on, day(p.law))
				}
			}
			if m, ok := begin[b]; ok && day(m) >= on {
				continue
			}
			end[b] = add(on, &org.Abolish{Body: ref(b)})
		}
	}
	if r.IntN(6) == 0 {
		d := duties[r.IntN(len(duties))]
		g.ended = append(g.ended, d)
		ended[d] = add(r.IntN(oracleDays), &org.EndDuty{Duties: []org.Ref{ref(d)}})
	}
	// s goes from x to y without a transfer, and y may need its head
	until, since, head, seal := oracleDays+9, -1, -1, -1
	if m, ok := begin["y"]; ok || r.IntN(4) == 0 {
		until = r.IntN(oracleDays)
		if ok {
			until = max(until, day(m))
		}
		if e, dies := end["x"]; dies && r.IntN(4) > 0 {
			until = day(e)
		}
		since = add(until, &org.Assign{Duty: ref("s"), To: ref("y")})
		if ok && r.IntN(2) == 0 {
			g.board.Posts = append(g.board.Posts, org.Post{ID: "p", Body: "z", Role: org.Head, Interval: org.Whole})
			g.board.Appointments = append(g.board.Appointments, org.Appointment{Post: "p", Person: "q", Interval: org.Whole})
			head = add(day(m)+r.IntN(max(1, until-day(m)+1)), &org.MovePosts{Posts: org.Selection{Refs: []org.Ref{ref("p")}}, From: ref("z"), To: ref("y")})
		}
	}
	if _, ok := begin["y"]; ok && since >= 0 && begin["b"]+begin["c"]+begin["d"] == 0 && len(begin) == 1 && r.IntN(4) > 0 {
		// nobody else is new, so nobody else needs a seal
		g.able = []org.Need{{ID: "seal", Keys: org.Performer | org.Signatory}}
		born := day(begin["y"])
		seal = add(born+r.IntN(max(1, until-born+1)), &org.Provide{Item: ref("seal-y"), Class: org.Text{Text: "seal"}, To: ref("y")})
	}
	if since < 0 {
		give("s", "x", org.Forever)
	} else {
		give("s", "x", base+org.Date(until))
	}
	// some changes wait for others, in a way that the planned days allow
	for range min(r.IntN(3), len(changes)) {
		i, j := r.IntN(len(changes)), r.IntN(len(changes))
		if i == j {
			continue
		}
		last := 0
		for _, m := range done[i] {
			last = max(last, g.moments[m].hi)
		}
		back := slices.ContainsFunc(g.orders, func(o [2]int) bool { return o[0] == law[j] && o[1] == law[i] })
		if last > g.moments[law[j]].hi || back {
			continue
		}
		if r.IntN(2) == 0 {
			changes[j].Declared().After = append(changes[j].Declared().After, ref(changes[i].Declared().ID))
		} else {
			changes[i].Declared().Before = append(changes[i].Declared().Before, ref(changes[j].Declared().ID))
		}
		for _, m := range done[i] {
			g.orders = append(g.orders, [2]int{m, law[j]})
		}
	}
	g.plan = &org.Plan{ID: "case", Start: org.WrittenOn(base, diag.Span{}), Deadline: org.WrittenOn(base+oracleDays, diag.Span{}),
		Changes: changes, Instruments: []org.Instrument{{ID: "n", Kind: "notice"}}}
	// one change may have no day of its own: then it is some day after what it
	// waits for
	for i, ch := range changes {
		if d := ch.Declared(); len(d.After) > 0 && len(done[i]) == 1 && r.IntN(3) == 0 {
			last := 0
			for _, o := range g.orders {
				if o[1] == law[i] {
					last = max(last, g.moments[o[0]].hi)
				}
			}
			m := &g.moments[law[i]]
			m.lo, m.hi, m.put = 0, oracleDays, func(org.When) {}
			_ = last
			break
		}
	}
	for _, m := range g.moments {
		m.put(org.WrittenBetween(base+org.Date(m.lo), base+org.Date(m.hi), diag.Span{}))
	}
	g.state = func(day []int) *run {
		o := &run{oracle: oracle{duties: duties, begin: map[string]int{}, end: map[string]int{}, law: map[string]string{},
			work: map[string]string{}, ended: map[string]int{}}, until: oracleDays + 9, since: oracleDays + 9}
		for b, m := range begin {
			o.begin[b] = day[m]
		}
		for b, m := range end {
			o.end[b] = day[m]
		}
		for d, m := range ended {
			o.ended[d] = day[m]
		}
		for d, b := range first {
			o.law[d], o.work[d] = b, b
		}
		for _, p := range ops {
			o.ops = append(o.ops, op{day: day[p.law], place: day[p.place], from: p.from, to: p.to, duties: p.duties})
		}
		if since >= 0 {
			o.until, o.since = until, day[since]
		}
		if head >= 0 {
			o.needsHead, o.head = true, day[head]
		}
		if seal >= 0 {
			o.seal = day[seal]
		}
		return o
	}
	return g
}

// each calls f with every assignment of days that keeps windows and orders.
func (g *gamble) each(f func(day []int) bool) {
	day := make([]int, len(g.moments))
	var next func(i int) bool
	next = func(i int) bool {
		if i == len(day) {
			for _, o := range g.orders {
				if day[o[0]] > day[o[1]] {
					return true
				}
			}
			return f(day)
		}
		for day[i] = g.moments[i].lo; day[i] <= g.moments[i].hi; day[i]++ {
			if !next(i + 1) {
				return false
			}
		}
		return true
	}
	next(0)
}

// days are the days of the moments in a run.
func (g *gamble) days(steps []check.Step) []int {
	out := make([]int, len(g.moments))
	for i, m := range g.moments {
		at := slices.IndexFunc(steps, func(s check.Step) bool { return s.Event == m.id })
		out[i] = int(steps[at].On - g.plan.Start.Date)
	}
	return out
}

// date gives the plan with every day as in a run, and a way back to the windows.
func (g *gamble) date(steps []check.Step) (back func()) {
	var undo []func()
	set := func(w *org.When, day org.Date) {
		was := *w
		undo = append(undo, func() { *w = was })
		*w = org.WrittenOn(day, was.At)
	}
	for _, s := range steps {
		setEvent(g.plan, s, set)
	}
	return func() {
		for _, f := range slices.Backward(undo) {
			f()
		}
	}
}

// setEvent writes the day of an event into its change.
func setEvent(p *org.Plan, s check.Step, set func(*org.When, org.Date)) {
	for _, ch := range p.Changes {
		if ch.Declared().ID != s.Change {
			continue
		}
		var place *org.When
		switch part := strings.TrimPrefix(s.Event, s.Change); part {
		case ".law":
			place = &ch.Declared().On
		case ".place":
			switch ch := ch.(type) {
			case *org.Transfer:
				place = &ch.InPlace
			case *org.Merge:
				place = &ch.InPlace
			case *org.MergeInto:
				place = &ch.InPlace
			}
		case ".place.performer":
			place = &ch.(*org.Transfer).Performer
		case ".place.name":
			place = &ch.(*org.Transfer).Name
		case ".place.means":
			place = &ch.(*org.Transfer).Means
		}
		set(place, s.On)
	}
}

// TestProofAgainstTheOracle plays every assignment of days of small random
// plans, day by day, and holds the proof against what happened: it must hold if
// and only if no run went wrong, and each counter-example, written into the
// plan as its days, must be an error of the plan as Run sees it.
func TestProofAgainstTheOracle(t *testing.T) {
	cases := 100_000
	if testing.Short() {
		cases = 2_000
	}
	base := org.Pack{ID: "cn", Required: org.AllKeys, FormerPerforms: org.Performer | org.Signatory | org.Means, HeadRequired: true}
	sealedAll := 0
	type count struct{ holds, fails, refused, runs, splits int }
	var mu sync.Mutex
	var sum count
	kinds := map[diag.Code]int{}
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			var n count
			sealed := 0
			mine := map[diag.Code]int{}
			for seed := w; n.holds+n.fails < cases/workers && !t.Failed(); seed += workers {
				g := randomGamble(rand.New(rand.NewPCG(uint64(seed), 11)))
				ours := base
				ours.Able = g.able
				pack := &ours
				res := check.Run(g.board, g.plan, pack)
				if res.Checked == nil {
					n.refused++
					continue
				}
				got := check.Prove(res)
				wrong := ""
				var day []int
				g.each(func(d []int) bool {
					n.runs++
					if wrong = g.state(d).wrong(); wrong != "" {
						day = slices.Clone(d)
					}
					return wrong == ""
				})
				told := func() string { return g.describe(day) }
				if got.Holds != (wrong == "") {
					t.Errorf("seed %d: holds %v, but %s\n%s\n%v", seed, got.Holds, wrong, told(), got.Problems)
					return
				}
				if !got.Holds {
					n.fails++
					for i, f := range got.Failures {
						mine[f.Code]++
						if g.able != nil && f.Code == check.MayBeUnable {
							sealed++
						}
						if g.state(g.days(f.Steps)).wrong() == "" {
							t.Errorf("seed %d: to the oracle, nothing is wrong with the run of problem %d: %v\n%v\n%s", seed, i, f, got.Problems, told())
							return
						}
						if f.Code == check.MayBeUnable && slices.Equal(f.Duties, []string{"s"}) {
							continue // these bodies have no quota, so Run asks for no head
						}
						back := g.date(f.Steps)
						again := check.Run(g.board, g.plan, pack)
						if again.Checked != nil {
							t.Errorf("seed %d: the run of problem %d replays without an error: %v\n%v\n%s", seed, i, f, got.Problems, told())
							return
						}
						back()
					}
					continue
				}
				n.holds++
				if faults := unsound(got.Certificate(), g.ended); len(faults) > 0 {
					t.Errorf("seed %d: the certificate: %v\n%s", seed, faults, told())
					return
				}
				for _, c := range got.Certificate().Proofs {
					if c.Split != nil {
						n.splits++
						break
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			sealedAll += sealed
			sum.holds, sum.fails, sum.refused = sum.holds+n.holds, sum.fails+n.fails, sum.refused+n.refused
			sum.runs, sum.splits = sum.runs+n.runs, sum.splits+n.splits
			for c, k := range mine {
				kinds[c] += k
			}
		})
	}
	wait.Wait()
	t.Logf("%d hold (%d with a split), %d fail %v, %d unable with a seal to come, %d refused before; %d runs played by the oracle", sum.holds, sum.splits, sum.fails, kinds, sealedAll, sum.refused, sum.runs)
	if n := sum.holds + sum.fails; sum.holds < n/5 || sum.fails < n/5 || sum.splits < n/100 || len(kinds) < 4 || sealedAll == 0 {
		t.Error("the cases say little")
	}
}

// unsound finds in a certificate orders without a reason, and links that do not
// meet.
func unsound(c *check.Certificate, ended []string) (out []string) {
	var see func(c *check.Case)
	var gone bool // a duty that was ended before the start needs nothing
	see = func(k *check.Case) {
		for _, ch := range k.Chains {
			for i := range ch.Links {
				if i > 0 && ch.Links[i].From != ch.Links[i-1].To {
					out = append(out, fmt.Sprintf("%v does not meet %v", ch.Links[i-1], ch.Links[i]))
				}
			}
			for _, o := range ch.Orders {
				if o.Calendar == nil && len(o.Path) < 2 {
					out = append(out, fmt.Sprintf("no reason for %v", o))
				}
			}
		}
		if k.Split != nil {
			see(k.Split.Before)
			see(k.Split.SameDay)
			see(k.Split.After)
		} else if len(k.Chains) == 0 && !k.Impossible && !gone {
			out = append(out, "a case that says nothing")
		}
	}
	for i := range c.Proofs {
		gone = slices.Contains(ended, c.Proofs[i].Duties[0])
		see(&c.Proofs[i].Case)
	}
	return out
}

func (g *gamble) describe(day []int) string {
	var b strings.Builder
	b.WriteString(describe(g.plan))
	for i, m := range g.moments {
		fmt.Fprintf(&b, "%s %d..%d", m.id, m.lo, m.hi)
		if day != nil {
			fmt.Fprintf(&b, " = %d", day[i])
		}
		b.WriteByte('\n')
	}
	for _, o := range g.orders {
		fmt.Fprintf(&b, "%s <= %s\n", g.moments[o[0]].id, g.moments[o[1]].id)
	}
	for _, r := range g.board.Responsibilities {
		fmt.Fprintf(&b, "%s %s %v\n", r.Duty, r.Body, r.Interval)
	}
	return b.String()
}
