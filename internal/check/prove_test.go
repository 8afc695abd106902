package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// TestProofs runs each case of testdata/prove: a plan with its board, the
// problems of the check and the proof marked in the plan itself, and, in the
// file "runs", for each failure its code and duties and the steps of its run.
// A plan without marks must prove.
func TestProofs(t *testing.T) {
	files, err := filepath.Glob("testdata/prove/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			ar := txtar.Parse(text)
			res, src := runArchive(t, ar)
			proof := check.Prove(res)
			problems := res.Problems
			problems.Add(proof.Problems...)
			for _, unmet := range diag.Unmet(src, problems) {
				t.Error(unmet)
			}
			if !proof.Attempted || proof.Holds != (len(proof.Problems) == 0) || proof.Holds != (proof.Certificate() != nil) {
				t.Errorf("attempted %v, holds %v, %d problems", proof.Attempted, proof.Holds, len(proof.Problems))
			}
			var got strings.Builder
			for _, f := range proof.Failures {
				fmt.Fprintf(&got, "%s %s\n", f.Code, strings.Join(f.Duties, " "))
				for _, s := range f.Steps {
					fmt.Fprintf(&got, "  %s %s\n", s.On, s.Event)
				}
				again := *res.Timeline.Plan()
				g := &gamble{plan: &again}
				back := g.date(f.Steps)
				if !check.Run(res.Timeline.Board(), &again, packsOf(t, ar, &again)...).Problems.HasErrors() {
					t.Errorf("the run of %s replays without an error", f.Code)
				}
				back()
			}
			want := ""
			for _, f := range ar.Files {
				if f.Name == "runs" {
					want = string(f.Data)
				}
			}
			if got.String() != want {
				t.Errorf("the runs differ; got\n%swant\n%s", got.String(), want)
			}
		})
	}
}

// TestExamplesProve: the real case and the invented one hold in every order.
func TestExamplesProve(t *testing.T) {
	for _, name := range []string{"state-council-2018", "yunhai"} {
		fsys := os.DirFS("../../examples/" + name)
		text, err := os.ReadFile("../../examples/" + name + "/plan.yaml")
		if err != nil {
			t.Fatal(err)
		}
		board, _, err := exchange.ReadBoard(fsys, ".")
		if err != nil {
			t.Fatal(err)
		}
		plan, _ := planfile.Parse("plan.yaml", text)
		proof := check.Prove(check.Run(board, plan, mustPacks(t, plan)...))
		if !proof.Attempted || !proof.Holds {
			t.Errorf("%s: attempted %v, holds %v: %v", name, proof.Attempted, proof.Holds, proof.Problems)
		}
	}
}

// packsOf reads the packs of a plan, those of its archive too.
func packsOf(t *testing.T, ar *txtar.Archive, p *org.Plan) []*org.Pack {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, f := range ar.Files {
		fsys["board/"+f.Name] = &fstest.MapFile{Data: f.Data}
	}
	packs, wrong, err := planfile.PacksIn(p, fsys, "board")
	if err != nil || wrong.HasErrors() {
		t.Fatal(err, wrong)
	}
	return packs
}

func mustPacks(t *testing.T, p *org.Plan) []*org.Pack {
	t.Helper()
	packs, wrong := planfile.Packs(p)
	if wrong.HasErrors() {
		t.Fatal(wrong)
	}
	return packs
}
