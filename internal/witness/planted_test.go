package witness

import (
	"fmt"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

// TestOneFactOfACertificateChanged changes each fact of the certificates of
// random plans: what is still believed must be true, as every run of the plan
// says that is played by package check.
func TestOneFactOfACertificateChanged(t *testing.T) {
	plans := count("PLANS", 120) // 2000 take the better part of an hour
	if testing.Short() {
		plans = 60
	}
	done, refused, believed, bad, where := 0, 0, 0, 0, map[string]int{}
	for seed := count("FROM", 0); done < plans && bad < 8; seed++ {
		g := deal(seed)
		res := check.Run(g.board, g.plan, g.pack)
		if res.Checked == nil || len(g.plan.Changes) < 2 {
			continue
		}
		proof := check.Prove(res)
		if !proof.Holds || len(proof.Certificate().Proofs) == 0 {
			continue
		}
		document := g.certificate(proof)
		if len(document) > 40_000 {
			continue // many splits of the like
		}
		j := newJudge(g, 1500)
		if j == nil {
			continue
		}
		done++
		if why := j.false(document, document); why != "" {
			bad++
			t.Errorf("seed %d: to the judge the certificate itself is false: %s\n%s", seed, why, g)
			continue
		}
		eachPlant(document, 2, 1, func(p plant) bool {
			if len(Verify(g.board, g.plan, []*org.Pack{g.pack}, []byte("plan"), p.document)) > 0 {
				refused++
				return true
			}
			believed++
			if why := j.false(document, p.document); why != "" {
				bad++
				t.Errorf("seed %d: believed, though %s %s: %s\n%s%s", seed, p.at, p.what, why, g, document)
				return false
			}
			where[last(p.at)+" "+first(p.what)]++
			return true
		})
	}
	t.Logf("%d plans: %d changed certificates refused, %d believed and true: %v", done, refused, believed, where)
	if refused < 20*done {
		t.Error("the changes say little")
	}
}

func last(at string) string {
	for i := len(at) - 1; i >= 0; i-- {
		if at[i] == '/' && (i+1 == len(at) || at[i+1] < '0' || at[i+1] > '9') {
			return at[i+1:]
		}
	}
	return at
}

func first(what string) string {
	var word, more string
	fmt.Sscan(what, &word, &more)
	return word
}
