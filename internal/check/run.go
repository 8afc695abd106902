package check

import (
	"slices"
	"sync"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// Run applies the plan to the board under the rule packs and tells everything
// that is wrong. The plan may be nil: then the board is checked by itself.
// Without a pack every duty needs all four keys, and nothing is transitional.
// The board and the plan must not change afterwards. The cost grows with the
// size of the board, once, and with n log n of what the plan touches.
//
// Who checks several plans against one board makes an [Index] of it.
func Run(b *org.Board, p *org.Plan, packs ...*org.Pack) Result { return IndexBoard(b).Run(p, packs...) }

// Run is what Run of the board would give. Nothing of the board is read but what
// the plan touches and what the board leaves open: the cost grows with n log n of
// those, and with a copy of some hundred bytes for each body and duty.
func (x *Index) Run(p *org.Plan, packs ...*org.Pack) Result {
	if p != nil && x.answers(p) {
		x = index(x.board, x.bring(p))
	}
	x.open()
	c := newChecker(x, p, org.Together(packs))
	c.tellBoard()
	c.collect()
	c.order()
	c.start = c.firstDay()
	c.asked = c.rules.Asked(x.board, c.plan)
	c.look()
	c.waive()
	c.problems.Sort()
	t := &Timeline{board: x.board, plan: p, c: c}
	t.changesOf = sync.OnceValue(t.changesByBody)
	result := Result{Timeline: t, Problems: c.problems}
	if p != nil && !c.problems.HasErrors() {
		result.Checked = &Checked{timeline: t, packs: packs, state: sync.OnceValue(x.board.State)}
	}
	return result
}

// look holds the changes, of which the days are known, against all rules.
//
// It is run on a whole plan, and, for a draft (see Draft), on each cluster of
// changes by itself, where c.plan has the changes of the cluster alone. So a rule
// that is added here must look at nothing but c.plan.Changes and what they act
// on: the bodies in c.lived, the duties in c.touched and, of the board, those in
// uncertain, mayBeGone, comeAndGo and unsettled. What else it brings together,
// two changes that share a name, a number counted over a body, must be a link in
// links.go, so that what belongs together is in one cluster. What is told once
// for the whole plan is told through once. A rule that looks at the head of the
// plan (instruments, processes, tasks) returns when c.part(); what it says of an id
// that nothing has is left out where a change brings it. One that brings together
// what is far apart, as levels and freezes do, keeps of each change what it needs
// (see node) and is held by Draft.across; one that can't be divided at all belongs
// into Draft.whyHead, and costs each edit a full check. The comparison of drafts
// with full checks (draft_test.go) finds what was forgotten.
func (c *checker) look() {
	c.turn = 0
	c.shapes()
	c.turn = 1
	c.processes()
	c.tasks()
	c.papers()
	c.turn = 2
	c.deadlines()
	c.contradictions()
	c.areaLives()
	c.lives()
	c.moves()
	c.staffing()
	c.cover()
	c.able()
	c.discipline()
	c.turn = 3
	c.guarded()
	c.sites()
	c.powers()
	c.levels()
	c.mandates()
	c.bylaws()
	c.ownRules()
}

// firstDay is the first day that is checked: the plan's start, or the day of its
// first change. A board by itself is checked from the day of its newest row on.
func (c *checker) firstDay() org.Date {
	if c.plan.Start.Given() {
		return c.plan.Start.Date
	}
	day := org.Forever
	for _, d := range c.dates {
		if d.Known() {
			day = min(day, d)
		}
	}
	if day != org.Forever {
		return day
	}
	return c.x.newest
}

// waive marks the problems that a waiver excuses; one that excuses nothing is
// told. That a waiver is complete is seen to by who reads the plan.
func (c *checker) waive() {
	for i := range c.plan.Waivers {
		w := &c.plan.Waivers[i]
		used := false
		for k := range c.problems {
			used = c.excuse(w, &c.problems[k]) || used
		}
		if !used && !ofProof(w) && !c.betweenLevels(w) {
			c.report(diag.At(WaiverUnused, w.At, diag.F("code", w.Code.Text), diag.F("object", w.Object.ID)))
		}
	}
}

// excuse marks a problem that a waiver excuses, and says there who excuses it,
// why and until when; it reports whether it did. A waiver that has expired
// before the first day that is checked excuses nothing, and none is excused
// twice: the first waiver that fits stands.
func (c *checker) excuse(w *org.Waiver, d *diag.Diagnostic) bool {
	if string(d.Code) != w.Code.Text || !d.Waived.IsZero() || w.Until.Date < c.start || !about(d, w.Object.ID) || !before(d, w.Until.Date) {
		return false
	}
	d.Waived = w.At
	d.Facts = append(slices.Clip(d.Facts), diag.F("waived_by", w.By.Text), diag.F("waived_because", w.Because.Text), diag.F("waived_until", w.Until.Date))
	return true
}

// about reports whether a problem concerns the thing of that id: its words or
// one of its facts name it.
func about(d *diag.Diagnostic, id string) bool {
	if d.Span.Text() == id {
		return true
	}
	for _, f := range d.Facts {
		switch v := f.Value.(type) {
		case string:
			if v == id {
				return true
			}
		case diag.Name:
			if v.ID == id {
				return true
			}
		case []diag.Name:
			if slices.ContainsFunc(v, func(n diag.Name) bool { return n.ID == id }) {
				return true
			}
		case []string:
			if slices.Contains(v, id) {
				return true
			}
		}
	}
	return false
}

// before reports whether the problem is over by the end of the waiver: a waiver
// never excuses what goes on after it.
func before(d *diag.Diagnostic, until org.Date) bool {
	if to, ok := d.Fact("until").(org.Date); ok {
		return to <= until
	}
	for _, name := range []string{"on", "from"} {
		if on, ok := d.Fact(name).(org.Date); ok {
			return on <= until
		}
	}
	return true
}
