package exchange

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// The faults that a Microsoft Project XML file can have.
var (
	// NotXML: the text breaks a rule of XML itself.
	NotXML = diag.Define("OB0830", diag.Error)
	// NoProject: it is XML, and no project in it.
	NoProject = diag.Define("OB0831", diag.Error)
	// BadField: an element holds what it can't.
	BadField = diag.Define("OB0832", diag.Error)
	// NoSuchUID: a link or assignment names what the file does not have.
	NoSuchUID = diag.Define("OB0833", diag.Error)
	// NotKept: the file asks for what is not reckoned with, so it is left out.
	NotKept = diag.Define("OB0834", diag.Warning)
)

// A Project is a schedule as planning programs exchange it: whole days, one
// calendar.
type Project struct {
	Title     string
	Start     org.Date // the first day; NoDate: not said
	Week      [7]bool  // Sunday first: whether work goes on
	Days      []ProjectDays
	Tasks     []ProjectTask
	Resources []ProjectResource
}

// ProjectDays are days, both included, that differ from the week.
type ProjectDays struct {
	Name     string
	From, To org.Date
	Works    bool
}

// A ProjectTask is one task. Days that are not said are NoDate.
type ProjectTask struct {
	ID, Name          string
	Note              string
	Days              int // of work; 0: a milestone
	Start, Finish     org.Date
	NotBefore         org.Date // it starts no earlier (constraint "start no earlier than")
	NotAfter          org.Date // its last day at the latest (deadline)
	Critical          bool
	WasStart, WasDone org.Date // baseline 0
	Links             []ProjectLink
	Needs             []ProjectNeed
	Turns             []ProjectTurn // who does it, where people are named
	At                diag.Span
}

// A ProjectTurn is days, both included, on which a person does work of a team.
// Days that are not said are NoDate.
type ProjectTurn struct {
	Person, Team int // places among the resources
	From, To     org.Date
}

// A ProjectLink is what a task waits for.
type ProjectLink struct {
	From int // place of the other task
	Kind LinkKind
	Lag  int // days of work
}

// A LinkKind says which ends of two tasks a link ties; the values are those of
// the format.
type LinkKind int

// The first word is the end of the task waited for, the second that of the one
// that waits.
const (
	FinishFinish LinkKind = iota
	FinishStart
	StartFinish
	StartStart
)

// A ProjectNeed is how many units of a resource a task takes.
type ProjectNeed struct{ Resource, Amount int }

// A ProjectResource is a team or a person.
type ProjectResource struct {
	ID, Name string
	Capacity int
	Away     []ProjectAway
	Can      []int // of a person: the teams, by place, whose work it can do
	At       diag.Span
}

// ProjectAway are days, both included, with another capacity.
type ProjectAway struct {
	From, To org.Date
	Capacity int
}

// Time as the format counts it: a day of work has eight hours, and a lag is in
// tenths of minutes.
const (
	minutesPerDay = 480
	lagPerDay     = minutesPerDay * 10
)

// A task has one constraint, and that of a task with days is to start no earlier
// than its first: programs that reckon by links alone would else pull it to a day
// on which its people are busy. The day before which it must not start stands in a
// field of its own, Date1 of tasks, by this name.
const (
	notBeforeField = "188743945"
	notBeforeAlias = "Oneboard: not before"
)

// groupMark stands between the codes of the teams whose work a person can do.
const groupMark = ";"

// xmlPen writes elements one a line.
type xmlPen struct {
	bytes.Buffer
}

func (p *xmlPen) el(name, value string) {
	p.WriteString("<" + name + ">")
	_ = xml.EscapeText(p, []byte(value)) // a buffer takes everything
	p.WriteString("</" + name + ">\n")
}

// mostLetters is how long the schema lets a name, title or code be.
const mostLetters = 512

// atMost cuts a name that the schema does not let be so long.
func atMost(s string) string {
	if utf8.RuneCountInString(s) <= mostLetters {
		return s
	}
	return string([]rune(s)[:mostLetters-1]) + "…"
}

func (p *xmlPen) number(name string, n int) { p.el(name, strconv.Itoa(n)) }

func (p *xmlPen) truth(name string, yes bool) {
	if yes {
		p.el(name, "1")
	} else {
		p.el(name, "0")
	}
}

func (p *xmlPen) day(name string, d org.Date, clock string) {
	if d.Known() {
		p.el(name, d.String()+"T"+clock)
	}
}

func (p *xmlPen) open(name string)  { p.WriteString("<" + name + ">\n") }
func (p *xmlPen) close(name string) { p.WriteString("</" + name + ">\n") }

func (p *xmlPen) hours(yes bool) {
	if yes {
		p.open("WorkingTimes")
		for _, t := range [][2]string{{"08:00:00", "12:00:00"}, {"13:00:00", "17:00:00"}} {
			p.WriteString("<WorkingTime><FromTime>" + t[0] + "</FromTime><ToTime>" + t[1] + "</ToTime></WorkingTime>\n")
		}
		p.close("WorkingTimes")
	}
}

// XML writes the project in the format of Microsoft Project (MSPDI, namespace
// http://schemas.microsoft.com/project), its elements in the order of that
// schema. Uids are places, counted from 1; ids are kept as WBS of tasks and code
// of resources. A team that people are named for is a generic resource, a person
// is of the group of the codes of its teams, and who does what is one assignment of
// the person to the task, whose note has a line for each turn: the team's code and
// the days.
func (p *Project) XML() []byte {
	var w xmlPen
	w.WriteString(xml.Header + `<Project xmlns="http://schemas.microsoft.com/project">` + "\n")
	w.el("SaveVersion", "14")
	w.el("Title", atMost(p.Title))
	w.el("ScheduleFromStart", "1")
	w.day("StartDate", p.Start, "08:00:00")
	w.el("CurrencyCode", "XXX") // ISO 4217: no currency; the schema asks for one
	w.el("CalendarUID", "1")
	w.el("DefaultStartTime", "08:00:00")
	w.el("DefaultFinishTime", "17:00:00")
	w.number("MinutesPerDay", minutesPerDay)
	w.open("ExtendedAttributes")
	w.open("ExtendedAttribute")
	w.el("FieldID", notBeforeField)
	w.el("FieldName", "Date1")
	w.el("Alias", notBeforeAlias)
	w.close("ExtendedAttribute")
	w.close("ExtendedAttributes")
	w.open("Calendars")
	w.open("Calendar")
	w.el("UID", "1")
	w.el("Name", "Standard")
	w.el("IsBaseCalendar", "1")
	w.open("WeekDays")
	for k, yes := range p.Week {
		w.open("WeekDay")
		w.number("DayType", k+1)
		w.truth("DayWorking", yes)
		w.hours(yes)
		w.close("WeekDay")
	}
	w.close("WeekDays")
	if len(p.Days) > 0 {
		w.open("Exceptions")
		for _, d := range p.Days {
			w.open("Exception")
			w.el("EnteredByOccurrences", "0")
			w.open("TimePeriod")
			w.day("FromDate", d.From, "00:00:00")
			w.day("ToDate", d.To, "23:59:00")
			w.close("TimePeriod")
			w.number("Occurrences", int(d.To-d.From)+1)
			w.el("Name", atMost(d.Name))
			w.el("Type", "1")
			w.truth("DayWorking", d.Works)
			w.hours(d.Works)
			w.close("Exception")
		}
		w.close("Exceptions")
	}
	w.close("Calendar")
	w.close("Calendars")
	w.open("Tasks")
	for i := range p.Tasks {
		p.Tasks[i].write(&w, i)
	}
	w.close("Tasks")
	w.open("Resources")
	manned := make([]bool, len(p.Resources))
	for _, r := range p.Resources {
		for _, k := range r.Can {
			manned[k] = true
		}
	}
	for i, r := range p.Resources {
		w.open("Resource")
		w.number("UID", i+1)
		w.number("ID", i+1)
		w.el("Name", atMost(r.Name))
		w.el("Type", "1")
		w.el("Code", atMost(r.ID))
		if len(r.Can) > 0 {
			var codes []string
			for _, k := range r.Can {
				codes = append(codes, p.Resources[k].ID)
			}
			w.el("Group", atMost(strings.Join(codes, groupMark)))
		}
		w.number("MaxUnits", r.Capacity)
		if manned[i] {
			w.el("IsGeneric", "1")
		}
		if len(r.Away) > 0 {
			w.open("AvailabilityPeriods")
			for _, a := range r.Away {
				w.open("AvailabilityPeriod")
				w.day("AvailableFrom", a.From, "00:00:00")
				w.day("AvailableTo", a.To, "23:59:00")
				w.number("AvailableUnits", a.Capacity)
				w.close("AvailabilityPeriod")
			}
			w.close("AvailabilityPeriods")
		}
		w.close("Resource")
	}
	w.close("Resources")
	w.open("Assignments")
	uid := 0
	assign := func(task, resource, units int, note string, from, to org.Date) {
		uid++
		w.open("Assignment")
		w.number("UID", uid)
		w.number("TaskUID", task+1)
		w.number("ResourceUID", resource+1)
		w.day("Finish", to, "17:00:00")
		if note != "" {
			w.el("Notes", note)
		}
		w.day("Start", from, "08:00:00")
		w.number("Units", units)
		w.close("Assignment")
	}
	for i := range p.Tasks {
		for _, n := range p.Tasks[i].Needs {
			assign(i, n.Resource, n.Amount, "", org.NoDate, org.NoDate)
		}
		var done []int
		for _, t := range p.Tasks[i].Turns {
			if slices.Contains(done, t.Person) {
				continue
			}
			done = append(done, t.Person)
			var notes []string
			from, to := t.From, t.To
			for _, x := range p.Tasks[i].Turns {
				if x.Person == t.Person {
					notes = append(notes, turnNote(p.Resources[x.Team].ID, x))
					from, to = min(from, x.From), max(to, x.To)
				}
			}
			assign(i, t.Person, 1, strings.Join(notes, "\n"), from, to)
		}
	}
	w.close("Assignments")
	w.WriteString("</Project>\n")
	return w.Bytes()
}

// turnNote is a turn in words that are read again: the team's code, and the days.
func turnNote(team string, t ProjectTurn) string {
	if !t.From.Known() || !t.To.Known() {
		return team
	}
	return team + " " + t.From.String() + "/" + t.To.String()
}

func (t *ProjectTask) write(w *xmlPen, i int) {
	w.open("Task")
	w.number("UID", i+1)
	w.number("ID", i+1)
	w.el("Name", atMost(t.Name))
	w.el("Type", "1") // fixed duration: people added do not shorten it
	w.el("WBS", t.ID)
	w.el("OutlineLevel", "1")
	w.el("Priority", "500") // as every task that nobody gave one
	w.day("Start", t.Start, "08:00:00")
	w.day("Finish", t.Finish, finishClock(t.Days))
	w.el("Duration", duration(t.Days))
	w.el("DurationFormat", "7")
	taken := 0 // of all resources, in units
	for _, n := range t.Needs {
		taken += n.Amount
	}
	w.el("Work", duration(t.Days*taken))
	w.truth("Milestone", t.Days == 0)
	w.el("Summary", "0")
	w.truth("Critical", t.Critical)
	first := t.Start
	if !first.Known() {
		first = t.NotBefore
	}
	if first.Known() {
		w.el("ConstraintType", "4")
		w.day("ConstraintDate", first, "08:00:00")
	} else {
		w.el("ConstraintType", "0")
	}
	w.day("Deadline", t.NotAfter, "17:00:00")
	if t.Note != "" {
		w.el("Notes", t.Note)
	}
	for _, l := range t.Links {
		w.open("PredecessorLink")
		w.number("PredecessorUID", l.From+1)
		w.number("Type", int(l.Kind))
		w.number("LinkLag", l.Lag*lagPerDay)
		w.el("LagFormat", "7")
		w.close("PredecessorLink")
	}
	if t.Start.Known() && t.NotBefore.Known() {
		w.open("ExtendedAttribute")
		w.el("FieldID", notBeforeField)
		w.day("Value", t.NotBefore, "08:00:00")
		w.close("ExtendedAttribute")
	}
	if t.WasStart.Known() && t.WasDone.Known() {
		w.open("Baseline")
		w.el("Number", "0")
		w.day("Start", t.WasStart, "08:00:00")
		w.day("Finish", t.WasDone, "17:00:00")
		w.close("Baseline")
	}
	w.close("Task")
}

func duration(days int) string { return "PT" + strconv.Itoa(days*8) + "H0M0S" }

// finishClock is when a task ends on its last day; a milestone takes no time.
func finishClock(days int) string {
	if days == 0 {
		return "08:00:00"
	}
	return "17:00:00"
}

// An element is one of a file, with its place.
type element struct {
	name     string
	text     string
	buffer   []byte    // text while it is read: in pieces it would be copied again and again
	tag      diag.Span // its start tag
	inside   diag.Span // its text, or the tag when there is none
	children []*element
}

// child gives the first child of a name, or nil.
func (e *element) child(name string) *element {
	if e != nil {
		for _, c := range e.children {
			if c.name == name {
				return c
			}
		}
	}
	return nil
}

// all gives the children of a name of a child: all(e, "Tasks", "Task").
func (e *element) all(list, name string) (out []*element) {
	if l := e.child(list); l != nil {
		for _, c := range l.children {
			if c.name == name {
				out = append(out, c)
			}
		}
	}
	return out
}

// word gives the text of a child without the blanks around it; "" when there is
// none.
func (e *element) word(name string) string {
	if c := e.child(name); c != nil {
		return strings.TrimSpace(c.text)
	}
	return ""
}

// maxProjectDepth is far above what the format nests.
const maxProjectDepth = 40

// elements reads XML into a tree. On a fault it gives nil and the fault.
func elements(src *diag.Source) (*element, diag.List) {
	d := xml.NewDecoder(strings.NewReader(src.Text))
	fault := func(at int64, why string) diag.List {
		start := int32(min(max(at, 0), int64(len(src.Text))))
		return diag.List{diag.At(NotXML, diag.Span{Source: src, Start: start, End: start}, diag.F("reason", why))}
	}
	root := &element{}
	stack := []*element{root}
	for {
		from := d.InputOffset()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			why := err.Error()
			var syntax *xml.SyntaxError
			if errors.As(err, &syntax) {
				why = syntax.Msg
			}
			return nil, fault(d.InputOffset(), why)
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if len(stack) > maxProjectDepth {
				return nil, fault(from, "elements nested too deeply")
			}
			at := diag.Span{Source: src, Start: int32(from), End: int32(d.InputOffset())}
			e := &element{name: t.Name.Local, tag: at, inside: at}
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			top.text, top.buffer = string(top.buffer), nil
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.buffer = append(top.buffer, t...)
			raw := src.Text[from:d.InputOffset()]
			if words := strings.TrimSpace(raw); words != "" {
				start := int32(from) + int32(strings.Index(raw, words))
				top.inside = diag.Span{Source: src, Start: start, End: start + int32(len(words))}
			}
		}
	}
	if len(root.children) == 0 {
		return nil, fault(0, "no element")
	}
	return root.children[0], nil
}

type projectReader struct {
	list diag.List
	ours bool // it has a field for the day before which a task must not start
	out  Project
}

// ReadProject reads a file of the format that XML writes. Sums of tasks, costs
// and hours are left out; what would change the days and is left out is warned
// of. It is nil when anything is wrong.
func ReadProject(src *diag.Source) (*Project, diag.List) {
	root, list := elements(src)
	if root == nil {
		return nil, list
	}
	if root.name != "Project" {
		return nil, diag.List{diag.At(NoProject, root.tag, diag.F("found", root.name))}
	}
	r := projectReader{}
	r.project(root)
	r.list.Sort()
	if r.list.HasErrors() {
		return nil, r.list
	}
	return &r.out, r.list
}

func (r *projectReader) bad(e *element) {
	r.list.Add(diag.At(BadField, e.inside, diag.F("element", e.name), diag.F("value", strings.TrimSpace(e.text))))
}

func (r *projectReader) dropped(e *element) {
	r.list.Add(diag.At(NotKept, e.inside, diag.F("element", e.name), diag.F("value", strings.TrimSpace(e.text))))
}

// maxProjectNumber bounds days, maxUnits the units of a resource, and maxDuration
// the days of work of a task: schedules are reckoned for twenty years.
const (
	maxProjectNumber = 1 << 20
	maxUnits         = 1<<15 - 1
	maxDuration      = 20 * 366
)

// number reads a child that is a whole number, also one written as 1.00.
func (r *projectReader) number(e *element, name string, otherwise int) int {
	c := e.child(name)
	if c == nil || strings.TrimSpace(c.text) == "" {
		return otherwise
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(c.text), 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > maxProjectNumber*lagPerDay {
		r.bad(c)
		return otherwise
	}
	n := int(math.Ceil(f))
	if float64(n) != f {
		r.dropped(c)
	}
	return n
}

func (r *projectReader) truth(e *element, name string) bool {
	switch w := e.word(name); w {
	case "", "0", "false":
		return false
	case "1", "true":
		return true
	default:
		r.bad(e.child(name))
		return false
	}
}

// day reads the day of a child that is a time.
func (r *projectReader) day(e *element, name string) org.Date {
	w := e.word(name)
	if w == "" || strings.EqualFold(w, "NA") {
		return org.NoDate
	}
	date, _, _ := strings.Cut(w, "T")
	d, err := org.ParseDate(date)
	if err != nil {
		r.bad(e.child(name))
		return org.NoDate
	}
	return d
}

// days reads a duration, ISO 8601 as far as the format uses it.
func (r *projectReader) days(e *element) int {
	c := e.child("Duration")
	if c == nil {
		return 0
	}
	var h, m, s int
	if n, err := fmt.Sscanf(strings.TrimSpace(c.text), "PT%dH%dM%dS", &h, &m, &s); err != nil || n != 3 || h < 0 || m < 0 || s < 0 || h > maxProjectNumber*8 || m > 1<<30 {
		r.bad(c)
		return 0
	}
	minutes := h*60 + m
	if minutes > maxDuration*minutesPerDay {
		r.bad(c)
		return 0
	}
	if s > 0 || minutes%minutesPerDay != 0 {
		r.dropped(c)
		return minutes/minutesPerDay + 1
	}
	return minutes / minutesPerDay
}

func (r *projectReader) project(root *element) {
	p := &r.out
	if c := root.child("Title"); c != nil {
		p.Title = c.text
	} else if c := root.child("Name"); c != nil {
		p.Title = c.text
	}
	p.Start = r.day(root, "StartDate")
	for _, e := range root.all("ExtendedAttributes", "ExtendedAttribute") {
		r.ours = r.ours || e.word("FieldID") == notBeforeField && e.word("Alias") == notBeforeAlias
	}
	r.calendar(root)
	resources := map[string]int{}
	var list []*element // of the resources, by place
	for _, e := range root.all("Resources", "Resource") {
		if uid := e.word("UID"); uid != "0" && e.word("Name") != "" && e.word("Type") != "0" { // 0 is nobody; materials have no days
			resources[uid] = len(p.Resources)
			p.Resources = append(p.Resources, r.resource(e))
			list = append(list, e)
		}
	}
	r.people(list)
	tasks, sums := map[string]int{}, map[string]bool{}
	var at []*element
	ids := map[string]bool{}
	for _, e := range root.all("Tasks", "Task") {
		uid := e.word("UID")
		if r.truth(e, "Summary") || uid == "0" || r.truth(e, "IsNull") {
			sums[uid] = true
			continue
		}
		if _, twice := tasks[uid]; twice || uid == "" {
			if c := e.child("UID"); c != nil {
				r.bad(c)
			} else {
				r.list.Add(diag.At(BadField, e.tag, diag.F("element", "UID"), diag.F("value", "")))
			}
			continue
		}
		t := r.task(e)
		if t.ID == "" || ids[t.ID] {
			t.ID = "uid-" + uid
		}
		ids[t.ID] = true
		tasks[uid] = len(p.Tasks)
		p.Tasks, at = append(p.Tasks, t), append(at, e)
	}
	for i, e := range at {
		for _, l := range e.children {
			if l.name != "PredecessorLink" {
				continue
			}
			from, ok := tasks[l.word("PredecessorUID")]
			switch c := l.child("PredecessorUID"); {
			case ok:
			case c != nil && sums[l.word("PredecessorUID")]:
				r.dropped(c)
				continue
			default:
				if c == nil {
					c = l
				}
				r.list.Add(diag.At(NoSuchUID, c.inside, diag.F("element", c.name), diag.F("value", strings.TrimSpace(c.text))))
				continue
			}
			if format := l.child("LagFormat"); format != nil && l.word("LinkLag") != "0" && l.word("LinkLag") != "" {
				if f := l.word("LagFormat"); f == "19" || f == "20" || f == "4" || f == "6" || f == "8" || f == "10" || f == "12" {
					r.dropped(format) // shares of a duration, and time that also runs at night
					continue
				}
			}
			kind := LinkKind(r.number(l, "Type", int(FinishStart)))
			if kind < FinishFinish || kind > StartStart {
				r.bad(l.child("Type"))
				continue
			}
			lag := r.number(l, "LinkLag", 0)
			if lag%lagPerDay != 0 {
				r.dropped(l.child("LinkLag"))
				if lag > 0 {
					lag += lagPerDay // rounded up: rather later than too early
				}
			}
			p.Tasks[i].Links = append(p.Tasks[i].Links, ProjectLink{from, kind, lag / lagPerDay})
		}
	}
	assignments := root.all("Assignments", "Assignment")
	for _, a := range assignments {
		task, ok := tasks[a.word("TaskUID")]
		if !ok {
			if c := a.child("TaskUID"); c != nil && !sums[a.word("TaskUID")] {
				r.list.Add(diag.At(NoSuchUID, c.inside, diag.F("element", c.name), diag.F("value", strings.TrimSpace(c.text))))
			}
			continue
		}
		resource, ok := resources[a.word("ResourceUID")]
		if !ok {
			// -65535 is nobody, and a resource without a name or of material is none
			continue
		}
		if n := r.number(a, "Units", 1); n > 0 && len(p.Resources[resource].Can) == 0 {
			p.Tasks[task].Needs = append(p.Tasks[task].Needs, ProjectNeed{resource, n})
		}
	}
	for _, a := range assignments { // people after the teams, whose work they do
		task, ok := tasks[a.word("TaskUID")]
		person, named := resources[a.word("ResourceUID")]
		if !ok || !named || len(p.Resources[person].Can) == 0 {
			continue
		}
		t := &p.Tasks[task]
		turns := r.turns(a, t, person)
		if t.Turns = append(t.Turns, turns...); len(turns) == 0 {
			t.Needs = append(t.Needs, ProjectNeed{person, 1}) // nobody else is meant
		}
	}
}

// people finds the people among the resources: those of a group that names a
// generic resource of the file, by its code.
func (r *projectReader) people(list []*element) {
	p := &r.out
	generic := map[string]int{}
	for k, e := range list {
		if _, twice := generic[p.Resources[k].ID]; !twice && r.truth(e, "IsGeneric") {
			generic[p.Resources[k].ID] = k
		}
	}
	for k, e := range list {
		if r.truth(e, "IsGeneric") {
			continue
		}
		for _, code := range strings.Split(e.word("Group"), groupMark) {
			if team, ok := generic[strings.TrimSpace(code)]; ok && !slices.Contains(p.Resources[k].Can, team) {
				p.Resources[k].Can = append(p.Resources[k].Can, team)
			}
		}
	}
}

// turns gives what a person does of a task by an assignment: each line of its note,
// or else all of it for the first team that the task takes and the person can
// work for; none when there is no such team.
func (r *projectReader) turns(a *element, t *ProjectTask, person int) (out []ProjectTurn) {
	can := r.out.Resources[person].Can
	for line := range strings.Lines(a.word("Notes")) {
		team, days, _ := strings.Cut(strings.TrimSpace(line), " ")
		from, to, _ := strings.Cut(days, "/")
		for _, n := range t.Needs {
			if slices.Contains(can, n.Resource) && r.out.Resources[n.Resource].ID == team {
				turn := ProjectTurn{person, n.Resource, org.NoDate, org.NoDate}
				first, err := org.ParseDate(from)
				last, err2 := org.ParseDate(to)
				if err == nil && err2 == nil {
					turn.From, turn.To = first, last
				}
				out = append(out, turn)
				break
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, n := range t.Needs {
		if slices.Contains(can, n.Resource) {
			return []ProjectTurn{{person, n.Resource, r.day(a, "Start"), r.day(a, "Finish")}}
		}
	}
	return nil
}

// calendar reads the project's calendar; without one it is Monday to Friday.
func (r *projectReader) calendar(root *element) {
	p := &r.out
	p.Week = [7]bool{false, true, true, true, true, true, false}
	want := root.word("CalendarUID")
	for _, c := range root.all("Calendars", "Calendar") {
		if want != "" && c.word("UID") != want {
			continue
		}
		for _, d := range c.all("WeekDays", "WeekDay") {
			if k := r.number(d, "DayType", 0); k >= 1 && k <= 7 {
				p.Week[k-1] = r.truth(d, "DayWorking")
			} else if k == 0 { // how files of before 2007 write an exception
				r.exception(d)
			} else {
				r.bad(d.child("DayType"))
			}
		}
		for _, x := range c.all("Exceptions", "Exception") {
			if t := x.word("Type"); t != "" && t != "1" {
				r.dropped(x.child("Type"))
				continue
			}
			r.exception(x)
		}
		return
	}
}

func (r *projectReader) exception(e *element) {
	period := e.child("TimePeriod")
	if period == nil {
		return
	}
	d := ProjectDays{From: r.day(period, "FromDate"), To: r.day(period, "ToDate"), Works: r.truth(e, "DayWorking")}
	if c := e.child("Name"); c != nil {
		d.Name = c.text
	}
	if !d.From.Known() || !d.To.Known() || d.To < d.From || d.To-d.From > maxProjectNumber {
		c := period.child("ToDate")
		if c == nil {
			c = period
		}
		r.bad(c)
		return
	}
	r.out.Days = append(r.out.Days, d)
}

func (r *projectReader) resource(e *element) ProjectResource {
	out := ProjectResource{ID: e.word("Code"), Name: e.child("Name").text, Capacity: r.number(e, "MaxUnits", 1), At: e.child("Name").inside}
	if out.ID == "" {
		out.ID = "resource-" + e.word("UID")
	}
	if out.Capacity < 0 || out.Capacity > maxUnits {
		r.bad(e.child("MaxUnits"))
	}
	for _, a := range e.all("AvailabilityPeriods", "AvailabilityPeriod") {
		from, to := r.day(a, "AvailableFrom"), r.day(a, "AvailableTo")
		n := r.number(a, "AvailableUnits", out.Capacity)
		if n > maxUnits {
			r.bad(a.child("AvailableUnits"))
			continue
		}
		if from.Known() && to.Known() && from <= to && n != out.Capacity {
			out.Away = append(out.Away, ProjectAway{from, to, max(0, n)})
		}
	}
	return out
}

func (r *projectReader) task(e *element) ProjectTask {
	t := ProjectTask{ID: e.word("WBS"), At: e.tag, Days: r.days(e), Start: r.day(e, "Start"), Finish: r.day(e, "Finish"),
		NotBefore: org.NoDate, NotAfter: r.day(e, "Deadline"), Critical: r.truth(e, "Critical"), WasStart: org.NoDate, WasDone: org.NoDate}
	if c := e.child("Name"); c != nil {
		t.Name, t.At = c.text, c.inside
	}
	if c := e.child("Notes"); c != nil {
		t.Note = c.text
	}
	on := r.day(e, "ConstraintDate")
	switch kind := r.number(e, "ConstraintType", 0); kind {
	case 0: // as soon as possible
	case 4:
		if !r.ours || on != t.Start { // else it only keeps the days that were found
			t.NotBefore = on
		}
	case 7: // finish no later than
		if !t.NotAfter.Known() || on < t.NotAfter {
			t.NotAfter = on
		}
	default:
		r.dropped(e.child("ConstraintType"))
	}
	for _, b := range e.children {
		if r.ours && b.name == "ExtendedAttribute" && b.word("FieldID") == notBeforeField {
			if on := r.day(b, "Value"); on.Known() && (!t.NotBefore.Known() || on > t.NotBefore) {
				t.NotBefore = on
			}
		}
		if b.name == "Baseline" && (b.word("Number") == "0" || b.word("Number") == "") {
			t.WasStart, t.WasDone = r.day(b, "Start"), r.day(b, "Finish")
		}
	}
	return t
}

// For gives what one person does, a task for each stretch of days, with the team
// whose work it is; person is a place among the resources.
func (p *Project) For(person int) *Project {
	who := &p.Resources[person]
	out := &Project{Title: p.Title + " · " + who.Name, Start: p.Start, Week: p.Week, Days: p.Days, Resources: p.Resources}
	for i := range p.Tasks {
		stretch := 0
		for _, turn := range p.Tasks[i].Turns {
			if turn.Person != person {
				continue
			}
			t := p.Tasks[i]
			t.ID += "/" + who.ID
			if stretch++; stretch > 1 {
				t.ID += "/" + strconv.Itoa(stretch)
			}
			t.Start, t.Finish, t.Turns, t.Links = turn.From, turn.To, []ProjectTurn{turn}, nil
			out.Tasks = append(out.Tasks, t)
		}
	}
	return out
}

// who tells who does a task, each person once for each team; "" when it is not
// known. People have no addresses, which attendees of the format must have, so it
// is a line of the description.
func (p *Project) who(tag lang.Tag, t *ProjectTask) string {
	var list []string
	for _, turn := range t.Turns {
		words := lang.Say(tag, "ical.turn", lang.Args{"Person": p.Resources[turn.Person].Name, "Team": p.Resources[turn.Team].Name})
		if !slices.Contains(list, words) {
			list = append(list, words)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return lang.Say(tag, "ical.people", lang.Args{"People": strings.Join(list, lang.Say(tag, "list.comma"))})
}

// ICalendar writes the tasks that have days as whole-day events (RFC 5545), in
// words of a language. stamp is when it is written. A task keeps its UID from one
// writing to the next, so that a calendar moves it rather than having it twice.
func (p *Project) ICalendar(tag lang.Tag, stamp time.Time) []byte {
	var b bytes.Buffer
	line := func(name, value string) { fold(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Oneboard//Schedule//EN")
	line("X-WR-CALNAME", icalText(p.Title))
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if !t.Start.Known() || !t.Finish.Known() {
			continue
		}
		line("BEGIN", "VEVENT")
		line("UID", icalText(t.ID)+"@oneboard")
		line("DTSTAMP", stamp.UTC().Format("20060102T150405Z"))
		line("DTSTART;VALUE=DATE", t.Start.Time().Format("20060102"))
		line("DTEND;VALUE=DATE", (t.Finish + 1).Time().Format("20060102")) // the first day after it
		line("SUMMARY", icalText(t.Name))
		if words := strings.TrimPrefix(strings.TrimSuffix(t.Note+"\n"+p.who(tag, t), "\n"), "\n"); words != "" {
			line("DESCRIPTION", icalText(words))
		}
		if t.Critical {
			line("PRIORITY", "1")
		}
		line("TRANSP", "TRANSPARENT")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.Bytes()
}

var icalEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// icalText escapes a value of type TEXT (RFC 5545, 3.3.11).
func icalText(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\t' || c == 0x7f {
			return -1
		}
		return c
	}, icalEscapes.Replace(s))
}

// fold writes a line of at most 75 octets, and what is over on lines that begin
// with a blank, never within a character (RFC 5545, 3.1).
func fold(b *bytes.Buffer, s string) {
	room := 75
	for _, c := range strings.ToValidUTF8(s, "\ufffd") {
		n := len(string(c))
		if room < n {
			b.WriteString("\r\n ")
			room = 74
		}
		b.WriteRune(c)
		room -= n
	}
	b.WriteString("\r\n")
}
