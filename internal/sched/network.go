package sched

import (
	"math/bits"
	"slices"
)

// A Network is a problem without its resources: when each task can start and be
// finished at the earliest, and when it must at the latest (critical path
// method: Kelley, Walker 1959; with all four kinds of links). Tasks and lags are
// counted in days of work of their calendars. Changing one task works out again
// only what it touches.
//
// The latest times are the earliest times of the network turned round: one and
// the same code works out both. Tasks lie in an order in which each comes after
// those it waits for, so that a pass goes through memory from front to back. It
// is for one goroutine.
type Network struct {
	calendar []*Calendar
	at       []int32 // the place of each task in the order
	task     []int32 // the task of each place
	deadline []int32 // by task; never: none
	horizon  int32   // times are turned round here
	due      int     // given, or None
	finish   int32   // what the latest times go by
	fore     pass
	back     pass // what has place k in fore has place last-k in it
	moved    []int
}

// pass is one direction: the earliest start and finish of each task, by place.
type pass struct {
	calendar []*Calendar
	whole    bool
	nodes    []node // one more than tasks: where the ties of the last one end
	ties     []tie
	time     []span
	dirty    []uint64 // a bit for each place that must be worked out
	first    int      // no word before this one has a bit
}

// node is what a task takes, and where its ties begin.
type node struct{ release, dur, calendar, first int32 }

// span is when a task starts and ends.
type span struct{ start, end int32 }

// tie is a link as the task at its end sees it.
type tie struct {
	at   int32 // the place of the task that is waited for
	lag  int32
	link int32
	what uint32 // four times the calendar of the lag, and the kind
}

func (t *tie) kind() LinkKind { return LinkKind(t.what % 4) }

// turned gives the kind of a link when time is turned round.
func (k LinkKind) turned() LinkKind {
	switch k {
	case StartStart:
		return FinishFinish
	case FinishFinish:
		return StartStart
	}
	return k
}

// Calendars says by which calendar the days of each task and each lag are
// counted: places in All. Where Task or Link is nil, it is the first for all;
// where All is empty, every day is a day of work.
type Calendars struct {
	All  []*Calendar
	Task []int
	Link []int
	// Whole: a task is not broken by days off, but waits until all the days that
	// it takes are one after another.
	Whole bool
}

func placeIn(list []int, i int) int32 {
	if list == nil {
		return 0
	}
	return int32(list[i])
}

// NewNetwork works out all times, and keeps nothing of p. due is the day by which
// everything is to be finished: the latest times go back from there, and where
// that can't be kept slack is negative. With None they go back from the earliest
// finish of all. Cost: linear in tasks, links and days.
func NewNetwork(p *Problem, c Calendars, due int) (*Network, *Fault) {
	tasks := len(p.Tasks)
	n := &Network{calendar: c.All, at: make([]int32, tasks), deadline: make([]int32, tasks), due: due}
	if len(n.calendar) == 0 {
		n.calendar = []*Calendar{NewCalendar(nil)}
	}
	for _, cal := range n.calendar {
		n.horizon = max(n.horizon, int32(cal.horizon()))
	}
	if due != None && (due > maxTime || due < -maxTime) {
		return nil, &Fault{What: TooLarge}
	}
	out, fault := fanOf(p)
	if fault != nil {
		return nil, fault
	}
	var waits []int32
	if n.task, waits, fault = out.order(p.Links); fault != nil {
		return nil, fault
	}
	n.fore = newPass(n.calendar, c.Whole, tasks, len(p.Links))
	mirrored := make([]*Calendar, len(n.calendar))
	for k, cal := range n.calendar {
		mirrored[k] = cal.mirror(int(n.horizon))
	}
	n.back = newPass(mirrored, c.Whole, tasks, len(p.Links))
	total, longest, first := 0, 0, int32(0)
	for k, i := range n.task {
		t := &p.Tasks[i]
		if what := t.fault(); what != 0 {
			return nil, &Fault{What: what, Tasks: []int{int(i)}}
		}
		if n.deadline[i] = never; t.Deadline != None {
			n.deadline[i] = int32(t.Deadline)
		}
		n.at[i] = int32(k)
		n.fore.nodes[k] = node{int32(t.Release), int32(t.Duration), placeIn(c.Task, int(i)), first}
		// From here on waits says where the task's next tie goes.
		first, waits[i] = first+waits[i], first
		total, longest = total+t.Duration, max(longest, t.Release)
	}
	n.fore.nodes[tasks].first = first
	// The ties of the turned pass in their order, and with them those of the
	// other, which so are in the reverse order of whom they wait for.
	first = 0
	for turned := range n.task {
		k := tasks - 1 - turned
		i, f := n.task[k], &n.fore.nodes[k]
		n.back.nodes[turned] = node{0, f.dur, f.calendar, first}
		for x := out.first[i]; x < out.first[i+1]; x++ {
			to, link := out.to[x], out.link[x]
			l := &p.Links[link]
			t := tie{int32(k), int32(l.Lag), link, uint32(placeIn(c.Link, int(link)))*4 + uint32(l.Kind)}
			n.fore.ties[waits[to]] = t
			waits[to]++
			t.at, t.what = n.turn(n.at[to]), t.what-uint32(l.Kind)+uint32(l.Kind.turned())
			n.back.ties[first] = t
			first++
			total += max(0, l.Lag)
		}
	}
	n.back.nodes[tasks].first = first
	if total+longest >= maxTime {
		return nil, &Fault{What: TooLarge}
	}
	n.fore.all()
	n.aim()
	return n, nil
}

func newPass(calendar []*Calendar, whole bool, tasks, links int) pass {
	words := tasks/64 + 1
	return pass{calendar: calendar, whole: whole, nodes: make([]node, tasks+1), ties: make([]tie, links), time: make([]span, tasks),
		dirty: make([]uint64, words), first: words}
}

// turn gives the place in the other pass.
func (n *Network) turn(k int32) int32 { return int32(len(n.task)) - 1 - k }

// aim works out the latest times from the day by which all is to be finished.
func (n *Network) aim() {
	if n.finish = int32(n.due); n.due == None {
		n.finish = n.fore.last()
	}
	for turned := range n.task {
		n.back.nodes[turned].release = n.horizon - n.latestFinish(n.task[n.turn(int32(turned))])
	}
	n.back.all()
}

// latestFinish is what the deadline of a task and the aim allow it.
func (n *Network) latestFinish(i int32) int32 { return min(n.finish, n.deadline[i]) }

func (p *pass) last() (end int32) {
	for _, t := range p.time {
		end = max(end, t.end)
	}
	return end
}

func (p *pass) all() {
	for k := range p.time {
		p.time[k] = p.times(int32(k))
	}
}

func (p *pass) of(k int32) []tie { return p.ties[p.nodes[k].first:p.nodes[k+1].first] }

// times works out one task from those before it.
func (p *pass) times(k int32) span {
	n, start := &p.nodes[k], p.nodes[k].release
	ties := p.of(k)
	for x := range ties {
		t := &ties[x]
		start = max(start, p.after(t, n, p.time[t.at]))
	}
	return p.place(n, start)
}

// place gives a task the first start from a time on.
func (p *pass) place(n *node, from int32) span {
	if n.dur == 0 {
		return span{from, from}
	}
	c, d := p.calendar[n.calendar], int(n.dur)
	r := c.Rank(int(from))
	start, end := c.Day(r), c.Day(r+d-1)+1
	for p.whole && end-start > d {
		// Some day off is in between: behind the first there is the next chance.
		for r++; c.Day(r) == start+1; r++ {
			start++
		}
		start, end = c.Day(r), c.Day(r+d-1)+1
	}
	return span{int32(start), int32(end)}
}

// after gives the earliest start of a task that a link allows, when the task at
// its other end has these times.
func (p *pass) after(t *tie, n *node, w span) int32 {
	from, kind := w.end, t.kind()
	if kind == StartStart || kind == StartFinish {
		from = w.start
	}
	if t.lag != 0 {
		from = int32(p.calendar[t.what/4].Lag(int(from), int(t.lag)))
	}
	if kind == FinishStart || kind == StartStart {
		return from
	}
	if p.whole {
		return from - n.dur
	}
	// From here on it is a finish, and the start that ends by then, or the next.
	c, d := p.calendar[n.calendar], int(n.dur)
	s := c.Add(int(from), -d)
	if d > 0 && c.Add(s, d) < int(from) {
		s = c.Begin(s + 1)
	}
	return int32(s)
}

// touch has the task at a place worked out again.
func (p *pass) touch(k int32) {
	w := int(k / 64)
	p.dirty[w] |= 1 << (k % 64)
	p.first = min(p.first, w)
}

// settle works out what was touched, in the order of the links, and what follows
// as long as something changes. follow are the ties of the other pass, which lead
// to what follows; changed hears of each place whose times are others, and of what
// they were.
func (p *pass) settle(other *pass, changed func(k int32, was span)) {
	last := int32(len(p.time) - 1)
	for ; p.first < len(p.dirty); p.first++ {
		for p.dirty[p.first] != 0 {
			bit := bits.TrailingZeros64(p.dirty[p.first])
			p.dirty[p.first] &^= 1 << bit
			k := int32(p.first*64 + bit)
			was, now := p.time[k], p.times(k)
			if was == now {
				continue
			}
			p.time[k] = now
			if changed != nil {
				changed(k, was)
			}
			ties := other.of(last - k)
			for x := range ties {
				p.touch(last - ties[x].at)
			}
		}
	}
}

// SetTask gives a task another duration, release and deadline, and works out
// what follows. It lists the tasks that now start or end at the earliest on
// another day, in an order in which each comes after those it waits for; the list
// is good until the next change. The numbers are to be such as [NewNetwork] takes.
func (n *Network) SetTask(i int, t Task) (moved []int) {
	k := n.at[i]
	n.deadline[i] = never
	if t.Deadline != None {
		n.deadline[i] = int32(t.Deadline)
	}
	fore, back := &n.fore.nodes[k], &n.back.nodes[n.turn(k)]
	fore.release, fore.dur = int32(t.Release), int32(t.Duration)
	back.release, back.dur = n.horizon-n.latestFinish(int32(i)), fore.dur
	n.fore.touch(k)
	n.back.touch(n.turn(k))
	n.moved = n.moved[:0]
	ends := false // the end may be another
	n.fore.settle(&n.back, func(k int32, was span) {
		n.moved = append(n.moved, int(n.task[k]))
		ends = ends || was.end == n.finish || n.fore.time[k].end > n.finish
	})
	if n.due == None && ends && n.fore.last() != n.finish {
		// Every latest time goes by the end: all move with it.
		clear(n.back.dirty)
		n.back.first = len(n.back.dirty)
		n.aim()
	} else {
		n.back.settle(&n.fore, nil)
	}
	return n.moved
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

// Times gives what is known of a task. Cost: linear in the links from it.
func (n *Network) Times(i int) Times {
	k := n.at[i]
	early, late := n.fore.time[k], n.mirror(n.back.time[n.turn(k)])
	c := n.calendar[n.fore.nodes[k].calendar]
	at := c.Rank(int(early.start))
	total := c.Rank(int(late.start)) - at
	free := max(0, total)
	if free > 0 {
		free = c.Rank(int(n.unmoved(k, late).start)) - at
	}
	return Times{int(early.start), int(early.end), int(late.start), int(late.end), total, free, total - free}
}

// mirror turns times round, either way.
func (n *Network) mirror(t span) span { return span{n.horizon - t.end, n.horizon - t.start} }

// unmoved gives the latest times of the task at a place with which no other task
// moves: those that it would have were the others at their latest already.
func (n *Network) unmoved(k int32, late span) span {
	p := &n.back
	k = n.turn(k)
	start, d := n.mirror(late).start, &p.nodes[k]
	ties := p.of(k)
	for x := range ties {
		t := &ties[x]
		start = max(start, p.after(t, d, n.mirror(n.fore.time[n.turn(t.at)])))
	}
	return n.mirror(p.place(d, start))
}

// Driving gives the chain of links that sets the earliest start of a task, from
// the first task on: each follows its forerunner without any slack between them.
// Of several links that drive a task it is the first.
func (n *Network) Driving(i int) (tasks, links []int) {
	for tasks = []int{i}; ; {
		k := n.at[tasks[len(tasks)-1]]
		var by *tie
		for x := range n.fore.of(k) {
			if t := &n.fore.of(k)[x]; n.drives(t, k) && (by == nil || t.link < by.link) {
				by = t
			}
		}
		if by == nil {
			slices.Reverse(tasks)
			slices.Reverse(links)
			return tasks, links
		}
		tasks, links = append(tasks, int(n.task[by.at])), append(links, int(by.link))
	}
}

// drives reports whether a link alone makes a task start as late as it does.
func (n *Network) drives(t *tie, k int32) bool {
	p, node := &n.fore, &n.fore.nodes[k]
	return p.place(node, p.after(t, node, p.time[t.at])).start == p.time[k].start
}

// Finish gives the earliest day by which everything is finished.
func (n *Network) Finish() int { return int(n.fore.last()) }
