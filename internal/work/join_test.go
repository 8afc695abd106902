package work_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// other is a plan that shares the staffing office and the finance bureau with
// another one; its team has another id and the same body.
const other = `-- plan.yaml --
oneboard: plan/v1
id: other
title: 另一方案
board: .
calendar: cn
templates: ./ours.yaml
start: 2019-03-04
deadline: 2019-03-08
windows:
  - {title: 汛期, days: 2019-03-04}
resources:
  - {id: ban, body: bb, capacity: 1}
tasks:
  - {id: a, title: 甲二, title_en: A2, body: bb, days: 2, needs: {team: ban}}
` + none + offices

const mine = head + `start: 2019-03-04
deadline: 2019-03-15
resources:
  - {id: zu, body: bb, capacity: 1}
tasks:
  - {id: a, title: 甲, title_en: A, body: bb, days: 2, needs: {team: zu}}
  - {id: b, title: 乙, title_en: B, body: bb, days: 2, needs: {team: zu}}
` + none + offices

// TestJoin: two plans share one person, and each keeps its deadline. The tight
// one goes first, or at least not last.
func TestJoin(t *testing.T) {
	w, wrong := work.Join([]*work.Work{compile(t, mine), compile(t, other)})
	if w == nil || len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if len(w.Resources) != 2 || len(w.Plans) != 2 {
		t.Errorf("%d resources, %d plans", len(w.Resources), len(w.Plans)) // the people, and the window
	}
	s, clash := work.Place(w, sched.Options{Schedules: 500})
	if s == nil {
		t.Fatalf("no schedule: %v", clash)
	}
	if got := s.End; got != org.Day(2019, 3, 11) { // six days of one person, from Monday on
		t.Errorf("ends on %s", got)
	}
	last := slices.Max(s.Finish[w.Plans[1].First:w.Plans[1].Last])
	if w.Activities[w.Plans[1].First].ID != "other:a" || last > org.Day(2019, 3, 8) {
		t.Errorf("the other plan ends on %s", last)
	}
}

// TestJoinWhyNot: the clash has words of both plans, each at its place in its
// own file.
func TestJoinWhyNot(t *testing.T) {
	tight := strings.Replace(mine, "deadline: 2019-03-15", "deadline: 2019-03-08", 1)
	w, _ := work.Join([]*work.Work{compile(t, tight), compile(t, other)})
	s, clash := work.Place(w, sched.Options{Schedules: 500})
	if s != nil || clash == nil {
		t.Fatal("six days of work in five")
	}
	d, ways := w.Why(clash)
	var b strings.Builder
	diag.List{d}.WriteText(&b, lang.EN, 0)
	for _, want := range []string{"A2 (other:a)", "A (small:a)", "is done by 2019-03-08", "deadline: 2019-03-08"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in %s", want, b.String())
		}
	}
	files := map[*diag.Source]bool{}
	for _, n := range d.Notes {
		files[n.Span.Source] = true
	}
	if len(files) != 2 || len(ways) == 0 {
		t.Errorf("words of %d plans, %d ways out", len(files), len(ways))
	}
}

// TestJoinWrong: plans that can't both be true are refused.
func TestJoinWrong(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"other capacity", "{id: ban, body: bb, capacity: 1}", "{id: ban, body: bb, capacity: 2}", "OB0864"},
		{"another team", "{id: ban, body: bb, capacity: 1}", "{id: ban, body: czj, capacity: 2}", ""},
		{"same id", "{id: ban, body: bb, capacity: 1}", "{id: zu, body: czj, capacity: 2}\n  - {id: ban, capacity: 1}", "OB0864"},
		{"another calendar", "calendar: cn\n", "calendar: [cn, ./office.yaml]\n", "OB0865"},
	} {
		files := strings.Replace(other, c.old, c.new, 1) + "-- office.yaml --\noneboard: calendar/v1\nid: office\noff: [2019-03-06]\n"
		w, wrong := work.Join([]*work.Work{compile(t, mine), compile(t, files)})
		var codes []string
		for _, d := range wrong {
			codes = append(codes, string(d.Code))
		}
		if got := strings.Join(codes, " "); got != c.want || (w == nil) != (c.want != "") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestJoinStaff: a person that two plans name is one person, who can do what
// either says, and is away when either says so.
func TestJoinStaff(t *testing.T) {
	plan := func(id, team, days string) string {
		return strings.Replace(head, "id: small", "id: "+id, 1) + "start: 2019-03-04\ndeadline: 2019-03-29\nresources:\n  - {id: " + team +
			"}\nstaff:\n  - {id: p, can: " + team + ", away: {days: " + days + "}}\ntasks:\n  - {id: a, title: 甲, body: bb, days: 3, needs: {team: " + team + "}}\n" + none + offices
	}
	w, wrong := work.Join([]*work.Work{compile(t, plan("one", "x", "2019-03-07")), compile(t, plan("two", "y", "2019-03-13"))})
	if w == nil {
		t.Fatal(wrong)
	}
	if len(w.Staff) != 1 || len(w.Staff[0].Can) != 2 {
		t.Fatalf("%+v", w.Staff)
	}
	s, _ := work.Place(w, sched.Options{Schedules: 500})
	// 4 to 6 March, then from 8 to 12.
	if s == nil || s.End != org.Day(2019, 3, 12) || len(s.Crew) != 2 {
		t.Fatalf("%+v", s)
	}
}

// TestJoinYunhai: the reform of the city and a small plan of its staffing office
// need the same reviewers. Both fit; with the small plan due in the weeks in which
// the districts are accepted, they don't, and both plans' words tell why.
func TestJoinYunhai(t *testing.T) {
	const small = `-- plan.yaml --
oneboard: plan/v1
id: audit
title: 编制核查
title_en: Audit of posts
board: .
calendar: cn
templates: ./ours.yaml
start: 2019-01-19
deadline: 2019-03-15
resources:
  - id: bianban
    name: 市委编办审核验收专班
    body: bb
    capacity: 20
tasks:
  - {id: hecha, title: 核查台账, title_en: Audit the registers, body: bb, days: 4, start: 2019-02-25, needs: {team: bianban, people: 16}}
` + none + offices
	city := yunhai(t, func(s string) string { return s })
	w, wrong := work.Join([]*work.Work{city, compile(t, small)})
	if w == nil {
		t.Fatal(wrong)
	}
	if len(w.Activities) != len(city.Activities)+1 || len(w.Resources) != len(city.Resources) {
		t.Errorf("%d activities, %d resources", len(w.Activities), len(w.Resources))
	}
	s, clash := work.Place(w, sched.Options{Schedules: 200})
	if s == nil {
		t.Fatalf("no schedule: %v", clash)
	}
	if end := slices.Max(s.Finish[w.Plans[0].First:w.Plans[0].Last]); end > org.Day(2019, 2, 28) {
		t.Errorf("the city ends on %s", end)
	}
	tight, _ := work.Join([]*work.Work{city, compile(t, strings.Replace(small, "2019-03-15", "2019-02-28", 1))})
	s, clash = work.Place(tight, sched.Options{Schedules: 200})
	if s != nil || clash == nil {
		t.Fatal("sixteen reviewers are free in the weeks of acceptance")
	}
	d, ways := tight.Why(clash)
	var b strings.Builder
	diag.List{d}.WriteText(&b, lang.EN, 0)
	if !strings.Contains(b.String(), "Audit the registers (audit:hecha)") || !strings.Contains(b.String(), "yunhai:") && !strings.Contains(b.String(), "(yunhai-2019:") {
		t.Errorf("not in words of both plans: %s", b.String())
	}
	if len(ways) == 0 {
		t.Error("no way out")
	}
	if os.Getenv("SHOW") != "" {
		t.Log(b.String())
	}
}
