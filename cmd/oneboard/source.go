package main

import (
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A source is where a verb that looks at a day takes the board from: a plan, or
// the register as it was known at some time.
type source struct {
	plan     string
	register string
	known    string
}

// declare declares the flags that choose the source.
func (s *source) declare(f *flags) {
	f.text(&s.register, "register", "")
	f.text(&s.known, "known", "")
}

// board gives the board of a day, the name of where it comes from, and the exit
// code that goes with it.
func (s *source) board(e *env, args []string, on org.Date) (*org.Board, string, int, error) {
	m, t, code, err := e.timeline(args[0])
	if err != nil {
		return nil, "", exitFail, err
	}
	return t.On(on), m.name, code, nil
}

// who asks the source who has a duty on a day.
func (s *source) who(e *env, word string, on org.Date, area string) (*answer, int, error) {
	m, t, code, err := e.timeline(s.plan)
	if err != nil {
		return nil, exitFail, err
	}
	duties := make([]org.Duty, 0, len(t.Duties()))
	for _, id := range t.Duties() {
		if d := t.Duty(id); d != nil {
			duties = append(duties, *d)
		}
	}
	d, err := pickDuty(e, word, duties)
	if err != nil {
		return nil, exitFail, err
	}
	required := org.AllKeys
	for i, p := range m.packs { // the last pack that a plan names has the last word
		if i == 0 || p.Required != 0 {
			required = p.Required
		}
	}
	a := answerOf(d, on, area, t.Who(d.ID, on, area), required,
		func(id string) diag.Name {
			if v := t.Body(id).On(on); v != nil {
				return v.Label()
			}
			if v := t.Body(id).Last(); v != nil {
				return v.Label()
			}
			return diag.Name{ID: id}
		},
		func(id string) *org.Instrument {
			if m.plan == nil {
				return nil
			}
			return m.plan.Instrument(id)
		})
	a.Source = m.name
	return a, code, nil
}
