// Package sched places activities in time under limits: links with lags, earliest
// and latest days, and people, teams and rooms that can do only so much at once.
// It knows no government and no calendar: time is whole numbers from 0 on, and
// who asks says what a number means. It reads no clock; a search that may take
// long is given a question that it asks from time to time: stop now?
//
// A problem is compiled once (Compile) into flat arrays, and then searched: by
// generating schedules (Search), exactly (Solve), or both (Place).
package sched

import (
	"fmt"
	"slices"
)

// LinkKind says which ends of two tasks a link ties.
type LinkKind uint8

// The four kinds of links. A lag below zero is a lead.
const (
	FinishStart  LinkKind = iota // To starts at the earliest Lag after From is finished
	StartStart                   // To starts at the earliest Lag after From starts
	FinishFinish                 // To is finished at the earliest Lag after From is finished
	StartFinish                  // To is finished at the earliest Lag after From starts
)

// None is a latest finish that was not set.
const None = int(^uint(0) >> 1)

// A Task takes Duration units of time without a break, and of each resource in
// Needs so much in each of them.
type Task struct {
	Duration int
	Release  int // the earliest start
	Deadline int // the latest finish; None if there is none
	Needs    []Need
}

// A Need is how much of a resource a task takes while it is under way.
type Need struct{ Resource, Amount int }

// A Link ties two tasks, named by their places in Tasks.
type Link struct {
	From, To int
	Kind     LinkKind
	Lag      int
}

// A Resource can be used up to Capacity at a time. Where Steps are given, the
// capacity changes at each: from Steps[i].At on it is Steps[i].Capacity, until
// the next; before the first it is Capacity. Steps are sorted by At.
type Resource struct {
	Capacity int
	Steps    []Step
}

// A Step is a change of a capacity.
type Step struct{ At, Capacity int }

// most gives the largest capacity at any time.
func (r *Resource) most() int {
	c := r.Capacity
	for _, s := range r.Steps {
		c = max(c, s.Capacity)
	}
	return c
}

// last gives the capacity that stays for good.
func (r *Resource) last() int {
	if n := len(r.Steps); n > 0 {
		return r.Steps[n-1].Capacity
	}
	return r.Capacity
}

// A Problem is what is to be placed.
type Problem struct {
	Tasks     []Task
	Links     []Link
	Resources []Resource
}

// A Fault is why a problem can't be placed whatever the order: it names tasks,
// links and resources by their places.
type Fault struct {
	What  FaultKind
	Tasks []int // for a circle: in their order along the links
	Links []int // for a circle: the links, from the first task on
	Need  Need  // for a need that is never met: the resource and the amount
}

// FaultKind is a kind of fault.
type FaultKind uint8

// The kinds of faults.
const (
	Negative    FaultKind = iota + 1 // a duration, need, capacity or release below zero
	NoSuchThing                      // a place of a task or resource that is not there
	Circle                           // tasks that wait for each other
	TooMuch                          // a task needs more than there ever is
	TooLarge                         // a number beyond what is reckoned with
)

// Error implements error, for who prints a fault without the plan's words.
func (f *Fault) Error() string {
	switch f.What {
	case Negative:
		return fmt.Sprintf("tasks %v: a number below zero", f.Tasks)
	case NoSuchThing:
		return fmt.Sprintf("tasks %v, links %v: no such task or resource", f.Tasks, f.Links)
	case Circle:
		return fmt.Sprintf("tasks %v wait for each other", f.Tasks)
	case TooMuch:
		return fmt.Sprintf("task %v needs %d of resource %d, more than there ever is", f.Tasks, f.Need.Amount, f.Need.Resource)
	default:
		return fmt.Sprintf("tasks %v: a number beyond what is reckoned with", f.Tasks)
	}
}

// Limits of what is reckoned with, so that no sum overflows 32 bits.
const (
	maxTime     = 1 << 28
	maxCapacity = 1<<15 - 1 // a lane of a profile word has 15 bits and a guard
)

// arc is a link reduced to starts: the other task starts at least Lag later.
type arc struct{ task, lag int32 }

// arcs are the arcs of all tasks, one after the other.
type arcs struct {
	first []int32 // len n+1
	list  []arc
}

func (a *arcs) of(i int32) []arc { return a.list[a.first[i]:a.first[i+1]] }

// piece is what a task needs of one word of the profile: four resources.
type piece struct {
	word int32
	need uint64
}

// An Instance is a compiled problem. It is immutable and safe for concurrent
// use.
type Instance struct {
	problem  *Problem
	n        int32
	dur      []int32
	release  []int32
	deadline []int32 // never: none
	succ     arcs    // succ.of(i): starts that follow from i's
	pred     arcs
	order    []int32 // topological, by links
	needs    [][]Need
	pieces   [][]piece
	words    int        // of the profile, per unit of time
	full     [][]uint64 // per word, what is free over time, as far as it changes
	last     []uint64   // per word, what is free from then on
	leads    bool       // some task may start before one that it waits for, or end after it
	steady   bool       // nothing hangs on the day: no release, deadline or step
	horizon  int32      // every serial schedule ends by here
}

// never stands for a time that does not come.
const never = int32(1) << 30

// Compile checks a problem and makes it ready; it keeps p, which must not
// change afterwards. Cost: linear in the tasks, links and steps.
func Compile(p *Problem) (*Instance, *Fault) {
	n := len(p.Tasks)
	in := &Instance{problem: p, n: int32(n), steady: true}
	longest := 0 // the last day on which something outside the tasks happens
	for i := range p.Resources {
		r := &p.Resources[i]
		if r.Capacity < 0 || slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Capacity < 0 || s.At < 0 }) {
			return nil, &Fault{What: Negative, Need: Need{Resource: i}}
		}
		if len(r.Steps) > 0 {
			in.steady = false
			longest = max(longest, r.Steps[len(r.Steps)-1].At)
		}
		if r.most() > maxCapacity {
			return nil, &Fault{What: TooLarge, Need: Need{Resource: i}}
		}
	}
	total := 0
	in.dur, in.release, in.deadline = make([]int32, n), make([]int32, n), make([]int32, n)
	in.needs = make([][]Need, n)
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if what := t.fault(); what != 0 {
			return nil, &Fault{What: what, Tasks: []int{i}}
		}
		in.dur[i], in.release[i], in.deadline[i] = int32(t.Duration), int32(t.Release), never
		total += t.Duration
		longest = max(longest, t.Release)
		if t.Release > 0 {
			in.steady = false
		}
		if t.Deadline != None {
			in.deadline[i], in.steady = int32(t.Deadline), false
		}
		if f := in.need(i); f != nil {
			return nil, f
		}
	}
	if f := in.link(p, &total); f != nil {
		return nil, f
	}
	if total+longest >= maxTime {
		return nil, &Fault{What: TooLarge}
	}
	in.horizon = int32(total+longest) + 1
	in.pack(longest)
	return in, nil
}

// need gathers what a task needs: once for each resource, without zeros.
func (in *Instance) need(i int) *Fault {
	p := in.problem
	for _, need := range p.Tasks[i].Needs {
		if need.Resource < 0 || need.Resource >= len(p.Resources) {
			return &Fault{What: NoSuchThing, Tasks: []int{i}, Need: need}
		}
		if need.Amount < 0 {
			return &Fault{What: Negative, Tasks: []int{i}, Need: need}
		}
		if need.Amount == 0 || in.dur[i] == 0 {
			continue
		}
		at := slices.IndexFunc(in.needs[i], func(n Need) bool { return n.Resource == need.Resource })
		if at < 0 {
			in.needs[i] = append(in.needs[i], need)
		} else {
			in.needs[i][at].Amount += need.Amount
		}
	}
	for _, need := range in.needs[i] {
		// A serial schedule always ends because what fits for good fits at
		// last: so that is what is asked, not what fits on some day.
		if need.Amount > p.Resources[need.Resource].last() {
			return &Fault{What: TooMuch, Tasks: []int{i}, Need: need}
		}
	}
	return nil
}

// guard is the top bit of each of the four lanes of a profile word. A lane
// holds what is free of one resource, with the guard set: what is left after
// taking a need away still has all guards when there was enough of all four.
const guard = uint64(0x8000_8000_8000_8000)

// pack makes the profile's words from the resources.
func (in *Instance) pack(longest int) {
	p := in.problem
	in.words = (len(p.Resources) + 3) / 4
	in.full, in.last = make([][]uint64, in.words), make([]uint64, in.words)
	for w := range in.last {
		in.last[w] = guard
		if longest > 0 {
			in.full[w] = make([]uint64, longest)
			for t := range in.full[w] {
				in.full[w][t] = guard
			}
		}
	}
	for k := range p.Resources {
		r := &p.Resources[k]
		w, shift := k/4, uint(k%4)*16
		in.last[w] |= uint64(r.last()) << shift
		c, next := r.Capacity, 0
		for t := range in.full[w] {
			for next < len(r.Steps) && r.Steps[next].At <= t {
				c = r.Steps[next].Capacity
				next++
			}
			in.full[w][t] |= uint64(c) << shift
		}
	}
	in.pieces = make([][]piece, in.n)
	for i := range in.pieces {
		for _, need := range in.needs[i] {
			w, amount := int32(need.Resource/4), uint64(need.Amount)<<(uint(need.Resource%4)*16)
			at := slices.IndexFunc(in.pieces[i], func(p piece) bool { return p.word == w })
			if at < 0 {
				in.pieces[i] = append(in.pieces[i], piece{w, amount})
			} else {
				in.pieces[i][at].need |= amount
			}
		}
	}
}

// fault gives what is wrong with the numbers of a task; 0: nothing.
func (t *Task) fault() FaultKind {
	switch {
	case t.Duration < 0 || t.Release < 0:
		return Negative
	case t.Duration > maxTime || t.Release > maxTime || t.Deadline != None && (t.Deadline > maxTime || t.Deadline < -maxTime):
		return TooLarge
	}
	return 0
}

// A fan is the links of a problem by the tasks they come from: those of task i
// are at first[i] up to first[i+1], in their order.
type fan struct {
	first []int32
	legs  []leg
}

// leg is a link as the task sees it that it comes from.
type leg struct {
	to, link, lag int32
	kind          LinkKind
}

// fanOf sorts the links, and tells one that is not between tasks, or whose lag is
// beyond reckoning.
func fanOf(p *Problem) (f fan, fault *Fault) {
	n := len(p.Tasks)
	// A task's first is where its next link goes, until it is the next task's.
	f = fan{first: make([]int32, n+2), legs: make([]leg, len(p.Links))}
	for k := range p.Links {
		l := &p.Links[k]
		if uint(l.From) >= uint(n) || uint(l.To) >= uint(n) {
			return f, &Fault{What: NoSuchThing, Links: []int{k}}
		}
		if l.Lag > maxTime || l.Lag < -maxTime {
			return f, &Fault{What: TooLarge, Links: []int{k}}
		}
		f.first[l.From+2]++
	}
	for i := range n {
		f.first[i+2] += f.first[i+1]
	}
	for k := range p.Links {
		l := &p.Links[k]
		f.legs[f.first[l.From+1]] = leg{int32(l.To), int32(k), int32(l.Lag), l.Kind}
		f.first[l.From+1]++
	}
	return f, nil
}

func (f *fan) of(i int32) []leg { return f.legs[f.first[i]:f.first[i+1]] }

// order lists the tasks so that each comes after those it waits for. Where some
// wait for each other the fault names a circle of them.
func (f *fan) order(links []Link) ([]int32, *Fault) {
	n := len(f.first) - 2
	open := make([]int32, n)
	for x := range f.legs {
		open[f.legs[x].to]++
	}
	list := make([]int32, 0, n)
	for i, w := range open {
		if w == 0 {
			list = append(list, int32(i))
		}
	}
	for k := 0; k < len(list); k++ {
		legs := f.of(list[k])
		for x := range legs {
			if to := legs[x].to; open[to] > 1 {
				open[to]--
			} else {
				open[to] = 0
				list = append(list, to)
			}
		}
	}
	if len(list) < n {
		return nil, circle(links, open)
	}
	return list, nil
}

// circle finds one circle among the tasks that still wait: of each it follows the
// first link that it waits for.
func circle(links []Link, open []int32) *Fault {
	by := make([]int, len(open))
	for k := len(links) - 1; k >= 0; k-- {
		if open[links[k].From] > 0 {
			by[links[k].To] = k
		}
	}
	at := slices.IndexFunc(open, func(w int32) bool { return w > 0 })
	seen := map[int]int{}
	var walk []int // links, against their direction
	for {
		if k, ok := seen[at]; ok {
			walk = walk[k:]
			break
		}
		seen[at] = len(walk)
		walk = append(walk, by[at])
		at = links[by[at]].From
	}
	slices.Reverse(walk)
	f := &Fault{What: Circle, Links: walk}
	for _, k := range walk {
		f.Tasks = append(f.Tasks, links[k].From)
	}
	return f
}

// link makes the arcs of the links, both ways, and the order of the tasks.
func (in *Instance) link(p *Problem, total *int) *Fault {
	n := len(p.Tasks)
	out, fault := fanOf(p)
	if fault != nil {
		return fault
	}
	if in.order, fault = out.order(p.Links); fault != nil {
		return fault
	}
	in.succ = arcs{first: out.first[:n+1], list: make([]arc, len(p.Links))}
	in.pred = arcs{first: make([]int32, n+1), list: make([]arc, len(p.Links))}
	lags := make([]int32, len(p.Links)) // between starts
	for k := range p.Links {
		l := &p.Links[k]
		lag := l.Lag
		switch l.Kind {
		case FinishStart:
			lag += p.Tasks[l.From].Duration
		case FinishFinish:
			lag += p.Tasks[l.From].Duration - p.Tasks[l.To].Duration
		case StartFinish:
			lag -= p.Tasks[l.To].Duration
		}
		*total += max(0, l.Lag)
		in.leads = in.leads || lag < 0 || lag+p.Tasks[l.To].Duration-p.Tasks[l.From].Duration < 0
		lags[k] = int32(lag)
	}
	for x, leg := range out.legs {
		in.succ.list[x] = arc{leg.to, lags[leg.link]}
		in.pred.first[leg.to+1]++
	}
	for i := range n {
		in.pred.first[i+1] += in.pred.first[i]
	}
	next := slices.Clone(in.pred.first)
	for k := range p.Links {
		to := p.Links[k].To
		in.pred.list[next[to]] = arc{int32(p.Links[k].From), lags[k]}
		next[to]++
	}
	return nil
}

// criticalPath gives the end that no schedule can be before: the longest path
// of links and releases.
func (in *Instance) criticalPath() int32 {
	start := slices.Clone(in.release)
	end := int32(0)
	for _, i := range in.order {
		end = max(end, start[i]+in.dur[i])
		for _, a := range in.succ.of(i) {
			start[a.task] = max(start[a.task], start[i]+a.lag)
		}
	}
	return end
}

// latest gives the latest starts with which the links let everything end by
// end.
func (in *Instance) latest(end int32) []int32 {
	start := make([]int32, in.n)
	for k := len(in.order) - 1; k >= 0; k-- {
		i := in.order[k]
		start[i] = min(end, in.deadline[i]) - in.dur[i]
		for _, a := range in.succ.of(i) {
			start[i] = min(start[i], start[a.task]-a.lag)
		}
	}
	return start
}

// CriticalPath gives the end that the links and releases alone allow.
func (in *Instance) CriticalPath() int { return int(in.criticalPath()) }

// Problem gives what was compiled; nobody may change it.
func (in *Instance) Problem() *Problem { return in.problem }
