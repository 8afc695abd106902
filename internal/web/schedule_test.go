package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/publish"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// crowd is so many activities in chains of ten, done by teams of two, with the
// names of bodies that the board has. Every tenth has a deadline far away.
func crowd(tb testing.TB, bodies []string, n int) *work.Schedule {
	tb.Helper()
	w := &work.Work{From: on("2019-01-07"), Until: on("2046-12-31"), Calendar: work.FiveDays()}
	teams := max(3, n/40)
	for k := range teams {
		w.Resources = append(w.Resources, work.Resource{ID: fmt.Sprintf("team-%d", k), Name: fmt.Sprintf("工作组 %d", k), NameEN: fmt.Sprintf("Team <%d>", k), Body: bodies[k%len(bodies)], Capacity: 2})
	}
	for i := range n {
		a := work.Activity{ID: fmt.Sprintf("c%d/step", i), Title: fmt.Sprintf("移交第 %d 号档案", i), TitleEN: fmt.Sprintf("Hand over file & folder %d", i), Body: bodies[i%len(bodies)],
			Duration: (i*7)%6 + 1, Release: org.Always, Deadline: org.Forever, Needs: []work.Need{{Resource: (i * 13) % teams, Amount: 1}}}
		if i%10 == 9 {
			a.Duration, a.Needs = 0, nil
			a.Deadline = on("2046-06-30")
		}
		if i%10 > 0 {
			w.Links = append(w.Links, work.Link{From: i - 1, To: i})
		}
		w.Activities = append(w.Activities, a)
	}
	s, _ := work.Place(w, sched.Options{Schedules: 1, Seed: 1})
	if s == nil {
		tb.Fatal("no schedule")
	}
	return s
}

// scheduled is the State Council's board with work beside it.
func scheduled(tb testing.TB, n int) http.Handler {
	boards := served(tb, "state-council-2018", "yunhai")
	s := crowd(tb, []string{"mnr", "mem", "nhc"}, n)
	boards[0].Schedule = func(context.Context, string) (*work.Schedule, error) { return s, nil }
	return New(Config{Boards: boards, Today: func() org.Date { return on("2026-11-23") }})
}

func TestSchedulePages(t *testing.T) {
	h := scheduled(t, 250)
	for _, tag := range lang.Tags {
		base := "/" + string(tag) + "/b/state-council-2018/schedule"
		for _, query := range []string{"", "?first=100", "?first=9999999", "?first=-7", "?body=mem&sort=slack&down=1", "?team=team-2", "?critical=1", "?body=nobody", "/load", "/finish", "/finish?least=50&most=300", "/finish?least=200&most=-1"} {
			res, text := get(t, h, base+query)
			if res.StatusCode != http.StatusOK || strings.Contains(text, "«") || strings.Contains(text, "%!") || strings.Contains(text, "Team <") {
				t.Errorf("%s: %d", base+query, res.StatusCode)
			}
		}
	}
	page := func(query string) (m publish.SchedulePage) {
		_, text := get(t, h, "/en/b/state-council-2018/schedule?format=json"+query)
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	// The windows together are every activity once, in order.
	seen := map[string]bool{}
	last := org.Always
	for first := 0; first < 250; first += publish.GanttRows {
		for _, r := range page(fmt.Sprint("&first=", first)).Rows {
			if seen[r.Activity.ID] || r.Start < last {
				t.Errorf("%s twice or out of order", r.Activity.ID)
			}
			seen[r.Activity.ID], last = true, r.Start
		}
	}
	if len(seen) != 250 {
		t.Errorf("%d activities in all windows", len(seen))
	}
	if m := page("&body=mem"); m.Found != 83 || m.Rows[0].Body.ID != "mem" { // i mod 3 = 1, i < 250
		t.Errorf("of one body: %d", m.Found)
	}
	down := page("&sort=finish&down=1").Rows
	for i := 1; i < len(down); i++ {
		if down[i].Finish > down[i-1].Finish {
			t.Errorf("finish, descending: %s after %s", down[i].Finish, down[i-1].Finish)
		}
	}
	for _, r := range page("&critical=1").Rows {
		if !r.Critical || r.Slack > 0 {
			t.Errorf("%s is not critical", r.Activity.ID)
		}
	}
	if _, text := get(t, h, "/en/b/state-council-2018/wall"); !strings.Contains(text, "/b/state-council-2018/schedule") {
		t.Error("the menu does not lead to the schedule")
	}
	// A board without work has neither the page nor the way to it.
	if res, _ := get(t, h, "/en/b/yunhai/schedule"); res.StatusCode != http.StatusNotFound {
		t.Errorf("yunhai: %d", res.StatusCode)
	}
	if _, text := get(t, h, "/en/b/yunhai/papers"); strings.Contains(text, "/schedule") {
		t.Error("the menu leads to a schedule that is not there")
	}
}

// TestLongScheduleIsDrawnInWindows holds what makes a schedule of 10,000
// activities scroll: the page does not grow with it.
func TestLongScheduleIsDrawnInWindows(t *testing.T) {
	small, large := scheduled(t, 200), scheduled(t, 10_000)
	_, a := get(t, small, "/zh/b/state-council-2018/schedule")
	_, b := get(t, large, "/zh/b/state-council-2018/schedule?first=5000")
	if strings.Count(b, "<tr>") != publish.GanttRows+1 || len(b) > 3*len(a) {
		t.Errorf("%d bytes of 200 activities, %d of 10,000", len(a), len(b))
	}
}

func BenchmarkSchedulePage(b *testing.B) {
	h := scheduled(b, 10_000)
	for b.Loop() {
		get(b, h, "/zh/b/state-council-2018/schedule?first=5000")
	}
}

// crewed is crowd with people who can each do the work of two teams, and one who
// is on leave.
func crewed(tb testing.TB, n int) *work.Schedule {
	tb.Helper()
	w := *crowd(tb, []string{"mnr", "mem", "nhc"}, n).Work
	for k := range w.Resources {
		w.Resources[k].Capacity = 3
		for i := range 3 {
			p := work.Person{ID: fmt.Sprintf("p%d-%d", k, i), Title: fmt.Sprintf("干部 %d-%d", k, i), Can: []int{k}}
			if i == 0 && k+1 < len(w.Resources) && k%2 == 0 {
				p.Can, p.TitleEN = append(p.Can, k+1), fmt.Sprintf("Officer <%d>", k)
			}
			if i == 1 {
				p.Away = []org.Interval{{From: on("2019-01-14"), To: on("2019-01-21")}}
			}
			w.Staff = append(w.Staff, p)
		}
	}
	w.Employ(func(int) bool { return true })
	s, _ := work.Place(&w, sched.Options{Schedules: 1, Seed: 1})
	if s == nil {
		tb.Fatal("no schedule")
	}
	return s
}

// TestPeople: who does what is on the pages for those who may know it, and in
// nothing that others get.
func TestPeople(t *testing.T) {
	s := crewed(t, 150)
	pages := func(people bool) http.Handler {
		boards := served(t, "state-council-2018")
		boards[0].Schedule = func(context.Context, string) (*work.Schedule, error) { return s, nil }
		return New(Config{Boards: boards, People: people, Today: func() org.Date { return on("2026-11-23") }})
	}
	told, untold := pages(true), pages(false)
	base := "/b/state-council-2018/schedule"
	for _, tag := range lang.Tags {
		for _, path := range []string{"", "/load", "?person=p0-0", "/finish"} {
			for _, format := range []string{"html", "json"} {
				query := "?format=" + format
				if strings.Contains(path, "?") {
					query = "&format=" + format
				}
				if _, text := get(t, untold, "/"+string(tag)+base+path+query); strings.Contains(text, "干部") || strings.Contains(text, "p0-1") || strings.Contains(text, "Officer") {
					t.Errorf("%s%s: people are named to everybody", tag, path+query)
				}
			}
			res, text := get(t, told, "/"+string(tag)+base+path)
			if res.StatusCode != http.StatusOK || strings.Contains(text, "«") || strings.Contains(text, "Officer <") {
				t.Errorf("%s%s: %d", tag, path, res.StatusCode)
			}
			if path != "/finish" && !strings.Contains(text, "干部") {
				t.Errorf("%s%s: nobody is named", tag, path)
			}
		}
	}
	if _, text := get(t, untold, "/en"+base+"/load"); !strings.Contains(text, fmt.Sprintf("The plan names %d people", len(s.Work.Staff))) {
		t.Error("it is not said that people are left out")
	}
	// What the pages say is what the schedule has.
	var m publish.SchedulePage
	_, text := get(t, told, "/en"+base+"?format=json&person=p0-0")
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	does := map[string]bool{}
	for _, turn := range s.Crew {
		if s.Work.Staff[turn.Person].ID == "p0-0" {
			does[s.Work.Activities[turn.Activity].ID] = true
		}
	}
	if len(does) == 0 || m.Found != len(does) {
		t.Errorf("p0-0 does %d, the page has %d", len(does), m.Found)
	}
	for _, r := range m.Rows {
		if !does[r.Activity.ID] {
			t.Errorf("%s is not for p0-0", r.Activity.ID)
		}
	}
	var load publish.LoadPage
	_, text = get(t, told, "/en"+base+"/load?format=json")
	if err := json.Unmarshal([]byte(text), &load); err != nil {
		t.Fatal(err)
	}
	sum, want := 0, 0
	for _, l := range load.People {
		if l.Used > l.There {
			t.Errorf("%s works %d of %d days", l.Person.ID, l.Used, l.There)
		}
		sum += l.Used
	}
	for i := range s.Work.Activities {
		if a := &s.Work.Activities[i]; len(a.Needs) > 0 {
			want += a.Duration // of one person each
		}
	}
	if len(load.People) != len(s.Work.Staff) || sum != want {
		t.Errorf("%d people work %d days, want %d", len(load.People), sum, want)
	}
}

// TestActivityPage: each activity of the table has a page with the chain that its
// first day hangs on, and with what comes of another duration; both end where they
// must, and nothing of what was tried is left.
func TestActivityPage(t *testing.T) {
	h := scheduled(t, 250)
	at := func(tag lang.Tag, id, query string) string {
		return "/" + string(tag) + "/b/state-council-2018/schedule/activities/" + id + query
	}
	read := func(id, query string) (m publish.ActivityPage) {
		res, text := get(t, h, at(lang.EN, id, query))
		if err := json.Unmarshal([]byte(text), &m); err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(id, res.StatusCode, err)
		}
		return m
	}
	_, list := get(t, h, "/en/b/state-council-2018/schedule")
	if !strings.Contains(list, `href="/en/b/state-council-2018/schedule/activities/c0%2Fstep"`) {
		t.Error("the table does not lead to the page of an activity")
	}
	driven := 0
	for i := 0; i < 250; i += 9 {
		id := fmt.Sprintf("c%d%%2Fstep", i)
		m := read(id, "?format=json")
		last := m.Chain[len(m.Chain)-1]
		if last.Activity.ID != m.Activity.ID || m.Room == nil || m.Room.Free > m.Room.Total {
			t.Errorf("%s: %+v", id, m)
		}
		for k := 1; k < len(m.Chain); k++ {
			driven++
			if m.Chain[k].Start < m.Chain[k-1].Start || m.Chain[k].Why == "" {
				t.Errorf("%s: step %d of the chain: %+v after %+v", id, k, m.Chain[k], m.Chain[k-1])
			}
		}
		if m.Days == 0 {
			continue
		}
		within := read(id, fmt.Sprintf("?format=json&days=%d", m.Days+m.Room.Free)).When
		if within.Count > 0 || within.End != within.WasEnd || len(within.Late) > 0 {
			t.Errorf("%s: within its room %+v", id, within)
		}
		beyond := read(id, fmt.Sprintf("?format=json&days=%d", m.Days+m.Room.Total+1)).When
		if beyond.End == beyond.WasEnd && len(beyond.Late) == 0 {
			t.Errorf("%s: beyond its room %+v", id, beyond)
		}
		if again := read(id, "?format=json"); again.Room == nil || *again.Room != *m.Room {
			t.Errorf("%s: after trying its room is %+v", id, again.Room)
		}
	}
	if driven == 0 {
		t.Error("nothing drives anything")
	}
	for _, tag := range lang.Tags {
		for _, query := range []string{"", "?days=9", "?days=x", "?days=99999999", "?days=400"} {
			res, text := get(t, h, at(tag, "c13%2Fstep", query))
			if res.StatusCode != http.StatusOK || strings.Contains(text, "«") || strings.Contains(text, "%!") || strings.Contains(text, "Team <") {
				t.Errorf("%s %s: %d", tag, query, res.StatusCode)
			}
		}
	}
	if res, _ := get(t, h, at(lang.EN, "nobody", "")); res.StatusCode != http.StatusNotFound {
		t.Errorf("an activity that is not there: %d", res.StatusCode)
	}
}
