package check

import (
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// ofProof reports whether a waiver is about what only a proof finds: then the
// proof says whether it is used.
func ofProof(w *org.Waiver) bool {
	switch diag.Code(w.Code.Text) {
	case MayHaveNobody, MayHaveTwo, MayBeUnable:
		return true
	}
	return false
}

// judge sorts what is wrong with the run just played: the first fault that no
// waiver excuses, sound when there is none; the first that one excuses; and the
// waivers that do. What a lapse lasts until is what it may last until at most: the
// run stands for others of the same order, in which its events are later.
func (r *runner) judge(b *bunch) (fault, excused counterExample, used []int32) {
	duty := r.c.duties[b.family[0]].def.ID
	see := func(kind faultKind, in org.Interval, bodies ...int32) {
		first, at := &fault, -1
		if len(r.p.waivers) > 0 {
			to := in.To
			for _, e := range b.events {
				if r.day[e] == in.To {
					to = max(to, r.p.events[e].hi)
				}
			}
			at = slices.IndexFunc(r.p.waivers, func(n int32) bool {
				w := &r.c.plan.Waivers[n]
				return diag.Code(w.Code.Text) == faultCodes[kind] && to <= w.Until.Date && (w.Object.ID == duty ||
					slices.ContainsFunc(bodies, func(i int32) bool { return i >= 0 && r.c.bodies[i].id == w.Object.ID }))
			})
		}
		if at >= 0 {
			if first = &excused; !slices.Contains(used, r.p.waivers[at]) {
				used = append(used, r.p.waivers[at])
			}
		}
		if first.kind == sound || in.From < first.from || in.From == first.from && kind < first.kind {
			*first = counterExample{kind: kind, bunch: b, from: in.From}
		}
	}
	for _, l := range r.lacking {
		see(gives, org.Interval{From: l.on, To: l.on})
	}
	for i := range r.lapses {
		l, kind := &r.lapses[i], nobody
		if l.double {
			kind = two
		}
		bodies := []int32{}
		for _, s := range []*segment{l.a, l.b} {
			if s != nil {
				bodies = append(bodies, s.body)
			}
		}
		see(kind, l.Interval, bodies...)
	}
	for _, l := range r.absent {
		see(absent, org.Interval{From: l.on, To: l.on}, l.body)
	}
	for i := range r.unable {
		see(unable, r.unable[i].Interval, r.unable[i].b.body)
	}
	return fault, excused, used
}

// tellWaived tells what waivers excuse, and which of those that are about the
// proof excuse nothing.
func (p *prover) tellWaived() (problems diag.List, waived []Waived) {
	r := newRunner(p)
	used := map[int32]bool{}
	for _, b := range p.groups {
		if b.excuse == nil || b.fault != nil {
			continue
		}
		d, _ := r.explain(b.excuse)
		var names []diag.Name
		for _, duty := range b.duties {
			names = append(names, p.c.dutyName(duty))
		}
		w := &p.c.plan.Waivers[b.excuses[0]]
		d.Waived = w.At
		d.Facts = append([]diag.Fact{diag.F("duties", names)}, append(d.Facts, diag.F("waived_by", w.By.Text), diag.F("waived_because", w.Because.Text), diag.F("waived_until", w.Until.Date))...)
		problems.Add(d)
		for _, n := range b.excuses {
			used[n] = true
			w := &p.c.plan.Waivers[n]
			one := Waived{Code: w.Code.Text, Object: w.Object.ID, Until: w.Until.Date, By: w.By.Text, Because: w.Because.Text}
			for _, name := range names {
				one.Duties = append(one.Duties, name.ID)
			}
			waived = append(waived, one)
		}
	}
	for _, n := range p.waivers {
		if w := &p.c.plan.Waivers[n]; !used[n] {
			problems.Add(diag.At(WaiverUnused, w.At, diag.F("code", w.Code.Text), diag.F("object", w.Object.ID)))
		}
	}
	return problems, waived
}
