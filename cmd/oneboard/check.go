package main

import (
	"oneboard/internal/diag"
	"oneboard/internal/lang"
)

// checkVerb tells everything that is wrong with a plan and its board.
func checkVerb(e *env) verb {
	var all, prove bool
	var certificate string
	return verb{name: "check", min: 1, max: 1,
		flags: func(f *flags) {
			f.truth(&all, "all")
			f.truth(&prove, "prove")
			f.text(&certificate, "certificate", "")
		},
		run: func(args []string) (int, error) {
			m, err := e.take(args[0])
			if err != nil {
				return exitFail, err
			}
			result := m.check()
			if !prove && certificate == "" {
				return e.report(m, result.Problems, all)
			}
			proof, problems, err := e.prove(m, result, certificate)
			if err != nil {
				return exitFail, err
			}
			return e.reportProof(m, problems, proof, all)
		}}
}

// checked is the JSON form of a check.
type checked struct {
	Plan     string      `json:"plan"`
	Problems []diag.View `json:"problems"`
	Errors   int         `json:"errors"`
	Warnings int         `json:"warnings"`
	Waived   int         `json:"waived"`
	Proof    *proved     `json:"proof,omitempty"`
}

// report prints the problems of a matter. It has found something when an error
// or a warning stands.
func (e *env) report(m *matter, problems diag.List, all bool) (int, error) {
	return e.reportProof(m, problems, nil, all)
}

// reportProof prints the problems of a matter and what its proof came to; proof
// is nil when none was asked for.
func (e *env) reportProof(m *matter, problems diag.List, proof *proved, all bool) (int, error) {
	errors, warnings, waived := problems.Count()
	code := exitOK
	if errors+warnings > 0 {
		code = exitFound
	}
	if e.json {
		return code, e.document(checked{m.name, problems.Views(e.tag), errors, warnings, waived, proof})
	}
	limit := diag.Printed
	if all {
		limit = 0
	}
	if err := problems.WriteText(e.out, e.tag, limit); err != nil {
		return exitFail, err
	}
	e.printf("%s%s%s\n", m.name, lang.Say(e.tag, "list.colon"), e.verdict(m, errors, warnings, waived))
	if proof != nil {
		e.printf("%s\n", proof.words(e))
	}
	return code, nil
}

// verdict sums a check up in one line.
func (e *env) verdict(m *matter, errors, warnings, waived int) string {
	var found, seen []string
	count := func(to *[]string, id string, n int) {
		if n > 0 {
			*to = append(*to, e.say(id, lang.Args{"Count": n}))
		}
	}
	count(&found, "check.errors", errors)
	count(&found, "check.warnings", warnings)
	count(&found, "check.waived", waived)
	if m.plan != nil {
		count(&seen, "count.changes", len(m.plan.Changes))
	}
	if m.board != nil {
		count(&seen, "count.bodies", len(m.board.Bodies))
		count(&seen, "count.duties", len(m.board.Duties))
	}
	if errors+warnings == 0 {
		found = append([]string{e.say("check.clean")}, found...)
	}
	line := e.list(found)
	if len(seen) > 0 {
		line += e.say("check.seen", lang.Args{"Seen": e.list(seen)})
	}
	return line
}
