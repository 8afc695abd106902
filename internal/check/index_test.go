package check_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// TestManyPlansOneIndex checks plans against one index, several at a time: each
// gives what a check of its own gives, and none leaves anything behind.
func TestManyPlansOneIndex(t *testing.T) {
	base := load(t, "../../examples/yunhai")
	x := check.IndexBoard(base.board)
	const plans = 40
	var work sync.WaitGroup
	for worker := range 4 {
		work.Go(func() {
			for seed := worker; seed < plans; seed += 4 {
				r := rand.New(rand.NewPCG(uint64(seed), 3))
				_, plan := base.copy()
				for range r.IntN(6) {
					mutatePlan(r, base.board, plan)
				}
				same(t, "a check from the index", check.Run(base.board, plan, base.packs...), x.Run(plan, base.packs...))
			}
		})
	}
	work.Wait()
	same(t, "a check of the board by itself", check.Run(base.board, nil), x.Run(nil))
}

// TestPlanBringsWhatTheBoardNames: cells of the board may name what only the
// plan brings into being.
func TestPlanBringsWhatTheBoardNames(t *testing.T) {
	whole := org.Whole
	board := &org.Board{
		Bodies:           []org.Body{{ID: "a", Interval: whole, Superior: "later"}},
		Duties:           []org.Duty{{ID: "d", Exclusive: true}, {ID: "part", PartOf: "fresh", Exclusive: true}},
		Responsibilities: []org.Responsibility{{Duty: "d", Body: "later", Keys: org.AllKeys, Interval: whole}, {Duty: "part", Body: "a", Keys: org.AllKeys, Interval: whole}},
	}
	day := org.WrittenOn(org.Day(2019, 1, 20), diag.Span{})
	by := []org.Citation{{Instrument: org.Ref{ID: "n"}, Clause: org.Text{Text: "1"}}}
	later := &org.Establish{Common: org.Common{ID: "c1", On: day, By: by}, Body: org.Ref{ID: "later"}, Name: org.Text{Text: "later"}}
	fresh := &org.Assign{Common: org.Common{ID: "c2", On: day, By: by, Position: 1}, Duty: org.Ref{ID: "fresh"}, To: org.Ref{ID: "a"}, Name: org.Text{Text: "fresh"}}
	plan := &org.Plan{Changes: []org.Change{later, fresh}, Instruments: []org.Instrument{{ID: "n"}}}
	x := check.IndexBoard(board)
	if got := x.Run(nil).Problems; len(got) != 2 {
		t.Errorf("by itself the board names two things that are not there: %v", brief(got))
	}
	res := x.Run(plan)
	for _, d := range res.Problems {
		if d.Code == check.UnknownID {
			t.Errorf("the plan brings it: %v", d)
		}
	}
	if who := res.Timeline.Who("d", org.Day(2019, 1, 20), ""); len(who) != 4 || who[0].Body != "later" {
		t.Errorf("who has d: %v", who)
	}
	if parts := res.Timeline.Parts("fresh"); len(parts) != 1 || parts[0] != "part" {
		t.Errorf("parts of fresh: %v", parts)
	}
}
