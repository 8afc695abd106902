package planfile

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"oneboard/internal/diag"
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

// TestCalendarsAgree holds the tables against the files that they were made of.
func TestCalendarsAgree(t *testing.T) {
	const dir = "../../../shared/data/calendar"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the files of the notices are not beside the repository")
	}
	for id, files := range map[string][]string{
		"cn":                       {"cn-2018.json", "cn-2019.json", "cn-2020.json"},
		"cn-2019-before-amendment": {"cn-2018.json", "cn-2019-before-amendment.json"},
	} {
		text, _ := calendarFiles.ReadFile("calendars/" + id + ".yaml")
		c, _ := ParseCalendar(id, text)
		got := map[org.Date]bool{}
		for _, d := range c.Off {
			got[d] = true
		}
		for _, d := range c.Worked {
			got[d] = false
		}
		n := 0
		for _, name := range files {
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
					t.Errorf("%s: %s is not as in %s", id, d.Date, name)
				}
			}
		}
		if n != len(got) {
			t.Errorf("%s: %d days, and %d in the files", id, len(got), n)
		}
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
