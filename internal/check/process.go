package check

import "oneboard/internal/diag"

// processes looks at the processes that the plan declares: each has an id of its
// own, and its steps are duties that there are.
func (c *checker) processes() {
	if c.part() {
		return
	}
	seen := map[string]diag.Span{}
	for i := range c.plan.Processes {
		p := &c.plan.Processes[i]
		if first, taken := seen[p.ID.ID]; taken {
			c.report(diag.At(DuplicateID, p.ID.At, diag.F("id", p.ID.ID), diag.F("what", diag.Word("what.processes"))).Note(first, "first_here"))
			continue
		}
		if p.ID.Given() {
			seen[p.ID.ID] = p.ID.At
		}
		for _, r := range p.Steps {
			c.ref(c.dutyIx, r)
		}
	}
}
