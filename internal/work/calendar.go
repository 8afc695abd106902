package work

import (
	"strings"
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

// CalendarOf is the calendar of layers of days over [FiveDays]; a later layer
// counts more.
func CalendarOf(layers ...*org.DayTable) *Calendar {
	c := FiveDays()
	var ids []string
	for _, t := range layers {
		ids, c.Papers = append(ids, t.ID), append(c.Papers, t.Papers...)
		for _, d := range t.Off {
			c.Days[d] = false
		}
		for _, d := range t.Worked {
			c.Days[d] = true
		}
	}
	c.ID = strings.Join(ids, " + ")
	return c
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
