// Package referee checks schedules apart from what made them: it shares nothing
// with the engine but the nouns of a problem, and no schedule is shown or
// recorded that it did not pass. It is plain on purpose: every rule is looked at
// day by day, as a person would with a pencil.
package referee

import (
	"fmt"

	"oneboard/internal/sched"
)

// A Breach is one rule that a schedule breaks.
type Breach struct {
	Rule     Rule
	Task     int // the task, or the second task of a link
	Link     int // for BrokenLink
	Resource int // for Overload
	Time     int // for Overload: the first time; else the start that is wrong
	By       int // how much is missing: time, amount, or people
	Turn     int // for Unable, Absent and Doubled: the turn
}

// Rule names a rule.
type Rule uint8

// The rules.
const (
	NotPlaced  Rule = iota + 1 // the schedule has another number of tasks than the problem
	TooEarly                   // before the release, or before time 0
	TooLate                    // finished after the deadline
	BrokenLink                 // a link's lag is not kept
	Overload                   // more of a resource is used than there is
)

// Error implements error, for who prints a breach without the plan's words.
func (b Breach) Error() string {
	switch b.Rule {
	case NotPlaced:
		return "not every task is placed"
	case TooEarly:
		return fmt.Sprintf("task %d starts at %d, %d too early", b.Task, b.Time, b.By)
	case TooLate:
		return fmt.Sprintf("task %d starts at %d and is finished %d too late", b.Task, b.Time, b.By)
	case BrokenLink:
		return fmt.Sprintf("link %d: task %d is placed at %d, %d short of its lag", b.Link, b.Task, b.Time, b.By)
	case Unmanned:
		return fmt.Sprintf("task %d at time %d: %d too few are at resource %d", b.Task, b.Time, b.By, b.Resource)
	case Unable, Absent, Doubled:
		return fmt.Sprintf("turn %d at time %d: who does it can't, is away, or is at something else", b.Turn, b.Time)
	default:
		return fmt.Sprintf("resource %d at time %d: %d too much is used", b.Resource, b.Time, b.By)
	}
}

// Check gives every breach of the rules by a schedule: start[i] is when task i
// starts. Overloads are given once for each resource and stretch of time. The
// cost is the sum of all durations times needs.
func Check(p *sched.Problem, start []int) []Breach {
	if len(start) != len(p.Tasks) {
		return []Breach{{Rule: NotPlaced}}
	}
	var out []Breach
	for i, t := range p.Tasks {
		if from := max(0, t.Release); start[i] < from {
			out = append(out, Breach{Rule: TooEarly, Task: i, Time: start[i], By: from - start[i]})
		}
		if end := start[i] + t.Duration; t.Deadline != sched.None && end > t.Deadline {
			out = append(out, Breach{Rule: TooLate, Task: i, Time: start[i], By: end - t.Deadline})
		}
	}
	for k, l := range p.Links {
		from, to := start[l.From], start[l.To]
		switch l.Kind {
		case sched.FinishStart:
			from += p.Tasks[l.From].Duration
		case sched.FinishFinish:
			from += p.Tasks[l.From].Duration
			to += p.Tasks[l.To].Duration
		case sched.StartFinish:
			to += p.Tasks[l.To].Duration
		}
		if to < from+l.Lag {
			out = append(out, Breach{Rule: BrokenLink, Task: l.To, Link: k, Time: start[l.To], By: from + l.Lag - to})
		}
	}
	for r := range p.Resources {
		out = append(out, overloads(p, start, r)...)
	}
	return out
}

// overloads counts what is used of one resource, time by time.
func overloads(p *sched.Problem, start []int, resource int) []Breach {
	used := map[int]int{}
	first, last := 0, -1
	for i, t := range p.Tasks {
		for _, need := range t.Needs {
			if need.Resource != resource || need.Amount == 0 || t.Duration == 0 {
				continue
			}
			if last < first {
				first, last = start[i], start[i]
			}
			first, last = min(first, start[i]), max(last, start[i]+t.Duration-1)
			for time := start[i]; time < start[i]+t.Duration; time++ {
				used[time] += need.Amount
			}
		}
	}
	var out []Breach
	steps, next := p.Resources[resource].Steps, 0
	capacity, over := p.Resources[resource].Capacity, false
	for time := first; time <= last; time++ {
		for next < len(steps) && steps[next].At <= time {
			capacity = steps[next].Capacity
			next++
		}
		by := used[time] - capacity
		if by > 0 && used[time] > 0 && !over {
			out = append(out, Breach{Rule: Overload, Resource: resource, Time: time, By: by})
		}
		over = by > 0 && used[time] > 0
	}
	return out
}
