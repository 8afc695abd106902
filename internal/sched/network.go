package sched

import (
	"math/bits"
	"slices"
	"sort"
)

// A Network is a problem without its resources: when each task can start and be
// finished at the earliest, and when it must at the latest (critical path
// method: Kelley, Walker 1959; with all four kinds of links). Tasks and lags are
// counted in days of work of their calendars. Changing one task or link works
// out again only what it touches.
//
// The latest times are the earliest times of the network turned round: one and
// the same code works out both. It is for one goroutine.
type Network struct {
	problem  Problem // tasks and links are its own copies
	calendar []*Calendar
	ofTask   []int32
	ofLink   []int32
	horizon  int // times are turned round here
	finish   int // what the latest times go by; see Due
	due      int // given, or None
	fore     pass
	back     pass
}

// pass is one direction: the earliest start and finish of each task.
type pass struct {
	turned   bool
	dur      []int32
	calendar []*Calendar
	ofTask   []int32
	release  []int32
	in, out  ties
	order    []int32 // topological
	at       []int32 // the place of a task in order
	start    []int32
	end      []int32
	dirty    []uint64 // a bit for each place in order that must be worked out
	first    int      // no word before this one has a bit
}

// ties are links from the side of one task.
type ties struct {
	first []int32
	list  []tie
}

type tie struct {
	task, lag, link int32
	calendar        int32
	kind            LinkKind
}

func (t *ties) of(i int32) []tie { return t.list[t.first[i]:t.first[i+1]] }

// Calendars says by which calendar the days of each task and each lag are
// counted: places in All. Where Task or Link is nil, it is the first for all;
// where All is empty, every day is a day of work.
type Calendars struct {
	All  []*Calendar
	Task []int
	Link []int
}

// NewNetwork works out all times. due is the day by which everything is to be
// finished: the latest times go back from there, and where that can't be kept
// slack is negative. With None they go back from the earliest finish of all.
// Cost: linear in tasks, links and days.
func NewNetwork(p *Problem, c Calendars, due int) (*Network, *Fault) {
	in, fault := Compile(&Problem{Tasks: withoutNeeds(p.Tasks), Links: p.Links})
	if fault != nil {
		return nil, fault
	}
	n := &Network{problem: Problem{Tasks: slices.Clone(p.Tasks), Links: slices.Clone(p.Links)}, due: due}
	n.calendar = c.All
	if len(n.calendar) == 0 {
		n.calendar = []*Calendar{NewCalendar(nil)}
	}
	n.ofTask, n.ofLink = make([]int32, len(p.Tasks)), make([]int32, len(p.Links))
	for i, k := range c.Task {
		n.ofTask[i] = int32(k)
	}
	for i, k := range c.Link {
		n.ofLink[i] = int32(k)
	}
	for _, cal := range n.calendar {
		n.horizon = max(n.horizon, cal.horizon())
	}
	n.fore = n.forward(in)
	n.fore.all()
	n.finish = n.goal()
	n.back = n.backward(in)
	n.back.all()
	return n, nil
}

func withoutNeeds(tasks []Task) []Task {
	out := slices.Clone(tasks)
	for i := range out {
		out[i].Needs = nil
	}
	return out
}

// goal is the time from which the latest times go back.
func (n *Network) goal() int {
	if n.due != None {
		return n.due
	}
	end := int32(0)
	for _, e := range n.fore.end {
		end = max(end, e)
	}
	return int(end)
}

func (n *Network) forward(in *Instance) pass {
	p := pass{calendar: n.calendar, ofTask: n.ofTask, order: in.order, release: in.release, dur: in.dur}
	p.in, p.out = n.ties()
	p.ready()
	return p
}

// backward is forward with time turned round: starts become ends, and what
// waited is waited for.
func (n *Network) backward(in *Instance) pass {
	p := pass{turned: true, ofTask: n.ofTask, order: slices.Clone(in.order), dur: in.dur, in: n.fore.out, out: n.fore.in}
	slices.Reverse(p.order)
	for _, c := range n.calendar {
		p.calendar = append(p.calendar, c.mirror(n.horizon))
	}
	p.release = make([]int32, in.n)
	for i := range p.release {
		p.release[i] = int32(n.horizon - n.latestFinish(i))
	}
	p.ready()
	return p
}

// latestFinish is what the deadline of a task and the goal allow it.
func (n *Network) latestFinish(i int) int { return min(n.finish, n.problem.Tasks[i].Deadline) }

// ties gives the links by the task they come to, and by the one they come from.
func (n *Network) ties() (in, out ties) {
	tasks, links := len(n.problem.Tasks), n.problem.Links
	in = ties{first: make([]int32, tasks+2), list: make([]tie, len(links))}
	out = ties{first: make([]int32, tasks+2), list: make([]tie, len(links))}
	for k := range links {
		in.first[links[k].To+2]++
		out.first[links[k].From+2]++
	}
	for i := range tasks {
		in.first[i+2] += in.first[i+1]
		out.first[i+2] += out.first[i+1]
	}
	// A task's first is where its next link goes, until it is the next task's.
	for k := range links {
		l := &links[k]
		in.list[in.first[l.To+1]] = tie{int32(l.From), int32(l.Lag), int32(k), n.ofLink[k], l.Kind}
		in.first[l.To+1]++
		out.list[out.first[l.From+1]] = tie{int32(l.To), int32(l.Lag), int32(k), n.ofLink[k], l.Kind}
		out.first[l.From+1]++
	}
	return in, out
}

func (p *pass) ready() {
	p.at = make([]int32, len(p.order))
	for k, i := range p.order {
		p.at[i] = int32(k)
	}
	p.start, p.end = make([]int32, len(p.order)), make([]int32, len(p.order))
	p.dirty, p.first = make([]uint64, len(p.order)/64+1), len(p.order)/64+1
}

func (p *pass) all() {
	for _, i := range p.order {
		p.start[i], p.end[i] = p.times(i)
	}
}

// times works out one task from those before it.
func (p *pass) times(i int32) (int32, int32) {
	start := int(p.release[i])
	for _, t := range p.in.of(i) {
		start = max(start, p.after(t, i, p.start[t.task], p.end[t.task]))
	}
	if p.dur[i] == 0 {
		return int32(start), int32(start)
	}
	c := p.calendar[p.ofTask[i]]
	start = c.Begin(start)
	return int32(start), int32(c.Add(start, int(p.dur[i])))
}

// after gives the earliest start of task i that a link allows, when the task at
// its other end has these times.
func (p *pass) after(t tie, i, start, end int32) int {
	from, kind := int(end), t.kind
	if p.turned && kind == StartStart {
		kind = FinishFinish
	} else if p.turned && kind == FinishFinish {
		kind = StartStart
	}
	if kind == StartStart || kind == StartFinish {
		from = int(start)
	}
	from = p.calendar[t.calendar].Lag(from, int(t.lag))
	if kind == FinishStart || kind == StartStart {
		return from
	}
	// From here on it is a finish, and the start that ends by then, or the next.
	c, d := p.calendar[p.ofTask[i]], int(p.dur[i])
	s := c.Add(from, -d)
	if d > 0 && c.Add(s, d) < from {
		s = c.Begin(s + 1)
	}
	return s
}

// touch has a task worked out again.
func (p *pass) touch(i int32) {
	w := int(p.at[i] / 64)
	p.dirty[w] |= 1 << (p.at[i] % 64)
	p.first = min(p.first, w)
}

// settle works out what was touched, in the order of the links, and what follows
// as long as something changes. It gives how many tasks it looked at.
func (p *pass) settle() int {
	looked := 0
	for ; p.first < len(p.dirty); p.first++ {
		for p.dirty[p.first] != 0 {
			bit := bits.TrailingZeros64(p.dirty[p.first])
			p.dirty[p.first] &^= 1 << bit
			i := p.order[p.first*64+bit]
			looked++
			start, end := p.times(i)
			if start == p.start[i] && end == p.end[i] {
				continue
			}
			p.start[i], p.end[i] = start, end
			for _, t := range p.out.of(i) {
				p.touch(t.task)
			}
		}
	}
	return looked
}

// SetTask gives a task another duration, release and deadline, and works out
// what follows. It gives how many tasks were looked at.
func (n *Network) SetTask(i int, t Task) int {
	n.problem.Tasks[i] = t
	n.fore.dur[i], n.fore.release[i] = int32(t.Duration), int32(t.Release)
	n.fore.touch(int32(i))
	n.back.release[i] = int32(n.horizon - n.latestFinish(i))
	n.back.touch(int32(i))
	return n.settle()
}

// SetLag gives a link another lag.
func (n *Network) SetLag(link, lag int) int {
	l := &n.problem.Links[link]
	l.Lag = lag
	for _, side := range [][]tie{n.fore.in.of(int32(l.To)), n.fore.out.of(int32(l.From))} {
		for k := range side {
			if side[k].link == int32(link) {
				side[k].lag = int32(lag)
			}
		}
	}
	n.fore.touch(int32(l.To))
	n.back.touch(int32(l.From))
	return n.settle()
}

func (n *Network) settle() int {
	looked := n.fore.settle()
	if finish := n.goal(); finish != n.finish {
		// Every latest time goes by the last day: all move with it.
		n.finish = finish
		for i := range n.back.release {
			n.back.release[i] = int32(n.horizon - n.latestFinish(i))
		}
		n.back.all()
		looked += len(n.back.order)
	}
	return looked + n.back.settle()
}

// Times are what is known of one task. Slack is in days of work of the task's
// calendar; below zero it says by how much a deadline can't be kept.
type Times struct {
	EarlyStart, EarlyFinish int
	LateStart, LateFinish   int
	TotalSlack              int // how far it can move without breaking a deadline or moving the end
	FreeSlack               int // how far it can move without moving any other task
	InterferingSlack        int // the rest: what it can move at the cost of others
}

// Times gives what is known of a task.
func (n *Network) Times(i int) Times {
	t := Times{
		EarlyStart: int(n.fore.start[i]), EarlyFinish: int(n.fore.end[i]),
		LateStart: n.horizon - int(n.back.end[i]), LateFinish: n.horizon - int(n.back.start[i]),
	}
	c := n.calendar[n.ofTask[i]]
	t.TotalSlack = c.Rank(t.LateStart) - c.Rank(t.EarlyStart)
	t.FreeSlack = n.free(int32(i), t.TotalSlack)
	t.InterferingSlack = t.TotalSlack - t.FreeSlack
	return t
}

// free is how far a task can move, up to a limit, before it pushes another.
func (n *Network) free(i int32, limit int) int {
	f := &n.fore
	c, d := f.calendar[f.ofTask[i]], int(f.dur[i])
	pushes := func(by int) bool {
		start := c.Add(int(f.start[i]), by)
		if d > 0 {
			start = c.Begin(start)
		}
		end := c.Add(start, d)
		for _, t := range f.out.of(i) {
			back := tie{i, t.lag, t.link, t.calendar, t.kind}
			after := f.after(back, t.task, int32(start), int32(end))
			if f.dur[t.task] > 0 {
				after = f.calendar[f.ofTask[t.task]].Begin(after)
			}
			if after > int(f.start[t.task]) {
				return true
			}
		}
		return false
	}
	return sort.Search(max(0, limit), func(by int) bool { return pushes(by + 1) })
}

// Driving gives the chain of links that sets the earliest start of a task, from
// the first task on: each follows its forerunner without any slack between them.
func (n *Network) Driving(i int) (tasks, links []int) {
	tasks = []int{i}
	for {
		at := int32(tasks[len(tasks)-1])
		found := false
		for _, t := range n.fore.in.of(at) {
			if n.drives(t, at) {
				tasks, links = append(tasks, int(t.task)), append(links, int(t.link))
				found = true
				break
			}
		}
		if !found {
			slices.Reverse(tasks)
			slices.Reverse(links)
			return tasks, links
		}
	}
}

// drives reports whether a link alone makes a task start as late as it does.
func (n *Network) drives(t tie, to int32) bool {
	p := &n.fore
	start := p.after(t, to, p.start[t.task], p.end[t.task])
	if p.dur[to] > 0 {
		start = p.calendar[p.ofTask[to]].Begin(start)
	}
	return start == int(p.start[to])
}

// Finish gives the earliest day by which everything is finished.
func (n *Network) Finish() int {
	end := int32(0)
	for _, e := range n.fore.end {
		end = max(end, e)
	}
	return int(end)
}
