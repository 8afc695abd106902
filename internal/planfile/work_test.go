package planfile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

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
