package work

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// A clash has as many members as it has, and a person reads few. So that what
// they say together is read, members alike are told in one sentence: a chain of
// links with nothing else about what is between its ends, the work that takes of
// one team, days that are the same. Every member is in [Work.Demands].

// A note is one sentence about a clash, at its words.
type note struct {
	at    diag.Span
	id    string
	facts []diag.Fact
}

// From so many members on, those alike are told together, and links are a chain.
const (
	alike = 4
	row   = 3
)

// A Demand is a member of a clash in the plan's words.
type Demand struct {
	Kind     sched.DemandKind
	Activity int      // of a link the one that waits
	Other    int      // of a link the one that is waited for; -1: none
	Resource int      // -1: none
	On       org.Date // of a deadline or release
	Lag      int      // of a link
}

// Demands gives the members of a clash one by one. The days of an activity that
// is broken up are not told apart.
func (w *Work) Demands(clash *sched.Clash) []Demand { return w.members(clash.Demands) }

func (w *Work) members(demands []sched.Demand) (out []Demand) {
	of := w.owners(w.tails())
	seen := map[Demand]bool{}
	for _, d := range demands {
		x := Demand{Kind: d.Kind, Other: -1, Resource: -1, On: org.NoDate}
		switch d.Kind {
		case sched.OfDeadline:
			x.Activity = of[d.Task]
			x.On, _ = w.dueOf(x.Activity)
		case sched.OfRelease:
			x.Activity = of[d.Task]
			x.On = w.Activities[x.Activity].Release
		case sched.OfLink:
			if d.Link >= len(w.Links) {
				continue
			}
			l := &w.Links[d.Link]
			x.Activity, x.Other, x.Lag = l.To, l.From, l.Lag
		case sched.OfNeed:
			x.Activity, x.Resource = of[d.Task], d.Resource
		}
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

// tell gives the sentences about the members of a clash, in the order of the
// first member of each.
func (w *Work) tell(demands []sched.Demand) (out []note) {
	links := map[Demand]*Link{}
	for _, d := range demands {
		if d.Kind == sched.OfLink && d.Link < len(w.Links) {
			l := &w.Links[d.Link]
			links[Demand{Kind: d.Kind, Activity: l.To, Other: l.From, Resource: -1, On: org.NoDate, Lag: l.Lag}] = l
		}
	}
	list := w.members(demands)
	chains := w.chains(list, links)
	rows := map[[2]int][]*chain{} // chains alike, by links and days
	for _, d := range list {
		if c := chains[d]; c != nil && c.links[0] == d {
			rows[[2]int{len(c.links), c.days}] = append(rows[[2]int{len(c.links), c.days}], c)
		}
	}
	groups := map[Demand][]Demand{} // members alike, by what they share
	shared := func(d Demand) Demand {
		if d.Kind == sched.OfDeadline && w.Activities[d.Activity].Fixed {
			return d // days that the plan sets are told by themselves
		}
		d.Other = slices.IndexFunc(w.Plans, func(p Part) bool { return p.First <= d.Activity && d.Activity < p.Last }) // each plan by itself
		d.Activity = 0
		return d
	}
	for _, d := range list {
		if d.Kind != sched.OfLink {
			groups[shared(d)] = append(groups[shared(d)], d)
		}
	}
	for _, d := range list {
		if d.Kind == sched.OfLink {
			chain, in := chains[d]
			switch {
			case !in:
				l := links[d]
				facts := []diag.Fact{diag.F("activity", w.label(l.To)), diag.F("after", w.label(l.From)), diag.F("days", w.Activities[l.From].Duration)}
				if l.Lag != 0 {
					facts = append(facts, diag.F("lag", l.Lag))
				}
				out = append(out, note{orElse(l.At, w.Activities[l.To].At), "work_link", facts})
			case chain.links[0] == d:
				same := rows[[2]int{len(chain.links), chain.days}]
				if len(same) >= alike && same[0] != chain {
					continue
				}
				id, facts := "work_chain", []diag.Fact{diag.F("count", len(chain.links)+1)}
				last := chain.links[len(chain.links)-1].Activity
				if len(same) >= alike {
					links := same[len(same)-1].links
					id, last = "work_chains", links[len(links)-1].Activity
					facts = append(facts, diag.F("chains", len(same)))
				}
				first := chain.links[0].Other
				out = append(out, note{orElse(w.Activities[last].At, w.Activities[first].At), id,
					append(facts, diag.F("from", w.label(first)), diag.F("to", w.label(last)), diag.F("days", chain.days))})
			}
			continue
		}
		group := groups[shared(d)]
		if len(group) >= alike {
			if group[0] == d {
				out = append(out, w.several(group))
			}
			continue
		}
		out = append(out, w.one(d))
	}
	return out
}

// one tells a member that is not a link.
func (w *Work) one(d Demand) note {
	a := &w.Activities[d.Activity]
	about := diag.F("activity", w.label(d.Activity))
	switch d.Kind {
	case sched.OfDeadline:
		last, span := w.dueOf(d.Activity)
		id := "work_deadline"
		switch {
		case a.Fixed:
			id = "work_fixed"
		case w.endless(d.Activity):
			id = "work_horizon"
		}
		return note{span, id, []diag.Fact{about, diag.F("on", last)}}
	case sched.OfRelease:
		return note{a.At, "work_release", []diag.Fact{about, diag.F("on", a.Release)}}
	}
	r := w.ResourceOf(d.Resource)
	team := diag.F("team", diag.Name{ID: r.ID, ZH: r.Name, EN: r.NameEN})
	if r.Shut {
		return note{w.shutAt(a, r), "work_shut", []diag.Fact{about, team, diag.F("days", a.Duration)}}
	}
	return note{orElse(a.At, r.At), "work_need", []diag.Fact{about, team, diag.F("needed", w.takes(a, d.Resource)), diag.F("capacity", r.Capacity), diag.F("days", a.Duration)}}
}

// shutAt gives the words about days on which a kind of work rests: those of a rule
// pack where only it has them, else those of the activity.
func (w *Work) shutAt(a *Activity, r *Resource) diag.Span {
	if w.Plan != nil && r.At.Source != nil && r.At.Source != w.Plan.Source && len(w.Plans) == 0 {
		return r.At
	}
	return orElse(a.At, r.At)
}

// several tells members alike in one sentence.
func (w *Work) several(group []Demand) note {
	d := group[0]
	a := &w.Activities[d.Activity]
	from, to := diag.F("from", w.label(d.Activity)), diag.F("to", w.label(group[len(group)-1].Activity))
	count := diag.F("count", len(group))
	switch d.Kind {
	case sched.OfDeadline:
		_, span := w.dueOf(d.Activity)
		return note{span, "work_deadlines", []diag.Fact{count, from, to, diag.F("on", d.On)}}
	case sched.OfRelease:
		return note{a.At, "work_releases", []diag.Fact{count, from, to, diag.F("on", d.On)}}
	}
	r := w.ResourceOf(d.Resource)
	team := diag.F("team", diag.Name{ID: r.ID, ZH: r.Name, EN: r.NameEN})
	days := 0
	for _, d := range group {
		b := &w.Activities[d.Activity]
		days += b.Duration * w.takes(b, d.Resource)
	}
	if r.Shut {
		return note{w.shutAt(a, r), "work_shuts", []diag.Fact{count, from, to, team}}
	}
	return note{orElse(a.At, r.At), "work_needs", []diag.Fact{count, from, to, team, diag.F("capacity", r.Capacity), diag.F("days", days)}}
}

// takes gives how much an activity takes of a resource, or of a set of them.
func (w *Work) takes(a *Activity, resource int) (n int) {
	r := w.ResourceOf(resource)
	for _, need := range a.Needs {
		if need.Resource == resource || slices.Contains(r.set, need.Resource) {
			n += need.Amount
		}
	}
	return n
}

// A chain is links one after another with no other member of the clash about
// what is between its ends.
type chain struct {
	links []Demand
	days  int // of work, from the first start to the last finish at the earliest
}

// chains finds the chains of so many links that they are told together, by their
// members.
func (w *Work) chains(list []Demand, links map[Demand]*Link) map[Demand]*chain {
	in, out, held := map[int][]Demand{}, map[int][]Demand{}, map[int]bool{}
	for _, d := range list {
		if d.Kind == sched.OfLink {
			in[d.Activity], out[d.Other] = append(in[d.Activity], d), append(out[d.Other], d)
		} else {
			held[d.Activity] = true
		}
	}
	inner := func(i int) bool { return !held[i] && len(in[i]) == 1 && len(out[i]) == 1 }
	found := map[Demand]*chain{}
	for _, d := range list {
		if d.Kind != sched.OfLink || inner(d.Other) {
			continue
		}
		c := &chain{links: []Demand{d}}
		for inner(d.Activity) && len(c.links) <= len(list) {
			d = out[d.Activity][0]
			c.links = append(c.links, d)
		}
		if len(c.links) < row {
			continue
		}
		for _, d := range c.links {
			l := links[d]
			c.days += l.Lag
			if !l.FromStart() {
				c.days += w.Activities[l.From].Duration
			}
			if l.ToFinish() {
				c.days -= w.Activities[l.To].Duration
			}
			found[d] = c
		}
		c.days += w.Activities[d.Activity].Duration
	}
	return found
}

// endless reports whether nothing but the end of what is reckoned with asks for
// an activity's end.
func (w *Work) endless(k int) bool {
	return w.Activities[k].Deadline == org.Forever && w.Until == org.Forever
}

// dueOf gives the last day of an activity and the words that ask for it: its own,
// or the plan's.
func (w *Work) dueOf(k int) (org.Date, diag.Span) {
	switch a := &w.Activities[k]; {
	case w.endless(k):
		return w.From + horizonDays, a.At
	case a.Deadline <= w.Until:
		return a.Deadline, cmp.Or(a.Due, a.At)
	}
	return w.Until, w.Plan.Deadline.At
}
