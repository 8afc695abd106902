package main

import (
	"slices"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// whoVerb answers the question of the product: who has this duty on this day,
// and by which papers.
func whoVerb(e *env) verb {
	var on org.Date
	var area string
	var supervisor bool
	var from source
	return verb{name: "who", min: 1, max: 1,
		flags: func(f *flags) {
			f.date(&on, "on")
			f.text(&area, "in", "")
			f.truth(&supervisor, "supervisor")
			f.text(&from.plan, "plan", "")
			from.declare(f)
		},
		run: func(args []string) (int, error) {
			if !on.Known() {
				on = e.today()
			}
			s, code, err := from.open(e)
			if err != nil {
				return exitFail, err
			}
			if supervisor {
				a, err := e.askSupervisor(s, args[0], on)
				if err != nil {
					return exitFail, err
				}
				if len(a.Supervisors) == 0 {
					code = exitFound
				}
				if e.json {
					return code, e.document(a)
				}
				e.printSupervisors(a)
				return code, nil
			}
			a, err := e.ask(s, args[0], on, area)
			if err != nil {
				return exitFail, err
			}
			if !a.Complete {
				code = exitFound
			}
			if e.json {
				return code, e.document(a)
			}
			e.printAnswer(a)
			return code, nil
		}}
}

// An answer says who has a duty on a day, key by key.
type answer struct {
	Source string      `json:"source"`
	Duty   diag.Name   `json:"duty"`
	On     org.Date    `json:"on"`
	In     string      `json:"in,omitempty"`
	Known  int64       `json:"known,omitempty"` // the register's entry that the answer goes by
	Keys   []keyAnswer `json:"keys"`
	// Complete: every key is with somebody, and none with two who don't share it.
	Complete bool `json:"complete"`
}

type keyAnswer struct {
	Key  string   `json:"key"`
	What string   `json:"what"` // held, nobody, overlap
	Held []holder `json:"held"`
}

type holder struct {
	Body         diag.Name `json:"body"`
	Mode         string    `json:"mode"`
	Area         string    `json:"area,omitempty"`
	From         org.Date  `json:"from"`
	To           org.Date  `json:"to"`
	Papers       []paper   `json:"papers"`
	Transitional bool      `json:"transitional"`
}

// A paper is the clause that a fact rests on.
type paper struct {
	Instrument string `json:"instrument"`
	Title      string `json:"title,omitempty"`
	TitleEN    string `json:"title_en,omitempty"`
	Number     string `json:"number,omitempty"`
	Clause     string `json:"clause,omitempty"`
}

// ask finds the duty and answers from the timeline.
func (e *env) ask(s *seen, word string, on org.Date, area string) (*answer, error) {
	t := s.timeline
	d, err := e.pickDuty(word, dutiesOf(t))
	if err != nil {
		return nil, err
	}
	rules := org.Together(s.packs)
	required := rules.RequiredOf(d)
	a := &answer{Source: s.name, Duty: d.Label(), On: on, In: area, Known: s.known, Complete: true}
	held := t.Who(d.ID, on, area)
	for _, key := range org.EachKey {
		k := keyAnswer{Key: key.String(), What: "held", Held: []holder{}}
		alone := map[string][]string{} // bodies that claim to be the one, by area
		for _, h := range held {
			if h.Key != key {
				continue
			}
			k.Held = append(k.Held, holder{Body: bodyName(t, h.Body, on), Mode: h.Mode.String(), Area: h.Area, From: h.From, To: h.To,
				Papers: papersOf(h.By, s.plan), Transitional: h.Transitional})
			if (h.Mode == org.Sole || h.Mode == org.Lead) && !slices.Contains(alone[h.Area], h.Body) {
				alone[h.Area] = append(alone[h.Area], h.Body)
			}
		}
		if len(k.Held) == 0 {
			k.What = "nobody"
			a.Complete = a.Complete && required&key == 0
		}
		for _, bodies := range alone {
			if d.Exclusive && len(bodies) > 1 {
				k.What = "overlap"
				a.Complete = false
			}
		}
		a.Keys = append(a.Keys, k)
	}
	return a, nil
}

// dutiesOf lists the duties of a timeline, each once.
func dutiesOf(t *check.Timeline) []org.Duty {
	ids := t.Duties()
	duties := make([]org.Duty, len(ids))
	for i, id := range ids {
		duties[i] = *t.Duty(id)
	}
	return duties
}

// bodyName gives the name that a body has on a day, or else had last.
func bodyName(t *check.Timeline, id string, on org.Date) diag.Name {
	life := t.Body(id)
	if v := life.On(on); v != nil {
		return v.Label()
	}
	if v := life.Last(); v != nil {
		return v.Label()
	}
	return diag.Name{ID: id}
}

// papersOf reads the clauses of a fact, "instrument clause" with "; " between.
func papersOf(by string, plan *org.Plan) []paper {
	out := []paper{}
	for cite := range strings.SplitSeq(by, ";") {
		id, clause, _ := strings.Cut(strings.TrimSpace(cite), " ")
		if id == "" {
			continue
		}
		p := paper{Instrument: id, Clause: strings.TrimSpace(clause)}
		if plan != nil {
			if in := plan.Instrument(id); in != nil {
				p.Title, p.TitleEN, p.Number = in.Title, in.TitleEN, in.Number
			}
		}
		out = append(out, p)
	}
	return out
}

// printAnswer prints an answer for people.
func (e *env) printAnswer(a *answer) {
	title := e.name(a.Duty.ZH, a.Duty.EN)
	if title != a.Duty.ID {
		title += " (" + a.Duty.ID + ")"
	}
	head := e.say("who.head", lang.Args{"Duty": title, "Day": a.On.String()})
	if a.In != "" {
		head += lang.Say(e.tag, "list.comma") + e.say("who.in", lang.Args{"Area": a.In})
	}
	if a.Known > 0 {
		head += lang.Say(e.tag, "list.comma") + e.say("who.known", lang.Args{"Seq": a.Known})
	}
	e.printf("%s\n", head)
	var rows [][]string
	for _, k := range a.Keys {
		label := lang.Say(e.tag, "key."+k.Key)
		if len(k.Held) == 0 {
			rows = append(rows, []string{label, e.say("who.nobody")})
		}
		for i, h := range k.Held {
			if i > 0 {
				label = ""
			}
			name := diag.Words(e.tag, h.Body)
			if h.Mode != org.Sole.String() {
				name += lang.Say(e.tag, "list.comma") + lang.Say(e.tag, "mode."+h.Mode)
			}
			if h.Area != "" && h.Area != a.In {
				name += " @ " + h.Area
			}
			says := e.paperWords(h.Papers)
			if h.Transitional {
				says = e.say("who.transition")
			}
			rows = append(rows, []string{label, name, e.period(h), says})
		}
		if k.What == "overlap" {
			rows = append(rows, []string{"", "", "", e.say("who.overlap")})
		}
	}
	e.table(nil, rows)
}

// period tells since when and until when.
func (e *env) period(h holder) string {
	var out []string
	if h.From.Known() {
		out = append(out, e.say("who.since", lang.Args{"Day": h.From.String()}))
	}
	if h.To.Known() {
		out = append(out, e.say("who.until", lang.Args{"Day": h.To.String()}))
	}
	return e.list(out)
}

func (e *env) paperWords(papers []paper) string {
	var out []string
	for _, p := range papers {
		title := p.Instrument
		if t := e.name(p.Title, p.TitleEN); t != "" {
			title = e.say("who.title", lang.Args{"Title": t})
		}
		if p.Clause == "" {
			out = append(out, title)
		} else {
			out = append(out, e.say("who.clause", lang.Args{"Title": title, "Clause": p.Clause}))
		}
	}
	return e.list(out)
}

// pickDuty finds a duty by its id, else by its name, which must be one duty's.
func (e *env) pickDuty(word string, duties []org.Duty) (*org.Duty, error) {
	var named, near []*org.Duty
	for i := range duties {
		d := &duties[i]
		switch {
		case d.ID == word:
			return d, nil
		case d.Name == word || strings.EqualFold(d.NameEN, word):
			named = append(named, d)
		case strings.Contains(d.Name, word) || strings.Contains(strings.ToLower(d.NameEN), strings.ToLower(word)):
			near = append(near, d)
		}
	}
	if len(named) == 1 {
		return named[0], nil
	}
	if near = append(named, near...); len(near) > 0 && word != "" {
		var words []string
		for _, d := range near[:min(len(near), 8)] {
			words = append(words, diag.Words(e.tag, d.Label()))
		}
		if rest := len(near) - len(words); rest > 0 {
			return nil, cannot("which-duty", "Value", word, "Near", e.list(words)+lang.Say(e.tag, "list.more", lang.Args{"Count": rest}))
		}
		return nil, cannot("which-duty", "Value", word, "Near", e.list(words))
	}
	return nil, cannot("no-such-duty", "Value", word)
}
