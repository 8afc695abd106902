package check_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
)

// TestPlannedOnly: a proof says which rules it does not hold over every order, for
// in another order than the planned one they may break; of a plan with one run
// there are none.
func TestPlannedOnly(t *testing.T) {
	const plan = `
-- plan.yaml --
oneboard: plan/v1
id: x
title: x
board: .
packs: [./ours.yaml]
start: 2019-01-01
instruments:
  - {id: n, title: 通知, kind: notice, effective: 2019-01-05}
changes:
  - {rename: a, name: 新名, by: n 1, on: DAY}
  - {transfer: d, from: a, to: b, by: n 1, on: 2019-02-01}
-- ours.yaml --
oneboard: pack/v1
id: ours
title: ours
rules:
  - id: late
    over: change
    when: change.kind == "rename" && change.on < date("2019-01-15")
    says: {zh: 太早, en: too soon}
-- bodies.csv --
id,name
a,甲
b,乙
-- duties.csv --
id,name
d,丁
-- responsibilities.csv --
duty,body
d,a
-- quotas.csv --
body,kind,posts
a,行政编制,3
`
	run := func(day string) (check.Result, check.Proof) {
		res, _ := runArchive(t, txtar.Parse([]byte(strings.ReplaceAll(plan, "DAY", day))))
		return res, check.Prove(res)
	}
	res, proof := run("2019-01-10/2019-01-20")
	if len(res.Problems) > 0 || !proof.Holds {
		t.Fatalf("%v %v", res.Problems, proof.Problems)
	}
	if want := []check.PlannedOnly{{What: "own_rules", Count: 1}, {What: "quotas", Count: 1}}; !slices.Equal(proof.PlannedOnly, want) {
		t.Errorf("%v, not %v", proof.PlannedOnly, want)
	}
	// on a day that the window allows too, the rule is broken: so it must be said
	if res, _ := run("2019-01-12"); len(res.Problems) != 1 || res.Problems[0].Code != check.RuleBroken {
		t.Errorf("in another order: %v", res.Problems)
	}
	// without a day left open, the check has held all
	if res, proof := run("2019-01-20"); len(res.Problems) > 0 || !proof.Holds || proof.PlannedOnly != nil {
		t.Errorf("one run: %v %v", res.Problems, proof.PlannedOnly)
	}
}
