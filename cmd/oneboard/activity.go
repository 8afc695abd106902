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

// printActivity prints what an activity hangs on, what waits for it, and what comes
// of another duration when that is asked.
func (e *env) printActivity(s *work.Schedule, follow *following, all bool) {
	w, i := s.Work, follow.about
	a := &w.Activities[i]
	word := func(id string, args ...any) string {
		out := lang.Args{}
		for k := 0; k+1 < len(args); k += 2 {
			out[args[k].(string)] = args[k+1]
		}
		return lang.Say(e.tag, id, out)
	}
	title := func(k int) string { return e.name(w.Activities[k].Title, w.Activities[k].TitleEN) }
	head := func(last string) []string {
		return []string{e.say("schedule.col.days"), e.say("schedule.col.body"), e.say("schedule.col.activity"), last, "id"}
	}
	row := func(k int, from, to org.Date, last string) []string {
		return []string{days(from, to), w.Activities[k].Body, title(k), last, w.Activities[k].ID}
	}
	chain := func(heading string, steps []work.ChainStep) {
		e.printf("\n%s\n", heading)
		var rows [][]string
		for k := range steps {
			at := steps[k].Activity
			rows = append(rows, row(at, s.Start[at], s.Finish[at], s.SayStep(e.tag, steps, k)))
		}
		e.table(head(word("activity.why")), rows)
	}
	e.table(head(word("gantt.days")), [][]string{row(i, s.Start[i], s.Finish[i], strconv.Itoa(a.Duration))})
	if r, ok := s.Room(i); ok {
		e.printf("%s\n", word("activity.room", "Free", r.Free, "Total", r.Total))
	} else {
		e.printf("%s\n", word("activity.done"))
	}
	if follow.days > 0 {
		if f := s.When(i, follow.days); f == nil {
			e.printf("\n%s\n", word("activity.done"))
		} else {
			e.printEffect(s, f, word, row, head, chain, all)
		}
	}
	if steps := s.ChainTo(i); len(steps) > 0 {
		chain(word("activity.chain"), steps)
	}
	var rows [][]string
	for _, l := range w.Links {
		if l.From == i {
			rows = append(rows, row(l.To, s.Start[l.To], s.Finish[l.To], w.SayLink(e.tag, &l)))
		}
	}
	e.printf("\n%s\n", word("activity.next"))
	if len(rows) == 0 {
		e.printf("%s\n", word("activity.next.none"))
		return
	}
	e.table(head(word("activity.link")), rows)
}

// printEffect prints what comes of another duration.
func (e *env) printEffect(s *work.Schedule, f *work.Effect, word func(string, ...any) string, row func(int, org.Date, org.Date, string) []string,
	head func(string) []string, chain func(string, []work.ChainStep), all bool) {
	e.printf("\n%s\n", word("activity.when.title", "Days", f.Days, "Planned", f.Planned))
	if len(f.Moved) > 0 {
		var rows [][]string
		for _, m := range f.Moved {
			if len(rows) == printedActivities && !all {
				break
			}
			rows = append(rows, row(m.Activity, s.Start[m.Activity], s.Finish[m.Activity], days(m.Start, m.Finish)))
		}
		e.table(head(word("activity.then")), rows)
		if more := len(f.Moved) - len(rows); more > 0 {
			e.printf("%s\n", e.say("schedule.more", lang.Args{"Count": more}))
		}
	}
	e.printf("%s\n", word("activity.when.lead"))
	e.printf("%s\n", word("activity.when.moves", "Count", len(f.Moved), "Finish", f.Finish.String()))
	if f.End == s.End {
		e.printf("%s\n", word("activity.when.end-stays", "End", f.End.String()))
	} else {
		e.printf("%s\n", word("activity.when.end-moves", "Was", s.End.String(), "End", f.End.String()))
	}
	if len(f.Late) == 0 {
		e.printf("%s\n", word("activity.when.kept"))
	} else {
		e.printf("\n%s\n", word("activity.when.late"))
		var rows [][]string
		for _, m := range f.Late {
			if len(rows) == printedActivities && !all {
				break
			}
			a := &s.Work.Activities[m.Activity]
			rows = append(rows, []string{m.Due.String(), strconv.Itoa(m.Late), a.Body, e.name(a.Title, a.TitleEN), a.ID})
		}
		e.table([]string{e.say("schedule.col.due"), e.say("schedule.col.late"), e.say("schedule.col.body"), e.say("schedule.col.activity"), "id"}, rows)
		if more := len(f.Late) - len(rows); more > 0 {
			e.printf("%s\n", e.say("schedule.more", lang.Args{"Count": more}))
		}
	}
	if len(f.Chain) > 1 {
		chain(word("activity.when.chain"), f.Chain)
	}
}
