package work

import (
	"math"
	"reflect"
	"testing"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// removal is a bureau that moves: a list is drawn up in 2, 3 or 5 days, agreed in
// 2 by Monday 14 January 2019 at the latest, and two rooms are cleared after it by
// the one crew there is, in 1 day each. The work begins on Monday 7 January.
func removal() *Work {
	crew := Need{0, 1}
	a := func(id string, days int, needs ...Need) Activity {
		return Activity{ID: id, Title: id, Duration: days, Release: org.Always, Deadline: org.Forever, Needs: needs}
	}
	w := &Work{From: on("2019-01-07"), Until: on("2019-01-16"), Calendar: FiveDays(),
		Activities: []Activity{a("list", 3), a("agree", 2), a("clear-1", 1, crew), a("clear-2", 1, crew)},
		Links:      []Link{{From: 0, To: 1, Why: "task"}, {From: 1, To: 2, Why: "task"}, {From: 1, To: 3, Why: "task"}},
		Resources:  []Resource{{ID: "crew", Name: "搬运组", NameEN: "Movers", Capacity: 1}}}
	w.Activities[0].Least, w.Activities[0].Most = 2, 5
	w.Activities[1].Deadline = on("2019-01-14")
	return w
}

// By hand: the list takes 2, 3, 4, 5 days with 3, 6, 4, 2 of 15 chances; agreeing
// then ends on the 10th, 11th, 14th (over a weekend), 15th; all on the 14th, 15th,
// 16th, 17th, as the crew clears one room after the other.
func TestRiskByHand(t *testing.T) {
	s := placed(t, removal())
	if s.End != on("2019-01-15") {
		t.Fatalf("placed to end on %s", s.End)
	}
	const draws = 40_000
	r := s.Risk(RiskOptions{Draws: draws, Seed: 3})
	near := func(what string, n int, fifteenths float64) {
		t.Helper()
		if math.Abs(float64(n)/draws-fifteenths/15) > 0.015 {
			t.Errorf("%s: %d of %d draws, the chance is %v of 15", what, n, draws, fifteenths)
		}
	}
	want := []struct {
		day        string
		fifteenths float64
	}{{"2019-01-14", 3}, {"2019-01-15", 6}, {"2019-01-16", 4}, {"2019-01-17", 2}}
	if len(r.Ends) != len(want) {
		t.Fatalf("ends %+v", r.Ends)
	}
	for k, e := range want {
		if r.Ends[k].Day != on(e.day) {
			t.Errorf("end %d is on %s, not on %s", k, r.Ends[k].Day, e.day)
		}
		near(e.day, r.Ends[k].N, e.fifteenths)
	}
	if r.By(.5) != on("2019-01-15") || r.By(.8) != on("2019-01-16") || r.By(.95) != on("2019-01-17") {
		t.Errorf("P50 %s, P80 %s, P95 %s", r.By(.5), r.By(.8), r.By(.95))
	}
	near("by the deadline", r.Until, 13)
	if len(r.Days) != 1 || r.Days[0].Activity != 1 || r.Days[0].P80 != on("2019-01-14") || len(r.Wavering()) != 1 {
		t.Fatalf("promised days %+v", r.Days)
	}
	near("agreed in time", r.Days[0].Kept, 13)
	if r.Unsure != 1 || r.Assumed != 0 {
		t.Errorf("%d unsure, %d assumed", r.Unsure, r.Assumed)
	}
	for _, x := range r.Work {
		if x.Drives != draws {
			t.Errorf("the end hangs on %s in %d draws", s.Work.Activities[x.Activity].ID, x.Drives)
		}
		if x.Activity == 0 && (math.Abs(x.Sway-1) > 1e-9 || x.Range() != "2–3–5" || x.Delays != draws-r.Days[0].Kept) {
			t.Errorf("the list: %+v", x)
		}
	}
	if len(r.Work) != 4 {
		t.Errorf("the end hangs on %d activities", len(r.Work))
	}
	// The chain goes from one room to the other through the crew.
	why := []sched.ChainWhy{sched.ByStart, sched.ByLink, sched.ByLink, sched.ByResource}
	if len(r.Chain) != 4 {
		t.Fatalf("the chain %+v", r.Chain)
	}
	for k, step := range r.Chain {
		if step.Why != why[k] {
			t.Errorf("step %d: %+v", k, step)
		}
	}
	if got := r.SayStep(lang.EN, 3); got != "when “"+s.Work.Activities[r.Chain[2].Activity].ID+"” gives Movers free" {
		t.Errorf("said: %s", got)
	}
	if r.Buffer != (Buffer{1, 1}) || len(r.Feeding) != 0 {
		t.Errorf("buffers %+v %+v", r.Buffer, r.Feeding)
	}
	if again := s.Risk(RiskOptions{Draws: draws, Seed: 3}); !reflect.DeepEqual(again, r) {
		t.Error("the same seed gives another risk")
	}
}

// A spread that is asked for counts for what has no words of its own, and no more.
func TestRiskUnderASpread(t *testing.T) {
	var spread org.Spread
	spread.Least, spread.Most = org.WrittenNumber(50, removal().Resources[0].At), org.WrittenNumber(200, removal().Resources[0].At)
	s := placed(t, removal())
	r := s.Risk(RiskOptions{Draws: 500, Seed: 1, Spread: spread})
	if r.Unsure != 4 || r.Assumed != 3 {
		t.Errorf("%d unsure, %d assumed", r.Unsure, r.Assumed)
	}
	for _, x := range r.Work {
		want := map[string]string{"list": "2–3–5", "agree": "1–2–4", "clear-1": "1–1–2", "clear-2": "1–1–2"}[s.Work.Activities[x.Activity].ID]
		if x.Range() != want {
			t.Errorf("%s takes %s, want %s", s.Work.Activities[x.Activity].ID, x.Range(), want)
		}
	}
	certain := removal()
	certain.Activities[0].Least, certain.Activities[0].Most = 0, 0
	c := placed(t, certain).Risk(RiskOptions{Draws: 200, Seed: 1})
	if c.Unsure != 0 || len(c.Ends) != 1 || c.Ends[0].Day != on("2019-01-15") || c.Until != c.Draws || c.Buffer.Days != 0 || len(c.Wavering()) != 0 {
		t.Errorf("without a spread: %+v", c)
	}
}

// What leads into the chain beside it has a buffer: by hand, two activities of 1
// day that may take up to 4 are done by then in 90 of 100 cases within 3: 2 beyond
// each, and the root of 8 is 3 in whole days; there are 4 days between.
func TestFeedingBuffer(t *testing.T) {
	a := func(id string, days, most int) Activity {
		return Activity{ID: id, Title: id, Duration: days, Least: days, Most: most, Release: org.Always, Deadline: org.Forever}
	}
	w := &Work{From: on("2019-01-07"), Until: org.Forever, Calendar: FiveDays(), Activities: []Activity{a("long", 6, 6), a("b", 1, 4), a("c", 1, 4), a("last", 1, 1)},
		Links: []Link{{From: 0, To: 3}, {From: 1, To: 2}, {From: 2, To: 3}}}
	r := placed(t, w).Risk(RiskOptions{Draws: 200, Seed: 1})
	if q := (sched.Spread{Least: 1, Likely: 1, Most: 4}).Quantile(.9); q != 3 {
		t.Fatalf("90 of 100 within %d", q)
	}
	if len(r.Feeding) != 1 || r.Feeding[0].Buffer != (Buffer{3, 4}) || !reflect.DeepEqual(r.Feeding[0].Activities, []int{1, 2}) || r.Feeding[0].Into != 3 {
		t.Errorf("%+v", r.Feeding)
	}
	if r.Buffer.Room != -1 {
		t.Errorf("room without a deadline: %+v", r.Buffer)
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		n, of int
		want  string
	}{{0, 10, "0%"}, {10, 10, "100%"}, {9999, 10_000, "99.9%"}, {1, 10_000, "0.1%"}, {1, 3, "33.3%"}, {0, 0, ""}} {
		if got := Share(c.n, c.of); got != c.want {
			t.Errorf("%d of %d is %s", c.n, c.of, got)
		}
	}
}
