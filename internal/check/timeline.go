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
}

// Checked is a plan that was checked against one board and has no standing
// error. Only Run makes one.
type Checked struct {
	timeline *Timeline
	packs    []*org.Pack
	state    [32]byte
}

// Timeline gives what the plan makes of the board.
func (c *Checked) Timeline() *Timeline { return c.timeline }

// Packs gives the rule packs that the plan was checked under, as Run was given
// them: who records the plan records them with it.
func (c *Checked) Packs() []*org.Pack { return c.packs }

// State is the hash of the board that the plan was checked against. Who
// applies the plan compares it with the board of that moment.
func (c *Checked) State() [32]byte { return c.state }

// A Timeline is a board through time: for every body its life, for every duty,
// key and area who has it in which interval. It is immutable and safe for
// concurrent use.
type Timeline struct {
	board *org.Board
	plan  *org.Plan
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

// Plan is the plan of the timeline; nil when there is none.
func (t *Timeline) Plan() *org.Plan { return t.plan }

// Board is the board before the plan, as it was handed in.
func (t *Timeline) Board() *org.Board { return t.board }

// Days lists the days on which the plan changes anything, oldest first.
func (t *Timeline) Days() []org.Date { return nil }

// DateOf gives the nominal day of a change of the plan; org.NoDate when it has
// none.
func (t *Timeline) DateOf(c org.Change) org.Date { return org.NoDate }

// On gives the board of a day: only what is in force then, with the names,
// superiors, posts and responsibilities of that day. Responsibilities have one
// row per body, mode and area, with the set of keys.
func (t *Timeline) On(day org.Date) *org.Board { return t.board }

// Bodies lists the ids of all bodies that ever exist: the board's in their
// order, then those that the plan brings.
func (t *Timeline) Bodies() []string { return nil }

// Body gives the life of a body; nil when there is none of that id.
func (t *Timeline) Body(id string) *BodyLife { return nil }

// Duties lists the ids of all duties: the board's in their order, then those
// that the plan brings.
func (t *Timeline) Duties() []string { return nil }

// Duty gives a duty; nil when there is none of that id.
func (t *Timeline) Duty(id string) *org.Duty { return nil }

// Holdings gives everything that is known of who has a duty: by area, then key,
// then time.
func (t *Timeline) Holdings(duty string) []Holding { return nil }

// HeldBy gives every holding that a body ever has: by duty in the order of
// Duties, then key, then time.
func (t *Timeline) HeldBy(body string) []Holding { return nil }

// Who answers who has a duty on a day: a holding per body and key in force
// then, by key. With an area, those that are in force in that area.
func (t *Timeline) Who(duty string, day org.Date, area string) []Holding { return nil }

// ChangesOf lists the changes of the plan that name a body or act on it, by
// day, then place in the plan.
func (t *Timeline) ChangesOf(body string) []org.Change { return nil }

// Successors names the bodies that take over what an ended body had; it is
// empty while the body lives.
func (t *Timeline) Successors(body string) []string { return nil }
