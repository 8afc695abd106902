package main

import (
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// otherName is the name of a second plan on a page of the manual.
const otherName = "other.yaml"

// scheduleTogether places the work of several plans, which share people, in one
// schedule. What is wrong with any of them is told of all.
func (e *env) scheduleTogether(args []string, o sched.Options, all bool, to string, follow *following) (int, error) {
	var works []*work.Work
	var problems diag.List
	on, err := follow.known(e)
	if err != nil {
		return exitFail, err
	}
	for _, arg := range args {
		if !e.isPlan(arg) {
			return exitFail, cannot("together-no-plan", "Path", arg)
		}
		_, w, more, err := e.takeWork(arg, on)
		if err != nil {
			return exitFail, err
		}
		problems.Add(more...)
		if w != nil {
			works = append(works, w)
		}
	}
	m := &matter{name: e.list(args)}
	var w *work.Work
	if len(works) == len(args) {
		var more diag.List
		w, more = work.Join(works)
		problems.Add(more...)
	}
	problems.Sort()
	if w == nil {
		return e.report(m, problems, all)
	}
	m.plan = w.Plan
	return e.place(m, w, problems, o, all, to, follow)
}

// workPlan is one of several plans in a schedule, as docs/commands.md has it.
type workPlan struct {
	ID         string `json:"id"`
	Title      string `json:"title,omitempty"`
	Until      string `json:"until,omitempty"`
	End        string `json:"end,omitempty"`
	Activities int    `json:"activities"`
}

// plansOf tells of each of several plans when it ends; s may be nil.
func (e *env) plansOf(w *work.Work, s *work.Schedule) (out []workPlan) {
	for _, p := range w.Plans {
		x := workPlan{ID: strings.TrimSuffix(p.Prefix, ":"), Title: e.name(p.Plan.Title.Text, p.Plan.TitleEN.Text), Activities: p.Last - p.First}
		if p.Until != org.Forever {
			x.Until = p.Until.String()
		}
		if s != nil && p.Last > p.First {
			x.End = slices.Max(s.Finish[p.First:p.Last]).String()
		}
		out = append(out, x)
	}
	return out
}

// printPlans prints when each of several plans ends.
func (e *env) printPlans(s *work.Schedule) {
	for _, p := range e.plansOf(s.Work, s) {
		if p.Activities == 0 {
			continue
		}
		e.printf("%s\n", e.say("schedule.plan", lang.Args{"Plan": p.ID, "Count": p.Activities, "End": p.End, "Until": p.Until}))
	}
}
