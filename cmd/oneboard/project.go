package main

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// projectName is the name of a Microsoft Project file on a page of the manual.
const projectName = "project.xml"

// isProject tells a Microsoft Project file by its name.
func isProject(name string) bool { return strings.EqualFold(path.Ext(filepath.ToSlash(name)), ".xml") }

// scheduleProject places the tasks of a Microsoft Project file.
func (e *env) scheduleProject(arg string, o sched.Options, all bool, to string, follow *following) (int, error) {
	text, err := e.readTasks(arg)
	if err != nil {
		return exitFail, err
	}
	p, problems := exchange.ReadProject(diag.NewSource(arg, string(text)))
	m := &matter{name: arg}
	if p == nil {
		return exitFail, e.refuseTasks(problems)
	}
	if !e.json && len(problems) > 0 { // what was left out is said before the days
		if err := problems.WriteText(e.out, e.tag, diag.Printed); err != nil {
			return exitFail, err
		}
	}
	w, wrong := workOfProject(p, e.today())
	if wrong.Add(w.Beyond()...); len(wrong) > 0 {
		return exitFail, e.refuseTasks(wrong)
	}
	return e.place(m, w, problems, o, all, to, follow)
}

// linkKinds are the engine's kinds of links by those of the format.
var linkKinds = [...]sched.LinkKind{exchange.FinishFinish: sched.FinishFinish, exchange.FinishStart: sched.FinishStart, exchange.StartFinish: sched.StartFinish, exchange.StartStart: sched.StartStart}

// workOfProject makes work of a project. Without a first day it begins today. A
// person is staff of its teams; one that a task takes by name is a resource too,
// whose work nobody else can do.
func workOfProject(p *exchange.Project, today org.Date) (*work.Work, diag.List) {
	w := &work.Work{Title: p.Title, From: p.Start, Until: org.Forever, Calendar: &work.Calendar{Week: p.Week, Days: map[org.Date]bool{}}}
	if !w.From.Known() {
		w.From = today
	}
	for _, d := range p.Days {
		for day := d.From; day <= d.To; day++ {
			w.Calendar.Days[day] = d.Works
		}
	}
	named := make([]bool, len(p.Resources)) // taken by itself
	for i := range p.Tasks {
		for _, n := range p.Tasks[i].Needs {
			named[n.Resource] = true
		}
	}
	at := make([]int, len(p.Resources)) // its place in the work
	for k := range p.Resources {
		r := &p.Resources[k]
		if at[k] = len(w.Resources); len(r.Can) > 0 && !named[k] {
			continue
		}
		out := work.Resource{ID: r.ID, Name: r.Name, Capacity: r.Capacity, At: r.At}
		for _, a := range r.Away {
			out.Away = append(out.Away, work.Away{Interval: org.Interval{From: a.From, To: a.To + 1}, Capacity: a.Capacity})
		}
		w.Resources = append(w.Resources, out)
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		a := work.Activity{ID: t.ID, Title: t.Name, Duration: t.Days, Evidence: t.Note, Release: org.Always, Deadline: org.Forever, At: t.At}
		if t.NotBefore.Known() {
			a.Release = t.NotBefore
		}
		if t.NotAfter.Known() {
			a.Deadline = t.NotAfter
		}
		for _, n := range t.Needs {
			a.Needs = append(a.Needs, work.Need{Resource: at[n.Resource], Amount: n.Amount})
		}
		for _, l := range t.Links {
			w.Links = append(w.Links, work.Link{From: l.From, To: i, Kind: linkKinds[l.Kind], Lag: l.Lag, Why: "task", At: t.At})
		}
		w.Activities = append(w.Activities, a)
	}
	for k := range p.Resources {
		r := &p.Resources[k]
		if len(r.Can) == 0 {
			continue
		}
		who := work.Person{ID: r.ID, Title: r.Name, At: r.At}
		for _, team := range r.Can {
			who.Can = append(who.Can, at[team])
		}
		if named[k] {
			who.Can = append(who.Can, at[k])
		}
		for _, a := range r.Away {
			who.Away = append(who.Away, org.Interval{From: a.From, To: a.To + 1})
		}
		w.Staff = append(w.Staff, who)
	}
	w.Employ(func(int) bool { return true })
	return w, nil
}

// projectOf makes a project of a schedule, with words in the reader's language.
// What was issued stands beside the days, when a baseline is given.
func (e *env) projectOf(name string, s *work.Schedule, issued *org.Baseline) *exchange.Project {
	w := s.Work
	var was map[string]*org.BaselineDays
	if issued != nil {
		was = issued.By()
	}
	p := &exchange.Project{Title: cmp.Or(w.Title, name), Start: w.From, Week: w.Calendar.Week}
	if w.Plan != nil {
		p.Title = e.name(w.Plan.Title.Text, w.Plan.TitleEN.Text)
	}
	var days []org.Date
	for d := range w.Calendar.Days {
		days = append(days, d)
	}
	slices.Sort(days)
	for i := 0; i < len(days); { // days alike in a row are one exception
		j := i + 1
		for j < len(days) && days[j] == days[j-1]+1 && w.Calendar.Days[days[j]] == w.Calendar.Days[days[i]] {
			j++
		}
		id := "project.off"
		if w.Calendar.Days[days[i]] {
			id = "project.worked"
		}
		p.Days = append(p.Days, exchange.ProjectDays{Name: e.say(id), From: days[i], To: days[j-1], Works: w.Calendar.Days[days[i]]})
		i = j
	}
	for _, r := range w.Resources {
		out := exchange.ProjectResource{ID: r.ID, Name: cmp.Or(e.name(r.Name, r.NameEN), r.ID), Capacity: r.Capacity}
		for _, a := range r.Away {
			if a.To.Known() && a.From.Known() {
				out.Away = append(out.Away, exchange.ProjectAway{From: a.From, To: a.To - 1, Capacity: a.Capacity})
			}
		}
		p.Resources = append(p.Resources, out)
	}
	for i := range w.Staff {
		who := &w.Staff[i]
		out := exchange.ProjectResource{ID: who.ID, Name: cmp.Or(e.name(who.Title, who.TitleEN), who.ID), Capacity: 1, Can: who.Can}
		for _, a := range who.Away {
			if a.From.Known() && a.To.Known() {
				out.Away = append(out.Away, exchange.ProjectAway{From: a.From, To: a.To - 1})
			}
		}
		p.Resources = append(p.Resources, out)
	}
	known := func(d org.Date) org.Date {
		if d.Known() {
			return d
		}
		return org.NoDate
	}
	turns := map[int][]exchange.ProjectTurn{}
	for _, t := range s.Crew {
		turns[t.Activity] = append(turns[t.Activity], exchange.ProjectTurn{Person: len(w.Resources) + t.Person, Team: t.Resource, From: t.From, To: t.To})
	}
	for i := range w.Activities {
		a := &w.Activities[i]
		t := exchange.ProjectTask{ID: a.ID, Name: e.name(a.Title, a.TitleEN), Note: e.name(a.Evidence, a.EvidenceEN), Days: a.Duration, Start: s.Start[i], Finish: s.Finish[i],
			NotBefore: known(a.Release), NotAfter: known(min(a.Deadline, w.Until)), Critical: s.Critical[i], WasStart: org.NoDate, WasDone: org.NoDate, Turns: turns[i]}
		if old := was[a.ID]; old != nil {
			t.WasStart, t.WasDone = old.Start, old.Finish
		}
		for _, n := range a.Needs {
			t.Needs = append(t.Needs, exchange.ProjectNeed{Resource: n.Resource, Amount: n.Amount})
		}
		p.Tasks = append(p.Tasks, t)
	}
	for _, l := range w.Links {
		t := &p.Tasks[l.To]
		t.Links = append(t.Links, exchange.ProjectLink{From: l.From, Kind: exchange.LinkKind(slices.Index(linkKinds[:], l.Kind)), Lag: l.Lag})
	}
	return p
}

// writeProject writes a schedule to a file, in the format that its name asks
// for. A file that is there stays as it is.
func (e *env) writeProject(name, to string, s *work.Schedule, follow *following) error {
	p := e.projectOf(name, s, follow.baseline)
	if follow.person >= 0 {
		p = p.For(len(s.Work.Resources) + follow.person)
	}
	var text []byte
	switch strings.ToLower(filepath.Ext(to)) {
	case ".xml":
		text = p.XML()
	case ".ics":
		text = p.ICalendar(e.tag, e.now())
	default:
		return cannot("bad-schedule-target", "Path", to)
	}
	if err := e.create(to, text); err != nil {
		return err
	}
	if !e.json {
		e.printf("%s\n", e.say("schedule.written", lang.Args{"Path": to, "Count": len(p.Tasks)}))
	}
	return nil
}
