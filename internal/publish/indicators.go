package publish

import (
	"slices"

	"oneboard/internal/check"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// An IndicatorsPage compares two days by numbers, each with what it counts.
type IndicatorsPage struct {
	Before    org.Date      `json:"before"`
	After     org.Date      `json:"after"`
	Bodies    []PairRow     `json:"bodies"`
	Fields    []PairRow     `json:"fields"` // teams; those with two or more on a day
	Plain     int           `json:"plain"`  // fields with at most one team on both
	Processes []ProcessView `json:"processes"`
	Levels    []PairRow     `json:"levels"`
	Staff     []StaffRow    `json:"staff"`
	Known     int           `json:"known"`
	People    int           `json:"people"`
	// Facts is all numbers with the ids that each counts.
	Facts check.Indicators `json:"facts"`
}

// A PairRow is one number on two days. Gone and New are the bodies by which the
// two differ, where bodies are counted.
type PairRow struct {
	Over    Term   `json:"group"` // what it stands under
	What    Term   `json:"what"`
	Before  int    `json:"before"`
	After   int    `json:"after"`
	Gone    []Name `json:"gone"`
	New     []Name `json:"new"`
	Stay    []Name `json:"stay"` // of a field: who enforces on both days
	Levels  string `json:"levels,omitempty"`
	Total   bool   `json:"total,omitempty"`
	Picture SVG    `json:"-"`
}

// A ProcessView is one process with who performs each step.
type ProcessView struct {
	Process Name       `json:"process"`
	Before  int        `json:"before"`
	After   int        `json:"after"`
	Steps   []StepView `json:"steps"`
	Picture SVG        `json:"-"`
}

// A StepView is one step of a process. Handed says whether it is handed over
// from the step before.
type StepView struct {
	Duty         Name   `json:"duty"`
	Before       []Name `json:"before"`
	After        []Name `json:"after"`
	HandedBefore bool   `json:"handed_before"`
	HandedAfter  bool   `json:"handed_after"`
}

// A StaffRow is the people of a body that ends, by their posts.
type StaffRow struct {
	Body    Name `json:"body"`
	Known   int  `json:"known"`
	People  int  `json:"people"`
	Picture SVG  `json:"-"`
}

// Indicators gives the page of numbers of two days; NoDate stands for the day
// before the plan and for the day on which all of it is done. O(the board).
func (v *View) Indicators(tag lang.Tag, before, after org.Date) IndicatorsPage {
	x := v.tl.Indicators(before, after)
	p := IndicatorsPage{Before: x.Before, After: x.After, Bodies: []PairRow{}, Fields: []PairRow{}, Processes: []ProcessView{}, Levels: []PairRow{}, Staff: []StaffRow{}, Facts: x}
	differ := func(r *PairRow, was, is []string) {
		var gone, fresh, stay []string
		for _, id := range was {
			if slices.Contains(is, id) {
				stay = append(stay, id)
			} else {
				gone = append(gone, id)
			}
		}
		for _, id := range is {
			if !slices.Contains(was, id) {
				fresh = append(fresh, id)
			}
		}
		r.Before, r.After = len(was), len(is)
		r.Gone, r.New, r.Stay = v.bodies(gone, x.Before), v.bodies(fresh, x.After), v.bodies(stay, x.After)
	}
	all := PairRow{What: Term{"all", lang.Say(tag, "indicators.all")}, Total: true}
	for _, b := range x.Bodies {
		r := PairRow{Over: term(tag, "level", b.Level), What: term(tag, "bodykind", b.Kind)}
		differ(&r, b.Before, b.After)
		r.Stay = []Name{}
		all.Before, all.After = all.Before+r.Before, all.After+r.After
		p.Bodies = append(p.Bodies, r)
	}
	drawn(p.Bodies)
	p.Bodies = append(p.Bodies, all)
	for _, f := range x.Fields {
		if len(f.Before.Bodies) <= 1 && len(f.After.Bodies) <= 1 {
			p.Plain++
			continue
		}
		r := PairRow{What: term(tag, "matter", f.Matter), Levels: itoa(len(f.Before.Levels)) + " → " + itoa(len(f.After.Levels))}
		differ(&r, f.Before.Bodies, f.After.Bodies)
		p.Fields = append(p.Fields, r)
	}
	drawn(p.Fields)
	if len(x.Fields) > 0 {
		was, is := x.Teams()
		p.Fields = append(p.Fields, PairRow{What: all.What, Before: len(was), After: len(is), Total: true})
	}
	for _, l := range x.Levels {
		if len(l.Before.Posts)+len(l.After.Posts)+len(l.Before.Powers)+len(l.After.Powers) > 0 {
			p.Levels = append(p.Levels,
				PairRow{Over: term(tag, "level", l.Level), What: term(tag, "indicators", "posts"), Before: len(l.Before.Posts), After: len(l.After.Posts)},
				PairRow{Over: term(tag, "level", l.Level), What: term(tag, "indicators", "powers"), Before: len(l.Before.Powers), After: len(l.After.Powers)})
		}
	}
	drawn(p.Levels)
	most := 1
	for _, r := range x.Processes {
		most = max(most, r.Before, r.After)
	}
	for i := range x.Processes {
		p.Processes = append(p.Processes, v.process(&x, &x.Processes[i], most))
	}
	most = 1
	for _, s := range x.Staff {
		most = max(most, len(s.Known)+len(s.Unknown))
	}
	for _, s := range x.Staff {
		if n := len(s.Known) + len(s.Unknown); n > 0 {
			p.Staff = append(p.Staff, StaffRow{v.body(s.Body.ID, x.Before), len(s.Known), n, pairBars(n, len(s.Known), most)})
			p.Known, p.People = p.Known+len(s.Known), p.People+n
		}
	}
	// who still has people without a destination comes first
	slices.SortStableFunc(p.Staff, func(a, b StaffRow) int { return (b.People - b.Known) - (a.People - a.Known) })
	return p
}

func (v *View) process(x *check.Indicators, r *check.ProcessCount, most int) ProcessView {
	out := ProcessView{Process: Name{r.Process.ID, r.Process.ZH, r.Process.EN}, Before: r.Before, After: r.After, Steps: []StepView{}, Picture: pairBars(r.Before, r.After, most)}
	var was, is []string
	for _, s := range r.Steps {
		step := StepView{Duty: Name{s.Duty.ID, s.Duty.ZH, s.Duty.EN}, Before: v.bodies(s.Before, x.Before), After: v.bodies(s.After, x.After)}
		step.HandedBefore = len(was) > 0 && len(s.Before) > 0 && !slices.Equal(was, s.Before)
		step.HandedAfter = len(is) > 0 && len(s.After) > 0 && !slices.Equal(is, s.After)
		if len(s.Before) > 0 {
			was = s.Before
		}
		if len(s.After) > 0 {
			is = s.After
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

// drawn gives each row its picture, all on one scale.
func drawn(rows []PairRow) {
	most := 1
	for _, r := range rows {
		most = max(most, r.Before, r.After)
	}
	for i := range rows {
		rows[i].Picture = pairBars(rows[i].Before, rows[i].After, most)
	}
}

// pairBars draws two numbers as bars, one above the other. The numbers stand
// beside it, so it is nothing to who does not see it.
func pairBars(before, after, most int) SVG {
	const w, h = 120.0, 18.0
	var p pen
	p.WriteString(`<svg class="pair" aria-hidden="true" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 18" width="120" height="18">`)
	p.line("base", 0.5, 0, 0.5, h)
	p.rect("was", 1, 2, (w-2)*float64(before)/float64(most), 5, 1)
	p.rect("is", 1, 10, (w-2)*float64(after)/float64(most), 6, 1)
	return p.end()
}
