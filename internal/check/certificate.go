package check

import (
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A Proof is the answer to the question whether every duty has a responsible
// body on every day, in whatever order the plan lets its events happen.
type Proof struct {
	// Attempted is false when the plan has a standing error: what is wrong at
	// the planned days is to be put right first.
	Attempted bool
	// Holds: no run of the plan leaves a duty without its body, but for what
	// waivers excuse.
	Holds bool
	// Waived is how many claims waivers excuse: those are not proved.
	Waived int
	// Problems is why it doesn't hold, each with the steps of one run, sorted
	// for printing.
	Problems diag.List
	// Failures are the runs behind the problems, in the order in which they were
	// found.
	Failures []Failure
	// Signatures is how many different cases were looked at: duties with which
	// the same can happen are one. Runs is how many orders of events that took.
	Signatures, Runs int
	// PlannedOnly is what the plan is under and was not held over every order.
	PlannedOnly []PlannedOnly

	certificate func() *Certificate // nil when it doesn't hold
}

// Certificate gives the certificate of a proof that holds, always the same one;
// nil of one that doesn't. It is made when it is first asked for: its hash of the
// board takes as long as the check of a city, and who only wants to know whether
// the proof holds needs none. PlanFile and PlanSHA256 are filled in by who read the
// file. Safe for concurrent use.
func (p *Proof) Certificate() *Certificate {
	if p.certificate == nil {
		return nil
	}
	return p.certificate()
}

// A Failure is a run of the plan that shows why the proof doesn't hold. Of all
// runs in which something is wrong with its duties it is the shortest: the fewest
// events that bear on them happen until, and on, the first day on which it is, and
// of such runs this is one in which that day is earliest. (What bears on a duty is
// said in docs/certificate.md. Where there are too many orders to look at all, it
// is the shortest of those that were.)
type Failure struct {
	Code   diag.Code
	Duties []string
	// Steps are all events of the plan with their days in the run, by day. With
	// these days the plan has an error in Run too.
	Steps []Step
}

// A Step is an event on a day.
type Step struct {
	Event  string   `json:"event"`
	Change string   `json:"change"`
	On     org.Date `json:"on"`
}

// A Certificate is the proof in a form that somebody else can verify without
// this package: see docs/certificate.md. Events are named "<change>.law",
// "<change>.place", "<change>.place.performer" (and name, means); where an
// event is expected, a day ("2019-01-31") stands for itself.
type Certificate struct {
	Oneboard       string         `json:"oneboard"` // "certificate/v1"
	Plan           string         `json:"plan"`     // its id
	PlanFile       string         `json:"plan_file,omitempty"`
	PlanSHA256     string         `json:"plan_sha256,omitempty"`
	BoardSHA256    string         `json:"board_sha256"`    // Board.State, in hexadecimal
	Packs          []org.PackText `json:"packs"`           // that it was proved under, each with those it extends
	Required       []string       `json:"required"`        // keys that every duty must have
	FormerPerforms []string       `json:"former_performs"` // keys that the former body keeps until a handover is in place
	Start          org.Date       `json:"start"`           // first day that is proved
	Events         []Happening    `json:"events"`
	Proofs         []DutiesCase   `json:"proofs"`
	// Waived: what is not proved, because a waiver of the plan excuses it.
	Waived []Waived `json:"waived,omitempty"`
}

// Waived is a claim that is not proved: in some run the duties lapse as the code
// says, until the day at the latest, and a waiver of the plan excuses that.
type Waived struct {
	Code    string   `json:"code"`
	Object  string   `json:"object"`
	Until   org.Date `json:"until"`
	By      string   `json:"by"`
	Because string   `json:"because"`
	Duties  []string `json:"duties"`
}

// A Happening is an event of the plan and the days between which it happens,
// both included, after what it waits for and what waits for it are taken into
// account.
type Happening struct {
	ID       string   `json:"id"`
	Earliest org.Date `json:"earliest"`
	Latest   org.Date `json:"latest"`
}

// DutiesCase is the proof for duties with which the same happens.
type DutiesCase struct {
	Duties []string `json:"duties"`
	Case
}

// A Case is one of three: the chains that hold in every run in which the splits
// above are so; a further split; or the word that there is no such run, because
// an event has no day left.
type Case struct {
	Chains     []Chain `json:"chains,omitempty"`
	Split      *Split  `json:"split,omitempty"`
	Impossible bool    `json:"impossible,omitempty"`
}

// A Split looks at the three orders of two events by themselves.
type Split struct {
	Events  [2]string `json:"events"`
	Before  *Case     `json:"before"`   // the first on an earlier day than the second
	SameDay *Case     `json:"same_day"` // both on one day
	After   *Case     `json:"after"`    // the first on a later day than the second
}

// A Chain says who has one key of a duty in one area, one after another. When
// several bodies act jointly each has its own chain, in no particular order; who
// only assists has none.
type Chain struct {
	Key string `json:"key"`
	// Area is the code of an area that must be looked at by itself; "" is the
	// rest of the duty's area.
	Area string `json:"area"`
	// Links meet: each ends with the event with which the next begins. The first
	// begins with "start" or, for a duty that the plan makes, with the event that
	// makes it; the last ends "forever" or with the event that ends the duty.
	Links  []Link     `json:"links"`
	Orders []Ordering `json:"orders,omitempty"`
}

// A Link is a body's holding. It begins and ends in the morning of a day.
type Link struct {
	Body string `json:"body"`
	Mode string `json:"mode"`
	From string `json:"from"`
	To   string `json:"to"`
	// By is the change that gives it to the body; "" for what the board says.
	By string `json:"by,omitempty"`
	// Kept: from the event Since on, the body has the key only because the rule
	// lets the former body keep it until the handover is in place.
	Kept *Kept `json:"kept_by_rule,omitempty"`
}

// Kept names the event in law from which a former body only keeps a key.
type Kept struct {
	Since string `json:"since"`
}

// An Ordering shows that an event never comes later than another: by a path of
// events each of which the plan puts not later than the next, or by the
// calendar, the first's latest day and the other's earliest.
type Ordering struct {
	First    string       `json:"first"`
	Then     string       `json:"then"`
	Path     []string     `json:"path,omitempty"`
	Calendar *[2]org.Date `json:"calendar,omitempty"`
}
