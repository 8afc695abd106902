package check

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// TestOpen holds the quick answers, by which a check passes over what is plainly
// right, against a check that looks at everything: on boards of which almost
// every row is wrong in some way.
func TestOpen(t *testing.T) {
	boards := 30_000
	if testing.Short() {
		boards = 6_000
	}
	found, quick, slow := 0, 0, 0
	for n := range boards {
		rnd := rand.New(rand.NewPCG(uint64(n), 5))
		board, plan := anyBoard(rnd), anyPlan(rnd)
		x, all := IndexBoard(board), IndexBoard(board)
		all.open = func() {
			all.openDuties, all.openStaff = nil, nil
			for i := range all.duties {
				all.openDuties = append(all.openDuties, int32(i))
			}
			for i := range all.bodies {
				all.openStaff = append(all.openStaff, int32(i))
			}
			all.dutiesFrom, all.staffFrom = org.Always, org.Always
		}
		got, want := x.Run(plan).Problems, all.Run(plan).Problems
		if !sameList(got, want) {
			t.Fatalf("board %d: %d problems, and %d when everything is looked at\n%s\n%s\n%+v", n, len(got), len(want), told(got), told(want), board)
		}
		found += len(want)
		quick, slow = quick+len(x.duties)-len(x.openDuties), slow+len(x.openDuties)
	}
	if found < boards/2 || quick < boards/4 || slow < boards/4 {
		t.Fatalf("%d problems, %d duties passed over, %d looked at: too few to say anything", found, quick, slow)
	}
}

// TestLateBodies finds what is wrong with bodies that begin after the first day
// checked: a duty that is theirs before they are there, and a circle that closes
// on the day on which they begin.
func TestLateBodies(t *testing.T) {
	late := org.Interval{From: 20, To: org.Forever}
	board := &org.Board{
		Bodies: []org.Body{
			{ID: "x", Superior: "y", Interval: late}, {ID: "y", Superior: "z", Interval: late},
			{ID: "z", Superior: "x", Interval: org.Interval{From: 10, To: org.Forever}},
		},
		Duties:           []org.Duty{{ID: "d", Exclusive: true}},
		Responsibilities: []org.Responsibility{{Duty: "d", Body: "x", Keys: org.AllKeys, Interval: org.Whole}},
	}
	plan := &org.Plan{Start: org.WrittenOn(0, diag.Span{})}
	const want = "OB0204 [{path x → y → z → x} {from 1970-01-21}]\n" +
		"OB0301 [{duty {d  }} {keys [key.all]} {from 1970-01-01} {until 1970-01-21} {days 20}]\n"
	if got := told(Run(board, plan).Problems); got != want {
		t.Errorf("found\n%swant\n%s", got, want)
	}
}

func told(l diag.List) (s string) {
	for _, d := range l {
		s += fmt.Sprintln(d.Code, d.Facts)
	}
	return s
}

func sameList(a, b diag.List) bool { return told(a) == told(b) }

// anyBoard makes a small board of rows that hardly fit together.
func anyBoard(r *rand.Rand) *org.Board {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	days := func(open int) org.Interval {
		in := org.Whole
		if r.IntN(10) >= open {
			in.From = org.Date(r.IntN(4) * 10)
		}
		if r.IntN(10) >= open {
			in.To = in.From + org.Date(10+r.IntN(4)*10)
			if in.From == org.Always {
				in.To = org.Date(10 + r.IntN(4)*10)
			}
		}
		return in
	}
	b := &org.Board{}
	bodies := []string{"x", "y", "z"}
	for i, id := range bodies {
		row := org.Body{ID: id, Name: id, Interval: days(7)}
		if i > 0 {
			row.Superior = pick("", "x", "y", "z")
		}
		b.Bodies = append(b.Bodies, row)
	}
	areas := []string{""}
	if r.IntN(2) == 0 {
		areas = []string{"", "c", "n", "s", "n", "s", "nn"}
		for _, a := range [][2]string{{"c", ""}, {"n", "c"}, {"s", "c"}, {"nn", "n"}, {"ns", "n"}} {
			row := org.Area{Code: a[0], Name: a[0], Parent: a[1], Interval: org.Whole}
			if r.IntN(20) == 0 {
				row.Interval = days(5)
			}
			b.Areas = append(b.Areas, row)
		}
	}
	for _, id := range []string{"d", "e", "f"} {
		duty := org.Duty{ID: id, Name: id, Exclusive: r.IntN(8) > 0}
		if len(b.Areas) > 0 {
			duty.Area = pick("", "c", "c", "n")
		}
		b.Duties = append(b.Duties, duty)
		row := func(area string, in org.Interval) {
			keys, mode := org.AllKeys, org.Sole
			if r.IntN(6) == 0 {
				keys = org.Keys(1 + r.IntN(15))
			}
			if r.IntN(8) == 0 {
				mode = org.Mode(r.IntN(4))
			}
			b.Responsibilities = append(b.Responsibilities, org.Responsibility{Duty: id, Body: pick(bodies...), Keys: keys, Mode: mode, Area: area, Interval: in})
		}
		within := []string{pick(areas...)}
		if len(b.Areas) > 0 && r.IntN(2) == 0 {
			within = [][]string{{"n", "s"}, {"nn", "ns", "s"}, {"n", "nn", "s"}, {"n", "s", "c"}}[r.IntN(4)]
		}
		for _, area := range within {
			// a chain, with a link that fits badly now and then
			from := org.Always
			for n := range r.IntN(3) {
				until := org.Date((n+1)*10 + r.IntN(2)*5)
				row(area, org.Interval{From: from, To: until})
				from = until
				if r.IntN(6) == 0 {
					from += org.Date(r.IntN(9) - 4)
				}
			}
			if r.IntN(8) > 0 {
				row(area, org.Interval{From: from, To: org.Forever})
			}
		}
	}
	if r.IntN(3) > 0 {
		for n := range r.IntN(8) {
			p := org.Post{ID: fmt.Sprint("p", n), Body: pick(bodies...), Kind: pick("k", "k", "l", ""), Role: org.Role(max(0, r.IntN(6)-3)), Interval: days(6)}
			b.Posts = append(b.Posts, p)
			if r.IntN(2) == 0 {
				b.Appointments = append(b.Appointments, org.Appointment{Post: p.ID, Person: fmt.Sprint("q", n), Interval: days(7)})
			}
		}
		number := func() int { return r.IntN(4) - 1 }
		for range r.IntN(6) {
			q := org.Quota{Body: pick(bodies...), Kind: pick("k", "k", "l"), Posts: r.IntN(4), Leaders: -1, Deputies: -1, Interval: days(6)}
			if r.IntN(3) == 0 {
				q.Posts, q.Leaders, q.Deputies = number(), number(), number()
			}
			b.Quotas = append(b.Quotas, q)
		}
	}
	return b
}

// anyPlan makes a plan that changes little, or nothing.
func anyPlan(r *rand.Rand) *org.Plan {
	p := &org.Plan{Start: org.WrittenOn(org.Date(r.IntN(6)*10-10), diag.Span{})}
	common := func(kind string) org.Common {
		return org.Common{ID: fmt.Sprint("c", len(p.Changes)), Kind: kind, On: org.WrittenOn(org.Date(r.IntN(5)*10), diag.Span{})}
	}
	ref := func(ids ...string) org.Ref { return org.Ref{ID: ids[r.IntN(len(ids))]} }
	if r.IntN(3) == 0 {
		p.Changes = append(p.Changes, &org.ChangeArea{Common: common("change-area"), Areas: []org.Ref{ref("n", "s", "nn")},
			Into: []org.NewArea{{Code: ref("n", "m", "ns"), Name: org.Text{Text: "m"}, Parent: ref("c", "s")}}})
	}
	if r.IntN(3) == 0 {
		p.Changes = append(p.Changes, &org.Abolish{Common: common("abolish"), Body: ref("x", "y", "z")})
	}
	if r.IntN(3) == 0 {
		p.Changes = append(p.Changes, &org.Transfer{Common: common("transfer"), Duties: org.Selection{Refs: []org.Ref{ref("d", "e", "f")}}, From: ref("x", "y"), To: ref("y", "z")})
	}
	if r.IntN(3) == 0 {
		p.Changes = append(p.Changes, &org.Rename{Common: common("rename"), Body: ref("x", "y", "z"), Name: org.Text{Text: "new"}})
	}
	return p
}
