package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
)

// A lowerPlan is one plan below another, and how it stands to it.
type lowerPlan struct {
	Plan     string      `json:"plan"`
	Problems []diag.View `json:"problems"` // between the two plans
	Errors   int         `json:"errors"`
	Warnings int         `json:"warnings"`
	Waived   int         `json:"waived"`
	Fits     bool        `json:"fits"`
	// Before says whether it fitted under the older version of the plan above;
	// Broken, that it did and no longer does. New are the problems that came with
	// the change. All three only when an older version was given.
	Before *bool       `json:"fits_before,omitempty"`
	Broken bool        `json:"broken,omitempty"`
	New    []diag.View `json:"new,omitempty"`

	told, fresh diag.List
}

// checkedBelow is the JSON form of a check with the plans below.
type checkedBelow struct {
	checked
	Older string      `json:"before,omitempty"`
	Below []lowerPlan `json:"below"`
}

// checkBelow checks a plan, and which of the plans below it fit under it. With
// an older version of the plan it tells which of them the change breaks: those
// that fit under the older one and not under this.
func (e *env) checkBelow(upper string, below []string, older string, h how) (int, error) {
	m, err := e.take(upper)
	if err != nil {
		return exitFail, err
	}
	if m.plan == nil || m.board == nil {
		return exitFail, cannot("below-without-plan", "Path", m.name)
	}
	result := m.check()
	now := append([]check.Result{result}, m.checkAbove()...)
	var was []check.Result
	if older != "" {
		old, err := e.take(older)
		if err != nil {
			return exitFail, err
		}
		if old.plan == nil || old.board == nil {
			return exitFail, cannot("below-without-plan", "Path", old.name)
		}
		was, older = append([]check.Result{old.check()}, old.checkAbove()...), old.name
	}
	names, err := e.lowerPlans(m.name, older, below)
	if err != nil {
		return exitFail, err
	}
	doc := checkedBelow{Older: older, Below: []lowerPlan{}}
	errs, warnings, waived := result.Problems.Count()
	doc.checked = checked{Plan: m.name, Problems: result.Problems.Views(e.tag), Errors: errs, Warnings: warnings, Waived: waived}
	code := exitOK
	if errs+warnings > 0 {
		code = exitFound
	}
	u := uppers{now: now, was: was, is: func(m *matter) bool {
		return e.path(m.name) == e.path(doc.Plan) || older != "" && e.path(m.name) == e.path(older)
	}, alone: map[string]check.Result{}}
	for _, name := range names {
		l, err := e.lowerPlan(name, &u)
		if err != nil {
			return exitFail, err
		}
		if l.Errors+l.Warnings > 0 {
			code = exitFound
		}
		doc.Below = append(doc.Below, *l)
	}
	if e.json {
		return code, e.document(doc)
	}
	limit := diag.Printed
	if h.all {
		limit = 0
	}
	if _, err := e.tell(m, result.Problems, nil, h.all); err != nil {
		return exitFail, err
	}
	for i := range doc.Below {
		if err := e.tellLower(&doc.Below[i], limit); err != nil {
			return exitFail, err
		}
	}
	e.printf("%s\n", e.belowVerdict(&doc))
	return code, nil
}

// uppers is a plan, with those above it, under which lower plans are held; and its
// older version with those above that, when one is given.
type uppers struct {
	now, was []check.Result
	is       func(*matter) bool // reports whether a plan is it, or its older version
	alone    map[string]check.Result
}

// over lists what stands above a lower plan when the plan, or its older version,
// with all above it is as given: the plans between as they are, each held against
// those above it. A plan that stands under others only is held as if it stood
// right under this one.
func (u *uppers) over(m *matter, version []check.Result) []check.Result {
	if !m.standsUnder(u.is) || u.is(m.above) {
		return version
	}
	r, known := u.alone[m.above.name]
	if !known {
		r = m.above.checkAlone()
		u.alone[m.above.name] = r
	}
	higher := u.over(m.above, version)
	r.Above = check.Against(r, higher...)
	return append([]check.Result{r}, higher...)
}

// standsUnder reports whether such a plan is above a plan, next to it or further
// up.
func (m *matter) standsUnder(is func(*matter) bool) bool {
	for up := m.above; up != nil; up = up.above {
		if is(up) {
			return true
		}
	}
	return false
}

// lowerPlans lists the files of the plans below: those named, and in a folder
// without a plan of its own all that stand under the upper plan, or its older
// version, at whatever level.
func (e *env) lowerPlans(upper, older string, below []string) (out []string, err error) {
	files := folder(e.dir)
	for _, arg := range below {
		name := path.Clean(filepath.ToSlash(arg))
		at, err := fs.Stat(files, name)
		if err != nil {
			return nil, err
		}
		if !at.IsDir() {
			out = append(out, name)
			continue
		}
		if _, err := fs.Stat(files, path.Join(name, planName)); err == nil {
			out = append(out, path.Join(name, planName))
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		found, err := e.plansIn([]string{arg})
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			m, err := e.take(name)
			if err != nil {
				return nil, err
			}
			if m.standsUnder(func(up *matter) bool {
				return e.path(up.name) == e.path(upper) || older != "" && e.path(up.name) == e.path(older)
			}) {
				out = append(out, m.name)
			}
		}
	}
	if len(out) == 0 {
		return nil, cannot("nothing-below", "Path", upper)
	}
	return out, nil
}

// lowerPlan holds one plan against the plan above and those between, and against
// its older version when there is one.
func (e *env) lowerPlan(name string, u *uppers) (*lowerPlan, error) {
	m, err := e.take(name)
	if err != nil {
		return nil, err
	}
	if m.plan == nil || m.board == nil {
		n, _, _ := m.problems.Count()
		return nil, cannot("unreadable-plan", "Path", m.name, "Count", n)
	}
	own := m.checkAlone()
	l := &lowerPlan{Plan: m.name}
	l.told = check.Against(own, u.over(m, u.now)...).Told()
	l.Problems = l.told.Views(e.tag)
	l.Errors, l.Warnings, l.Waived = l.told.Count()
	l.Fits = l.Errors == 0
	if u.was == nil {
		return l, nil
	}
	before := check.Against(own, u.over(m, u.was)...).Told()
	fitted := !before.HasErrors()
	l.Before, l.Broken = &fitted, fitted && !l.Fits
	known := map[string]bool{}
	for _, d := range before {
		known[sameProblem(d)] = true
	}
	for _, d := range l.told {
		if !known[sameProblem(d)] {
			l.fresh = append(l.fresh, d)
		}
	}
	l.New = l.fresh.Views(e.tag)
	return l, nil
}

// sameProblem is what is alike in a problem under two versions of a plan: what
// is wrong, where, and with which thing, whatever the numbers are.
func sameProblem(d diag.Diagnostic) string {
	return fmt.Sprint(d.Code, d.Span.Start, d.Span.End, d.Fact("clause"), d.Fact("id"), d.Fact("level"), d.Fact("area"), d.Fact("matters"))
}

// tellLower prints what is wrong between a lower plan and the one above. Where
// an older version was given, only what came with the change.
func (e *env) tellLower(l *lowerPlan, limit int) error {
	list := l.told
	if l.Before != nil {
		list = l.fresh
	}
	if err := list.WriteText(e.out, e.tag, limit); err != nil {
		return err
	}
	says := "below.fits"
	switch {
	case l.Broken:
		says = "below.broken"
	case !l.Fits && l.Before != nil:
		says = "below.breaks-still"
	case !l.Fits:
		says = "below.breaks"
	case l.Before != nil && !*l.Before:
		says = "below.mended"
	}
	e.printf("%s%s%s\n", l.Plan, lang.Say(e.tag, "list.colon"), e.say(says, lang.Args{"Count": l.Errors}))
	return nil
}

// belowVerdict sums up how many plans fit.
func (e *env) belowVerdict(doc *checkedBelow) string {
	fit, broken := 0, 0
	for _, l := range doc.Below {
		if l.Fits {
			fit++
		}
		if l.Broken {
			broken++
		}
	}
	parts := []string{e.say("below.sum", lang.Args{"Count": fit, "Of": len(doc.Below), "Upper": doc.Plan})}
	if doc.Older != "" {
		parts = append(parts, e.say("below.sum-broken", lang.Args{"Count": broken, "Older": doc.Older}))
	}
	return e.list(parts)
}
