package referee

import (
	"fmt"
	"strings"
	"testing"

	"oneboard/internal/sched"
)

// dig and pave share one crew of two, of whom one is away at times 4 and 5.
// Paving follows digging by a day; the sign goes up while paving begins, and is
// down when it ends.
func road() *sched.Problem {
	crew := []sched.Need{{Resource: 0, Amount: 2}}
	return &sched.Problem{
		Tasks: []sched.Task{
			{Duration: 2, Release: 1, Deadline: sched.None, Needs: crew}, // dig
			{Duration: 2, Deadline: 9, Needs: crew},                      // pave
			{Duration: 2, Deadline: sched.None},                          // sign
		},
		Links: []sched.Link{
			{From: 0, To: 1, Kind: sched.FinishStart, Lag: 1},
			{From: 1, To: 2, Kind: sched.StartStart},
			{From: 1, To: 2, Kind: sched.FinishFinish},
			{From: 0, To: 2, Kind: sched.StartFinish, Lag: 7},
		},
		Resources: []sched.Resource{{Capacity: 2, Steps: []sched.Step{{At: 4, Capacity: 1}, {At: 6, Capacity: 2}}}},
	}
}

func told(breaches []Breach) string {
	var out []string
	for _, b := range breaches {
		out = append(out, b.Error())
	}
	return strings.Join(out, "\n")
}

// TestEveryRuleIsHeld: each schedule is worked out by hand, with what is wrong
// with it.
func TestEveryRuleIsHeld(t *testing.T) {
	for _, c := range []struct {
		what  string
		start []int
		want  string
	}{
		{"as it must be", []int{1, 6, 6}, ""},
		{"a task is left out", []int{1, 6}, "not every task is placed"},
		{"before the release", []int{0, 6, 6}, "task 0 starts at 0, 1 too early"},
		{"before time 0", []int{1, 6, -1}, "task 2 starts at -1, 1 too early\nlink 1: task 2 is placed at -1, 7 short of its lag\nlink 2: task 2 is placed at -1, 7 short of its lag\nlink 3: task 2 is placed at -1, 7 short of its lag"},
		{"after the deadline", []int{1, 8, 8}, "task 1 starts at 8 and is finished 1 too late"},
		{"too soon after digging", []int{5, 7, 10}, "link 0: task 1 is placed at 7, 1 short of its lag\nresource 0 at time 5: 1 too much is used"},
		{"the sign comes late and goes early", []int{1, 7, 6}, "link 1: task 2 is placed at 6, 1 short of its lag\nlink 2: task 2 is placed at 6, 1 short of its lag"},
		{"one of the crew is away", []int{1, 5, 6}, "resource 0 at time 5: 1 too much is used"},
		{"away while they dig, twice too many later", []int{3, 6, 8}, "resource 0 at time 4: 1 too much is used"},
	} {
		if got := told(Check(road(), c.start)); got != c.want {
			t.Errorf("%s: it says\n%s\nand should say\n%s", c.what, got, c.want)
		}
	}
}

// TestWhoDoesWhatIsHeld: two surveyors, of whom the second can draw as well and
// is away at time 1; a plan of two surveys at once, then a drawing.
func TestWhoDoesWhatIsHeld(t *testing.T) {
	p := &sched.Problem{
		Tasks: []sched.Task{
			{Duration: 1, Deadline: sched.None, Needs: []sched.Need{{Resource: 0, Amount: 2}}},
			{Duration: 1, Deadline: sched.None, Needs: []sched.Need{{Resource: 1, Amount: 1}}},
		},
		Resources: []sched.Resource{{Capacity: 2}, {Capacity: 1}},
	}
	staff := []sched.Person{{Can: []int{0}}, {Can: []int{0, 1}, Away: []sched.Stretch{{From: 1, To: 2}}}}
	turn := func(task, resource, person, from int) sched.Turn {
		return sched.Turn{Task: task, Resource: resource, Person: person, Stretch: sched.Stretch{From: from, To: from + 1}}
	}
	rules := map[Rule]string{Unmanned: "unmanned", Unable: "unable", Absent: "absent", Doubled: "doubled", NotPlaced: "not placed"}
	for _, c := range []struct {
		what  string
		start []int
		turns []sched.Turn
		want  string
	}{
		{"as it must be", []int{0, 2}, []sched.Turn{turn(0, 0, 0, 0), turn(0, 0, 1, 0), turn(1, 1, 1, 2)}, ""},
		{"a task is left out", []int{0}, nil, "not placed 0"},
		{"one surveyor alone", []int{0, 2}, []sched.Turn{turn(0, 0, 0, 0), turn(1, 1, 1, 2)}, "unmanned 1"},
		{"one too many", []int{2, 0}, []sched.Turn{turn(0, 0, 0, 2), turn(0, 0, 1, 2), turn(0, 0, 0, 2), turn(1, 1, 1, 0)}, "doubled 0, unmanned -1"},
		{"he can't draw", []int{0, 2}, []sched.Turn{turn(0, 0, 0, 0), turn(0, 0, 1, 0), turn(1, 1, 0, 2)}, "unable 0, unmanned 1"},
		{"she is away", []int{2, 1}, []sched.Turn{turn(0, 0, 0, 2), turn(0, 0, 1, 2), turn(1, 1, 1, 1)}, "absent 0"},
		{"both at once", []int{0, 0}, []sched.Turn{turn(0, 0, 0, 0), turn(0, 0, 1, 0), turn(1, 1, 1, 0)}, "doubled 0"},
		{"nobody of that number", []int{0, 2}, []sched.Turn{turn(0, 0, 0, 0), turn(0, 0, 1, 0), turn(1, 1, 7, 2)}, "unable 0, unmanned 1"},
		{"after the task", []int{0, 2}, []sched.Turn{turn(0, 0, 0, 0), turn(0, 0, 1, 0), turn(1, 1, 1, 3)}, "unable 0, unmanned 1"},
	} {
		var got []string
		for _, b := range CheckCrew(p, staff, c.start, c.turns) {
			got = append(got, fmt.Sprint(rules[b.Rule], " ", b.By))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: it says %q and should say %q", c.what, strings.Join(got, ", "), c.want)
		}
	}
}
