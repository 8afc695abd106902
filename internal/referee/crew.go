package referee

import (
	"slices"

	"oneboard/internal/sched"
)

// The rules of who does what.
const (
	Unmanned Rule = iota + 32 // a task has fewer or more people than it needs
	Unable                    // somebody does what he can't, or what was not asked
	Absent                    // somebody does something while he is away
	Doubled                   // somebody does two things at once
)

// CheckCrew gives every breach of the rules by who does what: turns are for the
// tasks of a problem where start places them. Of each need of a resource that
// somebody can do the work of, as many are there as it asks for, at each time of
// the task. Once for each task and resource, and for each turn, it tells of a
// breach. The cost is the sum of all turns' times, and of the tasks' durations.
func CheckCrew(p *sched.Problem, staff []sched.Person, start []int, turns []sched.Turn) []Breach {
	if len(start) != len(p.Tasks) {
		return []Breach{{Rule: NotPlaced}}
	}
	var out []Breach
	type cell struct{ task, resource, time int }
	there := map[cell]int{}
	type hour struct{ person, time int }
	at := map[hour]bool{}
	for k, turn := range turns {
		if turn.Task < 0 || turn.Task >= len(p.Tasks) || turn.Person < 0 || turn.Person >= len(staff) ||
			turn.Resource < 0 || turn.Resource >= len(p.Resources) {
			out = append(out, Breach{Rule: Unable, Turn: k})
			continue
		}
		b := Breach{Task: turn.Task, Resource: turn.Resource, Turn: k}
		who := staff[turn.Person]
		from, to := start[turn.Task], start[turn.Task]+p.Tasks[turn.Task].Duration
		if !slices.Contains(who.Can, turn.Resource) || turn.From < from || turn.To > to || turn.From >= turn.To {
			b.Rule, b.Time = Unable, turn.From
			out = append(out, b)
			continue
		}
		for time := turn.From; time < turn.To; time++ {
			there[cell{turn.Task, turn.Resource, time}]++
			b.Time = time
			for _, away := range who.Away {
				if away.From <= time && time < away.To && b.Rule == 0 {
					b.Rule = Absent
				}
			}
			if at[hour{turn.Person, time}] && b.Rule == 0 {
				b.Rule = Doubled
			}
			at[hour{turn.Person, time}] = true
			if b.Rule != 0 {
				break
			}
		}
		if b.Rule != 0 {
			out = append(out, b)
		}
	}
	manned := map[int]bool{}
	for _, who := range staff {
		for _, r := range who.Can {
			manned[r] = true
		}
	}
	for i, t := range p.Tasks {
		wants := map[int]int{}
		for _, need := range t.Needs {
			wants[need.Resource] += need.Amount
		}
		for r := range p.Resources {
			if !manned[r] {
				continue
			}
			for time := start[i]; time < start[i]+t.Duration; time++ {
				if got := there[cell{i, r, time}]; got != wants[r] {
					out = append(out, Breach{Rule: Unmanned, Task: i, Resource: r, Time: time, By: wants[r] - got})
					break
				}
			}
		}
	}
	return out
}
