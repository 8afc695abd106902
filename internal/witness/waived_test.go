package witness

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
)

// TestWaivedClaims: a lapse that a waiver excuses is not proved, and the
// certificate says so; a waiver that ends a day too early excuses nothing, and
// one that excuses nothing is told.
func TestWaivedClaims(t *testing.T) {
	text, err := os.ReadFile("../check/testdata/prove/the-giver-ends-first.txtar")
	if err != nil {
		t.Fatal(err)
	}
	with := func(until string) dossier {
		ar := txtar.Parse(text)
		for i := range ar.Files {
			if f := &ar.Files[i]; f.Name == "plan.yaml" {
				f.Data = append(bytes.Clone(f.Data), []byte(`waivers:
  - code: OB0310
    on: land
    until: `+until+`
    by: 市委编办
    because: 过渡期由原班人员值守
  - code: OB0311
    on: env
    until: 2019-02-01
    by: 市委编办
    because: 未用
`)...)
			}
		}
		return open(t, ar.Files)
	}
	if p := check.Prove(check.Run(with("2019-01-19").board, with("2019-01-19").plan, with("2019-01-19").packs...)); p.Holds {
		t.Error("a waiver excuses what goes on after it")
	}
	d := with("2019-01-20")
	p := check.Prove(check.Run(d.board, d.plan, d.packs...))
	if !p.Holds || p.Waived != 1 || len(p.Certificate().Proofs) != 0 || !slices.Equal(p.Certificate().Waived[0].Duties, []string{"mapping", "water"}) {
		t.Fatalf("holds %v, %d waived: %v", p.Holds, p.Waived, p.Problems)
	}
	var codes []string
	for _, d := range p.Problems {
		codes = append(codes, string(d.Code))
		if d.Code == check.MayHaveNobody && d.Waived.IsZero() {
			t.Error("the lapse is not marked as waived")
		}
	}
	if p.Problems.HasErrors() || !slices.Contains(codes, string(check.WaiverUnused)) {
		t.Errorf("problems %v", codes)
	}
	document := d.prove(t)
	if got := d.verify(document); len(got) > 0 {
		t.Fatalf("refused: %v", got)
	}
	at := bytes.Index(document, []byte(`"waived"`))
	for _, fact := range []string{"OB0310", "land", "2019-01-20", "市委编办", "过渡期", "mapping", "water"} {
		i := at + bytes.Index(document[at:], []byte(fact))
		changed := slices.Concat(document[:i], []byte("OB0311"), document[i+len(fact):])
		if got := d.verify(changed); len(got) == 0 {
			t.Errorf("believed without %s", fact)
		}
	}
	if got := d.verify(append(bytes.Clone(document[:at]), []byte(`"packs": ["cn-2018"]}`)...)); len(got) == 0 {
		t.Error("believed without what is waived")
	}
}
