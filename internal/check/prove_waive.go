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

// excused gives the waivers that excuse all that is wrong with the run just
// played, or nil. What it lasts until is what it may last until at most: the run
// stands for others of the same order, in which its events are later.
func (r *runner) excused(b *bunch, kind faultKind) (used []int32) {
	if len(r.p.waivers) == 0 || kind == gives || kind == tooMany {
		return nil
	}
	all := true
	fault := func(code diag.Code, to org.Date, bodies ...int32) {
		for i, e := range b.events {
			if r.day[e] == to {
				to = max(to, r.p.events[b.events[i]].hi)
			}
		}
		at := slices.IndexFunc(r.p.waivers, func(n int32) bool {
			w := &r.c.plan.Waivers[n]
			return diag.Code(w.Code.Text) == code && to <= w.Until.Date && (w.Object.ID == r.c.duties[b.family[0]].def.ID ||
				slices.ContainsFunc(bodies, func(i int32) bool { return i >= 0 && r.c.bodies[i].id == w.Object.ID }))
		})
		if all = all && at >= 0; all && !slices.Contains(used, r.p.waivers[at]) {
			used = append(used, r.p.waivers[at])
		}
	}
	for i := range r.lapses {
		l := &r.lapses[i]
		bodies := []int32{}
		for _, s := range []*segment{l.a, l.b} {
			if s != nil {
				bodies = append(bodies, s.body)
			}
		}
		if l.double {
			fault(MayHaveTwo, l.To, bodies...)
		} else {
			fault(MayHaveNobody, l.To, bodies...)
		}
	}
	for _, l := range r.absent {
		fault(MayBeUnable, l.on, l.body)
	}
	for i := range r.unable {
		fault(MayBeUnable, r.unable[i].To, r.unable[i].b.body)
	}
	if !all {
		return nil
	}
	return used
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
