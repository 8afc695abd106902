package work

import (
	"time"

	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// A Calendar says on which days work goes on: a week, and days that differ from
// it, off or worked, in layers: a nation's, an office's, a person's. A later
// layer counts more.
type Calendar struct {
	ID     string
	Week   [7]bool           // Sunday first: whether work goes on
	Days   map[org.Date]bool // days that differ: whether work goes on
	Papers []string          // the papers that its days rest on
}

// FiveDays is the calendar of who knows no other: Monday to Friday.
func FiveDays() *Calendar {
	return &Calendar{Week: [7]bool{false, true, true, true, true, true, false}, Days: map[org.Date]bool{}}
}

// CalendarOf is the calendar of a table of days over [FiveDays]; nil: that alone.
func CalendarOf(t *org.DayTable) *Calendar {
	c := FiveDays()
	if t == nil {
		return c
	}
	c.ID, c.Papers = t.ID, t.Papers
	for _, d := range t.Off {
		c.Days[d] = false
	}
	for _, d := range t.Worked {
		c.Days[d] = true
	}
	return c
}

// Over gives the calendar with another one's days over its own.
func (c *Calendar) Over(layer *Calendar) *Calendar {
	out := &Calendar{ID: layer.ID, Week: c.Week, Days: map[org.Date]bool{}}
	for d, w := range c.Days {
		out.Days[d] = w
	}
	for d, w := range layer.Days {
		out.Days[d] = w
	}
	out.Papers = append(append(out.Papers, c.Papers...), layer.Papers...)
	return out
}

// Works reports whether work goes on on a day.
func (c *Calendar) Works(day org.Date) bool {
	if w, ok := c.Days[day]; ok {
		return w
	}
	// 1970-01-01 was a Thursday.
	return c.Week[((int(day)+int(time.Thursday))%7+7)%7]
}

// From gives the calendar for the engine, which counts days from a day on.
func (c *Calendar) From(day org.Date, days int) *sched.Calendar {
	works := make([]bool, max(0, days))
	for d := range works {
		works[d] = c.Works(day + org.Date(d))
	}
	return sched.NewCalendar(works)
}
