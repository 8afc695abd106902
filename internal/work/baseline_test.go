package work

import (
	"math/rand/v2"
	"testing"

	"oneboard/internal/org"
	"oneboard/internal/sched"
)

func on(s string) org.Date {
	d, err := org.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// move is work of a bureau that moves: a list is drawn up (3 days), agreed (2),
// and two rooms are cleared (2 days each) by the one crew there is. Day 0 is
// Monday 7 January 2019.
func move() *Work {
	none := func(id string, days int, needs ...Need) Activity {
		return Activity{ID: id, Title: id, Duration: days, Release: org.Always, Deadline: org.Forever, Needs: needs}
	}
	crew := Need{0, 1}
	return &Work{From: on("2019-01-07"), Until: org.Forever, Calendar: FiveDays(),
		Activities: []Activity{none("list", 3), none("agree", 2), none("clear-1", 2, crew), none("clear-2", 2, crew)},
		Links:      []Link{{From: 0, To: 1}, {From: 1, To: 2, Kind: sched.StartStart}},
		Resources:  []Resource{{ID: "crew", Name: "搬运组", Capacity: 1}}}
}

func placed(t *testing.T, w *Work) *Schedule {
	t.Helper()
	s, clash := Place(w, sched.Options{Schedules: 2000, Seed: 1})
	if s == nil {
		t.Fatalf("no schedule: %+v", clash)
	}
	return s
}

// By hand: the list takes Monday to Wednesday, agreeing Thursday and Friday,
// clear-1 starts with agreeing, clear-2 is done before. The list then takes two
// days more: agreeing moves to the next Monday over the weekend, by two days of
// work, and clear-1 with it.
func TestSinceTellsWhatMovedAndWhy(t *testing.T) {
	w := move()
	issued := placed(t, w).Issue(on("2019-01-04"), "")
	if got := issued.By()["agree"]; got.Start != on("2019-01-10") || got.Finish != on("2019-01-11") || issued.End != on("2019-01-11") {
		t.Fatalf("issued %+v", issued)
	}
	later := move()
	later.Activities[0].Duration = 5
	s := placed(t, later)
	got := map[string]Moved{}
	for _, m := range s.Since(issued) {
		got[m.ID] = m
	}
	if m := got["list"]; m.Why != ByDuration || m.Start != 0 || m.Finish != 2 {
		t.Errorf("list: %+v", m)
	}
	if m := got["agree"]; m.Why != ByLink || m.Cause != "list" || m.Start != 2 || m.Finish != 2 {
		t.Errorf("agree: %+v", m)
	}
	if m := got["clear-1"]; m.Why != ByLink || m.Cause != "agree" || m.Start != 2 {
		t.Errorf("clear-1: %+v", m)
	}
	later.Activities[1].ID = "consent"
	got = map[string]Moved{}
	for _, m := range placed(t, later).Since(issued) {
		got[m.ID] = m
	}
	if got["consent"].Why != ByNew || got["agree"].Why != ByDropped || got["agree"].Place != -1 {
		t.Errorf("renamed: %+v", got)
	}
}

func TestSinceNamesCalendarReleaseAndCapacity(t *testing.T) {
	w := move()
	w.Links = nil
	s := placed(t, w)
	issued := s.Issue(on("2019-01-04"), "")
	first, second := "clear-1", "clear-2"
	if issued.By()[second].Start < issued.By()[first].Start {
		first, second = second, first
	}
	// The second was issued for the days of the first: the crew is taken.
	for i := range issued.Activities {
		if a := &issued.Activities[i]; a.ID == second {
			a.Start, a.Finish = issued.By()[first].Start, issued.By()[first].Finish
		}
	}
	moved := s.Since(issued)
	if len(moved) != 1 || moved[0].ID != second || moved[0].Why != ByCapacity || moved[0].Cause != "crew" || moved[0].Start != 2 {
		t.Errorf("capacity: %+v", moved)
	}
	// Monday is declared a day off: all move by a day, the list for that reason.
	issued = s.Issue(on("2019-01-04"), "")
	off := move()
	off.Links = nil
	off.Calendar.Days[on("2019-01-07")] = false
	off.Activities[1].Release = on("2019-01-09")
	got := map[string]Moved{}
	for _, m := range placed(t, off).Since(issued) {
		got[m.ID] = m
	}
	if got["list"].Why != ByCalendar {
		t.Errorf("calendar: %+v", got["list"])
	}
	if m := got["agree"]; m.Why != ByRelease || m.Start != 1 { // of two calendar days one is off
		t.Errorf("release: %+v", m)
	}
}

// TestLoadAgainstSlowCount counts the use of each day by looking at every
// activity on every day.
func TestLoadAgainstSlowCount(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 40 {
		w := move()
		w.Links = nil
		w.Resources[0].Capacity = 3
		w.Resources[0].Away = []Away{{org.Interval{From: w.From + 2, To: w.From + 9}, 2}}
		for k := range 8 {
			w.Activities = append(w.Activities, Activity{ID: string(rune('a' + k)), Duration: r.IntN(6), Release: org.Always, Deadline: org.Forever, Needs: []Need{{0, 1 + r.IntN(2)}}})
		}
		s := placed(t, w)
		days := s.Load(0)
		at := 0
		for d := w.From; d <= s.End; d++ {
			if !w.Calendar.Works(d) {
				continue
			}
			used := 0
			for i, a := range w.Activities {
				if a.Duration > 0 && s.Start[i] <= d && d <= s.Finish[i] {
					for _, n := range a.Needs {
						used += n.Amount
					}
				}
			}
			if days[at].Day != d || days[at].Used != used || used > days[at].Capacity {
				t.Fatalf("%s: %+v, counted %d", d, days[at], used)
			}
			at++
		}
		if at != len(days) {
			t.Fatalf("%d days of load, counted %d", len(days), at)
		}
	}
}
