package publish

import (
	"cmp"
	"slices"
	"strconv"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/work"
)

// MovedRows is how many activities the table of what has moved shows at once.
const MovedRows = 100

// A ProgressPage is how a schedule stands to what was issued and reported.
type ProgressPage struct {
	Issued   org.Date     `json:"issued"` // NoDate: nothing was issued, or nobody says when
	WasEnd   org.Date     `json:"was_end"`
	End      org.Date     `json:"end"`
	EndBy    int          `json:"end_by"` // days of work
	Has      bool         `json:"has_baseline"`
	Count    int          `json:"activities"` // issued
	Later    int          `json:"later"`
	Earlier  int          `json:"earlier"`
	New      int          `json:"new"`
	Dropped  int          `json:"dropped"`
	Away     int          `json:"away"` // that start on another day
	Least    int          `json:"least"`
	On       org.Date     `json:"as_of"` // NoDate: nothing was reported
	Done     int          `json:"done"`
	Running  int          `json:"running"`
	Waiting  int          `json:"waiting"`
	Missed   []MissedView `json:"missed"`
	Earned   []EarnedView `json:"earned"`
	Moved    []MovedView  `json:"moved"` // from First on
	First    int          `json:"first"`
	AllMoved int          `json:"all_moved"`
	Why      []Count      `json:"why"`
	Fever    *Fever       `json:"fever,omitempty"`
	Picture  SVG          `json:"-"`
}

// A MissedView is an activity that is finished too late, or will be.
type MissedView struct {
	Activity Name     `json:"activity"`
	Body     Name     `json:"body"`
	Due      org.Date `json:"due"`
	Finish   org.Date `json:"finish"`
	Late     int      `json:"late"` // days of work
	For      Name     `json:"for"`  // the declared day that asks for it; no id: a deadline
}

// A MovedView is an activity that is on other days than were issued.
type MovedView struct {
	Activity  Name     `json:"activity"`
	WasStart  org.Date `json:"was_start"`
	WasFinish org.Date `json:"was_finish"`
	Start     org.Date `json:"start"`
	Finish    org.Date `json:"finish"`
	StartBy   int      `json:"start_by"`
	FinishBy  int      `json:"finish_by"`
	DaysBy    int      `json:"days_by"`
	Why       string   `json:"why"`
	Words     string   `json:"words"`
}

// An EarnedView is the earned schedule of one group; the first is that of all.
type EarnedView struct {
	Group      Name     `json:"group"` // no id: all
	Of         string   `json:"of"`    // all, level, body
	Activities int      `json:"activities"`
	Done       int      `json:"done"`
	Passed     float64  `json:"at"`
	Time       float64  `json:"es"`
	Variance   float64  `json:"sv_t"`
	Index      float64  `json:"spi_t"` // 0: not defined
	WasEnd     org.Date `json:"was_end"`
	End        org.Date `json:"end"` // NoDate: not defined
}

// ProgressQuery is what a reader wants to see of it.
type ProgressQuery struct {
	Why   string // only what moved for this reason
	First int    // the first moved activity that is shown
}

// against is how one schedule stands to what was issued and reported, which is
// the same for every reader.
type against struct {
	schedule *work.Schedule
	issued   *org.Baseline
	variance work.Variance
	earned   []work.EarnedBy
}

func (v *View) held(s *work.Schedule, issued *org.Baseline) against {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.against.schedule != s || v.against.issued != issued {
		v.against = against{schedule: s, issued: issued, variance: s.Against(issued)}
		if s.Standing != nil {
			v.against.earned = s.Standing.EarnedByKind(s.Work, issued, work.ByDays)
		}
	}
	return v.against
}

// Progress tells how a schedule stands to what was issued (nil: nothing was) and
// to what was reported, which the schedule itself holds. r is what may become of
// it (nil: it is not told how buffers are used).
func (v *View) Progress(tag lang.Tag, s *work.Schedule, issued *org.Baseline, r *work.Risk, q ProgressQuery) ProgressPage {
	w := s.Work
	p := ProgressPage{Issued: org.NoDate, WasEnd: org.NoDate, End: s.End, On: org.NoDate, Missed: []MissedView{}, Earned: []EarnedView{}, Moved: []MovedView{}, Why: []Count{}}
	var known against
	if issued != nil {
		known = v.held(s, issued)
		a := known.variance
		p.Has, p.Issued, p.WasEnd, p.EndBy, p.Count = true, issued.Issued, issued.End, a.End, a.Issued
		p.Later, p.Earlier, p.New, p.Dropped = a.Later, a.Earlier, a.New, a.Dropped
		if s.Kept != nil {
			p.Away, p.Least = s.Kept.Away, s.Kept.Least
		}
		why := map[string]int{}
		var moved []work.Moved
		for _, m := range a.Moved {
			why[m.Why]++
			if q.Why == "" || q.Why == m.Why {
				moved = append(moved, m)
			}
		}
		for id, n := range why {
			p.Why = append(p.Why, Count{Term: Term{ID: id, Text: lang.Say(tag, "progress.why."+id)}, N: n})
		}
		slices.SortFunc(p.Why, func(a, b Count) int { return cmp.Or(b.N-a.N, cmp.Compare(a.ID, b.ID)) })
		// What moves the end most comes first.
		slices.SortStableFunc(moved, func(a, b work.Moved) int { return abs(b.Finish) - abs(a.Finish) })
		p.AllMoved = len(moved)
		p.First = min(max(0, q.First), max(0, len(moved)-1)) / MovedRows * MovedRows
		for _, m := range moved[p.First:min(len(moved), p.First+MovedRows)] {
			x := MovedView{Activity: Name{ID: m.ID}, WasStart: org.NoDate, WasFinish: org.NoDate, Start: org.NoDate, Finish: org.NoDate,
				StartBy: m.Start, FinishBy: m.Finish, DaysBy: m.Days, Why: m.Why, Words: w.SayMoved(tag, m)}
			if m.Place >= 0 {
				x.Activity, x.Start, x.Finish = activityName(w, m.Place), s.Start[m.Place], s.Finish[m.Place]
			}
			if m.Was != nil {
				x.WasStart, x.WasFinish = m.Was.Start, m.Was.Finish
			}
			p.Moved = append(p.Moved, x)
		}
	}
	st := s.Standing
	if st == nil {
		return p
	}
	if r != nil {
		p.Fever = feverOf(tag, r)
	}
	p.On = st.On
	p.Done, p.Running = st.Count()
	p.Waiting = len(w.Activities) - p.Done - p.Running
	for _, m := range s.Missed {
		x := MissedView{Activity: activityName(w, m.Activity), Due: m.Due, Finish: s.Finish[m.Activity], Late: m.Late}
		if body := w.Activities[m.Activity].Body; body != "" {
			x.Body = v.body(body, x.Finish)
		}
		if m.For >= 0 {
			x.For = activityName(w, m.For)
		}
		p.Missed = append(p.Missed, x)
	}
	if issued == nil {
		return p
	}
	for _, kind := range known.earned {
		var rows []EarnedView
		for _, e := range kind.Groups {
			if kind.Of == "all" {
				p.Picture = earnedPicture(tag, &e, st.On)
			}
			if e.Total == 0 || kind.Of != "all" && e.Group == "" {
				continue
			}
			x := EarnedView{Of: kind.Of, Activities: e.Activities, Done: e.Done, Passed: e.Passed, Time: e.Time, Variance: e.Variance, Index: e.Index, WasEnd: e.WasEnd, End: e.End}
			switch kind.Of {
			case "level":
				x.Group = Name{ID: e.Group, ZH: lang.Say(lang.ZH, "level."+e.Group), EN: lang.Say(lang.EN, "level."+e.Group)}
			case "body":
				x.Group = v.body(e.Group, st.On)
			}
			rows = append(rows, x)
		}
		// Who is most behind comes first.
		slices.SortStableFunc(rows, func(a, b EarnedView) int { return cmp.Compare(a.Variance, b.Variance) })
		p.Earned = append(p.Earned, rows...)
	}
	return p
}

func abs(n int) int { return max(n, -n) }

// earnedPicture draws what was to be done by each day as a dashed line and what is
// done as a full one with dots; between them, on the day of the report, how far
// apart they are in time.
func earnedPicture(tag lang.Tag, e *work.Earned, on org.Date) SVG {
	const w, h, left, foot = 1000.0, 260.0, 48.0, 24.0
	var d pen
	d.start("earned", w, h, lang.Say(tag, "progress.curve"), lang.Say(tag, "progress.curve-desc", lang.Args{"Planned": strconv.FormatFloat(e.Planned, 'f', 1, 64), "Earned": strconv.FormatFloat(e.Earned, 'f', 1, 64), "Total": strconv.FormatFloat(e.Total, 'f', 1, 64), "Day": on.String()}))
	if len(e.Curve) == 0 || e.Total == 0 {
		return d.end()
	}
	sc := scale{Span{e.Curve[0].Day, e.Curve[len(e.Curve)-1].Day + 1}, left, w - left - 8}
	base := h - foot
	y := func(v float64) float64 { return base - (base-14)*v/e.Total }
	d.axis(tag, sc, 4, h)
	for _, part := range []float64{0, 0.5, 1} {
		d.line("grid", left, y(part*e.Total), w-8, y(part*e.Total))
		d.text("axis", 2, y(part*e.Total)+5, strconv.Itoa(int(part*100))+" %", "")
	}
	planned, done := "", ""
	for _, c := range e.Curve {
		at := num(sc.at(c.Day+1)) + " " + num(y(c.Planned))
		if planned == "" {
			planned, done = "M"+at, "M"+num(sc.at(c.Day+1))+" "+num(y(max(0, c.Earned)))
			continue
		}
		planned += "L" + at
		if c.Earned >= 0 {
			done += "L" + num(sc.at(c.Day+1)) + " " + num(y(c.Earned))
		}
	}
	d.path("planned", planned)
	d.path("done", done)
	now := sc.at(on + 1)
	d.line("today", now, 8, now, base)
	d.line("base", left, base, w-8, base)
	// The time earned: where the plan had as much done.
	k := min(int(e.Time), len(e.Curve)-1)
	x := sc.at(e.Curve[k].Day + 1)
	if k+1 < len(e.Curve) {
		x += (sc.at(e.Curve[k+1].Day+1) - x) * (e.Time - float64(k))
	}
	d.line("gap", min(x, now), y(e.Earned), max(x, now), y(e.Earned))
	d.tick("es", x, y(e.Earned), 5, lang.Say(tag, "progress.es"))
	return d.end()
}

// A ComparePage is versions of a plan side by side.
type ComparePage struct {
	Branches []BranchView `json:"branches"`
	Teams    []TeamPeaks  `json:"teams"`
}

// A BranchView is one version.
type BranchView struct {
	Name       string   `json:"name"`
	Placed     bool     `json:"placed"`
	Fits       bool     `json:"fits"`
	End        org.Date `json:"end"`
	Activities int      `json:"activities"`
	Deadlines  int      `json:"deadlines"`
	Kept       int      `json:"deadlines_kept"`
	Late       int      `json:"late"`
	Moved      int      `json:"moved"`
	New        int      `json:"new"`
	Dropped    int      `json:"dropped"`
	Critical   int      `json:"critical"`
	Chain      []Name   `json:"critical_chain"`
}

// TeamPeaks is the peak of one team in each version.
type TeamPeaks struct {
	Team  Name        `json:"team"`
	Peaks []*TeamPeak `json:"peaks"` // null: it has nothing to do
}

// A TeamPeak is the most that is used of a team on one day.
type TeamPeak struct {
	Used     int `json:"peak"`
	Capacity int `json:"capacity"`
	Full     int `json:"full_days"`
}

// compared is versions that were set side by side.
type compared struct {
	branches []work.Branch
	page     ComparePage
}

// Compare sets versions side by side. The same versions are worked out once.
func (v *View) Compare(branches []work.Branch) ComparePage {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !slices.Equal(v.compared.branches, branches) {
		v.compared = compared{branches, comparePage(branches)}
	}
	return v.compared.page
}

func comparePage(branches []work.Branch) ComparePage {
	list := work.Compare(branches)
	p := ComparePage{Branches: []BranchView{}, Teams: []TeamPeaks{}}
	for k, c := range list {
		b := BranchView{Name: c.Name, Placed: c.Placed, Fits: c.Fits, End: org.NoDate, Activities: c.Activities, Deadlines: c.Deadlines, Kept: c.Kept, Late: c.Late,
			Moved: c.Moved, New: c.New, Dropped: c.Dropped, Critical: c.Critical, Chain: []Name{}}
		if c.Placed {
			b.End = c.End
			for _, i := range c.Chain {
				b.Chain = append(b.Chain, activityName(branches[k].Schedule.Work, i))
			}
		}
		p.Branches = append(p.Branches, b)
	}
	for _, t := range work.Teams(branches, list) {
		x := TeamPeaks{Team: Name{t.ID, t.Name, t.NameEN}}
		for _, peak := range t.Peaks {
			if peak == nil {
				x.Peaks = append(x.Peaks, nil)
			} else {
				x.Peaks = append(x.Peaks, &TeamPeak{peak.Used, peak.Capacity, peak.Full})
			}
		}
		p.Teams = append(p.Teams, x)
	}
	return p
}
