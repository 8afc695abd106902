package publish

import (
	"cmp"
	"slices"

	"oneboard/internal/check"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// A DependentsPage is what the plan makes stale, by a day, and who hands over to
// whom.
type DependentsPage struct {
	Day        org.Date        `json:"day"`
	Span       Span            `json:"span"`
	States     []Count         `json:"states"`
	Kinds      []Count         `json:"kinds"`
	Dependents []DependentView `json:"dependents"`
	Interfaces []InterfaceView `json:"interfaces"`
}

// A DependentView is one thing that must follow.
type DependentView struct {
	Kind    Term     `json:"kind"`
	State   Term     `json:"state"`
	What    string   `json:"what"`
	Thing   Name     `json:"thing"`
	Body    Name     `json:"body"` // whose change makes it stale
	Why     []Term   `json:"why"`
	Duties  []Name   `json:"duties"`
	Clauses []string `json:"clauses,omitempty"`
	Changes []string `json:"changes"`
	On      org.Date `json:"on"`
	Due     org.Date `json:"due"`
	Settled org.Date `json:"settled"`
}

// An InterfaceView is what one body hands over to another.
type InterfaceView struct {
	Giver  Name     `json:"giver"`
	Taker  Name     `json:"taker"`
	Duties []Name   `json:"duties"`
	Posts  int      `json:"posts"`
	Items  int      `json:"items"`
	On     org.Date `json:"on"`
	Agreed org.Date `json:"agreed"`
	// Open lists the changes of duties for which no day is named.
	Open []string `json:"open"`
}

// A FollowQuery chooses what a page of dependents shows.
type FollowQuery struct {
	Day         org.Date
	State, Kind string // only these; "": all
	Sort        string // on, due, state, kind or body; "": the most pressing first
	Down        bool
}

// followed gives what the plan makes stale; worked out once.
func (v *View) followed() []check.Dependent {
	v.followOnce.Do(func() { v.dependents, v.interfaces = v.tl.Dependents(), v.tl.Interfaces() })
	return v.dependents
}

// Dependents gives the page of what must follow. O(what must follow).
func (v *View) Dependents(tag lang.Tag, q FollowQuery) DependentsPage {
	p := DependentsPage{Day: q.Day, Span: v.Horizon(q.Day), States: []Count{}, Kinds: []Count{}, Dependents: []DependentView{}, Interfaces: []InterfaceView{}}
	states, kinds := map[string]int{}, map[string]int{}
	for _, d := range v.followed() {
		state := d.State(q.Day)
		if q.Kind == "" || q.Kind == d.Kind {
			states[state]++
		}
		if q.State == "" || q.State == state {
			kinds[d.Kind]++
		}
		if (q.State == "" || q.State == state) && (q.Kind == "" || q.Kind == d.Kind) {
			p.Dependents = append(p.Dependents, v.dependent(tag, &d, q.Day))
		}
	}
	for _, s := range check.FollowStates {
		p.States = append(p.States, Count{term(tag, "follow.state", s), states[s]})
	}
	for _, k := range check.FollowKinds {
		p.Kinds = append(p.Kinds, Count{term(tag, "follow.kind", k), kinds[k]})
	}
	by := func(a, b *DependentView) int {
		switch q.Sort {
		case "on":
			return cmp.Compare(a.On, b.On)
		case "due": // what has no due day comes last
			return cmp.Or(-compareTruth(a.Due.Known(), b.Due.Known()), cmp.Compare(a.Due, b.Due))
		case "kind":
			return cmp.Compare(slices.Index(check.FollowKinds, a.Kind.ID), slices.Index(check.FollowKinds, b.Kind.ID))
		case "body":
			return cmp.Compare(a.Body.ID, b.Body.ID)
		}
		return cmp.Compare(slices.Index(check.FollowStates, a.State.ID), slices.Index(check.FollowStates, b.State.ID))
	}
	slices.SortStableFunc(p.Dependents, func(a, b DependentView) int {
		if q.Down {
			return by(&b, &a)
		}
		return by(&a, &b)
	})
	for i := range v.interfaces {
		p.Interfaces = append(p.Interfaces, v.hands(&v.interfaces[i]))
	}
	return p
}

func compareTruth(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// FollowsOf gives what a body's change makes stale, and what makes the body
// itself stale.
func (v *View) FollowsOf(tag lang.Tag, body string, day org.Date) []DependentView {
	out := []DependentView{}
	for _, d := range v.followed() {
		if d.Body.ID == body || d.What == "body" && d.ID == body {
			out = append(out, v.dependent(tag, &d, day))
		}
	}
	return out
}

func (v *View) dependent(tag lang.Tag, d *check.Dependent, day org.Date) DependentView {
	out := DependentView{Kind: term(tag, "follow.kind", d.Kind), State: term(tag, "follow.state", d.State(day)), What: d.What,
		Thing: Name{d.ID, d.Name.ZH, d.Name.EN}, Body: Name{d.Body.ID, d.Body.ZH, d.Body.EN}, Why: []Term{}, Duties: []Name{},
		Clauses: d.Clauses, Changes: d.Changes, On: d.On, Due: d.Due, Settled: d.Settled}
	for _, w := range d.Why {
		out.Why = append(out.Why, term(tag, "follow.why", w))
	}
	for _, n := range d.Duties {
		out.Duties = append(out.Duties, Name{n.ID, n.ZH, n.EN})
	}
	return out
}

func (v *View) hands(x *check.Interface) InterfaceView {
	out := InterfaceView{Giver: Name{x.Giver.ID, x.Giver.ZH, x.Giver.EN}, Taker: Name{x.Taker.ID, x.Taker.ZH, x.Taker.EN},
		Duties: []Name{}, Posts: len(x.Posts), Items: len(x.Items), On: x.On, Agreed: x.Agreed, Open: x.Open}
	for _, n := range x.Duties {
		out.Duties = append(out.Duties, Name{n.ID, n.ZH, n.EN})
	}
	return out
}
