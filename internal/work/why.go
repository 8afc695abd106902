package work

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// DoesNotFit: there is no schedule of the plan's work. Its notes are demands that
// can't be met together, each at its words.
var DoesNotFit = diag.Define("OB0810", diag.Error)

// A Way is the least change of one number that ends a clash.
type Way struct {
	Kind     sched.DemandKind
	Activity int // what it is about; of a link the one that waits; -1: none
	Other    int // of a link the one that is waited for; -1: none
	Resource int // -1: none
	By       int // days of work, or of a resource so much more
	// On is the new day of a deadline or release; From and To are the first and
	// last day on which more of a resource is wanted.
	On, From, To org.Date
}

// Why says a clash in words of the plan: a diagnostic at the day that can't be
// kept, with a note for each demand; and the ways out, the least first.
func (w *Work) Why(clash *sched.Clash) (diag.Diagnostic, []Way) {
	axis := w.axis()
	p := w.problem(axis)
	var at diag.Span
	if w.Plan != nil { // work of a project file has none
		at = orElse(w.Plan.Deadline.At, w.Plan.At)
	}
	of := w.owners(w.tails())
	for _, d := range clash.Demands {
		if d.Kind == sched.OfDeadline {
			_, at = w.dueOf(of[d.Task])
		}
	}
	notes := w.tell(clash.Demands)
	if at.IsZero() && len(notes) > 0 {
		at = notes[0].at
	}
	out := diag.At(DoesNotFit, at, diag.F("count", len(clash.Demands)))
	for _, n := range notes {
		out = out.Note(n.at, n.id, n.facts...)
	}
	var ways []Way
	for _, o := range clash.WaysOut {
		way := Way{Kind: o.Demand.Kind, Activity: -1, Other: -1, Resource: -1, By: o.By}
		switch d := o.Demand; d.Kind {
		case sched.OfDeadline:
			if w.endless(of[d.Task]) {
				continue // the end of what is reckoned with is nobody's to move
			}
			way.Activity = of[d.Task]
			way.On = w.day(axis, max(0, p.Tasks[d.Task].Deadline+o.By-1))
			if w.Activities[way.Activity].Fixed {
				way.On = w.day(axis, p.Tasks[d.Task].Deadline+o.By)
			}
		case sched.OfRelease:
			way.Activity, way.On = of[d.Task], w.day(axis, p.Tasks[d.Task].Release-o.By)
		case sched.OfLink:
			if d.Link >= len(w.Links) {
				continue // the days of one activity
			}
			way.Activity, way.Other = w.Links[d.Link].To, w.Links[d.Link].From
		case sched.OfNeed:
			if w.ResourceOf(d.Resource).Shut {
				continue // a window is opened by who closed it, not by people
			}
			way.Resource = d.Resource
			way.From, way.To = w.day(axis, o.From), w.day(axis, max(o.From, o.To-1))
		}
		ways = append(ways, way)
	}
	slices.SortStableFunc(ways, func(a, b Way) int { return cmp.Compare(a.By, b.By) })
	return out, ways
}

// Say puts a way out into words.
func (w *Work) Say(tag lang.Tag, y Way) string {
	name := func(k int) string {
		if k < 0 {
			return ""
		}
		return w.called(tag, k)
	}
	args := lang.Args{"By": y.By, "Count": y.By, "Activity": name(y.Activity), "Other": name(y.Other), "On": y.On.String(), "From": y.From.String(), "To": y.To.String()}
	id := "work.way.link"
	switch {
	case y.Kind == sched.OfDeadline && w.Activities[y.Activity].Fixed:
		id = "work.way.fixed"
	case y.Kind == sched.OfDeadline:
		id = "work.way.deadline"
	case y.Kind == sched.OfRelease:
		id = "work.way.release"
	case y.Kind == sched.OfNeed:
		id = "work.way.need"
		r := w.ResourceOf(y.Resource)
		args["Team"] = r.Name
		if tag == lang.EN && r.NameEN != "" || r.Name == "" {
			args["Team"] = cmp.Or(r.NameEN, r.ID)
		}
	}
	return lang.Say(tag, id, args)
}

func (w *Work) label(k int) diag.Name {
	a := &w.Activities[k]
	return diag.Name{ID: a.ID, ZH: a.Title, EN: a.TitleEN}
}

func orElse(a, b diag.Span) diag.Span {
	if a.IsZero() {
		return b
	}
	return a
}
