package work

import (
	"cmp"
	"slices"
	"strconv"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// Who is not there on which days: the calendars and absences of teams and
// people, the closing days of offices, and protected windows. All of them lower
// a capacity on days on which others work; what works on a day on which the
// plan's calendar rests is not reckoned with, and told.

var (
	// BeyondHorizon: a day further away than schedules reach.
	BeyondHorizon = diag.Define("OB0861", diag.Error)
	// BeyondNumbers: a number larger than is reckoned with.
	BeyondNumbers = diag.Define("OB0866", diag.Error)
	// WorksAlone: a calendar of a team, person or office has a day of work on
	// which the plan's calendar rests.
	WorksAlone = diag.Define("OB0862", diag.Warning)
)

// shut is a resource that is there for everybody but on some days: no capacity
// of people, but days on which a kind of work rests.
func (c *compiler) shut(id, zh, en string, away []Away, at diag.Span) int {
	return c.addResource(Resource{ID: id, Name: zh, NameEN: en, Capacity: many, Shut: true, Away: away, At: at})
}

// resting gives the days that a when names as days on which nobody is there.
func resting(w org.When) []Away {
	if !w.Given() {
		return nil
	}
	return []Away{{Interval: org.Interval{From: w.First(), To: w.Date + 1}}}
}

// closings gives the days on which layers of calendars over the plan's have no
// work, from the plan's first day on.
func (c *compiler) closings(refs []org.Ref) (out []Away) {
	off := map[org.Date]bool{}
	for _, ref := range refs {
		t := c.own[ref.ID]
		if t == nil {
			continue
		}
		for _, d := range t.Off {
			off[d] = true
		}
		told := false
		for _, d := range t.Worked {
			delete(off, d)
			if !told && d >= c.w.From && d <= c.last() && !c.w.Calendar.Works(d) {
				told = true
				c.problems.Add(diag.At(WorksAlone, ref.At, diag.F("value", ref.ID), diag.F("on", d)))
			}
		}
	}
	var days []org.Date
	for d := range off {
		if d >= c.w.From && d <= c.last() {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	for _, d := range days {
		if n := len(out); n > 0 && out[n-1].To == d {
			out[n-1].To++
			continue
		}
		out = append(out, Away{Interval: org.Interval{From: d, To: d + 1}})
	}
	return out
}

// last is the last day of which anybody's absence can matter.
func (c *compiler) last() org.Date {
	end := c.w.From + horizonDays
	if c.w.Until != org.Forever {
		end = min(end, c.w.Until+366) // a way out may lead beyond it
	}
	return end
}

// absences gives what an entry's list of absences says.
func absences(list []org.Absence) (out []Away) {
	for _, a := range list {
		if a.Days.Given() {
			out = append(out, Away{org.Interval{From: a.Days.First(), To: a.Days.Date + 1}, a.Capacity.N})
		}
	}
	return out
}

// rests makes a resource for the closing days of each office that has any.
func (c *compiler) rests() {
	c.restOf = map[string]int{}
	for i := range c.plan.Rests {
		r := &c.plan.Rests[i]
		if r.Body.ID == "" {
			continue
		}
		away := append(resting(r.Days), c.closings(r.Calendar)...)
		k, ok := c.restOf[r.Body.ID]
		if !ok {
			say := func(tag lang.Tag) string {
				return lang.Say(tag, "work.open", lang.Args{"Body": c.called(tag, r.Body.ID)})
			}
			k = c.shut("rests:"+r.Body.ID, say(lang.ZH), say(lang.EN), nil, r.Body.At)
			c.restOf[r.Body.ID] = k
		}
		c.w.Resources[k].Away = append(c.w.Resources[k].Away, away...)
	}
}

// windows makes the resources that are away in protected windows: one for the
// plan's windows that bind all work of their kind, and one for each that names
// duties or comes from a rule pack, which is shown in the pack's words.
func (c *compiler) windows(packs []*org.Pack) {
	c.quiet = -1
	say := func(tag lang.Tag, title string) string {
		return lang.Say(tag, "work.window", lang.Args{"Title": title})
	}
	close := func(id string, w *org.Closed) int {
		return c.shut(id, say(lang.ZH, w.Title.Text), say(lang.EN, cmp.Or(w.TitleEN.Text, w.Title.Text)), resting(w.Days), w.Title.At)
	}
	for i := range c.plan.Windows {
		w := &c.plan.Windows[i]
		if len(w.Duties) > 0 {
			c.narrow = append(c.narrow, window{close(quiet+"/"+strconv.Itoa(i+1), w), idsOf(w.Duties...), false})
			continue
		}
		if c.quiet < 0 {
			c.quiet = c.shut(quiet, lang.Say(lang.ZH, "work.windows"), lang.Say(lang.EN, "work.windows"), nil, w.Title.At)
		}
		r := &c.w.Resources[c.quiet]
		r.Away = append(r.Away, resting(w.Days)...)
	}
	rules := org.Together(packs)
	for i := range rules.Windows {
		w := &rules.Windows[i]
		c.narrow = append(c.narrow, window{close(quiet+"/pack/"+strconv.Itoa(i+1), w), idsOf(w.Duties...), len(w.Duties) == 0})
	}
}

// A window binds work of the duties that it names, or all work of its kind.
type window struct {
	resource int
	duties   []string
	all      bool
}

// outside gives the needs that keep work of some duties out of the windows.
func (c *compiler) outside(duties []string) (out []Need) {
	if c.quiet >= 0 {
		out = append(out, Need{c.quiet, 1})
	}
	for _, w := range c.narrow {
		if w.all || slices.ContainsFunc(w.duties, func(d string) bool { return slices.Contains(duties, d) }) {
			out = append(out, Need{w.resource, 1})
		}
	}
	return out
}

// mostPeople and mostDays are the largest capacity, and sum of all days of work,
// that the engine reckons with.
const (
	mostPeople = 1<<15 - 1
	mostDays   = 1 << 27
)

// Beyond tells what is beyond reckoning: activities that may not start as early
// as schedules reach, and numbers larger than anybody means.
func (w *Work) Beyond() (out diag.List) {
	end := w.From + horizonDays
	for i := range w.Resources {
		r := &w.Resources[i]
		most := r.Capacity
		for _, a := range r.Away {
			most = max(most, a.Capacity)
		}
		if most > mostPeople {
			out.Add(diag.At(BeyondNumbers, r.At, diag.F("value", most), diag.F("most", mostPeople)))
		}
	}
	days := 0
	for i := range w.Activities {
		if days += w.Activities[i].Duration; days > mostDays {
			out.Add(diag.At(BeyondNumbers, w.Activities[i].At, diag.F("value", days), diag.F("most", mostDays)))
			break
		}
	}
	for i := range w.Activities {
		if a := &w.Activities[i]; a.Release.Known() && a.Release > end {
			out.Add(diag.At(BeyondHorizon, a.At, diag.F("activity", w.label(i)), diag.F("on", a.Release), diag.F("until", end)))
		}
	}
	return out
}

// breaks reports whether work on an activity is broken up by days on which
// somebody it needs is not there.
func (w *Work) breaks(a *Activity) bool {
	return a.Duration > 1 && slices.ContainsFunc(a.Needs, func(n Need) bool { return w.Resources[n.Resource].Breaks })
}

// tails gives the last task of each activity in the work's numbers: an activity
// that is broken up is a row of tasks of one day each. The first is at the place
// of the activity, the others after those of all.
func (w *Work) tails() []int {
	out := make([]int, len(w.Activities))
	next := len(w.Activities)
	for i := range w.Activities {
		out[i] = i
		if a := &w.Activities[i]; w.breaks(a) {
			next += a.Duration - 1
			out[i] = next - 1
		}
	}
	return out
}

// tasksOf lists the tasks of an activity in the work's numbers.
func (w *Work) tasksOf(tails []int, i int) []int {
	out := []int{i}
	if tails[i] != i {
		for k := tails[i] - w.Activities[i].Duration + 2; k <= tails[i]; k++ {
			out = append(out, k)
		}
	}
	return out
}

// owners gives the activity of each task in the work's numbers.
func (w *Work) owners(tails []int) []int {
	out := make([]int, len(w.Activities))
	for i := range out {
		out[i] = i
	}
	for i, tail := range tails {
		for len(out) <= tail { // tails of broken activities rise with them
			out = append(out, i)
		}
	}
	return out
}
