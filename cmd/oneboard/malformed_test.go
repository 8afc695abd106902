package main

import (
	"slices"
	"strings"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// odd is a project with all that is reckoned with, in a few hundred letters.
const odd = `<Project><Title>T</Title><StartDate>2019-01-07T08:00:00</StartDate><CalendarUID>1</CalendarUID>
<Calendars><Calendar><UID>1</UID><WeekDays><WeekDay><DayType>7</DayType><DayWorking>1</DayWorking></WeekDay></WeekDays>
<Exceptions><Exception><TimePeriod><FromDate>2019-02-04T00:00:00</FromDate><ToDate>2019-02-10T23:59:00</ToDate></TimePeriod><DayWorking>0</DayWorking></Exception></Exceptions></Calendar></Calendars>
<Tasks><Task><UID>1</UID><Name>A</Name><Duration>PT16H0M0S</Duration><ConstraintType>4</ConstraintType><ConstraintDate>2019-01-09T08:00:00</ConstraintDate></Task>
<Task><UID>2</UID><Name>B</Name><Duration>PT24H0M0S</Duration><Deadline>2019-02-12T17:00:00</Deadline><PredecessorLink><PredecessorUID>1</PredecessorUID><Type>1</Type><LinkLag>4800</LinkLag><LagFormat>7</LagFormat></PredecessorLink></Task></Tasks>
<Resources><Resource><UID>1</UID><Name>R</Name><MaxUnits>2</MaxUnits><AvailabilityPeriods><AvailabilityPeriod><AvailableFrom>2019-01-08T00:00:00</AvailableFrom><AvailableTo>2019-01-09T23:59:00</AvailableTo><AvailableUnits>0</AvailableUnits></AvailabilityPeriod></AvailabilityPeriods></Resource></Resources>
<Assignments><Assignment><UID>1</UID><TaskUID>1</TaskUID><ResourceUID>1</ResourceUID><Units>2</Units></Assignment><Assignment><UID>2</UID><TaskUID>2</TaskUID><ResourceUID>1</ResourceUID><Units>1</Units></Assignment></Assignments></Project>`

// follow takes a project as far as it goes: to days that are written again, to
// why there are none, or to what is wrong. Nothing of it may panic.
func (e *env) followOdd(t *testing.T, text string) string {
	t.Helper()
	p, list := exchange.ReadProject(diag.NewSource("project.xml", text))
	if p == nil {
		return string(list[0].Code)
	}
	w, _ := workOfProject(p, org.Day(2019, 1, 7))
	if beyond := w.Beyond(); len(beyond) > 0 {
		return string(beyond[0].Code)
	}
	s, clash := work.Place(w, sched.Options{Schedules: 20})
	switch {
	case clash != nil:
		d, ways := w.Why(clash)
		for _, y := range ways {
			w.Say(lang.EN, y)
		}
		if len(d.Notes) == 0 {
			t.Errorf("a clash of nothing: %s", text)
		}
		return string(d.Code)
	case s == nil:
		return "unknown"
	}
	if again, list := exchange.ReadProject(diag.NewSource("again.xml", string(e.projectOf("p", s, nil).XML()))); again == nil || len(again.Tasks) != len(p.Tasks) {
		t.Errorf("what was placed is not read again: %v\n%s", list, text)
	}
	return "days"
}

// TestOddProjects puts other words into each element of a project, and follows it
// to its days.
func TestOddProjects(t *testing.T) {
	e := &env{tag: lang.EN}
	if got := e.followOdd(t, odd); got != "days" {
		t.Fatalf("the whole: %s", got)
	}
	ends := map[string]int{}
	for at := strings.IndexByte(odd, '>'); at >= 0 && at < len(odd)-1; {
		length := strings.IndexByte(odd[at+1:], '<')
		for _, with := range []string{"", "-1", "0", "2", "3.5", "32767", "99999999999999999999", "NaN", "2019-02-30T08:00:00", "2190-01-01T08:00:00", "0001-01-01T08:00:00", "PT58560H0M0S", "PT-1H0M0S", "7"} {
			ends[e.followOdd(t, odd[:at+1]+with+odd[at+1+length:])]++
		}
		at += 1 + length + strings.IndexByte(odd[at+1+length:], '>')
	}
	t.Log(ends)
	for _, want := range []string{"days", "OB0810", "OB0832", "OB0833", "OB0861"} {
		if ends[want] == 0 {
			t.Errorf("none ends with %s: %v", want, ends)
		}
	}
	if ends["OB0810"]+ends["days"] < 20 || slices.Contains([]int{ends["OB0832"]}, 0) {
		t.Errorf("%v", ends)
	}
}

// TestOddProblems: what the reader lets through and the engine can't place is
// told, with its place.
func TestOddProblems(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"3 1\n1\n2 1 1 2\n2 1 1 3\n2 1 1 1\n", "OB0185"},         // a circle
		{"3 1\n1\n2 1 1 2\n2 2 1 3\n2 1 0\n", "OB0186"},           // two of one
		{"3 1\n40000\n2 1 1 2\n2 2 1 3\n2 1 0\n", "OB0187"},       // too many people
		{"2 0\n16777216 1 2\n16777216 0\n", ""},                   // long, and placed
		{"1 0\n16777217 0\n", "OB0180"},                           // longer than is believed
		{"17 0\n" + strings.Repeat("16777216 0\n", 17), "OB0187"}, // together too long
		{"3 1\n1\n2 1 2 2 2\n2 1 1 3\n2 1 0\n", ""},               // a link twice
		{"0 0\n", ""}, {"0 3\n1 1 1\n", ""}, // nothing to do
		{"2 2\n0 0\n1 1 0 1 2\n1 0 0 0\n", "OB0186"},                          // nobody there
		{"2 5\n9 9 9 9 9\n1 9 9 9 9 9 1 2\n1 9 9 9 9 9 0\n", ""},              // two words of the profile
		{strings.Repeat("9", 400) + " 1\n", "OB0180"}, {"\x00\x00", "OB0180"}, // no numbers
	} {
		instance, compiled, problems := readProblem("p.rcp", []byte(c.text))
		got := ""
		if len(problems) > 0 {
			got = string(problems[0].Code)
		}
		if got != c.want || (instance == nil) != (c.want != "") {
			t.Errorf("%.40q: %s, want %s", c.text, got, c.want)
		}
		if compiled != nil && compiled.CriticalPath() < 1<<20 {
			sched.Place(compiled, sched.Options{Schedules: 20})
		}
	}
}
