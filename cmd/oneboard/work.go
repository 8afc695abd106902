package main

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// printedActivities is how many activities a terminal gets without --all.
const printedActivities = 40

// isPlan tells a plan, or its folder, from a problem of the engine.
func (e *env) isPlan(arg string) bool {
	name := path.Clean(filepath.ToSlash(arg))
	if at, err := fs.Stat(folder(e.dir), name); err == nil && at.IsDir() {
		return true
	}
	return arg == "-" || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// compile makes the work of what was read. Its problems are those of the check
// and of the templates; the work is nil when an error stands.
// Of amendments of calendars it goes by those known on a day.
func (m *matter) compile(on org.Date) (*work.Work, diag.List) {
	return m.workOf(m.check(), on)
}

func (m *matter) workOf(result check.Result, on org.Date) (*work.Work, diag.List) {
	if result.Checked == nil {
		return nil, result.Problems
	}
	w, more := work.Compile(result.Checked, m.rules, on)
	problems := append(slices.Clip(result.Problems), more...)
	problems.Sort()
	return w, problems
}

// takeWork reads a plan and makes its work, by the calendars as known on a day; it
// is nil when an error stands.
func (e *env) takeWork(arg string, on org.Date) (*matter, *work.Work, diag.List, error) {
	m, err := e.take(arg)
	if err != nil {
		return nil, nil, nil, err
	}
	if m.plan == nil {
		return nil, nil, nil, cannot("no-work", "Path", m.name)
	}
	w, problems := m.compile(on)
	return m, w, problems, nil
}

// scheduleWork makes the work of a plan and gives it its days.
func (e *env) scheduleWork(arg string, o sched.Options, all bool, to string, follow *following) (int, error) {
	on, err := follow.known(e)
	if err != nil {
		return exitFail, err
	}
	m, w, problems, err := e.takeWork(arg, on)
	if err != nil {
		return exitFail, err
	}
	if w == nil {
		return e.report(m, problems, all)
	}
	return e.place(m, w, problems, o, all, to, follow)
}

// place gives work its days, tells them, and writes them to a file when one is
// named.
func (e *env) place(m *matter, w *work.Work, problems diag.List, o sched.Options, all bool, to string, follow *following) (int, error) {
	if follow.suppose != "" {
		supposed, wrong := w.Suppose(follow.suppose)
		if wrong != nil {
			return exitFail, unsupposed(wrong)
		}
		w = supposed
	}
	more, err := follow.read(e, w)
	if err != nil {
		return exitFail, err
	}
	problems.Add(more...)
	if more.HasErrors() {
		problems.Sort()
		if e.json {
			return exitFail, e.document(e.workDocument(m, w, nil, nil, nil, problems))
		}
		return exitFail, problems.WriteText(e.out, e.tag, diag.Printed)
	}
	s, clash := follow.place(w, o)
	var ways []work.Way
	if clash != nil {
		var d diag.Diagnostic
		d, ways = w.Why(clash)
		problems.Add(d)
		problems.Sort()
	}
	code := exitOK
	if s == nil || len(s.Missed) > 0 {
		code = exitFound
	}
	if s != nil && to != "" {
		if err := e.writeProject(m.name, to, s, follow); err != nil {
			return exitFail, err
		}
	}
	if s != nil && follow.issue != "" {
		if err := e.writeBaseline(m, s, follow); err != nil {
			return exitFail, err
		}
	}
	if e.json {
		doc := e.workDocument(m, w, s, clash, ways, problems)
		doc.Following = e.followDocument(m, s, follow)
		doc.Activity = e.activityDocument(s, follow)
		doc.Risk = e.riskDocument(s, o.Seed, follow.baseline)
		return code, e.document(doc)
	}
	if clash == nil && s == nil {
		e.printf("%s\n", e.say("schedule.unknown"))
		return code, nil
	}
	if s == nil {
		limit := diag.Printed
		if all {
			limit = 0
		}
		if err := problems.WriteText(e.out, e.tag, limit); err != nil {
			return exitFail, err
		}
		if !clash.Proven {
			e.printf("%s\n", e.say("schedule.unproven"))
		}
		if len(ways) > 0 {
			e.printf("%s\n", e.say("schedule.ways"))
			for _, y := range ways {
				e.printf("- %s\n", w.Say(e.tag, y))
			}
		}
		return code, nil
	}
	if len(more) > 0 { // what is odd about the report is said before the days
		if err := more.WriteText(e.out, e.tag, diag.Printed); err != nil {
			return exitFail, err
		}
	}
	if follow.activity != "" {
		e.printActivity(s, follow, all)
		return code, nil
	}
	if follow.person >= 0 {
		e.printTurns(s, follow.person)
		return code, nil
	}
	if follow.baseline == nil && !e.risk.asked || all { // else what has moved, or may become of the days, is asked about
		e.printSchedule(s, all)
	}
	e.printFollowing(s, follow, all)
	e.printRisk(s, o.Seed, follow.baseline, all)
	return code, nil
}

// activityTable prints a row for each activity: unless all are asked for, as many as
// a terminal likes, and how many more there are.
func (e *env) activityTable(head []string, rows [][]string, all bool) {
	more := 0
	if !all {
		more = max(0, len(rows)-printedActivities)
	}
	e.table(head, rows[:len(rows)-more])
	if more > 0 {
		e.printf("%s\n", e.say("schedule.more", lang.Args{"Count": more}))
	}
}

// printSchedule prints the activities by day, as many as a terminal likes.
func (e *env) printSchedule(s *work.Schedule, all bool) {
	w := s.Work
	if len(w.Activities) == 0 {
		e.printf("%s\n", e.say("schedule.nothing"))
		return
	}
	var rows [][]string
	turns := e.turnsOf(s)
	for _, k := range s.ByDay() {
		a := &w.Activities[k]
		row := []string{days(s.Start[k], s.Finish[k]), strconv.Itoa(s.Slack[k]), a.Body, e.name(a.Title, a.TitleEN), a.ID}
		if len(w.Staff) > 0 {
			row = slices.Insert(row, 3, e.crewWords(w, turns[k]))
		}
		rows = append(rows, row)
	}
	head := []string{e.say("schedule.col.days"), e.say("schedule.col.slack"), e.say("schedule.col.body"), e.say("schedule.col.activity"), "id"}
	if len(w.Staff) > 0 {
		head = slices.Insert(head, 3, e.say("schedule.col.people"))
	}
	e.activityTable(head, rows, all)
	from := s.End
	for _, d := range s.Start {
		from = min(from, d)
	}
	line := e.say("schedule.fits", lang.Args{"Activities": len(w.Activities), "From": from.String(), "End": s.End.String(), "Teams": w.Teams()})
	if s.Optimal {
		line += e.say("schedule.best")
	} else {
		line += e.say("schedule.until", lang.Args{"Lower": s.Lower.String()})
	}
	e.printVersion(w, nil)
	e.printf("%s\n", line)
	e.printPlans(s)
}

// The JSON form of a plan's schedule, as docs/commands.md has it.
type (
	workDocument struct {
		Plan       string            `json:"plan"`
		Feasible   *bool             `json:"feasible"` // null: the search ended before it was known
		From       string            `json:"from"`
		Until      string            `json:"until,omitempty"`
		Calendar   string            `json:"calendar,omitempty"`
		Known      *knownLine        `json:"calendar_known,omitempty"` // null: no calendar of it was ever amended
		End        string            `json:"end,omitempty"`
		LowerBound string            `json:"lower_bound,omitempty"`
		Optimal    bool              `json:"optimal"`
		Schedules  int               `json:"schedules"`
		Activities []workActivity    `json:"activities"`
		Links      []workLink        `json:"links"`
		Resources  []workResource    `json:"resources"`
		Plans      []workPlan        `json:"plans,omitempty"` // of several
		Staff      []workPerson      `json:"staff,omitempty"`
		Proven     *bool             `json:"proven,omitempty"` // each demand of the clash is needed
		Clash      []workDemand      `json:"clash,omitempty"`
		Ways       []workWay         `json:"ways_out,omitempty"`
		Problems   []diag.View       `json:"problems"`
		Following  *followDocument   `json:"following,omitempty"`
		Activity   *activityDocument `json:"activity,omitempty"`
		Risk       *riskDocument     `json:"risk,omitempty"`
	}
	knownLine struct {
		On     string `json:"on,omitempty"`     // the day on which it was planned; absent: all that is known
		Newest string `json:"newest,omitempty"` // the newest amendment that was known; absent: none was
	}
	workActivity struct {
		ID       string     `json:"id"`
		Title    string     `json:"title"`
		Change   string     `json:"change,omitempty"`
		Step     string     `json:"step,omitempty"`
		Body     string     `json:"body,omitempty"`
		With     string     `json:"with,omitempty"`
		Level    string     `json:"level,omitempty"`
		Days     int        `json:"days"`
		Fixed    bool       `json:"fixed,omitempty"`
		Release  string     `json:"release,omitempty"`
		Deadline string     `json:"deadline,omitempty"`
		Start    string     `json:"start,omitempty"`
		Finish   string     `json:"finish,omitempty"`
		Latest   string     `json:"latest,omitempty"`
		Slack    *int       `json:"slack,omitempty"`
		Critical bool       `json:"critical,omitempty"`
		Evidence string     `json:"evidence,omitempty"`
		Needs    []workNeed `json:"needs,omitempty"`
		Parts    []string   `json:"parts,omitempty"` // its days, where it is broken up
		People   []workTurn `json:"people,omitempty"`
		At       string     `json:"at,omitempty"`
	}
	workNeed struct {
		Resource string `json:"resource"`
		Amount   int    `json:"amount"`
	}
	workLink struct {
		From string `json:"from"`
		To   string `json:"to"`
		Kind string `json:"kind"`
		Lag  int    `json:"lag"`
		Why  string `json:"why"`
	}
	workResource struct {
		ID       string     `json:"id"`
		Name     string     `json:"name,omitempty"`
		Body     string     `json:"body,omitempty"`
		Capacity int        `json:"capacity"`
		Away     []workAway `json:"away,omitempty"`
	}
	workAway struct {
		From     string `json:"from"`
		To       string `json:"to"` // the last day
		Capacity int    `json:"capacity"`
	}
	workWay struct {
		Words    string `json:"words"`
		Kind     string `json:"kind"`
		By       int    `json:"by"`
		Activity string `json:"activity,omitempty"`
		Resource string `json:"resource,omitempty"`
	}
)

var linkWords = [...]string{sched.FinishStart: "finish-start", sched.StartStart: "start-start", sched.FinishFinish: "finish-finish", sched.StartFinish: "start-finish"}

var demandWords = [...]string{sched.OfRelease: "release", sched.OfDeadline: "deadline", sched.OfLink: "link", sched.OfNeed: "need"}

func (e *env) workDocument(m *matter, w *work.Work, s *work.Schedule, clash *sched.Clash, ways []work.Way, problems diag.List) workDocument {
	day := func(d org.Date) string {
		if d.Known() {
			return d.String()
		}
		return ""
	}
	out := workDocument{Plan: m.name, From: day(w.From), Until: day(w.Until), Calendar: w.Calendar.ID, Problems: problems.Views(e.tag),
		Activities: []workActivity{}, Links: []workLink{}, Resources: []workResource{}}
	if v := w.Version; v != nil {
		out.Known = &knownLine{day(v.On), day(v.Newest)}
	}
	feasible := s != nil
	if feasible || clash != nil {
		out.Feasible = &feasible
	}
	if s != nil {
		out.End, out.LowerBound, out.Optimal, out.Schedules = day(s.End), day(s.Lower), s.Optimal, s.Tried
	}
	if clash != nil {
		out.Proven = &clash.Proven
		out.Clash = e.clashOf(w, clash)
	}
	out.Staff, out.Plans = e.staffOf(w), e.plansOf(w, s)
	turns := e.turnsOf(s)
	for k := range w.Activities {
		a := &w.Activities[k]
		x := workActivity{ID: a.ID, Title: e.name(a.Title, a.TitleEN), Change: a.Change, Step: a.Step, Body: a.Body, With: a.Partner, Level: a.Level,
			Days: a.Duration, Fixed: a.Fixed, Release: day(a.Release), Deadline: day(a.Deadline), Evidence: e.name(a.Evidence, a.EvidenceEN)}
		if !a.At.IsZero() {
			line, column := a.At.Position()
			x.At = fmt.Sprintf("%s:%d:%d", a.At.File(), line, column)
		}
		for _, n := range a.Needs {
			x.Needs = append(x.Needs, workNeed{w.Resources[n.Resource].ID, n.Amount})
		}
		if s != nil {
			slack := s.Slack[k]
			x.Start, x.Finish, x.Latest, x.Slack, x.Critical = day(s.Start[k]), day(s.Finish[k]), day(s.Latest[k]), &slack, s.Critical[k]
			for _, d := range s.Parts[k] {
				x.Parts = append(x.Parts, day(d))
			}
			x.People = turns[k]
		}
		out.Activities = append(out.Activities, x)
	}
	for _, l := range w.Links {
		out.Links = append(out.Links, workLink{w.Activities[l.From].ID, w.Activities[l.To].ID, linkWords[l.Kind], l.Lag, lang.Say(e.tag, "work.why."+l.Why)})
	}
	for _, r := range w.Resources {
		x := workResource{ID: r.ID, Name: e.name(r.Name, r.NameEN), Body: r.Body, Capacity: r.Capacity}
		for _, a := range r.Away {
			x.Away = append(x.Away, workAway{day(a.From), day(a.To - 1), a.Capacity})
		}
		out.Resources = append(out.Resources, x)
	}
	for _, y := range ways {
		x := workWay{Words: w.Say(e.tag, y), Kind: demandWords[y.Kind], By: y.By}
		if y.Activity >= 0 {
			x.Activity = w.Activities[y.Activity].ID
		}
		if y.Resource >= 0 {
			x.Resource = w.ResourceOf(y.Resource).ID
		}
		out.Ways = append(out.Ways, x)
	}
	return out
}
