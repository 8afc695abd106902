package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"oneboard/internal/lang"
)

// A nation is many boards, and one board is the unit of work: each plan is read,
// checked, told and forgotten, so that the memory is that of the plans in hand
// and never that of all.

// inHand is the most plans that are worked on at the same time.
const inHand = 2

// A piece is what the check of one plan printed and came to.
type piece struct {
	out, err bytes.Buffer
	tally    tally
	failed   *failure // why it could not be run
	panicked string
}

// checkMany checks plans, two at a time, prints what it finds in the order of
// the plans, and sums it up. A plan that can't be read stops no other one; the
// exit code is the highest of all.
func (e *env) checkMany(names []string, h how) (int, error) {
	// A queue of promises keeps the order: there is room for as many as are in
	// hand besides the one that is waited for.
	queue := make(chan chan *piece, min(inHand, runtime.GOMAXPROCS(0))-1)
	go func() {
		defer close(queue)
		for _, name := range names {
			promise := make(chan *piece, 1)
			select {
			case queue <- promise:
				go func() { promise <- e.checkPiece(name, h) }()
			case <-e.ctx.Done():
				return
			}
		}
	}()
	if e.json {
		e.printf("{\n  \"plans\": [")
	}
	var sum sum
	for promise := range queue {
		p := <-promise
		if p.panicked != "" {
			panic(p.panicked)
		}
		e.tellPiece(p, sum.plans == 0)
		sum.add(p)
		if err := e.flush(); err != nil {
			return exitFail, err
		}
	}
	if err := e.ctx.Err(); err != nil {
		return exitFail, err
	}
	if e.json {
		total, err := json.MarshalIndent(sum.view(h), "  ", "  ")
		if err != nil {
			return exitFail, err
		}
		e.printf("\n  ],\n  \"total\": %s\n}\n", total)
		return sum.code, nil
	}
	e.printf("\n%s\n", sum.words(e, h))
	return sum.code, nil
}

// checkPiece checks one plan of many, printing into the piece.
func (e *env) checkPiece(name string, h how) *piece {
	p := &piece{}
	defer func() {
		if r := recover(); r != nil {
			p.panicked = fmt.Sprintf("%s: %v\n%s", name, r, debug.Stack())
		}
	}()
	own := *e
	own.out, own.err = &p.out, &p.err
	t, err := own.check(name, h)
	if err != nil {
		f := own.failure(err)
		f.Plan = name
		p.failed = &f
		p.out.Reset()
		own.complain(f)
	}
	p.tally = t
	return p
}

// tellPiece prints what a piece has printed.
func (e *env) tellPiece(p *piece, first bool) {
	if !e.json {
		_, _ = p.out.WriteTo(e.out)
		_ = e.flush() // what is said of the next plan stands below
		_, _ = p.err.WriteTo(e.err)
		return
	}
	text := p.out.Bytes()
	if p.failed != nil {
		text, _ = json.Marshal(p.failed) // a struct of strings
	}
	var b bytes.Buffer
	if !first {
		b.WriteByte(',')
	}
	b.WriteString("\n    ")
	if err := json.Indent(&b, bytes.TrimSpace(text), "    ", "  "); err != nil {
		panic(err) // it was made by encoding/json
	}
	_, _ = b.WriteTo(e.out)
	_, _ = p.err.WriteTo(e.err)
}

// A sum is what all plans came to.
type sum struct {
	tally
	plans, found, failed, proofs int
}

func (s *sum) add(p *piece) {
	t := p.tally
	s.plans++
	s.code = max(s.code, t.code)
	s.errors, s.warnings, s.waived = s.errors+t.errors, s.warnings+t.warnings, s.waived+t.waived
	s.changes, s.bodies, s.duties = s.changes+t.changes, s.bodies+t.bodies, s.duties+t.duties
	if p.failed != nil {
		s.failed++
	} else if t.errors+t.warnings > 0 {
		s.found++
	}
	if t.proved {
		s.proofs++
	}
}

// total is the JSON form of a sum.
type total struct {
	Plans    int  `json:"plans"`
	Found    int  `json:"with_problems"`
	Failed   int  `json:"failed"`
	Errors   int  `json:"errors"`
	Warnings int  `json:"warnings"`
	Waived   int  `json:"waived"`
	Changes  int  `json:"changes"`
	Bodies   int  `json:"bodies"`
	Duties   int  `json:"duties"`
	Proved   *int `json:"proved,omitempty"`
}

func (s *sum) view(h how) total {
	t := total{Plans: s.plans, Found: s.found, Failed: s.failed, Errors: s.errors, Warnings: s.warnings, Waived: s.waived,
		Changes: s.changes, Bodies: s.bodies, Duties: s.duties}
	if h.prove {
		t.Proved = &s.proofs
	}
	return t
}

// words is the line at the end.
func (s *sum) words(e *env, h how) string {
	n := func(id string, n int) string { return e.say(id, lang.Args{"Count": n}) }
	var parts []string
	if s.failed > 0 {
		parts = append(parts, n("check.plans-failed", s.failed))
	}
	if s.failed < s.plans {
		parts = append(parts, e.verdict(s.tally))
	}
	if s.found > 0 {
		parts = append(parts, n("check.plans-found", s.found))
	}
	if h.prove {
		parts = append(parts, e.say("check.plans-proved", lang.Args{"Count": s.proofs, "Of": s.plans}))
	}
	return n("count.plans", s.plans) + lang.Say(e.tag, "list.colon") + strings.Join(parts, lang.Say(e.tag, "list.semicolon"))
}

// plansIn lists the plans in folders, at any depth, in the order of their paths.
// Folders whose names begin with a dot are left out.
func (e *env) plansIn(folders []string) (plans []string, err error) {
	files := folder(e.dir)
	for _, dir := range folders {
		name := path.Clean(filepath.ToSlash(dir))
		found := len(plans)
		err := fs.WalkDir(files, name, func(at string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && at != name && strings.HasPrefix(d.Name(), "."):
				return fs.SkipDir
			case !d.IsDir() && d.Name() == planName:
				plans = append(plans, at)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(plans) == found {
			return nil, cannot("no-plans", "Path", dir)
		}
	}
	return plans, nil
}
