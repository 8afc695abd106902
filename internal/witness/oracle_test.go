package witness

import (
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
		at := make([]org.Date, len(m.ids))
		for e, id := range m.ids {
			if on, ok := day[id]; ok {
				at[e] = on
			} else {
				at[e] = m.lo[e]
			}
		}
		for b, due := range m.due {
			at[due] = at[m.begin[b]] + m.grace
		}
		all := &order{}
		for e := range m.ids {
			all.events = append(all.events, int32(e))
		}
		o.refusals = nil
		if !o.each("", m.play(all, at), func(_, _ int, _ org.Interval, has []holding) ([]holding, bool) { return has, true }) {
			return m.duty + ": " + o.refusals[0].In("en")
		}
	}
	return ""
}

func (g *gamble) certificate(p check.Proof) []byte {
	sum := sha256.Sum256([]byte("plan"))
	p.Certificate.PlanFile, p.Certificate.PlanSHA256 = "plan.yaml", hex.EncodeToString(sum[:])
	document, err := json.MarshalIndent(p.Certificate, "", " ")
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
		if slices.ContainsFunc(proof.Certificate.Proofs, func(c check.DutiesCase) bool { return c.Split != nil }) {
			splits++
		}
	}
	t.Logf("%d hold (%d with a split, %d with needs), %d fail (%d times unable, with needs), %d refused before; %d runs", holds, splits, needy, fails, unable, refused, runs)
	if needy < cases/50 || unable < cases/250 {
		t.Error("the cases say little of needs")
	}
}
