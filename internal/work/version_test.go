package work_test

import (
	"fmt"
	"strings"
	"testing"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// What is known of a calendar changes: on 22 March 2019 Labour Day, until then
// 1 May alone, became 1 to 4 May, with Sunday 28 April and Sunday 5 May worked.

func dayOf(t *testing.T, s string) org.Date {
	t.Helper()
	d, err := org.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// onDay makes the work of a plan by the calendars as known on a day, and places it.
func onDay(t *testing.T, files, day string) *work.Schedule {
	t.Helper()
	on := org.Forever
	if day != "" {
		on = dayOf(t, day)
	}
	w, wrong := compileOn(t, files, on)
	if wrong != "" {
		t.Fatal(wrong)
	}
	s, clash := work.Place(w, sched.Options{Schedules: 200, Seed: 1})
	if s == nil {
		t.Fatalf("no schedule: %+v", clash)
	}
	return s
}

// daysOf tells the days of each activity.
func daysOf(s *work.Schedule) string {
	var b strings.Builder
	for i := range s.Work.Activities {
		fmt.Fprintf(&b, "%s %s %s\n", s.Work.Activities[i].ID, s.Start[i].String()[5:], s.Finish[i].String()[5:])
	}
	return b.String()
}

// movedOf tells what has moved and why.
func movedOf(s *work.Schedule, b *org.Baseline) string {
	var out strings.Builder
	for _, m := range s.Since(b) {
		fmt.Fprintf(&out, "%s %s %s\n", m.ID, m.Why, m.Cause)
	}
	return out.String()
}

// A list of three days from 29 April on, its agreement after it (two days); a visit
// as soon as may be from 28 April on, and a report three days of work after it; a
// count from 2 May on; a call on 25 April, and three days of work later a reply; a
// meeting on 13 May.
const mayPlan = `-- plan.yaml --
oneboard: plan/v1
id: may
board: .
start: 2019-04-22
calendar: cn
tasks:
  - {id: list, title: 清单, body: bb, days: 3, start: 2019-04-29}
  - {id: agree, title: 会签, body: bb, days: 2, after: {of: list}}
  - {id: visit, title: 走访, body: bb, days: 1, start: 2019-04-28}
  - {id: report, title: 报告, body: bb, days: 1, after: {of: visit, lag: 3}}
  - {id: count, title: 清点, body: bb, days: 1, start: 2019-05-02}
  - {id: call, title: 通知, body: bb, days: 1, start: 2019-04-25}
  - {id: reply, title: 回复, body: bb, days: 1, after: {of: call, lag: 3}}
  - {id: meeting, title: 会议, body: bb, days: 1, start: 2019-05-13}
` + offices

// By hand, as known on 1 March: 1 May is off, so the list takes 29 and 30 April and
// 2 May; agreeing 3 and 6 May; the visit is on Monday the 29th; the lag takes 30
// April, 2 and 3 May, so the report is on Monday 6 May; between call and reply are 26,
// 29 and 30 April. As known on 25 March the list takes 29 and 30 April and Sunday 5
// May, and agreeing 6 and 7 May; the visit is on Sunday the 28th; the lag takes 29, 30
// April and 5 May, so the report stays; the count waits until 5 May; the lag of the
// reply takes 26, 28 and 29 April.
const (
	mayOnFirst = "list 04-29 05-02\nagree 05-03 05-06\nvisit 04-29 04-29\nreport 05-06 05-06\ncount 05-02 05-02\ncall 04-25 04-25\nreply 05-02 05-02\nmeeting 05-13 05-13\n"
	mayLater   = "list 04-29 05-05\nagree 05-06 05-07\nvisit 04-28 04-28\nreport 05-06 05-06\ncount 05-05 05-05\ncall 04-25 04-25\nreply 04-30 04-30\nmeeting 05-13 05-13\n"
)

func TestMayOf2019(t *testing.T) {
	for day, want := range map[string]string{"2019-03-01": mayOnFirst, "2019-03-21": mayOnFirst, "2019-03-22": mayLater, "2019-03-25": mayLater, "": mayLater} {
		if got := daysOf(onDay(t, mayPlan, day)); got != want {
			t.Errorf("planned on %q:\n%s want\n%s", day, got, want)
		}
	}
	first := onDay(t, mayPlan, "2019-03-01")
	if v := first.Work.Version; v == nil || v.Newest.Known() {
		t.Errorf("on 1 March: %+v", v)
	}
	text := planfile.FormatBaseline(first.Issue(dayOf(t, "2019-03-01"), ""))
	issued, wrong := planfile.ParseBaseline("issued.json", text)
	if len(wrong) > 0 || issued.Known != dayOf(t, "2019-03-01") {
		t.Fatalf("%v: known %s", wrong, issued.Known)
	}
	if got := movedOf(onDay(t, mayPlan, "2019-03-21"), issued); got != "" {
		t.Errorf("before anything else was known:\n%s", got)
	}
	const why = "list amended 2019-03-22\nagree link list\nvisit amended 2019-03-22\ncount amended 2019-03-22\nreply amended 2019-03-22\n"
	later := onDay(t, mayPlan, "2019-03-25")
	if v := later.Work.Version; v == nil || v.Newest != dayOf(t, "2019-03-22") {
		t.Errorf("on 25 March: %+v", v)
	}
	if got := movedOf(later, issued); got != why {
		t.Errorf("on 25 March:\n%s want\n%s", got, why)
	}
	for _, m := range later.Since(issued) {
		if m.Why != work.ByAmended {
			continue
		}
		for tag, want := range map[lang.Tag]string{lang.ZH: "日历作了调整：自 2019-03-22 起知悉", lang.EN: "the calendar was amended: known since 2019-03-22"} {
			if got := later.Work.SayMoved(tag, m); got != want {
				t.Errorf("%s: %q", m.ID, got)
			}
		}
	}
	// Planned again with few moves: nothing that could stay has another reason.
	again, clash := work.Replan(later.Work, issued, nil, sched.Options{Schedules: 500, Seed: 1})
	if clash != nil {
		t.Fatal(clash)
	}
	for _, m := range again.Since(issued) {
		if m.Why != work.ByAmended && m.Why != work.ByLink {
			t.Errorf("planned again: %+v", m)
		}
	}
	// What moves for another reason is not put on the amendment.
	other := strings.Replace(mayPlan, "start: 2019-05-13", "start: 2019-05-15", 1)
	if got := movedOf(onDay(t, other, "2019-03-25"), issued); got != why+"meeting release \n" {
		t.Errorf("the meeting moved:\n%s", got)
	}
	longer := strings.Replace(mayPlan, "id: list, title: 清单, body: bb, days: 3", "id: list, title: 清单, body: bb, days: 4", 1)
	if got := movedOf(onDay(t, longer, "2019-03-25"), issued); !strings.HasPrefix(got, "list duration \nagree link list\n") {
		t.Errorf("the list takes longer:\n%s", got)
	}
	// A baseline that does not say what was known is believed nothing.
	issued.Known = org.NoDate
	if got := movedOf(later, issued); strings.Contains(got, "amended") {
		t.Errorf("nobody knows what was known:\n%s", got)
	}
}

// TestFebruaryOf2019: seven days off, and 2 and 3 February worked, whatever is known
// of May.
func TestFebruaryOf2019(t *testing.T) {
	for _, day := range []string{"2018-12-06", "2019-03-01", "2019-03-25", ""} {
		c := onDay(t, mayPlan, day).Work.Calendar
		n := 0
		for d := dayOf(t, "2019-02-01"); d <= dayOf(t, "2019-02-28"); d++ {
			if c.Works(d) {
				n++
			}
		}
		if n != 17 {
			t.Errorf("known on %q: %d days of work", day, n)
		}
	}
}

// TestAmendedLayers: a later layer counts more though the one below it was amended
// after it, and calendars of teams and offices are versions too.
func TestAmendedLayers(t *testing.T) {
	const layers = `-- plan.yaml --
oneboard: plan/v1
id: layers
board: .
start: 2019-04-29
calendar: [cn, ./city.yaml]
resources: {id: zu, capacity: 1, calendar: ./team.yaml}
tasks:
  - {id: list, title: 清单, body: bb, days: 3}
  - {id: count, title: 清点, body: bb, days: 1, start: 2019-05-09, needs: {team: zu}}
-- city.yaml --
oneboard: calendar/v1
id: city
worked: 2019-05-02
amended: {known: 2019-04-10, off: 2019-04-30}
-- team.yaml --
oneboard: calendar/v1
id: team
amended:
  - {known: 2019-04-15, worked: 2019-05-09}
  - {known: 2019-04-12, off: 2019-05-09}
` + offices
	for _, x := range []struct{ day, newest, want string }{
		{"2019-03-01", "", "list 04-29 05-02\ncount 05-09 05-09\n"},           // 29, 30, and 2 May
		{"2019-03-22", "2019-03-22", "list 04-29 05-02\ncount 05-09 05-09\n"}, // 2 May is worked in the city
		{"2019-04-11", "2019-04-10", "list 04-29 05-05\ncount 05-09 05-09\n"}, // 29, 2 May, and Sunday the 5th
		{"2019-04-14", "2019-04-12", "list 04-29 05-05\ncount 05-10 05-10\n"}, // the team is away on the 9th
		{"", "2020-01-27", "list 04-29 05-05\ncount 05-09 05-09\n"},
	} {
		s := onDay(t, layers, x.day)
		if got := daysOf(s); got != x.want || s.Work.Version.Newest.String() != x.newest {
			t.Errorf("planned on %q: newest %s\n%s want\n%s", x.day, s.Work.Version.Newest, got, x.want)
		}
	}
	// What was never amended has no version.
	if s := onDay(t, strings.Replace(mayPlan, "calendar: cn\n", "", 1), "2019-03-01"); s.Work.Version != nil {
		t.Errorf("Monday to Friday: %+v", s.Work.Version)
	}
}
