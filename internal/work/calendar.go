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
	layers []*org.DayTable   // that it was made of, with all that was ever known
	on     org.Date          // what was known on this day is in it
}

// FiveDays is the calendar of who knows no other: Monday to Friday.
func FiveDays() *Calendar {
	return &Calendar{Week: [7]bool{false, true, true, true, true, true, false}, Days: map[org.Date]bool{}}
}

// CalendarOf is the calendar of layers of days over [FiveDays], as they were known
// when a day ended; Forever: with all that they say. A later layer counts more,
// whenever it became known.
func CalendarOf(on org.Date, layers ...*org.DayTable) *Calendar {
	c := FiveDays()
	c.layers, c.on = layers, on
	var ids []string
	for _, t := range layers {
		t = t.On(on)
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

// amended gives the day from which the newest amendment was known that makes a
// day from first to last other than it was in the same calendar as known earlier;
// NoDate: all of them are as they were. It takes O(n) in the days amended.
func (c *Calendar) amended(was *Calendar, first, last org.Date) org.Date {
	out := org.NoDate
	for _, t := range c.layers {
		for i := range t.Amended {
			a := &t.Amended[i]
			if a.Known <= was.on || a.Known > c.on {
				continue
			}
			for _, days := range [][]org.Date{a.Off, a.Worked} {
				for _, d := range days {
					if first <= d && d <= last && c.Works(d) != was.Works(d) {
						out = max(out, a.Known)
					}
				}
			}
		}
	}
	return out
}

// A Version tells how much of what became known of the calendars of some work,
// those of teams, people and offices too, it goes by.
type Version struct {
	On     org.Date // the day on which it was planned; Forever: all that is known
	Newest org.Date // the day of the newest amendment that was known; NoDate: none was
}

// versionOf gives the version on a day of calendars that were amended on days;
// nil when they never were.
func versionOf(on org.Date, amended []org.Date) *Version {
	if len(amended) == 0 {
		return nil
	}
	v := &Version{On: on, Newest: org.NoDate}
	for _, d := range amended {
		if d <= on {
			v.Newest = max(v.Newest, d)
		}
	}
	return v
}

// Known gives a day on which just as much was known; NoDate of no version.
func (v *Version) Known() org.Date {
	switch {
	case v == nil:
		return org.NoDate
	case v.Newest.Known():
		return v.Newest
	}
	return v.On
}
