// Package check is a static analysis of a reorganisation through time: it
// applies a plan to a board, which gives a timeline, and tells everything that
// is wrong with it. It reads no file, no clock and no database: it is given
// values and gives values.
package check

import (
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A Result is what one run of the check gives.
type Result struct {
	// Timeline is what the plan makes of the board, as far as it can be told:
	// it is there even when the plan has errors, so that pages can show it.
	Timeline *Timeline
	// Checked is the plan as checked; nil while an error stands.
	Checked *Checked
	// Problems is everything that is wrong, sorted for printing.
	Problems diag.List
	// Above is how the plan stands to the one above it, and Below how those below
	// stand to it: filled by who has read those plans (see Against).
	Above *Bond
	Below []*Bond
}

// PublicFrom is the first day on which everybody may see all that a result is made
// of: the latest that an instrument of its plan, of those above it or of those
// below it names (`public_from`, R21). NoDate when none names a day.
func (r Result) PublicFrom() org.Date {
	day := org.NoDate
	see := func(t *Timeline) {
		if t == nil || t.plan == nil {
			return
		}
		for i := range t.plan.Instruments {
			if p := t.plan.Instruments[i].PublicFrom; p.Given() {
				day = max(day, p.Date)
			}
		}
	}
	see(r.Timeline)
	for _, b := range r.Above.Bonds() {
		see(b.Upper)
	}
	for _, b := range r.Below {
		see(b.Lower)
	}
	return day
}

// Checked is a plan that was checked against one board and has no standing
// error. Only Run makes one.
type Checked struct {
	timeline *Timeline
	packs    []*org.Pack
	state    func() [32]byte // asked for by who records, not by who only checks
}

// Timeline gives what the plan makes of the board.
func (c *Checked) Timeline() *Timeline { return c.timeline }

// Packs gives the rule packs that the plan was checked under, as Run was given
// them: who records the plan records them with it.
func (c *Checked) Packs() []*org.Pack { return c.packs }

// State is the hash of the board that the plan was checked against. Who
// applies the plan compares it with the board of that moment.
func (c *Checked) State() [32]byte { return c.state() }

// A Timeline is a board through time: for every body its life, for every duty,
// key and area who has it in which interval. It is immutable and safe for
// concurrent use.
type Timeline struct {
	board *org.Board
	plan  *org.Plan
	c     *checker // read only from here on

	changesOf func() map[string][]org.Change // made when it is first asked for
}

// A BodyVersion is a body as it was in an interval. Began is the change that
// brought the version about, Ended the one that ended it; nil for what the
// board says itself.
type BodyVersion struct {
	org.Body // with the interval of the version
	Began    org.Change
	Ended    org.Change
}

// A BodyLife is all versions of one body, oldest first, and its further names.
// Between two versions there is a gap when the body ended and was restored.
type BodyLife struct {
	ID       string
	Versions []BodyVersion
	Plates   []org.Plate
	Hosts    []string // bodies whose office it houses
	CoWith   []string // bodies it shares an office with
}

// On gives the version in force on a day, or nil.
func (l *BodyLife) On(day org.Date) *BodyVersion {
	if l == nil {
		return nil
	}
	for i := range l.Versions {
		if l.Versions[i].Holds(day) {
			return &l.Versions[i]
		}
	}
	return nil
}

// Last gives the newest version, or nil.
func (l *BodyLife) Last() *BodyVersion {
	if l == nil || len(l.Versions) == 0 {
		return nil
	}
	return &l.Versions[len(l.Versions)-1]
}

// A Holding says that a body has one key of a duty, in an area, in an interval.
type Holding struct {
	Duty string
	Body string
	Key  org.Keys // one key
	Mode org.Mode
	Area string // "": the duty's whole area
	// Except are areas inside Area that others have.
	Except []string
	org.Interval
	// By is the clause it rests on: as the board's row has it, or the citations
	// of Began joined with "; ".
	By string
	// Began and Ended are the changes at the two ends; nil for what the board
	// says itself.
	Began, Ended org.Change
	// Transitional: the body has the key only by the transition rule, until the
	// handover is in place (R1).
	Transitional bool
}
