package check

import (
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

var (
	// TwoAnswer: more than one body answers for a task.
	TwoAnswer = diag.Define("OB0800", diag.Error)
	// TasksCircle: tasks of the plan wait for each other.
	TasksCircle = diag.Define("OB0804", diag.Error)
	// TeamTooSmall: a task takes more people of a team than the team ever has.
	TeamTooSmall = diag.Define("OB0805", diag.Error)
	// NobodyThere: a team has no capacity, and nobody who can do its work.
	NobodyThere = diag.Define("OB0860", diag.Error)
)

// tasks checks the plan's own tasks, its teams and who has which role: that
// every name is there, that one body answers for each task, and that tasks can be
// done one after another. It takes time linear in what is written.
func (c *checker) tasks() {
	if c.part() {
		return
	}
	teams := map[string]*org.Team{}
	first := map[string]diag.Span{}
	twice := func(what string, id org.Ref) bool {
		if at, taken := first[what+id.ID]; taken {
			c.report(diag.At(DuplicateID, id.At, diag.F("id", id.ID), diag.F("what", diag.Word("what."+what))).Note(at, "first_here"))
			return true
		}
		if id.Given() {
			first[what+id.ID] = id.At
		}
		return false
	}
	for i := range c.plan.Teams {
		t := &c.plan.Teams[i]
		if !twice("teams", t.ID) {
			teams[t.ID.ID] = t
		}
		c.ref(c.bodyIx, t.Body)
	}
	able := map[string]int{} // how many can do the work of a team
	for i := range c.plan.Staff {
		s := &c.plan.Staff[i]
		twice("staff", s.ID)
		seen := map[string]bool{}
		for _, r := range s.Can {
			if teams[r.ID] == nil && r.Given() {
				c.unknownID("teams", r.ID, r.At)
			} else if !seen[r.ID] {
				seen[r.ID] = true
				able[r.ID]++
			}
		}
	}
	for i := range c.plan.Teams {
		if t := &c.plan.Teams[i]; t.ID.Given() && !t.Capacity.Given() && able[t.ID.ID] == 0 {
			c.report(diag.At(NobodyThere, t.ID.At, diag.F("value", t.ID.ID)))
		}
	}
	for i := range c.plan.Rests {
		c.ref(c.bodyIx, c.plan.Rests[i].Body)
	}
	for _, r := range c.plan.Roles {
		c.ref(c.bodyIx, r.Body)
		c.ref(c.areaIx, r.Area)
	}
	ids, changes := map[string]int{}, map[string]bool{}
	for _, ch := range c.plan.Changes {
		changes[ch.Declared().ID] = true
	}
	for i := range c.plan.Tasks {
		if t := &c.plan.Tasks[i]; !twice("tasks", t.ID) {
			ids[t.ID.ID] = i
		}
	}
	after := make([][]int, len(c.plan.Tasks))
	for i := range c.plan.Tasks {
		t := &c.plan.Tasks[i]
		for _, b := range append(slices.Clip(t.Body), t.With...) {
			c.ref(c.bodyIx, b)
		}
		if len(t.Body) > 1 {
			var names []string
			for _, b := range t.Body {
				names = append(names, b.ID)
			}
			c.report(diag.At(TwoAnswer, t.Body[1].At, diag.F("value", t.ID.ID), diag.F("bodies", names)))
		}
		for _, n := range t.Needs {
			team := teams[n.Team.ID]
			if n.Team.Given() && team == nil {
				c.unknownID("teams", n.Team.ID, n.Team.At)
				continue
			}
			people, at := 1, n.Team.At
			if n.People.Given() {
				people, at = n.People.N, n.People.At
			}
			if team == nil {
				continue
			}
			has, where := team.Capacity.N, team.Capacity.At
			if n := able[team.ID.ID]; n > 0 && (n < has || !team.Capacity.Given()) {
				has, where = n, team.ID.At
			}
			if people > has && (team.Capacity.Given() || able[team.ID.ID] > 0) {
				c.report(diag.At(TeamTooSmall, at, diag.F("needed", people), diag.F("capacity", has)).Note(where, "team_has"))
			}
		}
		wait := func(list []org.Wait, add func(other int)) {
			for _, w := range list {
				if other, ok := ids[w.Of.ID]; ok {
					if w.Link.Text == "" || w.Link.Text == "finish-start" {
						add(other)
					}
				} else if w.Of.Given() && !changes[w.Of.ID] && !strings.Contains(w.Of.ID, "/") {
					c.unknownID("tasks", w.Of.ID, w.Of.At)
				}
			}
		}
		wait(t.After, func(other int) { after[i] = append(after[i], other) })
		wait(t.Before, func(other int) { after[other] = append(after[other], i) })
	}
	for i := range c.plan.Causes {
		cause := &c.plan.Causes[i]
		twice("causes", cause.ID)
		for _, r := range cause.Teams {
			if r.Given() && teams[r.ID] == nil {
				c.unknownID("teams", r.ID, r.At)
			}
		}
		for _, r := range cause.Bodies {
			c.ref(c.bodyIx, r)
		}
		for _, r := range cause.Tasks {
			if _, ok := ids[r.ID]; r.Given() && !ok {
				c.unknownID("tasks", r.ID, r.At)
			}
		}
	}
	c.taskCircles(after)
}

// taskCircles tells each circle of waiting once, at the first of its tasks.
func (c *checker) taskCircles(after [][]int) {
	const (
		unseen = iota
		open
		done
	)
	state := make([]uint8, len(after))
	// By a stack of its own: a plan of a hundred thousand tasks in a row is no
	// reason to go as deep.
	type frame struct{ task, next int }
	for root := range after {
		if state[root] != unseen {
			continue
		}
		stack := []frame{{root, 0}}
		state[root] = open
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(after[top.task]) {
				state[top.task] = done
				stack = stack[:len(stack)-1]
				continue
			}
			next := after[top.task][top.next]
			top.next++
			switch state[next] {
			case unseen:
				state[next] = open
				stack = append(stack, frame{next, 0})
			case open:
				var names []string
				first := next
				for k := len(stack) - 1; k >= 0; k-- {
					names = append(names, c.plan.Tasks[stack[k].task].ID.ID)
					first = min(first, stack[k].task)
					if stack[k].task == next {
						break
					}
				}
				c.report(diag.At(TasksCircle, c.plan.Tasks[first].ID.At, diag.F("tasks", names)))
			}
		}
	}
}
