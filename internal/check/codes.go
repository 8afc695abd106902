package check

import "oneboard/internal/diag"

// Each code has its words in the catalogue and its manual page, with a plan
// that triggers it, in package diag. A code never comes to mean something else.
var (
	// UnknownID: a reference to something that neither the board nor the plan
	// has. Reported once for each id; what follows from it is kept silent.
	UnknownID = diag.Define("OB0201", diag.Error)
	// DuplicateID: two things of one kind have the same id.
	DuplicateID = diag.Define("OB0202", diag.Error)
	// Cardinality: a change has too few parts for its kind: a merger of one
	// body, a split into one, a transfer from a body to itself.
	Cardinality = diag.Define("OB0203", diag.Error)
	// SuperiorCycle: bodies are each other's superiors; the path is a fact.
	SuperiorCycle = diag.Define("OB0204", diag.Error)
	// NoClause: a change cites no clause of an instrument.
	NoClause = diag.Define("OB0205", diag.Error)
	// UnknownClause: the instrument has no clause of that number.
	UnknownClause = diag.Define("OB0206", diag.Error)
	// NotApproved: an instrument that needs an approval one level up has none,
	// or a change comes before it (R10).
	NotApproved = diag.Define("OB0207", diag.Error)
	// NotEffective: a change takes effect before its instrument does.
	NotEffective = diag.Define("OB0208", diag.Error)
	// GiverHasNot: a body gives a duty that it has not on that day.
	GiverHasNot = diag.Define("OB0209", diag.Error)
	// DutiesLeft: a body ends and nobody takes its duties.
	DutiesLeft = diag.Define("OB0210", diag.Error)
	// PostsLeft: a body ends and its posts stay behind.
	PostsLeft = diag.Define("OB0211", diag.Error)
	// ItemsLeft: a body ends and its items stay behind.
	ItemsLeft = diag.Define("OB0212", diag.Error)
	// InferiorsLeft: a body ends and other bodies stay under it.
	InferiorsLeft = diag.Define("OB0213", diag.Error)
	// NotInForce: a change needs a body that is in force on that day (or, to
	// restore it, one that has ended), and it is not so.
	NotInForce = diag.Define("OB0214", diag.Error)
	// NothingToMove: a body gives a post, item, person, plate or quota that it
	// has not.
	NothingToMove = diag.Define("OB0215", diag.Error)
	// NoVacancy: an appointment finds no vacant post.
	NoVacancy = diag.Define("OB0216", diag.Error)

	// Contradiction: two changes fix the same thing differently on one day.
	Contradiction = diag.Define("OB0217", diag.Error)
	// PartCircle: duties or areas are parts of each other; the path is a fact.
	PartCircle = diag.Define("OB0218", diag.Error)
	// Superseded: a change rests on an instrument that another one has replaced.
	Superseded = diag.Define("OB0219", diag.Error)
	// NoEffect: a change says what is so already.
	NoEffect = diag.Define("OB0220", diag.Warning)

	// AreaNotInForce: a change needs an area that is in force on that day, and it
	// is not.
	AreaNotInForce = diag.Define("OB0221", diag.Error)

	// Gap: on some days nobody has a key of a duty.
	Gap = diag.Define("OB0301", diag.Error)
	// Overlap: on some days two bodies have the same key of a duty.
	Overlap = diag.Define("OB0302", diag.Error)
	// NeverHeld: a duty of the board is nobody's at all.
	NeverHeld = diag.Define("OB0303", diag.Error)

	// MayHaveNobody: in an order of events that the plan allows, on some days
	// nobody has a key of a duty. This code and the next four are of Prove.
	MayHaveNobody = diag.Define("OB0310", diag.Error)
	// MayHaveTwo: in an order that the plan allows, two bodies have the same key.
	MayHaveTwo = diag.Define("OB0311", diag.Error)
	// MayBeUnable: in an order that the plan allows, a new body performs a duty
	// before its head is in office, or a body is given one when it is not in force.
	MayBeUnable = diag.Define("OB0312", diag.Error)
	// TooManyOrders: more orders than can be looked at.
	TooManyOrders = diag.Define("OB0313", diag.Error)
	// NoDayLeft: the waits leave no day of an event's window.
	NoDayLeft = diag.Define("OB0314", diag.Error)
	// MayLack: in an order that the plan allows, a body gives a duty that it has
	// not, or no longer has.
	MayLack = diag.Define("OB0315", diag.Error)

	// WaitingCycle: changes wait for each other; the path is in the notes.
	WaitingCycle = diag.Define("OB0401", diag.Error)
	// OutOfOrder: a change is dated before one it waits for.
	OutOfOrder = diag.Define("OB0402", diag.Error)

	// AfterDeadline: a change, or its handover, comes after the plan's deadline.
	AfterDeadline = diag.Define("OB0501", diag.Error)
	// DeadlineBeforeStart: the plan's deadline is before its start.
	DeadlineBeforeStart = diag.Define("OB0502", diag.Error)
	// InPlaceBeforeLaw: a handover is in place before the duty moves in law.
	InPlaceBeforeLaw = diag.Define("OB0503", diag.Error)

	// QuotaExceeded: a body has more posts of a kind than its quota (R17).
	QuotaExceeded = diag.Define("OB0601", diag.Error)
	// LeaderQuotaExceeded: a body has more heads or deputies than its leader
	// quota (R16).
	LeaderQuotaExceeded = diag.Define("OB0602", diag.Error)
	// NoHead: a body with a leader quota has no head in office.
	NoHead = diag.Define("OB0603", diag.Error)
	// LeadersBeyondSize: a leader quota is higher than the pack allows to a body
	// of its size (R18).
	LeadersBeyondSize = diag.Define("OB0605", diag.Error)
	// RestrictionOver: an item that may not be used any more is not withdrawn.
	RestrictionOver = diag.Define("OB0610", diag.Error)
	// OldSeal: an old seal is not handed in when the pack wants it (R6, R7).
	OldSeal = diag.Define("OB0611", diag.Error)
	// KeptSealTooFree: an ended body keeps its old seal for more than the pack
	// leaves it (R7).
	KeptSealTooFree = diag.Define("OB0612", diag.Error)
	// NameBeforeSeal: a body acts in a name before a seal of that name is in use.
	NameBeforeSeal = diag.Define("OB0613", diag.Error)
	// PlateTooSoon: a name plate is up before the seal is in use or the head in
	// office.
	PlateTooSoon = diag.Define("OB0614", diag.Error)
	// FondsDivided: the records of one body go to several (R14).
	FondsDivided = diag.Define("OB0620", diag.Error)
	// FondsAstray: records go, or stay, elsewhere than the pack says (R14).
	FondsAstray = diag.Define("OB0621", diag.Error)
	// FondsEnds: records of a changed body are nobody's afterwards (R13, R14).
	FondsEnds = diag.Define("OB0622", diag.Error)
	// Frozen: a change does what is forbidden for a time (R12, R13, R15 to R20).
	Frozen = diag.Define("OB0630", diag.Error)
	// PublicTooSoon: an instrument is public before its release (R21).
	PublicTooSoon = diag.Define("OB0631", diag.Error)
	// Unable: a body has a key of a duty and lacks what, by the pack, it needs to
	// be able to act.
	Unable = diag.Define("OB0640", diag.Error)
	// EndsWithBody: something that ends with its body has not moved by then.
	EndsWithBody = diag.Define("OB0641", diag.Error)
	// Retroactive: an instrument takes effect before it was made, and the pack
	// refuses that, or so long before (R4).
	Retroactive = diag.Define("OB0642", diag.Error)
	// RuleBroken: a rule of somebody's own is broken.
	RuleBroken = diag.Define("OB0643", diag.Error)
	// RuleWarns: a rule of somebody's own that only warns is broken.
	RuleWarns = diag.Define("OB0644", diag.Warning)
	// RuleCosts: working out a rule took more work than it may.
	RuleCosts = diag.Define("OB0645", diag.Error)
	// RuleFails: a rule could not be worked out for something.
	RuleFails = diag.Define("OB0646", diag.Error)
	// WaiverUnused: a waiver excuses nothing.
	WaiverUnused = diag.Define("OB0604", diag.Warning)

	// LevelLate: something of a level is complete after the day that the plan
	// above, or the plan itself, sets for the level.
	LevelLate = diag.Define("OB0702", diag.Error)
	// TooManyBodies: an area has more bodies of a level than it may have.
	TooManyBodies = diag.Define("OB0703", diag.Error)
	// TooManyPosts: an area has more posts of a level than it may have.
	TooManyPosts = diag.Define("OB0704", diag.Error)
	// NoCounterpart: nothing below corresponds to a body or duty above that needs
	// a counterpart.
	NoCounterpart = diag.Define("OB0705", diag.Error)
	// MirrorDemanded: a plan demands identical units below, which none may (R25).
	MirrorDemanded = diag.Define("OB0706", diag.Error)
	// ClauseUnanswered: nothing here carries out a clause of the plan above.
	ClauseUnanswered = diag.Define("OB0707", diag.Warning)
	// NoReason: a variation of the place without its reason.
	NoReason = diag.Define("OB0708", diag.Warning)
	// NoSupervisor: nothing above corresponds to a body that the plan brings.
	NoSupervisor = diag.Define("OB0709", diag.Warning)
	// RelayEarly: a lower level begins before the upper one is complete (R9).
	RelayEarly = diag.Define("OB0710", diag.Error)
	// RelayIdle: too many days lie idle between two levels (R9).
	RelayIdle = diag.Define("OB0711", diag.Warning)
	// ClosedDays: a protected duty is handed over in a protected window, or may be.
	ClosedDays = diag.Define("OB0712", diag.Error)
	// FewContacts: too few people are named for a protected duty that changes
	// hands.
	FewContacts = diag.Define("OB0713", diag.Error)
	// PowerTwice: bodies of two levels use the same power in one place.
	PowerTwice = diag.Define("OB0714", diag.Error)
	// SiteOpen: an area ends, and the plan leaves open where its bodies sit.
	SiteOpen = diag.Define("OB0715", diag.Error)
	// AreasLeft: an area ends, and areas stay in it.
	AreasLeft = diag.Define("OB0716", diag.Error)
	// AreaMoved: an area would move into another under its own code.
	AreaMoved = diag.Define("OB0717", diag.Error)
	// NotAbove: something named above is not in the plan above, or there is no
	// such plan.
	NotAbove = diag.Define("OB0718", diag.Error)
)
