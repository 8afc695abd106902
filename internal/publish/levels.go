package publish

import (
	"cmp"

	"oneboard/internal/check"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// LevelsPage is how a plan stands to the plan above it, to those further up, the
// nearest first, and to those below.
type LevelsPage struct {
	Above  *BondView  `json:"above,omitempty"`
	Higher []BondView `json:"higher,omitempty"`
	Below  []BondView `json:"below"`
}

// BondView is two plans, one above the other.
type BondView struct {
	Upper        Name              `json:"upper"`
	Lower        Name              `json:"lower"`
	Clauses      []AnswerView      `json:"clauses"`    // what is asked of the lower level, or answered by it
	Others       int               `json:"not_asked"`  // clauses that speak of the upper level alone
	Unanswered   int               `json:"unanswered"` // clauses without implementation
	Counterparts []CounterpartView `json:"counterparts"`
	Stages       []StageView       `json:"stages"`
	Errors       int               `json:"errors"` // between the two plans
	Warnings     int               `json:"warnings"`
	Picture      SVG               `json:"-"`
}

// AnswerView is a clause above, and what carries it out below.
type AnswerView struct {
	Instrument Name   `json:"instrument"`
	Clause     string `json:"clause"`
	Words      string `json:"words,omitempty"`
	State      Term   `json:"state"`
	Through    string `json:"through,omitempty"` // the clauses below, as cited
	// Changes are told only where the lower plan is the page's own.
	Changes []ChangeView `json:"changes"`
	Count   int          `json:"count"`
	Reason  string       `json:"reason,omitempty"`
}

// CounterpartView is a body or duty above, and what corresponds to it below.
type CounterpartView struct {
	Above    Name   `json:"above"`
	Below    []Name `json:"below"`
	Declared bool   `json:"declared"`
	Shared   int    `json:"shared"` // matters, of All
	All      int    `json:"all"`
	Missing  bool   `json:"missing"`
	Reason   string `json:"reason,omitempty"`
}

// StageView is what a plan does at one level.
type StageView struct {
	Level    Term     `json:"level"`
	Plan     Name     `json:"plan"`
	From     org.Date `json:"from"`
	To       org.Date `json:"to"`
	Changes  int      `json:"changes"`
	Deadline org.Date `json:"deadline"`
	// After is the stage before it in the list that is of the next level up, which
	// it follows; -1: there is none. Two plans may have stages of one level.
	After int `json:"after"`
	Idle  int `json:"idle"` // days between that one and this; negative when they overlap
}

// HasLevels reports whether the plan has one above or below it.
func (v *View) HasLevels() bool { return v.res.Above != nil || len(v.res.Below) > 0 }

// Levels gives the page of the levels.
func (v *View) Levels(tag lang.Tag, day org.Date) LevelsPage {
	page := LevelsPage{Below: []BondView{}}
	for i, bond := range v.res.Above.Bonds() {
		b := v.bond(tag, day, bond, true)
		if i == 0 {
			page.Above = &b
		} else {
			page.Higher = append(page.Higher, b)
		}
	}
	for _, bond := range v.res.Below {
		page.Below = append(page.Below, v.bond(tag, day, bond, false))
	}
	return page
}

func planName(p *org.Plan) Name {
	return Name{ID: p.ID, ZH: p.Title.Text, EN: p.TitleEN.Text}
}

// bond makes the view of two plans; own: the lower one is the page's.
func (v *View) bond(tag lang.Tag, day org.Date, b *check.Bond, own bool) BondView {
	upper, lower := Of(check.Result{Timeline: b.Upper}), v
	if !own {
		upper, lower = v, Of(check.Result{Timeline: b.Lower})
	}
	out := BondView{Upper: planName(b.Upper.Plan()), Lower: planName(b.Lower.Plan()), Clauses: []AnswerView{}, Counterparts: []CounterpartView{}, Stages: []StageView{}}
	out.Errors, out.Warnings, _ = b.Problems.Count()
	for i := range b.Clauses {
		a := &b.Clauses[i]
		if a.State == check.NotAsked {
			out.Others++
			continue
		}
		if a.State == check.Unanswered {
			out.Unanswered++
		}
		view := AnswerView{Instrument: Name{ID: a.Instrument.ID, ZH: a.Instrument.Title, EN: a.Instrument.TitleEN}, Clause: a.Clause.Number, Words: a.Clause.Text,
			State: Term{string(a.State), lang.Say(tag, "answer."+string(a.State))}, Changes: []ChangeView{}, Count: len(a.Changes) + len(a.Varied), Reason: a.Reason}
		for _, by := range a.Through {
			if view.Through != "" {
				view.Through += lang.Say(tag, "list.comma")
			}
			view.Through += by.Instrument.ID + " " + by.Clause.Text
		}
		if own {
			view.Changes = v.changes(tag, day, append(append([]org.Change{}, a.Changes...), a.Varied...))
		}
		out.Clauses = append(out.Clauses, view)
	}
	for _, k := range b.Counterparts {
		c := CounterpartView{Below: []Name{}, Declared: k.Declared, Shared: k.Shared, All: k.All, Missing: k.Missing, Reason: k.Reason}
		if k.Duty {
			c.Above = upper.duty(k.ID)
		} else {
			c.Above = upper.lastName(k.ID)
		}
		for _, id := range k.Bodies {
			c.Below = append(c.Below, lower.lastName(id))
		}
		out.Counterparts = append(out.Counterparts, c)
	}
	for i, s := range b.Stages {
		st := StageView{Level: Term{s.Level, lang.Say(tag, "level."+s.Level)}, Plan: out.Lower, From: s.From, To: s.To, Changes: s.Changes, Deadline: s.Deadline}
		if s.Upper {
			st.Plan = out.Upper
		}
		for st.After = i - 1; st.After >= 0 && b.Stages[st.After].Level == s.Level; {
			st.After--
		}
		if st.After >= 0 {
			st.Idle = int(s.From - b.Stages[st.After].To)
		}
		out.Stages = append(out.Stages, st)
	}
	out.Picture = relay(tag, out.Stages)
	return out
}

// lastName gives the name that a body had last.
func (v *View) lastName(id string) Name {
	if last := v.tl.Body(id).Last(); last != nil {
		return Name{ID: id, ZH: last.Name, EN: last.NameEN}
	}
	return Name{ID: id}
}

// The measures of the picture of the relay.
const (
	relayLeft  = 200.0
	relayW     = 560.0
	relayRow   = 56.0
	relayTop   = 8.0
	relayFoot  = 26.0
	relayBar   = 18.0
	relayMarks = 11.0 // the type of what stands beside the bars
)

// relay draws the levels one below the other, each from the first day on which
// anything of it may begin to the day on which all is complete, with its
// deadline: the lower one should begin where the upper one ends.
func relay(tag lang.Tag, stages []StageView) SVG {
	if len(stages) == 0 {
		return ""
	}
	first, last := stages[0].From, stages[0].To
	for _, s := range stages {
		first, last = min(first, s.From), max(last, s.To)
		if s.Deadline.Known() {
			last = max(last, s.Deadline)
		}
	}
	pad := org.Date(max(2, int(last-first)/20))
	h := relayTop + relayRow*float64(len(stages)) + relayFoot
	p := &pen{}
	words := ""
	for _, s := range stages {
		words += lang.Say(tag, "levels.stage", lang.Args{"Level": s.Level.Text, "From": s.From.String(), "To": s.To.String()})
	}
	p.start("relay", relayLeft+relayW, h, lang.Say(tag, "levels.picture"), words)
	s := scale{Span{From: first - pad, To: last + pad}, relayLeft, relayW}
	p.axis(tag, s, relayTop, h)
	for i, st := range stages {
		y := relayTop + relayRow*float64(i)
		p.text("relaylevel", 4, y+18, st.Level.Text, tag)
		title, titleIn := st.Plan.In(tag)
		p.text("relayplan", 4, y+34, fit(title, relayLeft-12, relayMarks), titleIn)
		x, w, _ := s.between(org.Interval{From: st.From, To: st.To + 1})
		tip := lang.Say(tag, "levels.stage", lang.Args{"Level": st.Level.Text, "From": st.From.String(), "To": st.To.String()})
		p.bar("bar", x, y+8, w, relayBar, 4, tip)
		days := st.From.String() + " – " + st.To.String()
		at := x
		if at+advance(days, relayMarks) > relayLeft+relayW-4 {
			at = relayLeft + relayW - 4 - advance(days, relayMarks)
		}
		p.text("relaydays", at, y+8+relayBar+14, days, "")
		if st.Deadline.Known() {
			p.tick("deadline", s.at(st.Deadline), y+8+relayBar/2, 6, lang.Say(tag, "levels.deadline-on", lang.Args{"Day": st.Deadline.String()}))
		}
		if st.After >= 0 {
			class := "baton"
			if st.Idle < 0 {
				class = "baton early"
			}
			from := s.at(stages[st.After].To)
			p.path(class, "M"+num(from)+" "+num(relayTop+relayRow*float64(st.After)+8+relayBar)+"V"+num(y+8+relayBar/2)+"H"+num(cmp.Or(x, from)))
		}
	}
	return p.end()
}
