package work

import (
	"cmp"
	"math"
	"slices"

	"oneboard/internal/org"
)

// Earned schedule (Lipke 2003, "Schedule is different"): how much is done is
// turned into the time at which it was to be done, and that is compared with the
// time that has passed. Time is days of work from the first day of what was
// issued.

// A Measure says what counts as done.
type Measure uint8

// The measures.
const (
	ByDays  Measure = iota // the days of work issued for an activity, as far as it is
	ByCount                // activities; one counts when it is finished
)

// An Earned is the earned schedule of some activities, at the end of the day of a
// standing.
type Earned struct {
	Group      string // whose or of what; "" for all
	Activities int
	Done       int // of them
	Total      float64
	Planned    float64 // what was to be done by now, in the measure
	Earned     float64 // what is done
	// Duration is the planned duration, Passed the time since the first day (until
	// the last is finished, when everything is), Time the earned schedule ES: the
	// time at which the plan had as much done as is done now.
	Duration, Passed, Time float64
	Variance               float64 // SV(t) = ES − AT; before 0: late
	// Index is SPI(t) = ES / AT, and Estimate IEAC(t) = planned duration / SPI(t),
	// in days of work; 0 while they are not defined, for nothing was to be done
	// or nothing is done.
	Index, Estimate float64
	From            org.Date // the first day that was issued
	WasEnd          org.Date // the last day that was issued
	// End is the day on which everything is done when it goes on like this; NoDate
	// while that is not defined, or beyond the twenty years that work is placed in:
	// so little is done then that nothing can be told from it.
	End   org.Date
	Curve []CurvePoint
}

// A CurvePoint is how much was to be done by the end of a day, and how much was
// done; Earned is below 0 after the day of the standing.
type CurvePoint struct {
	Day             org.Date
	Planned, Earned float64
}

// Earned gives the earned schedule against a baseline, of each group of
// activities; group gives the one an activity belongs to. What the plan asks for
// no more and what was not issued does not count. Where the plan stands still,
// as much is done at several times; the earned time is the one nearest to now, so
// that who is on plan has an index of 1 on every day. O(activities + groups ×
// days).
func (s *Standing) Earned(w *Work, b *org.Baseline, by Measure, group func(activity int) string) []Earned {
	was := b.By()
	of := map[string][]int{}
	for i := range w.Activities {
		if was[w.Activities[i].ID] != nil {
			of[group(i)] = append(of[group(i)], i)
		}
	}
	var out []Earned
	for g, list := range of {
		e := s.earned(w, was, by, list)
		e.Group = g
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Earned) int { return cmp.Compare(a.Group, b.Group) })
	return out
}

// EarnedBy is the earned schedule of the groups of one kind.
type EarnedBy struct {
	Of     string // "all", "level", "body"
	Groups []Earned
}

// EarnedByKind gives the earned schedule of all, then of each level, then of each
// body. A kind of which there is one group is left out: that is all.
func (s *Standing) EarnedByKind(w *Work, b *org.Baseline, by Measure) []EarnedBy {
	out := []EarnedBy{{"all", s.Earned(w, b, by, All)}}
	for _, kind := range []struct {
		of    string
		group func(activity int) string
	}{
		{"level", func(i int) string { return w.Activities[i].Level }},
		{"body", func(i int) string { return w.Activities[i].Body }},
	} {
		if groups := s.Earned(w, b, by, kind.group); len(groups) > 1 {
			out = append(out, EarnedBy{kind.of, groups})
		}
	}
	return out
}

// All puts every activity in one group.
func All(int) string { return "" }

func (s *Standing) earned(w *Work, was map[string]*org.BaselineDays, by Measure, list []int) Earned {
	axis := w.axis()
	type piece struct {
		from, to int // in days of work; to is the end of the last
		worth    float64
	}
	first, last := math.MaxInt, math.MinInt
	plan := make([]piece, len(list))
	e := Earned{Activities: len(list), From: org.Forever, WasEnd: org.Always, End: org.NoDate}
	for k, i := range list {
		old := was[w.Activities[i].ID]
		p := piece{w.unit(axis, old.Start), w.unit(axis, old.Finish+1), float64(old.Days)}
		if by == ByCount || p.to <= p.from {
			p.from = p.to // all of it on the day it is finished
		}
		if by == ByCount {
			p.worth = 1
		}
		plan[k] = p
		first, last = min(first, w.unit(axis, old.Start)), max(last, p.to)
		e.From, e.WasEnd = min(e.From, old.Start), max(e.WasEnd, old.Finish)
		e.Total += p.worth
		if s.State[i] == Done {
			e.Done++
		}
	}
	now := w.unit(axis, s.On+1)
	end := now
	if e.Done == len(list) {
		end = first
		for _, i := range list {
			end = max(end, w.unit(axis, s.Finished[i]+1))
		}
	}
	e.Duration, e.Passed = float64(last-first), float64(max(0, end-first))
	// What is done at each time: pieces between the days on which it was done.
	real := make([]piece, 0, len(list))
	for k, i := range list {
		p := piece{worth: plan[k].worth}
		switch s.State[i] {
		case Done:
			p.from, p.to = w.unit(axis, s.Started[i]), w.unit(axis, s.Finished[i]+1)
		case Running:
			p.from, p.to = w.unit(axis, s.Started[i]), now
			p.worth *= s.Share[i]
			if by == ByCount {
				continue
			}
		default:
			continue
		}
		if by == ByCount || p.to <= p.from {
			p.from = p.to
		}
		e.Earned += p.worth
		real = append(real, p)
	}
	until := max(last, end)
	// curve gives how much of some pieces is done at each time from first on.
	curve := func(list []piece) []float64 {
		rate, sum := make([]float64, until-first+2), make([]float64, until-first+1)
		at := func(t int) int { return min(max(t, first), until) - first }
		for _, p := range list {
			if p.to > p.from && p.to > first && p.from < until {
				r := p.worth / float64(p.to-p.from)
				sum[0] += r * float64(max(0, first-p.from))
				rate[at(p.from)+1] += r
				rate[min(at(p.to)+1, len(rate)-1)] -= r
			} else {
				sum[at(p.to)] += p.worth
			}
		}
		r, total := 0.0, 0.0
		for t := range sum {
			r += rate[t]
			total += r + sum[t]
			sum[t] = total
		}
		return sum
	}
	planned, done := curve(plan), curve(real)
	for t, v := range planned {
		c := CurvePoint{w.day(axis, first+t-1), v, -1}
		if t == 0 {
			c.Day = w.day(axis, first) - 1
		}
		if first+t <= end {
			c.Earned = done[t]
		}
		e.Curve = append(e.Curve, c)
	}
	if now >= first {
		e.Planned = planned[min(now, until)-first]
	}
	e.Time = earnedTime(planned[:last-first+1], e.Earned, e.Passed)
	e.Variance = e.Time - e.Passed
	if e.Passed > 0 && e.Time > 0 {
		e.Index = e.Time / e.Passed
		e.Estimate = e.Duration / e.Index
		if e.Estimate < horizonDays {
			if end := w.day(axis, first+int(math.Ceil(e.Estimate-1e-9))-1); end <= w.From+horizonDays {
				e.End = end
			}
		}
	}
	return e
}

// earnedTime gives the time at which a plan has so much done: between two days in
// proportion, and where the plan stands still, the time nearest to now.
func earnedTime(planned []float64, done, now float64) float64 {
	const hair = 1e-9
	if done <= hair && (len(planned) == 0 || planned[0] > hair) {
		return 0
	}
	reached := len(planned) - 1 // the first time with as much
	for t, v := range planned {
		if v >= done-hair {
			reached = t
			break
		}
	}
	if planned[reached] > done+hair && reached > 0 {
		before := planned[reached-1]
		return float64(reached-1) + (done-before)/(planned[reached]-before)
	}
	still := reached // the last time with no more
	for still+1 < len(planned) && planned[still+1] <= done+hair {
		still++
	}
	return min(max(now, float64(reached)), float64(still))
}
