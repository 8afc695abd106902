package sched

// A Calendar says on which days work goes on, from day 0 up to a horizon. Day d
// lasts from time d to time d+1. All questions take constant time: how many days
// of work there are before each time is counted once (rank), and which day is
// the k-th day of work is listed once (select). Beyond the horizon, and before
// day 0, every day is a day of work, so that every sum has an answer.
// It is immutable and safe for concurrent use.
type Calendar struct {
	before []int32 // before[t]: the days of work before time t
	days   []int32 // days[k]: the k-th day of work
}

// NewCalendar makes a calendar of a list that says of each day whether work goes
// on. It keeps nothing of it.
func NewCalendar(works []bool) *Calendar {
	c := &Calendar{before: make([]int32, len(works)+1), days: make([]int32, 0, len(works))}
	for d, w := range works {
		c.before[d+1] = c.before[d]
		if w {
			c.before[d+1]++
			c.days = append(c.days, int32(d))
		}
	}
	return c
}

// horizon is the first time that the list says nothing about.
func (c *Calendar) horizon() int { return len(c.before) - 1 }

// Rank gives how many days of work there are before a time; below zero before
// day 0.
func (c *Calendar) Rank(t int) int {
	if uint(t) < uint(len(c.before)) {
		return int(c.before[t])
	}
	return c.outside(t, len(c.days)-c.horizon())
}

// Day gives the k-th day of work, from 0 on.
func (c *Calendar) Day(k int) int {
	if uint(k) < uint(len(c.days)) {
		return int(c.days[k])
	}
	return c.outside(k, c.horizon()-len(c.days))
}

// outside goes on counting where every day is a day of work: before day 0 as it
// is, and beyond the horizon from what there is by then.
func (c *Calendar) outside(at, more int) int {
	if at < 0 {
		return at
	}
	return at + more
}

// Works reports whether work goes on on a day.
func (c *Calendar) Works(day int) bool { return c.Rank(day+1) > c.Rank(day) }

// Begin gives the first time from t on at which work of some length can begin.
func (c *Calendar) Begin(t int) int { return c.Day(c.Rank(t)) }

// Add gives the earliest time that has d days of work between t and itself; with
// d below zero the latest time that has so many between itself and t. Add(t, 0)
// is t.
func (c *Calendar) Add(t, d int) int {
	switch {
	case d > 0:
		return c.Day(c.Rank(t)+d-1) + 1
	case d < 0:
		return c.Day(c.Rank(t) + d)
	default:
		return t
	}
}

// Lag gives the earliest time that keeps a lag after t: with d above zero the
// earliest that has d days of work in between, with d below zero (a lead) the
// earliest that has not more than -d of them between itself and t. Turned round,
// the same holds for the latest time before: lag and lead are each other's
// inverse.
func (c *Calendar) Lag(t, d int) int {
	if d < 0 {
		return min(t, c.Day(c.Rank(t)+d-1)+1)
	}
	return c.Add(t, d)
}

// mirror gives the calendar with its time turned round at the horizon.
func (c *Calendar) mirror(horizon int) *Calendar {
	works := make([]bool, horizon)
	for d := range works {
		works[d] = c.Works(horizon - 1 - d)
	}
	return NewCalendar(works)
}
