package work

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// manned makes work for people with several skills, who tie their teams together.
func manned(r *rand.Rand) *Work {
	w := &Work{From: on("2019-03-04"), Until: org.Forever, Calendar: FiveDays()}
	teams := 3 + r.IntN(4)
	for k := range teams {
		w.Resources = append(w.Resources, Resource{ID: fmt.Sprint("r", k), Capacity: 9})
	}
	for k := range teams + 2 {
		p := Person{ID: fmt.Sprint("p", k), Can: []int{k % teams}}
		for other := range teams {
			if other != k%teams && r.IntN(3) == 0 {
				p.Can = append(p.Can, other)
			}
		}
		if r.IntN(4) == 0 {
			day := w.From + org.Date(r.IntN(3))
			p.Away = []org.Interval{{From: day, To: day + 1}}
		}
		w.Staff = append(w.Staff, p)
	}
	for k := range 6 + r.IntN(4) {
		a := Activity{ID: fmt.Sprint("t", k), Duration: 1 + r.IntN(2), Release: org.Always, Deadline: org.Forever, Needs: []Need{{r.IntN(teams), 1}}}
		if other := r.IntN(teams); other != a.Needs[0].Resource && r.IntN(2) == 0 {
			a.Needs = append(a.Needs, Need{other, 1})
		}
		w.Activities = append(w.Activities, a)
	}
	return w
}

// TestTiesAddedWhenTheyMatter holds work that is placed with few sets of teams and
// those that turn out to matter against the same with all sets: they end on the
// same day where both are proved, and on each day of the first somebody is found
// for everything by trying all.
func TestTiesAddedWhenTheyMatter(t *testing.T) {
	was := mostSets
	t.Cleanup(func() { mostSets = was })
	r := rand.New(rand.NewPCG(4, 6))
	grown, held := 0, 0
	for c := range 120 {
		w := manned(r)
		mostSets = was
		w.Employ(func(int) bool { return false })
		o := sched.Options{Schedules: 400, Seed: 1}
		all, _ := Place(w, o)
		if w.ties.some {
			t.Fatalf("case %d: not all sets of %d teams were made", c, len(w.Resources))
		}
		few := *w
		mostSets = r.IntN(2)
		few.ties = few.tie()
		before := len(few.ties.list)
		s, _ := Place(&few, o)
		if (s == nil) != (all == nil) {
			t.Fatalf("case %d: placed with all sets %v, with few %v", c, all != nil, s != nil)
		}
		if s == nil {
			continue
		}
		if len(few.ties.list) > before {
			grown++
		}
		if s.Optimal && all.Optimal {
			if held++; s.End != all.End {
				t.Fatalf("case %d: ends on %s with all sets, on %s with few", c, all.End, s.End)
			}
		}
		if s.Lower > all.End {
			t.Fatalf("case %d: with few sets no schedule is said to end before %s; one ends on %s", c, s.Lower, all.End)
		}
		for d := w.From; d <= s.End; d++ {
			var wanted []int // the teams of which somebody is wanted
			for i := range w.Activities {
				if w.Calendar.Works(d) && s.at(i, d) {
					for _, n := range w.Activities[i].Needs {
						wanted = append(wanted, n.Resource)
					}
				}
			}
			if !everybody(w, d, wanted, map[int]bool{}) {
				t.Fatalf("case %d: on %s nobody can be found for all of %v", c, d, wanted)
			}
		}
	}
	if grown < 20 || held < 60 {
		t.Errorf("in %d cases a set was added, and %d were proved: they are too easy", grown, held)
	}
}

// everybody reports whether each wanted team gets somebody of its own, by trying
// all people for each.
func everybody(w *Work, d org.Date, wanted []int, busy map[int]bool) bool {
	if len(wanted) == 0 {
		return true
	}
	for i, p := range w.Staff {
		if busy[i] {
			continue
		}
		can, there := false, true
		for _, k := range p.Can {
			can = can || k == wanted[0]
		}
		for _, a := range p.Away {
			there = there && !a.Holds(d)
		}
		if !can || !there {
			continue
		}
		busy[i] = true
		if everybody(w, d, wanted[1:], busy) {
			return true
		}
		delete(busy, i)
	}
	return false
}
