package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// Where Debian's package planner puts the library that the program opens files
// with, and the style sheet by which it takes Microsoft Project's.
const (
	plannerLibrary = "/usr/lib/*/planner/libplanner-1.so.1"
	plannerSheet   = "/usr/share/planner/stylesheets/msp2planner.xsl"
)

// lack skips a test whose program is not there, or fails it where nothing may be
// missing.
func lack(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("ONEBOARD_MUST") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// TestPlannerOpensProjects: another program, that shares nothing with this one,
// opens what is written and finds the same tasks, links, people and days. It
// reckons the days itself, by links, constraints and its calendar, so days that
// only capacity asks for must be kept by what is in the file. Its importer takes
// weeks and no exceptions of a calendar: the days here have none.
func TestPlannerOpensProjects(t *testing.T) {
	libraries, _ := filepath.Glob(plannerLibrary)
	if _, err := os.Stat(plannerSheet); err != nil || len(libraries) == 0 {
		lack(t, "no GNOME Planner: apt-get install planner")
	}
	for _, name := range []string{"xsltproc", "python3"} {
		if _, err := exec.LookPath(name); err != nil {
			lack(t, "no "+name+" on this machine")
		}
	}
	reader, err := filepath.Abs("../../tools/planner/opened.py")
	if err != nil {
		t.Fatal(err)
	}
	var many strings.Builder
	for i := range 60 {
		fmt.Fprintf(&many, "  - {id: t%d, title: 任务 <%d> & 其余, body: bb, days: %d", i, i, i*5%4+1)
		if i%9 == 7 {
			many.WriteString(", start: 2019-05-15")
		}
		if i%3 > 0 {
			kinds := []string{"finish-start", "start-start", "finish-finish"}
			fmt.Fprintf(&many, ", after: [{of: t%d, link: %s, lag: %d}]", i-1, kinds[i%len(kinds)], i%2)
		}
		fmt.Fprintf(&many, ", needs: [{team: r%d, people: %d}]}\n", i%2, i%2+1)
	}
	const head = "oneboard: plan/v1\nid: p\ntitle: 调整\nboard: .\nstart: 2019-05-06\ndeadline: 2019-12-31\nresources:\n  - {id: r0, name: 法务组}\n  - {id: r1, name: 数据组}\nstaff:\n" +
		"  - {id: a, title: 甲, can: [r0, r1]}\n  - {id: b, can: [r0, r1], away: {days: 2019-05-14/2019-05-16}}\n  - {id: c, can: r1}\ntasks:\n"
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	write("bodies.csv", "id,name\nbb,市委编办\n")
	write("plan.yaml", head+many.String())
	e := &env{tag: lang.ZH, dir: dir}
	_, w, problems, err := e.takeWork("plan.yaml", org.Forever)
	if err != nil || w == nil {
		t.Fatal(err, problems)
	}
	s, _ := work.Place(w, sched.Options{Schedules: 50, Seed: 1})
	if s == nil {
		t.Fatal("no schedule")
	}
	project := e.projectOf("p", s, nil)
	file := write("p.xml", string(project.XML()))
	taken := filepath.Join(dir, "p.planner")
	if out, err := exec.Command("xsltproc", "-o", taken, plannerSheet, file).CombinedOutput(); err != nil {
		t.Fatalf("the importer refuses the file: %v\n%s", err, out)
	}
	read := exec.Command("python3", reader, libraries[0], taken)
	var complaints bytes.Buffer
	read.Stderr = &complaints
	text, err := read.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	var got struct {
		Tasks []struct {
			Name, Start, Finish string
			Links, Resources    int
		}
		Resources int
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Tasks) != len(project.Tasks) || got.Resources != len(project.Resources) {
		t.Fatalf("%d tasks and %d resources, want %d and %d", len(got.Tasks), got.Resources, len(project.Tasks), len(project.Resources))
	}
	pulled := 0 // those that links alone would let start earlier
	for i := range project.Tasks {
		want, is := &project.Tasks[i], got.Tasks[i]
		people := map[int]bool{}
		for _, n := range want.Needs {
			people[n.Resource] = true
		}
		for _, turn := range want.Turns {
			people[turn.Person] = true
		}
		links := 0
		for _, l := range want.Links {
			if l.Kind != exchange.FinishFinish { // which the library leaves out when it opens a file
				links++
			}
		}
		if is.Name != want.Name || is.Start != want.Start.String()+"T08:00" || is.Finish != want.Finish.String()+"T17:00" || is.Links != links || is.Resources != len(people) {
			t.Errorf("%s: %+v, want %s to %s, %d links, %d resources", want.ID, is, want.Start, want.Finish, links, len(people))
		}
		if len(want.Links) == 0 && want.Start > w.From {
			pulled++
		}
	}
	if pulled < 5 {
		t.Errorf("only %d tasks wait for people: the test says little", pulled)
	}
}
