package sched

import (
	"iter"
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
// those it waits for, so that a pass goes through memory in one direction. The
// links from a task serve both passes; those to a task are listed when a change
// or a chain is asked for. It is for one goroutine.
type Network struct {
	at      []int32 // the place of each task in the order
	task    []int32 // the task of each place
	nodes   []node  // by place, and one more: where the ties of the last end
	ties    []tie   // of each task those to others
	back    []tie   // of each task those from others; first says where; nil: not listed yet
	first   []int32
	link    []int32 // of each of back
	out     fan
	horizon int32 // times are turned round here
	due     int   // given, or None
	finish  int32 // what the latest times go by
	early   pass
	late    pass // of the network turned round
	moved   []int
}

// pass is one direction: the earliest start and finish of each task, by place.
type pass struct {
	calendar []*Calendar
	whole    bool
	time     []span
	dirty    []uint64 // a bit for each place, in the order of the pass, that must be worked out
	first    int      // no word before this one has a bit
}

// node is a task.
type node struct {
	release, deadline, dur int32 // deadline never: none
	calendar               int32
	first                  int32 // where its ties begin
}

// span is when a task starts and ends.
type span struct{ start, end int32 }

// tie is a link from one task's side: the place of the other, the lag, and four
// times the calendar of the lag and the kind.
type tie struct {
	at, lag int32
	what    uint32
}

func (t *tie) kind() LinkKind { return LinkKind(t.what % 4) }

// turned gives a tie with time turned round: start to start becomes finish to
// finish, and that start to start.
func (t tie) turned() tie {
	t.what = t.what&^3 | t.what>>1&1 | t.what<<1&2
	return t
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
	if due != None && (due > maxTime || due < -maxTime) {
		return nil, &Fault{What: TooLarge}
	}
	if len(c.All) == 0 {
		c.All = []*Calendar{NewCalendar(nil)}
	}
	tasks, horizon := len(p.Tasks), 0
	for _, cal := range c.All {
		horizon = max(horizon, cal.horizon())
	}
	mirrored := make([]*Calendar, len(c.All))
	for k, cal := range c.All {
		mirrored[k] = cal.mirror(horizon)
	}
	out, fault := fanOf(p)
	if fault != nil {
		return nil, fault
	}
	order, fault := out.order(p.Links)
	if fault != nil {
		return nil, fault
	}
	n := &Network{at: make([]int32, tasks), task: order, nodes: make([]node, tasks+1), ties: make([]tie, len(p.Links)), out: out,
		horizon: int32(horizon), due: due, early: newPass(c.All, c.Whole, tasks), late: newPass(mirrored, c.Whole, tasks)}
	for k, i := range order {
		n.at[i] = int32(k)
	}
	total, longest := 0, 0
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if what := t.fault(); what != 0 {
			return nil, &Fault{What: what, Tasks: []int{i}}
		}
		n.nodes[n.at[i]].take(t)
		n.nodes[n.at[i]].calendar = placeIn(c.Task, i)
		total, longest = total+t.Duration, max(longest, t.Release)
	}
	next := int32(0)
	for k, i := range order {
		n.nodes[k].first = next
		legs := out.of(i)
		for x := range legs {
			l := &legs[x]
			n.ties[next] = tie{n.at[l.to], l.lag, uint32(placeIn(c.Link, int(l.link)))*4 + uint32(l.kind)}
			next++
			total += int(max(0, l.lag))
		}
	}
	n.nodes[tasks].first = next
	if total+longest >= maxTime {
		return nil, &Fault{What: TooLarge}
	}
	n.begin()
	n.aim()
	return n, nil
}

func newPass(calendar []*Calendar, whole bool, tasks int) pass {
	words := tasks/64 + 1
	return pass{calendar: calendar, whole: whole, time: make([]span, tasks), dirty: make([]uint64, words), first: words}
}

// take takes over the numbers of a task.
func (d *node) take(t *Task) {
	d.release, d.dur, d.deadline = int32(t.Release), int32(t.Duration), never
	if t.Deadline != None {
		d.deadline = int32(t.Deadline)
	}
}

// from gives the ties of the task at a place to others.
func (n *Network) from(k int32) []tie { return n.ties[n.nodes[k].first:n.nodes[k+1].first] }

// to gives those from others, which list has listed.
func (n *Network) to(k int32) []tie { return n.back[n.first[k]:n.first[k+1]] }

// begin works out the earliest times: each task, once it has its own, tells those
// that wait for it.
func (n *Network) begin() {
	p := &n.early
	for k := range p.time {
		p.time[k].start = n.nodes[k].release
	}
	for k := range p.time {
		now := p.place(&n.nodes[k], p.time[k].start)
		p.time[k] = now
		ties := n.from(int32(k))
		for x := range ties {
			t := &ties[x]
			p.time[t.at].start = max(p.time[t.at].start, p.after(t, &n.nodes[t.at], now))
		}
	}
}

// aim works out the latest times from the day by which all is to be finished.
func (n *Network) aim() {
	if n.finish = int32(n.due); n.due == None {
		n.finish = n.early.last()
	}
	for k := int32(len(n.task) - 1); k >= 0; k-- {
		n.late.time[k] = n.latest(k)
	}
}

func (p *pass) last() (end int32) {
	for _, t := range p.time {
		end = max(end, t.end)
	}
	return end
}

// earliest works out one task from those before it, latest from those after it,
// in turned time.
func (n *Network) earliest(k int32) span {
	p, d := &n.early, &n.nodes[k]
	start := d.release
	ties := n.to(k)
	for x := range ties {
		t := &ties[x]
		start = max(start, p.after(t, d, p.time[t.at]))
	}
	return p.place(d, start)
}

func (n *Network) latest(k int32) span {
	p, d := &n.late, &n.nodes[k]
	start := n.horizon - min(n.finish, d.deadline)
	ties := n.from(k)
	for x := range ties {
		t := ties[x].turned()
		start = max(start, p.after(&t, d, p.time[t.at]))
	}
	return p.place(d, start)
}

// list lists the ties by the tasks they come to, unless that is done.
func (n *Network) list() {
	if n.first != nil {
		return
	}
	n.back, n.link, n.first = make([]tie, len(n.ties)), make([]int32, len(n.ties)), make([]int32, len(n.task)+2)
	for x := range n.ties {
		n.first[n.ties[x].at+2]++
	}
	for k := range n.task {
		n.first[k+2] += n.first[k+1]
	}
	for k, i := range n.task {
		for x, t := range n.from(int32(k)) {
			next := &n.first[t.at+1] // where its next tie goes, until it is where the next task's begin
			n.back[*next], n.link[*next] = tie{int32(k), t.lag, t.what}, n.out.of(i)[x].link
			*next++
		}
	}
}

// place gives a task the first start from a time on.
func (p *pass) place(d *node, from int32) span {
	if d.dur == 0 {
		return span{from, from}
	}
	c, days := p.calendar[d.calendar], int(d.dur)
	r := c.Rank(int(from))
	start, end := c.Day(r), c.Day(r+days-1)+1
	for p.whole && end-start > days {
		// Some day off is in between: behind the first there is the next chance.
		for r++; c.Day(r) == start+1; r++ {
			start++
		}
		start, end = c.Day(r), c.Day(r+days-1)+1
	}
	return span{int32(start), int32(end)}
}

// after gives the earliest start of a task that a link allows, when the task at
// its other end has these times.
func (p *pass) after(t *tie, d *node, w span) int32 {
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
		return from - d.dur
	}
	// From here on it is a finish, and the start that ends by then, or the next.
	c, days := p.calendar[d.calendar], int(d.dur)
	s := c.Add(int(from), -days)
	if days > 0 && c.Add(s, days) < int(from) {
		s = c.Begin(s + 1)
	}
	return int32(s)
}

// touch has the task at a place in the order of the pass worked out again.
func (p *pass) touch(k int32) {
	w := int(k / 64)
	p.dirty[w] |= 1 << (k % 64)
	p.first = min(p.first, w)
}

// touched gives the first place that must be worked out, and forgets it; -1: none.
func (p *pass) touched() int32 {
	for ; p.first < len(p.dirty); p.first++ {
		if w := p.dirty[p.first]; w != 0 {
			p.dirty[p.first] = w & (w - 1)
			return int32(p.first*64 + bits.TrailingZeros64(w))
		}
	}
	return -1
}

// SetTask gives a task another duration, release and deadline, and works out
// what follows, as long as something changes. It lists the tasks that now start or
// end at the earliest at another time, each after those it waits for; the list is
// good until the next change. The numbers are to be such as [NewNetwork] takes.
func (n *Network) SetTask(i int, t Task) (moved []int) {
	n.list()
	k, last := n.at[i], int32(len(n.task)-1)
	n.nodes[k].take(&t)
	n.early.touch(k)
	n.late.touch(last - k) // which goes the other way
	n.moved = n.moved[:0]
	ends := false // the end may be another
	for k := n.early.touched(); k >= 0; k = n.early.touched() {
		was, now := n.early.time[k], n.earliest(k)
		if was == now {
			continue
		}
		n.early.time[k] = now
		n.moved = append(n.moved, int(n.task[k]))
		ends = ends || was.end == n.finish || now.end > n.finish
		for _, t := range n.from(k) {
			n.early.touch(t.at)
		}
	}
	if n.due == None && ends && n.early.last() != n.finish {
		// Every latest time goes by the end: all move with it.
		clear(n.late.dirty)
		n.aim()
		return n.moved
	}
	for k := n.late.touched(); k >= 0; k = n.late.touched() {
		k = last - k
		now := n.latest(k)
		if n.late.time[k] == now {
			continue
		}
		n.late.time[k] = now
		for _, t := range n.to(k) {
			n.late.touch(last - t.at)
		}
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
func (n *Network) Times(i int) Times { return n.known(n.at[i]) }

// All gives each task with what is known of it, in an order in which each comes
// after those it waits for.
func (n *Network) All() iter.Seq2[int, Times] {
	return func(yield func(int, Times) bool) {
		for k, i := range n.task {
			if !yield(int(i), n.known(int32(k))) {
				return
			}
		}
	}
}

func (n *Network) known(k int32) Times {
	d := &n.nodes[k]
	early, late := n.early.time[k], n.mirror(n.late.time[k])
	c := n.early.calendar[d.calendar]
	at := c.Rank(int(early.start))
	total := c.Rank(int(late.start)) - at
	free := max(0, total)
	if free > 0 {
		// What it could do were the others at their latest already.
		p, start := &n.late, n.late.time[k].start
		ties := n.from(k)
		for x := range ties {
			t := ties[x].turned()
			start = max(start, p.after(&t, d, n.mirror(n.early.time[t.at])))
		}
		free = c.Rank(int(n.mirror(p.place(d, start)).start)) - at
	}
	return Times{int(early.start), int(early.end), int(late.start), int(late.end), total, free, total - free}
}

// mirror turns times round, either way.
func (n *Network) mirror(t span) span { return span{n.horizon - t.end, n.horizon - t.start} }

// Driving gives the chain of links that sets the earliest start of a task, from
// the first task on: each follows its forerunner without any slack between them.
// Of several links that drive a task it is the first.
func (n *Network) Driving(i int) (tasks, links []int) {
	n.list()
	for k := n.at[i]; ; {
		tasks = append(tasks, int(n.task[k]))
		by := int32(-1)
		for x := n.first[k]; x < n.first[k+1]; x++ {
			if n.drives(&n.back[x], k) && (by < 0 || n.link[x] < n.link[by]) {
				by = x
			}
		}
		if by < 0 {
			slices.Reverse(tasks)
			slices.Reverse(links)
			return tasks, links
		}
		links, k = append(links, int(n.link[by])), n.back[by].at
	}
}

// drives reports whether a link alone makes a task start as late as it does.
func (n *Network) drives(t *tie, k int32) bool {
	p := &n.early
	return p.place(&n.nodes[k], p.after(t, &n.nodes[k], p.time[t.at])).start == p.time[k].start
}

// Finish gives the earliest day by which everything is finished.
func (n *Network) Finish() int { return int(n.early.last()) }
