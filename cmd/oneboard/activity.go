package main

import (
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/work"
)

// activityOf reads what --activity says: the id of an activity, with "=days" where
// it is asked what comes of another duration. days is 0 where that is not asked.
func activityOf(w *work.Work, words string) (i, days int, err error) {
	at := func(id string) int {
		return slices.IndexFunc(w.Activities, func(a work.Activity) bool { return a.ID == id })
	}
	if i = at(words); i >= 0 {
		return i, 0, nil
	}
	id, value := words, ""
	if k := strings.LastIndexByte(words, '='); k >= 0 {
		id, value = words[:k], words[k+1:]
	}
	if i = at(id); i < 0 {
		var ids []string
		for k := range w.Activities {
			ids = append(ids, w.Activities[k].ID)
		}
		if near := diag.Nearest(id, ids); near != "" {
			return -1, 0, cannot("no-such-activity-near", "Value", id, "Near", near)
		}
		return -1, 0, cannot("no-such-activity", "Value", id)
	}
	if days, err = strconv.Atoi(value); err != nil || days < 1 || days > work.MostDays || w.Activities[i].Fixed || w.Activities[i].Duration == 0 {
		return -1, 0, cannot("activity-days", "Value", words, "Most", work.MostDays)
	}
	return i, days, nil
}

// The JSON form of one activity, as docs/commands.md has it.
type (
	activityDocument struct {
		ID     string          `json:"id"`
		Start  string          `json:"start"`
		Finish string          `json:"finish"`
		Room   *activityRoom   `json:"room"` // null: it is done
		Chain  []activityStep  `json:"chain"`
		Next   []activityStep  `json:"next"`
		When   *activityEffect `json:"when,omitempty"`
	}
	activityRoom struct {
		Free  int `json:"free"`
		Total int `json:"total"`
	}
	activityStep struct {
		Activity string `json:"activity"`
		Start    string `json:"start"`
		Finish   string `json:"finish"`
		Why      string `json:"why"`
	}
	activityEffect struct {
		Days    int            `json:"days"`
		Planned int            `json:"planned"`
		Finish  string         `json:"finish"`
		End     string         `json:"end"`
		Moved   []activityMove `json:"moved"`
		Late    []activityLate `json:"late"`
		Chain   []activityStep `json:"chain"`
	}
	activityMove struct {
		Activity string `json:"activity"`
		Start    string `json:"start"`
		Finish   string `json:"finish"`
	}
	activityLate struct {
		Activity string `json:"activity"`
		Due      string `json:"due"`
		Late     int    `json:"late"`
	}
)

func (e *env) stepsOf(s *work.Schedule, chain []work.ChainStep) []activityStep {
	out := []activityStep{}
	for k := range chain {
		i := chain[k].Activity
		out = append(out, activityStep{s.Work.Activities[i].ID, s.Start[i].String(), s.Finish[i].String(), s.SayStep(e.tag, chain, k)})
	}
	return out
}

// activityDocument tells one activity; nil where none is asked for, or there is no
// schedule.
func (e *env) activityDocument(s *work.Schedule, follow *following) *activityDocument {
	if s == nil || follow.activity == "" {
		return nil
	}
	w, i := s.Work, follow.about
	out := &activityDocument{ID: w.Activities[i].ID, Start: s.Start[i].String(), Finish: s.Finish[i].String(), Chain: e.stepsOf(s, s.ChainTo(i)), Next: []activityStep{}}
	if r, ok := s.Room(i); ok {
		out.Room = &activityRoom{r.Free, r.Total}
	}
	for _, l := range w.Links {
		if l.From == i {
			out.Next = append(out.Next, activityStep{w.Activities[l.To].ID, s.Start[l.To].String(), s.Finish[l.To].String(), w.SayLink(e.tag, &l)})
		}
	}
	if follow.days == 0 {
		return out
	}
	if f := s.When(i, follow.days); f != nil {
		out.When = &activityEffect{Days: f.Days, Planned: f.Planned, Finish: f.Finish.String(), End: f.End.String(), Moved: []activityMove{}, Late: []activityLate{}, Chain: e.stepsOf(s, f.Chain)}
		for _, m := range f.Moved {
			out.When.Moved = append(out.When.Moved, activityMove{w.Activities[m.Activity].ID, m.Start.String(), m.Finish.String()})
		}
		for _, m := range f.Late {
			out.When.Late = append(out.When.Late, activityLate{w.Activities[m.Activity].ID, m.Due.String(), m.Late})
		}
	}
	return out
}

// activityTables prints what is told of one activity of a schedule.
type activityTables struct {
	*env
	s   *work.Schedule
	all bool
}

func (t activityTables) word(id string, args ...lang.Args) string {
	return lang.Say(t.tag, "activity."+id, args...)
}

func (t activityTables) head(last string) []string {
	return []string{t.say("schedule.col.days"), t.say("schedule.col.body"), t.say("schedule.col.activity"), last, "id"}
}

func (t activityTables) row(i int, from, to org.Date, last string) []string {
	a := &t.s.Work.Activities[i]
	return []string{days(from, to), a.Body, t.name(a.Title, a.TitleEN), last, a.ID}
}

func (t activityTables) chain(heading string, steps []work.ChainStep) {
	t.printf("\n%s\n", heading)
	var rows [][]string
	for k := range steps {
		i := steps[k].Activity
		rows = append(rows, t.row(i, t.s.Start[i], t.s.Finish[i], t.s.SayStep(t.tag, steps, k)))
	}
	t.table(t.head(t.word("why")), rows)
}

// printActivity prints what an activity hangs on, what waits for it, and what comes
// of another duration when that is asked.
func (e *env) printActivity(s *work.Schedule, follow *following, all bool) {
	w, i := s.Work, follow.about
	t := activityTables{e, s, all}
	t.table(t.head(lang.Say(e.tag, "gantt.days")), [][]string{t.row(i, s.Start[i], s.Finish[i], strconv.Itoa(w.Activities[i].Duration))})
	if r, ok := s.Room(i); ok {
		t.printf("%s\n", t.word("room", lang.Args{"Free": r.Free, "Total": r.Total}))
	} else {
		t.printf("%s\n", t.word("done"))
	}
	if follow.days > 0 {
		if f := s.When(i, follow.days); f == nil {
			t.printf("\n%s\n", t.word("done"))
		} else {
			t.effect(f)
		}
	}
	if steps := s.ChainTo(i); len(steps) > 0 {
		t.chain(t.word("chain"), steps)
	}
	var rows [][]string
	for _, l := range w.Links {
		if l.From == i {
			rows = append(rows, t.row(l.To, s.Start[l.To], s.Finish[l.To], w.SayLink(e.tag, &l)))
		}
	}
	t.printf("\n%s\n", t.word("next"))
	if len(rows) == 0 {
		t.printf("%s\n", t.word("next.none"))
		return
	}
	t.table(t.head(t.word("link")), rows)
}

// effect prints what comes of another duration.
func (t activityTables) effect(f *work.Effect) {
	s := t.s
	t.printf("\n%s\n", t.word("when.title", lang.Args{"Days": f.Days, "Planned": f.Planned}))
	if len(f.Moved) > 0 {
		var rows [][]string
		for _, m := range f.Moved {
			rows = append(rows, t.row(m.Activity, s.Start[m.Activity], s.Finish[m.Activity], days(m.Start, m.Finish)))
		}
		t.activityTable(t.head(t.word("then")), rows, t.all)
	}
	t.printf("%s\n", t.word("when.lead"))
	t.printf("%s\n", t.word("when.moves", lang.Args{"Count": len(f.Moved), "Finish": f.Finish.String()}))
	if f.End == s.End {
		t.printf("%s\n", t.word("when.end-stays", lang.Args{"End": f.End.String()}))
	} else {
		t.printf("%s\n", t.word("when.end-moves", lang.Args{"Was": s.End.String(), "End": f.End.String()}))
	}
	if len(f.Late) == 0 {
		t.printf("%s\n", t.word("when.kept"))
	} else {
		t.printf("\n%s\n", t.word("when.late"))
		var rows [][]string
		for _, m := range f.Late {
			a := &s.Work.Activities[m.Activity]
			rows = append(rows, []string{m.Due.String(), strconv.Itoa(m.Late), a.Body, t.name(a.Title, a.TitleEN), a.ID})
		}
		t.activityTable([]string{t.say("schedule.col.due"), t.say("schedule.col.late"), t.say("schedule.col.body"), t.say("schedule.col.activity"), "id"}, rows, t.all)
	}
	if len(f.Chain) > 1 {
		t.chain(t.word("when.chain"), f.Chain)
	}
}
