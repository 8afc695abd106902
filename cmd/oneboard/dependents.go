package main

import (
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// dependentsVerb lists what a plan makes stale, when each thing must have
// followed, and who must link up with whom.
func dependentsVerb(e *env) verb {
	var on org.Date
	var body string
	var from source
	return verb{name: "dependents", max: 1,
		flags: func(f *flags) {
			f.date(&on, "on")
			f.text(&body, "body", "")
			from.declare(f)
		},
		run: func(args []string) (int, error) {
			if !on.Known() {
				on = e.today()
			}
			if len(args) > 0 {
				from.plan = args[0]
			}
			s, code, err := from.open(e)
			if err != nil {
				return exitFail, err
			}
			if body != "" && s.timeline.Body(body) == nil {
				return exitFail, cannot("no-such-body", "Value", body)
			}
			d := dependentsOn(s, on, body)
			if d.States[check.FollowOverdue] > 0 {
				code = exitFound
			}
			if e.json {
				return code, e.document(d)
			}
			e.printDependents(d)
			return code, nil
		}}
}

// followed is the JSON form of what a plan makes stale.
type followed struct {
	Source     string            `json:"source"`
	On         org.Date          `json:"on"`
	Known      int64             `json:"known,omitempty"`
	States     map[string]int    `json:"states"` // how many there are of each, on the day
	Dependents []dependent       `json:"dependents"`
	Interfaces []check.Interface `json:"interfaces"`
}

type dependent struct {
	check.Dependent
	State string `json:"state"`
}

// dependentsOn gives what is stale by a day, of one body or of all ("").
func dependentsOn(s *seen, on org.Date, body string) *followed {
	out := &followed{Source: s.name, On: on, Known: s.known, States: map[string]int{}, Dependents: []dependent{}, Interfaces: []check.Interface{}}
	for _, state := range check.FollowStates {
		out.States[state] = 0
	}
	for _, d := range s.timeline.Dependents() {
		if body == "" || d.Body.ID == body || d.What == "body" && d.ID == body {
			state := d.State(on)
			out.States[state]++
			out.Dependents = append(out.Dependents, dependent{d, state})
		}
	}
	for _, x := range s.timeline.Interfaces() {
		if body == "" || x.Giver.ID == body || x.Taker.ID == body {
			out.Interfaces = append(out.Interfaces, x)
		}
	}
	return out
}

func (e *env) printDependents(d *followed) {
	var counts []string
	for _, state := range check.FollowStates {
		counts = append(counts, lang.Say(e.tag, "follow.state."+state)+" "+strconv.Itoa(d.States[state]))
	}
	e.printf("%s\n", e.say("dependents.head", lang.Args{"Day": d.On.String(), "Counts": e.list(counts)}))
	list := slices.Clone(d.Dependents)
	slices.SortStableFunc(list, func(a, b dependent) int {
		return slices.Index(check.FollowStates, a.State) - slices.Index(check.FollowStates, b.State)
	})
	var rows [][]string
	for _, x := range list {
		var why []string
		for _, w := range x.Why {
			why = append(why, lang.Say(e.tag, "follow.why."+w))
		}
		state := lang.Say(e.tag, "follow.state."+x.State)
		if x.Settled.Known() {
			state += " " + x.Settled.String()
		}
		thing := diag.Words(e.tag, x.Name)
		if len(x.Clauses) > 0 {
			thing += " " + e.list(x.Clauses)
		}
		rows = append(rows, []string{x.On.String(), x.Due.String(), state, lang.Say(e.tag, "follow.kind."+x.Kind), thing,
			diag.Words(e.tag, x.Body), e.list(why), strings.Join(x.Changes, " ")})
	}
	if len(rows) > 0 {
		e.table([]string{e.say("dependents.col.on"), e.say("dependents.col.due"), e.say("dependents.col.state"), e.say("col.kind"),
			e.say("dependents.col.thing"), e.say("dependents.col.body"), e.say("dependents.col.why"), e.say("dependents.col.changes")}, rows)
	}
	if len(d.Interfaces) == 0 {
		return
	}
	e.printf("\n%s\n", e.say("dependents.interfaces", lang.Args{"Count": len(d.Interfaces)}))
	rows = nil
	for _, x := range d.Interfaces {
		agreed := x.Agreed.String()
		if len(x.Open) > 0 {
			agreed = e.say("dependents.no-day", lang.Args{"Changes": strings.Join(x.Open, " ")})
		}
		rows = append(rows, []string{x.On.String(), diag.Words(e.tag, x.Giver), diag.Words(e.tag, x.Taker),
			count(len(x.Duties)), count(len(x.Posts)), count(len(x.Items)), agreed})
	}
	e.table([]string{e.say("dependents.col.on"), e.say("dependents.col.giver"), e.say("dependents.col.taker"),
		e.say("col.duties"), e.say("col.posts"), e.say("dependents.col.items"), e.say("dependents.col.agreed")}, rows)
}

// count prints a number, and nothing for none.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
