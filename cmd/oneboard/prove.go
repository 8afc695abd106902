package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
)

// proved is the JSON form of a proof, as a part of a check.
type proved struct {
	Attempted   bool   `json:"attempted"`
	Holds       bool   `json:"holds"`
	Signatures  int    `json:"signatures"`
	Runs        int    `json:"runs"`
	Waived      int    `json:"waived,omitempty"`      // claims that waivers excuse and that are not proved
	Certificate string `json:"certificate,omitempty"` // the file that was written
	// PlannedOnly is what the plan is under and was held at the planned days alone,
	// not in every order.
	PlannedOnly []check.PlannedOnly `json:"planned_only,omitempty"`
}

// prove looks at every order of events that the plan allows, and writes the
// certificate of a proof that holds to a file, when one is named. It gives the
// problems of the check with those of the proof.
func (e *env) prove(m *matter, result check.Result, to string) (*proved, diag.List, error) {
	if m.plan == nil {
		return nil, nil, cannot("proof-without-plan", "Path", m.name)
	}
	p := check.Proof{}
	if !m.problems.HasErrors() { // what can't be read is no plan to prove
		p = check.Prove(result)
	}
	problems := result.Problems
	problems.Add(p.Problems...)
	problems.Sort()
	out := &proved{Attempted: p.Attempted, Holds: p.Holds, Signatures: p.Signatures, Runs: p.Runs, Waived: p.Waived, PlannedOnly: p.PlannedOnly}
	if to == "" || !p.Holds {
		return out, problems, nil
	}
	certificate := p.Certificate()
	if m.name != standardInput {
		beside, err := filepath.Rel(filepath.Dir(e.path(to)), e.path(m.name))
		if err != nil {
			beside = e.path(m.name) // on another drive
		}
		certificate.PlanFile = filepath.ToSlash(beside)
	}
	sum := sha256.Sum256([]byte(m.plan.Source.Text))
	certificate.PlanSHA256 = hex.EncodeToString(sum[:])
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(certificate); err != nil {
		return nil, nil, err
	}
	out.Certificate = to
	return out, problems, e.writeCertificate(to, text.Bytes())
}

// writeCertificate writes a certificate whole or not at all. Another file than
// a certificate may be somebody's work, and is left alone.
func (e *env) writeCertificate(to string, text []byte) error {
	switch old, err := os.ReadFile(e.path(to)); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !bytes.Contains(old[:min(len(old), 100)], []byte(`"certificate/v`)):
		return cannot("target-is-not-certificate", "Path", to)
	}
	f, err := os.CreateTemp(filepath.Dir(e.path(to)), ".certificate-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // it is gone by then, unless something below went wrong
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), e.path(to))
}

// words says in one line what a proof came to; none was tried while an error
// stands.
func (p *proved) words(e *env) string {
	switch {
	case !p.Attempted:
		return e.say("proof.not-attempted")
	case !p.Holds:
		return e.say("proof.fails", lang.Args{"Runs": p.Runs})
	}
	out := e.say("proof.holds", lang.Args{"Runs": p.Runs})
	if p.Waived > 0 {
		out += e.say("proof.waived", lang.Args{"Count": p.Waived})
	}
	if p.Certificate != "" {
		out += e.say("proof.written", lang.Args{"Path": p.Certificate})
	}
	if len(p.PlannedOnly) > 0 {
		var list []string
		n := 0
		for _, o := range p.PlannedOnly {
			list = append(list, lang.Say(e.tag, "planned_only."+o.What, lang.Args{"Count": o.Count}))
			n += o.Count
		}
		out += "\n" + e.say("proof.planned-only", lang.Args{"Count": n, "What": e.list(list)})
	}
	return out
}
