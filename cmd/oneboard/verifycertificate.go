package main

import (
	"encoding/json"
	"path"
	"path/filepath"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/witness"
)

// verifyCertificateVerb has a certificate read by the witness, which shares
// nothing with who wrote it.
func verifyCertificateVerb(e *env) verb {
	return verb{name: "verify-certificate", min: 1, max: 2, run: func(args []string) (int, error) {
		name := filepath.ToSlash(args[0])
		document, err := readFile(folder(e.dir), name)
		if err != nil {
			return exitFail, err
		}
		plan := ""
		if len(args) > 1 {
			plan = args[1]
		}
		refusals, plan, err := e.witness(name, plan, document)
		if err != nil {
			return exitFail, err
		}
		return e.reportRefusals(name, plan, refusals)
	}}
}

// witness reads the plan of a certificate, the one named or else the one that
// the certificate names, and asks the witness.
func (e *env) witness(name, plan string, document []byte) ([]witness.Refusal, string, error) {
	var c struct {
		PlanFile string `json:"plan_file"`
	}
	if err := json.Unmarshal(document, &c); err != nil {
		return witness.Verify(nil, nil, nil, nil, document), plan, nil // it will say what is wrong
	}
	if plan == "" {
		if plan = c.PlanFile; plan == "" {
			return nil, "", cannot("certificate-without-plan", "Path", name)
		}
		if !path.IsAbs(plan) && !filepath.IsAbs(plan) {
			plan = path.Join(path.Dir(name), plan)
		}
	}
	m, err := e.take(plan)
	if err != nil {
		return nil, "", err
	}
	if m.plan == nil || m.board == nil || m.problems.HasErrors() {
		n, _, _ := m.problems.Count()
		return nil, "", cannot("unreadable-plan", "Path", m.name, "Count", n)
	}
	if problems := m.check().Problems; problems.HasErrors() {
		n, _, _ := problems.Count()
		return []witness.Refusal{{Why: "plan-has-errors", Args: lang.Args{"Plan": m.name, "Count": n}}}, m.name, nil
	}
	return witness.Verify(m.board, m.plan, m.packs, []byte(m.plan.Source.Text), document), m.name, nil
}

// A refused is one refusal as JSON has it.
type refused struct {
	At      string `json:"at"`
	Why     string `json:"why"`
	Message string `json:"message"`
}

func (e *env) reportRefusals(name, plan string, refusals []witness.Refusal) (int, error) {
	code := exitOK
	if len(refusals) > 0 {
		code = exitFound
	}
	if e.json {
		views := []refused{}
		for _, r := range refusals {
			views = append(views, refused{r.At, r.Why, r.In(e.tag)})
		}
		return code, e.document(struct {
			Certificate string    `json:"certificate"`
			Plan        string    `json:"plan"`
			Verified    bool      `json:"verified"`
			Refusals    []refused `json:"refusals"`
		}{name, plan, len(refusals) == 0, views})
	}
	for i, r := range refusals {
		if i == diag.Printed {
			e.printf("%s\n", e.say("verify.more", lang.Args{"Count": len(refusals) - i}))
			break
		}
		at := name
		if r.At != "" {
			at += "#" + r.At
		}
		e.printf("%s%s%s\n", at, lang.Say(e.tag, "list.colon"), strings.TrimSpace(r.In(e.tag)))
	}
	if code == exitOK {
		e.printf("%s\n", e.say("verify-certificate.verified", lang.Args{"Certificate": name, "Plan": plan}))
	} else {
		e.printf("%s\n", e.say("verify-certificate.refused", lang.Args{"Certificate": name, "Count": len(refusals)}))
	}
	return code, nil
}
