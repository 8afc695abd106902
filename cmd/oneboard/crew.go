package main

import (
	"cmp"
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// Who does what, and the members of a clash, as docs/commands.md has them.
type (
	workPerson struct {
		ID    string     `json:"id"`
		Title string     `json:"title,omitempty"`
		Can   []string   `json:"can"`
		Away  []workSpan `json:"away,omitempty"`
	}
	workSpan struct {
		From string `json:"from"`
		To   string `json:"to"` // the last day
	}
	workTurn struct {
		Person   string `json:"person"`
		Resource string `json:"resource"`
		workSpan
	}
	workDemand struct {
		Kind     string `json:"kind"`
		Activity string `json:"activity"`
		After    string `json:"after,omitempty"`
		Resource string `json:"resource,omitempty"`
		On       string `json:"on,omitempty"`
		Lag      int    `json:"lag,omitempty"`
	}
)

func (e *env) staffOf(w *work.Work) (out []workPerson) {
	for i := range w.Staff {
		p := &w.Staff[i]
		x := workPerson{ID: p.ID, Title: e.name(p.Title, p.TitleEN), Can: []string{}}
		for _, k := range p.Can {
			x.Can = append(x.Can, w.Resources[k].ID)
		}
		for _, a := range p.Away {
			x.Away = append(x.Away, workSpan{a.From.String(), (a.To - 1).String()})
		}
		out = append(out, x)
	}
	return out
}

// turnsOf gives who does each activity of a schedule, by its place; a nil
// schedule has nobody.
func (e *env) turnsOf(s *work.Schedule) map[int][]workTurn {
	out := map[int][]workTurn{}
	if s != nil {
		for _, t := range s.Crew {
			out[t.Activity] = append(out[t.Activity], workTurn{s.Work.Staff[t.Person].ID, s.Work.Resources[t.Resource].ID, workSpan{t.From.String(), t.To.String()}})
		}
	}
	return out
}

// crewWords names who does an activity, each once.
func (e *env) crewWords(w *work.Work, turns []workTurn) string {
	var names []string
	for _, t := range turns {
		name := t.Person
		if k := slices.IndexFunc(w.Staff, func(p work.Person) bool { return p.ID == t.Person }); k >= 0 {
			if title := e.name(w.Staff[k].Title, w.Staff[k].TitleEN); title != "" {
				name = title
			}
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return e.list(names)
}

// personOf finds a person of the work by id; -1 when none is asked for.
func personOf(w *work.Work, id string) (int, error) {
	if id == "" {
		return -1, nil
	}
	if len(w.Staff) == 0 {
		return -1, cannot("for-nobody", "Value", id)
	}
	var ids []string
	for i := range w.Staff {
		if w.Staff[i].ID == id {
			return i, nil
		}
		ids = append(ids, w.Staff[i].ID)
	}
	if near := diag.Nearest(id, ids); near != "" {
		return -1, cannot("no-such-person-near", "Value", id, "Near", near)
	}
	const told = 10 // of a long list
	return -1, cannot("no-such-person", "Value", id, "Count", len(ids), "Known", strings.Join(ids[:min(told, len(ids))], ", "))
}

// printTurns prints what one person does, by day, all of it.
func (e *env) printTurns(s *work.Schedule, person int) {
	w := s.Work
	var mine []work.Turn
	for _, t := range s.Crew {
		if t.Person == person {
			mine = append(mine, t)
		}
	}
	slices.SortStableFunc(mine, func(a, b work.Turn) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	var rows [][]string
	for _, t := range mine {
		a := &w.Activities[t.Activity]
		r := &w.Resources[t.Resource]
		rows = append(rows, []string{days(t.From, t.To), cmp.Or(e.name(r.Name, r.NameEN), r.ID), a.Body, e.name(a.Title, a.TitleEN), a.ID})
	}
	if len(rows) > 0 {
		e.table([]string{e.say("schedule.col.days"), e.say("schedule.col.team"), e.say("schedule.col.body"), e.say("schedule.col.activity"), "id"}, rows)
	}
	who := &w.Staff[person]
	e.printf("%s\n", e.say("schedule.for", lang.Args{"Person": cmp.Or(e.name(who.Title, who.TitleEN), who.ID), "Count": len(rows), "Days": s.Busy(person)}))
}

func (e *env) clashOf(w *work.Work, clash *sched.Clash) (out []workDemand) {
	for _, d := range w.Demands(clash) {
		x := workDemand{Kind: demandWords[d.Kind], Activity: w.Activities[d.Activity].ID, On: d.On.String(), Lag: d.Lag}
		if d.Other >= 0 {
			x.After = w.Activities[d.Other].ID
		}
		if d.Resource >= 0 {
			x.Resource = w.ResourceOf(d.Resource).ID
		}
		out = append(out, x)
	}
	return out
}
