package org

import (
	"fmt"
	"math"
	"time"
)

// A Date is a civil date, without hour or zone, as days since 1970-01-01. Law
// takes effect on days. The zero Date is 1970-01-01; what is not known is
// NoDate.
type Date int32

const (
	// Always is the start of an interval without a known start.
	Always Date = math.MinInt32 + 1
	// Forever is the end of an interval that holds until further notice.
	Forever Date = math.MaxInt32
	// NoDate is the absence of a date.
	NoDate Date = math.MinInt32
)

// Day makes a date from year, month and day; values out of range roll over as
// in time.Date.
func Day(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DateOf gives the civil date of an instant in its own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Day(y, m, d)
}

// ParseDate reads YYYY-MM-DD. A date that does not exist (2019-02-30) is an
// error; so is any other form.
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return NoDate, fmt.Errorf("org: %q is not of the form YYYY-MM-DD", s)
	}
	num := func(s string) int {
		n := 0
		for i := 0; i < len(s); i++ {
			if s[i] < '0' || s[i] > '9' {
				return -1
			}
			n = n*10 + int(s[i]-'0')
		}
		return n
	}
	y, m, d := num(s[:4]), num(s[5:7]), num(s[8:])
	if y < 1 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return NoDate, fmt.Errorf("org: there is no day %q", s)
	}
	return civil(y, m, d), nil
}

func leap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func daysIn(y, m int) int {
	switch m {
	case 2:
		if leap(y) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// civil counts days in the proleptic Gregorian calendar; years are moved to
// start in March so that the leap day is the last of its year.
func civil(y, m, d int) Date {
	if m <= 2 {
		y--
		m += 12
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + d - 1
	return Date(era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468)
}

// Known reports whether d is a day, and not one of Always, Forever, NoDate.
func (d Date) Known() bool { return d != Always && d != Forever && d != NoDate }

// AddYears gives the same day so many years later; of 29 February, in a year that
// has none, 1 March. d must be Known.
func (d Date) AddYears(n int) Date { return DateOf(d.Time().AddDate(n, 0, 0)) }

// Time gives midnight UTC of the day; d must be Known.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String gives YYYY-MM-DD, and "" for a date that is not a day: the form of the
// tables, where an open end is an empty cell.
func (d Date) String() string {
	if !d.Known() {
		return ""
	}
	return d.Time().Format("2006-01-02")
}

// MarshalText gives the form of String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD; the empty text is NoDate.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = NoDate
		return nil
	}
	*d, err = ParseDate(string(text))
	return err
}

// An Interval runs from the day From up to, but not including, the day To.
// From may be Always, To may be Forever.
type Interval struct{ From, To Date }

// Whole is all of time.
var Whole = Interval{Always, Forever}

// Holds reports whether the day is in the interval.
func (i Interval) Holds(day Date) bool { return i.From <= day && day < i.To }

// Empty reports whether no day is in the interval.
func (i Interval) Empty() bool { return i.From >= i.To }

// Meets reports whether j starts on the day i ends, with no gap and no overlap.
func (i Interval) Meets(j Interval) bool { return i.To == j.From }

// And is the part that both intervals share; it may be empty.
func (i Interval) And(j Interval) Interval {
	return Interval{max(i.From, j.From), min(i.To, j.To)}
}

// Days is the length of an interval with two known ends, in days, else -1.
func (i Interval) Days() int {
	if !i.From.Known() || !i.To.Known() {
		return -1
	}
	return int(i.To - i.From)
}

// String gives "2019-01-25/2019-01-28" (ISO 8601), ".." for an open end.
func (i Interval) String() string {
	end := func(d Date) string {
		if s := d.String(); s != "" {
			return s
		}
		return ".."
	}
	return end(i.From) + "/" + end(i.To)
}
