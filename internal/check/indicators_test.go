package check_test

import (
	"slices"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

// On Yunhai each number is what one counts by asking who, body by body and duty
// by duty; and each list behind a number holds what it says.
func TestIndicatorsOfYunhai(t *testing.T) {
	board, plan, packs := readExample(t, "yunhai")
	tl := check.Run(board, plan, packs...).Timeline
	before, after := org.Day(2019, 1, 21), org.Day(2019, 2, 28)
	got := tl.Indicators(before, after)

	// everything below is counted by hand, one question at a time
	days := []org.Date{before, after}
	alive := func(id string, day org.Date) *check.BodyVersion { return tl.Body(id).On(day) }
	bodies, posts, powers := [2]map[string]int{}, [2]map[string]int{}, [2]map[string]int{}
	teams, levels := [2]map[string]map[string]bool{}, [2]map[string]map[string]bool{}
	put := func(m map[string]map[string]bool, key, value string) {
		if m[key] == nil {
			m[key] = map[string]bool{}
		}
		m[key][value] = true
	}
	performs := func(d string, day org.Date) (out []string) {
		for _, h := range tl.Who(d, day, "") {
			if h.Key == org.Performer && h.Mode != org.Assist && !slices.Contains(out, h.Body) {
				out = append(out, h.Body)
			}
		}
		return out
	}
	people := [2]map[string]string{} // person → body
	postsOf := [2]map[string][]string{}
	for side, day := range days {
		bodies[side], posts[side], powers[side] = map[string]int{}, map[string]int{}, map[string]int{}
		teams[side], levels[side] = map[string]map[string]bool{}, map[string]map[string]bool{}
		people[side], postsOf[side] = map[string]string{}, map[string][]string{}
		for _, id := range tl.Bodies() {
			b := alive(id, day)
			if b == nil {
				continue
			}
			bodies[side][b.Level+"/"+b.Kind]++
			staff := tl.StaffOf(id, day)
			posts[side][b.Level] += len(staff.Posts)
			for _, a := range staff.Appointments {
				people[side][a.Person] = id
				postsOf[side][id] = append(postsOf[side][id], a.Person)
			}
		}
		for _, d := range tl.Duties() {
			def := tl.Duty(d)
			if !tl.DutyLife(d).Holds(day) {
				continue
			}
			mine := map[string]bool{}
			for _, id := range performs(d, day) {
				level := ""
				if b := alive(id, day); b != nil {
					level = b.Level
					mine[level] = true
				}
				if def.Kind == "penalty" || def.Kind == "inspection" || def.Kind == "compulsory-measure" {
					put(teams[side], def.Matter, id)
					put(levels[side], def.Matter, level)
				}
			}
			if def.Kind != "" && def.Kind != "public-service" && def.Kind != "coordination" && def.Kind != "internal" {
				for level := range mine {
					powers[side][level]++
				}
			}
		}
	}

	for _, x := range got.Bodies {
		key := x.Level + "/" + x.Kind
		for side, list := range [][]string{x.Before, x.After} {
			if len(list) != bodies[side][key] {
				t.Errorf("%s on %s: %d bodies, counted %d", key, days[side], len(list), bodies[side][key])
			}
			bodies[side][key] = 0
			for _, id := range list {
				if b := alive(id, days[side]); b == nil || b.Level != x.Level || b.Kind != x.Kind {
					t.Errorf("%s is not one of %s on %s", id, key, days[side])
				}
			}
		}
	}
	for side := range days {
		for key, n := range bodies[side] {
			if n != 0 {
				t.Errorf("%s on %s is left out: %d", key, days[side], n)
			}
		}
	}
	moved := 0
	for _, f := range got.Fields {
		for side, e := range []check.Enforcing{f.Before, f.After} {
			if len(e.Bodies) != len(teams[side][f.Matter]) || len(e.Levels) != len(levels[side][f.Matter]) {
				t.Errorf("%s on %s: %v at %v, counted %v at %v", f.Matter, days[side], e.Bodies, e.Levels, teams[side][f.Matter], levels[side][f.Matter])
			}
			delete(teams[side], f.Matter)
		}
		if !slices.Equal(f.Before.Bodies, f.After.Bodies) {
			moved++
		}
	}
	if len(teams[0])+len(teams[1]) > 0 || moved == 0 {
		t.Errorf("fields left out: %v %v; moved: %d", teams[0], teams[1], moved)
	}
	for _, x := range got.Levels {
		for side, s := range []check.LevelSide{x.Before, x.After} {
			if len(s.Posts) != posts[side][x.Level] || len(s.Powers) != powers[side][x.Level] {
				t.Errorf("%q on %s: %d posts, %d powers, counted %d and %d", x.Level, days[side], len(s.Posts), len(s.Powers), posts[side][x.Level], powers[side][x.Level])
			}
		}
	}
	ended := 0
	for _, id := range tl.Bodies() {
		if alive(id, before) == nil || alive(id, after) != nil {
			continue
		}
		ended++
		known, unknown := 0, 0
		for _, person := range postsOf[0][id] {
			if at := people[1][person]; at != "" {
				known++
			} else {
				unknown++
			}
		}
		i := slices.IndexFunc(got.Staff, func(s check.StaffCount) bool { return s.Body.ID == id })
		if i < 0 || len(got.Staff[i].Known) != known || len(got.Staff[i].Unknown) != unknown {
			t.Errorf("%s: %d known, %d unknown; %+v", id, known, unknown, got.Staff)
		}
	}
	if len(got.Staff) != ended || ended < 30 {
		t.Errorf("%d bodies end, %d are counted", ended, len(got.Staff))
	}
	if len(plan.Processes) < 3 || len(got.Processes) != len(plan.Processes) {
		t.Fatalf("%d processes, %d counted", len(plan.Processes), len(got.Processes))
	}
	for i, p := range plan.Processes {
		for side, day := range days {
			handoffs, last := 0, ""
			for _, r := range p.Steps {
				bodies := performs(r.ID, day)
				slices.Sort(bodies)
				now := strings.Join(bodies, " ")
				if now == "" {
					continue
				}
				if last != "" && now != last {
					handoffs++
				}
				last = now
			}
			if n := []int{got.Processes[i].Before, got.Processes[i].After}[side]; n != handoffs {
				t.Errorf("%s on %s: %d hand-offs, counted %d", p.ID.ID, day, n, handoffs)
			}
		}
	}
	if p := got.Processes[0]; p.After >= p.Before {
		t.Errorf("opening a restaurant takes %d hand-offs before and %d after; the two bureaus merge", p.Before, p.After)
	}
	if same := tl.Indicators(org.NoDate, org.NoDate); same.Before != before {
		t.Errorf("the day before the plan is %s, not %s", same.Before, before)
	}
}
