package check

import (
	"fmt"
	"strings"
	"testing"

	"oneboard/internal/org"
)

func toldAreas(areas []org.Area) string {
	var b strings.Builder
	for _, a := range areas {
		fmt.Fprintf(&b, "%s|%s|%s|%s %s..%s\n", a.Code, a.Name, a.Level, a.Parent, a.From, a.To)
	}
	return b.String()
}

func TestAreasOfAHistory(t *testing.T) {
	h := drawn(t, `
= 2000-01-01 p:P:city 1:a:town:p 2:b:town:p 3:c:town:x :No_Code
2001-01-01 1:a 2:b -> 1:a
2002-01-01 1:a -> 1:A
2003-01-01 1:A -> 4:A
2003-01-01 3:c ->
`)
	areas := Trace(h).Areas()
	got := toldAreas(areas)
	for _, line := range []string{
		"1|a|town|p 2000-01-01..2002-01-01\n", // taking in another one changed nothing that a row says
		"1|A|town|p 2002-01-01..2003-01-01\n",
		"4|A|town|p 2003-01-01..",
		"2|b|town|p 2000-01-01..2001-01-01\n",
		"3|c|town| 2000-01-01..2003-01-01\n", // x is no unit of the history
		"p|P|city| 2000-01-01..",
		"No_Code|No_Code|",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("no %q in\n%s", line, got)
		}
	}
	if len(areas) != 7 {
		t.Errorf("%d areas\n%s", len(areas), got)
	}
}

// An area may have a row for each time during which it was the same, but only
// one for a day.
func TestAreaInSeveralRows(t *testing.T) {
	day := func(s string) org.Date {
		d, err := org.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	row := func(name, from, to string) org.Area {
		i := org.Interval{From: day(from), To: org.Forever}
		if to != "" {
			i.To = day(to)
		}
		return org.Area{Code: "1", Name: name, Interval: i}
	}
	for _, c := range []struct {
		name  string
		rows  []org.Area
		found int
	}{
		{"one after the other", []org.Area{row("a", "2000-01-01", "2010-01-01"), row("b", "2010-01-01", "")}, 0},
		{"the later one first", []org.Area{row("b", "2010-01-01", ""), row("a", "2000-01-01", "2010-01-01")}, 0},
		{"with a gap", []org.Area{row("a", "2000-01-01", "2005-01-01"), row("b", "2010-01-01", "")}, 0},
		{"a day in both", []org.Area{row("a", "2000-01-01", "2010-01-02"), row("b", "2010-01-01", "")}, 1},
		{"one inside another", []org.Area{row("a", "2000-01-01", ""), row("b", "2010-01-01", "2011-01-01"), row("c", "2012-01-01", "2013-01-01")}, 2},
	} {
		r := Run(&org.Board{Areas: c.rows}, nil)
		n := 0
		for _, d := range r.Problems {
			if d.Code == DuplicateID {
				n++
			}
		}
		if n != c.found || len(r.Problems) != n {
			t.Errorf("%s: %v", c.name, r.Problems)
		}
		if c.found > 0 {
			continue
		}
		if on := r.Timeline.On(day("2012-01-01")).Areas; len(on) != 1 || on[0].Name != "b" {
			t.Errorf("%s: on 2012-01-01 %v", c.name, on)
		}
	}
}
