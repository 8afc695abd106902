package witness

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// An oracle lets every run of a gamble take its course by the witness's play.
type oracle struct {
	*gamble
	*verifier
	matters []*matter
	list    []happening
}

func newOracle(g *gamble) *oracle {
	o := &oracle{gamble: g, verifier: &verifier{world: newWorld(g.board, g.plan, []*org.Pack{g.pack})}, list: g.happenings()}
	for _, d := range slices.Sorted(maps.Keys(o.duties)) {
		o.matters = append(o.matters, o.matter(d))
	}
	return o
}

// wrong says what is wrong with a run, or "".
func (o *oracle) wrong(day map[string]org.Date) string {
	for _, m := range o.matters {
		o.refusals = nil
		if !o.watch("", m.playOn(day), nil) {
			return m.object + ": " + o.refusals[0].In("en")
		}
	}
	return ""
}

// playOn lets a matter take its course on the days of a run of the whole plan.
func (m *matter) playOn(day map[string]org.Date) *run {
	at := slices.Clone(m.lo)
	for id, on := range day {
		at[m.number[id]] = on
	}
	for _, p := range m.parties {
		if p.due > 0 {
			at[p.due] = at[p.begin] + org.Date(m.rules.HeadGrace)
		}
	}
	return m.play(at)
}

// A length is how long a run that goes wrong is: how many events of the plan that
// bear on the duty happen until, and on, the first day on which something is
// wrong, and that day.
type length struct {
	events int
	day    org.Date
}

func (a length) compare(b length) int {
	return cmp.Or(cmp.Compare(a.events, b.events), cmp.Compare(a.day, b.day))
}

// length steps through the days of a run up to the last on which anything happens.
func (m *matter) length(day map[string]org.Date, last org.Date) (length, bool) {
	r, first := m.playOn(day), org.Forever
	if r.lack != nil {
		first = r.day[r.lack.law]
	}
	for t := range r.towns {
		must := r.must(t)
		for k, key := range org.EachKey {
			for on := must.From; on < min(first, must.To, last+1); on++ {
				alone, joint := 0, 0
				for _, h := range r.who(t, k, on) {
					if h.mode == org.Joint {
						joint++
					} else {
						alone++
					}
					if r.unable(h, k, on) {
						first = on
					}
				}
				if m.need&key != 0 && (alone+joint == 0 || m.duties[m.object].Exclusive && alone > 0 && alone+joint > 1) {
					first = on
				}
			}
		}
	}
	out := length{0, first}
	for _, e := range m.events {
		if int(e) < m.ofPlan && r.day[e] <= first {
			out.events++
		}
	}
	return out, first < org.Forever
}

// TestShownRunsAreShortest plays every run of small random plans: for none of the
// duties of a counter-example is there a shorter run in which something is wrong.
func TestShownRunsAreShortest(t *testing.T) {
	cases := count("CASES", 20_000)
	if testing.Short() {
		cases = 1_000
	}
	done, bad, runs, several := 0, 0, 0, 0
	for seed := count("FROM", 0); done < cases && bad < 5; seed++ {
		g := deal(seed)
		proof := check.Prove(check.Run(g.board, g.plan, g.pack))
		if !proof.Attempted || len(proof.Failures) == 0 || proof.Failures[0].Steps == nil {
			continue
		}
		o := newOracle(g)
		last := day0 + 2*days
		shortest := map[string]length{}
		lengths := map[length]bool{}
		n := eachRun(o.list, 3_000, func(day map[string]org.Date) bool {
			for _, m := range o.matters {
				if l, wrong := m.length(day, last); wrong {
					lengths[l] = true
					if s, ok := shortest[m.object]; !ok || l.compare(s) < 0 {
						shortest[m.object] = l
					}
				}
			}
			return true
		})
		if runs += n; n >= 3_000 {
			continue
		}
		done++
		if len(lengths) > 1 {
			several++
		}
		for _, f := range proof.Failures {
			day := map[string]org.Date{}
			for _, s := range f.Steps {
				day[s.Event] = s.On
			}
			for _, m := range o.matters {
				if !slices.Contains(f.Duties, m.object) {
					continue
				}
				if shortest[m.duties[m.object].PartOf] != (length{}) {
					continue // whether the giver has the whole is asked in the proof of that
				}
				shown, wrong := m.length(day, last)
				if !wrong || shown != shortest[m.object] {
					bad++
					t.Errorf("seed %d: %s of %s: the run shown has %v (wrong: %v), the shortest %v\n%v\n%s", seed, f.Code, m.object, shown, wrong, shortest[m.object], f.Steps, g)
				}
			}
		}
	}
	t.Logf("%d plans that fail, in %d of them by runs of several lengths; %d runs", done, several, runs)
	if several < done/3 {
		t.Error("the plans leave little to choose")
	}
}

func (g *gamble) certificate(p check.Proof) []byte {
	sum := sha256.Sum256([]byte("plan"))
	p.Certificate().PlanFile, p.Certificate().PlanSHA256 = "plan.yaml", hex.EncodeToString(sum[:])
	document, err := json.MarshalIndent(p.Certificate(), "", " ")
	if err != nil {
		panic(err)
	}
	return document
}

func count(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestProofAgainstEveryRun lets every run of small random plans take its course:
// the proof must hold if and only if none goes wrong, its certificate must be
// believed, and each counter-example must go wrong, here and in the check.
func TestProofAgainstEveryRun(t *testing.T) {
	cases := count("CASES", 100_000)
	if testing.Short() {
		cases = 2_000
	}
	from := count("FROM", 0)
	holds, fails, refused, runs, splits, bad, needy, unable := 0, 0, 0, 0, 0, 0, 0, 0
	for seed := from; holds+fails < cases && bad < 5; seed++ {
		g := deal(seed)
		res := check.Run(g.board, g.plan, g.pack)
		if res.Checked == nil {
			refused++
			continue
		}
		proof := check.Prove(res)
		o := newOracle(g)
		wrong, at := "", map[string]org.Date(nil)
		n := eachRun(o.list, 30_000, func(day map[string]org.Date) bool {
			if wrong = o.wrong(day); wrong != "" {
				at = maps.Clone(day)
			}
			return wrong == ""
		})
		if runs += n; n >= 30_000 {
			continue
		}
		if n == 0 {
			if proof.Holds { // no day is left
				bad++
				t.Errorf("seed %d: there is no run, and the proof holds\n%s", seed, g)
			}
			continue
		}
		if proof.Holds != (wrong == "") {
			bad++
			t.Errorf("seed %d: holds %v, but %q %v\n%v\n%s", seed, proof.Holds, wrong, at, proof.Problems, g)
			continue
		}
		if !proof.Holds {
			fails++
			for _, f := range proof.Failures {
				if len(g.pack.Able) > 0 && f.Code == check.MayBeUnable {
					unable++
					day := map[string]org.Date{}
					for _, s := range f.Steps {
						day[s.Event] = s.On
					}
					if len(g.board.Posts) == 0 && !check.Run(g.board, g.dated(o.list, day), g.pack).Problems.HasErrors() {
						bad++
						t.Errorf("seed %d: the run of %v replays without an error\n%s", seed, f, g)
					}
				}
				day := map[string]org.Date{}
				for _, s := range f.Steps {
					day[s.Event] = s.On
				}
				if o.wrong(day) == "" {
					bad++
					t.Errorf("seed %d: nothing is wrong with the run of %v\n%s", seed, f, g)
				}
			}
			continue
		}
		holds++
		if len(g.pack.Able) > 0 { // nor does the check find any of its runs unable
			needy++
			eachRun(o.list, 300, func(day map[string]org.Date) bool {
				again := check.Run(g.board, g.dated(o.list, day), g.pack)
				other := slices.ContainsFunc(again.Problems, func(p diag.Diagnostic) bool { return p.Code != check.Unable && p.Severity == diag.Error })
				for _, p := range again.Problems {
					// The heads of bodies that the board has are held at the planned
					// days only, as docs/certificate.md says.
					body, _ := p.Fact("body").(diag.Name)
					there := slices.ContainsFunc(g.board.Bodies, func(b org.Body) bool { return b.ID == body.ID })
					if p.Code == check.Unable && !other && !(there && p.Fact("need") == diag.Word("need.head")) {
						bad++
						t.Errorf("seed %d: the proof holds, but %v: %v\n%s", seed, day, p, g)
						return false
					}
				}
				return true
			})
		}
		document := g.certificate(proof)
		if got := Verify(g.board, g.plan, []*org.Pack{g.pack}, []byte("plan"), document); len(got) > 0 {
			bad++
			t.Errorf("seed %d: refused: %s %s\n%s\n%s", seed, got[0].At, got[0].In("en"), g, document)
		}
		if slices.ContainsFunc(proof.Certificate().Proofs, func(c check.DutiesCase) bool { return c.Split != nil }) {
			splits++
		}
	}
	t.Logf("%d hold (%d with a split, %d with needs), %d fail (%d times unable, with needs), %d refused before; %d runs", holds, splits, needy, fails, unable, refused, runs)
	if needy < cases/50 || unable < cases/250 {
		t.Error("the cases say little of needs")
	}
}
