package publish

import (
	"slices"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/work"
)

// An ActivityPage is one activity of a schedule: its days, what its first day hangs
// on, what waits for it, and what comes of another duration.
type ActivityPage struct {
	ActivityRow
	Evidence *Name     `json:"evidence,omitempty"` // what shows that it is done; nil: nothing is asked
	Fixed    bool      `json:"fixed"`              // a day that the plan sets
	Left     int       `json:"left"`               // days of work, as far as not done
	Room     *RoomRow  `json:"room"`               // nil: it is done
	Chain    []StepRow `json:"chain"`              // the driving chain, which ends with it
	Next     []StepRow `json:"next"`               // what waits for it by a link
	// When is what comes of it when it takes another time; nil: it was not asked,
	// or it takes none.
	When *EffectRow `json:"when,omitempty"`
}

// A RoomRow is how many days of work an activity can be late; see [work.Room].
type RoomRow struct {
	Free  int `json:"free"`
	Total int `json:"total"`
}

// A StepRow is an activity with the reason why it is where it is.
type StepRow struct {
	Activity Name     `json:"activity"`
	Body     Name     `json:"body"`
	Start    org.Date `json:"start"`
	Finish   org.Date `json:"finish"`
	Why      string   `json:"why"`
}

// An EffectRow is what comes of another duration.
type EffectRow struct {
	Days    int       `json:"days"`
	Planned int       `json:"planned"`
	Finish  org.Date  `json:"finish"`
	WasEnd  org.Date  `json:"was_end"`
	End     org.Date  `json:"end"`
	Count   int       `json:"count"` // of all that move
	Moved   []MoveRow `json:"moved"` // the first of them
	Late    []LateRow `json:"late"`
	Chain   []StepRow `json:"chain"` // to the first of Late, or to the end
}

// A MoveRow is an activity on other days.
type MoveRow struct {
	Activity  Name     `json:"activity"`
	WasStart  org.Date `json:"was_start"`
	WasFinish org.Date `json:"was_finish"`
	Start     org.Date `json:"start"`
	Finish    org.Date `json:"finish"`
}

// A LateRow is an activity that is finished too late.
type LateRow struct {
	Activity Name     `json:"activity"`
	Due      org.Date `json:"due"`
	Late     int      `json:"late"` // days of work
}

// movedRows is how many moves a page tells one by one.
const movedRows = 50

// Activity gives one activity of a schedule by its id, and what comes of it when it
// takes so many days of work; days 0: that is not asked. ok is false where there is
// none. O(activities + links).
func (v *View) Activity(tag lang.Tag, s *work.Schedule, id string, days int) (p ActivityPage, ok bool) {
	w := s.Work
	i := slices.IndexFunc(w.Activities, func(a work.Activity) bool { return a.ID == id })
	if i < 0 {
		return p, false
	}
	a := &w.Activities[i]
	p = ActivityPage{ActivityRow: activityRow(s, i), Fixed: a.Fixed, Left: s.Days(i), Chain: []StepRow{}, Next: []StepRow{}}
	v.named(s, &p.ActivityRow)
	if a.Evidence+a.EvidenceEN != "" {
		p.Evidence = &Name{"", a.Evidence, a.EvidenceEN}
	}
	if r, ok := s.Room(i); ok {
		p.Room = &RoomRow{r.Free, r.Total}
	}
	p.Chain = append(p.Chain, v.stepRows(tag, s, s.ChainTo(i))...)
	for _, l := range w.Links {
		if l.From == i {
			p.Next = append(p.Next, v.stepRow(s, l.To, w.SayLink(tag, &l)))
		}
	}
	if days > 0 {
		if e := s.When(i, days); e != nil {
			p.When = v.effect(tag, s, e)
		}
	}
	return p, true
}

func (v *View) effect(tag lang.Tag, s *work.Schedule, e *work.Effect) *EffectRow {
	out := &EffectRow{Days: e.Days, Planned: e.Planned, Finish: e.Finish, WasEnd: s.End, End: e.End, Count: len(e.Moved), Moved: []MoveRow{}, Late: []LateRow{},
		Chain: v.stepRows(tag, s, e.Chain)}
	for _, m := range e.Moved[:min(len(e.Moved), movedRows)] {
		out.Moved = append(out.Moved, MoveRow{activityName(s.Work, m.Activity), s.Start[m.Activity], s.Finish[m.Activity], m.Start, m.Finish})
	}
	for _, m := range e.Late {
		out.Late = append(out.Late, LateRow{activityName(s.Work, m.Activity), m.Due, m.Late})
	}
	return out
}

func (v *View) stepRows(tag lang.Tag, s *work.Schedule, chain []work.ChainStep) (out []StepRow) {
	for k := range chain {
		out = append(out, v.stepRow(s, chain[k].Activity, s.SayStep(tag, chain, k)))
	}
	return out
}

func (v *View) stepRow(s *work.Schedule, i int, why string) StepRow {
	r := StepRow{Activity: activityName(s.Work, i), Start: s.Start[i], Finish: s.Finish[i], Why: why}
	if b := s.Work.Activities[i].Body; b != "" {
		r.Body = v.body(b, r.Start)
	}
	return r
}

func activityName(w *work.Work, i int) Name {
	a := &w.Activities[i]
	return Name{a.ID, a.Title, a.TitleEN}
}

// activityRow gives an activity without the names of others, which cost more.
func activityRow(s *work.Schedule, i int) ActivityRow {
	a := &s.Work.Activities[i]
	r := ActivityRow{Activity: activityName(s.Work, i), Days: a.Duration, Start: s.Start[i], Finish: s.Finish[i],
		Latest: s.Latest[i], Slack: s.Slack[i], Critical: s.Critical[i], Deadline: a.Deadline, WasStart: org.NoDate, WasFinish: org.NoDate, place: i}
	if !r.Deadline.Known() {
		r.Deadline = org.NoDate
	}
	return r
}

// named gives a row the names of its body and teams.
func (v *View) named(s *work.Schedule, r *ActivityRow) {
	a := &s.Work.Activities[r.place]
	if a.Body != "" {
		r.Body = v.body(a.Body, r.Start)
	}
	r.Teams = []Name{}
	for _, n := range a.Needs {
		if t := &s.Work.Resources[n.Resource]; !t.Shut { // days on which work rests are nobody
			r.Teams = append(r.Teams, teamName(t))
		}
	}
}
