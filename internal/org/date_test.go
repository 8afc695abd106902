package org

import (
	"testing"
	"time"
)

// Every day of five centuries agrees with the standard library, forth and back.
func TestDatesAgreeWithTheCalendar(t *testing.T) {
	for day := time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2101; day = day.AddDate(0, 0, 1) {
		text := day.Format("2006-01-02")
		d, err := ParseDate(text)
		if err != nil || d.String() != text || d != DateOf(day) || !d.Time().Equal(day) {
			t.Fatalf("%s: %v %v", text, d, err)
		}
	}
}

func TestDatesThatAreNot(t *testing.T) {
	for _, s := range []string{"", "2019-02-29", "1900-02-29", "2019-13-01", "2019-00-10", "2019-04-31", "2019-1-1", "19-01-01",
		"2019/01/01", "2019-01-01 ", "０２０１９-01", "2019-01-0x", "-201-01-01", "0000-01-01"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q is read as %v", s, d)
		}
	}
}

func TestIntervals(t *testing.T) {
	d := func(n int) Date { return Day(2019, 1, n) }
	i := Interval{d(10), d(20)}
	if i.Holds(d(9)) || !i.Holds(d(10)) || !i.Holds(d(19)) || i.Holds(d(20)) {
		t.Error("an interval holds its first day and not its end")
	}
	if !i.Meets(Interval{d(20), Forever}) || i.Meets(Interval{d(21), Forever}) {
		t.Error("meets")
	}
	if got := i.And(Interval{d(15), Forever}); got != (Interval{d(15), d(20)}) || got.Days() != 5 {
		t.Error("and", got)
	}
	if Whole.Days() != -1 || Whole.String() != "../.." || i.String() != "2019-01-10/2019-01-20" {
		t.Error("open ends")
	}
}

func TestKeys(t *testing.T) {
	for in, want := range map[string]Keys{"": AllKeys, "all": AllKeys, "holder": Holder, "performer means": Performer | Means,
		"name;holder": Signatory | Holder, "holder、means": Holder | Means, "holder performer name means": AllKeys} {
		if got, ok := ParseKeys(in); !ok || got != want {
			t.Errorf("ParseKeys(%q) = %v, %v", in, got, ok)
		}
		if back, ok := ParseKeys(want.String()); !ok || back != want {
			t.Errorf("%v does not read back", want)
		}
	}
	for _, in := range []string{"owner", "holder owner", "ALL", " "} {
		if got, ok := ParseKeys(in); ok {
			t.Errorf("ParseKeys(%q) = %v", in, got)
		}
	}
}

// Each kind of the closed set can name its bodies, and its word is its own.
func TestKindsAreClosed(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds {
		if seen[k.Word] {
			t.Errorf("%s stands twice", k.Word)
		}
		seen[k.Word] = true
		BodiesOf(k.New())
		if found, ok := KindOf(k.Word); !ok || found.Word != k.Word {
			t.Errorf("%s is not found", k.Word)
		}
	}
}

// TestAddYears: the same day of another year; what a year has not, is the day after.
func TestAddYears(t *testing.T) {
	for _, c := range []struct {
		from Date
		n    int
		to   Date
	}{
		{Day(2023, 1, 1), 2, Day(2025, 1, 1)},
		{Day(2020, 2, 29), 2, Day(2022, 3, 1)},
		{Day(2020, 2, 29), 4, Day(2024, 2, 29)},
		{Day(1999, 12, 31), 1, Day(2000, 12, 31)},
	} {
		if got := c.from.AddYears(c.n); got != c.to {
			t.Errorf("%v and %d years: %v, not %v", c.from, c.n, got, c.to)
		}
	}
}
