package work

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

var (
	// PlansDisagree: two plans say different things of the same people.
	PlansDisagree = diag.Define("OB0864", diag.Error)
	// CalendarsDiffer: two plans that are placed together go by different days.
	CalendarsDiffer = diag.Define("OB0865", diag.Error)
)

// Join makes one work of the work of several plans, which share people: teams of
// the same id, or the only ones of the same body, are the same people, and so are
// people of the same id. Each plan keeps its own first day, deadline and
// protected windows; closing days of an office, absences, and what a person can
// do are those of all plans together. Ids of activities begin with the id of
// their plan and a colon. The work is nil when the list has errors. O(n) in the
// activities, links and days.
func Join(works []*Work) (*Work, diag.List) {
	j := &joiner{w: &Work{From: works[0].From, Until: org.Forever, Calendar: works[0].Calendar}, person: map[string]int{}}
	var ids, zh, en []string
	taken := map[string]bool{}
	end := org.Always
	for _, w := range works {
		j.w.From = min(j.w.From, w.From)
		end = max(end, min(w.Until, w.From+horizonDays))
		if v := w.Version; v != nil && (j.w.Version == nil || v.Newest > j.w.Version.Newest) {
			j.w.Version = v
		}
	}
	for _, w := range works[1:] {
		for d := j.w.From; d <= end; d++ {
			if w.Calendar.Works(d) != j.w.Calendar.Works(d) {
				at := w.Plan.At
				if len(w.Plan.Calendar) > 0 {
					at = w.Plan.Calendar[0].At
				}
				j.problems.Add(diag.At(CalendarsDiffer, at, diag.F("on", d)))
				break
			}
		}
	}
	for _, w := range works {
		id := w.Plan.ID
		for n := 2; taken[id]; n++ {
			id = w.Plan.ID + "-" + strconv.Itoa(n)
		}
		taken[id] = true
		ids = append(ids, id)
		zh = append(zh, cmp.Or(w.Plan.Title.Text, id))
		en = append(en, cmp.Or(w.Plan.TitleEN.Text, w.Plan.Title.Text, id))
		j.add(w, id+":")
	}
	j.w.man()
	j.problems.Sort()
	if j.problems.HasErrors() {
		return nil, j.problems
	}
	text := func(tag lang.Tag, names []string) org.Text {
		return org.Text{Text: strings.Join(names, lang.Say(tag, "list.comma"))}
	}
	j.w.Plan = &org.Plan{ID: strings.Join(ids, "+"), Title: text(lang.ZH, zh), TitleEN: text(lang.EN, en), Source: works[0].Plan.Source, At: works[0].Plan.At}
	return j.w, j.problems
}

type joiner struct {
	w        *Work
	person   map[string]int
	problems diag.List
}

// add adds the work of one plan.
func (j *joiner) add(w *Work, prefix string) {
	out := j.w
	place := make([]int, len(w.Resources)) // of its resources among those of all
	before := len(out.Resources)
	for k := range w.Resources {
		place[k] = j.resource(w, k, before, prefix)
	}
	for i := range w.Staff {
		p := w.Staff[i]
		can := make([]int, len(p.Can))
		for n, k := range p.Can {
			can[n] = place[k]
		}
		p.Can = can
		at, known := j.person[p.ID]
		if !known {
			j.person[p.ID] = len(out.Staff)
			p.Away = slices.Clone(p.Away)
			out.Staff = append(out.Staff, p)
			continue
		}
		q := &out.Staff[at]
		for _, k := range can {
			if !slices.Contains(q.Can, k) {
				q.Can = append(q.Can, k)
			}
		}
		q.Away = append(q.Away, p.Away...)
	}
	first := len(out.Activities)
	for _, a := range w.Activities {
		a.ID = prefix + a.ID
		if a.Change != "" {
			a.Change = prefix + a.Change
		}
		needs := make([]Need, len(a.Needs))
		for n, need := range a.Needs {
			needs[n] = Need{place[need.Resource], need.Amount}
		}
		a.Needs = needs
		if w.From > out.From && a.Release < w.From && !a.Fixed {
			a.Release = w.From
		}
		if w.Until < a.Deadline {
			a.Deadline, a.Due = w.Until, w.Plan.Deadline.At
		}
		out.Activities = append(out.Activities, a)
	}
	for _, l := range w.Links {
		l.From, l.To = l.From+first, l.To+first
		out.Links = append(out.Links, l)
	}
	for _, c := range w.Causes {
		at := slices.IndexFunc(out.Causes, func(o Cause) bool { return o.ID == c.ID })
		if at < 0 {
			at = len(out.Causes)
			out.Causes = append(out.Causes, Cause{ID: c.ID, Title: c.Title, TitleEN: c.TitleEN})
		}
		o := &out.Causes[at]
		o.Share = max(o.Share, c.Share)
		for _, i := range c.Activities {
			o.Activities = append(o.Activities, i+first)
		}
	}
	out.Plans = append(out.Plans, Part{Plan: w.Plan, Prefix: prefix, Until: w.Until, First: first, Last: len(out.Activities)})
}

// resource finds the people of a resource among those of the plans before, or
// adds them. before is how many those are.
func (j *joiner) resource(w *Work, k, before int, prefix string) int {
	r := w.Resources[k]
	alone := func(list []Resource) int {
		found := -1
		for i := range list {
			if list[i].Body == r.Body && !list[i].Shut {
				if found >= 0 {
					return -1
				}
				found = i
			}
		}
		return found
	}
	at := -1
	if r.Shut && !strings.HasPrefix(r.ID, "rests:") {
		r.ID = prefix + r.ID // a window of one plan binds no other
	} else {
		at = slices.IndexFunc(j.w.Resources[:before], func(q Resource) bool { return q.ID == r.ID })
		if at < 0 && r.Body != "" && !r.Shut && alone(w.Resources) == k {
			at = alone(j.w.Resources[:before])
		}
	}
	if at < 0 {
		r.Away, r.own = slices.Clone(r.Away), slices.Clone(r.own)
		j.w.Resources = append(j.w.Resources, r)
		return len(j.w.Resources) - 1
	}
	q := &j.w.Resources[at]
	manned := len(w.able([]int{k})) > 0
	switch same := q.Capacity == r.Capacity && q.Breaks == r.Breaks; {
	case same || manned && len(j.w.able([]int{at})) > 0 && q.Breaks == r.Breaks && (q.limit == r.limit || q.limit < 0 || r.limit < 0):
	case r.made: // the other plan knows more
	case q.made:
		q.ID, q.Name, q.NameEN, q.Capacity, q.Breaks, q.At, q.made, q.limit = r.ID, r.Name, r.NameEN, r.Capacity, r.Breaks, r.At, false, r.limit
	default:
		j.problems.Add(diag.At(PlansDisagree, r.At, diag.F("value", r.ID), diag.F("capacity", r.Capacity), diag.F("other", q.Capacity)).Note(q.At, "team_there"))
		return at
	}
	if q.limit < 0 {
		q.limit = r.limit
	}
	q.Away, q.own = append(q.Away, r.Away...), append(q.own, r.own...)
	return at
}
