package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"math"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// Living with a schedule: it is issued as a baseline, and from then on held
// against it, forecast from what is reported, and planned again with few moves.

// A following is what a schedule is followed by: the flags, and what was read of
// the files that they name.
type following struct {
	issue    string
	issuedOn org.Date
	against  string
	progress string
	asOf     org.Date
	replan   bool
	suppose  string // a change of the work that is tried out; "" none
	whom     string // the id of the person whom the schedule is told; "" everybody
	activity string // the activity that is told, with "=days" where it is to take those; "" all

	baseline *org.Baseline
	report   *org.Progress
	reported diag.List // what is wrong with the report
	standing *work.Standing
	person   int // the place of whom; -1: everybody
	about    int // the place of activity
	days     int // that it is to take; 0: as planned
}

func (f *following) declare(flags *flags) {
	flags.text(&f.issue, "issue", "")
	flags.date(&f.issuedOn, "issued-on")
	flags.text(&f.against, "against", "")
	flags.text(&f.progress, "progress", "")
	flags.date(&f.asOf, "as-of")
	flags.truth(&f.replan, "replan")
	flags.text(&f.whom, "for", "")
	flags.text(&f.activity, "activity", "")
}

// asked reports whether any of the flags was given.
func (f *following) asked() bool {
	return f.issue != "" || f.issuedOn.Known() || f.against != "" || f.progress != "" || f.asOf.Known() || f.replan || f.whom != "" || f.activity != ""
}

// check refuses flags that ask for something without what it is about. to is the
// file that the schedule is written to.
func (f *following) check(to string) error {
	switch {
	case f.whom != "" && f.activity != "":
		return cannot("activity-for")
	case f.whom != "" && isProject(to):
		return cannot("for-in-project")
	case f.replan && f.against == "":
		return cannot("replan-against-nothing")
	case f.issuedOn.Known() && f.issue == "":
		return cannot("issued-on-without-issue")
	}
	return nil
}

// known gives the day on which one plans, so that nothing is reckoned with that
// became known of a calendar later: that of the issue, else that of the report.
// Forever: neither is told.
func (f *following) known(e *env) (org.Date, error) {
	if err := f.readReport(e); err != nil {
		return org.NoDate, err
	}
	switch {
	case f.issuedOn.Known():
		return f.issuedOn, nil
	case f.asOf.Known():
		return f.asOf, nil
	case f.report != nil:
		return f.report.AsOf.Or(org.Forever), nil
	}
	return org.Forever, nil
}

// readReport reads the report, once.
func (f *following) readReport(e *env) (err error) {
	if f.progress != "" && f.report == nil {
		f.report, f.reported, err = e.readProgress(f.progress)
	}
	return err
}

// read reads the files that the flags name, and holds them against the work.
func (f *following) read(e *env, w *work.Work) (problems diag.List, err error) {
	if f.asOf.Known() && f.progress == "" && w.Version == nil {
		return nil, cannot("as-of-without-progress")
	}
	if f.person, err = personOf(w, f.whom); err != nil {
		return nil, err
	}
	if f.activity != "" {
		if f.about, f.days, err = activityOf(w, f.activity); err != nil {
			return nil, err
		}
	}
	if f.against != "" {
		if f.baseline, problems, err = e.readBaseline(f.against); err != nil {
			return nil, err
		}
		if !problems.HasErrors() {
			problems.Add(w.Fits(f.baseline)...)
		}
	}
	if f.progress == "" {
		return problems, nil
	}
	if err := f.readReport(e); err != nil {
		return nil, err
	}
	problems.Add(f.reported...)
	if f.reported.HasErrors() {
		return problems, nil
	}
	on, err := statusDay(f.report, f.asOf, f.progress)
	if err != nil {
		return nil, err
	}
	var more diag.List
	f.standing, more = w.Stand(f.report, on)
	problems.Add(more...)
	return problems, nil
}

// statusDay gives the day that a report is about: the one asked for, or the one
// it names. Two different ones are refused.
func statusDay(p *org.Progress, asked org.Date, name string) (org.Date, error) {
	switch {
	case !asked.Known() && !p.AsOf.Given():
		return org.NoDate, cannot("progress-without-day", "Path", name)
	case asked.Known() && p.AsOf.Given() && asked != p.AsOf.Date:
		return org.NoDate, cannot("progress-of-other-day", "Path", name, "Day", p.AsOf.Date.String(), "Asked", asked.String())
	case asked.Known():
		return asked, nil
	}
	return p.AsOf.Date, nil
}

// readBaseline reads what was issued: a baseline, or the baseline of a Microsoft
// Project file.
func (e *env) readBaseline(name string) (*org.Baseline, diag.List, error) {
	text, err := readFile(folder(e.dir), name)
	if err != nil {
		return nil, nil, err
	}
	if !isProject(name) {
		b, problems := planfile.ParseBaseline(name, text)
		return b, problems, nil
	}
	if !utf8.Valid(text) {
		return nil, nil, cannot("not-an-instance", "Path", name)
	}
	p, problems := exchange.ReadProject(diag.NewSource(name, string(text)))
	b := &org.Baseline{Plan: planWord(name), Known: org.NoDate, Issued: org.NoDate, From: org.Forever, End: org.Always}
	if p == nil {
		return b, problems, nil
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		d := org.BaselineDays{ID: t.ID, Start: t.WasStart, Finish: t.WasDone, Days: t.Days, At: t.At}
		if !d.Start.Known() || !d.Finish.Known() {
			continue // it was not issued
		}
		b.From, b.End = min(b.From, d.Start), max(b.End, d.Finish)
		b.Activities = append(b.Activities, d)
	}
	if len(b.Activities) == 0 {
		return nil, nil, cannot("no-baseline-in-project", "Path", name)
	}
	return b, problems, nil
}

// readProgress reads a report: a table (.csv), or YAML.
func (e *env) readProgress(name string) (*org.Progress, diag.List, error) {
	text, err := readFile(folder(e.dir), name)
	if err != nil {
		return nil, nil, err
	}
	if strings.EqualFold(path.Ext(filepath.ToSlash(name)), ".csv") {
		p, problems := exchange.ReadProgress(name, string(text))
		return p, problems, nil
	}
	p, problems := planfile.ParseProgress(name, text)
	return p, problems, nil
}

// place gives the work its days as the flags ask for it.
func (f *following) place(w *work.Work, o sched.Options) (*work.Schedule, *sched.Clash) {
	switch {
	case f.replan:
		return work.Replan(w, f.baseline, f.standing, o)
	case f.standing != nil:
		return work.Forecast(w, f.standing, o)
	}
	return work.Place(w, o)
}

// writeBaseline issues a schedule.
func (e *env) writeBaseline(m *matter, s *work.Schedule, f *following) error {
	on, hash := f.issuedOn, ""
	if !on.Known() {
		on = e.today()
	}
	if m.board != nil {
		hash = fingerprint(m)
	}
	b := s.Issue(on, hash)
	if b.Plan == "" {
		b.Plan = planWord(m.name)
	}
	if err := e.create(f.issue, planfile.FormatBaseline(b)); err != nil {
		return err
	}
	if !e.json {
		e.printf("%s\n", e.say("schedule.issued", lang.Args{"Path": f.issue, "Count": len(b.Activities), "Day": on.String()}))
	}
	return nil
}

// planWord makes of a file's name what can stand for the id of a plan.
func planWord(name string) string {
	return strings.Join(strings.Fields(path.Base(filepath.ToSlash(name))), "-")
}

// printFollowing prints how the schedule stands to what was issued and reported.
func (e *env) printFollowing(s *work.Schedule, f *following, all bool) {
	w := s.Work
	if f.baseline != nil {
		v := s.Against(f.baseline)
		var rows [][]string
		for _, m := range v.Moved {
			was, is := e.say("schedule.none"), e.say("schedule.none")
			if m.Was != nil {
				was = days(m.Was.Start, m.Was.Finish)
			}
			title := ""
			if m.Place >= 0 {
				is = days(s.Start[m.Place], s.Finish[m.Place])
				title = e.name(w.Activities[m.Place].Title, w.Activities[m.Place].TitleEN)
			}
			rows = append(rows, []string{was, is, signed(m.Start), signed(m.Finish), signed(m.Days), m.ID, title, w.SayMoved(e.tag, m)})
		}
		if len(rows) > 0 {
			e.activityTable([]string{e.say("schedule.col.issued"), e.say("schedule.col.now"), e.say("schedule.col.start-by"), e.say("schedule.col.finish-by"), e.say("schedule.col.days-by"), "id", e.say("schedule.col.activity"), e.say("schedule.col.why")}, rows, all)
		}
		e.printVersion(w, f.baseline)
		e.printf("%s\n", e.say("schedule.against", lang.Args{"Issued": f.baseline.Issued.String(), "Count": v.Issued, "Moved": v.Other, "Later": v.Later, "Earlier": v.Earlier,
			"New": v.New, "Dropped": v.Dropped, "Was": f.baseline.End.String(), "End": s.End.String(), "By": signed(v.End)}))
		if s.Kept != nil {
			id := "schedule.kept"
			if s.Kept.Away == s.Kept.Least {
				id = "schedule.kept-proven"
			}
			e.printf("%s\n", e.say(id, lang.Args{"Count": s.Kept.Away, "Least": s.Kept.Least}))
		}
	}
	if f.standing == nil {
		return
	}
	if len(s.Missed) > 0 {
		var rows [][]string
		for _, m := range s.Missed {
			a := &w.Activities[m.Activity]
			asks := ""
			if m.For >= 0 {
				asks = e.name(w.Activities[m.For].Title, w.Activities[m.For].TitleEN)
			}
			rows = append(rows, []string{m.Due.String(), s.Finish[m.Activity].String(), signed(m.Late), a.ID, e.name(a.Title, a.TitleEN), asks})
		}
		e.printf("%s\n", e.say("schedule.missed", lang.Args{"Count": len(s.Missed)}))
		e.activityTable([]string{e.say("schedule.col.due"), e.say("schedule.finish"), e.say("schedule.col.late"), "id", e.say("schedule.col.activity"), e.say("schedule.col.asked-by")}, rows, all)
	}
	done, running := f.standing.Count()
	e.printf("%s\n", e.say("schedule.standing", lang.Args{"Day": f.standing.On.String(), "Done": done, "Running": running, "Waiting": len(w.Activities) - done - running, "End": s.End.String()}))
	if f.baseline == nil {
		return
	}
	var rows [][]string
	for _, x := range e.earned(s, f) {
		index, end := e.say("schedule.none"), e.say("schedule.none")
		if x.Index != nil {
			index, end = fmt.Sprintf("%.2f", *x.Index), cmp.Or(x.End, end)
		}
		rows = append(rows, []string{e.say("schedule.measure." + x.Measure), x.Name, fmt.Sprintf("%d/%d", x.Done, x.Activities), fmt.Sprintf("%.1f", x.Passed), fmt.Sprintf("%.1f", x.Time), fmt.Sprintf("%+.1f", x.Variance), index, x.WasEnd, end})
	}
	e.printf("%s\n", e.say("schedule.earned"))
	e.table([]string{e.say("schedule.col.measure"), e.say("schedule.col.group"), e.say("schedule.col.done"), "AT", "ES", "SV(t)", "SPI(t)", e.say("schedule.col.was-end"), "IEAC(t)"}, rows)
}

// printVersion prints what of the amendments of its calendars some work goes by,
// and what the days did that it is held against (nil: against none).
func (e *env) printVersion(w *work.Work, was *org.Baseline) {
	v := w.Version
	if v == nil {
		return
	}
	args := lang.Args{"Calendar": w.Calendar.ID, "On": v.On.String(), "Newest": v.Newest.String(), "Was": ""}
	if was != nil && was.Known.Known() && was.Known != v.Known() {
		args["Was"] = was.Known.String()
	}
	e.printf("%s\n", e.say("schedule.version", args))
}

func days(from, to org.Date) string {
	if from == to {
		return from.String()
	}
	return from.String() + " – " + to.String()
}

// signed writes a difference; nothing for none.
func signed(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%+d", n)
}

// The JSON form of what a schedule is followed by.
type (
	followDocument struct {
		Baseline *baselineLine `json:"baseline,omitempty"`
		Standing *standingLine `json:"standing,omitempty"`
		Moved    []movedLine   `json:"moved,omitempty"`
		Missed   []missedLine  `json:"missed,omitempty"`
		Earned   []earnedLine  `json:"earned,omitempty"`
	}
	baselineLine struct {
		File    string    `json:"file"`
		Issued  string    `json:"issued,omitempty"`
		Known   string    `json:"calendar_known,omitempty"` // no amendment known later was reckoned with
		End     string    `json:"end"`
		Same    *bool     `json:"same_plan,omitempty"` // whether plan and board are those it was issued of
		Count   int       `json:"activities"`
		Moved   int       `json:"moved"`
		Later   int       `json:"later"`
		Earlier int       `json:"earlier"`
		New     int       `json:"new"`
		Dropped int       `json:"dropped"`
		EndBy   int       `json:"end_by"`
		Kept    *keptLine `json:"kept,omitempty"`
	}
	keptLine struct {
		Away  int `json:"away"`
		Least int `json:"least"`
	}
	movedLine struct {
		ID        string `json:"id"`
		Title     string `json:"title,omitempty"`
		Why       string `json:"why"`
		Cause     string `json:"cause,omitempty"`
		Words     string `json:"words"`
		WasStart  string `json:"was_start,omitempty"`
		WasFinish string `json:"was_finish,omitempty"`
		Start     string `json:"start,omitempty"`
		Finish    string `json:"finish,omitempty"`
		StartBy   int    `json:"start_by"`
		FinishBy  int    `json:"finish_by"`
		DaysBy    int    `json:"days_by"`
	}
	standingLine struct {
		On      string `json:"as_of"`
		Done    int    `json:"done"`
		Running int    `json:"running"`
		Waiting int    `json:"waiting"`
	}
	missedLine struct {
		ID     string `json:"id"`
		Title  string `json:"title"`
		Due    string `json:"due"`
		Finish string `json:"finish"`
		Late   int    `json:"late"`
		For    string `json:"for,omitempty"` // the declared day that asks for it
	}
	earnedLine struct {
		Measure    string   `json:"measure"` // days, count
		Of         string   `json:"of"`      // all, body, level
		Group      string   `json:"group,omitempty"`
		Name       string   `json:"name,omitempty"`
		Activities int      `json:"activities"`
		Done       int      `json:"done"`
		Total      float64  `json:"total"`
		Planned    float64  `json:"planned"`
		Earned     float64  `json:"earned"`
		Duration   float64  `json:"planned_duration"`
		Passed     float64  `json:"at"`
		Time       float64  `json:"es"`
		Variance   float64  `json:"sv_t"`
		Index      *float64 `json:"spi_t"`
		Estimate   *float64 `json:"ieac_t"`
		WasEnd     string   `json:"was_end"`
		End        string   `json:"end,omitempty"`
	}
)

// earned gives the earned schedule of all, of each body and of each level, in
// both measures.
func (e *env) earned(s *work.Schedule, f *following) (out []earnedLine) {
	round := func(x float64) float64 { return math.Round(x*1e6) / 1e6 }
	for _, measure := range []struct {
		name string
		by   work.Measure
	}{{"days", work.ByDays}, {"count", work.ByCount}} {
		for _, kind := range f.standing.EarnedByKind(s.Work, f.baseline, measure.by) {
			for _, x := range kind.Groups {
				line := earnedLine{Measure: measure.name, Of: kind.Of, Group: x.Group, Activities: x.Activities, Done: x.Done, Total: round(x.Total), Planned: round(x.Planned),
					Earned: round(x.Earned), Duration: x.Duration, Passed: x.Passed, Time: round(x.Time), Variance: round(x.Variance), WasEnd: x.WasEnd.String()}
				switch {
				case kind.Of == "all":
					line.Name = e.say("schedule.all")
				case kind.Of == "level" && lang.Knows(e.tag, "level."+x.Group):
					line.Name = lang.Say(e.tag, "level."+x.Group)
				default:
					line.Name = x.Group
				}
				if x.Index > 0 {
					index, estimate := round(x.Index), round(x.Estimate)
					line.Index, line.Estimate, line.End = &index, &estimate, x.End.String()
				}
				out = append(out, line)
			}
		}
	}
	return out
}

// followDocument gives the JSON form; nil when nothing is followed.
func (e *env) followDocument(m *matter, s *work.Schedule, f *following) *followDocument {
	if s == nil || f.baseline == nil && f.standing == nil {
		return nil
	}
	w := s.Work
	out := &followDocument{}
	if b := f.baseline; b != nil {
		v := s.Against(b)
		line := &baselineLine{File: f.against, End: b.End.String(), Count: v.Issued, Moved: v.Other, Later: v.Later, Earlier: v.Earlier, New: v.New, Dropped: v.Dropped, EndBy: v.End}
		line.Issued, line.Known = b.Issued.String(), b.Known.String()
		if b.Hash != "" && m.board != nil {
			same := b.Hash == fingerprint(m)
			line.Same = &same
		}
		if s.Kept != nil {
			line.Kept = &keptLine{s.Kept.Away, s.Kept.Least}
		}
		out.Baseline = line
		for _, mv := range v.Moved {
			x := movedLine{ID: mv.ID, Why: mv.Why, Cause: mv.Cause, Words: w.SayMoved(e.tag, mv), StartBy: mv.Start, FinishBy: mv.Finish, DaysBy: mv.Days}
			if mv.Was != nil {
				x.WasStart, x.WasFinish = mv.Was.Start.String(), mv.Was.Finish.String()
			}
			if mv.Place >= 0 {
				x.Title, x.Start, x.Finish = e.name(w.Activities[mv.Place].Title, w.Activities[mv.Place].TitleEN), s.Start[mv.Place].String(), s.Finish[mv.Place].String()
			}
			out.Moved = append(out.Moved, x)
		}
	}
	if st := f.standing; st != nil {
		done, running := st.Count()
		out.Standing = &standingLine{st.On.String(), done, running, len(w.Activities) - done - running}
		for _, ms := range s.Missed {
			a := &w.Activities[ms.Activity]
			x := missedLine{ID: a.ID, Title: e.name(a.Title, a.TitleEN), Due: ms.Due.String(), Finish: s.Finish[ms.Activity].String(), Late: ms.Late}
			if ms.For >= 0 {
				x.For = w.Activities[ms.For].ID
			}
			out.Missed = append(out.Missed, x)
		}
		if f.baseline != nil {
			out.Earned = e.earned(s, f)
		}
	}
	return out
}

// The names of a baseline and of a report on a page of the manual.
const (
	baselineName = "baseline.json"
	progressName = "progress.yaml"
	reportName   = "progress.csv"
)

// followedOnPage tells what is wrong with the baseline and the report that stand
// beside a plan on a page of the manual.
func followedOnPage(fsys fs.FS, w *work.Work) (problems diag.List) {
	if text, err := fs.ReadFile(fsys, baselineName); err == nil {
		b, more := planfile.ParseBaseline(baselineName, text)
		problems.Add(more...)
		problems.Add(w.Fits(b)...)
	}
	if text, err := fs.ReadFile(fsys, progressName); err == nil {
		p, more := planfile.ParseProgress(progressName, text)
		problems.Add(more...)
		_, more = w.Stand(p, p.AsOf.Or(w.From))
		problems.Add(more...)
	}
	if text, err := fs.ReadFile(fsys, reportName); err == nil {
		_, more := exchange.ReadProgress(reportName, string(text))
		problems.Add(more...)
	}
	return problems
}
