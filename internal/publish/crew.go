package publish

import (
	"cmp"
	"slices"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/work"
)

// Who does what is for those who work on it: nothing here is made unless a query
// asks for people.

// A TurnRow is days, both included, on which somebody does work of a team.
type TurnRow struct {
	Person Name     `json:"person"`
	Team   Name     `json:"team"`
	From   org.Date `json:"from"`
	To     org.Date `json:"to"`
}

// A PersonLoad is what one person has to do.
type PersonLoad struct {
	Person     Name     `json:"person"`
	Teams      []Name   `json:"teams"` // whose work it can do
	Activities int      `json:"activities"`
	Used       int      `json:"used"`  // days of work
	There      int      `json:"there"` // days of work from the first to the end of all, without absences
	First      org.Date `json:"first"` // NoDate: nothing to do
	Last       org.Date `json:"last"`

	place int
}

func personName(p *work.Person) Name { return Name{p.ID, p.Title, p.TitleEN} }
func teamName(r *work.Resource) Name { return Name{r.ID, r.Name, r.NameEN} }

// crewOf gives the turns of each activity, by place.
func crewOf(s *work.Schedule) map[int][]work.Turn {
	out := map[int][]work.Turn{}
	for _, t := range s.Crew {
		out[t.Activity] = append(out[t.Activity], t)
	}
	return out
}

// people puts who does them beside the rows that are shown, and lists everybody
// with the number of activities.
func (p *SchedulePage) people(s *work.Schedule, turns map[int][]work.Turn) {
	w := s.Work
	for i := range p.Rows {
		r := &p.Rows[i]
		for _, t := range turns[r.place] {
			r.People = append(r.People, TurnRow{personName(&w.Staff[t.Person]), teamName(&w.Resources[t.Resource]), t.From, t.To})
		}
		slices.SortStableFunc(r.People, func(a, b TurnRow) int { return cmp.Compare(a.From, b.From) })
	}
	n := make([]int, len(w.Staff))
	for _, list := range turns {
		var seen []int
		for _, t := range list {
			if !slices.Contains(seen, t.Person) {
				seen = append(seen, t.Person)
				n[t.Person]++
			}
		}
	}
	for i := range w.Staff {
		p.People = append(p.People, NameCount{personName(&w.Staff[i]), n[i]})
	}
}

// people gives the load of everybody, the most loaded first, and a window of it,
// as many as a Gantt chart has rows.
func (p *LoadPage) people(tag lang.Tag, s *work.Schedule, q LoadQuery) {
	w := s.Work
	list := make([]PersonLoad, len(w.Staff))
	for i := range w.Staff {
		who := &w.Staff[i]
		list[i] = PersonLoad{Person: personName(who), Teams: []Name{}, Used: s.Busy(i), First: org.NoDate, Last: org.NoDate, place: i}
		for _, k := range who.Can {
			list[i].Teams = append(list[i].Teams, teamName(&w.Resources[k]))
		}
		for d := w.From; d <= s.End; d++ {
			if w.Calendar.Works(d) && !slices.ContainsFunc(who.Away, func(a org.Interval) bool { return a.Holds(d) }) {
				list[i].There++
			}
		}
	}
	last := make([]int, len(w.Staff)) // the activity counted last: turns stand by activity
	for i := range last {
		last[i] = -1
	}
	for _, t := range s.Crew {
		l := &list[t.Person]
		if last[t.Person] != t.Activity {
			last[t.Person] = t.Activity
			l.Activities++
		}
		if !l.First.Known() {
			l.First, l.Last = t.From, t.To
		}
		l.First, l.Last = min(l.First, t.From), max(l.Last, t.To)
	}
	slices.SortStableFunc(list, func(a, b PersonLoad) int {
		return cmp.Or(b.Used*max(1, a.There)-a.Used*max(1, b.There), cmp.Compare(a.Person.ID, b.Person.ID))
	})
	p.First = min(max(0, q.First), max(0, len(list)-1)) / GanttRows * GanttRows
	p.People = list[p.First:min(len(list), p.First+GanttRows)]
	p.Turns = crewPicture(tag, s, p, q)
}

// crewPicture draws a row for each person: what is done as bars, absences as
// hatched days.
func crewPicture(tag lang.Tag, s *work.Schedule, p *LoadPage, q LoadQuery) SVG {
	w := s.Work
	var d pen
	h := ganttHead + float64(len(p.People))*ganttRow + ganttHead
	d.startLinked("gantt", ganttNames+ganttTime, h, lang.Say(tag, "load.people"), lang.Say(tag, "load.people-desc", lang.Args{"Count": len(p.People), "From": p.From.String(), "End": p.End.String()}))
	sc := scale{Span{p.From, p.End + 1}, ganttNames, ganttTime}
	for _, day := range ticks(sc.Span, int(sc.w/88)) {
		x := sc.at(day)
		d.line("grid", x, 6, x, h-6)
		d.text("axis", x+3, 17, day.String(), "")
		d.text("axis", x+3, h-9, day.String(), "")
	}
	row := make(map[int]int, len(p.People))
	for i, l := range p.People {
		who := l.place
		row[who] = i
		y := ganttHead + (float64(i)+0.5)*ganttRow
		if i%2 == 1 {
			d.line("row", 0, y-ganttRow/2, ganttNames+ganttTime, y-ganttRow/2)
			d.line("row", 0, y+ganttRow/2, ganttNames+ganttTime, y+ganttRow/2)
		}
		words, in := l.Person.In(tag)
		d.link(q.Link, l.Person.ID)
		d.text("name", 4, y+5, fit(words, ganttNames-14, 13.5), in)
		d.unlink(q.Link)
		for _, a := range w.Staff[who].Away {
			from, to := max(a.From, sc.From), min(a.To, sc.To)
			if from < to {
				d.rect("leave", sc.at(from), y-9, sc.at(to)-sc.at(from), 18, 0)
			}
		}
	}
	for _, t := range s.Crew {
		i, shown := row[t.Person]
		if !shown {
			continue
		}
		y := ganttHead + (float64(i)+0.5)*ganttRow
		words, _ := activityName(w, t.Activity).In(tag)
		x := sc.at(t.From)
		d.bar("work", x, y-6, max(3, sc.at(t.To+1)-x), 12, 2, lang.Say(tag, "load.turn", lang.Args{"Activity": words, "From": t.From.String(), "To": t.To.String()}))
	}
	return d.end()
}
