package planted

import (
	"slices"

	"oneboard/internal/org"
)

// Still gives the board as it stands still, for engines that know no days: of
// each thing the rows that are in force on one day, from then on for ever. That
// day is Day, but for a thing with a fault the first day of the fault, so that
// the faults are still there. Nothing is in another body's place: a body that
// has ended by Day keeps what others are under, and nothing else.
func (r *Rows) Still() *Rows {
	type part struct{ thing, part int32 }
	duties, posts := map[int32]org.Date{}, map[part]org.Date{}
	for _, f := range r.Planted {
		switch f.Rule {
		case 1, 4:
			duties[f.Thing] = f.From
		case 3:
			posts[part{f.Thing, f.Part}] = f.From
		}
	}
	s := &Rows{Superior: r.Superior, Life: r.Life, Parent: r.Parent, DutyArea: r.DutyArea}
	lasts := func(b int32) bool { return r.Life[b].To == org.Forever }
	for i := 0; i < len(r.Owners); {
		n := i + 1
		for n < len(r.Owners) && r.Owners[n].Duty == r.Owners[i].Duty {
			n++
		}
		day, planted := duties[r.Owners[i].Duty]
		if !planted {
			day = Day
		}
		first := len(s.Owners)
		for _, o := range r.Owners[i:n] {
			if o.Holds(day) {
				// who has ended since is replaced by one who has it not, from the root down
				for b := int32(0); !lasts(o.Body); b++ {
					if lasts(b) && !slices.ContainsFunc(r.Owners[i:n], func(o Owner) bool { return o.Body == b }) {
						o.Body = b
					}
				}
				o.Interval = org.Whole
				s.Owners = append(s.Owners, o)
			}
		}
		slices.SortStableFunc(s.Owners[first:], func(a, b Owner) int { return int(a.Area) - int(b.Area) })
		i = n
	}
	on := func(b, kind int32) org.Date {
		if day, planted := posts[part{b, kind}]; planted {
			return day
		}
		return Day
	}
	for _, p := range r.Posts {
		if lasts(p.Body) && p.Holds(on(p.Body, p.Kind)) {
			p.Interval = org.Whole
			s.Posts = append(s.Posts, p)
		}
	}
	for _, q := range r.Quotas {
		if lasts(q.Body) && q.Holds(on(q.Body, q.Kind)) {
			q.Interval = org.Whole
			s.Quotas = append(s.Quotas, q)
		}
	}
	for _, f := range r.Planted {
		if f.Rule == 3 && !lasts(f.Thing) {
			continue
		}
		f.From, f.Until = 0, 0
		s.Planted = append(s.Planted, f)
	}
	slices.SortFunc(s.Planted, Fault.Compare)
	return s
}

// StillPlan is the plan that a board that stands still is checked with.
func StillPlan() *org.Plan { return planFrom(Day) }

// StillAnswers puts what the check says of a board that stands still into
// faults without days, sorted, each once.
func StillAnswers(faults []Fault) []Fault {
	out := slices.Clone(faults)
	for i := range out {
		out[i].From, out[i].Until = 0, 0
	}
	slices.SortFunc(out, Fault.Compare)
	return slices.Compact(out)
}
