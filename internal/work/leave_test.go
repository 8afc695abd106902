package work_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// The week from Monday 4 March 2019 on has no holidays. Leave is a file of
// another program; the office's own days are a table.
const leave = `-- leave.ics --
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
SUMMARY:年休假
DTSTART;VALUE=DATE:20190306
DTEND;VALUE=DATE:20190308
END:VEVENT
END:VCALENDAR
-- office.yaml --
oneboard: calendar/v1
id: office
off: [2019-03-05]
worked: [2019-03-09]
`

var away = []struct{ name, files, want string }{
	// Three days in a row are there only after the leave of 6 and 7 March.
	{"work waits for a team on leave", head + `start: 2019-03-04
resources:
  - {id: zu, capacity: 1, calendar: ./leave.ics}
tasks:
  - {id: a, title: 甲, body: bb, days: 3, needs: {team: zu}}
  - {id: b, title: 乙, body: bb, days: 3}
` + none + offices + leave, `
    2019-03-04
b | XXX       |
a |     X..XX |
`},
	{"work is broken up by leave", head + `start: 2019-03-04
resources:
  - {id: zu, capacity: 1, calendar: ./leave.ics, absence: breaks}
tasks:
  - {id: a, title: 甲, body: bb, days: 3, needs: {team: zu}}
  - {id: c, title: 丙, body: bb, days: 1, after: {of: a}}
  - {id: d, title: 丁, body: bb, days: 2, after: {of: a, link: start-start}}
` + none + offices + leave, `
    2019-03-04
d | XX       |
a | XX--X    |
c |        X |
`},
	// Parts are not torn apart without need: a begins with its last days, not
	// on the free day before b.
	{"parts stay together", head + `start: 2019-03-04
resources:
  - {id: zu, capacity: 1, absence: breaks}
tasks:
  - {id: b, title: 乙, body: bb, days: 2, start: 2019-03-05, deadline: 2019-03-06, needs: {team: zu}}
  - {id: a, title: 甲, body: bb, days: 2, start: 2019-03-07, needs: {team: zu}}
` + none + offices, `
    2019-03-05
b | XX   |
a |   XX |
`},
	// A layer over the nation's: the office's day off, and a Saturday worked by
	// all, since it is the plan's own calendar.
	{"layers", strings.Replace(head, "calendar: cn", "calendar: [cn, ./office.yaml]", 1) + `start: 2019-03-04
tasks:
  - {id: a, title: 甲, body: bb, days: 5}
` + none + offices + leave, `
    2019-03-04
a | X.XXXX |
`},
	// The finance bureau is closed on 5 March; the staffing office works.
	{"closing days of an office", head + `start: 2019-03-04
rests:
  - {body: czj, days: 2019-03-05}
tasks:
  - {id: a, title: 甲, body: czj, days: 2}
  - {id: b, title: 乙, body: bb, days: 2}
` + none + offices, `
    2019-03-04
b | XX   |
a |   XX |
`},
	// The window is about one duty: only the handover of that one waits.
	{"window of a duty", head + `start: 2019-03-04
windows:
  - {title: 汛期, days: 2019-03-04/2019-03-06, duties: flood}
` + `instruments:
  - {id: fa, kind: plan, made: 2019-01-10, effective: 2019-01-19}
changes:
  - {transfer: flood, id: g, from: czj, to: bb, by: fa 1, on: 2019-03-12}
  - {transfer: tax, id: h, from: czj, to: bb, by: fa 1, on: 2019-03-12}
-- ours.yaml --
oneboard: work/v1
id: ours
steps:
  - {id: files, for: transfer, title: 移交材料, days: 1, who: giver, by: law, outside: windows}
` + offices + `-- duties.csv --
id,name,name_en
flood,防汛,Floods
tax,税收,Taxes
-- responsibilities.csv --
body,duty,holder,performer,name,means
czj,flood,yes,yes,yes,yes
czj,tax,yes,yes,yes,yes
`, `
          2019-03-04
h/files | X         |
g/files |    X      |
g/law   |         * |
h/law   |         * |
`},
}

// The same window as that of a rule pack, which no plan repeats: of all duties, and
// of one.
func TestWindowOfAPack(t *testing.T) {
	files := func(on, duties string) string {
		return strings.Replace(head, "board: .", "board: .\npacks: [./flood.yaml]", 1) + `start: 2019-03-04
instruments:
  - {id: fa, kind: plan, made: 2019-01-10, effective: 2019-01-19}
changes:
  - {transfer: flood, id: g, from: czj, to: bb, by: fa 1, on: ` + on + `}
  - {transfer: tax, id: h, from: czj, to: bb, by: fa 1, on: ` + on + `}
-- flood.yaml --
oneboard: pack/v1
id: flood
extends: generic
windows:
  - {title: 汛期, title_en: Flood season, days: 2019-03-04/2019-03-06` + duties + `}
-- ours.yaml --
oneboard: work/v1
id: ours
steps:
  - {id: files, for: transfer, title: 移交材料, days: 1, who: giver, by: law, outside: windows}
` + offices + `-- duties.csv --
id,name,name_en
flood,防汛,Floods
tax,税收,Taxes
-- responsibilities.csv --
body,duty,holder,performer,name,means
czj,flood,yes,yes,yes,yes
czj,tax,yes,yes,yes,yes
`
	}
	for _, c := range []struct{ duties, want string }{
		{", duties: flood", `
          2019-03-04
h/files | X         |
g/files |    X      |
g/law   |         * |
h/law   |         * |
`},
		{"", `
          2019-03-07
g/files | X      |
h/files | X      |
g/law   |      * |
h/law   |      * |
`},
	} {
		s, clash := work.Place(compile(t, files("2019-03-12", c.duties)), sched.Options{Schedules: 500})
		if s == nil {
			t.Fatalf("no schedule: %v", clash)
		}
		if got := "\n" + draw(s); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
	// Where nothing is left beside the window, why not is told in the pack's words.
	w := compile(t, files("2019-03-07", ""))
	s, clash := work.Place(w, sched.Options{Schedules: 500})
	if s != nil || clash == nil {
		t.Fatal("work was placed in a window of the pack")
	}
	d, _ := w.Why(clash)
	var text strings.Builder
	if err := (diag.List{d}).WriteText(&text, lang.EN, 0); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "flood.yaml:5") || !strings.Contains(text.String(), "Flood season") {
		t.Errorf("the pack's words are not told:\n%s", text.String())
	}
}

func TestAway(t *testing.T) {
	for _, c := range away {
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

// TestWrongDays: what is wrong with calendars, people and days is told.
func TestWrongDays(t *testing.T) {
	for text, want := range map[string]string{
		"start: 2019-03-04\nresources:\n  - {id: zu, capacity: 1, calendar: ./office.yaml}\n":                                                               "OB0862",
		"start: 2019-03-04\nresources:\n  - {id: zu, capacity: 1, calendar: ./none.ics}\n":                                                                  "OB0801",
		"start: 2019-03-04\nresources:\n  - {id: zu, capacity: 1, calendar: cm}\n":                                                                          "OB0801",
		"start: 2019-03-04\nresources:\n  - {id: zu}\n":                                                                                                     "OB0860",
		"start: 2019-03-04\nresources:\n  - {id: zu}\nstaff:\n  - {id: p, can: uz}\n":                                                                       "OB0860 OB0201",
		"start: 2019-03-04\nrests:\n  - {body: bb}\n":                                                                                                       "OB0105",
		"start: 2019-03-04\ntasks:\n  - {id: a, title: 甲, body: bb, days: 1, start: 2050-01-01}\n":                                                          "OB0861",
		"start: 2019-03-04\nresources: {id: zu}\nstaff: {id: p, can: zu}\ntasks:\n  - {id: a, title: 甲, body: bb, days: 1, needs: {team: zu, people: 2}}\n": "OB0805",
	} {
		_, wrong := tryCompile(t, head+text+none+offices+leave)
		for _, code := range strings.Fields(want) {
			if !strings.Contains(wrong, code) {
				t.Errorf("%s\nwant %s, told: %s", text, want, wrong)
			}
		}
		if n := strings.Count(wrong, "[OB") + strings.Count(wrong, " OB"); n > 3*len(strings.Fields(want)) {
			t.Errorf("%s\ntold more than %s: %s", text, want, wrong)
		}
	}
}

// TestBrokenOracle holds plans of teams that are away, waiting and broken up,
// against all ways to choose the days of each task.
func TestBrokenOracle(t *testing.T) {
	broken := 0
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 5))
		var gone [2][10]bool
		text := head + "start: 2019-03-04\ndeadline: 2019-04-30\nresources:\n"
		for r := range gone {
			from := rng.IntN(5)
			to := from + rng.IntN(3)
			for k := from; k <= to; k++ {
				gone[r][k] = true
			}
			text += fmt.Sprintf("  - {id: r%d, capacity: 1, absence: %s, away: {days: %s/%s}}\n", r, [2]string{"breaks", "waits"}[r], workday(from), workday(to))
		}
		text += "tasks:\n"
		n := 2 + rng.IntN(2)
		days, needs, after := make([]int, n), make([][2]bool, n), make([]int, n)
		for i := range n {
			days[i], after[i] = 1+rng.IntN(3), rng.IntN(2*n)
			var words []string
			for r := range needs[i] {
				if needs[i][r] = rng.IntN(3) > 0; needs[i][r] {
					words = append(words, fmt.Sprintf("{team: r%d}", r))
				}
			}
			text += fmt.Sprintf("  - {id: t%d, title: T, body: bb, days: %d, needs: [%s]", i, days[i], strings.Join(words, ", "))
			if after[i] < i {
				text += fmt.Sprintf(", after: {of: t%d}", after[i])
			}
			text += "}\n"
		}
		s, _ := work.Place(compile(t, text+none+offices), sched.Options{Schedules: 3000})
		if s == nil {
			t.Fatalf("seed %d: no schedule\n%s", seed, text)
		}
		// All choices of days, task by task.
		const horizon = 16
		var used [2][horizon]bool
		best := horizon + 1
		last := make([]int, n)
		var choose func(i, day, left int)
		choose = func(i, day, left int) {
			if i == n {
				best = min(best, slices.Max(last)+1)
				return
			}
			if left == 0 {
				last[i] = day - 1
				if i+1 < n {
					choose(i+1, 0, days[i+1])
				} else {
					choose(i+1, 0, 0)
				}
				return
			}
			if day >= horizon || after[i] < i && left == days[i] && day <= last[after[i]] {
				if day < horizon {
					choose(i, day+1, left)
				}
				return
			}
			free := true
			for r, need := range needs[i] {
				if need && (day < 10 && gone[r][day] || used[r][day]) {
					free = false
				}
			}
			if free {
				for r, need := range needs[i] {
					used[r][day] = used[r][day] || need
				}
				choose(i, day+1, left-1)
				for r, need := range needs[i] {
					if need {
						used[r][day] = false
					}
				}
			}
			if left == days[i] || needs[i][0] { // not begun, or it may be broken up
				choose(i, day+1, left)
			}
		}
		choose(0, 0, days[0])
		if want := workday(best - 1); s.End != want || !s.Optimal {
			t.Errorf("seed %d: ends on %s (proven %v), and could on %s\n%s", seed, s.End, s.Optimal, want, text)
		}
		for i := range n {
			if s.Parts[i] != nil {
				broken++
				if len(s.Parts[i]) != days[i] || s.Parts[i][0] != s.Start[i] || s.Parts[i][days[i]-1] != s.Finish[i] {
					t.Errorf("seed %d: t%d on %v", seed, i, s.Parts[i])
				}
			}
		}
		// The load of a broken activity is on its own days.
		for r := range gone {
			for _, d := range s.Load(r) {
				if d.Used > d.Capacity {
					t.Errorf("seed %d: r%d on %s: %d of %d", seed, r, d.Day, d.Used, d.Capacity)
				}
			}
		}
	}
	if broken < 50 {
		t.Errorf("only %d activities in parts", broken)
	}
}

// TestBeyond: work that reaches further than schedules do is a clash with the end
// of time, not a schedule on days that nobody knows.
func TestBeyond(t *testing.T) {
	w := compile(t, head+`start: 2019-03-04
tasks:
  - {id: a, title: 甲, body: bb, days: 3600}
  - {id: b, title: 乙, body: bb, days: 3600, after: {of: a}}
`+none+offices)
	s, clash := work.Place(w, sched.Options{Schedules: 500})
	if s != nil || clash == nil {
		t.Fatal("a schedule of 28 years")
	}
	d, _ := w.Why(clash)
	if len(d.Notes) == 0 || !slices.ContainsFunc(w.Demands(clash), func(d work.Demand) bool { return d.Kind == sched.OfDeadline && d.On > org.Day(2038, 1, 1) }) {
		t.Errorf("%+v", d.Notes)
	}
}
