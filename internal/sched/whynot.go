package sched

import (
	"slices"
)

// DemandKind is a kind of demand.
type DemandKind uint8

// The kinds of demands that a problem makes of its schedules.
const (
	OfRelease  DemandKind = iota // a task does not start before its release
	OfDeadline                   // a task is finished by its deadline
	OfLink                       // a link's lag is kept
	OfNeed                       // a task has what it needs of a resource
)

// A Demand is one thing that a problem asks for. Of Task, Link and Resource
// those count that the kind names.
type Demand struct {
	Kind                 DemandKind
	Task, Link, Resource int
}

// A Clash is a set of demands that can't be met together, though without any
// single one of them the others can: each is needed for the clash.
type Clash struct {
	Demands []Demand
	// Proven: for each demand a schedule was found that meets all others. When
	// false, the work did not suffice to find out for some of them.
	Proven  bool
	WaysOut []WayOut
}

// A WayOut is the least change of one number that ends a clash.
type WayOut struct {
	Demand Demand // OfDeadline: later; OfRelease: earlier; OfLink: a shorter lag; OfNeed: more of the resource
	By     int
	// For OfNeed, when the resource is short: what the demands of the clash keep
	// busy, from the first start to the last finish that they allow.
	From, To int
	// Start is a schedule of the clash's tasks with the change; -1 for others.
	Start []int
}

// WhyNot finds out why a problem has no schedule that keeps all deadlines. It
// gives nil when it has one, or when work (in failures of the exact search) does
// not suffice to tell; the second result says which: true, there is none.
//
// What the bounds alone show is traced back along the conclusions; what only a
// search shows is found by leaving demands away in halves (Junker 2004). Then
// each demand that is left is tried without.
func WhyNot(p *Problem, work int) (*Clash, bool) {
	w := &why{p: p, work: work}
	demands, shown := w.traced()
	if !shown {
		all := w.all()
		switch w.met(all) {
		case yes:
			return nil, false
		case unknown:
			return nil, false
		}
		demands = w.halves(nil, all, false)
	}
	clash := &Clash{Proven: true}
	for k := 0; k < len(demands); {
		rest := slices.Delete(slices.Clone(demands), k, k+1)
		switch w.met(rest) {
		case no:
			demands = rest
			continue
		case unknown:
			clash.Proven = false
		}
		k++
	}
	clash.Demands = demands
	w.waysOut(clash)
	return clash, true
}

type why struct {
	p    *Problem
	work int
}

type answer uint8

const (
	no answer = iota
	yes
	unknown
)

// all lists every demand.
func (w *why) all() []Demand {
	var out []Demand
	for i, t := range w.p.Tasks {
		if t.Deadline != None {
			out = append(out, Demand{Kind: OfDeadline, Task: i})
		}
	}
	for i, t := range w.p.Tasks {
		if t.Release > 0 {
			out = append(out, Demand{Kind: OfRelease, Task: i})
		}
		for k, need := range t.Needs {
			// A resource that is named twice is one demand, of both amounts.
			again := slices.ContainsFunc(t.Needs[:k], func(n Need) bool { return n.Resource == need.Resource && n.Amount > 0 })
			if need.Amount > 0 && t.Duration > 0 && !again {
				out = append(out, Demand{Kind: OfNeed, Task: i, Resource: need.Resource})
			}
		}
	}
	for k := range w.p.Links {
		out = append(out, Demand{Kind: OfLink, Link: k})
	}
	return out
}

// part makes the problem of some demands, of the tasks that they name; tasks
// gives for each of its tasks the place in the whole.
func (w *why) part(demands []Demand) (p *Problem, tasks []int) {
	p = &Problem{Resources: w.p.Resources}
	place := map[int]int{}
	task := func(i int) *Task {
		k, ok := place[i]
		if !ok {
			k = len(tasks)
			place[i] = k
			tasks = append(tasks, i)
			p.Tasks = append(p.Tasks, Task{Duration: w.p.Tasks[i].Duration, Deadline: None})
		}
		return &p.Tasks[k]
	}
	for _, d := range demands {
		switch d.Kind {
		case OfRelease:
			task(d.Task).Release = w.p.Tasks[d.Task].Release
		case OfDeadline:
			task(d.Task).Deadline = w.p.Tasks[d.Task].Deadline
		case OfNeed:
			for _, need := range w.p.Tasks[d.Task].Needs {
				if need.Resource == d.Resource {
					t := task(d.Task)
					t.Needs = append(t.Needs, need)
				}
			}
		case OfLink:
			l := w.p.Links[d.Link]
			task(l.From)
			task(l.To)
			l.From, l.To = place[l.From], place[l.To]
			p.Links = append(p.Links, l)
		}
	}
	return p, tasks
}

// met reports whether there is a schedule that meets the demands.
func (w *why) met(demands []Demand) answer {
	p, _ := w.part(demands)
	a, _ := w.solve(p)
	return a
}

func (w *why) solve(p *Problem) (answer, []int32) {
	in, fault := Compile(p)
	if fault != nil {
		return no, nil
	}
	// What stands early by itself is often enough.
	g := newGenerator(in)
	start := make([]int32, in.n)
	list := slices.Clone(in.order)
	latest := in.latest(in.horizon)
	slices.SortStableFunc(list, func(a, b int32) int { return int(latest[a]) - int(latest[b]) })
	in.repair(list)
	g.forward(list, start)
	if in.late(start) == 0 {
		return yes, start
	}
	if int64(in.n)*int64(in.horizon) > exactCells {
		return unknown, nil
	}
	prover := newProver(in, in.horizon+1)
	if prover.run(false, 1) && prover.found == nil {
		return no, nil
	}
	if prover.found == nil && !prover.run(false, w.work) && prover.found == nil {
		return unknown, nil
	}
	if prover.found == nil {
		return no, nil
	}
	return yes, prover.found
}

// halves gives a least set of demands among some that, with those given, can't
// be met. changed: given has grown since it was last asked about.
func (w *why) halves(given, some []Demand, changed bool) []Demand {
	if changed && w.met(given) == no {
		return nil
	}
	if len(some) <= 1 {
		return some
	}
	first, second := some[:len(some)/2], some[len(some)/2:]
	inSecond := w.halves(join(given, first), second, true)
	inFirst := w.halves(join(given, inSecond), first, len(inSecond) > 0)
	return join(inFirst, inSecond)
}

func join(a, b []Demand) []Demand { return append(slices.Clone(a), b...) }

// traced gives the demands from which the bounds alone contradict each other,
// and whether they do.
func (w *why) traced() ([]Demand, bool) {
	in, fault := Compile(w.p)
	if fault != nil {
		return nil, false
	}
	// A task that by itself is late from the start leaves nothing to trace.
	for i, t := range w.p.Tasks {
		if t.Deadline != None && t.Release+t.Duration > t.Deadline {
			demands := []Demand{{Kind: OfDeadline, Task: i}}
			if t.Release > 0 {
				demands = append(demands, Demand{Kind: OfRelease, Task: i})
			}
			return demands, true
		}
	}
	// Times without people first: they need no table of capacities.
	for _, crowded := range []bool{false, true} {
		if crowded && int64(in.words)*int64(in.horizon) > exactCells {
			return nil, false
		}
		p := tracer(in, crowded)
		if p.consistent() && p.propagate() && p.overload() {
			continue
		}
		return w.roots(p), true
	}
	return nil, false
}

// tracer makes a prover that only propagates.
func tracer(in *Instance, crowded bool) *prover {
	if !crowded {
		bare := *in
		bare.pieces, bare.words = make([][]piece, in.n), 0
		bare.needs = make([][]Need, in.n)
		in = &bare
	}
	n := in.n + 1
	p := &prover{in: in, n: n, sink: in.n, dur: append(slices.Clone(in.dur), 0)}
	p.facts.make(n)
	time := in.horizon + 1
	if !crowded {
		time = 1
	}
	p.timetable.make(in, time)
	p.lessons.make(n, time)
	for i := range in.n {
		for _, a := range in.succ.of(i) {
			p.tie(i, a.task, a.lag)
		}
	}
	for side := range p.own {
		p.own[side] = len(p.out[side])
	}
	p.facts.clear()
	p.timetable.clear(in)
	p.lessons.clear()
	for i := range in.n {
		p.bound[2*i], p.bound[2*i+1] = in.release[i], p.dur[i]-min(in.deadline[i], in.horizon)
	}
	p.bound[2*p.sink+1] = -in.horizon
	return p
}

// roots goes back from a contradiction to the demands it comes from.
func (w *why) roots(p *prover) []Demand {
	demands := map[Demand]bool{}
	strongest := map[[2]int32]int{}
	for k, l := range w.p.Links {
		key := [2]int32{int32(l.From), int32(l.To)}
		if old, ok := strongest[key]; !ok || w.lag(l) > w.lag(w.p.Links[old]) {
			strongest[key] = k
		}
	}
	// rests notes the demands of one conclusion. Those under way at a crowded
	// time, or crammed into a stretch, are whom crowd or cram named last.
	rests := func(side int32, why reason) {
		switch why.kind {
		case linked:
			from, to := why.a>>1, side>>1
			if side&1 == 1 {
				from, to = to, from
			}
			demands[Demand{Kind: OfLink, Link: strongest[[2]int32{from, to}]}] = true
		case crowded:
			demands[Demand{Kind: OfNeed, Task: int(side >> 1), Resource: int(why.b)}] = true
			for _, j := range p.around {
				demands[Demand{Kind: OfNeed, Task: int(j), Resource: int(why.b)}] = true
			}
		case crammed:
			for _, j := range p.around {
				demands[Demand{Kind: OfNeed, Task: int(j), Resource: int(why.b)}] = true
			}
		}
	}
	rests(p.lastSide, p.lastWhy)
	for k := len(p.trail) - 1; k >= 0; k-- {
		e := p.trail[k]
		has, b := p.needed[e.side] && p.need[e.side] > e.old, p.need[e.side]
		p.unwind(k)
		if !has {
			continue
		}
		p.needed[e.side] = false
		p.explain(e.side, b, e.why)
		rests(e.side, e.why)
	}
	for _, side := range p.touched {
		if !p.needed[side] || side>>1 >= p.in.n {
			continue
		}
		i := int(side >> 1)
		if side&1 == 1 && w.p.Tasks[i].Deadline != None {
			demands[Demand{Kind: OfDeadline, Task: i}] = true
		}
		if side&1 == 0 && w.p.Tasks[i].Release > 0 && p.need[side] > 0 {
			demands[Demand{Kind: OfRelease, Task: i}] = true
		}
	}
	var out []Demand
	for _, d := range w.all() {
		if demands[d] {
			out = append(out, d)
		}
	}
	return out
}

// lag gives the least distance of the starts that a link asks for.
func (w *why) lag(l Link) int {
	from, to := w.p.Tasks[l.From].Duration, w.p.Tasks[l.To].Duration
	switch l.Kind {
	case FinishStart:
		return l.Lag + from
	case FinishFinish:
		return l.Lag + from - to
	case StartFinish:
		return l.Lag - to
	}
	return l.Lag
}

// waysOut finds, for each number in the clash, the least change that ends it.
func (w *why) waysOut(c *Clash) {
	seen := map[int]bool{}
	for k, d := range c.Demands {
		p, tasks := w.part(c.Demands)
		place := func(i int) int { return slices.Index(tasks, i) }
		var change func(by int)
		most := maxTime / 4
		switch d.Kind {
		case OfDeadline:
			old := p.Tasks[place(d.Task)].Deadline
			change = func(by int) { p.Tasks[place(d.Task)].Deadline = old + by }
		case OfRelease:
			old := p.Tasks[place(d.Task)].Release
			most = old
			change = func(by int) { p.Tasks[place(d.Task)].Release = old - by }
		case OfLink:
			n := 0
			for _, e := range c.Demands[:k] {
				if e.Kind == OfLink {
					n++
				}
			}
			old := p.Links[n].Lag
			if most = old; most <= 0 {
				continue // only a lag can be shortened; an order stays an order
			}
			change = func(by int) { p.Links[n].Lag = old - by }
		case OfNeed:
			if seen[d.Resource] {
				continue
			}
			seen[d.Resource] = true
			old := p.Resources[d.Resource]
			most = maxCapacity - old.most()
			change = func(by int) {
				p.Resources = slices.Clone(p.Resources)
				p.Resources[d.Resource] = old.more(by)
			}
		}
		if out, ok := w.least(p, change, most); ok {
			out.Demand = d
			out.place(p, tasks, len(w.p.Tasks), d)
			c.WaysOut = append(c.WaysOut, out)
		}
	}
}

// more gives the resource with so much more at each time.
func (r Resource) more(by int) Resource {
	out := Resource{Capacity: r.Capacity + by, Steps: slices.Clone(r.Steps)}
	for k := range out.Steps {
		out.Steps[k].Capacity += by
	}
	return out
}

// least finds the least change, up to most, that gives a schedule.
func (w *why) least(p *Problem, change func(int), most int) (WayOut, bool) {
	try := func(by int) []int32 {
		change(by)
		if a, start := w.solve(p); a == yes {
			return start
		}
		return nil
	}
	low, high := 0, 1 // low does not help
	var best []int32
	for {
		high = min(high, most)
		if high <= low {
			return WayOut{}, false
		}
		if best = try(high); best != nil {
			break
		}
		low, high = high, 2*high
	}
	for high-low > 1 {
		middle := (low + high) / 2
		if start := try(middle); start != nil {
			best, high = start, middle
		} else {
			low = middle
		}
	}
	out := WayOut{By: high, Start: make([]int, len(best))}
	for i, t := range best {
		out.Start[i] = int(t)
	}
	change(high)
	return out, true
}

// place puts the starts of a part at the places of the whole, and says when the
// resource is busy.
func (o *WayOut) place(p *Problem, tasks []int, n int, d Demand) {
	start := make([]int, n)
	for i := range start {
		start[i] = -1
	}
	first := true
	for k, i := range tasks {
		start[i] = o.Start[k]
		if d.Kind == OfNeed && slices.ContainsFunc(p.Tasks[k].Needs, func(n Need) bool { return n.Resource == d.Resource }) {
			end := o.Start[k] + p.Tasks[k].Duration
			if first {
				o.From, o.To, first = o.Start[k], end, false
			}
			o.From, o.To = min(o.From, o.Start[k]), max(o.To, end)
		}
	}
	o.Start = start
}
