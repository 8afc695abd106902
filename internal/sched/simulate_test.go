package sched_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"oneboard/internal/referee"
	. "oneboard/internal/sched"
)

// ordered places a random problem, and gives the order of its schedule; nil when
// it has none.
func ordered(t *testing.T, p *Problem, seed uint64) (*Order, []int) {
	t.Helper()
	in, fault := Compile(p)
	if fault != nil {
		return nil, nil
	}
	placed := Place(in, Options{Schedules: 100, Seed: seed})
	if placed.Start == nil {
		return nil, nil
	}
	return KeepOrder(p, placed.Start), placed.Start
}

func durations(p *Problem) []int {
	out := make([]int, len(p.Tasks))
	for i := range out {
		out[i] = p.Tasks[i].Duration
	}
	return out
}

func certain(tasks []Task) []Spread {
	out := make([]Spread, len(tasks))
	for i, t := range tasks {
		out[i] = Spread{t.Duration, t.Duration, t.Duration}
	}
	return out
}

// TestOrderKeepsWhatTheScheduleKeeps: with the durations planned nothing is later
// than in the schedule, and the referee agrees; with any others each link and each
// capacity is kept, counted day by day.
func TestOrderKeepsWhatTheScheduleKeeps(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 5))
	tried, rested, waited := 0, 0, 0
	for c := range *cases * 3 {
		p := random(rng, 2+rng.IntN(9), true)
		for k := range p.Links {
			// Leads, and links from start to finish, may stand against a resource.
			p.Links[k].Lag = max(0, p.Links[k].Lag)
			p.Links[k].Kind %= StartFinish
		}
		o, start := ordered(t, p, uint64(c))
		if o == nil {
			continue
		}
		tried++
		waited += o.Waits()
		early, _ := o.Times(durations(p))
		if b := referee.Check(p, early); len(b) > 0 {
			t.Fatalf("case %d: planned: %v", c, b)
		}
		for i := range early {
			if early[i] > start[i] {
				t.Fatalf("case %d: task %d starts at %d, in the schedule at %d", c, i, early[i], start[i])
			}
		}
		for range 5 {
			dur := durations(p)
			for i := range dur {
				if dur[i] > 0 {
					dur[i] = 1 + rng.IntN(6)
				}
			}
			begin, end := o.Times(dur)
			for _, l := range p.Links {
				from, to := begin[l.From], begin[l.To]
				if l.Kind == FinishStart || l.Kind == FinishFinish {
					from = end[l.From]
				}
				if l.Kind == FinishFinish || l.Kind == StartFinish {
					to = end[l.To]
				}
				if to < from+l.Lag {
					t.Fatalf("case %d: link %+v is not kept", c, l)
				}
			}
			last := slices.Max(end)
			for time := range last {
				used := make([]int, len(p.Resources))
				for i, task := range p.Tasks {
					if begin[i] <= time && time < end[i] && !o.Away(i, time) {
						for _, n := range task.Needs {
							used[n.Resource] += n.Amount
						}
					}
				}
				for k, r := range p.Resources {
					capacity := r.Capacity
					for _, s := range r.Steps {
						if s.At <= time {
							capacity = s.Capacity
						}
					}
					// A capacity that falls for good takes nothing from who has it.
					if n := len(r.Steps); used[k] > capacity && (n == 0 || time < r.Steps[n-1].At) {
						t.Fatalf("case %d: at %d resource %d has %d and gives %d", c, time, k, capacity, used[k])
					}
				}
			}
			for i := range dur {
				work := 0
				for time := begin[i]; time < end[i]; time++ {
					if o.Away(i, time) {
						rested++
					} else {
						work++
					}
				}
				if work != dur[i] || begin[i] < p.Tasks[i].Release {
					t.Fatalf("case %d: task %d works %d of %d from %d", c, i, work, dur[i], begin[i])
				}
			}
		}
	}
	if tried < *cases || rested == 0 || waited == 0 {
		t.Errorf("%d problems, %d waits for resources, %d days of rest: too little is tried", tried, waited, rested)
	}
}

// A network without resources is worked out by the critical path method too.
func TestOrderAgainstNetwork(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	for c := range *cases {
		p := random(rng, 2+rng.IntN(10), true)
		for i := range p.Tasks {
			p.Tasks[i].Needs, p.Tasks[i].Deadline = nil, None
		}
		o, _ := ordered(t, p, 1)
		if o == nil {
			continue
		}
		dur := durations(p)
		for i := range dur {
			dur[i] = rng.IntN(7)
		}
		other := &Problem{Tasks: slices.Clone(p.Tasks), Links: p.Links}
		for i := range other.Tasks {
			other.Tasks[i].Duration = dur[i]
		}
		net, fault := NewNetwork(other, Calendars{}, None)
		if fault != nil {
			t.Fatal(fault)
		}
		start, finish := o.Times(dur)
		for i := range dur {
			if n := net.Times(i); n.EarlyStart != start[i] || n.EarlyFinish != finish[i] {
				t.Fatalf("case %d: task %d from %d to %d, by critical path from %d to %d", c, i, start[i], finish[i], n.EarlyStart, n.EarlyFinish)
			}
		}
	}
}

// exactly goes through every combination of durations, with its chance, and gives
// the chance of each end, of keeping each due, and of each task being one on which
// the end hangs: with a day more of it the end is a day later. The last is right
// for links from finish to start.
func exactly(o *Order, spread []Spread, due []Due) (end map[int]float64, keep, drives []float64) {
	end, keep, drives = map[int]float64{}, make([]float64, len(due)), make([]float64, len(spread))
	dur := make([]int, len(spread))
	var combine func(i int, chance float64)
	combine = func(i int, chance float64) {
		if i < len(dur) {
			for k, p := range spread[i].Chances() {
				dur[i] = spread[i].Least + k
				combine(i+1, chance*p)
			}
			return
		}
		_, finish := o.Times(dur)
		end[slices.Max(finish)] += chance
		for k, d := range due {
			if finish[d.Of[0].Task] <= d.By {
				keep[k] += chance
			}
		}
		for i := range dur {
			dur[i]++
			if _, later := o.Times(dur); slices.Max(later) > slices.Max(finish) {
				drives[i] += chance
			}
			dur[i]--
		}
	}
	combine(0, 1)
	return end, keep, drives
}

// TestSimulateAgainstEnumeration holds shares of draws against exact chances: with
// 20,000 draws a share is off by more than five standard deviations about once in
// two million.
func TestSimulateAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 4))
	const draws = 20_000
	near := func(share int, chance float64) bool {
		return math.Abs(float64(share)-chance*draws) <= 5*math.Sqrt(max(0, chance*(1-chance))*draws)+1e-6*draws
	}
	spreads := 0
	for c := range 40 {
		plain := c%2 == 0
		p := random(rng, 2+rng.IntN(4), !plain)
		for i := range p.Tasks {
			p.Tasks[i].Deadline = None
		}
		o, start := ordered(t, p, uint64(c))
		if o == nil {
			continue
		}
		spread := certain(p.Tasks)
		var due []Due
		for i := range spread {
			if d := p.Tasks[i].Duration; d > 0 {
				spread[i] = Spread{max(1, d-rng.IntN(2)), d, d + rng.IntN(3)}
			}
			due = append(due, Due{Of: []Reach{{Task: i}}, By: start[i] + p.Tasks[i].Duration})
		}
		end, keep, drives := exactly(o, spread, due)
		out := o.Simulate(spread, Draws{Count: draws, Seed: uint64(c), Due: due})
		if len(end) > 1 {
			spreads++
		}
		for value, chance := range end {
			got := 0
			if k := value - out.End.From; k >= 0 && k < len(out.End.Count) {
				got = out.End.Count[k]
			}
			if !near(got, chance) {
				t.Errorf("case %d: the end is %d with a chance of %.4f, in %d of %d draws", c, value, chance, got, draws)
			}
		}
		for i := range spread {
			if plain && !near(out.Drives[i], drives[i]) {
				t.Errorf("case %d: the end hangs on task %d with a chance of %.4f, in %d of %d draws", c, i, drives[i], out.Drives[i], draws)
			}
		}
		for k := range due {
			if !near(out.Kept[k], keep[k]) {
				t.Errorf("case %d: due %d is kept with a chance of %.4f, in %d of %d draws", c, k, keep[k], out.Kept[k], draws)
			}
		}
	}
	if spreads < 20 {
		t.Errorf("only %d of the problems have more than one end", spreads)
	}
}

// By hand: the heights are 1/2, 1, 1/2; 1, 1/2; and 1/3, 2/3, 1, 1/2.
func TestChances(t *testing.T) {
	close := func(got, want []float64) bool {
		return slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })
	}
	if got := (Spread{1, 2, 3}).Chances(); !close(got, []float64{.25, .5, .25}) {
		t.Errorf("1, 2, 3: %v", got)
	}
	if got := (Spread{1, 1, 2}).Chances(); !close(got, []float64{2. / 3, 1. / 3}) {
		t.Errorf("1, 1, 2: %v", got)
	}
	if got := (Spread{2, 4, 5}).Chances(); !close(got, []float64{2. / 15, 4. / 15, 6. / 15, 3. / 15}) {
		t.Errorf("2, 4, 5: %v", got)
	}
	if got := (Spread{4, 4, 4}).Chances(); !close(got, []float64{1}) {
		t.Errorf("4: %v", got)
	}
	for least := 1; least < 6; least++ {
		for likely := least; likely < 9; likely++ {
			for most := likely; most < 14; most++ {
				s := Spread{least, likely, most}
				sum, top := 0.0, 0.0
				for _, c := range s.Chances() {
					if c < 0 || math.IsNaN(c) {
						t.Fatalf("%v: a chance of %v", s, c)
					}
					sum, top = sum+c, max(top, c)
				}
				if math.Abs(sum-1) > 1e-12 || s.Chances()[likely-least] < top {
					t.Fatalf("%v: %v, together %v", s, s.Chances(), sum)
				}
				if s.Quantile(1) != most || s.Quantile(0) != least {
					t.Fatalf("%v: from %d to %d", s, s.Quantile(0), s.Quantile(1))
				}
			}
		}
	}
}

// Two pieces of work at the same time are done when the later is: the chance is
// the product. One after the other, the mean is the sum.
func TestSimulateAgainstFormulas(t *testing.T) {
	s := Spread{2, 4, 9}
	const draws = 100_000
	side := KeepOrder(&Problem{Tasks: []Task{{Duration: 4, Deadline: None}, {Duration: 4, Deadline: None}}}, []int{0, 0}).
		Simulate([]Spread{s, s}, Draws{Count: draws, Seed: 5})
	sum, before, counted := 0.0, 0.0, 0
	for k, p := range s.Chances() {
		sum += p
		if at := 2 + k - side.End.From; at >= 0 {
			counted += side.End.Count[at]
		}
		if want := sum * sum; math.Abs(float64(counted)/draws-want) > 0.01 {
			t.Errorf("done by %d in %d draws, the chance is %.4f", 2+k, counted, want)
		}
		before = sum
	}
	if math.Abs(before-1) > 1e-9 {
		t.Error("the chances are not 1")
	}
	row := KeepOrder(&Problem{Tasks: []Task{{Duration: 4, Deadline: None}, {Duration: 4, Deadline: None}}, Links: []Link{{From: 0, To: 1, Lag: 3}}}, []int{0, 7}).
		Simulate([]Spread{s, s}, Draws{Count: draws, Seed: 6})
	mean, want := 0.0, 3.0
	for k, n := range row.End.Count {
		mean += float64((row.End.From+k)*n) / draws
	}
	for k, p := range s.Chances() {
		want += 2 * p * float64(2+k)
	}
	if math.Abs(mean-want) > 0.02 {
		t.Errorf("the mean is %.3f, the sum of the means %.3f", mean, want)
	}
	// Each of the two explains half of the variance, the square root of it is 0.71;
	// the end hangs on both in every draw.
	for i, r := range row.Sway {
		if math.Abs(r-math.Sqrt(.5)) > 0.03 || row.Drives[i] != draws {
			t.Errorf("task %d: correlation %.3f, drives in %d", i, r, row.Drives[i])
		}
	}
	alone := KeepOrder(&Problem{Tasks: []Task{{Duration: 4, Deadline: None}, {Duration: 1, Deadline: None}}}, []int{0, 0}).
		Simulate([]Spread{s, {1, 1, 1}}, Draws{Count: 1000, Seed: 6})
	if math.Abs(alone.Sway[0]-1) > 1e-9 || alone.Sway[1] != 0 || alone.Drives[0] != 1000 || alone.Drives[1] != 0 {
		t.Errorf("one task is all: %v %v", alone.Sway, alone.Drives)
	}
}

// With no spread every draw is the schedule; with a wider one nothing is earlier;
// the processors change nothing.
func TestSimulateProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for c := range 60 {
		p := random(rng, 4+rng.IntN(10), false)
		o, start := ordered(t, p, uint64(c))
		if o == nil {
			continue
		}
		end := 0
		for i := range start {
			end = max(end, start[i]+p.Tasks[i].Duration)
		}
		out := o.Simulate(certain(p.Tasks), Draws{Count: 50, Seed: 1})
		if out.End.Quantile(.5) != end || out.End.Quantile(.95) != end || out.Planned != end || len(out.End.Count) != 1 {
			t.Fatalf("case %d: without a spread the end is %+v, in the schedule %d", c, out.End, end)
		}
		last := 0
		for wider := range 4 {
			spread := certain(p.Tasks)
			for i := range spread {
				if spread[i].Likely > 0 {
					spread[i].Most += wider * 2
				}
			}
			one := o.Simulate(spread, Draws{Count: 2000, Seed: 9, Workers: 1, Due: []Due{{Of: []Reach{{Task: 0}}, By: start[0] + p.Tasks[0].Duration}}})
			if p80 := one.End.Quantile(.8); p80 < last {
				t.Errorf("case %d: wider, and P80 is %d after %d", c, p80, last)
			} else {
				last = p80
			}
			many := o.Simulate(spread, Draws{Count: 2000, Seed: 9, Workers: 7, Due: []Due{{Of: []Reach{{Task: 0}}, By: start[0] + p.Tasks[0].Duration}}})
			if !reflect.DeepEqual(one, many) {
				t.Fatalf("case %d: seven workers give another outcome than one", c)
			}
		}
	}
}

// By hand: one crew clears two rooms of 2 and 3 days, and a list of 1 day comes
// before the second; the chain goes through the crew. What is done beside it has
// room.
func TestChainGoesThroughResources(t *testing.T) {
	crew := []Need{{0, 1}}
	p := &Problem{Resources: []Resource{{Capacity: 1}}, Links: []Link{{From: 2, To: 1}, {From: 3, To: 1, Lag: 1}, {From: 1, To: 4}},
		Tasks: []Task{{Duration: 3, Deadline: None, Needs: crew}, {Duration: 2, Deadline: None, Needs: crew}, {Duration: 1, Deadline: None}, {Duration: 1, Deadline: None}, {Deadline: None}}}
	o := KeepOrder(p, []int{0, 3, 0, 0, 5})
	chain := o.Chain(nil)
	want := []ChainStep{{Task: 0, Why: ByStart, Link: -1, Resource: -1}, {Task: 1, Why: ByResource, Link: -1, Resource: 0}, {Task: 4, Why: ByLink, Link: 2, Resource: -1}}
	if !slices.Equal(chain, want) {
		t.Errorf("the chain is %+v", chain)
	}
	if got := o.Feeders(chain); len(got) != 2 || !slices.Equal(got[0].Tasks, []int{2}) || got[0].Room != 2 || got[0].Into != 1 || !slices.Equal(got[1].Tasks, []int{3}) || got[1].Room != 1 {
		t.Errorf("what leads into it: %+v", got)
	}
	// An absence holds the crew up: it begins when the crew is back.
	p.Resources[0].Steps = []Step{{At: 2, Capacity: 0}, {At: 4, Capacity: 1}}
	if got := KeepOrder(p, []int{4, 7, 0, 0, 9}).Chain(nil); got[0].Task != 0 || got[0].Why != ByAbsence {
		t.Errorf("behind an absence: %+v", got)
	}
	p.Resources[0].Steps = nil
	p.Tasks[0].Release = 6
	if got := KeepOrder(p, []int{6, 9, 0, 0, 11}).Chain(nil); got[0].Why != ByRelease || len(got) != 3 {
		t.Errorf("from a first day on: %+v", got)
	}
	if got := KeepOrder(p, []int{8, 12, 0, 0, 14}).Chain(nil); len(got) != 2 || got[0].Task != 1 || got[0].Why != ByChoice {
		t.Errorf("with room in the schedule: %+v", got)
	}
}

// TestChainHoldsTogether: in every chain each task follows the one before it
// without a day between, and the last ends when all does.
func TestChainHoldsTogether(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	through := 0
	for c := range *cases {
		p := random(rng, 3+rng.IntN(12), false)
		o, start := ordered(t, p, uint64(c))
		if o == nil {
			continue
		}
		chain := o.Chain(nil)
		finish := func(i int) int { return start[i] + p.Tasks[i].Duration }
		end := 0
		for i := range start {
			end = max(end, finish(i))
		}
		if finish(chain[len(chain)-1].Task) != end || chain[0].Why < ByAbsence {
			t.Fatalf("case %d: %+v, the end is %d", c, chain, end)
		}
		for k, s := range chain[1:] {
			before := chain[k].Task
			if start[s.Task] != finish(before) {
				t.Fatalf("case %d: %d ends at %d and %d starts at %d", c, before, finish(before), s.Task, start[s.Task])
			}
			needs := func(i int) bool {
				return slices.ContainsFunc(p.Tasks[i].Needs, func(n Need) bool { return n.Resource == s.Resource && n.Amount > 0 })
			}
			switch s.Why {
			case ByLink:
				if l := p.Links[s.Link]; l.From != before || l.To != s.Task {
					t.Fatalf("case %d: %+v is not a link from %d", c, s, before)
				}
			case ByResource:
				through++
				if !needs(before) || !needs(s.Task) {
					t.Fatalf("case %d: %d and %d do not share resource %d", c, before, s.Task, s.Resource)
				}
			default:
				t.Fatalf("case %d: %+v stands behind another", c, s)
			}
		}
	}
	if through == 0 {
		t.Error("no chain goes through a resource")
	}
}

func BenchmarkSimulate(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	p := &Problem{}
	for range 100 {
		p.Resources = append(p.Resources, Resource{Capacity: 6})
	}
	var spread []Spread
	for i := range 3000 {
		d := 1 + rng.IntN(3)
		p.Tasks = append(p.Tasks, Task{Duration: d, Deadline: None, Needs: []Need{{rng.IntN(100), 1}}})
		spread = append(spread, Spread{1, d, 2 * d})
		if i > 0 {
			p.Links = append(p.Links, Link{From: rng.IntN(i), To: i})
		}
	}
	in, _ := Compile(p)
	o := KeepOrder(p, Place(in, Options{Schedules: 1, Seed: 1}).Start)
	for b.Loop() {
		o.Simulate(spread, Draws{Count: 1000, Seed: 1})
	}
}

// Work that is broken up takes what is drawn for it, with the rests between its
// parts as they are: three days with the fourth and fifth off between the second
// and the third.
func TestSimulateInParts(t *testing.T) {
	crew := []Need{{0, 1}}
	p := &Problem{Resources: []Resource{{Capacity: 1, Steps: []Step{{At: 2, Capacity: 0}, {At: 4, Capacity: 1}}}}, Links: []Link{{From: 0, To: 1}, {From: 1, To: 2}},
		Tasks: []Task{{Duration: 1, Deadline: None, Needs: crew}, {Duration: 1, Deadline: None, Needs: crew}, {Duration: 1, Deadline: None, Needs: crew}}}
	s := Spread{1, 3, 6}
	out := KeepOrder(p, []int{0, 1, 4}).Simulate([]Spread{s, {1, 1, 1}, {1, 1, 1}}, Draws{Count: 50_000, Seed: 2, Parts: [][]int{{0, 1, 2}, nil, nil}})
	chances := s.Chances()
	// One and two days end before the rest; of parts that take nothing none is left.
	want := map[int]float64{5: chances[2], 6: chances[3], 7: chances[4], 8: chances[5]}
	got := map[int]float64{}
	for k, n := range out.End.Count {
		got[out.End.From+k] = float64(n) / 50_000
	}
	for end, chance := range want {
		if math.Abs(got[end]-chance) > 0.01 {
			t.Errorf("the end is %d in %.3f of the draws, the chance is %.3f", end, got[end], chance)
		}
	}
	if early := got[1] + got[2]; math.Abs(early-chances[0]-chances[1]) > 0.01 {
		t.Errorf("done before the rest in %.3f of the draws (%v), the chance is %.3f", early, got, chances[0]+chances[1])
	}
}

// TestCommonCauseByHand: ten tasks one after another, of 1, 2 or 3 with chances of
// a quarter, a half and a quarter, so a variance of 1/2 each. Their sum varies as
// 10 · 1/2 · (1 + 9·share): 5 apart from each other, 16.25 with a share of a
// quarter, 50 when all are always alike. What one takes has the same chances
// throughout. Of two tasks both take 3 with share · 1/4 + (1-share) · 1/16.
func TestCommonCauseByHand(t *testing.T) {
	const draws = 60_000
	row := func(n int) (*Order, []Spread, []int) {
		p := &Problem{}
		var all []int
		for i := range n {
			p.Tasks = append(p.Tasks, Task{Duration: 2, Deadline: None})
			if i > 0 {
				p.Links = append(p.Links, Link{From: i - 1, To: i})
			}
			all = append(all, i)
		}
		start := make([]int, n)
		spread := make([]Spread, n)
		for i := range n {
			start[i], spread[i] = 2*i, Spread{1, 2, 3}
		}
		return KeepOrder(p, start), spread, all
	}
	moments := func(h Histogram) (mean, variance float64) {
		for k, n := range h.Count {
			mean += float64(n) * float64(h.From+k) / draws
		}
		for k, n := range h.Count {
			d := float64(h.From+k) - mean
			variance += float64(n) * d * d / draws
		}
		return mean, variance
	}
	for _, share := range []float64{0, .25, .5, 1} {
		o, spread, all := row(10)
		one := []Due{{Of: []Reach{{Task: 0}}, By: 1}}
		out := o.Simulate(spread, Draws{Count: draws, Seed: 5, Due: one, Causes: []Common{{Tasks: all, Share: share}}})
		mean, variance := moments(out.End)
		if want := 5 * (1 + 9*share); math.Abs(variance-want) > .03*want || math.Abs(mean-20) > .1 {
			t.Errorf("share %v: mean %.2f, variance %.2f; by hand 20 and %.2f", share, mean, variance, want)
		}
		if got := float64(out.Kept[0]) / draws; math.Abs(got-.25) > .01 {
			t.Errorf("share %v: one task takes 1 in %.3f of the draws, alone in a quarter", share, got)
		}
		o, spread, all = row(2)
		out = o.Simulate(spread, Draws{Count: draws, Seed: 5, Causes: []Common{{Tasks: all, Share: share}}})
		want := share/4 + (1-share)/16
		if got := float64(out.End.Count[len(out.End.Count)-1]) / draws; out.End.From+len(out.End.Count)-1 != 6 || math.Abs(got-want) > .01 {
			t.Errorf("share %v: both take 3 in %.4f of the draws, by hand %.4f", share, got, want)
		}
	}
	// Two causes are apart from each other: 5 tasks of each, 2 · 5 · 1/2 · (1 + 4·share).
	o, spread, all := row(10)
	out := o.Simulate(spread, Draws{Count: draws, Seed: 5, Causes: []Common{{Tasks: all[:5], Share: 1}, {Tasks: all[5:], Share: 1}}})
	if _, variance := moments(out.End); math.Abs(variance-25) > .75 {
		t.Errorf("two causes: variance %.2f, by hand 25", variance)
	}
	// On any number of processors the same.
	a := o.Simulate(spread, Draws{Count: 2000, Seed: 9, Workers: 1, Causes: []Common{{Tasks: all, Share: .4}}})
	b := o.Simulate(spread, Draws{Count: 2000, Seed: 9, Workers: 5, Causes: []Common{{Tasks: all, Share: .4}}})
	if !slices.Equal(a.End.Count, b.End.Count) || !slices.Equal(a.Sway, b.Sway) {
		t.Error("the number of processors changes what is drawn")
	}
}
