package work_test

import (
	"fmt"
	"os"
	"slices"

	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"

	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// compile reads the files of a plan, checks it, and makes its work.
func compile(t *testing.T, files string) *work.Work {
	t.Helper()
	w, wrong := tryCompile(t, files)
	if wrong != "" {
		t.Fatal(wrong)
	}
	return w
}

// tryCompile is compile for plans in which something is wrong, told in words.
func tryCompile(t *testing.T, files string) (*work.Work, string) {
	t.Helper()
	return compileOn(t, files, org.Forever)
}

// compileOn is tryCompile by the calendars as they were known on a day.
func compileOn(t *testing.T, files string, on org.Date) (*work.Work, string) {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(files)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	plan, problems := planfile.Parse("plan.yaml", fsys["plan.yaml"].Data)
	board, more, err := exchange.ReadBoard(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	problems.Add(more...)
	rules, more, err := planfile.WorkIn(plan, fsys, ".", exchange.ReadDays)
	if err != nil {
		t.Fatal(err)
	}
	problems.Add(more...)
	packs, more, err := planfile.PacksIn(plan, fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	problems.Add(more...)
	r := check.Run(board, plan, packs...)
	problems.Add(r.Problems...)
	var w *work.Work
	if !problems.HasErrors() {
		w, problems = work.Compile(r.Checked, rules, on)
	}
	var b strings.Builder
	if len(problems) > 0 {
		problems.WriteText(&b, lang.EN, 0)
	}
	return w, b.String()
}

// draw draws a schedule under its days: X work, . a day off, * a milestone.
func draw(s *work.Schedule) string {
	var b strings.Builder
	first, last, wide := s.End, s.End, 0
	for k := range s.Start {
		first = min(first, s.Start[k])
		wide = max(wide, len(s.Work.Activities[k].ID))
	}
	fmt.Fprintf(&b, "%-*s   %s\n", wide, "", first)
	for _, k := range s.ByDay() {
		a := &s.Work.Activities[k]
		row := ""
		for d := first; d <= last; d++ {
			switch {
			case d < s.Start[k] || d > s.Finish[k]:
				row += " "
			case a.Duration == 0:
				row += "*"
			case s.Parts[k] != nil && s.Work.Calendar.Works(d) && !slices.Contains(s.Parts[k], d):
				row += "-"
			case s.Work.Calendar.Works(d):
				row += "X"
			default:
				row += "."
			}
		}
		fmt.Fprintf(&b, "%-*s | %s |\n", wide, a.ID, row)
	}
	return b.String()
}

const offices = `-- bodies.csv --
id,name,name_en,level
bb,市委编办,Staffing office,city
czj,市财政局,Finance bureau,city
whq,望海区财政局,Finance bureau of Wanghai,county
`

const head = `-- plan.yaml --
oneboard: plan/v1
id: small
board: .
calendar: cn
templates: ./ours.yaml
`

// one is a template of one step that nothing here asks for.
const none = `-- ours.yaml --
oneboard: work/v1
id: ours
steps:
  - {id: s, for: split, title: 无, days: 1, who: giver}
`

const renaming = `instruments:
  - {id: fa, kind: plan, made: 2019-01-10, effective: 2019-01-19}
`

var drawn = []struct{ name, files, want string }{
	// Spring Festival: 2 and 3 February are worked, seven days are off.
	{"over Spring Festival", head + `start: 2019-01-31
deadline: 2019-02-28
tasks:
  - {id: a, title: 甲, body: bb, days: 5}
  - {id: b, title: 乙, body: bb, days: 1, after: {of: a, lag: 1}}
` + none + offices, `
    2019-01-31
a | XXXX.......X   |
b |              X |
`},
	// One person: one after another; with him away for two days, later.
	{"one person", head + `start: 2019-01-21
deadline: 2019-02-01
resources:
  - id: zu
    capacity: 1
    away: {days: 2019-01-22/2019-01-23}
tasks:
  - {id: a, title: 甲, body: bb, days: 2, needs: {team: zu}, deadline: 2019-01-25}
  - {id: b, title: 乙, body: bb, days: 1, needs: {team: zu}, deadline: 2019-01-21}
` + none + offices, `
    2019-01-21
b | X     |
a |    XX |
`},
	// Ready two days of work before the day in law (a Monday), which is fixed;
	// the plate goes up on that day.
	{"before and from the day in law", head + `start: 2019-01-17
deadline: 2019-02-01
` + renaming + `changes:
  - {rename: czj, id: g, name: 市财政和资产局, by: fa 1, on: 2019-01-28}
tasks:
  - {id: t, title: 总结, body: bb, days: 1, after: {of: g/up}, before: {of: end}}
  - {id: end, title: 完成, body: bb, days: 0, start: 2019-01-31}
-- ours.yaml --
oneboard: work/v1
id: ours
steps:
  - {id: seal, for: rename, title: 刻制印章, days: 5, who: receiver, by: law, ahead: 2}
  - {id: up, for: rename, title: 挂牌, days: 1, who: receiver, from: law, after: {step: seal}}
` + offices, `
         2019-01-17
g/seal | XX..XXX         |
g/law  |            *    |
g/up   |            X    |
t      |             X   |
end    |               * |
`},
	// No handover in a protected window.
	{"protected window", head + `start: 2019-01-21
deadline: 2019-02-01
windows:
  - {title: 汛期, days: 2019-01-21/2019-01-24}
` + renaming + `changes:
  - {rename: czj, id: g, name: 市财政和资产局, by: fa 1, on: 2019-01-28}
-- ours.yaml --
oneboard: work/v1
id: ours
steps:
  - {id: list, for: rename, title: 清点, days: 1, who: receiver, by: law}
  - {id: sign, for: rename, title: 签字, days: 1, who: receiver, by: law, outside: windows}
` + offices, `
         2019-01-21
g/list | X        |
g/sign |     X    |
g/law  |        * |
`},
	// A window of days: some day, the city's before the district's.
	{"relay", head + `start: 2019-01-21
deadline: 2019-02-01
` + renaming + `changes:
  - {rename: whq, id: lower, name: 望海区财政和资产局, by: fa 1, on: 2019-01-21/2019-01-25}
  - {rename: czj, id: upper, name: 市财政和资产局, by: fa 1, on: 2019-01-24}
-- ours.yaml --
oneboard: work/v1
id: ours
relay: [city, county]
steps:
  - {id: notice, for: rename, title: 公告, days: 1, who: receiver, from: law}
` + offices, `
               2019-01-24
lower/law    | * |
upper/law    | * |
lower/notice | X |
upper/notice | X |
relay/city   | * |
`},
}

func TestDrawn(t *testing.T) {
	for _, c := range drawn {
		t.Run(c.name, func(t *testing.T) {
			s, clash := work.Place(compile(t, c.files), sched.Options{Schedules: 500})
			if s == nil {
				t.Fatalf("no schedule: %v", clash)
			}
			if got := "\n" + draw(s); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestCalendarMoves: a plan of three days over Labour Day 2019 ends on 6 May by
// the calendar as it was after 22 March, and on 5 May is worked; by the older one
// only 1 May is off, and it ends on 2 May.
func TestCalendarMoves(t *testing.T) {
	files := head + `start: 2019-04-29
deadline: 2019-05-31
tasks:
  - {id: a, title: 甲, body: bb, days: 3}
  - {id: b, title: 乙, body: bb, days: 1, after: {of: a}}
` + none + offices
	for calendar, want := range map[string]string{
		"cn":                       "2019-05-05 2019-05-06",
		"cn-2019-before-amendment": "2019-05-02 2019-05-03",
	} {
		s, _ := work.Place(compile(t, strings.Replace(files, "calendar: cn\n", "calendar: "+calendar+"\n", 1)), sched.Options{Schedules: 100})
		if got := s.Finish[0].String() + " " + s.Start[1].String(); got != want {
			t.Errorf("%s: %s, want %s", calendar, got, want)
		}
	}
}

// A clash is told by its demands and nothing else: the second team, the third
// task and the free link have no part in it.
const clashing = head + `start: 2019-01-21
deadline: 2019-03-31
resources:
  - {id: zu, name: 审核组, name_en: Reviewers, capacity: 1}
  - {id: other, capacity: 1}
tasks:
  - {id: a, title: 甲, title_en: A, body: bb, days: 3, needs: {team: zu}, deadline: 2019-01-25}
  - {id: b, title: 乙, title_en: B, body: bb, days: 3, needs: {team: zu}, deadline: 2019-01-25}
  - {id: c, title: 丙, title_en: C, body: bb, days: 3, needs: {team: other}, after: {of: a}}
` + none + offices

func TestWhyNot(t *testing.T) {
	w := compile(t, clashing)
	s, clash := work.Place(w, sched.Options{Schedules: 500})
	if s != nil || clash == nil || !clash.Proven {
		t.Fatalf("schedule %v, clash %+v", s, clash)
	}
	d, ways := w.Why(clash)
	var notes []string
	for _, n := range d.Notes {
		notes = append(notes, n.Span.Text()+" "+n.Say)
	}
	slices.Sort(notes)
	if got, want := strings.Join(notes, ", "), "a work_deadline, a work_need, b work_deadline, b work_need"; got != want {
		t.Errorf("demands: %s, want %s", got, want)
	}
	var said []string
	for _, y := range ways {
		said = append(said, w.Say(lang.EN, y))
	}
	// Five days are there and six are needed: one more day for either, or a
	// second reviewer.
	want := []string{"1 more day of work: “A” by 2019-01-28", "1 more day of work: “B” by 2019-01-28", "1 more of Reviewers from 2019-01-21 to "}
	for i, w := range want {
		if i >= len(said) || !strings.HasPrefix(said[i], w) {
			t.Errorf("way out %d: %q, want %q…", i, said, w)
		}
	}
	// Each way out does what it says.
	for _, change := range []string{"days: 3, needs: {team: zu}, deadline: 2019-01-28", "days: 2, needs: {team: zu}, deadline: 2019-01-25"} {
		files := strings.Replace(clashing, "days: 3, needs: {team: zu}, deadline: 2019-01-25", change, 1)
		if s, _ := work.Place(compile(t, files), sched.Options{Schedules: 500}); s == nil {
			t.Errorf("no schedule with %s", change)
		}
	}
	if s, _ := work.Place(compile(t, strings.Replace(clashing, "Reviewers, capacity: 1", "Reviewers, capacity: 2", 1)), sched.Options{Schedules: 500}); s == nil {
		t.Error("no schedule with a second reviewer")
	}
}

// yunhai makes the work of the plan of Yunhai, as the program would.
func yunhai(t *testing.T, edit func(string) string) *work.Work {
	t.Helper()
	const dir = "../../examples/yunhai"
	text, err := os.ReadFile(dir + "/plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	plan, problems := planfile.Parse("plan.yaml", []byte(edit(string(text))))
	board, _, err := exchange.ReadBoard(os.DirFS(dir), ".")
	if err != nil {
		t.Fatal(err)
	}
	packs, _ := planfile.Packs(plan)
	rules, more, err := planfile.WorkIn(plan, os.DirFS(dir), ".", exchange.ReadDays)
	if err != nil {
		t.Fatal(err)
	}
	r := check.Run(board, plan, packs...)
	problems.Add(append(more, r.Problems...)...)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	w, problems := work.Compile(r.Checked, rules, org.Forever)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return w
}

func TestYunhai(t *testing.T) {
	w := yunhai(t, func(s string) string { return s })
	if len(w.Activities) < 1500 {
		t.Fatalf("%d activities", len(w.Activities))
	}
	s, clash := work.Place(w, sched.Options{Schedules: 200})
	if s == nil {
		t.Fatalf("no schedule: %v", clash)
	}
	// Held against the plan's own days, not against what the engine was given.
	place := map[string]int{}
	for k := range w.Activities {
		place[w.Activities[k].ID] = k
	}
	begin := func(id string) org.Date { return s.Start[place[id]] }
	end := func(id string) org.Date { return s.Finish[place[id]] }
	laws := 0
	for k := range w.Activities {
		a := &w.Activities[k]
		if s.Finish[k] > w.Until || s.Start[k] < w.From {
			t.Errorf("%s: %s to %s is outside of the plan", a.ID, s.Start[k], s.Finish[k])
		}
		if a.Duration > 0 && (!w.Calendar.Works(s.Start[k]) || !w.Calendar.Works(s.Finish[k])) {
			t.Errorf("%s: from %s to %s, a day off", a.ID, s.Start[k], s.Finish[k])
		}
		law := org.NoDate
		if at, ok := place[a.Change+"/"+work.LawStep]; ok {
			law = s.Start[at]
		}
		switch a.Step {
		case work.LawStep:
			laws++
		case "website": // eight weeks before, by days of work
			if s.Finish[k] > law-55 {
				t.Errorf("%s: captured on %s for %s", a.ID, s.Finish[k], law)
			}
		case "staff-list": // a week before
			if s.Finish[k] > law-5 {
				t.Errorf("%s: agreed on %s for %s", a.ID, s.Finish[k], law)
			}
		case "staff-decision", "budget", "duty-note":
			if s.Finish[k] >= law {
				t.Errorf("%s: on %s, not before %s", a.ID, s.Finish[k], law)
			}
		case "plate-up":
			if s.Start[k] < law {
				t.Errorf("%s: on %s, before %s", a.ID, s.Start[k], law)
			}
		}
	}
	if laws != len(w.Plan.Changes) {
		t.Errorf("%d days in law of %d changes", laws, len(w.Plan.Changes))
	}
	for _, ch := range w.Plan.Changes {
		if on := ch.Declared().On; on.Given() && !on.Window() && begin(ch.Declared().ID+"/law") != on.Date {
			t.Errorf("%s: on %s, not %s", ch.Declared().ID, begin(ch.Declared().ID+"/law"), on.Date)
		}
	}
	if end("zujian-shj/seal-made/shj") >= begin("zujian-shj/plate-up") || end("zujian-shj/head/shj") >= begin("zujian-shj/plate-up") {
		t.Error("the plate of shj is up before its seal or head")
	}
	// Nobody does more at once than he has people.
	for r, res := range w.Resources {
		for d := w.From; d <= s.End; d++ {
			have, used := res.Capacity, 0
			for _, a := range res.Away {
				if a.Holds(d) {
					have = min(have, a.Capacity)
				}
			}
			for k := range w.Activities {
				for _, n := range w.Activities[k].Needs {
					if n.Resource == r && w.Activities[k].Duration > 0 && w.Calendar.Works(d) && s.Start[k] <= d && d <= s.Finish[k] {
						used += n.Amount
					}
				}
			}
			if used > have {
				t.Errorf("%s on %s: %d of %d", res.ID, d, used, have)
			}
		}
	}
}

// TestYunhaiTooFew: with eight reviewers the districts can't be accepted in time,
// and more reviewers are among the ways out.
func TestYunhaiTooFew(t *testing.T) {
	w := yunhai(t, func(s string) string { return strings.Replace(s, "capacity: 20", "capacity: 8", 1) })
	s, clash := work.Place(w, sched.Options{Schedules: 200})
	if s != nil || clash == nil {
		t.Fatal("eight reviewers are enough")
	}
	d, ways := w.Why(clash)
	// A person reads a few sentences; each member is kept.
	if len(d.Notes) > 30 || len(d.Notes)*3 > len(clash.Demands)*2 || len(w.Demands(clash)) != len(clash.Demands) {
		t.Errorf("%d notes and %d members of %d demands", len(d.Notes), len(w.Demands(clash)), len(clash.Demands))
	}
	if testing.Verbose() {
		for _, n := range d.In(lang.EN).Notes {
			t.Log(n.Text)
		}
	}
	if !slices.ContainsFunc(ways, func(y work.Way) bool { return y.Resource >= 0 && w.Resources[y.Resource].ID == "bianban" }) {
		t.Errorf("no way out by more reviewers: %v", ways)
	}
}

// TestDueBeforeTheFirstDay: what is to be done by a day before the work begins
// can't be, not even a milestone, and is late by days of work, not of the calendar.
// Placing and forecasting agree.
func TestDueBeforeTheFirstDay(t *testing.T) {
	w := compile(t, head+`start: 2019-01-21
tasks:
  - {id: a, title: 甲, body: bb, days: 2}
  - {id: m, title: 完成, body: bb, days: 0, deadline: 2019-01-17}
`+none+offices)
	if s, clash := work.Place(w, sched.Options{Schedules: 50}); s != nil || clash == nil {
		t.Fatal("a milestone is reached before the work begins")
	}
	st, wrong := w.Stand(&org.Progress{}, date(t, "2019-01-20"))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	s, _ := work.Forecast(w, st, sched.Options{Schedules: 50})
	// From the end of Thursday to the beginning of Monday is one day of work.
	if s == nil || len(s.Missed) != 1 || s.Missed[0].Late != 1 || s.Missed[0].Due != date(t, "2019-01-17") {
		t.Errorf("missed: %+v", s)
	}
	// The last day of work before it does for a milestone: it is reached then.
	w.Activities[1].Deadline = date(t, "2019-01-18")
	if s, _ := work.Place(w, sched.Options{Schedules: 50}); s == nil {
		t.Error("a milestone at the beginning is not reached")
	}
}

// TestOneActivity: what an activity hangs on, its room, and what comes of another
// duration, with one person for two of three activities.
func TestOneActivity(t *testing.T) {
	w := compile(t, head+`start: 2019-01-21
deadline: 2019-02-01
resources:
  - {id: zu, capacity: 1}
tasks:
  - {id: a, title: 甲, body: bb, days: 2, needs: {team: zu}, deadline: 2019-01-22}
  - {id: b, title: 乙, body: bb, days: 2, needs: {team: zu}, deadline: 2019-01-25}
  - {id: c, title: 丙, body: bb, days: 1, after: {of: b}}
  - {id: d, title: 丁, body: bb, days: 1, start: 2019-01-24, after: {of: a}}
`+none+offices)
	s, _ := work.Place(w, sched.Options{Schedules: 50})
	if got := strings.TrimSpace(draw(s)); got != strings.TrimSpace(`2019-01-21
a | XX    |
b |   XX  |
d |    X  |
c |     X |`) {
		t.Fatal(got)
	}
	says := func(chain []work.ChainStep) string {
		out := ""
		for k, step := range chain {
			out += w.Activities[step.Activity].ID + ": " + s.SayStep(lang.EN, chain, k) + "\n"
		}
		return out
	}
	if got, want := says(s.ChainTo(2)), "a: when all work begins\nb: when “甲” gives zu free\nc: after “乙”: the plan's own order of tasks\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got, want := says(s.ChainTo(3)), "d: on the first day on which it may start\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for i, want := range []work.Room{{0, 0}, {0, 0}, {0, 0}, {1, 1}} {
		if got, ok := s.Room(i); !ok || got != want {
			t.Errorf("%s: room %+v, want %+v", w.Activities[i].ID, got, want)
		}
	}
	for range 2 { // what is tried is taken back
		e := s.When(1, 4)
		if e.Planned != 2 || e.Finish != date(t, "2019-01-28") || e.End != date(t, "2019-01-29") ||
			!slices.Equal(e.Moved, []work.Shift{{Activity: 2, Start: date(t, "2019-01-29"), Finish: date(t, "2019-01-29")}}) ||
			!slices.Equal(e.Late, []work.Missed{{Activity: 1, Due: date(t, "2019-01-25"), Late: 1, For: -1}}) {
			t.Errorf("b takes four days: %+v", e)
		}
	}
	if e := s.When(3, 3); e.End != date(t, "2019-01-28") || len(e.Moved)+len(e.Late) > 0 || says(e.Chain) != "d: nothing holds it here: the schedule has room before it\n" {
		t.Errorf("d takes three days: %+v", e)
	}
	if e := s.When(1, 1); e.Finish != date(t, "2019-01-23") || e.End != s.End || len(e.Moved)+len(e.Late)+len(e.Chain) > 0 {
		t.Errorf("b takes one day: %+v", e)
	}
	if s.When(1, 0) != nil || s.When(1, work.MostDays+1) != nil {
		t.Error("no time, and more than is reckoned with, is tried")
	}
}

func date(t *testing.T, s string) org.Date {
	t.Helper()
	d, err := org.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
