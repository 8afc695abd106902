package work

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// What if: the work of a plan beside other versions of it.

// A Branch is one version of some work, placed.
type Branch struct {
	Name string
	// Schedule is nil where nothing can be placed at all.
	Schedule *Schedule
	Fits     bool // every deadline is kept
	Clash    *sched.Clash
}

// Try places one version of the work. Where it does not fit, the schedule is the
// least late one that the search finds, with what is late in Missed.
func Try(name string, w *Work, o sched.Options) Branch {
	s, clash := Place(w, o)
	if s != nil {
		return Branch{Name: name, Schedule: s, Fits: true}
	}
	none, _ := w.Stand(&org.Progress{}, w.From-1)
	s, _ = Forecast(w, none, o)
	return Branch{Name: name, Schedule: s, Clash: clash}
}

// A Compared is what a branch comes to.
type Compared struct {
	Name       string
	Placed     bool // there is a schedule at all; without one the rest is empty
	Fits       bool
	End        org.Date
	Activities int
	Deadlines  int // activities that have a last day: their own, the plan's, or a declared day to be done before
	Kept       int // of them
	Late       int // days of work by which the latest is late
	// Moved, New and Dropped are activities against the first branch.
	Moved, New, Dropped int
	Critical            int
	Chain               []int  // the critical chain; see [Schedule.Chain]
	Peaks               []Peak // of the resources that are used, in the order of the work
}

// A Peak is the most that is used of a resource on one day.
type Peak struct {
	Resource       int
	Used, Capacity int // Capacity is that of most days
	Full           int // days on which all of it is used
}

// Compare sets branches side by side; the first is the one that others are held
// against.
func Compare(branches []Branch) []Compared {
	var first *org.Baseline
	out := make([]Compared, len(branches))
	for k, b := range branches {
		c := &out[k]
		c.Name, c.Fits = b.Name, b.Fits
		s := b.Schedule
		if s == nil {
			continue
		}
		w := s.Work
		c.Placed, c.End, c.Activities = true, s.End, len(w.Activities)
		for _, last := range w.dues() {
			if last {
				c.Deadlines++
			}
		}
		c.Kept = c.Deadlines - len(s.Missed)
		for _, m := range s.Missed {
			c.Late = max(c.Late, m.Late)
		}
		for i := range w.Activities {
			if s.Critical[i] && !w.Activities[i].Fixed {
				c.Critical++
			}
		}
		for _, step := range s.Chain() {
			c.Chain = append(c.Chain, step.Activity)
		}
		for r := range w.Resources {
			p := Peak{Resource: r, Capacity: w.Resources[r].Capacity}
			for _, d := range s.Load(r) {
				p.Used = max(p.Used, d.Used)
				if d.Used > 0 && d.Used >= d.Capacity {
					p.Full++
				}
			}
			if p.Used > 0 && w.Resources[r].ID != quiet {
				c.Peaks = append(c.Peaks, p)
			}
		}
		if first == nil {
			first = s.Issue(w.From, "")
			continue
		}
		v := s.Against(first)
		c.Moved, c.New, c.Dropped = v.Other, v.New, v.Dropped
	}
	return out
}

// dues tells of each activity whether it has a last day: its own, the plan's, or
// that of a declared day that it is done before.
func (w *Work) dues() []bool {
	out := make([]bool, len(w.Activities))
	for i := range w.Activities {
		out[i] = !w.Activities[i].Fixed && min(w.Activities[i].Deadline, w.Until) != org.Forever
	}
	for _, l := range w.Links {
		if w.Activities[l.To].Fixed && !w.Activities[l.From].Fixed {
			out[l.From] = true
		}
	}
	return out
}

// A Supposition is one change of the work to be tried out: the words of it, and
// what is wrong with them ("" nothing): "form", "what", "value", "days".
type Supposition struct{ Words, Wrong string }

// Suppose gives the work with changes, written "what=value" with commas between:
// a team and its capacity ("reviewers=3"), with days only then
// ("reviewers=0@2019-01-21/2019-01-22"); an activity and its days of work; or
// deadline and a day, the last day of everything. The second result is nil when
// all can be tried.
func (w *Work) Suppose(words string) (*Work, *Supposition) {
	out := *w
	out.Activities, out.Resources = slices.Clone(w.Activities), slices.Clone(w.Resources)
	for part := range strings.SplitSeq(words, ",") {
		what, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || what == "" {
			return nil, &Supposition{part, "form"}
		}
		if what == "deadline" {
			day, err := org.ParseDate(value)
			if err != nil {
				return nil, &Supposition{part, "value"}
			}
			out.Until = day
			continue
		}
		value, days, window := strings.Cut(value, "@")
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n >= many {
			return nil, &Supposition{part, "value"}
		}
		r := slices.IndexFunc(out.Resources, func(r Resource) bool { return r.ID == what })
		i := slices.IndexFunc(out.Activities, func(a Activity) bool { return a.ID == what })
		switch {
		case r >= 0 && window:
			from, to, two := strings.Cut(days, "/")
			a, err := org.ParseDate(from)
			b, err2 := org.ParseDate(cmp.Or(to, from))
			if err != nil || err2 != nil || two && to == "" || b < a {
				return nil, &Supposition{part, "days"}
			}
			out.Resources[r].Away = append(slices.Clip(out.Resources[r].Away), Away{org.Interval{From: a, To: b + 1}, n})
		case r >= 0:
			out.Resources[r].Capacity = n
		case window:
			return nil, &Supposition{part, "days"}
		case i >= 0 && !out.Activities[i].Fixed && n <= horizonDays/4:
			out.Activities[i].Duration = n
		default:
			return nil, &Supposition{part, "what"}
		}
	}
	return &out, nil
}

// A Team is one team in several branches, with its peak in each; nil where it has
// nothing to do.
type Team struct {
	ID, Name, NameEN string
	Peaks            []*Peak
}

// Teams lists the teams of branches that were compared, those first whose peaks or
// full days differ, then the fullest.
func Teams(branches []Branch, list []Compared) []Team {
	var out []Team
	at := map[string]int{}
	for k := range list {
		for n := range list[k].Peaks {
			p := &list[k].Peaks[n]
			r := &branches[k].Schedule.Work.Resources[p.Resource]
			if _, known := at[r.ID]; !known {
				at[r.ID] = len(out)
				out = append(out, Team{r.ID, cmp.Or(r.Name, r.ID), cmp.Or(r.NameEN, r.Name, r.ID), make([]*Peak, len(list))})
			}
			out[at[r.ID]].Peaks[k] = p
		}
	}
	weight := func(t *Team) (differs, full int) {
		first := Peak{}
		for k, p := range t.Peaks {
			now := Peak{}
			if p != nil {
				now = Peak{0, p.Used, p.Capacity, p.Full}
			}
			if k == 0 {
				first = now
			} else if now != first {
				differs = 1
			}
			full = max(full, now.Full)
		}
		return differs, full
	}
	slices.SortStableFunc(out, func(a, b Team) int {
		da, fa := weight(&a)
		db, fb := weight(&b)
		return cmp.Or(db-da, fb-fa)
	})
	return out
}
