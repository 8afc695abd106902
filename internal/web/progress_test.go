package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/publish"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// follow gives a board a schedule that is followed: work that was issued, a report
// by which some of it is late, and a version of it with less people.
func follow(tb testing.TB, b *Board) {
	tb.Helper()
	issued := crowd(tb, []string{"mnr", "mem", "nhc"}, 120)
	w, wrong := issued.Work.Suppose("c31/step=9, team-1=2@2019-01-21/2019-01-25")
	if wrong != nil {
		tb.Fatal(wrong)
	}
	for i := range w.Activities {
		if i%20 == 13 {
			w.Activities[i].Deadline = issued.Finish[i]
		}
	}
	day := on("2019-01-18")
	report := &org.Progress{Source: diag.NewSource("progress.csv", "")}
	for i, a := range w.Activities {
		late := org.Date(i % 2 * 7)
		row := org.ProgressRow{Activity: org.Ref{ID: a.ID}}
		switch {
		case issued.Finish[i]+late <= day:
			row.Started, row.Finished = org.WrittenOn(issued.Start[i]+late, diag.Span{}), org.WrittenOn(issued.Finish[i]+late, diag.Span{})
		case issued.Start[i]+late <= day && a.Duration > 0:
			row.Started = org.WrittenOn(issued.Start[i]+late, diag.Span{})
		default:
			continue
		}
		report.Rows = append(report.Rows, row)
	}
	for i, a := range w.Activities { // what runs a week late was promised for the day issued
		if row := slices.IndexFunc(report.Rows, func(r org.ProgressRow) bool { return r.Activity.ID == a.ID }); row >= 0 && i%2 == 1 && issued.Finish[i] <= day && !report.Rows[row].Finished.Given() {
			w.Activities[i].Deadline = issued.Finish[i]
		}
	}
	standing, problems := w.Stand(report, day)
	if standing == nil {
		tb.Fatal(problems)
	}
	o := sched.Options{Schedules: 300, Seed: 1}
	b.Issued = issued.Issue(on("2019-01-04"), "")
	s, _ := work.Replan(w, b.Issued, standing, o)
	if s == nil {
		tb.Fatal("no schedule")
	}
	b.Reported = true
	b.Schedule = func(context.Context, string) (*work.Schedule, error) { return s, nil }
	less, _ := issued.Work.Suppose("team-0=1")
	branches := []work.Branch{work.Try("as issued", issued.Work, o), work.Try("team-0=1", less, o)}
	b.Branches = func(context.Context) ([]work.Branch, error) { return branches, nil }
}

func TestProgressPages(t *testing.T) {
	h := handler(t, func(b *Board) { follow(t, b) })
	base := "/b/state-council-2018/schedule"
	for _, tag := range lang.Tags {
		for _, path := range []string{"", "/progress", "/progress?why=link", "/progress?why=nonsense&first=99999", "/compare", "/finish", "/finish?least=80&most=150"} {
			res, text := get(t, h, "/"+string(tag)+base+path)
			if res.StatusCode != http.StatusOK || strings.Contains(text, "«") || strings.Contains(text, "%!") || strings.Contains(text, "Team <") {
				t.Errorf("%s%s: %d", tag, path, res.StatusCode)
			}
		}
	}
	var m publish.ProgressPage
	_, text := get(t, h, "/en"+base+"/progress?format=json")
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	if !m.Has || m.Done == 0 || m.Running == 0 || m.Waiting == 0 || m.Done+m.Running+m.Waiting != 120 {
		t.Errorf("%d done, %d going on, %d not begun", m.Done, m.Running, m.Waiting)
	}
	if len(m.Earned) < 4 || m.Earned[0].Of != "all" || m.Earned[0].Variance >= 0 {
		t.Errorf("half of it is a week late: %+v", m.Earned)
	}
	if len(m.Missed) == 0 || m.AllMoved == 0 || m.Away < m.Least {
		t.Errorf("%d missed, %d moved, %d of at least %d away", len(m.Missed), m.AllMoved, m.Away, m.Least)
	}
	n := 0
	for _, c := range m.Why {
		n += c.N
	}
	if n != m.AllMoved {
		t.Errorf("%d by reasons, %d moved", n, m.AllMoved)
	}
	// Its buffers: with a spread that the reader assumes they are used, and each is
	// in the zone that its share and its chain say; the page has their words.
	var f publish.FinishPage
	_, text = get(t, h, "/en"+base+"/finish?least=80&most=150&format=json")
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	if f.Before == nil || f.Fever == nil || len(f.Fever.Rows) == 0 || f.On != on("2019-01-18") || f.Left != 120-m.Done {
		t.Fatalf("as of %s %d left; issued %+v, buffers %+v", f.On, f.Left, f.Before, f.Fever)
	}
	used := 0
	for _, r := range f.Fever.Rows {
		used += r.Used
		if r.Size < 1 || r.Now < r.Was && r.Used > 0 || r.Used > 2*r.Size && r.Zone != "red" || r.Used == 0 && r.Zone != "green" {
			t.Errorf("%+v", r)
		}
	}
	if used == 0 {
		t.Error("half of it is a week late, and no buffer is used")
	}
	for _, tag := range lang.Tags {
		_, text := get(t, h, "/"+string(tag)+base+"/finish?least=80&most=150")
		for _, id := range []string{"fever.title", "fever.zone." + f.Fever.Rows[0].Zone, "risk.was-kept"} {
			if !strings.Contains(text, lang.Say(tag, id)) {
				t.Errorf("%s: the page has nothing of %s", tag, id)
			}
		}
	}
	if _, text := get(t, h, "/en"+base+"/progress"); !strings.Contains(text, lang.Say(lang.EN, "fever.none")) {
		t.Error("without a spread the page does not say that there are no buffers")
	}
	// The Gantt chart has what was issued below the bars.
	if _, text := get(t, h, "/en"+base); strings.Count(text, `class="issued"`) < 50 || !strings.Contains(text, fmt.Sprint(base, "/compare")) {
		t.Error("the chart does not show what was issued, or does not lead to what if")
	}
	// Boards that are not followed have none of it.
	for _, path := range []string{"/progress", "/compare"} {
		if res, _ := get(t, scheduled(t, 20), "/en"+base+path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s of a board that is not followed: %d", path, res.StatusCode)
		}
	}
}
