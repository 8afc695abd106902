package planfile

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// TestShippedWork: every template and calendar of the program is read without a
// word, and has the id of its file.
func TestShippedWork(t *testing.T) {
	for _, id := range ShippedTemplates() {
		text, _ := templateFiles.ReadFile("work/" + id + ".yaml")
		if got, wrong := ParseTemplate(id, text); len(wrong) > 0 || got.ID != id || got.Title == "" || got.TitleEN == "" {
			t.Errorf("%s: %s %v", id, got.ID, wrong)
		}
	}
	for _, id := range ShippedCalendars() {
		text, _ := calendarFiles.ReadFile("calendars/" + id + ".yaml")
		if got, wrong := ParseCalendar(id, text); len(wrong) > 0 || got.ID != id || len(got.Papers) == 0 {
			t.Errorf("%s: %s %v", id, got.ID, wrong)
		}
	}
}

// TestCalendarsAgree holds the tables, as known on a day, against the files that
// they were made of.
func TestCalendarsAgree(t *testing.T) {
	const dir = "../../../shared/data/calendar"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the files of the notices are not beside the repository")
	}
	day := func(s string) org.Date {
		d, err := org.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, x := range []struct {
		id       string
		on, last org.Date // the files say nothing of days after the last
		files    []string
	}{
		{"cn", org.Forever, org.Forever, []string{"cn-2018.json", "cn-2019.json", "cn-2020.json"}},
		{"cn", day("2020-01-27"), org.Forever, []string{"cn-2018.json", "cn-2019.json", "cn-2020.json"}},
		{"cn", day("2019-03-22"), day("2019-12-31"), []string{"cn-2018.json", "cn-2019.json"}},
		{"cn", day("2019-03-21"), day("2019-12-31"), []string{"cn-2018.json", "cn-2019-before-amendment.json"}},
		{"cn-2019-before-amendment", org.Forever, org.Forever, []string{"cn-2018.json", "cn-2019-before-amendment.json"}},
	} {
		text, _ := calendarFiles.ReadFile("calendars/" + x.id + ".yaml")
		whole, _ := ParseCalendar(x.id, text)
		c := whole.On(x.on)
		got := map[org.Date]bool{}
		for _, d := range c.Off {
			got[d] = true
		}
		for _, d := range c.Worked {
			got[d] = false
		}
		for d := range got {
			if d > x.last {
				delete(got, d)
			}
		}
		n := 0
		for _, name := range x.files {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			var file struct {
				Days []struct {
					Date     org.Date
					IsOffDay bool
				}
			}
			if err := json.Unmarshal(text, &file); err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Days {
				n++
				if off, there := got[d.Date]; !there || off != d.IsOffDay {
					t.Errorf("%s on %s: %s is not as in %s", x.id, x.on, d.Date, name)
				}
			}
		}
		if n != len(got) {
			t.Errorf("%s on %s: %d days, and %d in the files", x.id, x.on, len(got), n)
		}
	}
}

// TestAmendments: what is wrong with an amendment is told at its words, in both
// languages with what to do, and the rest of the table is read.
func TestAmendments(t *testing.T) {
	const head = "oneboard: calendar/v1\nid: a\noff: 2019-05-01\namended:\n"
	for _, x := range []struct{ text, code, at string }{
		{"  - {known: 2019-03-32, off: 2019-05-02}\n", "OB0107", "2019-03-32"},
		{"  - {known: 22 March 2019, off: 2019-05-02}\n", "OB0107", "22 March 2019"},
		{"  - {known: 2019-03-22/2019-03-23, off: 2019-05-02}\n", "OB0107", "2019-03-22/2019-03-23"},
		{"  - {off: 2019-05-02}\n", "OB0105", "off"},
		{"  - {known: , off: 2019-05-02}\n", "OB0105", "known"},
		{"  - {known: 2019-03-22}\n", "OB0105", "2019-03-22"},
		{"  - {known: 2019-03-22, off: 2019-05-02, worked: 2019-05-02}\n", "OB0108", "2019-05-02"},
		{"  - {known: 2019-03-22, off: 2019-02-30}\n", "OB0107", "2019-02-30"},
		{"  - {known: 2019-03-22, off: 2019-05-02, of: 2019-05-03}\n", "OB0104", "of"},
		{"  - {known: 2019-03-22, off: 2019-05-02}\n  - {known: 2019-03-22, worked: 2019-05-05}\n", "OB0871", "2019-03-22"},
	} {
		got, wrong := ParseCalendar("c.yaml", []byte(head+x.text))
		if len(wrong) == 0 || string(wrong[0].Code) != x.code {
			t.Errorf("%q: %v, want %s", x.text, wrong, x.code)
			continue
		}
		if d := wrong[0]; (head + x.text)[d.Span.Start:d.Span.End] != x.at {
			t.Errorf("%q: told at %q, want %q", x.text, (head + x.text)[d.Span.Start:d.Span.End], x.at)
		}
		for _, tag := range []lang.Tag{lang.ZH, lang.EN} {
			var b strings.Builder
			if err := wrong.WriteText(&b, tag, 0); err != nil || !strings.Contains(b.String(), lang.Say(tag, "diag.help")) {
				t.Errorf("%q in %v: %s", x.text, tag, b.String())
			}
		}
		if len(got.Off) != 1 {
			t.Errorf("%q: the rest is %v", x.text, got.Off)
		}
	}
	// Several wrong places come in one run, and amendments stand in any order.
	got, wrong := ParseCalendar("c.yaml", []byte(head+"  - {known: 2020-01-27, worked: 2019-05-01}\n  - {known: 2019-03-22, off: 2019-05-02}\n  - {known: x}\n  - {known: y, off: z}\n"))
	if len(wrong) != 3 || len(got.Amended) != 2 || got.Amended[0].Known > got.Amended[1].Known {
		t.Errorf("%v %+v", wrong, got.Amended)
	}
}

// TestWrongWork: what is wrong with a calendar or a template is told, and nothing
// panics.
func TestWrongWork(t *testing.T) {
	for text, want := range map[string]string{
		"oneboard: calendar/v1\nid: a\noff: [2019-02-30]\n":                                  "OB0107",
		"oneboard: calendar/v1\nid: a\noff: [2019-02-01/2019-02-03]\nworked: [2019-02-02]\n": "OB0108",
		"oneboard: calendar/v1\nid: a\noff: [2019-02-01/2099-02-03]\n":                       "OB0111",
		"oneboard: plan/v1\nid: a\n":                                                         "OB0112",
	} {
		if _, wrong := ParseCalendar("c.yaml", []byte(text)); len(wrong) != 1 || string(wrong[0].Code) != want {
			t.Errorf("%q: %v, want %s", text, wrong, want)
		}
	}
	for text, want := range map[string]string{
		"oneboard: work/v1\nid: a\nsteps: [{id: s, for: renmae, title: t, days: 1, who: giver}]\n":                                                      "OB0110",
		"oneboard: work/v1\nid: a\nsteps: [{id: s, for: rename, title: t, days: 1, who: giver, after: {step: z}}]\n":                                    "OB0807",
		"oneboard: work/v1\nid: a\nsteps: [{id: s, for: rename, title: t, days: 1, who: giver}, {id: s, for: rename, title: t, days: 1, who: giver}]\n": "OB0108",
		"oneboard: work/v1\nid: a\nsteps: [{id: s, for: rename, title: t, days: 1, who: giver, by: lwa}]\n":                                             "OB0111",
		"oneboard: work/v1\nid: a\nsteps: [{id: s, for: rename, title: t, who: giver}]\n":                                                               "OB0105",
	} {
		if _, wrong := ParseTemplate("t.yaml", []byte(text)); len(wrong) != 1 || string(wrong[0].Code) != want {
			t.Errorf("%q: %v, want %s", text, wrong, want)
		}
	}
}

// TestDays: how days of work are read, and written again.
func TestDays(t *testing.T) {
	const head = "oneboard: plan/v1\nid: x\n"
	task := func(days string) string {
		return head + "tasks:\n  - id: t\n    title: T\n    body: b\n    days: " + days + "\n"
	}
	for _, c := range []struct{ text, code, at string }{
		{task("5"), "", ""},
		{task("{least: 3, likely: 5, most: 9}"), "", ""},
		{task("{likely: 5, most: 5}"), "", ""},
		{task("{likely: 5}"), "", ""},
		{task("{least: 0, likely: 0, most: 0}"), "", ""},
		{task("{least: 0, likely: 2}"), "OB0850", "0"},
		{task("{least: 6, likely: 5, most: 9}"), "OB0850", "6"},
		{task("{likely: 5, most: 4}"), "OB0850", "4"},
		{task("{likely: 0, most: 4}"), "OB0850", "4"},
		{task("{likely: 5, most: 99999}"), "OB0111", "99999"},
		{task("{least: 3, most: 9}"), "OB0105", "least"},
		{task("{likely: a few}"), "OB0106", "a few"},
		{task("[3, 5, 9]"), "OB0106", "[3, 5, 9]"},
		{task("{likely: 5, worst: 9}"), "OB0104", "worst"},
		{head + "spread: {least: 80, most: 150}\n", "", ""},
		{head + "spread: {least: 120, most: 150}\n", "OB0111", "120"},
		{head + "spread: {least: 80, most: 99}\n", "OB0111", "99"},
		{head + "spread: {most: 150}\n", "OB0105", "most"},
	} {
		p, wrong := Parse("plan.yaml", []byte(c.text))
		if c.code != "" {
			if len(wrong) != 1 || string(wrong[0].Code) != c.code || wrong[0].Span.Text() != c.at {
				t.Errorf("%s gives %v, want %s at %q", c.text, wrong, c.code, c.at)
			}
			continue
		}
		if len(wrong) > 0 {
			t.Errorf("%s: %v", c.text, wrong)
		}
		written := Format(p)
		again, wrong := Parse("plan.yaml", written)
		if len(wrong) > 0 || !bytes.Equal(Format(again), written) {
			t.Errorf("%s is written as\n%s", c.text, written)
		}
		values := func(p *org.Plan) (out []int) {
			for _, task := range p.Tasks {
				out = append(out, task.Days.N, task.Days.Least.N, task.Days.Most.N)
			}
			return append(out, p.Spread.Least.N, p.Spread.Most.N)
		}
		if !slices.Equal(values(p), values(again)) {
			t.Errorf("%s is read again as %v", c.text, values(again))
		}
	}
}

// By hand: 80 to 150 of a hundred, whole days, half a day up, never less than one.
func TestSpreadOf(t *testing.T) {
	s := org.Spread{Least: org.WrittenNumber(80, diag.Span{}), Most: org.WrittenNumber(150, diag.Span{})}
	for likely, want := range map[int][2]int{0: {0, 0}, 1: {1, 2}, 2: {2, 3}, 3: {2, 5}, 5: {4, 8}, 10: {8, 15}} {
		if least, most := s.Of(likely); least != want[0] || most != want[1] {
			t.Errorf("of %d: %d to %d, want %v", likely, least, most, want)
		}
	}
	if least, most := (org.Spread{}).Of(7); least != 7 || most != 7 {
		t.Errorf("without a spread: %d to %d", least, most)
	}
}
