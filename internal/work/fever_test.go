package work

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// By hand: by Wednesday evening the list, begun a day late, has two of its three
// days left: 1, 2 or 3 by the same measure, with 1, 2 and 1 of 4 chances. Agreeing
// then ends on the 14th, 15th or 16th, all on the 16th, 17th or 18th. As issued all
// was to end on the 15th, with a buffer of one day: two are used, and of the seven
// days of work of the chain one and a half are done.
func TestRiskOfAForecastByHand(t *testing.T) {
	w := removal()
	issued := placed(t, w).Issue(on("2019-01-04"), "")
	st := stand(t, w, "2019-01-09", "list 2019-01-08 - 2")
	s, _ := Forecast(w, st, sched.Options{Schedules: 500, Seed: 1})
	if s.End != on("2019-01-17") {
		t.Fatalf("forecast to end on %s", s.End)
	}
	const draws = 40_000
	r := s.Risk(RiskOptions{Draws: draws, Seed: 3, Issued: issued})
	near := func(what string, n int, chance float64) {
		t.Helper()
		if math.Abs(float64(n)/draws-chance) > 0.015 {
			t.Errorf("%s: %d of %d draws, the chance is %v", what, n, draws, chance)
		}
	}
	for k, day := range []string{"2019-01-16", "2019-01-17", "2019-01-18"} {
		if len(r.Ends) != 3 || r.Ends[k].Day != on(day) {
			t.Fatalf("ends %+v", r.Ends)
		}
		near(day, r.Ends[k].N, []float64{.25, .5, .25}[k])
	}
	near("by the deadline", r.Until, .25)
	near("by the deadline as issued", r.Before.Until, 13./15)
	if len(r.Days) != 1 || r.Days[0].Activity != 1 || r.Days[0].P80 != on("2019-01-16") {
		t.Fatalf("promised days %+v", r.Days)
	}
	near("agreed in time", r.Days[0].Kept, .25)
	near("agreed in time as issued", r.Days[0].Was, 13./15)
	if len(r.Fever) != 1 {
		t.Fatalf("buffers %+v", r.Fever)
	}
	if b := r.Fever[0]; b.Into != -1 || b.Size != 1 || b.Used != 2 || math.Abs(b.Done-1.5/7) > 1e-9 || b.Zone != Red || b.Was != on("2019-01-15") || b.Now != s.End || len(b.Chain) != 4 {
		t.Errorf("project buffer %+v", b)
	}
	for _, x := range r.Work {
		if x.Activity == 0 && x.Range() != "1–2–3" {
			t.Errorf("what is left of the list takes %s", x.Range())
		}
	}
}

// By hand: a feeding chain of two days with a buffer of 3, and room of 4 days,
// ends two days later: one of them is room besides, so one day of 3 is used when
// half of it is done: just green. A day later it is yellow.
func TestFeverOfAFeedingBuffer(t *testing.T) {
	a := func(id string, days, most int) Activity {
		return Activity{ID: id, Title: id, Duration: days, Least: days, Most: most, Release: org.Always, Deadline: org.Forever}
	}
	w := &Work{From: on("2019-01-07"), Until: org.Forever, Calendar: FiveDays(), Activities: []Activity{a("long", 6, 6), a("b", 1, 4), a("c", 1, 4), a("last", 1, 1)},
		Links: []Link{{From: 0, To: 3}, {From: 1, To: 2}, {From: 2, To: 3}}}
	issued := placed(t, w).Issue(on("2019-01-04"), "")
	for _, c := range []struct {
		day, b string
		used   int
		zone   Zone
	}{{"2019-01-09", "2019-01-09", 1, Green}, {"2019-01-10", "2019-01-10", 2, Yellow}} {
		st := stand(t, w, c.day, "long 2019-01-07", "b 2019-01-07 "+c.b)
		s, _ := Forecast(w, st, sched.Options{Schedules: 500, Seed: 1})
		r := s.Risk(RiskOptions{Draws: 200, Seed: 1, Issued: issued})
		found := false
		for _, f := range r.Fever {
			if f.Into != 3 {
				continue
			}
			found = true
			if f.Size != 3 || f.Used != c.used || f.Done != .5 || f.Zone != c.zone {
				t.Errorf("as of %s: %+v", c.day, f)
			}
		}
		if !found {
			t.Errorf("as of %s there is no feeding buffer: %+v", c.day, r.Fever)
		}
	}
}

// The bounds between zones are thirds of the buffer halfway, and never cross.
func TestZoneBounds(t *testing.T) {
	for _, c := range []struct {
		done        float64
		yellow, red float64
	}{{0, 0, 1. / 3}, {.5, 1. / 3, 2. / 3}, {1, 2. / 3, 1}} {
		if yellow, red := ZoneBounds(c.done); math.Abs(yellow-c.yellow) > 1e-12 || math.Abs(red-c.red) > 1e-12 {
			t.Errorf("%v done: %v, %v", c.done, yellow, red)
		}
	}
	if zoneOf(0, 5, 0) != Green || zoneOf(1, 5, 0) != Yellow || zoneOf(2, 5, 0) != Red || zoneOf(3, 5, 1) != Green || zoneOf(5, 5, 1) != Yellow || zoneOf(6, 5, 1) != Red {
		t.Error("zones by hand")
	}
}

// TestRiskOfForecastsHolds: where every time is certain, what may become of a
// forecast is the forecast itself, and a promised day is kept exactly when the
// forecast does not tell it as missed; with spreads the earliest end is no earlier
// than what is finished or declared.
func TestRiskOfForecastsHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 2))
	forecasts, missed := 0, 0
	for k := range 150 {
		w, issued := randomWork(t, r, 12, k%2 == 0)
		if issued == nil {
			continue
		}
		baseline := issued.Issue(w.From, "")
		day := w.From + org.Date(r.IntN(15))
		if law := day + org.Date(r.IntN(8)); k%3 > 0 { // a day that the plan declares, after some work
			w.Activities = append(w.Activities, Activity{ID: "c1/law", Step: LawStep, Release: law, Deadline: law, Fixed: true})
			w.Links = append(w.Links, Link{From: r.IntN(12), To: 12}, Link{From: r.IntN(12), To: 12, Kind: sched.StartStart, Lag: 1})
		}
		var lines []string
		for i, a := range w.Activities[:12] {
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
		s, _ := Forecast(w, st, sched.Options{Schedules: 200, Seed: 1})
		if s == nil {
			continue
		}
		forecasts++
		risk := s.Risk(RiskOptions{Draws: MinDraws, Seed: 1})
		if len(risk.Ends) != 1 || risk.Ends[0].Day > s.End {
			t.Fatalf("case %d: forecast to end on %s, drawn %+v", k, s.End, risk.Ends)
		}
		late := map[int]bool{} // an activity, or the declared day that asks for it
		for _, m := range s.Missed {
			if m.For >= 0 {
				late[m.For] = true
			} else {
				late[m.Activity] = true
			}
		}
		for _, d := range risk.Days {
			if st.State[d.Activity] == Done {
				t.Fatalf("case %d: %s is done, and drawn", k, w.Activities[d.Activity].ID)
			}
			if late[d.Activity] {
				missed++
				// A milestone may stand at the very end of its last day.
				if a := &w.Activities[d.Activity]; d.Kept > 0 && (a.Duration > 0 || a.Fixed) {
					t.Fatalf("case %d: %s is missed by the forecast, and kept in %d of %d draws", k, a.ID, d.Kept, risk.Draws)
				}
			}
			if !late[d.Activity] && d.Kept != risk.Draws {
				t.Fatalf("case %d: %s is kept by the forecast and by %d of %d draws", k, w.Activities[d.Activity].ID, d.Kept, risk.Draws)
			}
		}
		var spread org.Spread
		spread.Least, spread.Most = org.WrittenNumber(50, w.Activities[0].At), org.WrittenNumber(200, w.Activities[0].At)
		risk = s.Risk(RiskOptions{Draws: MinDraws, Seed: 1, Spread: spread, Issued: baseline})
		for i := range w.Activities {
			if st.State[i] == Done && risk.Ends[0].Day < s.Finish[i] {
				t.Fatalf("case %d: %s ends on %s, and all in some draw on %s", k, w.Activities[i].ID, s.Finish[i], risk.Ends[0].Day)
			}
		}
		for n, step := range risk.Chain {
			if st.State[step.Activity] == Done {
				t.Fatalf("case %d: what is done is in the chain", k)
			}
			if step.Why == sched.ByLink && (w.Links[step.Link].To != step.Activity || w.Links[step.Link].From != risk.Chain[n-1].Activity) {
				t.Fatalf("case %d: step %d is said to follow by link %+v", k, n, w.Links[step.Link])
			}
			if risk.SayStep(lang.EN, n) == "" {
				t.Fatalf("case %d: nothing is said of step %d", k, n)
			}
		}
	}
	if forecasts < 100 || missed == 0 {
		t.Errorf("%d forecasts with %d missed days: the cases are too easy", forecasts, missed)
	}
}
