package sched

import (
	"cmp"
	"fmt"
	"slices"
)

// An Order is a schedule seen as who waits for whom: for the links of its
// problem, and for each resource in the order in which the schedule gives it to
// the tasks. Whatever time the tasks then take, a pass along the order keeps
// links and capacities (a partial order schedule: Policella, Cesta, Oddi, Smith,
// "From precedence constraint posting to partial order schedules", 2007). It is
// immutable and safe for concurrent use.
//
// A resource is so many lanes, numbered, and a task has lanes of its own from
// start to finish. It takes those of tasks that it waits for anyway, then those
// that nobody had yet, then those that have been free the longest: so few tasks
// come to wait for others, and with room between. Where a capacity falls
// for a time, lanes are away, idle ones first. A task does not start when one of
// its lanes would be away in the time that it was planned to take, and when it
// takes longer, it rests on the days on which a lane is away. A capacity that
// falls for good takes no lane from a task that has it.
type Order struct {
	problem *Problem
	start   []int
	list    []int32 // every task after those it waits for
	first   []int32 // waits of task i: waits[first[i]:first[i+1]]
	waits   []wait
	away    [][]gap // per task: when a lane of it is away
}

// wait is one reason for a task to start, or end, at a time at the earliest.
type wait struct {
	task, lag int32
	link      int32 // -1: it waits for a resource
	resource  int32
	kind      LinkKind
}

// gap is a stretch of time.
type gap struct{ from, to int32 }

// KeepOrder makes the order of a schedule: start[i] is when task i starts. The
// problem must be one that Compile takes, and the schedule one that the referee
// passes; neither may change afterwards. Cost: for each resource its users times
// its lanes that are told apart, at most its users.
func KeepOrder(p *Problem, start []int) *Order {
	o := &Order{problem: p, start: start, away: make([][]gap, len(p.Tasks))}
	waits := make([][]wait, len(p.Tasks))
	for k, l := range p.Links {
		waits[l.To] = append(waits[l.To], wait{int32(l.From), int32(l.Lag), int32(k), -1, l.Kind})
	}
	type user struct{ task, amount int }
	users := make([][]user, len(p.Resources))
	for i := range p.Tasks {
		t := &p.Tasks[i]
		for _, n := range t.Needs {
			if t.Duration == 0 || n.Amount == 0 {
				continue
			}
			u := users[n.Resource]
			if len(u) > 0 && u[len(u)-1].task == i {
				u[len(u)-1].amount += n.Amount
			} else {
				users[n.Resource] = append(u, user{i, n.Amount})
			}
		}
	}
	for k := range p.Resources {
		slices.SortStableFunc(users[k], func(a, b user) int { return cmp.Compare(start[a.task], start[b.task]) })
		lanes := newLanes(&p.Resources[k])
		total := 0
		for _, u := range users[k] {
			total += u.amount
		}
		lanes.ample = total <= p.Resources[k].most()
		for _, u := range users[k] {
			for _, from := range lanes.take(int32(u.task), int32(u.amount), int32(start[u.task]), int32(start[u.task]+p.Tasks[u.task].Duration), waits[u.task]) {
				waits[u.task] = append(waits[u.task], wait{task: from, link: -1, resource: int32(k)})
			}
		}
		lanes.leave(never)
		for i, gaps := range lanes.gaps() {
			o.away[i] = append(o.away[i], gaps...)
		}
	}
	for i := range o.away {
		o.away[i] = joined(o.away[i])
	}
	o.sort(waits)
	return o
}

// joined sorts gaps and makes one of those that touch.
func joined(gaps []gap) []gap {
	slices.SortFunc(gaps, func(a, b gap) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	out := gaps[:0]
	for _, g := range gaps {
		if n := len(out); n > 0 && g.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, g.to)
		} else {
			out = append(out, g)
		}
	}
	return out
}

// lanes is one resource while its tasks get their lanes, in the order of starts.
type lanes struct {
	ample bool // there is a lane of its own for every user
	free  []stretch
	held  []stretch // who had what
	away  []absence
	left  []absence // those to come; lanes: how many
	marks map[int32]bool
}

// stretch is lanes from one number up to another, the task that had them last
// (-1: nobody) and when they are free.
type stretch struct{ from, to, task, free int32 }

// absence is lanes that are away for a time.
type absence struct {
	gap
	lanes int32
	which []stretch
}

func newLanes(r *Resource) *lanes {
	most := int32(r.most())
	l := &lanes{free: []stretch{{0, most, -1, 0}}, marks: map[int32]bool{}}
	from, capacity := int32(0), int32(r.Capacity)
	for _, s := range r.Steps {
		if at := int32(s.At); at > from && capacity < most {
			l.left = append(l.left, absence{gap: gap{from, at}, lanes: most - capacity})
		}
		from, capacity = int32(s.At), int32(s.Capacity)
	}
	if capacity < most {
		l.left = append(l.left, absence{gap: gap{from, never}, lanes: most - capacity})
	}
	return l
}

// leave has lanes go away that do so up to a time.
func (l *lanes) leave(time int32) {
	for len(l.left) > 0 && l.left[0].from <= time {
		a := l.left[0]
		l.left = l.left[1:]
		a.which = l.cut(a.lanes, a.from, nil)
		if a.to == never {
			continue // nobody has them from then on, but who has them now
		}
		for k := range a.which {
			back := a.which[k]
			back.free = a.to
			l.free = append(l.free, back)
		}
		l.away = append(l.away, a)
	}
}

// take gives lanes to a task, and names the tasks that had them before and that it
// does not wait for by a link that is at least as strong.
func (l *lanes) take(task, amount, start, end int32, waits []wait) (before []int32) {
	l.leave(start)
	clear(l.marks)
	for _, w := range waits {
		if w.kind == FinishStart && w.lag >= 0 {
			l.marks[w.task] = true
		}
	}
	for _, s := range l.cut(amount, start, l.marks) {
		if s.task >= 0 && !l.marks[s.task] {
			l.marks[s.task] = true
			before = append(before, s.task)
		}
		s.task, s.free = task, end
		l.held = append(l.held, s)
		l.free = append(l.free, s)
	}
	return before
}

// cut takes so many lanes out that are free at a time: those of tasks that are
// marked, then those that nobody had, then those free the longest.
func (l *lanes) cut(amount, time int32, marked map[int32]bool) (out []stretch) {
	if l.ample {
		for k := range l.free {
			if s := &l.free[k]; s.task < 0 && s.free <= time && s.to-s.from >= amount {
				out = append(out, stretch{s.from, s.from + amount, -1, 0})
				s.from += amount
				return out
			}
		}
	}
	rank := func(s *stretch) int {
		switch {
		case s.task < 0:
			return 1
		case marked[s.task]:
			return 0
		}
		return 2
	}
	var fit []int
	for k := range l.free {
		if s := &l.free[k]; s.free <= time && s.from < s.to {
			fit = append(fit, k)
		}
	}
	slices.SortStableFunc(fit, func(a, b int) int {
		x, y := &l.free[a], &l.free[b]
		return cmp.Or(rank(x)-rank(y), cmp.Compare(x.free, y.free), cmp.Compare(x.from, y.from))
	})
	for _, k := range fit {
		if amount == 0 {
			break
		}
		s := &l.free[k]
		n := min(amount, s.to-s.from)
		out = append(out, stretch{s.from, s.from + n, s.task, s.free})
		s.from += n
		amount -= n
	}
	l.free = slices.DeleteFunc(l.free, func(s stretch) bool { return s.from == s.to })
	return out
}

// gaps gives for each task when a lane that it has is away.
func (l *lanes) gaps() map[int32][]gap {
	out := map[int32][]gap{}
	for _, a := range l.away {
		for _, w := range a.which {
			for _, h := range l.held {
				if h.from < w.to && w.from < h.to {
					out[h.task] = append(out[h.task], a.gap)
				}
			}
		}
	}
	return out
}

// sort lists the tasks so that each stands after those it waits for. A link that
// lets its second task be before its first (one with a lead, or from start to
// finish) may stand against the order of a resource; then the link is left aside.
func (o *Order) sort(waits [][]wait) {
	n := len(waits)
	out, _ := fanOf(o.problem)
	by, _ := out.order(o.problem.Links) // links alone
	slices.SortStableFunc(by, func(a, b int32) int { return cmp.Compare(o.start[a], o.start[b]) })
	open := make([]int, n)
	next := make([][]int32, n)
	for i := range waits {
		open[i] = len(waits[i])
		for _, w := range waits[i] {
			next[w.task] = append(next[w.task], int32(i))
		}
	}
	listed := make([]bool, n)
	put := func(i int32) {
		o.list = append(o.list, i)
		listed[i] = true
	}
	done := 0 // tasks of the list whose followers were told
	tell := func() {
		for ; done < len(o.list); done++ {
			for _, k := range next[o.list[done]] {
				if open[k]--; open[k] == 0 && !listed[k] {
					put(k)
				}
			}
		}
	}
	for _, i := range by {
		if open[i] == 0 && !listed[i] {
			put(i)
		}
	}
	tell()
	for _, i := range by {
		if !listed[i] { // it waits in a circle, which such a link closes
			waits[i] = slices.DeleteFunc(waits[i], func(w wait) bool { return !listed[w.task] })
			put(i)
			tell()
		}
	}
	o.first = make([]int32, n+1)
	for i := range waits {
		o.first[i+1] = o.first[i] + int32(len(waits[i]))
		o.waits = append(o.waits, waits[i]...)
	}
}

func (o *Order) of(i int32) []wait { return o.waits[o.first[i]:o.first[i+1]] }

// begin gives the first time from t on at which task i can start that takes d: for
// as long as it is planned to take all of its lanes are there. What takes nothing
// can start at any time.
func (o *Order) begin(i, t, d int32) int32 {
	if d == 0 {
		return t
	}
	for _, g := range o.away[i] {
		if t < g.to && t+int32(o.problem.Tasks[i].Duration) > g.from {
			t = g.to
		}
	}
	return t
}

// finish gives when task i is finished that starts at t and takes d.
func (o *Order) finish(i, t, d int32) int32 {
	end := t + d
	for _, g := range o.away[i] {
		if g.to > t && g.from < end {
			end += g.to - max(g.from, t)
		}
	}
	return end
}

// bound gives the earliest start of a task that takes d which one thing it waits
// for allows.
func (w *wait) bound(start, end []int32, d int32) int32 {
	switch w.kind {
	case FinishStart:
		return end[w.task] + w.lag
	case StartStart:
		return start[w.task] + w.lag
	case FinishFinish:
		return end[w.task] + w.lag - d
	default:
		return start[w.task] + w.lag - d
	}
}

// pass gives each task its earliest start and finish when task i takes dur[i].
func (o *Order) pass(dur, start, end []int32) {
	for _, i := range o.list {
		t := int32(o.problem.Tasks[i].Release)
		waits := o.of(i)
		for k := range waits {
			t = max(t, waits[k].bound(start, end, dur[i]))
		}
		if o.away[i] == nil {
			start[i], end[i] = t, t+dur[i]
			continue
		}
		t = o.begin(i, t, dur[i])
		start[i], end[i] = t, o.finish(i, t, dur[i])
	}
}

// planned gives the durations of the problem.
func (o *Order) planned() []int32 {
	dur := make([]int32, len(o.problem.Tasks))
	for i := range dur {
		dur[i] = int32(o.problem.Tasks[i].Duration)
	}
	return dur
}

// issued gives the starts and finishes of the schedule itself.
func (o *Order) issued() (start, end []int32) {
	start, end = make([]int32, len(o.start)), make([]int32, len(o.start))
	for i, t := range o.start {
		start[i], end[i] = int32(t), int32(t+o.problem.Tasks[i].Duration)
	}
	return start, end
}

// Why a task of a chain starts when it does.
type ChainWhy uint8

// The reasons, of which each task of a chain has one.
const (
	ByLink     ChainWhy = iota // as soon as the one before it lets it, by a link
	ByResource                 // as soon as the one before it gives a resource free
	ByAbsence                  // as soon as what it needs is there again
	ByRelease                  // on its first day
	ByStart                    // at the beginning of all
	ByChoice                   // nothing holds it there: the schedule has room
)

// A ChainStep is one task of a chain.
type ChainStep struct {
	Task     int
	Why      ChainWhy
	Link     int // for ByLink
	Resource int // for ByResource
}

// Chain gives what the end of the schedule hangs on: tasks of which each starts
// when the one before it lets it, through links and through resources (critical
// chain: Goldratt 1997; the critical sequence of Wiest 1964), the last of them
// being the end. Of several it is one that goes back the furthest; links go
// before resources. tail[i] is what counts as after the finish of task i; nil:
// nothing. Cost: linear in tasks and waits.
func (o *Order) Chain(tail []int) []ChainStep {
	root, by := o.drivers()
	last, final := int32(-1), int32(-1)
	for _, i := range o.list {
		finish := int32(o.start[i] + o.problem.Tasks[i].Duration)
		if tail != nil {
			finish += int32(tail[i])
		}
		if last < 0 || finish > final || finish == final && root[i] <= root[last] {
			last, final = i, finish
		}
	}
	if last < 0 {
		return nil
	}
	return o.back(by, last)
}

// ChainTo gives what the start of a task hangs on, in the same way: the task is
// the last of the chain.
func (o *Order) ChainTo(task int) []ChainStep {
	_, by := o.drivers()
	return o.back(by, int32(task))
}

// drivers gives for each task what lets it start when it does, nil where nothing
// does, and the start of the first task of the chain that this makes.
func (o *Order) drivers() (root []int32, by []*wait) {
	start, end := o.issued()
	root, by = slices.Clone(start), make([]*wait, len(start))
	for _, i := range o.list {
		waits := o.of(i)
		for k := range waits {
			w, d := &waits[k], end[i]-start[i]
			if o.begin(i, w.bound(start, end, d), d) != start[i] {
				continue
			}
			if r := root[w.task]; by[i] == nil || r < root[i] || r == root[i] && by[i].link < 0 && w.link >= 0 {
				root[i], by[i] = min(root[i], r), w
			}
		}
	}
	return root, by
}

// back follows a chain back from its last task.
func (o *Order) back(by []*wait, last int32) (out []ChainStep) {
	for i := last; ; {
		w := by[i]
		if w == nil {
			out = append(out, ChainStep{Task: int(i), Why: o.alone(i), Link: -1, Resource: -1})
			break
		}
		out = append(out, w.step(int(i)))
		i = w.task
	}
	slices.Reverse(out)
	return out
}

// step is the wait as a step of a chain to the task that waits.
func (w *wait) step(task int) ChainStep {
	if w.link < 0 {
		return ChainStep{Task: task, Why: ByResource, Link: -1, Resource: int(w.resource)}
	}
	return ChainStep{Task: task, Why: ByLink, Link: int(w.link), Resource: -1}
}

// A Course is a schedule that is carried out as it is ordered: the network of the
// links and of who waits for whom at each resource, in which nothing starts before
// the schedule has it start, and nothing is under way while a lane of it is away.
// As long as every task takes what was planned, its earliest times are those of the
// schedule. It is for one goroutine, as the network is.
type Course struct {
	*Network
	order *Order
}

// Course makes the network of the order. Late times go by the deadlines and by the
// end of the schedule. Cost: linear in tasks, waits and days on which lanes are away.
func (o *Order) Course() *Course {
	p := &Problem{Tasks: make([]Task, len(o.start)), Links: make([]Link, len(o.waits))}
	c := Calendars{All: []*Calendar{NewCalendar(nil)}, Task: make([]int, len(o.start)), Whole: true}
	known := map[string]int{"": 0}
	for i, t := range o.problem.Tasks {
		p.Tasks[i] = Task{Duration: t.Duration, Release: o.start[i], Deadline: t.Deadline}
		for k := o.first[i]; k < o.first[i+1]; k++ {
			w := &o.waits[k]
			p.Links[k] = Link{From: int(w.task), To: i, Kind: w.kind, Lag: int(w.lag)}
		}
		if t.Duration == 0 {
			continue // which needs nobody
		}
		key := fmt.Sprint(o.away[i])
		if o.away[i] == nil {
			key = ""
		}
		at, ok := known[key]
		if !ok {
			at = len(c.All)
			known[key], c.All = at, append(c.All, without(o.away[i]))
		}
		c.Task[i] = at
	}
	n, fault := NewNetwork(p, c, None)
	if fault != nil {
		panic("sched: the order of a schedule is none: " + fault.Error())
	}
	return &Course{n, o}
}

// without is a calendar on which the gaps are off.
func without(gaps []gap) *Calendar {
	works := make([]bool, gaps[len(gaps)-1].to)
	for d := range works {
		works[d] = true
	}
	for _, g := range gaps {
		clear(works[g.from:g.to])
	}
	return NewCalendar(works)
}

// Take has a task take another time, and lists the tasks that move by it; see
// [Network.SetTask].
func (c *Course) Take(task, duration int) (moved []int) {
	return c.SetTask(task, Task{Duration: duration, Release: c.order.start[task], Deadline: c.order.problem.Tasks[task].Deadline})
}

// ChainTo gives what the start of a task hangs on as things are now; the first of
// the chain starts when the schedule has it start, or waits for nobody but those
// who are away.
func (c *Course) ChainTo(task int) []ChainStep {
	tasks, links := c.Driving(task)
	out := make([]ChainStep, len(tasks))
	out[0] = ChainStep{Task: tasks[0], Why: ByChoice, Link: -1, Resource: -1}
	for k, link := range links {
		out[k+1] = c.order.waits[link].step(tasks[k+1])
	}
	return out
}

// alone says why a task that follows nothing starts when it does.
func (o *Order) alone(i int32) ChainWhy {
	start, release := o.start[i], o.problem.Tasks[i].Release
	switch {
	case start == release && release > 0:
		return ByRelease
	case start == 0:
		return ByStart
	case slices.ContainsFunc(o.away[i], func(g gap) bool { return int(g.to) == start }):
		return ByAbsence
	}
	return ByChoice
}

// A Feeder is a chain of tasks that leads into a task of another chain without
// being part of it.
type Feeder struct {
	Tasks []int // in their order
	Into  int   // the task of the other chain
	Room  int   // between the finish of the last and what lets Into start
}

// Feeders gives what leads into a chain: for each task that one of the chain waits
// for, that task and what it follows, each time the closest, back to where it
// comes from the chain itself or begins.
func (o *Order) Feeders(chain []ChainStep) []Feeder {
	start, end := o.issued()
	in := map[int32]bool{}
	for _, s := range chain {
		in[int32(s.Task)] = true
	}
	gapOf := func(w *wait, i int32) int32 { return start[i] - w.bound(start, end, end[i]-start[i]) }
	var out []Feeder
	seen := map[int32]bool{}
	for _, s := range chain {
		into := int32(s.Task)
		for k := range o.of(into) {
			w := &o.of(into)[k]
			if in[w.task] || seen[w.task] {
				continue
			}
			seen[w.task] = true
			f := Feeder{Into: s.Task, Room: int(gapOf(w, into))}
			for at := w.task; at >= 0; {
				f.Tasks = append(f.Tasks, int(at))
				next, least := int32(-1), int32(0)
				for m := range o.of(at) {
					if b := &o.of(at)[m]; next < 0 || gapOf(b, at) < least {
						next, least = b.task, gapOf(b, at)
					}
				}
				if next >= 0 && in[next] {
					break
				}
				at = next
			}
			slices.Reverse(f.Tasks)
			out = append(out, f)
		}
	}
	return out
}

// Times gives the earliest starts and finishes that the order allows when task i
// takes duration[i].
func (o *Order) Times(duration []int) (start, finish []int) {
	n := len(duration)
	dur, s, e := make([]int32, n), make([]int32, n), make([]int32, n)
	for i, d := range duration {
		dur[i] = int32(d)
	}
	o.pass(dur, s, e)
	start, finish = make([]int, n), make([]int, n)
	for i := range n {
		start[i], finish[i] = int(s[i]), int(e[i])
	}
	return start, finish
}
