package work

import (
	"slices"
	"testing"

	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// The list takes three days, agreeing two, and clearing begins with agreeing: the
// end is Friday. With a crew of two nothing changes but who is busy; with a list
// of five days three of the four move, and a deadline on Friday is missed by two.
func TestCompareSetsBranchesSideBySide(t *testing.T) {
	try := func(w *Work, words string) Branch {
		w, wrong := w.Suppose(words)
		if wrong != nil {
			t.Fatalf("%s: %+v", words, wrong)
		}
		return Try(words, w, sched.Options{Schedules: 500, Seed: 1})
	}
	w := move()
	list := Compare([]Branch{Try("plan", w, sched.Options{Schedules: 500, Seed: 1}), try(w, "crew=2"), try(w, "list=5"), try(w, "list=5, deadline=2019-01-11"), try(w, "crew=0")})
	plan, crew, long, late, nobody := list[0], list[1], list[2], list[3], list[4]
	if !plan.Fits || plan.End != on("2019-01-11") || plan.Moved != 0 || plan.Deadlines != 0 {
		t.Errorf("plan: %+v", plan)
	}
	if names := []string{w.Activities[plan.Chain[0]].ID, w.Activities[plan.Chain[1]].ID}; !slices.Equal(names, []string{"list", "agree"}) {
		t.Errorf("chain: %v", names)
	}
	if crew.Peaks[0].Capacity != 2 || crew.End != plan.End {
		t.Errorf("a crew of two: %+v", crew)
	}
	if long.End != on("2019-01-15") || long.Moved != 3 || !long.Fits {
		t.Errorf("a longer list: %+v", long)
	}
	if late.Fits || late.Late != 2 || late.Deadlines != 4 || late.Kept != 2 {
		t.Errorf("and a deadline: %+v", late)
	}
	if nobody.Placed {
		t.Errorf("nobody to clear the rooms: %+v", nobody)
	}
	if w.Resources[0].Capacity != 1 || w.Activities[0].Duration != 3 || w.Until != org.Forever {
		t.Error("supposing has changed the work itself")
	}
}

func TestSupposeRefuses(t *testing.T) {
	for words, wrong := range map[string]string{"crew": "form", "=3": "form", "crew=x": "value", "crew=-1": "value", "deadline=soon": "value", "painters=2": "what",
		"crew=0@yesterday": "days", "crew=0@2019-01-09/2019-01-08": "days", "list=3@2019-01-09": "days"} {
		if _, got := move().Suppose(words); got == nil || got.Wrong != wrong {
			t.Errorf("%s: %+v, want %s", words, got, wrong)
		}
	}
	w, _ := move().Suppose("crew=0@2019-01-08/2019-01-09")
	if r := &w.Resources[0]; r.On(on("2019-01-07")) != 1 || r.On(on("2019-01-08")) != 0 || r.On(on("2019-01-09")) != 0 || r.On(on("2019-01-10")) != 1 {
		t.Errorf("%+v", r.Away)
	}
}
