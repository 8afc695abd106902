package check

import (
	"fmt"
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// faultKind is what is wrong with a run. Of what is wrong on one day the first
// here is told.
type faultKind uint8

const (
	sound faultKind = iota
	gives
	nobody
	two
	absent
	unable
	tooMany
)

var faultCodes = [...]diag.Code{gives: MayLack, nobody: MayHaveNobody, two: MayHaveTwo, absent: MayBeUnable, unable: MayBeUnable}

// A counterExample is a run of a bunch in which something is wrong.
type counterExample struct {
	kind  faultKind
	bunch *bunch
	day   []org.Date // of the bunch's events
	from  org.Date   // the first day on which it is
}

// tell says what the counter-examples show, one diagnostic for each cause:
// duties that fail by the same steps are one, as long as one run of the plan shows
// them all.
func (p *prover) tell() (diag.List, []Failure) {
	r := newRunner(p)
	type found struct {
		d      diag.Diagnostic
		duties []diag.Name
		runs   []*counterExample
		steps  []Step
	}
	byCause := map[string]*found{}
	var causes []*found
	for _, b := range p.groups {
		if b.fault == nil {
			continue
		}
		d, cause := r.explain(b.fault)
		f, steps := byCause[cause], []Step(nil)
		if f != nil {
			steps = p.wholeRun(append(slices.Clip(f.runs), b.fault)...)
		}
		if f == nil || steps == nil && b.fault.kind != tooMany {
			f, steps = &found{d: d}, p.wholeRun(b.fault)
			byCause[cause] = f
			causes = append(causes, f)
		}
		f.runs, f.steps = append(f.runs, b.fault), steps
		for _, duty := range b.duties {
			f.duties = append(f.duties, p.c.dutyName(duty))
		}
	}
	var problems diag.List
	var failures []Failure
	for _, f := range causes {
		of := diag.F("duties", f.duties)
		if len(f.duties) == 1 {
			of = diag.F("duty", f.duties[0])
		}
		f.d.Facts = append([]diag.Fact{of}, f.d.Facts...)
		problems.Add(f.d)
		one := Failure{Code: f.d.Code, Steps: f.steps}
		for _, n := range f.duties {
			one.Duties = append(one.Duties, n.ID)
		}
		failures = append(failures, one)
	}
	problems.Sort()
	return problems, failures
}

// explain plays a failing run again and says what is wrong with it; cause is
// alike for what fails by the same steps.
func (r *runner) explain(f *counterExample) (d diag.Diagnostic, cause string) {
	p, c, b := r.p, &r.c, f.bunch
	duty := b.family[0]
	if f.kind == tooMany {
		events := make([]string, 0, len(b.events))
		for _, e := range b.events {
			if p.events[e].lo < p.events[e].hi && p.events[e].change >= 0 {
				events = append(events, p.eventID(e))
			}
		}
		d = diag.At(TooManyOrders, c.dutyPlace(duty), diag.F("events", events), diag.F("count", maxRuns))
		for _, e := range b.events {
			if p.events[e].lo < p.events[e].hi && p.events[e].change >= 0 {
				d.Span = p.wordsOf(e, duty)
				break
			}
		}
		return d, fmt.Sprint("too many", b.moves, b.alters)
	}
	r.prepare(b)
	r.play(b, f.day)
	var in org.Interval
	var matter []int32 // changes at the two ends of the lapse
	switch f.kind {
	case gives:
		l := r.lacking[slices.IndexFunc(r.lacking, func(l lack) bool { return l.on == f.from })]
		in = org.Interval{From: l.on, To: l.on + 1}
		matter = append(matter, l.change)
		d = diag.At(faultCodes[f.kind], c.dutyWords(l.change, duty))
		if l.body >= 0 { // else an area is not there
			d.Facts = append(d.Facts, diag.F("body", c.bodyName(l.body)))
		}
		d.Facts = append(d.Facts, diag.F("on", l.on))
	case absent:
		l := r.absent[slices.IndexFunc(r.absent, func(l lack) bool { return l.on == f.from })]
		in = org.Interval{From: l.on, To: l.on + 1}
		matter = append(matter, l.change)
		for _, a := range p.acts[l.body] {
			matter = append(matter, a.change)
		}
		d = diag.At(faultCodes[f.kind], c.dutyWords(l.change, duty), diag.F("body", c.bodyName(l.body)),
			diag.F("on", l.on))
	case unable:
		l := &r.unable[slices.IndexFunc(r.unable, func(l inability) bool { return l.From == f.from })]
		in = l.Interval
		matter = append(matter, l.b.began)
		keys := org.Keys(0)
		for i := range r.unable {
			if r.unable[i].Interval == in && r.unable[i].need == l.need && r.unable[i].b.body == l.b.body {
				keys |= r.unable[i].keys
			}
		}
		d = diag.At(faultCodes[f.kind], c.segmentWords(l.b, duty, len(b.duties) > 1), diag.F("body", c.bodyName(l.b.body)),
			diag.F("keys", words(keys)))
		if l.need != nil {
			d.Facts = append(d.Facts, diag.F("need", needName(*l.need)))
		}
		matter = append(matter, p.mattering(b, l)...)
		d.Facts = append(d.Facts, c.days(in)...)
	default:
		lapses := mergeKeys(slices.DeleteFunc(slices.Clone(r.lapses), func(l lapse) bool { return l.From != f.from || l.double != (f.kind == two) }))
		l := &lapses[0]
		in = l.Interval
		for _, s := range []*segment{l.a, l.b} {
			if s != nil {
				matter = append(matter, s.began, s.ended)
			}
		}
		d = diag.At(faultCodes[f.kind], r.lapseWords(l, duty), diag.F("keys", words(l.keys)))
		if l.double {
			d.Facts = append(d.Facts, diag.F("holders", []diag.Name{c.nameOf(l.a.body), c.nameOf(l.b.body)}))
		}
		d.Facts = append(d.Facts, c.days(in)...)
		if where := c.where(l); len(where) > 0 && len(c.areas) > 0 {
			d.Facts = append(d.Facts, diag.F("area", where))
		}
		for _, s := range []*segment{l.a, l.b} {
			if s == nil || s.body < 0 {
				continue
			}
			for _, a := range p.acts[s.body] {
				matter = append(matter, a.change)
			}
		}
	}
	key := fmt.Sprint(d.Code, d.Facts)
	steps := make([]int, 0, len(b.events))
	for i, e := range b.events {
		ev := &p.events[e]
		if ev.change >= 0 && (f.day[i] < in.To && ev.lo < ev.hi || f.day[i] <= in.To && slices.Contains(matter, ev.change)) {
			steps = append(steps, i)
		}
	}
	slices.SortStableFunc(steps, func(x, y int) int { return int(f.day[x]) - int(f.day[y]) })
	for _, i := range steps {
		e := b.events[i]
		ch := c.plan.Changes[p.events[e].change].Declared()
		clauses := make([]string, len(ch.By))
		for k, by := range ch.By {
			clauses[k] = strings.TrimSpace(by.Instrument.ID + " " + by.Clause.Text)
		}
		d = d.Note(p.wordsOf(e, duty), "step", diag.F("on", f.day[i]), diag.F("event", p.events[e].word()),
			diag.F("change", ch.ID), diag.F("clause", strings.Join(clauses, ", ")))
		key += fmt.Sprint(" ", e, f.day[i])
	}
	return d, key
}

// lapseWords gives the words that most make a lapse: those of a window, when one
// of the two sides has one, for there it can be mended.
func (r *runner) lapseWords(l *lapse, duty int32) diag.Span {
	for _, s := range []*segment{l.b, l.a} {
		if s == nil || s.began < 0 {
			continue
		}
		if s == l.a && !l.double && s.ended >= 0 {
			return r.c.dutyWords(s.ended, duty)
		}
		return r.c.dutyWords(s.began, duty)
	}
	if l.a != nil && l.a.ended >= 0 {
		return r.c.dutyWords(l.a.ended, duty)
	}
	if l.a != nil && l.a.cutByEnd {
		for _, v := range r.c.bodies[l.a.body].versions {
			if v.To == l.a.To && v.ended >= 0 {
				return r.c.plan.Changes[v.ended].Declared().At
			}
		}
	}
	return r.c.dutyPlace(duty)
}

// wordsOf gives the words that date an event, or name its change.
func (p *prover) wordsOf(e, duty int32) diag.Span {
	if w := p.written(p.events[e]); w.Given() && !w.At.IsZero() {
		return w.At
	}
	return p.c.dutyWords(p.events[e].change, duty)
}

// wholeRun dates every event of the plan: those of some bunches as in their runs,
// the others as early as these leave them. It is nil when the runs do not go
// together.
func (p *prover) wholeRun(runs ...*counterExample) []Step {
	day := make([]org.Date, len(p.events))
	for i := range p.events {
		day[i] = p.events[i].lo
	}
	fixed := map[int32]org.Date{}
	for _, f := range runs {
		if f.kind == tooMany {
			return nil
		}
		for i, e := range f.bunch.events {
			if on, ok := fixed[e]; ok && on != f.day[i] {
				return nil
			}
			fixed[e], day[e] = f.day[i], f.day[i]
		}
	}
	putOff(len(p.events), p.next, func(e, then int32) bool {
		if day[then] < day[e] {
			day[then] = day[e]
			return true
		}
		return false
	})
	for e, on := range fixed {
		if day[e] != on {
			return nil
		}
	}
	out := make([]Step, p.ofPlan)
	for e := range p.ofPlan {
		out[e] = Step{p.eventID(int32(e)), p.c.plan.Changes[p.events[e].change].Declared().ID, day[e]}
	}
	slices.SortStableFunc(out, func(a, b Step) int { return int(a.On) - int(b.On) })
	return out
}
