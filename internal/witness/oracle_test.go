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
	"oneboard/internal/witness/reading"
)

// An oracle lets every run of a gamble take its course by the witness's play.
type oracle struct {
	*gamble
	*verifier
	matters []*reading.Matter
	list    []happening
}

func newOracle(g *gamble) *oracle {
	o := &oracle{gamble: g, verifier: newVerifier(g.board, g.plan, []*org.Pack{g.pack}), list: g.happenings()}
	for _, d := range o.world.Duties() {
		o.matters = append(o.matters, o.world.Matter(d))
	}
	return o
}

// wrong says what is wrong with a run, or "".
func (o *oracle) wrong(day map[string]org.Date) string {
	for _, m := range o.matters {
		if o.refusals = nil; !o.Run("", &m.Duty, o.days(m, day)) {
			return m.ID + ": " + o.refusals[0].In("en")
		}
	}
	return ""
}

// days gives each event the day that it has in a run of the whole plan.
func (o *oracle) days(m *reading.Matter, day map[string]org.Date) []org.Date {
	at := slices.Clone(o.Lo)
	for id, on := range day {
		at[o.Number[id]] = on
	}
	for _, p := range m.Apart {
		at[p[1]] = at[p[0]] + m.Days
	}
	return at
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
func (o *oracle) length(m *reading.Matter, day map[string]org.Date, last org.Date) (length, bool) {
	at, first := o.days(m, day), org.Forever
	r := m.Play(at)
	if change := r.Fault(); change != "" {
		first = day[change+".law"]
	}
	for p := range m.Places {
		must, _ := r.Must(p)
		for k, key := range org.EachKey {
			for on := must.From; on < min(first, must.To, last+1); on++ {
				alone, joint := 0, 0
				for _, h := range r.Who(p, k, on) {
					if h.Mode == org.Joint.String() {
						joint++
					} else {
						alone++
					}
					if h.Unable {
						first = on
					}
				}
				if m.Keys&key != 0 && (alone+joint == 0 || m.Exclusive && alone > 0 && alone+joint > 1) {
					first = on
				}
			}
		}
	}
	out := length{0, first}
	for _, e := range m.Events {
		if int(e) < o.world.OfPlan && at[e] <= first {
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
				if l, wrong := o.length(m, day, last); wrong {
					lengths[l] = true
					if s, ok := shortest[m.ID]; !ok || l.compare(s) < 0 {
						shortest[m.ID] = l
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
				if !slices.Contains(f.Duties, m.ID) {
					continue
				}
				if shortest[g.part(m.ID)] != (length{}) {
					continue // whether the giver has the whole is asked in the proof of that
				}
				shown, wrong := o.length(m, day, last)
				if !wrong || shown != shortest[m.ID] {
					bad++
					t.Errorf("seed %d: %s of %s: the run shown has %v (wrong: %v), the shortest %v\n%v\n%s", seed, f.Code, m.ID, shown, wrong, shortest[m.ID], f.Steps, g)
				}
			}
		}
	}
	t.Logf("%d plans that fail, in %d of them by runs of several lengths; %d runs", done, several, runs)
	if several < done/3 {
		t.Error("the plans leave little to choose")
	}
}

// hasPosts reports whether a body may have posts by the board or by a merger into it.
func (g *gamble) hasPosts(body string) bool {
	return slices.ContainsFunc(g.board.Posts, func(p org.Post) bool { return p.Body == body }) ||
		slices.ContainsFunc(g.plan.Changes, func(ch org.Change) bool {
			m, is := ch.(*org.MergeInto)
			return is && m.Into.ID == body
		})
}

// part gives what a duty is a part of, or "".
func (g *gamble) part(duty string) string {
	for _, d := range g.board.Duties {
		if d.ID == duty {
			return d.PartOf
		}
	}
	return ""
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
	once := []int{3026461, 3219183, 4070521, 4078207, 4280260, 4291933, 5134935, 7074093, 9104131, 10098640, 10217535, 40096828} // that prover and witness disagreed on
	if os.Getenv("FROM") != "" {
		once = nil
	}
	for n := 0; holds+fails < cases && bad < 5; n++ {
		seed := from + n - len(once)
		if n < len(once) {
			seed = once[n]
		}
		g := deal(seed)
		res := check.Run(g.board, g.plan, g.pack)
		if res.Checked == nil {
			refused++
			continue
		}
		proof := check.Prove(res)
		o := newOracle(g)
		wrong, at := "", map[string]org.Date(nil)
		played := eachRun(o.list, 30_000, func(day map[string]org.Date) bool {
			if wrong = o.wrong(day); wrong != "" {
				at = maps.Clone(day)
			}
			return wrong == ""
		})
		if runs += played; played >= 30_000 {
			continue
		}
		if played == 0 {
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
					// The heads of bodies that have posts of heads by the board, or take
					// over others', are held at the planned days only, as
					// docs/certificate.md says.
					body, _ := p.Fact("body").(diag.Name)
					if p.Code == check.Unable && !other && !(g.hasPosts(body.ID) && p.Fact("need") == diag.Word("need.head")) {
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
