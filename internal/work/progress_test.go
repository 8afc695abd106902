package work

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/org"
	"oneboard/internal/referee"
	"oneboard/internal/sched"
)

// report makes a report of lines "activity started finished remaining percent";
// "-" is what is not said.
func report(lines ...string) *org.Progress {
	src := diag.NewSource("progress.csv", strings.Join(lines, "\n"))
	p := &org.Progress{Source: src}
	at := int32(0)
	for _, line := range lines {
		f := append(strings.Fields(line), "-", "-", "-", "-")
		span := diag.Span{Source: src, Start: at, End: at + int32(len(line))}
		at += int32(len(line)) + 1
		r := org.ProgressRow{Activity: org.Ref{ID: f[0], At: span}}
		if f[1] != "-" {
			r.Started = org.WrittenOn(on(f[1]), span)
		}
		if f[2] != "-" {
			r.Finished = org.WrittenOn(on(f[2]), span)
		}
		number := func(s string) (n org.Number) {
			if s != "-" {
				var k int
				fmt.Sscan(s, &k)
				n = org.WrittenNumber(k, span)
			}
			return n
		}
		r.Remaining, r.Percent = number(f[3]), number(f[4])
		p.Rows = append(p.Rows, r)
	}
	return p
}

func stand(t *testing.T, w *Work, day string, lines ...string) *Standing {
	t.Helper()
	st, problems := w.Stand(report(lines...), on(day))
	if st == nil {
		t.Fatalf("%+v", problems)
	}
	return st
}

// drawn shows a schedule as lines of days from Monday 7 January 2019 on: = what
// was done, X what is to come, . a day off.
func drawn(s *Schedule) string {
	var b strings.Builder
	for i, a := range s.Work.Activities {
		fmt.Fprintf(&b, "%-8s|", a.ID)
		for d := on("2019-01-07"); d <= on("2019-01-18"); d++ {
			c := " "
			switch {
			case d < s.Start[i] || d > s.Finish[i]:
			case s.Standing != nil && d <= s.Standing.On && s.Standing.State[i] != Waiting:
				c = "="
			default:
				c = "X"
			}
			if !s.Work.Calendar.Works(d) {
				c = "."
			}
			b.WriteString(c)
		}
		b.WriteString("|\n")
	}
	return b.String()
}

func holds(t *testing.T, got, want string) {
	t.Helper()
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The list was begun a day late and takes four days; clear-2 took a day more. By
// Wednesday evening: the list has two days left, and what waits for it follows.
func TestForecastGoesOnFromTheDayOfTheReport(t *testing.T) {
	w := move()
	issued := placed(t, w)
	holds(t, drawn(issued), `
list    |XXX  ..     |
agree   |   XX..     |
clear-1 |   XX..     |
clear-2 |XX   ..     |`)
	st := stand(t, w, "2019-01-09", "list 2019-01-08 - 2", "clear-2 2019-01-07 2019-01-09")
	s, _ := Forecast(w, st, sched.Options{Schedules: 500, Seed: 1})
	holds(t, drawn(s), `
list    | ==XX..     |
agree   |     ..XX   |
clear-1 |     ..XX   |
clear-2 |===  ..     |`)
	if len(s.Missed) > 0 {
		t.Errorf("%+v", s.Missed)
	}
	why := map[string]string{}
	for _, m := range s.Since(issued.Issue(on("2019-01-04"), "")) {
		why[m.ID] = m.Why
	}
	if why["list"] != ByActual || why["clear-2"] != ByActual || why["agree"] != ByLink || why["clear-1"] != ByLink {
		t.Errorf("%v", why)
	}
}

// The same with the end of the work due on Friday: agreeing and clearing are two
// days of work late, and nothing else is.
func TestForecastTellsWhatIsMissed(t *testing.T) {
	w := move()
	w.Until = on("2019-01-11")
	st := stand(t, w, "2019-01-09", "list 2019-01-08 - 2", "clear-2 2019-01-07 2019-01-09")
	s, _ := Forecast(w, st, sched.Options{Schedules: 500, Seed: 1})
	got := ""
	for _, m := range s.Missed {
		got += fmt.Sprintln(w.Activities[m.Activity].ID, m.Due, m.Late, m.For)
	}
	holds(t, got, "agree 2019-01-11 2 -1\nclear-1 2019-01-11 2 -1")
}

// A declared day stays where it is, and what was to be done before it is late.
func TestForecastLeavesDeclaredDays(t *testing.T) {
	w := move()
	w.Activities = append(w.Activities, Activity{ID: "c1/law", Step: LawStep, Release: on("2019-01-14"), Deadline: on("2019-01-14"), Fixed: true})
	w.Links = append(w.Links, Link{From: 1, To: 4})
	st := stand(t, w, "2019-01-09", "list 2019-01-08 - 2")
	s, _ := Forecast(w, st, sched.Options{Schedules: 500, Seed: 1})
	if s.Start[4] != on("2019-01-14") {
		t.Errorf("declared for the 14th, shown on %s", s.Start[4])
	}
	if len(s.Missed) != 1 || s.Missed[0] != (Missed{1, on("2019-01-11"), 2, 4}) {
		t.Errorf("%+v", s.Missed)
	}
}

// Who runs beyond what there is: the crew of one clears two rooms at once, so one
// of them is broken off. What had begun before it could waits for nothing more.
func TestForecastOfWhatCouldNotBe(t *testing.T) {
	w := move()
	st := stand(t, w, "2019-01-07", "clear-1 2019-01-07 - 1", "clear-2 2019-01-07 - 1")
	s, _ := Forecast(w, st, sched.Options{Schedules: 500, Seed: 1})
	holds(t, drawn(s), `
list    | XXX ..     |
agree   |    X..X    |
clear-1 |=X   ..     |
clear-2 |=XX  ..     |`)
	_, problems := w.Stand(report("clear-1 2019-01-07 - 1", "agree 2019-01-08 - 1"), on("2019-01-08"))
	if len(problems) != 1 || problems[0].Code != OutOfOrder {
		t.Errorf("agreeing began before the list: %+v", problems)
	}
}

func TestStandRefusesAllFaultsAtOnce(t *testing.T) {
	w := move()
	w.Activities = append(w.Activities, Activity{ID: "c1/law", Step: LawStep, Release: on("2019-01-14"), Deadline: on("2019-01-14"), Fixed: true})
	st, problems := w.Stand(report(
		"clear-3 2019-01-07",              // OB0840
		"list 2019-01-08 2019-01-07",      // OB0842
		"list 2019-01-08",                 // OB0841
		"agree 2019-01-12",                // OB0843
		"clear-1 - 2019-01-09",            // OB0844
		"clear-2 2019-01-07 2019-01-08 1", // OB0845
		"c1/law 2019-01-15",               // OB0846
	), on("2019-01-10"))
	var codes []string
	for _, d := range problems {
		codes = append(codes, string(d.Code))
	}
	slices.Sort(codes)
	if st != nil || strings.Join(codes, " ") != "OB0840 OB0841 OB0842 OB0843 OB0844 OB0845 OB0846" {
		t.Errorf("%v", codes)
	}
	for line, code := range map[string]diag.Code{
		"list 2019-01-07 - - 101": Disagrees, "list 2019-01-07 - - 100": Disagrees, "list 2019-01-07 - 0": Disagrees,
		"list 2019-01-07 2019-01-09 - 50": Disagrees, "list - - - 10": NoStart,
	} {
		if _, problems := w.Stand(report(line), on("2019-01-10")); len(problems) != 1 || problems[0].Code != code {
			t.Errorf("%s: %+v", line, problems)
		}
	}
}

// TestForecastHolds asks of forecasts of random work and reports what must be so,
// whatever they are.
func TestForecastHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	missed := 0
	for k := range 120 {
		w, issued := randomWork(t, r, 12, k%2 == 0)
		if issued == nil {
			continue
		}
		day := w.From + org.Date(r.IntN(15))
		var lines []string
		for i, a := range w.Activities {
			// It went as issued, or up to three days later.
			late := org.Date(r.IntN(4))
			start, finish := issued.Start[i]+late, issued.Finish[i]+late+org.Date(r.IntN(2))
			switch {
			case finish <= day:
				lines = append(lines, fmt.Sprintf("%s %s %s", a.ID, start, finish))
			case start <= day && a.Duration > 0:
				lines = append(lines, fmt.Sprintf("%s %s - %d", a.ID, start, 1+r.IntN(3)))
			}
		}
		st := stand(t, w, day.String(), lines...)
		s, clash := Forecast(w, st, sched.Options{Schedules: 200, Seed: 1})
		if s == nil {
			t.Fatalf("case %d: no forecast: %+v", k, clash)
		}
		missed += len(s.Missed)
		late := map[int]bool{}
		for _, m := range s.Missed {
			late[m.Activity] = true
			if s.Finish[m.Activity] <= m.Due || m.Late <= 0 {
				t.Fatalf("case %d: %+v is not late: %s", k, m, s.Finish[m.Activity])
			}
		}
		for i, a := range w.Activities {
			switch st.State[i] {
			case Done:
				if s.Start[i] != st.Started[i] || s.Finish[i] != st.Finished[i] {
					t.Fatalf("case %d: %s is done and was moved", k, a.ID)
				}
			case Running:
				if s.Start[i] != st.Started[i] || s.Finish[i] <= day {
					t.Fatalf("case %d: %s runs: %s – %s as of %s", k, a.ID, s.Start[i], s.Finish[i], day)
				}
			default:
				if s.Start[i] <= day {
					t.Fatalf("case %d: %s has not begun and is put on %s", k, a.ID, s.Start[i])
				}
			}
			if s.Finish[i] > min(a.Deadline, w.Until) && !late[i] {
				t.Fatalf("case %d: %s is late and not told", k, a.ID)
			}
		}
	}
	if missed == 0 {
		t.Error("nothing was ever late: the cases are too easy")
	}
}

// randomWork makes work with links, two teams or three and deadlines, and a schedule of
// it; nil when there is none.
func randomWork(t *testing.T, r *rand.Rand, n int, breaks bool) (*Work, *Schedule) {
	t.Helper()
	w := &Work{From: on("2019-01-07"), Until: on("2019-03-29"), Calendar: FiveDays(),
		Resources: []Resource{{ID: "a", Capacity: 1}, {ID: "b", Capacity: 2}}}
	if breaks { // somebody who is away, and goes on with the same afterwards
		away := org.Interval{From: w.From + 2, To: w.From + 4}
		w.Resources = append(w.Resources, Resource{ID: "c", Capacity: 1, Breaks: true, Away: []Away{{away, 0}, {org.Interval{From: w.From + 9, To: w.From + 11}, 0}}})
	}
	for k := range n {
		a := Activity{ID: fmt.Sprint("t", k), Duration: r.IntN(4), Release: org.Always, Deadline: org.Forever}
		if a.Duration > 0 && r.IntN(3) > 0 {
			a.Needs = []Need{{r.IntN(len(w.Resources)), 1}}
		}
		if r.IntN(4) == 0 {
			a.Deadline = w.From + org.Date(10+r.IntN(20))
		}
		for j := range k {
			if r.IntN(n) < 2 {
				w.Links = append(w.Links, Link{From: j, To: k, Kind: sched.LinkKind(r.IntN(2)), Lag: r.IntN(2)})
			}
		}
		w.Activities = append(w.Activities, a)
	}
	s, _ := Place(w, sched.Options{Schedules: 200, Seed: 1})
	return w, s
}

// The numbers are worked out by hand. Planned days of work done by the end of
// each day: 2, 4, 5, 7, 9. By Wednesday clear-2 is done (2 days) and half of the
// list (1.5): 3.5, which the plan had between the first and second day: ES = 1 +
// (3.5 − 2) / (4 − 2) = 1.75, and three days have passed.
func TestEarnedScheduleByHand(t *testing.T) {
	w := move()
	b := placed(t, w).Issue(on("2019-01-04"), "")
	st := stand(t, w, "2019-01-09", "list 2019-01-08 - 2", "clear-2 2019-01-07 2019-01-09")
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v, by hand %v", what, got, want)
		}
	}
	e := st.Earned(w, b, ByDays, All)[0]
	near("EV", e.Earned, 3.5)
	near("PV", e.Planned, 5)
	near("AT", e.Passed, 3)
	near("ES", e.Time, 1.75)
	near("SV(t)", e.Variance, -1.25)
	near("SPI(t)", e.Index, 1.75/3)
	near("IEAC(t)", e.Estimate, 5/(1.75/3)) // 8.57: the ninth day of work
	if e.End != on("2019-01-17") || e.WasEnd != on("2019-01-11") {
		t.Errorf("end %s, was %s", e.End, e.WasEnd)
	}
	for k, want := range []float64{0, 2, 4, 5, 7, 9} {
		near(fmt.Sprint("planned by day ", k), e.Curve[k].Planned, want)
	}
	// Activities: by Wednesday two were to be finished, and one is: as on Tuesday.
	e = st.Earned(w, b, ByCount, All)[0]
	near("count", e.Earned, 1)
	near("planned count", e.Planned, 2)
	near("ES by count", e.Time, 2)
	near("SPI(t) by count", e.Index, 2.0/3)
	// Of each group by itself.
	got := st.Earned(w, b, ByDays, func(i int) string { g, _, _ := strings.Cut(w.Activities[i].ID, "-"); return g })
	if len(got) != 3 || got[1].Group != "clear" {
		t.Fatalf("%+v", got)
	}
	near("EV of clearing", got[1].Earned, 2)
}

// TestEarnedScheduleOnPlan: who does everything on the days that were issued has
// an index of 1 on every day, in every measure and group, and its estimate is the
// end that was issued.
// So little of a long plan is done that, if it went on like this, it would end in
// 24 years: that tells nothing, and no day is told.
func TestEarnedScheduleTellsNoDayBeyondReckoning(t *testing.T) {
	w := &Work{From: on("2019-01-07"), Until: on("2029-12-31"), Calendar: FiveDays()}
	for k := range 40 {
		w.Activities = append(w.Activities, Activity{ID: fmt.Sprint("t", k), Duration: 5, Release: org.Always, Deadline: org.Forever})
		if k > 0 {
			w.Links = append(w.Links, Link{From: k - 1, To: k})
		}
	}
	b := placed(t, w).Issue(on("2019-01-04"), "")
	e := stand(t, w, "2019-08-02", "t0 2019-01-07 2019-01-11").Earned(w, b, ByDays, All)[0]
	if e.Time != 5 || e.Passed != 150 || e.Estimate != 200/(5/150.) || e.End.Known() {
		t.Errorf("ES %v of %v, IEAC %v, end %s", e.Time, e.Passed, e.Estimate, e.End)
	}
}

func TestEarnedScheduleOnPlan(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 4))
	asked := 0
	for k := range 60 {
		w, issued := randomWork(t, r, 10, false)
		if issued == nil {
			continue
		}
		b := issued.Issue(w.From, "")
		axis := w.axis()
		for day := w.From; day <= issued.End+3; day++ {
			var lines []string
			for i, a := range w.Activities {
				switch {
				case issued.Finish[i] <= day:
					lines = append(lines, fmt.Sprintf("%s %s %s", a.ID, issued.Start[i], issued.Finish[i]))
				case issued.Start[i] <= day && a.Duration > 0:
					lines = append(lines, fmt.Sprintf("%s %s", a.ID, issued.Start[i]))
				}
			}
			st := stand(t, w, day.String(), lines...)
			for _, by := range []Measure{ByDays, ByCount} {
				for _, e := range st.Earned(w, b, by, func(i int) string { return fmt.Sprint(i % 3) }) {
					if e.Passed == 0 || e.Earned == 0 {
						continue
					}
					asked++
					if math.Abs(e.Index-1) > 1e-9 || math.Abs(e.Variance) > 1e-9 || w.unit(axis, e.End) > w.unit(axis, e.WasEnd) {
						t.Fatalf("case %d on %s, measure %d: %+v", k, day, by, e)
					}
				}
			}
			// And the forecast is what was issued.
			if day.String()[8:] == "15" {
				s, _ := Forecast(w, st, sched.Options{Schedules: 300, Seed: 1})
				if s.End > issued.End || len(s.Missed) > 0 {
					t.Fatalf("case %d on %s: on plan, and the forecast ends on %s instead of %s", k, day, s.End, issued.End)
				}
			}
		}
	}
	if asked < 1000 {
		t.Errorf("only %d indices asked", asked)
	}
}

// TestReplanMovesFewest holds the number of activities that start on another day
// against trying everything, on work of which a team loses days.
func TestReplanMovesFewest(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 2))
	moved := 0
	for k := range 60 {
		w, issued := randomWork(t, r, 4, false)
		if issued == nil {
			continue
		}
		w.Until = w.From + 15
		b := issued.Issue(w.From, "")
		for i := range w.Resources {
			from := w.From + org.Date(r.IntN(5))
			w.Resources[i].Away = append(w.Resources[i].Away, Away{org.Interval{From: from, To: from + 2}, 0})
		}
		s, _ := Replan(w, b, nil, sched.Options{Schedules: 20_000, Seed: 1})
		best := fewestMoved(w, b)
		if s == nil {
			if best >= 0 {
				t.Fatalf("case %d: %d would do, and no schedule", k, best)
			}
			continue
		}
		if s.Kept.Away != best || s.Kept.Least != best {
			t.Fatalf("case %d: %+v, trying all gives %d", k, *s.Kept, best)
		}
		moved += best
	}
	if moved < 30 {
		t.Errorf("only %d had to move", moved)
	}
}

// fewestMoved tries every start of every activity within three weeks.
func fewestMoved(w *Work, b *org.Baseline) int {
	axis := w.axis()
	p := w.problem(axis)
	best := -1
	start := make([]int, len(w.Activities))
	var try func(i int)
	try = func(i int) {
		if i == len(start) {
			if len(referee.Check(p, start)) > 0 {
				return
			}
			s := w.schedule(axis, p, w.tails(), w.owners(w.tails()), sched.Placement{Start: start, End: 12})
			away := 0
			for i := range start {
				if s.Start[i] != b.Activities[i].Start {
					away++
				}
			}
			if best < 0 || away < best {
				best = away
			}
			return
		}
		for start[i] = 0; start[i] <= 12; start[i]++ {
			if end := start[i] + p.Tasks[i].Duration; end > p.Tasks[i].Deadline {
				break
			}
			try(i + 1)
		}
	}
	try(0)
	return best
}

// TestReplanFromAReport: nothing that waits begins before the day of the report,
// what went its way stays, and with a report that all goes as issued nothing
// moves.
func TestReplanFromAReport(t *testing.T) {
	w := move()
	issued := placed(t, w)
	b := issued.Issue(on("2019-01-04"), "")
	st := stand(t, w, "2019-01-08", "list 2019-01-07", "clear-2 2019-01-07 2019-01-08")
	s, _ := Replan(w, b, st, sched.Options{Schedules: 500, Seed: 1})
	if s.Kept.Away != 0 || len(s.Since(b)) != 0 {
		t.Errorf("all goes as issued: %+v %+v", *s.Kept, s.Since(b))
	}
	st = stand(t, w, "2019-01-09", "list 2019-01-08 - 2", "clear-2 2019-01-07 2019-01-09")
	s, _ = Replan(w, b, st, sched.Options{Schedules: 500, Seed: 1})
	if s.Kept.Away != 3 || s.Kept.Least != 3 { // the list, and what waits for it
		t.Errorf("%+v\n%s", *s.Kept, drawn(s))
	}
}
