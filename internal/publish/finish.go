package publish

import (
	"strconv"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/work"
)

// A FinishPage is what may become of a schedule when work takes another time than
// the likely one: when all ends, which promised days are kept, what they hang on.
type FinishPage struct {
	Draws   int          `json:"draws"`
	Unsure  int          `json:"unsure"`  // activities that may take less or more
	Assumed int          `json:"assumed"` // of these, by a spread
	Total   int          `json:"total"`
	End     org.Date     `json:"end"` // as placed
	P50     org.Date     `json:"p50"`
	P80     org.Date     `json:"p80"`
	P95     org.Date     `json:"p95"`
	Until   org.Date     `json:"until"` // the plan's deadline
	Kept    string       `json:"kept"`  // how often it is kept
	Ends    []FinishEnd  `json:"ends"`
	Days    []FinishDay  `json:"days"`     // not kept in every draw, the least sure first
	Sure    int          `json:"sure"`     // promised days that are kept in every draw
	Waver   int          `json:"wavering"` // those that are not
	Work    []FinishWork `json:"work"`     // what the days hang on
	Hangs   int          `json:"hangs"`    // how many activities they hang on
	Chain   []FinishStep `json:"chain"`
	Buffer  int          `json:"buffer"`
	Room    int          `json:"room"` // -1: no limit
	Feeding []FinishFeed `json:"feeding"`
	Causes  []string     `json:"causes"`          // what work has in common, in words
	Plans   []FinishPlan `json:"plans,omitempty"` // of several plans in one schedule
	On      org.Date     `json:"as_of"`           // of a forecast; else NoDate
	Left    int          `json:"left"`            // activities that are not finished
	Before  *FinishPast  `json:"issued,omitempty"`
	Fever   *Fever       `json:"fever,omitempty"`
	Picture SVG          `json:"-"`
}

// A FinishPlan is when one of several plans ends.
type FinishPlan struct {
	Plan  Name     `json:"plan"`
	End   org.Date `json:"end"`
	P50   org.Date `json:"p50"`
	P80   org.Date `json:"p80"`
	P95   org.Date `json:"p95"`
	Until org.Date `json:"until"` // its deadline
	Kept  string   `json:"kept"`
}

// A FinishPast is what might have become of the days as they were issued.
type FinishPast struct {
	End  org.Date `json:"end"`
	P50  org.Date `json:"p50"`
	P80  org.Date `json:"p80"`
	P95  org.Date `json:"p95"`
	Kept string   `json:"kept"`
}

// A FinishEnd is a day on which all ended in some draws.
type FinishEnd struct {
	Day   org.Date `json:"day"`
	Draws int      `json:"draws"`
	Share string   `json:"share"`
	By    string   `json:"by"` // the share that ended by then
}

// A FinishDay is how a promised day is kept.
type FinishDay struct {
	Activity Name     `json:"activity"`
	Day      org.Date `json:"day"`
	Kept     string   `json:"kept"`
	Was      string   `json:"was_kept"` // of the days as issued; a dash: not told
	P80      org.Date `json:"p80"`
}

// A FinishWork is what an activity means for the days.
type FinishWork struct {
	Activity Name   `json:"activity"`
	Days     string `json:"days"`
	Drives   string `json:"drives"`
	Delays   string `json:"delays"`
	Sway     string `json:"sway"`
}

// A FinishStep is one activity of the critical chain.
type FinishStep struct {
	Activity Name     `json:"activity"`
	Start    org.Date `json:"start"`
	Finish   org.Date `json:"finish"`
	Why      string   `json:"why"`
}

// A FinishFeed is a buffer before an activity of the chain.
type FinishFeed struct {
	After  Name `json:"after"`
	Before Name `json:"before"`
	Days   int  `json:"days"`
	Room   int  `json:"room"`
}

// finishRows is how many rows a table of the page has at the most.
const finishRows = 100

// Finish gives the page of a risk.
func (v *View) Finish(tag lang.Tag, r *work.Risk) FinishPage {
	s, w := r.Schedule, r.Schedule.Work
	p := FinishPage{Draws: r.Draws, Unsure: r.Unsure, Assumed: r.Assumed, Total: len(w.Activities), End: s.End, P50: r.By(.5), P80: r.By(.8), P95: r.By(.95),
		Until: org.NoDate, On: org.NoDate, Left: len(w.Activities), Fever: feverOf(tag, r), Buffer: r.Buffer.Days, Room: r.Buffer.Room, Hangs: len(r.Work)}
	if w.Until.Known() {
		p.Until, p.Kept = w.Until, work.Share(r.Until, r.Draws)
	}
	sum := 0
	for _, e := range r.Ends {
		sum += e.N
		p.Ends = append(p.Ends, FinishEnd{e.Day, e.N, work.Share(e.N, r.Draws), work.Share(sum, r.Draws)})
	}
	wavering := r.Wavering()
	p.Waver, p.Sure = len(wavering), len(r.Days)-len(wavering)
	for _, d := range wavering[:min(len(wavering), finishRows)] {
		p.Days = append(p.Days, FinishDay{activityName(w, d.Activity), d.Day, work.Share(d.Kept, r.Draws), work.ShareWas(d, r.Draws), d.P80})
	}
	for _, x := range r.Work[:min(len(r.Work), finishRows)] {
		p.Work = append(p.Work, FinishWork{activityName(w, x.Activity), x.Range(), work.Share(x.Drives, r.Draws), work.Share(x.Delays, r.Draws), strconv.FormatFloat(x.Sway, 'f', 2, 64)})
	}
	for k, step := range r.Chain {
		p.Chain = append(p.Chain, FinishStep{activityName(w, step.Activity), s.Start[step.Activity], s.Finish[step.Activity], r.SayStep(tag, k)})
	}
	for _, f := range r.Feeding[:min(len(r.Feeding), finishRows)] {
		p.Feeding = append(p.Feeding, FinishFeed{activityName(w, f.Activities[len(f.Activities)-1]), activityName(w, f.Into), f.Days, f.Room})
	}
	for _, c := range r.Causes {
		id := "risk.cause"
		if c.ID == "" {
			id = "risk.cause-rest"
		}
		p.Causes = append(p.Causes, lang.Say(tag, id, lang.Args{"Cause": c.Called(tag), "Count": c.Unsure, "Share": work.Percent(c.Share)}))
	}
	if st := s.Standing; st != nil {
		done, _ := st.Count()
		p.On, p.Left = st.On, len(w.Activities)-done
	}
	if b := r.Before; b != nil {
		p.Before = &FinishPast{End: b.Schedule.End, P50: b.By(.5), P80: b.By(.8), P95: b.By(.95)}
		if w.Until.Known() {
			p.Before.Kept = work.Share(b.Until, b.Draws)
		}
	}
	for _, x := range r.Plans {
		part := &w.Plans[x.Plan]
		plan := FinishPlan{Plan: Name{part.Plan.ID, part.Plan.Title.Text, part.Plan.TitleEN.Text}, End: x.End, P50: x.P50, P80: x.P80, P95: x.P95, Until: org.NoDate}
		if part.Until != org.Forever {
			plan.Until, plan.Kept = part.Until, work.Share(x.Kept, r.Draws)
		}
		p.Plans = append(p.Plans, plan)
	}
	p.Picture = finishPicture(tag, &p)
	return p
}

// finishPicture draws how often all ends on each day as bars, and how often by it
// as a line of steps. P50, P80, P95 and the deadline are told apart by their words
// and by their marks: a lozenge, a triangle, a square, a dashed line.
func finishPicture(tag lang.Tag, p *FinishPage) SVG {
	const w, h, left, right, head, foot = 900.0, 320.0, 44.0, 130.0, 78.0, 24.0
	var d pen
	d.start("finish", w, h, lang.Say(tag, "finish.picture"), lang.Say(tag, "finish.desc", lang.Args{"Draws": p.Draws, "P50": p.P50.String(), "P80": p.P80.String(), "P95": p.P95.String()}))
	span := Span{p.Ends[0].Day - 1, p.Ends[len(p.Ends)-1].Day + 2}
	if p.Until.Known() && p.Until >= span.From-30 && p.Until <= span.To+30 {
		span.From, span.To = min(span.From, p.Until-1), max(span.To, p.Until+2)
	}
	span.To = max(span.To, span.From+8)
	sc := scale{span, left, w - left - right}
	base := h - foot
	y := func(share float64) float64 { return base - (base-head)*share }
	for _, part := range []int{0, 50, 100} {
		at := y(float64(part) / 100)
		d.line("grid", left, at, w-right, at)
		d.text("axis", 4, at+4, itoa(part)+"%", "")
	}
	for _, day := range ticks(span, int(sc.w/96)) {
		d.line("grid", sc.at(day), base, sc.at(day), base+5)
		d.text("axis", sc.at(day)+3, h-6, day.String(), "")
	}
	most := 1
	for _, e := range p.Ends {
		most = max(most, e.Draws)
	}
	line, sum := "M"+num(left)+" "+num(y(0)), 0
	for _, e := range p.Ends {
		x, end := sc.at(e.Day), sc.at(e.Day+1)
		gap := min(2, (end-x)/8)
		height := (base - head) * 0.8 * float64(e.Draws) / float64(most)
		d.bar("draws", x+gap, base-height, max(1, end-x-2*gap), height, 0, lang.Say(tag, "finish.tip", lang.Args{"Day": e.Day.String(), "Share": e.Share, "By": e.By}))
		sum += e.Draws
		line += "H" + num(end) + "V" + num(y(float64(sum)/float64(p.Draws)))
	}
	d.path("sum", line+"H"+num(w-right))
	mark := func(row int, class, words string, day org.Date) {
		x := sc.at(day + 1)
		top := 14 + float64(row)*17
		d.line(class, x, top-8, x, base)
		d.text("mark "+class, x+10, top+2, words, tag)
		switch class {
		case "p50":
			d.path("foot", "M"+num(x)+" "+num(top-10)+"l6 7l-6 7l-6 -7Z")
		case "p80":
			d.path("foot", "M"+num(x)+" "+num(top-9)+"l7 12h-14Z")
		case "p95":
			d.path("foot", "M"+num(x-5)+" "+num(top-8)+"h10v10h-10Z")
		}
	}
	mark(0, "p50", "P50 "+p.P50.String(), p.P50)
	mark(1, "p80", "P80 "+p.P80.String(), p.P80)
	mark(2, "p95", "P95 "+p.P95.String(), p.P95)
	if p.Until.Known() && p.Until >= span.From && p.Until < span.To {
		mark(3, "deadline", lang.Say(tag, "wall.deadline")+" "+p.Until.String(), p.Until)
	}
	return d.end()
}

// chain draws the critical chain on the rows of a Gantt chart that are shown: a
// bar below each of its activities, and a line from one to the next, which is
// broken where they have only people in common.
func (d *pen) chain(s *work.Schedule, p *SchedulePage, at map[int]int, middle func(row int) float64, sc scale) {
	before := -1
	for _, step := range s.Chain() {
		row, shown := at[step.Activity]
		if !shown {
			before = -1
			continue
		}
		r, y := &p.Rows[row], middle(row)
		x := sc.at(r.Start)
		d.rect("link", x, y+8, max(3, sc.at(r.Finish+1)-x), 2.5, 0)
		if before >= 0 {
			class, from := "chain", &p.Rows[before]
			if step.Link < 0 {
				class = "chain people"
			}
			end, y1 := sc.at(from.Finish+1), middle(before)
			d.path(class, "M"+num(end)+" "+num(y1)+"H"+num(end+3)+"V"+num(y)+"H"+num(x))
		}
		before = row
	}
}
