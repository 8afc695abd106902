package main

import (
	"errors"
	"strconv"
	"time"
	"unicode/utf8"

	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/referee"
	"oneboard/internal/sched"
)

// The faults of a problem that can't be placed in any order.
var (
	// WaitsForItself: tasks that wait for each other.
	WaitsForItself = diag.Define("OB0185", diag.Error)
	// NeverEnough: a task needs more of a resource than there is.
	NeverEnough = diag.Define("OB0186", diag.Error)
	// BeyondCounting: a number beyond what is reckoned with.
	BeyondCounting = diag.Define("OB0187", diag.Error)
)

// scheduleVerb gives the work of a plan its days, or places the tasks of a
// scheduling problem.
func scheduleVerb(e *env) verb {
	var seed, schedules, limit, to string
	var all bool
	var follow following
	var others, supposed []string
	return verb{name: "schedule", min: 1, max: -1,
		flags: func(f *flags) {
			f.text(&seed, "seed", "1")
			f.text(&schedules, "schedules", "")
			f.text(&limit, "time", "")
			f.truth(&all, "all")
			f.text(&to, "to", "")
			follow.declare(f)
			e.risk.declare(f)
			f.texts(&others, "compare")
			f.texts(&supposed, "suppose")
		},
		run: func(args []string) (int, error) {
			o, err := e.scheduleOptions(seed, schedules, limit)
			if err != nil {
				return exitFail, err
			}
			if err := follow.check(to); err != nil {
				return exitFail, err
			}
			if err := e.vacant(to, follow.issue); err != nil {
				return exitFail, err
			}
			if args, err = e.risk.read(args); err != nil {
				return exitFail, err
			}
			if len(others) == 0 && len(supposed) == 1 && follow.asked() {
				follow.suppose, supposed = supposed[0], nil
			}
			if len(others)+len(supposed) > 0 {
				if len(args) > 1 || !e.isPlan(args[0]) || follow.asked() || to != "" {
					return exitFail, cannot("compare-alone")
				}
				return e.whatIf(args[0], others, supposed, func() (sched.Options, error) { return e.scheduleOptions(seed, schedules, limit) }, all)
			}
			if len(args) > 1 {
				return e.scheduleTogether(args, o, all, to, &follow)
			}
			if e.isPlan(args[0]) {
				return e.scheduleWork(args[0], o, all, to, &follow)
			}
			if isProject(args[0]) {
				return e.scheduleProject(args[0], o, all, to, &follow)
			}
			if follow.asked() {
				return exitFail, cannot("follow-without-days")
			}
			if to != "" {
				return exitFail, cannot("to-without-days")
			}
			if e.risk.asked {
				return exitFail, cannot("risk-without-plan")
			}
			text, err := e.readTasks(args[0])
			if err != nil {
				return exitFail, err
			}
			instance, compiled, problems := readProblem(args[0], text)
			if problems.HasErrors() {
				return exitFail, e.refuseTasks(problems)
			}
			p := sched.Place(compiled, o)
			if p.Start == nil {
				return exitFound, nil // without deadlines there always is one
			}
			if breaches := referee.Check(compiled.Problem(), p.Start); len(breaches) > 0 {
				return exitFail, errors.New("the schedule is refused: " + breaches[0].Error())
			}
			if e.json {
				return exitOK, e.document(placed{Makespan: p.End, LowerBound: p.LowerBound, Optimal: p.Optimal, Start: p.Start, Schedules: p.Schedules, Problems: []diag.View{}})
			}
			rows := [][]string{}
			for i, t := range instance.Tasks {
				rows = append(rows, []string{strconv.Itoa(i + 1), strconv.Itoa(p.Start[i]), strconv.Itoa(p.Start[i] + t.Duration)})
			}
			e.table([]string{e.say("schedule.task"), e.say("schedule.start"), e.say("schedule.finish")}, rows)
			proven := "schedule.open"
			if p.Optimal {
				proven = "schedule.proven"
			}
			e.printf("%s\n", e.say(proven, map[string]any{"End": p.End, "Lower": p.LowerBound, "Schedules": p.Schedules}))
			return exitOK, nil
		}}
}

// readTasks reads a file of tasks that another program wrote.
func (e *env) readTasks(name string) ([]byte, error) {
	text, err := readUpTo(folder(e.dir), name, 4*planLimit)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(text) {
		return nil, cannot("not-an-instance", "Path", name)
	}
	return text, nil
}

// refuseTasks tells why tasks can't be placed.
func (e *env) refuseTasks(problems diag.List) error {
	if e.json {
		return e.document(placed{Problems: problems.Views(e.tag)})
	}
	return problems.WriteText(e.out, e.tag, diag.Printed)
}

// problemName is the name of a scheduling problem on a page of the manual.
const problemName = "problem.sm"

// readProblem reads and compiles a problem; both are nil when it can't be
// placed.
func readProblem(name string, text []byte) (*exchange.Instance, *sched.Instance, diag.List) {
	instance, problems := exchange.ReadInstance(diag.NewSource(name, string(text)))
	if instance == nil {
		return nil, nil, problems
	}
	compiled, fault := sched.Compile(problemOf(instance))
	if fault != nil {
		problems.Add(unplaceable(instance, fault))
		return nil, nil, problems
	}
	return instance, compiled, problems
}

// scheduleOptions reads the flags that say how long to search. Without any, it
// is as long as a person likes to wait.
func (e *env) scheduleOptions(seed, schedules, limit string) (sched.Options, error) {
	var o sched.Options
	n, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		return o, cannot("bad-number", "Flag", "--seed", "Value", seed)
	}
	o.Seed = n
	if schedules != "" {
		if o.Schedules, err = strconv.Atoi(schedules); err != nil || o.Schedules < 1 {
			return o, cannot("bad-number", "Flag", "--schedules", "Value", schedules)
		}
	}
	seconds := 0.0
	if limit != "" {
		if seconds, err = strconv.ParseFloat(limit, 64); err != nil || !(seconds > 0) || seconds > 1e6 {
			return o, cannot("bad-number", "Flag", "--time", "Value", limit)
		}
	} else if schedules == "" {
		seconds = 10
	}
	if seconds > 0 {
		end := e.now().Add(time.Duration(seconds * float64(time.Second)))
		o.Stop = func() bool { return e.now().After(end) }
	}
	return o, nil
}

// placed is the JSON form of a schedule, as docs/commands.md has it.
type placed struct {
	Makespan   int         `json:"makespan"`
	LowerBound int         `json:"lower_bound"`
	Optimal    bool        `json:"optimal"`
	Start      []int       `json:"start"`
	Schedules  int         `json:"schedules"`
	Problems   []diag.View `json:"problems"`
}

// problemOf puts an instance into the words of the engine.
func problemOf(in *exchange.Instance) *sched.Problem {
	p := &sched.Problem{}
	for _, c := range in.Capacity {
		p.Resources = append(p.Resources, sched.Resource{Capacity: c.N})
	}
	for i, t := range in.Tasks {
		task := sched.Task{Duration: t.Duration, Deadline: sched.None}
		for k, n := range t.Needs {
			if n.N > 0 {
				task.Needs = append(task.Needs, sched.Need{Resource: k, Amount: n.N})
			}
		}
		p.Tasks = append(p.Tasks, task)
		for _, s := range t.Successors {
			p.Links = append(p.Links, sched.Link{From: i, To: s.N})
		}
	}
	return p
}

// unplaceable says a fault of the engine at the words that it comes from.
func unplaceable(in *exchange.Instance, f *sched.Fault) diag.Diagnostic {
	var at diag.Span
	if len(f.Tasks) > 0 {
		at = in.Tasks[f.Tasks[0]].At
	}
	switch f.What {
	case sched.Circle:
		var numbers []string
		for _, t := range f.Tasks {
			numbers = append(numbers, strconv.Itoa(t+1))
		}
		return diag.At(WaitsForItself, at, diag.F("tasks", numbers))
	case sched.TooMuch:
		need := in.Tasks[f.Tasks[0]].Needs[f.Need.Resource]
		return diag.At(NeverEnough, need.At, diag.F("needed", f.Need.Amount), diag.F("capacity", in.Capacity[f.Need.Resource].N))
	default:
		if at.IsZero() && f.Need.Resource < len(in.Capacity) {
			at = in.Capacity[f.Need.Resource].At
		}
		return diag.At(BeyondCounting, at)
	}
}
