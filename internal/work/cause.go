package work

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// CauseOfNothing: a cause names work by what it is, and there is none.
var CauseOfNothing = diag.Define("OB0870", diag.Warning)

// UsualShare is the correlation, in hundredths, of what activities take of which
// the plan names no cause in common.
//
// None would be the least cautious: of a hundred activities that may each take a
// tenth more or less, the sum would be right to a hundredth. Who estimates costs
// and knows nothing better takes between a fifth and three tenths for all pairs,
// for most of the effect is there by then (Book, "Why correlation matters in cost
// estimating", 1999); half way is taken here.
const UsualShare = 25

// A Cause is what makes its activities take long, or not, together.
type Cause struct {
	ID, Title, TitleEN string // all empty: what the plan names no cause of
	Share              float64
	Activities         []int
}

// causes sorts the activities into the causes that the plan names; each is of the
// first that it fits.
func (c *compiler) causes() {
	taken := make([]bool, len(c.w.Activities))
	for i := range c.plan.Causes {
		cause := &c.plan.Causes[i]
		all := len(cause.Teams)+len(cause.Bodies)+len(cause.Levels)+len(cause.Steps)+len(cause.Tasks) == 0
		out := Cause{ID: cause.ID.ID, Title: cause.Title.Text, TitleEN: cause.TitleEN.Text, Share: float64(cause.Share.N) / 100}
		fits := 0
		for k := range c.w.Activities {
			if !all && !c.caused(cause, &c.w.Activities[k]) {
				continue
			}
			fits++
			if !taken[k] {
				taken[k] = true
				out.Activities = append(out.Activities, k)
			}
		}
		if fits == 0 && !all {
			c.problems.Add(diag.At(CauseOfNothing, cause.ID.At, diag.F("value", cause.ID.ID)))
		}
		c.w.Causes = append(c.w.Causes, out)
	}
}

// caused reports whether an activity fits one of the lists of a cause.
func (c *compiler) caused(cause *org.Cause, a *Activity) bool {
	named := func(list []org.Ref, id string) bool {
		return id != "" && slices.ContainsFunc(list, func(r org.Ref) bool { return r.ID == id })
	}
	return named(cause.Bodies, a.Body) || named(cause.Steps, a.Step) || a.Change == "" && named(cause.Tasks, a.ID) ||
		a.Level != "" && has(cause.Levels, a.Level) ||
		slices.ContainsFunc(a.Needs, func(n Need) bool { return named(cause.Teams, c.w.Resources[n.Resource].ID) })
}

// common gives the causes for the draws: those that the plan names, and the one of
// all other work, in the last place.
func (w *Work) common(usual org.Number) []Cause {
	rest := Cause{Share: UsualShare / 100.}
	if usual.Given() {
		rest.Share = float64(usual.N) / 100
	}
	taken := make([]bool, len(w.Activities))
	for _, c := range w.Causes {
		for _, i := range c.Activities {
			taken[i] = true
		}
	}
	for i := range w.Activities {
		if !taken[i] {
			rest.Activities = append(rest.Activities, i)
		}
	}
	return append(slices.Clip(w.Causes), rest)
}

// A CauseRisk is how many activities that may take more or less have a cause in
// common.
type CauseRisk struct {
	*Cause
	Unsure int
}

// Called gives the name of a cause, or its id; "" of what the plan names none of.
func (c *Cause) Called(tag lang.Tag) string {
	if tag == lang.EN {
		return cmp.Or(c.TitleEN, c.Title, c.ID)
	}
	return cmp.Or(c.Title, c.ID)
}

// shared puts what activities have in common into draws, and tells it.
func (r *Risk) shared(spread []sched.Spread, usual org.Number, draws *sched.Draws) {
	list := r.Schedule.Work.common(usual)
	for k := range list {
		x := CauseRisk{Cause: &list[k]}
		for _, i := range x.Activities {
			if !spread[i].Certain() {
				x.Unsure++
			}
		}
		draws.Causes = append(draws.Causes, sched.Common{Tasks: x.Activities, Share: x.Share})
		if x.Unsure > 1 {
			r.Causes = append(r.Causes, x)
		}
	}
}
