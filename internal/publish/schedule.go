package publish

import (
	"cmp"
	"slices"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/work"
)

// A ScheduleQuery is what a reader wants to see of a schedule.
type ScheduleQuery struct {
	Body, Team string // only what this body answers for, or what needs this team
	Critical   bool   // only what nothing is left of
	People     bool   // whether it says who does what
	Person     string // only what this person does; only with People
	Sort       string // body, start, finish, days, slack; "": by start
	Down       bool
	First      int // the first row that is shown, from 0
	Issued     *org.Baseline
	// Link gives the address of an activity's page; nil: no links.
	Link func(id string) string
}

// GanttRows is how many activities one picture shows. A browser lays out no
// more than this, however long the schedule is.
const GanttRows = 100

// A SchedulePage is a window of a schedule: a Gantt chart (甘特图) and the
// table that says the same.
type SchedulePage struct {
	From     org.Date      `json:"from"`
	End      org.Date      `json:"end"`
	Deadline org.Date      `json:"deadline"`
	Lower    org.Date      `json:"lower_bound"`
	Optimal  bool          `json:"optimal"`
	Total    int           `json:"total"`
	Found    int           `json:"found"`    // by the query
	Critical int           `json:"critical"` // of all
	First    int           `json:"first"`    // the first row shown, from 0
	Bodies   []NameCount   `json:"bodies"`
	Teams    []NameCount   `json:"teams"`
	People   []NameCount   `json:"people,omitempty"` // those named in the plan, when the query asks for them
	Rows     []ActivityRow `json:"rows"`
	Issued   bool          `json:"issued"` // whether a baseline stands beside it
	Picture  SVG           `json:"-"`
}

// A NameCount is a thing and how many activities have to do with it.
type NameCount struct {
	Name
	N int `json:"count"`
}

// An ActivityRow is one activity.
type ActivityRow struct {
	Activity Name      `json:"activity"`
	Body     Name      `json:"body"`
	Teams    []Name    `json:"teams"`
	People   []TurnRow `json:"people,omitempty"`
	Days     int       `json:"days"` // of work; 0: a milestone
	Start    org.Date  `json:"start"`
	Finish   org.Date  `json:"finish"` // its last day
	Latest   org.Date  `json:"latest_start"`
	Slack    int       `json:"slack"`
	Critical bool      `json:"critical"`
	Deadline org.Date  `json:"deadline"`
	// WasStart and WasFinish are the days issued; NoDate: it was not.
	WasStart  org.Date `json:"was_start"`
	WasFinish org.Date `json:"was_finish"`

	place int
}

// Schedule gives a window of a schedule. O(activities log activities).
func (v *View) Schedule(tag lang.Tag, s *work.Schedule, q ScheduleQuery) SchedulePage {
	w := s.Work
	p := SchedulePage{From: w.From, End: s.End, Deadline: w.Until, Lower: s.Lower, Optimal: s.Optimal, Total: len(w.Activities), Rows: []ActivityRow{}, Issued: q.Issued != nil}
	if !p.Deadline.Known() {
		p.Deadline = org.NoDate
	}
	was := map[string]*org.BaselineDays{}
	if q.Issued != nil {
		was = q.Issued.By()
	}
	var turns map[int][]work.Turn
	if q.People {
		turns = crewOf(s)
	}
	bodies, teams := map[string]int{}, make([]int, len(w.Resources))
	var rows []ActivityRow
	for i := range w.Activities {
		a := &w.Activities[i]
		bodies[a.Body]++
		if s.Critical[i] {
			p.Critical++
		}
		needed := q.Team == ""
		for _, n := range a.Needs {
			teams[n.Resource]++
			needed = needed || w.Resources[n.Resource].ID == q.Team
		}
		if q.People && q.Person != "" && !slices.ContainsFunc(turns[i], func(t work.Turn) bool { return w.Staff[t.Person].ID == q.Person }) {
			needed = false
		}
		if !needed || q.Body != "" && a.Body != q.Body || q.Critical && !s.Critical[i] {
			continue
		}
		r := activityRow(s, i)
		if old, ok := was[a.ID]; ok {
			r.WasStart, r.WasFinish = old.Start, old.Finish
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b ActivityRow) int {
		order := 0
		switch q.Sort {
		case "body":
			order = cmp.Compare(w.Activities[a.place].Body, w.Activities[b.place].Body)
		case "finish":
			order = cmp.Compare(a.Finish, b.Finish)
		case "days":
			order = cmp.Compare(a.Days, b.Days)
		case "slack":
			order = cmp.Compare(a.Slack, b.Slack)
		case "start":
			order = cmp.Compare(a.Start, b.Start)
		}
		if q.Down {
			order = -order
		}
		return cmp.Or(order, cmp.Compare(a.Start, b.Start), cmp.Compare(a.Finish, b.Finish), cmp.Compare(a.place, b.place))
	})
	p.Found = len(rows)
	p.First = min(max(0, q.First), max(0, len(rows)-1)) / GanttRows * GanttRows
	p.Rows = append(p.Rows, rows[p.First:min(len(rows), p.First+GanttRows)]...)
	for i := range p.Rows { // names only for what is shown
		v.named(s, &p.Rows[i])
	}
	if q.People {
		p.people(s, turns)
	}
	for id, n := range bodies {
		if id != "" {
			p.Bodies = append(p.Bodies, NameCount{v.body(id, s.End), n})
		}
	}
	slices.SortFunc(p.Bodies, func(a, b NameCount) int { return cmp.Or(b.N-a.N, cmp.Compare(a.ID, b.ID)) })
	for i, n := range teams {
		if n > 0 {
			t := &w.Resources[i]
			if t.Shut {
				continue
			}
			p.Teams = append(p.Teams, NameCount{teamName(t), n})
		}
	}
	p.Picture = gantt(tag, s, &p, q)
	return p
}

// The measures of the Gantt chart.
const (
	ganttNames = 300.0 // the column of names
	ganttTime  = 900.0
	ganttRow   = 26.0
	ganttHead  = 26.0
)

// shown is the time that the rows of a page need, with the deadline where it is
// near, and a day at each end.
func (p *SchedulePage) shown() Span {
	if len(p.Rows) == 0 {
		return Span{p.From, p.End + 1}
	}
	s := Span{p.Rows[0].Start, p.Rows[0].Finish}
	for _, r := range p.Rows {
		s.From, s.To = min(s.From, r.Start), max(s.To, r.Finish)
		if r.WasStart.Known() {
			s.From, s.To = min(s.From, r.WasStart), max(s.To, r.WasFinish)
		}
	}
	for _, r := range p.Rows { // slack is drawn up to twice the time of the work
		s.To = max(s.To, min(r.Finish+(r.Latest-r.Start), s.To+org.Date(max(7, s.Days()/4))))
	}
	if p.Deadline.Known() && p.Deadline <= s.To+org.Date(max(14, s.Days()/3)) {
		s.To = max(s.To, p.Deadline)
	}
	return Span{s.From - 1, s.To + 2}
}

// gantt draws the rows of a page. What a colour says a shape says too: an
// activity without slack has a line through it, a milestone is a lozenge, slack
// is a thin line with an end, what was issued is an outline below.
func gantt(tag lang.Tag, s *work.Schedule, p *SchedulePage, q ScheduleQuery) SVG {
	var d pen
	h := ganttHead + float64(len(p.Rows))*ganttRow + ganttHead
	title := lang.Say(tag, "gantt.title")
	d.startLinked("gantt", ganttNames+ganttTime, h, title, lang.Say(tag, "gantt.desc", lang.Args{"Count": len(p.Rows), "From": p.From.String(), "End": p.End.String()}))
	sc := scale{p.shown(), ganttNames, ganttTime}
	if sc.Days() <= 200 { // days off, where a day is wide enough to be seen
		for day := sc.From; day < sc.To; day++ {
			if !s.Work.Calendar.Works(day) {
				x := sc.at(day)
				d.rect("off", x, ganttHead, sc.at(day+1)-x, h-2*ganttHead, 0)
			}
		}
	}
	for _, day := range ticks(sc.Span, int(sc.w/88)) {
		x := sc.at(day)
		d.line("grid", x, 6, x, h-6)
		d.text("axis", x+3, 17, day.String(), "")
		d.text("axis", x+3, h-9, day.String(), "")
	}
	at := map[int]int{} // the row of an activity
	for i, r := range p.Rows {
		at[r.place] = i
	}
	middle := func(row int) float64 { return ganttHead + (float64(row)+0.5)*ganttRow }
	for _, l := range s.Work.Links {
		from, ok := at[l.From]
		to, shown := at[l.To]
		if !ok || !shown {
			continue
		}
		a, b := p.Rows[from], p.Rows[to]
		class := "tie"
		if a.Critical && b.Critical {
			class = "tie critical"
		}
		x1, x2 := sc.at(a.Finish+1), sc.at(b.Start)
		if l.FromStart() {
			x1 = sc.at(a.Start)
		}
		if l.ToFinish() {
			x2 = sc.at(b.Finish + 1)
		}
		y1, y2 := middle(from), middle(to)
		bend := x1 + 4
		edge := y2 - 6
		if y2 < y1 {
			edge = y2 + 6
		}
		d.path(class, "M"+num(x1)+" "+num(y1)+"H"+num(bend)+"V"+num(edge)+"H"+num(x2+2)+"V"+num(y2))
	}
	d.chain(s, p, at, middle, sc)
	for i, r := range p.Rows {
		y := middle(i)
		words, in := r.Activity.In(tag)
		tip := ganttTip(tag, &r, words)
		if i%2 == 1 {
			d.line("row", 0, y-ganttRow/2, ganttNames+ganttTime, y-ganttRow/2)
			d.line("row", 0, y+ganttRow/2, ganttNames+ganttTime, y+ganttRow/2)
		}
		d.link(q.Link, r.Activity.ID)
		d.text("name", 4, y+5, fit(words, ganttNames-14, 13.5), in)
		d.unlink(q.Link)
		if r.WasStart.Known() {
			x := sc.at(r.WasStart)
			d.rect("issued", x, y+6.5, max(3, sc.at(r.WasFinish+1)-x), 4, 0)
		}
		x, end := sc.at(r.Start), sc.at(r.Finish+1)
		if r.Slack > 0 {
			to := sc.at(r.Finish + 1 + (r.Latest - r.Start))
			d.line("slack", end, y, to, y)
			d.line("slack", to, y-4, to, y+4)
		}
		if r.Deadline.Known() && r.Deadline < sc.To {
			dx := sc.at(r.Deadline + 1)
			d.path("due", "M"+num(dx-4)+" "+num(y-11)+"H"+num(dx+4)+"L"+num(dx)+" "+num(y-4)+"Z")
		}
		class := "work"
		if r.Critical {
			class = "work critical"
		}
		if r.Days == 0 {
			d.tick(class, (x+end)/2, y, 6, tip)
		} else {
			d.bar(class, x, y-6, max(3, end-x), 12, 2, tip)
			if r.Critical {
				d.line("core", x+2, y, max(x+3, end-2), y)
			}
		}
	}
	if p.Deadline.Known() && p.Deadline < sc.To {
		x := sc.at(p.Deadline + 1)
		d.line("deadline", x, ganttHead-4, x, h-ganttHead+4)
	}
	return d.end()
}

func ganttTip(tag lang.Tag, r *ActivityRow, words string) string {
	id := "gantt.tip"
	if r.Critical {
		id = "gantt.tip-critical"
	}
	return lang.Say(tag, id, lang.Args{"Name": words, "Start": r.Start.String(), "Finish": r.Finish.String(), "Slack": r.Slack})
}

// A LoadPage is how much of each team is used, day by day.
type LoadPage struct {
	From  org.Date   `json:"from"`
	End   org.Date   `json:"end"`
	Teams []TeamLoad `json:"teams"`
	// Everybody counts the people whom the plan names. People are a window of them,
	// when the query asks for them; First is the place of its first, from 0.
	Everybody int          `json:"everybody,omitempty"`
	First     int          `json:"first,omitempty"`
	People    []PersonLoad `json:"people,omitempty"`
	Turns     SVG          `json:"-"`
}

// A LoadQuery is what a reader wants to see of the load.
type LoadQuery struct {
	People bool // whether it says who has what to do
	First  int  // the first person that is shown, from 0
	// Link gives the address of what a person does; nil: no links.
	Link func(id string) string
}

// A TeamLoad is the load of one team.
type TeamLoad struct {
	Team     Name     `json:"team"`
	Body     Name     `json:"body"`
	Capacity int      `json:"capacity"`
	Peak     int      `json:"peak"`
	PeakOn   org.Date `json:"peak_on"`   // the first day of the peak
	Full     int      `json:"full_days"` // days of work on which all of it is used
	Used     int      `json:"used"`      // days of work of one unit
	There    int      `json:"there"`     // those that there are
	Over     int      `json:"over"`      // days on which more is used than there is
	Picture  SVG      `json:"-"`
}

// Load gives the load of the teams that have work, the most loaded first, and
// that of the people, when the query asks for it. O(teams × days + people × days).
func (v *View) Load(tag lang.Tag, s *work.Schedule, q LoadQuery) LoadPage {
	p := LoadPage{From: s.Work.From, End: s.End, Teams: []TeamLoad{}, Everybody: len(s.Work.Staff)}
	for i := range s.Work.Resources {
		r := &s.Work.Resources[i]
		if r.Shut {
			continue
		}
		days := s.Load(i)
		t := TeamLoad{Team: teamName(r), Capacity: r.Capacity, PeakOn: org.NoDate}
		most := 1
		for _, d := range days {
			if d.Used > t.Peak {
				t.Peak, t.PeakOn = d.Used, d.Day
			}
			if d.Used >= d.Capacity && d.Used > 0 {
				t.Full++
			}
			if d.Used > d.Capacity {
				t.Over++
			}
			t.Used, t.There = t.Used+d.Used, t.There+d.Capacity
			most = max(most, d.Used, d.Capacity)
		}
		if t.Used == 0 {
			continue
		}
		if r.Body != "" {
			t.Body = v.body(r.Body, s.End)
		}
		t.Picture = loadPicture(tag, &t, days, Span{p.From, p.End + 1}, most)
		p.Teams = append(p.Teams, t)
	}
	slices.SortStableFunc(p.Teams, func(a, b TeamLoad) int {
		return cmp.Or(b.Full-a.Full, b.Used*max(1, a.There)-a.Used*max(1, b.There), cmp.Compare(a.Team.ID, b.Team.ID))
	})
	if q.People && len(s.Work.Staff) > 0 {
		p.people(tag, s, q)
	}
	return p
}

// loadPicture draws what is used as an area and what there is as a line above
// it. Days off are gaps.
func loadPicture(tag lang.Tag, t *TeamLoad, days []work.LoadDay, span Span, most int) SVG {
	const w, h, left, foot = 1000.0, 96.0, 34.0, 22.0
	var d pen
	words, _ := t.Team.In(tag)
	d.start("load", w, h, words, lang.Say(tag, "load.desc", lang.Args{"Peak": t.Peak, "Day": t.PeakOn.String(), "Capacity": t.Capacity, "Full": t.Full}))
	sc := scale{span, left, w - left - 4}
	base := h - foot
	y := func(n int) float64 { return base - (base-8)*float64(n)/float64(most) }
	d.axis(tag, sc, 4, h)
	d.text("axis", 2, y(most)+5, itoa(most), "")
	d.text("axis", 2, base, "0", "")
	for i := 0; i < len(days); { // days alike in a row are one shape
		j := i + 1
		for j < len(days) && days[j].Used == days[i].Used && days[j].Capacity == days[i].Capacity && days[j].Day == days[j-1].Day+1 {
			j++
		}
		x, end := sc.at(days[i].Day), sc.at(days[j-1].Day+1)
		class := "used"
		if days[i].Used > days[i].Capacity {
			class = "used over"
		} else if days[i].Used == days[i].Capacity {
			class = "used full"
		}
		if days[i].Used > 0 {
			d.rect(class, x, y(days[i].Used), end-x, base-y(days[i].Used), 0)
		}
		d.line("there", x, y(days[i].Capacity), end, y(days[i].Capacity))
		i = j
	}
	d.line("base", left, base, w, base)
	return d.end()
}
