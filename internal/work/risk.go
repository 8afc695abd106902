package work

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// placing is a schedule in the engine's numbers.
type placing struct {
	axis   *sched.Calendar
	p      *sched.Problem
	start  []int
	tails  []int // the last task of each activity
	of     []int // the activity of each task
	closes []bool
	chain  func() []ChainStep // worked out once
}

// order keeps the order in which the schedule gives resources to activities.
func (l *placing) order() *sched.Order { return sched.KeepOrder(l.p, l.start) }

// tail says what counts as after the finish of each task: a milestone takes the
// day on which it is, but for one that is reached when a day ends.
func (l *placing) tail() []int {
	out := make([]int, len(l.p.Tasks))
	for i, t := range l.p.Tasks {
		if t.Duration == 0 && !(i < len(l.closes) && l.closes[i]) {
			out[i] = 1
		}
	}
	return out
}

// end gives where the schedule ends, in days of work.
func (l *placing) end(tail []int) (end int) {
	for i, t := range l.p.Tasks {
		end = max(end, l.start[i]+t.Duration+tail[i])
	}
	return end
}

// A ChainStep is one activity of the critical chain.
type ChainStep struct {
	Activity int
	Why      sched.ChainWhy
	Link     int // for sched.ByLink, a place in Links
	Resource int // for sched.ByResource, a place for [Work.ResourceOf]
}

// Chain gives the critical chain: the activities that the end hangs on, through
// links and through those who do them; see [sched.Order.Chain].
func (s *Schedule) Chain() []ChainStep { return s.placed.chain() }

func (s *Schedule) chain(o *sched.Order) ([]ChainStep, []sched.ChainStep) {
	tasks := o.Chain(s.placed.tail())
	var out []ChainStep
	for _, t := range tasks {
		a := s.placed.of[t.Task]
		if n := len(out); n > 0 && out[n-1].Activity == a {
			continue // parts of one activity
		}
		out = append(out, ChainStep{a, t.Why, t.Link, t.Resource})
	}
	return out, tasks
}

// SayStep says why the k-th activity of the chain starts when it does.
func (r *Risk) SayStep(tag lang.Tag, k int) string {
	s, step, args := r.Schedule, &r.Chain[k], lang.Args{}
	if k > 0 {
		args["Before"] = s.Work.called(tag, r.Chain[k-1].Activity)
	}
	id := "choice"
	switch step.Why {
	case sched.ByLink:
		id = "after"
		if step.Link < len(s.Work.Links) && s.Work.Links[step.Link].Why != "" {
			id, args["Link"] = "link", lang.Say(tag, "work.why."+s.Work.Links[step.Link].Why)
		}
	case sched.ByResource:
		id, args["Team"] = "resource", s.Work.ResourceOf(step.Resource).called(tag)
	case sched.ByAbsence:
		id = "absence"
	case sched.ByRelease:
		if id = "release"; s.Work.Activities[step.Activity].Fixed {
			id = "fixed"
		}
	case sched.ByStart:
		id = "start"
	}
	return lang.Say(tag, "risk.why."+id, args)
}

// called gives the title of an activity.
func (w *Work) called(tag lang.Tag, activity int) string {
	a := &w.Activities[activity]
	if tag == lang.EN && a.TitleEN != "" {
		return a.TitleEN
	}
	return a.Title
}

// called gives the name of a resource, or its id.
func (r *Resource) called(tag lang.Tag) string {
	if tag == lang.EN {
		return cmp.Or(r.NameEN, r.Name, r.ID)
	}
	return cmp.Or(r.Name, r.ID)
}

// Share says a part of draws in hundredths. Only what is all is said to be so, and
// only what is none.
func Share(n, of int) string {
	switch {
	case of == 0:
		return ""
	case n == 0 || n == of:
		return strconv.Itoa(n/of*100) + "%"
	}
	return strconv.FormatFloat(min(99.9, max(0.1, 100*float64(n)/float64(of))), 'f', 1, 64) + "%"
}

// RiskOptions says what to try.
type RiskOptions struct {
	Draws int
	Seed  uint64
	// Spread takes the place of those of the plan and its templates; not given:
	// they count.
	Spread org.Spread
}

// Least and most draws that Risk takes.
const (
	MinDraws = 100
	MaxDraws = 1_000_000
)

// A Risk is what may become of a schedule when activities take another time than
// the likely one, as far as the plan says how long they may take: each for itself,
// in the issued order (see [sched.Order]). Nobody reacts: nothing is sped up and
// no day is put off but by what runs into it.
type Risk struct {
	Schedule *Schedule
	Draws    int
	Seed     uint64
	Unsure   int // activities that may take more or less than planned
	Assumed  int // of these, how many by a spread and not by words of their own
	Ends     []DayCount
	Until    int         // in how many draws all ends by the plan's deadline
	Days     []DayRisk   // each day that is promised, the least sure first
	Work     []WorkRisk  // what the end or a promised day hung on, the most often first
	Chain    []ChainStep // of the schedule as issued
	// Buffer is what stands between the schedule's end and the day by which all
	// ends in 80 of 100 draws: the project buffer. Feeding are those of what leads
	// into the critical chain.
	Buffer  Buffer
	Feeding []Feeding
}

// A DayCount is in how many draws all ended on a day.
type DayCount struct {
	Day org.Date
	N   int
}

// A DayRisk is how a promised day is kept: a day that the law sets, or a deadline.
type DayRisk struct {
	Activity int
	Day      org.Date // its last day, as promised
	Kept     int      // draws
	P80      org.Date // its last day in the best 80 of 100 draws
}

// A WorkRisk is what an activity means for the days that are promised.
type WorkRisk struct {
	Activity int
	Days     sched.Spread
	Drives   int     // draws in which the end hung on it
	Delays   int     // draws in which a promised day that was not kept hung on it
	Sway     float64 // rank correlation of its days with the end, -1 to 1
}

// A Buffer is days of work to be kept free, and how many are.
type Buffer struct {
	Days int
	Room int // -1: no limit
}

// A Feeding is the buffer between a chain of activities and the one of the
// critical chain that waits for it.
type Feeding struct {
	Activities []int // in their order
	Into       int
	Buffer
}

// Risk tries how the schedule goes. The same seed gives the same risk on any
// machine. Its cost is that of draws times activities and links.
func (s *Schedule) Risk(o RiskOptions) *Risk {
	w, l := s.Work, &s.placed
	r := &Risk{Schedule: s, Draws: min(max(o.Draws, MinDraws), MaxDraws), Seed: o.Seed}
	spread := make([]sched.Spread, len(l.p.Tasks))
	for i, t := range l.p.Tasks {
		d := t.Duration
		if i < len(w.Activities) {
			d = w.Activities[i].Duration // of all parts together
		}
		spread[i] = sched.Spread{Least: d, Likely: d, Most: d}
	}
	parts := make([][]int, len(l.p.Tasks))
	for i := range w.Activities {
		a := w.Activities[i]
		if o.Spread.Given() && (a.Assumed || a.Least == 0 && a.Most == 0) {
			a.days(org.Days{}, o.Spread)
		}
		least, likely, most := a.Three()
		if least == most {
			continue
		}
		r.Unsure++
		if a.Assumed {
			r.Assumed++
		}
		spread[i] = sched.Spread{Least: least, Likely: likely, Most: most}
		if l.tails[i] != i {
			parts[i] = w.tasksOf(l.tails, i)
		}
	}
	order, tail := l.order(), l.tail()
	draws := sched.Draws{Count: r.Draws, Seed: o.Seed, Tail: tail, Parts: parts}
	for i := range w.Activities {
		a := &w.Activities[i]
		if a.Deadline == org.Forever {
			continue
		}
		draws.Due = append(draws.Due, sched.Due{Task: l.tails[i], By: w.due(l.axis, a, a.Deadline)})
		r.Days = append(r.Days, DayRisk{Activity: i, Day: a.Deadline})
	}
	out := order.Simulate(spread, draws)
	end := l.end(tail)
	on := func(e int) org.Date {
		if e == end {
			return s.End
		}
		return w.day(l.axis, max(0, e-1))
	}
	by := math.MaxInt
	if w.Until != org.Forever {
		by = w.unit(l.axis, w.Until+1)
	}
	for k, n := range out.End.Count {
		if n == 0 {
			continue
		}
		r.Ends = append(r.Ends, DayCount{on(out.End.From + k), n})
		if out.End.From+k <= by || s.End <= w.Until && out.End.From+k <= end {
			r.Until += n
		}
	}
	for k := range r.Days {
		d := &r.Days[k]
		d.Kept = out.Kept[k]
		p80 := out.Due[k].Quantile(.8)
		if a := &w.Activities[d.Activity]; !a.opens() {
			p80 = max(0, p80-1)
		}
		if d.P80 = w.day(l.axis, p80); d.Kept*5 >= r.Draws*4 {
			d.P80 = min(d.P80, d.Day) // which may be no day of work
		}
	}
	slices.SortStableFunc(r.Days, func(a, b DayRisk) int { return cmp.Or(cmp.Compare(a.Kept, b.Kept), cmp.Compare(a.Day, b.Day)) })
	for i := range w.Activities {
		x := WorkRisk{i, spread[i], out.Drives[l.tails[i]], out.Delays[l.tails[i]], out.Sway[i]}
		if x.Drives+x.Delays > 0 || math.Abs(x.Sway) >= 0.1 {
			r.Work = append(r.Work, x)
		}
	}
	slices.SortStableFunc(r.Work, func(a, b WorkRisk) int {
		return cmp.Or(cmp.Compare(b.Drives, a.Drives), cmp.Compare(b.Delays, a.Delays), cmp.Compare(math.Abs(b.Sway), math.Abs(a.Sway)))
	})
	r.buffers(order, spread, out, end, by)
	return r
}

// due gives the time by which an activity is finished that is promised for a day.
func (w *Work) due(axis *sched.Calendar, a *Activity, last org.Date) int {
	if a.opens() {
		return w.unit(axis, max(last, w.From))
	}
	return w.unit(axis, max(min(last, w.From+2*horizonDays)+1, w.From))
}

// buffers sizes the buffers. That of the whole is taken from the draws, which know
// of paths that meet. One that feeds the chain is the root of the sum of squares
// of what each activity of it may take beyond its likely days in 90 of 100 cases
// (Newbold, Project Management in the Fast Lane, 1998).
func (r *Risk) buffers(order *sched.Order, spread []sched.Spread, out *sched.Outcome, end, by int) {
	l := &r.Schedule.placed
	r.Buffer = Buffer{Days: max(0, out.End.Quantile(.8)-end), Room: -1}
	if by < math.MaxInt {
		r.Buffer.Room = max(0, by-end)
	}
	chain, tasks := r.Schedule.chain(order)
	r.Chain = chain
	for _, f := range order.Feeders(tasks) {
		squares := 0.0
		x := Feeding{Into: l.of[f.Into], Buffer: Buffer{Room: f.Room}}
		for _, t := range f.Tasks {
			a := l.of[t]
			if n := len(x.Activities); n > 0 && x.Activities[n-1] == a {
				continue
			}
			x.Activities = append(x.Activities, a)
			beyond := float64(spread[a].Quantile(.9) - spread[a].Likely)
			squares += beyond * beyond
		}
		if x.Days = int(math.Ceil(math.Sqrt(squares) - 1e-9)); x.Days > 0 {
			r.Feeding = append(r.Feeding, x)
		}
	}
	slices.SortStableFunc(r.Feeding, func(a, b Feeding) int { return cmp.Compare(a.Room-a.Days, b.Room-b.Days) })
}

// By gives the day by which all ends in a share of the draws.
func (r *Risk) By(share float64) org.Date {
	want, sum := int(math.Ceil(share*float64(r.Draws)-1e-9)), 0
	for _, d := range r.Ends {
		if sum += d.N; sum >= want {
			return d.Day
		}
	}
	return r.Schedule.End
}

// Wavering lists the days that are not kept in every draw.
func (r *Risk) Wavering() []DayRisk {
	n := 0
	for n < len(r.Days) && r.Days[n].Kept < r.Draws {
		n++
	}
	return r.Days[:n]
}

// Range says the days of work that an activity may take: "3", or "2–3–6" for the
// least, the likely and the most.
func (x *WorkRisk) Range() string {
	if x.Days.Certain() {
		return strconv.Itoa(x.Days.Likely)
	}
	return strconv.Itoa(x.Days.Least) + "–" + strconv.Itoa(x.Days.Likely) + "–" + strconv.Itoa(x.Days.Most)
}
