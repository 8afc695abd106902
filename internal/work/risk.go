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
	work    *Work // whose tasks they are: that of the schedule, or what is left of it
	axis    *sched.Calendar
	p       *sched.Problem
	start   []int
	tails   []int // the last task of each activity
	of      []int // the activity of each task
	closes  []bool
	gone    []bool // nothing is left of the activity; nil: of none
	links   []int  // of each link of the work, its place in that of the schedule; nil: the same
	floor   int    // when what is finished, or stays where it is, ends
	dues    func() []promise
	chain   func() []ChainStep // worked out once
	carried *carried
}

// A promise is a day that is to be kept: the last day of an activity.
type promise struct {
	activity int
	day      org.Date
	due      sched.Due
}

// promises reports whether an activity has a last day of its own, and not only
// that of one of several plans.
func (w *Work) promises(i int) bool {
	a := &w.Activities[i]
	if a.Deadline == org.Forever {
		return false
	}
	return !slices.ContainsFunc(w.Plans, func(p Part) bool {
		return p.First <= i && i < p.Last && a.Deadline == p.Until && !a.Fixed && a.Due == p.Plan.Deadline.At
	})
}

// promised lists the days that are promised of all work.
func (w *Work) promised(axis *sched.Calendar, tails []int) (out []promise) {
	for i := range w.Activities {
		if a := &w.Activities[i]; w.promises(i) {
			out = append(out, promise{i, a.Deadline, sched.Due{Of: []sched.Reach{{Task: tails[i]}}, By: w.due(axis, a, a.Deadline)}})
		}
	}
	return out
}

// order keeps the order in which the schedule gives resources to activities.
func (l *placing) order() *sched.Order { return sched.KeepOrder(l.p, l.start) }

// past reports whether nothing is left of an activity.
func (l *placing) past(activity int) bool { return l.gone != nil && l.gone[activity] }

// tail says what counts as after the finish of each task: a milestone takes the
// day on which it is, but for one that is reached when a day ends.
func (l *placing) tail() []int {
	out := make([]int, len(l.p.Tasks))
	for i, t := range l.p.Tasks {
		if t.Duration == 0 && !(i < len(l.closes) && l.closes[i]) && !l.past(l.of[i]) {
			out[i] = 1
		}
	}
	return out
}

// end gives where the activities of a stretch end, in days of work.
func (l *placing) end(tail []int, first, last int) (end int) {
	for i := first; i < last; i++ {
		k := l.tails[i]
		end = max(end, l.start[k]+l.p.Tasks[k].Duration+tail[k])
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
	return s.steps(tasks), tasks
}

// SayStep says why the k-th activity of the chain starts when it does.
func (r *Risk) SayStep(tag lang.Tag, k int) string { return r.Schedule.SayStep(tag, r.Chain, k) }

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

// ShareWas says in how many of the draws of the days as issued a day is kept; a
// dash where those are not told.
func ShareWas(d DayRisk, of int) string {
	if d.Was < 0 {
		return "–"
	}
	return Share(d.Was, of)
}

// Percent says a part in hundredths, without digits behind the point.
func Percent(x float64) string { return strconv.Itoa(int(math.Round(100*x))) + "%" }

// RiskOptions says what to try.
type RiskOptions struct {
	Draws int
	Seed  uint64
	// Spread takes the place of those of the plan and its templates; not given:
	// they count.
	Spread org.Spread
	// Shared is the correlation, in hundredths, of what activities take of which
	// the plan names no cause in common; not given: [UsualShare].
	Shared org.Number
	// Issued is what was issued: what may become of the days is told beside what
	// might have become of those; nil: of itself.
	Issued *org.Baseline
}

// Least and most draws that Risk takes.
const (
	MinDraws = 100
	MaxDraws = 1_000_000
)

// A Risk is what may become of a schedule when activities take another time than
// the likely one, as far as the plan says how long they may take: in the issued
// order (see [sched.Order]). Nobody reacts: nothing is sped up and
// no day is put off but by what runs into it. Of a forecast it is what may become
// of what is left: what is finished stays where it was, what runs may take more or
// less than the days that are reported to be left, and the days that the plan
// declares stay where they are.
type Risk struct {
	Schedule *Schedule
	Draws    int
	Seed     uint64
	Unsure   int // activities that may take more or less than planned
	Assumed  int // of these, how many by a spread and not by words of their own
	// Causes are what activities that may take more or less have in common.
	Causes []CauseRisk
	Ends   []DayCount
	Until  int         // in how many draws all ends by the plan's deadline
	Plans  []PlanRisk  // of several plans in one schedule
	Days   []DayRisk   // each day that is promised, the least sure first
	Work   []WorkRisk  // what the end or a promised day hung on, the most often first
	Chain  []ChainStep // of the schedule as issued
	// Buffer is what stands between the schedule's end and the day by which all
	// ends in 80 of 100 draws: the project buffer. Feeding are those of what leads
	// into the critical chain.
	Buffer  Buffer
	Feeding []Feeding
	// Before is what might have become of the days as they were issued, under the
	// plan as it is now; nil: nothing was issued, or that has no such schedule.
	Before *Risk
	// Fever is how the buffers of what was issued are used, that of the whole
	// first; only of a forecast, beside Before. Bare are chains that led into the
	// critical one without a day between; Open says that behind the end, too, no
	// day was free before the plan's deadline, though one was wanted.
	Fever []BufferUse
	Bare  int
	Open  bool
}

// A PlanRisk is when one of several plans ends.
type PlanRisk struct {
	Plan          int // a place in Plans of the work
	End           org.Date
	P50, P80, P95 org.Date
	Kept          int // draws in which it ends by its deadline; 0 without one
	Was           int // of those of the days as issued
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
	Was      int      // draws of the days as issued that keep it; -1: those are not told
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
// machine. Its cost is that of draws times activities and links, and once more
// with something issued.
func (s *Schedule) Risk(o RiskOptions) *Risk {
	w, l := s.Work, &s.placed
	r := &Risk{Schedule: s, Draws: min(max(o.Draws, MinDraws), MaxDraws), Seed: o.Seed}
	spread, parts := r.spreads(o.Spread)
	order, tail := l.order(), l.tail()
	draws := sched.Draws{Count: r.Draws, Seed: o.Seed, Tail: tail, Parts: parts, Floor: l.floor}
	r.shared(spread, o.Shared, &draws)
	promises := l.dues()
	for _, x := range promises {
		draws.Due = append(draws.Due, x.due)
	}
	for _, p := range w.Plans {
		draws.Due = append(draws.Due, s.endOf(p, tail))
	}
	out := order.Simulate(spread, draws)
	end := max(l.floor, l.end(tail, 0, len(w.Activities)))
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
	for k, x := range promises {
		a := &w.Activities[x.activity]
		d := DayRisk{Activity: x.activity, Day: x.day, Kept: out.Kept[k], Was: -1}
		p80 := out.Due[k].Quantile(.8)
		if !a.opens() {
			p80 = max(0, p80-1)
		}
		if d.P80 = w.day(l.axis, p80); d.Kept*5 >= r.Draws*4 {
			d.P80 = min(d.P80, d.Day) // which may be no day of work
		}
		r.Days = append(r.Days, d)
	}
	slices.SortStableFunc(r.Days, func(a, b DayRisk) int { return cmp.Or(cmp.Compare(a.Kept, b.Kept), cmp.Compare(a.Day, b.Day)) })
	for k, p := range w.Plans {
		at := len(promises) + k
		x := PlanRisk{Plan: k, End: org.Always, Kept: out.Kept[at]}
		if p.First == p.Last {
			continue
		}
		x.End = slices.Max(s.Finish[p.First:p.Last])
		day := func(share float64) org.Date {
			q := out.Due[at].Quantile(share)
			if q == max(draws.Due[at].Least, l.end(tail, p.First, p.Last)) {
				return x.End
			}
			return w.day(l.axis, max(0, q-1))
		}
		x.P50, x.P80, x.P95 = day(.5), day(.8), day(.95)
		r.Plans = append(r.Plans, x)
	}
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
	r.beside(o)
	return r
}

// spreads gives how long each task may take, by its first one where an activity is
// broken up into parts, and those parts.
func (r *Risk) spreads(assumed org.Spread) ([]sched.Spread, [][]int) {
	l := &r.Schedule.placed
	w := l.work
	spread, parts := make([]sched.Spread, len(l.p.Tasks)), make([][]int, len(l.p.Tasks))
	for i, t := range l.p.Tasks {
		d := t.Duration
		if i < len(w.Activities) {
			d = w.Activities[i].Duration // of all parts together
		}
		spread[i] = sched.Spread{Least: d, Likely: d, Most: d}
	}
	for i := range w.Activities {
		a := w.Activities[i]
		if assumed.Given() && (a.Assumed || a.Least == 0 && a.Most == 0) {
			a.days(org.Days{}, assumed)
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
	return spread, parts
}

// endOf asks when one of several plans ends, and whether by its deadline.
func (s *Schedule) endOf(p Part, tail []int) sched.Due {
	l := &s.placed
	d := sched.Due{By: -1}
	end := org.Always
	for i := p.First; i < p.Last; i++ {
		end = max(end, s.Finish[i])
		if l.past(i) {
			d.Least = max(d.Least, s.Work.unit(l.axis, s.Finish[i]+1))
			continue
		}
		d.Of = append(d.Of, sched.Reach{Task: l.tails[i], Lag: tail[l.tails[i]]})
	}
	if p.Until != org.Forever {
		d.By = s.Work.unit(l.axis, p.Until+1)
		if end <= p.Until { // which may be kept by a milestone on a day off
			d.By = max(d.By, d.Least, l.end(tail, p.First, p.Last))
		}
	}
	return d
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
