package main

import (
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// supervision says who directs a body on a day, or the bodies that perform a
// duty.
type supervision struct {
	Source      string           `json:"source"`
	Body        *diag.Name       `json:"body,omitempty"`
	Duty        *diag.Name       `json:"duty,omitempty"`
	On          org.Date         `json:"on"`
	Known       int64            `json:"known,omitempty"`
	Supervisors []supervisorLine `json:"supervisors"`
}

type supervisorLine struct {
	Of     diag.Name   `json:"of"` // who is directed
	Body   diag.Name   `json:"body"`
	Above  bool        `json:"above"` // it is of the plan above
	Duties []diag.Name `json:"duties"`
	Rule   string      `json:"rule"`
	From   org.Date    `json:"from"`
	To     org.Date    `json:"to"`
	Papers []paper     `json:"papers"`
	// Reason says the rule in words: what is adjusted and what is awaited.
	Reason string `json:"reason"`
	Waits  string `json:"waits,omitempty"` // the change that is awaited
}

// askSupervisor finds a body, or else a duty, and answers who directs it.
func (e *env) askSupervisor(s *seen, word string, on org.Date) (*supervision, error) {
	t := s.timeline
	a := &supervision{Source: s.name, On: on, Known: s.known, Supervisors: []supervisorLine{}}
	if id := bodyCalled(t, word, on); id != "" {
		name := bodyName(t, id, on)
		a.Body = &name
		e.supervisors(a, s, id, "")
		return a, nil
	}
	d, err := e.pickDuty(word, dutiesOf(t))
	if err != nil {
		return nil, cannot("no-such-body-or-duty", "Value", word)
	}
	name := d.Label()
	a.Duty = &name
	asked := map[string]bool{}
	for _, h := range t.Who(d.ID, on, "") {
		if !asked[h.Body] {
			asked[h.Body] = true
			e.supervisors(a, s, h.Body, d.ID)
		}
	}
	return a, nil
}

// bodyCalled finds a body by its id, or by the name that it has on a day.
func bodyCalled(t *check.Timeline, word string, on org.Date) string {
	if t.Body(word) != nil {
		return word
	}
	for _, id := range t.Bodies() {
		if v := t.Body(id).On(on); v != nil && (v.Name == word || strings.EqualFold(v.NameEN, word)) {
			return id
		}
	}
	return ""
}

func (e *env) supervisors(a *supervision, s *seen, body, duty string) {
	t := s.timeline
	for _, x := range t.Supervisors(body, duty, a.On, s.above) {
		if duty != "" && x.Rule == check.BySuperior {
			continue // of the body, not of the duty
		}
		up, plan := t, s.plan
		if x.Above != nil {
			up, plan = x.Above, x.Above.Plan()
		}
		line := supervisorLine{Of: bodyName(t, body, a.On), Body: bodyName(up, x.Body, a.On), Above: x.Above != nil, Duties: []diag.Name{},
			Rule: x.Rule, From: x.From, To: x.To, Papers: papersOf(x.By, plan), Reason: e.say("supervises." + x.Rule)}
		for _, d := range x.Duties {
			line.Duties = append(line.Duties, t.Duty(d).Label())
		}
		if x.Rule == check.ByMismatch {
			line.Waits = x.Waits.Declared().ID
			line.Reason = e.say("supervises.R2", lang.Args{"Upper": diag.Words(e.tag, line.Body), "Since": up.DateOf(x.Adjusted).String(),
				"Lower": diag.Words(e.tag, line.Of), "Until": t.DateOf(x.Waits).String(), "Change": line.Waits})
		}
		a.Supervisors = append(a.Supervisors, line)
	}
}

// printSupervisors prints the answer for people.
func (e *env) printSupervisors(a *supervision) {
	what := a.Body
	if what == nil {
		what = a.Duty
	}
	head := e.say("supervisor.head", lang.Args{"What": diag.Words(e.tag, *what), "Day": a.On.String()})
	if a.Known > 0 {
		head += lang.Say(e.tag, "list.comma") + e.say("who.known", lang.Args{"Seq": a.Known})
	}
	e.printf("%s\n", head)
	if len(a.Supervisors) == 0 {
		e.printf("  %s\n", e.say("supervisor.nobody"))
		return
	}
	for _, s := range a.Supervisors {
		line := diag.Words(e.tag, s.Body)
		if s.Above {
			line += lang.Say(e.tag, "list.comma") + e.say("supervisor.above")
		}
		if period := e.period(holder{From: s.From, To: s.To}); period != "" {
			line += lang.Say(e.tag, "list.comma") + period
		}
		e.printf("  %s\n", line)
		if a.Body == nil {
			e.printf("    %s\n", e.say("supervisor.of", lang.Args{"Body": diag.Words(e.tag, s.Of)}))
		}
		e.printf("    %s\n", s.Reason)
		if papers := e.paperWords(s.Papers); papers != "" {
			e.printf("    %s\n", e.say("supervisor.papers", lang.Args{"Papers": papers}))
		}
		if len(s.Duties) > 0 && a.Body != nil {
			e.printf("    %s\n", e.say("supervisor.duties", lang.Args{"Duties": diag.Words(e.tag, s.Duties)}))
		}
	}
}
