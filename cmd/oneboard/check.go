package main

import (
	"math"
	"runtime/debug"
	"time"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
)

// checkVerb tells everything that is wrong with a plan and its board, or with
// many plans, each with its own.
func checkVerb(e *env) verb {
	var h how
	var each, watch bool
	var below []string
	var before string
	return verb{name: "check", min: 1, max: -1,
		flags: func(f *flags) {
			f.truth(&h.all, "all")
			f.truth(&h.prove, "prove")
			f.text(&h.certificate, "certificate", "")
			f.truth(&each, "each")
			f.truth(&watch, "watch")
			f.texts(&below, "below")
			f.text(&before, "before", "")
		},
		run: func(args []string) (int, error) {
			switch {
			case watch && (len(args) > 1 || each || len(below) > 0 || before != ""):
				return exitFail, cannot("watch-alone")
			case watch:
				return e.watch(args[0], h)
			case before != "" && len(below) == 0:
				return exitFail, cannot("before-without-below")
			case len(below) > 0 && (len(args) > 1 || each || h.prove || h.certificate != ""):
				return exitFail, cannot("below-alone")
			case len(below) > 0:
				return e.checkBelow(args[0], below, before, h)
			}
			// what is read is kept to the end, so there is little to collect
			defer debug.SetGCPercent(debug.SetGCPercent(200))
			if len(args) == 1 && !each {
				t, err := e.check(args[0], h)
				return t.code, err
			}
			if h.certificate != "" {
				return exitFail, cannot("certificate-of-many")
			}
			if each {
				var err error
				if args, err = e.plansIn(args); err != nil {
					return exitFail, err
				}
			}
			return e.checkMany(args, h)
		}}
}

// how is how a check is done and told.
type how struct {
	all         bool   // print every problem
	prove       bool   // over every order of events, too
	certificate string // the file that the certificate of the proof goes to
}

// A tally is what the check of one plan came to, or of several.
type tally struct {
	code                     int
	errors, warnings, waived int
	changes, bodies, duties  int
	proved                   bool
}

// check checks one plan, or one board, and prints what it finds.
func (e *env) check(arg string, h how) (tally, error) {
	m, err := e.take(arg)
	if err != nil {
		return tally{code: exitFail}, err
	}
	result := m.check()
	problems := result.Problems
	var proof *proved
	if h.prove || h.certificate != "" {
		if proof, problems, err = e.prove(m, result, h.certificate); err != nil {
			return tally{code: exitFail}, err
		}
	}
	return e.tell(m, problems, proof, h.all)
}

// checked is the JSON form of a check.
type checked struct {
	Plan     string      `json:"plan"`
	Problems []diag.View `json:"problems"`
	Errors   int         `json:"errors"`
	Warnings int         `json:"warnings"`
	Waived   int         `json:"waived"`
	Proof    *proved     `json:"proof,omitempty"`
	Took     *float64    `json:"took_ms,omitempty"` // reading and checking, while a plan is watched
}

// millis is a time in milliseconds, to a hundredth.
func millis(d time.Duration) float64 { return math.Round(float64(d)/1e4) / 100 }

// report prints the problems of a matter. It has found something when an error
// or a warning stands.
func (e *env) report(m *matter, problems diag.List, all bool) (int, error) {
	t, err := e.tell(m, problems, nil, all)
	return t.code, err
}

// tell prints the problems of a matter and what its proof came to; proof is nil
// when none was asked for.
func (e *env) tell(m *matter, problems diag.List, proof *proved, all bool) (tally, error) {
	t := tally{proved: proof != nil && proof.Holds}
	t.errors, t.warnings, t.waived = problems.Count()
	if m.plan != nil {
		t.changes = len(m.plan.Changes)
	}
	if m.board != nil {
		t.bodies, t.duties = len(m.board.Bodies), len(m.board.Duties)
	}
	if t.errors+t.warnings > 0 {
		t.code = exitFound
	}
	var took time.Duration
	if e.seen != nil {
		took = e.now().Sub(e.began)
	}
	if e.json {
		doc := checked{Plan: m.name, Problems: problems.Views(e.tag), Errors: t.errors, Warnings: t.warnings, Waived: t.waived, Proof: proof}
		if e.seen != nil {
			ms := millis(took)
			doc.Took = &ms
		}
		return t, e.document(doc)
	}
	limit := diag.Printed
	if all {
		limit = 0
	}
	if err := problems.WriteText(e.out, e.tag, limit); err != nil {
		return t, err
	}
	e.printf("%s%s%s\n", m.name, lang.Say(e.tag, "list.colon"), e.verdict(t))
	if proof != nil {
		e.printf("%s\n", proof.words(e))
	}
	if e.seen != nil {
		e.tellWatched(took)
	}
	return t, nil
}

// verdict sums checks up in one line.
func (e *env) verdict(t tally) string {
	var found, seen []string
	count := func(to *[]string, id string, n int) {
		if n > 0 {
			*to = append(*to, e.say(id, lang.Args{"Count": n}))
		}
	}
	count(&found, "check.errors", t.errors)
	count(&found, "check.warnings", t.warnings)
	count(&found, "check.waived", t.waived)
	count(&seen, "count.changes", t.changes)
	count(&seen, "count.bodies", t.bodies)
	count(&seen, "count.duties", t.duties)
	if t.errors+t.warnings == 0 {
		found = append([]string{e.say("check.clean")}, found...)
	}
	line := e.list(found)
	if len(seen) > 0 {
		line += e.say("check.seen", lang.Args{"Seen": e.list(seen)})
	}
	return line
}
